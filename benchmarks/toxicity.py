"""Laboratory grades at scale, the engine against hand-written pandas: python -m benchmarks.toxicity [rows ...]."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from benchmarks import by_hand
from benchmarks.data import lab_table
from benchmarks.engine import arrays_of, grades
from benchmarks.measure import Contender, race
from benchmarks.response import report
from criterium.language.library import load


def arrays(rows: int) -> Any:
    """Return the table as arrays in memory."""
    return arrays_of(lab_table(rows), "labs")


def contenders(rows: int) -> list[Contender]:
    """Return the engine on arrays and on a checked DataFrame, and two hand-written programs, the pandas idiom first."""
    table = partial(lab_table, rows)
    return [
        Contender("engine, arrays", partial(arrays, rows), grades),
        Contender("engine, checked table", table, grades),
        Contender("pandas", table, by_hand.ctcae_3_0_joined),
        Contender("numpy, a slice a test", table, by_hand.ctcae_3_0),
    ]


def compared(rows: int) -> str:
    """Return in words how the grades of the engine and of the hand-written program compare."""
    frame = lab_table(rows)
    found = grades(arrays_of(frame, "labs"))
    ids = np.array([*(branch.id for branch in load("ctcae-3.0").branches), None], dtype=object)
    numbers = np.array([float(word) if word.isdigit() else np.nan for word in found.label.words])
    mine = pd.DataFrame({"row": found.row, "term": ids[found.branch], "grade": numbers[found.label.codes]})
    theirs = by_hand.ctcae_3_0(frame).astype({"grade": "Float64"})
    words = frame["test"].astype(str).to_numpy()
    order = np.lexsort((words, frame["date"].to_numpy(), frame["patient_id"].to_numpy()))
    mine["row"] = order[mine["row"].to_numpy()]
    both = mine.merge(theirs[["row", "term", "grade"]], on=["row", "term"], how="outer", suffixes=("", "_by_hand"))
    same = (both["grade"] == both["grade_by_hand"]) | (both["grade"].isna() & both["grade_by_hand"].isna())
    return f"{len(both):,} grades, {len(both) - int(same.sum())} different"


def main(arguments: Sequence[str]) -> None:
    """Print the report for each number of rows."""
    for rows in [int(one) for one in arguments] or [100_000, 1_000_000, 10_000_000]:
        said = compared(min(rows, 1_000_000))
        print(f"ctcae-3.0, {rows:,} laboratory rows: {said} (compared on up to 1,000,000)", flush=True)
        for line in report(race(contenders(rows), repetitions=3), "pandas"):
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
