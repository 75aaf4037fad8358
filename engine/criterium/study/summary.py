"""The tables a paper prints of a study, for each course those that the kinds of its criteria ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np

from criterium.evaluate.outcome import Outcome
from criterium.language import tree as t
from criterium.language.roles import Printed, Role
from criterium.language.uses import nodes
from criterium.study.emergent import emergent
from criterium.study.highest import highest_of_courses, highest_of_cycles
from criterium.study.outcomes import Rows, duration, known, observed, time_of
from criterium.study.proportions import clopper_pearson
from criterium.study.results import Results, grades_of
from criterium.study.sheet import Cell, Head, Sheet, filled, named, of_course, spread, tallied, tenth, told
from criterium.study.survival import median_survival
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
    roles = [role for role in results.study.printed if role.course in {None, course}]
    for section, mine in groupby(roles, key=lambda role: role.section):
        chosen = tuple(mine)
        for printed in section.kind.printed:
            yield from _sheets(results, printed, chosen, (course, rows))


def _sheets(results: Results, printed: Printed, roles: Sequence[Role], of: tuple[str, Rows]) -> Iterator[Sheet]:
    """Yield a table of the criteria in the roles of a section: one for each, or one of all times."""
    course, rows = of
    timed = {role.called: results.outcomes[role.text] for role in results.study.timed if role in roles}
    if printed.of == "times" and timed:
        yield _times(results, timed, rows, (named(printed.id, course), of_course(printed.title, course)))
    for role in roles:
        head = _head(results.study.criteria[role.text], printed, role, course)
        if role.text in results.graded:
            yield from _of_grades(results, printed, role, rows, head)
        elif role.called not in timed:
            yield from _of_classes(results.outcomes[role.text], printed, rows, head)


def _of_classes(outcome: Outcome, printed: Printed, rows: Rows, head: Head) -> Iterator[Sheet]:
    make = {"courses": _classes, "steps": _steps, "measures": _amounts}.get(printed.of)
    if make is not None:
        yield make(outcome, rows, head)


def _of_grades(results: Results, printed: Printed, role: Role, rows: Rows, head: Head) -> Iterator[Sheet]:
    criterion, found = results.study.criteria[role.text], results.graded[role.text]
    if printed.of == "courses":
        yield highest_of_courses(criterion, found, rows, head)
    elif printed.of == "steps":
        yield highest_of_cycles(results, criterion, found, rows, head)
    elif printed.of == "baseline":
        yield emergent(criterion, found, grades_of(results, role), rows, head)


def _head(criterion: t.Criterion, printed: Printed, role: Role, course: str) -> Head:
    """Return the id and the title of a table of the criterion in a role."""
    several = role.section.holds in {"named", "list"}
    kind = "" if role.section.holds == "list" else role.section.kind.name
    id_ = "-".join(filter(None, [printed.id or kind, role.name if several else ""]))
    title = printed.title or criterion.title
    if printed.of != "measures":
        title += f" by {criterion.id} {criterion.version}" + (f", `{role.name}`" if role.section.further else "")
    return named(id_, course), of_course(title, course)


def _classes(outcome: Outcome, rows: Rows, head: Head) -> Sheet:
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
    return Sheet(*head, columns, tuple(lines), told(tallied(classes.reason, rows)))


def _steps(outcome: Outcome, rows: Rows, head: Head) -> Sheet:
    """Return how many assessments or cycles have each answer of each ladder."""
    inside = rows[outcome.steps.course]
    total = int(inside.sum())
    lines: list[tuple[Cell, ...]] = []
    for ladder, classes in outcome.steps.classes.items():
        names = {clause.label: clause.name for clause in outcome.criterion.steps.ladders[ladder].clauses}
        for code, label in enumerate(classes.label.words):
            count = int((classes.label.codes[inside] == code).sum())
            if count:
                lines.append((label, names.get(label, label), ladder, count, tenth(100.0 * count / total)))
    columns = ("class", "name", "of", f"{outcome.criterion.each}s", "percent")
    final = outcome.steps.classes.get(outcome.criterion.final)
    note = told(tallied(final.reason, inside)) if final is not None else ""
    return Sheet(*head, columns, tuple(lines), note)


def _amounts(outcome: Outcome, rows: Rows, head: Head) -> Sheet:
    """Return the spread of every number that a criterion works out of what is there, by course and by step."""
    lines: list[tuple[Cell, ...]] = []
    parts = (
        ("course", outcome.courses, outcome.criterion.course, rows),
        (outcome.criterion.each, outcome.steps, outcome.criterion.steps, rows[outcome.steps.course]),
    )
    for of, layer, shown, inside in parts:
        for name, body in shown.measures.items():
            values = known(layer, name)
            if not isinstance(values, Labels) and body.kind.sort == "number" and _varies(body, shown):
                unit, factor = shown.shown[name]
                lines.append((name, of, unit, *spread(values[inside] / float(factor))))
    columns = ("measure", "of each", "unit", "n", "lowest", "median", "highest", "without")
    return Sheet(*head, columns, tuple(lines))


def _varies(body: t.Expression, layer: t.Layer) -> bool:
    """Say whether a measure depends on the patient, and not on parameters alone."""
    for node in nodes(body):
        if isinstance(node, (t.Field, t.Aggregate)):
            return True
        if isinstance(node, t.Named) and (node.name not in layer.measures or _varies(layer.measures[node.name], layer)):
            return True
    return False


def _times(results: Results, outcomes: Mapping[str, Outcome], rows: Rows, head: Head) -> Sheet:
    """Return the median of each endpoint with its interval by log-log and by median +/- 1.96 SE."""
    lines: list[tuple[Cell, ...]] = []
    for name, outcome in outcomes.items():
        time, seen = duration(outcome)[rows], observed(outcome)[rows]
        there = ~np.isnan(time)
        median = median_survival(time[there], seen[there])
        log, spss = median.intervals["log-log"], median.intervals["spss"]
        numbers = (median.value, log.low, log.high, spss.low, spss.high)
        without = int((~there).sum())
        lines.append((name, time_of(outcome).unit, median.n, median.events, *map(tenth, numbers), without))
    columns = ("endpoint", "unit", "n", "events", "median", "low", "high", "low by SE", "high by SE", "no time")
    return Sheet(*head, columns, tuple(lines), "; ".join(_notes(results, outcomes, rows)))


def _notes(results: Results, names: Iterable[str], rows: Rows) -> Iterator[str]:
    """Yield what the intervals are, and how many times are those of days that were chosen for partial dates."""
    yield "95% intervals: low and high by log-log, by SE as median +/- 1.96 SE"
    yield "empty: not reached"
    counts = {name: int(results.on_chosen_days(name)[rows].sum()) for name in names}
    chosen = ", ".join(f"{count} of {name}" for name, count in counts.items() if count)
    if chosen:
        yield f"times with the {results.study.partial_dates} possible day of a partial date: {chosen}"
