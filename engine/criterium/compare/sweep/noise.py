"""Measured again: whose class changes when every measurement is off by chance.

A draw adds to every measurement its own normal error of mean 0 and the standard deviation that was asked for, in the
unit of the measurement or in percent of it. What falls below 0 is 0; 0 stays 0, and what was not measured stays so. The
errors of a draw depend on the seed and its number alone, so that the same seed gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.compare.sweep.stacks import Stack
from criterium.compare.sweep.sweeps import Codes
from criterium.compare.sweep.tests import is_bound
from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns, in_columns
from criterium.evaluate.columns.bounds import known_values
from criterium.evaluate.frames import Material, frame_of
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where, listed
from criterium.language.tables import Column
from criterium.language.units import UnknownUnit, unit
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Frame, Integers

DRAWS = 200
MOST_COPIES = 50_000
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(\S+)")
Columns_ = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Noise:
    """An error of measurement: its standard deviation in canonical units of a dimension; `percent` is of the value."""

    size: float
    dimension: str
    text: str


@dataclass(frozen=True, slots=True)
class Margin:
    """What lies nearest to a threshold, in the course: a measure, its date, value and threshold in its unit."""

    measure: str
    date: float
    value: float
    threshold: float
    unit: str


@dataclass(frozen=True, slots=True)
class Noisy:
    """What a criterion says under error: the classes by code as measured, and of every course (rows) in every draw.

    `columns` are the measurements that were disturbed, by table; `margins` go by the number of the course.
    """

    words: tuple[str, ...]
    own: Codes
    codes: Codes
    columns: Columns_
    margins: Mapping[int, Margin]

    @property
    def kept(self) -> Numbers:
        """The share of draws in which each course keeps its class."""
        found: Numbers = (self.codes == self.own[:, None]).mean(axis=1)
        return found


def noise_of(text: str) -> Noise:
    """Return the error that a text such as `1mm` or `5percent` means; raise Refused otherwise."""
    found = _SIZE.fullmatch(text.strip())
    try:
        measured = unit(found[2]) if found else None
    except UnknownUnit:
        measured = None
    if found is None or measured is None or float(found[1]) == 0:
        where = Where("--noise", 1, 1, text, len(text))
        raise Refused([Problem(where, f"`{text}` is no error of measurement", "`1mm` or `5percent`, above 0")])
    size = float(found[1]) * float(measured.factor)
    return Noise(size, measured.dimension, f"{found[1]} {measured.name}")


def noisy(
    criterion: t.Criterion, material: Material, courses: Courses, noise: Noise, seed: int, draws: int = DRAWS
) -> Noisy:
    """Return the class of every course in so many draws; raise Refused if the criterion reads no such measurement."""
    columns = measured(criterion, material, noise)
    walk = Walk(criterion, Columns(frame_of(criterion, material, courses)))
    walk.run()
    ladder = criterion.course.ladders["class"]
    own = _course_codes(walk, ladder)
    size = len(own)
    codes = np.empty((size, draws), dtype=np.int8)
    most = max(1, MOST_COPIES // max(size, 1))
    for first in range(0, draws, most):
        run = range(first, min(first + most, draws))
        stack = Stack(in_columns(walk.algebra), np.repeat(np.arange(size), len(run)))
        draw = np.tile(np.arange(len(run)), size)
        frame = _disturbed(stack, criterion.of or "", _Errors(run, noise, seed), columns, draw)
        disturbed = Walk(criterion, Columns(frame))
        disturbed.run()
        codes[:, first : run.stop] = _course_codes(disturbed, ladder).reshape(size, len(run))
    number = in_columns(walk.algebra).frame.number
    back = np.argsort(number)
    margins = {int(number[at]): margin for at, margin in _margins(walk).items()}
    return Noisy(ladder.labels, own[back], codes[back], columns, margins)


def _course_codes(walk: Walk[Any, Any], ladder: t.Ladder) -> Codes:
    codes: Codes = np.broadcast_to(walk.climb(ladder, COURSE).label.codes, in_columns(walk.algebra).frame.size)
    return codes


# --- measurements -----------------------------------------------------------------------------------------------------
def measured(criterion: t.Criterion, material: Material, noise: Noise) -> dict[str, frozenset[str]]:
    """Return the columns that an error of this dimension disturbs, by table; an error in percent disturbs all.

    Raises Refused if the criterion reads none, or gives no class to courses.
    """
    where = Where("--noise", 1, 1, noise.text, len(noise.text))
    if "class" not in criterion.course.ladders:
        what = f"{criterion.id} gives no class to courses"
        raise Refused([Problem(where, what, "a criterion that judges courses by measurements")])
    dimensions: dict[str, dict[str, str]] = {}
    for table, needed in criterion.needs.items():
        quantities = {name: _dimension(material.tables[table].columns[name]) for name in needed}
        dimensions[table] = {name: dimension for name, dimension in quantities.items() if dimension}
    found = {
        table: frozenset(name for name, one in columns.items() if noise.dimension in {one, "percent"})
        for table, columns in dimensions.items()
    }
    if not any(found.values()):
        known = {one for columns in dimensions.values() for one in columns.values()}
        what = f"{criterion.id} reads no measurement of the dimension {noise.dimension}"
        raise Refused([Problem(where, what, f"an error of {listed(sorted(known))}" if known else "measurements")])
    return {table: columns for table, columns in found.items() if columns}


def _dimension(column: Column) -> str:
    if column.type != "quantity":
        return ""
    return column.dimension or (unit(column.unit).dimension if column.unit else "")


class _Errors:
    """The errors of some draws, each from a stream of its own: what a draw gets does not depend on the other draws."""

    def __init__(self, run: range, noise: Noise, seed: int) -> None:
        self._streams = [np.random.default_rng([seed, draw]) for draw in run]
        self._noise = noise

    def added(self, values: Values, copied: Integers, draw: Integers) -> Values:
        """Return the values of copies, of which `copied` are the originals, in their draws."""
        if isinstance(values, Labels) or not len(values):
            return values
        count = int(copied.max(initial=-1)) + 1
        error = np.stack([stream.standard_normal(count) for stream in self._streams])[draw, copied] * self._noise.size
        if self._noise.dimension == "percent":
            error *= values / 100.0
        return np.where(values > 0, np.maximum(values + error, 0.0), values)


def _disturbed(stack: Stack, of: str, errors: _Errors, columns: Columns_, draw: Integers) -> Frame:
    """Return the frame of the copies of the courses, each in its `draw`, with every measurement disturbed."""
    frame = stack.frame()
    own = columns.get(of, frozenset())

    def changed(fields: Mapping[str, Values], names: frozenset[str], copied: Integers, owner: Integers) -> Any:
        found = {name: errors.added(fields[name], copied, draw[owner]) for name in sorted(names & set(fields))}
        return {**fields, **found}

    members, steps = frame.members, list(frame.steps)
    for step, fields in enumerate(steps):
        copied = stack.index(Place("step", step))
        steps[step] = changed(fields, own, copied, np.arange(len(copied)))
    if members is not None:
        rows = [stack.index(Place("row", step)) for step in range(len(members.fields))]
        held = [
            changed(fields, own, copied, members.owner[: len(copied)])
            for fields, copied in zip(members.fields, rows, strict=True)
        ]
        members = replace(members, fields=held)
    beside = dict(frame.beside)
    for name, there in frame.beside.items():
        if name in columns:
            fields = changed(there.fields, columns[name], stack.rows(name), there.owner)
            beside[name] = replace(there, fields=fields)
    return replace(frame, members=members, steps=steps, beside=beside)


# --- margins ----------------------------------------------------------------------------------------------------------
def _margins(walk: Walk[Any, Any]) -> dict[int, Margin]:
    """Return for each course of the frame which measure comes nearest to a threshold it is compared with, if any does.

    Distances are compared as shares of their threshold.
    """
    frame = in_columns(walk.algebra).frame
    tests = list({id(node): (name, bound, node) for name, bound, node in _compared(walk.criterion)}.values())
    thresholds = [float(np.asarray(known_values(walk.value(bound, COURSE)))) for _, bound, _ in tests]
    nearest, which = np.full(frame.size, np.inf), np.full(frame.size, -1)
    found, dates = np.full(frame.size, np.nan), np.full(frame.size, np.nan)
    for at, ((_, _, node), threshold) in enumerate(zip(tests, thresholds, strict=True)):
        for place in walk.step_places() if threshold else ():
            values = np.broadcast_to(known_values(walk.value(node, place)), frame.sizes[place.step])
            share = np.abs(values - threshold) / abs(threshold)
            closer = np.flatnonzero(share < nearest[: len(share)])
            nearest[closer], which[closer], found[closer] = share[closer], at, values[closer]
            dates[closer] = np.asarray(frame.steps[place.step]["date"])[closer]
    shown = [walk.criterion.steps.shown.get(name, ("", Fraction(1))) for name, _, _ in tests]
    return {
        course: Margin(
            tests[at][0],
            float(dates[course]),
            float(found[course]) / float(shown[at][1]),
            thresholds[at] / float(shown[at][1]),
            shown[at][0],
        )
        for course, at in enumerate(which.tolist())
        if at >= 0
    }


def _compared(criterion: t.Criterion) -> Iterator[tuple[str, t.Expression, t.Named]]:
    """Yield the measures of steps that are compared with parameters and constants: name, threshold and measure."""
    layer = criterion.steps
    for node in nodes((tuple(layer.conditions.values()), tuple(layer.ladders.values()))):
        if isinstance(node, t.Compare):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, t.Named) and one.level == "step" and is_bound(other) and one.name in layer.measures:
                    yield one.name, other, one
