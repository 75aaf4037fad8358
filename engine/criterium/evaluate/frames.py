"""The frame that a criterion asks for: its steps, their members, and the rows of other tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.lowering.used import tables_of
from criterium.language.tables import Table, stepping
from criterium.language.uses import below
from criterium.timeline import assemble
from criterium.timeline.beside import Window, beside, course_window, patient_window, windows
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData, Values
from criterium.timeline.courses import DAY_BITS, Courses, Ordered, day_of, ordered, packed
from criterium.timeline.frame import Beside, Booleans, Frame, Integers, taken
from criterium.timeline.partial import refuse_partial
from criterium.timeline.series import in_one_unit, refuse_pairs


@dataclass
class Material:
    """A cohort with the tables derived from it so far, each sorted once; `derived` go by the number of their course.

    `as_of` is the day of the data cut, or that of each patient; without one it is the day of the last row of each
    patient. `owner` is the patient of each course where the tables of other criteria were added.
    """

    cohort: Cohort
    tables: Mapping[str, Table]
    derived: dict[str, TableData] = field(default_factory=dict)
    values: dict[str, Values] = field(default_factory=dict)
    as_of: float | Numbers | None = None
    owner: Integers | None = None
    _ordered: dict[tuple[str, tuple[str, ...]], Ordered] = field(default_factory=dict)
    _plans: dict[int, Plan] = field(default_factory=dict)

    def rows(self, name: str, then_by: str | None = None) -> Ordered:
        """Return a table in the order of patient (or course), date, `then_by` and key; an absent table has no rows."""
        columns = _then_by(self.tables[name], then_by)
        if (name, columns) not in self._ordered:
            data = self.derived.get(name) or self.cohort.tables.get(name) or _absent(self.tables[name])
            refuse_partial(self.cohort, data)
            self._ordered[name, columns] = ordered(data, columns)
        return self._ordered[name, columns]

    def cuts(self) -> Numbers:
        """Return the day up to which anything is known of each patient, NaN where nothing is."""
        if self.as_of is not None:
            return np.full(len(self.cohort.patients), self.as_of)
        last = np.full(len(self.cohort.patients), np.nan)
        for data in self.cohort.tables.values():
            refuse_partial(self.cohort, data)
            days = data.columns.get("date")
            if days is not None and not isinstance(days, Labels):
                np.fmax.at(last, data.patient, days)
        return last

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
    """What a criterion reads of a cohort, found out once: its `columns`, those that stay `still`, tables `beside`.

    It is `dated` if it reads the day of the data cut.
    """

    criterion: t.Criterion
    columns: Sequence[str]
    still: Sequence[str]
    beside: Sequence[str]
    also: Integers
    dated: bool


def _plan(criterion: t.Criterion, material: Material) -> Plan:
    every = below(criterion)
    read = {node.name for node in every if isinstance(node, t.Field)}
    table = material.tables.get(criterion.of or "")
    beside_ = sorted({node.table for node in every if isinstance(node, t.Collection) and node.own == "rows"})
    kept = {"value", "unit"} if table and table.series else set()
    columns = sorted((read | kept) & set(table.columns)) if table else []
    still = table.lasting if table else ()
    return Plan(criterion, columns, still, beside_, _also(criterion, material), "as_of" in read)


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
    material = with_used(criterion, material, courses)
    table = stepping(material.tables, criterion.of, criterion.each)[criterion.of] if criterion.of else None
    plan = material.plan(criterion)
    if table is None:
        frame = assemble.course_frame(courses, material.values)
    elif table.member:
        rows = _within(step_rows(criterion, material, table), courses)
        frame = assembled(table, assemble.assessments(courses, rows, table.member, plan.columns, plan.still, plan.also))
    else:
        frame = assemble.cycles(courses, material.rows(table.name), plan.columns)
    values = {name: taken(column, frame.number) for name, column in material.values.items()}
    if plan.dated:
        values["as_of"] = material.cuts()[courses.patient[frame.number]]
    return replace(frame, courses=values, beside=besides(criterion, material, courses, frame))


def step_rows(criterion: t.Criterion, material: Material, table: Table) -> Ordered:
    """Return the rows of the table of the steps that a criterion looks at; raise Refused for two of a series a day."""
    rows = material.rows(table.name)
    if criterion.only is not None:
        rows = rows.only(np.flatnonzero(_chosen(criterion, criterion.only, rows)))
    if table.member == table.series:
        refuse_pairs(rows, table)
    return rows


def assembled(table: Table, frame: Frame) -> Frame:
    """Return a frame of members with each series in one unit."""
    return frame if frame.members is None else replace(frame, members=in_one_unit(frame.members, table))


def with_used(criterion: t.Criterion, material: Material, courses: Courses) -> Material:
    """Return the material with the classes of the criteria that this one uses as tables, evaluated before it.

    A table that the material has under such a name already (rows of an example) is left as it is.
    """
    if not criterion.uses:
        return material
    derived, values = dict(material.derived), dict(material.values)
    tables = {**material.tables, **tables_of(criterion.uses)}
    whole = Material(material.cohort, tables, derived, values, as_of=material.as_of, owner=courses.patient)
    for name, used in criterion.uses.items():
        if name not in derived:
            whole.add(name, _classes(name, used, material, courses))
    return whole


def _classes(name: str, used: t.Criterion, material: Material, courses: Courses) -> TableData:
    """Return the class of every step of a criterion as a table that goes by the number of the course."""
    frame = frame_of(used, material, courses)
    walk = Walk(used, Columns(frame))
    places = walk.step_places()
    labels = used.steps.ladders[used.final].labels
    course = np.concatenate([np.zeros(0, dtype=np.int64), *(frame.number[: frame.sizes[at.step]] for at in places)])
    date = np.concatenate([np.zeros(0), *(np.asarray(frame.steps[at.step]["date"]) for at in places)])
    found = [np.broadcast_to(walk.decision(used.final, at).label.codes, frame.sizes[at.step]) for at in places]
    codes = np.concatenate([np.zeros(0, dtype=np.int32), *found]).astype(np.int32)
    return TableData(name, course.astype(np.int32), {"date": date, "class": Labels(codes, labels)}, len(course))


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
    found: Integers = rows.key[_chosen(criterion, over, rows)]
    if rows.table.name in criterion.uses and material.owner is not None:
        return packed(material.owner[found >> DAY_BITS], day_of(found))
    return found


def _chosen(criterion: t.Criterion, over: t.Collection, rows: Ordered) -> Booleans:
    """Return which rows belong to a collection, each looked at on its own."""
    every = np.arange(len(rows.key))
    fields = {name: rows.column(name) for name in rows.table.columns}
    alone = Beside(every, np.arange(len(every) + 1), np.full(len(every), -1), np.ones(len(every), dtype=bool), fields)
    frame = Frame(every, np.zeros(len(every)), [], 0, alone.inside, {}, [], None, {over.table: alone})
    chosen = Walk(criterion, Columns(frame)).among(over, Place("row", -1, over.table))
    found: Booleans = np.broadcast_to(chosen.must, len(every))
    return found


def split(courses: Courses, most: int) -> Iterable[slice]:
    """Yield runs of at most `most` courses."""
    return (slice(low, min(low + most, len(courses))) for low in range(0, len(courses), most))
