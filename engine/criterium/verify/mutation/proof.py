"""Whether a change of a branch is proved to be none: the solver finds no result that is judged otherwise.

A bound that the rung above has settled already, or a cut that another one implies, is the common case. Every reading of
the parameters is looked at, and anything of a result may be missing. What is computed with a power can be any number,
or lie between any two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols import symbolic as y
from criterium.evaluate.symbols.solver import anew
from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.verify.mutation.graph import Graph, rebuilt
from criterium.verify.mutation.mutants import Mutant
from criterium.verify.proofs.opaque import Given
from criterium.verify.proofs.result_worlds import ResultWorld

Tables = Mapping[str, Table]


def proved_alike(graph: Graph, mutant: Mutant, tables: Tables) -> bool:
    """Return whether no result is judged otherwise under a change of branches; False where that is not proved."""
    if any(isinstance(graph.nodes[number], t.Setting) for number in mutant.change):
        return False
    before, (after, _) = graph.criterion, graph.rewritten(mutant.change)
    with anew():
        return all(
            _alike(replace(before, branches=(one,)), replace(after, branches=(other,)), tables)
            for one, other in _affected(graph, mutant)
        )


def _affected(graph: Graph, mutant: Mutant) -> Iterator[tuple[t.Branch, t.Branch]]:
    """Yield each branch that a change bears on, as it was and as it is then."""
    within = graph.above(mutant.change, graph.holds)
    affected = graph.above(mutant.change, graph.uses)
    for one in graph.criterion.branches:
        if id(one) in affected:
            yield one, replace(one, ladder=rebuilt(one.ladder, dict(mutant.change), within))


def _alike(before: t.Criterion, after: t.Criterion, tables: Tables) -> bool:
    """Say whether the same classes are possible by the one branch of two criteria, whatever the result."""
    pairs = [(one, branch) for one in (before, after) for branch in one.branches]
    world = ResultWorld(pairs, tables, given=_readings(before))
    one, other = (decision.possible for decision in world.decisions())
    differs = (s.negate(s.alike(one.get(label, False), other.get(label, False))) for label in {*one, *other})
    return world.never(s.some(differs))


def _readings(criterion: t.Criterion) -> Given:
    """Return each parameter of words as any of them."""
    words = {one.name: one.kind.words for one in criterion.parameters.values() if one.kind.words}
    return {(name, COURSE): y.any_of(name, those) for name, those in words.items()}
