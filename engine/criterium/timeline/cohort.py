"""A cohort as arrays: every table is checked, every text is encoded, every patient is an index.

Dates are days since 1970-01-01 and truth columns are labels with the words `false` and `true`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Labels:
    """Words by number: `words[codes[row]]` is the word of a row, code -1 is a missing one."""

    codes: Codes
    words: tuple[str, ...]


Values = Labels | Numbers


@dataclass(frozen=True, slots=True)
class Partial:
    """The `rows` of a table whose date is a month or a year: its `first` and `last` day, and the text as entered."""

    rows: npt.NDArray[np.int64]
    first: Numbers
    last: Numbers
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableData:
    """One table: `patient` indexes `Cohort.patients`; `columns` go by `Column.name`, numbers are NaN where missing.

    A date that is `partial` is NaN as well: it is no day.
    """

    name: str
    patient: Codes
    columns: Mapping[str, Values]
    rows: int
    partial: Partial | None = None


@dataclass(frozen=True, slots=True)
class Cohort:
    """The patients in the order of their table, and every table that was given, by name."""

    name: str
    patients: tuple[str, ...]
    tables: Mapping[str, TableData]
