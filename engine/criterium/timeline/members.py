"""Members of courses: each keeps one slot for the whole course, and has its values at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from criterium.timeline.cohort import Codes, Labels, Values
from criterium.timeline.courses import repeated
from criterium.timeline.frame import Booleans, Fields, Integers, Members, taken


@dataclass(frozen=True, slots=True)
class Order:
    """Where every step of every course goes: its `flat` place, the `bases` of the steps, the `rank` of each course."""

    flat: Integers
    bases: Integers
    rank: Integers
    sizes: list[int]


@dataclass(frozen=True, slots=True)
class MemberRows:
    """Rows in the order of course, date and member, by visit: where it begins, its rows, its `owner` and `step`.

    `offsets` are those of the rows of each course; `member` is the member of each row.
    """

    begin: Integers
    sizes: Integers
    owner: Integers
    step: Integers
    offsets: Integers
    member: Labels


@dataclass(frozen=True, slots=True)
class _Slots:
    """The place of every member row: members of step k stand from `bases[k]` on, sorted by course and slot."""

    flat: Integers
    bases: Integers
    offsets: Integers
    owner: Integers
    names: Labels


def members(order: Order, rows: MemberRows, columns: Fields, still: Sequence[str]) -> Members:
    """Return the members of the courses with their fields by step; `still` columns keep their value without a row."""
    slots = _placed(order, rows)
    total = int(slots.bases[-1])
    complete = len(slots.flat) == total
    there = np.ones(total, dtype=bool) if complete else np.zeros(total, dtype=bool)
    there[slots.flat] = True
    cuts = [slice(int(low), int(high)) for low, high in zip(slots.bases[:-1], slots.bases[1:], strict=True)]
    present = [there[cut] for cut in cuts]
    dense = {name: scattered(values, slots.flat, total) for name, values in columns.items()}
    fields: list[dict[str, Values]] = [{name: taken(values, cut) for name, values in dense.items()} for cut in cuts]
    if not complete:
        _keep(fields, present, still)
    sizes = [cut.stop - cut.start for cut in cuts]
    frozen = present[0] if present else np.zeros(0, dtype=bool)
    return Members(slots.owner, slots.offsets, frozen, sizes, present, fields, slots.names)


def scattered(values: Values, places: Integers, size: int) -> Values:
    """Return values at their places among `size`, missing where there is none."""
    if isinstance(values, Labels):
        codes = np.full(size, -1, dtype=np.int32) if len(places) < size else np.empty(size, dtype=np.int32)
        codes[places] = values.codes
        return Labels(codes, values.words)
    out = np.full(size, np.nan) if len(places) < size else np.empty(size)
    out[places] = values
    return out


def _placed(order: Order, rows: MemberRows) -> _Slots:
    """Return the places of the member rows; a member keeps its slot through the whole course."""
    courses = len(order.rank)
    local, counts = _slots(rows)
    ordered = np.empty(courses, dtype=np.int64)
    ordered[order.rank] = counts
    offsets = np.concatenate([[0], np.cumsum(ordered)])
    sizes = offsets[np.array(order.sizes, dtype=np.int64)]
    bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    first = offsets[order.rank[rows.owner]]
    names = np.full(int(offsets[-1]), -1, dtype=np.int32)
    names[repeated(first, rows.sizes) + local] = rows.member.codes
    flat = repeated(bases[rows.step] + first, rows.sizes) + local
    return _Slots(flat, bases, offsets, repeated(np.arange(courses), ordered), Labels(names, rows.member.words))


def _slots(rows: MemberRows) -> tuple[Integers, Integers]:
    """Return the slot of each row within its course, and the number of slots of each course."""
    codes: Codes = rows.member.codes
    courses = len(rows.offsets) - 1
    even = _even_slots(rows)
    if even is not None:
        return even
    position = np.arange(len(codes)) - repeated(rows.begin, rows.sizes)
    opening = np.zeros(courses, dtype=np.int64)
    heads = rows.step == 0
    opening[rows.owner[heads]] = rows.sizes[heads]
    if (rows.sizes <= opening[rows.owner]).all():
        model = repeated(rows.offsets[rows.owner], rows.sizes) + position
        if (codes == codes[model]).all():
            return position, opening
    owner = repeated(rows.owner, rows.sizes)
    span = int(codes.max(initial=0)) + 1
    pairs, inverse = np.unique(owner * span + codes, return_inverse=True)
    offsets = np.searchsorted(pairs, np.arange(courses + 1) * span)
    return inverse - offsets[owner], np.diff(offsets)


def _even_slots(rows: MemberRows) -> tuple[Integers, Integers] | None:
    """Return the slots where every visit has as many rows as the next and the members of the first; None elsewhere."""
    if not len(rows.sizes) or rows.sizes[0] == 0 or (rows.sizes != rows.sizes[0]).any():
        return None
    width = int(rows.sizes[0])
    filled = np.diff(rows.offsets) > 0
    heads = rows.offsets[:-1][filled] // width
    if (rows.step[heads] != 0).any():
        return None
    codes = rows.member.codes.reshape(-1, width)
    if (codes != codes[rows.offsets[rows.owner] // width]).any():
        return None
    return np.tile(np.arange(width), len(rows.sizes)), np.where(filled, width, 0)


def _keep(fields: Sequence[Mapping[str, Values]], present: Sequence[Booleans], still: Sequence[str]) -> None:
    """Give a member without a row what it had at the step before, in the columns that do not change."""
    for step in range(1, len(fields)):
        absent = np.flatnonzero(~present[step])
        for name in still:
            now, before = fields[step].get(name), fields[step - 1].get(name)
            if isinstance(now, Labels) and isinstance(before, Labels):
                now.codes[absent] = before.codes[absent]
