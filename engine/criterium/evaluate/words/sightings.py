"""What a pattern saw in the classes of a course, in words: the steps that match it, or why none could."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.exact.rational import Number, is_known
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.wording import day, days_apart, told, unit_of
from criterium.language import tree as t
from criterium.language.problems import Where

_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step that a pattern may look at: its number, its class and its date in days."""

    step: int
    label: str
    date: Fraction

    def __str__(self) -> str:
        return f"{self.label} on {day(self.date)}"


def sighted(walk: Walk[Any, Any], node: t.Seen) -> str:
    """Return which steps show a pattern, or what is missing: no such class, none in time, none far enough apart."""
    steps, ended = _looked_at(walk, node)
    wanted = " or ".join(node.classes)
    having = [one for one in steps if one.label in node.classes]
    last = f" up to {ended}" if ended else ""
    if not having:
        return f"no {wanted}{last}"
    inside = [one for one in having if _within(walk, node, one)]
    if not inside:
        return f"{_listed(having)}: not {_window(walk, node)}"
    if node.apart is None:
        return str(inside[0])
    pair = next((pair for pair in combinations(inside, 2) if _fits(walk, node, steps, *pair)), None)
    if pair is not None and walk.holds(node, COURSE).may:
        return f"{pair[0]} and {pair[1]}, {days_apart(pair[1].date - pair[0].date)} apart"
    return f"{_listed(inside)}{last}: {_unpaired(walk, node, inside)}"


def _looked_at(walk: Walk[Any, Any], node: t.Seen) -> tuple[list[_Step], _Step | None]:
    """Return the steps up to the first class that ends the course, and that one if there is one."""
    found = []
    for place in walk.step_places():
        date = walk.value(_DATE, place)
        if is_known(date) and date.low is not None:
            one = _Step(place.step, str(walk.decision(node.ladder, place).label), date.low)
            found.append(one)
            if one.label in walk.criterion.until:
                return found, one
    return found, None


def _value(walk: Walk[Any, Any], node: t.Expression | None) -> Fraction | None:
    found = walk.value(node, COURSE) if node is not None else None
    return found.low if isinstance(found, Number) and is_known(found) else None


def _within(walk: Walk[Any, Any], node: t.Seen, one: _Step) -> bool:
    since, until = _value(walk, node.since), _value(walk, node.until)
    return (since is None or one.date >= since) and (until is None or one.date <= until)


def _window(walk: Walk[Any, Any], node: t.Seen) -> str:
    since, until = _value(walk, node.since), _value(walk, node.until)
    parts = [f"{word} {day(bound)}" for word, bound in (("from", since), ("by", until)) if bound is not None]
    return " ".join(parts)


def _fits(walk: Walk[Any, Any], node: t.Seen, steps: Sequence[_Step], first: _Step, second: _Step) -> bool:
    apart, most = _value(walk, node.apart), _value(walk, node.most)
    gap = second.date - first.date
    between = [one for one in steps if first.step < one.step < second.step]
    allowed = node.between is None or all(one.label in node.between for one in between)
    counted = sum(one.label in node.most_of for one in between)
    return gap > 0 and apart is not None and gap >= apart and allowed and (most is None or counted <= most)


def _unpaired(walk: Walk[Any, Any], node: t.Seen, inside: Sequence[_Step]) -> str:
    """Return why no two of the steps go together."""
    if len(inside) == 1:
        return "only one"
    longest = inside[-1].date - inside[0].date
    apart = _value(walk, node.apart)
    if apart is not None and longest < apart and node.apart is not None:
        least = told(walk.value(node.apart, COURSE), node.apart, unit_of(walk.criterion, node.apart))
        return f"{days_apart(longest)} apart, less than {least}"
    return "not as the pattern asks for what lies between"


def _listed(steps: Sequence[_Step]) -> str:
    shown = [str(one) for one in steps[:3]]
    more = len(steps) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
