"""The exact algebra: one course, rational numbers, three-valued, every value kept for the trace.

A number is a pair of bounds, None where there is no bound; a truth is a pair of what must and what may hold; a word is
a text or None. At the rows of a place a value is a list with one entry a row. It shares nothing with the columns but
the meaning, so that each tests the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

from criterium.evaluate.algebra import Algebra, Contest, Decision, Place, has_steps, steps_of
from criterium.evaluate.columns.foremost import rooms
from criterium.evaluate.exact import rational
from criterium.evaluate.exact.one_course import OneCourse, each
from criterium.evaluate.exact.rational import FALSE, MISSING, TRUE, UNKNOWN, ZERO, Number, Verdict, is_known, spoken
from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Frame


def course_of(algebra: Algebra[Any, Any]) -> tuple[Frame, int]:
    """Return the frame of an exact algebra, and the number of its course there."""
    if not isinstance(algebra, Exact):
        msg = f"{type(algebra).__name__} is not about one recorded course"
        raise TypeError(msg)
    return algebra.frame, algebra.index


@dataclass
class Exact(OneCourse):
    """The algebra over the course number `index` of a frame."""

    frame: Frame
    index: int
    override: Mapping[tuple[str, Place], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = sum(1 for size in self.frame.sizes if size > self.index)
        self.opening = self.frame.opening

    # --- places -----------------------------------------------------------------------------------------------------
    def count(self, place: Place) -> int:
        return len(self._rows(place))

    def _rows(self, place: Place) -> list[int]:
        if has_steps(place):
            return list(steps_of(place, self.opening, self.steps))
        if not place.table:
            low, high = self.frame.tracked.offsets[self.index : self.index + 2]
            return list(range(int(low), int(high)))
        rows = self.frame.beside[place.table]
        low, high = rows.offsets[self.index : self.index + 2]
        if place.step >= 0:
            return [row for row in range(int(low), int(high)) if int(rows.step[row]) == place.step]
        return [row for row in range(int(low), int(high)) if bool(rows.inside[row])]

    # --- leaves -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Number:
        return rational.point(value)

    def word(self, word: str) -> str:
        return word

    def missing(self, kind: t.Kind, _place: Place) -> Any:
        return None if kind.sort in {"label", "truth"} else MISSING

    def truth(self, value: Literal["true", "false", "unknown"]) -> Verdict:
        return {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}[value]

    def settles(self, _truth: Any, _value: Literal["true", "false"]) -> bool:
        """Say no: a trace shows every condition."""
        return False

    def given(self, name: str, place: Place) -> Any:
        return self.override.get((name, place))

    def field(self, node: t.Field, place: Place) -> Any:
        column = self._column(node.name, place)
        if place.level != "row":
            return _entry(column, self.index, node)
        return [_entry(column, row, node) for row in self._rows(place)]

    def _column(self, name: str, place: Place) -> Values | None:
        if place.level == "course":
            return self.frame.start if name == "start" else self.frame.courses.get(name)
        if place.level == "step":
            return self.frame.steps[place.step].get(name)
        if place.table:
            return self.frame.beside[place.table].fields.get(name)
        return self.frame.tracked.fields[place.step].get(name)

    # --- values -----------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        joins = {"+": rational.plus, "-": rational.minus, "*": rational.times, "/": rational.over, "^": rational.power}
        join = joins[operator]
        return each(join, left, right)

    def change(self, direction: str, scale: str, now: Any, reference: Any) -> Any:
        return each(lambda one, base: rational.change(direction, scale, one, base), now, reference)

    def known_extreme(self, how: Literal["earliest", "latest"], one: Any, other: Any) -> Any:
        pick = min if how == "earliest" else max

        def join(left: Number, right: Number) -> Number:
            values = [value.low for value in (left, right) if is_known(value) and value.low is not None]
            return rational.point(pick(values)) if values else MISSING

        return each(join, one, other)

    def extreme(self, how: Literal["smaller", "larger"], one: Any, other: Any) -> Any:
        return each(lambda left, right: rational.of_two(how, left, right), one, other)

    def first_known(self, one: Any, other: Any) -> Any:
        def join(left: Any, right: Any) -> Any:
            if isinstance(left, Number):
                return left if is_known(left) else right if is_known(right) else MISSING
            return right if left is None else left

        return each(join, one, other)

    def choose(self, options: Sequence[tuple[Any, Any]], _place: Place) -> Any:
        flat = [part for option in options for part in option]
        return each(lambda *parts: _choice(parts[::2], parts[1::2]), *flat)

    def within(self, value: Any, low: Fraction | None, high: Fraction | None) -> Any:
        return each(lambda one: rational.within(one, low, high), value)

    # --- truths -----------------------------------------------------------------------------------------------------
    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return each(lambda one, other: rational.compare(operator, one, other), left, right)

    def one_of(self, value: Any, words: tuple[str, ...]) -> Any:
        wanted = {word.lower() for word in words}

        def join(word: str | None) -> Verdict:
            if word is None:
                return UNKNOWN
            return TRUE if word.lower() in wanted else FALSE

        return each(join, value)

    def known(self, value: Any) -> Any:
        return each(lambda one: TRUE if _known(one) else FALSE, value)

    def both(self, one: Any, other: Any) -> Any:
        return each(lambda a, b: Verdict(a.must and b.must, a.may and b.may), one, other)

    def either(self, one: Any, other: Any) -> Any:
        return each(lambda a, b: Verdict(a.must or b.must, a.may or b.may), one, other)

    def negate(self, one: Any) -> Any:
        return each(lambda a: Verdict(not a.may, not a.must), one)

    def suppose(self, truth: Any, value: Literal["true", "false"]) -> Any:
        rows = truth if isinstance(truth, list) else [truth]
        if all(one.must == one.may for one in rows):
            return truth
        return each(lambda a: Verdict(*((a.may, a.may) if value == "true" else (a.must, a.must))), truth)

    # --- rows -------------------------------------------------------------------------------------------------------
    def belongs(self, place: Place, over: t.Collection) -> Any:
        rows = self._rows(place)
        if place.table:
            return [TRUE] * len(rows)
        belongs = self.frame.tracked.frozen if over.frozen else self.frame.tracked.present[place.step]
        return [TRUE if belongs[row] else FALSE for row in rows]

    def with_baseline(self, truth: Any, _place: Place) -> Any:
        return truth if bool(self.frame.has_baseline[self.index]) else UNKNOWN

    def _pairs(self, value: Any, among: Any, place: Place) -> list[tuple[Any, Verdict]]:
        return list(zip(self.by_row(value, place), self.by_row(among, place), strict=True))

    def total(self, value: Any, among: Any, place: Place) -> Number:
        pairs = self._pairs(value, among, place)
        if not any(belongs.must for _, belongs in pairs):
            return MISSING
        parts = [one if belongs.must else rational.lowest_part(one) for one, belongs in pairs if belongs.may]
        return reduce(rational.plus, parts, rational.point(ZERO))

    def number(self, among: Any, place: Place) -> Number:
        belongs = [one for _, one in self._pairs(MISSING, among, place)]
        return Number(Fraction(sum(one.must for one in belongs)), Fraction(sum(one.may for one in belongs)))

    def pick(self, node: t.Aggregate, value: Any, dates: Any, among: Any, place: Place) -> Any:
        pairs = self._pairs(value, among, place)
        if node.how not in {"first", "last"}:
            return rational.extreme(node.how, pairs)
        dated = zip(pairs, self._pairs(dates, TRUE, place), strict=True)
        possible = [(one, belongs, date) for (one, belongs), (date, _) in dated if belongs.may]
        if not possible:
            return self.missing(node.kind, place)
        day = possible[0 if node.how == "first" else -1][2]
        return _of_one_day([(one, belongs) for one, belongs, date in possible if date == day])

    def some(self, truth: Any, place: Place) -> Verdict:
        rows = [one for _, one in self._pairs(MISSING, truth, place)]
        return Verdict(any(one.must for one in rows), any(one.may for one in rows))

    def foremost(self, rows: Contest, most: Any, place: Place) -> Any:
        def alike(one: int, other: int) -> Verdict:
            words = (rows.word[one], rows.word[other]) if rows.word is not None else ("", "")
            return UNKNOWN if None in words else TRUE if words[0].lower() == words[1].lower() else FALSE

        among, held, by, limit = (self.by_row(one, place) for one in (rows.among, rows.held, rows.by, most))
        names = self.frame.tracked.names
        rank = [names.words[names.codes[row]] for row in self._rows(place)]
        free = rooms(self, Contest(among, held, by, None), alike, limit, rank, place)
        return self.either(rows.held, self.both(rows.among, free))

    # --- classes ----------------------------------------------------------------------------------------------------
    def decide(self, whens: Sequence[Any], ladder: t.Ladder, _place: Place) -> Decision:
        possible: list[str] = []
        clause = -1
        for at, when in enumerate(whens):
            if when.may:
                possible.append(ladder.clauses[at].label)
                clause = at if clause < 0 else clause
            if when.must:
                break
        return _decided(possible, clause, ladder)

    def united(self, cases: Iterable[Decision], ladder: t.Ladder) -> Decision:
        order = list(dict.fromkeys(clause.label for clause in ladder.clauses))
        found = [(one.possible, one.clause) for one in cases]
        possible = {label for labels, _ in found for label in labels}
        clause = min((clause for _, clause in found if clause >= 0), default=-1)
        return _decided([label for label in order if label in possible], clause, ladder)


class Brisk(Exact):
    """The exact algebra for answers that nobody wants to have explained: what decides nothing is not looked at."""

    def settles(self, truth: Any, value: Literal["true", "false"]) -> bool:
        """Say whether a truth, or that of all rows, is `value`."""
        return all(map(_IS[value], truth)) if isinstance(truth, list) else _IS[value](truth)


def _is_true(truth: Verdict) -> bool:
    return truth.must


def _is_false(truth: Verdict) -> bool:
    return not truth.may


_IS: Mapping[str, Callable[[Verdict], bool]] = {"true": _is_true, "false": _is_false}


def _decided(possible: Sequence[str], clause: int, ladder: t.Ladder) -> Decision:
    """Return a decision by the labels that are possible, and the first clause that may hold."""
    classes = tuple(dict.fromkeys(possible))
    return Decision(classes[0] if len(classes) == 1 else ladder.unknown, clause, classes)


def _entry(column: Values | None, row: int, node: t.Field) -> Any:
    word = node.kind.sort in {"label", "truth"}
    if column is None:
        return None if word else Number(node.least, None)
    if isinstance(column, Labels):
        code = int(column.codes[row])
        return column.words[code] if code >= 0 else None
    number = float(column[row])
    if number != number:  # noqa: PLR0124 -- NaN is the missing number
        return Number(node.least, None)
    return rational.point(Fraction(Decimal(repr(number))))


def _known(value: Any) -> bool:
    return is_known(value) if isinstance(value, Number) else value is not None


def _choice(whens: Sequence[Verdict], values: Sequence[Any]) -> Any:
    """Return the value of the first option that holds, or what all that may hold have in common."""
    candidates: list[Any] = []
    for when, value in zip(whens, values, strict=True):
        if when.may:
            candidates.append(value)
        if when.must:
            break
    else:
        candidates.append(MISSING if isinstance(values[0], Number) else None)
    return _common(candidates)


def _of_one_day(pairs: Sequence[tuple[Any, Verdict]]) -> Any:
    """Return what the rows of one day have in common; missing if it is unknown whether any of them belongs."""
    values = [one for one, _ in pairs]
    if not any(belongs.must for _, belongs in pairs):
        return MISSING if isinstance(values[0], Number) else None
    return _common(values)


def _common(candidates: Sequence[Any]) -> Any:
    if isinstance(candidates[0], Number):
        return rational.hull(candidates)
    return candidates[0] if len(set(candidates)) == 1 else None


__all__ = ["FALSE", "MISSING", "TRUE", "UNKNOWN", "Brisk", "Exact", "Number", "Verdict", "spoken"]
