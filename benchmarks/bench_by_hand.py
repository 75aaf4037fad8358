"""Time and memory of the hand-written programs on generated cohorts: python -m benchmarks.bench_by_hand [patients]."""

from __future__ import annotations

import sys
from functools import partial

from benchmarks import by_hand
from benchmarks.data import lab_table, lesion_table
from benchmarks.measure import Contender, Run, race, spread

_MEBIBYTE = 2**20


def contenders(patients: int) -> list[Contender]:
    """Return the hand-written programs, on tables in order and on shuffled ones with identifiers in text."""
    ordered = partial(lesion_table, patients)
    shuffled = partial(lesion_table, patients, ids="text", order="shuffled")
    programs = [
        Contender(f"{job.__name__}, {sums.__name__}, {name}", table, partial(job, sums=sums))
        for job in (by_hand.swog_mr, by_hand.recist_1_1)
        for sums in (by_hand.grouped, by_hand.segmented)
        for name, table in (("ordered", ordered), ("shuffled text", shuffled))
    ]
    return [*programs, Contender("ctcae_3_0", partial(lab_table, patients * 10), by_hand.ctcae_3_0)]


def line(name: str, runs: list[Run]) -> str:
    """Return one line of the report: the name, seconds with their range, and the peak of memory with its range."""
    seconds = spread([run.seconds for run in runs])
    peak = spread([run.peak / _MEBIBYTE for run in runs])
    return f"{name:40s} {seconds} s, peak {peak.middle:.0f} ({peak.low:.0f} to {peak.high:.0f}) MiB"


def main(arguments: list[str]) -> None:
    """Print the report for the number of patients given, 100,000 unless told."""
    patients = int(arguments[0]) if arguments else 100_000
    print(f"{patients} patients, 6 assessments of 3 lesions; {patients * 10} laboratory results")
    for name, runs in race(contenders(patients), repetitions=3).items():
        print(line(name, runs))


if __name__ == "__main__":
    main(sys.argv[1:])
