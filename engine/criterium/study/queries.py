"""Questions about the courses, cycles and patients of a study: its measures and the conditions of its figures.

They are sentences of the same language, lowered and evaluated as if they were a criterion of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.columns import Columns
from criterium.evaluate.frames import frame_of
from criterium.evaluate.outcome import Layered, evaluate
from criterium.evaluate.walk import Walk
from criterium.language.lower import lower_questions
from criterium.language.problems import Problem, Refused
from criterium.language.scope import Entry
from criterium.language.source import DataPath
from criterium.language.tree import Kind
from criterium.study.plan import Study, relocated
from criterium.study.results import Results, values_of
from criterium.timeline.cohort import Labels, Numbers, Values

UNITS = {"patients": "course", "courses": "course", "cycles": "cycle"}
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by name for the rows of one unit: `course` numbers their course, truths are codes 1, 0, and -1 for unknown."""

    course: npt.NDArray[np.int64]
    truths: Mapping[str, npt.NDArray[np.int8]]
    values: Mapping[str, Values]


def ask(results: Results) -> dict[str, Answers]:
    """Return the answers to all questions of a study, by unit: course and cycle. Raises Refused with every problem."""
    study = results.study
    known = values_of(results)
    results.material.values.update(known)
    given = {name: Entry("field", _kind(name, values, results), "course") for name, values in known.items()}
    problems: list[Problem] = []
    found: dict[str, Answers] = {}
    for unit in ("course", "cycle"):
        try:
            found[unit] = _answers(results, unit, dict(_conditions(study, unit)), given)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return found


def _kind(name: str, values: Values, results: Results) -> Kind:
    if isinstance(values, Labels):
        return Kind("label", "", () if name in results.cohort.tables["patients"].columns else values.words)
    base = next((one for one in results.endpoints if name == one or name.startswith(f"{one}_")), None)
    return Kind("number", "time" if base else "number")


def _conditions(study: Study, unit: str) -> Iterator[tuple[str, DataPath]]:
    """Yield the name and the place of every condition that a figure or comparison of the study asks of a unit."""
    for at, figure in enumerate(study.data.get("published", [])):
        compute = figure["compute"]
        wanted = next((UNITS[str(compute[key])] for key in ("count", "percent") if key in compute), "course")
        for key in ("when", "of"):
            if key in compute and wanted == unit:
                yield f"published_{at}_{key}", ("published", at, "compute", key)
    if unit == "course":
        for at, comparison in enumerate(study.data.get("comparisons", [])):
            for number in range(len(comparison.get("groups", []))):
                yield f"comparison_{at}_{number}", ("comparisons", at, "groups", number, "when")
            if "when" in comparison:
                yield f"comparison_{at}_when", ("comparisons", at, "when")


def _answers(results: Results, unit: str, places: Mapping[str, DataPath], given: Mapping[str, Entry]) -> Answers:
    study = results.study
    moves: dict[DataPath, DataPath] = {("measures", unit): ("measures",), ("conditions", unit): ("conditions",)}
    data = {
        "id": study.id,
        "version": "0.0.0",
        "title": study.id,
        "kind": "endpoint",
        "each": unit,
        "unknown": "unknown",
        "source": [],
        "measures": study.data.get("measures", {}).get(unit, {}),
        "conditions": {**study.data.get("conditions", {}).get(unit, {}), **{name: _at(study.data, path) for name, path in places.items()}},
    }
    if unit == "cycle":
        data["of"] = "treatments"
    moves |= {path: ("conditions", name) for name, path in places.items()}
    criterion = lower_questions(relocated(study.document, moves, data), results.material.tables, given)
    if unit == "course":
        layer = evaluate(criterion, results.material, results.courses).courses
        truths = {name: _codes(layer.measures[name]) for name in criterion.course.conditions}
        return Answers(layer.course, truths, {name: _plain(layer, name) for name in criterion.course.measures})
    return _of_cycles(results, criterion)


def _of_cycles(results: Results, criterion: Any) -> Answers:
    frame = frame_of(criterion, results.material, results.courses)
    walk = Walk(criterion, Columns(frame))
    layer = evaluate(criterion, results.material, results.courses).steps
    order = np.lexsort((np.concatenate([np.full(size, at) for at, size in enumerate(frame.sizes)] or [np.zeros(0)]), np.concatenate([frame.number[:size] for size in frame.sizes] or [np.zeros(0)])))
    truths = {}
    for name, condition in criterion.steps.conditions.items():
        parts = []
        for place in walk.step_places():
            truth = walk.holds(condition, place)
            size = frame.sizes[place.step]
            must, may = np.broadcast_to(truth.must, size), np.broadcast_to(truth.may, size)
            parts.append(np.where(must, 1, np.where(may, -1, 0)))
        truths[name] = np.concatenate(parts or [np.zeros(0)])[order].astype(np.int8)
    return Answers(layer.course, truths, {name: _plain(layer, name) for name in criterion.steps.measures})


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _codes(values: Any) -> npt.NDArray[np.int8]:
    assert isinstance(values, Labels)
    return values.codes.astype(np.int8)


def _plain(layer: Layered, name: str) -> Values:
    """Return a measure's values, NaN where it is only bounded."""
    values = layer.measures[name]
    if isinstance(values, Labels):
        return values
    low, high = values
    known: Numbers = low if low is high else np.where(low == high, low, np.nan)
    return known


__all__ = ["COURSE", "Answers", "ask"]
