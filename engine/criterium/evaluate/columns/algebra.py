"""The algebra of columns: one numpy array for all patients at a place. No loop over patients or rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from criterium.evaluate.algebra import Algebra, Contest, Decision, Place, has_steps, steps_of
from criterium.evaluate.columns import bounds, groups, kleene
from criterium.evaluate.columns.bounds import MISSING, Num, explicit, is_point
from criterium.evaluate.columns.deciding import decided, united
from criterium.evaluate.columns.extending import extended
from criterium.evaluate.columns.foremost import ranks, room
from criterium.evaluate.columns.kleene import FALSE, TRUE, UNKNOWN, YES, Truth, Word, is_certain
from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Beside, Frame, Integers

NO_WORD = Word(np.int64(-1), ())


def in_columns(algebra: Algebra[Any, Any]) -> Columns:
    """Return an algebra that is one of columns."""
    if not isinstance(algebra, Columns):
        msg = f"{type(algebra).__name__} does not compute with columns"
        raise TypeError(msg)
    return algebra


@dataclass
class Columns:
    """The algebra over one frame.

    `override` gives measures and conditions of examples by name and step, and parameters that differ from course to
    course by name and `COURSE`.
    """

    frame: Frame
    override: Mapping[tuple[str, Place], Num | Word | Truth] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = len(self.frame.sizes)
        self.opening = self.frame.opening
        self._rows: dict[Place, Beside] = {}
        self._fields: dict[tuple[str, Place], Num | Word] = {}
        self._step_offsets: dict[Place, Integers] = {}

    # --- places -----------------------------------------------------------------------------------------------------
    def size(self, place: Place) -> int:
        """Return how many values a place has."""
        if place.level == "course":
            return self.frame.size
        if place.level == "step":
            return self.frame.sizes[place.step]
        return int(self._offsets(place)[-1])

    def beside(self, place: Place) -> Beside:
        """Return the rows of another table at a place."""
        if place not in self._rows:
            rows = self.frame.beside[place.table]
            self._rows[place] = rows.within() if place.step < 0 else rows.at(place.step, self.frame.sizes[place.step])
        return self._rows[place]

    def _owner(self, place: Place) -> Integers:
        if has_steps(place):
            offsets = self._offsets(place)
            return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        if not place.table:
            return self.frame.tracked.owner[: self.frame.tracked.sizes[place.step]]
        return self.beside(place).owner

    def _offsets(self, place: Place) -> Integers:
        if has_steps(place):
            return self._offsets_of_steps(place)
        if not place.table:
            return self.frame.tracked.offsets[: self.frame.sizes[place.step] + 1]
        return self.beside(place).offsets

    def _offsets_of_steps(self, place: Place) -> Integers:
        """Return where the steps of each course begin that are the rows of a place."""
        if place not in self._step_offsets:
            courses = self.frame.size if place.step < 0 else self.frame.sizes[place.step]
            counts = np.zeros(courses + 1, dtype=np.int64)
            for step in steps_of(place, self.opening, self.steps):
                counts[1 : self.frame.sizes[step] + 1] += 1
            self._step_offsets[place] = np.cumsum(counts)
        return self._step_offsets[place]

    def carry(self, value: Any, to: Place) -> Any:
        count = self.size(to)
        return mapped(value, lambda array: array[:count])

    def spread(self, value: Any, to: Place) -> Any:
        if to.level == "step":
            return self.carry(value, to)
        owner = self._owner(to)
        return mapped(value, lambda array: array[owner])

    def pad(self, truth: Truth, place: Place) -> Truth:
        if truth is FALSE:
            return FALSE
        sizes = self.size(place), self.frame.size
        must = _padded(truth.must, *sizes)
        return Truth(must, must if is_certain(truth) else _padded(truth.may, *sizes))

    def extend(self, value: Any, there: Place, to: Place, rest: Any) -> Any:
        return extended(value, (self.size(there), self.size(to)), rest)

    def stack(self, parts: Sequence[Any], to: Place) -> Any:
        if isinstance(parts[0], Truth):
            must = self._stacked([part.must for part in parts], to, np.bool_)
            certain = all(is_certain(part) for part in parts)
            return Truth(must, must if certain else self._stacked([part.may for part in parts], to, np.bool_))
        if isinstance(parts[0], Word):
            codes, words = kleene.recoded(parts)
            return Word(self._stacked(codes, to, np.int32), words, all(part.whole for part in parts))
        numbers, floor = _of_one_floor(parts)
        low = self._stacked([part.low for part in numbers], to, np.float64)
        whole = all(part.whole for part in numbers)
        if all(is_point(part) for part in numbers):
            return Num(low, low, whole, floor)
        return Num(low, self._stacked([part.high for part in numbers], to, np.float64), whole, floor)

    def _stacked(self, parts: Sequence[Any], to: Place, dtype: Any) -> Any:
        """Return arrays of the steps that are the rows of a place as one, in the order of course and step."""
        offsets = self._offsets_of_steps(to)
        out = np.empty(int(offsets[-1]), dtype=dtype)
        for at, (step, part) in enumerate(zip(steps_of(to, self.opening, self.steps), parts, strict=True)):
            count = min(self.frame.sizes[step], len(offsets) - 1)
            out[offsets[:count] + at] = part[:count] if np.ndim(part) else part
        return out

    # --- leaves -----------------------------------------------------------------------------------------------------
    def constant(self, value: Fraction) -> Num:
        number = np.float64(float(value))
        return Num(number, number, whole=True, floor=float(value))

    def word(self, word: str) -> Word:
        return Word(np.int64(0), (word,), whole=True)

    def missing(self, kind: t.Kind, _place: Place) -> Num | Word:
        return NO_WORD if kind.sort in {"label", "truth"} else MISSING

    def truth(self, value: Literal["true", "false", "unknown"]) -> Truth:
        return {"true": TRUE, "false": FALSE, "unknown": UNKNOWN}[value]

    def settles(self, truth: Truth, value: Literal["true", "false"]) -> bool:
        return truth is (TRUE if value == "true" else FALSE)

    def given(self, name: str, place: Place) -> Num | Word | Truth | None:
        return self.override.get((name, place)) if self.override else None

    def field(self, node: t.Field, place: Place) -> Num | Word:
        key = (node.name, place)
        if key not in self._fields:
            self._fields[key] = self._read(node, place)
        return self._fields[key]

    def _read(self, node: t.Field, place: Place) -> Num | Word:
        column = self._column(node.name, place)
        if isinstance(column, Labels):
            return Word(column.codes, column.words, bool((column.codes >= 0).all()))
        least = None if node.least is None else float(node.least)
        if column is not None:
            return Num(column, column, not np.isnan(column).any(), least)
        if isinstance(self.missing(node.kind, place), Word):
            return Word(np.full(self.size(place), -1), ())
        nothing = np.full(self.size(place), np.nan)
        return Num(nothing, nothing, whole=False, floor=least)

    def _column(self, name: str, place: Place) -> Values | None:
        if place.level == "course":
            return self.frame.start if name == "start" else self.frame.courses.get(name)
        if place.level == "step":
            return self.frame.steps[place.step].get(name)
        if not place.table:
            return self.frame.tracked.fields[place.step].get(name)
        return self.beside(place).fields.get(name)

    # --- values -----------------------------------------------------------------------------------------------------
    def arithmetic(self, operator: str, left: Num, right: Num) -> Num:
        join = {"+": bounds.plus, "-": bounds.minus, "*": bounds.times, "/": bounds.over, "^": bounds.power}[operator]
        return join(left, right)

    def change(self, direction: str, scale: str, now: Num, reference: Num) -> Num:
        return bounds.change(direction, scale, now, reference)

    def known_extreme(self, how: Literal["earliest", "latest"], one: Num, other: Num) -> Num:
        return bounds.known_extreme(how, one, other)

    def extreme(self, how: Literal["smaller", "larger"], one: Num, other: Num) -> Num:
        return bounds.extreme(how, one, other)

    def first_known(self, one: Any, other: Any) -> Any:
        return kleene.first_word(one, other) if isinstance(one, Word) else bounds.first_known(one, other)

    def choose(self, options: Sequence[tuple[Truth, Any]], place: Place) -> Any:
        if isinstance(options[0][1], Word):
            return kleene.chosen_word(options, self.size(place))
        complete = options[-1][0] is TRUE
        given = [value for _, value in options]
        values, floor = _of_one_floor(given if complete else [*given, MISSING])
        low = high = np.full(self.size(place), np.nan)
        for (when, _), value in zip(reversed(options), reversed(values[: len(options)]), strict=True):
            same = high is low and is_point(value) and is_certain(when)
            new = _chosen(when, value.low, low, np.minimum)
            high = new if same else _chosen(when, value.high, high, np.maximum)
            low = new
        certain = all(is_certain(when) for when, _ in options)
        return Num(low, high, complete and certain and all(value.whole for value in values), floor)

    def within(self, value: Num, low: Fraction | None, high: Fraction | None) -> Num:
        return bounds.within(value, *(np.nan if bound is None else float(bound) for bound in (low, high)))

    # --- truths -----------------------------------------------------------------------------------------------------
    def compare(self, operator: str, left: Num, right: Num) -> Truth:
        if operator in {"=", "!="}:
            same = self.both(self.compare(">=", left, right), self.compare("<=", left, right))
            return same if operator == "=" else self.negate(same)
        if operator in {"<", "<="}:
            return self.negate(self.compare(">=" if operator == "<" else ">", left, right))
        return Truth(*bounds.reaches(operator, left, right))

    def one_of(self, value: Word, words: tuple[str, ...]) -> Truth:
        return kleene.one_of(value, words)

    def known(self, value: Num | Word) -> Truth:
        if value.whole and (isinstance(value, Word) or is_point(value)):
            return TRUE
        found = value.codes >= 0 if isinstance(value, Word) else ~np.isnan(bounds.known_values(value))
        return Truth(found, found)

    def both(self, one: Truth, other: Truth) -> Truth:
        return kleene.both(one, other)

    def either(self, one: Truth, other: Truth) -> Truth:
        return kleene.either(one, other)

    def negate(self, one: Truth) -> Truth:
        return kleene.negate(one)

    def suppose(self, truth: Truth, value: Literal["true", "false"]) -> Truth:
        return kleene.suppose(truth, value)

    # --- rows -------------------------------------------------------------------------------------------------------
    def belongs(self, place: Place, over: t.Collection) -> Truth:
        if place.table:
            return TRUE
        count = self.frame.tracked.sizes[place.step]
        found = self.frame.tracked.frozen[:count] if over.frozen else self.frame.tracked.present[place.step]
        return TRUE if found.all() else Truth(found, found)

    def with_baseline(self, truth: Truth, place: Place) -> Truth:
        has = self.frame.has_baseline[: self.size(place)]
        return truth if has.all() else Truth(truth.must & has, truth.may | ~has)

    def total(self, value: Num, among: Truth, place: Place) -> Num:
        return groups.total(value, among, self._offsets(place))

    def number(self, among: Truth, place: Place) -> Num:
        return groups.number(among, self._offsets(place))

    def pick(self, node: t.Aggregate, value: Any, dates: Num, among: Truth, place: Place) -> Any:
        offsets = self._offsets(place)
        if node.how in {"first", "last"}:
            return groups.end(node.how, value, dates.low, among, offsets)
        return groups.extreme(node.how, value, among, offsets)

    def some(self, truth: Truth, place: Place) -> Truth:
        return groups.some(truth, self._offsets(place))

    def foremost(self, rows: Contest, most: Num, place: Place) -> Truth:
        free = room(rows, most, self._offsets(place), self._ranks[: self.size(place)])
        return kleene.either(rows.held, kleene.both(rows.among, free))

    @cached_property
    def _ranks(self) -> Integers:
        return ranks(self.frame.tracked.names)

    # --- classes ----------------------------------------------------------------------------------------------------
    def decide(self, whens: Sequence[Truth], ladder: t.Ladder, place: Place) -> Decision:
        return decided(whens, ladder, self.size(place))

    def united(self, cases: Iterable[Decision], ladder: t.Ladder) -> Decision:
        return united(cases, ladder)


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return a value with its arrays changed; what is one number for all stays, and what was one array stays one."""

    def apply(array: Any) -> Any:
        return change(array) if np.ndim(array) else array

    if isinstance(value, Truth):
        must = apply(value.must)
        same = is_certain(value)
        return value if must is value.must and same else Truth(must, must if same else apply(value.may))
    if isinstance(value, Word):
        return Word(apply(value.codes), value.words, value.whole)
    low = apply(value.low)
    return Num(low, low if is_point(value) else apply(value.high), value.whole, value.floor)


def _padded(array: Any, size: int, whole: int) -> Any:
    if size == whole and np.ndim(array):
        return array
    out = np.zeros(whole, dtype=bool)
    out[:size] = array
    return out


def _of_one_floor(values: Sequence[Num]) -> tuple[Sequence[Num], float | None]:
    """Return numbers that can share one floor, and that floor; where theirs differ, they stand among the bounds."""
    floors = {value.floor for value in values if not value.whole}
    if len(floors) > 1:
        return [explicit(value) for value in values], None
    return values, next(iter(floors), None)


def _chosen(when: Truth, value: Any, rest: Any, hull: Callable[[Any, Any], Any]) -> Any:
    if when.must is YES:
        return np.broadcast_to(value, np.shape(rest)) if np.ndim(value) == 0 else value
    if is_certain(when):
        return np.where(when.must, value, rest)
    return np.where(when.must, value, np.where(when.may, hull(value, rest), rest))


__all__ = ["FALSE", "MISSING", "TRUE", "UNKNOWN", "Columns", "Num", "Truth", "Word"]
