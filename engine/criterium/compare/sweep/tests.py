"""The comparisons that read a parameter: what is fixed in them, what is made of parameters, where they are asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Literal

from criterium.evaluate.algebra import COURSE, Place
from criterium.language import tree as t

EACH_STEP = Place("step", 0)
EACH_MEMBER = Place("row", 0)


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of something fixed with `bound`, which is made of parameters and constants alone.

    Fixed is a `value` at a place (step 0 means every step), the `date` of every step less a value of the course, the
    `gap` between any two steps, or a `count` of steps.
    """

    bound: t.Expression
    kind: Literal["value", "date", "gap", "count"]
    place: Place = COURSE
    fixed: t.Expression | None = None


class Woven(Exception):
    """The parameter is used in another way than in comparisons with something fixed."""


def tests_of(criterion: t.Criterion, name: str, dependent: Collection[int]) -> Iterator[Test]:
    """Yield the comparisons that read the parameter; raise Woven if anything else does.

    `dependent` are the ids of the nodes that it can change.
    """
    yield from _Search(criterion, name, dependent).found()


@dataclass(frozen=True, slots=True)
class _Search:
    criterion: t.Criterion
    name: str
    dependent: Collection[int]

    def found(self) -> Iterator[Test]:
        one = self.criterion
        parts: list[tuple[object, Place]] = [(tuple(one.members.values()), EACH_MEMBER)]
        parts += [(tuple(one.chosen.values()), EACH_MEMBER)]
        for layer, place in ((one.steps, EACH_STEP), (one.course, COURSE)):
            parts += [(tuple(named.values()), place) for named in (layer.conditions, layer.ladders)]
            # A measure made of parameters alone is looked at where it is used.
            parts += [(node, place) for node in layer.measures.values() if not is_bound(node)]
        parts += [(one.time or (), COURSE), ((one.also, one.branches), COURSE)]
        for part, place in parts:
            yield from self.below(part, place)

    def below(self, node: object, place: Place) -> Iterator[Test]:
        if isinstance(node, t.Parameter) and node.name == self.name:
            raise Woven
        if isinstance(node, t.Node) and self.fixed(node):
            return
        if isinstance(node, t.Seen):
            yield from self.seen(node)
            return
        test = self.compared(node, place) if isinstance(node, t.Compare) else None
        if test is not None:
            yield test
            return
        if isinstance(node, t.Named) and ((node.level == "row" and place.table) or is_bound(self.body(node))):
            raise Woven
        for child, at in _children(node, place):
            yield from self.below(child, at)

    def fixed(self, node: t.Node | None) -> bool:
        return node is None or id(node) not in self.dependent

    def body(self, node: t.Expression) -> t.Expression:
        """Return what a name of a measure stands for; what is no such name stands for itself."""
        if not isinstance(node, t.Named) or node.level == "row":
            return node
        layer = self.criterion.course if node.level == "course" else self.criterion.steps
        return layer.measures.get(node.name, node)

    def compared(self, node: t.Compare, place: Place) -> Test | None:
        for one, other in ((node.left, node.right), (node.right, node.left)):
            bound = self.body(other)
            if is_bound(bound) and self.fixed(one):
                return Test(bound, "value", place, one)
        return None

    def seen(self, node: t.Seen) -> Iterator[Test]:
        """Yield what a pattern compares with the parameter: gaps and dates of steps, and how many lie between."""
        for bound in (node.since, node.until):
            if bound is not None and not self.fixed(bound):
                yield self.window(bound)
        for bound, kind in ((node.apart, "gap"), (node.most, "count")):
            if bound is not None and not self.fixed(bound):
                if not is_bound(self.body(bound)):
                    raise Woven
                yield Test(self.body(bound), "gap" if kind == "gap" else "count")

    def window(self, node: t.Expression) -> Test:
        """Return the comparison of dates with a time after something fixed."""
        if isinstance(node, t.Arithmetic) and node.operator == "+" and self.fixed(node.left):
            bound = self.body(node.right)
            if is_bound(bound):
                return Test(bound, "date", COURSE, node.left)
        raise Woven


def is_bound(node: t.Expression) -> bool:
    """Say whether an expression is made of parameters and constants alone."""
    if isinstance(node, t.Arithmetic):
        return is_bound(node.left) and is_bound(node.right)
    return isinstance(node, (t.Parameter, t.Constant)) and node.kind.sort != "label"


def _children(node: object, place: Place) -> Iterator[tuple[object, Place]]:
    """Yield the parts of a node with the place at which they are asked for."""
    if isinstance(node, (t.Aggregate, t.Quantified)):
        inner = _inside(node.over, place)
        yield node.over.where_, inner
        yield (node.of if isinstance(node, t.Aggregate) else node.has), inner
    elif isinstance(node, tuple):
        yield from ((part, place) for part in node)
    elif is_dataclass(node):
        yield from ((getattr(node, field.name), place) for field in fields(node))


def _inside(over: t.Collection, place: Place) -> Place:
    """Return the place of the rows of a collection."""
    if over.own == "steps":
        return EACH_STEP
    return Place("row", 0 if place.step == 0 else -1, "" if over.own == "members" else over.table)
