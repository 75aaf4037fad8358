"""Groups of patients compared: an endpoint in each of them, with the log-rank test and the classes of response beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.study.queries import Answers
from criterium.study.results import Results, months, observed
from criterium.study.survival import LogRank, logrank
from criterium.timeline.cohort import Labels

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Comparison:
    """An endpoint in two or more groups. `verdict` is of the first against the last: shorter, longer or similar (p >= 0.05)."""

    id: str
    title: str
    endpoint: str
    groups: tuple[str, ...]
    test: LogRank
    verdict: str
    classes: Mapping[str, tuple[int, ...]]
    left_out: int


def comparisons(results: Results, answers: Mapping[str, Answers]) -> dict[str, Comparison]:
    """Return the comparisons of a study by id; raise Refused with every problem of their definitions."""
    problems: list[Problem] = []
    found = {}
    for at, entry in enumerate(results.study.data.get("comparisons", [])):
        made = _comparison(results, answers["course"], entry, at, problems)
        if made is not None:
            found[made.id] = made
    if problems:
        raise Refused(problems)
    return found


def _comparison(
    results: Results, answers: Answers, entry: Mapping[str, Any], at: int, problems: list[Problem]
) -> Comparison | None:
    name = str(entry["endpoint"])
    outcome = results.endpoints.get(name)
    if outcome is None:
        where = results.study.document.where(("comparisons", at, "endpoint"))
        problems.append(Problem(where, f"`{name}` is not an endpoint of the study", listed(results.endpoints), nearest(name, results.endpoints)))
        return None
    inside = results.course_rows(entry.get("course"))
    if f"comparison_{at}_when" in answers.truths:
        inside = inside & (answers.truths[f"comparison_{at}_when"] == 1)
    names, code = _groups(results, answers, entry, at, inside, problems)
    if not names:
        return None
    times = months(outcome)
    chosen = inside & (code >= 0) & ~np.isnan(times)
    test = logrank(times[chosen], observed(outcome)[chosen], code[chosen])
    classes = _classes(results, code, inside, len(names))
    left = int((inside & ~chosen).sum())
    return Comparison(str(entry["id"]), str(entry["title"]), name, names, test, _verdict(test), classes, left)


def _groups(
    results: Results, answers: Answers, entry: Mapping[str, Any], at: int, inside: Any, problems: list[Problem]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return the names of the groups and the group of each course, -1 for none."""
    code = np.full(len(inside), -1)
    if "split" in entry:
        return _split(results, entry, at, inside, problems)
    for number in range(len(entry["groups"])):
        truth = answers.truths[f"comparison_{at}_{number}"]
        code[(code < 0) & (truth == 1)] = number
    return tuple(str(group["group"]) for group in entry["groups"]), code


def _split(
    results: Results, entry: Mapping[str, Any], at: int, inside: Any, problems: list[Problem]
) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return two groups: below, and at or above, the median of a value among the chosen courses."""
    name = str(entry["split"])
    values = results.material.values.get(name)
    if values is None or isinstance(values, Labels):
        known = [key for key, value in results.material.values.items() if not isinstance(value, Labels)]
        where = results.study.document.where(("comparisons", at, "split"))
        problems.append(Problem(where, f"`{name}` is not a number of each course", listed(known), nearest(name, known)))
        return (), np.full(len(inside), -1)
    middle = float(np.nanmedian(values[inside]))
    code = np.where(np.isnan(values), -1, np.where(values < middle, 0, 1))
    shown = _shown(middle / 30.4375)
    return (f"below the median of {shown} months", f"at or above {shown} months"), code


def _classes(results: Results, code: Any, inside: Any, groups: int) -> dict[str, tuple[int, ...]]:
    if results.response is None:
        return {}
    label = results.response.courses.classes["class"].label
    counts = {}
    for number, word in enumerate(label.words):
        here = inside & (label.codes == number)
        counts[word] = tuple(int((here & (code == group)).sum()) for group in range(groups))
    return {word: numbers for word, numbers in counts.items() if any(numbers)}


def _verdict(test: LogRank) -> str:
    if not test.p < LEVEL:
        return "similar"
    codes = sorted(test.groups)
    first, last = (_exposure(test, code) for code in (codes[0], codes[-1]))
    return "shorter" if first > last else "longer"


def _exposure(test: LogRank, code: int) -> float:
    """Return the events of a group per time at risk, which tells the direction of a difference."""
    curve = test.groups[code].curve
    widths = np.diff(np.concatenate([[0.0], curve.time]))
    at_risk: Sequence[float] = curve.at_risk.tolist()
    exposure = float(np.dot(at_risk, widths))
    return float(curve.events.sum()) / exposure if exposure else 0.0


def _shown(number: float) -> str:
    return f"{number:.1f}" if np.isfinite(number) else "not reached"
