"""Ladders in columns: the first clause that holds, and where that cannot be told, all labels still possible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Decision
from criterium.evaluate.columns.kleene import YES, Truth, Word, is_certain
from criterium.language import tree as t


class Decided(Decision):
    """A decision whose possible labels (as bits) are put together when they are asked for: most rows have only one."""

    def __init__(self, label: Word, clause: Any, given: Sequence[int], still: tuple[Any, Any]) -> None:
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "clause", clause)
        self.__dict__.update(given=given, still=still)

    @cached_property
    def possible(self) -> Any:
        """The labels still possible for each row, as bits."""
        given, (rows, several) = self.__dict__["given"], self.__dict__["still"]
        found = np.array([*(1 << at for at in given[:-1]), 0], dtype=np.uint64)[self.clause]
        found[rows] = several
        return found


def decided(whens: Sequence[Truth], ladder: t.Ladder, size: int) -> Decision:
    """Return the label, the first clause that may hold and the possible labels (as bits) of each row."""
    labels = ladder.labels
    unknown = labels.index(ladder.unknown)
    whens = _until_sure(whens)
    given = [*(labels.index(one.label) for one in ladder.clauses), unknown]
    beyond, open_ = _passed(whens, size)
    clause = _first([*range(len(whens)), -1], beyond, size, np.int16)
    codes = _first([*given[: len(whens)], unknown], beyond, size, np.int8)
    rows = np.flatnonzero(open_)
    several = _possible(whens, given, rows)
    codes[rows] = _labels(several, unknown)
    return Decided(Word(codes, labels, whole=True), clause, given, (rows, several))


def united(cases: Iterable[Decision], ladder: t.Ladder) -> Decision:
    """Return what is possible in any of several cases, and the first clause that may hold in one of them.

    There may be many cases: none is kept longer than it takes to look at it.
    """
    labels, none = ladder.labels, len(ladder.clauses)
    possible: Any = np.uint64(0)
    clause: Any = np.int16(none)
    for one in cases:
        possible = np.bitwise_or(possible, one.possible)
        clause = np.minimum(clause, np.where(one.clause < 0, none, one.clause))
    codes = _labels(possible, labels.index(ladder.unknown))
    return Decision(Word(codes, labels, whole=True), np.where(clause == none, -1, clause).astype(np.int16), possible)


def _until_sure(whens: Sequence[Truth]) -> Sequence[Truth]:
    """Return the clauses that can be reached: those up to the first that always holds."""
    sure = next((at for at, when in enumerate(whens) if when.must is YES), len(whens))
    return whens[: sure + 1]


def _passed(whens: Sequence[Truth], size: int) -> tuple[list[Any], Any]:
    """Return for each clause the rows in which neither it nor one before may hold, and the rows that stay open.

    A row is open if the first clause that may hold need not.
    """
    reach = np.ones(size, dtype=bool)
    open_ = np.zeros(size, dtype=bool)
    beyond = []
    for when in whens:
        if not is_certain(when):
            open_ |= reach & when.may & ~when.must
        reach = reach & ~when.may
        beyond.append(reach)
    return beyond, open_


def _first(values: Sequence[int], beyond: Sequence[Any], size: int, dtype: Any) -> Any:
    """Return for each row the value of its clause; adding up differences is faster than looking each row up."""
    out = np.full(size, values[0], dtype=dtype)
    for before, after, rows in zip(values, values[1:], beyond, strict=False):
        if before != after:
            out += rows.astype(dtype) * dtype(after - before)
    return out


def _possible(whens: Sequence[Truth], given: Sequence[int], rows: Any) -> Any:
    found = np.zeros(len(rows), dtype=np.uint64)
    reach = np.ones(len(rows), dtype=bool)
    for at, when in enumerate(whens):
        must, may = (bound[rows] if np.ndim(bound) else bound for bound in (when.must, when.may))
        found[reach & may] |= np.uint64(1 << given[at])
        reach = reach & ~must
    return found


def _labels(possible: Any, unknown: int) -> Any:
    """Return the label where only one is possible, else the unknown one."""
    single = (possible & (possible - np.uint64(1))) == 0
    place = np.log2(np.maximum(possible, 1).astype(np.float64))
    return np.where(single & (possible > 0), place, unknown).astype(np.int8)
