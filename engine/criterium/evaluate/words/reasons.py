"""Why a class could not be told: for every row without one, the first condition that is open and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from criterium.evaluate.algebra import COURSE, Decision, Place
from criterium.evaluate.columns.algebra import Truth, in_columns
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.timeline.cohort import Labels

Lack = tuple[Any, str]


def reasons(walk: Walk[Any, Any], ladder: t.Ladder, place: Place, decision: Decision) -> Labels:
    """Return the reason for each row of a place whose label is the unknown one; code -1 elsewhere."""
    size = in_columns(walk.algebra).size(place)
    codes = np.full(size, -1, dtype=np.int32)
    words: list[str] = []
    open_ = np.asarray(decision.label.codes == ladder.labels.index(ladder.unknown))
    for mask, text in _lacks(walk, ladder, place, open_) if open_.any() else ():
        here = open_ & (codes < 0) & mask
        if here.any():
            words.append(text)
            codes[here] = len(words) - 1
    return Labels(codes, tuple(words))


def _lacks(walk: Walk[Any, Any], ladder: t.Ladder, place: Place, open_: Any) -> Iterator[Lack]:
    """Yield masks of rows with what they lack, the weightiest reason first."""
    frame = in_columns(walk.algebra).frame
    size = len(open_)
    if place == COURSE:
        yield np.isnan(frame.start), "the course never began"
        if frame.sizes:
            counts = np.zeros(size, dtype=int)
            for count in frame.sizes:
                counts[:count] += 1
            yield counts <= frame.opening, "nothing was recorded after the start of the course"
        if frame.opening:
            yield ~frame.has_baseline, "there is no baseline"
    elif frame.opening:
        yield ~frame.has_baseline[:size], "there is no baseline"
    for clause in ladder.clauses:
        truth: Truth = walk.holds(clause.when, place)
        may, must = np.broadcast_to(truth.may, size), np.broadcast_to(truth.must, size)
        for mask, lack in _open_conditions(walk, clause.when, place, size):
            yield may & ~must & mask, f"{clause.label} can be neither given nor ruled out: {lack}"
        if clause.label == ladder.unknown:
            yield must, clause.text if clause.text != "otherwise" else f"nothing above {clause.name.lower()} holds"
        yield may & ~must, f"{clause.label} can be neither given nor ruled out: {clause.text}"


def _open_conditions(walk: Walk[Any, Any], node: t.Condition, place: Place, size: int) -> Iterator[Lack]:
    if isinstance(node, (t.All, t.Some)):
        for part in node.of:
            yield from _within(walk, part, place, size)
    elif isinstance(node, t.Not):
        yield from _within(walk, node.of, place, size)
    elif isinstance(node, t.Rule) and (place == COURSE) == (node.level == "course"):
        layer = walk.criterion.course if place == COURSE else walk.criterion.steps
        yield from _within(walk, layer.conditions[node.name], place, size)
    elif isinstance(node, t.Compare):
        for side in (node.left, node.right):
            yield from _open_value(walk, side, place, size)
    elif isinstance(node, t.OneOf):
        yield from _open_value(walk, node.of, place, size)
    elif isinstance(node, t.Quantified):
        yield _unknown(walk.holds(node, place), size), f"something about {node.over.text} was not recorded"


def _within(walk: Walk[Any, Any], node: t.Condition, place: Place, size: int) -> Iterator[Lack]:
    open_ = _unknown(walk.holds(node, place), size)
    for mask, lack in _open_conditions(walk, node, place, size):
        yield open_ & mask, lack


def _unknown(truth: Truth, size: int) -> Any:
    return np.broadcast_to(truth.may & ~truth.must, size)


def _open_value(walk: Walk[Any, Any], node: t.Expression, place: Place, size: int) -> Iterator[Lack]:
    if isinstance(node, (t.Constant, t.Parameter, t.Given)):
        return
    found: Truth = walk.algebra.known(walk.value(node, place))
    lacking = np.broadcast_to(~found.must, size)
    if isinstance(node, t.Change):
        for part in (node.reference, node.of):
            yield from _open_value(walk, part, place, size)
        yield lacking, f"`{node.text}` has no value"
    elif isinstance(node, t.Named):
        bodies = walk.criterion.course.measures if node.level == "course" else walk.criterion.steps.measures
        if node.level == ("course" if place == COURSE else "step"):
            yield from _open_value(walk, bodies[node.name], place, size)
        yield lacking, f"`{node.name}` has no value"
    elif isinstance(node, t.Aggregate):
        what = node.of.text if node.of is not None else "number"
        yield lacking, f"`{what}` is not known for all {node.over.text}"
    elif isinstance(node, t.Arithmetic):
        for side in (node.left, node.right):
            yield from _open_value(walk, side, place, size)
    elif isinstance(node, t.Reference):
        yield lacking, f"no {node.reference} value of `{node.of.text}` is known"
    else:
        yield lacking, f"`{node.text}` is missing"
