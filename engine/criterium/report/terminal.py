"""Tables, lines and problems on the terminal: plain text without colour when piped. Rich is used in this room alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from criterium.language.problems import Problem, Where
from criterium.report.widths import broken, is_numeric, widths_for

PIPED_WIDTH = 120


def console() -> Console:
    """Return the console of standard output; as wide as COLUMNS says, or as the terminal is."""
    return _console(sys.stdout)


def errors() -> Console:
    """Return the console of standard error, where problems and progress go."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)


# --- tables -----------------------------------------------------------------------------------------------------------
def table(
    out: Console,
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    note: str = "",
    styles: Mapping[str, str] | None = None,
) -> None:
    """Print a table: numbers to the right, words to the left; a note below it. `styles` go by the text of a cell."""
    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    heading(out, title)
    _print(out, _drawn(out, columns, lines, styles or {}))
    if note:
        line(out, note, "dim")
    blank(out)


def _drawn(out: Console, columns: Sequence[str], lines: Sequence[Sequence[str]], styles: Mapping[str, str]) -> Table:
    style = box.SIMPLE_HEAD if out.is_terminal else None
    drawn = Table(box=style, show_edge=False, pad_edge=False, padding=(0, 1 if style else 2, 0, 0))
    cells = [[line[at] for line in lines] for at in range(len(columns))]
    widths = widths_for(columns, cells, out.width - 2 * (len(columns) - 1))
    for name, column, width in zip(columns, cells, widths, strict=True):
        right = any(column) and is_numeric(column)
        drawn.add_column(broken(name, width), justify="right" if right else "left", header_style="bold", width=width)
    for one in lines:
        drawn.add_row(
            *(Text(broken(cell, width), styles.get(cell, "")) for cell, width in zip(one, widths, strict=True))
        )
    return drawn


def _print(out: Console, drawn: Table) -> None:
    """Print a table; a file gets no spaces at the ends of its lines."""
    if out.is_terminal:
        out.print(drawn)
        return
    with out.capture() as captured:
        out.print(drawn)
    out.file.writelines(f"{one.rstrip()}\n" for one in captured.get().splitlines())


# --- lines ------------------------------------------------------------------------------------------------------------
def heading(out: Console, text: str) -> None:
    """Print a line that heads what follows."""
    line(out, text, "bold")


def line(out: Console, text: str, style: str = "") -> None:
    """Print plain text, broken between words where it is longer than the line."""
    for part in Text(text, style=style).wrap(out, out.width):
        part.rstrip()
        out.print(part, soft_wrap=True)


def blank(out: Console) -> None:
    """Print an empty line."""
    out.print()


# --- problems ---------------------------------------------------------------------------------------------------------
def problems(found: Sequence[Problem], out: Console) -> None:
    """Print problems as people read them: place, the line with a caret, what was expected, what to do."""
    for problem in found:
        told(problem, out)
    count = len(found)
    line(out, f"{count} problem{'s' if count != 1 else ''}", "bold red")


def told(problem: Problem, out: Console, style: str = "red") -> None:
    """Print one problem: its place, the line with a caret, what was expected, what to do."""
    out.print(Text.assemble((f"{_place(problem.where)}: ", "bold"), (problem.what, style)), soft_wrap=True)
    _caret(problem, out)
    for name, text, colour in (("expected", problem.expected, ""), ("help", problem.help, "green")):
        if text:
            out.print(Text.assemble(f"  {name}: ", (text, colour)), soft_wrap=True)


def _place(where: Where) -> str:
    """Return a place as an editor can follow it; a word of the command line, or a whole file, has no line."""
    return str(where) if where.text and not where.file.startswith("--") else where.file


def _caret(problem: Problem, out: Console) -> None:
    """Print the line of a problem and a caret below it; a long line is cut around the caret."""
    where = problem.where
    if not where.text:
        return
    number = "" if where.file.startswith("--") else str(where.line)
    number = f"{number:>5} | "
    room = max(20, out.width - len(number) - 6)
    at = where.column - 1
    start = max(0, min(at - room // 3, len(where.text) - room))
    shown = where.text[start : start + room].expandtabs(1)
    before, after = "..." if start else "", "..." if start + room < len(where.text) else ""
    out.print(Text(f"{number}{before}{shown}{after}", style="dim"), soft_wrap=True)
    width = max(1, min(where.width, len(shown) - (at - start)))
    out.print(Text(" " * (len(number) + len(before) + at - start) + "^" * width, style="red"), soft_wrap=True)
