"""What a criterion says of a cohort: the class of every step and of every course, as flat arrays.

Large cohorts are evaluated in runs of courses, one after the other, so that the arrays of a run stay near the processor
and memory stays low; the answer does not depend on it. Threads made it slower: a run is many short array operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from criterium.evaluate.algebra import COURSE, Decision, Place
from criterium.evaluate.columns.algebra import Columns, Num, Truth, Word
from criterium.evaluate.columns.bounds import is_point
from criterium.evaluate.columns.kleene import recoded
from criterium.evaluate.frames import Material, frame_of, split
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.reasons import reasons
from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Frame, Integers

MOST_COURSES = 40_000


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of each row: its label, the deciding clause (-1: none), the possible labels as bits, the reason."""

    label: Labels
    clause: npt.NDArray[np.int16]
    possible: npt.NDArray[np.uint64]
    reason: Labels


@dataclass(frozen=True, slots=True)
class Layered:
    """One row a step or course: the number of its `course` in the cohort, its classes by ladder, its measures.

    `step` counts from 0, `date` is in days; both are absent (empty) in the layer of courses. A measure is a pair of
    bounds (one array twice if nothing is only bounded), or words.
    """

    course: Integers
    step: Integers
    date: Numbers
    classes: Mapping[str, Classes]
    measures: Mapping[str, tuple[Numbers, Numbers] | Labels]

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.course)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a criterion says: of every step, and of every course in the cohort's order.

    `chosen` is what it says of the courses on chosen days, where dates are partial and days were chosen.
    """

    criterion: t.Criterion
    steps: Layered
    courses: Layered
    chosen: Layered | None = None


def evaluate(criterion: t.Criterion, material: Material, courses: Courses) -> Outcome:
    """Return what the criterion says of these courses; rows are in the order of course and step."""
    found = _in_runs(criterion, material, courses, _part)
    if len(found) == 1:
        return found[0]
    return Outcome(criterion, _joined([one.steps for one in found]), _joined([one.courses for one in found]))


@dataclass(frozen=True, slots=True)
class Given:
    """The class of every step and nothing else: its course by number, the step, the date, the label and the clause."""

    course: Integers
    step: Integers
    date: Numbers
    label: Labels
    clause: npt.NDArray[np.int16]


def classes(criterion: t.Criterion, material: Material, courses: Courses) -> Given:
    """Return the class of every step, for cohorts so large that reasons and measures are not wanted for all of them."""
    found = _in_runs(criterion, material, courses, _only_classes)
    label = Labels(np.concatenate([one.label.codes for one in found]), found[0].label.words)
    course, step = (np.concatenate([getattr(one, name) for one in found]) for name in ("course", "step"))
    date, clause = np.concatenate([one.date for one in found]), np.concatenate([one.clause for one in found])
    return Given(course, step, date, label, clause)


def _only_classes(criterion: t.Criterion, material: Material, courses: Courses, first: int) -> Given:
    frame = frame_of(criterion, material, courses)
    walk: Walk[Any, Any] = Walk(criterion, Columns(frame))
    places = walk.step_places()
    found = [walk.decision(criterion.final, place) for place in places]
    course, step, date, order = _numbers(frame, places)
    code = _stacked([one.label.codes for one in found], order, np.int8)
    clause = _stacked([one.clause for one in found], order, np.int16)
    return Given(course + first, step, date, Labels(code, criterion.steps.ladders[criterion.final].labels), clause)


def _numbers(frame: Frame, places: Sequence[Place]) -> tuple[Integers, Integers, Numbers, Integers]:
    """Return course, step and date of every row in the order of course and step, and where the stacked steps go."""
    sizes = [frame.sizes[place.step] for place in places]
    order = _course_major(frame.number, sizes)
    number = _stacked([frame.number[:size] for size in sizes], order, np.int64)
    step = _stacked([np.full(frame.sizes[place.step], place.step) for place in places], order, np.int64)
    return number, step, _stacked([frame.steps[place.step]["date"] for place in places], order, np.float64), order


Part = TypeVar("Part")


def _in_runs(
    criterion: t.Criterion,
    material: Material,
    courses: Courses,
    part: Callable[[t.Criterion, Material, Courses, int], Part],
) -> list[Part]:
    """Return what `part` makes of runs of courses, in their order."""
    _sort_once(criterion, material)
    by_course = bool(material.values or material.derived)
    runs = list(split(courses, max(1, len(courses)) if by_course else MOST_COURSES))
    if len(runs) <= 1:
        return [part(criterion, material, courses, 0)]
    return [part(criterion, material, courses.part(run), run.start) for run in runs]


def _sort_once(criterion: t.Criterion, material: Material) -> None:
    """Put every table that the criterion reads in order once for all runs."""
    if not criterion.uses:
        material.plan(criterion)
    read = {node.table for node in nodes(criterion) if isinstance(node, t.Collection)} | {criterion.of}
    for name in read & set(material.tables):
        material.rows(str(name))


def _part(criterion: t.Criterion, material: Material, courses: Courses, first: int) -> Outcome:
    algebra = Columns(frame_of(criterion, material, courses))
    walk = Walk(criterion, algebra)
    walk.run()
    return Outcome(criterion, _steps(walk, algebra.frame, first), _courses(walk, algebra.frame, first))


# --- steps ------------------------------------------------------------------------------------------------------------
def _steps(walk: Walk[Any, Any], frame: Frame, first: int) -> Layered:
    """Return the layer of steps, in the order of course and step."""
    places = walk.step_places()
    sizes = [frame.sizes[place.step] for place in places]
    number, step, date, order = _numbers(frame, places)
    layer = walk.criterion.steps
    classes = {name: _classes(walk, ladder, places, order) for name, ladder in layer.ladders.items()}
    measures = {
        name: _measure([walk.measure(name, place) for place in places], node.kind, sizes, order)
        for name, node in layer.measures.items()
    }
    return Layered(number + first, step, date, classes, measures)


def _course_major(number: Integers, sizes: Sequence[int]) -> Integers:
    """Return where each row of the stacked steps goes when rows are in the order of course and step."""
    counts = np.zeros(len(number), dtype=np.int64)
    for size in sizes:
        counts[number[:size]] += 1
    offsets = np.concatenate([[0], np.cumsum(counts)])[:-1]
    places = [offsets[number[:size]] + at for at, size in enumerate(sizes)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *places])


def _stacked(parts: Sequence[Any], order: Integers, dtype: Any) -> Any:
    out = np.empty(len(order), dtype=dtype)
    at = 0
    for part in parts:
        out[order[at : at + len(part)]] = part
        at += len(part)
    return out


def _classes(walk: Walk[Any, Any], ladder: t.Ladder, places: Sequence[Place], order: Integers) -> Classes:
    return _settled(walk, ladder, places, [walk.decision(ladder.name, place) for place in places], order)


def _settled(
    walk: Walk[Any, Any], ladder: t.Ladder, places: Sequence[Place], found: Sequence[Decision], order: Integers
) -> Classes:
    """Return decisions at places as classes, each row where `order` says, with the reasons for those that are open."""
    code = _stacked([one.label.codes for one in found], order, np.int8)
    clause = _stacked([one.clause for one in found], order, np.int16)
    possible = _stacked([one.possible for one in found], order, np.uint64)
    given = [reasons(walk, ladder, place, one) for place, one in zip(places, found, strict=True)]
    return Classes(Labels(code, ladder.labels), clause, possible, _worded(given, order))


def _worded(parts: Sequence[Labels], order: Integers) -> Labels:
    codes, words = recoded([Word(part.codes, part.words) for part in parts]) if parts else ([], ())
    return Labels(_stacked(codes, order, np.int32), words)


def _measure(
    values: Sequence[Num | Word], kind: t.Kind, sizes: Sequence[int], order: Integers
) -> tuple[Numbers, Numbers] | Labels:
    if kind.sort in {"label", "truth"}:
        words = [(value, size) for value, size in zip(values, sizes, strict=True) if isinstance(value, Word)]
        return _worded([Labels(np.broadcast_to(value.codes, size), value.words) for value, size in words], order)
    numbers = [(value, size) for value, size in zip(values, sizes, strict=True) if isinstance(value, Num)]
    low = _stacked([np.broadcast_to(value.low, size) for value, size in numbers], order, np.float64)
    if all(is_point(value) for value, _ in numbers):
        return low, low
    return low, _stacked([np.broadcast_to(value.high, size) for value, size in numbers], order, np.float64)


# --- courses ----------------------------------------------------------------------------------------------------------
def _courses(walk: Walk[Any, Any], frame: Frame, first: int) -> Layered:
    """Return the layer of courses, in the cohort's order."""
    layer, time, order = walk.criterion.course, walk.criterion.time, frame.number
    ladders = dict(layer.ladders) | ({"time": time.outcome} if time is not None else {})
    classes = {
        name: _settled(walk, ladder, [COURSE], [walk.climb(ladder, COURSE)], order) for name, ladder in ladders.items()
    }
    measures = {
        name: _measure([walk.measure(name, COURSE)], node.kind, [frame.size], order)
        for name, node in layer.measures.items()
    }
    for name, condition in layer.conditions.items():
        measures[name] = _truth(walk.holds(condition, COURSE), order)
    for name, node in (("time from", time.anchor), ("time to", time.at)) if time is not None else ():
        measures[name] = _measure([walk.value(node, COURSE)], node.kind, [frame.size], order)
    number = np.arange(frame.size)
    return Layered(number + first, number[:0], np.zeros(0), classes, measures)


def _truth(truth: Truth, order: Integers) -> Labels:
    code = np.where(truth.must, 1, np.where(truth.may, -1, 0)).astype(np.int32)
    return Labels(_stacked([np.broadcast_to(code, len(order))], order, np.int32), ("false", "true"))


# --- runs of courses --------------------------------------------------------------------------------------------------
def _joined(parts: Sequence[Layered]) -> Layered:
    """Return the layers of consecutive runs of courses as one."""
    first = parts[0]
    classes = {name: _joined_classes([part.classes[name] for part in parts]) for name in first.classes}
    measures = {name: _joined_measures([part.measures[name] for part in parts]) for name in first.measures}
    course, step = (np.concatenate([getattr(part, name) for part in parts]) for name in ("course", "step"))
    return Layered(course, step, np.concatenate([part.date for part in parts]), classes, measures)


def _joined_classes(parts: Sequence[Classes]) -> Classes:
    label = Labels(np.concatenate([part.label.codes for part in parts]), parts[0].label.words)
    clause = np.concatenate([part.clause for part in parts])
    reason = _joined_words([part.reason for part in parts])
    return Classes(label, clause, np.concatenate([part.possible for part in parts]), reason)


def _joined_words(parts: Sequence[Labels]) -> Labels:
    return _worded(parts, np.arange(sum(len(part.codes) for part in parts)))


def _joined_measures(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Labels):
        return _joined_words(parts)
    low = np.concatenate([part[0] for part in parts])
    return low, low if all(one is other for one, other in parts) else np.concatenate([part[1] for part in parts])
