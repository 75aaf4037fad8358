"""The class of a step depends on nothing after it; only stages and the layer of the course look ahead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.language import tree as t
from tests.laws.cohorts import Rows, answers, cohorts, criteria, each_row

STEPWISE = sorted(name for name, criterion in criteria().items() if criterion.of)


@pytest.mark.parametrize("name", STEPWISE)
@settings(max_examples=5, derandomize=True)
@given(rows=cohorts(6), data=st.data())
def test_a_class_depends_on_nothing_after_it(name: str, rows: Rows, data: st.DataObject):
    """Classes and measures of steps stay as they are when all that happened later is taken away.

    What happens after a cycle belongs to it until the next one, so the classes of cycles are compared up to the last.
    What a stage says is not compared; it is there to look ahead.
    """
    criterion = criteria()[name]
    staged = {one for stage in criterion.stages for one in stage.names}
    days = sorted({row["date"] for row in rows.get(str(criterion.of), [])})
    last = data.draw(st.sampled_from(days)) if days else 0
    past = each_row(rows, lambda _, row: row if row.get("date", last) <= last else None)
    found, whole = answers(criterion, past), answers(criterion, rows)
    later = _dateless(found)
    for key, value in found.items():
        who, course, step, date = key[:4]
        settled = criterion.each == "assessment" or (step != "course" and (who, course, step + 1, *key[4:]) in later)
        if step != "course" and settled and key[-1] not in staged:
            assert whole[key] == value, (key, date)


@pytest.mark.parametrize("name", [name for name in STEPWISE if criteria()[name].stages])
@settings(max_examples=5, derandomize=True)
@given(rows=cohorts(6))
def test_stages_feed_nothing_back(name: str, rows: Rows):
    """Classes and measures of the steps are what they are without any stage."""
    criterion = criteria()[name]
    staged = {one for stage in criterion.stages for one in stage.names}
    whole, alone = answers(criterion, rows), answers(_without_stages(criterion), rows)
    assert {key: value for key, value in whole.items() if key[2] != "course" and key[-1] not in staged} == alone


def _without_stages(criterion: t.Criterion) -> t.Criterion:
    """Return a criterion as it is before its stages, without the layer of the course, which reads them."""
    staged = {one for stage in criterion.stages for one in stage.names}
    measures, conditions, ladders = (
        {one: body for one, body in bodies.items() if one not in staged}
        for bodies in (criterion.steps.measures, criterion.steps.conditions, criterion.steps.ladders)
    )
    steps = replace(criterion.steps, measures=measures, conditions=conditions, ladders=ladders)
    course = replace(criterion.course, measures={}, conditions={}, ladders={})
    return replace(criterion, steps=steps, course=course, stages=())


def _dateless(found: dict) -> set:
    return {key[:3] + key[4:] for key in found if key[2] != "course"}
