"""Whether a criterion is monotone in a measure: a larger value never gives a better class, all else being the same.

Two walks share one unseen course. The measure is given by name: the same numbers at every step but one, and there a
smaller one to the first walk and one at least as large to the second. The solver looks for a better class of that step
under the second. The step is the last one, since none depends on a later one; a stage looks ahead, so that with stages
it is any. What the solver finds becomes two examples, which must show it in the exact algebra.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.algebra import Symbols
from criterium.evaluate.symbols.unseen import Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.verify.examples.cases import case_of
from criterium.verify.examples.trials import said_by, stated
from criterium.verify.proofs.plain import GRAINS, smallest
from criterium.verify.proofs.witness import Sketch, spoken, written
from criterium.verify.proofs.worlds import Bound, Unconvincing, shape_of

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
    """Return two values of a measure of which the larger gives the better class; None if that is proved impossible.

    As no class depends on later steps, one look at the longest courses, at all of their steps, may rule it out.
    """
    if not criterion.stages and _Pair(criterion, name, tables, bound, bound.steps).excluded():
        return None
    for steps in range(1, bound.steps + 1):
        pair = _Pair(criterion, name, tables, bound, steps)
        for place in reversed(pair.places if criterion.stages else pair.places[-1:]):
            found = pair.found(place)
            if found is not None:
                return found
    return None


class _Measured(Unseen):
    """An unseen course whose measure is given at the baseline, which is therefore there."""

    def has_baseline(self) -> s.Bool:
        return True


class _Pair:
    """Two courses of one length that differ in the value of a measure at one step."""

    def __init__(self, criterion: t.Criterion, name: str, tables: Tables, bound: Bound, steps: int) -> None:
        self.criterion, self.name, self.tables, self.steps = criterion, name, tables, steps
        self.unseen = _Measured(shape_of([criterion], tables, bound, steps))
        self.series = [s.number(f"{name} {step}") for step in range(self.unseen.shape.steps)]
        self.larger = s.number(f"larger {name}")
        self.solver = s.Solver(bound.effort)
        self.plain: Walk[Any, Any] = self._walk(self.series, {})
        self.places = self.plain.step_places()

    def excluded(self) -> bool:
        """Say whether it is plain that no step can differ like that."""
        return self._answer(s.some([self._better(place) for place in self.places])) == "impossible"

    def found(self, place: Place) -> Rising | Open | None:
        """Return what refutes the claim at a step."""
        better = self._better(place)
        with self.solver.supposing(()):
            answer = self._answer(better)
            if answer == "open":
                return Open(self.steps)
            return self._shown(place) if answer == "possible" else None

    def _answer(self, better: s.Bool) -> s.Found:
        """Return whether one class can stand before the other; what shows it is kept.

        What the signs of products alone rule out is ruled out; only then are the products themselves looked at.
        """
        for rule in (*self.unseen.rules, *self._sizes()):
            self.solver.keep(rule)
        answer = self.solver.ask(better)  # to keep it first took a hundred times as long
        if answer == "possible" and self.unseen.products:
            for rule in self._exact():
                self.solver.keep(rule)
            answer = self.solver.ask(better)
        self.solver.keep(better)
        return answer

    def _better(self, place: Place) -> s.Bool:
        """Return whether the class of the larger value at a step stands before that of the smaller one."""
        values = [self.larger if step == place.step else value for step, value in enumerate(self.series)]
        kept = self.plain.memo if not self.criterion.stages else {}
        before = {key: found for key, found in kept.items() if 0 <= key[1].step < place.step}
        walks, final = (self.plain, self._walk(values, before)), self.criterion.final
        cases = [walk.decision(final, place).label.cases for walk in walks]
        order = self.criterion.order
        pairs = [(worse, better) for at, better in enumerate(order) for worse in order[at + 1 :]]
        turned = [s.every([cases[0].get(worse, False), cases[1].get(better, False)]) for worse, better in pairs]
        return s.every([s.reaches(self.larger, self.series[place.step]), s.some(turned)])

    def _walk(self, values: Sequence[s.Real], before: dict[tuple[int, Place], Any]) -> Walk[Any, Any]:
        """Return a walk with the measure given; `before` is what another has found at steps that are the same."""
        given = {(self.name, Place("step", step)): y.point(value, least=True) for step, value in enumerate(values)}
        return Walk(self.criterion, Symbols(self.unseen, given), before)

    def _exact(self) -> list[s.Bool]:
        return [s.equal(area, s.times(one, other)) for one, other, area in self.unseen.products]

    def _sizes(self) -> list[s.Bool]:
        return [s.reaches(value, s.ZERO) for value in self.series]

    def _shown(self, place: Place) -> Rising:
        """Return the two values and a line for the examples, after both have been evaluated."""
        values = [self._round(value) for value in (*self.series, self.larger)]
        example = Sketch(self.unseen, self.solver).example()
        factor = self.criterion.steps.shown.get(self.name, ("", Fraction(1)))[1]
        *series, large = [written(value / factor) for value in values]
        at = place.step
        cases = [{**example, self.name: one} for one in (series, [*series[:at], large, *series[at + 1 :]])]
        given = [self._classes(case) for case in cases]
        worse, better = (labels[at - self.unseen.shape.opening] for labels in given)
        order = self.criterion.order
        if worse not in order or better not in order or order.index(better) >= order.index(worse):
            raise Unconvincing(str(cases))
        what = f"{self.name} {large} gives `{better}` where {series[at]} gives `{worse}`"
        return Rising(what, spoken({**cases[1], **stated(self.criterion.final, given[1])}))

    def _round(self, value: s.Real) -> Fraction:
        """Return a small round value that still refutes the claim; it is kept."""
        small = smallest(self.solver, value, GRAINS)
        fitting = (one for one in small if self.solver.tries(s.equal(value, one)) == "possible")
        one = next(fitting, self.solver.number(value))
        self.solver.keep(s.equal(value, one))
        self.solver.ask()
        return one

    def _classes(self, example: Mapping[str, Any]) -> list[str]:
        case = case_of(self.criterion, example, self.tables)
        final = self.criterion.final
        found: list[str] = said_by(Walk(self.criterion, Exact(case.frame, 0, case.exact)), (final,))[final]
        return found
