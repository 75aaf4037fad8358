"""Questions about every course that can exist, up to a bound: answered by a solver, and every answer "yes" replayed.

A question is asked of walks and built from the operations of their algebra, so that the same question can be asked of
the symbols and of a patient. What the solver finds becomes an example; the example is evaluated in the exact algebra
and must show there what was asked, otherwise something is wrong with this program and it stops.

Two criteria that differ in one class: can the base say stable where the variant says minor? The solver finds a course
with sizes of 7/3 and 1.7; rounding gives 40 and 28; the exact algebra says SD and MR of it; that is the witness.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.algebra import Symbols
from criterium.evaluate.symbols.unseen import Key, Shape, Unseen
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.lowering.used import tables_of
from criterium.language.tables import Table, stepping
from criterium.language.uses import below
from criterium.verify.examples.cases import case_of
from criterium.verify.proofs.vocabulary import vocabulary
from criterium.verify.proofs.witness import Sketch, written_down

Walks = Sequence[Walk[Any, Any]]
Question = Callable[[Walks], Any]
OfStep = Callable[[Walks, Place], Any]
Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a proof reaches: the most steps that get a class, members of the first kind, and rows beside each step.

    `members` counts those of the first word of the column that names their kinds; of the other kinds there is one.
    A question may take `effort` million operations of the solver, some five a second.
    """

    steps: int = 5
    members: int = 2
    rows: int = 1
    effort: float = 25.0


@dataclass(frozen=True, slots=True)
class Impossible:
    """No course up to the bound is like that."""

    bound: Bound


@dataclass(frozen=True, slots=True)
class Witness:
    """A course that is like that, as an example of a criterion's file, with its number of steps that get a class."""

    example: Mapping[str, Any]
    steps: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """The solver could not tell, or found nothing in decimals; `steps` is the smallest number of steps for which."""

    bound: Bound
    steps: int

    def __str__(self) -> str:
        length = f"{self.steps} step" + ("s" if self.steps > 1 else "")
        limit = f"{self.bound.effort:g} million operations of the solver"
        return f"no answer in decimals for a course of {length} within {limit}"


Answer = Impossible | Witness | Undecided


class Unconvincing(Exception):
    """What the solver found does not show in the exact algebra: a fault of this program."""


@dataclass
class World:
    """All courses up to a bound, on which criteria of the same steps are walked."""

    criteria: Sequence[t.Criterion]
    tables: Tables
    bound: Bound = field(default_factory=Bound)
    _lengths: dict[int, _Length] = field(default_factory=dict)

    def ever(self, question: OfStep) -> Answer:
        """Return the smallest course with a step of which the question is true, or that there is none up to the bound.

        What no step of the longest courses shows, at once, no step of a shorter one does.
        """
        if self.length(self.bound.steps).excludes(lambda walks: _any(question, walks, walks[0].step_places())):
            return Impossible(self.bound)
        return self.possible(self.at_a_step(question))

    def at_a_step(self, question: OfStep) -> Question:
        """Return the question whether something is true of a step, asked of as few steps as tell it of every step.

        What is known of a step does not depend on later ones, so that the last step of a shorter course shows it; a
        stage looks ahead, so that any step may be the one.
        """
        first = 0 if any(one.stages for one in self.criteria) else -1
        return lambda walks: _any(question, walks, walks[0].step_places()[first:])

    def possible(self, question: Question) -> Answer:
        """Return the smallest course of which the question is true, or that there is none up to the bound."""
        open_ = 0
        for steps in self.lengths():
            found = self.length(steps).ask(question)
            if isinstance(found, Mapping):
                return Witness(found, steps)
            open_ = open_ or (steps if found == "open" else 0)
        return Undecided(self.bound, open_) if open_ else Impossible(self.bound)

    def lengths(self) -> range:
        """Return the numbers of steps that are looked at: none for criteria that have no steps."""
        return range(1, self.bound.steps + 1) if self.criteria[0].of else range(1)

    def length(self, steps: int) -> _Length:
        """Return the courses with a number of steps that get a class."""
        if steps not in self._lengths:
            self._lengths[steps] = _Length(self.criteria, self.tables, self.bound, steps)
        return self._lengths[steps]


def _any(question: OfStep, walks: Walks, places: Sequence[Place]) -> Any:
    """Return whether a question is true of any of some places."""
    algebra = walks[0].algebra
    return reduce(algebra.either, [question(walks, place) for place in places], algebra.truth("false"))


class _Length:
    """All courses with one number of steps."""

    def __init__(self, criteria: Sequence[t.Criterion], tables: Tables, bound: Bound, steps: int) -> None:
        self.criteria = criteria
        self.tables = {**tables, **{name: table for one in criteria for name, table in tables_of(one.uses).items()}}
        self.unseen = Unseen(shape_of(criteria, self.tables, bound, steps))
        self.walks = [Walk(one, Symbols(self.unseen)) for one in criteria]
        self._loose, self._tight = s.Solver(bound.effort), s.Solver(bound.effort)
        self._told = [0, 0]
        self._barred: set[Key] = set()
        self._looked: list[t.Collection] = []

    def ask(self, question: Question) -> Mapping[str, Any] | s.Found:
        """Return an example of which the question is true; "impossible" or "open" if there is none."""
        found = self.find([question])
        return found if isinstance(found, str) else found[1]

    def find(self, questions: Sequence[Question]) -> tuple[int, Mapping[str, Any]] | s.Found:
        """Return the number of a question with an example of which it is true; "impossible" or "open" without one."""
        wanted = [question(self.walks).must for question in questions]
        self._tell()
        even = self._even()
        found = self._loose.ask(s.some(wanted), *even)
        if found == "possible":
            return self._shown(questions, wanted, self._loose, even)
        if even and self._loose.tries(s.some(wanted)) != "impossible":
            found = self._tight.ask(s.some(wanted))
            return self._shown(questions, wanted, self._tight, []) if found == "possible" else found
        return "impossible" if even else found

    def excludes(self, question: Question) -> bool:
        """Say whether it is plain at once that no course is like that, whatever a product may be."""
        wanted = question(self.walks).must
        self._tell()
        return self._loose.tries(wanted) == "impossible"

    def _shown(
        self, questions: Sequence[Question], wanted: Sequence[s.Bool], solver: s.Solver, even: Sequence[s.Bool]
    ) -> tuple[int, Mapping[str, Any]] | s.Found:
        """Return the number of a question that is true of the course that a solver has found, and that course.

        "open" if there is no such course that can be written down.
        """
        at = next(at for at, one in enumerate(wanted) if solver.holds(one))
        example = self._example(questions[at], solver, [wanted[at], *even])
        return "open" if example is None else (at, example)

    def _tell(self) -> None:
        """Give the solvers the rules that have been added since the last question."""
        self._bar_steps()
        unseen, (rules, products) = self.unseen, self._told
        exact = [s.equal(area, s.times(one, other)) for one, other, area in unseen.products[products:]]
        for rule in unseen.rules[rules:]:
            self._loose.keep(rule)
        for rule in [*unseen.rules[rules:], *exact]:
            self._tight.keep(rule)
        self._told = [len(unseen.rules), len(unseen.products)]

    def _bar_steps(self) -> None:
        """Rule out rows after the last step that would be a step themselves."""
        for walk in self.walks:
            self._bar_members(walk)
            for over in walk.criterion.also:
                place = Place("row", -1, over.table)
                for key, here in zip(self.unseen.rows_at(place), walk.among(over, place), strict=True):
                    if key.step < 0 and key not in self._barred:
                        self._barred.add(key)
                        self.unseen.rules.append(s.negate(here.must))

    def _bar_members(self, walk: Walk[Any, Any]) -> None:
        """Rule out members that the criterion does not look at, and two members of one series."""
        only = walk.criterion.only
        if only is None or only.where_ is None or only in self._looked:
            return
        self._looked.append(only)
        for step in range(self.unseen.shape.steps):
            for row, truth in enumerate(walk.holds(only.where_, Place("row", step))):
                self.unseen.rules.append(s.some([s.negate(self.unseen.present(row, step)), truth.must]))

    def _even(self) -> list[s.Bool]:
        """Return that the second factor of each product is ten, or both are zero: no product is left to solve."""

        def plain(one: s.Real, other: s.Real, area: s.Real) -> s.Bool:
            gone = [s.equal(value, s.ZERO) for value in (one, other, area)]
            ten = [s.equal(other, s.TEN), s.equal(area, s.times(s.TEN, one))]
            return s.some([s.every(ten), s.every(gone)])

        return [plain(*product) for product in self.unseen.products]

    def _example(self, question: Question, solver: s.Solver, terms: Sequence[s.Bool]) -> Mapping[str, Any] | None:
        sketch = Sketch(self.unseen, solver, _usual(self.criteria))
        example = written_down(self.unseen, solver, terms, sketch.example)
        if example is None:
            return None
        used = self.tables.keys() & {name for one in self.criteria for name in one.uses}
        example = {**example, **{name: [] for name in used if name not in example}}
        walks = []
        for criterion in self.criteria:
            case = case_of(criterion, example, self.tables)
            walks.append(Walk(criterion, Exact(case.frame, 0, case.exact)))
        steps = [len(walk.step_places()) for walk in (*walks, *self.walks)]
        if len(set(steps)) > 1 or not question(walks).must:
            raise Unconvincing(str(example))
        return example


def shape_of(criteria: Sequence[t.Criterion], tables: Tables, bound: Bound, steps: int) -> Shape:
    """Return the shape of all courses of so many steps that get a class."""
    first = criteria[0]
    tables = stepping(tables, first.of, first.each)
    of = tables[first.of] if first.of else None
    opening = 1 if of is not None and of.member else 0
    rows = bound.rows if of is not None else max(bound.rows, 3)
    words = vocabulary(criteria, tables, bound.members + len(_kinds(of)[1]))
    return Shape(steps + opening, opening, of, _members(of, bound, words), rows, tables, words, _dated(criteria))


def _dated(criteria: Sequence[t.Criterion]) -> frozenset[str]:
    """Return the tables beside the steps of whose rows a criterion asks for the date."""
    found = set()
    for node in (one for criterion in criteria for one in below(criterion)):
        over = getattr(node, "over", None)
        if isinstance(over, t.Collection) and over.own == "rows" and any(map(_is_date, below(node))):
            found.add(over.table)
    return frozenset(found)


def _is_date(node: t.Node) -> bool:
    return isinstance(node, t.Field) and node.name == "date" and node.level == "row"


def _members(
    of: Table | None, bound: Bound, words: Callable[[str, str], tuple[str, ...]]
) -> tuple[Mapping[str, str], ...]:
    """Return the fixed words of the members: some of the first kind, one of each other; of series one each."""
    if of is None or not of.member:
        return ()
    if of.member == of.series:
        return tuple({of.series: word} for word in words(of.name, of.series))
    name, kinds = _kinds(of)
    if not kinds:
        return ({},) * bound.members
    return tuple({name: word} for at, word in enumerate(kinds) for _ in range(1 if at else bound.members))


def _kinds(of: Table | None) -> tuple[str, tuple[str, ...]]:
    """Return the column that names the kinds of members, and its words; nothing where there is none."""
    named = [(column.name, column.values) for column in of.columns.values() if column.adjective] if of else []
    return named[0] if named else ("", ())


def _usual(criteria: Sequence[t.Criterion]) -> dict[str, set[Fraction]]:
    """Return the values of the parameters of criteria by their dimension."""
    found: dict[str, set[Fraction]] = {}
    for setting in (one for criterion in criteria for one in criterion.parameters.values()):
        if isinstance(setting.value, Fraction):
            found.setdefault(setting.kind.dimension, set()).add(setting.value)
    return found
