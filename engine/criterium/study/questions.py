"""Questions about the courses, cycles and patients of a study: its measures and the conditions of its figures.

They are sentences of the same language, lowered as if they were a criterion of their own: every condition is a ladder
of yes and no, so that what cannot be told stays unknown, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from criterium.language import library
from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.lower import lower_questions
from criterium.language.problems import Problem, Refused
from criterium.language.sentences.scope import Entry
from criterium.language.tables import opening
from criterium.study.plan import Study

UNITS = {"patients": "course", "courses": "course", "cycles": "cycle"}
Questions = Mapping[str, t.Criterion]


def questions(study: Study, given: Mapping[str, Entry]) -> tuple[Questions, list[Problem]]:
    """Return the questions of a study by unit, course and cycle if it has any, and what is wrong with their sentences.

    A unit with a problem is not among them.
    """
    found: dict[str, t.Criterion] = {}
    problems: list[Problem] = []
    for unit in ("course", "cycle"):
        if unit == "course" or _asks(study, unit):
            try:
                found[unit] = lower_questions(_document(study, unit), library.tables(), given)
            except Refused as refused:
                problems += refused.problems
    return found, problems


def _asks(study: Study, unit: str) -> bool:
    counted = any(UNITS[kind] == unit for _, kind in _counted(study))
    return counted or any(unit in study.data.get(section, {}) for section in ("measures", "conditions"))


def _counted(study: Study) -> Iterator[tuple[int, str]]:
    """Yield the number of each figure with what it counts: patients, courses or cycles; a time is of courses."""
    for at, figure in enumerate(study.data.get("published", [])):
        compute = figure["compute"]
        yield at, str(next((compute[key] for key in ("count", "percent") if key in compute), "courses"))


def places(study: Study, unit: str) -> Iterator[DataPath]:
    """Yield the place of every condition that a figure or a comparison of the study asks of a unit."""
    for at, counted in _counted(study):
        compute = study.data["published"][at]["compute"]
        yield from (
            ("published", at, "compute", key) for key in ("when", "of") if key in compute and UNITS[counted] == unit
        )
    for at, comparison in enumerate(study.data.get("comparisons", []) if unit == "course" else []):
        if "when" in comparison:
            yield "comparisons", at, "when"
        for number in range(len(comparison.get("groups", []))):
            yield "comparisons", at, "groups", number, "when"


def ladder_of(place: DataPath) -> str:
    """Return the name of the ladder that answers the condition at a place."""
    return "_".join(str(step) for step in place)


def _document(study: Study, unit: str) -> Document:
    """Return the questions of a unit as a document whose values stand where the study's file has them."""
    asked = list(places(study, unit))
    moves: dict[DataPath, DataPath] = {(section, unit): (section,) for section in ("measures", "conditions")}
    moves |= {place: ("components", ladder_of(place), "classes", 0, "when") for place in asked}
    data = {
        "id": study.id,
        "version": "0.0.0",
        "title": study.id,
        "kind": "endpoint",
        "each": unit,
        "unknown": "unknown",
        "source": [],
        **{section: study.data.get(section, {}).get(unit, {}) for section in ("measures", "conditions")},
        "components": {ladder_of(place): _yes_or_no(_at(study.data, place)) for place in asked},
    }
    return _moved(study.document, moves, data | ({"of": opening(library.tables()).name} if unit == "cycle" else {}))


def _yes_or_no(condition: Any) -> dict[str, Any]:
    return {"classes": [{"class": "yes", "when": condition}, {"class": "no", "when": "otherwise"}]}


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _moved(document: Document, moves: Mapping[DataPath, DataPath], data: Any) -> Document:
    """Return `data` as a document whose values at the new paths stand where those at the old paths stand."""

    def moved(found: Mapping[DataPath, Any]) -> dict[DataPath, Any]:
        pairs = ((old, new, path, place) for old, new in moves.items() for path, place in found.items())
        return {(*new, *path[len(old) :]): place for old, new, path, place in pairs if path[: len(old)] == old}

    values = {(): document.where(()), **moved(document.values)}
    return replace(document, data=data, values=values, keys=moved(document.keys), letters=moved(document.letters))
