"""A frame: courses as a vector, time as steps, the longest course first, so that every step is a prefix.

Entries of step k belong to the first `sizes[k]` courses. Members, which are followed over time, keep one place for the
whole course; at step k the members of those courses are a prefix too. Rows of other tables lie beside, sorted by
course.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from criterium.timeline.cohort import Labels, Numbers, Values

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Fields = Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Members:
    """The members of the courses: `owner` and `offsets` by course, `frozen` those of the baseline, values by step."""

    owner: Integers
    offsets: Integers
    frozen: Booleans
    sizes: Sequence[int]
    present: Sequence[Booleans]
    fields: Sequence[Fields]
    names: Labels


@dataclass(frozen=True, slots=True)
class Beside:
    """Rows of another table, sorted by course and date: the `step` of each (-1: none), and which lie `inside`.

    A row may belong to a step and lie outside the course: to the baseline, before the course begins, or to the last
    step, on the day on which the next course begins.
    """

    owner: Integers
    offsets: Integers
    step: Integers
    inside: Booleans
    fields: Fields

    def at(self, step: int, courses: int) -> Beside:
        """Return the rows of one step, of the first `courses` courses."""
        found = self.only(self.step == step)
        return replace(found, offsets=found.offsets[: courses + 1])

    def within(self) -> Beside:
        """Return the rows inside the courses."""
        return self if self.inside.all() else self.only(self.inside)

    def only(self, which: Booleans) -> Beside:
        """Return some of the rows."""
        rows = np.flatnonzero(which)
        owner = self.owner[rows]
        offsets = np.searchsorted(owner, np.arange(len(self.offsets)))
        fields = {name: taken(values, rows) for name, values in self.fields.items()}
        return Beside(owner, offsets, self.step[rows], self.inside[rows], fields)


@dataclass(frozen=True, slots=True)
class Frame:
    """Courses and their steps as arrays.

    `number` is the number that each course (or result, standing alone) had before they were put in order; `opening` is
    1 if step 0 is a baseline that gets no class.
    """

    number: Integers
    start: Numbers
    sizes: Sequence[int]
    opening: int
    has_baseline: Booleans
    courses: Fields
    steps: Sequence[Fields]
    members: Members | None = None
    beside: Mapping[str, Beside] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The number of courses."""
        return len(self.number)

    @property
    def tracked(self) -> Members:
        """The members, which the steps must have."""
        if self.members is None:
            msg = "these steps have no members"
            raise TypeError(msg)
        return self.members


def taken(values: Values, rows: npt.NDArray[np.int64] | slice) -> Values:
    """Return the values of the chosen rows."""
    if isinstance(values, Labels):
        return Labels(values.codes[rows], values.words)
    return values[rows]
