"""Two criteria on every timeline that can exist, as tables and as data: which classes can meet, with a case of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from criterium.compare.timelines import Matrix
from criterium.language.tables import Table
from criterium.study.sheet import Sheet
from criterium.verify.proofs.witness import spoken
from criterium.verify.proofs.worlds import Answer, Bound, Impossible, Undecided, Witness

NEVER, SOME, OPEN = ".", "yes", "?"


@dataclass(frozen=True, slots=True)
class Timelines:
    """What can happen under two criteria: a matrix for each thing that both decide; `why` if there is none.

    `alone` are the rows whose dates only one of them looks at, each with its criterion.
    """

    names: tuple[str, str]
    matrices: tuple[Matrix, ...]
    bound: Bound
    of: Table | None
    why: str = ""
    alone: tuple[tuple[str, str], ...] = ()


def timeline_lines(found: Timelines) -> tuple[str, ...]:
    """Return what the tables rest on, as sentences."""
    if found.why:
        return (found.why,)
    if not found.matrices:
        return ("Whatever both decide, they decide by the same rules: no timeline can part them.",)
    if found.of is None or not found.of.member:
        return ("Every timeline that can exist is looked at; a case stands for each pair that can meet.",)
    alone = (
        f"A date that only {id_} looks at ({rows}) counts for the other as one at which nothing was recorded."
        for id_, rows in found.alone
    )
    return (f"Every timeline is looked at that has {bound_words(found)}.", *alone)


def bound_words(found: Timelines) -> str:
    """Return how far the proofs reach, in words."""
    bound, of = found.bound, found.of
    kinds = [column for column in of.columns.values() if column.adjective] if of is not None else []
    members = f"up to {bound.members} {of.plural}" if of is not None else ""
    if kinds and of is not None:
        counts = [(bound.members if at == 0 else 1, word) for at, word in enumerate(kinds[0].values)]
        *first, last = [f"{count} {word} {of.one if count == 1 else of.plural}" for count, word in counts]
        members = f"up to {', '.join(first)} and {last}"
    rows = "row" if bound.rows == 1 else "rows"
    return (
        f"up to {bound.steps} dates after the baseline, {members}, and {bound.rows} {rows} of other tables at each date"
    )


def timeline_sheets(found: Timelines) -> Iterator[Sheet]:
    """Yield the matrix of each thing that both decide, and the smallest case of each pair of different classes."""
    one, other = found.names
    for at, matrix in enumerate(found.matrices):
        columns = ("class", *matrix.columns)
        rows = tuple((row, *(_cell(matrix.cells[row, column]) for column in matrix.columns)) for row in matrix.rows)
        note = f"{SOME}: there is such a timeline; `{NEVER}` proved impossible"
        if _open(matrix):
            note += f"; {OPEN} not decided in {found.bound.effort:g} million operations of the solver"
        title = f"Can meet, {matrix.about}: {one} (rows), {other} (columns)"
        yield Sheet(f"possible-{at}", title, columns, rows, note)
        cases = tuple((*pair, _case(matrix.cells[pair])) for pair in matrix.apart)
        if cases:
            yield Sheet(
                f"cases-{at}", f"Smallest timelines that part them, {matrix.about}", (one, other, "case"), cases
            )


def _open(matrix: Matrix) -> bool:
    return any(isinstance(answer, Undecided) for answer in matrix.cells.values())


def _cell(answer: Answer) -> str:
    return NEVER if isinstance(answer, Impossible) else SOME if isinstance(answer, Witness) else OPEN


def _case(answer: Answer) -> str:
    return spoken(answer.example).removeprefix("- ") if isinstance(answer, Witness) else "not decided"


def timeline_data(found: Timelines) -> dict[str, Any]:
    """Return the matrices as plain data; docs/diff.md explains every key."""
    return {
        "before": found.names[0],
        "after": found.names[1],
        "not_compared": found.why or None,
        "bound": {"steps": found.bound.steps, "members": found.bound.members, "rows": found.bound.rows},
        "dates_of_one": [{"criterion": id_, "rows": rows} for id_, rows in found.alone],
        "decided": [_matrix(one) for one in found.matrices],
    }


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "about": matrix.about,
        "cells": [
            {
                "before": row,
                "after": column,
                "answer": {NEVER: "impossible", SOME: "possible", OPEN: "undecided"}[_cell(answer)],
                "case": answer.example if isinstance(answer, Witness) else None,
            }
            for (row, column), answer in matrix.cells.items()
        ],
    }
