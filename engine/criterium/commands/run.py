"""criterium run: a study is evaluated, printed and compared with what was published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from criterium.report import study as report
from criterium.report.terminal import console, errors, line
from criterium.study.comparisons import comparisons
from criterium.study.exports import Format, tables, write
from criterium.study.figures import figures
from criterium.study.plan import folder_of, study_of
from criterium.study.queries import ask
from criterium.study.results import run as evaluate
from criterium.study.summary import sheets


def run(
    cohort: str, swaps: Sequence[str], settings: Sequence[str], format_: str, out: Path | None, files: Format
) -> int:
    """Run the study of a cohort; return 0, or 1 if a published figure does not agree. Problems raise Refused."""
    study = study_of(folder_of(cohort), settings, swaps)
    results = evaluate(study)
    answers = ask(results)
    compared = comparisons(results, answers)
    found = figures(results, answers, compared)
    if format_ == "json":
        print(report.as_json(results, sheets(results), compared, found))
    else:
        report.show(results, sheets(results), compared, found, console())
    if out is not None:
        for path in write(tables(results), out, files):
            line(errors(), f"wrote {path}")
    return 1 if any(one.agrees is False for one in found) else 0
