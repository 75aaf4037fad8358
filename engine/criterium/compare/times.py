"""The endpoints of a study under each criterion: all patients, and the patients of each class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from criterium.compare.judged import Judged
from criterium.compare.runs import Runs
from criterium.study.outcomes import duration, observed, time_of
from criterium.study.survival import Median, median_survival

ALL = "all"


@dataclass(frozen=True, slots=True)
class Times:
    """One endpoint: its `unit`, and for each group of patients its median under each criterion, None without a patient.

    A group is all patients, those of one class, or those that a rate counts; `counted` says the classes of a rate.
    """

    endpoint: str
    course: str
    unit: str
    groups: Mapping[str, tuple[Median | None, ...]]


def times(runs: Runs, found: Judged) -> Iterator[Times]:
    """Yield the endpoints of the study in the subjects of a course; patients without a time are left out."""
    groups = list(_groups(runs, found))
    for name in runs.results[0].endpoints:
        if runs.listed and name != runs.role.called:
            continue
        unit = time_of(runs.results[0].endpoints[name]).unit
        yield Times(name, found.course, unit, {title: _medians(runs, found, name, words) for title, words in groups})


def _groups(runs: Runs, found: Judged) -> Iterator[tuple[str, tuple[tuple[str, ...] | None, ...]]]:
    """Yield each group with the classes that make it under each criterion; None for a criterion without it."""
    yield ALL, tuple(labels.words for labels in found.labels)
    if runs.listed:
        return
    for name in dict.fromkeys(name for one in runs.criteria for name in one.rates):
        yield name, tuple(one.rates.get(name) for one in runs.criteria)
    there = [set(found.words(at)) for at in range(len(runs.criteria))]
    words = [*found.order, *(word for labels in found.labels for word in labels.words)]
    for word in dict.fromkeys(words):
        if any(word in one for one in there):
            yield word, tuple((word,) if word in labels.words else None for labels in found.labels)


def _medians(
    runs: Runs, found: Judged, name: str, words: Sequence[tuple[str, ...] | None]
) -> tuple[Median | None, ...]:
    return tuple(_median(runs, found, name, at, counted) for at, counted in enumerate(words))


def _median(runs: Runs, found: Judged, name: str, at: int, counted: tuple[str, ...] | None) -> Median | None:
    if counted is None:
        return None
    outcome, rows, labels = runs.results[at].endpoints[name], found.rows[at], found.labels[at]
    inside: npt.NDArray[np.bool_] = np.array([word in counted for word in labels.words])[labels.codes]
    lasting, seen = duration(outcome)[rows], observed(outcome)[rows]
    chosen = inside & ~np.isnan(lasting)
    return median_survival(lasting[chosen], seen[chosen]) if chosen.any() else None
