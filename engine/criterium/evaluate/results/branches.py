"""Criteria with branches: every row goes to the ladders that read its word, in the column of its unit.

Rows are brought together by word and unit (one radix sort), so that a ladder sees each of its columns as one array. A
row whose word no branch reads, or whose unit has no column, keeps its place with the reason; nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.frames import Material
from criterium.evaluate.results.grades import Graded, Pieces, as_table, finished, nothing, together
from criterium.evaluate.results.readings import Readings
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.reasons import reasons
from criterium.language import tree as t
from criterium.language.units import UnknownUnit, same_scale, unit
from criterium.timeline import assemble
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Fields, Frame, Integers, taken

STEP = Place("step", 0)


def graded(criterion: t.Criterion, material: Material, courses: Courses) -> Graded:
    """Return the class of every row of the criterion's tables, in the order of patient and date within each table."""
    labels = _labels(criterion)
    parts = [_measured(criterion, material, courses, labels)] if criterion.of else []
    parts += [_recorded(criterion, material, courses, over.table, labels) for over in criterion.also]
    return together([part for part in parts if part.rows] or parts[:1], labels)


def _labels(criterion: t.Criterion) -> tuple[str, ...]:
    """Return all classes that the branches can give, in the order of their names, the unknown label last."""
    ladders = [branch.ladder for branch in criterion.branches if branch.ladder is not None]
    given = {clause.label for ladder in ladders for clause in ladder.clauses}
    given |= {label for branch in criterion.branches for label in branch.allowed} | {"0"}
    unknown = next((ladder.unknown for ladder in ladders), "unknown")
    return (*sorted(given - {unknown}), unknown)


# --- rows that are measured -------------------------------------------------------------------------------------------
def _measured(criterion: t.Criterion, material: Material, courses: Courses, labels: tuple[str, ...]) -> Graded:
    table = material.tables[criterion.of or ""]
    series = table.series or ""
    rows = material.rows(table.name)
    if series not in rows.table.columns:
        return nothing(table.name, labels)
    word, units = rows.words(series), rows.words("unit")
    reading = _readers(criterion, word.words)
    present = {at for group in reading for branches in group for at in branches}
    readings = Readings(criterion, material, courses, sorted(present))
    count = np.array([max(1, len(reading[at])) for at in range(len(word.words))] + [1])[word.codes]
    offsets = np.concatenate([[0], np.cumsum(count)])
    pieces = Pieces.empty(int(offsets[-1]), labels)
    for code, unit_code, chosen in _groups(word, units):
        spelled = units.words[unit_code] if unit_code >= 0 else ""
        if not reading[code]:
            pieces.say(offsets[chosen], f"no term of {criterion.id} reads `{word.words[code]}`")
        for at, branches in enumerate(reading[code]):
            _grade(readings, branches, spelled, chosen, offsets[chosen] + at, pieces)
    origin = np.repeat(np.arange(len(rows.key)), count)
    return finished(table.name, rows, readings.course, origin, word, pieces)


def _readers(criterion: t.Criterion, words: Sequence[str]) -> list[list[list[int]]]:
    """Return for each word the branches that read it, those of one id together."""
    by_word: dict[str, dict[str, list[int]]] = {}
    for at, branch in enumerate(criterion.branches):
        for word in {word.lower() for word in branch.reads}:
            by_word.setdefault(word, {}).setdefault(branch.id, []).append(at)
    return [list(by_word.get(word.lower(), {}).values()) for word in words]


def _groups(word: Labels, units: Labels) -> Iterator[tuple[int, int, Integers]]:
    """Yield each word and unit that occurs together, with their rows."""
    span = len(units.words) + 1
    code = word.codes.astype(np.int64) * span + units.codes + 1
    small = code.astype(np.uint16) if len(word.words) * span < 1 << 16 else code
    order = np.argsort(small, kind="stable")
    held = code[order]
    edges = np.unique(np.concatenate([[0], np.flatnonzero(held[1:] != held[:-1]) + 1, [len(held)]]))
    for low, high in pairwise(edges.tolist()):
        yield int(held[low]) // span, int(held[low]) % span - 1, order[low:high]


def _grade(
    readings: Readings, branches: Sequence[int], spelled: str, rows: Integers, places: Integers, pieces: Pieces
) -> None:
    """Put the classes of rows of one word and unit at their places."""
    criterion = readings.criterion
    found = column_for(criterion, branches, spelled)
    pieces.branch[places] = branches[0] if found is None else found[0]
    if found is None:
        columns = ", ".join(f"`{criterion.branches[at].unit}`" for at in branches)
        name = criterion.branches[branches[0]].name
        pieces.say(places, f"{name} has no column in `{spelled}`; there is {columns}")
        return
    ladder = criterion.branches[found[0]].ladder
    if ladder is None:
        raise TypeError(ladder)
    fields = readings.fields(found[0], rows, found[1])
    for part in _parts(fields, len(places)):
        _decide(criterion, ladder, {name: taken(one, part) for name, one in fields.items()}, places[part], pieces)


def _parts(fields: Fields, size: int) -> Iterator[Integers | slice]:
    """Yield the rows that lack nothing which others have, then those that do: what is unknown costs them alone."""
    lacks = np.zeros(size, dtype=bool)
    for one in fields.values():
        missing = one.codes < 0 if isinstance(one, Labels) else np.isnan(one)
        if not missing.all():
            lacks |= missing
    if not lacks.any():
        yield slice(None)
        return
    yield from (part for part in (np.flatnonzero(~lacks), np.flatnonzero(lacks)) if len(part))


def _decide(criterion: t.Criterion, ladder: t.Ladder, fields: Fields, places: Integers, pieces: Pieces) -> None:
    """Put the classes of results that are given by their fields at their places."""
    size = len(places)
    frame = Frame(np.arange(size), np.zeros(size), [size], 0, np.ones(size, dtype=bool), {}, [fields])
    walk = Walk(criterion, Columns(frame))
    decision = walk.climb(ladder, STEP)
    index = [pieces.labels.index(label) for label in ladder.labels]
    pieces.code[places] = np.array(index, dtype=np.int32)[decision.label.codes]
    pieces.clause[places] = decision.clause
    pieces.possible[places] = _moved(decision.possible, index)
    given = reasons(walk, ladder, STEP, decision)
    recoded = np.array([pieces.words.setdefault(text, len(pieces.words)) for text in given.words] + [-1])
    pieces.reason[places] = recoded[given.codes]


def _moved(possible: Any, index: Sequence[int]) -> Any:
    """Return sets of labels, as bits, after their numbers have changed."""
    out = np.zeros_like(possible)
    for old, new in enumerate(index):
        out |= ((possible >> np.uint64(old)) & np.uint64(1)) << np.uint64(new)
    return out


def column_for(criterion: t.Criterion, branches: Sequence[int], spelled: str) -> tuple[int, Fraction] | None:
    """Return the branch for a unit and the exact factor to its own: same unit, same scale, or `any`; else None."""
    by_unit = {criterion.branches[at].unit: at for at in branches}
    if spelled in by_unit:
        return by_unit[spelled], Fraction(1)
    try:
        given = unit(spelled)
    except UnknownUnit:
        return None
    for name, at in by_unit.items():
        if name != "any" and same_scale(unit(name), given):
            return at, given.factor / unit(name).factor
    return (by_unit["any"], Fraction(1)) if "any" in by_unit else None


# --- rows that bring their class with them ----------------------------------------------------------------------------
def _recorded(
    criterion: t.Criterion, material: Material, courses: Courses, name: str, labels: tuple[str, ...]
) -> Graded:
    table = material.tables[name]
    rows = material.rows(name)
    word = rows.column(table.series or "") if (table.series or "") in rows.table.columns else None
    if not isinstance(word, Labels):
        return nothing(name, labels)
    grade = rows.numbers("grade")
    pieces = Pieces.empty(len(rows.key), labels)
    known = {w.lower(): at for at, branch in enumerate(criterion.branches) for w in branch.recorded}
    for code, text in enumerate(word.words):
        chosen = np.flatnonzero(word.codes == code)
        at = known.get(text.lower())
        if at is None:
            pieces.say(chosen, f"no term of {criterion.id} is recorded as `{text}`")
            continue
        pieces.branch[chosen] = at
        _take(criterion.branches[at], grade, chosen, pieces)
    course = assemble.course_at(courses, rows.key)
    return finished(name, rows, course, np.arange(len(rows.key)), word, pieces)


def _take(branch: t.Branch, grade: Numbers, rows: Integers, pieces: Pieces) -> None:
    """Take the recorded class of the rows of one branch, if it exists there."""
    values = grade[rows]
    pieces.say(rows[np.isnan(values)], f"no grade was recorded for {branch.name}")
    for value in np.unique(values[~np.isnan(values)]):
        label = f"{value:g}"
        here = rows[values == value]
        if label not in {"0", *branch.allowed}:
            pieces.say(here, f"grade {label} does not exist for {branch.name}")
            continue
        code = pieces.labels.index(label)
        pieces.code[here] = code
        pieces.possible[here] = np.uint64(1 << code)


__all__ = ["Graded", "as_table", "column_for", "graded"]
