"""How wide the columns of a table are when the line is too short for all of them, and where their texts are broken."""

from __future__ import annotations

import re
from collections.abc import Sequence

UNBROKEN = 16
_PIECES = re.compile(r"\S+?[-/](?=\w)|\S+|\s+")


def widths_for(names: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return a width for each column, at most `room` in all where that can be, the widest columns narrowed first.

    No column is narrower than its longest word, nor than a short number such as `25.3 to 93.1`, unless the line is too
    short even for that.
    """
    columns = list(zip(names, cells, strict=True))
    widths = [max(len(name), *map(len, column), 1) for name, column in columns]
    least = [max(longest(name), *map(_least, column), 1) for name, column in columns]
    whole = [max(width, *map(_label, column)) for width, (_, column) in zip(least, columns, strict=True)]
    # A long word of a description is broken before a number or the first column is.
    kept = [at == 0 or is_numeric(column) for at, column in enumerate(cells)]
    less = [width if keep else min(width, 10) for width, keep in zip(least, kept, strict=True)]
    floor = next((one for one in (whole, least, less) if sum(one) <= room), [1] * len(least))
    while sum(widths) > room:
        spare = [(width, -at) for at, width in enumerate(widths) if width > floor[at]]
        if not spare:
            break
        widths[-max(spare)[1]] -= 1
    return widths


def is_numeric(column: Sequence[str]) -> bool:
    """Say whether the cells of a column are numbers, or empty."""
    return not any(cell.strip("0123456789.-+%") for cell in column)


def longest(text: str) -> int:
    """Return the length of the longest piece of a text that is kept on one line: a word, or its part up to `-`."""
    return max((len(piece.strip()) for piece in _PIECES.findall(text)), default=0)


def _least(cell: str) -> int:
    return len(cell) if len(cell) <= UNBROKEN and cell[:1].isdigit() else longest(cell)


def _label(cell: str) -> int:
    """Return the length of a cell that is one short word, such as `as-planned`, which is broken only if it must be."""
    return len(cell) if len(cell) <= UNBROKEN and " " not in cell else 0


def broken(text: str, width: int) -> str:
    """Return a text in lines of at most `width`, broken between words, after `-` and `/`, or in a word too long."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if len(lines[-1]) + len(piece.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
        while len(lines[-1].rstrip()) > width:
            lines[-1:] = [lines[-1][:width], lines[-1][width:]]
    return "\n".join(line.rstrip() for line in lines)
