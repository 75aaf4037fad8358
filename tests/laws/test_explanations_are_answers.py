"""What is explained is what was computed: for every patient, criterion, step, course and result of a study."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from criterium.explain import parts as module
from criterium.explain.patient import Asked, explained
from criterium.study.plan import folder_of, study_of
from criterium.study.results import run

COHORTS = ("lu177-salvage", "mibg-dose-intensified")


@pytest.fixture(scope="module", params=COHORTS)
def results(request):
    """Return what a study says of its whole cohort."""
    return run(study_of(folder_of(request.param)))


@pytest.fixture(scope="module")
def explanations(results):
    """Return the explanation of every patient; what a changed number would give is no part of the answer."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "flips", lambda *_: ({}, ()))
        return [
            explained(results.study, results.cohort, results.questions, patient, Asked())
            for patient in results.cohort.patients
        ]


def words(classes, rows):
    """Return the labels of rows."""
    return [classes.label.words[code] for code in classes.label.codes[rows]]


def test_every_class_is_the_one_that_was_computed(results, explanations):
    """Each ladder of each step and course has the label that evaluating the whole cohort gives it."""
    compared = 0
    for number, explanation in enumerate(explanations):
        rows = np.flatnonzero(results.courses.patient == number)
        assert len(rows) == len(explanation.courses)
        for row, course in zip(rows, explanation.courses, strict=True):
            for part in course.parts:
                outcome = results.outcomes[part.role]
                for verdict in part.verdicts:
                    assert [verdict.label] == words(outcome.courses.classes[verdict.ladder], [row])
                    compared += 1
                steps = np.flatnonzero(outcome.steps.course == row)
                for name, classes in outcome.steps.classes.items():
                    given = [one.label for visit in part.visits for one in visit.verdicts if one.ladder == name]
                    assert given == words(classes, steps)
                    compared += len(given)
    assert compared > 500


def test_every_clause_is_the_one_that_decided(results, explanations):
    """A label that is not the unknown one comes from the clause that decided in the cohort, with its condition true."""
    for number, explanation in enumerate(explanations):
        rows = np.flatnonzero(results.courses.patient == number)
        for row, course in zip(rows, explanation.courses, strict=True):
            for part in course.parts:
                outcome = results.outcomes[part.role]
                for verdict in part.verdicts:
                    if not verdict.unknown:
                        assert verdict.decided_by == outcome.courses.classes[verdict.ladder].clause[row]
                        assert verdict.rung is not None


def test_every_grade_is_the_one_that_was_computed(results, explanations):
    """The results of each patient have the grades that the whole cohort gives them, and none is left out."""
    found = results.graded["toxicity"]
    label = np.array(found.label.words)[found.label.codes]
    word = np.array(found.word.words)[found.word.codes]
    for number, explanation in enumerate(explanations):
        here = found.patient == number
        computed = Counter(zip(word[here], found.date[here], label[here], strict=True))
        told = Counter(
            (one.word, float(np.datetime64(one.date).astype(int)), one.label)
            for grades in explanation.grades
            for one in grades.results
        )
        assert told == computed
