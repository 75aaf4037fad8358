"""What an example of a single result may say, each key with the type of its value, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, listed, nearest
from criterium.language.tables import Column, Table
from criterium.verify.examples.values import GRADE, GRADES, NUMBER, SETTINGS, TRUTH, WORD, Wanted, one_of

LIMITS = ("lln", "uln")
NUMBERS = ("value", *LIMITS)
_BASELINE = ("baseline", "baseline_lln", "baseline_uln")
KEYS: Mapping[str, Wanted] = {
    **dict.fromkeys(("term", "test"), WORD),
    **dict.fromkeys(NUMBERS, NUMBER),
    "unit": WORD,
    **dict.fromkeys(_BASELINE, NUMBER),
    **dict.fromkeys(("recorded", "grade"), GRADE),
    "possible": GRADES,
    "set": SETTINGS,
    "note": WORD,
}


def misfits(
    criterion: t.Criterion, example: Mapping[str, Any], document: Document, at: int, tables: Mapping[str, Table]
) -> Iterator[Problem]:
    """Yield what is wrong with example number `at`: unknown keys, values of another type, what is not there."""
    allowed = {**KEYS, **dict(sorted(_further(criterion, tables).items()))}
    for key, value in example.items():
        if key not in allowed:
            what = f"`{key}` is not a key of an example"
            yield Problem(document.key(("examples", at, key)), what, listed(allowed), nearest(key, allowed))
        elif wrong := allowed[key].misfit(value):
            yield Problem(document.where(("examples", at, key)), wrong, allowed[key].expected)
    yield from _unfit_term(criterion, example, document, at)
    if "grade" not in example and "possible" not in example:
        yield Problem(document.where(("examples", at)), "the example expects nothing", "`grade:` or `possible:`")


def _unfit_term(
    criterion: t.Criterion, example: Mapping[str, Any], document: Document, at: int
) -> Iterator[Problem]:
    ids = {branch.id for branch in criterion.branches}
    term = example.get("term")
    if "term" not in example:
        yield Problem(document.where(("examples", at)), "the example names no term", "`term:`")
    elif isinstance(term, str) and term not in ids:
        where = document.where(("examples", at, "term"))
        yield Problem(where, f"`{term}` is not a term", "a term of this file", nearest(term, ids))
    elif "recorded" in example and not any(branch.id == term and branch.recorded for branch in criterion.branches):
        where = document.where(("examples", at, "recorded"))
        yield Problem(where, f"`{term}` is not recorded with a grade", "`value:`")


def _further(criterion: t.Criterion, tables: Mapping[str, Table]) -> dict[str, Wanted]:
    """Return what an example may say besides: flags of the row, attributes of the patient, results of the same day."""
    flags = [column.name for column in tables[criterion.of or ""].columns.values() if column.type == "truth"]
    beside = [one.name for branch in criterion.branches for one in branch.beside]
    of_patient = {name: _cell(tables[table].columns[name]) for name, table in attributes(tables).items()}
    return {**of_patient, **dict.fromkeys(beside, NUMBER), **dict.fromkeys(flags, TRUTH)}


def attributes(tables: Mapping[str, Table]) -> dict[str, str]:
    """Return the attributes of a patient, each with the table it stands in."""
    mine = [table for table in tables.values() if table.belongs_to == "patient" and table.key == ("patient_id",)]
    return {name: table.name for table in mine for name in table.columns if name != "patient_id"}


def _cell(column: Column) -> Wanted:
    """Return the type of the values of a column."""
    if column.type == "truth":
        return TRUTH
    return NUMBER if column.type in {"number", "quantity"} else one_of(column.values)
