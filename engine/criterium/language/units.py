"""Units and dimensions: UCUM spellings in, exact factors to one canonical unit a dimension out.

The only user of pint. The closed list of units is `units.txt`; a month is 30.4375 days. Percent is a dimension of its
own, so that `50` cannot be mistaken for `50 percent`, nor a share for a length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from pint import UnitRegistry

# Spellings in use beside UCUM's own: laboratories print K/uL, CDISC prints 10^9/L, papers print /mm3.
_SPELLINGS = {
    "%": "percent",
    "10^9/L": "10*9/L",
    "10e9/L": "10*9/L",
    "x10^9/L": "10*9/L",
    "10^3/uL": "10*9/L",
    "10*3/uL": "10*9/L",
    "K/uL": "10*9/L",
    "K/cumm": "10*9/L",
    "Thou/mcL": "10*9/L",
    "GI/L": "10*9/L",
    "G/L": "10*9/L",
    "cells/uL": "/uL",
    "cells/mm3": "/uL",
    "/mm3": "/uL",
    "/cumm": "/uL",
    "[iU]/L": "U/L",
    "IU/L": "U/L",
    "µmol/L": "umol/L",
    "μmol/L": "umol/L",
    "mEq/L": "meq/L",
    "degC": "Cel",
    "°C": "Cel",
    "g/d": "g/24h",
    "mg/d": "mg/24h",
    "mL/min/1.73m2": "mL/min/{1.73_m2}",
    "{ratio}": "ratio",
    "{INR}": "ratio",
    "1": "ratio",
    "{dipstick}": "dipstick",
    "[pH]": "pH",
}
# What pint cannot read as written; everything else is UCUM with `.` for a product and a digit for a power.
_FORMS = {
    "10*9/L": "gigacell / litre",
    "/uL": "cell / microlitre",
    "g/24h": "gram / day",
    "mg/24h": "milligram / day",
    "mL/min/{1.73_m2}": "millilitre / minute / body_surface",
    "ratio": "fold",
}
_POWER = re.compile(r"(?<=[a-z])([23])\b")
_PLAIN = re.compile(r"[A-Za-z]+[23]?([/.][A-Za-z]+[23]?)*")


class UnknownUnit(ValueError):
    """The text is not a unit of the closed list."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its `name` (UCUM), its `dimension` and the exact `factor` to the canonical unit of that dimension."""

    name: str
    dimension: str
    factor: Fraction


@cache
def _registry() -> UnitRegistry[Fraction]:
    from pint import UnitRegistry

    path = str(_declared())
    return cast("UnitRegistry[Fraction]", UnitRegistry(path, non_int_type=Fraction, autoconvert_to_preferred=False))


def _declared() -> Traversable:
    return resources.files("criterium.language") / "units.txt"


@cache
def unit(text: str) -> Unit:
    """Return the unit that `text` spells, in UCUM or a common variant; raise UnknownUnit otherwise."""
    name = _SPELLINGS.get(text, text)
    if name not in _FORMS and not _PLAIN.fullmatch(name):
        raise UnknownUnit(text)
    form = _FORMS.get(name) or _POWER.sub(r"**\1", name.replace(".", "*"))
    try:
        quantity = _registry().Quantity(1, form).to_base_units()
    except AttributeError as error:  # what pint raises for an undefined unit is one
        raise UnknownUnit(text) from error
    powers = {base.strip("[]"): int(cast("int", power)) for base, power in quantity.dimensionality.items()}
    return Unit(name, dimension_of(powers), Fraction(quantity.magnitude))


# Dimensions as powers of the base dimensions, where people have a name of its own for what they measure.
_DIMENSIONS = {
    "": "number",
    "length^2": "area",
    "length^3": "volume",
    "fold": "ratio",
    "count volume^-1": "cell count",
    "mass volume^-1": "mass concentration",
    "substance volume^-1": "substance concentration",
    "charge volume^-1": "charge concentration",
    "enzyme volume^-1": "enzyme activity",
    "enzyme_international volume^-1": "enzyme activity",
    "mass time^-1": "mass rate",
    "time^-1 volume": "clearance",
    "body_surface^-1 time^-1 volume": "clearance per body surface",
}


@cache
def _names() -> dict[str, str]:
    """Return the names of dimensions: those above, and of each base dimension of `units.txt` its own in words."""
    bases = re.findall(r"= \[(\w+)\]", _declared().read_text(encoding="utf-8"))
    return {base: base.replace("_", " ") for base in bases} | _DIMENSIONS


def dimension_of(powers: Mapping[str, Fraction | int]) -> str:
    """Return the name of the dimension that a product of base dimensions has, such as {"length": 2} -> "area"."""
    parts = [name if power == 1 else f"{name}^{power}" for name, power in sorted(powers.items()) if power]
    key = " ".join(parts)
    return _names().get(key, key)


def powers_of(dimension: str) -> dict[str, int]:
    """Return the base dimensions of a named dimension, the inverse of `dimension_of`."""
    key = next((key for key, name in _names().items() if name == dimension), dimension)
    split = (part.partition("^") for part in key.split())
    return {name: int(power or 1) for name, _, power in split}


def same_scale(one: Unit, other: Unit) -> bool:
    """Say whether two units are one scale, so that a value may pass between them by an exact factor."""
    return one.dimension == other.dimension


def spellings() -> tuple[str, ...]:
    """Return unit spellings a reader is likely to have meant, for "did you mean"."""
    plain = ("mm", "cm", "mm2", "cm2", "GBq", "MBq", "mCi", "percent", "days", "weeks", "months", "years", "hours")
    rates = ("g/dL", "g/L", "mg/dL", "mmol/L", "umol/L", "U/L", "ng/mL", "meq/L", "10*9/L", "mL/min", "g/24h")
    return (*plain, *rates, *_SPELLINGS)
