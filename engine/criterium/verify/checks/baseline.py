"""Branches that judge by another rule once the baseline is beyond a limit: jumps of the grade where the rules meet.

A comparison of the baseline with a limit decides which rule holds. On its two sides, with the same value and the same
limits, the grade should be the same or nearly so; that it is not is a property of the text, to be declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.uses import nodes, reached
from criterium.verify.examples.results import one_result
from criterium.verify.findings import Finding
from criterium.verify.proofs.points import over
from criterium.verify.proofs.witness import spoken, written
from criterium.verify.proofs.worlds import Unconvincing

LIMIT = Fraction(40)
STEP = Place("step", 0)
_MULTIPLES = [Fraction(one, 40) for one in range(2, 42)] + [Fraction(one, 4) + Fraction(1, 40) for one in range(4, 90)]


def discontinuities(criterion: t.Criterion) -> Iterator[Finding]:
    """Yield a finding for every branch whose grade jumps where one unit more at baseline changes the rule."""
    for branch in criterion.branches:
        limit = _switch(criterion, branch)
        if limit and branch.ladder is not None and not branch.derived:
            yield from _jump(criterion, branch, branch.ladder, limit)


def _switch(criterion: t.Criterion, branch: t.Branch) -> str:
    """Return the limit that the baseline of a branch is compared with; empty if there is none."""
    every = list(reached(branch.ladder, criterion.steps))
    dead = [node for node in every if isinstance(node, t.All) and _set_aside(node, criterion)]
    aside = {id(part) for node in dead for part in nodes(node)}
    for node in (one for one in every if id(one) not in aside):
        sides = (
            {side.name for side in (node.left, node.right) if isinstance(side, t.Field)}
            if isinstance(node, t.Compare)
            else set()
        )
        if "baseline value" in sides and len(sides) > 1:
            return next(name for name in sides if name != "baseline value").removeprefix("baseline ")
    return ""


def _set_aside(when: t.All, criterion: t.Criterion) -> bool:
    """Say whether a condition cannot hold as the file stands, because it belongs to another reading of a parameter."""
    return any(
        isinstance(part, t.OneOf)
        and isinstance(part.of, t.Parameter)
        and str(criterion.parameters[part.of.name].value) not in part.words
        for part in when.of
    )


def _jump(criterion: t.Criterion, branch: t.Branch, ladder: t.Ladder, limit: str) -> Iterator[Finding]:
    inside, beyond = (LIMIT, LIMIT - 1) if limit == "lln" else (LIMIT, LIMIT + 1)
    values = [LIMIT * one for one in _MULTIPLES]
    before, after = (_grades(criterion, ladder, limit, values, base) for base in (inside, beyond))
    jumps = np.where((before >= 0) & (after >= 0), np.abs(before - after), 0)
    at = int(np.argmax(jumps))
    if not jumps[at]:
        return
    value, one, other = values[at], str(before[at]), str(after[at])
    example = _result(branch, limit, value, beyond)
    if _grade(criterion, ladder, example) != other:
        raise Unconvincing(str(example))
    what = (
        f"{branch.name}: at {written(value)} (limit {written(LIMIT)}) "
        f"a baseline of {written(inside)} gives grade {one}, "
        f"one of {written(beyond)} gives grade {other}"
    )
    remedy = "the two rules do not meet; declare `expected: discontinuity` with the reason if the text says so"
    yield Finding(
        "CRT108", ladder.where, f"terms.{branch.id}", what, "", remedy, spoken({**example, "grade": int(other)})
    )


def _grades(
    criterion: t.Criterion, ladder: t.Ladder, limit: str, values: Sequence[Fraction], baseline: Fraction
) -> npt.NDArray[np.int64]:
    """Return the grade of each value with the same limits and baseline; -1 where it cannot be told."""
    rows = [{"value": one, limit: LIMIT, "baseline value": baseline, f"baseline {limit}": LIMIT} for one in values]
    label = over(criterion, rows, [{}] * len(rows)).climb(ladder, STEP).label
    found: npt.NDArray[np.int64] = np.array([int(word) if word.isdigit() else -1 for word in label.words])[label.codes]
    return found


def _result(branch: t.Branch, limit: str, value: Fraction, baseline: Fraction) -> dict[str, Any]:
    numbers = {"value": value, limit: LIMIT, "baseline": baseline}
    return {"term": branch.id, "unit": branch.unit, **{name: written(one) for name, one in numbers.items()}}


def _grade(criterion: t.Criterion, ladder: t.Ladder, example: dict[str, Any]) -> str:
    """Return the grade of a result by the exact algebra."""
    walk: Walk[Any, Any] = Walk(criterion, Exact(one_result(example, Fraction(1)), 0))
    return str(walk.climb(ladder, STEP).label)
