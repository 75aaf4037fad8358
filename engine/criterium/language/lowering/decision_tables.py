"""Decision tables become ladders, one clause a row; over finite columns every combination of cells is counted."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.lowering.ladders import OTHERWISE
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import Problem, Where, listed, nearest
from criterium.language.sentences.expressions import lower_condition
from criterium.language.sentences.scope import Entry, Scope

ANY, CLASS = "any", "class"
MOST_COMBINATIONS = 20_000
_MOST_SHOWN = 3


class DecisionTables(Ledger):
    """Lowers the decision table of one document, noting problems."""

    def table(self, data: Mapping[str, Any], path: DataPath, scope: Scope, unknown: str) -> t.Ladder | None:
        """Return the decision table in `data` as a ladder, None if its columns are not in order."""
        columns = [str(name) for name in data["columns"]]
        if not self.in_order(columns, (*path, "columns")):
            return None
        good = self.columns(columns[:-1], (*path, "columns"), scope)
        rows = [self.row(columns, row, (*path, "rows", at), scope) for at, row in enumerate(data["rows"])]
        clauses = tuple(clause for clause in rows if clause is not None)
        ladder = t.Ladder(self.document.where(path), "class", "class", clauses, unknown)
        again = self.repeated(data["rows"], path)
        if good and not again and len(clauses) == len(rows):
            self.combinations(ladder, columns[:-1], str(data["hit"]), path, scope)
        return ladder

    def in_order(self, columns: list[str], path: DataPath) -> bool:
        """Note columns that stand twice and a class that is not last; return whether there is neither."""
        before = len(self.problems)
        for at, name in enumerate(columns):
            if name in columns[:at]:
                self.complain((*path, at), f"the column `{name}` a second time", "each column once", "remove it")
        if columns[-1] != CLASS:
            at = columns.index(CLASS) if CLASS in columns else len(columns) - 1
            self.complain((*path, at), f"`{columns[at]}` is not in its place", f"`{CLASS}` as the last column")
        return len(self.problems) == before

    def columns(self, columns: list[str], path: DataPath, scope: Scope) -> bool:
        """Note what is wrong with the columns; return whether each has a finite set of cells."""
        finite = {"class", "condition"}
        known = [name for name, entry in scope.names.items() if entry.meaning in finite and name != CLASS]
        before = len(self.problems)
        for at, name in enumerate(columns):
            entry = scope.names.get(name)
            if name not in known and (entry is None or entry.meaning != "broken"):
                what = f"`{name}` is not a component or a condition"
                self.complain((*path, at), what, listed(known), nearest(name, known))
        return len(self.problems) == before and all(name in known for name in columns)

    def row(self, columns: list[str], row: list[Any], path: DataPath, scope: Scope) -> t.Clause | None:
        if len(row) != len(columns):
            self.complain(path, f"the row has {len(row)} cells", f"{len(columns)} cells: {', '.join(columns)}")
            return None
        if not isinstance(row[-1], str):
            self.complain((*path, len(row) - 1), f"`{_spoken(row[-1])}` is not a class", "a class, as the last cell")
            return None
        parts, told = [], []
        for at, (name, cell) in enumerate(zip(columns[:-1], row[:-1], strict=True)):
            entry = scope.names.get(name)
            if entry is not None and entry.meaning in {"class", "condition"} and str(cell) != ANY:
                parts.append(self.cell(name, cell, entry, (*path, at), scope))
                told.append(f"{name} is {_spoken(cell)}")
        kept = tuple(part for part in parts if part is not None)
        if len(kept) < len(parts):
            return None
        where = self.document.where((*path, len(row) - 1))
        text = " and ".join(told) or OTHERWISE
        when: t.Condition = t.All(where, text, kept) if kept else t.Always(where, OTHERWISE)
        return t.Clause(where, text, row[-1], row[-1], when, "")

    def cell(self, name: str, cell: Any, entry: Entry, path: DataPath, scope: Scope) -> t.Condition | None:
        """Return what one cell says of its column."""
        if entry.meaning == "condition":
            if not isinstance(cell, bool):
                self.complain(path, f"`{cell}` in a column of yes or no", "`true`, `false` or `any`")
                return None
            rule = t.Rule(self.document.where(path), name, name, entry.level)
            return rule if cell else t.Not(self.document.where(path), f"not {name}", rule)
        if isinstance(cell, bool):
            self.complain(path, f"`{_spoken(cell)}` in a column of classes", listed([*entry.kind.words, ANY]))
            return None
        ours = f"{name} is "
        return lower_condition(f"{ours}{cell}", self.document.behind(len(ours)), path, scope, self.problems)

    def repeated(self, rows: list[list[Any]], path: DataPath) -> bool:
        """Note every row whose cells stand in an earlier one; return whether there is any."""
        seen: dict[tuple[str, ...], int] = {}
        found = False
        for at, row in enumerate(rows):
            cells = tuple(_spoken(cell) for cell in row[:-1])
            if cells in seen:
                found = True
                first = self.document.where((*path, "rows", seen[cells])).line
                self.complain(
                    (*path, "rows", at),
                    "the same cells as an earlier row",
                    "each combination once",
                    f"see line {first}",
                )
            seen.setdefault(cells, at)
        return found

    # --- every combination ------------------------------------------------------------------------------------------
    def combinations(self, ladder: t.Ladder, columns: list[str], hit: str, path: DataPath, scope: Scope) -> None:
        """Note the combinations that no row answers or, if `hit` is unique, that two rows answer differently."""
        domains = [_domain(scope.names[name]) for name in columns]
        if prod(map(len, domains)) > MOST_COMBINATIONS:
            what = f"the columns have {prod(map(len, domains)):,} combinations"
            self.complain((*path, "columns"), what, f"at most {MOST_COMBINATIONS:,}", "split the table into components")
            return
        silent, disputed = [], dict[Where, list[str]]()
        for values in product(*domains):
            cells = dict(zip(columns, values, strict=True))
            hits = [clause for clause in ladder.clauses if _holds(clause.when, cells)]
            other = next((clause for clause in hits if clause.label != hits[0].label), None)
            spoken = ", ".join(f"{name} is {value}" for name, value in cells.items())
            if not hits:
                silent.append(spoken)
            if hit == "unique" and other is not None:
                disputed.setdefault(other.where, []).append(spoken)
        if silent and not self.declared():
            what = f"no row for: {_some(silent)}"
            self.complain_of_key((*path, "rows"), what, "a row for every combination", "add a row")
        self.disputed(disputed)

    def declared(self) -> bool:
        """Say whether the file declares that its table has a gap; what falls into it is unknown."""
        entries = self.entries(self.document.data, "expected", ())
        return any(entry["finding"] == "gap" and "classes" in _listed(entry["about"]) for _, entry in entries)

    def disputed(self, found: Mapping[Where, list[str]]) -> None:
        for where, combinations in found.items():
            what = f"a second answer for: {_some(combinations)}"
            self.problems.append(
                Problem(where, what, "one answer a combination", "narrow the row, or use `hit: first`")
            )


def _listed(about: Any) -> list[str]:
    return about if isinstance(about, list) else [str(about)]


def _some(combinations: list[str]) -> str:
    more = len(combinations) - _MOST_SHOWN
    return "; ".join(combinations[:_MOST_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def _spoken(cell: Any) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _domain(entry: Entry) -> tuple[str, ...]:
    return entry.kind.words if entry.meaning == "class" else ("true", "false")


def _holds(condition: t.Condition, cells: Mapping[str, str]) -> bool:
    if isinstance(condition, t.All):
        return all(_holds(part, cells) for part in condition.of)
    if isinstance(condition, t.Not):
        return not _holds(condition.of, cells)
    if isinstance(condition, t.OneOf) and isinstance(condition.of, t.Given):
        return cells[condition.of.ladder] in condition.words
    return cells[condition.name] == "true" if isinstance(condition, t.Rule) else isinstance(condition, t.Always)
