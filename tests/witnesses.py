"""The matrices of pairs of shipped criteria, each computed once for all tests that look at it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from criterium.compare.timelines import Matrix, Pair, matrices
from criterium.language.library import load, tables
from criterium.verify.proofs.worlds import Witness

PAIRS = [("swog", "swog-mr"), ("recist-1.1", "recist-1.1-mr"), ("who", "swog"), ("recist-1.0", "recist-1.1")]


@cache
def found(one: str, other: str) -> Mapping[str, Matrix]:
    """Return the matrices of two shipped criteria by what they are about."""
    return {matrix.about: matrix for matrix in matrices(load(one), load(other), tables())}


def possible(matrix: Matrix) -> list[Pair]:
    """Return the pairs for which there is a course."""
    return [pair for pair, answer in matrix.cells.items() if isinstance(answer, Witness)]


def all_witnesses() -> list[tuple[str, str, str, Pair, Witness]]:
    """Return every course that was found for the pairs: both criteria, what it is about, the classes, the course."""
    return [
        (one, other, about, pair, answer)
        for one, other in PAIRS
        for about, matrix in found(one, other).items()
        for pair, answer in matrix.cells.items()
        if isinstance(answer, Witness)
    ]
