"""A study is run: each criterion in its turn, and what it says becomes a table that the next may read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from criterium.evaluate.agreed import Groups, Merging
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Outcome, evaluate
from criterium.evaluate.results.branches import Graded, as_table, graded
from criterium.language import library
from criterium.language.problems import Problem, Refused
from criterium.language.roles import Role, main_section
from criterium.language.tables import Table
from criterium.language.tree import Criterion
from criterium.study.admission import admitted, earliest, study_courses
from criterium.study.emergent import with_baseline
from criterium.study.outcomes import Integers, Rows, days
from criterium.study.plan import Study
from criterium.study.questions import Questions
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData, Values
from criterium.timeline.courses import Courses
from criterium.timeline.partial import partial_rows
from criterium.timeline.supposed import supposed


@dataclass(frozen=True, slots=True)
class Days:
    """What the criteria say on `each` possible day of a cohort's partial dates, and how that becomes one answer."""

    each: Results
    merging: Merging

    def agreed(self, role: Role) -> Outcome:
        """Return what the criterion in a role says whatever the days are, and on those that the study chooses."""
        return self.merging.outcome(self.each.outcomes[role.text], self.each.study.partial_dates)

    def unsettled(self, endpoint: str) -> Rows:
        """Return for which courses the time of an endpoint, or what ends it, depends on the day of a partial date."""
        outcome, groups = self.each.endpoints[endpoint], Groups.of(self.merging.into)
        lasting = np.nan_to_num(days(outcome), nan=-np.inf)
        return groups.apart(outcome.courses.classes["time"].label.codes) | groups.apart(lasting)


@dataclass
class Results:
    """What the criteria of a study say of its cohort, by role: the `outcomes` of courses, and what is `graded` singly.

    Layers of courses have a row a course, in the order of `courses`. Where the cohort has partial dates, it is what the
    criteria say whatever the `days` are.
    """

    study: Study
    cohort: Cohort
    courses: Courses
    material: Material
    questions: Questions = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    graded: dict[str, Graded] = field(default_factory=dict)
    days: Days | None = None

    @property
    def main(self) -> Outcome | None:
        """What the criterion says that the study is about, if it has one."""
        return self.outcomes.get(main_section().role)

    @property
    def endpoints(self) -> dict[str, Outcome]:
        """The outcomes that hold a time, by what figures call them."""
        return {role.called: self.outcomes[role.text] for role in self.study.timed}

    def on_chosen_days(self, name: str) -> Rows:
        """Return for which courses the time of an endpoint (if it is one) is that of chosen days, not of every day."""
        if self.days is None or name not in self.endpoints:
            return np.zeros(len(self.courses), dtype=bool)
        return self.days.unsettled(name)

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
    problems = [*_negative(results), *_undeclared(results)]
    if problems:
        raise Refused(problems)
    return results


def run_on_whole_dates(study: Study) -> Results:
    """Return what the criteria of a study say of its cohort with each partial date on the day that the study chooses.

    Raises Refused with every problem of cohort and study, and if there are partial dates and the study chooses no days.
    """
    results = run(study)
    if results.days is None:
        return results
    if study.partial_dates is None:
        what = "the cohort has partial dates, and this takes every row on one day"
        raise Refused([Problem(study.document.where(()), what, _CHOICES, _SAY)])
    return run_on(study, results.days.merging.supposed.on(study.partial_dates), results.questions)


def _negative(results: Results) -> Iterator[Problem]:
    """Yield a problem for every endpoint that ends before it begins, on any day that is possible."""
    every = results.days.each if results.days is not None else results
    for role in results.study.timed:
        early = np.flatnonzero(days(every.outcomes[role.text]) < 0)
        if results.days is not None:
            early = np.unique(results.days.merging.into[early])
        if early.size:
            patient = results.cohort.patients[results.courses.patient[early[0]]]
            what = f"`{role.called}` ends before it begins in {early.size} courses, that of {patient} first"
            remedy = "ask for `date >= start` in the criterion"
            yield Problem(results.study.where(role), what, "events on or after the start", remedy)


def _undeclared(results: Results) -> Iterator[Problem]:
    """Yield a problem for every endpoint whose times depend on partial dates, unless the study chooses their days."""
    if results.days is None or results.study.partial_dates is not None:
        return
    for role in results.study.timed:
        concerned = np.flatnonzero(results.days.unsettled(role.called))
        if concerned.size:
            patient = results.cohort.patients[results.courses.patient[concerned[0]]]
            courses = f"{concerned.size} course" if concerned.size == 1 else f"{concerned.size} courses"
            what = f"the time of `{role.called}` depends on partial dates in {courses}, that of {patient} first"
            yield Problem(results.study.where(role), what, _CHOICES, _SAY)


_CHOICES = "`partial_dates:` with `first`, `middle` or `last`"
_SAY = "say in the study which of the possible days is taken, or enter the whole dates"


def run_on(study: Study, cohort: Cohort, questions: Questions) -> Results:
    """Return what the criteria of a study say of a cohort, which has been admitted with the study's questions."""
    material = Material(cohort, library.tables(), as_of=study.as_of)
    results = Results(study, cohort, study_courses(study, cohort), material, questions)
    if any(partial_rows(cohort)):
        results.days = _on_each_day(results)
    for role in study.roles:
        if role not in study.timed:
            _judge(results, role, material)
    plain = heard(material, study)
    for role in study.timed:
        _judge(results, role, plain)
    return results


def _on_each_day(results: Results) -> Days:
    """Return what the criteria say on each possible day of the partial dates of a cohort."""
    study, cohort, courses = results.study, results.cohort, results.courses
    possible = supposed(cohort, earliest(cohort, courses), np.inf if study.as_of is None else study.as_of)
    each = run_on(study, possible.cohort, results.questions)
    return Days(each, Merging.of(possible, each.courses, courses))


def _judge(results: Results, role: Role, material: Material) -> None:
    """Add what the criterion in a role says, and the tables of it that the criteria after it may read.

    Single results are graded on whole dates, whatever the days of partial ones are.
    """
    criterion, courses = results.study.criteria[role.text], results.courses
    if criterion.branches:
        results.graded[role.text] = graded(criterion, material, courses)
    elif results.days is not None:
        results.outcomes[role.text] = results.days.agreed(role)
    else:
        results.outcomes[role.text] = evaluate(criterion, material, courses)
    for table in made_in(role):
        results.material.add(table.name, _made(results, role, table))


def made_in(role: Role) -> list[Table]:
    """Return the tables that the criterion in a role makes: those of its kind, unless it stands beside another."""
    kind = role.section.kind.name
    return [] if role.section.further else [table for table in library.tables().values() if table.made_by == kind]


def _made(results: Results, role: Role, table: Table) -> TableData:
    """Return what a criterion says as a table, with a row for each step, course or graded result."""
    if table.each == "result":
        found = results.graded[role.text]
        return _grades(table.name, results.study.criteria[role.text], found, results.courses)
    outcome = results.outcomes[role.text]
    if table.each == "course":
        return of_courses(table.name, results.courses, outcome.courses.classes["class"].label)
    steps = outcome.steps
    return of_steps(table.name, steps.course, steps.date, steps.classes[outcome.criterion.final].label)


def of_steps(name: str, course: Integers, date: Numbers, label: Labels) -> TableData:
    """Return the class of every step as a table that goes by the number of the course."""
    columns: dict[str, Values] = {"date": date, "class": label}
    return TableData(name, course.astype(np.int32), columns, len(course))


def of_courses(name: str, courses: Courses, label: Labels) -> TableData:
    """Return the class of every course that began, `label` in their order, as a table that goes by their number."""
    begun = np.flatnonzero(~np.isnan(courses.start))
    return of_steps(name, begun, courses.start[begun], Labels(label.codes[begun], label.words))


def grades_of(results: Results, role: Role) -> TableData:
    """Return the grades by the criterion in a role, each beside that of the baseline: its table, if it makes one."""
    for table in made_in(role):
        return results.material.derived[table.name]
    return _grades(role.text, results.study.criteria[role.text], results.graded[role.text], results.courses)


def _grades(name: str, criterion: Criterion, found: Graded, courses: Courses) -> TableData:
    """Return the grade of every result as a table, each beside that of the baseline."""
    return replace(with_baseline(as_table(criterion, found), found, courses, criterion.of), name=name)


def heard(material: Material, study: Study) -> Material:
    """Return what times are taken from: the same material, with the classes in it by the names that times know."""
    spoken: dict[str, TableData] = {}
    for role in study.roles:
        read_as = study.criteria[role.text].read_as
        for table in made_in(role) if read_as else ():
            spoken[table.name] = _spoken(read_as, material.derived[table.name])
    if not spoken:
        return material
    return replace(material, derived={**material.derived, **spoken}, _ordered={}, _plans={})


def _spoken(read_as: Mapping[str, str], data: TableData) -> TableData:
    label = data.columns["class"]
    if not isinstance(label, Labels):
        raise TypeError(data.name)
    names = [read_as.get(word, word) for word in label.words]
    words = tuple(dict.fromkeys(names))
    codes = np.array([*map(words.index, names), -1], dtype=label.codes.dtype)
    return replace(data, columns={**data.columns, "class": Labels(codes[label.codes], words)})
