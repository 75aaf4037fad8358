"""What a criterion says of small cohorts, worked by hand; every answer is asked of both algebras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from criterium.evaluate import outcome
from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import Material, frame_of
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.library import load, tables
from criterium.timeline.courses import courses_of
from tests.laws.cohorts import Rows, cohort_of

HEAD = """
version: 1.0.0
title: a case
kind: response
language: 1
source: [{cite: no one, for: nothing, confidence: derived}]
unknown: open
"""
LESIONS = "each: assessment\nof: lesions\n"
CYCLES = "each: cycle\nof: treatments\n"


@pytest.fixture
def criterion(tmp_path):
    def load_text(text: str) -> t.Criterion:
        path = tmp_path / "case.yaml"
        path.write_text(f"id: case{HEAD}{text}", encoding="utf-8")
        return load(str(path))

    return load_text


def rows_of(**given: list[dict[str, Any]]) -> Rows:
    """Return rows of one patient whose course starts on day 0 unless treatments are given."""
    found = {"patients": [{}], "treatments": [{"date": 0, "course": "A"}], **given}
    return {table: [{"patient_id": "P", **row} for row in rows] for table, rows in found.items()}


def lesion(day: int, **more: Any) -> dict[str, Any]:
    return {"date": day, "lesion_id": "L", "role": "target", "site": None, "long": None, "short": None, **more}


def walks(criterion: t.Criterion, rows: Rows, course: int = 0) -> list[Walk[Any, Any]]:
    """Return a walk in columns and an exact one of one course."""
    cohort = cohort_of(rows)
    courses = courses_of(cohort, tables(), criterion.of or "")
    part = courses.part(slice(course, course + 1))
    frame = frame_of(criterion, Material(cohort, tables()), part)
    return [Walk(criterion, Columns(frame)), Walk(criterion, Exact(frame, 0))]


def classes(criterion: t.Criterion, rows: Rows, course: int = 0) -> list[str]:
    """Return the classes of the steps of one course, on which both algebras agree."""
    fast, slow = walks(criterion, rows, course)
    column = [fast.decision("class", place).label for place in fast.step_places()]
    exact = [slow.decision("class", place).label for place in slow.step_places()]
    assert [word.words[word.codes[0]] for word in column] == exact
    return exact


def best(criterion: t.Criterion, rows: Rows) -> str:
    """Return the class of the first course, on which both algebras agree."""
    fast, slow = walks(criterion, rows)
    column, exact = fast.decision("class", COURSE).label, slow.decision("class", COURSE).label
    assert column.words[column.codes[0]] == exact
    return str(exact)


def bounds(criterion: t.Criterion, rows: Rows, name: str, place: Place = COURSE) -> tuple[float | None, float | None]:
    """Return the bounds of a measure, on which both algebras agree."""
    fast, slow = (walk.measure(name, place) for walk in walks(criterion, rows))
    low, high = (float(np.atleast_1d(bound)[0]) for bound in (fast.low, fast.high))
    column = (None if np.isnan(low) else low, None if np.isnan(high) else high)
    exact = tuple(None if bound is None else float(bound) for bound in (slow.low, slow.high))
    assert column == pytest.approx(exact)
    return column


# --- labels and words -------------------------------------------------------------------------------------------------
def test_an_unknown_label_that_a_clause_gives_too_stands_where_nothing_can_be_told(criterion):
    """The unknown label is given for an open row even if a clause in the middle of the ladder gives it."""
    case = criterion(
        LESIONS
        + """
measures: {size: sum of long over target lesions in mm}
classes:
  - {class: large, when: size > 10 mm}
  - {class: open, when: size = 1 mm}
  - {class: small, when: otherwise}
"""
    )
    rows = rows_of(lesions=[lesion(0, long=5.0), lesion(9), lesion(18, long=1.0), lesion(27, long=5.0)])
    assert classes(case, rows) == ["open", "open", "small"]


def test_the_previous_word_of_the_first_step_is_unknown(criterion):
    """`previous` of a word has no answer at the first step, and an answer at the next."""
    case = criterion(
        LESIONS
        + """
measures:
  mark: last value over findings
  old: previous mark
classes:
  - {class: again, when: old is normal}
  - {class: first, when: otherwise}
"""
    )
    found = [{"date": 9, "item": "markers", "value": "normal"}]
    assert classes(case, rows_of(lesions=[lesion(0), lesion(9), lesion(18)], findings=found)) == ["open", "again"]


def test_a_choice_between_words_that_are_missing_is_missing(criterion):
    """A value ladder of words whose options are all missing has no word."""
    case = criterion(
        LESIONS
        + """
measures:
  mark: last value over findings
  other: first value over findings
  chosen: [{value: mark, when: mark is known}, {value: other, when: otherwise}]
classes:
  - {class: normal, when: chosen is normal}
  - {class: other, when: otherwise}
"""
    )
    found = [{"date": 9, "item": "markers", "value": None}]
    assert classes(case, rows_of(lesions=[lesion(0), lesion(9)], findings=found)) == ["open"]


# --- rows that are missing --------------------------------------------------------------------------------------------
SUMS = """
measures: {given: activity in GBq}
course:
  measures:
    whole: sum of given over cycles in GBq
    most: highest given over cycles in GBq
    least: lowest given over cycles in GBq
    opening: first given over cycles in GBq
    large: number of cycles where given >= 7 GBq
  classes:
    - {class: reached, when: whole >= 14.8 GBq}
    - {class: less, when: otherwise}
"""


def cycles(*activities: float | None) -> Rows:
    given = [{"date": 50 * at, "course": "A", "cycle": at + 1.0, "agent": "X"} for at in range(len(activities))]
    return rows_of(treatments=[{**row, "activity": one} for row, one in zip(given, activities, strict=True)])


def test_a_sum_over_steps_with_a_missing_one_is_a_lower_bound(criterion):
    """7.4 GBq and an unknown activity are at least 7.4: whether 14.8 was reached is open unless the rest reaches it."""
    case = criterion(CYCLES + SUMS)
    assert bounds(case, cycles(7.4, None), "whole") == (7.4, None)
    assert best(case, cycles(7.4, None)) == "open"
    assert best(case, cycles(7.4, None, 7.4)) == "reached"
    assert best(case, cycles(7.4, 3.7)) == "less"


def test_extremes_and_numbers_over_steps_are_bounded_by_a_missing_one(criterion):
    """Of 7.4, an unknown and 3.7 GBq the highest is at least 7.4, the lowest at most 3.7, and one or two are over 7."""
    case, rows = criterion(CYCLES + SUMS), cycles(7.4, None, 3.7)
    assert bounds(case, rows, "most") == (7.4, None)
    assert bounds(case, rows, "least") == (0.0, 3.7)
    assert bounds(case, rows, "large") == (1.0, 2.0)


def test_the_first_of_steps_is_the_first_even_if_it_is_missing(criterion):
    """The first activity is not the first that happens to be known."""
    low, high = bounds(criterion(CYCLES + SUMS), cycles(None, 7.4), "opening")
    assert (low, high) == (0.0, None)


def test_a_row_that_does_not_belong_never_spills_into_a_sum(criterion):
    """A value nobody knows, of a row certainly outside, leaves the sum of the others alone: 4, and perhaps 2."""
    case = criterion(
        LESIONS
        + """
members: {gain: long - previous long}
measures: {whole: sum of gain over lesions where site is liver in mm}
classes: [{class: any, when: otherwise}]
"""
    )
    sizes = (("L", "liver", 5.0, 9.0), ("M", "lung", None, 2.0), ("N", None, 3.0, 5.0))
    looks = [lesion(0, lesion_id=name, site=site, long=before) for name, site, before, _ in sizes]
    looks += [lesion(9, lesion_id=name, site=site, long=now) for name, site, _, now in sizes]
    assert bounds(case, rows_of(lesions=looks), "whole", Place("step", 1)) == (4.0, 6.0)


def test_members_of_the_baseline_cannot_be_counted_without_a_baseline(criterion):
    """The number of target lesions is missing in a course without a baseline, not zero."""
    case = criterion(
        LESIONS
        + "measures: {count: number of target lesions}\n"
        + "classes: [{class: none, when: count = 0}, {class: some, when: otherwise}]\n"
    )
    assert classes(case, rows_of(lesions=[lesion(9, long=1.0)])) == ["open"]
    assert classes(case, rows_of(lesions=[lesion(0, long=1.0), lesion(9, long=1.0)])) == ["some"]


def test_rows_of_one_day_bound_the_first_of_them_together(criterion):
    """Of severities 1 and 3 on the first day the first is between 1 and 3, in whatever order they were entered."""
    case = criterion(
        LESIONS + "measures: {first_one: first severity over symptoms}\nclasses: [{class: any, when: otherwise}]\n"
    )
    items = [("pain", 5, 1.0), ("flush", 5, 3.0), ("pain", 8, 2.0)]
    found = [{"date": day, "item": item, "severity": severity} for item, day, severity in items]
    for given in (found, found[::-1]):
        rows = rows_of(lesions=[lesion(0), lesion(9)], symptoms=given)
        assert bounds(case, rows, "first_one", Place("step", 1)) == (1.0, 3.0)


# --- arithmetic with bounds -------------------------------------------------------------------------------------------
ARITHMETIC = """
measures:
  size: sum of long over target lesions in mm
  width: sum of short over target lesions in mm
  product: size * width
  share: width / size
  regrowth: percent rise of size from baseline
  signed: width - size in mm
  swing: percent rise of signed from baseline
classes: [{class: any, when: otherwise}]
"""


def two(day: int, long: float | None, short: float | None) -> list[dict[str, Any]]:
    """Return two lesions of a day: one of 4 x 2 mm and another."""
    fixed = lesion(day, lesion_id="L", long=4.0, short=2.0)
    return [fixed, lesion(day, lesion_id="M", long=long, short=short)]


def test_a_product_of_lower_bounds_is_a_lower_bound(criterion):
    """At least 4 mm times at least 2 mm is at least 8 mm2; a share of what is only bounded is missing."""
    rows = rows_of(lesions=[*two(0, 4.0, 2.0), *two(9, None, None)])
    case, now = criterion(LESIONS + ARITHMETIC), Place("step", 1)
    assert bounds(case, rows, "product", now) == (8.0, None)
    assert bounds(case, rows, "share", now) == (None, None)


def test_a_bounded_value_has_no_percentage_of_zero(criterion):
    """From 0 mm to at least 0 mm is no percentage, not a rise of at least 0 percent."""
    looks = [lesion(0, long=0.0, short=0.0), lesion(9, short=0.0)]
    case, now = criterion(LESIONS + ARITHMETIC), Place("step", 1)
    assert bounds(case, rows_of(lesions=looks), "regrowth", now) == (None, None)
    looks = [lesion(0, long=0.0, short=0.0), lesion(9, long=0.0, short=0.0)]
    assert bounds(case, rows_of(lesions=looks), "regrowth", now) == (0.0, 0.0)


def test_a_percentage_of_a_negative_value_turns_the_bounds_round(criterion):
    """From -4 to at most -2 is a fall of at most 50 percent of -4, which is a rise of at least -50."""
    looks = [*two(0, 4.0, 2.0), *two(9, None, 2.0)]
    assert bounds(criterion(LESIONS + ARITHMETIC), rows_of(lesions=looks), "swing", Place("step", 1)) == (-100.0, None)


# --- time -------------------------------------------------------------------------------------------------------------
DOWN = "classes: [{class: PD, when: any event where event is clinical deterioration}, {class: SD, when: otherwise}]\n"


def test_what_happened_before_the_start_is_of_the_baseline(criterion):
    """A deterioration between the baseline and the start of the course is not progression at the first assessment."""
    looks = [lesion(-20, long=1.0), lesion(30, long=1.0)]
    for day, label in ((-5, "SD"), (0, "SD"), (1, "PD"), (30, "PD")):
        events = [{"date": day, "event": "clinical deterioration"}]
        assert classes(criterion(LESIONS + DOWN), rows_of(lesions=looks, events=events)) == [label]


def test_a_finding_on_the_day_the_next_course_starts_is_of_the_last_assessment(criterion):
    """A scan and a marker on the day of the next first treatment are the last of the one course."""
    case = criterion(
        LESIONS
        + "classes: [{class: normal, when: any finding where value is normal}, {class: none, when: otherwise}]\n"
    )
    rows = rows_of(
        treatments=[{"date": 0, "course": "A"}, {"date": 50, "course": "B"}],
        lesions=[lesion(0), lesion(50), lesion(90)],
        findings=[{"date": 50, "item": "markers", "value": "normal"}],
    )
    assert classes(case, rows, 0) == ["normal"]
    assert classes(case, rows, 1) == ["none"]


TWICE = """
measures: {size: sum of long over target lesions in mm}
classes: [{class: PR, when: size < 5 mm}, {class: SD, when: otherwise}]
order: [PR, SD]
course:
  measures: {death: last date over events where event is death}
  classes:
    - {class: twice, when: seen PR twice at least 28 days apart from 1 days after death}
    - {class: once, when: otherwise}
"""


def test_a_pattern_in_a_window_that_is_unknown_is_unknown(criterion):
    """Two responses four weeks apart from a date nobody knows are neither seen nor ruled out; one is ruled out."""
    case = criterion(LESIONS + TWICE)
    looks = [lesion(day, long=1.0) for day in (0, 10, 38)]
    assert best(case, rows_of(lesions=looks)) == "open"
    assert best(case, rows_of(lesions=looks[:2])) == "once"
    assert best(case, rows_of(lesions=looks, events=[{"date": 5, "event": "death"}])) == "twice"
    assert best(case, rows_of(lesions=looks, events=[{"date": 15, "event": "death"}])) == "once"


def test_earlier_classes_are_those_of_earlier_steps_of_the_course(criterion):
    """No class comes before the first; a small size is previous to the next step, and earlier than the rest."""
    case = criterion(
        LESIONS
        + """
measures: {size: sum of long over target lesions in mm}
classes:
  - {class: small, when: size < 5 mm}
  - {class: next, when: previous class is small}
  - {class: later, when: any earlier class is small}
  - {class: never, when: otherwise}
"""
    )
    looks = [lesion(7 * at, long=long) for at, long in enumerate((1.0, 9.0, 1.0, 9.0, 9.0, 9.0))]
    assert classes(case, rows_of(lesions=looks)) == ["never", "small", "next", "later", "later"]


def test_a_reference_inside_the_rows_of_another_table_is_that_of_the_step(criterion):
    """`baseline size` in a line about findings is the size at the baseline, however many findings there were."""
    case = criterion(
        LESIONS
        + "measures: {size: sum of long over target lesions in mm}\n"
        + "classes: [{class: large, when: any finding has baseline size > 4 mm}, {class: small, when: otherwise}]\n"
    )
    found = [{"date": 9, "item": item, "value": "normal"} for item in ("markers", "symptoms", "other")]
    looks = [lesion(0, long=5.0), lesion(9, long=1.0), lesion(18, long=1.0)]
    assert classes(case, rows_of(lesions=looks, findings=found)) == ["large", "small"]


def test_a_course_of_hundreds_of_assessments_is_walked(criterion):
    """References carried over 600 steps, first asked for at the last, are no deeper than a step."""
    case = criterion(
        LESIONS
        + "measures: {size: sum of long over target lesions in mm, regrowth: percent rise of size from nadir}\n"
        + "classes: [{class: PD, when: regrowth >= 50 percent}, {class: SD, when: otherwise}]\n"
    )
    looks = [lesion(day, long=2.0 if day < 600 else 3.0) for day in range(601)]
    for walk in walks(case, rows_of(lesions=looks)):
        label: Any = walk.decision("class", Place("step", 600)).label
        assert (label if isinstance(label, str) else label.words[label.codes[0]]) == "PD"


# --- cohorts that are nearly empty ------------------------------------------------------------------------------------
WORDS = "measures: {mark: last value over findings}\nclasses: [{class: any, when: otherwise}]\n"


def test_a_cohort_without_the_table_of_the_steps_has_no_steps(criterion):
    """A criterion on lesions says nothing of a cohort that has none, and does not fail."""
    cohort = cohort_of(rows_of())
    case = criterion(LESIONS + WORDS)
    found = outcome.evaluate(case, Material(cohort, tables()), courses_of(cohort, tables(), "lesions"))
    assert (found.steps.rows, found.courses.rows) == (0, 1)


def test_a_run_of_courses_without_steps_joins_runs_with_words(criterion, monkeypatch):
    """Runs of one course each, the first without an assessment, are joined although a measure is a word."""
    monkeypatch.setattr(outcome, "MOST_COURSES", 1)
    rows = rows_of(lesions=[lesion(0), lesion(9)], findings=[{"date": 9, "item": "markers", "value": "normal"}])
    rows["patients"].insert(0, {"patient_id": "Q"})
    cohort = cohort_of(rows)
    courses = courses_of(cohort, tables(), "lesions")
    found = outcome.evaluate(criterion(LESIONS + WORDS), Material(cohort, tables()), courses)
    mark: Any = found.steps.measures["mark"]
    assert [mark.words[code] for code in mark.codes] == ["normal"]


def test_no_courses_at_all_are_no_rows(criterion):
    """An empty run of courses has empty layers."""
    cohort = cohort_of(rows_of(lesions=[lesion(0), lesion(9)]))
    courses = courses_of(cohort, tables(), "lesions").part(slice(0, 0))
    found = outcome.evaluate(criterion(LESIONS + WORDS), Material(cohort, tables()), courses)
    assert (found.steps.rows, found.courses.rows) == (0, 0)
