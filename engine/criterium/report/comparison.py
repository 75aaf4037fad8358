"""Criteria compared, as text, Markdown and JSON: sections of lines and tables, each section made by its own part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from criterium.compare.change import Change
from criterium.compare.cohort import OnCohort
from criterium.language import tree as t
from criterium.report.comparison_json import cohort_data, meaning_data
from criterium.report.comparison_sheets import cohort_lines, cohort_sheets
from criterium.report.markdown import drawn, escaped
from criterium.report.terminal import blank, heading, line, table
from criterium.report.timelines_sheets import Timelines, timeline_data, timeline_lines, timeline_sheets
from criterium.study.sheet import Sheet

_EVIDENCE = ("source", "claim")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The first criterion against another one, by their `names`: every change of meaning."""

    names: tuple[str, str]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that is said of criteria: in meaning; of two, on every timeline; on a cohort, if one was given."""

    names: tuple[str, ...]
    criteria: tuple[t.Criterion, ...]
    meanings: tuple[Meaning, ...]
    timelines: Timelines | None
    on_cohort: OnCohort | None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: its title, lines of text, and tables."""

    title: str
    lines: tuple[str, ...]
    sheets: tuple[Sheet, ...]


def sections(report: Report) -> Iterator[Section]:
    """Yield the parts of a report in the order in which they are read."""
    yield _in_meaning(report)
    if report.timelines is not None:
        sheets = tuple(timeline_sheets(report.timelines))
        yield Section("On every timeline that can exist", timeline_lines(report.timelines), sheets)
    if report.on_cohort is not None:
        study = report.on_cohort.runs.results[0].study
        sheets = tuple(cohort_sheets(report.on_cohort))
        yield Section(f"On the cohort {study.id}", tuple(cohort_lines(report.on_cohort)), sheets)


# --- in meaning -------------------------------------------------------------------------------------------------------
def _in_meaning(report: Report) -> Section:
    heads = [
        f"{name}: {one.title}, {one.id} {one.version}+{one.hash}"
        for name, one in zip(report.names, report.criteria, strict=True)
    ]
    if len(report.meanings) > 1:
        return Section("In meaning", (*heads, *(_counted(one) for one in report.meanings)), ())
    (meaning,) = report.meanings
    same = () if meaning.changes else ("The two mean the same.",)
    return Section("In meaning", (*heads, *same), tuple(_changes(meaning)))


def _counted(meaning: Meaning) -> str:
    counts: dict[str, int] = {}
    for change in meaning.changes:
        counts[change.kind] = counts.get(change.kind, 0) + 1
    one, other = meaning.names
    if not counts:
        return f"{one} against {other}: they mean the same"
    told = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return f"{one} against {other}: changes of {told}; `criterium diff {one} {other}` lists them"


def _changes(meaning: Meaning) -> Iterator[Sheet]:
    rules = [one for one in meaning.changes if one.kind not in _EVIDENCE]
    rest = [one for one in meaning.changes if one.kind in _EVIDENCE]
    columns = ("change", "of", *meaning.names, "lines")
    note = "lines: where it stands in each file"
    if rules:
        yield Sheet("meaning", "What they decide differently", columns, tuple(_row(one) for one in rules), note)
    if rest:
        yield Sheet("evidence", "What they rest on", columns, tuple(_row(one) for one in rest))


def _row(change: Change) -> tuple[str, ...]:
    lines = (str(place.line) if place is not None else "-" for place in (change.old, change.new))
    return (change.kind, change.what, change.before or "-", change.after or "-", "/".join(lines))


# --- printed ----------------------------------------------------------------------------------------------------------
def show(report: Report, out: Console) -> None:
    """Print a comparison on the terminal."""
    for section in sections(report):
        heading(out, section.title)
        for text in section.lines:
            line(out, text)
        blank(out)
        for sheet in section.sheets:
            table(out, sheet.title, sheet.columns, sheet.rows, sheet.note)


def as_markdown(report: Report) -> str:
    """Return a comparison in Markdown: a heading a section and a table, tables as GitHub draws them."""
    parts = []
    for section in sections(report):
        parts.append(f"## {section.title}")
        if section.lines:
            parts.append("\n".join(f"- {escaped(text)}" for text in section.lines))
        for sheet in section.sheets:
            parts += [f"### {escaped(sheet.title)}", drawn(sheet), *([escaped(sheet.note)] if sheet.note else [])]
    return "\n\n".join(parts)


def as_json(report: Report) -> str:
    """Return a comparison as one JSON object: criteria, meaning and, where there are, timelines and cohort."""
    whole: dict[str, Any] = {
        "criteria": [
            {"name": name, "id": one.id, "version": one.version, "hash": one.hash, "title": one.title, "kind": one.kind}
            for name, one in zip(report.names, report.criteria, strict=True)
        ],
        "meaning": [meaning_data(one.names, one.changes) for one in report.meanings],
    }
    if report.timelines is not None:
        whole["timelines"] = timeline_data(report.timelines)
    if report.on_cohort is not None:
        whole["cohort"] = cohort_data(report.on_cohort)
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)
