"""Two criteria on every course that can exist: which classes can meet, each with a course that shows it."""

from __future__ import annotations

import pytest

from criterium.compare.timelines import matrices, own_dates
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language.file.source import parse
from criterium.language.library import load, tables
from criterium.language.lower import lower
from criterium.language.problems import Refused
from criterium.report.timelines_sheets import Timelines, timeline_lines
from criterium.verify.examples.cases import case_of
from criterium.verify.examples.trials import said_by
from criterium.verify.proofs.worlds import Bound, Impossible, Undecided, Witness
from tests.witnesses import found, possible

STEP, COURSE = "class of each assessment", "class of the course"
TOXICITY = """\
id: mine
version: 0.1.0
title: Mine
kind: toxicity
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: result
of: labs
also: [adverse_events]
unknown: not gradable
terms:
  platelets:
    printed: Platelets
    category: Blood
    grades: [1, 2, 3, 4, 5]
    bands: [{unit: 10*9/L, low: [lln, CUT, 50, 25]}]
"""


@pytest.mark.parametrize(("base", "variant"), [("swog", "swog-mr"), ("recist-1.1", "recist-1.1-mr")])
def test_a_minor_response_was_stable_disease_before(base, variant):
    """The class in between takes from stable disease alone; every other assessment keeps its class, but see below."""
    of_steps = found(base, variant)[STEP]
    assert [row for row, column in possible(of_steps) if column == "MR"] == ["SD"]
    assert [pair for pair in of_steps.apart if pair not in {("SD", "MR"), ("SD", "NE")}] == []


def test_without_bounds_nothing_else_changes():
    """In swog a size is known or missing when it is small, so that the one pair of different classes is SD and MR.

    The size is a sum of products; with a target that was not measured it is bounded from below, the fall is at most
    some percentage, and a partial response may still be, so that both criteria say NE.
    """
    assert found("swog", "swog-mr")[STEP].apart == (("SD", "MR"),)


def test_a_fall_that_is_only_bounded_becomes_unknown():
    """In recist-1.1-mr stable disease can become NE: what is certainly no partial response may be a minor one.

    A lesion of which nobody wrote the site counts with its long or its short axis. From 100 mm, with one lesion of 50
    or 40 mm now beside one of 40 mm, the fall is 10 to 20 percent: below 30 either way, which the base calls SD, but on
    both sides of 13. So the answer of the variant is SD or MR, that is NE.
    """
    answer = found("recist-1.1", "recist-1.1-mr")[STEP].cells["SD", "NE"]
    assert isinstance(answer, Witness)


def test_the_smallest_minor_response_is_a_quarter_less():
    """40 x 10 to 30 x 10 mm is a fall from 4 to 3 cm2, 25 percent, the least that is a minor response in swog-mr."""
    answer = found("swog", "swog-mr")[STEP].cells["SD", "MR"]
    assert isinstance(answer, Witness)
    (member,) = answer.example["lesions"]
    before, now = (long * short for long, short in zip(member["long"], member["short"], strict=True))
    assert 25 <= 100 * (before - now) / before < 50


@pytest.mark.parametrize(("base", "variant"), [("swog", "swog-mr"), ("recist-1.1", "recist-1.1-mr")])
def test_a_best_response_of_progression_or_none_can_become_minor(base, variant):
    """As the best of a course MR comes from SD, PD and NE: stable disease must last for six weeks, MR need not.

    Two minor responses on days 1 and 29 are confirmed, four weeks apart. Under the base they are stable disease that
    was never seen after six weeks, so that the course is NE; with progression soon after it is PD.
    """
    of_courses = found(base, variant)[COURSE]
    assert {row for row, column in possible(of_courses) if column == "MR"} == {"SD", "PD", "NE"}
    answer = of_courses.cells["NE", "MR"]
    assert isinstance(answer, Witness)
    assert max(answer.example["at"]) < 42


def test_a_pair_that_nobody_could_decide_is_not_ruled_out():
    """With next to no effort every pair is found or undecided; none is called impossible."""
    short = Bound(steps=2, effort=0.001)
    for matrix in matrices(load("recist-1.1"), load("recist-1.1-mr"), tables(), short):
        assert not any(isinstance(one, Impossible) for one in matrix.cells.values())
        assert any(isinstance(one, Undecided) for one in matrix.cells.values())


def test_criteria_of_different_steps_have_no_course_in_common():
    """Assessments of lesions and cycles of treatment are no steps of one timeline."""
    with pytest.raises(Refused) as refused:
        list(matrices(load("swog"), load("lu177-octreotate-regular"), tables()))
    assert "no timeline is judged by both" in refused.value.problems[0].what


def test_a_time_ends_in_the_same_way_where_one_endpoint_is_compared_with_itself():
    """Every way in which a time can end is possible, and none meets another.

    None is unknown: dates of events and assessments are never empty, and no other column is asked for.
    """
    endpoint = load("overall-survival")
    (matrix,) = matrices(endpoint, endpoint, tables())
    assert matrix.apart == ()
    assert possible(matrix) == [(label, label) for label in matrix.rows if label != "unknown"]


# --- dates that only one of the two looks at --------------------------------------------------------------------------
DETERIORATION = "events where event is clinical deterioration"


def test_dates_of_one_criterion_are_told():
    """In swog a deterioration is an assessment, in who it is none; swog and its variant have the same dates."""
    who, swog = load("who"), load("swog")
    assert own_dates(who, swog) == own_dates(swog, who) == (("swog", DETERIORATION),)
    assert own_dates(swog, load("swog-mr")) == ()
    compared = Timelines(("who", "swog"), (None,), Bound(), tables()["lesions"], alone=own_dates(who, swog))
    counts = "counts for the other as one at which nothing was recorded"
    assert timeline_lines(compared)[1:] == (f"A date that only swog looks at ({DETERIORATION}) {counts}.",)


def plain_courses(criterion):
    """Return the examples of a criterion that list lesions and no dates."""
    kept = [one for one in criterion.examples if "lesions" in one and not {"at", "set", "as_of"} & set(one)]
    return [{"lesions": one["lesions"]} for one in kept if set(one) & {"class", "classes"}]


def with_an_empty_date(example):
    """Return a course with a date four weeks after the baseline at which nothing was recorded."""
    lesions = [
        {name: [one[0], None, *one[1:]] if isinstance(one, list) else one for name, one in row.items()}
        for row in example["lesions"]
    ]
    count = max(len(one) for row in lesions for one in row.values() if isinstance(one, list))
    return {"lesions": lesions, "at": [28, *(56 * step for step in range(1, count - 1))]}


def test_a_date_without_a_record_changes_nothing_else_in_who():
    """So that for who a deterioration may count as one, and what is impossible beside swog stays impossible.

    The date itself cannot be told; every other assessment, and the best response, is as it was.
    """
    who = load("who")
    courses = plain_courses(who)
    assert len(courses) > 20
    for example in courses:
        plain, longer = (
            said_by(Walk(who, Exact(case_of(who, one, tables()).frame, 0)))
            for one in (example, with_an_empty_date(example))
        )
        assert longer["class"] == ["NE", *plain["class"]]
        assert longer["course"] == plain["course"]


# --- results ----------------------------------------------------------------------------------------------------------
def cut(value):
    """Return a criterion of one term whose second cut is this."""
    return lower(parse(TOXICITY.replace("CUT", str(value)), "mine"), tables())


def test_a_cut_that_moved_changes_what_lies_between():
    """A second cut of 80 instead of 75 moves results of 75 up to 80 to grade 2, and no others.

    Those were grade 1 if they are below their lower limit of normal, grade 0 if they are not, and could not be graded
    if nobody wrote the limit: grade 0 or 1. What is below 80 needs no limit.
    """
    (matrix,) = matrices(cut(75), cut(80), tables())
    assert set(matrix.apart) == {("0", "2"), ("1", "2"), ("not gradable", "2")}
    for pair in matrix.apart:
        answer = matrix.cells[pair]
        assert isinstance(answer, Witness)
        assert 75 <= answer.example["value"] < 80


def test_the_same_terms_have_no_matrix():
    """Where two criteria say the same of a term there is nothing to ask."""
    assert list(matrices(cut(75), cut(75), tables())) == []
