"""One course many times over, so that each copy can be given another value and all be evaluated at once."""

from __future__ import annotations

import numpy as np

from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Beside, Fields, Frame, Integers, Members, taken


def copies(frame: Frame, index: int, count: int) -> Frame:
    """Return a frame of `count` copies of course number `index`, whose arrays are its own and may be written."""
    steps = sum(1 for size in frame.sizes if size > index)
    here = np.full(count, index)
    fields = [_fields(frame.steps[step], here) for step in range(min(steps, len(frame.steps)))]
    return Frame(
        np.arange(count),
        frame.start[here],
        [count] * steps,
        frame.opening,
        frame.has_baseline[here],
        _fields(frame.courses, here),
        fields,
        None if frame.members is None else _members(frame.members, index, count, steps),
        {name: _beside(rows, index, count) for name, rows in frame.beside.items()},
    )


def _fields(fields: Fields, rows: Integers) -> Fields:
    return {name: taken(values, rows) for name, values in fields.items()}


def _rows(offsets: Integers, index: int, count: int) -> tuple[Integers, Integers, Integers]:
    """Return the rows of a course as often as it is copied, the owner of each, and the offsets of the copies."""
    rows = np.arange(int(offsets[index]), int(offsets[index + 1]))
    return np.tile(rows, count), np.repeat(np.arange(count), len(rows)), np.arange(count + 1) * len(rows)


def _members(members: Members, index: int, count: int, steps: int) -> Members:
    rows, owner, offsets = _rows(members.offsets, index, count)
    present = [members.present[step][rows] for step in range(steps)]
    fields = [_fields(members.fields[step], rows) for step in range(steps)]
    names = Labels(members.names.codes[rows], members.names.words)
    return Members(owner, offsets, members.frozen[rows], [len(rows)] * steps, present, fields, names)


def _beside(beside: Beside, index: int, count: int) -> Beside:
    rows, owner, offsets = _rows(beside.offsets, index, count)
    return Beside(owner, offsets, beside.step[rows], beside.inside[rows], _fields(beside.fields, rows))
