"""Find and load criteria: those that ship, by name, and files by their path.

The newest version of a criterion is `ID.yaml`; older released ones stand beside it as `ID@VERSION.yaml`. Files are read
whenever one is asked for; what follows from the same texts is found once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from criterium.language.file import schema
from criterium.language.file.document import Document
from criterium.language.file.overlay import bases, merged
from criterium.language.file.schema import checked
from criterium.language.file.source import parse, read, survey
from criterium.language.lower import lower
from criterium.language.once import once
from criterium.language.places import shipped, shown
from criterium.language.problems import Problem, Refused, Where, nearest
from criterium.language.roles import sections
from criterium.language.tables import Table, misfits, tables_from
from criterium.language.tree import Criterion

_REFERENCE = re.compile(r"(?P<id>[a-z0-9]+([.-][a-z0-9]+)*)(@(?P<version>\d+\.\d+\.\d+))?")
_HEADER = ("id", "version", "title", "kind", "language", "extends")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a list of criteria shows: the header of a file."""

    id: str
    version: str
    title: str
    kind: str
    path: Path


@cache
def tables() -> dict[str, Table]:
    """Return the tables that a cohort may hold, from `criteria/tables.yaml`; raise Refused with every problem of it."""
    path = shipped("criteria") / "tables.yaml"
    document = read(path, shown(path))
    found = list(schema.problems(document, "tables")) or list(misfits(document, sections()))
    if found:
        raise Refused(found)
    return tables_from(document.data)


def files() -> list[Path]:
    """Return the files of all shipped criteria in all their versions, in the order of folder and name."""
    return sorted(path for path in shipped("criteria").glob("*/*.yaml"))


def headings() -> list[Heading]:
    """Return the headers of all shipped criteria; only the first lines of each file are read."""
    return [_heading(path) for path in files()]


def _heading(path: Path) -> Heading:
    lines: list[str] = []
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            if re.match(r"[a-z]", line) and line.split(":", 1)[0] not in _HEADER:
                break
            lines.append(line)
    data = parse("".join(lines), shown(path)).data
    return Heading(data["id"], data["version"], data["title"], data.get("kind") or _kind_below(data, path), path)


def _kind_below(data: Mapping[str, Any], path: Path) -> str:
    """Return the kind of the criterion that an overlay extends."""
    base = str(data.get("extends", "")).partition("@")[0]
    return next((_heading(one).kind for one in (path.parent / f"{base}.yaml",) if one.is_file()), path.parent.name)


def load(reference: str) -> Criterion:
    """Return the criterion named `name`, `name@1.0.0` or `path/to/file.yaml`; raise Refused with every problem."""
    return _lowered(document(reference))


def resolve(reference: str) -> Document:
    """Return the whole document of a criterion, overlays laid over their bases and checked against the format."""
    whole = document(reference)
    if whole.problems:
        raise Refused(whole.problems)
    return whole


def document(reference: str) -> Document:
    """Return the whole document of a criterion with the problems of its files, edits and format; `lower` adds the rest.

    Raise Refused if there is nothing to go on with: no such criterion, no YAML, no base.
    """
    path = Path(reference)
    if not _is_path(reference):
        path = _find(reference, Where(reference), ())
    whole = with_used(_whole(path, ()), path, ())
    if not _is_path(reference):
        _refuse_version(whole, reference, Where(reference), path)
    return whole.with_problems(list(_name_fits(whole, path)))


def base(reference: str) -> Criterion | None:
    """Return the criterion that an overlay extends, None if it extends none; raise Refused if it cannot be loaded."""
    path = Path(reference) if _is_path(reference) else _find(reference, Where(reference), ())
    for named, where in bases(survey(path, shown(path))):
        return _lowered(_base(named, where, path, (path.resolve(),)))
    return None


def _is_path(reference: str) -> bool:
    return reference.endswith((".yaml", ".yml")) or "/" in reference or "\\" in reference


def _name_fits(document: Document, path: Path) -> Iterator[Problem]:
    name, _, version = path.stem.partition("@")
    id_, has = document.data.get("id", name), str(document.data.get("version"))
    if id_ != name:
        what = f"the id is `{id_}`, the file is named `{path.name}`"
        yield Problem(document.where(("id",)), what, f"`id: {name}`", "the id of a criterion is its file name")
    if version and version != has:
        what = f"the version is `{has}`, the file is named `{path.name}`"
        yield Problem(document.where(("version",)), what, f"`version: {version}`", "the version is in the file name")


def _whole(path: Path, below: tuple[Path, ...]) -> Document:
    """Return the document in a file, laid over its base if it has one; `below` are the overlays that lead here."""
    document = survey(path, shown(path))
    if not isinstance(document.data, dict):
        what = "the file is not a mapping"
        raise Refused([*document.problems, Problem(document.where(()), what, "keys such as `id:` and `classes:`")])
    document = _checked(document)
    for reference, where in bases(document):
        try:
            base = _base(reference, where, path, (*below, path.resolve()))
        except Refused as refused:
            raise Refused(document.with_problems(refused.problems).problems) from None
        return _laid_over(base, document)
    return document


@once
def _checked(document: Document) -> Document:
    return checked(document, "criterion")


@once
def _laid_over(base: Document, overlay: Document) -> Document:
    return checked(merged(base, overlay), "criterion")


@once
def _lowered(document: Document) -> Criterion:
    return lower(document, tables())


def with_used(whole: Document, path: Path, above: tuple[Path, ...] = ()) -> Document:
    """Return a document with the criteria that it uses; `above` are those that use it in turn."""
    found: dict[str, Criterion] = {}
    problems: list[Problem] = []
    data = whole.data.get("uses", {}) if whole.sound(("uses",)) else {}
    for name, reference in data.items() if isinstance(data, dict) else ():
        try:
            found[name] = _used(str(reference), whole.where(("uses", name)), path, (*above, path.resolve()))
        except Refused as refused:
            problems += refused.problems
    if problems:
        # Without the tables of what it uses, the rest of the file cannot be judged.
        raise Refused(whole.with_problems(problems).problems)
    return replace(whole, used=found) if found else whole


def _used(reference: str, where: Where, user: Path, above: tuple[Path, ...]) -> Criterion:
    """Return a criterion that another uses."""
    path = _named(reference, where, user)
    if path.resolve() in above:
        chain = " -> ".join([*(one.stem for one in above), path.stem])
        raise Refused([Problem(where, f"the criteria use one another in a circle: {chain}", "one that stands alone")])
    document = _whole(path, ())
    _refuse_version(document, reference, where, path)
    return _lowered(with_used(document, path, above))


def _named(reference: str, where: Where, user: Path) -> Path:
    """Return the file of a criterion that a file names with its version: one beside it, or one that ships."""
    parts = _REFERENCE.fullmatch(reference)
    if parts is None or not parts["version"]:
        remedy = "it is named by its id and version; files elsewhere cannot be read"
        raise Refused([Problem(where, f"`{reference}` is not the name of a criterion", "such as `name@1.0.0`", remedy)])
    path = _of_version(user.parent / f"{parts['id']}.yaml", parts["version"])
    return path if path.is_file() else _find(reference, where, tuple(user.parent.glob("*.yaml")))


def _base(reference: str, where: Where, overlay: Path, below: tuple[Path, ...]) -> Document:
    """Return the document that an overlay extends."""
    parts = _REFERENCE.fullmatch(reference)
    if parts is None or not parts["version"]:
        remedy = "a base is named by its id and version; files elsewhere cannot be read"
        raise Refused([Problem(where, f"`{reference}` is not the name of a criterion", "such as `name@1.0.0`", remedy)])
    path = _of_version(overlay.parent / f"{parts['id']}.yaml", parts["version"])
    if not path.is_file() or path == overlay:
        path = _find(reference, where, tuple(overlay.parent.glob("*.yaml")))
    if path.resolve() in below:
        chain = " -> ".join([*(one.stem for one in below), path.stem])
        raise Refused([Problem(where, f"the overlays go round in a circle: {chain}", "a base that stands alone")])
    document = _whole(path, below)
    _refuse_version(document, reference, where, path)
    return document


def _find(reference: str, where: Where, beside: tuple[Path, ...]) -> Path:
    """Return the file of a shipped criterion; the files `beside` an overlay could have been meant too."""
    known = {path.stem: path for path in files() if "@" not in path.stem}
    name, _, version = reference.partition("@")
    if name not in known:
        names = (path.stem.partition("@")[0] for path in beside)
        remedy = nearest(name, [*known, *names]) or "`criterium list` shows what ships"
        raise Refused(
            [Problem(where, f"there is no criterion `{name}`", "one that ships, or a file beside this one", remedy)]
        )
    return _of_version(known[name], version)


def _of_version(newest: Path, version: str) -> Path:
    """Return the file of a version beside the newest one, if there is such a file, otherwise the newest."""
    older = newest.with_name(f"{newest.stem}@{version}.yaml")
    return older if version and older.is_file() else newest


def _refuse_version(document: Document, reference: str, where: Where, path: Path) -> None:
    name, _, wanted = reference.partition("@")
    has = str(document.data.get("version"))
    if wanted and wanted != has:
        older = (one.stem.partition("@")[2] for one in path.parent.glob(f"{name}@*.yaml"))
        there = sorted({has, *older}, key=lambda version: [int(part) for part in re.findall(r"\d+", version)])
        what = f"version {wanted} of `{name}` is not here"
        raise Refused([Problem(where, what, f"version {' or '.join(there)}", f"write `{name}@{has}`")])
