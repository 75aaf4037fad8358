"""A document: plain data in which every key and value knows its place, with the problems found in it so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from criterium.language.problems import Problem, Where

DataPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """Plain data (mappings, lists, text, int, Decimal, bool, None) with the place of every value and of every key.

    `letters` has the place of every letter of a text that is not on one line as it stands (folded, or with escapes).
    `problems` were found in it so far; the values at `broken` do not fit the format, so nothing should be made of them.
    `used` are the criteria that a criterion uses, by the names it gives them.
    """

    data: Any
    values: Mapping[DataPath, Where] = field(default_factory=dict)
    keys: Mapping[DataPath, Where] = field(default_factory=dict)
    letters: Mapping[DataPath, Sequence[Where]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    broken: frozenset[DataPath] = frozenset()
    ahead: int = 0
    used: Mapping[str, Any] = field(default_factory=dict)

    def where(self, path: DataPath, offset: int = 0, width: int = 0) -> Where:
        """Return the place of the value at `path`, `offset` letters in; of its nearest ancestor if it has none."""
        for length in range(len(path), -1, -1):
            place = self.values.get(path[:length])
            if place is not None:
                return self._inside(place, path, offset, width) if length == len(path) else place
        return Where("")

    def _inside(self, place: Where, path: DataPath, offset: int, width: int) -> Where:
        at = max(0, offset - self.ahead)
        width = max(1, width + min(0, offset - self.ahead)) if width else 0
        letters = self.letters.get(path)
        if self.ahead:  # what we put before the text may have made it longer as well
            at = min(at, max(0, (len(letters) if letters else place.width) - 1))
        if not letters or not (at or width):
            return replace(place, column=place.column + at, width=width or place.width)
        first, last = letters[min(at, len(letters) - 1)], letters[min(at + max(1, width), len(letters)) - 1]
        beyond = max(0, at - len(letters) + 1)
        same_line = last.column + 1 - first.column if last.line == first.line else 1
        return replace(first, column=first.column + beyond, width=1 if beyond else max(1, same_line))

    def key(self, path: DataPath) -> Where:
        """Return the place of the key that `path` ends in."""
        return self.keys.get(path) or self.where(path)

    def behind(self, letters: int) -> Document:
        """Return this document for reading one value with `letters` letters of ours put before it."""
        return replace(self, ahead=letters)

    def sound(self, path: DataPath) -> bool:
        """Say whether the value at `path` and all in it fit the format."""
        return not any(broken[: len(path)] == path for broken in self.broken)

    def with_problems(self, more: Sequence[Problem]) -> Document:
        """Return this document with further problems; one at a place that has its complaint already is dropped."""
        if not more:
            return self
        start = self.where(())
        taken = [problem.where for problem in self.problems if problem.where != start]
        fresh = tuple(problem for problem in more if not any(_covers(place, problem.where) for place in taken))
        return replace(self, problems=(*self.problems, *fresh))


def _covers(one: Where, other: Where) -> bool:
    """Say whether a place begins within the text of another."""
    return (one.file, one.line) == (other.file, other.line) and 0 <= other.column - one.column < one.width
