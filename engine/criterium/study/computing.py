"""The ways to compute a figure: counts, shares, medians with their intervals, and the ends of a range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from criterium.study.comparisons import Comparison
from criterium.study.outcomes import Rows, duration, observed
from criterium.study.printed import rounded
from criterium.study.queries import Answers, Truths, values_of
from criterium.study.questions import UNITS
from criterium.study.results import Results
from criterium.study.survival import Median, median_survival
from criterium.timeline.cohort import Numbers

Compute = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What was computed: `numbers` before rounding, how they were found, a verdict if it is one, and of how many."""

    numbers: tuple[float, ...]
    note: str = ""
    verdict: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Computing:
    """Computes the figures of a study that has been checked."""

    results: Results
    answers: Mapping[str, Answers]
    comparisons: Mapping[str, Comparison]

    def found(self, at: int, compute: Compute) -> Found:
        """Return what the figure number `at` asks for."""
        ways: dict[str, Callable[[int, Compute], Found]] = {
            "count": self._count,
            "percent": self._percent,
            "median": self._median,
            "interval": self._interval,
            "range": self._range,
            "lowest": self._lowest,
            "highest": self._highest,
            "compare": self._compare,
        }
        kind = next(kind for kind in ways if kind in compute)
        found = ways[kind](at, compute)
        chosen = self.results.on_chosen_days(str(compute[kind]))
        if not chosen.any() or not (chosen := chosen & self._courses(at, compute)).any():
            return found
        which = f"{int(chosen.sum())} with the {self.results.study.partial_dates} possible day of a partial date"
        return replace(found, note="; ".join(filter(None, (found.note, which))))

    def _compare(self, _at: int, compute: Compute) -> Found:
        made = self.comparisons[str(compute["compare"])]
        return Found((float(made.test.p),), f"log-rank p = {made.test.p:.3g}", made.verdict)

    # --- counts -------------------------------------------------------------------------------------------------------
    def _count(self, at: int, compute: Compute) -> Found:
        hits, total, open_ = self._rows(at, compute, str(compute["count"]))
        return Found((float(hits),), f"{open_} of {total} cannot be told" if open_ else "", "", total)

    def _percent(self, at: int, compute: Compute) -> Found:
        hits, total, open_ = self._rows(at, compute, str(compute["percent"]))
        notes = [f"{hits} of {total}"] + ([f"{open_} cannot be told"] if open_ else [])
        unsure = self._unsure(at, compute)
        notes += [f"whether {unsure} more belong to the {total} cannot be told"] if unsure else []
        return Found((100.0 * hits / total if total else float("nan"),), "; ".join(notes), "", total)

    def _rows(self, at: int, compute: Compute, counted: str) -> tuple[int, int, int]:
        """Return how many have the property, of how many, and for how many that cannot be told."""
        answers = self.answers[UNITS[counted]]
        inside = self._inside(answers, compute)
        if "of" in compute:
            inside = inside & (answers.truths["published", at, "compute", "of"] == 1)
        everything = np.ones(len(inside), dtype=np.int8)
        truth = answers.truths.get(("published", at, "compute", "when"), everything)
        if counted == "patients":
            return self._patients(answers, inside, truth)
        return int((truth[inside] == 1).sum()), int(inside.sum()), int((truth[inside] == -1).sum())

    def _patients(self, answers: Answers, inside: Rows, truth: Truths) -> tuple[int, int, int]:
        """Return the same for patients: a patient has a property that one of the courses has."""
        patient = self.results.courses.patient[answers.course]
        everyone, yes = np.unique(patient[inside]), np.unique(patient[inside & (truth == 1)])
        open_ = np.setdiff1d(patient[inside & (truth == -1)], yes)
        return len(yes), len(everyone), len(open_)

    def _unsure(self, at: int, compute: Compute) -> int:
        """Return for how many it cannot be told whether they belong to the denominator of a share."""
        answers = self.answers[UNITS[str(compute["percent"])]]
        truth = answers.truths.get(("published", at, "compute", "of"))
        return 0 if truth is None else int((self._inside(answers, compute) & (truth == -1)).sum())

    def _inside(self, answers: Answers, compute: Compute) -> Rows:
        return self.results.course_rows(compute.get("course"))[answers.course]

    # --- times and measures -------------------------------------------------------------------------------------------
    def _times(self, at: int, compute: Compute, kind: str) -> tuple[Numbers, Rows]:
        """Return the numbers of the chosen courses and whether they were observed; a measure always is."""
        name, answers, inside = str(compute[kind]), self.answers["course"], self._courses(at, compute)
        if name in self.results.endpoints:
            outcome = self.results.endpoints[name]
            return duration(outcome)[inside], observed(outcome)[inside]
        values = answers.values.get(name, values_of(self.results).get(name))
        if not isinstance(values, np.ndarray):
            raise TypeError(f"`{name}` is no number")
        return values[inside], np.ones(int(inside.sum()), dtype=bool)

    def _courses(self, at: int, compute: Compute) -> Rows:
        """Return which courses are chosen."""
        inside = self.results.course_rows(compute.get("course"))
        if "when" in compute:
            inside = inside & (self.answers["course"].truths["published", at, "compute", "when"] == 1)
        return inside

    def _median(self, at: int, compute: Compute) -> Found:
        median, note, method = self._survival(at, compute, "median")
        return Found((median.intervals[method].estimate,), f"{note}; {_other_medians(median, method)}")

    def _interval(self, at: int, compute: Compute) -> Found:
        median, _, method = self._survival(at, compute, "interval")
        interval = median.intervals[method]
        return Found((interval.low, interval.high), f"{_NAMES.get(method, method)}; {_beside(median, method)}")

    def _survival(self, at: int, compute: Compute, kind: str) -> tuple[Median, str, str]:
        """Return the median of the chosen courses, a note on who they are, and the method of its interval."""
        durations, seen = self._times(at, compute, kind)
        there = ~np.isnan(durations)
        median = median_survival(durations[there], seen[there])
        note = f"{median.n} patients, {median.events} events" + ("" if median.events < median.n else ", none censored")
        if not there.all():
            note += f", {int((~there).sum())} without a time"
        return median, note, str(compute.get("method", "log-log"))

    def _lowest(self, at: int, compute: Compute) -> Found:
        ends = self._ends(at, compute, "lowest")
        return replace(ends, numbers=ends.numbers[:1])

    def _highest(self, at: int, compute: Compute) -> Found:
        ends = self._ends(at, compute, "highest")
        return replace(ends, numbers=ends.numbers[1:])

    def _range(self, at: int, compute: Compute) -> Found:
        return self._ends(at, compute, "range")

    def _ends(self, at: int, compute: Compute, kind: str) -> Found:
        """Return the lowest and the highest known number of the chosen courses."""
        numbers = self._times(at, compute, kind)[0]
        there = numbers[~np.isnan(numbers)]
        note = (
            f"{numbers.size - there.size} of {numbers.size} without a value"
            if kind == "range" and there.size < numbers.size
            else ""
        )
        return Found((float(there.min()), float(there.max())) if there.size else (float("nan"),) * 2, note)


_NAMES = {
    "collett": "median +/- 1.96 SE (Collett)",
    "spss": "median +/- 1.96 SE (Collett's standard error, about the median that SPSS prints)",
}


def _other_medians(median: Median, method: str) -> str:
    chosen, middle = rounded(median.intervals[method].estimate, 1), rounded(median.value, 1)
    if middle == chosen:
        return f"median {chosen}" if isfinite(median.value) else "the median is not reached"
    return f"median {chosen} as SPSS prints it; the middle of the flat curve, as R prints it, is {middle}"


def _beside(median: Median, method: str) -> str:
    other = median.intervals["log-log" if method != "log-log" else "plain"]
    return f"by {other.method}: {rounded(other.low, 1)} to {rounded(other.high, 1)}"
