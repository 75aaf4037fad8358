"""The frame that a criterion asks for: its steps, their members, and the rows of other tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns import Columns
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.timeline import assemble
from criterium.timeline.beside import Window, beside, course_window, patient_window, windows
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import Courses, Ordered, ordered
from criterium.timeline.frame import Beside, Frame, Integers, taken


@dataclass
class Material:
    """A cohort with the tables derived from it so far, each sorted once; `derived` go by the number of their course."""

    cohort: Cohort
    tables: Mapping[str, Table]
    derived: dict[str, TableData] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    _ordered: dict[tuple[str, tuple[str, ...]], Ordered] = field(default_factory=dict)
    _plans: dict[int, Plan] = field(default_factory=dict)

    def rows(self, name: str, then_by: str | None = None) -> Ordered:
        """Return a table in the order of patient (or course), date, `then_by` and key; an absent table has no rows."""
        columns = _then_by(self.tables[name], then_by)
        if (name, columns) not in self._ordered:
            data = self.derived.get(name) or self.cohort.tables.get(name) or _absent(self.tables[name])
            self._ordered[name, columns] = ordered(data, columns)
        return self._ordered[name, columns]

    def plan(self, criterion: t.Criterion) -> Plan:
        """Return what a criterion reads of this cohort."""
        if id(criterion) not in self._plans:
            self._plans[id(criterion)] = _plan(criterion, self)
        return self._plans[id(criterion)]

    def add(self, name: str, data: TableData) -> None:
        """Add a table that was computed from this cohort."""
        self.derived[name] = data
        self._ordered = {key: rows for key, rows in self._ordered.items() if key[0] != name}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a criterion reads of a cohort, found out once: its `columns`, those that stay `still`, tables `beside`."""

    criterion: t.Criterion
    columns: Sequence[str]
    still: Sequence[str]
    beside: Sequence[str]
    also: Integers


def _plan(criterion: t.Criterion, material: Material) -> Plan:
    every = list(nodes(criterion))
    read = {node.name for node in every if isinstance(node, t.Field)}
    table = material.tables.get(criterion.of or "")
    still = [c.name for c in table.columns.values() if c.type == "label" and not c.predicate] if table else []
    beside_ = sorted({node.table for node in every if isinstance(node, t.Collection) and node.own == "rows"})
    columns = sorted(read & set(table.columns)) if table else []
    return Plan(criterion, columns, still, beside_, _also(criterion, material))


def _then_by(table: Table, first: str | None) -> tuple[str, ...]:
    """Return the columns that order the rows of one patient and date: `first`, the member, the rest of the key."""
    leading = [column for column in (first, table.member) if column]
    return tuple(dict.fromkeys([*leading, *(column for column in table.key if column not in {"patient_id", "date"})]))


def _absent(table: Table) -> TableData:
    """Return a table of a cohort that does not have it: all its columns, no rows."""
    numbers = {"number", "quantity", "date"}
    words = Labels(np.zeros(0, dtype=np.int32), ())
    columns: dict[str, Values] = {
        column.name: np.zeros(0) if column.type in numbers else words for column in table.columns.values()
    }
    return TableData(table.name, np.zeros(0, dtype=np.int32), columns | {"date": np.zeros(0)}, 0)


def frame_of(criterion: t.Criterion, material: Material, courses: Courses) -> Frame:
    """Return the frame of the criterion's steps for these courses, with the rows of the other tables that it reads."""
    table = material.tables[criterion.of] if criterion.of else None
    plan = material.plan(criterion)
    if table is None:
        frame = assemble.course_frame(courses, material.values)
    elif table.member:
        rows = _within(material.rows(table.name), courses)
        frame = assemble.assessments(courses, rows, table.member, plan.columns, plan.still, plan.also)
    else:
        frame = assemble.cycles(courses, material.rows(table.name), plan.columns)
    values = {name: taken(column, frame.number) for name, column in material.values.items()}
    return replace(frame, courses=values, beside=besides(criterion, material, courses, frame))


def _within(rows: Ordered, courses: Courses) -> Ordered:
    """Return the rows of the patients of a run of courses, so that looking them up stays in the processor's cache."""
    return rows.of_patients(int(courses.patient[0]), int(courses.patient[-1])) if len(courses) else rows


def besides(criterion: t.Criterion, material: Material, courses: Courses, frame: Frame) -> dict[str, Beside]:
    """Return the rows of every table that stands beside the steps of a criterion."""
    found = {}
    for name in material.plan(criterion).beside:
        table = material.tables[name]
        names = [column for column in table.columns if column != "patient_id"]
        found[name] = beside(frame, material.rows(name), names, _window(table, courses))
    return found


def _window(table: Table, courses: Courses) -> Window:
    if table.derived and table.belongs_to == "course":
        return course_window(courses)
    return patient_window(courses) if table.belongs_to == "patient" else windows(courses)


def _also(criterion: t.Criterion, material: Material) -> Integers:
    """Return the sorted packed keys of the rows that make steps of their own."""
    keys = [_chosen_keys(criterion, over, material) for over in criterion.also]
    return np.unique(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.int64)


def _chosen_keys(criterion: t.Criterion, over: t.Collection, material: Material) -> Integers:
    """Return the packed keys of the rows of a collection, each looked at on its own."""
    rows = material.rows(over.table)
    every = np.arange(len(rows.key))
    fields = {name: rows.column(name) for name in rows.table.columns}
    alone = Beside(every, np.arange(len(every) + 1), np.full(len(every), -1), np.ones(len(every), dtype=bool), fields)
    frame = Frame(every, np.zeros(len(every)), [], 0, alone.inside, {}, [], None, {over.table: alone})
    chosen = Walk(criterion, Columns(frame)).among(over, Place("row", -1, over.table))
    found: Integers = rows.key[np.broadcast_to(chosen.must, len(every))]
    return found


def split(courses: Courses, most: int) -> Iterable[slice]:
    """Yield runs of at most `most` courses."""
    return (slice(low, min(low + most, len(courses))) for low in range(0, len(courses), most))
