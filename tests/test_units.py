"""Units: factors from the tables of the field, worked out by hand, and spellings as laboratories print them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criterium.language.units import Unit, UnknownUnit, dimension_of, powers_of, same_scale, spellings, unit


def ratio(one, other):
    """Return how many `other` make one `one`."""
    assert same_scale(unit(one), unit(other))
    return unit(one).factor / unit(other).factor


@pytest.mark.parametrize(
    ("one", "other", "times"),
    [
        ("cm", "mm", 10),
        ("cm2", "mm2", 100),
        ("m", "mm", 1000),
        ("GBq", "MBq", 1000),
        ("mCi", "MBq", 37),
        ("Ci", "GBq", 37),
        ("week", "days", 7),
        ("wk", "d", 7),
        ("month", "days", Fraction("30.4375")),
        ("mo", "d", Fraction("30.4375")),
        ("year", "months", 12),
        ("a", "d", Fraction("365.25")),
        ("days", "hours", 24),
        ("10*9/L", "/mm3", 1000),
        ("10*9/L", "/uL", 1000),
        ("10^9/L", "K/uL", 1),
        ("cells/mm3", "/mm3", 1),
        ("g/dL", "g/L", 10),
        ("mg/dL", "g/L", Fraction(1, 100)),
        ("ng/mL", "g/L", Fraction(1, 1_000_000)),
        ("mmol/L", "umol/L", 1000),
        ("ukat/L", "U/L", 60),
        ("nkat/L", "U/L", Fraction(60, 1000)),
        ("g/24h", "mg/24h", 1000),
        ("g/d", "g/24h", 1),
        ("kg", "g", 1000),
        ("lb", "g", Fraction("453.59237")),
        ("Gy", "Gy", 1),
        ("percent", "%", 1),
        ("s", "ms", 1000),
    ],
)
def test_factors(one, other, times):
    """A unit is exactly so many of another."""
    assert ratio(one, other) == times


def test_activity():
    """1 GBq is 27.03 mCi, as the tables print it."""
    assert round(float(ratio("GBq", "mCi")), 2) == 27.03


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("percent", "ratio"),
        ("mm", "mm2"),
        ("mL/min", "mL/min/{1.73_m2}"),
        ("mmol/L", "mg/dL"),
        ("U/L", "mmol/L"),
        ("meq/L", "mmol/L"),
        ("10*9/L", "g/L"),
        ("Gy", "GBq"),
        ("pH", "ratio"),
    ],
)
def test_scales_apart(one, other):
    """Nothing turns one scale into another without knowing more: no amount into a mass, no share into a percentage."""
    assert not same_scale(unit(one), unit(other))


@pytest.mark.parametrize(
    "text", ["", "mmm", "millimeters", "mg/dl/x", "10^8/L", "__import__('os')", "mm;", "1 mm", "mm mm mm /"]
)
def test_unknown(text):
    """What is not in the list is refused, and nothing in it is run."""
    with pytest.raises(UnknownUnit):
        unit(text)


@pytest.mark.parametrize("text", spellings())
def test_spellings(text):
    """Every spelling that is offered is a unit."""
    assert unit(text).factor > 0


def test_canonical():
    """Lengths are in mm, areas in mm2, times in days, activities in GBq."""
    canonical = [unit(name).factor for name in ("mm", "mm2", "days", "GBq", "percent")]
    assert canonical == [1, 1, 1, 1, 1]
    assert unit("10^9/L") == Unit("10*9/L", "cell count", unit("10*9/L").factor)


@given(st.sampled_from(spellings()))
def test_dimensions_are_products(text):
    """A dimension is the same after it was taken apart into base dimensions and put together again."""
    dimension = unit(text).dimension
    assert dimension_of(powers_of(dimension)) == dimension


def test_product():
    """A length times a length is an area, an area over a length a length, a length over itself a plain number."""
    assert dimension_of({"length": 2}) == "area"
    assert dimension_of({"length": 2 - 1}) == "length"
    assert dimension_of({"length": 1 - 1}) == "number"
