"""Ladders in columns: the first clause that holds, and where that cannot be told, all labels still possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Decision
from criterium.evaluate.kleene import YES, Truth, Word, is_certain
from criterium.language import tree as t


def decided(whens: Sequence[Truth], ladder: t.Ladder, size: int) -> Decision:
    """Return the label, the first clause that may hold and the possible labels (as bits) of each row."""
    labels = ladder.labels
    unknown = labels.index(ladder.unknown)
    whens = _until_sure(whens)
    clause = np.full(size, -1, dtype=np.int16)
    for at, when in reversed(list(enumerate(whens))):
        np.copyto(clause, at, where=when.may)
    given = np.array([*(labels.index(one.label) for one in ladder.clauses), unknown])
    codes = given.astype(np.int8)[clause]
    possible = np.array([*(1 << at for at in given[:-1]), 0], dtype=np.uint64)[clause]
    if not all(is_certain(when) for when in whens):
        open_ = _open(whens, size)
        possible[open_] = _possible(whens, given, open_)
        codes[open_] = _labels(possible[open_], unknown)
    return Decision(Word(codes, labels, whole=True), clause, possible)


def _until_sure(whens: Sequence[Truth]) -> Sequence[Truth]:
    """Return the clauses that can be reached: those up to the first that always holds."""
    sure = next((at for at, when in enumerate(whens) if when.must is YES), len(whens))
    return whens[: sure + 1]


def _open(whens: Sequence[Truth], size: int) -> Any:
    """Return the rows in which the first clause that may hold need not."""
    sure = np.ones(size, dtype=bool)
    for when in reversed(whens):
        np.copyto(sure, when.must, where=when.may)
    return np.flatnonzero(~sure)


def _possible(whens: Sequence[Truth], given: Any, rows: Any) -> Any:
    found = np.zeros(len(rows), dtype=np.uint64)
    reach = np.ones(len(rows), dtype=bool)
    for at, when in enumerate(whens):
        must, may = (bound[rows] if np.ndim(bound) else bound for bound in (when.must, when.may))
        found[reach & may] |= np.uint64(1 << int(given[at]))
        reach = reach & ~must
    return found


def _labels(possible: Any, unknown: int) -> Any:
    """Return the label where only one is possible, else the unknown one."""
    single = (possible & (possible - np.uint64(1))) == 0
    place = np.log2(np.maximum(possible, 1).astype(np.float64))
    return np.where(single & (possible > 0), place, unknown).astype(np.int8)
