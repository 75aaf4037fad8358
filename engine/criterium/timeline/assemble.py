"""Rows become frames: assessments with their members, cycles, single results, or courses without steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.courses import NEVER, Courses, Ordered, day_of, packed, ranges, spans
from criterium.timeline.frame import Beside, Booleans, Fields, Frame, Integers, Members, taken

Rows = npt.NDArray[np.int64] | slice


@dataclass(frozen=True, slots=True)
class Shape:
    """The steps of the courses: keys of course and day in order, the offsets of each course among them, which has a baseline."""

    keys: Integers
    offsets: Integers
    has_baseline: Booleans


def course_frame(courses: Courses, fields: Fields) -> Frame:
    """Return the frame of courses without steps; `fields` are values of each course."""
    has = ~np.isnan(courses.start)
    return Frame(np.arange(len(courses)), courses.start, [], 0, has, fields, [])


def windows(courses: Courses) -> tuple[Integers, Integers]:
    """Return the packed keys from which and before which a row lies in each course; none for a course that never began."""
    begun = ~np.isnan(courses.start)
    low = packed(courses.patient, np.where(begun, courses.start, 0.0))
    high = packed(courses.patient, np.where(begun, courses.end, 0.0))
    return low, np.where(begun, high, low)


def cycles(courses: Courses, rows: Ordered, needed: Iterable[str]) -> Frame:
    """Return the frame whose steps are the rows of each course, in the order of their dates."""
    low, high = windows(courses)
    offsets, owner, chosen = ranges(rows.key, low, high)
    keys = packed(owner, day_of(rows.key[chosen]))
    shape = Shape(keys, offsets, ~np.isnan(courses.start))
    frame, order = _skeleton(courses, shape, 0)
    steps = _by_step(order, {name: taken(rows.column(name), chosen) for name in {*needed, "date"} if name in rows.table.columns})
    return replace(frame, steps=steps)


def results(rows: Ordered, courses: Courses, needed: Iterable[str], series: str) -> tuple[Fields, Integers]:
    """Return the columns of rows that stand alone, and the course of each row (-1: none has begun).

    `baseline NAME` is the value of column NAME in the last row of the same series, on or before the start of the course, in which
    `value` is known.
    """
    course = course_at(courses, rows.key)
    names = list(dict.fromkeys(needed))
    fields: dict[str, Values] = {name: rows.column(name) for name in names if name in rows.table.columns}
    back = [name.removeprefix("baseline ") for name in names if name.startswith("baseline ")]
    if back:
        origin = _baseline_rows(rows, courses, course, series)
        for name in back:
            if name in rows.table.columns:
                fields[f"baseline {name}"] = _from(rows.column(name), origin)
    return fields, course


def course_at(courses: Courses, key: Integers) -> Integers:
    """Return the number of the course in which each row of packed `key` lies, -1 before the first."""
    if not len(courses):
        return np.full(len(key), -1)
    patient = key >> 22
    if len(courses) == courses.patient[-1] + 1 and (courses.patient == np.arange(len(courses))).all():
        start = packed(courses.patient, np.where(np.isnan(courses.start), NEVER, courses.start))
        return np.where(key >= start[patient], patient, -1)
    begun = np.flatnonzero(~np.isnan(courses.start))
    starts = packed(courses.patient[begun], courses.start[begun])
    at = np.searchsorted(starts, key, side="right") - 1
    found = np.where(at >= 0, begun[np.maximum(at, 0)], -1) if len(begun) else np.full(len(key), -1)
    same = (found >= 0) & (courses.patient[found] == patient)
    return np.where(same, found, -1)


def _baseline_rows(rows: Ordered, courses: Courses, course: Integers, series: str) -> Integers:
    """Return for each row the number of its baseline row, or -1."""
    label, unit, value = rows.column(series), rows.column("unit"), rows.column("value")
    assert isinstance(label, Labels) and isinstance(unit, Labels) and not isinstance(value, Labels)
    kind = label.codes.astype(np.int64) * (len(unit.words) + 1) + unit.codes + 1
    kinds, kind = np.unique(kind, return_inverse=True)
    span = len(kinds)
    known = np.flatnonzero(~np.isnan(value))
    days = rows.key & ((1 << 22) - 1)
    stamp = ((rows.key >> 22) * span + kind << 22) + days
    order = known[np.argsort(stamp[known], kind="stable")]
    start = np.where(course >= 0, courses.start[course], -NEVER) if len(courses) else np.full(len(course), -NEVER)
    wanted = ((rows.key >> 22) * span + kind << 22) + start.astype(np.int64) + (1 << 21)
    at = np.searchsorted(stamp[order], wanted, side="right") - 1
    found = np.where(at >= 0, order[np.maximum(at, 0)], 0) if len(order) else np.zeros(len(course), dtype=np.int64)
    same = (at >= 0) & (course >= 0) & (stamp[found] >> 22 == wanted >> 22)
    return np.where(same, found, -1)


def _from(values: Values, rows: Integers) -> Values:
    if isinstance(values, Labels):
        return Labels(np.where(rows >= 0, values.codes[rows], -1).astype(np.int32), values.words)
    return np.where(rows >= 0, values[rows], np.nan)


def assessments(
    courses: Courses,
    rows: Ordered,
    member: str,
    needed: Sequence[str],
    still: Sequence[str],
    extra: Integers,
) -> Frame:
    """Return the frame whose steps are the dates of `rows` and the packed keys `extra`, with the members of each course.

    Step 0 is the baseline: the last date on or before the start (the start itself, without members, if there is none). The last
    step is the last date on or before the next course begins. `still` are columns that keep their value when a member has no row.
    """
    low, high, has = _assessed(courses, rows)
    offsets, owner, chosen = ranges(rows.key, low, high)
    keys = packed(owner, day_of(rows.key[chosen]))
    shape = _shape(courses, keys, offsets, has, extra, high)
    frame, order = _skeleton(courses, shape, 1)
    members = _members(frame, order, shape, keys, owner, _label(taken(rows.column(member), chosen)))
    columns = {name: taken(rows.column(name), chosen) for name in needed if name in rows.table.columns}
    return replace(frame, members=_filled(members, columns, still), steps=_by_step(order, {"date": day_of(shape.keys)}))


def _assessed(courses: Courses, rows: Ordered) -> tuple[Integers, Integers, Booleans]:
    """Return the keys between which each course is assessed, and which courses have a baseline."""
    begun = ~np.isnan(courses.start)
    start = packed(courses.patient, np.where(begun, courses.start, 0.0))
    last = np.searchsorted(rows.key, start, side="right") - 1
    before = rows.key[np.maximum(last, 0)] if len(rows.key) else np.zeros(len(courses), dtype=np.int64)
    has = begun & (last >= 0) & (before >> 22 == courses.patient) if len(rows.key) else np.zeros(len(courses), dtype=bool)
    low = np.where(has, before, start + 1)
    high = packed(courses.patient, np.where(begun, courses.end, 0.0)) + 1
    return low, np.where(begun, high, low), has


def _shape(courses: Courses, keys: Integers, offsets: Integers, has: Booleans, extra: Integers, high: Integers) -> Shape:
    """Return the steps: the distinct dates of the rows, of `extra` after the start, and the start where no baseline is."""
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    dates = keys[first]
    begun = ~np.isnan(courses.start)
    bare = np.flatnonzero(begun & ~has)
    added = [packed(bare, courses.start[bare])]
    if len(extra):
        after = packed(courses.patient, np.where(begun, courses.start, 0.0)) + 1
        _, owner, chosen = ranges(extra, after, np.maximum(after, high))
        added.append(packed(owner, day_of(extra[chosen])))
    more = np.concatenate(added)
    if not len(more):
        counts = np.concatenate([[0], np.cumsum(first)])
        return Shape(dates, counts[offsets], has)
    merged = np.unique(np.concatenate([dates, more]))
    return Shape(merged, np.searchsorted(merged >> 22, np.arange(len(courses) + 1)), has)


@dataclass(frozen=True, slots=True)
class _Order:
    """Where every step of every course goes: its `flat` place, the `bases` of the steps, the `rank` of each course."""

    flat: Integers
    bases: Integers
    rank: Integers
    sizes: list[int]


def _skeleton(courses: Courses, shape: Shape, opening: int) -> tuple[Frame, _Order]:
    """Return the frame of the courses, longest first, and the places of their steps."""
    counts = np.diff(shape.offsets)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    most = int(counts.max(initial=0))
    sizes = [int(size) for size in np.searchsorted(-counts[order], -np.arange(most), side="left")]
    bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    step = np.arange(len(shape.keys)) - np.repeat(shape.offsets[:-1], counts)
    flat = bases[step] + np.repeat(rank, counts)
    start = courses.start[order]
    frame = Frame(order, start, sizes, opening, shape.has_baseline[order], {}, [])
    return frame, _Order(flat, bases, rank, sizes)


def _by_step(order: _Order, columns: Fields) -> list[Fields]:
    """Return columns, given in the order of course and step, as fields of each step."""
    dense = {name: _scattered(values, order.flat, int(order.bases[-1])) for name, values in columns.items()}
    cuts = [slice(int(low), int(high)) for low, high in zip(order.bases[:-1], order.bases[1:], strict=True)]
    return [{name: taken(values, cut) for name, values in dense.items()} for cut in cuts]


def _scattered(values: Values, places: Integers, size: int) -> Values:
    if isinstance(values, Labels):
        codes = np.full(size, -1, dtype=np.int32) if len(places) < size else np.empty(size, dtype=np.int32)
        codes[places] = values.codes
        return Labels(codes, values.words)
    out = np.full(size, np.nan) if len(places) < size else np.empty(size)
    out[places] = values
    return out


@dataclass(frozen=True, slots=True)
class _Slots:
    """The place of every member row: members of step k stand from `bases[k]` on, sorted by course and slot."""

    flat: Integers
    bases: Integers
    offsets: Integers
    owner: Integers
    names: Labels


def _label(values: Values) -> Labels:
    assert isinstance(values, Labels)
    return values


def _members(
    frame: Frame, order: _Order, shape: Shape, keys: Integers, owner: Integers, member: Labels
) -> _Slots:
    """Return the places of the member rows; a member keeps its slot through the whole course."""
    date = np.cumsum(np.append(True, keys[1:] != keys[:-1])) - 1 if len(keys) else np.zeros(0, dtype=np.int64)
    at = date if len(shape.keys) == int(date[-1] + 1 if len(date) else 0) else np.searchsorted(shape.keys, keys)
    step = at - shape.offsets[:-1][owner]
    local, counts = _slots(owner, step, at, member.codes, frame.size)
    ordered = np.empty(frame.size, dtype=np.int64)
    ordered[order.rank] = counts
    offsets = np.concatenate([[0], np.cumsum(ordered)])
    sizes = offsets[np.array(order.sizes, dtype=np.int64)] if order.sizes else np.zeros(0, dtype=np.int64)
    bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    slot = offsets[order.rank[owner]] + local
    names = np.full(int(offsets[-1]), -1, dtype=np.int32)
    names[slot] = member.codes
    return _Slots(bases[step] + slot, bases, offsets, np.repeat(np.arange(frame.size), ordered), Labels(names, member.words))


def _slots(
    owner: Integers, step: Integers, at: Integers, codes: npt.NDArray[np.int32], courses: int
) -> tuple[Integers, Integers]:
    """Return the slot of each row within its course, and the number of slots of each course."""
    first = np.ones(len(at), dtype=bool)
    first[1:] = at[1:] != at[:-1]
    begin = np.flatnonzero(first)
    sizes = np.diff(np.append(begin, len(at)))
    position = np.arange(len(at)) - np.repeat(begin, sizes)
    start = np.searchsorted(owner, np.arange(courses))
    opening = np.zeros(courses, dtype=np.int64)
    heads = step[begin] == 0
    opening[owner[begin[heads]]] = sizes[heads]
    regular = position < opening[owner]
    if regular.all() and (codes == codes[np.minimum(start[owner] + position, len(codes) - 1)]).all():
        return position, opening
    span = int(codes.max(initial=0)) + 1
    pairs, inverse = np.unique(owner * span + codes, return_inverse=True)
    offsets = np.searchsorted(pairs, np.arange(courses + 1) * span)
    return inverse - offsets[owner], np.diff(offsets)


def _filled(slots: _Slots, columns: Fields, still: Sequence[str]) -> Members:
    """Return the members with their fields by step."""
    total = int(slots.bases[-1])
    complete = len(slots.flat) == total
    there = np.ones(total, dtype=bool) if complete else np.zeros(total, dtype=bool)
    there[slots.flat] = True
    cuts = [slice(int(low), int(high)) for low, high in zip(slots.bases[:-1], slots.bases[1:], strict=True)]
    present = [there[cut] for cut in cuts]
    dense = {name: _scattered(values, slots.flat, total) for name, values in columns.items()}
    fields: list[dict[str, Values]] = [{name: taken(values, cut) for name, values in dense.items()} for cut in cuts]
    if not complete:
        _keep(fields, present, still)
    sizes = [cut.stop - cut.start for cut in cuts]
    frozen = present[0] if present else np.zeros(0, dtype=bool)
    return Members(slots.owner, slots.offsets, frozen, sizes, present, fields, slots.names)


def _keep(fields: Sequence[Mapping[str, Values]], present: Sequence[Booleans], still: Sequence[str]) -> None:
    """Give a member without a row what it had at the step before, in the columns that do not change."""
    for step in range(1, len(fields)):
        absent = np.flatnonzero(~present[step])
        for name in still:
            now, before = fields[step].get(name), fields[step - 1].get(name)
            if isinstance(now, Labels) and isinstance(before, Labels):
                now.codes[absent] = before.codes[absent]


def beside(
    frame: Frame, rows: Ordered, needed: Iterable[str], window: tuple[Integers, Integers]
) -> Beside:
    """Return rows of another table beside the courses of a frame, each with the step it belongs to.

    `window` holds, for the courses in their own order, the packed keys from and before which a row counts.
    """
    low, high = window[0][frame.number], window[1][frame.number]
    first, last = np.searchsorted(rows.key, low), np.searchsorted(rows.key, high)
    offsets, owner, chosen = spans(first, np.maximum(first, last))
    fields = {name: taken(rows.column(name), chosen) for name in {*needed, "date"} if name in rows.table.columns}
    day = day_of(rows.key[chosen]) if len(owner) else np.zeros(0)
    return Beside(owner, offsets, _step_of(frame, owner, day), fields)


def _step_of(frame: Frame, owner: Integers, day: Numbers) -> Integers:
    """Return the step each row belongs to: up to an assessment since the one before, or from a cycle until the next."""
    step = np.full(len(owner), -1)
    for at, size in enumerate(frame.sizes):
        dates = frame.steps[at]["date"]
        assert not isinstance(dates, Labels)
        here = owner < size
        date = dates[np.minimum(owner, size - 1)]
        if frame.opening:
            step[here & (step < 0) & (day <= date)] = at
        else:
            step[here & (day >= date)] = at
    return step


def course_window(courses: Courses) -> tuple[Integers, Integers]:
    """Return the keys of all rows of each course, for rows whose key is packed from the number of their course."""
    number = np.arange(len(courses))
    return packed(number, np.full(len(courses), -NEVER)), packed(number, np.full(len(courses), NEVER))


def patient_window(courses: Courses) -> tuple[Integers, Integers]:
    """Return the keys of all rows of the patient of each course."""
    return packed(courses.patient, np.full(len(courses), -NEVER)), packed(courses.patient, np.full(len(courses), NEVER))
