"""A sheet is a table as plain data: what the terminal draws and what JSON holds is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from criterium.study.outcomes import Rows
from criterium.timeline.cohort import Labels, Numbers

Cell = str | int | float | None
Head = tuple[str, str]  # the id and the title of a sheet


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its id and title, the names of its columns, its rows of cells, and a note below it."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def tallied(labels: Labels, rows: Rows) -> list[tuple[int, str]]:
    """Return how often each word stands in the chosen rows, the most frequent first."""
    codes = labels.codes[rows]
    counts = [(int((codes == code).sum()), word) for code, word in enumerate(labels.words)]
    return sorted(((count, word) for count, word in counts if count), key=lambda pair: (-pair[0], pair[1]))


def told(counts: Sequence[tuple[int, str]], most: int = 5) -> str:
    """Return counts as a sentence, `3 x no baseline; 1 x no unit`; the rest beyond `most` is counted too."""
    parts = [f"{count} x {word}" for count, word in counts[:most]]
    rest = sum(count for count, _ in counts[most:])
    return "; ".join([*parts, *([f"{rest} x for other reasons"] if rest else [])])


def spread(numbers: Numbers) -> tuple[int, Cell, Cell, Cell, int]:
    """Return how many numbers are known, the lowest, median and highest of them, and how many are not known."""
    there = numbers[~np.isnan(numbers)]
    if not there.size:
        return 0, None, None, None, int(numbers.size)
    low, middle, high = (round(float(one), 2) for one in (there.min(), np.median(there), there.max()))
    return int(there.size), low, middle, high, int(numbers.size - there.size)


def tenth(number: float) -> Cell:
    """Return a number with one decimal, None where there is none."""
    return round(number, 1) if np.isfinite(number) else None


def of_course(title: str, course: str) -> str:
    """Return the title of a sheet with the name of its course, if it has one."""
    return f"{title}, {course} course" if course else title


def named(id_: str, course: str) -> str:
    """Return the id of a sheet with the name of its course, if it has one."""
    return f"{id_}-{course}" if course else id_


def filled(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Return the sheets that say something: rows, or a note on why there are none."""
    return [sheet for sheet in sheets if sheet.rows or sheet.note]
