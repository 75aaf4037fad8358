"""The one walk over the tree. What it computes with is an algebra; what it means is decided here, once.

Time is walked step by step: a reference at step k is a value of an earlier step carried forward, and the class of a
step may read the classes of earlier steps only. The layer of the course comes last and writes its own answer: it never
feeds back.

One course whose value at steps 0, 1 and 2 is 12, 10 and 15. At step 2 the ladder asks whether the percent rise from
nadir is at least 50 percent. The nadir at step 2 is the smaller of the values at steps 0 and 1, which is 10; (15 - 10)
/ 10 is 50 percent, which is at least 50 percent: the first clause holds, its class is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, reduce
from typing import Any, Generic

from criterium.evaluate.algebra import (
    COURSE,
    STEPS,
    Algebra,
    Decision,
    Place,
    T,
    V,
    X,
    beside,
    has_steps,
    outer,
    steps_of,
)
from criterium.evaluate.cases import Case, Chain, Shared, Value, cases, shared
from criterium.evaluate.choosing import Choosing
from criterium.evaluate.lookout import Look, Lookout
from criterium.evaluate.patterns import Patterns
from criterium.evaluate.references import NO_CLASS, References, innermost
from criterium.language import tree as t
from criterium.language.problems import Where

_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)
_ROW_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "row", None)


@dataclass
class Walk(Generic[V, T]):
    """Values and truths of one criterion under one algebra, each computed once a place."""

    criterion: t.Criterion
    algebra: Algebra[V, T]
    memo: dict[tuple[int, Place], Any] = field(default_factory=dict)
    case: Case | None = None
    base: Walk[V, T] | None = None  # the walk whose unknown statements the case is one of

    def __post_init__(self) -> None:
        places = [Place("step", step) for step in range(self.algebra.opening, self.algebra.steps)]
        self._places = places
        self._apart = self.case.shared.apart if self.case is not None else frozenset()
        self._shared_of: dict[int, Shared] = {}
        self._references = References(self.algebra, self.value, self.memo)
        self._choices = Choosing(self.algebra, self.criterion.chosen, self.value, self.among, self.memo)
        self._lookout = Lookout(self.algebra, self.value, self.holds, self.memo)
        self._patterns = Patterns(
            self.algebra,
            places,
            self.criterion.until,
            final=self.criterion.final,
            label=self._label,
            date=lambda place: self.value(_DATE, place),
            bound=lambda node: self.value(node, COURSE),
        )

    def _label(self, ladder: str, place: Place) -> V:
        """Return the classes that a ladder gives at a step, or at all of them as rows."""
        return self.value(_class_of(ladder), place)

    def step_places(self) -> list[Place]:
        """Return the places of the steps that get a class."""
        return self._places

    # --- values -----------------------------------------------------------------------------------------------------
    def value(self, node: t.Expression, place: Place) -> V:
        """Return the value of a node at a place."""
        if id(node) in self._apart and self.base is not None:
            return self.base.value(node, place)
        key = (id(node), place)
        if key not in self.memo:
            self.memo[key] = self._values_of_steps(node, place) if has_steps(place) else self._value(node, place)
        found: V = self.memo[key]
        return found

    def _value(self, node: t.Expression, place: Place) -> V:
        compute: Callable[[Any, Place], V] = getattr(self, _method("_", type(node).__name__))
        return compute(node, place)

    def _values_of_steps(self, node: t.Expression, rows: Place) -> V:
        """Return a node's values at the steps that are the rows of a place."""
        steps = steps_of(rows, self.algebra.opening, self.algebra.steps)
        if not steps:
            return self.algebra.missing(node.kind, rows)
        return self.algebra.stack([self.value(node, Place("step", step)) for step in steps], rows)

    def _home(self, level: t.Level, place: Place) -> Place:
        """Return the place around `place` (or itself) at which a name of `level` has its value."""
        while place.level != level and place != COURSE:
            place = outer(place)
        return place

    def _spread(self, found: X, home: Place, place: Place) -> X:
        """Return a value of an outer place, repeated for every row of an inner one."""
        if home == place:
            return found
        if place.level == "row" and place.step >= 0 and home == COURSE:
            found = self.algebra.spread(found, outer(place))
        return self.algebra.spread(found, place)

    def _constant(self, node: t.Constant, _place: Place) -> V:
        return self.algebra.constant(node.value)

    def _word(self, node: t.Word, _place: Place) -> V:
        return self.algebra.word(node.word)

    def _missing(self, node: t.Missing, place: Place) -> V:
        return self.algebra.missing(node.kind, place)

    def _parameter(self, node: t.Parameter, place: Place) -> V:
        given: V | None = self.algebra.given(node.name, COURSE)
        if given is not None:
            return self._spread(given, COURSE, place)
        value = self.criterion.parameters[node.name].value
        return self.algebra.constant(value) if isinstance(value, Fraction) else self.algebra.word(value)

    def _field(self, node: t.Field, place: Place) -> V:
        home = self._home(node.level, place)
        given: V | None = self.algebra.given(node.name, home)
        found = self._spread(self.algebra.field(node, home) if given is None else given, home, place)
        if self.case is None or self.case.place != place:
            return found
        low, high = self.case.bounds(node)
        return found if low is None and high is None else self.algebra.within(found, low, high)

    def _named(self, node: t.Named, place: Place) -> V:
        home = self._home(node.level, place)
        return self._spread(self.measure(node.name, home), home, place)

    def measure(self, name: str, place: Place) -> V:
        """Return a measure by its name at a place of its own level."""
        given: V | None = self.algebra.given(name, place)
        if given is not None:
            return given
        bodies: Mapping[t.Level, Mapping[str, t.Expression]] = {
            "row": self.criterion.members,
            "step": self.criterion.steps.measures,
            "course": self.criterion.course.measures,
        }
        return self.value(bodies[place.level][name], place)

    def _given(self, node: t.Given, place: Place) -> V:
        home = COURSE if place.step < 0 else Place("step", place.step)
        if 0 <= place.step < self.algebra.opening:
            return self.algebra.word(NO_CLASS)
        label: V = self.decision(node.ladder, home).label
        return self._spread(label, home, place)

    def _arithmetic(self, node: t.Arithmetic, place: Place) -> V:
        return self.algebra.arithmetic(node.operator, self.value(node.left, place), self.value(node.right, place))

    def _change(self, node: t.Change, place: Place) -> V:
        now, reference = self.value(node.of, place), self.value(node.reference, place)
        return self.algebra.change(node.direction, node.scale, now, reference)

    def _reference(self, node: t.Reference, place: Place) -> V:
        home = self._home(innermost(node.of), place)
        if home != place:
            return self._spread(self.value(node, home), home, place)
        return self._references.reference(node, place)

    def _running(self, node: t.Running, place: Place) -> V:
        home = self._home(innermost(node.of), place)
        if home != place:
            return self._spread(self.value(node, home), home, place)
        return self._references.running(node, place)

    def _extreme(self, node: t.Extreme, place: Place) -> V:
        values = [self.value(one, place) for one in node.of]
        of_known = node.how in {"earliest", "latest"}
        if of_known and self.base is not None:  # as for `known`
            return self.base.value(node, place)
        join: Callable[[Any, V, V], V] = self.algebra.known_extreme if of_known else self.algebra.extreme
        return reduce(lambda one, other: join(node.how, one, other), values)

    def _choose(self, node: t.Choose, place: Place) -> V:
        options = [(self.holds(when, place), self.value(value, place)) for when, value in node.options]
        return self.algebra.choose(options, place)

    def _aggregate(self, node: t.Aggregate, place: Place) -> V:
        rows = self.rows_of(node.over, place)
        among = self.among(node.over, rows)
        if node.of is None:
            return self._number(node, among, rows, place)
        value = self.value(node.of, rows)
        if node.how == "sum":
            return self.algebra.total(value, among, rows)
        dates = self.value(_ROW_DATE if rows.table and not has_steps(rows) else _DATE, rows)
        return self.algebra.pick(node, value, dates, among, rows)

    def _number(self, node: t.Aggregate, among: T, rows: Place, place: Place) -> V:
        """Return a number of rows; members of the baseline cannot be counted without one."""
        found = self.algebra.number(among, rows)
        if not node.over.frozen:
            return found
        return self.algebra.choose([(self.algebra.with_baseline(self.algebra.truth("true"), place), found)], place)

    # --- rows -------------------------------------------------------------------------------------------------------
    def rows_of(self, over: t.Collection, place: Place) -> Place:
        """Return the place of the rows of a collection, seen from a place."""
        if over.own == "steps":
            return beside(place, over.side) if over.side else STEPS
        step = place.step if place.level == "step" else -1
        return Place("row", step, "" if over.own == "members" else over.table)

    def among(self, over: t.Collection, rows: Place) -> T:
        """Return which rows belong to a collection."""
        belongs = self._choices.among(over, rows) if over.chosen else self.algebra.belongs(rows, over)
        if over.where_ is None or self.algebra.settles(belongs, "false"):
            return belongs
        return self.algebra.both(belongs, self.holds(over.where_, rows))

    def chosen(self, name: str, place: Place) -> T:
        """Return which members of a step a choice has."""
        return self._choices.chosen(self.criterion.chosen[name], place)

    # --- conditions -------------------------------------------------------------------------------------------------
    def holds(self, node: t.Condition, place: Place) -> T:
        """Return the truth of a condition at a place."""
        if id(node) in self._apart and self.base is not None:
            return self.base.holds(node, place)
        key = (id(node), place)
        if key not in self.memo:
            self.memo[key] = self._truths_of_steps(node, place) if has_steps(place) else self._truth(node, place)
        found: T = self.memo[key]
        return found

    def _truth(self, node: t.Condition, place: Place) -> T:
        compute: Callable[[Any, Place], T] = getattr(self, _method("_holds_", type(node).__name__))
        if self.case is not None and self.case.place == place and (supposed := self.case.supposed(node)):
            return self._supposing(node, place, supposed)
        return compute(node, place)

    def _supposing(self, node: t.Condition, place: Place, supposed: Sequence[tuple[str, Value]]) -> T:
        """Return the truth of a statement with what is supposed of it; one that equals is at least and at most."""
        if not isinstance(node, t.Compare):
            compute: Callable[[Any, Place], T] = getattr(self, _method("_holds_", type(node).__name__))
            return self.algebra.suppose(compute(node, place), supposed[0][1])
        sides = self.value(node.left, place), self.value(node.right, place)
        parts = [self.algebra.suppose(self.algebra.compare(how, *sides), value) for how, value in supposed]
        found = reduce(self.algebra.both, parts)
        return self.algebra.negate(found) if node.operator == "!=" else found

    def _truths_of_steps(self, node: t.Condition, rows: Place) -> T:
        steps = steps_of(rows, self.algebra.opening, self.algebra.steps)
        if not steps:
            return self.algebra.truth("false")
        return self.algebra.stack([self.holds(node, Place("step", step)) for step in steps], rows)

    def _holds_always(self, _node: t.Always, _place: Place) -> T:
        return self.algebra.truth("true")

    def _holds_compare(self, node: t.Compare, place: Place) -> T:
        return self.algebra.compare(node.operator, self.value(node.left, place), self.value(node.right, place))

    def _holds_oneof(self, node: t.OneOf, place: Place) -> T:
        return self.algebra.one_of(self.value(node.of, place), node.words)

    def _holds_known(self, node: t.Known, place: Place) -> T:
        if self.base is not None:  # what is supposed is not known
            return self.base.holds(node, place)
        return self.algebra.known(self.value(node.of, place))

    def _holds_all(self, node: t.All, place: Place) -> T:
        found = self.algebra.truth("true")
        for part in node.of:
            if self.algebra.settles(found, "false"):
                break
            found = self.algebra.both(found, self.holds(part, place))
        return found

    def _holds_some(self, node: t.Some, place: Place) -> T:
        found = self.algebra.truth("false")
        for part in node.of:
            if self.algebra.settles(found, "true"):
                break
            found = self.algebra.either(found, self.holds(part, place))
        return found

    def _holds_not(self, node: t.Not, place: Place) -> T:
        return self.algebra.negate(self.holds(node.of, place))

    def _holds_rule(self, node: t.Rule, place: Place) -> T:
        home = self._home(node.level, place)
        given: T | None = self.algebra.given(node.name, home)
        if given is None:
            layer = self.criterion.course if home == COURSE else self.criterion.steps
            given = self.holds(layer.conditions[node.name], home)
        return self._spread(given, home, place)

    def _holds_quantified(self, node: t.Quantified, place: Place) -> T:
        rows = self.rows_of(node.over, place)
        found = self.among(node.over, rows)
        if node.has is not None and not self.algebra.settles(found, "false"):
            has = self.holds(node.has, rows)
            found = self.algebra.both(found, has if node.how == "any" else self.algebra.negate(has))
        found = self.algebra.some(found, rows)
        if node.has is not None and node.how == "every":
            found = self.algebra.negate(found)
        return self.algebra.with_baseline(found, place) if node.over.frozen else found

    def _holds_earlier(self, node: t.Earlier | t.Later | t.Adjacent, place: Place) -> T:
        home = place if place.step < 0 else Place("step", place.step)
        if home != place:
            return self._spread(self.holds(node, home), home, place)
        if isinstance(node, t.Adjacent):
            return self._lookout.adjacent(node, place)
        return self._lookout.earlier(node, place) if isinstance(node, t.Earlier) else self._lookout.later(node, place)

    def looks(self, node: t.Earlier | t.Later, place: Place) -> Iterator[Look[T]]:
        """Yield what a condition on other steps finds at each of them, the nearest first."""
        return self._lookout.looks(node, place)

    _holds_later = _holds_earlier
    _holds_adjacent = _holds_earlier

    def _holds_seen(self, node: t.Seen, _place: Place) -> T:
        return self._patterns.seen(node)

    # --- classes ----------------------------------------------------------------------------------------------------
    def decision(self, ladder: str, place: Place) -> Decision:
        """Return what a ladder of the step or of the course gave at a place."""
        layer = self.criterion.course if place == COURSE else self.criterion.steps
        return self.climb(layer.ladders[ladder], place)

    def climb(self, ladder: t.Ladder, place: Place) -> Decision:
        """Return what a ladder gives at a place."""
        key = (id(ladder), place)
        if key not in self.memo:
            whens = self._whens(ladder, place)
            self.memo[key] = self._by_cases(ladder, place) or self.algebra.decide(whens, ladder, place)
        found: Decision = self.memo[key]
        return found

    def _whens(self, ladder: t.Ladder, place: Place) -> list[T]:
        """Return what the rungs of a ladder ask; below one that is sure to hold, none is asked."""
        found: list[T] = []
        settled = False
        for clause in ladder.clauses:
            found.append(self.algebra.truth("false") if settled else self.holds(clause.when, place))
            settled = settled or self.algebra.settles(found[-1], "true")
        return found

    def _by_cases(self, ladder: t.Ladder, place: Place) -> Decision | None:
        """Return what a ladder gives whatever its shared statements are that nobody knows; None if all are known."""
        if self.case is not None:
            return None
        found = self._shared(ladder)
        open_ = [at for at, chain in enumerate(found.chains) if self._is_open(chain, place)]
        if not open_:
            return None
        walks = (Walk(self.criterion, self.algebra, case=case, base=self) for case in cases(found, open_, place))
        return self.algebra.united((walk.climb(ladder, place) for walk in walks), ladder)

    def _shared(self, ladder: t.Ladder) -> Shared:
        key = id(ladder)
        if key not in self._shared_of:
            self._shared_of[key] = shared(ladder, self.criterion.steps)
        return self._shared_of[key]

    def _is_open(self, chain: Chain, place: Place) -> bool:
        truths = (self.holds(one, place) for one in chain.statements)
        return any(self.algebra.suppose(truth, "true") is not truth for truth in truths)

    def run(self) -> None:
        """Walk all of time: the classes of every step in order, then those of the course."""
        for place in self.step_places():
            for name in self.criterion.steps.ladders:
                self.decision(name, place)
        for name in self.criterion.course.ladders:
            self.decision(name, COURSE)


@cache
def _class_of(ladder: str) -> t.Given:
    """Return the node that asks for the class of a ladder, the same one for all walks."""
    return t.Given(Where(""), ladder, t.Kind("label"), ladder)


@cache
def _method(prefix: str, node: str) -> str:
    """Return the name of the method for a type of node."""
    return prefix + node.lower()
