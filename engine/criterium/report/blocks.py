"""Blocks of a page: lines and aligned columns, indented below what they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.console import Console
from rich.text import Text

from criterium.explain.model import Amount
from criterium.report.widths import broken, is_numeric, longest, widths_for

INDENT = 2
GAP = 2


def paragraph(out: Console, text: str, style: str = "", depth: int = 1) -> None:
    """Print a text below a heading, its further lines indented a little more than the first."""
    before = " " * (INDENT * depth)
    for at, part in enumerate(broken(text, max(20, out.width - len(before) - INDENT)).split("\n")):
        shown = before + (" " * INDENT if at else "") + part
        out.print(Text(shown, style=style), soft_wrap=True)


def columns(out: Console, names: Sequence[str], rows: Sequence[Sequence[str]], depth: int = 1) -> None:
    """Print rows in aligned columns, numbers to the right; a column in which nothing stands is left out."""
    filled = [at for at in range(len(names)) if any(row[at] for row in rows)]
    if not rows or not filled:
        return
    names, rows = [names[at] for at in filled], [[row[at] for at in filled] for row in rows]
    before = " " * (INDENT * depth)
    cells = [[row[at] for row in rows] for at in range(len(names))]
    widths = widths_for(names, cells, out.width - len(before) - GAP * (len(names) - 1))
    right = [is_numeric(column) for column in cells]
    for at, row in enumerate([names, *rows]):
        style = "bold" if at == 0 else ""
        for shown in _lines(row, widths, right):
            out.print(Text(f"{before}{shown}".rstrip(), style=style), soft_wrap=True)


def amounts(
    out: Console,
    first: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[Amount], Sequence[str]]],
    last: Sequence[str] = (),
) -> None:
    """Print rows of values in aligned columns: texts, then values by their names, then texts.

    A unit that all known numbers of a column share stands in its head.
    """
    names = list(dict.fromkeys(one.name for _, values, _ in rows for one in values))
    every = {name: [one for _, values, _ in rows for one in values if one.name == name and one.text] for name in names}
    units = {name: _shared(found) for name, found in every.items()}
    lines = []
    for before, values, after in rows:
        found = {one.name: _without(one, units[one.name]) for one in values}
        lines.append([*before, *(found.get(name, "") for name in names), *after])
    heads = [f"{name}, {units[name]}" if units[name] else name for name in names]
    _in_parts(out, ([*first], heads, [*last]), lines)


def _in_parts(out: Console, names: tuple[list[str], list[str], list[str]], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in as many tables, one below the other, as the line needs; each begins with the first columns."""
    first, middle, last = names
    heads = [*first, *middle, *last]
    least = [max(longest(head), *(len(row[at]) for row in rows)) for at, head in enumerate(heads)] if rows else []
    filled = [at for at in range(len(heads)) if any(row[at] for row in rows)]
    kept = [at for at in filled if at < len(first)]
    parts: list[list[int]] = [[]]
    rest = [at for at in filled if at >= len(first) + len(middle)]
    for at in filled[len(kept) : len(filled) - len(rest)]:
        here = [*kept, *parts[-1], at, *(rest if len(parts) == 1 else [])]
        if parts[-1] and sum(least[one] + GAP for one in here) - GAP > out.width - INDENT:
            parts.append([])
        parts[-1].append(at)
    for number, part in enumerate(parts):
        chosen = [*kept, *part, *(rest if number == 0 else [])]
        columns(out, [heads[at] for at in chosen], [[row[at] for at in chosen] for row in rows])


def _shared(values: Sequence[Amount]) -> str:
    units = {one.unit for one in values if one.number is not None}
    return units.pop() if len(units) == 1 else ""


def _without(one: Amount, unit: str) -> str:
    return one.text.removesuffix(f" {unit}") if unit else one.text


def _lines(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    """Return a row of cells as lines of text, each cell broken to the width of its column."""
    parts = [broken(cell, width).split("\n") for cell, width in zip(row, widths, strict=True)]
    found = []
    for line in zip_longest(*parts, fillvalue=""):
        texts = [
            text.rjust(width) if right_ else text.ljust(width)
            for text, width, right_ in zip(line, widths, right, strict=True)
        ]
        found.append((" " * GAP).join(texts))
    return found
