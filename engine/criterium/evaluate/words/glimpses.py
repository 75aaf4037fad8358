"""What a condition saw at other steps, in words: the step that shows it, or what stood at those that do not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import takewhile
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.rational import is_known
from criterium.evaluate.lookout import Look
from criterium.evaluate.references import NO_CLASS
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.wording import day, days_apart, told, unit_of
from criterium.language import tree as t
from criterium.language.problems import Where

_DATE = t.Field(Where(""), "date", t.Kind("date"), "date", "step", None)
_MOST = 3
_SIDES = {t.Earlier: ("earlier", "before"), t.Later: ("later", "after")}
_SHOWN = {"true": "yes", "false": "no", "unknown": "not known"}
Walked = Walk[Any, Any]
Looks = Sequence[Look[Any]]


def glimpsed(walk: Walked, node: t.Earlier | t.Later, place: Place) -> str:
    """Return the nearest step at which a condition holds, or what stood at those that do not show it."""
    side, _ = _SIDES[type(node)]
    looks = list(walk.looks(node, place))
    if not looks:
        return f"there is no {side} {walk.criterion.each}"
    hit = next((one for one in looks if one.has.must and one.within.must and one.going.must), None)
    if hit is not None:
        return f"{_stood(walk, node.of, hit.there)}, {_away(walk, node, place, hit.there)}"
    able = [one for one in looks if one.has.may]
    if able:
        return f"{_stood(walk, node.of, able[0].there)}{_in_the_way(walk, node, place, able[0], looks)}"
    if _has_value(node.of):
        return _each(walk, node.of, looks)
    return f"at none of {len(looks)} {side} {walk.criterion.each}{'s' * (len(looks) > 1)}"


def beside(walk: Walked, node: t.Adjacent, place: Place) -> str:
    """Return what stood at the step before, or after."""
    step = place.step - 1 if node.side == "preceding" else place.step + 1
    if not walk.algebra.opening <= step < walk.algebra.steps:
        return _none(walk, node.side)
    return f"{_SHOWN[str(walk.holds(node, place))]} on {_dated(walk, Place('step', step))}"


def class_beside(walk: Walked, node: t.Reference, place: Place) -> str:
    """Return the class of the step before, or after, with its date."""
    label = walk.value(node, place)
    if label == NO_CLASS:
        return _none(walk, node.reference)
    step = place.step + 1 if node.reference in {"next", "following"} else place.step - 1
    return f"{told(label, node, ('', Fraction(1)))} on {_dated(walk, Place('step', step))}"


def _none(walk: Walked, reference: str) -> str:
    side = "later" if reference in {"next", "following"} else "earlier"
    return f"there is no {side} {walk.criterion.each}"


# --- what stood there -------------------------------------------------------------------------------------------------
def _inner(node: t.Condition) -> t.Condition:
    return _inner(node.of) if isinstance(node, t.Not) else node


def _has_value(node: t.Condition) -> bool:
    """Say whether a condition is about one value or class, which says more than whether it holds."""
    return isinstance(_inner(node), (t.Against, t.OneOf, t.Compare))


def _stood(walk: Walked, node: t.Condition, there: Place) -> str:
    """Return the value or class that a condition is about at a step, with the date: `PR on 2020-03-01`."""
    inner = _inner(node)
    value = {t.Against: "there", t.OneOf: "of", t.Compare: "left"}.get(type(inner))
    if value is None:
        return f"on {_dated(walk, there)}"
    of: t.Expression = getattr(inner, value)
    return f"{told(walk.value(of, there), of, unit_of(walk.criterion, of))} on {_dated(walk, there)}"


def _each(walk: Walked, node: t.Condition, looks: Looks) -> str:
    shown = ", ".join(_stood(walk, node, one.there) for one in looks[:_MOST])
    return shown + (f" and {len(looks) - _MOST} more" if len(looks) > _MOST else "")


def _dated(walk: Walked, there: Place) -> str:
    date = walk.value(_DATE, there)
    return day(date.low) if is_known(date) else "an unknown date"


def _gap(walk: Walked, place: Place, there: Place) -> Fraction:
    one, other = walk.value(_DATE, place), walk.value(_DATE, there)
    return abs(Fraction(one.low - other.low))


def _away(walk: Walked, node: t.Earlier | t.Later, place: Place, there: Place) -> str:
    return f"{days_apart(_gap(walk, place, there))} {_SIDES[type(node)][1]}"


# --- why it does not count --------------------------------------------------------------------------------------------
def _in_the_way(walk: Walked, node: t.Earlier | t.Later, place: Place, look: Look[Any], looks: Looks) -> str:
    """Return why a step that may have what is sought does not show it."""
    if not look.has.must:
        return ": not known whether it holds there"
    if not look.within.must:
        return f", {_away(walk, node, place, look.there)}: {_beyond(walk, node, place, look.there)}"
    return f": {_between(walk, node, looks, look)}"


def _beyond(walk: Walked, node: t.Earlier | t.Later, place: Place, there: Place) -> str:
    """Return by which bound a step is too near or too far."""
    window, gap = node.window, _gap(walk, place, there)
    for bound, word in ((window.least, "less"), (window.most, "more")) if window is not None else ():
        if bound is None:
            continue
        limit = walk.value(bound, place)
        if is_known(limit) and (gap < limit.low if word == "less" else gap > limit.low):
            written = isinstance(bound, t.Constant)
            return f"{word} than {bound.text if written else told(limit, bound, unit_of(walk.criterion, bound))}"
    return "not known whether that is in time"


def _between(walk: Walked, node: t.Earlier | t.Later, looks: Looks, look: Look[Any]) -> str:
    """Return which step between is not as asked, or that too many are."""
    window, nearer = node.window, list(takewhile(lambda one: one is not look, looks))
    if window is not None and window.between is not None:
        for one in nearer:
            if not walk.holds(window.between, one.there).must:
                return f"{_stood(walk, window.between, one.there)} lies between"
    return "too many of those that may lie between do"
