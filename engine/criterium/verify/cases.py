"""A worked case of a file becomes a tiny cohort: one patient, one course that starts on day 0.

Values of measures and conditions are given by name, one for each step (`size: [12, 10, 15]`, in the unit the measure is
shown in); rows of tables are listed under the name of the table, members with one value for each step. `at` holds the
times of the steps after the first; without it they are 8 weeks apart.
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
from criterium.language.problems import listed, nearest
from criterium.language.tables import Table, stepping
from criterium.language.used import tables_of
from criterium.timeline import assemble
from criterium.timeline.cohort import Cohort, TableData
from criterium.timeline.courses import NEVER, Courses, Ordered, ordered, packed
from criterium.timeline.frame import Frame
from criterium.verify.rows import Misfit, labels, number_of, table_data

APART = 56.0
EXPECTED = ("class", "classes", "course", "outcome", "time")
ABOUT = ("at", "as_of", "set", "note", "name", "cite")
Given = dict[tuple[str, Place], Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A case set up: its frame, and the given values for each algebra, by name and place."""

    frame: Frame
    columns: Given
    exact: Given


def case_of(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> Case:
    """Return the case that an example describes; raise Misfit if it does not make sense."""
    said = {*EXPECTED, *ABOUT, *criterion.steps.ladders}
    given = {key: value for key, value in example.items() if key not in said}
    tables = stepping({**tables, **tables_of(criterion.uses)}, criterion.of, criterion.each)
    rows = {name: table for name in given if (table := _table_of(name, tables)) is not None}
    values = {name: value for name, value in given.items() if name not in rows}
    series = [*values.values(), *_series(criterion, given, rows)]
    dates = _dates(example, series)
    data = [table_data(table, given[name], dates, name) for name, table in rows.items()]
    material = _material(data, tables, dates, example.get("as_of"))
    frame = _frame(criterion, material, dates)
    if values:
        frame = replace(frame, has_baseline=np.ones(1, dtype=bool))
    return Case(frame, *_given(criterion, values, len(dates)))


def _table_of(name: str, tables: Mapping[str, Table]) -> Table | None:
    return next((table for table in tables.values() if name in {table.name, table.plural}), None)


def _series(criterion: t.Criterion, given: Mapping[str, Any], rows: Mapping[str, Table]) -> Iterator[Any]:
    """Yield the values, step by step, of the members in the rows of the criterion's own table."""
    for name, table in rows.items():
        if table.member and table.name == criterion.of and isinstance(given[name], list):
            for entry in given[name]:
                yield from entry.values() if isinstance(entry, dict) else ()


def _dates(example: Mapping[str, Any], values: Sequence[Any]) -> list[float]:
    """Return the day of each step, the first being day 0."""
    if "at" not in example:
        count = max([len(value) for value in values if isinstance(value, list)], default=1)
        return [APART * step for step in range(count)]
    if not isinstance(example["at"], list):
        raise Misfit("at", "`at` is not a list of times", "`at: [6 weeks, 12 weeks]`")
    return [0.0, *(number_of(text, "time", "at") for text in example["at"])]


def _material(
    data: Sequence[TableData], tables: Mapping[str, Table], dates: Sequence[float], cut: object
) -> frames.Material:
    """Return the rows of a case; it is known up to its last row or step unless the example says `as_of`."""
    last = [day for one in data if "date" in one.columns for day in np.asarray(one.columns["date"])]
    as_of = max([*last, *dates]) if cut is None else number_of(cut, "time", "as_of")
    read = {one.name: one for one in data if not tables[one.name].derived}
    material = frames.Material(Cohort("case", ("case",), read), tables, as_of=float(as_of))
    for one in data:
        if tables[one.name].derived:
            material.add(one.name, one)
    return material


def _frame(criterion: t.Criterion, material: frames.Material, dates: Sequence[float]) -> Frame:
    """Return the frame of the one course; assessments stand at all dates, whether or not a member is there."""
    courses = Courses(np.zeros(1, dtype=np.int64), labels([""]), np.zeros(1), np.full(1, NEVER))
    material = frames.with_used(criterion, material, courses)
    table = material.tables[criterion.of] if criterion.of else None
    if table is None or not table.member:
        return frames.frame_of(criterion, material, courses)
    rows = _member_rows(criterion, material, table, table.member)
    extra = packed(np.zeros(len(dates) - 1), np.array(dates[1:]))
    still = [column.name for column in table.columns.values() if column.type == "label" and not column.predicate]
    frame = assemble.assessments(courses, rows, table.member, sorted(table.columns), still, np.unique(extra))
    frame = frames.assembled(table, frame)
    values = {"as_of": material.cuts()[courses.patient[frame.number]]}
    return replace(frame, courses=values, beside=frames.besides(criterion, material, courses, frame))


def _member_rows(criterion: t.Criterion, material: frames.Material, table: Table, member: str) -> Ordered:
    if table.name in material.cohort.tables:
        return frames.step_rows(criterion, material, table)
    none = np.zeros(0, dtype=np.int32)
    return ordered(TableData(table.name, none, {"date": np.zeros(0), member: labels([])}, 0))


# --- values given by name ---------------------------------------------------------------------------------------------
def _given(criterion: t.Criterion, values: Mapping[str, Any], steps: int) -> tuple[Given, Given]:
    """Return the given values by name and place for the algebra of columns and for the exact one."""
    columns: Given = {}
    exact: Given = {}
    for name, value in values.items():
        layer = _layer(criterion, name)
        places = [COURSE] if layer is criterion.course else [Place("step", step) for step in range(steps)]
        series = value if isinstance(value, list) else [value] * len(places)
        if len(series) != len(places):
            raise Misfit(name, f"`{name}` has {len(series)} values, there are {len(places)} steps")
        for place, one in zip(places, series, strict=True):
            columns[name, place], exact[name, place] = _both(layer, name, one)
    return columns, exact


def _layer(criterion: t.Criterion, name: str) -> t.Layer:
    """Return the layer that has a measure or condition of a name; raise Misfit if none has."""
    for layer in (criterion.steps, criterion.course):
        if name in layer.measures or name in layer.conditions:
            return layer
    known = [*criterion.steps.measures, *criterion.steps.conditions, *criterion.course.measures]
    what = f"`{name}` is not a measure, condition, component or table"
    raise Misfit(name, what, listed(known), nearest(name, [*known, *EXPECTED, *ABOUT]))


def _both(layer: t.Layer, name: str, value: Any) -> tuple[Any, Any]:
    """Return one given value for the algebra of columns and for the exact one."""
    if name in layer.conditions:
        if value is not None and not isinstance(value, bool):
            raise Misfit(name, f"`{value}` is not true, false or null")
        return {True: (TRUE, YES), False: (FALSE, NO), None: (UNKNOWN, OPEN)}[value]
    if value is None:
        nothing = np.full(1, np.nan)
        return Num(nothing, nothing, whole=False), Number(None, None)
    try:
        number = Fraction(str(value)) * layer.shown.get(name, ("", Fraction(1)))[1]
    except ValueError as error:
        raise Misfit(name, f"`{value}` is not a number") from error
    array = np.full(1, float(number))
    return Num(array, array, whole=True), Number(number, number)
