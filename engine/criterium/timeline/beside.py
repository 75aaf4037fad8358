"""Rows of other tables beside the courses of a frame, each with the step it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.courses import DAY_BITS, NEVER, Courses, Ordered, day_of, packed, spans
from criterium.timeline.frame import Beside, Frame, Integers, taken

Window = tuple[Integers, Integers]


def beside(frame: Frame, rows: Ordered, needed: Iterable[str], window: Window) -> Beside:
    """Return rows of another table beside the courses of a frame, each with the step it belongs to.

    `window` holds, for the courses in their own order, the packed keys from and before which a row lies in the course.
    A row on the day of a step belongs to that step even if the course has just ended, and a row before the start to a
    baseline even if the course has not begun.
    """
    low, high = window[0][frame.number], window[1][frame.number]
    earliest = (low >> DAY_BITS) << DAY_BITS if frame.opening else low
    last_day = high + 1 if frame.opening else high
    first, last = np.searchsorted(rows.key, earliest), np.searchsorted(rows.key, last_day)
    offsets, owner, chosen = spans(first, np.maximum(first, last))
    fields = {name: taken(rows.column(name), chosen) for name in {*needed, "date"} if name in rows.table.columns}
    key = rows.key[chosen]
    sizes = np.diff(offsets)
    inside = (key >= np.repeat(low, sizes)) & (key < np.repeat(high, sizes))
    step = _step_of(frame, owner, day_of(key))
    kept = inside | (step >= 0)
    found = Beside(owner, offsets, step, inside, fields)
    return found if kept.all() else found.only(kept)


def _step_of(frame: Frame, owner: Integers, day: Numbers) -> Integers:
    """Return the step each row belongs to: up to an assessment since the one before, or from a cycle until the next.

    What happened on or before the start of a course belongs to its baseline.
    """
    step = np.full(len(owner), -1)
    for at, size in enumerate(frame.sizes):
        dates = frame.steps[at]["date"]
        if isinstance(dates, Labels):
            raise TypeError(dates)
        here = owner < size
        date = dates[np.minimum(owner, size - 1)]
        if not frame.opening:
            step[here & (day >= date)] = at
        elif at == 0:
            step[here & (day <= frame.start[owner])] = 0
        else:
            step[here & (step < 0) & (day <= date)] = at
    return step


def course_window(courses: Courses) -> Window:
    """Return the keys of all rows of each course, for rows whose key is packed from the number of their course."""
    number = np.arange(len(courses))
    return packed(number, np.full(len(courses), -NEVER)), packed(number, np.full(len(courses), NEVER))


def patient_window(courses: Courses) -> Window:
    """Return the keys of all rows of the patient of each course."""
    every = np.full(len(courses), NEVER)
    return packed(courses.patient, -every), packed(courses.patient, every)


def windows(courses: Courses) -> Window:
    """Return the keys from which and before which a row lies in each course; none for a course that never began."""
    begun = ~np.isnan(courses.start)
    low = packed(courses.patient, np.where(begun, courses.start, 0.0))
    high = packed(courses.patient, np.where(begun, courses.end, 0.0))
    return low, np.where(begun, high, low)
