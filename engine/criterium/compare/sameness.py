"""When two nodes mean the same: nodes of two files, whatever the order of lines that have none and how units are spelt.

A name means the same in both files as far as this module is concerned; what stands behind it is compared where it is
defined. So two sentences with the same words are the same, although `PR or better` may reach further in one of them:
that is a difference of the order, and listed there.
"""

from __future__ import annotations

import re
from dataclasses import fields
from fractions import Fraction
from typing import Any

from criterium.language import tree as t
from criterium.language.units import unit

_ASIDE = frozenset({"where", "text", "kind"})
_TIME = re.compile(r"\b(\d+(?:\.\d+)?) (days|weeks|months|years)\b")
_RANKED = re.compile(r"\b(better|worse)\b")
_SPACE = re.compile(r"\s+")


def same(one: t.Node | None, other: t.Node | None) -> bool:
    """Return whether two nodes say the same."""
    if one is None or other is None:
        return one is other
    return bool(key(one) == key(other))


def key(node: Any) -> Any:
    """Return what a node says, as data that can be compared: no places, no order among lines that all count alike."""
    if isinstance(node, t.Choose):
        return ("Choose", tuple((key(when), key(value)) for when, value in node.options))
    if isinstance(node, (t.All, t.Some)):
        return (type(node).__name__, frozenset(key(part) for part in flat(node)))
    if isinstance(node, t.Seen) or (isinstance(node, t.OneOf) and _RANKED.search(node.text)):
        return (type(node).__name__, _spelled(node.text))
    if isinstance(node, t.OneOf):
        return ("OneOf", key(node.of), frozenset(node.words))
    return _plain(node)


def _plain(node: Any) -> Any:
    """Return what any other node says, field by field; of the kind of a value only its sort and dimension."""
    if isinstance(node, tuple):
        return tuple(key(part) for part in node)
    if not isinstance(node, t.Node):
        return node
    kind = (node.kind.sort, node.kind.dimension) if isinstance(node, t.Expression) else ()
    return (type(node).__name__, *kind, *_rest(node))


def _rest(node: t.Node) -> tuple[Any, ...]:
    return tuple(key(getattr(node, one.name)) for one in fields(node) if one.name not in _ASIDE)


def flat(node: t.Condition) -> tuple[t.Condition, ...]:
    """Return the lines of an `all` or `any`, those of its own sort within it among them; else the condition itself."""
    if not isinstance(node, (t.All, t.Some)):
        return (node,)
    return tuple(line for part in node.of for line in (flat(part) if type(part) is type(node) else (part,)))


def _spelled(text: str) -> str:
    """Return a sentence with its times in days."""

    def days(found: re.Match[str]) -> str:
        return f"{Fraction(found[1]) * unit(found[2]).factor} days"

    return _TIME.sub(days, worded(text))


def worded(text: str) -> str:
    """Return a sentence with single spaces."""
    return _SPACE.sub(" ", text).strip()
