"""What a value of an example must be: one reader for each type, and the words in which a misfit is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

_GRADES = frozenset("012345")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A type of values: what one is called, how it is written, and which values `fit`."""

    name: str
    expected: str
    fits: Callable[[Any], bool]

    def misfit(self, value: Any) -> str:
        """Return what is wrong with a value, "" where it is of the type."""
        return "" if self.fits(value) else f"{quoted(value)} is not {self.name}"


def fraction_of(value: Any) -> Fraction | None:
    """Return a number as it was written; None for what is none, or too large to be computed with."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction, str)):
        return None
    try:
        found = Fraction(str(value))
        return found if isfinite(float(found)) else None
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def quoted(value: Any) -> str:
    """Return how a problem names a value that was written."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a mapping"
    return f"`{str(value).lower() if isinstance(value, bool) else 'null' if value is None else value}`"


def _grade(value: Any) -> bool:
    return not isinstance(value, bool) and str(value) in _GRADES


def one_of(words: tuple[str, ...]) -> Wanted:
    """Return the type of the words of a column, or of all words where it lists none; a value may be missing."""
    if not words:
        return Wanted("a word", "a word, or null", lambda value: value is None or isinstance(value, str))
    listed = " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
    return Wanted(listed, listed, lambda value: value is None or (isinstance(value, str) and value.lower() in words))


NUMBER = Wanted("a number", "a plain number", lambda value: value is None or fraction_of(value) is not None)
GRADE = Wanted("a grade", "a whole number from 0 to 5", _grade)
GRADES = Wanted("a list of grades", "`[0, 1]`", lambda value: isinstance(value, list) and all(map(_grade, value)))
WORD = Wanted("a word", "", lambda value: isinstance(value, str))
TRUTH = Wanted("true, false or null", "", lambda value: value is None or isinstance(value, bool))
SETTINGS = Wanted("a mapping of parameters", "`set: {NAME: VALUE}`", lambda value: isinstance(value, dict))
