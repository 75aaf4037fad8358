"""The grades of rows as flat arrays: put together row by row, joined over tables, and as a table of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.language import tree as t
from criterium.timeline.cohort import Labels, Numbers, TableData, Values
from criterium.timeline.courses import DAY_BITS, Ordered
from criterium.timeline.frame import Integers


@dataclass(frozen=True, slots=True)
class Graded:
    """One row for every row and branch that reads it: whose it is, what it was, and the class it got.

    `row` is the number of the row in `table`, in the order of patient, date and the rest of its key; `branch` numbers
    `Criterion.branches` (-1: none reads it); `label` has the code of the unknown label where no class could be told,
    with the reason.
    """

    patient: Integers
    course: Integers
    date: Numbers
    table: Labels
    row: Integers
    word: Labels
    branch: Integers
    label: Labels
    clause: npt.NDArray[np.int16]
    possible: npt.NDArray[np.uint64]
    reason: Labels

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.row)


@dataclass
class Pieces:
    """Where the answers for the rows of one table are put together."""

    branch: Integers
    code: npt.NDArray[np.int32]
    clause: npt.NDArray[np.int16]
    possible: npt.NDArray[np.uint64]
    reason: npt.NDArray[np.int32]
    words: dict[str, int]
    labels: tuple[str, ...]

    @classmethod
    def empty(cls, size: int, labels: tuple[str, ...]) -> Pieces:
        """Return the pieces of rows of which nothing is known yet."""
        return cls(
            np.full(size, -1),
            np.full(size, len(labels) - 1, dtype=np.int32),
            np.full(size, -1, dtype=np.int16),
            np.zeros(size, dtype=np.uint64),
            np.full(size, -1, dtype=np.int32),
            {},
            labels,
        )

    def say(self, places: Any, text: str) -> None:
        """Give rows a reason."""
        self.reason[places] = self.words.setdefault(text, len(self.words))


def finished(name: str, rows: Ordered, course: Integers, origin: Integers, word: Labels, pieces: Pieces) -> Graded:
    """Return the pieces of one table with patient, course and date of each row; `origin` is the row it came from."""
    date = rows.numbers("date")
    return Graded(
        (rows.key >> DAY_BITS)[origin],
        course[origin],
        date[origin],
        Labels(np.zeros(len(origin), dtype=np.int32), (name,)),
        origin,
        Labels(word.codes[origin], word.words),
        pieces.branch,
        Labels(pieces.code, pieces.labels),
        pieces.clause,
        pieces.possible,
        Labels(pieces.reason, tuple(pieces.words)),
    )


def nothing(name: str, labels: tuple[str, ...]) -> Graded:
    """Return the grades of a table without rows."""
    none = np.zeros(0, dtype=np.int64)
    empty = Labels(none.astype(np.int32), ())
    pieces = Pieces.empty(0, labels)
    table = Labels(empty.codes, (name,))
    label = Labels(pieces.code, labels)
    return Graded(none, none, np.zeros(0), table, none, empty, none, label, pieces.clause, pieces.possible, empty)


def together(parts: Sequence[Graded], labels: tuple[str, ...]) -> Graded:
    """Return the grades of several tables as one."""
    if len(parts) == 1:
        return parts[0]

    def whole(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts])

    return Graded(
        whole("patient"),
        whole("course"),
        whole("date"),
        _merged([part.table for part in parts]),
        whole("row"),
        _merged([part.word for part in parts]),
        whole("branch"),
        Labels(np.concatenate([part.label.codes for part in parts]), labels),
        whole("clause"),
        whole("possible"),
        _merged([part.reason for part in parts]),
    )


def _merged(parts: Sequence[Labels]) -> Labels:
    words = tuple(dict.fromkeys(word for part in parts for word in part.words))
    place = {word: at for at, word in enumerate(words)}
    codes = [np.array([place[word] for word in part.words] + [-1], dtype=np.int32)[part.codes] for part in parts]
    return Labels(np.concatenate(codes), words)


def as_table(criterion: t.Criterion, found: Graded) -> TableData:
    """Return the classes as a derived table that other criteria can read: term, category, grade and date by patient."""
    ids = tuple(dict.fromkeys(branch.id for branch in criterion.branches))
    term = np.array([ids.index(branch.id) for branch in criterion.branches] + [-1], dtype=np.int32)[found.branch]
    categories = tuple(dict.fromkeys(branch.category for branch in criterion.branches))
    category = np.array([categories.index(branch.category) for branch in criterion.branches] + [-1], dtype=np.int32)
    numbers = np.array([float(label) if label.isdigit() else np.nan for label in found.label.words])
    columns: dict[str, Values] = {
        "date": found.date,
        "term": Labels(term, ids),
        "category": Labels(category[found.branch], categories),
        "grade": numbers[found.label.codes],
    }
    return TableData("grades", found.patient.astype(np.int32), columns, found.rows)
