"""A worked case of a file becomes a tiny cohort: one patient, one course that starts on day 0.

Values of measures and conditions are given by name, one for each step (`size: [12, 10, 15]`, in the unit the measure is shown
in); rows of tables are listed under the name of the table, members with one value for each step. `at` holds the times of the
steps after the first; without it they are 8 weeks apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate import frames
from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns import FALSE, TRUE, UNKNOWN, Num
from criterium.evaluate.exact import FALSE as NO
from criterium.evaluate.exact import TRUE as YES
from criterium.evaluate.exact import UNKNOWN as OPEN
from criterium.evaluate.exact import Number
from criterium.language import tree as t
from criterium.language.tables import Column, Table
from criterium.language.units import unit
from criterium.timeline import assemble
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import NEVER, Courses, ordered, packed
from criterium.timeline.frame import Frame

APART = 56.0
EXPECTED = ("class", "classes", "course", "outcome", "time")
ABOUT = ("at", "set", "note", "name", "cite")


class Misfit(ValueError):
    """A case that cannot be set up; the text says why, `key` where."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


@dataclass(frozen=True, slots=True)
class Case:
    """A case set up: its frame, and the given values for each algebra, by name and place."""

    frame: Frame
    columns: Mapping[tuple[str, Place], Any]
    exact: Mapping[tuple[str, Place], Any]


def case_of(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> Case:
    """Return the case that an example describes; raise Misfit if it does not make sense."""
    given = {key: example[key] for key in example if key not in (*EXPECTED, *ABOUT) and key not in criterion.steps.ladders}
    rows = {name: value for name, value in given.items() if _table_of(name, tables) is not None}
    values = {name: value for name, value in given.items() if name not in rows}
    dates = _dates(example, [*values.values(), *_series(criterion, rows, tables)])
    data = {t_.name: _table_data(t_, rows[name], dates) for name in rows if (t_ := _table_of(name, tables)) is not None}
    courses = Courses(np.zeros(1, dtype=np.int64), Labels(np.zeros(1, dtype=np.int32), ("",)), np.zeros(1), np.full(1, NEVER))
    material = frames.Material(Cohort("case", ("case",), {n: d for n, d in data.items() if not tables[n].derived}), tables)
    for name, one in data.items():
        if tables[name].derived:
            material.add(name, one)
    frame = _frame(criterion, material, courses, dates, bool(values))
    columns, exact = _given(criterion, values, len(dates))
    return Case(frame, columns, exact)


def _table_of(name: str, tables: Mapping[str, Table]) -> Table | None:
    return next((table for table in tables.values() if name in {table.name, table.plural}), None)


def _series(criterion: t.Criterion, rows: Mapping[str, Any], tables: Mapping[str, Table]) -> Iterator[Any]:
    """Yield the values, step by step, of the members in the rows of the criterion's own table."""
    for name, entries in rows.items():
        table = _table_of(name, tables)
        if table is not None and table.member and table.name == criterion.of:
            for entry in entries:
                yield from entry.values()


def _dates(example: Mapping[str, Any], values: Sequence[Any]) -> list[float]:
    """Return the day of each step, the first being day 0."""
    if "at" in example:
        return [0.0, *(_number(text, "time", "at") for text in example["at"])]
    count = max([len(value) for value in values if isinstance(value, list)], default=1)
    return [APART * step for step in range(count)]


def _number(value: Any, dimension: str, key: str) -> float:
    """Return a number in the canonical unit; plain numbers of time are days."""
    if value is None:
        return float("nan")
    text = str(value)
    number, _, spelled = text.partition(" ")
    if not spelled:
        return float(number)
    measured = unit(spelled)
    if measured.dimension != dimension:
        raise Misfit(key, f"`{text}` is not a {dimension}")
    return float(Fraction(number) * measured.factor)


# --- rows --------------------------------------------------------------------------------------------------------------------
def _table_data(table: Table, entries: Sequence[Mapping[str, Any]], dates: Sequence[float]) -> TableData:
    rows = list(_member_rows(table, entries, dates)) if table.member else [dict(entry) for entry in entries]
    for row in rows:
        for key in row:
            if key != "day" and key not in table.columns:
                raise Misfit(table.plural, f"`{key}` is not a column of {table.name}")
    columns: dict[str, Values] = {"date": np.array([_number(row.get("day", 0), "time", "day") for row in rows])}
    for name, column in table.columns.items():
        if any(name in row for row in rows):
            columns[name] = _column(column, [row.get(name) for row in rows])
    return TableData(table.name, np.zeros(len(rows), dtype=np.int32), columns, len(rows))


def _member_rows(table: Table, entries: Sequence[Mapping[str, Any]], dates: Sequence[float]) -> Iterator[dict[str, Any]]:
    """Yield one row for each member and step at which something of it is given."""
    assert table.member is not None
    for number, entry in enumerate(entries):
        steady = {key: value for key, value in entry.items() if not isinstance(value, list)}
        varying = {key: value for key, value in entry.items() if isinstance(value, list)}
        for step, day in enumerate(dates):
            here = {key: value[step] if step < len(value) else None for key, value in varying.items()}
            if any(value is not None for value in here.values()) or not varying:
                yield {table.member: f"{number + 1}", **steady, **here, "day": day}


def _column(column: Column, values: Sequence[Any]) -> Values:
    if column.type in {"number", "quantity"}:
        dimension = column.dimension or (unit(column.unit).dimension if column.unit else "number")
        factor = float(unit(column.unit).factor) if column.unit else 1.0
        return np.array([_number(v, dimension, column.name) * (1.0 if " " in str(v) else factor) for v in values])
    texts = [None if value is None else str(value).lower() if isinstance(value, bool) else str(value) for value in values]
    texts = [None if text in column.missing else text for text in texts]
    words = tuple(dict.fromkeys(text for text in texts if text is not None))
    return Labels(np.array([-1 if text is None else words.index(text) for text in texts], dtype=np.int32), words)


def _frame(
    criterion: t.Criterion, material: frames.Material, courses: Courses, dates: Sequence[float], by_name: bool
) -> Frame:
    table = material.tables[criterion.of] if criterion.of else None
    if table is None or not table.member:
        return frames.frame_of(criterion, material, courses)
    rows = material.rows(table.name, table.member)
    if table.name not in material.cohort.tables:
        labels = Labels(np.zeros(0, dtype=np.int32), ())
        rows = ordered(TableData(table.name, np.zeros(0, dtype=np.int32), {"date": np.zeros(0), table.member: labels}, 0))
    extra = packed(np.zeros(len(dates) - 1), np.array(dates[1:]))
    still = [c.name for c in table.columns.values() if c.type == "label" and not c.predicate]
    frame = assemble.assessments(courses, rows, table.member, sorted(table.columns), still, np.unique(extra))
    if by_name:
        frame = replace(frame, has_baseline=np.ones(1, dtype=bool))
    return replace(frame, beside=frames.besides(criterion, material, courses, frame))


# --- values given by name ----------------------------------------------------------------------------------------------------
def _given(criterion: t.Criterion, values: Mapping[str, Any], steps: int) -> tuple[dict[Any, Any], dict[Any, Any]]:
    columns: dict[tuple[str, Place], Any] = {}
    exact: dict[tuple[str, Place], Any] = {}
    for name, value in values.items():
        layer = _layer(criterion, name)
        places = [COURSE] if layer is criterion.course else [Place("step", step) for step in range(steps)]
        series = value if isinstance(value, list) else [value] * len(places)
        for place, one in zip(places, series, strict=False):
            columns[name, place], exact[name, place] = _both(layer, name, one)
    return columns, exact


def _layer(criterion: t.Criterion, name: str) -> t.Layer:
    for layer in (criterion.steps, criterion.course):
        if name in layer.measures or name in layer.conditions:
            return layer
    known = [*criterion.steps.measures, *criterion.steps.conditions, *criterion.course.measures]
    raise Misfit(name, f"`{name}` is not a measure, condition, component or table; there is {', '.join(known)}")


def _both(layer: t.Layer, name: str, value: Any) -> tuple[Any, Any]:
    """Return one given value for the algebra of columns and for the exact one."""
    if name in layer.conditions:
        if value is not None and not isinstance(value, bool):
            raise Misfit(name, f"`{value}` is not true, false or null")
        return {True: (TRUE, YES), False: (FALSE, NO), None: (UNKNOWN, OPEN)}[value]
    if value is None:
        nothing = np.full(1, np.nan)
        return Num(nothing, nothing, False), Number(None, None)
    try:
        number = Fraction(str(value)) * layer.shown.get(name, ("", Fraction(1)))[1]
    except ValueError as error:
        raise Misfit(name, f"`{value}` is not a number") from error
    array = np.full(1, float(number))
    return Num(array, array, True), Number(number, number)
