"""A column that is being read: each distinct text is read once, and what cannot be read is complained about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from criterium.language.tables import Column
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.complaints import Complaints, Fault, Mask
from criterium.timeline.faults import all_tidy, untidy
from criterium.timeline.sheets import Cells, Sheet, cells_of, short_float

Read = TypeVar("Read")


@dataclass(frozen=True)
class Reading:
    """A column that is being read: where its cells stand and where complaints about them go."""

    sheet: Sheet
    column: Column
    complaints: Complaints

    @property
    def series(self) -> pd.Series:
        """The cells as they came in."""
        return self.sheet.columns[self.column.column]

    @cached_property
    def cells(self) -> Cells:
        """The cells by their distinct texts."""
        return cells_of(self.series)

    def blame(self, mask: Mask, fault_of: Callable[[int], Fault]) -> None:
        """Complain about the rows of a mask, as one kind of problem."""
        self.complaints.rows(self.sheet, self.column.column, np.flatnonzero(mask), fault_of)


def settled(reading: Reading, cells: Cells, read: Callable[[str], Read | Fault]) -> list[Read | None]:
    """Return what each distinct text reads as, None for a fault; the faults are complained about, kind by kind."""
    tidy = all_tidy(cells.texts)
    outcomes = [read(text) if tidy else untidy(text) or read(text) for text in cells.texts]
    faults = {number: outcome for number, outcome in enumerate(outcomes) if isinstance(outcome, Fault)}
    for kind in dict.fromkeys(fault.kind for fault in faults.values()):
        wrong = np.zeros(len(outcomes) + 1, dtype=np.bool_)  # the last entry serves code -1
        wrong[[number for number, fault in faults.items() if fault.kind == kind]] = True
        reading.blame(wrong[cells.codes], lambda row: faults[int(cells.codes[row])])
    return [None if isinstance(outcome, Fault) else outcome for outcome in outcomes]


def labels_of(cells: Cells, words: list[str | None]) -> Labels:
    """Return labels with each word once, given a word for each distinct text; None is missing."""
    distinct = dict.fromkeys(word for word in words if word is not None)
    if len(distinct) == len(words):
        return Labels(cells.codes, tuple(distinct))
    numbers = {word: number for number, word in enumerate(distinct)}
    table = np.array([-1 if word is None else numbers[word] for word in words] + [-1], dtype=np.int32)
    return Labels(table[cells.codes], tuple(distinct))


def floats_of(cells: Cells, values: list[float | None]) -> Numbers:
    """Return one number a row, given one for each distinct text; None is missing."""
    table = np.array([np.nan if value is None else value for value in values] + [np.nan], dtype=np.float64)
    return table[cells.codes]


def is_typed_number(series: pd.Series) -> bool:
    """Say whether a column holds numbers of 64 bits or whole numbers, whose decimals are the ones that were entered."""
    types = pd.api.types
    if not (types.is_float_dtype(series.dtype) or types.is_integer_dtype(series.dtype)):
        return False
    return short_float(series.dtype) is None


def is_typed_date(series: pd.Series) -> bool:
    """Say whether a column holds points in time without a time zone."""
    return isinstance(series.dtype, np.dtype) and series.dtype.kind == "M"
