"""Worked cases of a file become a cohort: a patient each, with one course that starts on day 0.

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
from criterium.evaluate.columns.algebra import Num, Truth
from criterium.evaluate.exact.rational import FALSE, MISSING, TRUE, UNKNOWN, Number, Verdict, point
from criterium.language import tree as t
from criterium.language.lowering.used import tables_of
from criterium.language.problems import listed, nearest
from criterium.language.tables import Table, stepping
from criterium.timeline import assemble
from criterium.timeline.cohort import Cohort, TableData
from criterium.timeline.courses import NEVER, Courses, Ordered, ordered, packed
from criterium.timeline.frame import Frame
from criterium.verify.examples.rows import Misfit, Row, day_of, labels, number_of, rows_of, table_data
from criterium.verify.examples.values import TRUTH, fraction_of, quoted

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


@dataclass(frozen=True, slots=True)
class Cases:
    """Several cases set up in one frame, whose `number` counts them; the given values, exact ones case by case."""

    frame: Frame
    columns: Given
    exact: Sequence[Given]


@dataclass(frozen=True, slots=True)
class Described:
    """What an example describes: the days of its steps and of the cut, its rows by table, its values by name."""

    dates: Sequence[float]
    as_of: float
    rows: Mapping[str, Sequence[Row]]
    derived: frozenset[str]
    given: Given

    @property
    def alike(self) -> tuple[Any, ...]:
        """What cases of one frame have in common: what is given by value, and the tables that are not computed."""
        return frozenset(self.given), self.derived


def described(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> Described:
    """Return what an example describes; raise Misfit if it does not make sense."""
    said = {*EXPECTED, *ABOUT, *criterion.steps.ladders}
    given = {key: value for key, value in example.items() if key not in said}
    tables = _seen(criterion, tables)
    of_table = {name: table for name in given if (table := _table_of(name, tables)) is not None}
    values = {name: value for name, value in given.items() if name not in of_table}
    dates = _dates(example, [*values.values(), *_series(criterion, given, of_table)])
    rows = {table.name: rows_of(table, given[name], dates, name) for name, table in of_table.items()}
    last = max([*dates, *(row["day"] for listed_ in rows.values() for row in listed_)])
    as_of = number_of(example["as_of"], "time", "as_of") if example.get("as_of") is not None else last
    derived = frozenset(table.name for table in of_table.values() if table.derived)
    return Described(dates, as_of, rows, derived, _given(criterion, values, len(dates)))


def case_of(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> Case:
    """Return the case that an example describes; raise Misfit or Refused if it does not make sense."""
    alone = cases_of(criterion, [described(criterion, example, tables)], tables)
    return Case(alone.frame, alone.columns, alone.exact[0])


def cases_of(criterion: t.Criterion, several: Sequence[Described], tables: Mapping[str, Table]) -> Cases:
    """Return examples that are `alike` as the cases of one frame; raise Refused if rows of one do not go together."""
    material = _material(several, _seen(criterion, tables))
    frame = _frame(criterion, material, [one.dates for one in several])
    if several[0].given:
        frame = replace(frame, has_baseline=np.ones(frame.size, dtype=bool))
    exact = [one.given for one in several]
    return Cases(frame, _in_columns(exact, frame), exact)


def _seen(criterion: t.Criterion, tables: Mapping[str, Table]) -> Mapping[str, Table]:
    """Return the tables as a criterion sees them, with those of the criteria that it uses."""
    return stepping({**tables, **tables_of(criterion.uses)}, criterion.of, criterion.each)


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
        count = max([1, *(len(value) for value in values if isinstance(value, list))])
        return [APART * step for step in range(count)]
    if not isinstance(example["at"], list):
        raise Misfit("at", "`at` is not a list of times", "`at: [6 weeks, 12 weeks]`")
    return [0.0, *(day_of(text, "at") for text in example["at"])]


def _material(several: Sequence[Described], tables: Mapping[str, Table]) -> frames.Material:
    """Return the rows of cases, each known up to a day of its own."""
    names = dict.fromkeys(name for one in several for name in one.rows)
    data = [table_data(tables[name], [one.rows.get(name, ()) for one in several]) for name in names]
    read = {one.name: one for one in data if not tables[one.name].derived}
    cohort = Cohort("cases", tuple(map(str, range(len(several)))), read)
    material = frames.Material(cohort, tables, as_of=np.array([one.as_of for one in several]))
    for one in data:
        if tables[one.name].derived:
            material.add(one.name, one)
    return material


def _frame(criterion: t.Criterion, material: frames.Material, dates: Sequence[Sequence[float]]) -> Frame:
    """Return the frame of cases; assessments stand at all dates of a case, whether or not a member is there."""
    number = np.arange(len(dates))
    nothing = np.zeros(len(dates))
    courses = Courses(number, labels([""] * len(dates)), nothing, np.full(len(dates), NEVER))
    material = frames.with_used(criterion, material, courses)
    table = material.tables[criterion.of] if criterion.of else None
    if table is None or not table.member:
        return frames.frame_of(criterion, material, courses)
    rows = _member_rows(criterion, material, table, table.member)
    later = [packed(np.full(len(days) - 1, at), np.array(days[1:])) for at, days in enumerate(dates)]
    extra = np.unique(np.concatenate(later))
    frame = assemble.assessments(courses, rows, table.member, sorted(table.columns), table.lasting, extra)
    frame = frames.assembled(table, frame)
    values = {"as_of": material.cuts()[courses.patient[frame.number]]}
    return replace(frame, courses=values, beside=frames.besides(criterion, material, courses, frame))


def _member_rows(criterion: t.Criterion, material: frames.Material, table: Table, member: str) -> Ordered:
    if table.name in material.cohort.tables:
        return frames.step_rows(criterion, material, table)
    none = np.zeros(0, dtype=np.int32)
    return ordered(TableData(table.name, none, {"date": np.zeros(0), member: labels([])}, 0))


# --- values given by name ---------------------------------------------------------------------------------------------
def _given(criterion: t.Criterion, values: Mapping[str, Any], steps: int) -> Given:
    """Return the given values by name and place, for the exact algebra."""
    found: Given = {}
    for name, value in values.items():
        layer = _layer(criterion, name)
        places = [COURSE] if layer is criterion.course else [Place("step", step) for step in range(steps)]
        series = value if isinstance(value, list) else [value] * len(places)
        if len(series) != len(places):
            there = "is 1 step" if len(places) == 1 else f"are {len(places)} steps"
            raise Misfit(name, f"`{name}` has {len(series)} values, there {there}")
        found |= {(name, place): _value(layer, name, one) for place, one in zip(places, series, strict=True)}
    return found


def _layer(criterion: t.Criterion, name: str) -> t.Layer:
    """Return the layer that has a measure or condition of a name; raise Misfit if none has."""
    for layer in (criterion.steps, criterion.course):
        if name in layer.measures or name in layer.conditions:
            return layer
    known = [*criterion.steps.measures, *criterion.steps.conditions, *criterion.course.measures]
    what = f"`{name}` is not a measure, condition, component or table"
    raise Misfit(name, what, listed(known), nearest(name, [*known, *EXPECTED, *ABOUT]))


def _value(layer: t.Layer, name: str, value: Any) -> Number | Verdict:
    """Return one given value, in the canonical unit; raise Misfit for what is none."""
    if name in layer.conditions:
        if not TRUTH.fits(value):
            raise Misfit(name, TRUTH.misfit(value))
        return {True: TRUE, False: FALSE, None: UNKNOWN}[value]
    if value is None:
        return MISSING
    number = fraction_of(value)
    if number is None:
        raise Misfit(name, f"{quoted(value)} is not a number")
    return point(number * layer.shown.get(name, ("", Fraction(1)))[1])


def _in_columns(exact: Sequence[Given], frame: Frame) -> Given:
    """Return the values that cases are given, for the algebra of columns."""
    found: Given = {}
    for name, place in exact[0]:
        if place.step < len(frame.sizes):
            size = frame.size if place == COURSE else frame.sizes[place.step]
            found[name, place] = _column([exact[number][name, place] for number in frame.number[:size]])
    return found


def _column(values: Sequence[Number | Verdict]) -> Num | Truth:
    """Return known numbers or missing ones, or truths, as a column."""
    numbers = [one for one in values if isinstance(one, Number)]
    if numbers:
        column = np.array([np.nan if one.low is None else float(one.low) for one in numbers])
        return Num(column, column, whole=not np.isnan(column).any())
    must, may = (np.array([getattr(one, bound) for one in values], dtype=bool) for bound in ("must", "may"))
    return Truth(must, must if (must == may).all() else may)
