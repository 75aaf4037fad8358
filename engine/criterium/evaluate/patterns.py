"""Patterns over the classes of the steps of a course, up to and including the first class that ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Generic

from criterium.evaluate.algebra import STEPS, Algebra, Place, T, V
from criterium.language import tree as t
from criterium.language.problems import Where

_ALL = t.Collection(Where(""), "steps", table="", own="steps", frozen=False, where_=None)
_LOWEST = t.Aggregate(Where(""), "the first date", t.Kind("date"), "lowest", None, _ALL)


@dataclass
class Patterns(Generic[V, T]):
    """What is seen in the steps at `places`.

    `label` gives the classes of a ladder, of which `final` is the one that ends a course, `date` the dates, and `bound`
    a value of the course.
    """

    algebra: Algebra[V, T]
    places: Sequence[Place]
    until: tuple[str, ...]
    final: str
    label: Callable[[str, Place], V]
    date: Callable[[Place], V]
    bound: Callable[[t.Expression], V]
    _open: dict[Place, T] = field(default_factory=dict)

    def seen(self, node: t.Seen) -> T:
        """Return where the steps of a course show the pattern."""
        if not self.places:
            return self.algebra.truth("false")
        if node.apart is not None and (node.between is not None or node.most is not None):
            return self._between(node, node.apart)
        hit = self._hit(node, STEPS)
        if node.apart is not None:
            hit = self.algebra.both(hit, self._late(node.apart, hit))
        return self.algebra.some(hit, STEPS)

    def _late(self, apart: t.Expression, hit: T) -> T:
        """Return which steps lie far enough after the first hit, which is the best to be far from."""
        date = self.date(STEPS)
        first = self.algebra.spread(self.algebra.pick(_LOWEST, date, date, hit, STEPS), STEPS)
        return self._apart(apart, self.algebra.arithmetic("-", date, first), STEPS)

    def _apart(self, apart: t.Expression, gap: V, place: Place) -> T:
        after = self.algebra.compare(">", gap, self.algebra.constant(Fraction(0)))
        return self.algebra.both(after, self.algebra.compare(">=", gap, self._bound(apart, place)))

    def _bound(self, node: t.Expression, place: Place) -> V:
        return self.algebra.spread(self.bound(node), place)

    def _hit(self, node: t.Seen, place: Place) -> T:
        """Return where a step has one of the classes, in its window, before the course has ended."""
        hit = self.algebra.both(self._is_open(place), self.algebra.one_of(self.label(node.ladder, place), node.classes))
        for bound, operator in ((node.since, ">="), (node.until, "<=")):
            if bound is not None:
                within = self.algebra.compare(operator, self.date(place), self._bound(bound, place))
                hit = self.algebra.both(hit, within)
        return hit

    def _is_open(self, place: Place) -> T:
        """Return where no earlier step of the course had a class that ends it."""
        if not self.until:
            return self.algebra.truth("true")
        if place not in self._open:
            self._open[place] = self._opened(place)
        return self._open[place]

    def _opened(self, place: Place) -> T:
        if place == STEPS:
            return self.algebra.stack([self._is_open(step) for step in self.places], STEPS)
        if place == self.places[0]:
            return self.algebra.truth("true")
        before = Place("step", place.step - 1)
        ended = self.algebra.one_of(self.label(self.final, before), self.until)
        still = self.algebra.both(self._is_open(before), self.algebra.negate(ended))
        return self.algebra.carry(still, place)

    # --- with something between -------------------------------------------------------------------------------------
    def _between(self, node: t.Seen, apart: t.Expression) -> T:
        """Return where two hits are far enough apart and the steps between them are as the pattern allows."""
        hits = {place: self._hit(node, place) for place in self.places}
        found = self.algebra.truth("false")
        for first in self.places[:-1]:
            found = self.algebra.either(found, self._second(node, apart, first, hits))
        return found

    def _second(self, node: t.Seen, apart: t.Expression, first: Place, hits: dict[Place, T]) -> T:
        found = self.algebra.truth("false")
        going: T = hits[first]
        count: V = self.algebra.constant(Fraction(0))
        for now in (place for place in self.places if place.step > first.step):
            going, count = self.algebra.carry(going, now), self.algebra.carry(count, now)
            before: Any = self.algebra.carry(self.date(first), now)
            gap = self.algebra.arithmetic("-", self.date(now), before)
            second = self.algebra.both(self.algebra.both(going, hits[now]), self._apart(apart, gap, now))
            found = self.algebra.either(found, self.algebra.pad(second, now))
            going, count = self._passed(node, now, going, count)
        return found

    def _passed(self, node: t.Seen, now: Place, going: T, count: V) -> tuple[T, V]:
        """Return where the pattern may go on past a step, and how many of the counted classes it has passed."""
        if node.between is not None:
            going = self.algebra.both(going, self.algebra.one_of(self.label(node.ladder, now), node.between))
        if node.most is None:
            return going, count
        more = self.algebra.arithmetic("+", count, self.algebra.constant(Fraction(1)))
        counted = self.algebra.one_of(self.label(node.ladder, now), node.most_of)
        count = self.algebra.choose([(counted, more), (self.algebra.truth("true"), count)], now)
        return self.algebra.both(going, self.algebra.compare("<=", count, self._bound(node.most, now))), count
