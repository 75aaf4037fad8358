"""One patient of a study, explained: the study is run on that patient alone, and each answer is taken apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import frame_of
from criterium.evaluate.walk import Walk
from criterium.explain.grading import grades
from criterium.explain.model import Amount, Course, Explanation, Grades, Part
from criterium.explain.parts import of_courses, part
from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where, closest, listed
from criterium.language.roles import role_of
from criterium.study.plan import Study
from criterium.study.questions import Questions
from criterium.study.results import Results, run_on
from criterium.timeline.cohort import Cohort
from criterium.timeline.frame import Frame, Integers
from criterium.timeline.patients import of_patients
from criterium.timeline.readers import readers

ALL = "all"
_SAMPLE = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: `what` is a role of the study, the name of one, or `all`; `why_not` a class, or none."""

    what: str = ALL
    why_not: str = ""


def explained(study: Study, cohort: Cohort, questions: Questions, patient: str, asked: Asked) -> Explanation:
    """Return what a study says of one patient and why; raise Refused if there is no such patient, role or class."""
    _refuse_unknown(study, cohort, patient, asked)
    results = run_on(study, alone(cohort, patient), questions)
    parts = _parts(results, asked)
    courses = tuple(_course(results, at, parts) for at in range(len(results.courses)))
    return Explanation(study.id, patient, _attributes(results), courses, _grades(results, asked))


def alone(cohort: Cohort, patient: str) -> Cohort:
    """Return the cohort of one patient: that patient's rows of every table, the first of the patients."""
    return of_patients(cohort, np.array([cohort.patients.index(patient)]))


def asked_roles(study: Study, what: str) -> list[str]:
    """Return the roles of a study's criteria that a word stands for: a role, its name, or the id of a criterion."""
    return [
        role
        for role, one in study.criteria.items()
        if what in {ALL, role, role.partition(" ")[0], role.partition(" ")[2], one.id}
    ]


def _refuse_unknown(study: Study, cohort: Cohort, patient: str, asked: Asked) -> None:
    problems = []
    if patient not in cohort.patients:
        meant = closest(patient, cohort.patients)
        remedy = f"did you mean `{meant}`?" if meant else ""
        some = listed(cohort.patients[:_SAMPLE]) + (", ..." if len(cohort.patients) > _SAMPLE else "")
        what = f"there is no patient `{patient}` in {cohort.name or study.id}"
        problems.append(Problem(Where("PATIENT", 1, 1), what, f"one of {len(cohort.patients)}: {some}", remedy))
    roles = asked_roles(study, asked.what)
    if not roles:
        words = [ALL, *dict.fromkeys(role.partition(" ")[2] or role for role in study.criteria)]
        meant = closest(asked.what, words)
        remedy = f"did you mean `{meant}`?" if meant else ""
        problems.append(
            Problem(Where("--what", 1, 1, asked.what, len(asked.what)), "not in this study", listed(words), remedy)
        )
    elif asked.why_not:
        words = _labels(study, roles)
        if asked.why_not not in words:
            place = Where("--why-not", 1, 1, asked.why_not, len(asked.why_not))
            meant = closest(asked.why_not, words)
            remedy = f"did you mean `{meant}`?" if meant else ""
            problems.append(Problem(place, f"no criterion gives the class `{asked.why_not}`", listed(words), remedy))
    if problems:
        raise Refused(problems)


def _labels(study: Study, roles: list[str]) -> list[str]:
    """Return the classes that the criteria in these roles can give to a step or a course."""
    criteria = [study.criteria[role] for role in roles]
    ladders = [ladder for one in criteria for ladder in (*one.steps.ladders.values(), *of_courses(one).values())]
    ladders += [branch.ladder for one in criteria for branch in one.branches if branch.ladder is not None]
    return list(dict.fromkeys(label for ladder in ladders for label in ladder.labels))


def _attributes(results: Results) -> tuple[Amount, ...]:
    table = results.cohort.tables["patients"]
    found = []
    for name, values in table.columns.items():
        if isinstance(values, np.ndarray):
            number = float(values[0])
            found.append(Amount(name, "" if np.isnan(number) else f"{number:g}"))
        else:
            found.append(Amount(name, values.words[values.codes[0]] if values.codes[0] >= 0 else ""))
    found += [Amount("read by", name) for name in readers(results.cohort, library.tables())]
    return tuple(found)


# --- courses ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Walker:
    """A criterion in its role, and the frame of all courses of the patient: of each possible day, if there are many."""

    role: str
    criterion: t.Criterion
    frame: Frame
    asked: Asked

    @cached_property
    def answers(self) -> Integers:
        """What is said of each course of the frame and its steps, as rows of numbers, in the order of their numbers."""
        walk: Walk[Any, Any] = Walk(self.criterion, Columns(self.frame))
        found = [walk.climb(ladder, COURSE).label.codes for ladder in of_courses(self.criterion).values()]
        for place in walk.step_places():
            codes = walk.decision(self.criterion.final, place).label.codes
            found.append(np.pad(codes, (0, self.frame.size - len(codes)), constant_values=-1))
        rows = np.stack([np.zeros(self.frame.size, dtype=np.int64), *found], axis=1)
        return rows[np.argsort(self.frame.number)]


def _parts(results: Results, asked: Asked) -> list[_Walker]:
    roles = asked_roles(results.study, asked.what)
    criteria = [(role, results.study.criteria[role]) for role in roles]
    every = results if results.days is None else results.days.each
    return [
        _Walker(role, one, frame_of(one, every.material, every.courses), asked)
        for role, one in criteria
        if not one.branches
    ]


def _course(results: Results, at: int, walkers: list[_Walker]) -> Course:
    courses = results.courses
    code = int(courses.label.codes[at])
    name = courses.label.words[code] if code >= 0 else ""
    start = float(courses.start[at])
    mine = [one for one in walkers if role_of(one.role).course in {None, name}]
    begun = "" if np.isnan(start) else str(np.datetime64(int(start), "D"))
    return Course(name, begun, tuple(part_ for one in mine for part_ in _told(results, one, at)))


def _told(results: Results, walker: _Walker, at: int) -> Iterator[Part]:
    """Yield what a criterion says of a course; where dates are partial, once for each answer that is possible."""
    if results.days is None:
        yield _part(results, walker, at)
        return
    merging = results.days.merging
    mine = np.flatnonzero(merging.into == at)
    chosen = merging.supposed.at(results.study.partial_dates or "first")
    _, kind = np.unique(walker.answers[mine], axis=0, return_inverse=True)
    for one in dict.fromkeys(kind.tolist()):
        same = mine[kind == one]
        shown = next((course for course in same.tolist() if merging.patient[course] in chosen), int(same[0]))
        days = merging.supposed.days(int(merging.patient[shown]))
        yield replace(_part(results, walker, shown), supposing=_supposing(days, len(same), len(mine)))


def _supposing(days: Sequence[tuple[str, float]], same: int, ways: int) -> str:
    """Return which days are supposed of partial dates, and how many of the ways to choose them give the same answer."""
    which = " and ".join(f"{np.datetime64(int(day), 'D')} for `{text}`" for text, day in days)
    what = "possible days" if len(days) == 1 else "ways to choose the days"
    count = f"every one of {ways}" if same == ways else f"{same} of {ways}"
    return f"supposing {which}, like {count} {what}"


def _walk(walker: _Walker, at: int) -> Walk[Any, Any]:
    index = int(np.flatnonzero(walker.frame.number == at)[0])
    walk: Walk[Any, Any] = Walk(walker.criterion, Exact(walker.frame, index))
    walk.run()
    return walk


def _part(results: Results, walker: _Walker, at: int) -> Part:
    return part(walker.role, _walk(walker, at), results.material.tables, walker.asked.why_not)


def _grades(results: Results, asked: Asked) -> tuple[Grades, ...]:
    criteria = [(role, results.study.criteria[role]) for role in asked_roles(results.study, asked.what)]
    given, why_not = (results.material, results.courses), asked.why_not
    return tuple(grades(role, one, *given, why_not) for role, one in criteria if one.branches)
