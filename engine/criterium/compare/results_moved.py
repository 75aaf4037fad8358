"""Why a result moves: the cut points of both criteria that gave its two grades, and its value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from criterium.compare.attribution import Mover
from criterium.compare.judged import ABSENT, Judged
from criterium.compare.runs import Runs
from criterium.compare.terms import begins
from criterium.evaluate.results.branches import Graded
from criterium.evaluate.words.wording import day
from criterium.language import tree as t


def movers(runs: Runs, found: Judged, numbers: tuple[int, int], moved: Sequence[int]) -> tuple[Mover, ...]:
    """Return why each of the results number `moved` has another grade under the second criterion than the first."""
    return tuple(_mover(runs, found, numbers, int(at)) for at in moved)


def _mover(runs: Runs, found: Judged, numbers: tuple[int, int], at: int) -> Mover:
    before, after = (found.labels[each].words[found.labels[each].codes[at]] for each in numbers)
    rows = tuple(int(found.rows[each][at]) for each in numbers)
    sides = []
    for each, row, label in zip(numbers, rows, (before, after), strict=True):
        graded = runs.results[each].graded[runs.role.text]
        if row < 0 or label == ABSENT:
            sides.append(f"{runs.names[each]} does not read it")
        else:
            sides.append(_side(runs.names[each], runs.criteria[each], graded, row, label))
    # The result that counts is that of the higher grade; for single results both are the same.
    at_worst = max((0, 1), key=lambda side: _rank((before, after)[side], rows[side]))
    branch, value, date = _about(runs, numbers[at_worst], rows[at_worst])
    return Mover(found.names[at], before, after, date, f"{branch}: {'; '.join(sides)}", value)


def _rank(label: str, row: int) -> tuple[bool, int]:
    return row >= 0, int(label) if label.isdigit() else -1


def _side(name: str, criterion: t.Criterion, graded: Graded, row: int, label: str) -> str:
    branch = criterion.branches[graded.branch[row]]
    clause = int(graded.clause[row])
    if graded.reason.codes[row] >= 0:
        return f"{name} cannot tell: {graded.reason.words[graded.reason.codes[row]]}"
    if branch.ladder is None or clause < 0:
        return f"grade {label} as recorded by {name}"
    rung = branch.ladder.clauses[clause]
    where = "no cut reached" if isinstance(rung.when, t.Always) else begins(rung)
    return f"grade {label} ({where}) by {name}"


def _about(runs: Runs, number: int, row: int) -> tuple[str, str, str]:
    """Return the term and unit that read a result under criterion `number`, its value, and its date."""
    results = runs.results[number]
    graded = results.graded[runs.role.text]
    branch = runs.criteria[number].branches[graded.branch[row]]
    table = results.material.rows(graded.table.words[graded.table.codes[row]])
    value = table.column("value")[graded.row[row]] if "value" in table.table.columns else np.nan  # type: ignore[index]
    told = f"{float(value):g} {branch.unit}".strip() if np.isfinite(value) else ""
    name = f"{branch.id}, {branch.unit}" if branch.unit else branch.id
    return name, told, day(Fraction(float(graded.date[row])))
