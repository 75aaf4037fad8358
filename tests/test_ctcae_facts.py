"""The grades of CTCAE 3.0 against the published conditions, which are evaluated here in plain Python with fractions."""

from __future__ import annotations

import ast
import csv
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, product
from pathlib import Path
from typing import Any

import numpy as np

from criterium.evaluate.branches import graded
from criterium.evaluate.frames import Material
from criterium.language import library, tree
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import NEVER, Courses

CONDITIONS = Path(__file__).parent / "data" / "ctcae_3_0.csv"
UNITS = {"any": "U/L", "1/mm3": "/uL"}
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
    """One laboratory result with its limits, the baseline of the series, and the physiologic consequences."""

    term: str
    unit: str
    value: Fraction
    lln: Fraction
    uln: Fraction
    baseline: Fraction
    consequences: bool


# --- what the document says ------------------------------------------------------------------------------------------
def grade_of(conditions: Mapping[int, str], one: Result) -> int:
    """Return the highest grade whose condition holds, 0 if none does."""
    names = {
        "x": one.value,
        "LLN": one.lln,
        "ULN": one.uln,
        "BASE_LOW": one.baseline < one.lln,
        "PCHG": 100 * (one.value - one.baseline) / one.baseline,
        "physiologic_consequences": one.consequences,
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
    return Result("", "", Fraction(value), Fraction(12), Fraction(16), Fraction(baseline), consequences=False)


# --- results at every cut --------------------------------------------------------------------------------------------
def columns_of_conditions() -> dict[tuple[str, str], dict[int, str]]:
    """Return the conditions of each term and unit, by grade."""
    with CONDITIONS.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["term_id"]]
    together = groupby(sorted(rows, key=of_column), key=of_column)
    return {column: {int(row["grade"]): row["condition"] for row in group} for column, group in together}


def of_column(row: Mapping[str, str]) -> tuple[str, str]:
    return row["term_id"], row["unit"]


def results_of(column: tuple[str, str], conditions: Mapping[int, str]) -> Iterator[Result]:
    """Yield results at, just below and just above each cut, for limits around, at and between the printed cuts."""
    text = " ".join(conditions.values())
    consequences = [False, True] if "physiologic" in text else [False]
    for (lln, uln), low, flag in product(limits_of(text), [False, True], consequences):
        baseline = (Fraction(4, 5) if low else Fraction(6, 5)) * lln
        cuts = [*printed(text), lln, uln]
        cuts += [k * lln for k in times("LLN", text)] + [k * uln for k in times("ULN", text)]
        cuts += [baseline * (100 - percent) / 100 for percent in (0, 25, 50, 75)] if "BASE_LOW" in text else []
        for number in sorted({cut * (1 + shift) for cut in cuts for shift in (-STEP, Fraction(0), STEP)}):
            yield Result(*column, number, lln, uln, baseline, flag)


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
    words = {branch.id: branch.reads[0] for branch in criterion.branches if branch.reads}
    twice = [one for one in results for _ in range(2)]
    values = [number for one in results for number in (one.baseline, one.value)]
    columns: dict[str, Values] = {
        "date": np.tile([-1.0, 1.0], len(results)),
        "test": labels(words[one.term] for one in twice),
        "unit": labels(UNITS.get(one.unit, one.unit) for one in twice),
        "value": np.array(values, dtype=np.float64),
        "lln": np.array([one.lln for one in twice], dtype=np.float64),
        "uln": np.array([one.uln for one in twice], dtype=np.float64),
        "consequences": labels(str(one.consequences).lower() for one in twice),
        "dialysis": labels("false" for _ in twice),
        "life_threatening": labels("false" for _ in twice),
    }
    return TableData("labs", np.repeat(np.arange(len(results)), 2).astype(np.int32), columns, len(twice))


def labels(words: Iterable[str]) -> Labels:
    texts = list(words)
    known = tuple(dict.fromkeys(texts))
    return Labels(np.array([known.index(text) for text in texts], dtype=np.int32), known)


def test_every_grade_is_the_one_of_the_published_conditions() -> None:
    """At, just below and just above each cut of each column, whatever the limits, the grade is that of the document.

    Haptoglobin of 0, which is absent, stands in a remark and not in a condition.
    """
    conditions = columns_of_conditions()
    results = [one for column, texts in conditions.items() for one in results_of(column, texts)]
    expected = [str(grade_of(conditions[one.term, one.unit], one)) for one in results]
    given = grades_given(library.load("ctcae-3.0"), results)
    wrong = [(one, want, got) for one, want, got in zip(results, expected, given, strict=True) if want != got]
    assert wrong == []
    assert {one.term for one in results} == {term for term, _ in conditions}
    assert {(one.term, one.unit, want) for one, want in zip(results, expected, strict=True) if want != "0"} == {
        (term, unit, str(grade)) for (term, unit), texts in conditions.items() for grade in texts
    }
