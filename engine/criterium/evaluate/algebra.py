"""What the walk computes with: the operations that every algebra has, on values `V` and three-valued truths `T`.

A *place* says whose values are meant: the courses, the courses that still have step k, the members of step k, the rows
of another table beside a course or a step, or all steps of the courses, row by row. The walk never looks into a value;
all it knows of them is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from criterium.language import tree as t

V = TypeVar("V")
T = TypeVar("T")
X = TypeVar("X")  # a value or a truth: what is moved from place to place without being looked into


class Place(NamedTuple):
    """Whose values are meant. `step` is -1 for a whole course, `table` is empty for the members of a step."""

    level: t.Level
    step: int = -1
    table: str = ""


COURSE = Place("course")
STEPS = Place("row", -1, "*")  # the steps that get a class, as rows of their course
_SIDES = {"earlier": "<", "later": ">"}


def beside(step: Place, side: str) -> Place:
    """Return the place of the steps that get a class on one side of a step, as rows of it."""
    return Place("row", step.step, _SIDES[side])


def steps_of(place: Place, opening: int, steps: int) -> range:
    """Return the steps that are the rows of a place, of courses with so many; none if its rows are no steps."""
    within = {"*": (opening, steps), "<": (opening, place.step), ">": (max(opening, place.step + 1), steps)}
    return range(*within.get(place.table, (0, 0)))


def has_steps(place: Place) -> bool:
    """Say whether the rows of a place are steps."""
    return place.table in {"*", "<", ">"}


def outer(place: Place) -> Place:
    """Return the place around a place: rows lie in a step or a course, a step in a course."""
    return Place("step", place.step) if place.level == "row" and place.step >= 0 else COURSE


@dataclass(frozen=True, slots=True)
class Decision:
    """What a ladder gave: `label` (a value), the number of the deciding clause, and the labels still possible."""

    label: Any
    clause: Any
    possible: Any


@dataclass(frozen=True, slots=True)
class Contest:
    """Members that compete for room: those `among` them, those `held` before, their value `by`, and a `word` of each.

    `among` and `held` are truths, `by` and `word` values; the larger value comes first.
    """

    among: Any
    held: Any
    by: Any
    word: Any | None


class Algebra(Protocol[V, T]):
    """The operations of an algebra. Values know nothing of criteria; criteria know nothing of values.

    `steps` is the number of steps of the longest course, `opening` is 1 if step 0 is a baseline that gets no class.
    """

    steps: int
    opening: int

    # leaves
    def constant(self, value: Fraction) -> V:
        """Return a number."""

    def word(self, word: str) -> V:
        """Return a word."""

    def field(self, node: t.Field, place: Place) -> V:
        """Return a column at a place; all of it is missing if the table does not have it."""

    def given(self, name: str, place: Place) -> Any:
        """Return what is stated of a measure or condition, or of a parameter of the courses; None if nothing is."""

    def missing(self, kind: t.Kind, place: Place) -> V:
        """Return a value of a kind that nobody knows."""

    def truth(self, value: Literal["true", "false", "unknown"]) -> T:
        """Return a truth."""

    def settles(self, truth: T, value: Literal["true", "false"]) -> bool:
        """Say whether a truth is `value` everywhere, so that what it is joined with need not be looked at."""

    # values
    def arithmetic(self, operator: str, left: V, right: V) -> V:
        """Return left + - * / ^ right; a power is as exact as binary fractions.

        What is divided by zero, or by a number that is only bounded, is missing, and so is a power of what is not above
        zero or not known.
        """

    def change(self, direction: str, scale: str, now: V, reference: V) -> V:
        """Return the fall or rise from a known reference; no change from zero is 0 percent, any other is missing."""

    def known_extreme(self, how: Literal["earliest", "latest"], one: V, other: V) -> V:
        """Return the smaller or larger of the two values that are known."""

    def extreme(self, how: Literal["smaller", "larger"], one: V, other: V) -> V:
        """Return the smaller or larger of two values, bounded by the one that is known where the other is not."""

    def first_known(self, one: V, other: V) -> V:
        """Return the first value where it is known, else the other where that is known."""

    def choose(self, options: Sequence[tuple[T, V]], place: Place) -> V:
        """Return the value of the first option that holds; bounded by all that may hold where that is unknown."""

    def within(self, value: V, low: Fraction | None, high: Fraction | None) -> V:
        """Return a number that is supposed to lie between two bounds; as near to them as its own bounds allow."""

    # truths
    def compare(self, operator: str, left: V, right: V) -> T:
        """Return whether left < <= = != >= > right, exact on the decimals that were entered."""

    def one_of(self, value: V, words: tuple[str, ...]) -> T:
        """Return whether a word is among words, in capitals or not."""

    def known(self, value: V) -> T:
        """Return whether a value is neither missing nor only bounded: true or false."""

    def both(self, one: T, other: T) -> T:
        """Return whether both hold."""

    def either(self, one: T, other: T) -> T:
        """Return whether at least one holds."""

    def negate(self, one: T) -> T:
        """Return whether it does not hold."""

    def suppose(self, truth: T, value: Literal["true", "false"]) -> T:
        """Return a truth with what is unknown of it taken for `value`; the same object if nothing is unknown."""

    # places
    def carry(self, value: X, to: Place) -> X:
        """Return what an earlier step had, for those that still have step `to`."""

    def spread(self, value: X, to: Place) -> X:
        """Return a value of the place around `to` for everything at `to`."""

    def pad(self, truth: T, place: Place) -> T:
        """Return a truth of a step for all courses, false for those that do not have the step."""

    def extend(self, value: X, there: Place, to: Place, rest: X) -> X:
        """Return what the later step `there` has, for all at `to`; `rest` for those that do not have it."""

    def stack(self, parts: Sequence[X], to: Place) -> X:
        """Return the values or truths at the steps that are the rows of a place, at least one."""

    # rows
    def belongs(self, place: Place, over: t.Collection) -> T:
        """Return which rows are of a collection, its filter aside."""

    def with_baseline(self, truth: T, place: Place) -> T:
        """Return a truth about members of the baseline; unknown for a course without one."""

    def total(self, value: V, among: T, place: Place) -> V:
        """Return the sum over rows, bounded where a row is missing or may belong; over none it is missing."""

    def number(self, among: T, place: Place) -> V:
        """Return how many rows there are."""

    def pick(self, node: t.Aggregate, value: V, dates: V, among: T, place: Place) -> V:
        """Return the lowest, highest, first or last value; rows that share the first (last) date bound it together."""

    def some(self, truth: T, place: Place) -> T:
        """Return whether any row has it."""

    def foremost(self, rows: Contest, most: V, place: Place) -> T:
        """Return which members are kept: those that are held, and those for which fewer than `most` stand before them.

        Before a member stand those that are held, those with a larger value, and those with the same whose name comes
        first in the alphabet; where a word is given, only those with the same word.
        """

    # classes
    def decide(self, whens: Sequence[T], ladder: t.Ladder, place: Place) -> Decision:
        """Return what a ladder gives when its clauses hold where `whens` do."""

    def united(self, cases: Iterable[Decision], ladder: t.Ladder) -> Decision:
        """Return what a ladder gives when one of several cases is true and nobody knows which."""
