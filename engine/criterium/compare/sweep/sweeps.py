"""One parameter of a criterion takes one value after the other: what every course is called at every value.

What does not depend on the parameter is computed once. Of the rest, a course is decided again only at the values where
a comparison about it changes (`sweep_switches`), and all these decisions are one walk over a stack of copies of the
courses (`sweep_stacks`). Where the parameter is used in another way, every course is decided again at every value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.compare.sweep.stacks import walked
from criterium.compare.sweep.switches import switches
from criterium.evaluate.algebra import COURSE
from criterium.evaluate.columns.algebra import Columns, Num, Word, in_columns
from criterium.evaluate.frames import Material, frame_of
from criterium.evaluate.results.branches import graded
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.uses import depends, nodes
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Integers

MOST_COPIES = 50_000
MANY_COURSES = 1_000  # from here on a walk for each value is faster than a stack of all of them
Value = Fraction | str
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Steps:
    """The class of every step of every variant, in the order of variant and step; `date` is in days."""

    variant: Integers
    date: Numbers
    label: Labels


@dataclass(frozen=True, slots=True)
class Swept:
    """What a criterion says of courses at each of `count` values: what it says stays the same for runs of values.

    A variant is a `course`, by number, from the value `first` on until the next variant of the course; variants are in
    the order of both. `label` is the class of the course (of an endpoint: its outcome), `time` from and to when.
    """

    count: int
    course: Integers
    first: Integers
    label: Labels
    steps: Steps
    time: tuple[Numbers, Numbers] | None = None

    def spread(self, variants: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return what every variant has as rows of courses and columns of values."""
        ends = np.append(self.first[1:], 0)
        lengths = np.where(ends > self.first, ends, self.count) - self.first
        return np.repeat(variants, lengths).reshape(-1, self.count)

    def totals(self, variants: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Return the sum over all courses, at each value, of the whole number that every variant has."""
        before = np.append(0, variants[:-1])
        change = variants - np.where(self.first > 0, before, 0)
        return np.cumsum(np.bincount(self.first, weights=change, minlength=self.count)).astype(np.int64)

    @property
    def codes(self) -> Codes:
        """The codes of the class of every course (rows) at every value (columns)."""
        return self.spread(self.label.codes)


def swept(criterion: t.Criterion, material: Material, courses: Courses, name: str, values: Sequence[Value]) -> Swept:
    """Return what the criterion says at each value of the parameter `name`: numbers that rise, or words.

    The criterion gives classes to courses, or is an endpoint; see `graded_by_value` for the others.
    """
    walk = Walk(criterion, Columns(frame_of(criterion, material, courses)))
    dependent = depends(criterion, [name])
    if any(id(over) in dependent for over in criterion.also):
        return _joined([_alone(criterion, material, courses, name, value) for value in values])
    _decide(walk)
    given = _given(values)
    found = switches(walk, name, given, dependent) if isinstance(given, Num) else None
    if found is None and len(courses) >= MANY_COURSES:
        return _sorted([*_each(walk, name, values, dependent)])
    course, first = found or _every(len(courses), len(values))
    parts = []
    for low in range(0, max(len(course), 1), MOST_COPIES):
        part = slice(low, low + MOST_COPIES)
        copies = walked(walk, course[part], {name: _chosen(given, first[part])}, dependent)
        parts.append(_read(copies, first[part], len(values), low))
    return _sorted(parts)


def _given(values: Sequence[Value]) -> Num | Word:
    """Return the values as one number, or word, each."""
    if all(isinstance(value, Fraction) for value in values):
        numbers = np.array([float(value) for value in values])
        return Num(numbers, numbers, whole=True)
    words = tuple(str(value) for value in values)
    return Word(np.arange(len(words)), words, whole=True)


def _chosen(given: Num | Word, at: Integers) -> Num | Word:
    if isinstance(given, Word):
        return Word(given.codes[at], given.words, whole=True)
    low = given.low[at]
    return Num(low, low, whole=True, floor=float(low.min(initial=np.inf)))


def _every(courses: int, values: int) -> tuple[Integers, Integers]:
    """Return every course with every value."""
    every = np.arange(courses * values)
    return every // values, every % values


def _each(walk: Walk[Any, Any], name: str, values: Sequence[Value], dependent: set[int]) -> Iterator[Swept]:
    """Yield what the criterion says at one value after the other; what the parameter cannot change is kept."""
    fixed = {id(node) for node in nodes(walk.criterion)} - dependent
    kept = {key: found for key, found in walk.memo.items() if key[0] in fixed}
    size = in_columns(walk.algebra).frame.size
    for at, value in enumerate(values):
        one = Walk(with_value(walk.criterion, name, value), walk.algebra, dict(kept))
        yield _read(one, np.full(size, at), len(values), at * size)


# --- what a walk says -------------------------------------------------------------------------------------------------
def _decide(walk: Walk[Any, Any]) -> t.Ladder:
    """Decide all steps and courses of a walk; return the ladder that is counted."""
    walk.run()
    time = walk.criterion.time
    if time is None:
        return walk.criterion.course.ladders["class"]
    walk.climb(time.outcome, COURSE)
    walk.value(time.anchor, COURSE)
    walk.value(time.at, COURSE)
    return time.outcome


def _read(walk: Walk[Any, Any], first: Integers, count: int, before: int) -> Swept:
    """Return what a walk over copies says; `before` copies came before them."""
    ladder = _decide(walk)
    frame = in_columns(walk.algebra).frame
    codes = np.broadcast_to(walk.climb(ladder, COURSE).label.codes, frame.size)
    time = walk.criterion.time
    ends = None
    if time is not None:
        begin, end = (np.broadcast_to(walk.value(node, COURSE).low, frame.size) for node in (time.anchor, time.at))
        ends = begin, end
    return Swept(count, frame.number, first, Labels(codes, ladder.labels), _steps(walk, before), ends)


def _steps(walk: Walk[Any, Any], before: int) -> Steps:
    ladder = walk.criterion.last_word
    if ladder is None or not walk.step_places():
        return Steps(np.zeros(0, dtype=np.int64), np.zeros(0), Labels(np.zeros(0, dtype=np.int32), ()))
    frame = in_columns(walk.algebra).frame
    variant, date, code = [], [], []
    for place in walk.step_places():
        variant.append(np.arange(frame.sizes[place.step]) + before)
        date.append(np.asarray(frame.steps[place.step]["date"]))
        code.append(walk.climb(ladder, place).label.codes)
    return Steps(np.concatenate(variant), np.concatenate(date), Labels(np.concatenate(code), ladder.labels))


def _sorted(parts: Sequence[Swept]) -> Swept:
    """Return the variants of all parts in the order of course and value."""
    course, first = (np.concatenate([getattr(part, name) for part in parts]) for name in ("course", "first"))
    order = np.argsort(course * parts[0].count + first, kind="stable")
    label = Labels(np.concatenate([part.label.codes for part in parts])[order], parts[0].label.words)
    times = [part.time for part in parts if part.time is not None]
    time = [np.concatenate(ends)[order] for ends in zip(*times, strict=True)]
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    steps = _moved([part.steps for part in parts], rank)
    return Swept(parts[0].count, course[order], first[order], label, steps, (time[0], time[1]) if time else None)


def _moved(parts: Sequence[Steps], rank: Integers) -> Steps:
    """Return the steps of all parts by the new numbers of their variants."""
    variant = rank[np.concatenate([part.variant for part in parts])]
    date, code = (np.concatenate(arrays) for arrays in zip(*((p.date, p.label.codes) for p in parts), strict=True))
    words = next((part.label.words for part in parts if part.label.words), ())
    order = np.argsort(variant, kind="stable")
    return Steps(variant[order], date[order], Labels(code[order], words))


# --- one value at a time ----------------------------------------------------------------------------------------------
def _alone(criterion: t.Criterion, material: Material, courses: Courses, name: str, value: Value) -> Swept:
    """Return what the criterion says at one value, from the rows up: the parameter decides what the steps are."""
    one = with_value(criterion, name, value)
    walk = Walk(one, Columns(frame_of(one, material, courses)))
    _decide(walk)
    return _sorted([_read(walk, np.zeros(len(courses), dtype=np.int64), 1, 0)])


def _joined(parts: Sequence[Swept]) -> Swept:
    """Return the answers at single values as one; every value of every course is a variant."""
    offsets = np.cumsum([0, *(len(part.course) for part in parts)])
    moved = [
        replace(
            part,
            count=len(parts),
            first=part.first + at,
            steps=replace(part.steps, variant=part.steps.variant + offset),
        )
        for at, (part, offset) in enumerate(zip(parts, offsets[:-1], strict=True))
    ]
    return _sorted(moved)


def with_value(criterion: t.Criterion, name: str, value: Value) -> t.Criterion:
    """Return the criterion with one parameter at a value in canonical units, or a word."""
    return replace(
        criterion, parameters={**criterion.parameters, name: replace(criterion.parameters[name], value=value)}
    )


def graded_by_value(
    criterion: t.Criterion, material: Material, courses: Courses, name: str, values: Sequence[Value]
) -> tuple[Integers, tuple[str, ...], Codes]:
    """Return the course of every row that a criterion with branches grades, the grades, and their codes at each value.

    The codes have a row for each graded row and a column for each value.
    """
    found = [graded(with_value(criterion, name, value), material, courses) for value in values]
    return found[0].course, found[0].label.words, np.stack([one.label.codes for one in found], axis=1).astype(np.int8)


def reads(criterion: t.Criterion, table: str) -> bool:
    """Say whether a criterion reads a table."""
    return any(isinstance(node, t.Collection) and node.table == table for node in nodes(criterion))
