"""criterium diff: criteria are compared in meaning and, with a cohort, on its patients."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from criterium.compare.cohort import OnCohort, on_cohort
from criterium.compare.meaning import changes
from criterium.compare.runs import names_of
from criterium.compare.timelines import matrices, own_dates
from criterium.language import library
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.report.comparison import Meaning, Report, as_json, as_markdown, show
from criterium.report.curves_picture import draw
from criterium.report.pictures import refuse_ending
from criterium.report.terminal import console, errors, line
from criterium.report.timelines_sheets import Timelines
from criterium.verify.proofs.worlds import Bound
from criterium.verify.settings import with_settings


def diff(  # noqa: PLR0913, PLR0917 -- each is an option of the command line
    criteria: Sequence[str],
    cohort: str,
    settings: Sequence[str],
    steps: int,
    fail_over: float | None,
    format_: str,
    plot: Path | None,
) -> int:
    """Compare criteria; return 0, or 1 if more than `fail_over` percent are reclassified. Problems raise Refused."""
    _refuse_misuse(criteria, cohort, fail_over, plot)
    loaded = _loaded(criteria, settings, cohort)
    names = names_of(criteria, loaded)
    found = on_cohort(criteria, cohort, settings) if cohort else None
    meanings = tuple(
        Meaning((names[0], name), changes(loaded[0], other)) for name, other in zip(names[1:], loaded[1:], strict=True)
    )
    _print(Report(names, tuple(loaded), meanings, _timelines(names, loaded, steps), found), format_)
    if found is not None and plot is not None:
        draw(found, plot)
        line(errors(), f"wrote {plot}")
    return _ended(found, fail_over)


def _refuse_misuse(criteria: Sequence[str], cohort: str, fail_over: float | None, plot: Path | None) -> None:
    """Raise Refused with everything that the words of the command do not allow."""
    found: list[Problem] = []
    if len(criteria) < 2:
        where = Where("CRITERIA", 1, 1, criteria[0], len(criteria[0]))
        found.append(Problem(where, "one criterion is compared with nothing", "two or more", "name another one"))
    for option, given in (("--fail-over", fail_over), ("--plot", plot)):
        if given is not None and not cohort:
            where = Where(option, 1, 1, str(given), len(str(given)))
            found.append(Problem(where, f"`{option}` needs patients", "`--cohort`", "add `--cohort NAME`"))
    if fail_over is not None and not 0 <= fail_over <= 100:
        where = Where("--fail-over", 1, 1, str(fail_over), len(str(fail_over)))
        found.append(Problem(where, f"`{fail_over:g}` is not a share", "a percentage from 0 to 100"))
    if found:
        raise Refused(found)
    if plot is not None:
        refuse_ending(plot)


def _loaded(criteria: Sequence[str], settings: Sequence[str], cohort: str) -> list[t.Criterion]:
    """Return the criteria with the parameters that were set anew; raise Refused with every problem."""
    loaded: list[t.Criterion] = []
    found: list[Problem] = []
    for reference in criteria:
        try:
            loaded.append(library.load(reference))
        except Refused as refused:
            found += refused.problems
    if found:
        raise Refused(found)
    if not cohort:
        found = list(_strange(settings, loaded))
    if found:
        raise Refused(found)
    return [_set(one, settings) for one in loaded]


def _strange(settings: Sequence[str], loaded: Sequence[t.Criterion]) -> Iterator[Problem]:
    """Yield a problem for each setting of no criterion that is compared."""
    ids = [one.id for one in loaded]
    for text in settings:
        id_ = text.partition("=")[0].strip().rpartition(".")[0]
        if id_ not in ids or "=" not in text:
            where = Where("--set", 1, 1, text, len(text))
            yield Problem(where, f"`{text}` sets nothing of these", listed(ids), nearest(id_, ids))


def _set(criterion: t.Criterion, settings: Sequence[str]) -> t.Criterion:
    for text in settings:
        key, _, value = text.partition("=")
        id_, _, name = key.strip().rpartition(".")
        if id_ == criterion.id:
            where = Document(None, {(): Where("--set", 1, 1, text, len(text))})
            criterion = with_settings(criterion, {name: value.strip()}, where, ())
    return criterion


def _timelines(names: tuple[str, ...], loaded: Sequence[t.Criterion], steps: int) -> Timelines | None:
    """Return what can happen under two criteria in so many steps; more are not asked about all at once."""
    if len(loaded) > 2 or not steps:
        return None
    one, other = loaded
    bound, tables = Bound(steps=steps), library.tables()
    try:
        found = tuple(matrices(one, other, tables, bound))
    except Refused as refused:
        return Timelines((names[0], names[1]), (), bound, None, refused.problems[0].what)
    of, alone = tables[one.of] if one.of else None, own_dates(one, other)
    return Timelines((names[0], names[1]), found, bound, of, alone=alone)


def _print(report: Report, format_: str) -> None:
    if format_ == "json":
        sys.stdout.write(as_json(report) + "\n")
    elif format_ == "markdown":
        sys.stdout.write(as_markdown(report) + "\n")
    else:
        show(report, console())


def _ended(found: OnCohort | None, fail_over: float | None) -> int:
    """Return the exit code; say on standard error why it is 1."""
    if found is None or fail_over is None or 100 * found.share <= fail_over:
        return 0
    line(errors(), f"{100 * found.share:.1f} percent are reclassified, more than {fail_over:g}", "bold red")
    return 1
