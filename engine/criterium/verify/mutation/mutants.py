"""The mutants of a criterion: every small change of what it says, each with a sentence that names it.

Mutants are made on the tree, so that each is well formed. Only what bears on an answer is changed: a measure that is
shown and decides nothing has no mutants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from criterium.language import tree as t
from criterium.language.lowering.circles import refuse_circles
from criterium.language.problems import Where
from criterium.verify.mutation.changes import changes, let_in, never, of_setting, without
from criterium.verify.mutation.graph import Graph, children, rebuilt
from criterium.verify.mutation.same import same
from criterium.verify.mutation.times import occurrences, reordered

Replaced = Mapping[int, object]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of a criterion: what it `says` in words, the place, and the objects by the identity of those replaced.

    `until` are the classes that end a course, if these are what is changed.
    """

    says: str
    where: Where
    change: Replaced
    until: tuple[str, ...] | None = None

    @property
    def about(self) -> str:
        """The words that a declaration repeats: what is changed, in plain letters."""
        return self.says.replace("`", "")


def mutants(graph: Graph) -> list[Mutant]:
    """Return the mutants of a criterion, in the order of the tree; an overlay has those of its own lines only."""
    criterion = graph.criterion
    making = _Making(graph)
    here = [one for one in making.all() if one.where.file == criterion.where.file]
    own = [one for one in here if not making.is_circular(one) and not making.is_same(one)]
    seen: dict[str, int] = {}
    numbered = []
    for one in own:
        seen[one.says] = seen.get(one.says, 0) + 1
        count = seen[one.says]
        numbered.append(replace(one, says=f"{one.says} ({count})") if count > 1 else one)
    return numbered


@dataclass
class _Making:
    """Makes the mutants of one criterion; a node that stands at several places is changed at all of them at once."""

    graph: Graph
    done: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.criterion = self.graph.criterion
        self.reached = self.graph.reached()

    def is_same(self, mutant: Mutant) -> bool:
        """Say whether the condition or ladder around a change is proved to answer as before."""
        edges = self.graph.holds
        for number in self.graph.above(mutant.change, edges):
            node = self.graph.nodes[number]
            if not edges.get(number) and isinstance(node, (t.Condition, t.Ladder)):
                touched = self.graph.above(mutant.change, edges)
                return same(node, rebuilt(node, dict(mutant.change), touched))
        return False

    def is_circular(self, mutant: Mutant) -> bool:
        """Say whether something would read itself at the same step, because it looks at another step than before."""
        if not any(isinstance(new, (t.Reference, t.Adjacent)) for new in mutant.change.values()):
            return False
        made, _ = self.graph.rewritten(mutant.change)
        return bool(list(refuse_circles((made.steps, made.course), made.members)))

    def all(self) -> Iterator[Mutant]:
        criterion = self.criterion
        for one in criterion.parameters.values():
            if id(one) in self.reached:
                yield from (Mutant(new.says, one.where, {id(one): new.new}) for new in of_setting(one))
        yield from self.named(criterion.members)
        yield from self.named(criterion.chosen)
        for layer in (criterion.steps, criterion.course):
            yield from self.named(layer.measures)
            yield from self.named(layer.conditions)
            suffix = " of the course" if layer is criterion.course and criterion.steps.ladders else ""
            for name, ladder in layer.ladders.items():
                yield from self.ladder(ladder, f" of {name}" if name != "class" else suffix)
                yield from self.unknown(ladder, f" of {name}" if name != "class" else suffix)
        yield from self.ends()
        for branch in criterion.branches:
            yield from self.branch(branch)
        if criterion.time is not None:
            yield from self.time(criterion.time)

    def named(self, bodies: Mapping[str, Any]) -> Iterator[Mutant]:
        for name, body in bodies.items():
            if id(body) in self.reached:
                yield from self.below(body, None, f"`{name}`")

    def below(self, node: t.Node, above: t.Node | None, place: str) -> Iterator[Mutant]:
        """Yield the mutants of a node and of all that it holds."""
        if id(node) in self.done:
            return
        self.done.add(id(node))
        for one in (*changes(node, above), *let_in(node, self.criterion.order, self.criterion.until)):
            yield Mutant(one.says.format(place=place), node.where, {id(node): one.new})
        for child in children(node):
            yield from self.below(child, node, place)

    # --- ladders ----------------------------------------------------------------------------------------------------
    def ladder(self, ladder: t.Ladder, of: str) -> Iterator[Mutant]:
        """Yield the mutants of a ladder: a rung left out, two neighbours in the other order, what each rung asks."""
        own = [at for at, one in enumerate(ladder.clauses) if one.where != ladder.where]
        for at in own if len(ladder.clauses) > 1 else ():
            rest = replace(ladder, clauses=without(ladder.clauses, at))
            yield Mutant(f"{_place(ladder, at, of)} is left out", ladder.clauses[at].where, {id(ladder): rest})
        for at, after in pairwise(own):
            if after == at + 1 and _order_matters(*ladder.clauses[at : after + 1]):
                yield self.swapped(ladder, at, of)
        for at in own:
            clause = ladder.clauses[at]
            yield from self.below(clause.when, None, _place(ladder, at, of))

    def swapped(self, ladder: t.Ladder, at: int, of: str) -> Mutant:
        one, other = ladder.clauses[at : at + 2]
        order = (*ladder.clauses[:at], other, one, *ladder.clauses[at + 2 :])
        says = f"{_place(ladder, at + 1, of)} is asked before {_place(ladder, at, of)}"
        where = other.where if other.where.file == self.criterion.where.file else one.where
        return Mutant(says, where, {id(ladder): replace(ladder, clauses=order)})

    def unknown(self, ladder: t.Ladder, of: str) -> Iterator[Mutant]:
        """Yield the ladder that gives one of its classes where the answer cannot be told."""
        labels = [one.label for one in reversed(ladder.clauses) if one.label != ladder.unknown]
        if labels:
            says = f"{ladder.unknown}{of}, where the answer cannot be told, is {labels[0]}"
            yield Mutant(says, ladder.clauses[0].where, {id(ladder): replace(ladder, unknown=labels[0])})

    def ends(self) -> Iterator[Mutant]:
        """Yield the criterion with one class fewer that ends a course."""
        until, ladder = self.criterion.until, self.criterion.course.ladders.get("class")
        if ladder is None:
            return
        for at, word in enumerate(until):
            yield Mutant(f"{word} does not end the course", ladder.clauses[0].where, {}, without(until, at))

    # --- branches ---------------------------------------------------------------------------------------------------
    def branch(self, branch: t.Branch) -> Iterator[Mutant]:
        """Yield the mutants of one column of cut points; what the policies of the file add to it is not its own."""
        if branch.ladder is not None:
            yield from self.ladder(branch.ladder, f" of {branch.id} in {branch.unit}")

    # --- times ------------------------------------------------------------------------------------------------------
    def time(self, time: t.Time) -> Iterator[Mutant]:
        """Yield the mutants of a time to an event: a line left out, or in another place, its date and its condition."""
        yield from self.below(time.anchor, None, "the start of the time")
        for one in occurrences(time):
            gone = {id(one.when): never(one.when)}
            yield Mutant(f"{one.name} is left out", one.where, gone)
        for says, where, change in reordered(time):
            yield Mutant(says, where, change)
        for one in occurrences(time):
            yield from self.below(one.when, None, one.name)
            yield from self.below(one.at, None, f"the date of {one.name}")


def _place(ladder: t.Ladder, at: int, of: str) -> str:
    """Return what a rung is called: its class, with its condition where the class stands twice."""
    clause = ladder.clauses[at]
    alone = sum(one.label == clause.label for one in ladder.clauses) == 1
    return f"{clause.label}{of}" if alone else f"{clause.label}{of} (when {clause.text})"


def _order_matters(one: t.Clause, other: t.Clause) -> bool:
    """Say whether two rungs could answer differently in the other order: another class, and both may hold at once."""
    if one.label == other.label or isinstance(other.when, t.Always):
        return False
    return not any(_exclude(a, b) for a in _facts(one.when) for b in _facts(other.when))


def _facts(when: t.Condition) -> tuple[t.Condition, ...]:
    return when.of if isinstance(when, t.All) else (when,)


def _exclude(one: t.Condition, other: t.Condition) -> bool:
    """Say whether two conditions can never hold together, as far as it is plain from their form."""
    if isinstance(one, t.OneOf) and isinstance(other, t.OneOf):
        return one.of == other.of and not set(one.words) & set(other.words)
    if isinstance(other, t.Not):
        one, other = other, one
    return isinstance(one, t.Not) and one.of == other
