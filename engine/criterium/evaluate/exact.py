"""The exact algebra: one course, rational numbers, three-valued, every value kept for the trace.

A number is a pair of bounds, None where there is no bound; a truth is a pair of what must and what may hold; a word is a text or
None. At the rows of a place a value is a list with one entry a row. It shares nothing with the columns but the meaning, so
that each tests the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from criterium.evaluate.algebra import Decision, Place
from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Frame

Bound = Fraction | None


@dataclass(frozen=True, slots=True)
class Number:
    """Between `low` and `high`; None is no bound. Known if both are the same."""

    low: Bound
    high: Bound

    def __str__(self) -> str:
        if self.low is not None and self.low == self.high:
            return spoken(self.low)
        if self.low is None and self.high is None:
            return "missing"
        return f"at least {spoken(self.low)}" if self.high is None and self.low is not None else f"{self.low}..{self.high}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must and what may hold."""

    must: bool
    may: bool

    def __str__(self) -> str:
        return "true" if self.must else "unknown" if self.may else "false"


TRUE, FALSE, UNKNOWN = Verdict(True, True), Verdict(False, False), Verdict(False, True)
MISSING = Number(None, None)


def spoken(number: Fraction) -> str:
    """Return a number as people write it: up to four decimals, no trailing zeros."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".")


def _each(join: Callable[..., Any], *values: Any) -> Any:
    """Return `join` of the values; of each row where one of them is a list."""
    lengths = [len(value) for value in values if isinstance(value, list)]
    if not lengths:
        return join(*values)
    rows = [value if isinstance(value, list) else [value] * lengths[0] for value in values]
    return [join(*row) for row in zip(*rows, strict=True)]


@dataclass
class Exact:
    """The algebra over the course number `index` of a frame."""

    frame: Frame
    index: int
    override: Mapping[tuple[str, Place], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = sum(1 for size in self.frame.sizes if size > self.index)
        self.opening = self.frame.opening

    # --- places -----------------------------------------------------------------------------------------------------
    def _rows(self, place: Place) -> list[int]:
        if not place.table:
            members = self.frame.members
            assert members is not None
            return list(range(int(members.offsets[self.index]), int(members.offsets[self.index + 1])))
        rows = self.frame.beside[place.table]
        mine = range(int(rows.offsets[self.index]), int(rows.offsets[self.index + 1]))
        return [row for row in mine if place.step < 0 or int(rows.step[row]) == place.step]

    def carry(self, value: Any, _to: Place) -> Any:
        return value

    def spread(self, value: Any, to: Place) -> Any:
        return [value] * len(self._rows(to)) if to.level == "row" else value

    def pad(self, value: Any, _fill: Any) -> Any:
        return value

    # --- leaves -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Number:
        return Number(value, value)

    def word(self, word: str) -> str:
        return word

    def missing(self, _place: Place) -> Any:
        return MISSING

    def truth(self, value: Literal["true", "false", "unknown"]) -> Verdict:
        return {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}[value]

    def present(self, _place: Place) -> Verdict:
        return TRUE

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
        assert self.frame.members is not None
        return self.frame.members.fields[place.step].get(name)

    # --- values -----------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Any, right: Any) -> Any:
        return _each({"+": _plus, "-": _minus, "*": _times, "/": _over}[operator], left, right)

    def change(self, direction: str, scale: str, now: Any, reference: Any) -> Any:
        return _each(lambda one, base: _change(direction, scale, one, base), now, reference)

    def known_extreme(self, how: Literal["earliest", "latest"], one: Any, other: Any) -> Any:
        pick = min if how == "earliest" else max

        def join(left: Number, right: Number) -> Number:
            values = [value.low for value in (left, right) if _known(value) and value.low is not None]
            return Number(pick(values), pick(values)) if values else MISSING

        return _each(join, one, other)

    def first_known(self, one: Any, other: Any) -> Any:
        return _each(lambda left, right: left if _known(left) else right if _known(right) else _nothing(left, right), one, other)

    def choose(self, options: Sequence[tuple[Any, Any]], _place: Place) -> Any:
        flat = [part for option in options for part in option]
        words = any(isinstance(value, str) for value in _flattened(flat[1::2]))
        return _each(lambda *parts: _choice(parts[::2], parts[1::2], words=words), *flat)

    # --- truths -----------------------------------------------------------------------------------------------------
    def compare(self, operator: str, left: Any, right: Any) -> Any:
        return _each(lambda one, other: _compare(operator, one, other), left, right)

    def one_of(self, value: Any, words: tuple[str, ...]) -> Any:
        wanted = {word.lower() for word in words}

        def join(word: str | None) -> Verdict:
            if not isinstance(word, str):
                return UNKNOWN
            return TRUE if word.lower() in wanted else FALSE

        return _each(join, value)

    def known(self, value: Any) -> Any:
        return _each(lambda one: TRUE if _known(one) else FALSE, value)

    def both(self, one: Any, other: Any) -> Any:
        return _each(lambda a, b: Verdict(a.must and b.must, a.may and b.may), one, other)

    def either(self, one: Any, other: Any) -> Any:
        return _each(lambda a, b: Verdict(a.must or b.must, a.may or b.may), one, other)

    def negate(self, one: Any) -> Any:
        return _each(lambda a: Verdict(not a.may, not a.must), one)

    # --- rows -------------------------------------------------------------------------------------------------------
    def belongs(self, place: Place, over: t.Collection) -> Any:
        rows = self._rows(place)
        if place.table:
            return [TRUE] * len(rows)
        members = self.frame.members
        assert members is not None
        belongs = members.frozen if over.frozen else members.present[place.step]
        return [TRUE if belongs[row] else FALSE for row in rows]

    def with_baseline(self, truth: Any, _place: Place) -> Any:
        return truth if bool(self.frame.has_baseline[self.index]) else UNKNOWN

    def total(self, value: Any, among: Any, place: Place) -> Number:
        pairs = self._pairs(value, among, place)
        if not any(belongs.must for _, belongs in pairs):
            return MISSING
        low: Bound = Fraction(0)
        high: Bound = Fraction(0)
        for one, belongs in pairs:
            if belongs.may:
                least, most = (one.low, one.high) if belongs.must else (_least(one.low), _most(one.high))
                low = None if low is None or least is None else low + least
                high = None if high is None or most is None else high + most
        return Number(low, high)

    def _pairs(self, value: Any, among: Any, place: Place) -> list[tuple[Any, Verdict]]:
        count = len(self._rows(place))
        values = value if isinstance(value, list) else [value] * count
        belongs = among if isinstance(among, list) else [among] * count
        return list(zip(values, belongs, strict=True))

    def number(self, among: Any, place: Place) -> Number:
        belongs = [one for _, one in self._pairs(MISSING, among, place)]
        return Number(Fraction(sum(one.must for one in belongs)), Fraction(sum(one.may for one in belongs)))

    def pick(self, how: str, value: Any, _dates: Any, among: Any, place: Place) -> Any:
        pairs = [(one, belongs) for one, belongs in self._pairs(value, among, place) if belongs.may]
        if how in {"first", "last"}:
            one, belongs = pairs[0 if how == "first" else -1] if pairs else (MISSING, TRUE)
            return one if belongs.must else _nothing(one, one)
        best = max if how == "highest" else min
        sure = [bound for one, belongs in pairs if belongs.must and (bound := one.low if how == "highest" else one.high) is not None]
        far = [one.high if how == "highest" else one.low for one, _ in pairs]
        near = best(sure) if sure else None
        edge = None if None in far or not far else best(far)
        return Number(near, edge) if how == "highest" else Number(edge, near)

    def some(self, truth: Any, place: Place) -> Verdict:
        rows = [one for _, one in self._pairs(MISSING, truth, place)]
        return Verdict(any(one.must for one in rows), any(one.may for one in rows))

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
    entered = Fraction(Decimal(repr(number)))
    return Number(entered, entered)


def _known(value: Any) -> bool:
    if isinstance(value, Number):
        return value.low is not None and value.low == value.high
    return value is not None


def _nothing(one: Any, other: Any) -> Any:
    return None if isinstance(one, str) or isinstance(other, str) or one is None else MISSING


def _least(bound: Bound) -> Bound:
    return None if bound is None else min(bound, Fraction(0))


def _most(bound: Bound) -> Bound:
    return None if bound is None else max(bound, Fraction(0))


def _plus(one: Number, other: Number) -> Number:
    low = None if one.low is None or other.low is None else one.low + other.low
    high = None if one.high is None or other.high is None else one.high + other.high
    return Number(low, high)


def _minus(one: Number, other: Number) -> Number:
    return _plus(one, Number(_negative(other.high), _negative(other.low)))


def _negative(bound: Bound) -> Bound:
    return None if bound is None else -bound


def _times(one: Number, other: Number) -> Number:
    bounds = (one.low, one.high, other.low, other.high)
    if one.low is not None and other.low is not None and one.low >= 0 and other.low >= 0:
        high = None if one.high is None or other.high is None else one.high * other.high
        return Number(one.low * other.low, high)
    if any(bound is None for bound in bounds):
        return MISSING
    corners = [a * b for a in (one.low, one.high) for b in (other.low, other.high) if a is not None and b is not None]
    return Number(min(corners), max(corners))


def _over(one: Number, other: Number) -> Number:
    if not _known(other) or other.low is None or other.low == 0:
        return MISSING
    return _times(one, Number(1 / other.low, 1 / other.low))


def _change(direction: str, scale: str, now: Number, base: Number) -> Number:
    if not _known(base) or base.low is None:
        return MISSING
    low, high = (_changed(direction, scale, bound, base.low) for bound in (now.low, now.high))
    return Number(low, high) if direction == "rise" else Number(high, low)


def _changed(direction: str, scale: str, now: Bound, base: Fraction) -> Bound:
    if now is None:
        return None
    gap = now - base if direction == "rise" else base - now
    if scale == "absolute":
        return gap
    if base == 0:
        return Fraction(0) if now == 0 else None
    return 100 * gap / base


def _compare(operator: str, one: Number, other: Number) -> Verdict:
    if operator in {"=", "!="}:
        up, down = _compare(">=", one, other), _compare("<=", one, other)
        same = Verdict(up.must and down.must, up.may and down.may)
        return same if operator == "=" else Verdict(not same.may, not same.must)
    if operator in {"<", "<="}:
        return _compare(">" if operator == "<" else ">=", other, one)
    strict = operator == ">"
    return Verdict(_reaches(one.low, other.high, strict=strict), not _reaches(other.low, one.high, strict=not strict))


def _reaches(one: Bound, other: Bound, *, strict: bool) -> bool:
    if one is None or other is None:
        return False
    return one > other if strict else one >= other


def _flattened(values: Sequence[Any]) -> list[Any]:
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def _choice(whens: Sequence[Verdict], values: Sequence[Any], *, words: bool) -> Any:
    candidates: list[Any] = []
    settled = False
    for when, value in zip(whens, values, strict=True):
        if when.may:
            candidates.append(value)
        if when.must:
            settled = True
            break
    if not settled:
        candidates.append(None if words else MISSING)
    if words:
        found = {one if isinstance(one, str) else None for one in candidates}
        return found.pop() if len(found) == 1 else None
    lows, highs = [one.low for one in candidates], [one.high for one in candidates]
    return Number(None if None in lows else min(lows), None if None in highs else max(highs))
