"""Why a condition holds or does not: the atoms of the exact walk, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.trace import traced
from criterium.evaluate.words.causes import Cause, atoms, blocking, deciding, holding, open_
from tests.one_lesion import walked

FIRST, SECOND = Place("step", 1), Place("step", 2)


def walk_of(longs, shorts, name="swog-mr"):
    """Return the exact walk over one lesion that is measured every 8 weeks."""
    return walked(longs, shorts, name)[0]


def clause(walk, label, place=FIRST, ladder="class"):
    """Return the first clause of a class."""
    layer = walk.criterion.course if place == COURSE else walk.criterion.steps
    return next(one for one in layer.ladders[ladder].clauses if one.label == label)


def said(causes: tuple[Cause, ...]):
    """Return what is read first of each cause."""
    return [(one.text, one.truth, one.numbers) for one in causes]


def test_what_holds_has_its_numbers():
    """From 12 to 9 cm2 is a fall of 25 percent, which a minor response asks for: the margin is nothing."""
    walk = walk_of([40.0, 30.0], [30.0, 30.0])
    (cause,) = holding(walk, clause(walk, "MR").when, FIRST)
    assert said((cause,)) == [("shrinkage >= minor", "true", "25 >= 25 percent")]
    assert (cause.left, cause.right, cause.margin) == (25, 25, 0)
    assert cause.where.file == "criteria/response/swog-mr.yaml"
    assert blocking(walk, clause(walk, "MR").when, FIRST) == ()


def test_what_fails_says_by_how_much():
    """A fall of 25 percent is 25 short of a half; the size is 9 cm2, which is 900 mm2, above nothing."""
    walk = walk_of([40.0, 30.0], [30.0, 30.0])
    (cause,) = blocking(walk, clause(walk, "PR").when, FIRST)
    assert said((cause,)) == [("shrinkage >= partial", "false", "25 < 50 percent")]
    assert cause.margin == -25
    (gone,) = blocking(walk, clause(walk, "CR").when, FIRST)
    assert (gone.text, gone.numbers, gone.margin) == ("size = 0 cm2", "9 is not 0 cm2", -900)
    assert holding(walk, clause(walk, "PR").when, FIRST) == ()


def test_only_the_parts_of_any_that_hold_are_named():
    """From 9 to 14.4 cm2 is 60 percent more, which is enough, and 5.4 cm2 more, which is not."""
    walk = walk_of([40.0, 30.0, 40.0], [30.0, 30.0, 36.0])
    assert said(holding(walk, clause(walk, "PD").when, SECOND)) == [
        ("regrowth >= progression", "true", "60 >= 50 percent")
    ]
    every = {one.text: one for one in atoms(walk, clause(walk, "PD").when, SECOND)}
    assert every["gain >= progression_area"].numbers == "5.4 < 10 cm2"
    assert every["gain >= progression_area"].margin == Fraction(-460)


def test_numbers_that_are_close_are_told_apart():
    """A fall of 24.999 percent is not written as 25."""
    walk = walk_of([1000.0, 750.01], [1.0, 1.0])
    (cause,) = blocking(walk, clause(walk, "MR").when, FIRST)
    assert cause.numbers == "24.999 < 25 percent"


def test_named_conditions_are_opened_and_rows_are_told():
    """A condition by its name is shown by what stands under it; rows that are not there are said to be none."""
    walk = walk_of([40.0, 30.0], [30.0, 30.0])
    found = {one.text: one.numbers for one in atoms(walk, clause(walk, "PD").when, FIRST)}
    assert found["any new lesion is not absent or equivocal"] == "there is none"
    assert "new_disease" not in found


def test_rows_that_decide_are_named():
    """One lesion of 30 mm keeps all lesions from being gone."""
    walk = walk_of([40.0, 30.0], [30.0, 30.0], "recist-1.1")
    found = {one.text: one for one in blocking(walk, clause(walk, "CR", ladder="target").when, FIRST)}
    (cause,) = found.values()
    assert (cause.truth, cause.numbers) == ("false", "T1 diameter 30 mm")


def test_what_is_unknown_comes_last_and_is_open():
    """Without a measurement the size is at least 0: no clause above can be told."""
    walk = walk_of([40.0, float("nan")], [30.0, 30.0])
    progressive = clause(walk, "PD").when
    assert [one.text for one in open_(walk, progressive, FIRST)] == [
        "regrowth >= progression",
        "gain >= progression_area",
    ]
    truths = [one.truth for one in blocking(walk, progressive, FIRST)]
    assert truths == sorted(truths, key=["false", "unknown"].index)
    assert {one.margin for one in open_(walk, progressive, FIRST)} == {None}


def test_what_is_denied_is_read_as_it_stands():
    """`not any earlier class is PD` is one condition with its own truth."""
    walk = walk_of([40.0, 30.0], [30.0, 30.0], "recist-1.1")
    found = {one.text: one for one in atoms(walk, clause(walk, "PR", ladder="target").when, FIRST)}
    assert found["not any earlier class is PD"].truth == "true"
    assert found["not any earlier class is PD"].numbers == "there is no earlier assessment"


def test_the_deciding_clause():
    """The clause that gave the class decides; where more than one class is possible none does."""
    walk = walk_of([40.0, 30.0, float("nan")], [30.0, 30.0, 30.0])
    ladder = walk.criterion.steps.ladders["class"]
    first = deciding(walk, ladder, FIRST)
    assert first is not None
    assert first.label == "MR"
    assert deciding(walk, ladder, SECOND) is None


def test_patterns_say_which_steps_they_saw():
    """Partial responses on days 56 and 112 are 56 days apart; alone, the second is missing."""
    walk = walk_of([40.0, 20.0, 20.0], [30.0, 30.0, 30.0])
    found = {one.text: one.numbers for one in atoms(walk, clause(walk, "PR", COURSE).when, COURSE)}
    pattern = "seen PR or better twice at least confirm_after apart"
    assert found == {pattern: "PR on 1970-02-26 and PR on 1970-04-23, 56 days apart"}
    alone = walk_of([40.0, 20.0], [30.0, 30.0])
    (cause,) = blocking(alone, clause(alone, "PR", COURSE).when, COURSE)
    assert cause.numbers == "PR on 1970-02-26: only one"
    (none,) = blocking(alone, clause(alone, "CR", COURSE).when, COURSE)
    assert none.numbers == "no CR"


def test_patterns_end_with_the_course():
    """What comes after the progression of day 56 is not looked at."""
    walk = walk_of([40.0, 80.0, 10.0], [30.0, 30.0, 10.0])
    (cause,) = blocking(walk, clause(walk, "uPR", COURSE).when, COURSE)
    assert cause.numbers == "no PR up to PD on 1970-02-26"


def test_patterns_say_why_two_do_not_go_together():
    """Responses 56 days apart are not 60 days apart."""
    walk = walk_of([40.0, 20.0, 20.0], [30.0, 30.0, 30.0])
    far = replace(walk.criterion.parameters["confirm_after"], value=Fraction(60), text="60 days", unit="days")
    criterion = replace(walk.criterion, parameters={**walk.criterion.parameters, "confirm_after": far})
    again = traced(criterion, walk.algebra.frame, 0)[0]
    (cause,) = blocking(again, clause(again, "PR", COURSE).when, COURSE)
    assert cause.numbers == "PR on 1970-02-26, PR on 1970-04-23: 56 days apart, less than 60 days"
