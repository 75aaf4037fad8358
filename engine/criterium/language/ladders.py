"""Ladders, decision tables and nested conditions: data becomes clauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from criterium.language import tree as t
from criterium.language.expressions import lower_condition, lower_value
from criterium.language.problems import Problem, listed, nearest
from criterium.language.scope import Entry, Scope
from criterium.language.source import DataPath, Document

OTHERWISE = "otherwise"


@dataclass
class Ladders:
    """Lowers ladders and tables of one document, noting problems."""

    document: Document
    problems: list[Problem]

    def complain(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, expected, remedy))

    def when(self, data: Any, path: DataPath, scope: Scope) -> t.Condition | None:
        """Return the condition in `data`: a sentence, a list (all of them), or a mapping with all, any or not."""
        if isinstance(data, str):
            return lower_condition(data, self.document, path, scope, self.problems)
        if isinstance(data, bool):
            self.complain(path, f"`{str(data).lower()}` is not a condition", "a sentence, or `otherwise`")
            return None
        if isinstance(data, list):
            return self.joined("all", data, path, scope)
        return self.nested(data, path, scope)

    def nested(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> t.Condition | None:
        key = next(iter(data))
        if key == "not":
            inner = self.when(data[key], (*path, key), scope)
            where = self.document.key((*path, key))
            return inner and t.Not(where, f"not ({inner.text})", inner)
        inner_data = data[key] if isinstance(data[key], list) else [data[key]]
        return self.joined(key, inner_data, (*path, key), scope)

    def joined(self, how: str, items: list[Any], path: DataPath, scope: Scope) -> t.Condition | None:
        parts = [self.when(item, (*path, at), scope) for at, item in enumerate(items)]
        for at, item in enumerate(items):
            if item == OTHERWISE:
                self.complain((*path, at), "`otherwise` beside other conditions", "`when: otherwise` alone")
        if not parts or any(part is None for part in parts):
            return None
        whole = tuple(cast("t.Condition", part) for part in parts)
        if len(whole) == 1:
            return whole[0]
        word = " and " if how == "all" else " or "
        text = word.join(f"({part.text})" if isinstance(part, (t.All, t.Some)) else part.text for part in whole)
        join = t.All if how == "all" else t.Some
        return join(self.document.where(path), text, whole)

    def choose(self, items: list[Any], path: DataPath, scope: Scope) -> t.Expression | None:
        """Return the value ladder in `items`, entries of `value` and `when`."""
        options: list[tuple[t.Condition, t.Expression]] = []
        for at, item in enumerate(items):
            when = self.when(item["when"], (*path, at, "when"), scope)
            text = str(item["value"])
            value = lower_value(text, self.document, (*path, at, "value"), scope, self.problems)
            if when is not None and value is not None:
                options.append((when, value))
        self.last_is_default([item["when"] for item in items], path, "value")
        if len(options) < len(items):
            return None
        kinds = {option.kind for _, option in options if not _bare_zero(option)}
        if len(kinds) > 1:
            self.complain(path, "the values of this ladder have different dimensions", "one dimension")
            return None
        kind = next(iter(kinds), options[0][1].kind)
        return t.Choose(self.document.where(path), " / ".join(str(item["value"]) for item in items), kind, tuple(options))

    def last_is_default(self, whens: list[Any], path: DataPath, thing: str) -> None:
        """Note a problem unless exactly the last line says `otherwise`."""
        defaults = [at for at, when in enumerate(whens) if when == OTHERWISE]
        if not defaults:
            self.complain(path, f"no {thing} is the default", "a last line with `when: otherwise`", "write the default")
        for at in defaults[:-1] if len(defaults) > 1 else []:
            self.complain((*path, at, "when"), f"a second default: this {thing} hides all below it", "one `otherwise`")
        if len(defaults) == 1 and defaults[0] != len(whens) - 1:
            self.complain((*path, defaults[0], "when"), "`otherwise` hides the lines below it", "`otherwise` last")

    def ladder(self, name: str, data: Mapping[str, Any], path: DataPath, scope: Scope, unknown: str) -> t.Ladder:
        """Return the ladder in `data["classes"]`."""
        items, path = data["classes"], (*path, "classes")
        clauses = [self.clause(item, (*path, at), scope) for at, item in enumerate(items)]
        self.last_is_default([item["when"] for item in items], path, "class")
        kept = tuple(clause for clause in clauses if clause is not None)
        return t.Ladder(self.document.where(path), name, name, kept, str(data.get("unknown", unknown)))

    def clause(self, item: Mapping[str, Any], path: DataPath, scope: Scope) -> t.Clause | None:
        when = self.when(item["when"], (*path, "when"), scope)
        if when is None:
            return None
        label = str(item["class"])
        where = self.document.where((*path, "class"))
        return t.Clause(where, when.text, label, str(item.get("name", label)), when, str(item.get("cite", "")))

    def table(self, data: Mapping[str, Any], path: DataPath, scope: Scope, unknown: str) -> t.Ladder:
        """Return the decision table in `data` as a ladder, one clause a row."""
        columns: list[str] = data["columns"]
        self.columns(columns, (*path, "columns"), scope)
        clauses = []
        for at, row in enumerate(data["rows"]):
            clause = self.row(columns, row, (*path, "rows", at), scope)
            clauses += [clause] if clause else []
        self.overlaps(data, path)
        return t.Ladder(self.document.where(path), "class", "class", tuple(clauses), unknown)

    def columns(self, columns: list[str], path: DataPath, scope: Scope) -> None:
        for at, name in enumerate(columns[:-1]):
            entry = scope.names.get(name)
            if entry is None or entry.meaning not in {"class", "condition"}:
                known = [name for name, entry in scope.names.items() if entry.meaning in {"class", "condition"}]
                self.complain((*path, at), f"`{name}` is not a component or a condition", listed(known), nearest(name, known))
        if columns[-1] != "class":
            self.complain((*path, len(columns) - 1), f"the last column is `{columns[-1]}`", "`class`")

    def row(self, columns: list[str], row: list[Any], path: DataPath, scope: Scope) -> t.Clause | None:
        if len(row) != len(columns):
            self.complain(path, f"the row has {len(row)} cells", f"{len(columns)} cells: {', '.join(columns)}")
            return None
        parts = []
        for at, (name, cell) in enumerate(zip(columns[:-1], row[:-1], strict=True)):
            entry = scope.names.get(name)
            if entry is None or str(cell) == "any":
                continue
            part = self.cell(name, cell, entry, (*path, at), scope)
            if part is None:
                return None
            parts.append(part)
        where = self.document.where((*path, len(row) - 1))
        cells = [(name, cell) for name, cell in zip(columns[:-1], row[:-1], strict=True) if str(cell) != "any"]
        text = " and ".join(f"{name} is {str(cell).lower() if isinstance(cell, bool) else cell}" for name, cell in cells)
        when: t.Condition = t.All(where, text, tuple(parts)) if parts else t.Always(where, OTHERWISE)
        return t.Clause(where, text or OTHERWISE, str(row[-1]), str(row[-1]), when, "")

    def cell(self, name: str, cell: Any, entry: Entry, path: DataPath, scope: Scope) -> t.Condition | None:
        if entry.meaning == "condition":
            if not isinstance(cell, bool):
                self.complain(path, f"`{cell}` in a column of yes or no", "`true`, `false` or `any`")
                return None
            rule = t.Rule(self.document.where(path), name, name, entry.level)
            return rule if cell else t.Not(self.document.where(path), f"not {name}", rule)
        return lower_condition(f"{name} is {cell}", self.document.shifted(path, len(name) + 4), path, scope, self.problems)

    def overlaps(self, data: Mapping[str, Any], path: DataPath) -> None:
        seen: dict[tuple[str, ...], int] = {}
        for at, row in enumerate(data["rows"]):
            key = tuple(str(cell) for cell in row[:-1])
            if key in seen:
                self.complain((*path, "rows", at), f"the same cells as row {seen[key] + 1}", "each combination once")
            seen.setdefault(key, at)


def _bare_zero(value: t.Expression) -> bool:
    return isinstance(value, t.Constant) and value.value == 0 and value.kind.dimension == "number"
