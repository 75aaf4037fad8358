"""The grades of CTCAE against the published conditions, which are evaluated here in plain Python with fractions."""

from __future__ import annotations

import ast
import csv
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, groupby, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from criterium.evaluate.frames import Material
from criterium.evaluate.results.branches import graded
from criterium.language import library, tree
from criterium.language.file.document import Document
from criterium.language.lower import setting
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import NEVER, Courses

DATA = Path(__file__).parent / "data"
# Each criterion with the file of its conditions, and the readings under which these are stated.
VERSIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "ctcae-3.0": ("ctcae_3_0.csv", {}),
    "ctcae-4.03": ("ctcae_4_03.csv", {}),
    "ctcae-5.0": ("ctcae_5_0.csv", {}),
    "ctcae-6.0": ("ctcae_6_0.csv", {"cap_of_grade_3": "none"}),
    "ctcae-6.0-errata": ("ctcae_6_0.csv", {"cap_of_grade_3": "none"}),
}
# The flags of the conditions, and the columns that hold them.
FLAGS = {
    "physiologic_consequences": "consequences",
    "symptomatic": "symptoms",
    "moderate_or_severe_symptoms": "moderate_symptoms",
    "on_anticoagulation": "anticoagulated",
    "fasting": "fasting",
    "intervention_initiated": "intervention_initiated",
    "proteinuria_2plus": "heavy_proteinuria",
}
UNITS = {"any": "U/L", "1/mm3": "/uL", "mL/min/1.73m2": "mL/min/{1.73_m2}"}
STEP = Fraction(1, 1000)
SIGNS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Mult: operator.mul,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.USub: operator.neg,
    ast.Not: operator.not_,
}


@dataclass(frozen=True, slots=True)
class Result:
    """One laboratory result with its limits, the baseline of the series, and the flags that are set."""

    term: str
    unit: str
    value: Fraction
    lln: Fraction
    uln: Fraction
    baseline: Fraction
    flags: frozenset[str] = frozenset()


# --- what the document says ------------------------------------------------------------------------------------------
def grade_of(conditions: Mapping[int, str], one: Result) -> int:
    """Return the highest grade whose condition holds, 0 if none does."""
    names = {
        "x": one.value,
        "LLN": one.lln,
        "ULN": one.uln,
        "BASE": one.baseline,
        "BASE_LOW": one.baseline < one.lln,
        "BASE_HIGH": one.baseline > one.uln,
        "PCHG": 100 * (one.value - one.baseline) / one.baseline,
        "UPC": Fraction(1, 10),
        **{flag: flag in one.flags for flag in FLAGS},
    }
    parsed = {grade: ast.parse(text, mode="eval").body for grade, text in conditions.items()}
    return max((grade for grade, node in parsed.items() if value(node, names)), default=0)


def value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the value of a condition or of a part of it; numbers are read as they are printed."""
    match node:
        case ast.BoolOp():
            found: Any = (all if isinstance(node.op, ast.And) else any)(value(part, names) for part in node.values)
        case ast.UnaryOp():
            found = SIGNS[type(node.op)](value(node.operand, names))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            found = SIGNS[type(sign)](value(left, names), value(right, names))
        case ast.BinOp():
            found = SIGNS[type(node.op)](value(node.left, names), value(node.right, names))
        case ast.Name():
            found = names[node.id]
        case _:
            found = Fraction(ast.unparse(node))
    return found


def test_the_reader_of_conditions_agrees_with_a_reading_by_hand() -> None:
    """Hemoglobin of 9.9 g/dL is grade 2 and of 10.0 grade 1; half of a low fibrinogen is grade 3."""
    low = {1: "x < LLN and x >= 10.0", 2: "x < 10.0 and x >= 8.0"}
    fall = {3: "(x < 0.5*LLN and x >= 0.25*LLN) or (BASE_LOW and PCHG <= -50 and PCHG > -75)"}
    assert [grade_of(low, between_12_and_16(value, "13")) for value in ("9.9", "10.0", "11.9", "12.0")] == [2, 1, 1, 0]
    assert grade_of(fall, between_12_and_16("5", "10")) == 3
    assert grade_of(fall, between_12_and_16("7", "14")) == 0


def between_12_and_16(value: str, baseline: str) -> Result:
    return Result("", "", Fraction(value), Fraction(12), Fraction(16), Fraction(baseline))


# --- results at every cut --------------------------------------------------------------------------------------------
def columns_of_conditions(name: str) -> dict[tuple[str, str], dict[int, str]]:
    """Return the conditions of each term and unit of a file, by grade."""
    with (DATA / name).open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["term_id"]]
    together = groupby(sorted(rows, key=of_column), key=of_column)
    return {column: {int(row["grade"]): row["condition"] for row in group} for column, group in together}


def of_column(row: Mapping[str, str]) -> tuple[str, str]:
    return row["term_id"], row["unit"]


def results_of(column: tuple[str, str], conditions: Mapping[int, str]) -> Iterator[Result]:
    """Yield results at, just below and just above each cut, for limits around, at and between the printed cuts."""
    text = " ".join(conditions.values())
    told = [flag for flag in FLAGS if re.search(rf"\b{flag}\b", text)]
    sets = [frozenset(chosen) for count in range(len(told) + 1) for chosen in combinations(told, count)]
    for lln, uln in limits_of(text):
        for baseline, flags in product(baselines_of(text, lln, uln), sets):
            cuts = [*printed(text), lln, uln, *changes(text, uln, baseline)]
            cuts += [k * lln for k in times("LLN", text)] + [k * uln for k in times("ULN", text)]
            for number in sorted({cut * (1 + shift) for cut in cuts for shift in (-STEP, Fraction(0), STEP)}):
                yield Result(*column, number, lln, uln, baseline, flags)


def baselines_of(text: str, lln: Fraction, uln: Fraction) -> list[Fraction]:
    """Return baselines within and beyond the limit that the conditions speak of."""
    if "BASE_LOW" in text or "PCHG" in text:
        return [lln * Fraction(4, 5), lln * Fraction(6, 5)]
    if "x - BASE" in text:
        return [Fraction(number) for number in (1, 2, 4)]
    return [uln * Fraction(share, 4) for share in ((3, 4, 5) if "BASE" in text else (3,))]


def changes(text: str, uln: Fraction, baseline: Fraction) -> list[Fraction]:
    """Return the cuts that are counted from the baseline, or from a limit by a sum."""
    falls = (0, 25, 50, 75) if "PCHG" in text else ()
    sums = [Fraction(number) for number in re.findall(r"(?:ULN|BASE) \+ (\d+)", text)]
    sums += [Fraction(number) for number in re.findall(r"x - BASE > (\d+\.\d+)", text)]
    found = [baseline * (100 - percent) / 100 for percent in falls]
    found += [limit + more for more in sums for limit in (uln, baseline)]
    return found + [k * baseline for k in [*times("BASE", text), Fraction(1)]]


def limits_of(text: str) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield limits of normal: far and a little beyond the mildest printed cut, at it, and inside the graded range."""
    cuts = printed(text) or [Fraction(40)]
    mildest = max(cuts) if "LLN" in text else min(cuts)
    inside = sorted(cuts, reverse="LLN" in text)[:2]
    for limit in {
        5 * mildest,
        mildest * Fraction(5, 4),
        mildest,
        mildest * Fraction(4, 5),
        sum(inside, Fraction(0)) / len(inside),
    }:
        yield (limit, limit * 2) if "LLN" in text else (limit / 2, limit)


def printed(text: str) -> list[Fraction]:
    """Return the cuts that are plain numbers."""
    return [Fraction(number) for number in re.findall(r"x [<>]=? (\d+(?:\.\d+)?)(?![\d.*])", text)]


def times(limit: str, text: str) -> list[Fraction]:
    """Return the cuts that are multiples of a limit."""
    return [Fraction(number) for number in re.findall(rf"(\d+(?:\.\d+)?)\*{limit}", text)]


# --- the same results, graded by the criterion -----------------------------------------------------------------------
def grades_given(criterion: tree.Criterion, results: Sequence[Result]) -> list[str]:
    """Return the grade of each result under its own term, each result being a patient of one cohort."""
    tables = library.tables()
    count = len(results)
    one = Labels(np.zeros(count, dtype=np.int32), ("",))
    courses = Courses(np.arange(count), one, np.zeros(count), np.full(count, NEVER))
    cohort = Cohort("cuts", tuple(map(str, range(count))), {"labs": labs(criterion, results)})
    found = graded(criterion, Material(cohort, tables), courses)
    term = [criterion.branches[at].id for at in found.branch.tolist()]
    row = {(int(found.patient[at]), term[at]): at for at in np.flatnonzero(found.date > 0)}
    return [found.label.words[found.label.codes[row[at, result.term]]] for at, result in enumerate(results)]


def labs(criterion: tree.Criterion, results: Sequence[Result]) -> TableData:
    """Return a row of the baseline, the day before the course, and a row of the result for each patient."""
    words = {branch.id: branch.reads[0] for branch in reversed(criterion.branches) if branch.reads}
    twice = [one for one in results for _ in range(2)]
    values = [number for one in results for number in (one.baseline, one.value)]
    columns: dict[str, Values] = {
        "date": np.tile([-1.0, 1.0], len(results)),
        "test": labels(words[one.term] for one in twice),
        "unit": labels(UNITS.get(one.unit, one.unit) for one in twice),
        "value": np.array(values, dtype=np.float64),
        "lln": np.array([one.lln for one in twice], dtype=np.float64),
        "uln": np.array([one.uln for one in twice], dtype=np.float64),
        **flags_of(twice),
    }
    return TableData("labs", np.repeat(np.arange(len(results)), 2).astype(np.int32), columns, len(twice))


def flags_of(results: Sequence[Result]) -> dict[str, Values]:
    """Return every column of flags: set where the conditions speak of it and it is, else not."""
    every = [name for name, column in library.tables()["labs"].columns.items() if column.type == "truth"]
    spoken = {column: flag for flag, column in FLAGS.items()}
    return {name: labels(str(spoken.get(name) in one.flags).lower() for one in results) for name in every}


def labels(words: Iterable[str]) -> Labels:
    texts = list(words)
    known = tuple(dict.fromkeys(texts))
    return Labels(np.array([known.index(text) for text in texts], dtype=np.int32), known)


@pytest.mark.parametrize("name", VERSIONS)
def test_every_grade_is_the_one_of_the_published_conditions(name: str) -> None:
    """At, just below and just above each cut of each column, whatever the limits, the grade is that of the document.

    Haptoglobin of 0 in v3.0, which is absent, stands in a remark and not in a condition.
    """
    file, readings = VERSIONS[name]
    conditions = columns_of_conditions(file)
    results = [one for column, texts in conditions.items() for one in results_of(column, texts)]
    expected = [str(grade_of(conditions[one.term, one.unit], one)) for one in results]
    given = grades_given(read_as(library.load(name), readings), results)
    wrong = [(one, want, got) for one, want, got in zip(results, expected, given, strict=True) if want != got]
    assert wrong == []
    assert {one.term for one in results} == {term for term, _ in conditions}
    assert {(one.term, one.unit, want) for one, want in zip(results, expected, strict=True) if want != "0"} == {
        (term, unit, str(grade)) for (term, unit), texts in conditions.items() for grade in texts
    }


def read_as(criterion: tree.Criterion, readings: Mapping[str, str]) -> tree.Criterion:
    """Return a criterion with other readings of its parameters."""
    changed = {name: setting(criterion, name, text, Document({})) for name, text in readings.items()}
    return replace(criterion, parameters={**criterion.parameters, **changed})
