"""The one walk over the tree. What it computes with is an algebra; what it means is decided here, once.

Time is walked step by step: a reference at step k is a value of an earlier step carried forward, and the class of a step may
read the classes of earlier steps only. The layer of the course comes last and writes its own answer: it never feeds back.

One patient, SWOG, sizes 12, 10 and 15 cm2. At step 2 the ladder asks `regrowth >= progression`; regrowth is the percent rise of
size from nadir; the nadir at step 2 is the smaller of size at steps 0 and 1, which is 10; (15 - 10) / 10 is 50 percent, which
is at least 50 percent: the first clause holds, the class is PD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any, Generic

from criterium.evaluate.algebra import COURSE, Algebra, Decision, Place, T, V, outer
from criterium.language import tree as t


@dataclass
class Walk(Generic[V, T]):
    """Values and truths of one criterion under one algebra, each computed once a place."""

    criterion: t.Criterion
    algebra: Algebra[V, T]
    memo: dict[tuple[int, Place], Any] = field(default_factory=dict)

    # --- values -----------------------------------------------------------------------------------------------------
    def value(self, node: t.Expression, place: Place) -> V:
        """Return the value of a node at a place."""
        key = (id(node), place)
        if key not in self.memo:
            compute: Callable[[Any, Place], V] = getattr(self, f"_{type(node).__name__.lower()}")
            self.memo[key] = compute(node, place)
        found: V = self.memo[key]
        return found

    def _home(self, level: t.Level, place: Place) -> Place:
        """Return the place around `place` (or itself) at which a name of `level` has its value."""
        while place.level != level and place != COURSE:
            place = outer(place)
        return place

    def _spread(self, found: Any, home: Place, place: Place) -> Any:
        """Return a value of an outer place, repeated for every row of an inner one."""
        if home == place:
            return found
        if place.level == "row" and place.step >= 0 and home == COURSE:
            found = self.algebra.spread(found, outer(place))
        return self.algebra.spread(found, place)

    def _constant(self, node: t.Constant, _place: Place) -> V:
        return self.algebra.constant(node.value)

    def _parameter(self, node: t.Parameter, _place: Place) -> V:
        value = self.criterion.parameters[node.name].value
        return self.algebra.constant(value) if isinstance(value, Fraction) else self.algebra.word(value)

    def _field(self, node: t.Field, place: Place) -> V:
        home = self._home(node.level, place)
        given: Any = self.algebra.given(node.name, home)
        found = self.algebra.field(node, home) if given is None else given
        return self._spread(found, home, place)  # type: ignore[no-any-return]

    def _named(self, node: t.Named, place: Place) -> V:
        home = self._home(node.level, place)
        return self._spread(self.measure(node.name, home), home, place)  # type: ignore[no-any-return]

    def measure(self, name: str, place: Place) -> V:
        """Return a measure by its name at a place of its own level."""
        given: Any = self.algebra.given(name, place)
        if given is not None:
            return given  # type: ignore[no-any-return]
        bodies: Mapping[t.Level, Mapping[str, t.Expression]] = {
            "row": self.criterion.members,
            "step": self.criterion.steps.measures,
            "course": self.criterion.course.measures,
        }
        return self.value(bodies[place.level][name], place)

    def _given(self, node: t.Given, place: Place) -> V:
        home = place if place.level == "course" or place.step < 0 else Place("step", place.step)
        label: V = self.decision(node.ladder, home).label
        return self._spread(label, home, place)  # type: ignore[no-any-return]

    def _arithmetic(self, node: t.Arithmetic, place: Place) -> V:
        return self.algebra.arithmetic(node.operator, self.value(node.left, place), self.value(node.right, place))

    def _change(self, node: t.Change, place: Place) -> V:
        now, reference = self.value(node.of, place), self.value(node.reference, place)
        return self.algebra.change(node.direction, node.scale, now, reference)

    def _reference(self, node: t.Reference, place: Place) -> V:
        if node.reference == "baseline":
            return self.carried(node.of, Place(place.level, 0, place.table), place)
        before = Place(place.level, place.step - 1, place.table)
        if place.step <= (self.algebra.opening if isinstance(node.of, t.Given) else 0):
            return self.algebra.missing(place)
        last = self.carried(node.of, before, place)
        if isinstance(node.of, t.Given):
            return last
        earlier: V = self.algebra.carry(self.value(node, before), place)
        if node.reference == "previous":
            return self.algebra.first_known(last, earlier)
        return self.algebra.known_extreme("earliest", earlier, last)

    def carried(self, node: t.Expression, origin: Place, place: Place) -> V:
        """Return the value that a node had at an earlier step, for those that are still there."""
        found: V = self.algebra.carry(self.value(node, origin), place)
        return found

    def _running(self, node: t.Running, place: Place) -> V:
        now = self.value(node.of, place)
        if place.step == 0:
            return now
        before = self.carried(node, Place(place.level, place.step - 1, place.table), place)
        return self.algebra.arithmetic("+", before, now)

    def _extreme(self, node: t.Extreme, place: Place) -> V:
        values = [self.value(one, place) for one in node.of]
        return reduce(lambda one, other: self.algebra.known_extreme(node.how, one, other), values)

    def _choose(self, node: t.Choose, place: Place) -> V:
        return self.algebra.choose([(self.holds(when, place), self.value(value, place)) for when, value in node.options], place)

    def _aggregate(self, node: t.Aggregate, place: Place) -> V:
        if node.over.own == "steps":
            return self._over_steps(node)
        rows = self.rows_of(node.over, place)
        among = self.among(node.over, rows)
        if node.of is None:
            return self.algebra.number(among, rows)
        value = self.value(node.of, rows)
        if node.how == "sum":
            return self.algebra.total(value, among, rows)
        return self.algebra.pick(node.how, value, self.algebra.field(_DATE, rows), among, rows)

    def _over_steps(self, node: t.Aggregate) -> V:
        """Return an aggregate over the steps of each course."""
        found: Any = self.algebra.constant(Fraction(0)) if node.how == "number" else None
        for place in self.step_places():
            among = self.holds(node.over.where_, place) if node.over.where_ else self.algebra.truth("true")
            one = self.algebra.constant(Fraction(1)) if node.of is None else self.value(node.of, place)
            nothing = self.algebra.constant(Fraction(0)) if node.how == "number" else self.algebra.missing(place)
            kept = self.algebra.choose([(among, one), (self.algebra.truth("true"), nothing)], place)
            padded = self.algebra.pad(kept, self.algebra.constant(Fraction(0)) if node.how == "number" else None)
            found = padded if found is None else self._joined(node.how, found, padded)
        return self.algebra.missing(COURSE) if found is None else found

    def _joined(self, how: str, before: V, now: V) -> V:
        if how == "number":
            return self.algebra.arithmetic("+", before, now)
        if how == "sum":
            both = self.algebra.arithmetic("+", before, now)
            return self.algebra.first_known(both, self.algebra.first_known(now, before))
        if how in {"lowest", "highest"}:
            return self.algebra.known_extreme("earliest" if how == "lowest" else "latest", before, now)
        return self.algebra.first_known(*((before, now) if how == "first" else (now, before)))

    # --- rows -------------------------------------------------------------------------------------------------------
    def rows_of(self, over: t.Collection, place: Place) -> Place:
        """Return the place of the rows of a collection, seen from a place."""
        step = place.step if place.level == "step" else -1
        return Place("row", step, "" if over.own == "members" else over.table)

    def among(self, over: t.Collection, rows: Place) -> T:
        """Return which rows belong to a collection."""
        belongs = self.algebra.belongs(rows, over)
        return belongs if over.where_ is None else self.algebra.both(belongs, self.holds(over.where_, rows))

    def step_places(self) -> Iterable[Place]:
        """Yield the places of the steps that get a class."""
        return (Place("step", step) for step in range(self.algebra.opening, self.algebra.steps))

    # --- conditions -------------------------------------------------------------------------------------------------
    def holds(self, node: t.Condition, place: Place) -> T:
        """Return the truth of a condition at a place."""
        key = (id(node), place)
        if key not in self.memo:
            compute: Callable[[Any, Place], T] = getattr(self, f"_holds_{type(node).__name__.lower()}")
            self.memo[key] = compute(node, place)
        found: T = self.memo[key]
        return found

    def _holds_always(self, _node: t.Always, _place: Place) -> T:
        return self.algebra.truth("true")

    def _holds_compare(self, node: t.Compare, place: Place) -> T:
        return self.algebra.compare(node.operator, self.value(node.left, place), self.value(node.right, place))

    def _holds_oneof(self, node: t.OneOf, place: Place) -> T:
        return self.algebra.one_of(self.value(node.of, place), node.words)

    def _holds_known(self, node: t.Known, place: Place) -> T:
        return self.algebra.known(self.value(node.of, place))

    def _holds_all(self, node: t.All, place: Place) -> T:
        return reduce(self.algebra.both, (self.holds(part, place) for part in node.of))

    def _holds_some(self, node: t.Some, place: Place) -> T:
        return reduce(self.algebra.either, (self.holds(part, place) for part in node.of))

    def _holds_not(self, node: t.Not, place: Place) -> T:
        return self.algebra.negate(self.holds(node.of, place))

    def _holds_rule(self, node: t.Rule, place: Place) -> T:
        home = self._home(node.level, place)
        given: Any = self.algebra.given(node.name, home)
        if given is None:
            layer = self.criterion.course if home == COURSE else self.criterion.steps
            given = self.holds(layer.conditions[node.name], home)
        return self._spread(given, home, place)  # type: ignore[no-any-return]

    def _holds_quantified(self, node: t.Quantified, place: Place) -> T:
        if node.over.own == "steps":
            return self._quantified_steps(node)
        rows = self.rows_of(node.over, place)
        among = self.among(node.over, rows)
        if node.has is None:
            found = self.algebra.some(among, rows)
        elif node.how == "any":
            found = self.algebra.some(self.algebra.both(among, self.holds(node.has, rows)), rows)
        else:
            broken = self.algebra.both(among, self.algebra.negate(self.holds(node.has, rows)))
            found = self.algebra.negate(self.algebra.some(broken, rows))
        return self.algebra.with_baseline(found, place) if node.over.frozen else found

    def _quantified_steps(self, node: t.Quantified) -> T:
        found = self.algebra.truth("false")
        for place in self.step_places():
            among = self.holds(node.over.where_, place) if node.over.where_ else self.algebra.truth("true")
            has = self.holds(node.has, place) if node.has else self.algebra.truth("true")
            hit = self.algebra.both(among, has if node.how == "any" else self.algebra.negate(has))
            found = self.algebra.either(found, self.algebra.pad(self._full(hit, place), self.algebra.truth("false")))
        return found if node.how == "any" else self.algebra.negate(found)

    def _full(self, truth: T, place: Place) -> T:
        """Return a truth with an entry for every course that has the step, even where it is a constant."""
        return self.algebra.both(self.algebra.present(place), truth)

    def _holds_earlier(self, node: t.Earlier, place: Place) -> T:
        if place.step <= self.algebra.opening:
            return self.algebra.truth("false")
        before = Place(place.level, place.step - 1, place.table)
        now = self.algebra.either(self.holds(node, before), self.holds(node.of, before))
        return self.algebra.carry(now, place)  # type: ignore[no-any-return]

    # --- patterns over the classes of a course ----------------------------------------------------------------------
    def _holds_seen(self, node: t.Seen, _place: Place) -> T:
        if node.apart is not None and node.between is None and node.most is None:
            return self._spaced(node, node.apart)
        found = self.algebra.truth("false")
        for first in self.step_places():
            hit = self._hit(node, first)
            seen = self._pad(hit) if node.apart is None else self._second(node, node.apart, first, hit)
            found = self.algebra.either(found, seen)
        return found

    def _spaced(self, node: t.Seen, apart: t.Expression) -> T:
        """Return where two steps lie far enough apart, whatever lies between: the earliest first step is the best one."""
        found = self.algebra.truth("false")
        first: Any = None
        for place in self.step_places():
            hit, date = self._hit(node, place), self.algebra.field(_DATE, place)
            here = self.algebra.choose([(hit, date)], place)
            if first is not None:
                first = self.algebra.carry(first, place)
                late = self._late(apart, date, first, place)
                second = self.algebra.both(self.algebra.both(hit, self.algebra.known(first)), late)
                found = self.algebra.either(found, self._pad(second))
            first = here if first is None else self.algebra.first_known(first, here)
        return found

    def _late(self, apart: t.Expression, date: V, first: V, place: Place) -> T:
        gap = self.algebra.arithmetic("-", date, first)
        return self.algebra.compare(">=", gap, self._spread(self.value(apart, COURSE), COURSE, place))

    def _pad(self, truth: T) -> T:
        return self.algebra.pad(truth, self.algebra.truth("false"))  # type: ignore[no-any-return]

    def _hit(self, node: t.Seen, place: Place) -> T:
        """Return where the step has one of the classes, in its window, before the course has ended."""
        hit = self.algebra.both(self.open(place), self._is(node.classes, place))
        for bound, operator in ((node.since, ">="), (node.until, "<=")):
            if bound is not None:
                limit = self._spread(self.value(bound, COURSE), COURSE, place)
                date = self.algebra.field(_DATE, place)
                hit = self.algebra.both(hit, self.algebra.compare(operator, date, limit))
        return hit

    def _is(self, classes: tuple[str, ...], place: Place) -> T:
        return self.algebra.one_of(self.decision("class", place).label, classes)

    def open(self, place: Place) -> T:
        """Return whether no earlier step of the course had a class that ends it."""
        key = (-1, place)
        if key not in self.memo:
            if place.step <= self.algebra.opening:
                self.memo[key] = self._full(self.algebra.truth("true"), place)
            else:
                before = Place("step", place.step - 1)
                still = self.algebra.both(self.open(before), self.algebra.negate(self._is(self.criterion.until, before)))
                self.memo[key] = self.algebra.carry(still, place)
        found: T = self.memo[key]
        return found

    def _second(self, node: t.Seen, apart: t.Expression, first: Place, hit: T) -> T:
        """Return where a second step with one of the classes follows `first` late enough, with nothing else between."""
        found = self.algebra.truth("false")
        going, count = hit, self.algebra.constant(Fraction(0))
        for step in range(first.step + 1, self.algebra.steps):
            now = Place("step", step)
            going, count = self.algebra.carry(going, now), self.algebra.carry(count, now)
            before = self.algebra.carry(self.algebra.field(_DATE, first), now)
            late = self._late(apart, self.algebra.field(_DATE, now), before, now)
            second = self.algebra.both(self.algebra.both(going, self._hit(node, now)), late)
            found = self.algebra.either(found, self._pad(second))
            going, count = self._between(node, now, going, count)
        return found

    def _between(self, node: t.Seen, now: Place, going: T, count: V) -> tuple[T, V]:
        if node.between is not None:
            going = self.algebra.both(going, self._is(node.between, now))
        if node.most is not None:
            one = self.algebra.constant(Fraction(1))
            more = self.algebra.arithmetic("+", count, one)
            yes = self.algebra.truth("true")
            count = self.algebra.choose([(self._is(node.most_of, now), more), (yes, count)], now)
            limit = self._spread(self.value(node.most, COURSE), COURSE, now)
            going = self.algebra.both(going, self.algebra.compare("<=", count, limit))
        return going, count

    # --- classes ----------------------------------------------------------------------------------------------------
    def decision(self, ladder: str, place: Place) -> Decision:
        """Return what a ladder of the step or of the course gave at a place."""
        layer = self.criterion.course if place == COURSE else self.criterion.steps
        return self.climb(layer.ladders[ladder], place)

    def climb(self, ladder: t.Ladder, place: Place) -> Decision:
        """Return what a ladder gives at a place."""
        key = (id(ladder), place)
        if key not in self.memo:
            whens = [self.holds(clause.when, place) for clause in ladder.clauses]
            self.memo[key] = self.algebra.decide(whens, ladder, place)
        found: Decision = self.memo[key]
        return found

    def run(self) -> None:
        """Walk all of time: the classes of every step in order, then those of the course."""
        for place in self.step_places():
            for name in self.criterion.steps.ladders:
                self.decision(name, place)
        for name in self.criterion.course.ladders:
            self.decision(name, COURSE)


_DATE = t.Field(t.Where(""), "date", t.Kind("date"), "date", "step", None)
