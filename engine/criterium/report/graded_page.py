"""Graded results as a page: the worst of each term with its limits, the band that holds, and the cuts beside it."""

from __future__ import annotations

from rich.console import Console

from criterium.explain.model import Grade, Grades
from criterium.report.blocks import columns, paragraph
from criterium.report.terminal import blank, heading
from criterium.report.verdicts_page import why_not


def show_grades(found: Grades, out: Console) -> None:
    """Print the worst result of every term; terms that were never graded above 0 are named below."""
    heading(out, f"{found.role.capitalize()}: {found.title} ({found.id} {found.version})")
    if not found.results:
        paragraph(out, "No result and no event was recorded")
    worst: dict[str, Grade] = {}
    for one in found.results:
        worst.setdefault(one.term, one)
    marked = [one for one in worst.values() if one.label != "0"]
    rows = [(one.term, one.label, one.date, one.course, one.value, one.limits, _band(one)) for one in marked]
    columns(out, ["term", "grade", "date", "course", "value", "normal", "because"], rows)
    beside = [(one.term, one.lower, one.upper, _away(one)) for one in marked if one.lower or one.upper]
    if beside:
        blank(out)
        columns(out, ["term", "next grade below", "next grade above", "nearest is away"], beside)
    asked = [(one.term, reason) for one in marked for reason in one.why_not]
    if asked:
        blank(out)
        for term, reason in asked:
            why_not(reason, out, f"{term}, why not")
    still = [one.term for one in worst.values() if one.label == "0"]
    blank(out)
    if still:
        paragraph(out, f"Never above grade 0: {', '.join(still)}")
    paragraph(out, f"{len(found.results)} results in all; `--format json` lists every one", "dim")
    for cite, used_for, confidence in found.sources:
        paragraph(out, f"Source: {cite}, for {used_for} ({confidence})", "dim")
    blank(out)


def _band(one: Grade) -> str:
    if one.band:
        return one.band
    if one.reason:
        still = f"; still possible: {' or '.join(one.possible)}" if len(one.possible) > 1 else ""
        return f"{one.reason}{still}"
    return "recorded with this grade"


def _away(one: Grade) -> str:
    return "" if one.away is None else f"{one.away:.4g}"
