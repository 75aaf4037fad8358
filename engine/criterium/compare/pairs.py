"""Two criteria on the same subjects: who moves from which class to which, how far they agree, and their rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from criterium.compare.agreement import Kappa, Symmetry, difference, kappa, symmetry
from criterium.compare.judged import ABSENT, Judged
from criterium.language import tree as t
from criterium.study.proportions import Interval, clopper_pearson

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """Criteria number `one` and `other` on one set of subjects.

    `table` counts subjects, a row for each class of the first (`rows`) and a column for each of the second (`columns`).
    `movers` are the numbers of those whose class differs. `plain` is kappa over those whom both can tell, `linear` and
    `quadratic` over those whose class stands in both orders; `aside` says how many are not in them, and why.
    """

    one: int
    other: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    table: npt.NDArray[np.int64]
    movers: npt.NDArray[np.int64]
    plain: Kappa
    linear: Kappa | None
    quadratic: Kappa | None
    symmetry: Symmetry
    aside: str

    @property
    def share(self) -> float:
        """The share of subjects whose class differs, of one."""
        total = int(self.table.sum())
        return len(self.movers) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """A named share of patients under each criterion: the classes that `count`, how many, and the exact interval.

    A criterion that does not name the rate has no count. `differences` hold each later criterion minus the first.
    """

    name: str
    count: tuple[tuple[str, ...] | None, ...]
    number: tuple[int | None, ...]
    total: int
    intervals: tuple[Interval | None, ...]
    differences: tuple[Interval | None, ...]


def pair(found: Judged, one: int, other: int) -> Pair:
    """Return how two criteria stand to each other on the same subjects."""
    words = _axis(found, (one, other))
    codes = [_coded(found, at, words) for at in (one, other)]
    table = _counted(codes, len(words))
    told = [words.index(label) for label in words if label not in {found.unknown[one], found.unknown[other], ABSENT}]
    among = table[np.ix_(told, told)]
    ordered = [words.index(word) for word in found.order if word in words]
    weighted = table[np.ix_(ordered, ordered)]
    scores = [found.order.index(words[at]) for at in ordered]
    both = len(ordered) > 1
    rows, columns = (np.flatnonzero(table.sum(axis)) for axis in (1, 0))
    return Pair(
        one=one,
        other=other,
        rows=tuple(words[at] for at in rows),
        columns=tuple(words[at] for at in columns),
        table=table[np.ix_(rows, columns)],
        movers=np.flatnonzero(codes[0] != codes[1]),
        plain=kappa(among),
        linear=kappa(weighted, "linear", scores) if both else None,
        quadratic=kappa(weighted, "quadratic", scores) if both else None,
        symmetry=symmetry(table),
        aside=_aside(int(table.sum()), int(among.sum()), int(weighted.sum()) if both else None),
    )


def _aside(total: int, told: int, ordered: int | None) -> str:
    """Return in words whom the kappas leave out."""
    parts = []
    if told < total:
        parts.append(f"{total - told} without a class under one of the two are in no kappa")
    if ordered is None:
        parts.append("no weighted kappa: the criteria give no common order of their classes")
    elif ordered < told:
        parts.append(f"{told - ordered} with a class that has no place in the order are in no weighted kappa")
    return "; ".join(parts)


def _axis(found: Judged, numbers: Sequence[int]) -> list[str]:
    """Return the classes of both criteria: those in the order first, the labels of the unknown last."""
    words = list(dict.fromkeys([*found.order, *(word for at in numbers for word in found.labels[at].words)]))
    last = [found.unknown[at] for at in numbers] + [ABSENT]
    there = {word for at in numbers for word in found.labels[at].words}
    return [word for word in words if word in there and word not in last] + [
        word for word in dict.fromkeys(last) if word in there
    ]


def _coded(found: Judged, at: int, words: Sequence[str]) -> npt.NDArray[np.int64]:
    labels = found.labels[at]
    coded: npt.NDArray[np.int64] = np.array([words.index(word) for word in labels.words], dtype=np.int64)[labels.codes]
    return coded


def _counted(codes: Sequence[npt.NDArray[np.int64]], size: int) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.bincount(codes[0] * size + codes[1], minlength=size * size)
    return counts.reshape(size, size)


# --- rates ------------------------------------------------------------------------------------------------------------
def rates(found: Judged, criteria: Sequence[t.Criterion]) -> Iterator[Rate]:
    """Yield the rates that any of the criteria names, of all subjects."""
    for name in dict.fromkeys(name for one in criteria for name in one.rates):
        counts = tuple(one.rates.get(name) for one in criteria)
        inside = [_inside(found, at, labels) for at, labels in enumerate(counts)]
        numbers = tuple(int(one.sum()) if one is not None else None for one in inside)
        first = inside[0]
        yield Rate(
            name=name,
            count=counts,
            number=numbers,
            total=found.size,
            intervals=tuple(clopper_pearson(one, found.size) if one is not None else None for one in numbers),
            differences=tuple(
                difference(first, one) if first is not None and one is not None else None for one in inside[1:]
            ),
        )


def _inside(found: Judged, at: int, counted: tuple[str, ...] | None) -> Booleans | None:
    if counted is None:
        return None
    labels = found.labels[at]
    chosen: Booleans = np.array([word in counted for word in labels.words])[labels.codes]
    return chosen
