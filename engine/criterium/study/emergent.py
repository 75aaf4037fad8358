"""Grades against those of the baseline: what came up, or became worse, after the start of a course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from criterium.evaluate.results.branches import Graded
from criterium.language.tree import Criterion
from criterium.study.outcomes import Integers, Rows
from criterium.study.sheet import Cell, Head, Sheet
from criterium.timeline.cohort import Labels, Numbers, TableData
from criterium.timeline.courses import Courses, packed

NONE, OPEN = 0.0, -1.0
_COLUMNS = ("term", "name", *(f"grade {grade}" for grade in range(1, 6)), "none", "baseline not known", "n")
_NOTE = "counted where the grade is higher than the last one on or before the start; n: courses with a result"


def with_baseline(table: TableData, found: Graded, courses: Courses, measured: str | None) -> TableData:
    """Return the grades with `baseline_grade` beside each: that of its term on or before the start of its course.

    It is the last one, of several on one day the highest. It is missing where none is on record, where it could not be
    told, and before the first course. What is recorded only when it occurs (a table other than `measured`) was not
    there, and has grade 0, if nothing is on record.
    """
    term, grade = table.columns["term"], table.columns["grade"]
    if not isinstance(term, Labels) or isinstance(grade, Labels):
        raise TypeError(table.name)
    group = found.patient * (len(term.words) + 1) + term.codes + 1
    baseline, known = _last(group, found.date, grade, courses.start[found.course])
    unwritten = np.array([word != measured for word in found.table.words])[found.table.codes]
    baseline[~known & unwritten] = 0.0
    baseline[(found.course < 0) | (term.codes < 0)] = np.nan
    return replace(table, columns={**table.columns, "baseline_grade": baseline})


def _last(group: Integers, date: Numbers, grade: Numbers, until: Numbers) -> tuple[Numbers, Rows]:
    """Return for each row the last grade of its group on or before a date, and whether there is a row that has it."""
    key = packed(group, date)
    order = np.lexsort((np.nan_to_num(grade, nan=-1.0), key))
    at = np.searchsorted(key[order], packed(group, np.nan_to_num(until)), side="right") - 1
    row = order[np.maximum(at, 0)] if len(order) else order
    there = (at >= 0) & (group[row] == group) & ~np.isnan(until)
    return np.where(there, grade[row], np.nan), there


def emergent(criterion: Criterion, found: Graded, grades: TableData, rows: Rows, head: Head) -> Sheet:
    """Return how many courses have each highest grade above the baseline, of each term that had a grade above 0."""
    inside = (found.course >= 0) & rows[found.course]
    lines = tuple(_lines(criterion, found, grades, inside))
    return Sheet(*head, _COLUMNS, lines, _NOTE if lines else "")


def _lines(criterion: Criterion, found: Graded, grades: TableData, inside: Rows) -> Iterator[tuple[Cell, ...]]:
    term, grade, baseline = (grades.columns[name] for name in ("term", "grade", "baseline_grade"))
    if not isinstance(term, Labels) or isinstance(grade, Labels) or isinstance(baseline, Labels):
        raise TypeError(grades.name)
    names = {branch.id: branch.name for branch in criterion.branches}
    for at, id_ in enumerate(term.words):
        here = inside & (term.codes == at)
        if (grade[here] > 0).any():
            worst = _worst(found.course[here], grade[here], baseline[here])
            counts = [int((worst == one).sum()) for one in (1, 2, 3, 4, 5, NONE, OPEN)]
            yield id_, names[id_], *counts, len(worst)


def _worst(group: Integers, grade: Numbers, baseline: Numbers) -> Numbers:
    """Return for each group its highest grade above the baseline, NONE, or OPEN where that cannot be told.

    A grade of 1 or more whose baseline is not known may be one, and so may one that could not be told.
    """
    _, code = np.unique(group, return_inverse=True)
    worst = np.zeros(int(code.max(initial=-1)) + 1)
    np.maximum.at(worst, code, np.where(grade > baseline, grade, NONE))
    unsure = np.zeros(len(worst))
    np.maximum.at(unsure, code, np.where(np.isnan(baseline) | np.isnan(grade), np.nan_to_num(grade, nan=5.0), 0.0))
    return np.where(unsure > worst, OPEN, worst)
