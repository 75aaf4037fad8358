"""What the algebras of one course share: the value of a step is one value, that of rows a list with one entry a row.

Nothing of a course ends before the course does, so what an earlier step had is what this step carries, as it is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from criterium.evaluate.algebra import Place


def each(join: Callable[..., Any], *values: Any) -> Any:
    """Return `join` of the values; of each row where one of them is a list."""
    lengths = [len(value) for value in values if isinstance(value, list)]
    if not lengths:
        return join(*values)
    rows = [value if isinstance(value, list) else [value] * lengths[0] for value in values]
    return [join(*row) for row in zip(*rows, strict=True)]


class OneCourse(ABC):
    """The moves between places of an algebra of one course."""

    @abstractmethod
    def count(self, place: Place) -> int:
        """Return how many rows a place has."""

    def by_row(self, value: Any, place: Place) -> list[Any]:
        """Return a value row by row."""
        return value if isinstance(value, list) else [value] * self.count(place)

    def carry(self, value: Any, _to: Place) -> Any:
        return value

    def spread(self, value: Any, to: Place) -> Any:
        return [value] * self.count(to) if to.level == "row" else value

    def pad(self, truth: Any, _place: Place) -> Any:
        return truth

    def extend(self, value: Any, _there: Place, _to: Place, _rest: Any) -> Any:
        return value

    def stack(self, parts: Sequence[Any], _to: Place) -> Any:
        return list(parts)
