"""Groups of patients compared: an endpoint in each with the log-rank test, and the classes of its main criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from criterium.study.outcomes import Integers, Rows, duration, observed, time_of
from criterium.study.queries import Answers, values_of
from criterium.study.results import Results
from criterium.study.survival import Curve, LogRank, Median, logrank, median_survival
from criterium.timeline.cohort import Numbers

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """An endpoint in two or more groups, with the median of each and the log-rank test between them.

    `verdict` is of the first group against the last: shorter, longer, similar (p >= 0.05), or `cannot be told`.
    `classes` holds the courses of each group by class; `left_out` are in no group, or have no time.
    """

    id: str
    title: str
    endpoint: str
    unit: str
    groups: tuple[str, ...]
    medians: tuple[Median, ...]
    test: LogRank
    verdict: str
    classes: Mapping[str, tuple[int, ...]]
    left_out: int


def comparisons(results: Results, answers: Mapping[str, Answers]) -> dict[str, Comparison]:
    """Return the comparisons of a study by id."""
    entries = results.study.data.get("comparisons", [])
    made = [_comparison(results, answers["course"], entry, at) for at, entry in enumerate(entries)]
    return {one.id: one for one in made}


def _comparison(results: Results, answers: Answers, entry: Mapping[str, Any], at: int) -> Comparison:
    name = str(entry["endpoint"])
    outcome = results.endpoints[name]
    inside = results.course_rows(entry.get("course"))
    if "when" in entry:
        inside = inside & (answers.truths["comparisons", at, "when"] == 1)
    names, code = _split(results, answers, entry, inside) if "split" in entry else _groups(answers, entry, at)
    times = duration(outcome)
    chosen = inside & (code >= 0) & ~np.isnan(times)
    times, seen, groups = times[chosen], observed(outcome)[chosen], code[chosen]
    medians = tuple(median_survival(times[groups == group], seen[groups == group]) for group in range(len(names)))
    test = logrank(times, seen, groups)
    return Comparison(
        id=str(entry["id"]),
        title=str(entry["title"]),
        endpoint=name,
        unit=time_of(outcome).unit,
        groups=names,
        medians=medians,
        test=test,
        verdict=_verdict(test, medians),
        classes=_classes(results, code, inside, len(names)),
        left_out=int((inside & ~chosen).sum()),
    )


def _groups(answers: Answers, entry: Mapping[str, Any], at: int) -> tuple[tuple[str, ...], Integers]:
    """Return the names of the groups and the group of each course, the first whose condition holds, -1 for none."""
    code: Integers = np.full(len(answers.course), -1)
    for number in range(len(entry["groups"])):
        truth = answers.truths["comparisons", at, "groups", number, "when"]
        code[(code < 0) & (truth == 1)] = number
    return tuple(str(group["group"]) for group in entry["groups"]), code


def _split(
    results: Results, answers: Answers, entry: Mapping[str, Any], inside: Rows
) -> tuple[tuple[str, ...], Integers]:
    """Return two groups: below, and at or above, the median of a number among the chosen courses."""
    name = str(entry["split"])
    values, unit = _number(results, answers, name)
    middle = float(np.median(values[inside & ~np.isnan(values)])) if (inside & ~np.isnan(values)).any() else np.nan
    code: Integers = np.where(np.isnan(values), -1, np.where(values < middle, 0, 1))
    shown = f"{middle:.1f} {unit}".strip()
    return (f"below the median of {shown}", f"at or above {shown}"), code


def _number(results: Results, answers: Answers, name: str) -> tuple[Numbers, str]:
    """Return a number of each course with its unit: the time of an endpoint in the unit of its file, else as it is."""
    values, unit = answers.values.get(name, values_of(results).get(name)), answers.units.get(name, "")
    if not isinstance(values, np.ndarray):
        raise TypeError(f"`{name}` is no number")
    courses = results.courses.label.words
    for endpoint, one in results.study.endpoints.items():
        if one.time is not None and name in {endpoint, *(f"{endpoint}_{course}" for course in courses)}:
            return values / float(one.time.factor), one.time.unit
    return values, unit


def _classes(results: Results, code: Integers, inside: Rows, groups: int) -> dict[str, tuple[int, ...]]:
    if results.main is None:
        return {}
    label = results.main.courses.classes["class"].label
    counts = {}
    for number, word in enumerate(label.words):
        here = inside & (label.codes == number)
        counts[word] = tuple(int((here & (code == group)).sum()) for group in range(groups))
    return {word: numbers for word, numbers in counts.items() if any(numbers)}


def _verdict(test: LogRank, medians: Sequence[Median]) -> str:
    if np.isnan(test.p):
        return "cannot be told"
    if test.p >= LEVEL:
        return "similar"
    return "shorter" if _hazard(medians[0].curve) > _hazard(medians[-1].curve) else "longer"


def _hazard(curve: Curve) -> float:
    """Return the events of a group per time at risk, which tells the direction of a difference."""
    widths = np.diff(np.concatenate([[0.0], curve.time]))
    exposure = float(np.dot(curve.at_risk.astype(float), widths))
    return float(curve.events.sum()) / exposure if exposure else 0.0
