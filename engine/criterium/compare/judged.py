"""What several criteria say of the same subjects: patients in a course, single results, or patients and terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from criterium.compare.runs import Runs
from criterium.evaluate.outcome import Classes, Outcome
from criterium.evaluate.results.branches import Graded
from criterium.evaluate.words.wording import day
from criterium.language import tree as t
from criterium.study.results import Results
from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Integers

ABSENT = "not read"


@dataclass(frozen=True, slots=True)
class Judged:
    """The class of each subject under each criterion, as `labels` of equal length.

    `id` and `title` say what is judged, `subject` what a subject is. `row` is the number of a subject in what it was
    taken from: its course, or its result (one number for each criterion, -1 where it does not read the result).
    `unknown` is the label of each criterion where it cannot tell; `order` the classes, best first, merged over all.
    """

    id: str
    title: str
    subject: str
    course: str
    names: tuple[str, ...]
    rows: tuple[Integers, ...]
    labels: tuple[Labels, ...]
    unknown: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def size(self) -> int:
        """The number of subjects."""
        return len(self.labels[0].codes)

    def words(self, at: int) -> list[str]:
        """Return the class of each subject under criterion number `at`."""
        return [self.labels[at].words[code] for code in self.labels[at].codes]


def judged(runs: Runs) -> Iterator[Judged]:
    """Yield what the criteria say, course by course; a course without a subject is left out."""
    for course in runs.results[0].courses.label.words:
        if not runs.results[0].course_rows(course).any():
            continue
        if runs.criteria[0].branches:
            yield from _graded(runs, course)
        elif (outcomes := outcomes_of(runs, course)) is not None:
            yield _of_courses(runs, course, outcomes)


def outcomes_of(runs: Runs, course: str) -> tuple[Outcome, ...] | None:
    """Return what each criterion says of steps and courses; None for a course that they do not judge."""
    role = runs.role if runs.role.course is None else replace(runs.role, name=course)
    found = tuple(results.outcomes[role.text] for results in runs.results if role.text in results.outcomes)
    return found if len(found) == len(runs.results) else None


# --- courses ----------------------------------------------------------------------------------------------------------
def _of_courses(runs: Runs, course: str, outcomes: Sequence[Outcome]) -> Judged:
    rows = np.flatnonzero(runs.results[0].course_rows(course))
    ladders = [ladder_of(one.criterion) for one in outcomes]
    classes = [_classes(one, ladder) for one, ladder in zip(outcomes, ladders, strict=True)]
    labels = tuple(Labels(one.label.codes[rows], one.label.words) for one in classes)
    patients, ids = runs.results[0].courses.patient[rows], runs.results[0].cohort.patients
    timed = any(one.criterion.time is not None for one in outcomes)
    title = "What ended the time" if timed else f"{runs.kind.capitalize()} of each patient"
    return Judged(
        id=f"{runs.kind}-{course}" if course else runs.kind,
        title=title,
        subject="patient",
        course=course,
        names=tuple(ids[int(patient)] for patient in patients),
        rows=tuple(rows for _ in outcomes),
        labels=labels,
        unknown=tuple(ladder.unknown for ladder in ladders),
        order=merged([one.criterion.order for one in outcomes]),
    )


def ladder_of(criterion: t.Criterion) -> t.Ladder:
    """Return the ladder that answers for a course: its own, or what ends its time; raise TypeError if there is none."""
    if criterion.time is not None:
        return criterion.time.outcome
    ladder = criterion.course.ladders.get("class")
    if ladder is None:
        raise TypeError(f"{criterion.id} has no answer for a course")
    return ladder


def _classes(outcome: Outcome, ladder: t.Ladder) -> Classes:
    return outcome.courses.classes["time" if outcome.criterion.time is not None else ladder.name]


def merged(orders: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return one order that keeps every order given, the first one's as far as it goes; empty if they contradict."""
    before = {(one, other) for order in orders for at, one in enumerate(order) for other in order[at + 1 :]}
    left = list(dict.fromkeys(word for order in orders for word in order))
    found: list[str] = []
    while left:
        free = next((word for word in left if not any((other, word) in before for other in left)), None)
        if free is None:
            return ()
        found.append(free)
        left.remove(free)
    return tuple(found)


# --- results ----------------------------------------------------------------------------------------------------------
def _graded(runs: Runs, course: str) -> Iterator[Judged]:
    graded = [found.graded[runs.role.text] for found in runs.results]
    chosen = [_rows(results, one, course) for results, one in zip(runs.results, graded, strict=True)]
    keys = [_keys(one, rows, criterion) for one, rows, criterion in zip(graded, chosen, runs.criteria, strict=True)]
    every = sorted(set().union(*keys))
    if not every:
        return
    first = runs.results[0]
    rows = tuple(np.array([key.get(one, -1) for one in every]) for key in keys)
    labels = tuple(_labels(one, at) for one, at in zip(graded, rows, strict=True))
    order = tuple(sorted({word for one in graded for word in one.label.words if word.isdigit()}, key=int))
    ids, dates = first.cohort.patients, {one: _whose(graded, keys, one) for one in every}
    names = tuple(f"{ids[patient]} {day(Fraction(date))} {one[2]}" for one, (patient, date) in dates.items())
    results = Judged(
        id=_named("results", course),
        title="The grade of every result",
        subject="result",
        course=course,
        names=names,
        rows=rows,
        labels=labels,
        unknown=tuple(_unknown(one) for one in runs.criteria),
        order=order,
    )
    yield results
    yield _worst(results, every, [dates[one][0] for one in every])


def _named(id_: str, course: str) -> str:
    return f"{id_}-{course}" if course else id_


def _rows(results: Results, graded: Graded, course: str) -> Integers:
    inside = np.append(results.course_rows(course), False)
    found: Integers = np.flatnonzero(inside[graded.course] & (graded.branch >= 0))
    return found


Key = tuple[str, int, str]


def _keys(graded: Graded, rows: Integers, criterion: t.Criterion) -> dict[Key, int]:
    """Return for each table, row and term the number of its result."""
    words = graded.table.words
    return {
        (words[graded.table.codes[at]], int(graded.row[at]), criterion.branches[graded.branch[at]].id): int(at)
        for at in rows
    }


def _whose(graded: Sequence[Graded], keys: Sequence[dict[Key, int]], one: Key) -> tuple[int, float]:
    found, at = next((found, key[one]) for found, key in zip(graded, keys, strict=True) if one in key)
    return int(found.patient[at]), float(found.date[at])


def _labels(graded: Graded, rows: Integers) -> Labels:
    words = (*graded.label.words, ABSENT)
    return Labels(np.where(rows >= 0, graded.label.codes[rows], len(words) - 1).astype(np.int32), words)


def _unknown(criterion: t.Criterion) -> str:
    return next((one.ladder.unknown for one in criterion.branches if one.ladder is not None), "unknown")


def _worst(results: Judged, every: Sequence[Key], patient: Sequence[int]) -> Judged:
    """Return the highest grade of each patient and term: of the known ones, if there is any."""
    groups: dict[tuple[int, str], list[int]] = {}
    whose = {}
    for at, (one, number) in enumerate(zip(every, patient, strict=True)):
        groups.setdefault((number, one[2]), []).append(at)
        whose[number] = results.names[at].split(" ", 1)[0]
    picked = [
        np.array([_highest(at, own, unknown) for at in groups.values()])
        for own, unknown in zip(results.labels, results.unknown, strict=True)
    ]
    return replace(
        results,
        id=_named("worst", results.course),
        title="The highest grade of each patient and term",
        subject="patient and term",
        names=tuple(f"{whose[number]} {term}" for number, term in groups),
        rows=tuple(own[at] for own, at in zip(results.rows, picked, strict=True)),
        labels=tuple(Labels(own.codes[at], own.words) for own, at in zip(results.labels, picked, strict=True)),
    )


def _highest(rows: Sequence[int], labels: Labels, unknown: str) -> int:
    """Return the first row with the highest grade; a row without one counts below all grades."""

    def rank(at: int) -> tuple[int, int]:
        word = labels.words[labels.codes[at]]
        return (int(word) if word.isdigit() else -1 if word == unknown else -2, -at)

    return max(rows, key=rank)
