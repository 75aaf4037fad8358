"""Columns = exact: both algebras give the same labels, clauses, possibilities, truths and bounds on every cohort."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns, Num, Word
from criterium.evaluate.exact.algebra import Exact, Number
from criterium.evaluate.frames import frame_of
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.timeline.frame import Frame
from tests.laws.cohorts import Rows, cohort_of, cohorts, criteria, prepared


@pytest.mark.parametrize("name", sorted(criteria()))
@settings(max_examples=4, derandomize=True)
@given(rows=cohorts(12))
def test_columns_are_exact(name: str, rows: Rows):
    """The algebra of columns says of every course what the exact algebra says of it."""
    criterion = criteria()[name]
    material, courses = prepared(criterion, cohort_of(rows))
    frame = frame_of(criterion, material, courses)
    fast = Walk(criterion, Columns(frame))
    fast.run()
    for index in range(frame.size):
        _same(criterion, frame, index, fast)


def _same(criterion: t.Criterion, frame: Frame, index: int, fast: Walk[Any, Any]) -> None:
    slow: Walk[Any, Any] = Walk(criterion, Exact(frame, index))
    slow.run()
    for place in slow.step_places():
        _same_layer(criterion.steps, place, index, fast, slow)
    _same_layer(criterion.course, COURSE, index, fast, slow)
    if criterion.time is not None:
        _same_decision(criterion.time.outcome, COURSE, index, fast, slow)
        for node in (criterion.time.anchor, criterion.time.at):
            _same_value(node.text, fast.value(node, COURSE), slow.value(node, COURSE), index)


def _same_layer(layer: t.Layer, place: Place, index: int, fast: Walk[Any, Any], slow: Walk[Any, Any]) -> None:
    for name in layer.measures:
        _same_value(f"{name} {place}", fast.measure(name, place), slow.measure(name, place), index)
    for name, condition in layer.conditions.items():
        column, exact = fast.holds(condition, place), slow.holds(condition, place)
        assert (_at(column.must, index), _at(column.may, index)) == (exact.must, exact.may), (name, place)
    for ladder in layer.ladders.values():
        _same_decision(ladder, place, index, fast, slow)


def _same_decision(ladder: t.Ladder, place: Place, index: int, fast: Walk[Any, Any], slow: Walk[Any, Any]) -> None:
    column, exact = fast.climb(ladder, place), slow.climb(ladder, place)
    possible = {label for at, label in enumerate(ladder.labels) if int(column.possible[index]) >> at & 1}
    said = (column.label.words[column.label.codes[index]], int(column.clause[index]), possible)
    assert said == (exact.label, exact.clause, set(exact.possible)), (ladder.name, place)


def _same_value(name: str, column: Any, exact: Any, index: int) -> None:
    if isinstance(column, Word):
        code = _at(column.codes, index)
        assert (column.words[code] if code >= 0 else None) == exact, name
        return
    assert isinstance(column, Num)
    assert isinstance(exact, Number), name
    low, high = float(_at(column.low, index)), float(_at(column.high, index))
    if np.isnan(low) and column.floor is not None:
        low = column.floor
    assert [low, high] == pytest.approx([_float(exact.low), _float(exact.high)], rel=1e-9, abs=1e-9, nan_ok=True), name


def _float(bound: Any) -> float:
    return np.nan if bound is None else float(bound)


def _at(array: Any, index: int) -> Any:
    return array[index].item() if np.ndim(array) else array.item()
