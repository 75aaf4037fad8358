"""Which node of a criterion uses which, by holding it or by its name, and the criterion with some nodes replaced."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any

from criterium.evaluate.lookout import is_against
from criterium.evaluate.references import innermost
from criterium.language import tree as t

_ANSWERS = (t.Expression, t.Condition, t.Ladder)


@dataclass
class Graph:
    """The nodes of a criterion by their identity: who `holds` a node, and who `uses` it (holds it, or names it)."""

    criterion: t.Criterion
    nodes: dict[int, t.Node] = field(default_factory=dict)
    holds: dict[int, set[int]] = field(default_factory=dict)
    uses: dict[int, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for part in parts(self.criterion):
            self._enter(part)
        for node in list(self.nodes.values()):
            for named in self._named(node):
                self.uses.setdefault(id(named), set()).add(id(node))

    def _enter(self, node: t.Node) -> None:
        """Note a node and all below it; a node that stands at several places is entered once."""
        if id(node) in self.nodes:
            return
        self.nodes[id(node)] = node
        for child in children(node):
            self._enter(child)
            self.holds.setdefault(id(child), set()).add(id(node))
            self.uses.setdefault(id(child), set()).add(id(node))

    def _named(self, node: t.Node) -> Iterator[t.Node]:
        """Yield what a node means by a name."""
        criterion = self.criterion
        layers = (criterion.steps, criterion.course)
        if isinstance(node, t.Parameter):
            yield criterion.parameters[node.name]
        elif isinstance(node, t.Named):
            bodies = (criterion.members, *(layer.measures for layer in layers))
            yield from (names[node.name] for names in bodies if node.name in names)
        elif isinstance(node, t.Rule):
            yield from (layer.conditions[node.name] for layer in layers if node.name in layer.conditions)
        elif isinstance(node, t.Given):
            yield from (layer.ladders[node.ladder] for layer in layers if node.ladder in layer.ladders)
        elif isinstance(node, t.Seen):
            yield from criterion.steps.ladders.values()
        elif isinstance(node, t.Collection) and node.chosen:
            yield criterion.chosen[node.chosen]

    def above(self, start: Iterable[int], edges: Mapping[int, set[int]]) -> frozenset[int]:
        """Return some nodes and all that can be reached from them upwards along edges."""
        found: set[int] = set()
        todo = list(start)
        while todo:
            here = todo.pop()
            if here not in found:
                found.add(here)
                todo += edges.get(here, ())
        return frozenset(found)

    def readers(self, start: Iterable[int]) -> frozenset[int]:
        """Return the nearest nodes that a walk keeps the answer of, for nodes some of which have none of their own.

        Those are rows, rungs and windows, and what compares two steps, which is no answer of either.
        """
        found: set[int] = set()
        seen: set[int] = set()
        todo = list(start)
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                kept = _is_kept(self.nodes[here])
                found |= {here} if kept else set()
                todo += () if kept else self.uses.get(here, ())
        return frozenset(found)

    def placed_anew(self, made: Mapping[int, Any]) -> frozenset[int]:
        """Return the looks at another step whose value, as it is made, belongs to another level than before."""
        looks = {number: self.nodes[number] for number in made if isinstance(made[number], (t.Reference, t.Running))}
        return frozenset(
            number
            for number, old in looks.items()
            if isinstance(old, (t.Reference, t.Running)) and innermost(old.of) != innermost(made[number].of)
        )

    def reached(self) -> frozenset[int]:
        """Return the nodes that can bear on a class, an outcome or a time; a measure that is only shown is not here."""
        time = self.criterion.time
        start: list[t.Node] = [*self.criterion.steps.ladders.values(), *self.criterion.course.ladders.values()]
        start += [time] if time is not None else [*self.criterion.branches]
        found: dict[int, t.Node] = {}
        while start:
            node = start.pop()
            if id(node) not in found:
                found[id(node)] = node
                start += [*children(node), *self._named(node)]
        return frozenset(found)

    def rewritten(self, change: Mapping[int, object]) -> tuple[t.Criterion, Mapping[int, Any]]:
        """Return the criterion with some nodes replaced, and every node made anew by the identity of the old one."""
        made: dict[int, Any] = dict(change)
        touched = self.above(change, self.holds)

        def renewed(names: Mapping[str, Any]) -> dict[str, Any]:
            return {name: rebuilt(body, made, touched) for name, body in names.items()}

        def layer(old: t.Layer) -> t.Layer:
            measures, conditions, ladders = map(renewed, (old.measures, old.conditions, old.ladders))
            return replace(old, measures=measures, conditions=conditions, ladders=ladders)

        old = self.criterion
        criterion = replace(
            old,
            parameters=renewed(old.parameters),
            members=renewed(old.members),
            chosen=renewed(old.chosen),
            steps=layer(old.steps),
            course=layer(old.course),
            time=rebuilt(old.time, made, touched),
        )
        return criterion, made


def parts(criterion: t.Criterion) -> Iterator[t.Node]:
    """Yield the topmost nodes of what a criterion computes with."""
    yield from criterion.parameters.values()
    yield from criterion.members.values()
    yield from criterion.chosen.values()
    for layer in (criterion.steps, criterion.course):
        yield from layer.measures.values()
        yield from layer.conditions.values()
        yield from layer.ladders.values()
    yield from criterion.branches
    if criterion.time is not None:
        yield criterion.time


def _is_kept(node: t.Node) -> bool:
    """Say whether a walk keeps the answer of a node."""
    return isinstance(node, _ANSWERS) and not (isinstance(node, t.Condition) and is_against(node))


def children(node: t.Node) -> Iterator[t.Node]:
    """Yield the nodes that a node holds."""
    for name in _fields(type(node).__name__):
        yield from _within(getattr(node, name))


def _within(value: object) -> Iterator[t.Node]:
    if isinstance(value, t.Node):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _within(one)


@cache
def _fields(kind: str) -> tuple[str, ...]:
    return tuple(one.name for one in fields(getattr(t, kind)) if one.name not in {"where", "text", "kind"})


def rebuilt(value: Any, made: dict[int, Any], touched: frozenset[int]) -> Any:
    """Return a node (or a tuple of them) with what is `made` in the place of the old; what is not touched stays itself.

    What it makes is noted in `made`, so that a node at several places stays one node.
    """
    if id(value) in made:
        return made[id(value)]
    if isinstance(value, tuple):
        return tuple(rebuilt(one, made, touched) for one in value)
    if id(value) not in touched or not isinstance(value, t.Node):
        return value
    given = {name: rebuilt(getattr(value, name), made, touched) for name in _fields(type(value).__name__)}
    made[id(value)] = replace(value, **given)
    return made[id(value)]
