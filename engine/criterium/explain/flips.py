"""The smallest change of one number that gives another class, found by trying every value near it.

For each number that was measured, every value on its grid is tried: steps of 0.1 (of 1 where the whole course has whole
numbers without a unit; finer where more decimals were entered), down to the smallest value the column can have, and up
and down by the number itself, at least by 50 and at most `MOST` steps. All tries are copies of the course, evaluated at
once as columns; the nearest flip of a step, and of the course, is evaluated again by the exact walk, and kept only if
that agrees. So what is reported is a flip, and the smallest on this grid; the class may change back further on, and a
number without a flip may have one beyond the reach or between two values of the grid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.causes import row_name
from criterium.evaluate.columns import Columns
from criterium.evaluate.exact import Exact
from criterium.evaluate.walk import Walk
from criterium.evaluate.wording import day
from criterium.explain.model import Flip
from criterium.explain.visits import Walked, days_of, numbered, unit_of_column
from criterium.language import tree as t
from criterium.language.tables import Column, Table
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.copies import copies
from criterium.timeline.frame import Fields, Frame, Integers

MOST = 2000
REACH = 50.0
CLASS = "class"
Flips = tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a course: its column, the row (-1: of the step itself) and the step, and its grid."""

    name: str
    row: int
    step: int
    old: float
    grid: float
    column: Column | None

    def tries(self) -> Numbers:
        """Return the other values of the grid within reach, the nearest first."""
        digits = max(0, -int(Decimal(repr(self.grid)).normalize().as_tuple().exponent))
        count = min(MOST, round(max(abs(self.old), REACH) / self.grid))
        away = np.arange(1.0, count + 1.0) * self.grid
        found: Numbers = np.round(np.stack([self.old - away, self.old + away], axis=1).ravel(), digits)
        least = self.column.least if self.column is not None else None
        return found if least is None else found[found >= float(least)]


def flips(walk: Walked, table: Table | None) -> tuple[Mapping[int, Flips], Flips]:
    """Return the flips of the class of each step by a number of that step, and those of the class of the course.

    Of each number only the nearest flip is kept; the nearest comes first.
    """
    criterion = walk.criterion
    if table is None or not walk.algebra.steps:
        return {}, ()
    of_steps: dict[int, Flips] = {}
    of_course: list[_Candidate] = []
    for step in range(walk.algebra.steps):
        cells = list(_cells(walk, step, table))
        if not cells:
            continue
        tried = _tried(walk, cells)
        place = Place("step", step)
        if CLASS in criterion.steps.ladders and place in walk.step_places():
            of_steps[step] = _kept(walk, _candidates(walk, tried, place), place)
        if CLASS in criterion.course.ladders:
            of_course += _candidates(walk, tried, COURSE)
    return of_steps, _kept(walk, of_course, COURSE)


# --- the numbers ------------------------------------------------------------------------------------------------------
def _cells(walk: Walked, step: int, table: Table) -> Iterator[Cell]:
    """Yield the numbers that were measured at a step."""
    frame, index = _frame(walk)
    if frame.members is None:
        yield from _numbers(frame.steps[step], [index], step, table, lambda _row: -1)
        return
    low, high = (int(at) for at in frame.members.offsets[index : index + 2])
    here = [row for row in range(low, high) if bool(frame.members.present[step][row])]
    yield from _numbers(frame.members.fields[step], here, step, table, lambda row: row - low)


def _numbers(
    fields: Fields, rows: Sequence[int], step: int, table: Table, local: Callable[[int], int]
) -> Iterator[Cell]:
    for name, values in fields.items():
        column = table.columns.get(name)
        if isinstance(values, Labels) or name == "date" or column is None or column.type == "date":
            continue
        whole = not unit_of_column(column) and _all_whole(values)
        for row in rows:
            if not np.isnan(values[row]):
                yield Cell(name, local(row), step, float(values[row]), 1.0 if whole else _grid(values[row]), column)


def _all_whole(values: Numbers) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.round(known)).all())


def _grid(value: float) -> float:
    """Return 0.1, or a smaller power of ten if the number was entered with more decimals."""
    exponent = int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    return float(Decimal(1).scaleb(min(-1, max(exponent, -4))))


def _frame(walk: Walked) -> tuple[Frame, int]:
    return walk.algebra.frame, walk.algebra.index  # type: ignore[attr-defined]


# --- all tries at once ------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Tried:
    """Copies of a course, each with one number changed: which cell, its new value, and the walk over all of them."""

    cells: Sequence[Cell]
    cell: Integers
    new: Numbers
    frame: Frame
    walk: Walk[Any, Any]


def _tried(walk: Walked, cells: Sequence[Cell]) -> Tried:
    tries = [cell.tries() for cell in cells]
    cell = np.repeat(np.arange(len(cells)), [len(one) for one in tries])
    new = np.concatenate(tries)
    frame = copies(*_frame(walk), len(new))
    for at, one in enumerate(cells):
        rows = np.flatnonzero(cell == at)
        _write(frame, one, rows, new[rows])
    return Tried(cells, cell, new, frame, Walk(walk.criterion, Columns(frame)))


def _write(frame: Frame, cell: Cell, rows: Integers, new: Numbers) -> None:
    """Give some copies the new values of a cell."""
    if frame.members is None or cell.row < 0:
        values: Values = frame.steps[cell.step][cell.name]
        places = rows
    else:
        values = frame.members.fields[cell.step][cell.name]
        places = frame.members.offsets[rows] + cell.row
    if isinstance(values, Labels):
        raise TypeError(cell.name)
    values[places] = new


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A flip as the columns see it, and the copy that shows it."""

    flip: Flip
    frame: Frame
    copy: int


def _candidates(walk: Walked, tried: Tried, place: Place) -> list[_Candidate]:
    """Return the nearest flip of each cell at a place."""
    label = tried.walk.decision(CLASS, place).label
    codes = np.broadcast_to(label.codes, len(tried.new))
    other = codes != label.words.index(str(walk.decision(CLASS, place).label))
    found = []
    for at, cell in enumerate(tried.cells):
        rows = np.flatnonzero(other & (tried.cell == at))
        if len(rows):
            row = int(rows[0])
            flip = _flip(walk, cell, float(tried.new[row]), label.words[int(codes[row])])
            found.append(_Candidate(flip, tried.frame, row))
    return found


def _kept(walk: Walked, candidates: list[_Candidate], place: Place) -> Flips:
    """Return flips, the nearest first, which is one by the exact walk as well."""
    ordered = sorted(candidates, key=lambda one: (abs(one.flip.change), one.flip.step, one.flip.what))
    while ordered and _exactly(walk.criterion, ordered[0].frame, ordered[0].copy, place) != ordered[0].flip.label:
        ordered.pop(0)
    return tuple(one.flip for one in ordered)


def _exactly(criterion: t.Criterion, frame: Frame, copy: int, place: Place) -> str:
    """Return the class that the exact walk gives a copy."""
    return str(Walk(criterion, Exact(frame, copy)).decision(CLASS, place).label)


def _flip(walk: Walked, cell: Cell, new: float, label: str) -> Flip:
    frame, _ = _frame(walk)
    here = Place("step", cell.step)
    date = days_of(walk, here)
    owner = row_name(walk, Place("row", cell.step), cell.row) if frame.members is not None and cell.row >= 0 else ""
    what = f"{cell.name} of {owner}" if owner else cell.name
    stands = "" if date is None else day(date)
    return Flip(what, numbered(walk, cell.step), stands, cell.old, new, unit_of_column(cell.column), label)
