"""What the draws say: how many would be called otherwise if they were measured again, and who comes first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from criterium.compare.sweep.noise import Margin, Noise, Noisy
from criterium.language import tree as t
from criterium.language.roles import role_of
from criterium.study.proportions import Interval, clopper_pearson
from criterium.study.results import Results

SOMETIMES, MOSTLY = 0.05, 0.5


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient in a course: the class as measured, the share of draws that keep it, and the shares of the others."""

    patient: str
    label: str
    kept: float
    others: Mapping[str, float]
    margin: Margin | None


@dataclass(frozen=True, slots=True)
class Fragile:
    """A course of the study: how many change class in at least 5 percent of draws, and in more than half of them.

    `patients` are all, the least stable first; `mean_kept` is the mean of their shares.
    """

    course: str
    sometimes: int
    mostly: int
    intervals: tuple[Interval, Interval]
    patients: tuple[Patient, ...]

    @property
    def mean_kept(self) -> float:
        """The mean share of draws in which a class is kept."""
        return float(np.mean([one.kept for one in self.patients]))


@dataclass(frozen=True, slots=True)
class Fragility:
    """A cohort under error: the criterion, the error, its seed and number of draws, and the courses of the study."""

    criterion: t.Criterion
    role: str
    noise: Noise
    seed: int
    draws: int
    words: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    courses: tuple[Fragile, ...]


def fragile(results: Results, role: str, noise: Noise, seed: int, found: Noisy) -> Fragility:
    """Return what the draws say of each course of the study."""
    columns = {table: tuple(sorted(names)) for table, names in found.columns.items()}
    criterion = results.study.criteria[role]
    draws = found.codes.shape[1]
    courses = tuple(_courses(results, role, found))
    return Fragility(criterion, role, noise, seed, draws, found.words, columns, courses)


def _courses(results: Results, role: str, found: Noisy) -> Iterator[Fragile]:
    own = role_of(role).course
    for course in results.courses.label.words:
        rows = np.flatnonzero(results.course_rows(course))
        if not rows.size or own not in {None, course}:
            continue
        kept = found.kept[rows]
        counts = [int((1 - kept >= SOMETIMES - 1e-12).sum()), int((kept < MOSTLY).sum())]
        low, high = (clopper_pearson(count, rows.size) for count in counts)
        order = rows[np.argsort(kept, kind="stable")]
        patients = tuple(_patient(results, found, int(at)) for at in order)
        yield Fragile(course, counts[0], counts[1], (low, high), patients)


def _patient(results: Results, found: Noisy, at: int) -> Patient:
    shares = {word: float((found.codes[at] == code).mean()) for code, word in enumerate(found.words)}
    label = found.words[found.own[at]]
    kept = shares.pop(label)
    others = {word: share for word, share in sorted(shares.items(), key=lambda pair: -pair[1]) if share}
    name = results.cohort.patients[results.courses.patient[at]]
    return Patient(name, label, kept, others, found.margins.get(at))
