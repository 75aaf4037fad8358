"""Which members are chosen: the first by a value as far as quotas leave room, for the course, for good, or anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic

from criterium.evaluate.algebra import Algebra, Contest, Place, T, V
from criterium.language import tree as t

ZERO = Fraction(0)


@dataclass
class Choosing(Generic[V, T]):
    """What a walk knows of chosen members: `value` and `rows` ask it, `memo` keeps what each choice was."""

    algebra: Algebra[V, T]
    choices: Mapping[str, t.Choice]
    value: Callable[[t.Expression, Place], V]
    rows: Callable[[t.Collection, Place], T]
    memo: MutableMapping[tuple[int, Place], Any]

    def among(self, over: t.Collection, place: Place) -> T:
        """Return which rows are of a collection of chosen members, its filter aside."""
        found = self.chosen(self.choices[over.chosen], place)
        return self.algebra.both(found, self.algebra.belongs(place, over)) if over.frozen else found

    def chosen(self, choice: t.Choice, place: Place) -> T:
        """Return which members a choice has at a step."""
        for step in range(place.step + 1) if choice.kept == "growing" else (place.step,):
            key = (id(choice), place._replace(step=step))
            if key not in self.memo:
                self.memo[key] = self._chosen(choice, key[1])
        found: T = self.memo[id(choice), place]
        return found

    def _chosen(self, choice: t.Choice, place: Place) -> T:
        before = place._replace(step=place.step - 1)
        if choice.kept == "from baseline" and place.step > 0:
            return self.algebra.carry(self.chosen(choice, before._replace(step=0)), place)
        held = self.algebra.truth("false")
        if choice.kept == "growing" and place.step > 0:
            held = self.algebra.carry(self.chosen(choice, before), place)
        found = self.algebra.either(held, self.rows(choice.of, place))
        by = self.value(choice.by, place)
        if choice.first == "lowest":
            by = self.algebra.arithmetic("-", self.algebra.constant(ZERO), by)
        for quota in choice.quotas:
            word = None if quota.each is None else self.value(quota.each, place)
            found = self.algebra.foremost(Contest(found, held, by, word), self.value(quota.most, place), place)
        return found
