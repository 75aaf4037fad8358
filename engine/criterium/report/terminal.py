"""The only user of rich: tables, problems with their caret, pages. Plain text without colour or boxes when piped."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from criterium.language.problems import Problem

PIPED_WIDTH = 120


def console() -> Console:
    """Return the console of standard output; as wide as COLUMNS says, or as the terminal is."""
    return _console(sys.stdout)


def errors() -> Console:
    """Return the console of standard error, where problems and progress go."""
    return _console(sys.stderr)


def _console(stream: object) -> Console:
    terminal = bool(getattr(stream, "isatty", lambda: False)())
    width = None if terminal or "COLUMNS" in os.environ else PIPED_WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False)  # type: ignore[arg-type]


def table(out: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> None:
    """Print a table: numbers to the right, words to the left; a note below it."""
    lines = [["" if cell is None else str(cell) for cell in row] for row in rows]
    drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD if out.is_terminal else None, pad_edge=False)
    for at, name in enumerate(columns):
        cells = [line[at] for line in lines]
        right = bool(cells) and all(_number(cell) for cell in cells)
        drawn.add_column(name, justify="right" if right else "left", overflow="fold", header_style="bold")
    for line in lines:
        drawn.add_row(*(Text(cell) for cell in line))
    out.print(drawn)
    if note:
        out.print(Text(note, style="dim"))
    out.print()


def _number(cell: str) -> bool:
    return not cell.strip("0123456789.-+%")


def heading(out: Console, text: str) -> None:
    """Print a line that heads what follows."""
    out.print(Text(text, style="bold"))


def line(out: Console, text: str, style: str = "") -> None:
    """Print a line of plain text."""
    out.print(Text(text, style=style))


def problems(found: Sequence[Problem], out: Console) -> None:
    """Print problems as people read them: place, the line with a caret, what was expected, what to do."""
    for problem in found:
        out.print(Text.assemble((f"{problem.where}: ", "bold"), (problem.what, "red")))
        _caret(problem, out)
        if problem.expected:
            out.print(Text.assemble("  expected: ", problem.expected))
        if problem.help:
            out.print(Text.assemble("  help: ", (problem.help, "green")))
    count = len(found)
    out.print(Text(f"{count} problem{'s' if count != 1 else ''}", style="bold red"))


def _caret(problem: Problem, out: Console) -> None:
    """Print the line of a problem and a caret below it; a long line is cut around the caret."""
    where = problem.where
    if not where.text:
        return
    room = max(20, out.width - 10)
    start = max(0, where.column - 1 - room // 2) if len(where.text) > room else 0
    shown = where.text[start : start + room]
    before, after = "..." if start else "", "..." if start + room < len(where.text) else ""
    number = f"{where.line:>5} | "
    out.print(Text(f"{number}{before}{shown}{after}".expandtabs(1), style="dim"), soft_wrap=True)
    width = max(1, min(where.width, len(shown) - (where.column - 1 - start)))
    out.print(Text(" " * (len(number) + len(before) + where.column - 1 - start) + "^" * width, style="red"), soft_wrap=True)
