"""Whether a criterion is monotone in a measure: a larger value never gives a better class, all else being the same.

The class of a step changes only where the measure crosses a threshold. So the measure is given by name, at a baseline,
a smallest value and now, on both sides of every threshold that the parameters set; every condition that is not a number
is given false, then true, then unknown, one at a time. Each pair of neighbours is compared in the exact algebra. This
looks at every threshold; it is not a proof for measures that depend on the values in a way of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.verify.cases import case_of
from criterium.verify.witness import spoken, written

BASELINES = (Fraction(20), Fraction(100))
LOWER = (Fraction(1), Fraction(3, 5), Fraction(0))
GRAIN = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Rising:
    """A pair of values of which the larger gives the better class: in words, and as a line for the examples."""

    what: str
    witness: str


def rising(criterion: t.Criterion, name: str, tables: Mapping[str, Table]) -> Rising | None:
    """Return two values of a measure of which the larger gives the better class, None if there are none."""
    conditions = _free(criterion)
    for baseline in BASELINES:
        for lowest in (baseline * one for one in LOWER):
            for given in ({}, *({one: answer} for one in conditions for answer in (True, None))):
                said = dict.fromkeys(conditions, False) | given
                found = _pair(criterion, name, [baseline, lowest], said, tables)
                if found is not None:
                    return found
    return None


def _free(criterion: t.Criterion) -> list[str]:
    """Return the conditions of steps that read no measure: an example may give them."""
    return [
        name
        for name, when in criterion.steps.conditions.items()
        if not any(isinstance(node, (t.Named, t.Rule, t.Given, t.Earlier)) and node_level(node) for node in nodes(when))
    ]


def node_level(node: t.Node) -> bool:
    """Say whether a node reads something of a step."""
    return getattr(node, "level", "step") == "step"


def _pair(
    criterion: t.Criterion, name: str, before: list[Fraction], said: Mapping[str, Any], tables: Mapping[str, Table]
) -> Rising | None:
    order = criterion.order
    graded = [(one, _class(criterion, name, [*before, one], said, tables)) for one in _values(criterion, before)]
    for (small, worse), (large, better) in pairwise([one for one in graded if one[1] in order]):
        if order.index(better) < order.index(worse):
            series = [written(one) for one in (*before, large)]
            line = {name: series, **{key: value for key, value in said.items() if value is not False}, "class": better}
            what = f"{name} {written(large)} gives `{better}` where {written(small)} gives `{worse}`"
            return Rising(what, spoken(line))
    return None


def _values(criterion: t.Criterion, before: list[Fraction]) -> list[Fraction]:
    """Return values at, just below and just above every threshold, in percent of and added to those before."""
    edges = set(before)
    for setting in criterion.parameters.values():
        if isinstance(setting.value, Fraction):
            edges |= set(_moved(setting.value, before))
    constants = [node.value for node in nodes(criterion.steps) if isinstance(node, t.Constant)]
    edges |= {moved for value in constants for moved in _moved(value, before)}
    around = {one + step for one in edges for step in (-GRAIN, Fraction(0), GRAIN)}
    return sorted(one for one in around if one >= 0)


def _moved(value: Fraction, before: list[Fraction]) -> Iterator[Fraction]:
    for one in before:
        yield from (one * (1 - value / 100), one * (1 + value / 100), one + value, value)


def _class(
    criterion: t.Criterion, name: str, series: list[Fraction], said: Mapping[str, Any], tables: Mapping[str, Table]
) -> str:
    example = {name: [float(one) for one in series], **{key: [False, False, value] for key, value in said.items()}}
    case = case_of(criterion, example, tables)
    walk: Walk[Any, Any] = Walk(criterion, Exact(case.frame, 0, case.exact))
    return str(walk.decision("class", Place("step", 2)).label)
