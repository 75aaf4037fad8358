"""Whether two conditions or ladders say the same whatever their parts are: every combination of answers is tried.

A change that no combination tells from the original is no mutant: no example could ever notice it. A cell of a table
that the rows above it have settled already is the common case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any

from criterium.language import tree as t

MOST_COMBINATIONS = 2_000
_TRUTHS = ((True, True), (False, True), (False, False))  # what must hold and what may hold
Truth = tuple[bool, bool]
World = Mapping[object, Any]


def same(old: t.Node, new: t.Node) -> bool:
    """Say whether it is proved that two conditions, or two ladders, answer alike."""
    parts = dict([*_parts(old), *_parts(new)])
    if prod(len(values) for values in parts.values()) > MOST_COMBINATIONS:
        return False
    worlds = (dict(zip(parts, values, strict=True)) for values in product(*parts.values()))
    return all(_answer(old, world) == _answer(new, world) for world in worlds)


def _parts(node: t.Node) -> Iterator[tuple[object, tuple[Any, ...]]]:
    """Yield what an answer is put together from, each with the values it can have: labels, readings, truths."""
    if isinstance(node, t.Ladder):
        for clause in node.clauses:
            yield from _parts(clause.when)
    elif isinstance(node, (t.All, t.Some)):
        for part in node.of:
            yield from _parts(part)
    elif isinstance(node, t.Not):
        yield from _parts(node.of)
    elif (word := _word(node)) is not None:
        yield word.of, word.of.kind.words
    elif not isinstance(node, t.Always):
        yield node, _TRUTHS


def _word(node: t.Node) -> t.OneOf | None:
    """Return a condition that asks for a label or a reading, which is always known and one of a few words."""
    if isinstance(node, t.OneOf) and isinstance(node.of, (t.Given, t.Parameter)) and node.of.kind.words:
        return node
    return None


def _answer(node: t.Node, world: World) -> object:
    if not isinstance(node, t.Ladder):
        return _truth(node, world)
    possible: set[str] = set()
    for clause in node.clauses:
        must, may = _truth(clause.when, world)
        possible |= {clause.label} if may else set()
        if must:
            break
    return possible.pop() if len(possible) == 1 else node.unknown


def _truth(node: t.Node, world: World) -> Truth:
    if isinstance(node, t.Always):
        return True, True
    if isinstance(node, t.Not):
        must, may = _truth(node.of, world)
        return not may, not must
    if isinstance(node, (t.All, t.Some)):
        join = all if isinstance(node, t.All) else any
        truths = [_truth(part, world) for part in node.of]
        return join(must for must, _ in truths), join(may for _, may in truths)
    word = _word(node)
    if word is not None:
        holds = world[word.of] in word.words
        return holds, holds
    found: Truth = world[node]
    return found
