"""What the condition of a line says in numbers: each comparison as a bound, parameters substituted.

A line of a ladder is reached when no line above it holds, so the bounds of the lines above, turned round, are its own
as well, unless it has a tighter one of the same value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from criterium.language import tree as t
from criterium.verify.checks.prose_numbers import LIMITS, Way

_TURNED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_BASELINE = "baseline "
Size = tuple[Fraction, str, str]


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound that a condition sets: `value` times `limit` (if any), in `dimension`, on the value written `subject`."""

    value: Fraction
    limit: str
    dimension: str
    way: Way
    inclusive: bool
    subject: str
    own: bool


def bounds(criterion: t.Criterion, clauses: Sequence[t.Clause], at: int) -> list[Bound]:
    """Return the bounds under which clause number `at` of a ladder is reached, its own first."""
    reading = _Reading(criterion)
    own = [one for one in reading.of(clauses[at].when, "own") if one is not None]
    above = [
        replace(one, own=False)
        for clause in clauses[:at]
        for one in reading.of(clause.when, "turned")
        if not any(_tighter(mine, one) for mine in own)
    ]
    return list(dict.fromkeys([*own, *above]))


def _tighter(mine: Bound, other: Bound) -> bool:
    """Say whether a bound of the line itself makes one of the lines above needless."""
    same = (mine.subject, mine.limit, mine.way) == (other.subject, other.limit, other.way)
    further = mine.value < other.value if mine.way == "upper" else mine.value > other.value
    return same and further


@dataclass(frozen=True, slots=True)
class _Reading:
    criterion: t.Criterion

    def of(self, node: t.Condition, how: str) -> Iterator[Bound]:  # noqa: C901 -- one case for each kind of condition
        """Yield the bounds of a condition; `turned`: those of its opposite."""
        match node:
            case t.Compare():
                yield from self.compared(node, how)
            case t.All() | t.Some():
                for part in node.of:
                    yield from self.of(part, how)
            case t.Not():
                yield from self.of(node.of, "own" if how == "turned" else "turned")
            case t.Rule():
                yield from self.of(self.rule(node), how)
            case t.Earlier():
                yield from self.of(node.of, how)
            case t.Quantified():
                for one in (node.over.where_, node.has):
                    if one is not None:
                        yield from self.of(one, how)
            case t.Seen():
                yield from self.pattern(node, how)

    def rule(self, node: t.Rule) -> t.Condition:
        layer = self.criterion.course if node.level == "course" else self.criterion.steps
        return layer.conditions[node.name]

    def pattern(self, node: t.Seen, how: str) -> Iterator[Bound]:
        for part, operator in ((node.apart, ">="), (node.since, ">="), (node.until, "<=")):
            size = self.length(part) if part is not None else None
            if size is not None:
                yield from _bound(operator if how == "own" else _TURNED[operator], size, "time")

    def length(self, node: t.Expression) -> Size | None:
        """Return a length of time, also of one that is counted from a date."""
        ends = (node.left, node.right) if isinstance(node, t.Arithmetic) else (node,)
        return next((size for end in reversed(ends) if (size := self.size(end)) is not None), None)

    def compared(self, node: t.Compare, how: str) -> Iterator[Bound]:
        operator = node.operator if how == "own" else _TURNED[node.operator]
        right, left = self.size(node.right), self.size(node.left)
        if right is not None:
            yield from _bound(operator, right, node.left.text)
            yield from self.multiple(node.left, operator, right)
        elif left is not None:
            yield from _bound(_FLIPPED[operator], left, node.right.text)

    def multiple(self, node: t.Expression, operator: str, size: Size) -> Iterator[Bound]:
        """Yield the multiple of an earlier value that a change in percent stands for."""
        body = self.criterion.steps.measures.get(node.name) if isinstance(node, t.Named) else node
        if isinstance(body, t.Change) and body.scale == "percent" and not size[1]:
            limit = body.reference.reference if isinstance(body.reference, t.Reference) else "baseline"
            rises = body.direction == "rise"
            part = 1 + size[0] / 100 if rises else 1 - size[0] / 100
            for one in _bound(operator if rises else _FLIPPED[operator], (part, limit, ""), node.text):
                if one.limit:
                    yield one

    # --- sizes ------------------------------------------------------------------------------------------------------
    def size(self, node: t.Expression) -> Size | None:  # noqa: PLR0911 -- one return for each kind of value
        """Return (number, limit, dimension) of a number or of a multiple of a limit; None for any other value."""
        match node:
            case t.Constant():
                return node.value, "", node.kind.dimension
            case t.Parameter():
                value = self.criterion.parameters[node.name].value
                return (value, "", node.kind.dimension) if isinstance(value, Fraction) else None
            case t.Field():
                return _limit(node)
            case t.Reference():
                return Fraction(1), node.reference, node.kind.dimension
            case t.Named() if node.level != "row":
                layer = self.criterion.course if node.level == "course" else self.criterion.steps
                return self.size(layer.measures[node.name])
            case t.Arithmetic():
                return _computed(node, self.size(node.left), self.size(node.right))
        return None


def _limit(node: t.Field) -> Size | None:
    if node.name == f"{_BASELINE}value":
        return Fraction(1), "baseline", ""
    name = node.name.removeprefix(_BASELINE)
    return (Fraction(1), name, "") if name in LIMITS else None


def _computed(node: t.Arithmetic, left: Size | None, right: Size | None) -> Size | None:
    if left is None or right is None:
        return None
    dimension = node.kind.dimension
    if node.operator == "*" and not (left[1] and right[1]):
        return left[0] * right[0], left[1] or right[1], dimension
    if node.operator == "/" and not right[1] and right[0]:
        return left[0] / right[0], left[1], dimension
    if node.operator in {"+", "-"} and left[1] and not right[1]:
        return right[0], "", dimension  # so much above or below a limit
    if node.operator in {"+", "-"} and left[1] == right[1]:
        return left[0] + (right[0] if node.operator == "+" else -right[0]), left[1], dimension
    return None


def _bound(operator: str, size: Size, subject: str) -> Iterator[Bound]:
    value, limit, dimension = size
    ways: list[tuple[Way, bool]] = []
    if operator in {">", ">=", "="}:
        ways.append(("lower", operator != ">"))
    if operator in {"<", "<=", "="}:
        ways.append(("upper", operator != "<"))
    for way, inclusive in ways:
        yield Bound(value, limit, dimension, way, inclusive, subject, own=True)
        if limit and value == 1:
            yield Bound(Fraction(0), "", dimension, way, inclusive, subject, own=True)
        if limit in {"baseline", "nadir", "previous"} and value != 1:
            yield from _in_percent(value, way, inclusive, subject)


def _in_percent(value: Fraction, way: Way, inclusive: bool, subject: str) -> Iterator[Bound]:  # noqa: FBT001
    """Yield the fall or rise in percent that a multiple of an earlier value stands for."""
    if value < 1 and way == "upper":
        yield Bound(100 * (1 - value), "", "percent", "lower", inclusive, f"fall of {subject}", own=True)
    if value > 1 and way == "lower":
        yield Bound(100 * (value - 1), "", "percent", "lower", inclusive, f"rise of {subject}", own=True)
