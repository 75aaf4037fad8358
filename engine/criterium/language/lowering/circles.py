"""Names that need themselves at the same step, and names that look back and ahead at once: they have no meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import NamedTuple

from criterium.language import tree as t
from criterium.language.problems import Problem

BACK, SAME, AHEAD = -1, 0, 1
_WAYS = {
    "baseline": SAME,
    "nadir": BACK,
    "previous": BACK,
    "preceding": BACK,
    "next": AHEAD,
    "following": AHEAD,
}
# What stands under these keys of a node is read at the step that the node speaks of. The bounds of a window are read at
# the step that looks; counting them as elsewhere as well loses nothing, they are parameters or constants.
_ELSEWHERE = {"of", "window"}


class _Name(NamedTuple):
    sort: str
    name: str


class _Read(NamedTuple):
    """What a name reads: another name, at an earlier step, the same or a later one, and where it says so."""

    what: _Name
    way: int
    node: t.Node


_Reads = Mapping[_Name, list[_Read]]


def refuse_circles(layers: Iterable[t.Layer], members: Mapping[str, t.Expression]) -> Iterator[Problem]:
    """Yield a problem for every circle of names that need one another at the same step, or both earlier and later."""
    for reads in (_reads((("member", members),)), *map(_of_layer, layers)):
        reached = {name: _reached(name, reads) for name in reads}
        told: set[_Name] = set()
        for name in sorted(reads, key=lambda one: one.sort != "ladder"):
            if name in told:
                continue
            circle = _circle(name, {one: [read for read in found if read.way == SAME] for one, found in reads.items()})
            if circle:
                told |= {read.what for read in circle}
                yield _same_step(name, circle)
                continue
            together = {one for one in reached[name] if name in reached[one]}  # they need one another
            around = [read for one in together for read in reads[one] if name in reached[read.what]]
            if {BACK, AHEAD} <= {read.way for read in around}:
                told |= together
                ahead = next(read for read in around if read.way == AHEAD)
                what = f"`{name.name}` looks back at itself and ahead"
                yield Problem(ahead.node.where, what, "one direction", "write the second look as a later stage")


def _same_step(name: _Name, circle: list[_Read]) -> Problem:
    """Return the problem of a circle, at the class that closes it if there is one."""
    read = next((one for one in circle if one.what.sort == "ladder"), circle[-1])
    if name.sort == "ladder":
        before = read.what.name
        what = f"`{name.name}` needs `{before}`, which is decided by `{name.name}` in turn"
        if read.what == name:
            what = f"`{name.name}` is used to decide itself"
        remedy = f"look back: `any earlier {before} is ...` or `previous {before} is ...`"
        return Problem(read.node.where, what, "a class that is known by then", remedy)
    what = f"`{name.name}` needs `{circle[0].what.name}`, which needs `{name.name}` in turn"
    return Problem(circle[0].node.where, what, "a value of an earlier step", f"look back: `preceding {name.name}`")


def _circle(start: _Name, reads: _Reads) -> list[_Read]:
    """Return the reads that lead from a name back to itself, none if there is no way."""
    todo: list[list[_Read]] = [[read] for read in reads.get(start, [])]
    seen: set[_Name] = set()
    while todo:
        way = todo.pop(0)
        here = way[-1].what
        if here == start:
            return way
        if here not in seen:
            seen.add(here)
            todo += [[*way, read] for read in reads.get(here, [])]
    return []


def _reached(start: _Name, reads: _Reads) -> set[_Name]:
    seen: set[_Name] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [read.what for read in reads.get(name, [])]
    return seen


def _of_layer(layer: t.Layer) -> dict[_Name, list[_Read]]:
    return _reads((("ladder", layer.ladders), ("value", layer.measures), ("rule", layer.conditions)))


def _reads(sorts: Iterable[tuple[str, Mapping[str, t.Node]]]) -> dict[_Name, list[_Read]]:
    """Return what the names of some sorts read of one another."""
    found = {_Name(sort, name): list(_read(body, SAME)) for sort, bodies in sorts for name, body in bodies.items()}
    return {name: [read for read in reads if read.what in found] for name, reads in found.items()}


def _read(node: object, way: int) -> Iterator[_Read]:
    """Yield what a node reads by its name, and at which steps, if it stands at `way`."""
    if isinstance(node, tuple):
        for one in node:
            yield from _read(one, way)
        return
    if not isinstance(node, t.Node) or _of_course(node):
        return
    if isinstance(node, t.Named):
        yield _Read(_Name("member" if node.level == "row" else "value", node.name), way, node)
    if isinstance(node, t.Rule) and node.level != "row":
        yield _Read(_Name("rule", node.name), way, node)
    if isinstance(node, t.Given):
        yield _Read(_Name("ladder", node.ladder), way, node)
    if isinstance(node, t.Against):
        # The other side is read at the step that looks, which is neither earlier nor later than itself.
        yield from _read(node.there, way)
        yield from _read(node.here, SAME)
        return
    inside = _way(node, way)
    if isinstance(node, t.Collection) and node.side:
        way = BACK if node.side == "earlier" else AHEAD
    for name in (one.name for one in fields(node)):
        yield from _read(getattr(node, name), inside if name in _ELSEWHERE else way)


def _way(node: t.Node, way: int) -> int:
    """Return at which steps that is read which a node holds."""
    if isinstance(node, t.Reference):
        return _WAYS[node.reference] or way
    if isinstance(node, (t.Earlier, t.Later)):
        return BACK if isinstance(node, t.Earlier) else AHEAD
    if isinstance(node, t.Adjacent):
        return BACK if node.side == "preceding" else AHEAD
    if isinstance(node, t.Aggregate) and node.over.side:
        return BACK if node.over.side == "earlier" else AHEAD
    return way


def _of_course(node: t.Node) -> bool:
    """Say whether a node speaks of all steps, which a course does."""
    return isinstance(node, (t.Aggregate, t.Quantified)) and node.over.own == "steps" and not node.over.side
