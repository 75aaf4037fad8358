"""Frames hold the rows of a cohort where a plain reading of the rows, one patient at a time, says they belong."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings

from criterium.evaluate.frames import frame_of
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.frame import Frame
from tests.laws.cohorts import Row, Rows, cohort_of, cohorts, criteria, prepared

SWOG = criteria()["swog"]
COLUMNS = ("role", "long", "short", "state")


@settings(max_examples=60, derandomize=True)
@given(rows=cohorts(6))
def test_a_frame_holds_every_row_where_it_belongs(rows: Rows):
    """Dates of steps, members with their values, and rows beside are those of the plain reading, for every course."""
    cohort = cohort_of(rows)
    material, courses = prepared(SWOG, cohort)
    frame = frame_of(SWOG, material, courses)
    assert frame.size == len(courses)
    for index, number in enumerate(frame.number):
        name = cohort.patients[courses.patient[number]]
        mine = {table: [row for row in entries if row["patient_id"] == name] for table, entries in rows.items()}
        course = courses.label.words[courses.label.codes[number]]
        start, end = _span(mine["treatments"], course)
        assert _dates(frame, index) == _steps(mine, start, end)
        _same_members(frame, index, mine["lesions"], _dates(frame, index), start)
        _same_beside(frame, index, "findings", mine["findings"], (start, end))
        _same_beside(frame, index, "events", mine["events"], (-np.inf, np.inf), start)


def _span(treatments: list[Row], course: str) -> tuple[float, float]:
    """Return the first day of a course and of the next one; not a number for a course that never began."""
    starts = sorted({min(row["date"] for row in treatments if row["course"] == name) for name in _names(treatments)})
    start = min((row["date"] for row in treatments if row["course"] == course), default=np.nan)
    return start, min((day for day in starts if day > start), default=np.inf)


def _names(treatments: list[Row]) -> set[str]:
    return {row["course"] for row in treatments}


def _steps(mine: Rows, start: float, end: float) -> list[float]:
    if np.isnan(start):
        return []
    looks = {row["date"] for row in mine["lesions"]}
    worse = {row["date"] for row in mine["events"] if row["event"] == "clinical deterioration"}
    baseline = max((day for day in looks if day <= start), default=start)
    return [baseline, *sorted(day for day in looks | worse if start < day <= end)]


def _dates(frame: Frame, index: int) -> list[float]:
    return [float(_cell(frame.steps[at]["date"], index)) for at, size in enumerate(frame.sizes) if index < size]


def _same_members(frame: Frame, index: int, lesions: list[Row], dates: list[float], start: float) -> None:
    members = frame.members
    assert members is not None
    held = range(int(members.offsets[index]), int(members.offsets[index + 1]))
    names = {_cell(members.names, slot): slot for slot in held}
    assert sorted(names) == sorted({row["lesion_id"] for row in lesions if row["date"] in dates})
    for name, slot in names.items():
        last: dict[str, Any] = {}
        for step, date in enumerate(dates):
            found = [row for row in lesions if (row["lesion_id"], row["date"]) == (name, date)]
            assert bool(members.present[step][slot]) == bool(found)
            row: Row = found[0] if found else {"role": last.get("role")}
            for key in COLUMNS:
                assert _cell(members.fields[step][key], slot) == row.get(key), (name, date, key)
            last = row
        first = [row for row in lesions if (row["lesion_id"], row["date"]) == (name, dates[0])]
        assert bool(members.frozen[slot]) == (bool(first) and dates[0] <= start)


def _same_beside(
    frame: Frame, index: int, table: str, rows: list[Row], window: tuple[float, float], start: float | None = None
) -> None:
    beside, dates = frame.beside[table], _dates(frame, index)
    start = window[0] if start is None else start
    held = range(int(beside.offsets[index]), int(beside.offsets[index + 1]))
    found = [(float(_cell(beside.fields["date"], at)), int(beside.step[at]), bool(beside.inside[at])) for at in held]
    expected = []
    for row in rows:
        day = row["date"]
        later = [step for step, date in enumerate(dates) if step > 0 and start < day <= date]
        step = later[0] if later else 0 if dates and day <= start else -1
        inside = window[0] <= day < window[1]
        if inside or (day <= window[1] and step >= 0):
            expected.append((float(day), step, inside))
    assert sorted(found) == sorted(expected)


def _cell(values: Values, at: int) -> Any:
    if isinstance(values, Labels):
        return values.words[values.codes[at]] if values.codes[at] >= 0 else None
    return None if np.isnan(values[at]) else float(values[at])
