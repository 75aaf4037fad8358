"""Time and memory of programs, each run in a process of its own.

A program that runs after another in one process inherits its caches, its imports and its peak of memory; a fresh
process has none of them. Contenders take turns, so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


class Failed(RuntimeError):
    """A contender ended without a result; the text is its traceback or its exit code."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program by its `name`: `job` is timed on what `prepare` returns; both are functions of a module."""

    name: str
    prepare: Callable[[], Any]
    job: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Run:
    """One run: wall time in `seconds`, `peak` resident memory during the job and memory `held` before it, in bytes."""

    seconds: float
    peak: int
    held: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The `middle` (median), `low` and `high` of a figure over repetitions."""

    middle: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def once(contender: Contender) -> Run:
    """Return one run of the contender in a new process; raise Failed if it does not end well."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(there, contender))
    process.start()
    there.close()
    try:
        answer = here.recv()
    except EOFError:
        answer = None
    process.join()
    if not isinstance(answer, Run):
        raise Failed(f"{contender.name}: {answer or f'ended with exit code {process.exitcode}'}")
    return answer


def race(contenders: Sequence[Contender], repetitions: int = 5) -> dict[str, list[Run]]:
    """Return `repetitions` runs of each contender by its name; the contenders take turns."""
    runs: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for _ in range(repetitions):
        for contender in contenders:
            runs[contender.name].append(once(contender))
    return runs


def spread(figures: Sequence[float]) -> Spread:
    """Return the median and the range of the figures; raise ValueError if there are none."""
    if not figures:
        raise ValueError("no figures")
    return Spread(median(figures), min(figures), max(figures))


def times_as_long(one: Sequence[Run], other: Sequence[Run]) -> Spread:
    """Return how many times as long `one` took as `other`, repetition by repetition; raise ValueError if not paired."""
    return spread([a.seconds / b.seconds for a, b in zip(one, other, strict=True)])


def _child(answer: Connection, contender: Contender) -> None:
    try:
        answer.send(_run(contender))
    except BaseException:  # noqa: BLE001  # whatever happened, the parent has to learn of it
        answer.send(traceback.format_exc())


def _run(contender: Contender) -> Run:
    data = contender.prepare()
    held = _forget_peak()
    start = time.perf_counter()
    # Bound to a name, so that freeing the result is not part of the time.
    result = contender.job(data)
    seconds = time.perf_counter() - start
    run = Run(seconds, _peak(), held)
    del result
    return run


def _forget_peak() -> int:
    """Start the peak of this process anew where the system can, and return what it holds now in bytes."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")
    return _peak()


def _peak() -> int:
    """Return the peak of resident memory of this process in bytes.

    On Linux it is read from the status file: what `getrusage` gives there can be the peak of the parent process.
    """
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
