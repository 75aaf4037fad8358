"""Strict CSV: UTF-8, commas, one row a line, as many cells as the header; every cell knows its line and column.

A file without quotes whose lines all have the same number of commas is read by pandas at once. Any other is read line
by line, so that each wrong line is named and the others are still checked.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.language.problems import Where
from criterium.language.tables import Table
from criterium.timeline.complaints import Complaints, Fault, Rows
from criterium.timeline.sheets import Sheet, marked

_CELL = re.compile(r'(?:^|,)("(?:[^"]|"")*"|[^",]*)')
_BOM = b"\xef\xbb\xbf"
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


class CsvFile:
    """The text of a CSV file with the names in its header, line by line."""

    def __init__(self, file: str, data: bytes, text: str) -> None:
        self.file, self.data, self.text = file, data, text
        header = re.split(r"[\r\n]", text, maxsplit=1)[0]
        self.entered = tuple(_cells(header, _spans(header) or []))
        self.names = tuple(name.strip() for name in self.entered)

    @cached_property
    def lines(self) -> list[str]:
        """All lines of the file without their ends."""
        lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return lines[:-1] if lines[-1] == "" and len(lines) > 1 else lines

    def place(self, number: int, position: int | None = None) -> Where:
        """Return the place of the cell at `position` of a line, or of the whole line."""
        line = self.lines[number - 1]
        return marked(self.file, number, line, _spans(line), position)


class CsvPlaces:
    """Places in a CSV file; `numbers` are the lines of the rows, counted from 1 with the header."""

    noun = "line"

    def __init__(self, source: CsvFile, numbers: Rows) -> None:
        self.entered, self.names = source.entered, source.names
        self._source, self._numbers = source, numbers

    def number(self, row: int) -> int:
        """Return the line of a row."""
        return int(self._numbers[row])

    def cell(self, row: int, column: str | None) -> Where:
        """Return the place of a cell, or of the whole line."""
        return self._source.place(self.number(row), None if column is None else self.names.index(column))

    def header(self, position: int | None) -> Where:
        """Return the place of the name at `position` of the header, or of the whole header."""
        return self._source.place(1, position)


def csv_sheet(path: Path, table: Table, complaints: Complaints) -> Sheet | None:
    """Return the table in a CSV file with all cells as text, or None if the file cannot be read as a table at all."""
    data = path.read_bytes().removeprefix(_BOM)
    read = _source(data, str(path))
    if isinstance(read, CsvFile):
        return _sheet(read, table, complaints)
    complaints.table(read[0], table.name, read[1])
    return None


def _source(data: bytes, file: str) -> CsvFile | tuple[Where, Fault]:
    """Return the file with its header, or what makes it unreadable and where."""
    try:
        source = CsvFile(file, data, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _undecoded(data, file, error.start)
    if not source.text.strip():
        return Where(file), _EMPTY
    fault = _bad_header(source)
    return source if fault is None else (source.place(1), fault)


_EMPTY = Fault(
    "an empty file",
    "the file is empty",
    "a line with the names of the columns, then one line for each row",
    "fill the file, or delete it if there is nothing to record",
)


def _undecoded(data: bytes, file: str, at: int) -> tuple[Where, Fault]:
    if data.startswith(_SPREADSHEETS):
        return Where(file), Fault("a spreadsheet", "the file is a spreadsheet, not text", "CSV", _SAVE)
    if data.startswith(_UTF16):
        return Where(file), Fault("not UTF-8", "the file is UTF-16", "UTF-8", _SAVE)
    start = data.rfind(b"\n", 0, at) + 1
    line = data[start:].split(b"\n", 1)[0].decode("utf-8", errors="replace").rstrip("\r")
    column = len(data[start:at].decode("utf-8")) + 1
    number = data.count(b"\n", 0, at) + 1
    says = f"line {number} is not UTF-8: character {column} is the byte {data[at]:#04x}"
    return Where(file, number, column, line), Fault("not UTF-8", says, "UTF-8", _SAVE)


_SAVE = "save the table again as CSV with the encoding UTF-8"


def _bad_header(source: CsvFile) -> Fault | None:
    if not source.names:
        return _quotes("the header")
    mark = next((mark for mark in (";", "\t", "|") if mark in source.names[0] and len(source.names) == 1), None)
    if mark is None:
        return None
    says = "a tab stands between the columns" if mark == "\t" else f"`{mark}` stands between the columns"
    remedy = "save the table with commas, and with points in decimals"
    return Fault("no commas", says, "a comma between columns", remedy)


def _quotes(what: str) -> Fault:
    says = f"{what} has a quote that is not closed, or that stands inside a cell"
    remedy = 'put the whole cell in quotes, and write a quote inside it twice: `"a ""b"" c"`'
    return Fault("stray quotes", says, "quotes around whole cells, closed on the same line", remedy)


def _sheet(source: CsvFile, table: Table, complaints: Complaints) -> Sheet:
    read = _regular_frame(source.data, len(source.names))
    frame, numbers = read if read is not None else _careful_frame(source, table, complaints)
    places = CsvPlaces(source, numbers)
    blank = _blank_rows(frame)
    if not blank.size:
        return _columns(table, frame, places)
    complaints.rows(_columns(table, frame, places), None, blank, lambda _: _BLANK)
    kept = np.delete(np.arange(len(frame)), blank)
    return _columns(table, frame.iloc[kept], CsvPlaces(source, numbers[kept]))


def _columns(table: Table, frame: pd.DataFrame, places: CsvPlaces) -> Sheet:
    return Sheet(table, {name: frame[places.names.index(name)] for name in places.names}, places, len(frame))


def _blank_rows(frame: pd.DataFrame) -> Rows:
    """Return the rows of empty cells, which a spreadsheet leaves behind."""
    blank = np.flatnonzero((frame[0] == "").to_numpy(dtype=np.bool_))
    return blank[(frame.iloc[blank] == "").to_numpy(dtype=np.bool_).all(axis=1)]


def _regular_frame(data: bytes, width: int) -> tuple[pd.DataFrame, Rows] | None:
    rows = _regular_rows(data, width)
    if not rows:
        return None
    frame = pd.read_csv(
        io.BytesIO(data),
        header=None,
        names=list(range(width)),
        skiprows=1,
        dtype="category",
        na_filter=False,
        quoting=csv.QUOTE_NONE,
        skip_blank_lines=False,
        index_col=False,
        low_memory=False,
    )
    return frame, np.arange(2, rows + 2)


def _regular_rows(data: bytes, width: int) -> int:
    """Return how many rows follow the header, or 0 if there are none or the file needs the careful way."""
    if b'"' in data or b"\0" in data or data.count(b"\r") != data.count(b"\r\n"):
        return 0
    raw = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", np.uint8)
    ends = np.flatnonzero(raw == ord("\n"))
    commas = np.flatnonzero(raw == ord(","))
    widths = np.diff(np.searchsorted(commas, ends), prepend=0) + 1
    return ends.size - 1 if bool((widths == width).all()) else 0


def _careful_frame(source: CsvFile, table: Table, complaints: Complaints) -> tuple[pd.DataFrame, Rows]:
    lines, width = source.lines[1:], len(source.names)
    spans = [_spans(line) for line in lines]
    widths = np.array([len(found) if found is not None else _QUOTES for found in spans], dtype=np.intp)
    if width > 1:
        widths[[line == "" for line in lines]] = _NOTHING
    everything = Sheet(table, {}, CsvPlaces(source, np.arange(2, len(lines) + 2)), len(lines))
    _wrong_lines(everything, widths, complaints)
    kept = np.flatnonzero(widths == width)
    rows = [_cells(lines[i], spans[i] or []) for i in kept.tolist()]
    return pd.DataFrame(rows, columns=range(width), dtype=object), kept + 2


_QUOTES, _NOTHING = 0, -1  # in place of the number of cells of a line that has none


def _wrong_lines(sheet: Sheet, widths: npt.NDArray[np.intp], complaints: Complaints) -> None:
    width = len(sheet.places.names)
    complaints.rows(sheet, None, np.flatnonzero(widths == _NOTHING), lambda _: _BLANK)
    complaints.rows(sheet, None, np.flatnonzero(widths == _QUOTES), lambda _: _quotes("the line"))
    for uneven in ((widths > width), (widths > 0) & (widths < width)):
        complaints.rows(sheet, None, np.flatnonzero(uneven), lambda row: _uneven(int(widths[row]), width))


_BLANK = Fault("an empty row", "the row is empty", "a value in each required column", "delete the line")


def _uneven(width: int, wanted: int) -> Fault:
    says = f"the row has {width} {'cell' if width == 1 else 'cells'}, the header has {wanted}"
    if width > wanted:
        remedy = "write decimals with a point, and put a text that holds a comma in quotes"
        return Fault("too many cells", says, f"{wanted} cells", remedy)
    return Fault("too few cells", says, f"{wanted} cells", "an empty cell keeps its comma; add what is missing")


def _spans(line: str) -> list[tuple[int, int]] | None:
    """Return the start and end of each cell of a line with its quotes, or None if a quote is out of place."""
    cells = list(_CELL.finditer(line))
    complete = sum(cell.end() - cell.start() for cell in cells) == len(line)
    return [cell.span(1) for cell in cells] if complete else None


def _cells(line: str, spans: list[tuple[int, int]]) -> list[str]:
    texts = (line[start:end] for start, end in spans)
    return [text[1:-1].replace('""', '"') if text.startswith('"') else text for text in texts]
