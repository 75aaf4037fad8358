"""The figures of a study: each is computed, and where a paper printed one, compared at its printed precision.

A figure that the paper's own other figures contradict is reported as inconsistent and is neither agreed with nor held
against the study: `parts` names the figures that share the whole it was printed with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from criterium.language.problems import Problem, Refused
from criterium.study.comparisons import Comparison
from criterium.study.computing import Computing, Found
from criterium.study.printed import as_list, decimals_of, possible_share, rounded
from criterium.study.queries import Answers
from criterium.study.results import Results

Entry = Mapping[str, Any]
Printed = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was `published` (None: computed only) and `computed`, both as printed; whether they agree.

    `agrees` is None where nothing was printed or where the paper contradicts itself. `exact` is the computed number
    before rounding, `note` says how it was found, `caution` is a warning to whoever uses the figure.
    """

    id: str
    says: str
    where: str
    published: str | None
    computed: str
    agrees: bool | None
    exact: tuple[float, ...]
    note: str
    caution: str


def figures(results: Results, answers: Mapping[str, Answers], comparisons: Mapping[str, Comparison]) -> list[Figure]:
    """Return all figures of a study in the order of its file; raise Refused if a share is one of nobody."""
    entries = results.study.data.get("published", [])
    computing = Computing(results, answers, comparisons)
    found = [computing.found(at, entry["compute"]) for at, entry in enumerate(entries)]
    problems = [problem for at, one in enumerate(found) for problem in _of_nobody(results, at, one)]
    if problems:
        raise Refused(problems)
    printed = {str(entry["id"]): as_list(entry.get("published")) for entry in entries}
    return [_figure(entry, one, printed) for entry, one in zip(entries, found, strict=True)]


def _of_nobody(results: Results, at: int, found: Found) -> Iterator[Problem]:
    """Yield a problem for a share whose denominator is empty."""
    compute = results.study.data["published"][at]["compute"]
    if "percent" in compute and found.total == 0:
        key = "of" if "of" in compute else "percent"
        where = results.study.document.where(("published", at, "compute", key))
        yield Problem(where, f"a share of no {compute['percent']}: none of the cohort is in the denominator", "some")


def _figure(entry: Entry, found: Found, printed: Printed) -> Figure:
    id_, unit = str(entry["id"]), f" {entry['unit']}" if "unit" in entry else ""
    says = [str(one) for one in printed[id_]]
    decimals = decimals_of(says) if says else int(entry.get("decimals", 0))
    computed = [found.verdict] if found.verdict else [rounded(number, decimals) for number in found.numbers]
    agrees = _same(printed[id_], computed, decimals) if says else None
    notes = [str(entry.get("note", "")), found.note]
    if agrees is False:
        doubt, contradicted = _doubt(entry, found, printed)
        agrees = None if contradicted else False
        notes.append(doubt)
    return Figure(
        id=id_,
        says=str(entry["says"]),
        where=str(entry["where"]),
        published=" to ".join(says) + unit if says else None,
        computed=" to ".join(computed) + unit,
        agrees=agrees,
        exact=found.numbers,
        note="; ".join(note for note in notes if note),
        caution=str(entry.get("caution", "")),
    )


def _same(printed: list[Any], computed: list[str], decimals: int) -> bool:
    return [one if isinstance(one, str) else rounded(one, decimals) for one in printed] == computed


def _doubt(entry: Entry, found: Found, printed: Printed) -> tuple[str, bool]:
    """Return what speaks against a printed figure that disagrees, and whether the paper itself contradicts it."""
    if "parts" in entry:
        parts = [float(printed[str(name)][0]) for name in (*entry["parts"], entry["id"])]
        whole = float(printed[str(entry["whole"])][0])
        if sum(parts) > whole:
            sum_ = f"{' + '.join(f'{part:g}' for part in parts)} = {sum(parts):g}"
            return f"inconsistent in print: {sum_} exceeds the whole of {whole:g}; not forced", True
    if "percent" in entry["compute"] and found.total and not possible_share(entry["published"], found.total):
        return f"no whole number of {found.total} gives {entry['published']} percent", False
    return "", False
