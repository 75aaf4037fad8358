"""The frame that a criterion asks for: its steps, their members, and the rows of other tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns import Columns
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.timeline import assemble
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData, Values
from criterium.timeline.courses import Courses, Ordered, ordered, packed
from criterium.timeline.frame import Beside, Frame, Integers, taken


@dataclass
class Material:
    """A cohort with the tables derived from it so far, each sorted once; `derived` go by the number of their course."""

    cohort: Cohort
    tables: Mapping[str, Table]
    derived: dict[str, TableData] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    _ordered: dict[tuple[str, str], Ordered] = field(default_factory=dict)

    def rows(self, name: str, then_by: str | None = None) -> Ordered:
        """Return a table in the order of patient (or course) and date; an absent table has no rows."""
        key = (name, then_by or "")
        if key not in self._ordered:
            nothing: dict[str, Labels | Numbers] = {"date": np.zeros(0)}
            empty = TableData(name, np.zeros(0, dtype=np.int32), nothing, 0)
            data = self.derived.get(name) or self.cohort.tables.get(name) or empty
            self._ordered[key] = ordered(data, then_by)
        return self._ordered[key]

    def add(self, name: str, data: TableData) -> None:
        """Add a table that was computed from this cohort."""
        self.derived[name] = data
        self._ordered = {key: rows for key, rows in self._ordered.items() if key[0] != name}


def frame_of(criterion: t.Criterion, material: Material, courses: Courses) -> Frame:
    """Return the frame of the criterion's steps for these courses, with the rows of the other tables that it reads."""
    table = material.tables[criterion.of] if criterion.of else None
    if table is None:
        frame = assemble.course_frame(courses, material.values)
    elif table.member:
        needed = _columns(criterion, table.name)
        still = [c.name for c in table.columns.values() if c.type == "label" and not c.predicate]
        rows = material.rows(table.name, table.member)
        frame = assemble.assessments(courses, rows, table.member, needed, still, _also(criterion, material))
    else:
        frame = assemble.cycles(courses, material.rows(table.name), _columns(criterion, table.name))
    values = {name: taken(column, frame.number) for name, column in material.values.items()}
    return replace(frame, courses=values, beside=besides(criterion, material, courses, frame))


def _columns(criterion: t.Criterion, table: str) -> list[str]:
    read = {node.name for node in nodes(criterion) if isinstance(node, t.Field)}
    return sorted({*criterion.needs.get(table, {}), *read})


def besides(criterion: t.Criterion, material: Material, courses: Courses, frame: Frame) -> dict[str, Beside]:
    """Return the rows of every table that stands beside the steps of a criterion."""
    found = {}
    for name in sorted({n.table for n in nodes(criterion) if isinstance(n, t.Collection) and n.own == "rows"}):
        table = material.tables[name]
        rows = material.rows(name)
        names = [column for column in table.columns if column != "patient_id"]
        found[name] = assemble.beside(frame, rows, names, _window(table, courses))
    return found


def _window(table: Table, courses: Courses) -> tuple[Integers, Integers]:
    if table.derived and table.belongs_to == "course":
        return assemble.course_window(courses)
    return assemble.patient_window(courses) if table.belongs_to == "patient" else assemble.windows(courses)


def _also(criterion: t.Criterion, material: Material) -> Integers:
    """Return the sorted packed keys of the rows that make steps of their own."""
    keys = [_chosen_keys(criterion, over, material) for over in criterion.also]
    return np.unique(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.int64)


def _chosen_keys(criterion: t.Criterion, over: t.Collection, material: Material) -> Integers:
    data = material.cohort.tables.get(over.table)
    if data is None or not data.rows:
        return np.zeros(0, dtype=np.int64)
    whole = np.arange(data.rows)
    rows = Beside(whole, np.arange(data.rows + 1), np.full(data.rows, -1), data.columns)
    frame = Frame(whole, np.zeros(data.rows), [], 0, np.ones(data.rows, dtype=bool), {}, [], None, {over.table: rows})
    walk = Walk(criterion, Columns(frame))
    chosen = walk.among(over, Place("row", -1, over.table))
    dates = data.columns["date"]
    assert not isinstance(dates, Labels)
    must = np.broadcast_to(chosen.must, data.rows)
    return packed(data.patient[must], dates[must])


def split(courses: Courses, most: int) -> Iterable[slice]:
    """Yield runs of at most `most` courses."""
    return (slice(low, min(low + most, len(courses))) for low in range(0, len(courses), most))
