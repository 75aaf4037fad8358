"""Ladders that compare the same things at several places: no case of what is unknown is lost, and none is made up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.algebra import Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.symbols import symbolic
from criterium.evaluate.symbols.algebra import Symbols
from criterium.evaluate.walk import Walk
from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Frame

Row = Mapping[str, Any]  # what is recorded of `value`, `limit` and `flag`; None is missing
STEP = Place("step", 0)
SHOWN = library.load("ctcae-4.03")  # a criterion around the ladders, which read nothing of it
CUTS = [Fraction(one) for one in (1, 2, 3, 5)]
TIMES = [Fraction(one, 4) for one in (1, 2, 3, 4)]
# A known limit of 10/7 has no multiple among the cuts, nor has its half or quarter.
ROWS: Sequence[Row] = [
    {"value": value, "limit": limit, "flag": flag}
    for value in (None, Fraction(1, 2), Fraction(2), Fraction(4), Fraction(7))
    for limit in (None, Fraction(10, 7))
    for flag in (None, "true", "false")
]

# An unknown value is compared with numbers and with a known limit by two chains, which depend on each other.
ALONE = [row for row in ROWS if row["value"] is not None or row["limit"] is None]


# --- ladders ----------------------------------------------------------------------------------------------------------
def column(name: str, sort: str = "number", least: int | None = None) -> t.Field:
    """Return a column of the row."""
    return t.Field(Where(""), name, t.Kind(sort), name, "step", None if least is None else Fraction(least))


def number(value: Fraction) -> t.Constant:
    """Return a number."""
    return t.Constant(Where(""), str(value), t.Kind("number"), value)


def of_limit(times: Fraction) -> t.Expression:
    """Return a multiple of the limit."""
    return t.Arithmetic(Where(""), "", t.Kind("number"), "*", number(times), column("limit"))


def compared(how: str, other: t.Expression) -> t.Condition:
    """Return a comparison of the value, which stands on the left."""
    return t.Compare(Where(""), "", how, column("value", least=0), other)


def turned(how: str, other: t.Expression) -> t.Condition:
    """Return a comparison of the value, which stands on the right."""
    return t.Compare(Where(""), "", how, other, column("value", least=0))


FLAG = t.OneOf(Where(""), "", column("flag", "truth"), ("true",))
OPERATORS = st.sampled_from(["<", "<=", "=", "!=", ">=", ">"])
NUMBERS = st.sampled_from(CUTS).map(number)
OF_CUTS = st.builds(compared, OPERATORS, NUMBERS) | st.builds(turned, OPERATORS, NUMBERS)
MULTIPLES = st.sampled_from(TIMES).map(of_limit)
OF_LIMITS = st.builds(compared, OPERATORS, MULTIPLES) | st.builds(turned, OPERATORS, MULTIPLES)
# That a multiple of the limit is reached, or is not, on either side of the sign.
AT_LEAST = st.builds(compared, st.sampled_from(["<", ">="]), MULTIPLES) | st.builds(
    turned, st.sampled_from([">", "<="]), MULTIPLES
)


def joined(parts: st.SearchStrategy[t.Condition]) -> st.SearchStrategy[t.Condition]:
    """Return several conditions, one of several, or the opposite of one."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    whole = several.map(lambda of: t.All(Where(""), "", of))
    either = several.map(lambda of: t.Some(Where(""), "", of))
    return st.one_of(whole, either, parts.map(lambda of: t.Not(Where(""), "", of)))


def ladder(whens: Sequence[t.Condition]) -> t.Ladder:
    """Return a ladder of a class for each condition, and one for all the rest."""
    rungs = [*whens, t.Always(Where(""), "otherwise")]
    clauses = [t.Clause(Where(""), "", str(at), str(at), when, "") for at, when in enumerate(rungs)]
    return t.Ladder(Where(""), "", "class", tuple(clauses), "unknown")


def ladders(of_limits: st.SearchStrategy[t.Condition]) -> st.SearchStrategy[t.Ladder]:
    """Return ladders of such comparisons with the limit, beside those with numbers, and the flag."""
    statements = st.one_of(OF_CUTS, of_limits, st.just(FLAG))
    return st.lists(st.recursive(statements, joined, max_leaves=4), min_size=2, max_size=4).map(ladder)


# --- what they give ---------------------------------------------------------------------------------------------------
def frame(rows: Sequence[Row]) -> Frame:
    """Return a frame of rows, each a course of one step."""
    fields: dict[str, Any] = {
        name: np.array([np.nan if row[name] is None else float(row[name]) for row in rows])
        for name in ("value", "limit")
    }
    words = ("true", "false")
    codes = [-1 if row["flag"] is None else words.index(row["flag"]) for row in rows]
    fields["flag"] = Labels(np.array(codes, dtype=np.int32), words)
    count = len(rows)
    return Frame(np.arange(count), np.zeros(count), [count], 0, np.ones(count, dtype=bool), {}, [fields])


def exactly(one: t.Ladder, row: Row) -> set[str]:
    """Return the classes that are possible by the exact algebra, told the fractions as they are."""
    return set(Walk(SHOWN, Told(row)).climb(one, STEP).possible)


class Told(Exact):
    """The exact algebra of one row, whose numbers need not be decimals."""

    def __init__(self, row: Row) -> None:
        super().__init__(frame([row]), 0)
        self.row = row

    def field(self, node: t.Field, place: Place) -> Any:
        found, told = super().field(node, place), self.row[node.name]
        return type(found)(told, told) if isinstance(told, Fraction) else found


def in_columns(one: t.Ladder, rows: Sequence[Row]) -> list[set[str]]:
    """Return the classes that are possible for each row by the algebra of columns."""
    bits = Walk(SHOWN, Columns(frame(rows))).climb(one, STEP).possible
    found = np.broadcast_to(bits, len(rows)).tolist()
    return [{label for at, label in enumerate(one.labels) if row >> at & 1} for row in found]


def in_symbols(one: t.Ladder, row: Row) -> set[str]:
    """Return the classes that are possible by the algebra of symbols, told what is recorded."""
    nothing = {"value": symbolic.floored(Fraction(0), known=False, floor=Fraction(0)), "limit": symbolic.MISSING}
    given: dict[tuple[str, Place], Any] = {
        (name, STEP): empty if row[name] is None else symbolic.point(row[name]) for name, empty in nothing.items()
    }
    given["flag", STEP] = symbolic.Word({} if row["flag"] is None else {row["flag"]: True})
    unseen: Any = SimpleNamespace(shape=SimpleNamespace(steps=1, opening=0), product=symbolic.times)
    possible = Walk(SHOWN, Symbols(unseen, given)).climb(one, STEP).possible
    return {label for label, here in possible.items() if here is True}


def completions(row: Row) -> Iterator[Row]:
    """Yield what may be recorded: a number on every cut, between any two, and beyond, and either flag.

    A limit that nobody knows has every place among the multiples of the value; it may be zero or below.
    """
    values = [row["value"]] if row["value"] is not None else around([*CUTS, *multiples(row["limit"])], Fraction(0))
    for value, flag in product(values, ["true", "false"] if row["flag"] is None else [row["flag"]]):
        for limit in [row["limit"]] if row["limit"] is not None else around([value / times for times in TIMES]):
            yield {"value": value, "limit": limit, "flag": flag}


def multiples(limit: Fraction | None) -> list[Fraction]:
    """Return where the multiples of a known limit lie."""
    return [] if limit is None else [times * limit for times in TIMES]


def around(places: Sequence[Fraction], *ends: Fraction) -> list[Fraction]:
    """Return places, a number between any two, and one before and beyond all; from an end on if there is one."""
    known = sorted({*places, *ends})
    between = [(one + other) / 2 for one, other in pairwise(known)]
    return [*known, *between, known[-1] + 1, *([] if ends else [known[0] - 1, Fraction(0), Fraction(-1)])]


def complete(one: t.Ladder, row: Row) -> set[str]:
    """Return the classes that some completion of a row gives."""
    return set().union(*(exactly(one, full) for full in completions(row)))


@settings(max_examples=100, derandomize=True, deadline=None)
@given(one=ladders(AT_LEAST), row=st.sampled_from(ALONE))
def test_the_possible_classes_are_those_of_the_completions(one: t.Ladder, row: Row) -> None:
    """Of chains that do not depend on each other, a class is possible exactly if some completion gives it."""
    assert exactly(one, row) == complete(one, row)


@settings(max_examples=100, derandomize=True, deadline=None)
@given(one=ladders(OF_LIMITS), row=st.sampled_from(ROWS))
def test_no_completion_is_forgotten(one: t.Ladder, row: Row) -> None:
    """Whatever a ladder asks of a value and its limit, every class that a completion gives is possible."""
    assert exactly(one, row) >= complete(one, row)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(one=ladders(OF_LIMITS))
def test_the_algebras_agree_on_chains(one: t.Ladder) -> None:
    """Columns and symbols leave the classes possible that the exact algebra leaves, for every row beside all others."""
    assert in_columns(one, ROWS) == [exactly(one, row) for row in ROWS] == [in_symbols(one, row) for row in ROWS]
