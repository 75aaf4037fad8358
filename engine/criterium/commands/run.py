"""criterium run: a study is evaluated, printed and compared with what was published."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from criterium.report.study import Report, as_json, show
from criterium.report.terminal import console, errors, line
from criterium.study.comparisons import comparisons
from criterium.study.exports import Format, tables, write
from criterium.study.figures import figures
from criterium.study.plan import folder_of, survey
from criterium.study.queries import ask
from criterium.study.results import run as evaluate
from criterium.study.summary import sheets


def run(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    cohort: str,
    swaps: Sequence[str],
    settings: Sequence[str],
    readers: Sequence[str],
    format_: str,
    out: Path | None,
    files: Format,
) -> int:
    """Run the study of a cohort; return 0, or 1 if a published figure does not agree. Problems raise Refused."""
    results = evaluate(survey(folder_of(cohort), settings, swaps, readers))
    answers = ask(results)
    compared = comparisons(results, answers)
    report = Report(results, sheets(results), compared, figures(results, answers, compared))
    paths = write(tables(results), out, files) if out is not None else []
    if format_ == "json":
        sys.stdout.write(as_json(report) + "\n")
    else:
        show(report, console())
    for path in paths:
        line(errors(), f"wrote {path}")
    return 0 if report.agrees else 1
