"""What follows from a part of a file is found once, for as long as that part is in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from weakref import finalize

P = ParamSpec("P")
Found = TypeVar("Found")


def once(find: Callable[P, Found]) -> Callable[P, Found]:
    """Return a function that finds its answer once for the same objects, by identity, while all of them are in use.

    The objects never change, such as nodes and documents, and stand at their places in a call. An answer must not hold
    one of them, or it would be kept for ever.
    """
    known: dict[tuple[int, ...], Found] = {}

    @wraps(find)
    def found(*parts: P.args, **named: P.kwargs) -> Found:
        key = tuple(id(part) for part in parts)
        if key not in known:
            answer = find(*parts, **named)
            for part in parts:
                finalize(part, known.pop, key, None).atexit = False
            known[key] = answer
        return known[key]

    return found
