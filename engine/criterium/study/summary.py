"""The tables a paper prints of a study: response, symptoms, dosing, toxicity and endpoints of each course."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from criterium.evaluate.outcome import Outcome
from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.study.emergent import emergent_sheet
from criterium.study.outcomes import Rows, duration, known, observed, time_of
from criterium.study.proportions import clopper_pearson
from criterium.study.results import Results
from criterium.study.sheet import Cell, Sheet, filled, named, of_course, spread, tallied, tenth, told
from criterium.study.survival import median_survival
from criterium.study.toxicity import toxicity_sheets
from criterium.timeline.cohort import Labels


def sheets(results: Results) -> list[Sheet]:
    """Return the tables of a study course by course; a table without rows is left out."""
    found: list[Sheet] = []
    for course in results.courses.label.words:
        rows = results.course_rows(course)
        if rows.any():
            found += filled(_of_course(results, course, rows))
    return found


def _of_course(results: Results, course: str, rows: Rows) -> Iterator[Sheet]:
    if results.response is not None:
        yield _classes(results.response, rows, "response", f"Best response by {_shown(results.response)}", course)
    for name, outcome in results.beside.items():
        title = f"Best response by {_shown(outcome)}, `{name}`"
        yield _classes(outcome, rows, f"response-{name}", title, course)
    if results.symptoms is not None:
        title = f"Symptomatic response by {_shown(results.symptoms)}"
        yield _classes(results.symptoms, rows, "symptoms", title, course)
    scheme = results.dosing.get(course)
    if scheme is not None:
        yield _classes(scheme, rows, "dosing", f"Intended dose by {_shown(scheme)}", course)
        yield _cycles(scheme, rows, course)
        yield _amounts(scheme, rows, course)
    if results.toxicity is not None:
        yield from toxicity_sheets(results, results.toxicity, course, rows)
        grades = results.material.derived["grades"]
        yield emergent_sheet(results.study.criteria["toxicity"], results.toxicity, grades, course, rows)
    for name, outcome in results.verdicts.items():
        yield _classes(outcome, rows, name, f"{outcome.criterion.title} by {_shown(outcome)}", course)
    if results.endpoints:
        yield _endpoints(results, course, rows)


def _shown(outcome: Outcome) -> str:
    return f"{outcome.criterion.id} {outcome.criterion.version}"


def _classes(outcome: Outcome, rows: Rows, id_: str, title: str, course: str) -> Sheet:
    """Return how many courses have each class, with the share and its exact interval; none is left out."""
    classes = outcome.courses.classes["class"]
    names = {clause.label: clause.name for clause in outcome.criterion.course.ladders["class"].clauses}
    total = int(rows.sum())
    lines: list[tuple[Cell, ...]] = []
    for code, label in enumerate(classes.label.words):
        count = int((classes.label.codes[rows] == code).sum())
        if count or label in names:
            interval = clopper_pearson(count, total)
            ends = (100 * interval.low, 100 * interval.high)
            lines.append((label, names.get(label, label), count, *map(tenth, (100.0 * count / total, *ends))))
    columns = ("class", "name", "n", "percent", "95% from", "to")
    return Sheet(
        named(id_, course), of_course(title, course), columns, tuple(lines), told(tallied(classes.reason, rows))
    )


def _cycles(scheme: Outcome, rows: Rows, course: str) -> Sheet:
    """Return how many cycles have each answer of each ladder of the scheme."""
    inside = rows[scheme.steps.course]
    total = int(inside.sum())
    lines: list[tuple[Cell, ...]] = []
    for ladder, classes in scheme.steps.classes.items():
        names = {clause.label: clause.name for clause in scheme.criterion.steps.ladders[ladder].clauses}
        for code, label in enumerate(classes.label.words):
            count = int((classes.label.codes[inside] == code).sum())
            if count:
                lines.append((label, names.get(label, label), ladder, count, tenth(100.0 * count / total)))
    columns = ("class", "name", "of", "cycles", "percent")
    title = of_course(f"Cycles by {_shown(scheme)}", course)
    final = scheme.steps.classes.get(scheme.criterion.final)
    note = told(tallied(final.reason, inside)) if final is not None else ""
    return Sheet(named("cycles", course), title, columns, tuple(lines), note)


def _amounts(scheme: Outcome, rows: Rows, course: str) -> Sheet:
    """Return the spread of every number that a scheme works out of what was given, by course and by cycle."""
    lines: list[tuple[Cell, ...]] = []
    parts = (
        ("course", scheme.courses, scheme.criterion.course, rows),
        ("cycle", scheme.steps, scheme.criterion.steps, rows[scheme.steps.course]),
    )
    for of, layer, shown, inside in parts:
        for name, body in shown.measures.items():
            values = known(layer, name)
            if not isinstance(values, Labels) and body.kind.sort == "number" and _varies(body, shown):
                unit, factor = shown.shown[name]
                lines.append((name, of, unit, *spread(values[inside] / float(factor))))
    columns = ("measure", "of each", "unit", "n", "lowest", "median", "highest", "without")
    return Sheet(named("amounts", course), of_course("Activity and intervals", course), columns, tuple(lines))


def _varies(body: t.Expression, layer: t.Layer) -> bool:
    """Say whether a measure depends on the patient, and not on parameters alone."""
    for node in nodes(body):
        if isinstance(node, (t.Field, t.Aggregate)):
            return True
        if isinstance(node, t.Named) and (node.name not in layer.measures or _varies(layer.measures[node.name], layer)):
            return True
    return False


def _endpoints(results: Results, course: str, rows: Rows) -> Sheet:
    """Return the median of each endpoint with its interval by log-log and by median +/- 1.96 SE."""
    lines: list[tuple[Cell, ...]] = []
    for name, outcome in results.endpoints.items():
        time, seen = duration(outcome)[rows], observed(outcome)[rows]
        there = ~np.isnan(time)
        median = median_survival(time[there], seen[there])
        log, spss = median.intervals["log-log"], median.intervals["spss"]
        numbers = (median.value, log.low, log.high, spss.low, spss.high)
        without = int((~there).sum())
        lines.append((name, time_of(outcome).unit, median.n, median.events, *map(tenth, numbers), without))
    columns = ("endpoint", "unit", "n", "events", "median", "low", "high", "low by SE", "high by SE", "no time")
    return Sheet(named("endpoints", course), of_course("Endpoints", course), columns, tuple(lines), _NOTE)


_NOTE = "95% intervals: low and high by log-log, by SE as median +/- 1.96 SE; empty: not reached"
