"""criterium show: one criterion as a readable page, or what it needs of a cohort."""

from __future__ import annotations

from typing import Literal

from criterium.language.library import load, tables
from criterium.report import page
from criterium.report.terminal import console


def show(reference: str, part: Literal["page", "needs"]) -> int:
    """Print a criterion; return 0. Problems raise Refused."""
    criterion = load(reference)
    if part == "needs":
        page.needs(criterion, tables(), console())
    else:
        page.show(criterion, console())
    return 0
