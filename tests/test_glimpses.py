"""What a condition saw at other steps is told: which ones, what stood there, and why it does not count."""

from __future__ import annotations

from functools import cache

import pytest

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import atoms
from criterium.language import library
from criterium.language.file.source import parse
from criterium.language.lower import lower
from criterium.verify.examples.cases import case_of

TABLES = library.tables()
MINE = """id: mine
version: 1.0.0
title: Made for a test
kind: response
language: 1
source: [{cite: an example, for: everything, confidence: derived}]
each: assessment
of: lesions
measures: {size: sum of long over target lesions in mm}
conditions: {big: size >= 10 mm}
classes:
  - {class: large, when: size >= 10 mm}
  - {class: small, when: otherwise}
stages:
  settled:
    conditions:
      again: any later class is large at least 10 weeks after
      soon: any earlier class is large within 8 weeks before
      unbroken: any earlier class is large with only large between
      few: any earlier class is large with at most 0 small between
      higher: any earlier size > size
      before: any earlier big
      beside: previous big
      ahead: next big
      latest_one: previous class is large
      nothing: no earlier class is large
    classes:
      - {class: any, when: {any: [again, soon, unbroken, few, higher, before, beside, ahead, latest_one, nothing]}}
      - {class: none, when: otherwise}
unknown: NE
"""
# The baseline on 1970-01-01, then 12, 8 and 12 mm on 02-26, 04-23 and 06-18, 56 days apart.
SIZES = [30, 12, 8, 12]


@cache
def walked(*sizes):
    mine = lower(parse(MINE, "mine"), TABLES)
    case = case_of(mine, {"lesions": [{"role": "target", "long": list(sizes)}]}, TABLES)
    return Walk(mine, Exact(case.frame, 0))


def told(walk, step, name):
    """Return the truth and the numbers of a condition at a step, by its name."""
    (one,) = atoms(walk, walk.criterion.steps.conditions[name], Place("step", step))
    return one.truth, one.numbers


@pytest.mark.parametrize(
    ("step", "name", "truth", "numbers"),
    [
        (1, "again", "true", "large on 1970-06-18, 112 days after"),
        (2, "again", "false", "large on 1970-06-18, 56 days after: less than 10 weeks"),
        (3, "again", "false", "there is no later assessment"),
        (1, "soon", "false", "there is no earlier assessment"),
        (2, "soon", "true", "large on 1970-02-26, 56 days before"),
        (3, "soon", "false", "large on 1970-02-26, 112 days before: more than 8 weeks"),
        (3, "unbroken", "false", "large on 1970-02-26: small on 1970-04-23 lies between"),
        (3, "few", "false", "large on 1970-02-26: too many of those that may lie between do"),
        (2, "higher", "true", "12 mm on 1970-02-26, 56 days before"),
        (3, "higher", "false", "8 mm on 1970-04-23, 12 mm on 1970-02-26"),
        (3, "before", "true", "on 1970-02-26, 112 days before"),
        (2, "beside", "true", "yes on 1970-02-26"),
        (3, "beside", "false", "no on 1970-04-23"),
        (1, "beside", "false", "there is no earlier assessment"),
        (2, "ahead", "true", "yes on 1970-06-18"),
        (3, "ahead", "false", "there is no later assessment"),
        (2, "latest_one", "true", "large on 1970-02-26"),
        (1, "latest_one", "false", "there is no earlier assessment"),
        (2, "nothing", "false", "large on 1970-02-26, 56 days before"),
    ],
)
def test_what_was_seen_at_other_steps(step, name, truth, numbers):
    """The nearest step that shows it, with its value, date and distance; or what stands in the way at the others."""
    assert told(walked(*SIZES), step, name) == (truth, numbers)


def test_what_nobody_knows_of_another_step():
    """A step without a size may have had a larger one; its class is that of what cannot be told, and not large."""
    unknown = "at least 0 mm on 1970-02-26: not known whether it holds there"
    assert told(walked(30, None, 8), 2, "higher") == ("unknown", unknown)
    assert told(walked(30, None, 8), 2, "soon") == ("false", "NE on 1970-02-26")


def test_many_steps_are_counted():
    """Three steps are named, the nearest first, the rest counted."""
    walk = walked(30, 8, 8, 8, 8, 8)
    small = "small on 1970-08-13, small on 1970-06-18, small on 1970-04-23 and 1 more"
    assert told(walk, 5, "soon") == ("false", small)
    assert told(walk, 5, "before") == ("false", "at none of 4 earlier assessments")


RANKED = """id: mine
version: 1.0.0
title: Made for a test
kind: response
language: 1
source: [{cite: an example, for: everything, confidence: derived}]
each: assessment
of: lesions
measures: {size: sum of long over target lesions in mm}
components:
  one:
    classes: [{class: PR, when: size < 10 mm}, {class: SD, when: otherwise}]
  other:
    classes: [{class: PR, when: size < 20 mm}, {class: SD, when: otherwise}]
classes:
  - {class: SD, when: worst of one and other is SD}
  - {class: PR, when: otherwise}
order: [PR, SD]
unknown: NE
"""


def test_the_worst_of_several_names_them_all():
    """12 mm are no partial response by a limit of 10 mm, and one by 20 mm: the worse of both is stable disease."""
    mine = lower(parse(RANKED, "mine"), TABLES)
    walk = Walk(mine, Exact(case_of(mine, {"lesions": [{"role": "target", "long": [30, 12]}]}, TABLES).frame, 0))
    (one,) = atoms(walk, mine.steps.ladders["class"].clauses[0].when, Place("step", 1))
    assert (one.truth, one.numbers) == ("true", "SD (one SD, other PR)")
