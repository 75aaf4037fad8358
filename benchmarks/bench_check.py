"""Time of everything that `criterium check` looks for, in all criteria that ship: python -m benchmarks.bench_check."""

from __future__ import annotations

import time

from criterium.language.library import files, tables
from criterium.verify.check import check


def main() -> None:
    """Print the processor seconds of each file, one after the other in one process, and their sum."""
    tables()
    seconds: dict[str, float] = {}
    for path in files():
        before = time.process_time()
        check(str(path), tables())
        seconds[path.stem] = time.process_time() - before
    for name, one in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"{name:28s} {one:6.2f} s")
    print(f"{len(seconds)} criteria {sum(seconds.values()):6.1f} s")


if __name__ == "__main__":
    main()
