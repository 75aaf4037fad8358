"""What an outcome says, as plain arrays: times and whether they were observed, the numbers and words of a measure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from criterium.evaluate.outcome import Layered, Outcome
from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Numbers, Values

Rows = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def bounds(layer: Layered, name: str) -> tuple[Numbers, Numbers]:
    """Return the lower and the upper bounds of a measure, in canonical units; raise TypeError if it is a word."""
    values = layer.measures[name]
    if isinstance(values, Labels):
        raise TypeError(f"`{name}` holds words")
    return values


def known(layer: Layered, name: str) -> Values:
    """Return a measure's words, or its numbers in canonical units, NaN where it is only bounded."""
    values = layer.measures[name]
    if isinstance(values, Labels):
        return values
    low, high = values
    return low if low is high else np.where(low == high, low, np.nan)


def time_of(outcome: Outcome) -> t.Time:
    """Return how the time of an endpoint is counted; raise TypeError if the criterion is no endpoint."""
    if outcome.criterion.time is None:
        raise TypeError(f"{outcome.criterion.id} has no time")
    return outcome.criterion.time


def days(outcome: Outcome) -> Numbers:
    """Return the time of an endpoint for each course, in days; NaN where it is not known.

    Where dates are partial and the study chooses days for them, it is the time on those days.
    """
    begin, end = (known(outcome.chosen or outcome.courses, name) for name in ("time from", "time to"))
    if isinstance(begin, Labels) or isinstance(end, Labels):
        raise TypeError(f"the time of {outcome.criterion.id} holds words")
    return end - begin


def duration(outcome: Outcome) -> Numbers:
    """Return the time of an endpoint for each course, in the unit of its file; NaN where it is not known."""
    return days(outcome) / float(time_of(outcome).factor)


def observed(outcome: Outcome) -> Rows:
    """Return for each course whether the time of an endpoint ended in an event."""
    label = (outcome.chosen or outcome.courses).classes["time"].label
    events = np.array([word in time_of(outcome).events for word in label.words])
    found: Rows = events[label.codes]
    return found


def taken(values: Values, rows: Integers) -> Values:
    """Return the values of rows; missing where the row is -1."""
    if isinstance(values, Labels):
        return Labels(np.where(rows >= 0, values.codes[rows], -1).astype(np.int32), values.words)
    return np.where(rows >= 0, values[rows], np.nan)
