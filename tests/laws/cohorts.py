"""Cohorts for laws: rows as plain dictionaries, generated so that ties, gaps and missing values are common."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Outcome, evaluate
from criterium.language import tree as t
from criterium.language.library import files, load, tables
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import Courses, courses_of

Row = dict[str, Any]
Rows = dict[str, list[Row]]  # by table; every row has `patient_id`

NUMBERS = {"number", "quantity", "date"}
# Sizes on a grid of one decimal whose changes are exactly 20, 25, 30, 50 percent or 5 mm again and again.
SIZES = (0.0, 1.5, 2.7, 3.6, 4.0, 5.0, 7.5, 8.0, 10.0, 11.2, 12.0, 15.0, 20.0, 25.0, 26.0, 31.2, 40.0)
FACTORS = (0.0, 0.5, 0.7, 0.75, 0.8, 1.0, 1.0, 1.2, 1.25, 1.5)
GAPS = (0, 7, 14, 28, 28, 42, 56, 84)
STATES = ("present", "present", "present", "absent", "too small to measure", "equivocal", "unequivocal", None)
WORSE = "unequivocal progression"


@cache
def criteria() -> dict[str, t.Criterion]:
    """Return the shipped criteria that give classes to assessments, cycles or courses, and those of this folder."""
    own = sorted((Path(__file__).parent / "criteria").glob("*.yaml"))
    found = [load(str(path)) for path in [*files(), *own]]
    return {criterion.id: criterion for criterion in found if not criterion.branches}


# --- rows -------------------------------------------------------------------------------------------------------------
def cohorts(most: int = 3) -> st.SearchStrategy[Rows]:
    """Return cohorts of up to `most` patients, each drawn from a seed, so that patients shrink one by one."""
    seeds = st.lists(st.integers(0, 2**20), min_size=1, max_size=most, unique=True)
    return seeds.map(lambda drawn: together(patient(f"P{seed}", seed) for seed in drawn))


def together(parts: Iterable[Rows]) -> Rows:
    """Return the rows of several cohorts as those of one."""
    whole: Rows = {}
    for part in parts:
        for table, rows in part.items():
            whole.setdefault(table, []).extend(rows)
    return whole


def patient(name: str, seed: int) -> Rows:
    """Return the rows of one patient: courses, assessments around them, and everything beside."""
    rng = random.Random(seed)  # noqa: S311 -- this is data, not a secret
    starts = _starts(rng)
    looks = _looks(rng, starts)
    rows: Rows = {"patients": [{}], "treatments": _treatments(rng, starts), "lesions": _lesions(rng, looks)}
    days = sorted({*looks, *starts, *(look + rng.choice((-3, 5)) for look in looks)}) or [0]
    rows["symptoms"] = [
        {"date": day, "item": item, "severity": rng.choice((0, 0, 1, 2, 3, None))}
        for day in days
        for item in ("pain", "fatigue", "flush")
        if rng.random() < 0.4
    ]
    rows["findings"] = [
        {"date": day, "item": item, "value": rng.choice(("normal", "normal", "abnormal", None))}
        for day in days
        for item in ("markers", "symptoms", "other")
        if rng.random() < 0.3
    ]
    rows["events"] = [
        {"date": rng.choice(days) + rng.choice((0, 0, 9)), "event": event}
        for event in ("clinical deterioration", "death", "last contact", "new therapy")
        if rng.random() < 0.35
    ]
    return {table: [{"patient_id": name, **row} for row in found] for table, found in rows.items()}


def _starts(rng: random.Random) -> list[int]:
    starts = [rng.choice((0, 100))]
    for _ in range(rng.choice((0, 0, 1, 2))):
        starts.append(starts[-1] + rng.choice((28, 56, 84, 140)))
    return starts if rng.random() < 0.9 else []


def _looks(rng: random.Random, starts: Sequence[int]) -> list[int]:
    """Return days of assessment: before, on and after starts, and on the day the next course starts."""
    anchor = starts[0] if starts else 0
    days = {anchor + rng.choice((-20, -1, 0))} if rng.random() < 0.85 else set()
    day = anchor
    for _ in range(rng.randrange(1, 7)):
        day += rng.choice(GAPS)
        days.add(day)
    days |= {start for start in starts[1:] if rng.random() < 0.5}
    return sorted(days)


def _treatments(rng: random.Random, starts: Sequence[int]) -> list[Row]:
    rows = []
    for course, start in zip("ABC", starts, strict=False):
        for cycle in range(rng.choice((1, 1, 2, 3))):
            activity = rng.choice((7.4, 7.4, 3.7, 0.0, 11.1, None))
            rows.append(
                {
                    "date": start + 42 * cycle if cycle * 42 < 28 else start + rng.choice((14, 20, 27)),
                    "course": course,
                    "cycle": cycle + 1.0 if rng.random() < 0.9 else None,
                    "agent": f"agent {cycle}",
                    "activity": activity,
                }
            )
    return rows


def _lesions(rng: random.Random, looks: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    tidy = rng.random() < 0.6
    for number in range(rng.choice((1, 2, 2, 3, 4))):
        role = rng.choice(("target", "target", "target", "non-target", "new"))
        site = rng.choice(("lymph node", "liver", "liver", None))
        first = 0 if role != "new" and rng.random() < 0.85 else rng.randrange(0, max(1, len(looks)))
        size = [rng.choice(SIZES), rng.choice(SIZES)]
        wild = not tidy and rng.random() < 0.4
        for look in looks[first:]:
            if not tidy and rng.random() < 0.12:
                continue
            gone = 0.0 if tidy else 0.15 if wild else 0.04
            row = {"date": look, "lesion_id": f"L{number}", "role": role, "site": site}
            rows.append(row | _measured(rng, role, size, gone=gone))
            size = [rng.choice(SIZES) if rng.random() < 0.15 else round(one * rng.choice(FACTORS), 1) for one in size]
    return rows


def _measured(rng: random.Random, role: str, size: Sequence[float], gone: float) -> Row:
    """Return the columns of a lesion on a day; its measures are missing with the probability `gone`."""
    state = rng.choice(STATES) if gone > 0.1 else rng.choice(("present", "absent")) if max(size) == 0 else "present"
    if role == "non-target":
        state = rng.choice(("present", "present", "absent", WORSE, None if gone else "absent"))
    if role == "new" and rng.random() < 0.7:
        state = "equivocal"
    long, short = (None if rng.random() < gone else one for one in (max(size), min(size)))
    return {"long": long, "short": short, "state": state}


# --- arrays -----------------------------------------------------------------------------------------------------------
def cohort_of(rows: Rows) -> Cohort:
    """Return the cohort of these rows, in their order; patients in the order of their own rows."""
    names = tuple(row["patient_id"] for row in rows["patients"])
    number = {name: at for at, name in enumerate(names)}
    return Cohort("law", names, {table: _table(table, found, number) for table, found in rows.items()})


def _table(name: str, rows: Sequence[Row], number: dict[str, int]) -> TableData:
    patient = np.array([number[row["patient_id"]] for row in rows], dtype=np.int32)
    columns: dict[str, Values] = {}
    for column in tables()[name].columns.values():
        if column.name != "patient_id" and (not rows or any(column.name in row for row in rows)):
            values = [row.get(column.name) for row in rows]
            columns[column.name] = numbers(values) if column.type in NUMBERS else labels(values)
    return TableData(name, patient, columns, len(rows))


def numbers(values: Sequence[float | None]) -> Any:
    """Return numbers as an array, NaN for None."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def labels(values: Sequence[str | None]) -> Labels:
    """Return words as codes in the order of their first appearance, as the door does."""
    words = tuple(dict.fromkeys(value for value in values if value is not None))
    return Labels(np.array([-1 if value is None else words.index(value) for value in values], dtype=np.int32), words)


# --- answers ----------------------------------------------------------------------------------------------------------
def prepared(criterion: t.Criterion, cohort: Cohort) -> tuple[Material, Courses]:
    """Return a cohort with the table of responses that endpoints and schemes read, and its courses."""
    material = Material(cohort, tables())
    courses = courses_of(cohort, tables(), criterion.of or "")
    if "responses" in {node.table for node in _collections(criterion)}:
        swog = evaluate(criteria()["swog"], Material(cohort, tables()), courses).steps
        columns: dict[str, Values] = {"date": swog.date, "class": swog.classes["class"].label}
        material.add("responses", TableData("responses", swog.course.astype(np.int32), columns, swog.rows))
    return material, courses


def _collections(criterion: t.Criterion) -> list[t.Collection]:
    from criterium.language.uses import nodes

    return [node for node in nodes(criterion) if isinstance(node, t.Collection)]


def outcome_of(criterion: t.Criterion, rows: Rows) -> tuple[Outcome, Courses, Cohort]:
    """Return what a criterion says of a cohort."""
    cohort = cohort_of(rows)
    material, courses = prepared(criterion, cohort)
    return evaluate(criterion, material, courses), courses, cohort


def answers(criterion: t.Criterion, rows: Rows) -> dict[Any, Any]:
    """Return everything a criterion says, by patient, course, step, date and name."""
    outcome, courses, cohort = outcome_of(criterion, rows)
    found: dict[Any, Any] = {}
    for layer in (outcome.steps, outcome.courses):
        for row, course in enumerate(layer.course):
            key = (cohort.patients[courses.patient[course]], _word(courses.label, course), *_when(layer, row))
            for name, classes in layer.classes.items():
                said = (_word(classes.label, row), int(classes.possible[row]), int(classes.clause[row]))
                found[*key, "class", name] = (*said, _word(classes.reason, row))
            for name, measure in layer.measures.items():
                found[*key, "measure", name] = _plain(measure, row)
    return found


def _when(layer: Any, row: int) -> tuple[Any, ...]:
    return (int(layer.step[row]), float(layer.date[row])) if len(layer.step) else ("course", np.inf)


def _plain(measure: Any, row: int) -> Any:
    if isinstance(measure, Labels):
        return _word(measure, row)
    return tuple(None if np.isnan(bound[row]) else round(float(bound[row]), 6) for bound in measure)


def _word(values: Labels, row: Any) -> str | None:
    code = int(values.codes[row])
    return values.words[code] if code >= 0 else None


def each_row(rows: Rows, change: Callable[[str, Row], Row | None]) -> Rows:
    """Return rows after a change; None takes a row away."""
    found = {table: [change(table, row) for row in entries] for table, entries in rows.items()}
    return {table: [row for row in entries if row is not None] for table, entries in found.items()}
