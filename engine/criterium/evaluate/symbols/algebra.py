"""The algebra of symbols: one course that nobody has seen, its values terms that a solver can reason about.

The course has a fixed number of steps; what is recorded at them is open: which members and rows there are, what was
measured, every number and word. Values mean what they mean in the exact algebra (`symbolic` mirrors `rational`), so a
course that the solver finds can be replayed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

from criterium.evaluate.algebra import Contest, Decision, Place, has_steps, steps_of
from criterium.evaluate.columns.foremost import rooms
from criterium.evaluate.exact.one_course import OneCourse, each
from criterium.evaluate.symbols import candidates as c
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.solver import Bool, Real
from criterium.evaluate.symbols.symbolic import FALSE, MISSING, TRUE, UNKNOWN, ZERO, Num, Truth, Word
from criterium.evaluate.symbols.unseen import Key, Unseen
from criterium.language import tree as t


class Symbols(OneCourse):
    """The algebra over a course that nobody has seen, of which some measures may be `given`."""

    def __init__(self, unseen: Unseen, given: Mapping[tuple[str, Place], Num] | None = None) -> None:
        self.unseen, self._given = unseen, given or {}
        self.steps, self.opening = unseen.shape.steps, unseen.shape.opening

    # --- places -----------------------------------------------------------------------------------------------------
    def count(self, place: Place) -> int:
        if has_steps(place):
            return len(steps_of(place, self.opening, self.steps))
        return len(self.unseen.rows_at(place)) if place.table else len(self.unseen.shape.members)

    # --- leaves -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Num:
        return y.point(value)

    def word(self, word: str) -> Word:
        return Word({word: True})

    def missing(self, kind: t.Kind, _place: Place) -> Any:
        return Word({}) if kind.sort in {"label", "truth"} else MISSING

    def truth(self, value: Literal["true", "false", "unknown"]) -> Truth:
        return {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}[value]

    def settles(self, truth: Any, value: Literal["true", "false"]) -> bool:
        rows = truth if isinstance(truth, list) else [truth]
        return all(one.must is True if value == "true" else one.may is False for one in rows)

    def given(self, name: str, place: Place) -> Num | None:
        return self._given.get((name, place))

    def field(self, node: t.Field, place: Place) -> Any:
        if place.level == "course":
            dates = {"start": lambda: ZERO, "as_of": self.unseen.as_of}
            return y.point(dates[node.name]()) if node.name in dates else self.missing(node.kind, place)
        if place.level == "step":
            return self.unseen.value(node, Key(self.unseen.of, 0, place.step, node.name))
        if place.table:
            return [self.unseen.value(node, key._replace(column=node.name)) for key in self.unseen.rows_at(place)]
        return [self.unseen.member(node, row, place.step) for row in range(len(self.unseen.shape.members))]

    # --- values -----------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        if operator == "^":
            return each(lambda _one, _other: MISSING, left, right)
        return each({"+": y.plus, "-": y.minus, "*": self.unseen.product, "/": y.over}[operator], left, right)

    def change(self, direction: str, scale: str, now: Any, reference: Any) -> Any:
        return each(lambda one, base: y.change(direction, scale, one, base), now, reference)

    def known_extreme(self, how: Literal["earliest", "latest"], one: Any, other: Any) -> Any:
        return each(lambda left, right: c.either_known(how, left, right), one, other)

    def extreme(self, how: Literal["smaller", "larger"], one: Any, other: Any) -> Any:
        return each(lambda left, right: c.of_two(how, left, right), one, other)

    def first_known(self, one: Any, other: Any) -> Any:
        return each(_first_known, one, other)

    def choose(self, options: Sequence[tuple[Any, Any]], _place: Place) -> Any:
        flat = [part for option in options for part in option]
        return each(lambda *parts: _choice(parts[::2], parts[1::2]), *flat)

    def within(self, value: Any, low: Fraction | None, high: Fraction | None) -> Any:
        return each(lambda one: y.within(one, low, high), value)

    # --- truths -----------------------------------------------------------------------------------------------------
    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return each(lambda one, other: y.compare(operator, one, other), left, right)

    def one_of(self, value: Any, words: tuple[str, ...]) -> Any:
        wanted = {word.lower() for word in words}

        def join(word: Word) -> Truth:
            within = s.some(here for text, here in word.cases.items() if text.lower() in wanted)
            beyond = s.some(here for text, here in word.cases.items() if text.lower() not in wanted)
            return Truth(within, s.negate(beyond))

        return each(join, value)

    def known(self, value: Any) -> Any:
        return each(lambda one: y.certain(_known(one)), value)

    def both(self, one: Any, other: Any) -> Any:
        return each(lambda a, b: _joined(s.every, a, b), one, other)

    def either(self, one: Any, other: Any) -> Any:
        return each(lambda a, b: _joined(s.some, a, b), one, other)

    def negate(self, one: Any) -> Any:
        return each(_not, one)

    def suppose(self, truth: Any, value: Literal["true", "false"]) -> Any:
        if all(y.is_certain(one) for one in (truth if isinstance(truth, list) else [truth])):
            return truth
        return each(lambda one: y.certain(one.may if value == "true" else one.must), truth)

    # --- rows -------------------------------------------------------------------------------------------------------
    def belongs(self, place: Place, over: t.Collection) -> Any:
        if has_steps(place):
            return [TRUE] * self.count(place)
        if place.table:
            return [y.certain(self.unseen.row(key)) for key in self.unseen.rows_at(place)]
        step = 0 if over.frozen else place.step
        return [y.certain(self.unseen.present(row, step)) for row in range(len(self.unseen.shape.members))]

    def with_baseline(self, truth: Truth, _place: Place) -> Truth:
        has = self.unseen.has_baseline()
        return Truth(s.every([has, truth.must]), s.some([s.negate(has), truth.may]))

    def _pairs(self, value: Any, among: Any, place: Place) -> list[tuple[Any, Truth]]:
        return list(zip(self.by_row(value, place), self.by_row(among, place), strict=True))

    def total(self, value: Any, among: Any, place: Place) -> Num:
        pairs = [(one, belongs) for one, belongs in self._pairs(value, among, place) if belongs.may is not False]
        there = s.some(belongs.must for _, belongs in pairs)
        whole = reduce(y.plus, [_part(one, belongs) for one, belongs in pairs], y.point(ZERO))
        has_low, has_high = s.every([there, whole.has_low]), s.every([there, whole.has_high])
        told = None if whole.told is None else s.every([there, whole.told])
        return replace(whole, has_low=has_low, has_high=has_low if whole.whole else has_high, told=told)

    def number(self, among: Any, place: Place) -> Num:
        belongs = [one for _, one in self._pairs(MISSING, among, place)]
        low, high = (_count(bounds) for bounds in ([one.must for one in belongs], [one.may for one in belongs]))
        whole = all(y.is_certain(one) for one in belongs)
        return Num(low, low if whole else high, has_low=True, has_high=True, whole=whole, least=True)

    def pick(self, node: t.Aggregate, value: Any, dates: Any, among: Any, place: Place) -> Any:
        pairs = self._pairs(value, among, place)
        if node.how not in {"first", "last"}:
            return c.outermost(node.how, pairs)
        if not pairs:
            return self.missing(node.kind, place)
        days = [date for date, _ in self._pairs(dates, TRUE, place)]
        dated = [(one, belongs, date) for (one, belongs), date in zip(pairs, days, strict=True)]
        return _of_one_day(dated if node.how == "first" else dated[::-1])

    def some(self, truth: Any, place: Place) -> Truth:
        rows = [one for _, one in self._pairs(MISSING, truth, place)]
        return Truth(s.some(one.must for one in rows), s.some(one.may for one in rows))

    def foremost(self, rows: Contest, most: Any, place: Place) -> Any:
        def alike(one: int, other: int) -> Truth:
            return TRUE if rows.word is None else y.alike(rows.word[one], rows.word[other])

        among, held, by, limit = (self.by_row(one, place) for one in (rows.among, rows.held, rows.by, most))
        rank = range(self.count(place))
        free = rooms(self, Contest(among, held, by, None), alike, limit, rank, place)
        return self.either(rows.held, self.both(rows.among, free))

    # --- classes ----------------------------------------------------------------------------------------------------
    def decide(self, whens: Sequence[Any], ladder: t.Ladder, _place: Place) -> Decision:
        """Return the label, for each clause whether it is the first that may hold, and whether a label is possible."""
        possible: dict[str, Bool] = {}
        open_: Bool = True
        sure: Bool = True
        clauses = []
        for clause, when in zip(ladder.clauses, whens, strict=True):
            here = s.every([open_, when.may])
            possible[clause.label] = s.some([possible.get(clause.label, False), here])
            clauses.append(s.every([sure, when.may]))
            open_, sure = s.every([open_, s.negate(when.must)]), s.every([sure, s.negate(when.may)])
        return _decided(possible, clauses, ladder)

    def united(self, cases: Iterable[Decision], ladder: t.Ladder) -> Decision:
        """Return the labels that are possible in any case; the first clause of one case that may hold."""
        found = list(cases)
        possible = {label: s.some([one.possible.get(label, False) for one in found]) for label in found[0].possible}
        clauses: list[Bool] = []
        for parts in zip(*(one.clause for one in found), strict=True):
            clauses.append(s.every([s.some(parts), *(s.negate(before) for before in clauses)]))
        return _decided(possible, clauses, ladder)


def _decided(possible: Mapping[str, Bool], clauses: Sequence[Bool], ladder: t.Ladder) -> Decision:
    """Return a decision: the label where only one is possible, and the unknown one elsewhere."""
    only = {
        label: s.every([here, *(s.negate(also) for word, also in possible.items() if word != label)])
        for label, here in possible.items()
    }
    others = [here for label, here in only.items() if label != ladder.unknown]
    only[ladder.unknown] = s.negate(s.some(others))
    return Decision(Word(only), tuple(clauses), possible)


def _count(truths: Sequence[Bool]) -> Real:
    return reduce(s.plus, [s.pick(one, Fraction(1), ZERO) for one in truths], ZERO)


def _joined(join: Callable[[Sequence[Bool]], Bool], one: Truth, other: Truth) -> Truth:
    must = join([one.must, other.must])
    return y.certain(must) if y.is_certain(one) and y.is_certain(other) else Truth(must, join([one.may, other.may]))


def _not(one: Truth) -> Truth:
    return y.certain(s.negate(one.may)) if y.is_certain(one) else Truth(s.negate(one.may), s.negate(one.must))


def _known(value: Any) -> Bool:
    return y.is_known(value) if isinstance(value, Num) else s.some(value.cases.values())


def _first_known(one: Any, other: Any) -> Any:
    if isinstance(one, Word):
        known = s.some(one.cases.values())
        return c.first([(known, one), (True, other)])
    left, right = y.plain(one), y.plain(other)
    first, second = y.is_known(left), y.is_known(right)
    return y.point(s.pick(first, left.low, right.low), s.some([first, second]), least=left.least and right.least)


def _choice(whens: Sequence[Truth], values: Sequence[Any]) -> Any:
    """Return the value of the first option that holds, or what all that may hold have in common."""
    nothing: Any = MISSING if isinstance(values[0], Num) else Word({})
    if all(y.is_certain(when) for when in whens):
        pairs = [(when.must, value) for when, value in zip(whens, values, strict=True)]
        return c.chosen(pairs) if isinstance(values[0], Num) else c.first(pairs)
    open_: Bool = True
    candidates: list[tuple[Bool, Any]] = []
    for when, value in zip(whens, values, strict=True):
        candidates.append((s.every([open_, when.may]), value))
        open_ = s.every([open_, s.negate(when.must)])
    return _common([*candidates, (open_, nothing)])


def _common(candidates: Sequence[tuple[Bool, Any]]) -> Any:
    return c.hull(candidates) if isinstance(candidates[0][1], Num) else c.common(candidates)


def _part(value: Num, belongs: Truth) -> Num:
    """Return what a row adds to a sum: all of it, what it may add, or nothing."""
    if y.is_certain(belongs):
        return c.chosen([(belongs.must, value), (True, y.point(ZERO))])
    return c.chosen([(belongs.must, value), (belongs.may, c.lowest_part(value)), (True, y.point(ZERO))])


def _of_one_day(rows: Sequence[tuple[Any, Truth, Num]]) -> Any:
    """Return what the possible rows of the first day have in common; missing if it is unknown whether any belongs."""
    day, open_ = ZERO, True
    for _, belongs, date in rows:
        here = s.every([open_, belongs.may])
        day = s.pick(here, date.low, day)
        open_ = s.every([open_, s.negate(belongs.may)])
    those = [(s.every([belongs.may, s.equal(date.low, day)]), value, belongs) for value, belongs, date in rows]
    sure = s.some(s.every([here, belongs.must]) for here, _, belongs in those)
    nothing = MISSING if isinstance(rows[0][0], Num) else Word({})
    found = _common([*((here, value) for here, value, _ in those), (open_, nothing)])
    if isinstance(found, Word):
        return Word({word: s.every([sure, here]) for word, here in found.cases.items()})
    has_low, has_high = s.every([sure, found.has_low]), s.every([sure, found.has_high])
    return replace(found, has_low=has_low, has_high=has_low if found.whole else has_high, told=None)
