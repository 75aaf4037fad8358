"""The course as a curve: the values that the classes are decided by, over time, with the lines they are held against.

Which values are drawn is found in the criterion: a measure of a step that is compared, or whose change from an earlier
step is compared, with a parameter. A threshold in percent of a reference is a line at the value that it asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.rational import Number, is_known
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.wording import day, told, unit_of
from criterium.explain.model import Curve, Dot, Line
from criterium.explain.visits import days_of
from criterium.language import tree as t
from criterium.language.uses import reached

Walked = Walk[Any, Any]


@dataclass(frozen=True, slots=True)
class _Held:
    """A comparison of a measure, or of its change, with a parameter, and the class that it leads to."""

    label: str
    compare: t.Compare
    body: t.Expression


def curves(walk: Walked) -> tuple[Curve, ...]:
    """Return a curve for each measure of the steps whose value or change is held against a parameter.

    A criterion without such a measure, such as one that joins the classes of others, has its classes drawn.
    """
    if walk.criterion.last_word is None or not walk.algebra.steps:
        return ()
    found: dict[str, dict[str, _Held]] = {}
    for held in _held(walk.criterion):
        found.setdefault(_drawn(held.body), {}).setdefault(held.compare.text, held)
    order = _order(walk.criterion.order, walk.criterion.last_word)
    drawn = tuple(_curve(walk, name, list(lines.values()), order) for name, lines in found.items())
    return drawn or (_classes(walk, order),)


def _classes(walk: Walked, order: tuple[str, ...]) -> Curve:
    """Return the classes themselves as a curve, each at its place in the order."""
    dots = []
    for place in walk.step_places():
        label, date = str(walk.decision(walk.criterion.final, place).label), days_of(walk, place)
        rank = float(order.index(label)) if label in order else None
        dots.append(Dot("" if date is None else day(date), rank, rank, label, label))
    return Curve("class", "", tuple(dots), (), order, ranked=True)


def _held(criterion: t.Criterion) -> Iterator[_Held]:
    named = replace(criterion.steps, measures={})
    for ladder in criterion.steps.ladders.values():
        for clause in ladder.clauses:
            for node in reached(clause.when, named):
                if not isinstance(node, t.Compare) or not isinstance(node.right, t.Parameter):
                    continue
                body = _opened(criterion, node.left)
                if _drawn(body) and node.operator not in {"=", "!="}:
                    yield _Held(clause.label, node, body)


def _opened(criterion: t.Criterion, node: t.Expression) -> t.Expression:
    """Return the change that a measure is, or the node itself."""
    if isinstance(node, t.Named) and node.level == "step":
        body = criterion.steps.measures[node.name]
        return body if isinstance(body, t.Change) else node
    return node


def _drawn(node: t.Expression) -> str:
    """Return the measure of a step that a comparison is about, empty if it is about something else."""
    if isinstance(node, t.Change) and isinstance(node.reference, t.Reference) and node.reference.of == node.of:
        node = node.of
    return node.name if isinstance(node, t.Named) and node.level == "step" and node.kind.sort == "number" else ""


def _curve(walk: Walked, name: str, held: list[_Held], order: tuple[str, ...]) -> Curve:
    criterion = walk.criterion
    node = criterion.steps.measures[name]
    measure = t.Named(node.where, name, node.kind, name, "step")
    unit = unit_of(criterion, measure)
    places = [Place("step", step) for step in range(walk.algebra.steps)]
    dots = tuple(_dot(walk, measure, unit, place) for place in places)
    origins = {one.body.reference.text: one.body.reference for one in held if isinstance(one.body, t.Change)}
    lines = [_origin(walk, origin, unit[1], places) for origin in origins.values()]
    lines += [_line(walk, one, unit[1], places) for one in held if isinstance(one.body, t.Change) or not origins]
    return Curve(name, unit[0], dots, tuple(lines), order)


def _origin(walk: Walked, node: t.Expression, factor: Fraction, places: list[Place]) -> Line:
    """Return the line of the values that changes are counted from."""
    values = [walk.value(node, place) if place in walk.step_places() else None for place in places]
    known = [value.low if value is not None and is_known(value) else None for value in values]
    return Line(node.text, "", tuple(None if value is None else float(value / factor) for value in known))


def _order(order: tuple[str, ...], ladder: t.Ladder) -> tuple[str, ...]:
    """Return the classes in their rank; in the order of the ladder where none is given."""
    known = tuple(label for label in ladder.labels if label != ladder.unknown)
    return tuple(label for label in order if label in known) or known


def _dot(walk: Walked, measure: t.Named, unit: tuple[str, Fraction], place: Place) -> Dot:
    value, date = walk.measure(measure.name, place), days_of(walk, place)
    label = str(walk.decision(walk.criterion.final, place).label) if place in walk.step_places() else ""
    least = float(value.low / unit[1]) if value.low is not None else None
    number = least if is_known(value) else None
    return Dot("" if date is None else day(date), number, least, told(value, measure, unit), label)


def _line(walk: Walked, held: _Held, factor: Fraction, places: list[Place]) -> Line:
    limit: Number = walk.value(held.compare.right, places[0])
    parameter = held.compare.right.text
    origin = f" from {held.body.reference.text}" if isinstance(held.body, t.Change) else ""
    name = f"{held.label}: {parameter}, {walk.criterion.parameters[parameter].text}{origin}"
    values = [_threshold(walk, held.body, limit, place) if place in walk.step_places() else None for place in places]
    return Line(name, held.label, tuple(None if value is None else float(value / factor) for value in values))


def _threshold(walk: Walked, body: t.Expression, limit: Number, place: Place) -> Fraction | None:
    """Return the value at which a comparison turns at a step; None if its reference is not known."""
    if limit.low is None:
        return None
    if not isinstance(body, t.Change):
        return limit.low
    base = walk.value(body.reference, place)
    if not is_known(base) or base.low is None:
        return None
    size: Fraction = limit.low * base.low / 100 if body.scale == "percent" else limit.low
    found: Fraction = base.low + size if body.direction == "rise" else base.low - size
    return found
