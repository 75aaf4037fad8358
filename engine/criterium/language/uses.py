"""What a criterion uses: the nodes of its tree, and the table columns it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from criterium.language import tree as t
from criterium.language.once import once
from criterium.language.tables import Table


def nodes(node: object) -> Iterator[t.Node]:
    """Yield every node below and including `node`, which may be a node, a tuple or a mapping of nodes."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, t.Node):
            yield one
        todo += [child for child in reversed(_children(one)) if isinstance(child, (t.Node, tuple, Mapping))]


def _children(node: object) -> list[object]:
    if isinstance(node, tuple):
        return list(node)
    if isinstance(node, Mapping):
        return list(node.values())
    return [getattr(node, name) for name in getattr(node, "__dataclass_fields__", ())]


def parts_of(node: t.Node) -> Iterator[t.Node]:
    """Yield the nodes that a node is made of, without what these are made of."""
    todo = [*reversed(_children(node))]
    while todo:
        one = todo.pop()
        if isinstance(one, t.Node):
            yield one
        elif isinstance(one, (tuple, Mapping)):
            todo += reversed(_children(one))


@once
def below(node: t.Node) -> tuple[t.Node, ...]:
    """Return every node below one."""
    return tuple(one for one in nodes(node) if one is not node)


def reached(node: object, layer: t.Layer) -> Iterator[t.Node]:
    """Yield every node below `node`, and below the measures and conditions of a layer that it names."""
    named: set[str] = set()
    todo = [node]
    while todo:
        for one in nodes(todo.pop()):
            yield one
            body: t.Node | None = layer.conditions.get(one.name) if isinstance(one, t.Rule) else None
            body = layer.measures.get(one.name) if isinstance(one, t.Named) else body
            if body is not None and isinstance(one, (t.Rule, t.Named)) and one.name not in named:
                named.add(one.name)
                todo.append(body)


def depends(criterion: t.Criterion, parameters: Collection[str]) -> set[int]:
    """Return the ids of the nodes whose value can change with one of the parameters, through names and classes too."""
    bodies: list[tuple[str, t.Node]] = [(f"value {name}", node) for name, node in criterion.members.items()]
    bodies += [(f"choice {name}", node) for name, node in criterion.chosen.items()]
    for layer in (criterion.steps, criterion.course):
        for sort, named in (("value", layer.measures), ("rule", layer.conditions), ("ladder", layer.ladders)):
            bodies += [(f"{sort} {name}", node) for name, node in named.items()]
    reads: dict[str, set[str]] = {}
    for name, body in bodies:
        reads.setdefault(name, set()).update(told for node in nodes(body) for told in _told(node))
    changed = {f"parameter {name}" for name in parameters}
    while more := {name for name, told in reads.items() if name not in changed and told & changed}:
        changed |= more
    return {id(node) for node in nodes(criterion) if any(set(_told(one)) & changed for one in nodes(node))}


def _told(node: t.Node) -> Iterator[str]:
    """Yield what a node reads by its name."""
    if isinstance(node, t.Parameter):
        yield f"parameter {node.name}"
    elif isinstance(node, t.Named):
        yield f"value {node.name}"
    elif isinstance(node, t.Rule):
        yield f"rule {node.name}"
    elif isinstance(node, (t.Given, t.Seen)):
        yield f"ladder {node.ladder}"
    elif isinstance(node, t.Collection) and node.chosen:
        yield f"choice {node.chosen}"


def needs_of(criterion: t.Criterion, tables: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """Return {table: {column: who needs it}} for every column of a cohort that the criterion reads.

    What stands in an optional table beside the steps of a criterion is read if it is there, and needed by nobody.
    """
    found = _of_used(criterion)
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


def _of_used(criterion: t.Criterion) -> dict[str, dict[str, str]]:
    """Return what the criteria need that this one uses."""
    found: dict[str, dict[str, str]] = {}
    for used in criterion.uses.values():
        for table, columns in used.needs.items():
            found[table] = {**columns, **found.get(table, {})}
    return found


def _parts(criterion: t.Criterion) -> Iterator[tuple[str, object]]:
    """Yield the parts of a criterion with what to call them."""
    for name, value in criterion.members.items():
        yield f"`{name}`", value
    yield from ((f"`{name}`", choice) for name, choice in criterion.chosen.items())
    for layer in (criterion.steps, criterion.course):
        named: dict[str, object] = {**layer.measures, **layer.conditions}
        yield from ((f"`{name}`", part) for name, part in named.items())
        for name, ladder in layer.ladders.items():
            yield f"class {name}" if name != "class" else "the class", ladder
    yield from ((f"term {branch.id}", branch) for branch in criterion.branches)
    yield "the assessments", (*criterion.also, *([criterion.only] if criterion.only else []))
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
    for child in _children(part):
        if isinstance(child, (t.Node, tuple, Mapping)):
            yield from _columns(child, table)
