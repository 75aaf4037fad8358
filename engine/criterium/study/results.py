"""A study is run: each criterion in its turn, and what it says becomes a table that the next may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from criterium.evaluate.branches import Graded, as_table, graded
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Classes, Layered, Outcome, evaluate
from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where
from criterium.language.uses import nodes
from criterium.study.plan import Study
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData, Values
from criterium.timeline.courses import Courses, courses_of
from criterium.timeline.door import read_cohort


@dataclass
class Results:
    """What the criteria of a study say of its cohort. Course layers have one row a course, in the order of `courses`."""

    study: Study
    cohort: Cohort
    courses: Courses
    material: Material
    response: Outcome | None = None
    toxicity: Graded | None = None
    symptoms: Outcome | None = None
    dosing: dict[str, Outcome] = field(default_factory=dict)
    endpoints: dict[str, Outcome] = field(default_factory=dict)

    def course_rows(self, course: str | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which rows of a course layer are of the named course; all of them without a name."""
        if course is None:
            return np.ones(len(self.courses), dtype=bool)
        words = self.courses.label.words
        return self.courses.label.codes == (words.index(course) if course in words else -2)


def needs_of(study: Study) -> dict[str, dict[str, str]]:
    """Return {table: {column: who needs it}} for all criteria of a study; a yes-or-no column that is absent is unknown."""
    found: dict[str, dict[str, str]] = {}
    for criterion in study.criteria.values():
        for table, columns in criterion.needs.items():
            for column, who in columns.items():
                if library.tables()[table].columns[column].type != "truth":
                    found.setdefault(table, {}).setdefault(column, who)
    return found


def run(study: Study) -> Results:
    """Return what the criteria of a study say of its cohort; raise Refused with every problem of cohort and study."""
    cohort = read_cohort(study.folder, library.tables(), needs_of(study))
    return run_on(study, cohort)


def run_on(study: Study, cohort: Cohort) -> Results:
    """Return what the criteria of a study say of a cohort that has been read."""
    response = study.criteria.get("response")
    courses = courses_of(cohort, (response.of or "") if response else "", study.courses)
    problems = [*_misfits(study, cohort), *_unread(study), *_unborn(study, cohort, courses)]
    if problems:
        raise Refused(problems)
    results = Results(study, cohort, courses, Material(cohort, library.tables()))
    if response is not None:
        results.response = evaluate(response, results.material, courses)
        results.material.add("responses", _responses(results.response))
    if (toxicity := study.criteria.get("toxicity")) is not None:
        results.toxicity = graded(toxicity, results.material, courses)
        results.material.add("grades", as_table(toxicity, results.toxicity))
    if (symptoms := study.criteria.get("symptoms")) is not None:
        results.symptoms = evaluate(symptoms, results.material, courses)
    for course in dict.fromkeys([*study.courses, *courses.label.words]):
        if (scheme := study.dosing(course)) is not None:
            results.dosing[course] = evaluate(scheme, results.material, courses)
    for name, endpoint in study.endpoints.items():
        results.endpoints[name] = evaluate(endpoint, results.material, courses)
    return results


def _misfits(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for every course the study names that no treatment has."""
    treatments = cohort.tables.get("treatments")
    label = treatments.columns.get("course") if treatments is not None else None
    for at, course in enumerate(study.courses):
        if not isinstance(label, Labels) or course not in label.words:
            where = study.document.where(("courses", at))
            yield Problem(where, f"no treatment has the course `{course}`", "a course of the treatments table")


def _unborn(study: Study, cohort: Cohort, courses: Courses) -> Iterator[Problem]:
    """Yield a problem for every event that is dated before the first course of its patient began."""
    events = cohort.tables.get("events")
    if events is None or not events.rows or "treatments" not in cohort.tables:
        return
    first = np.full(len(cohort.patients), np.inf)
    begun = ~np.isnan(courses.start)
    np.minimum.at(first, courses.patient[begun], courses.start[begun])
    date, event = events.columns["date"], events.columns["event"]
    assert isinstance(event, Labels) and not isinstance(date, Labels)
    for row in np.flatnonzero(date < first[events.patient]):
        word = event.words[event.codes[row]]
        patient = cohort.patients[events.patient[row]]
        what = f"table `events`: `{word}` on {_iso(date[row])} is before the first course of {patient}, which began on {_iso(first[events.patient[row]])}"
        yield Problem(_row_place(study, "events", int(row)), what, "a date on or after the start", "correct the date, or the treatments")


def _iso(day: float) -> str:
    return str(np.datetime64(int(day), "D"))


def _row_place(study: Study, table: str, row: int) -> Where:
    """Return the place of a row in a CSV table, whose first line holds the names of its columns."""
    path = study.folder / f"{table}.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    text = lines[row + 1] if row + 1 < len(lines) else ""
    return Where(str(path), row + 2, 1, text, max(1, len(text)))


def _unread(study: Study) -> Iterator[Problem]:
    """Yield a problem for every criterion that reads the answers of another that the study does not have."""
    for role, criterion in study.criteria.items():
        for table, needed in (("responses", "response"), ("grades", "toxicity")):
            if needed not in study.criteria and table in {n.table for n in nodes(criterion) if isinstance(n, t.Collection)}:
                where = study.document.where((role.partition(" ")[0],))
                what = f"{criterion.id} reads {table}, and the study has no {needed} criterion"
                yield Problem(where, what, f"`{needed}:` with a criterion")


def _responses(outcome: Outcome) -> TableData:
    """Return the class of every assessment as a table that goes by the number of the course."""
    steps = outcome.steps
    columns: dict[str, Values] = {"date": steps.date, "class": steps.classes["class"].label}
    return TableData("responses", steps.course.astype(np.int32), columns, steps.rows)


def answer(layer: Layered, ladder: str = "class") -> Classes:
    """Return the classes of a ladder of a layer."""
    return layer.classes[ladder]


def months(outcome: Outcome) -> Numbers:
    """Return the time of an endpoint for each course, in the unit of its file; NaN where it is not known."""
    time = outcome.criterion.time
    assert time is not None
    begin, end = outcome.courses.measures["time from"], outcome.courses.measures["time to"]
    assert not isinstance(begin, Labels) and not isinstance(end, Labels)
    return (end[0] - begin[0]) / float(time.factor)


def observed(outcome: Outcome) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return for each course whether the time of an endpoint ended in an event."""
    time = outcome.criterion.time
    assert time is not None
    label = outcome.courses.classes["time"].label
    events = np.array([word in time.events for word in label.words])
    return events[label.codes]


def values_of(results: Results) -> Mapping[str, Values]:
    """Return everything known of each course by name: attributes of the patient, classes, times in days and outcomes.

    `best` is the course's response, `dosing` its scheme's answer, `symptoms` the symptomatic response; an endpoint goes by its
    id, its outcome by `ID_outcome`; the value of another course of the same patient by `NAME_COURSE`.
    """
    patient = results.courses.patient
    attributes = results.cohort.tables["patients"].columns
    found: dict[str, Values] = {name: _taken(values, patient) for name, values in attributes.items()}
    found["course"] = results.courses.label
    own = dict(_own(results))
    for name, values in own.items():
        found[name] = values
        for code, word in enumerate(results.courses.label.words):
            if word:
                found[f"{name}_{word}"] = _of_course(values, results.courses, code)
    return found


def _own(results: Results) -> Iterator[tuple[str, Values]]:
    if results.response is not None:
        yield "best", results.response.courses.classes["class"].label
    if results.symptoms is not None:
        yield "symptoms", results.symptoms.courses.classes["class"].label
    if results.dosing:
        yield "dosing", _merged(results)
    for name, outcome in results.endpoints.items():
        assert outcome.criterion.time is not None
        yield name, months(outcome) * float(outcome.criterion.time.factor)
        yield f"{name}_outcome", outcome.courses.classes["time"].label


def _merged(results: Results) -> Labels:
    """Return for each course the answer of its own dosing scheme."""
    words: dict[str, int] = {}
    codes = np.full(len(results.courses), -1, dtype=np.int32)
    for course, outcome in results.dosing.items():
        label = outcome.courses.classes["class"].label
        here = results.course_rows(course)
        recoded = np.array([words.setdefault(word, len(words)) for word in label.words], dtype=np.int32)
        codes[here] = recoded[label.codes[here]]
    return Labels(codes, tuple(words))


def _of_course(values: Values, courses: Courses, code: int) -> Values:
    """Return for each course the value that the same patient has in the course of a name."""
    rows = np.flatnonzero(courses.label.codes == code)
    at = np.full(int(courses.patient.max(initial=-1)) + 1, -1)
    at[courses.patient[rows]] = rows
    chosen = at[courses.patient]
    return _taken(values, chosen)


def _taken(values: Values, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Values:
    """Return the values of rows; missing where the row is -1."""
    if isinstance(values, Labels):
        return Labels(np.where(rows >= 0, values.codes[rows], -1).astype(np.int32), values.words)
    return np.where(rows >= 0, values[rows], np.nan)
