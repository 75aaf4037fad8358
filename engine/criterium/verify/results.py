"""Examples of single results: all of one setting are one cohort, a patient each, graded by the columns and by the exact algebra."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.branches import Graded, column_for, graded
from criterium.evaluate.exact import Exact
from criterium.evaluate.frames import Material
from criterium.evaluate.walk import Walk
from criterium.evaluate.algebra import Place
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.language.source import Document
from criterium.language.tables import Table
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import NEVER, Courses
from criterium.timeline.frame import Frame
from criterium.verify.settings import with_settings

Numbered = Sequence[tuple[int, Mapping[str, Any]]]
_NUMBERS = ("value", "lln", "uln")
_KEYS = ("term", "value", "unit", "lln", "uln", "baseline", "baseline_lln", "baseline_uln", "recorded", "grade", "possible", "set", "note")


def result_problems(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield a problem for every example of a result that comes out differently in one of the algebras."""
    groups: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for at, example in enumerate(criterion.examples):
        misfits = list(_misfits(criterion, example, document, at, tables))
        yield from misfits
        if not misfits:
            groups.setdefault(repr(sorted(example.get("set", {}).items())), []).append((at, example))
    for group in groups.values():
        try:
            changed = with_settings(criterion, group[0][1].get("set", {}), document, ("examples", group[0][0], "set"))
        except Refused as refused:
            yield from refused.problems
            continue
        yield from _group(changed, group, document, tables)


def _misfits(
    criterion: t.Criterion, example: Mapping[str, Any], document: Document, at: int, tables: Mapping[str, Table]
) -> Iterator[Problem]:
    flags = {c.name for c in tables[criterion.of or ""].columns.values() if c.type == "truth"}
    for key in example:
        if key not in _KEYS and key not in flags:
            allowed = [*_KEYS, *sorted(flags)]
            yield Problem(document.key(("examples", at, key)), f"`{key}` is not a key of an example", listed(allowed), nearest(key, allowed))
    ids = {branch.id for branch in criterion.branches}
    if example.get("term") not in ids:
        where = document.where(("examples", at, "term"))
        yield Problem(where, f"`{example.get('term')}` is not a term", "a term of this file", nearest(str(example.get("term")), ids))
    if "grade" not in example and "possible" not in example:
        yield Problem(document.where(("examples", at)), "the example expects nothing", "`grade:` or `possible:`")


def _group(criterion: t.Criterion, group: Numbered, document: Document, tables: Mapping[str, Table]) -> Iterator[Problem]:
    material = _material(criterion, [example for _, example in group], tables)
    count = len(group)
    one = Labels(np.zeros(count, dtype=np.int32), ("",))
    courses = Courses(np.arange(count), one, np.zeros(count), np.full(count, NEVER))
    found = graded(criterion, material, courses)
    for number, (at, example) in enumerate(group):
        rows = [row for row in np.flatnonzero((found.patient == number) & (found.date >= 0)) if _is_of(criterion, found, row, example)]
        for said, algebra in ((_columns(found, rows), "columns"), (_exact(criterion, example), "exact")):
            yield from _compared(example, said, document, at, algebra)


def _is_of(criterion: t.Criterion, found: Graded, row: int, example: Mapping[str, Any]) -> bool:
    branch = int(found.branch[row])
    return branch >= 0 and criterion.branches[branch].id == example["term"]


def _compared(example: Mapping[str, Any], said: tuple[str, ...], document: Document, at: int, algebra: str) -> Iterator[Problem]:
    key = "grade" if "grade" in example else "possible"
    wanted = (str(example[key]),) if key == "grade" else tuple(sorted(str(one) for one in example[key]))
    if said != wanted:
        what = f"the example says {key} {', '.join(wanted) or 'none'}, the file gives {', '.join(said) or 'none'}"
        yield Problem(document.where(("examples", at, key)), what, "", f"by the algebra of {algebra}")


def _columns(found: Graded, rows: list[int]) -> tuple[str, ...]:
    if not rows:
        return ()
    bits = int(found.possible[rows[0]])
    words = [word for at, word in enumerate(found.label.words) if bits >> at & 1]
    return tuple(sorted(word for word in words if word.isdigit()))


# --- a cohort of examples ----------------------------------------------------------------------------------------------------
def _material(criterion: t.Criterion, examples: Sequence[Mapping[str, Any]], tables: Mapping[str, Table]) -> Material:
    measured = [(number, one) for number, one in enumerate(examples) if "recorded" not in one]
    recorded = [(number, one) for number, one in enumerate(examples) if "recorded" in one]
    data = {criterion.of or "": _lab_rows(criterion, measured, tables[criterion.of or ""])}
    for over in criterion.also:
        data[over.table] = _recorded_rows(criterion, recorded, tables[over.table])
    return Material(Cohort("examples", tuple(str(n) for n in range(len(examples))), data), tables)


def _lab_rows(criterion: t.Criterion, examples: Numbered, table: Table) -> TableData:
    rows: list[tuple[int, float, Mapping[str, Any]]] = []
    for number, one in examples:
        rows.append((number, 1.0, one))
        if "baseline" in one:
            rows.append((number, 0.0 - 1.0, {**one, "value": one["baseline"], **{n: one.get(f"baseline_{n}", one.get(n)) for n in ("lln", "uln")}}))
    words = [_read_as(criterion, str(one["term"])) for _, _, one in rows]
    columns: dict[str, Values] = {"date": np.array([day for _, day, _ in rows]), table.series or "": _labels(words)}
    columns["unit"] = _labels([str(one.get("unit", "")) for _, _, one in rows])
    for name in _NUMBERS:
        columns[name] = np.array([float("nan") if one.get(name) is None else float(one[name]) for _, _, one in rows])
    for column in table.columns.values():
        if column.type == "truth":
            columns[column.name] = _labels([None if one.get(column.name) is None else str(one[column.name]).lower() for _, _, one in rows])
    return TableData(table.name, np.array([number for number, _, _ in rows], dtype=np.int32), columns, len(rows))


def _recorded_rows(criterion: t.Criterion, examples: Numbered, table: Table) -> TableData:
    words = [next(b.recorded[0] for b in criterion.branches if b.id == one["term"] and b.recorded) for _, one in examples]
    grades = np.array([float(one["recorded"]) for _, one in examples])
    columns: dict[str, Values] = {"date": np.ones(len(examples)), table.series or "": _labels(words), "grade": grades}
    return TableData(table.name, np.array([number for number, _ in examples], dtype=np.int32), columns, len(examples))


def _read_as(criterion: t.Criterion, term: str) -> str:
    return next((b.reads[0] for b in criterion.branches if b.id == term and b.reads), term)


def _labels(texts: Sequence[str | None]) -> Labels:
    words = tuple(dict.fromkeys(text for text in texts if text is not None))
    return Labels(np.array([-1 if text is None else words.index(text) for text in texts], dtype=np.int32), words)


# --- the exact algebra on one example ----------------------------------------------------------------------------------------
def _exact(criterion: t.Criterion, example: Mapping[str, Any]) -> tuple[str, ...]:
    mine = [branch for branch in criterion.branches if branch.id == example["term"]]
    if "recorded" in example:
        grade = str(example["recorded"])
        return (grade,) if any(grade in {"0", *branch.allowed} for branch in mine) else ()
    numbers = [at for at, branch in enumerate(criterion.branches) if branch in mine and branch.ladder]
    column = column_for(criterion, numbers, str(example.get("unit", "")))
    ladder = criterion.branches[column[0]].ladder if column else None
    if column is None or ladder is None:
        return ()
    decision = Walk(criterion, Exact(_one_result(example, column[1]), 0)).climb(ladder, Place("step", 0))
    return tuple(sorted(label for label in decision.possible if label.isdigit()))


def _one_result(example: Mapping[str, Any], factor: Fraction) -> Frame:
    """Return the frame of one example, its baseline values beside it, in the unit that the factor leads to."""
    fields: dict[str, Values] = {}
    for name in _NUMBERS:
        back = example.get("baseline") if name == "value" else example.get(f"baseline_{name}", example.get(name))
        before = back if "baseline" in example else None
        for key, value in ((name, example.get(name)), (f"baseline {name}", before)):
            fields[key] = np.array([float("nan") if value is None else float(Fraction(str(value)) * factor)])
    for key, value in example.items():
        if isinstance(value, bool):
            fields[key] = Labels(np.zeros(1, dtype=np.int32), (str(value).lower(),))
    return Frame(np.zeros(1, dtype=np.int64), np.zeros(1), [1], 0, np.ones(1, dtype=bool), {}, [fields])
