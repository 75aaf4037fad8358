"""Two unit columns of one term: where they give one sample two classes.

A cut of one column, converted into the unit of the other, should be the cut of the other. Where it is not, a sample
between the two is graded worse in one laboratory than in the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from criterium.language import tree as t
from criterium.language.units import UnknownUnit, same_scale, unit
from criterium.language.uses import nodes
from criterium.verify.findings import Finding

_PLACES = 4


@dataclass(frozen=True, slots=True)
class _Cut:
    """A number at which a class begins: below it (`<`, `<=`) or above it."""

    label: str
    operator: str
    number: Fraction
    node: t.Node


def unit_columns(criterion: t.Criterion) -> Iterator[Finding]:
    """Yield a finding for every cut at which two columns of a term disagree, with the zone between them."""
    by_id: dict[str, list[t.Branch]] = {}
    for branch in criterion.branches:
        if branch.ladder is not None and not branch.derived:
            by_id.setdefault(branch.id, []).append(branch)
    for columns in by_id.values():
        for one, other in combinations(columns, 2):
            yield from _compared(one, other)


def _compared(one: t.Branch, other: t.Branch) -> Iterator[Finding]:
    factor = _factor(one, other)
    if factor is None:
        return
    theirs, told = _cuts(other), set[tuple[Fraction, Fraction]]()
    for key, cut in _cuts(one).items():
        match = theirs.get(key)
        if match is None or match.number == cut.number * factor or (cut.number, match.number) in told:
            continue
        told.add((cut.number, match.number))
        yield _finding(one, other, cut, match, match.number / factor)


def _factor(one: t.Branch, other: t.Branch) -> Fraction | None:
    """Return what a value in the unit of one column is multiplied with to be in that of the other; None: unknown."""
    for same in one.conversions:
        if (same.unit, same.other) == (one.unit, other.unit):
            return same.factor
        if (same.other, same.unit) == (one.unit, other.unit):
            return 1 / same.factor
    try:
        left, right = unit(one.unit), unit(other.unit)
    except UnknownUnit:
        return None
    return left.factor / right.factor if same_scale(left, right) else None


def _cuts(branch: t.Branch) -> Mapping[tuple[str, str, int], _Cut]:
    """Return the cuts of a column by class, direction and number within the class."""
    found: dict[tuple[str, str, int], _Cut] = {}
    for clause in [one for one in branch.ladder.clauses if not one.raised] if branch.ladder is not None else ():
        cuts = [cut for node in nodes(clause.when) if (cut := _cut(clause.label, node)) is not None]
        found |= {(cut.label, cut.operator[0], at): cut for at, cut in enumerate(cuts)}
    return found


def _cut(label: str, node: t.Node) -> _Cut | None:
    if not isinstance(node, t.Compare) or node.operator in {"=", "!="} or not isinstance(node.right, t.Constant):
        return None
    if not isinstance(node.left, t.Field) or node.left.name != "value":
        return None
    return _Cut(label, node.operator, node.right.value, node)


def _finding(one: t.Branch, other: t.Branch, mine: _Cut, theirs: _Cut, converted: Fraction) -> Finding:
    low, high = sorted((mine.number, converted))
    falls = mine.operator in {"<", "<="}
    worse, milder = (one, other) if (mine.number > converted) == falls else (other, one)
    zone = f"{_shown(low)} - {_shown(high)} {one.unit}"
    what = f"{zone}: grade {mine.label} by the column in {worse.unit}, not by that in {milder.unit}"
    cuts = f"the cut {_shown(mine.number)} {one.unit} is {_shown(theirs.number)} {other.unit} in the other column"
    remedy = f"{cuts}, which is {_shown(converted)} {one.unit}; grade a value in the unit that was reported"
    return Finding("CRT303", theirs.node.where, f"terms.{one.id}, grade {mine.label}", what, "", remedy)


def _shown(number: Fraction) -> str:
    """Return a number with four digits that count."""
    return f"{float(number):.{_PLACES}g}" if float(number) < 10**_PLACES else f"{float(number):.0f}"
