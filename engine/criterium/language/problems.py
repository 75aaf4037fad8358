"""Problems are data: collected, shown together, and never raised one at a time.

A problem says where it is, what is wrong in the reader's words, and what to do. Only the room `report` draws the caret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a text file: `line` and `column` count from 1, `text` is that line, `width` the marked characters."""

    file: str
    line: int = 1
    column: int = 1
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint: `what` is wrong at `where`, what was `expected`, and `help`, a sentence on what to do."""

    where: Where
    what: str
    expected: str = ""
    help: str = ""

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}"]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.help:
            parts.append(f"help: {self.help}")
        return "\n  ".join(parts)


class Refused(Exception):
    """A file or a cohort was refused; `problems` holds every complaint, in the order of their places."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda p: (p.where.file, p.where.line, p.where.column, p.what)))
        super().__init__("\n".join(str(p) for p in self.problems))


def closest(word: str, allowed: Iterable[str]) -> str:
    """Return the allowed word that `word` was probably meant to be, or an empty string."""
    options = sorted({str(option) for option in allowed})
    folded = {option.lower(): option for option in reversed(options)}
    close = get_close_matches(word.lower(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else ""


def nearest(word: str, allowed: Iterable[str]) -> str:
    """Return `did you mean `x`?` for the allowed word closest to `word`, or an empty string."""
    meant = closest(word, allowed)
    return f"did you mean `{meant}`?" if meant else ""


def listed(words: Iterable[str]) -> str:
    """Return words as an English list in backticks, in the order given: "`a`, `b` or `c`"."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + " or " + quoted[-1]
