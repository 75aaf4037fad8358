"""A walk that notes what every answer read, and is gone again after a change only as far as the change reaches.

The answers of the first walk stand in the order in which they were completed, so that an answer stands after all it has
read. Those that a change touches are computed anew in this order. One that comes out as before ends there; those that
have read another one are next.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any

from criterium.evaluate.algebra import Decision, Place
from criterium.evaluate.walk import Walk
from criterium.language import tree as t

Key = tuple[int, Place]


@dataclass
class First(Walk[Any, Any]):
    """A walk that notes who reads an answer; `nodes` are those asked, `by_cases` the decisions made in other walks."""

    readers: dict[Key, dict[Key, None]] = field(default_factory=dict)
    nodes: dict[int, Any] = field(default_factory=dict)
    by_cases: list[Key] = field(default_factory=list)
    _asking: list[Key] = field(default_factory=list)

    def value(self, node: t.Expression, place: Place) -> Any:
        """Return the value of a node at a place."""
        return self._noted(super().value, node, place)

    def holds(self, node: t.Condition, place: Place) -> Any:
        """Return the truth of a condition at a place."""
        return self._noted(super().holds, node, place)

    def climb(self, ladder: t.Ladder, place: Place) -> Decision:
        """Return what a ladder gives at a place."""
        found: Decision = self._noted(super().climb, ladder, place)
        return found

    def _noted(self, ask: Callable[[Any, Place], Any], node: t.Node, place: Place) -> Any:
        key = (id(node), place)
        if self._asking:
            self.readers.setdefault(key, {})[self._asking[-1]] = None
        if key in self.memo:
            return self.memo[key]
        self.nodes[key[0]] = node
        self._asking.append(key)
        found = ask(node, place)
        self._asking.pop()
        return found

    def among(self, over: t.Collection, rows: Place) -> Any:
        """Return which rows belong to a collection; what a choice was made of is read by each who asks for it."""
        if over.chosen:
            for step in range(self.algebra.steps):
                self.memo.pop((id(self.criterion.chosen[over.chosen]), rows._replace(step=step)), None)
        return super().among(over, rows)

    def _holds_seen(self, node: t.Seen, place: Place) -> Any:
        for step in self.step_places():  # patterns share what they know of the end of a course; each of them reads it
            self._label(self.criterion.final, step)
        return super()._holds_seen(node, place)

    def _by_cases(self, ladder: t.Ladder, place: Place) -> Decision | None:
        found = super()._by_cases(ladder, place)
        if found is not None:
            self.by_cases.append((id(ladder), place))
        return found


@dataclass(frozen=True)
class Trail:
    """What a first walk found: its answers with their order and readers, and where each node was asked."""

    memo: Mapping[Key, Any]
    order: Mapping[Key, int]
    readers: Mapping[Key, Collection[Key]]
    nodes: Mapping[int, Any]
    by_cases: Collection[Key]
    places: Mapping[int, Collection[Place]]


def trail(walk: First) -> Trail:
    """Return what a walk found so far."""
    order = {key: at for at, key in enumerate(walk.memo) if key[0] in walk.nodes}
    places: dict[int, list[Place]] = {}
    for number, place in order:
        places.setdefault(number, []).append(place)
    return Trail(walk.memo, order, walk.readers, walk.nodes, walk.by_cases, places)


@dataclass(frozen=True)
class Changed:
    """A criterion with some nodes `made` anew, by the identity of the old ones.

    `old` are those that are what they were but for a part of them, by the identity of the new ones. `touched` are the
    answers to begin with; `clean` is what does not depend on the change.
    """

    criterion: t.Criterion
    made: Mapping[int, Any]
    old: Mapping[int, int]
    touched: frozenset[int]
    clean: frozenset[int]


class Again(dict[Key, Any]):
    """The memo of a walk that is gone again: what was computed anew, on top of what stands.

    Before `now` in the order of the trail all is settled: what is not anew stands.
    """

    def __init__(self, trail: Trail, changed: Changed) -> None:
        super().__init__()
        self.now = -1
        self.trail, self.changed = trail, changed

    def __contains__(self, key: object) -> bool:
        at = self._home(key)
        return super().__contains__(at) or self._stands(at)

    def __getitem__(self, key: Key) -> Any:
        at = self._home(key)
        return super().__getitem__(at) if super().__contains__(at) else self.trail.memo[at]

    def __setitem__(self, key: Key, value: Any) -> None:
        super().__setitem__(self._home(key), value)

    def _home(self, key: Any) -> Key:
        """Return the key of the node that a new one has replaced."""
        return self.changed.old.get(key[0], key[0]), key[1]

    def _stands(self, key: Key) -> bool:
        at = self.trail.order.get(key)
        return at is not None and (at < self.now or key[0] in self.changed.clean)


def touched(trail: Trail, changed: Changed) -> list[Key]:
    """Return the answers that a change touches; a decision by cases has been made by walks that noted nothing."""
    found = [(number, place) for number in changed.touched for place in trail.places.get(number, ())]
    return list(dict.fromkeys([*found, *(key for key in trail.by_cases if key[0] not in changed.clean)]))


def moved(walk: Walk[Any, Any], memo: Again, first: Sequence[Key]) -> Iterator[Key]:
    """Yield what comes out differently when a walk with such a memo goes again; all is settled at the end.

    `first` are the answers that the change touches.
    """
    trail = memo.trail
    todo = [(trail.order[key], key) for key in first]
    queued = set(first)
    heapify(todo)
    while todo:
        memo.now, key = heappop(todo)
        node = memo.changed.made.get(key[0], trail.nodes[key[0]])
        if _alike(_asked(walk, node, key[1]), trail.memo[key]):
            continue
        yield key
        new = [reader for reader in trail.readers.get(key, ()) if reader not in queued]
        queued.update(new)
        for reader in new:
            heappush(todo, (trail.order[reader], reader))
    memo.now = len(trail.order)


def _asked(walk: Walk[Any, Any], node: Any, place: Place) -> Any:
    if isinstance(node, t.Ladder):
        return walk.climb(node, place)
    return walk.holds(node, place) if isinstance(node, t.Condition) else walk.value(node, place)


def _alike(one: Any, other: Any) -> bool:
    """Say whether nobody who reads an answer can tell it from another; of a decision only the class is read."""
    return bool(one.label == other.label if isinstance(one, Decision) else one == other)
