"""Values and conditions of earlier steps: the baseline, the smallest and the latest value so far, totals, history."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, Generic

from criterium.evaluate.algebra import Algebra, Place, T, V
from criterium.language import tree as t

NO_CLASS = ""  # the class before the first: there is none, which is known and no class of any list


@dataclass
class References(Generic[V, T]):
    """What a walk knows of earlier steps: `value` and `holds` ask it, `asked` are the nodes and places answered."""

    algebra: Algebra[V, T]
    value: Callable[[t.Expression, Place], V]
    holds: Callable[[t.Condition, Place], T]
    asked: Container[tuple[int, Place]]

    def reference(self, node: t.Reference, place: Place) -> V:
        """Return the baseline, nadir or previous value at a place of the reference's own level."""
        at = 0 if node.reference == "baseline" else place.step - 1
        if isinstance(node.of, t.Given) and at < self.algebra.opening:
            return self.algebra.word(NO_CLASS)
        if place.table or place.step < 0 or at < 0:
            return self.algebra.missing(node.kind, place)
        found = self._at(node.of, at, place)
        if node.reference == "baseline" or isinstance(node.of, t.Given):
            return found
        self._walked(self.value, node, place)
        earlier = self._at(node, at, place)
        if node.reference == "previous":
            return self.algebra.first_known(found, earlier)
        return self.algebra.known_extreme("earliest", earlier, found)

    def running(self, node: t.Running, place: Place) -> V:
        """Return the sum from the first step to this one."""
        now = self.value(node.of, place)
        if place.step <= 0:
            return now
        self._walked(self.value, node, place)
        return self.algebra.arithmetic("+", self._at(node, place.step - 1, place), now)

    def earlier(self, node: t.Earlier, place: Place) -> T:
        """Return where a condition held at an earlier step that got a class."""
        if place.step <= self.algebra.opening:
            return self.algebra.truth("false")
        self._walked(self.holds, node, place)
        before = Place("step", place.step - 1)
        found = self.algebra.either(self.holds(node, before), self.holds(node.of, before))
        return self.algebra.carry(found, place)  # type: ignore[no-any-return]

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
    return "row" if any(innermost(part) == "row" for part in parts) else "step"
