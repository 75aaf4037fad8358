"""Rows against each other: no row twice, no limits crossed, no patient who is not in the table of patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.language.problems import nearest
from criterium.timeline.cohort import Codes, Labels, Numbers, Values
from criterium.timeline.complaints import Complaints, Fault, Mask, Rows, quoted
from criterium.timeline.header import in_list
from criterium.timeline.sheets import Sheet, cells_of, text_of

Packed = npt.NDArray[np.int64]

_ORDERED = (("lln", "uln"),)  # pairs of columns whose first may not exceed the second
_MOST_TO_COMPARE = 5000  # looking for the nearest of more patients than these takes longer than the reading


def check_rows(sheet: Sheet, columns: Mapping[str, Values], complaints: Complaints) -> None:
    """Complain about rows that are there twice and about pairs of limits in the wrong order."""
    _check_keys(sheet, columns, complaints)
    for low, high in _ORDERED:
        _check_order(sheet, columns, (low, high), complaints)


def _check_order(sheet: Sheet, columns: Mapping[str, Values], pair: tuple[str, str], complaints: Complaints) -> None:
    below, above = (columns.get(name) for name in pair)
    if isinstance(below, np.ndarray) and isinstance(above, np.ndarray):
        low, high = (sheet.table.columns[name].column for name in pair)
        complaints.rows(sheet, low, np.flatnonzero(below > above), lambda row: _crossed(sheet, row, low, high))


def _crossed(sheet: Sheet, row: int, low: str, high: str) -> Fault:
    says = f"{_shown(sheet, row, low)} is above the `{high}` of the row, {_shown(sheet, row, high)}"
    return Fault(f"{low} above {high}", says, f"`{low}` at most `{high}`", "exchange the two, or correct the wrong one")


def _shown(sheet: Sheet, row: int, name: str) -> str:
    return quoted(text_of(sheet.columns[name].iloc[row]))


def _check_keys(sheet: Sheet, columns: Mapping[str, Values], complaints: Complaints) -> None:
    keys = [name for name in sheet.table.key if name in columns]
    if not keys or not sheet.rows:
        return
    rows = np.flatnonzero(_complete(sheet, columns, keys))
    key = _packed([_numbered(sheet, name, columns[name])[rows] for name in keys])
    again, first = _repeated(key)
    if not again.size:
        return
    again, first = rows[again], rows[first]
    same = np.logical_and.reduce([_equal(series, again, first) for series in sheet.columns.values()])
    origin = dict(zip(again.tolist(), first.tolist(), strict=True))
    complaints.rows(sheet, None, again[same], lambda row: _copy(sheet, origin[row]))
    complaints.rows(sheet, None, again[~same], lambda row: _second(sheet, keys, row, origin[row]))


def _complete(sheet: Sheet, columns: Mapping[str, Values], keys: list[str]) -> Mask:
    """Return the rows whose required key cells could all be read; the others have a problem already."""
    complete = np.ones(sheet.rows, dtype=np.bool_)
    for name in keys:
        values = columns[name]
        if sheet.table.columns[name].required:
            complete &= values.codes >= 0 if isinstance(values, Labels) else ~np.isnan(values)
    return complete


def _numbered(sheet: Sheet, name: str, values: Values) -> Packed:
    """Return a column of a key as numbers from 0 that are equal where its cells mean the same."""
    if isinstance(values, Labels):
        if sheet.table.columns[name].type == "identifier":
            return values.codes.astype(np.int64) + 1
        folded: dict[str, int] = {}
        words = [folded.setdefault(word.lower(), len(folded)) + 1 for word in values.words]
        numbers: Packed = np.array([*words, 0], dtype=np.int64)
        return numbers[values.codes]
    whole: Numbers = np.where(np.isnan(values), np.nanmin(values, initial=0) - 1, values)
    if (np.floor(whole) == whole).all() and np.ptp(whole) < 2**31:
        shifted: Packed = (whole - whole.min()).astype(np.int64)
        return shifted
    return _ranked(whole)


def _ranked(values: npt.NDArray[Any]) -> Packed:
    ranks: Packed = np.unique(values, return_inverse=True)[1].astype(np.int64)
    return ranks


def _packed(parts: list[Packed]) -> Packed:
    """Return one number a row that is equal where all parts are."""
    key, span = np.zeros(parts[0].size, dtype=np.int64), 1
    for part in parts:
        size = int(part.max(initial=0)) + 1
        if span * size >= 2**63:
            key = _ranked(key)
            span = int(key.max(initial=0)) + 1
        key, span = key * size + part, span * size
    return key


def _repeated(key: Packed) -> tuple[Rows, Rows]:
    """Return the positions whose key stood before, in order, and for each the position where it stood first."""
    nothing = np.empty(0, dtype=np.intp)
    if (key[1:] > key[:-1]).all():
        return nothing, nothing
    ordered = np.sort(key)
    if (ordered[1:] != ordered[:-1]).all():
        return nothing, nothing
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    origin = first[group]
    again = np.flatnonzero(origin != np.arange(key.size))
    return again, origin[again]


def _equal(series: pd.Series, rows: Rows, others: Rows) -> Mask:
    """Return where two rows have the same text in a column, as it came in."""
    codes = cells_of(series.iloc[np.concatenate([rows, others])]).codes
    return np.equal(codes[: rows.size], codes[rows.size :])


def _copy(sheet: Sheet, first: int) -> Fault:
    says = f"the row is the same as {sheet.places.noun} {sheet.places.number(first)}"
    return Fault("a duplicate row", says, sheet.table.means, "delete one of the two")


def _second(sheet: Sheet, keys: list[str], row: int, first: int) -> Fault:
    names = [sheet.table.columns[key].column for key in keys]
    described = ", ".join(f"{name} {_shown(sheet, row, name)}" for name in names)
    place = f"{sheet.places.noun} {sheet.places.number(first)}"
    one = sheet.table.one
    says = f"a second {one} with {described}; the first is in {place}, with other values"
    expected = f"one {one} for each {in_list(names)}"
    return Fault(f"the same {one} twice", says, expected, "keep the row that is right and delete the other")


def patient_index(sheet: Sheet, found: Labels, patients: tuple[str, ...], complaints: Complaints) -> Codes:
    """Return the position of each row's patient in `patients`; a patient who is not among them is a problem."""
    positions = {patient: position for position, patient in enumerate(patients)}
    table = np.array([*(positions.get(word, -1) for word in found.words), -1], dtype=np.int32)
    index = table[found.codes]
    unknown = np.flatnonzero((index < 0) & (found.codes >= 0))
    complaints.rows(sheet, "patient_id", unknown, lambda row: _stranger(found.words[found.codes[row]], patients))
    return index


def _stranger(word: str, patients: tuple[str, ...]) -> Fault:
    close = nearest(word, patients) if len(patients) <= _MOST_TO_COMPARE else ""
    remedy = close or "add the patient to `patients`, or correct the identifier"
    expected = "a patient_id of the table `patients`"
    return Fault("an unknown patient", f"{quoted(word)} is not in `patients`", expected, remedy)
