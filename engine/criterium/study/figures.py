"""The figures of a study: each is computed, and where a paper printed one, compared at its printed precision.

A figure that the paper's own other figures contradict is reported as inconsistent and is neither agreed with nor held against the
study: `parts` names the figures that share the whole it was printed with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.language.source import DataPath
from criterium.study.comparisons import Comparison
from criterium.study.queries import UNITS, Answers
from criterium.study.results import Results, months, observed, values_of
from criterium.study.survival import Median, median_survival
from criterium.timeline.cohort import Labels, Numbers

Rows = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was `published` (None: computed only) and `computed`, both as printed; whether they agree.

    `agrees` is None where nothing was printed or where the paper contradicts itself. `exact` is the computed number before
    rounding, `note` says how it was found and what to mind.
    """

    id: str
    says: str
    where: str
    published: str | None
    computed: str
    agrees: bool | None
    exact: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _Found:
    numbers: tuple[float, ...]
    note: str = ""


def figures(results: Results, answers: Mapping[str, Answers], comparisons: Mapping[str, Comparison]) -> list[Figure]:
    """Return all figures of a study in the order of its file; raise Refused with every problem of their definitions."""
    making = _Making(results, answers, comparisons, [])
    made = [making.figure(entry, ("published", at)) for at, entry in enumerate(results.study.data.get("published", []))]
    if making.problems:
        raise Refused(making.problems)
    found = [figure for figure in made if figure is not None]
    return [_checked(figure, found, results.study.data["published"]) for figure in found]


def rounded(number: float, decimals: int) -> str:
    """Return a number at a printed precision, half up as papers round; `-` where there is none."""
    if not np.isfinite(number):
        return "-"
    exact = Decimal(repr(round(float(number), 9)))
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


@dataclass
class _Making:
    results: Results
    answers: Mapping[str, Answers]
    comparisons: Mapping[str, Comparison]
    problems: list[Problem]

    def complain(self, path: DataPath, what: str, expected: str, remedy: str = "") -> None:
        self.problems.append(Problem(self.results.study.document.where(path), what, expected, remedy))

    def figure(self, entry: Mapping[str, Any], path: DataPath) -> Figure | None:
        compute = entry["compute"]
        kind = next(iter(compute))
        if kind == "compare":
            return self.comparison(entry, path)
        found: _Found | None = getattr(self, kind)(compute, (*path, "compute"))
        if found is None:
            return None
        printed = _list(entry.get("published"))
        decimals = _decimals(printed) if printed else int(entry.get("decimals", 0))
        computed = [rounded(number, decimals) for number in found.numbers]
        agrees = None if not printed else [rounded(float(one), decimals) for one in printed] == computed
        unit = f" {entry['unit']}" if "unit" in entry else ""
        note = "; ".join(text for text in (str(entry.get("note", "")), found.note) if text)
        return Figure(
            str(entry["id"]),
            str(entry["says"]),
            str(entry["where"]),
            _joined([str(one) for one in printed], unit) if printed else None,
            _joined(computed, unit),
            agrees,
            found.numbers,
            note,
        )

    def comparison(self, entry: Mapping[str, Any], path: DataPath) -> Figure | None:
        name = str(entry["compute"]["compare"])
        made = self.comparisons.get(name)
        if made is None:
            self.complain((*path, "compute", "compare"), f"`{name}` is not a comparison", listed(self.comparisons), nearest(name, self.comparisons))
            return None
        printed = entry.get("published")
        agrees = None if printed is None else str(printed) == made.verdict
        note = "; ".join(text for text in (str(entry.get("note", "")), f"log-rank p = {made.test.p:.3g}") if text)
        p = float(made.test.p)
        return Figure(str(entry["id"]), str(entry["says"]), str(entry["where"]), printed, made.verdict, agrees, (p,), note)

    # --- the ways to compute ------------------------------------------------------------------------------------------
    def count(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        hits, all_, open_ = self.rows(compute, path, "count")
        note = f"{open_} of {all_} cannot be told" if open_ else ""
        return _Found((float(hits),), note)

    def percent(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        hits, all_, open_ = self.rows(compute, path, "percent")
        note = f"{hits} of {all_}" + (f"; {open_} cannot be told" if open_ else "")
        return _Found((100.0 * hits / all_ if all_ else float("nan"),), note)

    def rows(self, compute: Mapping[str, Any], path: DataPath, kind: str) -> tuple[int, int, int]:
        """Return how many rows have the property, of how many, and for how many that is unknown."""
        unit = str(compute[kind])
        answers = self.answers[UNITS[unit]]
        inside = self.results.course_rows(compute.get("course"))[answers.course]
        at = path[1]
        if "of" in compute:
            inside = inside & (answers.truths[f"published_{at}_of"] == 1)
        truth = answers.truths.get(f"published_{at}_when", np.ones(len(inside), dtype=np.int8))
        if unit == "patients":
            return self.patients(answers, inside, truth)
        return int((truth[inside] == 1).sum()), int(inside.sum()), int((truth[inside] == -1).sum())

    def patients(self, answers: Answers, inside: Rows, truth: npt.NDArray[np.int8]) -> tuple[int, int, int]:
        """Return the same for patients: a patient has a property that one of the courses has."""
        patient = self.results.courses.patient[answers.course]
        everyone, yes = set(patient[inside].tolist()), set(patient[inside & (truth == 1)].tolist())
        open_ = set(patient[inside & (truth == -1)].tolist()) - yes
        return len(yes), len(everyone), len(open_)

    def times(self, compute: Mapping[str, Any], path: DataPath, kind: str) -> tuple[Numbers, Rows] | None:
        """Return the times of the chosen courses and whether they were observed; a measure is always observed."""
        name = str(compute[kind])
        inside = self.results.course_rows(compute.get("course"))
        if f"published_{path[1]}_when" in self.answers["course"].truths:
            inside = inside & (self.answers["course"].truths[f"published_{path[1]}_when"] == 1)
        if name in self.results.endpoints:
            outcome = self.results.endpoints[name]
            return months(outcome)[inside], observed(outcome)[inside]
        values = {**values_of(self.results), **self.answers["course"].values}.get(name)
        if values is None or isinstance(values, Labels):
            known = [*self.results.endpoints, *self.answers["course"].values]
            self.complain((*path, kind), f"`{name}` is not an endpoint or a measure of the study", listed(known), nearest(name, known))
            return None
        return values[inside], np.ones(int(inside.sum()), dtype=bool)

    def median(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        chosen = self.times(compute, path, "median")
        return None if chosen is None else _median(*chosen, str(compute.get("method", "log-log")), "median")

    def interval(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        chosen = self.times(compute, path, "interval")
        return None if chosen is None else _median(*chosen, str(compute.get("method", "log-log")), "interval")

    def lowest(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        chosen = self.times(compute, path, "lowest")
        return None if chosen is None else _Found((float(np.nanmin(chosen[0], initial=np.inf)),))

    def highest(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        chosen = self.times(compute, path, "highest")
        return None if chosen is None else _Found((float(np.nanmax(chosen[0], initial=-np.inf)),))

    def range(self, compute: Mapping[str, Any], path: DataPath) -> _Found | None:
        chosen = self.times(compute, path, "range")
        if chosen is None:
            return None
        return _Found((float(np.nanmin(chosen[0], initial=np.inf)), float(np.nanmax(chosen[0], initial=-np.inf))))


def _median(durations: Numbers, seen: Rows, method: str, wanted: str) -> _Found:
    known = ~np.isnan(durations)
    median = median_survival(durations[known], seen[known])
    interval = median.intervals[method]
    note = f"{median.n} patients, {median.events} events" + ("" if median.events < median.n else ", none censored")
    if not known.all():
        note += f", {int((~known).sum())} without a time"
    if wanted == "median":
        return _Found((interval.estimate,), f"{note}; {_other_medians(median, method)}")
    return _Found((interval.low, interval.high), f"{_NAMES.get(method, method)}; {_beside(median, method)}")


_NAMES = {
    "collett": "median +/- 1.96 SE (Collett)",
    "spss": "median +/- 1.96 SE (Collett's standard error, about the median that SPSS prints)",
}


def _other_medians(median: Median, method: str) -> str:
    chosen = median.intervals[method].estimate
    if rounded(median.value, 1) == rounded(chosen, 1):
        return f"median {rounded(chosen, 1)}"
    return f"median {rounded(chosen, 1)} as SPSS prints it; the middle of the flat curve, as R prints it, is {rounded(median.value, 1)}"


def _beside(median: Median, method: str) -> str:
    other = median.intervals["log-log" if method != "log-log" else "plain"]
    return f"by {other.method}: {rounded(other.low, 1)} to {rounded(other.high, 1)}"


def _checked(figure: Figure, all_: Sequence[Figure], entries: Sequence[Mapping[str, Any]]) -> Figure:
    """Return a figure that disagrees as inconsistent, if the parts printed with it exceed the whole printed with them."""
    entry = next(one for one in entries if str(one["id"]) == figure.id)
    if figure.agrees is not False or "parts" not in entry or "whole" not in entry:
        return _feasible(figure, entry)
    printed = {one.id: one.published for one in all_}
    parts = [float(printed[name].split()[0]) for name in (*map(str, entry["parts"]), figure.id) if printed.get(name)]
    whole = float(printed[str(entry["whole"])].split()[0])
    if sum(parts) <= whole:
        return figure
    spoken = " + ".join(f"{part:g}" for part in parts)
    note = f"inconsistent in print: {spoken} = {sum(parts):g} exceeds the whole of {whole:g}; not forced"
    return _with_note(figure, None, note)


def _feasible(figure: Figure, entry: Mapping[str, Any]) -> Figure:
    """Return a percentage that disagrees with a note on whether any whole number of its denominator could print it."""
    if figure.agrees is not False or "percent" not in entry["compute"]:
        return figure
    all_ = int(figure.note.split(" of ")[1].split(";")[0].split()[0])
    decimals = _decimals(_list(entry["published"]))
    wanted = rounded(float(_list(entry["published"])[0]), decimals)
    possible = any(rounded(100.0 * k / all_, decimals) == wanted for k in range(all_ + 1))
    return figure if possible else _with_note(figure, False, f"no whole number of {all_} gives {wanted} percent")


def _with_note(figure: Figure, agrees: bool | None, note: str) -> Figure:  # noqa: FBT001 -- three answers, not a switch
    joined = "; ".join(text for text in (figure.note, note) if text)
    return Figure(figure.id, figure.says, figure.where, figure.published, figure.computed, agrees, figure.exact, joined)


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _decimals(printed: Sequence[Any]) -> int:
    return max(len(str(one).partition(".")[2]) for one in printed)


def _joined(texts: Sequence[str], unit: str) -> str:
    return " to ".join(texts) + unit
