"""The rows of each group that have room in a quota, in columns and in lists: how many stand before each is counted.

A row has room if fewer rows than the quota allows stand before it; of two with the same value, the one stands first
whose name does. Where the order is not known, the fewest and the most that may stand before a row are counted, so that
it is told which rows must be and which may be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Algebra, Contest, Place, T, V
from criterium.evaluate.columns import bounds
from criterium.evaluate.columns.bounds import Num, explicit, is_point
from criterium.evaluate.columns.kleene import Truth, Word, both, either, is_certain, negate
from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Integers


# --- columns ----------------------------------------------------------------------------------------------------------
def room(rows: Contest, most: Num, offsets: Integers, rank: Integers) -> Truth:
    """Return which rows have room; the groups lie between consecutive offsets, `rank` goes by the names of the rows."""
    one, other = pairs(offsets)
    ahead = both(_truth_at(rows.among, other), _ahead(rows.by, one, other, rank))
    before = either(_truth_at(rows.held, other), ahead)
    if rows.word is not None:
        before = both(before, _alike(rows.word, one, other, len(rank)))
    return negate(Truth(*bounds.reaches(">=", _counted(before, one, len(rank)), most)))


def ranks(names: Labels) -> Integers:
    """Return the place of each row's name in the alphabet, among the names that occur."""
    used, at = np.unique(names.codes, return_inverse=True)
    order = sorted(range(len(used)), key=lambda number: names.words[used[number]])
    place = np.empty(len(used), dtype=np.int64)
    place[order] = np.arange(len(used))
    return place[at]


def pairs(offsets: Integers) -> tuple[Integers, Integers]:
    """Return every row together with each other row of its group."""
    sizes = np.diff(offsets)
    width = np.repeat(sizes, sizes)
    one = np.repeat(np.arange(int(offsets[-1])), width)
    start = np.repeat(np.cumsum(width) - width, width)
    other = np.repeat(np.repeat(offsets[:-1], sizes), width) + np.arange(len(one)) - start
    kept = one != other
    return one[kept], other[kept]


def _truth_at(truth: Truth, rows: Integers) -> Truth:
    if not np.ndim(truth.must):
        return truth
    must = truth.must[rows]
    return Truth(must, must if is_certain(truth) else truth.may[rows])


def _ahead(by: Num, one: Integers, other: Integers, rank: Integers) -> Truth:
    """Return whether the other row of each pair stands before it: a larger value, or the same and a lower rank."""
    here, there = (_number_at(explicit(by), at, len(rank)) for at in (one, other))
    larger, as_large = (Truth(*bounds.reaches(operator, there, here)) for operator in (">", ">="))
    earlier = rank[other] < rank[one]
    must = np.where(earlier, as_large.must, larger.must)
    return Truth(must, must if is_certain(larger) else np.where(earlier, as_large.may, larger.may))


def _number_at(value: Num, at: Integers, rows: int) -> Num:
    low = np.broadcast_to(value.low, rows)[at]
    return Num(low, low if is_point(value) else np.broadcast_to(value.high, rows)[at], value.whole)


def _alike(each: Word, one: Integers, other: Integers, rows: int) -> Truth:
    """Return whether both rows of each pair have the same word, in capitals or not."""
    words = [word.lower() for word in each.words]
    place = np.array([*(words.index(word) for word in words), -1])
    codes = np.broadcast_to(place[each.codes], rows)
    here, there = codes[one], codes[other]
    same, known = here == there, (here >= 0) & (there >= 0)
    return Truth(same, same) if known.all() else Truth(same & known, same | ~known)


def _counted(before: Truth, one: Integers, rows: int) -> Num:
    """Return for each row how many stand before it."""
    low = np.bincount(one, np.broadcast_to(before.must, len(one)), rows)
    high = low if is_certain(before) else np.bincount(one, np.broadcast_to(before.may, len(one)), rows)
    return Num(low, high, whole=True)


# --- lists ------------------------------------------------------------------------------------------------------------
def rooms(
    algebra: Algebra[V, T],
    rows: Contest,
    alike: Callable[[int, int], T],
    most: Sequence[V],
    rank: Sequence[Any],
    place: Place,
) -> list[T]:
    """Return which rows of a place have room; all is given row by row, `alike` says whether two rows share a word."""

    def before(other: int, one: int) -> T:
        if other == one:
            return algebra.truth("false")
        ahead = algebra.compare(">=" if rank[other] < rank[one] else ">", rows.by[other], rows.by[one])
        found = algebra.either(rows.held[other], algebra.both(rows.among[other], ahead))
        return algebra.both(alike(other, one), found)

    def free(one: int) -> T:
        ahead: Any = [before(other, one) for other in range(len(rank))]
        return algebra.compare("<", algebra.number(ahead, place), most[one])

    return [free(one) for one in range(len(rank))]
