"""criterium lock: released criteria against `criteria.lock`; new versions are added, none is changed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from criterium.language.locked import changes, locked, present, text_of, unlocked
from criterium.language.places import shipped
from criterium.report.terminal import console, errors, line, problems


def lock(folder: Path | None, how: Literal["check", "write"]) -> int:
    """Hold a folder of criteria (None: those that ship) against its lock; return 0, or 1 with what was found.

    `write` adds the versions that the lock does not have, unless a released one has changed or is gone.
    Raises Refused for files that cannot be read.
    """
    where = shipped("criteria") if folder is None else folder
    there, now = present(where), locked(where)
    found = [*changes(now, there), *(unlocked(now, there) if how == "check" else ())]
    if found:
        problems(found, errors())
        return 1
    new = len(set(there) - set(now.hashes))
    if new:
        now.path.write_text(text_of({**there, **now.hashes}), encoding="utf-8")
    told = "1 version as it was released" if len(there) == 1 else f"{len(there)} versions as they were released"
    line(console(), told + (f", {new} of them new" if new else ""))
    return 0
