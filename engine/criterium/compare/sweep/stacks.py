"""Courses stacked on themselves: one course as often as it is to be decided, each time with another value of something.

A stack is a frame like any other, so that one walk decides all of it. What does not depend on what differs between the
copies was computed once, for the courses themselves, and is only repeated.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from criterium.evaluate.algebra import COURSE, STEPS, Place
from criterium.evaluate.columns.algebra import Columns, Num, Truth, Word, in_columns, mapped
from criterium.evaluate.walk import Walk
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels
from criterium.timeline.courses import spans
from criterium.timeline.frame import Beside, Frame, Integers, Members, taken

Memo = dict[tuple[int, Place], Any]


class Stack:
    """Copies of the courses of a frame: `origin` is the course of each copy, in rising order."""

    def __init__(self, algebra: Columns, origin: Integers) -> None:
        self.algebra, self.origin = algebra, origin
        self._indices: dict[Place, Any] = {}

    def index(self, place: Place) -> Any:
        """Return for everything at a place of the stack the entry it is a copy of."""
        if place not in self._indices:
            offsets = self._offsets(place)
            self._indices[place] = self._copies(place) if offsets is None else _rows(offsets, self._copies(place))[2]
        return self._indices[place]

    def rows(self, table: str) -> Integers:
        """Return for every row beside the copies, in any step or none, the row it is a copy of."""
        return _rows(self.algebra.frame.beside[table].offsets, self.origin)[2]

    def _copies(self, place: Place) -> Integers:
        """Return the copies that still have the step of a place."""
        if place.step < 0:
            return self.origin
        return self.origin[: np.searchsorted(self.origin, self.algebra.frame.sizes[place.step])]

    def _offsets(self, place: Place) -> Any:
        """Return where the rows of each course begin at a place of rows; None at other places."""
        if place.level != "row":
            return None
        frame = self.algebra.frame
        if place == STEPS:
            counts = np.zeros(frame.size, dtype=np.int64)
            for size in frame.sizes[frame.opening :]:
                counts[:size] += 1
            return np.concatenate([[0], np.cumsum(counts)])
        if place.table:
            return self.algebra.beside(place).offsets
        return frame.members.offsets if frame.members is not None else None

    def frame(self) -> Frame:
        """Return the frame of the copies; `number` is that of the course they are copies of."""
        frame, origin = self.algebra.frame, self.origin
        steps = [Place("step", at) for at in range(len(frame.sizes))]
        return replace(
            frame,
            number=frame.number[origin],
            start=frame.start[origin],
            sizes=[len(self._copies(place)) for place in steps],
            has_baseline=frame.has_baseline[origin],
            courses={name: taken(values, origin) for name, values in frame.courses.items()},
            steps=[
                {name: taken(values, self.index(place)) for name, values in fields.items()}
                for place, fields in zip(steps, frame.steps, strict=True)
            ],
            members=self._members(frame.members) if frame.members is not None else None,
            beside={name: self._beside(rows) for name, rows in frame.beside.items()},
        )

    def _members(self, members: Members) -> Members:
        offsets, owner, every = _rows(members.offsets, self.origin)
        rows = [self.index(Place("row", step)) for step in range(len(members.sizes))]
        return Members(
            owner,
            offsets,
            members.frozen[rows[0]] if rows else members.frozen,
            [len(chosen) for chosen in rows],
            [present[chosen] for present, chosen in zip(members.present, rows, strict=True)],
            [
                {name: taken(values, chosen) for name, values in fields.items()}
                for fields, chosen in zip(members.fields, rows, strict=True)
            ],
            Labels(members.names.codes[every], members.names.words),
        )

    def _beside(self, rows: Beside) -> Beside:
        offsets, owner, every = _rows(rows.offsets, self.origin)
        fields = {name: taken(values, every) for name, values in rows.fields.items()}
        return Beside(owner, offsets, rows.step[every], rows.inside[every], fields)


def _rows(offsets: Integers, copies: Integers) -> tuple[Integers, Integers, Integers]:
    """Return offsets and owners of the rows of copies of groups, and the row that each is a copy of."""
    moved, owner, rows = spans(offsets[:-1][copies], offsets[1:][copies])
    return moved, owner, np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows


class Repeated(dict[tuple[int, Place], Any]):
    """A memo for a walk over a stack that takes what `fixed` nodes were for the courses from the memo of their walk."""

    def __init__(self, stack: Stack, memo: Memo, fixed: Collection[int]) -> None:
        super().__init__()
        self._stack, self._memo, self._fixed = stack, memo, fixed

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        found = self._memo.get(key) if isinstance(key, tuple) and key[0] in self._fixed else None
        if not isinstance(found, (Num, Word, Truth)):
            return False
        self[key] = mapped(found, lambda array: array[self._stack.index(key[1])])  # type: ignore[index]
        return True


def walked(
    walk: Walk[Any, Any], origin: Integers, given: dict[str, Num | Word], dependent: Collection[int]
) -> Walk[Any, Any]:
    """Return a walk over copies of the courses of `walk` in which parameters have the values `given`, one a copy.

    `dependent` are the ids of the nodes that these parameters can change; what other nodes gave is taken over.
    """
    base = in_columns(walk.algebra)
    stack = Stack(base, origin)
    algebra = Columns(stack.frame(), {(name, COURSE): value for name, value in given.items()})
    fixed = {id(node) for node in nodes(walk.criterion)} - set(dependent)
    return Walk(walk.criterion, algebra, Repeated(stack, walk.memo, fixed))
