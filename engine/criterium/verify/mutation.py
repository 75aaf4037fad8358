"""Which changes of a criterion its examples notice: mutants are tried by the exact algebra until one example objects.

The examples are set up and walked once. A mutant is walked again only where it can matter: by examples that have asked
for what is changed, and in the nodes that depend on it; all other values are those of the first walk. An example that
sets a parameter itself says nothing of the parameter's own value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.document import Document
from criterium.language.tables import Table
from criterium.verify.cases import EXPECTED, Case, case_of
from criterium.verify.examples import answer, as_expected, said_by
from criterium.verify.mutants import Mutant, mutants
from criterium.verify.mutation_graph import Graph
from criterium.verify.mutation_results import Results
from criterium.verify.settings import with_settings

Memo = dict[tuple[int, Place], Any]


class Trial(Protocol):
    """A criterion on trial: its mutants, and whether an example comes out differently under one of them."""

    mutants: Sequence[Mutant]

    def notices(self, mutant: Mutant) -> bool:
        """Say whether some example comes out differently."""


def trial(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Trial:
    """Return the trial of a criterion whose examples all hold, each set up once."""
    graph = Graph(criterion)
    if criterion.branches:
        return Results(graph, mutants(graph), document)
    return _Courses(graph, mutants(graph), tuple(_examples(criterion, document, tables)))


@dataclass(frozen=True, slots=True)
class _Example:
    """An example that was walked: its case, the parameters it sets, what it expects, all values, where nodes were."""

    case: Case
    settings: Mapping[str, t.Setting]
    expects: Mapping[str, Any]
    memo: Memo
    asked: Mapping[int, Sequence[Place]]


def _examples(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Iterator[_Example]:
    for at, example in enumerate(criterion.examples):
        given: Any = example.get("set", {})
        changed = with_settings(criterion, given, document, ("examples", at, "set"))
        case = case_of(changed, example, tables)
        expects = {key: one for key, one in example.items() if key in EXPECTED or key in criterion.steps.ladders}
        walk: Walk[Any, Any] = Walk(changed, Exact(case.frame, 0, case.exact))
        said_by(walk, expects)
        asked: dict[int, list[Place]] = {}
        for number, place in walk.memo:
            asked.setdefault(number, []).append(place)
        yield _Example(case, {name: changed.parameters[name] for name in given}, expects, walk.memo, asked)


@dataclass(frozen=True, slots=True)
class _Changed:
    """A mutant made: the criterion, its new nodes by the identity of the old, and what has to be computed anew.

    `reads` are the changed nodes that have a value; `frontier` the conditions and ladders that stand between them and
    every answer, None if there is a way round.
    """

    criterion: t.Criterion
    made: Mapping[int, Any]
    reads: frozenset[int]
    frontier: frozenset[int] | None
    stale: frozenset[int]


@dataclass
class _Courses:
    """The trial of a criterion with courses."""

    graph: Graph
    mutants: Sequence[Mutant]
    examples: Sequence[_Example]

    def notices(self, mutant: Mutant) -> bool:
        """Say whether some example comes out differently."""
        changed = self.changed(mutant)
        return any(self.objects(one, changed) for one in self.examples if not changed.reads.isdisjoint(one.asked))

    def changed(self, mutant: Mutant) -> _Changed:
        """Return a mutant made; other classes that end a course are read by the patterns."""
        start = set(mutant.change) or {number for number, node in self.graph.nodes.items() if isinstance(node, t.Seen)}
        criterion, made = self.graph.rewritten(mutant.change)
        if mutant.until is not None:
            criterion = replace(criterion, until=mutant.until)
        stale = self.graph.above(start, self.graph.uses)
        return _Changed(criterion, made, self.graph.readers(start), self.graph.frontier(start), stale)

    def objects(self, example: _Example, changed: _Changed) -> bool:
        """Say whether an example comes out differently under a changed criterion."""
        criterion = replace(changed.criterion, parameters={**changed.criterion.parameters, **example.settings})
        memo = _Kept(example.memo, changed.stale, self.graph.nodes)
        walk: Walk[Any, Any] = Walk(criterion, Exact(example.case.frame, 0, example.case.exact), memo)
        if changed.frontier is not None and not any(
            self.differs(one, walk, example, changed) for one in changed.frontier
        ):
            return False
        said = said_by(walk, example.expects)
        return any(not as_expected(wanted, answer(key, said, wanted)) for key, wanted in example.expects.items())

    def differs(self, number: int, walk: Walk[Any, Any], example: _Example, changed: _Changed) -> bool:
        """Say whether a condition or ladder may matter anywhere: it has another value, or one that is not certain.

        If it does not, nothing that reads it comes out differently. What is unknown may be looked at case by case.
        """
        new = changed.made.get(number, self.graph.nodes[number])
        ladder = isinstance(new, t.Ladder)
        for place in example.asked.get(number, ()):
            old = example.memo[number, place]
            if ladder and walk.climb(new, place).label != old.label:
                return True
            if not ladder and (walk.holds(new, place) != old or not _certain(old)):
                return True
        return False


def _certain(truth: Any) -> bool:
    return all(_certain(one) for one in truth) if isinstance(truth, list) else truth.must == truth.may


class _Kept(Memo):
    """What a walk has computed, on top of what an earlier one had for the nodes that are not stale."""

    def __init__(self, earlier: Memo, stale: frozenset[int], nodes: Mapping[int, t.Node]) -> None:
        super().__init__()
        self._earlier, self._stale, self._nodes = earlier, stale, nodes

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (key in self._earlier and self._fresh(key))

    def __missing__(self, key: tuple[int, Place]) -> Any:
        return self._earlier[key]

    def _fresh(self, key: Any) -> bool:
        return key[0] in self._nodes and key[0] not in self._stale


__all__ = ["Trial", "trial"]
