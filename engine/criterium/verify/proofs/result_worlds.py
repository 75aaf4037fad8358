"""Questions about every single result that can exist: what is asked of courses in `worlds`, asked of one row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from criterium.evaluate.algebra import Decision, Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.algebra import Symbols
from criterium.evaluate.symbols.symbolic import MISSING
from criterium.evaluate.symbols.unseen import Shape, Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.lowering.derived import NOT_GIVEN
from criterium.verify.examples.results import one_result
from criterium.verify.proofs.opaque import Given, has_power, opaque
from criterium.verify.proofs.vocabulary import vocabulary
from criterium.verify.proofs.witness import Sketch, written_down
from criterium.verify.proofs.worlds import Answer, Bound, Impossible, Question, Tables, Unconvincing, Undecided, Witness

RESULT = Place("step", 0)


@dataclass
class ResultWorld:
    """All results that one branch of each criterion can be asked about, in one unit, as if each were the only one.

    Of columns and parameters that are `given`, by name and place, something is known that is not known of the others.
    What a branch computes with a power is a column of its own (`opaque`); a limit of what is computed nobody knows.
    """

    pairs: Sequence[tuple[t.Criterion, t.Branch]]
    tables: Tables
    bound: Bound = field(default_factory=Bound)
    given: Given = field(default_factory=dict)

    def __post_init__(self) -> None:
        branches, self._columns = opaque([branch for _, branch in self.pairs], RESULT)
        self.pairs = [(criterion, branch) for (criterion, _), branch in zip(self.pairs, branches, strict=True)]
        self._known = not any(map(has_power, branches))

    @cached_property
    def unseen(self) -> Unseen:
        """The variables of a result: its value, its limits, those at baseline, and the flags beside it."""
        criteria = [criterion for criterion, _ in self.pairs]
        of = self.tables[criteria[0].of or ""]
        return Unseen(Shape(1, 0, of, (), 0, self.tables, vocabulary(criteria, self.tables)))

    @cached_property
    def walks(self) -> list[Walk[Any, Any]]:
        """The walk of each criterion over the symbols."""
        given = {**self.given, **self._columns, (NOT_GIVEN, RESULT): MISSING}
        return [Walk(criterion, Symbols(self.unseen, given)) for criterion, _ in self.pairs]

    def decisions(self) -> list[Decision]:
        """Return what the branch of each criterion gives."""
        ladders = [branch.ladder for _, branch in self.pairs]
        return [walk.climb(ladder, RESULT) for walk, ladder in zip(self.walks, ladders, strict=True) if ladder]

    def never(self, wanted: s.Bool) -> bool:
        """Say whether it is proved that no result has what is wanted."""
        return self._known and self._solver(wanted).ask() == "impossible"

    def possible(self, question: Question) -> Answer:
        """Return a result of which the question is true, as an example with term and unit, or that there is none."""
        solver = self._solver(question(self.walks).must)
        found = solver.ask()
        if found != "possible" or self._columns or not self._known:
            return Impossible(self.bound) if found == "impossible" and self._known else Undecided(self.bound, 1)
        branch = self.pairs[0][1]
        sketch = Sketch(self.unseen, solver)
        written = written_down(self.unseen, solver, (), lambda: sketch.result(branch.unit))
        if written is None:
            return Undecided(self.bound, 1)
        example = {"term": branch.id, **written}
        frame = one_result(example, Fraction(1))
        if not question([Walk(criterion, Exact(frame, 0)) for criterion, _ in self.pairs]).must:
            raise Unconvincing(str(example))
        return Witness(example, 1)

    def _solver(self, wanted: s.Bool) -> s.Solver:
        solver = s.Solver(self.bound.effort)
        for rule in (*self.unseen.rules, *self._limits(), wanted):
            solver.keep(rule)
        return solver

    def _limits(self) -> Iterator[s.Bool]:
        """Yield that limits of normal are above zero, the lower below the upper, and none without a result."""
        numbers = {key.column: one for key, one in self.unseen.numbers.items()}
        for before in ("", "baseline "):
            limits = [numbers[f"{before}{name}"] for name in ("lln", "uln") if f"{before}{name}" in numbers]
            for value, known in limits:
                yield s.above(value, s.ZERO)
                yield s.some([s.negate(known), numbers.get(f"{before}value", limits[0])[1]])
            if len(limits) > 1:
                yield s.above(limits[1][0], limits[0][0])


def branch_world(criterion: t.Criterion, branch: t.Branch, tables: Tables, bound: Bound | None = None) -> ResultWorld:
    """Return all results that one branch of a criterion can be asked about."""
    return ResultWorld([(criterion, branch)], tables, bound or Bound())
