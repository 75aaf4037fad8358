"""A sum of which a part is missing is bounded by the rest, wherever sums are taken: it may prove much, never little."""

from math import isnan

import pytest

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import library
from criterium.language.file.source import parse
from criterium.language.lower import lower
from criterium.verify.examples.cases import case_of

HEAD = """\
id: small
version: 1.0.0
title: A small criterion
kind: response
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: EACH
of: OF
classes:
  - {class: any, when: otherwise}
unknown: NE
"""
LESIONS = {
    "lesions": [
        {"role": "target", "state": ["present", "present", "present"], "long": [30, None, 10]},
        {"role": "target", "state": ["present", "present", "present"], "long": [20, 25, 5]},
        {"role": "new", "state": [None, "present", "present"], "long": [None, 4, None]},
    ]
}
CYCLES = {"treatments": [{"day": 0, "activity": "7.4 GBq"}, {"day": 60}, {"day": 120, "activity": "3.7 GBq"}]}
LAST = Place("step", 2)


def bounds(measure, example, place, level=""):
    """Return the bounds of a measure at a place, the same in both algebras; None where there is none."""
    each, of = ("cycle", "treatments") if "treatments" in example else ("assessment", "lesions")
    named = "  size: sum of long over target lesions in mm\n" if of == "lesions" and not level else ""
    text = HEAD.replace("EACH", each).replace("OF", of)
    text += f"course:\n  measures:\n    sought: {measure}\n" if level else f"measures:\n{named}  sought: {measure}\n"
    criterion = lower(parse(text, "small.yaml"), library.tables())
    case = case_of(criterion, example, library.tables())
    exact = Walk(criterion, Exact(case.frame, 0)).measure("sought", place)
    columns = Walk(criterion, Columns(case.frame)).measure("sought", place)
    found = tuple(None if end is None else float(end) for end in (exact.low, exact.high))
    ends = tuple(None if isnan(end) else float(end) for end in (columns.low[0], columns.high[0]))
    assert found == pytest.approx(ends)
    return found


@pytest.mark.parametrize(
    ("measure", "step", "least"),
    [
        ("sum of long over target lesions in mm", 1, 25),
        ("sum of long over lesions in mm", 1, 29),
        ("sum of long over new lesions in mm", 2, 0),
        ("sum of long over lesions where state is present in mm", 2, 15),
        ("total of size so far in mm", 2, 50 + 25 + 15),
        ("sum of size over earlier assessments in mm", 2, 25),
    ],
)
def test_sums_of_members_and_steps(measure, step, least):
    """What is known is the least: of the members, of those chosen by a word, so far, over the steps before."""
    assert bounds(measure, LESIONS, Place("step", step)) == (least, None)


def test_sums_of_rows():
    """The activities of three cycles, one not recorded, are at least the two that are; so far, and for the course."""
    assert bounds("total of activity so far in GBq", CYCLES, LAST) == pytest.approx((11.1, None))
    assert bounds("sum of activity over cycles in GBq", CYCLES, COURSE, "course") == pytest.approx((11.1, None))


def test_a_sum_of_nothing_is_missing():
    """Over no member at all there is no sum, which is not zero."""
    assert bounds("sum of long over non-target lesions in mm", LESIONS, LAST) == (None, None)
