"""A sheet is a table as it came in, column by column, with the way back from a row to its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.language.problems import Where
from criterium.language.tables import Table


class Places(Protocol):
    """Where the rows and cells of a sheet stand."""

    @property
    def noun(self) -> str:
        """The word for a row."""

    @property
    def entered(self) -> tuple[str, ...]:
        """The names in the header as they came in."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the header without spaces around them."""

    def number(self, row: int) -> int:
        """Return the number of a row as a reader counts, from 1."""

    def cell(self, row: int, column: str | None) -> Where:
        """Return the place of a cell, or of the whole row."""

    def header(self, position: int | None) -> Where:
        """Return the place of the name at `position` of the header, or of the whole header."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it came in: `columns` by the name in the file, all of `rows` cells, not yet converted."""

    table: Table
    columns: dict[str, pd.Series]
    places: Places
    rows: int


def marked(file: str, line: int, text: str, spans: list[tuple[int, int]] | None, position: int | None) -> Where:
    """Return the place of the cell at `position` of a line, or of the whole line if it has no such cell."""
    if position is None or spans is None or position >= len(spans):
        return Where(file, line, 1, text, max(1, len(text)))
    start, end = spans[position]
    return Where(file, line, start + 1, text, max(1, end - start))


@dataclass(frozen=True, slots=True)
class FramePlaces:
    """Places in a frame: a row is shown as one line of text, cells between commas."""

    file: str
    frame: pd.DataFrame
    entered: tuple[str, ...]
    names: tuple[str, ...]
    noun: str = "row"

    def number(self, row: int) -> int:
        """Return the position of the row, from 1."""
        return row + 1

    def cell(self, row: int, column: str | None) -> Where:
        """Return the place of a cell in the row as text."""
        texts = [text_of(self.frame.iloc[row, position]) for position in range(len(self.entered))]
        return self._marked(row + 1, texts, None if column is None else self.names.index(column))

    def header(self, position: int | None) -> Where:
        """Return the place of a column's name among the names."""
        return self._marked(1, list(self.entered), position)

    def _marked(self, line: int, texts: list[str], position: int | None) -> Where:
        ends = np.cumsum([len(text) + 1 for text in texts]).tolist()
        spans = [(end - 1 - len(text), end - 1) for end, text in zip(ends, texts, strict=True)]
        return marked(self.file, line, ",".join(texts), spans, position)


def sheet_of(table: Table, frame: pd.DataFrame, file: str) -> Sheet:
    """Return a frame as a sheet; of two columns with one name, the first counts."""
    entered = tuple(text_of(name) for name in frame.columns)
    names = tuple(name.strip() for name in entered)
    columns = {name: frame.iloc[:, names.index(name)] for name in names}
    return Sheet(table, columns, FramePlaces(file, frame, entered, names), len(frame))


def text_of(value: object) -> str:
    """Return a value of a frame as it would stand in a file; missing is the empty text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else str(value).removesuffix(".0")
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, dt.datetime):  # a pandas Timestamp is one
        return str(value).removesuffix(" 00:00:00")
    return str(value)


@dataclass(frozen=True, slots=True)
class Cells:
    """A column by its distinct texts: `texts[codes[row]]` is the cell, code -1 is an empty one."""

    codes: npt.NDArray[np.int32]
    texts: list[str]


def cells_of(series: pd.Series) -> Cells:
    """Return a column by its distinct texts, each of which occurs; an empty text is an empty cell."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, uniques = series.cat.codes.to_numpy().astype(np.int32, copy=False), series.cat.categories
    else:
        codes, uniques = _factorized(series)
    short = short_float(series.dtype)
    texts = [text_of(value) for value in (uniques if short is None else uniques.to_numpy(dtype=short))]
    used = np.bincount(codes + 1, minlength=len(texts) + 1)[1:] > 0
    return Cells(codes, texts) if used.all() and "" not in texts else _only_filled(codes, texts, used.tolist())


def short_float(dtype: object) -> type[np.float16 | np.float32] | None:
    """Return the numpy type of numbers of fewer than 64 bits, whose shortest texts are what was entered, or None."""
    name = str(dtype).lower().partition("[")[0]
    if name in {"float16", "halffloat"}:
        return np.float16
    return np.float32 if name in {"float32", "float"} else None


def _factorized(series: pd.Series) -> tuple[npt.NDArray[np.int32], pd.Index]:
    try:
        codes, uniques = pd.factorize(series)
    except TypeError:  # a cell holds a list or a mapping
        codes, uniques = pd.factorize(series.map(text_of))
    return codes.astype(np.int32, copy=False), uniques


def _only_filled(codes: npt.NDArray[np.int32], texts: list[str], used: list[bool]) -> Cells:
    kept = [number for number, text in enumerate(texts) if text and used[number]]
    renumbered = np.full(len(texts) + 1, -1, dtype=np.int32)  # the last entry serves code -1
    renumbered[kept] = np.arange(len(kept), dtype=np.int32)
    return Cells(renumbered[codes], [texts[number] for number in kept])
