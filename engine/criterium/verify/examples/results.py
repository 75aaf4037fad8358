"""Examples of single results: those of one setting are a cohort, a patient each, graded in both algebras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Brisk
from criterium.evaluate.frames import Material
from criterium.evaluate.results.branches import Graded, column_for, graded
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, Refused
from criterium.language.tables import Column, Table
from criterium.timeline.cohort import Cohort, TableData, Values
from criterium.timeline.courses import NEVER, Courses
from criterium.timeline.frame import Frame
from criterium.verify.examples.result_keys import KEYS, LIMITS, NUMBERS, attributes, misfits
from criterium.verify.examples.rows import labels
from criterium.verify.examples.values import fraction_of
from criterium.verify.examples.verdicts import told
from criterium.verify.settings import with_settings

Example = Mapping[str, Any]
Numbered = Sequence[tuple[int, Example]]
_ONE = Fraction(1)


def result_problems(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield a problem for every example of a result that comes out differently in one of the algebras."""
    groups: dict[str, list[tuple[int, Example]]] = {}
    for at, example in enumerate(criterion.examples):
        wrong = list(misfits(criterion, example, document, at, tables))
        yield from wrong
        if not wrong:
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
    for name in NUMBERS:
        for key, value in ((name, example.get(name)), (f"baseline {name}", before.get(name))):
            fields[key] = np.array([_plain(value, factor)])
    for key, value in example.items():
        if isinstance(value, bool):
            fields[key] = labels([str(value).lower()])
        elif key not in KEYS:
            words = isinstance(value, str) and fraction_of(value) is None
            fields[key] = labels([value]) if words else np.array([_plain(value)])
    return Frame(np.zeros(1, dtype=np.int64), np.zeros(1), [1], 0, np.ones(1, dtype=bool), {}, [fields])


def _before(example: Example) -> dict[str, Any]:
    """Return the result at baseline: its own value, and the limits of the example unless it has limits of its own."""
    limits = {name: example.get(f"baseline_{name}", example.get(name)) for name in LIMITS}
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
    for name in NUMBERS:
        columns[name] = np.array([_plain(one.get(name)) for one in rows])
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
    known = attributes(tables)
    for table in set(known.values()):
        names = [name for name, where in known.items() if where == table and any(name in one for one in examples)]
        columns: dict[str, Values] = {
            name: _column(tables[table].columns[name], [one.get(name) for one in examples]) for name in names
        }
        yield TableData(table, np.arange(len(examples), dtype=np.int32), columns, len(examples))


def _column(column: Column, cells: Sequence[Any]) -> Values:
    """Return the cells of a column: numbers where it has numbers, else words."""
    if column.type in {"number", "quantity"}:
        return np.array([_plain(cell) for cell in cells])
    return labels(None if cell is None else str(cell).lower() for cell in cells)


def _plain(value: Any, factor: Fraction = _ONE) -> float:
    """Return a number times a factor, NaN for what is not given."""
    number = fraction_of(value)
    return float("nan") if number is None else float(number * factor)


def _recorded_rows(criterion: t.Criterion, examples: Numbered, table: Table) -> TableData:
    spelled = {branch.id: branch.recorded[0] for branch in reversed(criterion.branches) if branch.recorded}
    columns: dict[str, Values] = {
        "date": np.ones(len(examples)),
        table.series or "": labels(spelled[str(one["term"])] for _, one in examples),
        "grade": np.array([float(one["recorded"]) for _, one in examples]),
    }
    return TableData(table.name, np.array([number for number, _ in examples], dtype=np.int32), columns, len(examples))
