"""Order never matters, patients never touch, and runs and threads change nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate import outcome
from tests.laws.cohorts import Rows, answers, cohort_of, cohorts, criteria, patient, prepared, together

NAMES = sorted(criteria())
few = settings(max_examples=3, derandomize=True)


@pytest.mark.parametrize("name", NAMES)
@few
@given(rows=cohorts(8), seed=st.integers(0, 2**20))
def test_the_order_of_rows_and_patients_never_matters(name: str, rows: Rows, seed: int):
    """Rows and patients in any order get the same answers, reasons included."""
    rng = random.Random(seed)  # noqa: S311 -- this is data, not a secret
    shuffled = {table: rng.sample(entries, len(entries)) for table, entries in rows.items()}
    assert answers(criteria()[name], shuffled) == answers(criteria()[name], rows)


@pytest.mark.parametrize("name", NAMES)
@few
@given(rows=cohorts(6), seed=st.integers(2**20 + 1, 2**21))
def test_an_unrelated_patient_never_changes_another(name: str, rows: Rows, seed: int):
    """The answers for a cohort stay as they are when a patient joins it, before or after the others."""
    alone = answers(criteria()[name], rows)
    stranger = patient("stranger", seed)
    for joined in (together([rows, stranger]), together([stranger, rows])):
        found = answers(criteria()[name], joined)
        assert {key: found[key] for key in found if key[0] != "stranger"} == alone


@pytest.mark.parametrize("name", NAMES)
@few
@given(rows=cohorts(10), most=st.integers(1, 4))
def test_runs_of_courses_and_threads_change_nothing(name: str, rows: Rows, most: int):
    """A cohort evaluated in runs of a few courses, on several threads, gets the answers of the whole."""
    whole = answers(criteria()[name], rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "MOST_COURSES", most)
        assert answers(criteria()[name], rows) == whole


@pytest.mark.parametrize("name", [name for name in NAMES if "class" in criteria()[name].steps.ladders])
@few
@given(rows=cohorts(8))
def test_classes_alone_are_those_of_the_whole_answer(name: str, rows: Rows):
    """Asked for nothing but classes, a criterion gives those that it gives with reasons and measures."""
    cohort = cohort_of(rows)
    material, courses = prepared(criteria()[name], cohort)
    alone = outcome.classes(criteria()[name], material, courses)
    whole = outcome.evaluate(criteria()[name], material, courses).steps
    said = whole.classes[criteria()[name].final]
    pairs = ((alone.course, whole.course), (alone.step, whole.step), (alone.date, whole.date))
    assert all((one == other).all() for one, other in pairs)
    assert alone.label.words == said.label.words
    assert (alone.label.codes == said.label.codes).all()
    assert (alone.clause == said.clause).all()
