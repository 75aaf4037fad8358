"""Rows in columns become one value each group: sums, counts, extremes, and the first or last by date.

A group is the rows between two consecutive offsets. `among` says which rows count; where that is unknown the result is
bounded.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.evaluate.columns.bounds import Num, explicit, is_point
from criterium.evaluate.columns.kleene import FALSE, TRUE, Truth, Word, is_certain

Offsets = npt.NDArray[np.int64]
NONE = np.False_


def segments(join: Any, values: Any, offsets: Offsets, empty: Any) -> Any:
    """Return `join` of the values between consecutive offsets, `empty` where there is none."""
    width = _width(offsets)
    if width:
        return reduce(join, (values[at : int(offsets[-1]) : width] for at in range(width)))
    starts, ends = offsets[:-1], offsets[1:]
    filled = ends > starts
    if len(starts) and filled.all():
        return join.reduceat(values, starts)
    out = np.full(len(starts), empty, dtype=np.asarray(values).dtype)
    if filled.any():
        out[filled] = join.reduceat(values, starts[filled])
    return out


def _width(offsets: Offsets) -> int:
    """Return how many rows every group has if all have the same small number, else 0: those are joined fastest."""
    width = int(offsets[1]) if len(offsets) > 1 else 0
    if not 0 < width <= 8 or int(offsets[-1]) != width * (len(offsets) - 1):
        return 0
    return width if (np.diff(offsets) == width).all() else 0


def some(truth: Truth, offsets: Offsets) -> Truth:
    """Return which groups have a row that has it."""
    if truth is FALSE or not np.any(truth.may):
        return FALSE
    must = segments(np.logical_or, _rows(truth.must, offsets), offsets, NONE)
    if is_certain(truth):
        return Truth(must, must)
    return Truth(must, segments(np.logical_or, _rows(truth.may, offsets), offsets, NONE))


def _rows(values: Any, offsets: Offsets) -> Any:
    return np.broadcast_to(values, int(offsets[-1]))


def number(among: Truth, offsets: Offsets) -> Num:
    """Return how many rows each group has."""
    if among is TRUE:
        count = np.diff(offsets).astype(float)
        return Num(count, count, whole=True, floor=0.0)
    low, high = (segments(np.add, _rows(rows, offsets).astype(float), offsets, 0.0) for rows in (among.must, among.may))
    return Num(low, low, whole=True, floor=0.0) if is_certain(among) else Num(low, high, whole=False)


def total(value: Num, among: Truth, offsets: Offsets) -> Num:
    """Return the sum over the rows of each group; missing where it may be over none."""
    value = explicit(value)
    sure = is_certain(among) and is_point(value)
    low, high = _rows(value.low, offsets), _rows(value.high, offsets)
    if is_certain(among):
        if among is not TRUE:
            low, high = np.where(among.must, low, 0.0), high if sure else np.where(among.must, high, 0.0)
    else:
        low = np.where(among.must, low, np.where(among.may, np.minimum(low, 0.0), 0.0))
        high = np.where(among.must, high, np.where(among.may, np.maximum(high, 0.0), 0.0))
    least = segments(np.add, low, offsets, 0.0)
    most = least if sure else segments(np.add, high, offsets, 0.0)
    empty = _empty(among, offsets)
    if empty is None:
        return Num(least, most, value.whole and sure)
    least = np.where(empty, np.nan, least)
    return Num(least, least if sure else np.where(empty, np.nan, most), whole=False)


def _empty(among: Truth, offsets: Offsets) -> Any:
    """Return which groups may have no row at all; None if there is no such group."""
    if among is TRUE:
        empty = offsets[1:] == offsets[:-1]
    else:
        empty = ~segments(np.logical_or, _rows(among.must, offsets), offsets, NONE)
    return empty if empty.any() else None


def extreme(how: str, value: Num, among: Truth, offsets: Offsets) -> Num:
    """Return the lowest or highest value of each group."""
    value = explicit(value)
    sign = 1.0 if how == "highest" else -1.0
    bounds = (value.low, value.high) if how == "highest" else (value.high, value.low)
    near, far = (sign * _rows(bound, offsets) for bound in bounds)
    must, may = _rows(among.must, offsets), _rows(among.may, offsets)
    low = segments(np.maximum, np.where(must & ~np.isnan(near), near, -np.inf), offsets, -np.inf)
    high = segments(np.maximum, np.where(may, np.where(np.isnan(far), np.inf, far), -np.inf), offsets, -np.inf)
    nothing = np.isneginf(high)
    known = (low == high) & ~nothing
    low, high = np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)
    ordered = (low, high) if how == "highest" else (-high, -low)
    same = bool(np.all(known | nothing))
    return Num(ordered[0], ordered[0] if same else ordered[1], whole=bool(known.all()))


def end(how: str, value: Any, dates: Any, among: Truth, offsets: Offsets) -> Any:
    """Return the value of the first or last row of each group, whose rows are in the order of their dates.

    Where it is unknown which date that is, the value is missing; rows that share the date bound it together.
    """
    must, may = _rows(among.must, offsets), _rows(among.may, offsets)
    at, found = _end_rows(how, may, offsets)
    if not len(may) or not _has_ties(dates, offsets):
        return _taken(value, at, found & must[at] if len(may) else found, offsets)
    days = _rows(dates, offsets)
    here = may & (days == np.repeat(days[at], np.diff(offsets)))
    found = found & segments(np.logical_or, must & here, offsets, NONE)
    if isinstance(value, Word):
        return _shared_word(value, here, at, found, offsets)
    value = explicit(value)
    low = segments(np.minimum, np.where(here, _rows(value.low, offsets), np.inf), offsets, np.nan)
    high = segments(np.maximum, np.where(here, _rows(value.high, offsets), -np.inf), offsets, np.nan)
    return Num(np.where(found, low, np.nan), np.where(found, high, np.nan), whole=False)


def _end_rows(how: str, may: Any, offsets: Offsets) -> tuple[Any, Any]:
    """Return the first or last row of each group that may count (row 0 if there is none), and where there is one."""
    count = len(may)
    index = np.arange(count)
    if how == "first":
        at = segments(np.minimum, np.where(may, index, count), offsets, count)
    else:
        at = segments(np.maximum, np.where(may, index, -1), offsets, -1)
    found = (at >= 0) & (at < count)
    return np.where(found, at, 0), found


def _has_ties(dates: Any, offsets: Offsets) -> bool:
    """Say whether two rows of one group share a date."""
    days = _rows(dates, offsets)
    again = days[1:] == days[:-1]
    if not again.any():
        return False
    starts = offsets[1:-1]
    again[starts[(starts > 0) & (starts < len(days))] - 1] = False
    return bool(again.any())


def _taken(value: Any, at: Any, found: Any, offsets: Offsets) -> Any:
    """Return a value's entries at rows, missing where none was found."""
    some_ = bool(int(offsets[-1]))
    if isinstance(value, Word):
        return Word(np.where(found, _rows(value.codes, offsets)[at] if some_ else -1, -1), value.words)
    value = explicit(value)
    low, high = (
        np.where(found, _rows(bound, offsets)[at] if some_ else np.nan, np.nan) for bound in (value.low, value.high)
    )
    return Num(low, low if is_point(value) else high, value.whole and bool(found.all()))


def _shared_word(value: Word, here: Any, at: Any, found: Any, offsets: Offsets) -> Word:
    """Return the word that all rows of the date share; missing where they differ."""
    codes = _rows(value.codes, offsets)
    mine = codes[at]
    other = here & (codes != np.repeat(mine, np.diff(offsets)))
    found = found & ~segments(np.logical_or, other, offsets, NONE)
    return Word(np.where(found, mine, -1), value.words)
