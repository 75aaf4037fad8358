"""Statements that several rungs of a ladder make: where one is unknown, it is true or false, the same in all of them.

A flag that nobody recorded separates two classes, or a value known at two times lies above its limit or does not. Taken
rung by rung, both would be unknown and every class possible, even none; taken together, one or the other holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from criterium.language import tree as t
from criterium.language.once import once
from criterium.language.uses import nodes

Supposed = Mapping[t.Condition, Literal["true", "false"]]
_SIMPLE = (t.All, t.Some, t.Not, t.Compare, t.OneOf, t.Known, t.Field, t.Parameter, t.Constant)
_OPPOSITE: Mapping[str, Literal["<", "<=", "=", "!=", ">=", ">"]] = {
    "<": ">=", ">=": "<", "<=": ">", ">": "<=", "=": "!=", "!=": "=",
}  # fmt: skip


@once
def shared(ladder: t.Ladder, layer: t.Layer) -> tuple[t.Condition, ...]:
    """Return the statements of which more than one rung speaks, each once, whether a rung says it or its opposite.

    They are columns that are true or false, comparisons of two columns as they stand, of a column and the one number it
    is compared with, and conditions of the layer that are made of such. What is computed in several ways stands for a
    column.
    """
    told = Counter(
        one
        for clause in ladder.clauses
        for one in dict.fromkeys(_plain(node, layer) for node in nodes(clause.when))
        if one
    )
    sides = Counter(column for one in told for column in _against_number(one))
    often = {one for one, rungs in told.items() if rungs > 1}
    return tuple(one for one in told if one in often and all(sides[column] == 1 for column in _against_number(one)))


def supposing(statement: t.Condition, value: Literal["true", "false"]) -> Supposed:
    """Return what is supposed of a statement, and of its opposite, when it has a value."""
    other: Literal["true", "false"] = "false" if value == "true" else "true"
    if not isinstance(statement, t.Compare):
        return {statement: value}
    return {statement: value, replace(statement, operator=_OPPOSITE[statement.operator]): other}


def _plain(node: t.Node, layer: t.Layer) -> t.Condition | None:
    """Return a statement as it is told apart from others, a comparison in one of its two directions; else None."""
    if isinstance(node, t.Rule):
        body = layer.conditions.get(node.name)
        return node if body is not None and all(isinstance(part, _SIMPLE) for part in nodes(body)) else None
    if isinstance(node, t.OneOf) and isinstance(node.of, t.Field) and node.of.kind.sort == "truth":
        return node
    if not isinstance(node, t.Compare) or not isinstance(node.left, (t.Field, t.Choose)):
        return None
    if not isinstance(node.right, (t.Field, t.Constant)):
        return None
    return node if node.operator in {">", ">=", "="} else replace(node, operator=_OPPOSITE[node.operator])


def _against_number(statement: t.Condition) -> tuple[t.Expression, ...]:
    """Return the column that a statement compares with a number, if it is one."""
    return (statement.left,) if isinstance(statement, t.Compare) and isinstance(statement.right, t.Constant) else ()
