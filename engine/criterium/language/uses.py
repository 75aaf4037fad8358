"""What a criterion uses: the nodes of its tree, the table columns it needs, and circles among its ladders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from criterium.language import tree as t
from criterium.language.problems import Problem
from criterium.language.tables import Table


def nodes(node: object) -> Iterator[t.Node]:
    """Yield every node below and including `node`, which may be a node, a tuple or a mapping of nodes."""
    if isinstance(node, t.Node):
        yield node
    if isinstance(node, Mapping):
        children: list[object] = list(node.values())
    elif isinstance(node, tuple):
        children = list(node)
    elif is_dataclass(node):
        children = [getattr(node, field.name) for field in fields(node)]
    else:
        return
    for child in children:
        if isinstance(child, (t.Node, tuple, Mapping)):
            yield from nodes(child)


def needs_of(criterion: t.Criterion, tables: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """Return {table: {column: who needs it}} for every column of a cohort that the criterion reads.

    What stands in an optional table beside the steps of a criterion is read if it is there, and needed by nobody.
    """
    found: dict[str, dict[str, str]] = {}
    beside = criterion.each not in {"course", "patient"}

    def note(name: str, column: str, user: str) -> None:
        table = tables.get(name)
        if table is None or table.derived or column not in table.columns:
            return
        if name == criterion.of or not (beside and table.optional):
            found.setdefault(name, {}).setdefault(column, f"{criterion.id} needs it for {user}")

    for user, part in _parts(criterion):
        for name, column in _columns(part, criterion.of or ""):
            note(name, column, user)
    for read in sorted({criterion.of or "", *found}):
        for one in tables[read].columns.values() if read in tables else ():
            if one.required:
                note(read, one.name, f"reading {read}")
            if one.unit_column and one.name in found.get(read, {}):
                note(read, one.unit_column, f"the unit of `{one.name}`")
    return found


def _parts(criterion: t.Criterion) -> Iterator[tuple[str, object]]:
    """Yield the parts of a criterion with what to call them."""
    for name, value in criterion.members.items():
        yield f"`{name}`", value
    for layer in (criterion.steps, criterion.course):
        named: dict[str, object] = {**layer.measures, **layer.conditions}
        yield from ((f"`{name}`", part) for name, part in named.items())
        for name, ladder in layer.ladders.items():
            yield f"class {name}" if name != "class" else "the class", ladder
    yield from ((f"term {branch.id}", branch) for branch in criterion.branches)
    yield "the assessments", criterion.also
    yield "the time", criterion.time or ()


def _columns(part: object, table: str) -> Iterator[tuple[str, str]]:
    """Yield (table, column) for every field below `part`, whose own rows are those of `table`."""
    if isinstance(part, t.Field) and part.level != "course":
        yield table, part.name.removeprefix("baseline ")
    if isinstance(part, (t.Aggregate, t.Quantified)):
        inner = part.over.table if part.over.own != "steps" else table
        yield from _columns(part.over.where_, inner)
        yield from _columns(part.of if isinstance(part, t.Aggregate) else part.has, inner)
        return
    if isinstance(part, t.Collection):
        yield from _columns(part.where_, part.table)
        return
    children_of: list[object] = list(part.values()) if isinstance(part, Mapping) else []
    if isinstance(part, tuple):
        children_of = list(part)
    elif is_dataclass(part) and not isinstance(part, type):
        children_of = [getattr(part, field.name) for field in fields(part)]
    for child in children_of:
        if isinstance(child, (t.Node, tuple, Mapping)):
            yield from _columns(child, table)


def refuse_circles(layers: Iterable[t.Layer]) -> Iterator[Problem]:
    """Yield a problem for every circle of ladders that need one another's class at the same step."""
    for layer in layers:
        uses = {name: _same_step(ladder, layer) for name, ladder in layer.ladders.items()}
        told: set[str] = set()
        for name in layer.ladders:
            node = next((node for node in uses[name] if name in _reached(node.ladder, uses)), None)
            if node is not None and name not in told:
                told |= _reached(node.ladder, uses)
                what = f"`{name}` needs `{node.ladder}`, which is decided by `{name}` in turn"
                if node.ladder == name:
                    what = f"`{name}` is used to decide itself"
                remedy = f"look back: `any earlier {node.ladder} is ...` or `previous {node.ladder} is ...`"
                yield Problem(node.where, what, "a class that is known by then", remedy)


def _reached(start: str, uses: Mapping[str, list[t.Given]]) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [node.ladder for node in uses.get(name, [])]
    return seen


def _same_step(node: object, layer: t.Layer) -> list[t.Given]:
    if isinstance(node, t.Earlier) or (isinstance(node, t.Reference) and node.reference == "previous"):
        return []
    if isinstance(node, (t.Aggregate, t.Quantified)) and node.over.own == "steps":
        return []
    if isinstance(node, t.Given):
        return [node]
    if isinstance(node, t.Rule) and node.name in layer.conditions:
        return _same_step(layer.conditions[node.name], layer)
    if isinstance(node, t.Named) and node.name in layer.measures:
        return _same_step(layer.measures[node.name], layer)
    children: list[object] = list(node) if isinstance(node, tuple) else []
    if isinstance(node, t.Node):
        children = [getattr(node, field.name) for field in fields(node)]
    return [found for child in children if isinstance(child, (t.Node, tuple)) for found in _same_step(child, layer)]
