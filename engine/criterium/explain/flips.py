"""The smallest change of one number that gives another class, found by trying every value near it.

For each number that was measured, every value on its grid is tried: steps of 0.1 (of 1 where the whole course has whole
numbers without a unit; finer where more decimals were entered), down to the smallest value the column can have, and up
and down by the number itself, at least by 50 and at most `MOST` steps. All tries are copies of the course, evaluated at
once as columns; the nearest flip of a step, and of the course, is evaluated again by the exact walk, and kept only if
that agrees. So what is reported is a flip, and the smallest on this grid; the class may change back further on, and a
number without a flip may have one beyond the reach or between two values of the grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact, course_of
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import row_name
from criterium.evaluate.words.wording import day
from criterium.explain.model import Flip
from criterium.explain.visits import Walked, days_of, looked_at, numbered, unit_of_column
from criterium.language import tree as t
from criterium.language.tables import Column, Table
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.copies import copies
from criterium.timeline.frame import Fields, Frame, Integers

MOST = 2000
REACH = 50.0
Flips = tuple[Flip, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a course: its column, the row (-1: of the step itself) and the step, and its grid.

    `of` says whose number it is, in `unit`; `table` is the table of a row beside the steps, empty for any other.
    """

    name: str
    of: str
    table: str
    row: int
    step: int
    old: float
    unit: str
    grid: float
    column: Column

    def tries(self) -> Numbers:
        """Return the other values of the grid within reach, the nearest first."""
        digits = max(0, -int(Decimal(repr(self.grid)).normalize().as_tuple().exponent))
        count = min(MOST, round(max(abs(self.old), REACH) / self.grid))
        away = np.arange(1.0, count + 1.0) * self.grid
        found: Numbers = np.round(np.stack([self.old - away, self.old + away], axis=1).ravel(), digits)
        least, most = self.column.least, self.column.most
        found = found if least is None else found[found >= float(least)]
        return found if most is None else found[found <= float(most)]


def flips(walk: Walked, tables: Mapping[str, Table]) -> tuple[Mapping[int, Flips], Flips]:
    """Return the flips of the class of each step by a number of that step, and those of the class of the course.

    Of each number only the nearest flip is kept; the nearest comes first.
    """
    criterion = walk.criterion
    of_steps: dict[int, Flips] = {}
    of_course: list[_Candidate] = []
    for step in range(walk.algebra.steps):
        cells = [*_cells(walk, step, tables), *_cells_beside(walk, step, tables)]
        if not cells:
            continue
        tried = _tried(walk, cells)
        place = Place("step", step)
        if criterion.last_word is not None and place in walk.step_places():
            of_steps[step] = _kept(walk, _candidates(walk, tried, place), place)
        if "class" in criterion.course.ladders:
            of_course += _candidates(walk, tried, COURSE)
    return of_steps, _kept(walk, of_course, COURSE)


# --- the numbers ------------------------------------------------------------------------------------------------------
def _cells(walk: Walked, step: int, tables: Mapping[str, Table]) -> Iterator[Cell]:
    """Yield the numbers that were measured at a step."""
    frame, index = course_of(walk.algebra)
    table = tables.get(walk.criterion.of or "")
    if table is None:
        return
    if frame.members is None:
        yield from _numbers(frame.steps[step], [_Owner(index, -1, "")], step, table)
        return
    inner = Place("row", step)
    low, high = (int(at) for at in frame.members.offsets[index : index + 2])
    here = [row for row in range(low, high) if bool(frame.members.present[step][row])]
    owners = [_Owner(row, row - low, row_name(walk, inner, row - low)) for row in here]
    yield from _numbers(frame.members.fields[step], owners, step, table)


def _cells_beside(walk: Walked, step: int, tables: Mapping[str, Table]) -> Iterator[Cell]:
    """Yield the numbers of rows of other tables that lie at a step and that the criterion looks at."""
    frame, index = course_of(walk.algebra)
    for name, rows in frame.beside.items():
        inner = Place("row", step, name)
        low = int(rows.offsets[index])
        owners = [
            _Owner(row, row - low, f"{_word(rows.fields, row, tables[name])} on {row_name(walk, inner, at)}")
            for at, row in looked_at(walk, inner)
        ]
        for cell in _numbers(rows.fields, owners, step, tables[name]):
            yield replace(cell, table=name)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A row with numbers: where its values stand in a frame, its number in the course, and its name."""

    at: int
    row: int
    name: str


def _word(fields: Fields, row: int, table: Table) -> str:
    """Return what a row of another table is of: the word of its series, else what its rows are called."""
    return _text(fields, table.series or "", row) or table.one


def _text(fields: Fields, name: str, row: int) -> str:
    values = fields.get(name)
    code = int(values.codes[row]) if isinstance(values, Labels) else -1
    return values.words[code] if isinstance(values, Labels) and code >= 0 else ""


def _numbers(fields: Fields, owners: Sequence[_Owner], step: int, table: Table) -> Iterator[Cell]:
    """Yield the numbers of some rows; limits that came with a value are no measurements."""
    limits = {"lln", "uln"} if table.series else set()
    spelled = next((column.name for column in table.columns.values() if column.type == "unit"), "")
    for name, values in fields.items():
        column = table.columns.get(name)
        if isinstance(values, Labels) or column is None or column.type == "date" or name in limits:
            continue
        whole = not unit_of_column(column) and _all_whole(values)
        for one in owners:
            value, unit = float(values[one.at]), unit_of_column(column) or _text(fields, spelled, one.at)
            if not np.isnan(value):
                yield Cell(name, one.name, "", one.row, step, value, unit, 1.0 if whole else _grid(value), column)


def _all_whole(values: Numbers) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.round(known)).all())


def _grid(value: float) -> float:
    """Return 0.1, or a smaller power of ten if the number was entered with more decimals."""
    exponent = int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    return float(Decimal(1).scaleb(min(-1, max(exponent, -4))))


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
    frame = copies(*course_of(walk.algebra), len(new))
    for at, one in enumerate(cells):
        rows = np.flatnonzero(cell == at)
        _write(frame, one, rows, new[rows])
    return Tried(cells, cell, new, frame, Walk(walk.criterion, Columns(frame)))


def _write(frame: Frame, cell: Cell, rows: Integers, new: Numbers) -> None:
    """Give some copies the new values of a cell."""
    values: Values
    if cell.table:
        beside = frame.beside[cell.table]
        values, places = beside.fields[cell.name], beside.offsets[rows] + cell.row
    elif frame.members is None or cell.row < 0:
        values, places = frame.steps[cell.step][cell.name], rows
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
    label = _label(tried.walk, place)
    codes = np.broadcast_to(label.codes, len(tried.new))
    other = codes != label.words.index(str(_label(walk, place)))
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
    return str(_label(Walk(criterion, Exact(frame, copy)), place))


def _label(walk: Walked, place: Place) -> Any:
    """Return the class of a step or of the course."""
    return walk.decision("class" if place == COURSE else walk.criterion.final, place).label


def _flip(walk: Walked, cell: Cell, new: float, label: str) -> Flip:
    date = days_of(walk, Place("step", cell.step))
    what = f"{cell.name} of {cell.of}" if cell.of else cell.name
    stands = "" if date is None else day(date)
    return Flip(what, numbered(walk, cell.step), stands, cell.old, new, cell.unit, label)
