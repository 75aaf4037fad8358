"""A frame: courses as a vector, time as steps, the longest course first, so that every step is a prefix of the one before.

Entries of step k belong to the first `sizes[k]` courses. Members (the lesions or symptoms of a course) keep one place for the
whole course; at step k the members of those courses are a prefix too. Rows of other tables lie beside, sorted by course.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    """Rows of another table, sorted by course and date; `step` is the step each row belongs to, or -1."""

    owner: Integers
    offsets: Integers
    step: Integers
    fields: Fields

    def at(self, step: int, courses: int) -> Beside:
        """Return the rows of one step, of the first `courses` courses."""
        chosen = np.flatnonzero(self.step == step)
        owner = self.owner[chosen]
        offsets = np.searchsorted(owner, np.arange(courses + 1))
        return Beside(owner, offsets, self.step[chosen], {name: taken(values, chosen) for name, values in self.fields.items()})


@dataclass(frozen=True, slots=True)
class Frame:
    """Courses and their steps as arrays.

    `number` is the number that each course (or result, standing alone) had before they were put in order; `opening` is 1 if
    step 0 is a baseline that gets no class.
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


def taken(values: Values, rows: npt.NDArray[np.int64] | slice) -> Values:
    """Return the values of the chosen rows."""
    if isinstance(values, Labels):
        return Labels(values.codes[rows], values.words)
    return values[rows]
