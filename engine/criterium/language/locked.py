"""Released versions never change: `criteria.lock` holds the content hash of each, one line `id@version hash`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from criterium.language.library import resolve
from criterium.language.lower import hash_of
from criterium.language.places import DECLARING, shown
from criterium.language.problems import Problem, Where

NAME = "criteria.lock"
_LINE = re.compile(r"(?P<name>[a-z0-9.-]+@\d+\.\d+\.\d+) (?P<hash>[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class Locked:
    """What a folder of criteria has locked: the `hashes` by `id@version` with their `lines`, and the problems of it."""

    path: Path
    hashes: Mapping[str, str]
    lines: Mapping[str, Where]
    problems: tuple[Problem, ...]


def locked(folder: Path) -> Locked:
    """Return the lock of a folder; one that is not there has locked nothing."""
    path = folder / NAME
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    hashes: dict[str, str] = {}
    lines: dict[str, Where] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        where = Where(shown(path), number, 1, line, max(1, len(line)))
        read = _LINE.fullmatch(line)
        if read is None:
            problems.append(Problem(where, "this is no line of a lock", "`id@version` and twelve digits of a hash"))
        elif read["name"] in hashes:
            problems.append(Problem(where, f"`{read['name']}` a second time", "one line for a version", "remove it"))
        else:
            hashes[read["name"]], lines[read["name"]] = read["hash"], where
    return Locked(path, hashes, lines, tuple(problems))


def present(folder: Path) -> dict[str, str]:
    """Return the hash of every criterion in a folder and the folders in it by `id@version`; raise Refused."""
    found = {}
    for path in sorted(path for pattern in ("*.yaml", "*/*.yaml") for path in folder.glob(pattern)):
        if path.name not in DECLARING:
            data = resolve(str(path)).data
            found[f"{data['id']}@{data['version']}"] = hash_of(data)
    return found


def changes(lock: Locked, there: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for every released version that has another hash, or is gone."""
    yield from lock.problems
    for name, hash_ in lock.hashes.items():
        where = lock.lines[name]
        if name not in there:
            remedy = "keep an older version beside the new one, as `ID@VERSION.yaml`"
            what = f"the released version `{name}` is not here"
            yield Problem(where, what, "a file for every released version", remedy)
        elif there[name] != hash_:
            what = f"`{name}` was released with the hash {hash_} and has {there[name]} now"
            remedy = "undo the change, or give it a version of its own and keep the old file as `ID@VERSION.yaml`"
            yield Problem(where, what, "a released version as it was", remedy)


def unlocked(lock: Locked, there: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for every version that is not in the lock."""
    for name in sorted(set(there) - set(lock.hashes)):
        what, where = f"`{name}` is not in the lock", Where(shown(lock.path))
        yield Problem(where, what, f"a line `{name} {there[name]}`", "`criterium lock --write` adds it")


def text_of(hashes: Mapping[str, str]) -> str:
    """Return the text of a lock, sorted by name."""
    return "".join(f"{name} {hash_}\n" for name, hash_ in sorted(hashes.items()))
