"""Where a course can change when a parameter takes one value after the other.

A comparison of something fixed with the parameter holds up to one of the values and not beyond (or the other way
round). The values at which any comparison about a course changes its truth are few; between them nothing about the
course changes, whatever the criterion does with these truths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from criterium.compare.sweep.tests import Test, Woven, tests_of
from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns, Word, in_columns
from criterium.evaluate.columns.bounds import Num, explicit, slack
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.timeline.frame import Integers

FARTHEST = 1e6  # no date is farther from 1970 in days; what is equal in dates is told by their size


def switches(
    walk: Walk[Any, Any], name: str, values: Num, dependent: Collection[int]
) -> tuple[Integers, Integers] | None:
    """Return (course, value) by number: each course of the walk's frame with each value that may change it.

    The first value is among them for every course. `values` are those of the parameter `name`, rising. None: the
    parameter is used in another way than in comparisons with something fixed, and every value may change every course.
    """
    try:
        tests = [*tests_of(walk.criterion, name, dependent)]
    except Woven:
        return None
    algebra = in_columns(walk.algebra)
    count, size = len(values.low), algebra.frame.size
    keys = [np.arange(size) * count]
    for test in tests:
        bound = _bounds(walk, name, values, test.bound)
        if bound is None:
            return None
        for numbers, owner in _fixed(walk, algebra, test):
            keys += _changes(numbers, owner, bound)
    every = np.unique(np.concatenate(keys))
    return every // count, every % count


def _changes(numbers: Any, owner: Integers, bound: Any) -> Iterator[Integers]:
    """Yield course * values + value for every value at which a comparison may change; `bound` may fall or rise."""
    count = len(bound)
    falling = bool(bound[0] > bound[-1])
    rising = bound[::-1] if falling else bound
    for near in (slack(rising), slack(np.float64(FARTHEST))):
        for edge in (rising - near, rising + near):
            for side in ("left", "right"):
                at = np.searchsorted(edge, numbers, side=side)
                at = count - at if falling else at
                inside = (at > 0) & (at < count)
                yield owner[inside] * count + at[inside]


def _fixed(walk: Walk[Any, Any], algebra: Columns, test: Test) -> Iterator[tuple[Any, Integers]]:
    """Yield the fixed numbers of a comparison, each with the course it is about."""
    steps = walk.step_places()
    every = np.arange(algebra.frame.size)
    if test.kind == "value" and test.fixed is not None:
        for place in _places(test.place, algebra):
            found = explicit(walk.value(test.fixed, place))
            for number in {id(one): one for one in (found.low, found.high)}.values():
                yield np.broadcast_to(number, algebra.size(place)), _owner(walk, place)
    elif test.kind == "date" and test.fixed is not None:
        origin = np.broadcast_to(walk.value(test.fixed, COURSE).low, len(every))
        for place in steps:
            date = _date(algebra, place)
            yield date - origin[: len(date)], every[: len(date)]
    elif test.kind == "gap":
        for one, other in combinations(steps, 2):
            date = _date(algebra, other)
            yield date - _date(algebra, one)[: len(date)], every[: len(date)]
    else:
        for number in range(len(steps) + 1):
            yield np.full(len(every), float(number)), every


def _date(algebra: Columns, place: Place) -> Any:
    return algebra.frame.steps[place.step]["date"]


def _owner(walk: Walk[Any, Any], place: Place) -> Integers:
    """Return the course of everything at a place."""
    every = Word(np.arange(in_columns(walk.algebra).frame.size), ())
    if place.level == "row" and place.step >= 0:
        every = walk.algebra.spread(every, Place("step", place.step))
    codes: Integers = (every if place == COURSE else walk.algebra.spread(every, place)).codes
    return codes


def _bounds(walk: Walk[Any, Any], name: str, values: Num, node: t.Expression) -> Any:
    """Return what a node of parameters and constants is for every value; None if it neither rises nor falls."""
    algebra = Columns(in_columns(walk.algebra).frame, {(name, COURSE): values})
    found = Walk(walk.criterion, algebra).value(node, COURSE).low
    steps = np.diff(found)
    return found if (steps >= 0).all() or (steps <= 0).all() else None


def _places(place: Place, algebra: Columns) -> list[Place]:
    if place.step < 0:
        return [place]
    return [Place(place.level, step, place.table) for step in range(algebra.steps)]
