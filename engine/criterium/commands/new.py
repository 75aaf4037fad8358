"""criterium new: a scaffold that loads, checks and passes its own examples, ready to be changed."""

from __future__ import annotations

import re
from pathlib import Path

from criterium.language import library
from criterium.language.places import shipped
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.roles import main_section
from criterium.report.terminal import console, line

_HEAD = """id: {id}
version: 0.1.0
title: {title}
"""
_OVERLAY = """extends: {base}
source:
  - {{cite: "author, journal, year, pages", for: what differs, confidence: recalled, certainty: 0.5}}
"""


_EDITOR = "# yaml-language-server: $schema=criterion.schema.json (as `criterium schema` prints it)\n"


def new(id_: str, kind: str, base: str | None, folder: Path) -> int:
    """Write a criterion into a folder; return 0. An existing file, or a base or kind that is not there, raises Refused.

    An empty `kind` is that of what a study is about.
    """
    path = folder / f"{id_}.yaml"
    if not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", id_):
        what, expected = f"`{id_}` is not a name of a criterion", "lower case letters, digits, `-` and `.`"
        raise Refused([Problem(Where(str(path)), what, expected)])
    if path.exists():
        raise Refused([Problem(Where(str(path)), "the file is there already", "a new name", "choose another name")])
    body = _overlay(base) if base is not None else _body(kind or main_section().kind.name)
    _write(path, _EDITOR + _HEAD.format(id=id_, title=id_) + body)
    line(console(), f"wrote {path}")
    line(console(), f"next: criterium check {path}")
    return 0


def _body(kind: str) -> str:
    """Return a criterion of a kind without its head: a small one that ships with the others, to be changed."""
    there = {path.stem: path for path in sorted((shipped("criteria") / "new").glob("*.txt"))}
    if kind not in there:
        where, what = Where("--kind", 1, 1, kind, len(kind)), f"there is no scaffold of the kind `{kind}`"
        raise Refused([Problem(where, what, listed(there), nearest(kind, there))])
    return there[kind].read_text(encoding="utf-8")


def _overlay(base: str) -> str:
    criterion = library.load(base)
    return _OVERLAY.format(base=f"{criterion.id}@{criterion.version}")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the file cannot be written: {error.strerror or error}"
        raise Refused([Problem(Where(str(path)), what, "a folder that can be written to")]) from error
