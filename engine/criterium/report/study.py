"""A study that has run, on the terminal and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from criterium.language.tree import Criterion
from criterium.report.terminal import blank, heading, line, table
from criterium.study.comparisons import Comparison
from criterium.study.figures import Figure
from criterium.study.results import Results
from criterium.study.sheet import Sheet

_STYLES = {"yes": "green", "NO": "bold red", "inconsistent": "yellow"}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said of a study: its tables, its comparisons, and its figures."""

    results: Results
    sheets: Sequence[Sheet]
    comparisons: Mapping[str, Comparison]
    figures: Sequence[Figure]

    @property
    def agrees(self) -> bool:
        """Whether no published figure disagrees."""
        return not any(one.agrees is False for one in self.figures)


# --- on the terminal --------------------------------------------------------------------------------------------------
def show(report: Report, out: Console) -> None:
    """Print a study: what it is, its tables, its comparisons, and published against computed."""
    _head(report, out)
    for sheet in report.sheets:
        table(out, sheet.title, sheet.columns, sheet.rows, sheet.note)
    for comparison in report.comparisons.values():
        _comparison(comparison, out)
    _figures(report.figures, out)


def _head(report: Report, out: Console) -> None:
    study = report.results.study
    heading(out, str(study.data["title"]))
    line(out, f"cohort {study.id}: {study.cohort}")
    line(out, f"patients: {len(report.results.cohort.patients)}")
    for role, criterion in study.criteria.items():
        line(out, f"{role}: {criterion.id} {criterion.version}+{criterion.hash}")
    said = {str(key): str(value) for key, value in study.data.get("set", {}).items()}
    for role, id_ in study.replaced.items():
        line(out, f"{study.criteria[role].id} stands in for {id_}; a class that it does not have counts nobody")
    for key, value in study.changed.items():
        because = f": {study.data['because']}" if said.get(key) == value and "because" in study.data else ""
        line(out, f"set {key} = {value}{because}")
    blank(out)


def _comparison(one: Comparison, out: Console) -> None:
    columns = ["group", "n", "events", f"median, {one.unit}", *one.classes]
    rows = []
    for code, (name, median) in enumerate(zip(one.groups, one.medians, strict=True)):
        value = f"{median.value:.1f}" if math.isfinite(median.value) else ""
        rows.append([name, median.n, median.events, value, *(counts[code] for counts in one.classes.values())])
    left = f"; {one.left_out} in no group" if one.left_out else ""
    note = f"{one.endpoint}; log-rank chi-square {one.test.statistic:.2f}, p = {one.test.p:.3g}: {one.verdict}{left}"
    table(out, one.title, columns, rows, note)


def _figures(figures: Sequence[Figure], out: Console) -> None:
    if not figures:
        return
    notes = list(dict.fromkeys(one.note for one in figures if one.note))
    rows = []
    for one in figures:
        mark = f"[{notes.index(one.note) + 1}]" if one.note else ""
        rows.append((one.says, one.published, one.computed, _agreement(one), one.where, mark))
    columns = ("figure", "published", "computed", "agrees", "where", "note")
    table(out, "Published against computed", columns, rows, styles=_STYLES)
    for number, note in enumerate(notes):
        line(out, f"[{number + 1}] {note}", "dim")
    for one in figures:
        if one.caution:
            line(out, f"warning: {one.says}: {one.caution}", "bold yellow")
    blank(out)
    line(out, summary(figures), "bold")


def _agreement(one: Figure) -> str:
    if one.agrees is None:
        return "" if one.published is None else "inconsistent"
    return "yes" if one.agrees else "NO"


def summary(figures: Sequence[Figure]) -> str:
    """Return in one line how many figures agree, disagree, contradict themselves in print, or are computed only."""
    printed = [one for one in figures if one.published is not None]
    counts = {
        "agree": sum(one.agrees is True for one in printed),
        "disagree": sum(one.agrees is False for one in printed),
        "inconsistent in print": sum(one.agrees is None for one in printed),
        "computed only": len(figures) - len(printed),
    }
    told = [f"{count} {word}" for word, count in counts.items() if count or word in {"agree", "disagree"}]
    return f"{len(printed)} published figures: " + ", ".join(told)


# --- as JSON ----------------------------------------------------------------------------------------------------------
def as_json(report: Report) -> str:
    """Return a study as one JSON object with the keys study, criteria, results and figures.

    `results` holds the tables by id, each with its rows as objects, and the comparisons; a number that is not finite is
    null. A figure has id, published, computed, agrees (true, false, or null), where and note, and beside them what the
    paper says, the numbers before rounding, and the caution.
    """
    study = report.results.study
    whole = {
        "study": {
            "id": study.id,
            "title": study.data["title"],
            "cohort": study.data["cohort"],
            "patients": len(report.results.cohort.patients),
            "set": dict(study.changed),
        },
        "criteria": [_criterion(role, one) for role, one in study.criteria.items()],
        "results": {
            **{sheet.id: _sheet(sheet) for sheet in report.sheets},
            **{f"comparison-{key}": _compared(one) for key, one in report.comparisons.items()},
        },
        "figures": [_figure(one) for one in report.figures],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _criterion(role: str, one: Criterion) -> dict[str, Any]:
    parameters = {name: setting.text for name, setting in one.parameters.items()}
    return {"role": role, "id": one.id, "version": one.version, "hash": one.hash, "parameters": parameters}


def _sheet(sheet: Sheet) -> dict[str, Any]:
    rows = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    return {"title": sheet.title, "rows": rows, "note": sheet.note}


def _compared(one: Comparison) -> dict[str, Any]:
    groups = [
        {
            "group": name,
            "n": median.n,
            "events": median.events,
            "median": _finite(median.value),
            "classes": {word: counts[code] for word, counts in one.classes.items()},
        }
        for code, (name, median) in enumerate(zip(one.groups, one.medians, strict=True))
    ]
    return {
        "title": one.title,
        "endpoint": one.endpoint,
        "unit": one.unit,
        "groups": groups,
        "logrank": {"chi_square": _finite(one.test.statistic), "degrees": one.test.degrees, "p": _finite(one.test.p)},
        "verdict": one.verdict,
        "in_no_group": one.left_out,
    }


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "id": one.id,
        "published": one.published,
        "computed": one.computed,
        "agrees": one.agrees,
        "where": one.where,
        "note": one.note,
        "says": one.says,
        "exact": [_finite(number) for number in one.exact],
        "caution": one.caution,
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
