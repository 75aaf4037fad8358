"""Whether a criterion is monotone in a measure: a larger value never gives a better class, all else being the same.

Two walks share one unseen course. The measure is given by name: the same numbers at every step but the last, and there
a smaller one to the first walk and one at least as large to the second. The solver looks for a better class under the
second. What it finds becomes two examples, which must show it in the exact algebra.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from criterium.evaluate import solver as s
from criterium.evaluate import symbolic as y
from criterium.evaluate.algebra import Place
from criterium.evaluate.exact import Exact
from criterium.evaluate.symbols import Symbols
from criterium.evaluate.unseen import Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.verify.cases import case_of
from criterium.verify.plain import GRAINS, rounded
from criterium.verify.witness import Sketch, spoken, written
from criterium.verify.worlds import Bound, Unconvincing, shape_of

Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Rising:
    """Two values of which the larger gives the better class: in words, and as a line for the examples."""

    what: str
    witness: str


@dataclass(frozen=True, slots=True)
class Open:
    """The solver could not tell for courses of so many steps."""

    steps: int


def rising(criterion: t.Criterion, name: str, tables: Tables, bound: Bound) -> Rising | Open | None:
    """Return two values of a measure of which the larger gives the better class; None if that is proved impossible."""
    for steps in range(1, bound.steps + 1):
        found = _Pair(criterion, name, tables, bound, steps).found()
        if found is not None:
            return found
    return None


class _Measured(Unseen):
    """An unseen course whose measure is given at the baseline, which is therefore there."""

    def has_baseline(self) -> s.Bool:
        return True


class _Pair:
    """Two courses of one length that differ in the last value of a measure."""

    def __init__(self, criterion: t.Criterion, name: str, tables: Tables, bound: Bound, steps: int) -> None:
        self.criterion, self.name, self.tables, self.steps = criterion, name, tables, steps
        self.unseen = _Measured(shape_of([criterion], tables, bound, steps))
        self.series = [s.number(f"{name} {step}") for step in range(self.unseen.shape.steps)]
        self.larger = s.number(f"larger {name}")
        self.solver = s.Solver(bound.seconds)
        self.place = Place("step", self.unseen.shape.steps - 1)

    def found(self) -> Rising | Open | None:
        """Return what refutes the claim at this length."""
        better = self._better()
        for rule in (*self.unseen.rules, *self._ordered(), better):
            self.solver.keep(rule)
        # What the signs of products alone rule out is ruled out; only then are the products themselves looked at.
        answer = self.solver.ask()
        if answer == "possible" and self.unseen.products:
            for rule in self._exact():
                self.solver.keep(rule)
            answer = self.solver.ask()
        if answer == "open":
            return Open(self.steps)
        return self._shown() if answer == "possible" else None

    def _better(self) -> s.Bool:
        """Return whether the class of the larger value stands before that of the smaller one."""
        cases = [self._label(values) for values in (self.series, [*self.series[:-1], self.larger])]
        order = self.criterion.order
        pairs = [(worse, better) for at, better in enumerate(order) for worse in order[at + 1 :]]
        return s.some(s.every([cases[0].get(worse, False), cases[1].get(better, False)]) for worse, better in pairs)

    def _label(self, values: Sequence[s.Real]) -> Mapping[str, s.Bool]:
        given = {(self.name, Place("step", step)): y.point(value, least=True) for step, value in enumerate(values)}
        walk: Walk[Any, Any] = Walk(self.criterion, Symbols(self.unseen, given))
        found: Mapping[str, s.Bool] = walk.decision("class", self.place).label.cases
        return found

    def _exact(self) -> list[s.Bool]:
        return [s.equal(area, s.times(one, other)) for one, other, area in self.unseen.products]

    def _ordered(self) -> list[s.Bool]:
        return [*(s.reaches(value, s.ZERO) for value in self.series), s.reaches(self.larger, self.series[-1])]

    def _shown(self) -> Rising:
        """Return the two values and a line for the examples, after both have been evaluated."""
        values = [self._round(value) for value in (*self.series, self.larger)]
        example = Sketch(self.unseen, self.solver).example()
        factor = self.criterion.steps.shown.get(self.name, ("", Fraction(1)))[1]
        *before, small, large = [written(value / factor) for value in values]
        cases = [{**example, self.name: [*before, one]} for one in (small, large)]
        worse, better = (self._class(case) for case in cases)
        order = self.criterion.order
        if worse not in order or better not in order or order.index(better) >= order.index(worse):
            raise Unconvincing(str(cases))
        what = f"{self.name} {large} gives `{better}` where {small} gives `{worse}`"
        return Rising(what, spoken({**cases[1], "class": better}))

    def _round(self, value: s.Real) -> Fraction:
        """Return a round value near by that still refutes the claim; it is kept."""
        now = self.solver.number(value)
        fitting = (one for one in (*rounded(now, GRAINS), now) if self.solver.tries(s.equal(value, one)) == "possible")
        one = next(fitting, now)
        self.solver.keep(s.equal(value, one))
        self.solver.ask()
        return one

    def _class(self, example: Mapping[str, Any]) -> str:
        case = case_of(self.criterion, example, self.tables)
        walk: Walk[Any, Any] = Walk(self.criterion, Exact(case.frame, 0, case.exact))
        return str(walk.decision("class", self.place).label)
