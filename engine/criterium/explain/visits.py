"""One step of a course, explained: what was measured, the values made of it, and the earlier values they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.algebra import course_of
from criterium.evaluate.exact.rational import Number, is_known
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import row_name
from criterium.evaluate.words.wording import day, told, unit_of
from criterium.explain.model import Amount, Reference, Row, Visit
from criterium.explain.verdicts import verdict
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.language.tables import Column, Table
from criterium.language.uses import nodes
from criterium.timeline.cohort import Labels, Values

Walked = Walk[Any, Any]
NO_BASELINE = "no baseline, nothing was recorded on or before the start"
_CHOSEN = {"true": "yes", "false": "no", "unknown": "not known"}
NOT_KNOWN = "not known"
DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)


def visit(walk: Walked, place: Place, tables: Mapping[str, Table], asked: tuple[str, str]) -> Visit:
    """Return a step, explained; the baseline has no classes. `asked` is a ladder and the class it is asked for."""
    criterion, date = walk.criterion, days_of(walk, place)
    classed = place in walk.step_places()
    ladders = criterion.steps.ladders.values() if classed else ()
    frame, index = course_of(walk.algebra)
    start = frame.start[index]
    since = None if date is None or start != start else int(date) - int(start)  # noqa: PLR0124 -- not a number
    measured = tuple(rows(walk, place, tables.get(criterion.of or "")))
    besides = tuple(rows_beside(walk, place, tables))
    bare = not classed and not bool(frame.has_baseline[index]) and not besides
    return Visit(
        numbered(walk, place.step),
        "" if date is None else day(date),
        since,
        (*measured, *besides),
        tuple(amount(walk, name, node, place) for name, node in _measures(criterion, classed)),
        tuple(references(walk, place)) if classed else (),
        tuple(verdict(walk, ladder, place, asked[1] if ladder.name == asked[0] else "") for ladder in ladders),
        gaps=tuple(_gaps(measured)),
        note=NO_BASELINE if bare else "",
    )


def _measures(criterion: t.Criterion, classed: bool) -> Iterator[tuple[str, t.Expression]]:  # noqa: FBT001
    """Yield the measures of a step; at the baseline those that refer to no earlier step."""
    for name, node in criterion.steps.measures.items():
        if classed or not any(isinstance(one, (t.Reference, t.Change)) for one in nodes(node)):
            yield name, node


def numbered(walk: Walked, step: int) -> int:
    """Return the number by which people know a step: the baseline is 0, the first of the others 1."""
    return step + 1 - int(walk.algebra.opening)


def days_of(walk: Walked, place: Place) -> Fraction | None:
    """Return the date of a step in days; None if it has none."""
    found = walk.value(DATE, place)
    return found.low if is_known(found) else None


def amount(walk: Walked, name: str, node: t.Expression, place: Place) -> Amount:
    """Return a measure of the step or the course by its name."""
    level: t.Level = "course" if place == COURSE else "step"
    shown = unit_of(walk.criterion, t.Named(node.where, name, node.kind, name, level))
    return _amount(name, walk.measure(name, place), node, shown)


def _amount(name: str, value: Any, node: t.Expression, shown: tuple[str, Fraction]) -> Amount:
    text = told(value, node, shown)
    if not isinstance(value, Number) or not is_known(value) or value.low is None or node.kind.sort == "date":
        return Amount(name, text)
    return Amount(name, text, round(float(value.low / shown[1]), 9), shown[0])


# --- rows -------------------------------------------------------------------------------------------------------------
def rows(walk: Walked, place: Place, table: Table | None) -> Iterator[Row]:
    """Yield the members of a step as they were entered, with the values made of each; or the columns of a step alone.

    A member that was never seen up to this step, or has no row at it, is left out.
    """
    frame, index = course_of(walk.algebra)
    if table is None:
        return
    if frame.members is None:
        fields = frame.steps[place.step]
        yield Row("", tuple(_entered(name, values, index, table) for name, values in fields.items() if name != "date"))
        return
    inner = Place("row", place.step)
    first = int(frame.members.offsets[index])
    made = {name: walk.value(node, inner) for name, node in walk.criterion.members.items()}
    chosen = {name: walk.chosen(name, inner) for name in walk.criterion.chosen}
    for at in range(int(frame.members.offsets[index + 1]) - first):
        if bool(frame.members.present[place.step][first + at]):
            read = [_entered(*one, first + at, table) for one in _in_order(frame.members.fields[place.step], table)]
            read += [_made(walk, name, value, at) for name, value in made.items()]
            read += [Amount(name, _CHOSEN[str(truth[at])]) for name, truth in chosen.items()]
            if read:
                yield Row(row_name(walk, inner, at), tuple(read))


def rows_beside(walk: Walked, place: Place, tables: Mapping[str, Table]) -> Iterator[Row]:
    """Yield the rows of other tables that lie at a step and that the criterion looks at, by their dates."""
    frame = course_of(walk.algebra)[0]
    for name in frame.beside if place in walk.step_places() or walk.algebra.opening else ():
        inner = Place("row", place.step, name)
        for at, row in looked_at(walk, inner):
            fields = frame.beside[name].fields
            kept = {one: fields[one] for one in tables[name].columns if one in fields and one != "date"}
            values = [_entered(one, column, row, tables[name]) for one, column in kept.items()]
            yield Row(row_name(walk, inner, at), tuple(one for one in values if one.text), name)


def looked_at(walk: Walked, rows: Place) -> Iterator[tuple[int, int]]:
    """Yield the rows of another table at a step that some collection of the criterion may hold.

    Each by its number among the rows at the step, and by its number in the table.
    """
    criterion, (frame, index) = walk.criterion, course_of(walk.algebra)
    beside = frame.beside[rows.table]
    low, high = (int(one) for one in beside.offsets[index : index + 2])
    here = [row for row in range(low, high) if int(beside.step[row]) == rows.step]
    every = nodes((criterion.members, criterion.steps, criterion.also)) if here else ()
    over = {one for one in every if isinstance(one, t.Collection) and one.table == rows.table and one.own == "rows"}
    held = [walk.among(one, rows) for one in over]
    for at, row in enumerate(here):
        if any((truth[at] if isinstance(truth, list) else truth).may for truth in held):
            yield at, row


def _gaps(found: Sequence[Row]) -> Iterator[str]:
    """Yield what is empty in the rows from which a value could not be made."""
    for row in found:
        empty = [one.name for one in row.values if not one.text]
        if empty and any(one.text == NOT_KNOWN for one in row.values):
            yield f"{' and '.join(empty)} of {row.name}"


def _in_order(fields: Mapping[str, Values], table: Table) -> list[tuple[str, Values]]:
    return [(name, fields[name]) for name in table.columns if name in fields and name not in {table.member, "date"}]


def _made(walk: Walked, name: str, value: Any, at: int) -> Amount:
    node = walk.criterion.members[name]
    one = value[at] if isinstance(value, list) else value
    if isinstance(one, Number) and not is_known(one):
        return Amount(name, NOT_KNOWN)
    return _amount(name, one, node, unit_of(walk.criterion, node))


def _entered(name: str, values: Values, row: int, table: Table) -> Amount:
    """Return a cell of a table as it was entered, in the unit that its column is kept in."""
    column = table.columns.get(name)
    if isinstance(values, Labels):
        code = int(values.codes[row])
        return Amount(name, values.words[code] if code >= 0 else "")
    number = float(values[row])
    if number != number:  # noqa: PLR0124 -- not a number
        return Amount(name, "")
    if column is not None and column.type == "date":
        return Amount(name, day(Fraction(number)))
    unit = unit_of_column(column)
    return Amount(name, f"{number:.10g} {unit}".rstrip(), number, unit)


def unit_of_column(column: Column | None) -> str:
    """Return the unit that the numbers of a column are kept in, empty for a plain number."""
    if column is None:
        return ""
    return column.unit or {"activity": "GBq", "area": "mm2", "length": "mm"}.get(column.dimension or "", "")


# --- references -------------------------------------------------------------------------------------------------------
def references(walk: Walked, place: Place) -> Iterator[Reference]:
    """Yield the values of earlier steps that the measures and conditions of a step read, with where each comes from."""
    seen = set()
    for node in nodes((walk.criterion.steps.measures, walk.criterion.steps.conditions, walk.criterion.steps.ladders)):
        if not isinstance(node, t.Reference) or node in seen or isinstance(node.of, t.Given) or _of_row(node.of):
            continue
        seen.add(node)
        value = walk.value(node, place)
        step = _origin(walk, node, value, place)
        date = days_of(walk, Place("step", step)) if step is not None else None
        found = _amount(node.text, value, node.of, unit_of(walk.criterion, node.of))
        if node.of != DATE:
            number = None if step is None else numbered(walk, step)
            yield Reference(f"{node.reference} {node.of.text}", found, number, "" if date is None else day(date))


def _of_row(node: t.Expression) -> bool:
    return any(isinstance(one, (t.Field, t.Named)) and one.level == "row" for one in nodes(node))


def _origin(walk: Walked, node: t.Reference, value: Any, place: Place) -> int | None:
    """Return the step that a reference comes from; None if it has no value."""
    if not isinstance(value, Number) or not is_known(value):
        return None
    later = node.reference in {"next", "following"}
    steps = range(place.step + 1, walk.algebra.steps) if later else range(place.step)
    having = [step for step in steps if walk.value(node.of, Place("step", step)) == value]
    latest = node.reference in {"previous", "preceding"}
    return (having[-1] if latest else having[0]) if having else None
