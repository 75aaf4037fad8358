"""Partial dates: what is said of a patient is what every possible day gives, and no more than these is possible."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.agreed import Merging
from criterium.evaluate.algebra import COURSE
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import frame_of
from criterium.evaluate.outcome import Outcome, evaluate
from criterium.evaluate.walk import Walk
from criterium.explain.parts import of_courses
from criterium.language import tree as t
from criterium.language.library import tables
from criterium.timeline.cohort import Cohort, Labels, Partial
from criterium.timeline.courses import courses_of
from criterium.timeline.supposed import supposed
from tests.laws.cohorts import Rows, cohort_of, patient, prepared, together
from tests.laws.cohorts import criteria as all_criteria

# Criteria whose answers read the table `events`, for times, at a course, and at steps.
NAMES = ["overall-survival", "progression-free-survival", "follow-up", "dated"]
NO_DAY, NO_CUT = np.array([np.nan]), np.inf
Span = tuple[float, float]


def with_partial(cohort: Cohort, spans: dict[int, Span]) -> Cohort:
    """Return the cohort in which rows of `events` have a span of days in the place of their date."""
    events = cohort.tables["events"]
    rows = np.array(sorted(spans))
    days = np.array(events.columns["date"])
    days[rows] = np.nan
    first, last = (np.array([float(spans[row][end]) for row in rows.tolist()]) for end in (0, 1))
    partial = Partial(rows, first, last, ("2009-06",) * len(rows))
    changed = replace(events, columns={**events.columns, "date": days}, partial=partial)
    return Cohort(cohort.name, cohort.patients, {**cohort.tables, "events": changed})


def merged(criterion: t.Criterion, cohort: Cohort) -> Outcome:
    """Return what a criterion says of a cohort whatever the days of its partial dates are."""
    possible = supposed(cohort, np.full(len(cohort.patients), np.nan), NO_CUT)
    material, each = prepared(criterion, possible.cohort)
    courses = courses_of(cohort, tables(), criterion.of or "")
    return Merging.of(possible, each, courses).outcome(evaluate(criterion, material, each), None)


def exactly(criterion: t.Criterion, cohort: Cohort) -> dict[Any, str]:
    """Return the labels of the exact algebra by course, step and ladder."""
    material, courses = prepared(criterion, cohort)
    frame = frame_of(criterion, material, courses)
    found: dict[Any, str] = {}
    for index, number in enumerate(frame.number.tolist()):
        walk: Walk[Any, Any] = Walk(criterion, Exact(frame, index))
        for place in walk.step_places():
            found |= {(number, place.step, name): walk.decision(name, place).label for name in criterion.steps.ladders}
        ladders = of_courses(criterion)
        found |= {(number, -1, name): walk.climb(one, COURSE).label for name, one in ladders.items()}
    return found


def said(outcome: Outcome) -> dict[Any, tuple[str, set[str]]]:
    """Return the label and the possible labels of an outcome by course, step and ladder."""
    found = {}
    for layer in (outcome.steps, outcome.courses):
        steps = layer.step.tolist() if len(layer.step) else [-1] * layer.rows
        for name, classes in layer.classes.items():
            words = classes.label.words
            for row, (course, step) in enumerate(zip(layer.course.tolist(), steps, strict=True)):
                open_ = {word for at, word in enumerate(words) if int(classes.possible[row]) >> at & 1}
                found[course, step, name] = words[classes.label.codes[row]], open_
    return found


def arrays(values: Any) -> Any:
    """Return a measure as what can be compared."""
    return (values.codes, values.words) if isinstance(values, Labels) else values


def two_events(seed: int) -> Rows:
    """Return the rows of a patient with two events about the time of an assessment."""
    rows = patient("P", seed)
    about = [row["date"] for row in rows["lesions"]] or [0]
    middle = about[len(about) // 2]
    kinds = ("death", "new therapy") if seed % 2 else ("new therapy", "last contact")
    rows["events"] = [{"patient_id": "P", "date": middle + at, "event": kind} for at, kind in enumerate(kinds)]
    return rows


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**20), before=st.integers(0, 9), days=st.integers(1, 4))
def test_the_answer_is_that_of_every_day(name: str, seed: int, before: int, days: int):
    """A label is given where the exact algebra gives it on every day; else those of all days are possible."""
    criterion, rows = all_criteria()[name], two_events(seed)
    cohort = cohort_of(rows)
    dates = [row["date"] for row in rows["events"]]
    spans = {0: (dates[0] - before, dates[0] - before + 6), 1: (dates[1], dates[1] + days)}
    together_ = said(merged(criterion, with_partial(cohort, spans)))
    every: dict[Any, set[str]] = {}
    for chosen in product(*(range(int(first), int(last) + 1) for first, last in spans.values())):
        dated = [{**row, "date": day} for row, day in zip(rows["events"], chosen, strict=True)]
        for key, label in exactly(criterion, cohort_of({**rows, "events": dated})).items():
            every.setdefault(key, set()).add(label)
    assert set(every) == set(together_)
    ladders = {**criterion.steps.ladders, **of_courses(criterion)}
    for key, labels in every.items():
        label, open_ = together_[key]
        unknown = ladders[key[2]].unknown
        assert label == (labels.pop() if len(labels) == 1 else unknown), key
        assert labels - {unknown} <= open_, key


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**20))
def test_a_span_of_one_day_is_that_day(name: str, seed: int):
    """A date that can be one day only gives what that day gives."""
    criterion, rows = all_criteria()[name], two_events(seed)
    cohort = cohort_of(rows)
    day = float(rows["events"][0]["date"])
    material, courses = prepared(criterion, cohort)
    whole = evaluate(criterion, material, courses)
    found = merged(criterion, with_partial(cohort, {0: (day, day)}))
    assert said(found) == said(whole)
    for one, other in zip((found.steps, found.courses), (whole.steps, whole.courses), strict=True):
        for measure, values in one.measures.items():
            np.testing.assert_equal(arrays(values), arrays(other.measures[measure]))


@settings(max_examples=20, derandomize=True, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**20), min_size=1, max_size=4, unique=True), days=st.integers(1, 30))
def test_numbers_lie_between_those_of_all_days(seeds: list[int], days: int):
    """The ends of a time are the least and the greatest of all days, for each patient of a cohort by itself."""
    criterion = all_criteria()["overall-survival"]
    rows = together(
        {table: [{**row, "patient_id": f"P{at}"} for row in part] for table, part in two_events(2 * seed + 1).items()}
        for at, seed in enumerate(seeds)
    )
    cohort = cohort_of(rows)
    deaths = [at for at, row in enumerate(rows["events"]) if row["event"] == "death"]
    spans = {at: (rows["events"][at]["date"], rows["events"][at]["date"] + days) for at in deaths}
    low, high = merged(criterion, with_partial(cohort, spans)).courses.measures["time to"]
    each = []
    for later in range(days + 1):
        dated = [{**row, "date": row["date"] + later * (row["event"] == "death")} for row in rows["events"]]
        material, courses = prepared(criterion, cohort_of({**rows, "events": dated}))
        each.append(evaluate(criterion, material, courses).courses.measures["time to"][0])
    np.testing.assert_equal(low, np.min(each, axis=0))
    np.testing.assert_equal(high, np.max(each, axis=0))
