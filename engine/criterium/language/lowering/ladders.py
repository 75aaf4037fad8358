"""Ladders and nested conditions: data becomes clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.kinds import bare_zero, described
from criterium.language.lowering.ledger import Ledger
from criterium.language.sentences.expressions import lower_condition, lower_value
from criterium.language.sentences.scope import Scope

OTHERWISE = "otherwise"


class Ladders(Ledger):
    """Lowers the conditions and ladders of one document, noting problems."""

    # --- conditions -------------------------------------------------------------------------------------------------
    def when(self, data: Any, path: DataPath, scope: Scope) -> t.Condition | None:
        """Return the condition in `data`: a sentence, a list (all of them), or a mapping with all, any or not."""
        if isinstance(data, str):
            return lower_condition(data, self.document, path, scope, self.problems)
        if isinstance(data, list):
            return self.joined("all", data, path, scope)
        return self.nested(data, path, scope)

    def nested(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> t.Condition | None:
        key, body = next(iter(data.items()))
        if key == "not":
            inner = self.when(body, (*path, key), scope)
            return inner and t.Not(self.document.key((*path, key)), f"not ({inner.text})", inner)
        if isinstance(body, list):
            return self.joined(key, body, (*path, key), scope)
        return self.when(body, (*path, key), scope)

    def joined(self, how: str, items: list[Any], path: DataPath, scope: Scope) -> t.Condition | None:
        parts = [self.when(item, (*path, at), scope) for at, item in enumerate(items)]
        for at, item in enumerate(items):
            if item == OTHERWISE:
                self.complain((*path, at), "`otherwise` beside other conditions", "`when: otherwise` alone")
        whole = tuple(part for part in parts if part is not None)
        if not whole or len(whole) < len(parts):
            return None
        if len(whole) == 1:
            return whole[0]
        word = " and " if how == "all" else " or "
        text = word.join(f"({part.text})" if isinstance(part, (t.All, t.Some)) else part.text for part in whole)
        join = t.All if how == "all" else t.Some
        return join(self.document.where(path), text, whole)

    # --- values -----------------------------------------------------------------------------------------------------
    def choose(self, items: list[Any], path: DataPath, scope: Scope) -> t.Expression | None:
        """Return the value ladder in `items`, entries of `value` and `when`."""
        found = [self.option(item, (*path, at), scope) for at, item in enumerate(items)]
        self.last_is_default([item["when"] for item in items], path, "value")
        options = tuple(option for option in found if option is not None)
        if len(options) < len(items):
            return None
        kind = next((value.kind for _, value in options if not _of_any_kind(value)), options[0][1].kind)
        options = tuple((when, replace(one, kind=kind) if isinstance(one, t.Missing) else one) for when, one in options)
        for at, (_, value) in enumerate(options):
            if value.kind != kind and not bare_zero(value):
                what = f"`{value.text}` is {described(value.kind)}, a value above it is {described(kind)}"
                self.complain((*path, at, "value"), what, "values of one dimension")
                return None
        text = " / ".join(str(item["value"]) for item in items)
        return t.Choose(self.document.where(path), text, kind, options)

    def option(self, item: Any, path: DataPath, scope: Scope) -> tuple[t.Condition, t.Expression] | None:
        when = self.when(item["when"], (*path, "when"), scope)
        value = lower_value(str(item["value"]), self.document, (*path, "value"), scope, self.problems)
        return None if when is None or value is None else (when, value)

    # --- ladders ----------------------------------------------------------------------------------------------------
    def last_is_default(self, whens: Sequence[Any], path: DataPath, thing: str) -> None:
        """Note a problem unless exactly the last line says `otherwise`."""
        defaults = [at for at, when in enumerate(whens) if _is_default(when)]
        if not defaults:
            last = (*path, len(whens) - 1) if whens else path
            self.complain(last, f"no {thing} is the default", "`when: otherwise` in the last line", "write the default")
        for at in defaults:
            if at < len(whens) - 1:
                remedy = "the default comes last" if len(defaults) == 1 else "keep one default, the last"
                what = f"`otherwise` before the end: no {thing} below it can be reached"
                self.complain((*path, at, "when"), what, "a condition", remedy)

    def ladder(self, name: str, data: Mapping[str, Any], path: DataPath, scope: Scope, unknown: str) -> t.Ladder:
        """Return the ladder in `data["classes"]`; clauses that do not fit the format or have problems are left out."""
        path = (*path, "classes")
        entries = data["classes"] if isinstance(data["classes"], list) else []
        sound = [(at, item) for at, item in enumerate(entries) if self.sound((*path, at))]
        clauses = [self.clause(item, (*path, at), scope) for at, item in sound]
        if sound and len(sound) == len(entries):
            self.last_is_default([item["when"] for item in entries], path, "class")
        kept = tuple(clause for clause in clauses if clause is not None)
        return t.Ladder(self.document.where(path), name, name, kept, str(data.get("unknown", unknown)))

    def clause(self, item: Mapping[str, Any], path: DataPath, scope: Scope) -> t.Clause | None:
        when = self.when(item["when"], (*path, "when"), scope)
        if when is None:
            return None
        label = str(item["class"])
        where = self.document.where((*path, "class"))
        name, cite = str(item.get("name", label)), str(item.get("cite", ""))
        return t.Clause(where, when.text, label, name, when, cite, self.saying(item, path))

    def saying(self, item: Mapping[str, Any], path: DataPath) -> t.Saying | None:
        """Return the sentence that a rung stands for, if it has one."""
        return t.Saying(self.document.where((*path, "says")), str(item["says"])) if "says" in item else None


def _of_any_kind(value: t.Expression) -> bool:
    return bare_zero(value) or isinstance(value, t.Missing)


def _is_default(when: Any) -> bool:
    return when == OTHERWISE or (isinstance(when, list) and OTHERWISE in when)


def labels(data: Any) -> tuple[str, ...]:
    """Return the classes that the clauses or rows in `data` name, as far as they can be read."""
    items = data.get("classes") if isinstance(data, dict) else None
    given = [item.get("class") for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    rows = data.get("rows") if isinstance(data, dict) else None
    given += [row[-1] for row in rows if isinstance(row, list) and row] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(word for word in given if isinstance(word, str)))
