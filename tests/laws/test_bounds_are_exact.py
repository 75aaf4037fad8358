"""Bounds are exact on the decimals that were entered, in both algebras: integers say what the answer is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.columns import bounds
from criterium.evaluate.columns.bounds import Num
from criterium.evaluate.exact import rational

TENTHS = np.arange(1, 1000)  # 0.1 mm to 99.9 mm


def _column(numbers: object) -> Num:
    array = np.asarray(numbers, dtype=np.float64)
    return Num(array, array, whole=True)


@pytest.mark.parametrize("percent", [10, 13, 20, 25, 30, 50, 73, 100])
@pytest.mark.parametrize("direction", ["rise", "fall"])
def test_every_pair_of_sizes_in_tenths_is_on_the_right_side(percent: int, direction: str):
    """Of all pairs of sizes up to 99.9 mm, exactly those reach a percentage whose integers do, equality included."""
    before, now = np.meshgrid(TENTHS, TENTHS)
    change = bounds.change(direction, "percent", _column(now / 10), _column(before / 10))
    gap = now - before if direction == "rise" else before - now
    for operator, right in ((">=", 100 * gap >= percent * before), (">", 100 * gap > percent * before)):
        must, may = bounds.reaches(operator, change, _column(float(percent)))
        assert (must == right).all()
        assert (may == right).all()


@pytest.mark.parametrize("millimetres", [3, 5, 10])
def test_every_difference_in_tenths_is_on_the_right_side(millimetres: int):
    """27.3 to 32.3 mm is 5 mm, and so it is for every other pair."""
    before, now = np.meshgrid(TENTHS, TENTHS)
    gain = bounds.change("rise", "absolute", _column(now / 10), _column(before / 10))
    must, _ = bounds.reaches(">=", gain, _column(float(millimetres)))
    assert (must == (now - before >= 10 * millimetres)).all()


def test_every_product_in_tenths_is_itself():
    """1.5 x 1.2 is 1.8, and every product of two sizes in tenths is its own decimal."""
    long, short = np.meshgrid(TENTHS[:400], TENTHS[:400])
    area = bounds.times(_column(long / 10), _column(short / 10))
    decimal = _column((long * short) / 100)
    for operator in (">=", ">"):
        must, _ = bounds.reaches(operator, area, decimal)
        assert must.all() == (operator == ">=")
        assert must.any() == (operator == ">=")


@pytest.mark.parametrize(
    ("before", "now", "direction", "percent"),
    [("26.0", "31.2", "rise", 20), ("3.6", "2.7", "fall", 25), ("10", "12", "rise", 20), ("0.7", "0.35", "fall", 50)],
)
def test_known_traps_are_on_the_threshold(before: str, now: str, direction: str, percent: int):
    """26.0 to 31.2 mm is +20.0 percent and 3.6 to 2.7 mm is -25 percent: not less, and not more."""
    column = bounds.change(direction, "percent", _column(float(now)), _column(float(before)))
    exact = rational.change(direction, "percent", _number(now), _number(before))
    assert exact == rational.point(Fraction(percent))
    assert bounds.reaches(">=", column, _column(float(percent)))[0]
    assert not bounds.reaches(">", column, _column(float(percent)))[0]


def _number(text: str) -> rational.Number:
    return rational.point(Fraction(text))


decimals = st.decimals(min_value=0, max_value=500, places=2)


@settings(max_examples=300, derandomize=True)
@given(
    parts=st.lists(st.tuples(decimals, decimals), min_size=1, max_size=6),
    percent=st.sampled_from([10, 20, 25, 30, 50]),
    off=st.sampled_from(["0", "0.01", "-0.01"]),
)
def test_a_sum_of_products_on_a_threshold_is_on_it(parts: list[tuple[Decimal, Decimal]], percent: int, off: str):
    """Sums of products compare with a share of themselves as fractions do, on the share and a hundredth beside it."""
    size = sum(Fraction(long) * Fraction(short) for long, short in parts)
    limit = size * percent / 100 + Fraction(off)
    total = sum(float(long) * float(short) for long, short in parts)
    for operator in (">=", ">"):
        share = bounds.times(_column(total), _column(percent / 100))
        must, _ = bounds.reaches(operator, share, _column(float(limit)))
        exact = rational.compare(operator, rational.point(size * percent / 100), rational.point(limit))
        assert bool(must) == exact.must
