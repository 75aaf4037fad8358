"""A study that has run, on the terminal and as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from criterium.report.terminal import heading, line, table
from criterium.study.comparisons import Comparison
from criterium.study.figures import Figure
from criterium.study.results import Results
from criterium.study.summary import Sheet, settings_of

AGREEMENT = {True: "yes", False: "NO", None: "-"}


def show(
    results: Results, found: Sequence[Sheet], compared: Mapping[str, Comparison], figures: Sequence[Figure], out: Console
) -> None:
    """Print a study: what it is, its tables, its comparisons, and published against computed."""
    data = results.study.data
    heading(out, str(data["title"]))
    line(out, f"cohort {results.study.id}: {data['cohort']}")
    for role, criterion in results.study.criteria.items():
        line(out, f"{role}: {criterion.id} {criterion.version}+{criterion.hash}")
    for key, value in data.get("set", {}).items():
        line(out, f"set {key} = {value}: {data.get('because', '')}")
    out.print()
    for sheet in found:
        table(out, sheet.title, sheet.columns, sheet.rows, sheet.note)
    for comparison in compared.values():
        _comparison(comparison, out)
    _figures(figures, out)


def _comparison(comparison: Comparison, out: Console) -> None:
    columns = ["group", "n", "events", "median", *comparison.classes]
    rows = []
    for code, name in enumerate(comparison.groups):
        median = comparison.test.groups[code]
        value = f"{median.value:.1f}" if math.isfinite(median.value) else "not reached"
        rows.append([name, median.n, median.events, value, *(counts[code] for counts in comparison.classes.values())])
    left = f"; {comparison.left_out} in no group" if comparison.left_out else ""
    note = f"{comparison.endpoint}; log-rank chi-square {comparison.test.statistic:.2f}, p = {comparison.test.p:.3g}{left}"
    table(out, comparison.title, columns, rows, note)


def _figures(figures: Sequence[Figure], out: Console) -> None:
    if not figures:
        return
    notes = list(dict.fromkeys(one.note for one in figures if one.note))
    rows = []
    for one in figures:
        mark = f"[{notes.index(one.note) + 1}]" if one.note else ""
        rows.append((one.says, one.published or "", one.computed, AGREEMENT[one.agrees], one.where, mark))
    table(out, "Published against computed", ("figure", "published", "computed", "agrees", "where", "note"), rows)
    for number, note in enumerate(notes):
        line(out, f"[{number + 1}] {note}", "dim")
    out.print()
    line(out, summary(figures), "bold")


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


def as_json(
    results: Results, found: Sequence[Sheet], compared: Mapping[str, Comparison], figures: Sequence[Figure]
) -> str:
    """Return a study as one JSON object: study, criteria, results, figures; a number that is not finite is null."""
    whole = {
        "study": {"id": results.study.id, "title": results.study.data["title"], "cohort": results.study.data["cohort"], "patients": len(results.cohort.patients)},
        "criteria": [_criterion(role, one) for role, one in results.study.criteria.items()],
        "results": {sheet.id: _sheet(sheet) for sheet in found} | {f"comparison-{key}": _compared(one) for key, one in compared.items()},
        "figures": [_figure(one) for one in figures],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _criterion(role: str, criterion: Any) -> dict[str, Any]:
    return {"role": role, "id": criterion.id, "version": criterion.version, "hash": criterion.hash, "parameters": settings_of(criterion)}


def _sheet(sheet: Sheet) -> dict[str, Any]:
    rows = [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows]
    return {"title": sheet.title, "rows": rows, "note": sheet.note}


def _compared(one: Comparison) -> dict[str, Any]:
    groups = [
        {"group": name, "n": one.test.groups[code].n, "events": one.test.groups[code].events, "median": _finite(one.test.groups[code].value)}
        for code, name in enumerate(one.groups)
    ]
    test = {"chi_square": _finite(one.test.statistic), "degrees": one.test.degrees, "p": _finite(one.test.p)}
    return {"title": one.title, "endpoint": one.endpoint, "groups": groups, "logrank": test, "verdict": one.verdict, "in_no_group": one.left_out}


def _figure(one: Figure) -> dict[str, Any]:
    return {
        "id": one.id,
        "says": one.says,
        "published": one.published,
        "computed": one.computed,
        "exact": [_finite(number) for number in one.exact],
        "agrees": one.agrees,
        "where": one.where,
        "note": one.note,
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None


def lines(figures: Sequence[Figure]) -> Iterator[str]:
    """Yield the figures that disagree, a line each."""
    for one in figures:
        if one.agrees is False:
            yield f"{one.id}: published {one.published}, computed {one.computed} ({one.where})"
