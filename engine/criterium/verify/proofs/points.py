"""All results that a branch of cut points tells apart, as columns: one row for every order of value, limits and cuts.

Every comparison of such a branch sets the value against a number or a multiple of a limit. Between two neighbouring
cuts nothing changes, so it is enough to look at every cut and between any two, for limits below, at, between and above
the cuts, and for every flag true and false. That is exhaustive, and far quicker than a solver. A branch that compares
anything else (a baseline, say) has no such points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Frame
from criterium.verify.examples.results import one_result
from criterium.verify.proofs.witness import written
from criterium.verify.proofs.worlds import Unconvincing

STEP = Place("step", 0)
LIMITS = ("lln", "uln")
Size = tuple[Fraction, str]
Row = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Points:
    """The results that a branch tells apart, and its walk over them. `rows` holds the numbers, `flags` the truths."""

    criterion: t.Criterion
    branch: t.Branch
    rows: Sequence[Row]
    flags: Sequence[Mapping[str, bool]]
    walk: Walk[Any, Any]

    def some(self, question: Callable[[Walk[Any, Any]], Any]) -> dict[str, Any] | None:
        """Return the first result of which the question is true, as an example; None if there is none."""
        found = np.flatnonzero(np.broadcast_to(question(self.walk).must, len(self.rows)))
        if not found.size:
            return None
        example = self.example(int(found[0]))
        if not question(Walk(self.criterion, Exact(one_result(example, Fraction(1)), 0))).must:
            raise Unconvincing(str(example))
        return example

    def example(self, at: int) -> dict[str, Any]:
        """Return result number `at` as an example."""
        numbers = {name: written(value) for name, value in self.rows[at].items()}
        return {"term": self.branch.id, "unit": self.branch.unit, **numbers, **self.flags[at]}

    def without(self, name: str) -> Walk[Any, Any]:
        """Return the walk over the same results when nobody knows the column `name`."""
        return over(self.criterion, self.rows, self.flags, name)


def points(criterion: t.Criterion, branch: t.Branch) -> Points | None:
    """Return the results that a branch tells apart; None if it compares more than a value with numbers and limits."""
    ladder = branch.ladder
    compared = [node for node in nodes(ladder) if isinstance(node, t.Compare)]
    cuts = [_cut(node, criterion) for node in compared]
    fields = {node.name: node.kind.sort for node in nodes(ladder) if isinstance(node, t.Field)}
    plain = {name for name, sort in fields.items() if sort == "number"} <= {"value", *LIMITS}
    if any(cut is None for cut in cuts) or not plain or _indirect(ladder):
        return None
    sizes = sorted({cut for cut in cuts if cut is not None})
    limits = [name for name in LIMITS if name in fields]
    numbers = list(_rows(sizes, limits))
    truths = [name for name, sort in fields.items() if sort == "truth"]
    flags = [dict(zip(truths, one, strict=True)) for one in product((False, True), repeat=len(truths))]
    rows = [row for row in numbers for _ in flags]
    said = [flag for _ in numbers for flag in flags]
    return Points(criterion, branch, rows, said, over(criterion, rows, said))


def _indirect(ladder: t.Ladder | None) -> bool:
    """Say whether a ladder reads anything but columns of the result and parameters."""
    return any(isinstance(node, (t.Named, t.Rule, t.Change, t.Reference, t.Given)) for node in nodes(ladder))


def _cut(node: t.Compare, criterion: t.Criterion) -> Size | None:
    """Return the number, and the limit it multiplies, that a comparison sets against the value; None for any other."""
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(one, t.Field) and one.name == "value":
            return _size(other, criterion)
    return _size(node.left, criterion) if isinstance(node.right, t.Constant) else None


def _size(node: t.Expression, criterion: t.Criterion) -> Size | None:
    match node:
        case t.Constant():
            return node.value, ""
        case t.Parameter():
            value = criterion.parameters[node.name].value
            return (value, "") if isinstance(value, Fraction) else None
        case t.Field() if node.name in LIMITS:
            return Fraction(1), node.name
        case t.Arithmetic() if node.operator == "*":
            left, right = _size(node.left, criterion), _size(node.right, criterion)
            if left is not None and right is not None and not (left[1] and right[1]):
                return left[0] * right[0], left[1] or right[1]
    return None


# --- numbers ----------------------------------------------------------------------------------------------------------
def _rows(cuts: Sequence[Size], limits: Sequence[str]) -> Iterator[Row]:
    """Yield value and limits in every order that the cuts tell apart."""
    for chosen in product(*(_limits(cuts, name) for name in limits)):
        given = dict(zip(limits, chosen, strict=True))
        if len(chosen) < 2 or chosen[0] < chosen[1]:
            edges = {number * given.get(limit, Fraction(1)) for number, limit in cuts} | set(chosen)
            for value in _around(edges):
                yield {"value": value, **given}


def _limits(cuts: Sequence[Size], name: str) -> list[Fraction]:
    """Return a limit beyond all numbers first, which is usual, then those at, between and past them, in that order."""
    numbers = {number for number, limit in cuts if not limit and number > 0}
    multiples = {number for number, limit in cuts if limit == name and number > 0} | {Fraction(1)}
    edges = {number / multiple for number in numbers for multiple in multiples} or {Fraction(40)}
    low, high = min(edges), max(edges)
    within = [one for one in _around(edges) if one > 0]
    usual = high * 2 if name == "lln" else low / 2
    return list(dict.fromkeys([usual, *(within if name == "uln" else within[::-1])]))


def _around(edges: set[Fraction]) -> list[Fraction]:
    """Return the edges, a number between any two, one below them all (not below zero) and one above."""
    ordered = sorted(edges)
    if not ordered:
        return [Fraction(1)]
    below = [ordered[0] / 2] if ordered[0] > 0 else []
    between = [(one + other) / 2 for one, other in pairwise(ordered)]
    return sorted({*below, *ordered, *between, max(ordered[-1] * 2, Fraction(1))})


# --- columns ----------------------------------------------------------------------------------------------------------
def over(
    criterion: t.Criterion, rows: Sequence[Row], flags: Sequence[Mapping[str, bool]], unknown: str = ""
) -> Walk[Any, Any]:
    """Return a walk over results, at least one, by their numbers and truths; nobody knows the column `unknown`."""
    size = len(rows)
    columns: dict[str, Values] = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    for name in flags[0]:
        codes = np.array([int(flag[name]) for flag in flags], dtype=np.int32)
        columns[name] = Labels(codes, ("false", "true"))
    if unknown:
        columns[unknown] = np.full(size, np.nan)
    frame = Frame(np.arange(size), np.zeros(size), [size], 0, np.ones(size, dtype=bool), {}, [columns])
    return Walk(criterion, Columns(frame))
