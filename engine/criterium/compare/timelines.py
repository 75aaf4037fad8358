"""Two criteria on every course that can exist: which class of one can meet which class of the other.

For each pair of classes there is a smallest course, or a proof that there is none up to the bound. Pairs are found by
looking for any that is still missing, so that one question rules out all that cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.symbols.solver import anew
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused
from criterium.language.tables import Table
from criterium.verify.proofs.result_worlds import RESULT, ResultWorld
from criterium.verify.proofs.worlds import (
    Answer,
    Bound,
    Impossible,
    OfStep,
    Question,
    Undecided,
    Walks,
    Witness,
    World,
)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which class under one criterion can meet which under another: an answer for each pair, `about` what."""

    about: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Pair, Answer]

    @property
    def apart(self) -> tuple[Pair, ...]:
        """The pairs of different classes that can meet, and those that could not be decided."""
        return tuple(pair for pair, one in self.cells.items() if pair[0] != pair[1] and not isinstance(one, Impossible))


def matrices(
    one: t.Criterion, other: t.Criterion, tables: Mapping[str, Table], bound: Bound | None = None
) -> list[Matrix]:
    """Return a matrix for the classes of the steps, of the course, of times, and of each term that both criteria have.

    Raises Refused for criteria whose steps are not of the same table: they have no course in common.
    """
    _refuse_strangers(one, other)
    bound = bound or Bound()
    with anew():
        if one.branches or other.branches:
            return list(_terms(one, other, tables, bound))
        world = World([one, other], tables, bound)
        return [_matrix(name, ladders, world) for name, ladders in _ladders(one, other)]


def _refuse_strangers(one: t.Criterion, other: t.Criterion) -> None:
    if (one.of, bool(one.branches)) != (other.of, bool(other.branches)):
        of = [
            f"{criterion.each}s of {criterion.of}" if criterion.of else f"{criterion.each}s"
            for criterion in (one, other)
        ]
        what = f"`{one.id}` judges {of[0]}, `{other.id}` judges {of[1]}: no timeline is judged by both"
        raise Refused([Problem(other.where, what, "two criteria for the same steps")])


def own_dates(one: t.Criterion, other: t.Criterion) -> tuple[tuple[str, str], ...]:
    """Return the rows whose dates are steps of only one of two criteria, each with the criterion that looks at them.

    On every timeline that is looked at they are steps of both, without anything recorded for the other.
    """
    return tuple((a.id, over.text) for a, b in ((one, other), (other, one)) for over in a.also if over not in b.also)


Ladders = tuple[t.Ladder, t.Ladder]


def _ladders(one: t.Criterion, other: t.Criterion) -> Iterator[tuple[str, Ladders]]:
    """Yield the ladders that both criteria have, with what each gives."""
    if one.of and one.last_word is not None and other.last_word is not None:
        yield f"class of each {one.each}", (one.last_word, other.last_word)
    if "class" in one.course.ladders and "class" in other.course.ladders:
        yield "class of the course", (one.course.ladders["class"], other.course.ladders["class"])
    if one.time is not None and other.time is not None:
        yield "how the time ends", (one.time.outcome, other.time.outcome)


def _matrix(about: str, ladders: Ladders, world: World) -> Matrix:
    """Return the matrix of two ladders, of steps or of the course."""
    of_steps = ladders[0] is world.criteria[0].last_word

    def asking(pair: Pair) -> Question:
        meets = _meets(pair, ladders)
        return world.at_a_step(meets) if of_steps else lambda walks: meets(walks, COURSE)

    pairs = list(product(ladders[0].labels, ladders[1].labels))
    cells: dict[Pair, Answer] = {}
    open_: dict[Pair, int] = {}
    for steps in world.lengths():
        missing = [pair for pair in pairs if pair not in cells]
        for pair, found in _found(missing, world, steps, asking):
            if found is None:
                open_.setdefault(pair, steps)
            else:
                cells[pair] = found
    for pair in pairs:
        if pair not in cells:
            cells[pair] = Undecided(world.bound, open_[pair]) if pair in open_ else Impossible(world.bound)
    return Matrix(about, ladders[0].labels, ladders[1].labels, {pair: cells[pair] for pair in pairs})


def _found(
    missing: Sequence[Pair], world: World, steps: int, asking: Callable[[Pair], Question]
) -> Iterator[tuple[Pair, Witness | None]]:
    """Yield each pair that courses of a length show, with one that does, or None where the solver could not tell."""
    length, missing = world.length(steps), list(missing)
    while missing:
        met = length.find([asking(pair) for pair in missing])
        if isinstance(met, str):
            yield from ((pair, None) for pair in missing if met == "open")
            return
        yield missing.pop(met[0]), Witness(met[1], steps)


def _meets(pair: Pair, ladders: Ladders) -> OfStep:
    """Return the question whether two ladders give a pair of classes at a place."""

    def asked(walks: Walks, here: Place) -> Any:
        truths = [
            walk.algebra.one_of(walk.climb(ladder, here).label, (label,))
            for walk, ladder, label in zip(walks, ladders, pair, strict=True)
        ]
        return walks[0].algebra.both(*truths)

    return asked


def _terms(one: t.Criterion, other: t.Criterion, tables: Mapping[str, Table], bound: Bound) -> Iterator[Matrix]:
    """Yield a matrix for each term and unit that both criteria have and do not say the same of."""
    theirs = {(branch.id, branch.unit): branch for branch in other.branches}
    for branch in one.branches:
        match = theirs.get((branch.id, branch.unit))
        if branch.ladder is None or match is None or match.ladder is None or branch.ladder == match.ladder:
            continue
        world = ResultWorld([(one, branch), (other, match)], tables, bound)
        before, after = (asked.ladder for _, asked in world.pairs if asked.ladder is not None)
        ladders = (before, after)
        pairs = list(product(ladders[0].labels, ladders[1].labels))
        cells = {pair: world.possible(_of_result(_meets(pair, ladders))) for pair in pairs}
        about = f"{branch.name}, {branch.unit}" if branch.unit != "any" else branch.name
        yield Matrix(about, ladders[0].labels, ladders[1].labels, cells)


def _of_result(meets: OfStep) -> Question:
    return lambda walks: meets(walks, RESULT)
