"""A sweep of 1,000 values over 10,000 patients, the engine against a loop in numpy: python -m benchmarks.bench_sweep.

Both start from the same arrays in memory and give the class of every assessment and the best response of every patient
at every value of `recist-1.1-mr.minor`, and how many patients have each. The loop is what a good statistician writes:
everything that does not depend on the value is computed once, before it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import lesion_table
from benchmarks.engine import arrays_of
from benchmarks.measure import spread
from criterium.compare.sweep.sweeps import swept, with_value
from criterium.evaluate import outcome
from criterium.evaluate.frames import Material
from criterium.language import tree as t
from criterium.language.library import load, tables
from criterium.timeline.cohort import Cohort, Labels
from criterium.timeline.courses import courses_of

CODES = ("CR", "PR", "MR", "SD", "PD", "NE", "non-CR/non-PD")
CR, PR, MR, SD, PD, NE = range(6)
EXACT = 9
APART = 28.0  # days between a response and the one that confirms it
Codes = NDArray[np.int8]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Base:
    """What the loop knows before it begins, patients by assessments: the classes and best responses without MR.

    `fall` is -inf where a minor response is not possible, so that one comparison tells who has it. `responds` is where
    the class is better, `passes` where it could not be told, `opened` where no progression came before, `day` the date.
    """

    classes: Codes
    best: Codes
    fall: Floats
    responds: Flags
    passes: Flags
    opened: Flags
    day: Floats


def values_of(count: int) -> list[Fraction]:
    """Return `count` values from 10 percent up to 30."""
    return [Fraction(10) + Fraction(20 * at, count) for at in range(count)]


# --- the engine -------------------------------------------------------------------------------------------------------
def engine(criterion: t.Criterion, cohort: Cohort, values: Sequence[Fraction]) -> tuple[Codes, Counts, Counts]:
    """Return the best responses (a column a value), and the assessments and patients in each class at each value."""
    material, courses = Material(cohort, tables()), courses_of(cohort, tables(), "lesions")
    found = swept(criterion, material, courses, "minor", values)
    best, step = _coded(found.label), _coded(found.steps.label)
    each = [np.bincount(found.steps.variant[step == code], minlength=len(best)) for code in range(len(CODES))]
    steps = np.stack([found.totals(one) for one in each])
    counts = np.stack([found.totals(best == code) for code in range(len(CODES))])
    return found.spread(best), steps, counts


# --- by hand ----------------------------------------------------------------------------------------------------------
def base_of(criterion: t.Criterion, cohort: Cohort) -> Base:
    """Return what does not depend on the value: the classes without minor response by the engine, the falls by hand.

    Every patient has the same number of assessments.
    """
    material, courses = Material(cohort, tables()), courses_of(cohort, tables(), "lesions")
    none = outcome.evaluate(with_value(criterion, "minor", Fraction(1000)), material, courses)
    every = outcome.classes(with_value(criterion, "minor", Fraction(-1000)), material, courses)
    shape = (len(courses), -1)
    classes, most = (_coded(label).reshape(shape) for label in (none.steps.classes["class"].label, every.label))
    rows = cohort.tables["lesions"].columns
    long, short, site = rows["long"], rows["short"], rows["site"]
    node = site.codes == site.words.index("lymph node")  # type: ignore[union-attr]
    size = np.where(node, short, long).reshape(len(courses), classes.shape[1] + 1, -1).sum(axis=2)  # type: ignore[arg-type]
    with np.errstate(invalid="ignore", divide="ignore"):
        fall = np.round(100.0 * (size[:, :1] - size[:, 1:]) / size[:, :1], EXACT)
    possible = (most == MR) & (classes == SD) & ~np.isnan(fall)
    opened = np.ones(classes.shape, dtype=bool)
    opened[:, 1:] = ~np.logical_or.accumulate(classes == PD, axis=1)[:, :-1]
    best = _coded(none.courses.classes["class"].label)
    fall, day = np.where(possible, fall, -np.inf), none.steps.date.reshape(shape)
    return Base(classes, best, fall, (classes == CR) | (classes == PR), classes == NE, opened, day)


def _coded(label: Labels) -> Codes:
    return np.array([CODES.index(word) for word in label.words], dtype=np.int8)[label.codes]


def by_hand(base: Base, values: Sequence[Fraction]) -> tuple[list[Codes], Counts, Counts]:
    """Return the best responses at each value, and the assessments and patients in each class (rows) at each."""
    rows = np.flatnonzero(np.isfinite(base.fall).any(axis=1) & (base.best != CR) & (base.best != PR))
    fall, day = base.fall[rows].T.copy(), base.day[rows].T
    known = (base.responds & base.opened)[rows].T.copy()
    passes, opened = base.passes[rows].T.copy(), base.opened[rows].T.copy()
    pairs = [(i, j) for i in range(len(day)) for j in range(i + 1, len(day))]
    apart = {(i, j): day[j] - day[i] >= APART for i, j in pairs}
    own = base.best[rows]
    steps = np.zeros((len(CODES), len(values)), dtype=np.int64)
    found, counts = [], steps.copy()
    for at, value in enumerate(values):
        bound = float(value)
        now = np.where(base.fall >= bound, np.int8(MR), base.classes)
        steps[:, at] = np.bincount(now.reshape(-1), minlength=len(CODES))
        confirmed = _confirmed(known | ((fall >= bound) & opened), passes, apart)
        best = base.best.copy()
        best[rows] = np.where(confirmed, np.int8(MR), own)
        counts[:, at] = np.bincount(best, minlength=len(CODES))
        found.append(best)
    return found, steps, counts


def _confirmed(hit: Flags, passes: Flags, apart: dict[tuple[int, int], Flags]) -> Flags:
    """Return who has two hits far enough apart with only hits, or one assessment not evaluable, between."""
    found = np.zeros(hit.shape[1], dtype=bool)
    for i in range(len(hit) - 1):
        going, passed = hit[i].copy(), np.zeros(hit.shape[1], dtype=bool)
        for j in range(i + 1, len(hit)):
            found |= going & hit[j] & apart[i, j]
            going &= hit[j] | (passes[j] & ~passed)
            passed |= passes[j]
    return found


def assessments_by_hand(base: Base, values: Sequence[Fraction]) -> Counts:
    """Return the assessments in each class (rows) at each value: the shortest loop there is."""
    steps = np.zeros((len(CODES), len(values)), dtype=np.int64)
    for at, value in enumerate(values):
        now = np.where(base.fall >= float(value), np.int8(MR), base.classes)
        steps[:, at] = np.bincount(now.reshape(-1), minlength=len(CODES))
    return steps


# --- side by side -----------------------------------------------------------------------------------------------------
def compared(mine: tuple[Codes, Counts, Counts], hand: tuple[list[Codes], Counts, Counts]) -> str:
    """Return in words how the classes and the counts of the engine and of the loop compare."""
    different = sum(int((mine[0][:, at] != best).sum()) for at, best in enumerate(hand[0]))
    counts = sum(int((one != other).sum()) for one, other in zip(mine[1:], hand[1:], strict=True))
    return f"{mine[0].size:,} best responses, {different} different; {2 * mine[1].size:,} counts, {counts} different"


def main(arguments: Sequence[str]) -> None:
    """Print both times, repeated in turn, and their ratio; the classes are compared before anything is timed."""
    patients, count = (int(one) for one in arguments) if arguments else (10_000, 1_000)
    criterion, values = load("recist-1.1-mr"), values_of(count)
    cohort = arrays_of(lesion_table(patients), "lesions")
    base = base_of(criterion, cohort)
    said = compared(engine(criterion, cohort, values), by_hand(base, values))
    print(f"{patients:,} patients, {count:,} values: {said}")
    jobs: dict[str, Callable[[], object]] = {
        "engine": lambda: engine(criterion, cohort, values),
        "numpy loop": lambda: by_hand(base, values),
        "numpy loop, assessments alone": lambda: assessments_by_hand(base, values),
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(5):
        for name, job in jobs.items():
            begin = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - begin)
    for name, these in seconds.items():
        ratio = spread([mine / other for mine, other in zip(seconds["engine"], these, strict=True)])
        print(f"  {name:30s} {spread(these)} s   the engine takes {ratio} times as long")


if __name__ == "__main__":
    main(sys.argv[1:])
