"""The questions of a study are answered: for every course and cycle the truth of its conditions and its measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from criterium.evaluate.agreed import Groups
from criterium.evaluate.outcome import Layered, evaluate
from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.roles import Role
from criterium.study.names import classes_of
from criterium.study.outcomes import Integers, days, known, taken
from criterium.study.questions import ladder_of, places
from criterium.study.results import Results
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.courses import Courses

Truths = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers for the rows of one unit: `course` numbers their course.

    `truths` go by the place of the condition in the file: codes 1, 0, and -1 for unknown. `values` go by the name of
    the measure, numbers in the unit it is shown in, which `units` names.
    """

    course: Integers
    truths: Mapping[DataPath, Truths]
    values: Mapping[str, Values]
    units: Mapping[str, str]


def ask(results: Results) -> dict[str, Answers]:
    """Return the answers to the questions of a study by unit: course, and cycle if there is any.

    Where dates are partial they are those that hold on every possible day.
    """
    if results.days is not None:
        return {unit: _agreed(one, results.days.merging.into) for unit, one in ask(results.days.each).items()}
    results.material.values.update(values_of(results))
    return {unit: _answers(results, unit, criterion) for unit, criterion in results.questions.items()}


def _answers(results: Results, unit: str, criterion: t.Criterion) -> Answers:
    outcome = evaluate(criterion, results.material, results.courses)
    layer, shown = (outcome.courses, criterion.course) if unit == "course" else (outcome.steps, criterion.steps)
    truths = {place: _truth(layer, ladder_of(place)) for place in places(results.study, unit)}
    values = {name: _scaled(known(layer, name), shown.shown[name][1]) for name in shown.measures}
    return Answers(layer.course, truths, values, {name: unit_ for name, (unit_, _) in shown.shown.items()})


def _agreed(answers: Answers, into: Integers) -> Answers:
    """Return what the answers on all possible days have in common; `into` says which course each becomes."""
    place = np.arange(len(answers.course)) - np.searchsorted(answers.course, answers.course)
    groups = Groups.of(into[answers.course] * (int(place.max(initial=0)) + 1) + place)
    truths = {at: groups.shared(truth, -1) for at, truth in answers.truths.items()}
    values = {name: groups.agreed(value) for name, value in answers.values.items()}
    return Answers(into[answers.course[groups.first]], truths, values, answers.units)


def _truth(layer: Layered, name: str) -> Truths:
    label = layer.classes[name].label
    return np.array([{"yes": 1, "no": 0}.get(word, -1) for word in label.words], dtype=np.int8)[label.codes]


def _scaled(values: Values, factor: Fraction) -> Values:
    return values / float(factor) if isinstance(values, np.ndarray) and factor != 1 else values


# --- what every course is known by -----------------------------------------------------------------------------------
def values_of(results: Results) -> dict[str, Values]:
    """Return the value of every name for each course, times in days."""
    courses = results.courses
    attributes = results.cohort.tables["patients"].columns
    found: dict[str, Values] = {name: taken(values, courses.patient) for name, values in attributes.items()}
    found["course"] = courses.label
    for name, values in _own(results):
        found[name] = values
        for code, word in enumerate(courses.label.words):
            if word:
                found[f"{name}_{word}"] = _of_course(values, courses, code)
    return found


def _own(results: Results) -> Iterator[tuple[str, Values]]:
    for name, roles in results.study.classes.items():
        yield name, _classes(results, roles)
    for name, outcome in results.endpoints.items():
        yield name, days(outcome)
        yield f"{name}_outcome", outcome.courses.classes["time"].label


def _classes(results: Results, roles: Sequence[Role]) -> Labels:
    """Return the class of each course by the criteria in these roles, each of which judges all courses, or its own."""
    words = classes_of(results.study, roles)
    codes = np.full(len(results.courses), -1, dtype=np.int32)
    for role in roles:
        label = results.outcomes[role.text].courses.classes["class"].label
        here = results.course_rows(role.course)
        recoded = np.array([words.index(word) for word in label.words], dtype=np.int32)
        codes[here] = recoded[label.codes[here]]
    return Labels(codes, words)


def _of_course(values: Values, courses: Courses, code: int) -> Values:
    """Return for each course the value that the same patient has in the course of a name."""
    rows = np.flatnonzero(courses.label.codes == code)
    at: Integers = np.full(int(courses.patient.max(initial=-1)) + 1, -1)
    at[courses.patient[rows]] = rows
    return taken(values, at[courses.patient])
