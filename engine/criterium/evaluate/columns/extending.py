"""What a later step has, for all that have an earlier one: columns made longer by what stands for the others."""

from __future__ import annotations

from typing import Any

import numpy as np

from criterium.evaluate.columns.bounds import Num, explicit, is_point
from criterium.evaluate.columns.kleene import Truth, Word, is_certain, recoded


def extended(value: Any, sizes: tuple[int, int], rest: Any) -> Any:
    """Return a value of `sizes[0]` entries with `rest` for the entries up to `sizes[1]`."""
    if isinstance(value, Truth):
        must = _longer(value.must, rest.must, sizes)
        same = is_certain(value) and is_certain(rest)
        return Truth(must, must if same else _longer(value.may, rest.may, sizes))
    if isinstance(value, Word):
        (codes, more), words = recoded([value, rest])
        return Word(_longer(codes, more, sizes), words, value.whole and rest.whole)
    floor = value.floor if rest.whole or rest.floor is None else None
    if not rest.whole:
        value, rest, floor = explicit(value), explicit(rest), None
    low = _longer(value.low, rest.low, sizes)
    same = is_point(value) and is_point(rest)
    return Num(low, low if same else _longer(value.high, rest.high, sizes), value.whole and rest.whole, floor)


def _longer(array: Any, rest: Any, sizes: tuple[int, int]) -> Any:
    size, whole = sizes
    out = np.empty(whole, dtype=np.result_type(array, rest))
    out[:size] = array
    out[size:] = rest
    return out
