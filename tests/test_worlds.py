"""Questions about every course that can exist: a course that shows it, a proof that there is none, or no answer."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce

import pytest

from criterium.evaluate.symbols import symbolic
from criterium.evaluate.symbols.solver import Solver
from criterium.language import tree as t
from criterium.language.file.source import parse
from criterium.language.library import load, tables
from criterium.language.lower import lower
from criterium.language.uses import nodes
from criterium.verify.proofs.result_worlds import RESULT, branch_world
from criterium.verify.proofs.worlds import Bound, Impossible, Unconvincing, Undecided, Witness, World

HEAD = """\
id: mine
version: 0.1.0
title: Mine
kind: response
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  area: sum of square over target lesions in mm2
  shrinkage: percent fall of size from baseline
members: {square: long * short}
"""


def criterion(classes):
    """Return a criterion of a few measures with these classes."""
    return lower(parse(f"{HEAD}classes: {classes}\nunknown: NE\n", "mine"), tables())


CYCLES = HEAD.partition("each:")[0] + "each: cycle\nof: treatments\nmeasures: {given: activity in GBq}\n"


def is_(*labels):
    """Return the question whether the class of a step is one of these."""
    return lambda walks, place: walks[0].algebra.one_of(walks[0].decision("class", place).label, labels)


def ask(classes, label, bound=None):
    """Return whether a step can ever have a class."""
    return World([criterion(classes)], tables(), bound or Bound()).ever(is_(label))


# --- courses ----------------------------------------------------------------------------------------------------------
def test_a_class_that_no_line_can_reach_is_impossible():
    """A fall of 20 percent is taken by the line before that asks for 10."""
    classes = "[{class: A, when: shrinkage >= 10 percent}, {class: B, when: shrinkage >= 20 percent},"
    classes += " {class: C, when: otherwise}]"
    assert isinstance(ask(classes, "B"), Impossible)
    assert isinstance(ask(classes, "A"), Witness)


def test_the_smallest_course_is_the_shortest():
    """A rise from a smallest size below baseline needs a second assessment: down, then up."""
    found = ask(
        "[{class: A, when: [rise of size from nadir >= 5 mm, fall of size from baseline > 0 mm]},"
        " {class: B, when: otherwise}]",
        "A",
    )
    assert isinstance(found, Witness)
    assert found.steps == 2


def test_a_sum_of_squares_can_be_any_number_that_is_not_negative():
    """A product of two lengths is not negative, is zero only if one of them is, and can be 7 mm2."""
    below = "[{class: A, when: area < 0 mm2}, {class: B, when: otherwise}]"
    assert isinstance(ask(below, "A"), Impossible)
    seven = ask("[{class: A, when: area = 7 mm2}, {class: B, when: otherwise}]", "A")
    assert isinstance(seven, Witness)


def test_a_course_is_looked_for_in_decimals():
    """40 mm beside 7 : 3 leaves 120/7, which nobody can write down; 30 and 70 mm, or 4.2 and 9.8, can be."""
    found = ask(
        "[{class: A, when: [7 * (last spleen over visits) = 3 * size, size > 0 mm]}, {class: B, when: otherwise}]", "A"
    )
    assert isinstance(found, Witness)
    size = sum(Fraction(str(one["long"][-1])) for one in found.example["lesions"])
    assert 7 * Fraction(str(found.example["visits"][-1]["spleen"])) == 3 * size


def test_a_course_that_cannot_be_written_down_is_no_witness():
    """A third of a millimetre has no decimals: there is such a course, and nothing is said of it."""
    assert isinstance(ask("[{class: A, when: 3 * size = 1 mm}, {class: B, when: otherwise}]", "A"), Undecided)


def test_a_step_is_on_a_whole_day():
    """Ten days after the start there may be a step, ten and a half days after it there is none to write down."""
    assert isinstance(ask("[{class: A, when: date - start = 10 days}, {class: B, when: otherwise}]", "A"), Witness)
    assert isinstance(ask("[{class: A, when: date - start = 10.5 days}, {class: B, when: otherwise}]", "A"), Undecided)


def test_a_row_of_which_nothing_is_known_is_written_down_by_what_stays():
    """A drug without a dose stands in a witness by its group, at the dates on which it is named."""
    head = HEAD[: HEAD.index("of: lesions")] + "of: medications where group is antihypertensive\n"
    classes = "[{class: A, when: any medication where dose is missing}, {class: B, when: otherwise}]"
    mine = lower(parse(f"{head}classes: {classes}\nunknown: NE\n", "mine"), tables())
    found = World([mine], tables(), Bound()).ever(is_("A"))
    assert isinstance(found, Witness)
    assert found.example["medications"][0]["group"][-1] == "antihypertensive"
    assert "dose" not in found.example["medications"][0]


def test_a_score_in_whole_numbers_is_never_between_two():
    """The five-point scale has nothing between 3 and 4."""
    classes = "[{class: A, when: 3 < last deauville over visits < 4}, {class: B, when: otherwise}]"
    assert isinstance(ask(classes, "A"), Impossible)


def test_what_only_more_members_show_is_impossible_within_a_smaller_bound():
    """Two members of one kind exist with room for two, not with room for one; an answer is for its bound."""
    classes = "[{class: A, when: number of target lesions >= 2}, {class: B, when: otherwise}]"
    assert isinstance(ask(classes, "A", Bound(members=1)), Impossible)
    assert isinstance(ask(classes, "A", Bound(members=2)), Witness)


def test_what_only_more_steps_show_is_impossible_within_a_smaller_bound():
    """A third assessment after the baseline lies beyond a bound of two."""
    classes = (
        "[{class: A, when: previous class is B}, {class: B, when: previous class is C}, {class: C, when: otherwise}]"
    )
    assert isinstance(ask(classes, "A", Bound(steps=2)), Impossible)
    found = ask(classes, "A", Bound(steps=3))
    assert isinstance(found, Witness)
    assert found.steps == 3


def test_a_question_that_takes_too_much_is_undecided(monkeypatch):
    """Where the solver cannot tell there is no answer, and least of all a proof; the shortest such course is told."""
    monkeypatch.setattr(Solver, "tries", lambda *_: "open")
    found = ask("[{class: A, when: area = 7 mm2}, {class: B, when: otherwise}]", "A")
    assert isinstance(found, Undecided)
    assert found.steps == 1


SINCE = "date - last date over events where event is changed"


@pytest.mark.parametrize(
    ("head", "asked", "expected"),
    [
        (HEAD, f"{SINCE} >= 14 days", Witness),
        (HEAD, f"{SINCE} = 0 days", Witness),
        (HEAD, f"{SINCE} < 0 days", Impossible),
        (HEAD, f"{SINCE} >= date - previous date", Impossible),
        (CYCLES, f"{SINCE} <= -14 days", Witness),
        (CYCLES, f"{SINCE} > 0 days", Impossible),
    ],
)
def test_a_row_beside_a_step_has_a_day_of_its_own(head, asked, expected):
    """A row of another table lies after the assessment before its own and up to it, or from a cycle to the next."""
    text = f"{head}classes: [{{class: A, when: {asked}}}, {{class: B, when: otherwise}}]\nunknown: NE\n"
    world = World([lower(parse(text, "mine"), tables())], tables(), Bound(steps=2))
    assert isinstance(world.ever(is_("A")), expected)


@pytest.mark.parametrize("label", ["CR", "PR", "SD", "PD", "NE"])
def test_little_effort_never_proves_anything(label):
    """With a thousand operations of the solver a question, what can be is found or undecided, never impossible."""
    found = World([load("recist-1.1")], tables(), Bound(effort=0.001)).ever(is_(label))
    assert not isinstance(found, Impossible)


def test_a_course_that_does_not_show_it_is_a_fault_of_the_program(monkeypatch):
    """If terms mean something else than numbers, what the solver finds does not convince, and that is not hidden."""
    right = symbolic.compare
    monkeypatch.setattr(symbolic, "compare", lambda operator, one, other: right(operator, other, one))
    with pytest.raises(Unconvincing):
        ask("[{class: A, when: size > 30 mm}, {class: B, when: otherwise}]", "A")


# --- results ----------------------------------------------------------------------------------------------------------
def branch(id_, unit):
    """Return a world of the results of one term, in one unit, under CTCAE 3.0."""
    toxicity = load("ctcae-3.0")
    found = next(one for one in toxicity.branches if (one.id, one.unit) == (id_, unit))
    return branch_world(toxicity, found, tables()), found


def grade(ladder, *labels):
    """Return the question whether a result is graded so."""
    return lambda walks: walks[0].algebra.one_of(walks[0].climb(ladder, RESULT).label, labels)


@pytest.mark.parametrize("label", ["0", "1", "2", "3", "4"])
def test_every_grade_of_a_count_is_possible(label):
    """Platelets have cuts at the lower limit of normal, 75, 50 and 25: each grade from 0 to 4 has a result."""
    world, found = branch("platelets", "10*9/L")
    answer = world.possible(grade(found.ladder, label))
    assert isinstance(answer, Witness)
    assert answer.example["term"] == "platelets"
    low, high = {"4": (0, 25), "3": (25, 50), "2": (50, 75)}.get(label, (75, 10**9))
    assert low <= answer.example["value"] < high


def test_a_count_without_a_value_cannot_be_graded():
    """Grade 0 is never given where nothing was measured."""
    world, found = branch("platelets", "10*9/L")

    def silent_and_graded(walks):
        algebra = walks[0].algebra
        value = next(node for node in fields(found.ladder) if node.name == "value")
        unknown = algebra.negate(algebra.known(walks[0].value(value, RESULT)))
        return algebra.both(unknown, grade(found.ladder, "0", "1", "2", "3", "4")(walks))

    assert isinstance(world.possible(silent_and_graded), Impossible)


def test_a_lower_limit_of_normal_below_a_cut_is_possible():
    """With a lower limit of 60 a count of 70 is within its limits and below the cut of 75: grade 2 as printed."""
    world, found = branch("platelets", "10*9/L")

    def within(walks):
        walk, algebra = walks[0], walks[0].algebra
        by_name = {node.name: node for node in fields(found.ladder)}
        value, limit = (walk.value(by_name[name], RESULT) for name in ("value", "lln"))
        normal = algebra.compare(">=", value, limit)
        below = algebra.compare("<", value, algebra.constant(Fraction(75)))
        return reduce(algebra.both, [normal, below, grade(found.ladder, "2")(walks)])

    answer = world.possible(within)
    assert isinstance(answer, Witness)
    assert answer.example["lln"] <= answer.example["value"] < 75


def test_a_missing_limit_leaves_grade_0_or_1():
    """Without a lower limit a count of 80 is grade 0 or 1, and one of 60 is grade 2 whatever the limit."""
    world, found = branch("platelets", "10*9/L")

    def of(value, *labels):
        def asked(walks):
            walk, algebra = walks[0], walks[0].algebra
            by_name = {node.name: node for node in fields(found.ladder)}
            count = algebra.compare("=", walk.value(by_name["value"], RESULT), algebra.constant(Fraction(value)))
            silent = algebra.negate(algebra.known(walk.value(by_name["lln"], RESULT)))
            return reduce(algebra.both, [count, silent, grade(found.ladder, *labels)(walks)])

        return world.possible(asked)

    assert isinstance(of(80, "not gradable"), Witness)
    assert isinstance(of(80, "0", "1", "2", "3", "4"), Impossible)
    assert isinstance(of(60, "2"), Witness)
    assert isinstance(of(60, "not gradable", "0", "1", "3", "4"), Impossible)


def fields(ladder):
    """Return the columns that a ladder reads."""
    return [node for clause in ladder.clauses for node in nodes(clause.when) if isinstance(node, t.Field)]


def test_powers_are_left_open():
    """Of a rate computed with powers, what no rate can be is impossible, and what some rate could be is left open."""
    toxicity = load("ctcae-4.03")
    rate = next(one for one in toxicity.branches if one.derived == "filtration_rate")
    world = branch_world(toxicity, rate, tables())
    ladder = world.pairs[0][1].ladder
    assert isinstance(world.possible(grade(ladder, "4")), Undecided)

    def two_grades(walks):
        return walks[0].algebra.both(grade(ladder, "3")(walks), grade(ladder, "4")(walks))

    assert isinstance(world.possible(two_grades), Impossible)
