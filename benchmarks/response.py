"""Response criteria at scale, the engine against hand-written pandas: python -m benchmarks.response [patients ...].

Without arguments it runs 10,000, 100,000 and 1,000,000 patients of 6 assessments of 3 lesions. Every contender gets the
same table in memory and has a process of its own; the classes are compared before anything is timed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import by_hand
from benchmarks.data import lesion_table
from benchmarks.engine import arrays_of, classes, responses
from benchmarks.measure import Contender, Run, race, spread, times_as_long

MEBIBYTE = 2**20
PROGRAMS: dict[str, Callable[..., pd.DataFrame]] = {"swog-mr": by_hand.swog_mr, "recist-1.1": by_hand.recist_1_1}


def arrays(patients: int) -> Any:
    """Return the table as arrays in memory."""
    return arrays_of(lesion_table(patients), "lesions")


def contenders(criterion: str, patients: int) -> list[Contender]:
    """Return the engine on arrays and on a checked DataFrame, and two hand-written programs, the pandas idiom first."""
    program = PROGRAMS[criterion]
    table = partial(lesion_table, patients)
    return [
        Contender("engine, arrays", partial(arrays, patients), partial(classes, criterion=criterion)),
        Contender("engine, everything", partial(arrays, patients), partial(responses, criterion=criterion)),
        Contender("engine, checked table", table, partial(classes, criterion=criterion)),
        Contender("pandas", table, partial(program, sums=by_hand.grouped)),
        Contender("pandas and reduceat", table, partial(program, sums=by_hand.segmented)),
    ]


def compared(criterion: str, patients: int) -> str:
    """Return in words how the classes of the engine and of the hand-written program compare."""
    frame = lesion_table(patients)
    label = classes(arrays_of(frame, "lesions"), criterion).label
    mine = np.array(label.words, dtype=object)[label.codes]
    theirs = PROGRAMS[criterion](frame).sort_values(["patient_id", "date"])["class"].astype(str).to_numpy()
    different = int((mine != theirs).sum())
    return f"{len(mine):,} classes, {different} different"


def report(runs: dict[str, list[Run]], reference: str) -> Sequence[str]:
    """Return one line a contender: seconds, memory, and how many times as long the reference took."""
    lines = []
    for name, these in runs.items():
        seconds = spread([run.seconds for run in these])
        peak = spread([run.peak / MEBIBYTE for run in these])
        ratio = times_as_long(runs[reference], these)
        lines.append(f"  {name:22s} {seconds} s   peak {peak.middle:.0f} MiB   {reference} takes {ratio} times as long")
    return lines


def main(arguments: Sequence[str]) -> None:
    """Print the report for each number of patients."""
    for patients in [int(one) for one in arguments] or [10_000, 100_000, 1_000_000]:
        for criterion in PROGRAMS:
            size = f"{patients:,} patients, {patients * 18:,} lesion rows"
            print(f"{criterion}, {size}: {compared(criterion, patients)}", flush=True)
            for line in report(race(contenders(criterion, patients), repetitions=3), "pandas"):
                print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
