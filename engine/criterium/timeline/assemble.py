"""Rows become frames: assessments with their members, cycles, single results, or courses without steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from criterium.timeline.beside import windows
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.courses import DAY_BITS, NEVER, Courses, Ordered, day_of, packed, ranges, repeated
from criterium.timeline.frame import Booleans, Fields, Frame, Integers, taken
from criterium.timeline.members import MemberRows, Order, members, scattered


@dataclass(frozen=True, slots=True)
class Shape:
    """The steps of the courses: keys of course and day in order, their offsets by course, which has a baseline."""

    keys: Integers
    offsets: Integers
    has_baseline: Booleans


def course_frame(courses: Courses, fields: Fields) -> Frame:
    """Return the frame of courses without steps; `fields` are values of each course."""
    has = ~np.isnan(courses.start)
    return Frame(np.arange(len(courses)), courses.start, [], 0, has, fields, [])


def cycles(courses: Courses, rows: Ordered, needed: Iterable[str]) -> Frame:
    """Return the frame whose steps are the rows of each course, in the order of their dates."""
    low, high = windows(courses)
    offsets, owner, chosen = ranges(rows.key, low, high)
    keys = packed(owner, day_of(rows.key[chosen]))
    shape = Shape(keys, offsets, ~np.isnan(courses.start))
    frame, order = _skeleton(courses, shape, 0)
    names = {*needed, "date"} & set(rows.table.columns)
    return replace(frame, steps=_by_step(order, {name: taken(rows.column(name), chosen) for name in names}))


def results(rows: Ordered, courses: Courses, needed: Iterable[str], series: str) -> tuple[Fields, Integers]:
    """Return the columns of rows that stand alone, and the course of each row (-1: none has begun).

    `baseline NAME` is the value of column NAME in the last row of the same series, on or before the start of the
    course, in which `value` is known.
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
    patient = key >> DAY_BITS
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
    label, unit = rows.words(series), rows.words("unit")
    kinds, kind = np.unique(label.codes.astype(np.int64) * (len(unit.words) + 1) + unit.codes + 1, return_inverse=True)
    owner = (rows.key >> DAY_BITS) * len(kinds) + kind
    stamp = packed(owner, day_of(rows.key))
    known = np.flatnonzero(~np.isnan(rows.numbers("value")))
    order = known[np.argsort(stamp[known], kind="stable")]
    if not len(order) or not len(courses):
        return np.full(len(course), -1)
    wanted = packed(owner, np.where(course >= 0, courses.start[course], -NEVER))
    at = np.searchsorted(stamp[order], wanted, side="right") - 1
    found = order[np.maximum(at, 0)]
    same = (at >= 0) & (course >= 0) & (stamp[found] >> DAY_BITS == owner)
    return np.where(same, found, -1)


def _from(values: Values, rows: Integers) -> Values:
    if isinstance(values, Labels):
        return Labels(np.where(rows >= 0, values.codes[rows], -1).astype(np.int32), values.words)
    return np.where(rows >= 0, values[rows], np.nan)


def assessments(
    courses: Courses, rows: Ordered, member: str, needed: Sequence[str], still: Sequence[str], extra: Integers
) -> Frame:
    """Return the frame whose steps are the dates of `rows` and the keys `extra`, with the members of each course.

    Step 0 is the baseline: the last date on or before the start (the start itself, without members, if there is none).
    The last step is the last date on or before the next course begins. `still` are columns that keep their value when a
    member has no row.
    """
    low, high, has = _assessed(courses, rows)
    offsets, _, chosen = ranges(rows.key, low, high)
    visits = _visits(rows.key[chosen], offsets)
    shape, at = _shape(courses, visits, has, extra, high)
    frame, order = _skeleton(courses, shape, 1)
    named = _member_rows(visits, at - shape.offsets[visits.owner], offsets, taken(rows.column(member), chosen))
    columns = {name: taken(rows.column(name), chosen) for name in needed if name in rows.table.columns}
    steps = _by_step(order, {"date": day_of(shape.keys)})
    return replace(frame, members=members(order, named, columns, still), steps=steps)


def _assessed(courses: Courses, rows: Ordered) -> tuple[Integers, Integers, Booleans]:
    """Return the keys between which each course is assessed, and which courses have a baseline."""
    begun = ~np.isnan(courses.start)
    start = packed(courses.patient, np.where(begun, courses.start, 0.0))
    last = np.searchsorted(rows.key, start, side="right")
    before = np.where(last > 0, rows.key[np.maximum(last - 1, 0)], -1) if len(rows.key) else last - 1
    has = begun & (before >> DAY_BITS == courses.patient)
    low = np.where(has, before, start + 1)
    high = packed(courses.patient, np.where(begun, courses.end, 0.0)) + 1
    return low, np.where(begun, high, low), has


@dataclass(frozen=True, slots=True)
class _Visits:
    """Runs of rows of one course and date: where each begins, its rows, its owner, and its packed course and day."""

    begin: Integers
    sizes: Integers
    owner: Integers
    keys: Integers


def _visits(key: Integers, offsets: Integers) -> _Visits:
    first = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=first[1:])
    first[offsets[:-1][offsets[:-1] < offsets[1:]]] = True
    begin = np.flatnonzero(first)
    owner = repeated(np.arange(len(offsets) - 1), np.diff(np.searchsorted(begin, offsets)))
    sizes = np.diff(np.append(begin, len(key)))
    return _Visits(begin, sizes, owner, (owner << DAY_BITS) + (key[begin] & ((1 << DAY_BITS) - 1)))


def _shape(courses: Courses, visits: _Visits, has: Booleans, extra: Integers, high: Integers) -> tuple[Shape, Integers]:
    """Return the steps, and which of them each visit is.

    They are the dates of the visits, of `extra` after the start, and the start where there is no baseline.
    """
    dates = visits.keys
    begun = ~np.isnan(courses.start)
    bare = np.flatnonzero(begun & ~has)
    added = [packed(bare, courses.start[bare])]
    if len(extra):
        after = packed(courses.patient, np.where(begun, courses.start, 0.0)) + 1
        _, owner, chosen = ranges(extra, after, np.maximum(after, high))
        added.append(packed(owner, day_of(extra[chosen])))
    more = np.concatenate(added)
    every = np.arange(len(courses) + 1)
    if not len(more):
        return Shape(dates, np.searchsorted(visits.owner, every), has), np.arange(len(dates))
    merged = np.unique(np.concatenate([dates, more]))
    return Shape(merged, np.searchsorted(merged >> DAY_BITS, every), has), np.searchsorted(merged, dates)


def _skeleton(courses: Courses, shape: Shape, opening: int) -> tuple[Frame, Order]:
    """Return the frame of the courses, longest first, and the places of their steps."""
    counts = np.diff(shape.offsets)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    most = int(counts.max(initial=0))
    sizes = [int(size) for size in np.searchsorted(-counts[order], -np.arange(most), side="left")]
    bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    step = np.arange(len(shape.keys)) - repeated(shape.offsets[:-1], counts)
    flat = bases[step] + repeated(rank, counts)
    frame = Frame(order, courses.start[order], sizes, opening, shape.has_baseline[order], {}, [])
    return frame, Order(flat, bases, rank, sizes)


def _by_step(order: Order, columns: Fields) -> list[Fields]:
    """Return columns, given in the order of course and step, as fields of each step."""
    dense = {name: scattered(values, order.flat, int(order.bases[-1])) for name, values in columns.items()}
    cuts = [slice(int(low), int(high)) for low, high in zip(order.bases[:-1], order.bases[1:], strict=True)]
    return [{name: taken(values, cut) for name, values in dense.items()} for cut in cuts]


def _member_rows(visits: _Visits, step: Integers, offsets: Integers, member: Values) -> MemberRows:
    """Return the rows of members by their visits, with the step of each."""
    if not isinstance(member, Labels):
        raise TypeError(member)
    return MemberRows(visits.begin, visits.sizes, visits.owner, step, offsets, member)
