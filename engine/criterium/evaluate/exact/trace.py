"""The trace of one course: every value and every condition that was computed, with the line of the file it comes from.

It is what the walk has computed, not a second computation: an explanation cannot differ from the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from criterium.evaluate.algebra import Decision, Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.language.uses import nodes
from criterium.timeline.frame import Frame


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing computed at a `place`: its `text` as written, its value in words, and where it stands in the file.

    At rows (the members of a step, the rows of another table) the value is a tuple with one word a row.
    """

    place: Place
    text: str
    value: str | tuple[str, ...]
    where: Where


def traced(criterion: t.Criterion, frame: Frame, index: int) -> tuple[Walk[Any, Any], list[Entry]]:
    """Return the exact walk over course number `index` of a frame, and all it computed, in the order of computing."""
    walk: Walk[Any, Any] = Walk(criterion, Exact(frame, index))
    walk.run()
    return walk, list(entries(walk))


def entries(walk: Walk[Any, Any]) -> Iterator[Entry]:
    """Yield everything that a walk has computed so far."""
    known = {id(node): node for node in nodes(walk.criterion)}
    for (number, place), value in walk.memo.items():
        node = known.get(number)
        if node is not None and not isinstance(node, t.Constant):
            yield Entry(place, node.text, _spoken(value), node.where)


def _spoken(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(str(_spoken(one)) for one in value)
    if isinstance(value, Decision):
        return str(value.label)
    return "missing" if value is None else str(value)


def at(found: list[Entry], place: Place, text: str) -> str | tuple[str, ...] | None:
    """Return the value of what is written as `text` at a place; None if it was not computed there."""
    return next((one.value for one in found if one.place == place and one.text == text), None)
