"""Markdown: tables as GitHub draws them, and text in which no sign means anything."""

from __future__ import annotations

from collections.abc import Sequence

from criterium.study.sheet import Sheet


def drawn(sheet: Sheet) -> str:
    """Return the columns and rows of a sheet as a table, numbers to the right; its title and note are left out."""
    numeric = [all(isinstance(row[at], (int, float)) for row in sheet.rows) for at in range(len(sheet.columns))]
    rule = ["---:" if right else "---" for right in numeric]
    lines: list[Sequence[object]] = [sheet.columns, rule, *sheet.rows]
    return "\n".join("| " + " | ".join(escaped(cell) for cell in one) + " |" for one in lines)


def escaped(cell: object) -> str:
    """Return a text on one line in which no sign is read as Markdown."""
    text = "" if cell is None else str(cell)
    for sign in ("\\", "|", "*", "_", "<"):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
