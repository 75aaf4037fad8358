"""A change is data: what of a criterion differs, how it read before and reads after, and where in both files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from criterium.language.problems import Where

KINDS = (
    "kind",
    "steps",
    "parameter",
    "policy",
    "value",
    "measure",
    "unit",
    "condition",
    "class",
    "clause",
    "name",
    "order",
    "rate",
    "unknown",
    "until",
    "confirmation",
    "time",
    "term",
    "cut",
    "source",
    "claim",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of meaning: its `kind` (one of KINDS), `what` differs, and how it reads in each file.

    `before` is empty for what was added, `after` for what was removed; the places are those of the two files, None
    where a file has no such thing, or has it in no one place.
    """

    kind: str
    what: str
    before: str
    after: str
    old: Where | None
    new: Where | None


Item = TypeVar("Item")


def paired(old: Mapping[str, Item], new: Mapping[str, Item]) -> Iterator[tuple[str, Item | None, Item | None]]:
    """Yield what either mapping has under each name, in the order of the new one, what was removed last."""
    for name in [*new, *(name for name in old if name not in new)]:
        yield name, old.get(name), new.get(name)


def changed(kind: str, what: str, old: Any, new: Any, says: Callable[[Any], str]) -> Change:
    """Return the change from one node to another; None stands for one that is not there."""
    before, after = (says(one) if one is not None else "" for one in (old, new))
    return Change(kind, what, before, after, *(one.where if one is not None else None for one in (old, new)))
