"""The types of values: which go together, what arithmetic makes of them, and how to say them in words."""

from __future__ import annotations

from criterium.language import tree as t
from criterium.language.units import dimension_of, powers_of

NUMBER = t.Kind("number", "number")
DATE = t.Kind("date")
TRUTH = t.Kind("truth")
TIME = t.Kind("number", "time")

# A unit that people write for a dimension, to say what a bare number lacks.
USUAL = {
    "percent": "percent",
    "length": "mm",
    "area": "cm2",
    "time": "weeks",
    "activity": "GBq",
    "ratio": "ratio",
    "mass": "kg",
    "volume": "mL",
    "cell count": "10*9/L",
    "mass concentration": "g/L",
}


def comparable(one: t.Expression, other: t.Expression) -> bool:
    """Say whether two values can be compared: one sort and dimension, or a plain 0 with any number."""
    if one.kind.sort == "number" and other.kind.sort == "number":
        return bare_zero(one) or bare_zero(other) or one.kind.dimension == other.kind.dimension
    return one.kind.sort == other.kind.sort


def bare_zero(value: t.Expression) -> bool:
    """Say whether a value is a 0 without a unit, which fits every dimension."""
    return isinstance(value, t.Constant) and value.value == 0 and value.kind == NUMBER


def described(kind: t.Kind) -> str:
    """Return a type in words: "a length", "a percentage", "a plain number", "a date", "a word"."""
    if kind.sort != "number":
        return {"date": "a date", "truth": "yes or no", "label": "a word"}[kind.sort]
    special = {"number": "a plain number", "percent": "a percentage", "time": "a time"}
    article = "an" if kind.dimension[:1] in "aeiou" else "a"
    return special.get(kind.dimension, f"{article} {kind.dimension}")


def added(operator: str, left: t.Kind, right: t.Kind) -> t.Kind | None:
    """Return the type of a sum or difference, None if there is none: dates differ by a time and move by one."""
    if left.sort == "date" and right.sort == "date":
        return TIME if operator == "-" else None
    if left.sort == "date":
        return DATE if right == TIME else None
    return left if left.sort == "number" and left == right else None


def multiplied(operator: str, left: t.Kind, right: t.Kind) -> t.Kind | None:
    """Return the type of a product or quotient, None if one side is not a number."""
    if left.sort != "number" or right.sort != "number":
        return None
    powers: dict[str, int] = dict(powers_of(left.dimension)) if left != NUMBER else {}
    sign = 1 if operator == "*" else -1
    for name, power in (powers_of(right.dimension) if right != NUMBER else {}).items():
        powers[name] = powers.get(name, 0) + sign * power
    return t.Kind("number", dimension_of(powers))
