"""What holds at another step: any earlier or later one, in a window of time, with only some things between."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic

from criterium.evaluate.algebra import Algebra, Place, T, V
from criterium.language import tree as t
from criterium.language.problems import Where

_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)


@dataclass(frozen=True, slots=True)
class Look(Generic[T]):
    """What a look at another step, `there`, finds.

    Whether it has what is sought, lies `within` the bounds of the window, and can be seen past the steps between.
    """

    there: Place
    has: T
    within: T
    going: T


@dataclass
class Lookout(Generic[V, T]):
    """What a walk knows of other steps: `value` and `holds` ask it, `asked` are the nodes and places answered."""

    algebra: Algebra[V, T]
    value: Callable[[t.Expression, Place], V]
    holds: Callable[[t.Condition, Place], T]
    asked: Container[tuple[int, Place]]

    def earlier(self, node: t.Earlier, place: Place) -> T:
        """Return where a condition held at an earlier step that got a class."""
        if place.step <= self.algebra.opening:
            return self.algebra.truth("false")
        if node.window is not None or is_against(node.of):
            return self._found(node, place)
        before = Place("step", place.step - 1)
        self._walked(node, range(self.algebra.opening, place.step))
        found = self.algebra.either(self.holds(node, before), self.holds(node.of, before))
        return self.algebra.carry(found, place)

    def later(self, node: t.Later, place: Place) -> T:
        """Return where a condition will hold at a later step."""
        if place.step < 0 or place.step + 1 >= self.algebra.steps:
            return self.algebra.truth("false")
        if node.window is not None or is_against(node.of):
            return self._found(node, place)
        after = Place("step", place.step + 1)
        self._walked(node, range(self.algebra.steps - 1, place.step, -1))
        found = self.algebra.either(self.holds(node, after), self.holds(node.of, after))
        return self._extended(found, after, place)

    def adjacent(self, node: t.Adjacent, place: Place) -> T:
        """Return where a condition held at the step before, or will hold at the step after."""
        step = place.step - 1 if node.side == "preceding" else place.step + 1
        if place.step < 0 or not self.algebra.opening <= step < self.algebra.steps:
            return self.algebra.truth("false")
        there = Place("step", step)
        found = self.holds(node.of, there)
        return self._extended(found, there, place) if step > place.step else self.algebra.carry(found, place)

    def _walked(self, node: t.Condition, steps: range) -> None:
        """Ask for a node at all steps on the way, the farthest first, so that no step goes through all others."""
        if steps and (id(node), Place("step", steps[-1])) not in self.asked:
            for step in steps:
                self.holds(node, Place("step", step))

    def _extended(self, found: T, there: Place, place: Place) -> T:
        return self.algebra.extend(found, there, place, self.algebra.truth("false"))

    # --- pairs of steps ---------------------------------------------------------------------------------------------
    def looks(self, node: t.Earlier | t.Later, place: Place) -> Iterator[Look[T]]:
        """Yield the steps that a condition looks at, the nearest first."""
        last = self.algebra.steps if isinstance(node, t.Later) else self.algebra.opening - 1
        steps = range(place.step + 1, last) if isinstance(node, t.Later) else range(place.step - 1, last, -1)
        self._ready(node, steps)
        going = self.algebra.truth("true")
        count: V = self.algebra.constant(Fraction(0))
        for there in (Place("step", step) for step in steps):
            here = max(place, there, key=lambda one: one.step)  # fewer courses have the later of the two
            going, count = self.algebra.carry(going, here), self.algebra.carry(count, here)
            has = self._there(node.of, place, there, here)
            yield Look(there, has, self._within(node, place, there, here), going)
            if node.window is not None:
                going, count = self._passed(node.window, (place, there, here), going, count)

    def _found(self, node: t.Earlier | t.Later, place: Place) -> T:
        """Return where one of the steps has what is sought."""
        found = self.algebra.truth("false")
        for one in self.looks(node, place):
            hit = self.algebra.both(one.going, self.algebra.both(one.has, one.within))
            later = one.there.step > place.step
            found = self.algebra.either(found, self._extended(hit, one.there, place) if later else hit)
        return found

    def _ready(self, node: t.Earlier | t.Later, steps: range) -> None:
        """Ask for what holds at each step, the farthest first."""
        for step in reversed(steps):
            for part in self._parts(node):
                self.holds(part, Place("step", step))

    def _parts(self, node: t.Earlier | t.Later) -> Iterator[t.Condition]:
        if not is_against(node.of):
            yield node.of
        if node.window is not None:
            yield from (part for part in (node.window.between, node.window.counted) if part is not None)

    def _within(self, node: t.Earlier | t.Later, place: Place, there: Place, here: Place) -> T:
        """Return whether a step lies as far away as the window asks."""
        carry = self.algebra.carry
        found = self.algebra.truth("true")
        for bound, operator in _bounds(node.window):
            early, late = (carry(self.value(_DATE, at), here) for at in sorted((place, there), key=lambda at: at.step))
            gap = self.algebra.arithmetic("-", late, early)
            found = self.algebra.both(found, self.algebra.compare(operator, gap, self._bound(bound, place, here)))
        return found

    def _there(self, node: t.Condition, place: Place, there: Place, here: Place) -> T:
        """Return whether a condition holds at the other step, whose values may be compared with those of this one."""
        if isinstance(node, t.Not):
            return self.algebra.negate(self._there(node.of, place, there, here))
        if not isinstance(node, t.Against):
            return self.algebra.carry(self.holds(node, there), here)
        one, other = self.value(node.there, there), self.value(node.here, place)
        return self.algebra.compare(node.operator, self.algebra.carry(one, here), self.algebra.carry(other, here))

    def _bound(self, bound: t.Expression, place: Place, here: Place) -> V:
        return self.algebra.carry(self.value(bound, place), here)

    def _passed(self, window: t.Window, at: tuple[Place, Place, Place], going: T, count: V) -> tuple[T, V]:
        """Return where one may look past a step, and how many of the counted ones have been passed."""
        place, there, here = at
        carry = self.algebra.carry
        if window.between is not None:
            going = self.algebra.both(going, carry(self.holds(window.between, there), here))
        if window.counted is None or window.limit is None:
            return going, count
        more = self.algebra.arithmetic("+", count, self.algebra.constant(Fraction(1)))
        counted = carry(self.holds(window.counted, there), here)
        count = self.algebra.choose([(counted, more), (self.algebra.truth("true"), count)], here)
        fits = self.algebra.compare("<=", count, self._bound(window.limit, place, here))
        return self.algebra.both(going, fits), count


def is_against(node: t.Condition) -> bool:
    """Say whether a condition compares another step with the one that looks."""
    return isinstance(node.of if isinstance(node, t.Not) else node, t.Against)


def _bounds(window: t.Window | None) -> Iterator[tuple[t.Expression, str]]:
    if window is not None:
        yield from ((one, sign) for one, sign in ((window.least, ">="), (window.most, "<=")) if one is not None)
