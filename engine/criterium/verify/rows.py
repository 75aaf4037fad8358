"""Rows of tables as an example writes them: `results: [{day: 3, value: 50}]` becomes a table of one patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.language.problems import listed, nearest
from criterium.language.tables import Column, Table
from criterium.language.units import UnknownUnit, unit
from criterium.timeline.cohort import Labels, TableData, Values

Entries = Sequence[Mapping[str, Any]]


class Misfit(ValueError):
    """A case that cannot be set up: the text says why, `key` where, `expected` and `remedy` what to write instead."""

    def __init__(self, key: str, text: str, expected: str = "", remedy: str = "") -> None:
        super().__init__(text)
        self.key, self.expected, self.remedy = key, expected, remedy


def labels(texts: Iterable[str | None]) -> Labels:
    """Return words by number, -1 for what is missing."""
    given = list(texts)
    words = tuple(dict.fromkeys(text for text in given if text is not None))
    return Labels(np.array([-1 if text is None else words.index(text) for text in given], dtype=np.int32), words)


def number_of(value: Any, dimension: str, key: str) -> float:
    """Return a number in the canonical unit, NaN for nothing; plain numbers of time are days. Raises Misfit."""
    if value is None:
        return float("nan")
    text = str(value)
    number, _, spelled = text.partition(" ")
    try:
        plain = Fraction(number)
        measured = unit(spelled) if spelled else None
    except UnknownUnit as error:
        raise Misfit(key, f"`{spelled}` is not a unit") from error
    except ValueError as error:
        raise Misfit(key, f"`{text}` is not a number", "a number, with a unit or without") from error
    if measured is None:
        return float(plain)
    if measured.dimension != dimension:
        raise Misfit(key, f"`{text}` is not a {dimension}")
    return float(plain * measured.factor)


def table_data(table: Table, entries: Any, dates: Sequence[float], key: str) -> TableData:
    """Return the rows of a table that an example lists under `key`; raise Misfit for what is no row of it."""
    _refuse_misfits(table, entries, key)
    rows = list(_member_rows(table.member, entries, dates)) if table.member else [dict(entry) for entry in entries]
    columns: dict[str, Values] = {"date": np.array([number_of(row.get("day", 0), "time", key) for row in rows])}
    for name, column in table.columns.items():
        if any(name in row for row in rows):
            columns[name] = _column(column, [row.get(name) for row in rows], key)
    return TableData(table.name, np.zeros(len(rows), dtype=np.int32), columns, len(rows))


def _refuse_misfits(table: Table, entries: Any, key: str) -> None:
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Misfit(key, f"`{key}` is not a list of rows", f"`{key}: [{{...}}]`")
    allowed = [name for name in table.columns if name not in {"patient_id", "date"}]
    for entry in entries:
        for name in entry:
            if name != "day" and name not in allowed:
                raise Misfit(key, f"`{name}` is not a column of {table.name}", listed(allowed), nearest(name, allowed))


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


def _column(column: Column, values: Sequence[Any], key: str) -> Values:
    if column.type not in {"number", "quantity"}:
        texts = [_text(value) for value in values]
        return labels(None if text in column.missing else text for text in texts)
    dimension = column.dimension or (unit(column.unit).dimension if column.unit else "number")
    factor = float(unit(column.unit).factor) if column.unit else 1.0
    return np.array([number_of(one, dimension, key) * (1.0 if " " in str(one) else factor) for one in values])


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    return str(value)
