"""Why a condition holds, or what keeps it from holding: its atoms, read from the exact walk of one course.

An atom is what is not put together from other conditions: a comparison, a word, whether a value is known, rows of a
table, a pattern, a look back; and what a sentence denies of one of these (`x is missing`, `no row where ...`). Named
conditions are opened, and so are `all`, `any`, and `not` of these. Nothing is computed a second time: every truth is
the walk's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from criterium.evaluate.algebra import COURSE, Decision, Place, outer
from criterium.evaluate.exact.algebra import course_of
from criterium.evaluate.exact.rational import Number, is_known
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.glimpses import beside, class_beside, glimpsed
from criterium.evaluate.words.sightings import sighted
from criterium.evaluate.words.wording import compared, day, told, unit_of
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.language.uses import nodes

MOST_ROWS = 4
NO_ROWS = "there is none"
_RANK = {"false": 0, "true": 0, "unknown": 1}
_STEP_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)
_ROW_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "row", None)


@dataclass(frozen=True, slots=True)
class Cause:
    """One atom of a condition at a `place`: its `text` as written, its own `truth`, and the `numbers` behind it.

    `left` and `right` are the sides of a comparison, known and in canonical units, else None. `margin` is positive or
    zero where the comparison holds and negative where it fails: how far the left side lies on the right side's good
    side. An atom of a named condition that is denied keeps its own truth: what makes `not x` hold is then `false`.
    """

    node: t.Condition
    place: Place
    text: str
    truth: str
    numbers: str
    left: Fraction | None
    right: Fraction | None
    margin: Fraction | None
    where: Where


def holding(walk: Walk[Any, Any], condition: t.Condition, place: Place) -> tuple[Cause, ...]:
    """Return the atoms that make a condition hold: of `any` only the parts that do; none if it does not hold."""
    return _told(walk, _found(walk, condition, place, "true")) if walk.holds(condition, place).must else ()


def blocking(walk: Walk[Any, Any], condition: t.Condition, place: Place) -> tuple[Cause, ...]:
    """Return the atoms that keep a condition from holding, those that are settled first; none if it holds."""
    found = _told(walk, _found(walk, condition, place, "not true")) if not walk.holds(condition, place).must else ()
    return tuple(sorted(found, key=lambda one: _RANK[one.truth]))


def ruling_out(walk: Walk[Any, Any], condition: t.Condition, place: Place) -> tuple[Cause, ...]:
    """Return atoms that are enough to make a condition false, of `all` the first part that is; none if it may hold."""
    return _told(walk, _refuted(walk, condition, place)) if not walk.holds(condition, place).may else ()


def open_(walk: Walk[Any, Any], condition: t.Condition, place: Place) -> tuple[Cause, ...]:
    """Return the atoms that are unknown, and leave the condition so; none if it is true or false."""
    if not _is_open(walk.holds(condition, place)):
        return ()
    return tuple(one for one in blocking(walk, condition, place) if one.truth == "unknown")


def atoms(walk: Walk[Any, Any], condition: t.Condition, place: Place) -> tuple[Cause, ...]:
    """Return every atom of a condition with its truth, in the order of the file."""
    return _told(walk, _found(walk, condition, place, "anything"))


def deciding(walk: Walk[Any, Any], ladder: t.Ladder, place: Place) -> t.Clause | None:
    """Return the clause that gave the label at a place; None if none did, or if more than one label is possible."""
    decision: Decision = walk.climb(ladder, place)
    return ladder.clauses[decision.clause] if decision.clause >= 0 and len(decision.possible) == 1 else None


# --- through the condition --------------------------------------------------------------------------------------------
Found = Iterator[tuple[t.Condition, Place]]
Aim = Literal["anything", "true", "false", "not true", "not false"]

_IS: dict[Aim, Callable[[Any], bool]] = {
    "anything": lambda _truth: True,
    "true": lambda truth: truth.must,
    "false": lambda truth: not truth.may,
    "not true": lambda truth: not truth.must,
    "not false": lambda truth: truth.may,
}
_DENIED: dict[Aim, Aim] = {
    "anything": "anything",
    "true": "false",
    "false": "true",
    "not true": "not false",
    "not false": "not true",
}


def _parts(walk: Walk[Any, Any], node: t.Condition, place: Place) -> tuple[tuple[t.Condition, ...], Place] | None:
    """Return what a condition is put together from, and the place of it; None for an atom."""
    if isinstance(node, (t.All, t.Some)):
        return node.of, place
    if isinstance(node, t.Not):
        return ((node.of,), place) if isinstance(node.of, (t.All, t.Some, t.Not, t.Rule)) else None
    if isinstance(node, t.Rule):
        home = place
        while home.level != node.level and home != COURSE:
            home = outer(home)
        layer = walk.criterion.course if home == COURSE else walk.criterion.steps
        stated = walk.algebra.given(node.name, home) is not None
        return None if stated else ((layer.conditions[node.name],), home)
    return None


def _found(walk: Walk[Any, Any], node: t.Condition, place: Place, aim: Aim) -> Found:
    """Yield the atoms that make a condition what it is said to be; all of them if it is said to be anything."""
    inner = _parts(walk, node, place)
    if inner is None:
        yield node, place
        return
    aim = _DENIED[aim] if isinstance(node, t.Not) else aim
    for part in inner[0]:
        if _IS[aim](walk.holds(part, inner[1])):
            yield from _found(walk, part, inner[1], aim)


def _is_open(truth: Any) -> bool:
    return bool(truth.may and not truth.must)


def _refuted(walk: Walk[Any, Any], node: t.Condition, place: Place) -> Found:
    """Yield atoms that are enough to make a condition false."""
    inner = _parts(walk, node, place)
    if inner is None:
        yield node, place
    elif isinstance(node, t.Not):
        yield from _found(walk, inner[0][0], inner[1], "true")
    else:
        false = [part for part in inner[0] if not walk.holds(part, inner[1]).may]
        for part in false[:1] if isinstance(node, t.All) else false:
            yield from _refuted(walk, part, inner[1])


# --- an atom in words -------------------------------------------------------------------------------------------------
def _told(walk: Walk[Any, Any], found: Found) -> tuple[Cause, ...]:
    """Return atoms in words, each once a place: nodes that say the same are equal wherever they stand."""
    return tuple(_cause(walk, node, place) for node, place in dict.fromkeys(found))


def _cause(walk: Walk[Any, Any], node: t.Condition, place: Place) -> Cause:
    left, right = _sides(walk, node, place)
    margin = _margin(node, left - right) if left is not None and right is not None else None
    truth, numbers = str(walk.holds(node, place)), numbers_of(walk, node, place)
    return Cause(node, place, node.text, truth, numbers, left, right, margin, node.where)


def _sides(walk: Walk[Any, Any], node: t.Condition, place: Place) -> tuple[Fraction | None, Fraction | None]:
    node = node.of if isinstance(node, t.Not) else node
    if not isinstance(node, t.Compare):
        return None, None
    left, right = (walk.value(side, place) for side in (node.left, node.right))
    return _point(left), _point(right)


def _point(value: Any) -> Fraction | None:
    return value.low if isinstance(value, Number) and is_known(value) else None


def _margin(node: t.Condition, gap: Fraction) -> Fraction | None:
    if isinstance(node, t.Not):
        inner = _margin(node.of, gap)
        return None if inner is None else -inner
    if not isinstance(node, t.Compare):
        return None
    if node.operator in {"=", "!="}:
        return -abs(gap) if node.operator == "=" else abs(gap)
    return gap if node.operator in {">", ">="} else -gap


def numbers_of(walk: Walk[Any, Any], node: t.Condition, place: Place) -> str:
    """Return the values behind an atom as people read them, empty if its text says it all."""
    node = node.of if isinstance(node, t.Not) else node
    if isinstance(node, t.Compare):
        return compared(walk, node, place)
    if isinstance(node, (t.OneOf, t.Known)):
        return _of(walk, node.of, place)
    if isinstance(node, t.Quantified):
        return _rows(walk, node, place)
    if isinstance(node, t.Seen):
        return sighted(walk, node)
    if isinstance(node, (t.Earlier, t.Later)):
        return glimpsed(walk, node, place)
    return beside(walk, node, place) if isinstance(node, t.Adjacent) else ""


def _of(walk: Walk[Any, Any], node: t.Expression, place: Place) -> str:
    """Return a value; with the step that a class comes from, and with the classes that it was chosen from."""
    if isinstance(node, t.Reference) and isinstance(node.of, t.Given):
        return class_beside(walk, node, place)
    text = told(walk.value(node, place), node, unit_of(walk.criterion, node))
    among = {one.text: one for one in nodes(node) if isinstance(one, t.Given)} if isinstance(node, t.Choose) else {}
    parts = [f"{name} {told(walk.value(one, place), one, ('', Fraction(1)))}" for name, one in among.items()]
    return f"{text} ({', '.join(parts)})" if parts else text


# --- rows -------------------------------------------------------------------------------------------------------------
def _rows(walk: Walk[Any, Any], node: t.Quantified, place: Place) -> str:
    """Return which rows make `any` hold or `every` fail, or how many there are that do not."""
    rows = walk.rows_of(node.over, place)
    among = _listed(walk.among(node.over, rows))
    has = _listed(walk.holds(node.has, rows), len(among)) if node.has is not None else among
    inside = [at for at, one in enumerate(among) if one.may]
    truth = walk.holds(node, place)
    if not inside:
        return NO_ROWS if not _is_open(truth) else "not known, there is no baseline"
    if _is_open(truth):
        chosen = [at for at in inside if _is_open(has[at]) or _is_open(among[at])]
    else:
        chosen = [at for at in inside if (has[at].must if node.how == "any" else not has[at].may)]
    if not chosen:
        return f"none of {len(inside)}" if node.how == "any" else f"all {len(inside)}"
    shown = [_row(walk, node, rows, at) for at in chosen[:MOST_ROWS]]
    more = len(chosen) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _listed(truth: Any, count: int = 0) -> list[Any]:
    return truth if isinstance(truth, list) else [truth] * count


def _row(walk: Walk[Any, Any], node: t.Quantified, rows: Place, at: int) -> str:
    """Return one row by its name (or its date) and its values in what is asked of it."""
    told_by_name = node.has is None and not rows.table
    asked = () if told_by_name else nodes(node.has or node.over.where_)
    read = [one for one in asked if isinstance(one, (t.Field, t.Named))]
    kept = {one.text: one for one in read if one.level == "row" and one.text != "date"}
    parts = []
    for one in kept.values():
        words = told(_at(walk.value(one, rows), at), one, unit_of(walk.criterion, one))
        alone = one.kind.sort == "label" and words != "missing"
        parts.append(words if alone else f"{one.text} {words}")
    return f"{row_name(walk, rows, at)} {', '.join(parts)}".rstrip()


def _at(value: Any, at: int) -> Any:
    return value[at] if isinstance(value, list) else value


def row_name(walk: Walk[Any, Any], rows: Place, at: int) -> str:
    """Return what a row is called: the name of a member, the date of any other row."""
    if rows.level == "row" and not rows.table:
        frame, index = course_of(walk.algebra)
        names, first = frame.tracked.names, int(frame.tracked.offsets[index])
        return str(names.words[int(names.codes[first + at])])
    dates = walk.value(_ROW_DATE if rows.table != "*" else _STEP_DATE, rows)
    date = _at(dates, at)
    return day(date.low) if is_known(date) and date.low is not None else "a row without a date"
