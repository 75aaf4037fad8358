"""The columns that a branch reads of a row: its own, those of its baseline row, of its owner, and of the same day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.frames import Material
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.units import UnknownUnit, same_scale, unit
from criterium.language.uses import reached
from criterium.timeline import assemble
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.courses import DAY_BITS, Courses
from criterium.timeline.frame import Integers, taken

SCALED = ("value", "lln", "uln", "baseline value", "baseline lln", "baseline uln")


def fields_of(criterion: t.Criterion, branch: t.Branch) -> list[str]:
    """Return the columns that a branch reads, also through the names it uses."""
    found = reached(branch.ladder, criterion.steps) if branch.ladder is not None else ()
    return sorted({node.name for node in found if isinstance(node, t.Field)})


@dataclass
class Readings:
    """The rows of one table, each with everything that some branch reads of it."""

    criterion: t.Criterion
    material: Material
    courses: Courses
    needed: Sequence[int]
    _beside: dict[tuple[tuple[str, ...], str], Numbers] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.table: Table = self.material.tables[self.criterion.of or ""]
        self.rows = self.material.rows(self.table.name)
        self.read = {at: fields_of(self.criterion, self.criterion.branches[at]) for at in self.needed}
        names = {"value"}.union(*self.read.values())
        self.columns, self.course = assemble.results(self.rows, self.courses, sorted(names), self.table.series or "")
        self.columns = {**self._owners(names - set(self.columns)), **self.columns}

    def fields(self, at: int, rows: Integers, factor: Fraction) -> dict[str, Values]:
        """Return the columns that branch number `at` reads of some rows, in its own unit."""
        branch = self.criterion.branches[at]
        found = {name: taken(self.columns[name], rows) for name in self.read[at] if name in self.columns}
        if factor != 1:
            found = {name: _rescaled(name, values, float(factor)) for name, values in found.items()}
        return found | {one.name: self.beside(one)[rows] for one in branch.beside if one.name in self.read[at]}

    def beside(self, one: t.SameDay) -> Numbers:
        """Return for each row the value of another observation of the same owner and day, NaN where there is none."""
        key = (one.reads, one.unit)
        if key not in self._beside:
            self._beside[key] = self._same_day(one)
        return self._beside[key]

    def _same_day(self, one: t.SameDay) -> Numbers:
        word, units = self.rows.words(self.table.series or ""), self.rows.words("unit")
        wanted = {text.lower() for text in one.reads}
        mine = np.array([text.lower() in wanted for text in word.words] + [False])[word.codes]
        factor = np.array([_factor(text, one.unit) for text in units.words] + [np.nan])[units.codes]
        value = np.where(mine, self.rows.numbers("value") * factor, np.nan)
        known = np.flatnonzero(~np.isnan(value))
        if not known.size:
            return np.full(len(value), np.nan)
        at = np.searchsorted(self.rows.key[known], self.rows.key)
        row = known[np.minimum(at, len(known) - 1)]
        return np.where(self.rows.key[row] == self.rows.key, value[row], np.nan)

    def _of_owners(self) -> list[Table]:
        """Return the tables that have one row an owner."""
        every = self.material.tables.values()
        return [one for one in every if one.belongs_to == "patient" and one.key == ("patient_id",)]

    def _owners(self, names: set[str]) -> Mapping[str, Values]:
        """Return the attributes of the owner of each row, for those of the names that are some."""
        found: dict[str, Values] = {}
        for table in self._of_owners():
            data = self.material.cohort.tables.get(table.name)
            if data is None:
                continue
            row = np.full(int(max(len(self.material.cohort.patients), 1)), -1)
            row[data.patient] = np.arange(data.rows)
            mine = row[self.rows.key >> DAY_BITS]
            found |= {name: _from(data.columns[name], mine) for name in names if name in data.columns}
        return found


def _from(values: Values, rows: Integers) -> Values:
    if isinstance(values, Labels):
        return Labels(np.where(rows >= 0, values.codes[rows], -1).astype(np.int32), values.words)
    return np.where(rows >= 0, values[rows], np.nan)


def _factor(given: str, wanted: str) -> float:
    """Return what a value in one unit is multiplied with to be in another of the same scale, NaN if there is none."""
    try:
        one, other = unit(given), unit(wanted)
    except UnknownUnit:
        return float("nan")
    return float(one.factor / other.factor) if same_scale(one, other) else float("nan")


def _rescaled(name: str, values: Values, factor: float) -> Any:
    return values if isinstance(values, Labels) or name not in SCALED else values * factor
