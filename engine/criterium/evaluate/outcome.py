"""What a criterion says of a cohort: the class of every step and of every course, as flat arrays.

Large cohorts are evaluated in runs of courses that fit the processor's cache, on a few threads; the answer does not depend on it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.evaluate.algebra import COURSE, Decision, Place
from criterium.evaluate.columns import Columns, Num, Word
from criterium.evaluate.frames import Material, frame_of, split
from criterium.evaluate.reasons import reasons
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Integers

MOST_COURSES = 20_000


@dataclass(frozen=True, slots=True)
class Classes:
    """The class of each row: its label, the number of the deciding clause (-1: none), the possible labels as bits, the reason."""

    label: Labels
    clause: npt.NDArray[np.int16]
    possible: npt.NDArray[np.uint64]
    reason: Labels


@dataclass(frozen=True, slots=True)
class Layered:
    """One row a step or course: the number of its `course` (in the cohort's order), its classes by ladder, its measures.

    `step` counts from 0, `date` is in days; both are absent (empty) in the layer of courses. A measure is a pair of bounds.
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
    """What a criterion says: of every step, and of every course in the cohort's order."""

    criterion: t.Criterion
    steps: Layered
    courses: Layered


def evaluate(criterion: t.Criterion, material: Material, courses: Courses) -> Outcome:
    """Return what the criterion says of these courses; rows are in the order of course and step."""
    for name in {node.table for node in _collections(criterion)} | ({criterion.of} if criterion.of else set()):
        table = material.tables.get(name or "")
        if table is not None:
            material.rows(table.name, table.member if table.name == criterion.of else None)
    parts = list(split(courses, MOST_COURSES if not material.values and not material.derived else max(1, len(courses))))
    if len(parts) <= 1:
        return _part(criterion, material, courses, 0)
    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        found = list(pool.map(lambda part: _part(criterion, material, courses.part(part), part.start), parts))
    return Outcome(criterion, _joined([one.steps for one in found]), _joined([one.courses for one in found]))


def _collections(criterion: t.Criterion) -> list[t.Collection]:
    return [node for node in nodes(criterion) if isinstance(node, t.Collection)]


def _part(criterion: t.Criterion, material: Material, courses: Courses, first: int) -> Outcome:
    frame = frame_of(criterion, material, courses)
    walk = Walk(criterion, Columns(frame))
    walk.run()
    return Outcome(criterion, _steps(walk, first), _courses(walk, first))


def _steps(walk: Walk[Any, Any], first: int) -> Layered:
    """Return the layer of steps, in the order of course and step."""
    frame = walk.algebra.frame  # type: ignore[attr-defined]
    places = list(walk.step_places())
    sizes = [frame.sizes[place.step] for place in places]
    order = _course_major(frame.number, sizes)
    number = _stacked([frame.number[:size] for size in sizes], order, np.int64)
    step = _stacked([np.full(size, place.step) for place, size in zip(places, sizes, strict=True)], order, np.int64)
    date = _stacked([frame.steps[place.step].get("date", np.full(size, np.nan)) for place, size in zip(places, sizes, strict=True)], order, np.float64)
    ladders = walk.criterion.steps.ladders
    classes = {name: _classes(walk, ladder, places, order) for name, ladder in ladders.items()}
    names = walk.criterion.steps.measures
    measures = {name: _measure([walk.measure(name, place) for place in places], sizes, order) for name in names}
    return Layered(number + first, step, date, classes, measures)


def _course_major(number: Integers, sizes: Sequence[int]) -> Integers:
    """Return where each row of the stacked steps goes when rows are in the order of course and step."""
    counts = np.zeros(len(number), dtype=np.int64)
    for size in sizes:
        counts[number[:size]] += 1
    offsets = np.concatenate([[0], np.cumsum(counts)])[:-1]
    places = [offsets[number[:size]] + at for at, size in enumerate(sizes)]
    return np.concatenate(places) if places else np.zeros(0, dtype=np.int64)


def _stacked(parts: Sequence[Any], order: Integers, dtype: Any) -> Any:
    out = np.empty(len(order), dtype=dtype)
    at = 0
    for part in parts:
        out[order[at : at + len(part)]] = part
        at += len(part)
    return out


def _classes(walk: Walk[Any, Any], ladder: t.Ladder, places: Sequence[Place], order: Integers) -> Classes:
    decisions: list[Decision] = [walk.decision(ladder.name, place) for place in places]
    code = _stacked([one.label.codes for one in decisions], order, np.int8)
    clause = _stacked([one.clause for one in decisions], order, np.int16)
    possible = _stacked([one.possible for one in decisions], order, np.uint64)
    given = [reasons(walk, ladder, place, decision) for place, decision in zip(places, decisions, strict=True)]
    return Classes(Labels(code, ladder.labels), clause, possible, _worded(given, order))


def _worded(parts: Sequence[Labels], order: Integers) -> Labels:
    words = tuple(dict.fromkeys(word for part in parts for word in part.words))
    place = {word: at for at, word in enumerate(words)}
    recoded = [np.array([place[word] for word in part.words] + [-1])[part.codes] for part in parts]
    return Labels(_stacked(recoded, order, np.int32), words)


def _measure(values: Sequence[Num | Word], sizes: Sequence[int], order: Integers) -> tuple[Numbers, Numbers] | Labels:
    if values and isinstance(values[0], Word):
        return _worded([Labels(np.broadcast_to(v.codes, size), v.words) for v, size in zip(values, sizes, strict=True) if isinstance(v, Word)], order)
    numbers = [(value, size) for value, size in zip(values, sizes, strict=True) if isinstance(value, Num)]
    low = _stacked([np.broadcast_to(value.low, size) for value, size in numbers], order, np.float64)
    if all(value.high is value.low for value, _ in numbers):
        return low, low
    return low, _stacked([np.broadcast_to(value.high, size) for value, size in numbers], order, np.float64)


def _courses(walk: Walk[Any, Any], first: int) -> Layered:
    """Return the layer of courses, in the cohort's order."""
    frame = walk.algebra.frame  # type: ignore[attr-defined]
    order, layer = frame.number, walk.criterion.course
    ladders = dict(layer.ladders)
    if walk.criterion.time is not None:
        ladders["time"] = walk.criterion.time.outcome
    classes = {}
    for name, ladder in ladders.items():
        decision = walk.climb(ladder, COURSE)
        given = _worded([reasons(walk, ladder, COURSE, decision)], order)
        code, clause = _stacked([decision.label.codes], order, np.int8), _stacked([decision.clause], order, np.int16)
        classes[name] = Classes(Labels(code, ladder.labels), clause, _stacked([decision.possible], order, np.uint64), given)
    measures = {name: _measure([walk.measure(name, COURSE)], [frame.size], order) for name in layer.measures}
    for name, truth in layer.conditions.items():
        measures[name] = _truth(walk.holds(truth, COURSE), frame.size, order)
    if walk.criterion.time is not None:
        for name, node in (("time from", walk.criterion.time.anchor), ("time to", walk.criterion.time.at)):
            measures[name] = _measure([walk.value(node, COURSE)], [frame.size], order)
    number = np.arange(frame.size)
    return Layered(number + first, number[:0], np.zeros(0), classes, measures)


def _truth(truth: Any, size: int, order: Integers) -> Labels:
    must, may = np.broadcast_to(truth.must, size), np.broadcast_to(truth.may, size)
    code = np.where(must, 1, np.where(may, -1, 0)).astype(np.int32)
    return Labels(_stacked([code], order, np.int32), ("false", "true"))


def _joined(parts: Sequence[Layered]) -> Layered:
    """Return the layers of consecutive runs of courses as one."""
    first = parts[0]
    classes = {name: _joined_classes([part.classes[name] for part in parts]) for name in first.classes}
    measures = {name: _joined_measures([part.measures[name] for part in parts]) for name in first.measures}
    course, step, date = (np.concatenate([getattr(part, name) for part in parts]) for name in ("course", "step", "date"))
    return Layered(course, step, date, classes, measures)


def _joined_classes(parts: Sequence[Classes]) -> Classes:
    label = Labels(np.concatenate([part.label.codes for part in parts]), parts[0].label.words)
    clause = np.concatenate([part.clause for part in parts])
    return Classes(label, clause, np.concatenate([part.possible for part in parts]), _joined_words([p.reason for p in parts]))


def _joined_words(parts: Sequence[Labels]) -> Labels:
    count = sum(len(part.codes) for part in parts)
    return _worded(parts, np.arange(count))


def _joined_measures(parts: Sequence[Any]) -> Any:
    if isinstance(parts[0], Labels):
        return _joined_words(parts)
    low = np.concatenate([part[0] for part in parts])
    return low, low if all(p[0] is p[1] for p in parts) else np.concatenate([part[1] for part in parts])
