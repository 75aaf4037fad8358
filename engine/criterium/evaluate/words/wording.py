"""Exact values in words, in the units people read: measures as they are shown, parameters as they were written."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.rational import MISSING, Number, is_known
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.units import UnknownUnit, unit

# The unit in which a number of a dimension is kept, by the names of units.py; other numbers are spoken without one.
CANONICAL = {
    "length": "mm",
    "area": "mm2",
    "volume": "L",
    "time": "days",
    "activity": "GBq",
    "percent": "percent",
    "mass": "g",
}
_FEWEST, _MOST = 2, 9


def unit_of(criterion: t.Criterion, node: t.Expression) -> tuple[str, Fraction]:
    """Return the unit that a value is shown in and its factor to the canonical one; the canonical unit if none is."""
    if isinstance(node, t.Named):
        for layer, level in ((criterion.steps, "step"), (criterion.course, "course")):
            if node.level == level and node.name in layer.shown and layer.shown[node.name][0]:
                return layer.shown[node.name]
    if isinstance(node, t.Parameter):
        return _written(criterion.parameters[node.name].unit)
    if isinstance(node, t.Reference):
        return unit_of(criterion, node.of)
    return CANONICAL.get(node.kind.dimension, ""), Fraction(1)


def _written(text: str) -> tuple[str, Fraction]:
    try:
        return (text, unit(text).factor) if text else ("", Fraction(1))
    except UnknownUnit:
        return text, Fraction(1)


def told(value: Any, node: t.Expression, shown: tuple[str, Fraction]) -> str:
    """Return one value of a node in words, a number in the unit `shown`: `16.42 cm2`, `2006-10-12`, `missing`."""
    if not isinstance(value, Number):
        return "missing" if value is None else str(value) or "none"
    if node.kind.sort == "date":
        return _span(value, day)
    name, factor = shown
    text = _span(value, lambda one: plain(one / factor))
    return f"{text} {name}" if name and text != "missing" else text


def day(number: Fraction) -> str:
    """Return a number of days since 1970 as a date."""
    return (date(1970, 1, 1) + timedelta(days=int(number))).isoformat()


def days_apart(days: Fraction) -> str:
    """Return a number of days in words."""
    return f"{int(days)} day{'s' if int(days) != 1 else ''}"


def plain(number: Fraction, digits: int = _FEWEST) -> str:
    """Return a number to so many decimals, without trailing zeros."""
    text = f"{float(number):.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _span(value: Number, say: Any) -> str:
    if value == MISSING:
        return "missing"
    if is_known(value):
        return str(say(value.low))
    if value.low is None:
        return f"at most {say(value.high)}"
    return f"at least {say(value.low)}" if value.high is None else f"{say(value.low)} to {say(value.high)}"


_TURNED = {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">=": "<", ">": "<="}


def compared(walk: Walk[Any, Any], node: t.Compare, place: Place) -> str:
    """Return how the two sides of a comparison stand: `24.27 < 25 percent`; both with their values if one is open."""
    left, right = walk.value(node.left, place), walk.value(node.right, place)
    shown = shared_unit(walk.criterion, node)
    words = (told(left, node.left, shown), told(right, node.right, shown))
    truth = walk.holds(node, place)
    if not (truth.must or not truth.may):
        return f"{words[0]}, against {words[1]}"
    sign = node.operator if truth.must else _TURNED[node.operator]
    if words[0] == words[1] and sign not in {"=", "<=", ">="}:
        words = (_closer(left, shown), _closer(right, shown))
    if shown[0] and words[0].endswith(f" {shown[0]}") and words[1].endswith(f" {shown[0]}"):
        words = (words[0].removesuffix(f" {shown[0]}"), words[1])
    return f"{words[0]} {'is not' if sign == '!=' else sign} {words[1]}"


def shared_unit(criterion: t.Criterion, node: t.Compare) -> tuple[str, Fraction]:
    """Return the unit of both sides: that of a parameter if there is one, else that in which the left side is shown."""
    for side in (node.right, node.left):
        if isinstance(side, t.Parameter) and criterion.parameters[side.name].unit:
            return unit_of(criterion, side)
    left = unit_of(criterion, node.left)
    return left if left[0] else unit_of(criterion, node.right)


def _closer(value: Number, shown: tuple[str, Fraction]) -> str:
    """Return a known number with as many decimals as are needed to tell it from another that is close."""
    if not is_known(value) or value.low is None:
        return str(value)
    return f"{plain(value.low / shown[1], _MOST)} {shown[0]}".rstrip()
