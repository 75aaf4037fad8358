"""A sweep says at each value what a run with that value says."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings

from criterium.compare.sweep import sweeps as sweep
from criterium.compare.sweep.sweeps import Swept, swept, with_value
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Outcome, evaluate
from criterium.language import tree as t
from criterium.study.plan import folder_of, study_of
from criterium.study.results import Results, run
from criterium.timeline.courses import Courses
from tests.laws.cohorts import Rows, cohort_of, cohorts, criteria, prepared

PARAMETERS = sorted((name, parameter) for name, one in criteria().items() for parameter in one.parameters)
COHORTS = ("lu177-salvage", "mibg-dose-intensified")
# Multiples at which the generated cohorts have ties: a fall of 25 percent, a rise of 20, and on either side of them.
MULTIPLES = tuple(Fraction(one, 20) for one in (-2, 0, 10, 15, 16, 20, 24, 25, 30, 40, 80))


def values_of(criterion: t.Criterion, name: str) -> list[sweep.Value]:
    """Return the readings of a word, or numbers below, at and above the one in the file."""
    setting = criterion.parameters[name]
    if isinstance(setting.value, str):
        return list(setting.kind.words)
    return [setting.value * one for one in MULTIPLES] if setting.value else [Fraction(one) for one in range(4)]


def same(found: Swept, at: int, run: Outcome) -> bool:
    """Return whether a sweep says at a value what a run says of every step and course."""
    ladder = "time" if run.criterion.time is not None else "class"
    label = run.courses.classes[ladder].label
    assert found.label.words == label.words
    if not (found.codes[:, at] == label.codes).all():
        return False
    if "class" not in run.steps.classes:
        return True
    here = np.isin(found.steps.variant, found.spread(np.arange(len(found.course)))[:, at])
    said = run.steps.classes["class"].label.codes
    same_dates = np.array_equal(found.steps.date[here], run.steps.date)
    return same_dates and bool((found.steps.label.codes[here] == said).all())


def holds(criterion: t.Criterion, material: Material, courses: Courses, name: str, every: int = 1) -> None:
    """Fail unless the sweep of a parameter says what runs say, at all its values or at every second and so on."""
    values = values_of(criterion, name)[::every]
    found = swept(criterion, material, courses, name, values)
    for at, value in enumerate(values):
        assert same(found, at, evaluate(with_value(criterion, name, value), material, courses)), value


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
@settings(max_examples=1, derandomize=True)
@given(rows=cohorts(8))
def test_a_sweep_of_generated_patients_is_its_runs(name: str, parameter: str, rows: Rows):
    """Every parameter of every criterion: the classes of steps and courses are those of a run with each value."""
    criterion = criteria()[name]
    holds(criterion, *prepared(criterion, cohort_of(rows)), parameter)


@cache
def results(cohort: str) -> Results:
    """Return the study of a cohort that ships, evaluated."""
    return run(study_of(folder_of(cohort)))


@pytest.mark.parametrize("cohort", COHORTS)
def test_a_sweep_of_a_shipped_cohort_is_its_runs(cohort: str):
    """Every parameter of every criterion of a study that gives classes to courses, on the patients of the study."""
    done = results(cohort)
    for criterion in done.study.criteria.values():
        for name in () if criterion.branches else criterion.parameters:
            holds(criterion, done.material, done.courses, name, 1 if criterion.parameters[name].kind.words else 3)


@pytest.mark.parametrize("most", [1, 3, 7])
@settings(max_examples=1, derandomize=True)
@given(rows=cohorts(8))
def test_a_sweep_does_not_depend_on_how_much_is_done_at_once(most: int, rows: Rows):
    """Copies decided a few at a time get the classes of the whole."""
    criterion = criteria()["swog-mr"]
    material, courses = prepared(criterion, cohort_of(rows))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "MOST_COPIES", most)
        holds(criterion, material, courses, "minor")
        holds(criterion, material, courses, "confirm_after")


@pytest.mark.parametrize("parameter", ["too_small", "node_axis", "confirm_after"])
@settings(max_examples=5, derandomize=True)
@given(rows=cohorts(8))
def test_a_sweep_of_a_large_cohort_is_its_runs(parameter: str, rows: Rows):
    """Where every value is walked on its own, as in large cohorts, the classes are those of the runs, too."""
    criterion = criteria()["recist-1.1-mr"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "MANY_COURSES", 1)
        holds(criterion, *prepared(criterion, cohort_of(rows)), parameter)
