"""Numbers and quantities: the float nearest to the entered decimal, converted by an exact factor and rounded once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from criterium.language.problems import listed, nearest
from criterium.language.tables import Column
from criterium.language.units import Unit, UnknownUnit, spellings, unit
from criterium.timeline.cohort import Codes, Labels, Numbers
from criterium.timeline.complaints import Fault, Mask, quoted
from criterium.timeline.faults import is_number, no_number
from criterium.timeline.reading import Reading, floats_of, is_typed_number, labels_of, settled
from criterium.timeline.sheets import Cells, cells_of, text_of


def read_numbers(reading: Reading) -> Numbers:
    """Return the numbers as entered, which must be within the bounds of the column."""
    series, column = reading.series, reading.column
    if is_typed_number(series):
        values: Numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
        if not (wrong := _wrong_numbers(values, column)).any():
            return values
        rows = np.flatnonzero(wrong)
        suspects = cells_of(series.iloc[rows].astype(object))
        codes = np.full(values.size, -1, dtype=np.int32)
        codes[rows] = suspects.codes
        settled(reading, Cells(codes, suspects.texts), lambda text: _number(text, column))
        return values
    cells = reading.cells
    return floats_of(cells, settled(reading, cells, lambda text: _number(text, column)))


def _wrong_numbers(values: Numbers, column: Column) -> Mask:
    wrong: Mask = np.isinf(values)
    if column.least is not None:
        wrong |= values < float(column.least)
    if column.most is not None:
        wrong |= values > float(column.most)
    if column.whole:
        wrong |= (np.floor(values) != values) & ~np.isnan(values)
    return wrong


def _number(text: str, column: Column) -> float | Fault:
    if not is_number(text):
        return no_number(text)
    value = float(text)
    if column.least is not None and value < float(column.least):
        says = f"{quoted(text)} is below {column.least}"
        return Fault("too small", says, _span(column), "correct the number, or leave the cell empty")
    if column.most is not None and value > float(column.most):
        says = f"{quoted(text)} is above {column.most}"
        return Fault("too large", says, _span(column), "correct the number, or leave the cell empty")
    if column.whole and not value.is_integer():
        return Fault("not whole", f"{quoted(text)} is not a whole number", _span(column), "correct the number")
    return value


def _span(column: Column) -> str:
    what = "a whole number" if column.whole else "a number"
    bounds = {"from": column.least, "to": column.most}
    return " ".join([what, *(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)])


def read_units(reading: Reading) -> Labels:
    """Return the units of a column by their UCUM names."""
    cells = reading.cells
    units = settled(reading, cells, _unit)
    return labels_of(cells, [None if found is None else found.name for found in units])


def _unit(text: str) -> Unit | Fault:
    try:
        return unit(text)
    except UnknownUnit:
        remedy = nearest(text, spellings()) or "write the unit as UCUM does"
        expected = "a unit such as `mm` or `10*9/L`"
        return Fault("an unknown unit", f"{quoted(text)} is no unit that is known", expected, remedy)


def read_quantities(reading: Reading) -> Numbers:
    """Return the numbers in the canonical unit of their dimension: the exact product, rounded once."""
    column = reading.column
    values = read_numbers(reading)
    if column.unit_column is None:
        factors = [unit(column.unit).factor] if column.unit else [Fraction(1)]
        return _converted(reading, values, np.zeros(values.size, dtype=np.int32), factors)
    if column.unit_column not in reading.sheet.columns:
        return values  # the absence of the column is complained about where the header is
    cells = cells_of(reading.sheet.columns[column.unit_column])
    units = [_known_unit(text) for text in cells.texts]
    _check_units(reading, cells, units, ~np.isnan(values))
    return _converted(reading, values, cells.codes, [found.factor if found else Fraction(1) for found in units])


def _known_unit(text: str) -> Unit | None:
    found = _unit(text)
    return None if isinstance(found, Fault) else found


def _check_units(reading: Reading, cells: Cells, units: list[Unit | None], filled: Mask) -> None:
    column = reading.column
    reading.blame(filled & (cells.codes < 0), lambda row: _no_unit(text_of(reading.series.iloc[row]), column))
    other = [found is not None and found.dimension != column.dimension for found in units]
    strange = filled & np.array([*other, False], dtype=np.bool_)[cells.codes]

    def fault_of(row: int) -> Fault:
        code = cells.codes[row]
        return _other_dimension(cells.texts[code], units[code], column)

    reading.complaints.rows(reading.sheet, str(column.unit_column), np.flatnonzero(strange), fault_of)


def _no_unit(text: str, column: Column) -> Fault:
    remedy = f"enter the unit in column `{column.unit_column}`"
    return Fault("no unit", f"{quoted(text)} has no unit", _such_as(column), remedy)


def _other_dimension(text: str, found: Unit | None, column: Column) -> Fault:
    dimension = found.dimension if found else ""
    says = f"{quoted(text)} is a unit of {dimension}, but column `{column.column}` is a quantity of {column.dimension}"
    return Fault("a unit of another dimension", says, _such_as(column), "correct the unit")


def _such_as(column: Column) -> str:
    fitting = [text for text in spellings() if unit(text).dimension == column.dimension]
    return f"a unit of {column.dimension}, such as {listed(fitting[:3])}"


def _converted(reading: Reading, values: Numbers, units: Codes, factors: list[Fraction]) -> Numbers:
    if all(factor == 1 for factor in factors):
        return values
    cells = reading.cells
    exact = [Fraction(text) if is_number(text) else None for text in cells.texts]
    pairs, which = np.unique(np.stack([cells.codes, units], axis=1), axis=0, return_inverse=True)
    converted = [
        float(number * factors[u]) if v >= 0 and u >= 0 and (number := exact[v]) is not None else np.nan
        for v, u in pairs.tolist()
    ]
    return np.array(converted, dtype=np.float64)[which]
