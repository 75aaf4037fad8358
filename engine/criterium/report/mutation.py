"""Scores of mutation on the terminal: a line for each criterion, the survivors as sentences, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from criterium.report.terminal import line
from criterium.verify.mutation.score import CODE, ENOUGH, Score

Item = TypeVar("Item")


def tracked(items: Sequence[Item], name: str, out: Console) -> Iterator[Item]:
    """Yield the items one by one, with a bar on a terminal and nothing elsewhere."""
    yield from track(items, name, console=out, transient=True, disable=not out.is_terminal)


def show(score: Score, out: Console) -> None:
    """Print the score of one criterion, what no example notices, and what its file declares of that."""
    criterion = score.criterion
    mutants = f"{score.mutants} mutant{'' if score.mutants == 1 else 's'}"
    said = f"{score.noticed} of {mutants} noticed ({score.percent} percent){_survivors(score)}"
    if not score.mutants:
        said = "nothing in it can be changed, so there is nothing to notice"
    line(out, f"{criterion.id} {criterion.version}: {said}", "bold red" if score.fails else "bold")
    if score.bases:
        bases = " and ".join(Path(one).stem for one in score.bases)
        line(out, f"  only its own lines are judged here, those of {bases} by its own examples")
    for one in score.found.open:
        line(out, f"  {one.where.file}:{one.where.line}: {one.what}", "red" if score.fails else "")
        if one.code != CODE and one.help:
            line(out, f"    help: {one.help}", "green")
    for finding, declared in score.found.declared:
        line(out, f"  declared: {finding.about}: {declared.reason}", "dim")


def _survivors(score: Score) -> str:
    """Return how many survive, and how many of them are declared."""
    count, declared = score.survivors, len(score.found.declared)
    if not count:
        return ""
    survive = f"; {count} survive{'s' if count == 1 else ''}"
    if declared == count:
        return f"{survive}, {'all ' if count > 1 else ''}declared"
    return f"{survive}, {declared} of them declared" if declared else survive


def total(scores: Sequence[Score], out: Console) -> None:
    """Print the sum over several criteria, and what is asked of each."""
    noticed, mutants = sum(one.noticed for one in scores), sum(one.mutants for one in scores)
    asked = f"each is to reach {ENOUGH} percent, or to declare all that survive"
    line(out, f"{noticed} of {mutants} mutants noticed in {len(scores)} criteria; {asked}")
