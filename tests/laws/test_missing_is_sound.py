"""Missing is a third answer: a class that is given although something is missing is the class of every completion."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import frame_of
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.library import tables
from tests.laws.cohorts import SIZES, Row, Rows, cohort_of, patient, prepared, together
from tests.laws.cohorts import criteria as all_criteria

# Ladders that read measurements only. A ladder that reads the label of another reads the word NE where the guideline's
# own table does; a nadir is by definition the smallest known value. So what is completed is missing at one step.
LADDERS = [
    ("swog", "class"),
    ("swog-mr", "class"),
    ("who", "class"),
    ("recist-1.0", "target"),
    ("recist-1.0", "non_target"),
    ("recist-1.1", "target"),
    ("recist-1.1", "non_target"),
    ("recist-1.1-mr", "target"),
    ("symptomatic-response", "class"),
]
COMPLETIONS = 6
SHARES = (0.0, 0.49, 0.5, 0.7, 0.75, 0.8, 1.0, 1.2, 1.25, 1.5, 1.51, 40.0)


@pytest.mark.parametrize(("name", "ladder"), LADDERS)
@settings(max_examples=10, derandomize=True)
@given(seed=st.integers(0, 2**20), chance=st.integers(0, 2**20))
def test_a_class_given_despite_gaps_is_that_of_every_completion(name: str, ladder: str, seed: int, chance: int):
    """What is missing at a step, filled in any way, leaves the class that was given at that step."""
    criterion, rng = all_criteria()[name], random.Random(chance)  # noqa: S311 -- as in cohorts
    rows, member = patient("P", seed), tables()[str(criterion.of)].member or ""
    for date, given_there in _said(criterion, rows, ladder).items():
        labels = {key: label for key, label in given_there.items() if label != criterion.steps.ladders[ladder].unknown}
        if labels:
            full = together(renamed(completed(rows, date, rng, member), f"P{n}") for n in range(COMPLETIONS))
            found = _said(criterion, full, ladder, date)[date]
            for (_, course), label in labels.items():
                assert {found[f"P{n}", course] for n in range(COMPLETIONS)} == {label}, (date, course)


def _said(
    criterion: t.Criterion, rows: Rows, ladder: str, only: float | None = None
) -> dict[float, dict[tuple[str, str], str]]:
    """Return the exact algebra's labels of a ladder by date of the step, patient and name of the course."""
    cohort = cohort_of(rows)
    material, courses = prepared(criterion, cohort)
    frame = frame_of(criterion, material, courses)
    found: dict[float, dict[tuple[str, str], str]] = {}
    for index in range(frame.size):
        walk: Walk[Any, Any] = Walk(criterion, Exact(frame, index))
        number = int(frame.number[index])
        key = cohort.patients[courses.patient[number]], courses.label.words[courses.label.codes[number]]
        for place in walk.step_places():
            date = float(frame.steps[place.step]["date"][index])
            if only is None or date == only:
                found.setdefault(date, {})[key] = walk.decision(ladder, place).label
    return found


def renamed(rows: Rows, name: str) -> Rows:
    """Return the rows of one patient under another name."""
    return {table: [{**row, "patient_id": name} for row in entries] for table, entries in rows.items()}


def completed(rows: Rows, date: float, rng: random.Random, member: str) -> Rows:
    """Return rows in which nothing is missing on one day: gaps filled, and rows for members that have none."""
    table = "symptoms" if member == "item" else "lesions"
    known = {row[member]: row for row in reversed(rows[table]) if row["date"] <= date and row.get("role") != "new"}
    there = {row[member] for row in rows[table] if row["date"] == date}
    fresh = [_fresh(row, date) for name, row in known.items() if name not in there]
    everything = {**rows, table: [*rows[table], *fresh]}
    return {
        name: [_filled(row, rows, rng) if row.get("date") == date else row for row in entries]
        for name, entries in everything.items()
    }


def _fresh(row: Row, date: float) -> Row:
    gone = {"long": None, "short": None, "state": None, "severity": None}
    return {**row, "date": date, **{key: value for key, value in gone.items() if key in row}}


def _filled(row: Row, rows: Rows, rng: random.Random) -> Row:
    """Return a row without gaps, in the criteria's own reading of what needs no measurement.

    A lesion that is absent or too small has no size, one of some size whose state nobody wrote is there, and only the
    state of a non-target lesion counts.
    """
    row = dict(row)
    for key in sorted(row, key=lambda key: key != "state"):
        if row[key] is None and not (key in {"long", "short"} and _needs_no_size(row)):
            row[key] = rng.choice(list(_choices(key, row, rows)) or [None])
    return row


def _needs_no_size(row: Row) -> bool:
    return row["state"] in {"absent", "too small to measure"} or row["role"] == "non-target"


def _choices(key: str, row: Row, rows: Rows) -> Iterator[Any]:
    """Yield values for an empty cell: thresholds against what the same member had before, and plain ones."""
    if key in {"long", "short"}:
        yield from SIZES
        before = [other[key] for other in rows["lesions"] if other["lesion_id"] == row["lesion_id"]]
        for size in before:
            yield from (round(size * share, 3) for share in SHARES if size is not None)
    elif key == "state":
        yield "present"
        if row["long"] is None:
            yield from ("absent", "too small to measure", "equivocal", "unequivocal", "unequivocal progression")
    else:
        plain = {"site": ("lymph node", "liver"), "value": ("normal", "abnormal"), "severity": (0, 1, 2, 3)}
        yield from plain.get(key, ())
