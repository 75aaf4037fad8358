"""Time of proofs, on every course up to the bound of a pair of criteria: python -m benchmarks.bench_proofs."""

from __future__ import annotations

from functools import partial

from benchmarks.measure import Contender, race, spread
from criterium.compare.timelines import Matrix, matrices
from criterium.language.library import load, tables
from criterium.language.tree import Criterion

PAIRS = [
    ("swog", "swog-mr"),
    ("recist-1.1", "recist-1.1-mr"),
    ("recist-1.1", "swog"),
    ("who", "swog"),
    ("mrecist-hcc", "easl"),
    ("irecist", "recist-1.1"),
    ("choi", "mchoi"),
    ("percist", "recist-1.1"),
    ("rano-hgg", "rano-lgg"),
    ("ctcae-5.0", "ctcae-6.0"),
]


def loaded(one: str, other: str) -> tuple[Criterion, Criterion]:
    """Return two shipped criteria."""
    return load(one), load(other)


def proofs(criteria: tuple[Criterion, Criterion]) -> list[Matrix]:
    """Return the matrices of two criteria, for assessments and for courses."""
    return list(matrices(*criteria, tables()))


def main() -> None:
    """Print the seconds of each pair, three runs in processes of their own."""
    contenders = [Contender(f"{one} and {other}", partial(loaded, one, other), proofs) for one, other in PAIRS]
    for name, runs in race(contenders, repetitions=3).items():
        print(f"{name:28s} {spread([run.seconds for run in runs])} s")


if __name__ == "__main__":
    main()
