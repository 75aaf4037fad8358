"""What the symbols cannot compute, a power, as a column of which bounds at most are known.

What is impossible for every such column is impossible; what is possible for one need not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.symbols import symbolic as y
from criterium.language import tree as t
from criterium.language.lowering.derived import swapped
from criterium.language.uses import nodes

Given = Mapping[tuple[str, Place], Any]


def opaque(branches: Sequence[t.Branch], here: Place) -> tuple[list[t.Branch], Given]:
    """Return branches with a column in the place of what they compute with powers, and what is known of the columns.

    What they compute alike is one column.
    """
    columns = _Columns()
    plain = [swapped(branch, columns.instead, {}) for branch in branches]
    return plain, {(one.name, here): y.between(one.name) for one in columns.made.values()}


def has_power(part: t.Node) -> bool:
    """Return whether a power is computed in a part of a criterion."""
    return any(isinstance(node, t.Arithmetic) and node.operator == "^" for node in nodes(part))


@dataclass
class _Columns:
    """The columns made, by what they stand for: what is computed with a power in one of several ways."""

    made: dict[t.Node, t.Field] = field(default_factory=dict)

    def instead(self, node: t.Node) -> t.Node:
        if not isinstance(node, t.Choose) or not has_power(node):
            return node
        name = f"computed {len(self.made)}"
        return self.made.setdefault(node, t.Field(node.where, name, node.kind, name, "step", None))
