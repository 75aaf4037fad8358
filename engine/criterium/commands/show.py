"""criterium show: one criterion as a readable page, or what it needs of a cohort."""

from __future__ import annotations

import sys
from typing import Literal

from criterium.language.library import document, tables
from criterium.language.lower import lower
from criterium.report import page
from criterium.report.terminal import console


def show(reference: str, part: Literal["page", "needs"], format_: Literal["text", "markdown"] = "text") -> int:
    """Print a criterion; return 0. Problems raise Refused."""
    whole = document(reference)
    criterion = lower(whole, tables())
    note = str(whole.data.get("note", ""))
    if part == "needs":
        page.needs(criterion, tables(), console())
    elif format_ == "markdown":
        sys.stdout.write(page.as_markdown(criterion, note))
    else:
        page.show(criterion, note, console())
    return 0
