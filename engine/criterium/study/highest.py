"""The grades of a study: the highest of each term by course, and by cycle from its start to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from criterium.evaluate.results.branches import Graded
from criterium.language.tables import opening
from criterium.language.tree import Criterion
from criterium.study.outcomes import Integers, Rows
from criterium.study.results import Results
from criterium.study.sheet import Cell, Head, Sheet, tallied, told
from criterium.timeline.cohort import Numbers
from criterium.timeline.courses import packed

_GRADES = tuple(f"grade {grade}" for grade in range(6))


def highest_of_courses(criterion: Criterion, found: Graded, rows: Rows, head: Head) -> Sheet:
    """Return how many courses have each highest grade of each term that was graded there."""
    inside = (found.course >= 0) & rows[found.course]
    lines = _lines(criterion, found, inside, found.course)
    reasons = told(tallied(found.reason, inside))
    note = "; ".join(filter(None, ["n: results" if lines else "", reasons]))
    return Sheet(*head, ("term", "name", *_GRADES, "no grade", "n"), tuple(lines), note)


def highest_of_cycles(results: Results, criterion: Criterion, found: Graded, rows: Rows, head: Head) -> Sheet:
    """Return how many cycles have each highest grade of each term that had a grade of 1 or more.

    A cycle without a result counts as without a grade.
    """
    cycle, count = _cycles(results, found, rows)
    held = (found.course >= 0) & rows[found.course] & (cycle >= 0)
    by_cycle = [(*line[:-2], count - sum(_ints(line[2:-2]))) for line in _lines(criterion, found, held, cycle)]
    shown = tuple(line for line in by_cycle if any(_ints(line[3:-1])))
    note = f"{count} cycles, each from its start to the next" if by_cycle else ""
    return Sheet(*head, ("term", "name", *_GRADES, "no grade"), shown, note)


def _ints(cells: Sequence[Cell]) -> list[int]:
    return [int(cell or 0) for cell in cells]


def _lines(criterion: Criterion, found: Graded, inside: Rows, group: Integers) -> list[tuple[Cell, ...]]:
    """Return for each term: its id and name, the groups by highest grade, those without a grade, and the results."""
    names = {branch.id: branch.name for branch in criterion.branches}
    number = {id_: at for at, id_ in enumerate(names)}
    term = np.array([*(number[branch.id] for branch in criterion.branches), -1])[found.branch]
    grades = np.array([float(word) if word.isdigit() else np.nan for word in found.label.words])[found.label.codes]
    lines: list[tuple[Cell, ...]] = []
    for at, (id_, name) in enumerate(names.items()):
        here = inside & (term == at)
        if here.any():
            lines.append((id_, name, *_highest(group[here], grades[here]), int(here.sum())))
    return lines


def _highest(group: Integers, grades: Numbers) -> list[int]:
    """Return the number of groups by highest grade 0 to 5, and of those without any grade."""
    _, code = np.unique(group, return_inverse=True)
    highest = np.full(int(code.max(initial=-1)) + 1, -1.0)
    np.maximum.at(highest, code, np.where(np.isnan(grades), -1.0, grades))
    return [*(int((highest == grade).sum()) for grade in range(6)), int((highest < 0).sum())]


def _cycles(results: Results, found: Graded, rows: Rows) -> tuple[Integers, int]:
    """Return the cycle that each graded row falls into, -1 for none, and how many cycles the chosen courses have."""
    opens = opening(results.material.tables).name
    if opens not in results.cohort.tables:
        return np.full(found.rows, -1), 0
    key = results.material.rows(opens).key
    courses = results.courses
    begun = ~np.isnan(courses.start) & rows
    low, high = packed(courses.patient[begun], courses.start[begun]), packed(courses.patient[begun], courses.end[begun])
    count = int((np.searchsorted(key, high) - np.searchsorted(key, low)).sum())
    # The last cycle on or before the day; the course of the row began with one, so it is never of another course.
    return np.searchsorted(key, packed(found.patient, found.date), side="right") - 1, count
