"""Columns by their type: texts become labels, numbers and days since 1970-01-01.

Typed columns of a frame are checked as arrays; a column of texts is read once for each distinct text.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from criterium.language.problems import listed
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.complaints import Fault, Mask, quoted
from criterium.timeline.faults import (
    EARLIEST,
    LATEST,
    all_tidy,
    day_of,
    is_number,
    no_value,
    no_word,
    stands_for_nothing,
)
from criterium.timeline.partial import day_or_part
from criterium.timeline.quantities import read_numbers, read_quantities, read_units
from criterium.timeline.reading import Reading, floats_of, is_typed_date, is_typed_number, labels_of, settled


def read_column(reading: Reading) -> Values:
    """Return a declared column as labels or numbers; cells that cannot be read are missing and complained about."""
    values = _READERS[reading.column.type](reading)
    if reading.column.required and not reading.column.may_be_empty:
        reading.blame(empty_cells(reading), lambda _: _EMPTY)
    return values


_EMPTY = Fault("an empty cell", "the cell is empty", "a value in every row", "fill the cell, or delete the row")


def empty_cells(reading: Reading) -> Mask:
    """Return which cells of a column are empty as they came in."""
    series = reading.series
    if is_typed_number(series) or is_typed_date(series):
        return series.isna().to_numpy(dtype=np.bool_)
    return reading.cells.codes < 0


def read_attribute(reading: Reading) -> Values:
    """Return a column that is not declared: numbers if every cell that is filled holds one, otherwise labels."""
    series = reading.series
    if is_typed_number(series):
        return read_numbers(reading)
    cells = reading.cells
    if all(is_number(text) for text in cells.texts):
        return read_numbers(reading)
    return labels_of(cells, settled(reading, cells, lambda text: no_value(text) if stands_for_nothing(text) else text))


def _words(reading: Reading) -> Labels:
    column = reading.column
    allowed = {word.lower(): word for word in (*column.values, *column.missing)}  # noqa: PD011, a tuple of ours
    missing = {word.lower() for word in column.missing}

    def word(text: str) -> str | Fault:
        if column.values and text.lower() not in allowed:  # noqa: PD011, a tuple of ours
            return no_word(text, allowed.values())
        return allowed.get(text.lower(), text)

    if not allowed and all_tidy(reading.cells.texts):
        return labels_of(reading.cells, list(reading.cells.texts))
    words = settled(reading, reading.cells, word)
    return labels_of(reading.cells, [None if found is None or found.lower() in missing else found for found in words])


def _truths(reading: Reading) -> Labels:
    cells = reading.cells
    words = settled(reading, cells, lambda text: text.lower() if text.lower() in _TRUTHS else _no_truth(text))
    codes = labels_of(cells, words)
    order = np.array([*(_TRUTHS.index(word) for word in codes.words), -1], dtype=np.int32)
    return Labels(order[codes.codes], _TRUTHS)


_TRUTHS = ("false", "true")


def _no_truth(text: str) -> Fault:
    meant = {"yes": "true", "y": "true", "1": "true", "no": "false", "n": "false", "0": "false"}.get(text.lower())
    remedy = f"write `{meant}`" if meant else "write `true` or `false`, or leave the cell empty if it is not known"
    kind = "neither true nor false"
    return Fault(kind, f"{quoted(text)} is {kind}", listed(reversed(_TRUTHS)), remedy)


def _dates(reading: Reading) -> Numbers:
    series = reading.series
    if is_typed_date(series):
        return _typed_dates(reading, series)
    cells = reading.cells
    return floats_of(cells, settled(reading, cells, day_or_part if reading.sheet.table.partial_dates else day_of))


def _typed_dates(reading: Reading, series: pd.Series) -> Numbers:
    times = series.to_numpy()
    days = times.astype("datetime64[D]")
    known = ~np.isnat(times)
    likely = (days >= np.datetime64(f"{EARLIEST}-01-01")) & (days < np.datetime64(f"{LATEST}-01-01"))
    if not ((days == times) & likely | ~known).all():
        cells = reading.cells
        return floats_of(cells, settled(reading, cells, day_of))
    return np.where(known, days.astype(np.int64).astype(np.float64), np.nan)


_READERS: dict[str, Callable[[Reading], Values]] = {
    "identifier": _words,
    "label": _words,
    "date": _dates,
    "number": read_numbers,
    "quantity": read_quantities,
    "truth": _truths,
    "unit": read_units,
}
