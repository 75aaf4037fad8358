"""Processor time from the first word of a command to its end: python -m benchmarks.startup [repetitions].

Every run is a process of its own; the time is that of user and system together, because a busy machine does not change
it much. The aims are those of a command that feels instant.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import spread

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("pandas", "numpy", "scipy", "pint", "lark", "jsonschema", "lifelines", "rich")
_CALL = "from criterium.cli import main; main()"
_LOADED = "import atexit, json, sys\natexit.register(lambda: sys.stderr.write(json.dumps(sorted(sys.modules))))\n"


@dataclass(frozen=True, slots=True)
class Aim:
    """A command with the processor time in seconds that it should stay below; None if there is no aim."""

    words: tuple[str, ...]
    seconds: float | None


AIMS = (
    Aim(("--help",), 0.3),
    Aim(("list",), 0.5),
    Aim(("show", "swog"), None),
    Aim(("run", "lu177-salvage"), None),
)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def processor_time(words: tuple[str, ...]) -> float:
    """Return the seconds of user and system time that a command takes in a process of its own."""
    before = os.times()
    call = [sys.executable, "-c", _CALL, *words]
    subprocess.run(call, env=_environment(), stdout=subprocess.DEVNULL, check=True)  # noqa: S603 -- our own words
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def loaded(words: tuple[str, ...]) -> list[str]:
    """Return which heavy packages a command has imported when it ends."""
    call = [sys.executable, "-c", _LOADED + _CALL, *words]
    done = subprocess.run(call, env=_environment(), capture_output=True, check=True)  # noqa: S603 -- our own words
    modules = set(json.loads(done.stderr))
    return [name for name in HEAVY if name in modules]


def main(arguments: list[str]) -> None:
    """Print a line for each command: median and range of its times, whether the aim is met, what it imported."""
    repetitions = int(arguments[0]) if arguments else 7
    print(f"{'command':24}{'seconds of processor time':28}{'aim':14}imports")
    for aim in AIMS:
        processor_time(aim.words)  # the first run writes the compiled files
        times = spread([processor_time(aim.words) for _ in range(repetitions)])
        met = "" if aim.seconds is None else f"{aim.seconds} {'met' if times.middle < aim.seconds else 'MISSED'}"
        print(f"{' '.join(aim.words):24}{times!s:28}{met:14}{', '.join(loaded(aim.words)) or 'none of the heavy ones'}")


if __name__ == "__main__":
    main(sys.argv[1:])
