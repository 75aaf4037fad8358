"""Examples of single results: those of one setting are a cohort, a patient each, graded in both algebras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.branches import Graded, column_for, graded
from criterium.evaluate.exact import Brisk
from criterium.evaluate.frames import Material
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.document import Document
from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.language.tables import Table
from criterium.timeline.cohort import Cohort, TableData, Values
from criterium.timeline.courses import NEVER, Courses
from criterium.timeline.frame import Frame
from criterium.verify.rows import labels
from criterium.verify.settings import with_settings
from criterium.verify.verdicts import told

Example = Mapping[str, Any]
Numbered = Sequence[tuple[int, Example]]
_LIMITS = ("lln", "uln")
_NUMBERS = ("value", *_LIMITS)
_BASELINE = ("baseline", "baseline_lln", "baseline_uln")
_KEYS = ("term", "test", *_NUMBERS, "unit", *_BASELINE, "recorded", "grade", "possible", "set", "note")


def result_problems(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield a problem for every example of a result that comes out differently in one of the algebras."""
    groups: dict[str, list[tuple[int, Example]]] = {}
    for at, example in enumerate(criterion.examples):
        misfits = list(_misfits(criterion, example, document, at, tables))
        yield from misfits
        if not misfits:
            groups.setdefault(repr(sorted(_set(example).items())), []).append((at, example))
    for group in groups.values():
        try:
            changed = with_settings(criterion, _set(group[0][1]), document, ("examples", group[0][0], "set"))
        except Refused as refused:
            yield from refused.problems
            continue
        yield from _group(changed, group, document, tables)


def _set(example: Example) -> Mapping[str, Any]:
    found: Mapping[str, Any] = example.get("set", {})
    return found


# --- what is wrong with an example ------------------------------------------------------------------------------------
def _misfits(
    criterion: t.Criterion, example: Example, document: Document, at: int, tables: Mapping[str, Table]
) -> Iterator[Problem]:
    allowed = [*_KEYS, *sorted(_further(criterion, tables))]
    for key in example:
        if key not in allowed:
            what = f"`{key}` is not a key of an example"
            yield Problem(document.key(("examples", at, key)), what, listed(allowed), nearest(key, allowed))
    for key in (*_NUMBERS, *_BASELINE, "recorded"):
        if key in example and not _numeric(example[key]):
            yield Problem(document.where(("examples", at, key)), f"`{example[key]}` is not a number", "a plain number")
    term = str(example.get("term"))
    ids = {branch.id for branch in criterion.branches}
    if term not in ids:
        where = document.where(("examples", at, "term"))
        yield Problem(where, f"`{term}` is not a term", "a term of this file", nearest(term, ids))
    elif "recorded" in example and not any(branch.id == term and branch.recorded for branch in criterion.branches):
        yield Problem(
            document.where(("examples", at, "recorded")), f"`{term}` is not recorded with a grade", "`value:`"
        )
    if "grade" not in example and "possible" not in example:
        yield Problem(document.where(("examples", at)), "the example expects nothing", "`grade:` or `possible:`")


def _further(criterion: t.Criterion, tables: Mapping[str, Table]) -> set[str]:
    """Return what an example may say besides: flags of the row, attributes of the patient, results of the same day."""
    flags = {column.name for column in tables[criterion.of or ""].columns.values() if column.type == "truth"}
    beside = {one.name for branch in criterion.branches for one in branch.beside}
    return flags | beside | set(_attributes(tables))


def _attributes(tables: Mapping[str, Table]) -> dict[str, str]:
    """Return the attributes of a patient, each with the table it stands in."""
    mine = [table for table in tables.values() if table.belongs_to == "patient" and table.key == ("patient_id",)]
    return {name: table.name for table in mine for name in table.columns if name != "patient_id"}


def _numeric(value: Any) -> bool:
    try:
        return value is None or bool(Fraction(str(value)) is not None)
    except ValueError:
        return False


# --- a group of examples in both algebras -----------------------------------------------------------------------------
def _group(
    criterion: t.Criterion, group: Numbered, document: Document, tables: Mapping[str, Table]
) -> Iterator[Problem]:
    count = len(group)
    courses = Courses(np.arange(count), labels([""] * count), np.zeros(count), np.full(count, NEVER))
    found = graded(criterion, _material(criterion, [example for _, example in group], tables), courses)
    for number, (at, example) in enumerate(group):
        key = "grade" if "grade" in example else "possible"
        wanted = (str(example[key]),) if key == "grade" else tuple(sorted(str(one) for one in example[key]))
        said = {"columns": _columns(criterion, found, number, example), "exact": exact_grades(criterion, example)}
        wrong = {algebra: one for algebra, one in said.items() if one != wanted}
        yield from told(document.where(("examples", at, key)), key, wanted, wrong)


def _columns(criterion: t.Criterion, found: Graded, number: int, example: Example) -> tuple[str, ...]:
    """Return the possible grades of the example that is patient `number` of a graded cohort."""
    ids = np.array([branch.id for branch in criterion.branches] + [""])
    rows = np.flatnonzero((found.patient == number) & (found.date >= 0) & (ids[found.branch] == example["term"]))
    if not rows.size:
        return ()
    bits = int(found.possible[rows[0]])
    words = [word for at, word in enumerate(found.label.words) if bits >> at & 1]
    return tuple(sorted(word for word in words if word.isdigit()))


def exact_grades(criterion: t.Criterion, example: Example) -> tuple[str, ...]:
    """Return the possible grades of one example by the exact algebra."""
    word = word_of(criterion, example).lower()
    mine = [branch for branch in criterion.branches if branch.id == example["term"]]
    mine = [branch for branch in mine if branch.ladder is None or word in {one.lower() for one in branch.reads}]
    if "recorded" in example:
        grade = str(example["recorded"])
        return (grade,) if any(grade in {"0", *branch.allowed} for branch in mine) else ()
    laddered = {id(branch) for branch in mine if branch.ladder}
    numbers = [at for at, branch in enumerate(criterion.branches) if id(branch) in laddered]
    column = column_for(criterion, numbers, str(example.get("unit", "")))
    ladder = criterion.branches[column[0]].ladder if column else None
    if column is None or ladder is None:
        return ()
    decision = Walk(criterion, Brisk(one_result(example, column[1]), 0)).climb(ladder, Place("step", 0))
    return tuple(sorted(label for label in decision.possible if label.isdigit()))


def word_of(criterion: t.Criterion, example: Example) -> str:
    """Return the word that the row of an example carries: the one it names, or the first that its term reads."""
    term = str(example["term"])
    first = next((one.reads[0] for one in criterion.branches if one.id == term and one.reads), term)
    return str(example.get("test", first))


def one_result(example: Example, factor: Fraction) -> Frame:
    """Return the frame of one example, its baseline values beside it, in the unit that the factor leads to."""
    before = _before(example) if "baseline" in example else {}
    fields: dict[str, Values] = {}
    for name in _NUMBERS:
        for key, value in ((name, example.get(name)), (f"baseline {name}", before.get(name))):
            fields[key] = np.array([float("nan") if value is None else float(Fraction(str(value)) * factor)])
    for key, value in example.items():
        if isinstance(value, bool):
            fields[key] = labels([str(value).lower()])
        elif key not in _KEYS:
            fields[key] = np.array([float(value)]) if _numeric(value) else labels([str(value)])
    return Frame(np.zeros(1, dtype=np.int64), np.zeros(1), [1], 0, np.ones(1, dtype=bool), {}, [fields])


def _before(example: Example) -> dict[str, Any]:
    """Return the result at baseline: its own value, and the limits of the example unless it has limits of its own."""
    limits = {name: example.get(f"baseline_{name}", example.get(name)) for name in _LIMITS}
    return {**example, "value": example["baseline"], **limits}


# --- a cohort of examples ---------------------------------------------------------------------------------------------
def _material(criterion: t.Criterion, examples: Sequence[Example], tables: Mapping[str, Table]) -> Material:
    numbered = list(enumerate(examples))
    of = criterion.of or ""
    measured = [(number, one) for number, one in numbered if "recorded" not in one]
    recorded = [(number, one) for number, one in numbered if "recorded" in one]
    data = [_measured_rows(criterion, measured, tables[of])]
    data += [_recorded_rows(criterion, recorded, tables[over.table]) for over in criterion.also]
    data += _patients(examples, tables)
    given = {one.name: one for one in data if one.rows}
    return Material(Cohort("examples", tuple(str(number) for number, _ in numbered), given), tables)


def _measured_rows(criterion: t.Criterion, examples: Numbered, table: Table) -> TableData:
    """Return a row a day after the start for each example, and one a day before it for its baseline."""
    dated = [(number, 1.0, one) for number, one in examples]
    dated += [(number, -1.0, _before(one)) for number, one in examples if "baseline" in one]
    dated += [(number, 1.0, same) for number, one in examples for same in _same_day(criterion, one)]
    rows = [one for _, _, one in dated]
    columns: dict[str, Values] = {
        "date": np.array([day for _, day, _ in dated]),
        table.series or "": labels(word_of(criterion, one) for one in rows),
        "unit": labels(str(one.get("unit", "")) for one in rows),
    }
    for name in _NUMBERS:
        columns[name] = np.array([float("nan") if one.get(name) is None else float(one[name]) for one in rows])
    for flag in (column.name for column in table.columns.values() if column.type == "truth"):
        columns[flag] = labels(None if one.get(flag) is None else str(one[flag]).lower() for one in rows)
    return TableData(table.name, np.array([number for number, _, _ in dated], dtype=np.int32), columns, len(rows))


def _same_day(criterion: t.Criterion, example: Example) -> Iterator[Example]:
    """Yield the other results of the day that an example names, in the unit in which they are read."""
    beside = {one.name: one for branch in criterion.branches if branch.id == example["term"] for one in branch.beside}
    word, spelled = word_of(criterion, example).lower(), str(example.get("unit", ""))
    for branch in criterion.branches:
        if branch.id == example["term"] and branch.unit == spelled and word in {one.lower() for one in branch.reads}:
            beside |= {one.name: one for one in branch.beside}
    for name, one in beside.items():
        if example.get(name) is not None:
            yield {"term": example["term"], "test": one.reads[0], "value": example[name], "unit": one.unit}


def _patients(examples: Sequence[Example], tables: Mapping[str, Table]) -> Iterator[TableData]:
    """Yield the tables of attributes of patients, a row for each example."""
    known = _attributes(tables)
    for table in set(known.values()):
        names = [name for name, where in known.items() if where == table and any(name in one for one in examples)]
        columns: dict[str, Values] = {name: _column([one.get(name) for one in examples]) for name in names}
        yield TableData(table, np.arange(len(examples), dtype=np.int32), columns, len(examples))


def _column(cells: Sequence[Any]) -> Values:
    """Return a column of numbers where every cell is one, else of words."""
    if all(_numeric(cell) for cell in cells):
        return np.array([float("nan") if cell is None else float(cell) for cell in cells])
    return labels(None if cell is None else str(cell).lower() for cell in cells)


def _recorded_rows(criterion: t.Criterion, examples: Numbered, table: Table) -> TableData:
    spelled = {branch.id: branch.recorded[0] for branch in reversed(criterion.branches) if branch.recorded}
    columns: dict[str, Values] = {
        "date": np.ones(len(examples)),
        table.series or "": labels(spelled[str(one["term"])] for _, one in examples),
        "grade": np.array([float(one["recorded"]) for _, one in examples]),
    }
    return TableData(table.name, np.array([number for number, _ in examples], dtype=np.int32), columns, len(examples))
