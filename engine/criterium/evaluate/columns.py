"""The algebra of columns: one numpy array for all patients at a place. No loop over patients or rows.

A number is a pair of bounds, `low` and `high`; where both are the same array the values are known, NaN being a missing one.
A truth is a pair too: what `must` hold and what `may` hold. Bounds are exact on the decimals that were entered because two
numbers within `SLACK` of each other are equal; this is the one place that decides it. A number entered with up to nine
significant digits cannot come nearer to a threshold than that without being on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from criterium.evaluate.algebra import Decision, Place
from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Beside, Frame

SLACK = 1e-9
Floats = Any  # a float64 array, or one float for all
Bools = Any  # a bool array, or one numpy bool for all
YES, NO = np.True_, np.False_


@dataclass(frozen=True, slots=True)
class Num:
    """Bounds of a number; `whole` if nothing is missing; `floor` is what a missing value cannot be below."""

    low: Floats
    high: Floats
    whole: bool
    floor: float | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """Words by code; -1 is a missing one."""

    codes: Any
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What must hold and what may hold; the same array if nothing is unknown."""

    must: Bools
    may: Bools


TRUE, FALSE, UNKNOWN = Truth(YES, YES), Truth(NO, NO), Truth(NO, YES)
MISSING = Num(np.float64(np.nan), np.float64(np.nan), False)


@dataclass
class Columns:
    """The algebra over one frame; `override` gives measures and conditions of examples by name and step."""

    frame: Frame
    override: Mapping[tuple[str, Place], Num | Word | Truth] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = len(self.frame.sizes)
        self.opening = self.frame.opening
        self._rows: dict[Place, Beside] = {}

    # --- places -----------------------------------------------------------------------------------------------------
    def size(self, place: Place) -> int:
        """Return how many values a place has."""
        if place.level == "course":
            return self.frame.size
        if place.level == "step":
            return self.frame.sizes[place.step]
        if not place.table:
            return self._members.sizes[place.step]
        return len(self.beside(place).owner)

    @property
    def _members(self) -> Any:
        return self.frame.members

    def beside(self, place: Place) -> Beside:
        """Return the rows of another table at a place."""
        if place not in self._rows:
            rows = self.frame.beside[place.table]
            self._rows[place] = rows if place.step < 0 else rows.at(place.step, self.frame.sizes[place.step])
        return self._rows[place]

    def _owner(self, place: Place) -> Any:
        if not place.table:
            return self._members.owner[: self._members.sizes[place.step]]
        return self.beside(place).owner

    def _offsets(self, place: Place) -> Any:
        if not place.table:
            return self._members.offsets[: self.frame.sizes[place.step] + 1]
        return self.beside(place).offsets

    def carry(self, value: Any, to: Place) -> Any:
        count = self.size(to)
        return _mapped(value, lambda array: array[:count])

    def spread(self, value: Any, to: Place) -> Any:
        if to.level == "step":
            return self.carry(value, to)
        owner = self._owner(to)
        return _mapped(value, lambda array: array[owner])

    def pad(self, value: Any, fill: Any) -> Any:
        if isinstance(value, Truth):
            must = _padded(value.must, self.frame.size, bool(fill.must))
            return Truth(must, must if value.may is value.must else _padded(value.may, self.frame.size, bool(fill.may)))
        if isinstance(value, Word):
            return Word(_padded(value.codes, self.frame.size, -1), value.words)
        filler = np.nan if fill is None else fill.low
        whole = value.whole and (fill is not None or _length(value.low) == self.frame.size)
        low = _padded(value.low, self.frame.size, filler)
        return Num(low, low if value.high is value.low else _padded(value.high, self.frame.size, filler), whole, value.floor)

    # --- leaves -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Num:
        number = np.float64(float(value))
        return Num(number, number, True, float(value))

    def word(self, word: str) -> Word:
        return Word(np.int64(0), (word,))

    def missing(self, _place: Place) -> Num:
        return MISSING

    def truth(self, value: Literal["true", "false", "unknown"]) -> Truth:
        return {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}[value]

    def present(self, place: Place) -> Truth:
        everyone = np.ones(self.size(place), dtype=bool)
        return Truth(everyone, everyone)

    def given(self, name: str, place: Place) -> Num | Word | Truth | None:
        return self.override.get((name, place)) if self.override else None

    def field(self, node: t.Field, place: Place) -> Num | Word:
        return self._read(self._column(node.name, place), node, place)

    def _column(self, name: str, place: Place) -> Values | None:
        if place.level == "course":
            return self.frame.start if name == "start" else self.frame.courses.get(name)
        if place.level == "step":
            return self.frame.steps[place.step].get(name)
        if not place.table:
            found: Values | None = self._members.fields[place.step].get(name)
            return found
        return self.beside(place).fields.get(name)

    def _read(self, column: Values | None, node: t.Field, place: Place) -> Num | Word:
        if column is None:
            if node.kind.sort in {"label", "truth"}:
                return Word(np.full(self.size(place), -1), ())
            return Num(*[np.full(self.size(place), np.nan)] * 2, False, _floor(node))
        if isinstance(column, Labels):
            return Word(column.codes, column.words)
        return Num(column, column, not np.isnan(column).any(), _floor(node))

    # --- values -----------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Num, right: Num) -> Num:
        if operator in {"+", "-"}:
            left, right = _explicit(left), _explicit(right)
        if operator == "+":
            return _bounds(np.add, left, right, left, right, None)
        if operator == "-":
            flipped = Num(right.high, right.low, right.whole)
            return _bounds(np.subtract, left, flipped, left, right, None)
        if operator == "*":
            return self._product(left, right)
        return self._product(left, _inverse(right))

    def _product(self, left: Num, right: Num) -> Num:
        floor = _product_floor(left, right)
        if _point(left) and _point(right):
            return _bounds(np.multiply, left, right, left, right, floor)
        corners = [one * other for one in (left.low, left.high) for other in (right.low, right.high)]
        if floor is not None and floor >= 0:
            return Num(corners[0], corners[3], False, floor)
        return Num(reduce(np.minimum, corners), reduce(np.maximum, corners), False, floor)

    def change(self, direction: str, scale: str, now: Num, reference: Num) -> Num:
        base, now = _known_values(reference), _explicit(now)
        whole = now.whole and reference.whole
        one = _change(direction, scale, now.low, base)
        if now.high is now.low:
            return Num(one, one, whole and (scale == "absolute" or not np.isnan(one).any()))
        other = _change(direction, scale, now.high, base)
        return Num(*((one, other) if direction == "rise" else (other, one)), False)

    def known_extreme(self, how: Literal["earliest", "latest"], one: Num, other: Num) -> Num:
        join = np.fmin if how == "earliest" else np.fmax
        found = join(_known_values(one), _known_values(other))
        return Num(found, found, one.whole or other.whole)

    def first_known(self, one: Any, other: Any) -> Any:
        if isinstance(one, Word):
            return _merged_words([(TRUE, other)], one)
        if isinstance(other, Word):
            return other
        first = _known_values(one)
        found = first if one.whole else np.where(np.isnan(first), _known_values(other), first)
        return Num(found, found, one.whole or other.whole)

    def choose(self, options: Sequence[tuple[Truth, Any]], place: Place) -> Any:
        if any(isinstance(value, Word) for _, value in options):
            empty = Word(np.full(self.size(place), -1), ())
            return _merged_words([(when, value) for when, value in options if isinstance(value, Word)], empty)
        low = high = np.full(self.size(place), np.nan)
        for when, value in reversed(options):
            same = high is low and value.high is value.low and when.may is when.must
            new = _chosen(when, value.low, low, np.minimum)
            high = new if same else _chosen(when, value.high, high, np.maximum)
            low = new
        complete = options[-1][0].must is YES and all(value.whole for _, value in options)
        whole = complete and all(when.may is when.must for when, _ in options)
        return Num(low, high, whole, _least_floor([value for _, value in options]))

    # --- truths -----------------------------------------------------------------------------------------------------
    def compare(self, operator: str, left: Num, right: Num) -> Truth:
        if operator in {"=", "!="}:
            same = self.both(self.compare(">=", left, right), self.compare("<=", left, right))
            return same if operator == "=" else self.negate(same)
        if operator in {"<", "<="}:
            return self.negate(self.compare(">=" if operator == "<" else ">", left, right))
        left, right = _raised(left, right), _raised(right, left)
        reach = _at_least if operator == ">=" else _above
        must = reach(left.low, right.high)
        if left.whole and right.whole:
            return Truth(must, must)
        other = _above if operator == ">=" else _at_least
        return Truth(must, ~other(right.low, left.high))

    def one_of(self, value: Word, words: tuple[str, ...]) -> Truth:
        wanted = {word.lower() for word in words}
        table = np.array([word.lower() in wanted for word in value.words] + [False])
        must = table[value.codes]
        if np.all(value.codes >= 0):
            return Truth(must, must)
        return Truth(must, must | (value.codes < 0))

    def known(self, value: Num | Word) -> Truth:
        if isinstance(value, Word):
            found = np.asarray(value.codes) >= 0
        elif value.whole:
            return TRUE
        else:
            found = np.asarray(value.low == value.high)
        return Truth(found, found)

    def both(self, one: Truth, other: Truth) -> Truth:
        if one is TRUE or other is FALSE:
            return other
        if other is TRUE or one is FALSE:
            return one
        must = one.must & other.must
        return Truth(must, must if _certain(one) and _certain(other) else one.may & other.may)

    def either(self, one: Truth, other: Truth) -> Truth:
        if one is FALSE or other is TRUE:
            return other
        if other is FALSE or one is TRUE:
            return one
        must = one.must | other.must
        return Truth(must, must if _certain(one) and _certain(other) else one.may | other.may)

    def negate(self, one: Truth) -> Truth:
        if one is TRUE or one is FALSE:
            return FALSE if one is TRUE else TRUE
        must = ~one.may
        return Truth(must, must if _certain(one) else ~one.must)

    # --- rows -------------------------------------------------------------------------------------------------------
    def belongs(self, place: Place, over: t.Collection) -> Truth:
        if place.table:
            return TRUE
        count = self._members.sizes[place.step]
        found = self._members.frozen[:count] if over.frozen else self._members.present[place.step]
        return TRUE if found.all() else Truth(found, found)

    def with_baseline(self, truth: Truth, place: Place) -> Truth:
        has = self.frame.has_baseline[: self.size(place)]
        return truth if has.all() else Truth(truth.must & has, truth.may | ~has)

    def total(self, value: Num, among: Truth, place: Place) -> Num:
        offsets = self._offsets(place)
        low, high = (np.broadcast_to(bound, self.size(place)) for bound in (value.low, value.high))
        if not value.whole and value.floor is not None:
            low = np.where(np.isnan(low), value.floor, low)
        if among is not TRUE:
            outside = not _certain(among)
            low = np.where(among.must, low, np.minimum(low, 0.0) * among.may if outside else 0.0)
            high = np.where(among.must, high, np.where(among.may, np.maximum(high, 0.0), 0.0) if outside else 0.0)
        empty = self._empty(among, offsets)
        least = np.where(empty, np.nan, _segments(np.add, low, offsets, 0.0)) if empty is not None else _segments(np.add, low, offsets, 0.0)
        if value.whole and _certain(among):
            return Num(least, least, empty is None)
        most = _segments(np.add, high, offsets, 0.0)
        return Num(least, most if empty is None else np.where(empty, np.nan, most), False)

    def _empty(self, among: Truth, offsets: Any) -> Any:
        """Return which segments may have no row at all; None if none is empty."""
        counts = np.diff(offsets) if among is TRUE else _segments(np.add, among.must.astype(np.int64), offsets, 0)
        empty = counts == 0
        return empty if empty.any() else None

    def number(self, among: Truth, place: Place) -> Num:
        offsets = self._offsets(place)
        if among is TRUE:
            count = np.diff(offsets).astype(float)
            return Num(count, count, True, 0.0)
        low, high = (self._count(bound, place, offsets) for bound in (among.must, among.may))
        return Num(low, low, True, 0.0) if _certain(among) else Num(low, high, False, 0.0)

    def _count(self, rows: Bools, place: Place, offsets: Any) -> Any:
        return _segments(np.add, np.broadcast_to(rows, self.size(place)).astype(float), offsets, 0.0)

    def pick(self, how: str, value: Any, dates: Any, among: Truth, place: Place) -> Any:
        offsets, size = self._offsets(place), self.size(place)
        must, may = (np.broadcast_to(bound, size) for bound in (among.must, among.may))
        if how in {"first", "last"}:
            return self._end(how, value, must, may, offsets)
        sign = 1.0 if how == "highest" else -1.0
        bounds = (value.low, value.high) if how == "highest" else (value.high, value.low)
        near, far = (sign * np.broadcast_to(bound, size) for bound in bounds)
        low = _segments(np.maximum, np.where(must & ~np.isnan(near), near, -np.inf), offsets, -np.inf)
        high = _segments(np.maximum, np.where(may, np.where(np.isnan(far), np.inf, far), -np.inf), offsets, -np.inf)
        nothing = ~np.isfinite(high) & (high < 0)
        low, high = np.where(np.isfinite(low), low, np.nan), np.where(np.isfinite(high), high, np.nan)
        ordered = (low, high) if how == "highest" else (-high, -low)
        same = bool(np.all((low == high) | nothing))
        return Num(ordered[0], ordered[0] if same else ordered[1], same and not nothing.any())

    def _end(self, how: str, value: Any, must: Any, may: Any, offsets: Any) -> Any:
        """Return the value of the first or last row of each segment; missing where it is unknown which row that is."""
        count = len(may)
        index = np.arange(count)
        if how == "first":
            at = _segments(np.minimum, np.where(may, index, count), offsets, count)
            found = at < count
        else:
            at = _segments(np.maximum, np.where(may, index, -1), offsets, -1)
            found = at >= 0
        at = np.where(found, at, 0)
        found = found & (must[at] if count else NO)
        if isinstance(value, Word):
            codes = np.broadcast_to(value.codes, count)
            return Word(np.where(found, codes[at] if count else -1, -1), value.words)
        low, high = (np.broadcast_to(bound, count) for bound in (value.low, value.high))
        picked = [np.where(found, bound[at] if count else np.nan, np.nan) for bound in (low, high)]
        same = value.high is value.low
        return Num(picked[0], picked[0] if same else picked[1], value.whole and bool(found.all()), value.floor)

    def some(self, truth: Truth, place: Place) -> Truth:
        if truth is FALSE:
            return FALSE
        offsets, size = self._offsets(place), self.size(place)
        must = _segments(np.logical_or, np.broadcast_to(truth.must, size), offsets, False)
        if _certain(truth):
            return Truth(must, must)
        return Truth(must, _segments(np.logical_or, np.broadcast_to(truth.may, size), offsets, False))

    # --- classes ----------------------------------------------------------------------------------------------------
    def decide(self, whens: Sequence[Truth], ladder: t.Ladder, place: Place) -> Decision:
        labels = ladder.labels
        size = self.size(place)
        clause = np.full(size, -1, dtype=np.int16)
        possible = np.zeros(size, dtype=np.uint64)
        reach = np.ones(size, dtype=bool)
        for at, when in enumerate(whens):
            hit = reach & when.may
            possible[hit] |= np.uint64(1 << labels.index(ladder.clauses[at].label))
            clause[hit & (clause < 0)] = at
            reach &= ~when.must
            if not reach.any():
                break
        codes = np.full(size, len(labels) - 1, dtype=np.int8)
        for code in range(len(labels)):
            codes[possible == np.uint64(1 << code)] = code
        return Decision(Word(codes, labels), clause, possible)


def _mapped(value: Any, change: Any) -> Any:
    """Return a value with its arrays changed; what is one number for all stays, and what was one array stays one."""

    def apply(array: Any) -> Any:
        return change(array) if np.ndim(array) else array

    if isinstance(value, Truth):
        must = apply(value.must)
        same = value.may is value.must
        return value if must is value.must and same else Truth(must, must if same else apply(value.may))
    if isinstance(value, Word):
        return Word(apply(value.codes), value.words)
    low = apply(value.low)
    return Num(low, low if value.high is value.low else apply(value.high), value.whole, value.floor)


def _padded(array: Any, size: int, fill: Any) -> Any:
    if _length(array) == size:
        return array
    array = np.atleast_1d(array)
    out = np.full(size, fill, dtype=array.dtype)
    out[: len(array)] = array
    return out


def _length(array: Any) -> int:
    return len(array) if np.ndim(array) else -1


def _segments(join: Any, values: Any, offsets: Any, empty: Any) -> Any:
    """Return `join` of the values between consecutive offsets, `empty` where there is none."""
    starts, ends = offsets[:-1], offsets[1:]
    filled = ends > starts
    if filled.all() and len(starts):
        return join.reduceat(values, starts)
    out = np.full(len(starts), empty, dtype=np.asarray(values).dtype)
    if filled.any():
        out[filled] = join.reduceat(values, starts[filled])
    return out


def _floor(node: t.Field) -> float | None:
    return None if node.least is None else float(node.least)


def _point(value: Num) -> bool:
    return value.high is value.low


def _certain(truth: Truth) -> bool:
    return truth.may is truth.must


def _bounds(join: Any, left: Num, right: Num, one: Num, other: Num, floor: float | None) -> Num:
    low = join(left.low, right.low)
    whole = one.whole and other.whole
    if _point(one) and _point(other):
        return Num(low, low, whole, floor)
    return Num(low, join(left.high, right.high), False, floor)


def _product_floor(one: Num, other: Num) -> float | None:
    if one.floor is None or other.floor is None or one.floor < 0 or other.floor < 0:
        return None
    return one.floor * other.floor


def _explicit(value: Num) -> Num:
    """Return a value whose missing entries have their floor as a bound."""
    if value.whole or value.floor is None or not _point(value):
        return value
    return Num(np.where(np.isnan(value.low), value.floor, value.low), value.high, False)


def _least_floor(values: Sequence[Num]) -> float | None:
    floors = [value.floor for value in values]
    known = [floor for floor in floors if floor is not None]
    return min(known) if len(known) == len(floors) else None


def _known_values(value: Num) -> Any:
    """Return the values that are known, NaN elsewhere."""
    return value.low if _point(value) else np.where(value.low == value.high, value.low, np.nan)


def _inverse(value: Num) -> Num:
    with np.errstate(divide="ignore"):
        low, high = (np.where(bound == 0, np.nan, 1.0 / bound) for bound in (value.high, value.low))
    if _point(value):
        return Num(low, low, value.whole and not np.isnan(low).any(), 0.0 if (value.floor or -1.0) >= 0 else None)
    across = (value.low < 0) & (value.high > 0)
    return Num(np.where(across, np.nan, low), np.where(across, np.nan, high), False)


def _change(direction: str, scale: str, now: Any, base: Any) -> Any:
    gap = now - base if direction == "rise" else base - now
    if scale == "absolute":
        return gap
    with np.errstate(divide="ignore", invalid="ignore"):
        share = 100.0 * gap / base
    zero = base == 0
    return np.where(zero, np.where(now == 0, 0.0, np.nan), share) if np.any(zero) else share


def _at_least(one: Any, other: Any) -> Any:
    return one >= other - (SLACK + SLACK * np.abs(other))


def _above(one: Any, other: Any) -> Any:
    return one > other + (SLACK + SLACK * np.abs(other))


def _raised(value: Num, other: Num) -> Num:
    """Return a value whose missing entries are at least its floor, where that could decide a comparison with `other`."""
    if value.whole or value.floor is None or not np.any(_at_least(value.floor, other.low)):
        return value
    low = np.where(np.isnan(value.low), value.floor, value.low)
    return Num(low, value.high, False, value.floor)


def _chosen(when: Truth, value: Any, rest: Any, hull: Any) -> Any:
    if when.must is YES:
        return np.broadcast_to(value, np.shape(rest)) if np.ndim(value) == 0 else value
    if when.may is when.must:
        return np.where(when.must, value, rest)
    return np.where(when.must, value, np.where(when.may, hull(value, rest), rest))


def _merged_words(options: Sequence[tuple[Truth, Word]], otherwise: Word) -> Word:
    """Return the words of the first option that holds; missing where that is unknown."""
    words = tuple(dict.fromkeys(word for _, value in [*options, (TRUE, otherwise)] for word in value.words))
    place = {word: at for at, word in enumerate(words)}

    def recoded(value: Word) -> Any:
        table = np.array([place[word] for word in value.words] + [-1])
        return table[value.codes]

    if len(options) == 1 and options[0][0] is TRUE and len(otherwise.words):
        first, second = recoded(otherwise), recoded(options[0][1])
        return Word(np.where(first >= 0, first, second), words)
    codes = recoded(otherwise)
    for when, value in reversed(options):
        new = recoded(value)
        unsure = np.where(when.may, np.where(new == codes, new, -1), codes)
        codes = np.where(when.must, new, unsure)
    return Word(codes, words)
