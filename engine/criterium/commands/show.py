"""criterium show: one criterion as a readable page, or what it needs of a cohort."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

from criterium.language.library import document, files, headings, tables
from criterium.language.lower import lower
from criterium.language.tree import Criterion
from criterium.report import page
from criterium.report.terminal import console


def show(reference: str, part: Literal["page", "needs"], format_: Literal["text", "markdown"] = "text") -> int:
    """Print a criterion; return 0. Problems raise Refused."""
    criterion, note = _read(reference)
    if part == "needs":
        page.needs(criterion, tables(), console())
    elif format_ == "markdown":
        sys.stdout.write(page.as_markdown(criterion, note))
    else:
        page.show(criterion, note, console())
    return 0


def pages(folder: Path) -> int:
    """Write the page of every shipped criterion in all its versions into a folder, `ID.md`, and an index; return 0.

    Nothing is removed. Problems raise Refused.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = made()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(written)} pages into {folder}\n")
    return 0


def made() -> dict[str, str]:
    """Return the pages of all shipped criteria, and their index, by the names of their files."""
    found = {f"{path.stem}.md": page.as_markdown(*_read(str(path))) for path in files()}
    return {"README.md": page.index(headings()), **found}


def _read(reference: str) -> tuple[Criterion, str]:
    """Return a criterion and the remark of its file."""
    whole = document(reference)
    return lower(whole, tables()), str(whole.data.get("note", ""))
