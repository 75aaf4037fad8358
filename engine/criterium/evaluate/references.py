"""Values of other steps: the baseline, the smallest and the latest value so far, those beside, totals."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Generic

from criterium.evaluate.algebra import Algebra, Place, T, V
from criterium.language import tree as t

NO_CLASS = ""  # the class before the first: there is none, which is known and no class of any list


@dataclass
class References(Generic[V, T]):
    """What a walk knows of earlier steps: `value` asks it, `asked` are the nodes and places answered."""

    algebra: Algebra[V, T]
    value: Callable[[t.Expression, Place], V]
    asked: Container[tuple[int, Place]]

    def reference(self, node: t.Reference, place: Place) -> V:
        """Return the value at another step, for a place of the reference's own level."""
        if node.reference in {"next", "following"}:
            return self._ahead(node, place)
        at = 0 if node.reference == "baseline" else place.step - 1
        if isinstance(node.of, t.Given) and at < self.algebra.opening:
            return self.algebra.word(NO_CLASS)
        if place.table or place.step < 0 or at < 0:
            return self.algebra.missing(node.kind, place)
        found = self._at(node.of, at, place)
        if node.reference in {"baseline", "preceding"} or isinstance(node.of, t.Given):
            return found
        self._walked(self.value, node, place)
        earlier = self._at(node, at, place)
        if node.reference == "previous":
            return self.algebra.first_known(found, earlier)
        return self.algebra.known_extreme("earliest", earlier, found)

    def _ahead(self, node: t.Reference, place: Place) -> V:
        """Return the value at the step after, or the first known one after this step."""
        given, at = isinstance(node.of, t.Given), place.step + 1
        rest = self.algebra.word(NO_CLASS) if given else self.algebra.missing(node.kind, place)
        if place.table or place.step < 0 or at >= self.algebra.steps:
            return rest
        there = Place(place.level, at)
        if given or node.reference == "following":
            return self.algebra.extend(self.value(node.of, there), there, place, rest)
        if (id(node), there) not in self.asked:
            for step in range(self.algebra.steps - 1, place.step, -1):
                self.value(node, Place(place.level, step))
        found = self.algebra.first_known(self.value(node.of, there), self.value(node, there))
        return self.algebra.extend(found, there, place, rest)

    def running(self, node: t.Running, place: Place) -> V:
        """Return the sum from the first step to this one."""
        now = self.value(node.of, place)
        if place.step <= 0:
            return now
        self._walked(self.value, node, place)
        return self.algebra.arithmetic("+", self._at(node, place.step - 1, place), now)

    def _at(self, node: t.Expression, step: int, place: Place) -> V:
        """Return the value that a node had at an earlier step, for those that are still there."""
        found: V = self.algebra.carry(self.value(node, Place(place.level, step, place.table)), place)
        return found

    def _walked(self, ask: Callable[[Any, Place], object], node: t.Node, place: Place) -> None:
        """Ask for a node at all earlier steps, the first one first, so that no step goes back through all others."""
        if (id(node), Place(place.level, place.step - 1, place.table)) not in self.asked:
            for step in range(place.step):
                ask(node, Place(place.level, step, place.table))


def innermost(node: t.Expression) -> t.Level:
    """Return the level that a value belongs to: of a row if a column or value of a row is in it, else of a step."""
    if isinstance(node, (t.Field, t.Named)):
        return "row" if node.level == "row" else "step"
    parts: tuple[t.Expression, ...] = ()
    if isinstance(node, t.Arithmetic):
        parts = (node.left, node.right)
    elif isinstance(node, (t.Change, t.Reference, t.Running)):
        parts = (node.of,)
    elif isinstance(node, t.Extreme):
        parts = node.of
    elif isinstance(node, t.Choose):
        parts = tuple(value for _, value in node.options)
    return "row" if any(innermost(part) == "row" for part in parts) else "step"
