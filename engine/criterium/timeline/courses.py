"""Courses of treatment: when each begins and ends, and which rows of a table fall into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData
from criterium.timeline.frame import Integers

# Room for dates in a packed key of patient and day: 2**21 days either side of 1970 are some 5,700 years.
DAY_BITS = 22
_ZERO = 1 << (DAY_BITS - 1)
NEVER = float(_ZERO - 1)


@dataclass(frozen=True, slots=True)
class Courses:
    """One entry a course, sorted by patient and start: it lasts from `start` until before `end` (NEVER: it is still open).

    `start` is NaN for a course that a patient was expected to have and never began.
    """

    patient: Integers
    label: Labels
    start: Numbers
    end: Numbers

    def __len__(self) -> int:
        return len(self.patient)

    def part(self, rows: slice) -> Courses:
        """Return a run of the courses."""
        label = Labels(self.label.codes[rows], self.label.words)
        return Courses(self.patient[rows], label, self.start[rows], self.end[rows])


@dataclass(frozen=True, slots=True)
class Ordered:
    """A table sorted by patient, date and member: the packed `key` of patient and day, and the row each came from."""

    table: TableData
    key: Integers
    rows: npt.NDArray[np.int64] | None

    def column(self, name: str) -> Labels | Numbers:
        """Return a column in this order."""
        values = self.table.columns[name]
        if self.rows is None:
            return values
        return Labels(values.codes[self.rows], values.words) if isinstance(values, Labels) else values[self.rows]


def packed(patient: npt.ArrayLike, day: npt.ArrayLike) -> Integers:
    """Return keys that sort by patient and then by day."""
    days = np.asarray(day).astype(np.int64)
    return (np.asarray(patient).astype(np.int64) << DAY_BITS) + days + _ZERO


def day_of(key: Integers) -> Numbers:
    """Return the days in packed keys."""
    return ((key & ((1 << DAY_BITS) - 1)) - _ZERO).astype(np.float64)


def ordered(table: TableData, then_by: str | None = None) -> Ordered:
    """Return a table in the order of patient, date and `then_by`; a table that is in order already is not copied."""
    key = packed(table.patient, table.columns["date"]) if "date" in table.columns else packed(table.patient, np.zeros(table.rows))
    minor = table.columns.get(then_by or "")
    codes = minor.codes if isinstance(minor, Labels) else None
    if _in_order(key, codes):
        return Ordered(table, key, None)
    rows = np.argsort(key, kind="stable") if codes is None else _sorted(key, codes)
    return Ordered(table, key[rows], rows)


def _sorted(key: Integers, codes: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the order by key, then code: one sort of a packed number if both fit into 63 bits."""
    bits = int(codes.max(initial=0) + 1).bit_length()
    if int(key.max(initial=0)).bit_length() + bits < 63:
        return np.argsort((key << bits) + codes, kind="stable")
    return np.lexsort((codes, key))


def _in_order(key: Integers, codes: npt.NDArray[np.int32] | None) -> bool:
    rising = key[1:] >= key[:-1]
    if not rising.all():
        return False
    return codes is None or bool(((key[1:] > key[:-1]) | (codes[1:] >= codes[:-1])).all())


def courses_of(cohort: Cohort, table: str, expected: Sequence[str] = ()) -> Courses:
    """Return the courses of a cohort: those of its treatments, or one per patient from the first date in `table`.

    Every patient has every course in `expected`; a course that never began has no start. Without `expected`, a patient
    without treatment has one course that never began.
    """
    count = len(cohort.patients)
    treatments = cohort.tables.get("treatments")
    if treatments is None or treatments.rows == 0:
        first = _first_dates(cohort.tables.get(table), count)
        codes = np.zeros(count, dtype=np.int32)
        return Courses(np.arange(count), Labels(codes, ("",)), first, np.full(count, NEVER))
    label = treatments.columns.get("course")
    if not isinstance(label, Labels):
        label = Labels(np.zeros(treatments.rows, dtype=np.int32), ("",))
    return _treated(treatments, label, count, tuple(expected))


def _first_dates(table: TableData | None, count: int) -> Numbers:
    first = np.full(count, np.inf)
    if table is not None:
        np.minimum.at(first, table.patient, table.columns["date"])
    return np.where(np.isfinite(first), first, np.nan)


def _treated(treatments: TableData, label: Labels, count: int, expected: tuple[str, ...]) -> Courses:
    words = expected or label.words
    place = {word: at for at, word in enumerate(words)}
    code = np.array([place.get(word, -1) for word in label.words] + [-1])[label.codes]
    start = np.full((count, len(words)), np.inf)
    kept = code >= 0
    np.minimum.at(start, (treatments.patient[kept], code[kept]), treatments.columns["date"][kept])  # type: ignore[index]
    begun = np.isfinite(start)
    wanted = begun | bool(expected)
    wanted[~begun.any(axis=1), 0] = True
    patient, word = np.nonzero(wanted)
    begins = start[patient, word]
    order = np.lexsort((word, begins, patient))
    patient, word, begins = patient[order], word[order], begins[order]
    follows = np.append(patient[1:] == patient[:-1], False) & np.append(np.isfinite(begins[1:]), False)
    end = np.where(follows, np.append(begins[1:], NEVER), NEVER)
    return Courses(patient, Labels(word.astype(np.int32), words), np.where(np.isfinite(begins), begins, np.nan), end)


def ranges(key: Integers, low: Integers, high: Integers) -> tuple[Integers, Integers, npt.NDArray[np.int64] | slice]:
    """Return for each course the offsets of its rows, its number for every row, and the rows with low <= key < high."""
    first, last = np.searchsorted(key, low), np.searchsorted(key, high)
    return spans(first, np.maximum(first, last))


def spans(first: Integers, last: Integers) -> tuple[Integers, Integers, npt.NDArray[np.int64] | slice]:
    """Return offsets, owners and rows of the spans [first, last); the rows are a slice if the spans adjoin."""
    counts = last - first
    offsets = np.concatenate([[0], np.cumsum(counts)])
    owner = np.repeat(np.arange(len(counts)), counts)
    if len(first) and (last[:-1] == first[1:]).all():
        return offsets, owner, slice(int(first[0]), int(last[-1]))
    return offsets, owner, np.arange(int(offsets[-1])) + np.repeat(first - offsets[:-1], counts)
