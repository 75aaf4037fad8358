"""Criteria compared on a cohort: the same patients, course by course, under each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from criterium.compare.attribution import Group, Mover, Walks, grouped, mover
from criterium.compare.judged import Judged, judged, outcomes_of
from criterium.compare.pairs import Pair, Rate, pair, rates
from criterium.compare.results_moved import movers as results_movers
from criterium.compare.runs import Runs, run_each
from criterium.compare.times import Times, times


@dataclass(frozen=True, slots=True)
class Moved:
    """Two criteria on the same subjects, with those who move and why."""

    pair: Pair
    movers: tuple[Mover, ...]
    causes: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that the criteria judge: the subjects with their classes, every pair of criteria, rates and times."""

    judged: Judged
    moved: tuple[Moved, ...]
    rates: tuple[Rate, ...]
    times: tuple[Times, ...]


@dataclass(frozen=True, slots=True)
class OnCohort:
    """Criteria compared on the cohort of a study."""

    runs: Runs
    blocks: tuple[Block, ...]

    @property
    def share(self) -> float:
        """The largest share of subjects that any two of the criteria classify differently, of one."""
        return max((one.pair.share for block in self.blocks for one in block.moved), default=0.0)


def on_cohort(references: Sequence[str], cohort: str, settings: Sequence[str]) -> OnCohort:
    """Return the criteria compared on a cohort; raise Refused with every problem of them, the study and its tables."""
    runs = run_each(references, cohort, settings)
    return OnCohort(runs, tuple(_block(runs, found) for found in judged(runs)))


def _block(runs: Runs, found: Judged) -> Block:
    graded = found.subject != "patient"
    return Block(
        judged=found,
        moved=tuple(_moved(runs, found)),
        rates=() if graded else tuple(rates(found, runs.criteria)),
        times=() if graded else tuple(times(runs, found)),
    )


def _moved(runs: Runs, found: Judged) -> Iterator[Moved]:
    outcomes = outcomes_of(runs, found.course) if found.subject == "patient" else None
    walks = [Walks(*parts) for parts in zip(runs.names, runs.criteria, runs.results, outcomes or (), strict=False)]
    for one, other in combinations(range(len(runs.criteria)), 2):
        both = pair(found, one, other)
        if outcomes is None:
            explained = results_movers(runs, found, (one, other), both.movers.tolist())
        else:
            explained = tuple(_explained(found, (walks[one], walks[other]), (one, other), at) for at in both.movers)
        yield Moved(both, explained, grouped(explained))


def _explained(found: Judged, walks: tuple[Walks, Walks], numbers: tuple[int, int], at: int) -> Mover:
    before, after = (found.labels[each].words[found.labels[each].codes[at]] for each in numbers)
    return mover(*walks, int(found.rows[numbers[0]][at]), found.names[at], (before, after))
