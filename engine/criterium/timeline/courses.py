"""Courses: when each begins and ends, and which rows of a table fall into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from criterium.language.tables import Table, opening
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData
from criterium.timeline.frame import Integers

# Room for dates in a packed key of patient and day: 2**21 days either side of 1970 are some 5,700 years.
DAY_BITS = 22
_ZERO = 1 << (DAY_BITS - 1)
NEVER = float(_ZERO - 1)


@dataclass(frozen=True, slots=True)
class Courses:
    """One entry a course, sorted by patient and start: it lasts from `start` until before `end` (NEVER: still open).

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
    rows: npt.NDArray[np.int64] | slice | None

    def of_patients(self, first: int, last: int) -> Ordered:
        """Return the rows of the patients numbered from `first` to `last`."""
        low, high = (int(at) for at in np.searchsorted(self.key, [first << DAY_BITS, (last + 1) << DAY_BITS]))
        return self.only(slice(low, high))

    def only(self, which: Integers | slice) -> Ordered:
        """Return some of the rows, by their places in this order."""
        if self.rows is None:
            return Ordered(self.table, self.key[which], which)
        rows = np.arange(self.rows.start, self.rows.stop) if isinstance(self.rows, slice) else self.rows
        return Ordered(self.table, self.key[which], rows[which])

    def column(self, name: str) -> Labels | Numbers:
        """Return a column in this order."""
        values = self.table.columns[name]
        if self.rows is None:
            return values
        return Labels(values.codes[self.rows], values.words) if isinstance(values, Labels) else values[self.rows]

    def words(self, name: str) -> Labels:
        """Return a column of words in this order; raise TypeError if it holds numbers."""
        values = self.column(name)
        if not isinstance(values, Labels):
            raise TypeError(name)
        return values

    def numbers(self, name: str) -> Numbers:
        """Return a column of numbers or dates in this order; raise TypeError if it holds words."""
        values = self.column(name)
        if isinstance(values, Labels):
            raise TypeError(name)
        return values


def packed(patient: npt.ArrayLike, day: npt.ArrayLike) -> Integers:
    """Return keys that sort by patient and then by day."""
    key = np.asarray(patient).astype(np.int64)
    key <<= DAY_BITS
    key += np.asarray(day).astype(np.int64)
    key += _ZERO
    return key


def day_of(key: Integers) -> Numbers:
    """Return the days in packed keys."""
    return ((key & ((1 << DAY_BITS) - 1)) - _ZERO).astype(np.float64)


def ordered(table: TableData, then_by: Sequence[str] = ()) -> Ordered:
    """Return a table in the order of patient, date and the columns `then_by`; one that is in order is not copied.

    Words are ordered by their letters, so that the order of the rows that came in never matters.
    """
    day = table.columns.get("date", np.zeros(table.rows))
    if isinstance(day, Labels):
        raise TypeError(day)
    key = packed(table.patient, day)
    minor = [_ranks(column) for name in then_by if isinstance(column := table.columns.get(name), Labels)]
    if _in_order(key, minor):
        return Ordered(table, key, None)
    rows = _sorted(key, minor)
    return Ordered(table, key[rows], rows)


def _ranks(column: Labels) -> Integers:
    """Return numbers that sort as the words of a column do; a missing word comes first."""
    rank = np.zeros(len(column.words) + 1, dtype=np.int64)
    rank[np.array(sorted(range(len(column.words)), key=column.words.__getitem__), dtype=np.int64)] = np.arange(
        1, len(column.words) + 1
    )
    return rank[column.codes]


def _sorted(key: Integers, minor: Sequence[Integers]) -> Integers:
    """Return the order by key, then the minor numbers: one sort of a packed number if all fit into 63 bits."""
    bits = [int(number.max(initial=0)).bit_length() for number in minor]
    if int(key.max(initial=0)).bit_length() + sum(bits) < 63:
        for number, width in zip(minor, bits, strict=True):
            key = (key << width) + number
        return np.argsort(key, kind="stable")
    return np.lexsort((*reversed(minor), key))


def _in_order(key: Integers, minor: Sequence[Integers]) -> bool:
    """Say whether rows are in the order of their key, then of the minor numbers."""
    if (key[1:] < key[:-1]).any():
        return False
    tied = key[1:] == key[:-1]
    for number in minor:
        if (tied & (number[1:] < number[:-1])).any():
            return False
        tied &= number[1:] == number[:-1]
    return True


def courses_of(cohort: Cohort, tables: Mapping[str, Table], table: str, expected: Sequence[str] = ()) -> Courses:
    """Return the courses of a cohort: those that a table opens, or one per patient from the first date in `table`.

    `tables` say which one opens courses. Every patient has every course in `expected`; a course that never began has no
    start. Without `expected`, a patient who has no row there has one course that never began and has no name.
    """
    count = len(cohort.patients)
    rows = cohort.tables.get(opening(tables).name)
    if rows is None:
        first = _first_dates(cohort.tables.get(table), count)
        codes = np.zeros(count, dtype=np.int32)
        return Courses(np.arange(count), Labels(codes, ("",)), first, np.full(count, NEVER))
    label = rows.columns.get("course")
    if not isinstance(label, Labels):
        label = Labels(np.zeros(rows.rows, dtype=np.int32), ("",))
    return _opened(rows, label, count, tuple(expected))


def _first_dates(table: TableData | None, count: int) -> Numbers:
    first = np.full(count, np.inf)
    if table is not None and not isinstance(days := table.columns["date"], Labels):
        heads = _heads(table.patient)
        if len(heads):
            np.minimum.at(first, table.patient[heads], np.minimum.reduceat(days, heads))
    return np.where(np.isfinite(first), first, np.nan)


def _heads(patient: npt.NDArray[np.int32]) -> Integers:
    """Return where runs of rows of one patient begin."""
    if not len(patient):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate([[True], patient[1:] != patient[:-1]]))


def _opened(rows: TableData, label: Labels, count: int, expected: tuple[str, ...]) -> Courses:
    words = expected or tuple(sorted({*label.words, ""}))
    place = {word: at for at, word in enumerate(words)}
    code = np.array([*(place.get(word, -1) for word in label.words), place.get("", -1)])[label.codes]
    start = _starts(rows, code, (count, len(words)))
    begun = np.isfinite(start)
    wanted = begun | bool(expected)
    wanted[~begun.any(axis=1), 0] = True
    patient, word = np.nonzero(wanted)
    begins = start[patient, word]
    order = np.lexsort((word, begins, patient))
    patient, word, begins = patient[order], word[order], begins[order]
    end = np.full(len(begins), NEVER)
    follows = np.flatnonzero((patient[1:] == patient[:-1]) & np.isfinite(begins[1:]))
    end[follows] = begins[follows + 1]
    return Courses(patient, _used(word, words), np.where(np.isfinite(begins), begins, np.nan), end)


def _used(word: Integers, words: tuple[str, ...]) -> Labels:
    """Return names of courses, without a name that is given to none."""
    if words[0] or (word == 0).any():
        return Labels(word.astype(np.int32), words)
    return Labels((word - 1).astype(np.int32), words[1:])


def _starts(rows: TableData, code: npt.NDArray[np.int64], shape: tuple[int, int]) -> Numbers:
    """Return the first date of every patient in every course, infinite where there is none."""
    days = rows.columns["date"]
    if isinstance(days, Labels):
        raise TypeError(days)
    start = np.full(shape, np.inf)
    kept = code >= 0
    np.minimum.at(start, (rows.patient[kept], code[kept]), days[kept])
    return start


def ranges(key: Integers, low: Integers, high: Integers) -> tuple[Integers, Integers, npt.NDArray[np.int64] | slice]:
    """Return for each course the offsets of its rows, its number for every row, and the rows with low <= key < high."""
    first, last = np.searchsorted(key, low), np.searchsorted(key, high)
    return spans(first, np.maximum(first, last))


def repeated(values: Integers, counts: Integers) -> Integers:
    """Return each value as many times as its count says; one count for all is the fast case."""
    if len(counts) and (counts == counts[0]).all():
        return np.repeat(values, int(counts[0]))
    return np.repeat(values, counts)


def spans(first: Integers, last: Integers) -> tuple[Integers, Integers, npt.NDArray[np.int64] | slice]:
    """Return offsets, owners and rows of the spans [first, last); the rows are a slice if the spans adjoin."""
    counts = last - first
    offsets = np.concatenate([[0], np.cumsum(counts)])
    owner = repeated(np.arange(len(counts)), counts)
    if len(first) and (last[:-1] == first[1:]).all():
        return offsets, owner, slice(int(first[0]), int(last[-1]))
    return offsets, owner, np.arange(int(offsets[-1])) + repeated(first - offsets[:-1], counts)
