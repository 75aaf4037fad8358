"""criterium explain: one patient, taken apart."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from criterium.explain.patient import Asked, explained
from criterium.report.course_picture import draw
from criterium.report.explanation import show
from criterium.report.explanation_json import as_json
from criterium.report.pictures import refuse_ending
from criterium.report.terminal import console, errors, line
from criterium.study.admission import admitted
from criterium.study.plan import folder_of, survey


def explain(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    cohort: str,
    patient: str,
    what: str,
    why_not: str,
    swaps: Sequence[str],
    settings: Sequence[str],
    readers: Sequence[str],
    format_: str,
    plot: Path | None,
) -> int:
    """Explain one patient of a study; return 0. Problems raise Refused."""
    if plot is not None:
        refuse_ending(plot)
    study = survey(folder_of(cohort), settings, swaps, readers)
    found = explained(study, *admitted(study), patient, Asked(what, why_not))
    if format_ == "json":
        sys.stdout.write(as_json(found) + "\n")
    else:
        show(found, console())
    if plot is not None:
        draw(found, plot)
        line(errors(), f"wrote {plot}")
    return 0
