"""Numbers as papers print them: rounded half up, at the decimals that were printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any


def rounded(number: float | Decimal, decimals: int) -> str:
    """Return a number at a printed precision, half up (away from zero); `-` where there is none."""
    if not isfinite(number):
        return "-"
    # Nine decimals are far more than is measured and far less than binary fractions are off.
    exact = number if isinstance(number, Decimal) else Decimal(repr(round(float(number), 9)))
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def decimals_of(printed: Sequence[Any]) -> int:
    """Return the most decimals that a printed number of a list has."""
    return max(len(str(one).partition(".")[2]) for one in printed)


def as_list(value: Any) -> list[Any]:
    """Return what was printed as a list: nothing, one number, or the two ends of a range."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def possible_share(printed: Any, total: int) -> bool:
    """Say whether some whole number of `total` gives the share, in percent, that was printed."""
    decimals = decimals_of([printed])
    wanted = rounded(Decimal(str(printed)), decimals)
    return any(rounded(100.0 * count / total, decimals) == wanted for count in range(total + 1))
