"""What a criterion uses: the nodes of its tree, the table columns it needs, and circles among its ladders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from criterium.language import tree as t
from criterium.language.problems import Problem, listed
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
    """Return {table: {column: who needs it}} for every column of a cohort that the criterion reads."""
    found: dict[str, dict[str, str]] = {}

    def note(table: str, column: str, user: str) -> None:
        if table in tables and column in tables[table].columns and not tables[table].derived:
            found.setdefault(table, {}).setdefault(column, f"{criterion.id} needs it for {user}")

    parts: dict[str, object] = {**criterion.members, **criterion.steps.measures, **criterion.steps.conditions}
    parts |= {f"class {name}": ladder for name, ladder in criterion.steps.ladders.items()}
    parts |= {f"term {branch.id}": branch for branch in criterion.branches}
    parts |= {**criterion.course.measures, **criterion.course.conditions, **criterion.course.ladders}
    parts |= {"the assessments": criterion.also, "the time": criterion.time or ()}
    for user, part in parts.items():
        for table, column in _columns(part, criterion.of or ""):
            note(table, column, f"`{user}`" if " " not in user else user)
    for name in sorted({criterion.of or "", *found}):
        for column in tables[name].columns.values() if name in tables and not tables[name].derived else ():
            if column.required:
                note(name, column.name, f"reading {name}")
            if column.unit_column and column.name in found.get(name, {}):
                note(name, column.unit_column, f"the unit of `{column.name}`")
    return found


def _columns(part: object, table: str) -> Iterator[tuple[str, str]]:
    """Yield (table, column) for every field below `part`, whose own rows are those of `table`."""
    if isinstance(part, t.Field) and part.level != "course":
        yield table, part.name.removeprefix("baseline ")
    if isinstance(part, (t.Aggregate, t.Quantified)):
        inner = part.over.table if part.over.own != "steps" else table
        children = (part.over.where_, part.of if isinstance(part, t.Aggregate) else part.has)
        for child in children:
            yield from _columns(child, inner)
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


def refuse_circles(criterion: t.Criterion) -> Iterator[Problem]:
    """Yield a problem for every ladder that needs its own class, or a later one, at the same step."""
    for layer in (criterion.steps, criterion.course):
        uses = {name: _same_step(ladder, layer) for name, ladder in layer.ladders.items()}
        for name, ladder in layer.ladders.items():
            for node in uses[name]:
                if name in _reached(node.ladder, uses):
                    what = f"`{node.ladder}` is used to decide `{name}`, which decides it in turn"
                    help_ = f"use `any earlier {node.ladder} is ...` or `previous {node.ladder} is ...`"
                    yield Problem(node.where if node.where.file else ladder.where, what, "a class that exists by then", help_)


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


__all__ = ["listed", "needs_of", "nodes", "refuse_circles"]
