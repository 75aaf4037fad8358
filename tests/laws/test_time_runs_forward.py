"""The class of a step depends on nothing after it; only the layer of the course looks ahead."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.cohorts import Rows, answers, cohorts, criteria, each_row

STEPWISE = sorted(name for name, criterion in criteria().items() if criterion.of)


@pytest.mark.parametrize("name", STEPWISE)
@settings(max_examples=15, derandomize=True)
@given(rows=cohorts(6), data=st.data())
def test_a_class_depends_on_nothing_after_it(name: str, rows: Rows, data: st.DataObject):
    """Classes and measures of steps stay as they are when all that happened later is taken away.

    What happens after a cycle belongs to it until the next one, so the classes of cycles are compared up to the last.
    """
    criterion = criteria()[name]
    days = sorted({row["date"] for row in rows[str(criterion.of)]})
    last = data.draw(st.sampled_from(days)) if days else 0
    past = each_row(rows, lambda _, row: row if row.get("date", last) <= last else None)
    found, whole = answers(criterion, past), answers(criterion, rows)
    later = _dateless(found)
    for key, value in found.items():
        who, course, step, date = key[:4]
        settled = criterion.each == "assessment" or (step != "course" and (who, course, step + 1, *key[4:]) in later)
        if step != "course" and settled:
            assert whole[key] == value, (key, date)


def _dateless(found: dict) -> set:
    return {key[:3] + key[4:] for key in found if key[2] != "course"}
