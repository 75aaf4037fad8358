"""Find and load criteria: those that ship, by name, and files by their path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from criterium.language import schema
from criterium.language.lower import lower
from criterium.language.overlay import bases, laid_over
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.source import Document, parse, read
from criterium.language.tables import Table, tables_from
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


def shipped(folder: str) -> Path:
    """Return the folder of shipped `criteria` or `cohorts`: inside the package, or beside `engine/` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / folder
    return inside if inside.is_dir() else package.parent.parent / folder


@cache
def tables() -> dict[str, Table]:
    """Return the tables that a cohort may hold, from `criteria/tables.yaml`."""
    document = read(shipped("criteria") / "tables.yaml", "criteria/tables.yaml")
    found = list(schema.problems(document, "tables"))
    if found:
        raise Refused(found)
    return tables_from(document.data)


def files() -> list[Path]:
    """Return the files of all shipped criteria, in the order of folder and name."""
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
    return Heading(data["id"], data["version"], data["title"], data.get("kind") or path.parent.name, path)


def shown(path: Path) -> str:
    """Return how a file is named in problems: from `criteria/` on if it ships, otherwise as given."""
    root = shipped("criteria").parent
    try:
        return str(path.resolve().relative_to(root.resolve()))
    except ValueError:
        return str(path)


def load(reference: str) -> Criterion:
    """Return the criterion named `swog`, `swog@1.0.0` or `path/to/file.yaml`; raise Refused with every problem."""
    document = resolve(reference)
    return lower(document, tables())


def resolve(reference: str) -> Document:
    """Return the whole document of a criterion, overlays laid over their bases and checked against the format."""
    if _is_path(reference):
        path = Path(reference)
    else:
        path = _find(reference, shipped("criteria"), Where(reference))
    document = _resolved(path, ())
    found = list(schema.problems(document, "criterion"))
    if not found:
        found = list(_name_fits(document, path))
    if found:
        raise Refused(found)
    return document


def _is_path(reference: str) -> bool:
    return reference.endswith((".yaml", ".yml")) or "/" in reference or "\\" in reference


def _name_fits(document: Document, path: Path) -> Iterator[Problem]:
    if document.data["id"] != path.stem:
        what = f"the id is `{document.data['id']}`, the file is named `{path.name}`"
        yield Problem(document.where(("id",)), what, f"`id: {path.stem}`", "the id of a criterion is its file name")


def _resolved(path: Path, below: tuple[Path, ...]) -> Document:
    document = read(path, shown(path))
    if not isinstance(document.data, dict):
        raise Refused([Problem(document.where(()), "the file is not a mapping", "keys such as `id:` and `classes:`")])
    for reference, where in bases(document):
        base = _base(reference, where, path)
        if base in (*below, path.resolve()):
            chain = " -> ".join([*(one.stem for one in (*below, path.resolve())), base.stem])
            raise Refused([Problem(where, f"the overlays go round in a circle: {chain}", "a base that stands alone")])
        return laid_over(_resolved(base, (*below, path.resolve())), document)
    return document


def _base(reference: str, where: Where, overlay: Path) -> Path:
    parts = _REFERENCE.fullmatch(reference)
    if parts is None:
        help_ = "a base is named by its id; files outside the library and the overlay's folder cannot be read"
        raise Refused([Problem(where, f"`{reference}` is not the name of a criterion", "such as `swog@1.0.0`", help_)])
    beside = overlay.parent / f"{parts['id']}.yaml"
    if beside.exists() and not (parts["id"] == overlay.stem and overlay.parent != shipped("criteria")):
        return _of_version(beside, parts["version"], where)
    return _find(reference, shipped("criteria"), where)


def _find(reference: str, root: Path, where: Where) -> Path:
    parts = _REFERENCE.fullmatch(reference)
    known = {path.stem: path for path in files()}
    if parts is None or parts["id"] not in known:
        remedy = nearest(reference.partition("@")[0], known) or "`criterium list` shows what ships"
        raise Refused([Problem(where, f"there is no criterion `{reference}`", listed(known), remedy)])
    return _of_version(known[parts["id"]], parts["version"], where)


def _of_version(path: Path, version: str | None, where: Where) -> Path:
    if version is not None and (has := _heading(path).version) != version:
        what = f"version {version} of `{path.stem}` is not here"
        raise Refused([Problem(where, what, f"version {has}", f"write `{path.stem}@{has}`")])
    return path.resolve()
