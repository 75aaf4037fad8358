"""A study is run: each criterion in its turn, and what it says becomes a table that the next may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from criterium.evaluate.branches import Graded, as_table, graded
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Outcome, evaluate
from criterium.language import library
from criterium.language.problems import Problem, Refused
from criterium.language.tree import Criterion
from criterium.study.admission import admitted, study_courses
from criterium.study.emergent import with_baseline
from criterium.study.outcomes import Rows, days
from criterium.study.plan import Study
from criterium.study.questions import Questions
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import Courses

RESPONSES, BEST = "responses", "best_responses"


@dataclass
class Results:
    """What the criteria of a study say of its cohort. Course layers have a row a course, in the order of `courses`."""

    study: Study
    cohort: Cohort
    courses: Courses
    material: Material
    questions: Questions = field(default_factory=dict)
    response: Outcome | None = None
    beside: dict[str, Outcome] = field(default_factory=dict)
    toxicity: Graded | None = None
    symptoms: Outcome | None = None
    dosing: dict[str, Outcome] = field(default_factory=dict)
    endpoints: dict[str, Outcome] = field(default_factory=dict)
    verdicts: dict[str, Outcome] = field(default_factory=dict)

    @property
    def graded(self) -> Graded | None:
        """The grade of every result, if a criterion of the study grades single results."""
        return self.toxicity

    def course_rows(self, course: str | None) -> Rows:
        """Return which rows of a course layer are of the named course; all of them without a name."""
        if course is None:
            return np.ones(len(self.courses), dtype=bool)
        words = self.courses.label.words
        found: Rows = self.courses.label.codes == (words.index(course) if course in words else -2)
        return found


def run(study: Study) -> Results:
    """Return what the criteria of a study say of its cohort; raise Refused with every problem of cohort and study."""
    cohort, questions = admitted(study)
    results = run_on(study, cohort, questions)
    negative = list(_negative(results))
    if negative:
        raise Refused(negative)
    return results


def _negative(results: Results) -> Iterator[Problem]:
    """Yield a problem for every endpoint that ends before it begins."""
    for at, (name, outcome) in enumerate(results.endpoints.items()):
        early = np.flatnonzero(days(outcome) < 0)
        if early.size:
            where = results.study.document.where(("endpoints", at))
            patient = results.cohort.patients[results.courses.patient[early[0]]]
            what = f"`{name}` ends before it begins in {early.size} courses, that of {patient} first"
            yield Problem(where, what, "events on or after the start", "ask for `date >= start` in the criterion")


def run_on(study: Study, cohort: Cohort, questions: Questions) -> Results:
    """Return what the criteria of a study say of a cohort, which has been admitted with the study's questions."""
    courses, criteria = study_courses(study, cohort), study.criteria
    material = Material(cohort, library.tables(), as_of=study.as_of)
    results = Results(study, cohort, courses, material, questions)
    if "response" in criteria:
        results.response = evaluate(criteria["response"], material, courses)
        material.add(RESPONSES, _responses(results.response))
        material.add(BEST, best_responses(courses, results.response.courses.classes["class"].label))
    results.beside = {name: evaluate(one, material, courses) for name, one in study.beside.items()}
    if "toxicity" in criteria:
        results.toxicity = graded(criteria["toxicity"], material, courses)
        material.add("grades", _grades(criteria["toxicity"], results.toxicity, courses))
    if "symptoms" in criteria:
        results.symptoms = evaluate(criteria["symptoms"], material, courses)
    results.dosing = {course: evaluate(scheme, material, courses) for course, scheme in study.schemes.items()}
    plain = heard(material, criteria.get("response"))
    results.endpoints = {name: evaluate(endpoint, plain, courses) for name, endpoint in study.endpoints.items()}
    results.verdicts = {name: evaluate(verdict, material, courses) for name, verdict in study.verdicts.items()}
    return results


def _responses(outcome: Outcome) -> TableData:
    """Return the class of every assessment as a table that goes by the number of the course."""
    steps = outcome.steps
    columns: dict[str, Values] = {"date": steps.date, "class": steps.classes[outcome.criterion.final].label}
    return TableData(RESPONSES, steps.course.astype(np.int32), columns, steps.rows)


def heard(material: Material, response: Criterion | None) -> Material:
    """Return what endpoints read: the same material, with the classes of the responses by the names they know."""
    if response is None or not response.read_as:
        return material
    spoken = {name: _spoken(response, material.derived[name]) for name in (RESPONSES, BEST)}
    return replace(material, derived={**material.derived, **spoken}, _ordered={}, _plans={})


def _spoken(response: Criterion, data: TableData) -> TableData:
    label = data.columns["class"]
    if not isinstance(label, Labels):
        raise TypeError(data.name)
    names = [response.read_as.get(word, word) for word in label.words]
    words = tuple(dict.fromkeys(names))
    codes = np.array([*map(words.index, names), -1], dtype=label.codes.dtype)
    return replace(data, columns={**data.columns, "class": Labels(codes[label.codes], words)})


def best_responses(courses: Courses, label: Labels) -> TableData:
    """Return the class of every course that began, `label` in their order, as a table that goes by their number."""
    begun = np.flatnonzero(~np.isnan(courses.start))
    columns: dict[str, Values] = {"date": courses.start[begun], "class": Labels(label.codes[begun], label.words)}
    return TableData(BEST, begun.astype(np.int32), columns, len(begun))


def _grades(criterion: Criterion, found: Graded, courses: Courses) -> TableData:
    """Return the grade of every result as a table, each beside that of the baseline."""
    return with_baseline(as_table(criterion, found), found, courses, criterion.of)
