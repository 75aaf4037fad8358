"""A sweep over the cohort of a study: rates, who is called otherwise than in the study, and medians at every value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from criterium.compare.sweep.ranges import Axis
from criterium.compare.sweep.sweeps import Codes, Swept, graded_by_value, reads, swept, with_value
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import evaluate
from criterium.language import tables
from criterium.language import tree as t
from criterium.language.roles import role_of
from criterium.study.outcomes import duration, observed, time_of
from criterium.study.proportions import Interval, clopper_pearson
from criterium.study.results import Results, heard, made_in, of_courses, of_steps
from criterium.study.survival import Median, median_survival
from criterium.timeline.cohort import Labels
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Integers


@dataclass(frozen=True, slots=True)
class Rate:
    """How many have a class, and the exact 95 percent interval of their share."""

    count: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Row:
    """What a course says at one point: `rates` by class, the number `reclassified`, medians by endpoint."""

    point: int
    rates: Mapping[str, Rate]
    reclassified: int
    medians: Mapping[str, Median]


@dataclass(frozen=True, slots=True)
class Move:
    """Patients who are called otherwise at point `after` than at the point `before`, which is the one next to it."""

    before: int
    after: int
    left: str
    right: str
    patients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sweep in one course of the study: how many are counted, a row for each point, and where anybody moves."""

    course: str
    total: int
    rows: tuple[Row, ...]
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep: its axes, the points of the grid as numbers of values (the first axis changes fastest), its tables.

    `counted` is what the rates count: courses, or results. `units` are those of the endpoints in the tables.
    """

    criterion: t.Criterion
    role: str
    axes: tuple[Axis, ...]
    points: tuple[tuple[int, ...], ...]
    words: tuple[str, ...]
    counted: str
    units: Mapping[str, str]
    tables: tuple[Table, ...]

    def text(self, point: int) -> str:
        """Return the values of a point in words."""
        at = self.points[point]
        if len(self.axes) == 1:
            return self.axes[0].texts[at[0]]
        return ", ".join(f"{axis.name} {axis.texts[one]}" for axis, one in zip(self.axes, at, strict=True))

    def is_own(self, point: int) -> bool:
        """Say whether a point is where the study stands."""
        return all(axis.is_own(one) for axis, one in zip(self.axes, self.points[point], strict=True))


@dataclass(frozen=True, slots=True)
class _Said:
    """What is said of units (courses, or results) at every point, and in the study itself; `patient` is by name."""

    words: tuple[str, ...]
    codes: Codes
    own: Codes
    course: Integers
    medians: Sequence[Mapping[tuple[str, str], Median]]


def sweep(results: Results, role: str, axes: Sequence[Axis]) -> Sweep:
    """Return the sweep of the criterion that has a role in the study, at every combination of the axes' values."""
    criterion = results.study.criteria[role]
    points = tuple(tuple(reversed(at)) for at in product(*(range(len(axis.values)) for axis in reversed(axes))))
    said = _graded(results, criterion, axes) if criterion.branches else _classes(results, role, axes)
    names = [name for name in results.study.endpoints if any(name == key[1] for one in said.medians for key in one)]
    return Sweep(
        criterion,
        role,
        tuple(axes),
        points,
        said.words,
        "results" if criterion.branches else "courses",
        {name: time_of(results.endpoints[name]).unit for name in names},
        tuple(_tables(results, role, said, len(axes[0].values))),
    )


def _outer(criterion: t.Criterion, axes: Sequence[Axis]) -> Iterator[t.Criterion]:
    """Yield the criterion at every combination of the values of all axes but the first, the second changing fastest."""
    for values in product(*(axis.values for axis in reversed(axes[1:]))):
        one = criterion
        for axis, value in zip(reversed(axes[1:]), values, strict=True):
            one = with_value(one, axis.name, value)
        yield one


def _graded(results: Results, criterion: t.Criterion, axes: Sequence[Axis]) -> _Said:
    material, courses = results.material, results.courses
    found = [graded_by_value(one, material, courses, axes[0].name, axes[0].values) for one in _outer(criterion, axes)]
    course, words, _ = found[0]
    codes = np.concatenate([one[2] for one in found], axis=1)
    own = graded_by_value(criterion, material, courses, axes[0].name, [axes[0].own.value])[2][:, 0]
    return _Said(words, codes, own, course, [{} for _ in range(codes.shape[1])])


def _classes(results: Results, role: str, axes: Sequence[Axis]) -> _Said:
    criterion, courses = results.study.criteria[role], results.courses
    parts, medians = [], []
    own = swept(criterion, results.material, courses, axes[0].name, [axes[0].own.value])
    for one in _outer(criterion, axes):
        found = swept(one, results.material, courses, axes[0].name, axes[0].values)
        parts.append(found.codes)
        medians += _medians(results, role, found)
    return _Said(own.label.words, np.concatenate(parts, axis=1), own.codes[:, 0], np.arange(len(courses)), medians)


# --- medians ----------------------------------------------------------------------------------------------------------
def _medians(results: Results, role: str, found: Swept) -> list[dict[tuple[str, str], Median]]:
    """Return at each value the medians of the endpoints that the criterion can move, by course and endpoint."""
    times = dict(_times(results, role, found))
    variants = found.spread(np.arange(len(found.course)))
    known: dict[Any, Median] = {}
    medians = []
    for at in range(found.count):
        here = variants[:, at]
        medians.append(
            {
                (course, name): _median(days[here[rows]], seen[here[rows]], known)
                for course, rows in _rows(results)
                for name, (days, seen) in times.items()
            }
        )
    return medians


def _rows(results: Results) -> Iterator[tuple[str, Any]]:
    for course in results.courses.label.words:
        rows = results.course_rows(course)
        if rows.any():
            yield course, rows


def _median(time: Any, seen: Any, known: dict[Any, Median]) -> Median:
    """Return the median of times that are known; the same times are estimated once."""
    there = ~np.isnan(time)
    time, seen = time[there], seen[there]
    key = time.tobytes(), seen.tobytes()
    if key not in known:
        known[key] = median_survival(time, seen)
    return known[key]


def _times(results: Results, role: str, found: Swept) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Yield the endpoints that the criterion can move, with time and event of each variant."""
    if found.time is not None:
        kind = time_of(results.outcomes[role])
        seen = np.array([word in kind.events for word in found.label.words])[found.label.codes]
        yield role_of(role).called, ((found.time[1] - found.time[0]) / float(kind.factor), seen)
        return
    made = made_in(role_of(role))
    times = results.study.endpoints
    moved = [name for name, one in times.items() if any(reads(one, table.name) for table in made)]
    if moved:
        material, courses = _beside(results, made, found)
        for name in moved:
            outcome = evaluate(times[name], material, courses)
            yield name, (duration(outcome), observed(outcome))


def _beside(results: Results, made: Sequence[tables.Table], found: Swept) -> tuple[Material, Courses]:
    """Return the variants as courses of their own, and the cohort with the tables made of them for endpoints."""
    whole, steps = results.courses, found.steps
    label = Labels(whole.label.codes[found.course], whole.label.words)
    courses = Courses(whole.patient[found.course], label, whole.start[found.course], whole.end[found.course])
    derived = dict(results.material.derived)
    for table in made:
        derived[table.name] = (
            of_steps(table.name, steps.variant, steps.date, steps.label)
            if table.each == "step"
            else of_courses(table.name, courses, found.label)
        )
    material = Material(results.cohort, results.material.tables, derived, as_of=results.material.as_of)
    return heard(material, results.study), courses


# --- tables -----------------------------------------------------------------------------------------------------------
def _tables(results: Results, role: str, said: _Said, first_axis: int) -> Iterator[Table]:
    """Yield the table of each course, or of the one that the criterion judges."""
    only = role_of(role).course
    for course, rows in _rows(results):
        if only not in {None, course}:
            continue
        units = np.flatnonzero((said.course >= 0) & rows[said.course])
        if len(units):
            codes, own = said.codes[units], said.own[units]
            lines = tuple(_lines(said, codes, own, course))
            yield Table(course, len(units), lines, tuple(_moves(results, said, units, first_axis)))


def _lines(said: _Said, codes: Codes, own: Codes, course: str) -> Iterator[Row]:
    counts = [(codes == code).sum(axis=0) for code in range(len(said.words))]
    changed = (codes != own[:, None]).sum(axis=0)
    total = len(own)
    for at in range(codes.shape[1]):
        rates = {
            word: Rate(int(counts[code][at]), clopper_pearson(int(counts[code][at]), total))
            for code, word in enumerate(said.words)
        }
        medians = {name: median for (where, name), median in said.medians[at].items() if where == course}
        yield Row(at, rates, int(changed[at]), medians)


def _moves(results: Results, said: _Said, units: Integers, first_axis: int) -> Iterator[Move]:
    """Yield the moves between neighbours on the first axis."""
    codes = said.codes[units]
    names = results.cohort.patients
    patient = results.courses.patient[said.course[units]]
    for after in range(1, codes.shape[1]):
        if after % first_axis == 0:
            continue
        moved = np.flatnonzero(codes[:, after] != codes[:, after - 1])
        pairs = codes[moved, after - 1].astype(int) * len(said.words) + codes[moved, after]
        for pair in np.unique(pairs):
            left, right = (said.words[one] for one in divmod(int(pair), len(said.words)))
            who = dict.fromkeys(names[one] for one in patient[moved[pairs == pair]])
            yield Move(after - 1, after, left, right, tuple(who))
