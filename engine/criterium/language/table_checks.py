"""A decision table over finite columns is checked by counting: every combination of cells has a row, or the file says why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from criterium.language import tree as t
from criterium.language.problems import Problem
from criterium.language.scope import Scope
from criterium.language.source import DataPath, Document

Assignment = Mapping[str, str]


def gaps(
    ladder: t.Ladder, scope: Scope, data: Mapping[str, Any], document: Document, path: DataPath
) -> Iterator[Problem]:
    """Yield a problem for every combination of cells without a row, and, if `hit` is unique, with several rows."""
    if len(ladder.clauses) < len(data["rows"]):
        return
    columns = [name for name in data["columns"][:-1] if name in scope.names]
    for values in product(*(_domain(name, scope) for name in columns)):
        cells = dict(zip(columns, values, strict=True))
        hits = [clause for clause in ladder.clauses if _holds(clause.when, cells)]
        spoken = ", ".join(f"{name} is {value}" for name, value in cells.items())
        if not hits:
            yield Problem(document.where(path), f"no row for {spoken}", "a row for every combination", "add a row")
        if data["hit"] == "unique" and len({clause.label for clause in hits}) > 1:
            where = hits[1].where
            yield Problem(where, f"a second answer for {spoken}", "one row a combination", "narrow it, or use `hit: first`")


def _domain(name: str, scope: Scope) -> tuple[str, ...]:
    entry = scope.names[name]
    return entry.kind.words if entry.meaning == "class" else ("true", "false")


def _holds(condition: t.Condition, cells: Assignment) -> bool:
    if isinstance(condition, t.All):
        return all(_holds(part, cells) for part in condition.of)
    if isinstance(condition, t.Not):
        return not _holds(condition.of, cells)
    if isinstance(condition, t.OneOf) and isinstance(condition.of, t.Given):
        return cells[condition.of.ladder] in condition.words
    if isinstance(condition, t.Rule):
        return cells[condition.name] == "true"
    return isinstance(condition, t.Always)
