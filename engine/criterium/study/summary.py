"""The tables a paper prints of a study, as plain data: what the terminal draws and what JSON holds is the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from criterium.evaluate.branches import Graded
from criterium.evaluate.outcome import Classes, Outcome
from criterium.language import tree as t
from criterium.study.proportions import clopper_pearson
from criterium.study.results import Results, months, observed
from criterium.study.survival import Median, median_survival

Cell = str | int | float | None
Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: its id and title, the names of its columns, its rows of cells, and a note below it."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def sheets(results: Results) -> list[Sheet]:
    """Return the tables of a study: response, symptoms, dosing, toxicity and endpoints, for each course."""
    found: list[Sheet] = []
    for course in results.courses.label.words:
        rows = results.course_rows(course)
        if rows.any():
            found += _of_course(results, course, rows)
    return found


def _of_course(results: Results, course: str, rows: Rows) -> Iterator[Sheet]:
    name = f", {course} course" if course else ""
    if results.response is not None:
        yield _classes(results.response, rows, f"response-{course}", f"Best response by {_shown(results.response)}{name}")
    if results.symptoms is not None:
        yield _classes(results.symptoms, rows, f"symptoms-{course}", f"Symptomatic response{name}")
    scheme = results.dosing.get(course)
    if scheme is not None:
        yield _classes(scheme, rows, f"dosing-{course}", f"Intended dose by {_shown(scheme)}{name}")
        yield _cycles(scheme, rows, f"cycles-{course}", f"Cycles{name}")
    if results.toxicity is not None:
        graded = _toxicity(results, results.toxicity, course, rows)
        if graded.rows or graded.note:
            yield graded
    if results.endpoints:
        yield _endpoints(results, course, rows)


def _shown(outcome: Outcome) -> str:
    return f"{outcome.criterion.id} {outcome.criterion.version}"


def _classes(outcome: Outcome, rows: Rows, id_: str, title: str) -> Sheet:
    """Return how many courses have each class, with the share and its exact interval; none is left out."""
    classes = outcome.courses.classes["class"]
    names = {clause.label: clause.name for clause in outcome.criterion.course.ladders["class"].clauses}
    total = int(rows.sum())
    lines = []
    for code, label in enumerate(classes.label.words):
        count = int((classes.label.codes[rows] == code).sum())
        if count or label in names:
            interval = clopper_pearson(count, total)
            share = 100.0 * count / total
            lines.append((label, names.get(label, label), count, round(share, 1), round(100 * interval.low, 1), round(100 * interval.high, 1)))
    columns = ("class", "name", "n", "percent", "95% from", "to")
    return Sheet(id_, title, columns, tuple(lines), _reasons(classes, rows))


def _reasons(classes: Classes, rows: Rows) -> str:
    """Return the reasons why courses have no class, with their numbers."""
    codes = classes.reason.codes[rows]
    told = [(int((codes == code).sum()), word) for code, word in enumerate(classes.reason.words)]
    return "; ".join(f"{count} x {word}" for count, word in told if count)


def _cycles(scheme: Outcome, rows: Rows, id_: str, title: str) -> Sheet:
    """Return how many cycles have each answer of each ladder of the scheme, and what was given in all."""
    inside = rows[scheme.steps.course]
    total = int(inside.sum())
    lines: list[tuple[Cell, ...]] = []
    for ladder, classes in scheme.steps.classes.items():
        names = {clause.label: clause.name for clause in scheme.criterion.steps.ladders[ladder].clauses}
        for code, label in enumerate(classes.label.words):
            count = int((classes.label.codes[inside] == code).sum())
            if count:
                lines.append((ladder, label, names.get(label, label), count, round(100.0 * count / total, 1)))
    return Sheet(id_, title, ("of", "class", "name", "cycles", "percent"), tuple(lines), _given(scheme, inside))


def _given(scheme: Outcome, inside: Rows) -> str:
    values = scheme.steps.measures.get("given")
    if values is None or not isinstance(values, tuple) or not inside.any():
        return ""
    unit, factor = scheme.criterion.steps.shown["given"]
    given = values[0][inside] / float(factor)
    return f"{given.sum():.1f} {unit} given in {inside.sum()} cycles, {np.nanmin(given):.1f} to {np.nanmax(given):.1f} {unit} a cycle"


def _toxicity(results: Results, found: Graded, course: str, rows: Rows) -> Sheet:
    """Return how many courses have each highest grade of each term that was graded in the course."""
    criterion = results.study.criteria["toxicity"]
    names = {branch.id: branch.name for branch in criterion.branches}
    ids = [branch.id for branch in criterion.branches]
    inside = (found.course >= 0) & rows[found.course]
    grades = _numbers(found.label.words)[found.label.codes]
    lines: list[tuple[Cell, ...]] = []
    term = np.array([*(list(names).index(id_) for id_ in ids), -1])[found.branch]
    for number, (id_, name) in enumerate(names.items()):
        here = inside & (term == number)
        if here.any():
            lines.append((id_, name, *_highest(found.course[here], grades[here])))
    columns = ("term", "name", *(f"grade {grade}" for grade in range(6)), "not gradable", "results")
    return Sheet(f"toxicity-{course}", f"Highest grade by {criterion.id} {criterion.version}{', ' + course + ' course' if course else ''}", columns, tuple(lines), _ungraded(found, inside))


def _numbers(words: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([float(word) if word.isdigit() else np.nan for word in words])


def _highest(course: npt.NDArray[np.int64], grades: npt.NDArray[np.float64]) -> list[int]:
    """Return the number of courses by highest grade 0 to 5, those without any grade, and the number of results."""
    highest: dict[int, float] = {}
    for code in np.unique(course):
        values = grades[course == code]
        highest[int(code)] = float(np.nanmax(values)) if not np.isnan(values).all() else float("nan")
    found = np.array(list(highest.values()))
    return [*(int((found == grade).sum()) for grade in range(6)), int(np.isnan(found).sum()), len(grades)]


def _ungraded(found: Graded, inside: Rows) -> str:
    codes = found.reason.codes[inside]
    told = [(int((codes == code).sum()), word) for code, word in enumerate(found.reason.words)]
    return "; ".join(f"{count} x {word}" for count, word in sorted(told, reverse=True)[:5] if count)


def _endpoints(results: Results, course: str, rows: Rows) -> Sheet:
    """Return the median of each endpoint with its interval by log-log and by median +/- 1.96 SE."""
    lines: list[tuple[Cell, ...]] = []
    for name, outcome in results.endpoints.items():
        time, seen = months(outcome)[rows], observed(outcome)[rows]
        known = ~np.isnan(time)
        median = median_survival(time[known], seen[known])
        lines.append((name, median.n, median.events, _round(median.value), _bounds(median, "log-log"), _bounds(median, "spss"), int((~known).sum())))
    unit = _unit(results.endpoints.values())
    columns = ("endpoint", "n", "events", f"median, {unit}", "95% log-log", "95% median +/- 1.96 SE", "no time")
    return Sheet(f"endpoints-{course}", f"Endpoints{', ' + course + ' course' if course else ''}", columns, tuple(lines))


def _unit(outcomes: object) -> str:
    units = {one.criterion.time.unit for one in outcomes if one.criterion.time is not None}  # type: ignore[attr-defined]
    return units.pop() if len(units) == 1 else "in the unit of each"


def _bounds(median: Median, method: str) -> str:
    interval = median.intervals[method]
    return f"{_round(interval.low)} to {_round(interval.high)}"


def _round(number: float) -> str:
    return f"{number:.1f}" if np.isfinite(number) else "not reached"


def settings_of(criterion: t.Criterion) -> dict[str, str]:
    """Return the parameters of a criterion as they are set."""
    return {name: one.text for name, one in criterion.parameters.items()}
