"""Rows of tables as examples write them: `results: [{day: 3, value: 50}]` becomes rows of a patient of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from criterium.language.problems import listed, nearest
from criterium.language.tables import Column, Table
from criterium.language.units import UnknownUnit, unit
from criterium.timeline.cohort import Labels, TableData, Values
from criterium.timeline.courses import NEVER
from criterium.verify.examples.values import fraction_of, quoted

Entries = Sequence[Mapping[str, Any]]
Cell = float | str | None
Row = Mapping[str, Any]  # cells by the name of the column, and the `day`
_NUMBERS = ("number", "quantity")


class Misfit(ValueError):
    """A case that cannot be set up: the text says why, `key` where, `expected` and `remedy` what to write instead."""

    def __init__(self, key: str, text: str, expected: str = "", remedy: str = "") -> None:
        super().__init__(text)
        self.key, self.expected, self.remedy = key, expected, remedy


def labels(texts: Iterable[str | None]) -> Labels:
    """Return words by number, -1 for what is missing."""
    given = list(texts)
    words = tuple(dict.fromkeys(text for text in given if text is not None))
    number = {word: at for at, word in enumerate(words)}
    return Labels(np.array([-1 if text is None else number[text] for text in given], dtype=np.int32), words)


def number_of(value: Any, dimension: str, key: str) -> float:
    """Return a number in the canonical unit, NaN for nothing; plain numbers of time are days. Raises Misfit."""
    if value is None:
        return float("nan")
    text = str(value)
    number, _, spelled = text.partition(" ")
    plain = fraction_of(number)
    if plain is None:
        raise Misfit(key, f"{quoted(value)} is not a number", "a number, with a unit or without")
    try:
        measured = unit(spelled) if spelled else None
    except UnknownUnit as error:
        raise Misfit(key, f"`{spelled}` is not a unit") from error
    if measured is None:
        return float(plain)
    if measured.dimension != dimension:
        raise Misfit(key, f"`{text}` is not a {dimension}")
    return float(plain * measured.factor)


def day_of(value: Any, key: str) -> float:
    """Return a day counted from the start; raise Misfit for what is none, or too far away to be counted."""
    day = number_of(value, "time", key)
    if abs(day) >= NEVER:
        raise Misfit(key, f"`{value}` is thousands of years away")
    return day


def rows_of(table: Table, entries: Any, dates: Sequence[float], key: str) -> list[Row]:
    """Return the rows of a table that an example lists under `key`: numbers in the unit of the column, words, None.

    `dates` are the days of the steps, at which members are given. Raises Misfit for what is no row of the table.
    """
    _refuse_misfits(table, entries, key)
    written = _member_rows(table.member, entries, dates) if table.member else entries
    rows = [_row(table, row, key) for row in written]
    if table.member and table.member != table.series:
        _refuse_twins(table.member, rows, key)
    return rows


def table_data(table: Table, examples: Sequence[Sequence[Row]]) -> TableData:
    """Return the rows of examples as a table, a patient for each; one without rows has all its columns."""
    rows = [row for one in examples for row in one]
    columns: dict[str, Values] = {}
    for name, column in table.columns.items():
        if not rows or any(name in row for row in rows):
            columns[name] = _column(column, [row.get(name) for row in rows])
    columns["date"] = np.array([row["day"] for row in rows], dtype=np.float64)
    patient = np.repeat(np.arange(len(examples), dtype=np.int32), [len(one) for one in examples])
    return TableData(table.name, patient, columns, len(rows))


def _refuse_misfits(table: Table, entries: Any, key: str) -> None:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Misfit(key, f"`{key}` is not a list of rows", f"`{key}: [{{...}}]`")
    allowed = [name for name in table.columns if name not in {"patient_id", "date"}]
    for entry in entries:
        for name in entry:
            if name != "day" and name not in allowed:
                raise Misfit(key, f"`{name}` is not a column of {table.name}", listed(allowed), nearest(name, allowed))


def _refuse_twins(member: str, rows: Sequence[Row], key: str) -> None:
    """Raise Misfit for two rows of one member on one day."""
    found = set()
    for row in rows:
        one = row.get(member), np.trunc(row["day"])
        if one in found:
            raise Misfit(key, f"two rows of `{one[0]}` on one day", "one")
        found.add(one)


def _member_rows(member: str, entries: Entries, dates: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Yield one row for each member and step at which something of it is given; an entry with a day is one row."""
    for number, entry in enumerate(entries):
        if "day" in entry:
            yield {member: f"{number + 1}", **entry}
            continue
        steady = {key: value for key, value in entry.items() if not isinstance(value, list)}
        varying = {key: value for key, value in entry.items() if isinstance(value, list)}
        for step, day in enumerate(dates):
            here = {key: value[step] if step < len(value) else None for key, value in varying.items()}
            if any(value is not None for value in here.values()) or not varying:
                yield {member: f"{number + 1}", **steady, **here, "day": day}


def _row(table: Table, row: Mapping[str, Any], key: str) -> Row:
    """Return a row with each cell as its column has it, the day a number."""
    cells = {name: _cell(table.columns[name], value, key) for name, value in row.items() if name != "day"}
    return {"day": day_of(row.get("day", 0), key), **cells}


def _cell(column: Column, value: Any, key: str) -> Cell:
    if column.type not in _NUMBERS:
        text = _text(value)
        return None if text in column.missing else text
    dimension = column.dimension or (unit(column.unit).dimension if column.unit else "number")
    factor = float(unit(column.unit).factor) if column.unit else 1.0
    return number_of(value, dimension, key) * (1.0 if " " in str(value) else factor)


def _column(column: Column, cells: Sequence[Any]) -> Values:
    if column.type not in _NUMBERS:
        return labels(cells)
    return np.array([np.nan if one is None else one for one in cells], dtype=np.float64)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    return str(value)
