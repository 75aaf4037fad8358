"""Choices of members: which rows of a step are picked out, in what order, how many of each kind, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.lowering.layers import Layers
from criterium.language.problems import listed
from criterium.language.sentences.expressions import lower_collection, lower_first, lower_quota
from criterium.language.sentences.scope import Scope
from criterium.language.tables import Table


class Choices(Layers):
    """Lowers the choices of one document, noting problems."""

    def choices(self, scope: Scope, of: Table | None) -> dict[str, t.Choice]:
        """Return the choices by name, as a step sees its members; each can choose from those above it."""
        data = self.mapping(self.document.data, "chosen", ())
        if of is None or not of.member:
            if data and of is not None:
                remedy = "choose rows with `where`"
                self.complain_of_key(("chosen",), f"{of.plural} have no members to choose from", "", remedy)
            return {}
        found: dict[str, t.Choice] = {}
        for name, body in data.items():
            path = ("chosen", name)
            self.refuse_taken(name, path, scope)
            self.refuse_adjective(name, path, of)
            if self.sound(path) and (made := self.choice(body, path, replace(scope, chosen=found))) is not None:
                found = {**found, name: made}
        return found

    def refuse_adjective(self, name: str, path: DataPath, of: Table) -> None:
        """Note a problem if a name describes the rows already."""
        words = [word for column in of.columns.values() if column.adjective for word in column.values]
        if name in {"baseline", *words}:
            what = f"`{name}` describes {of.plural} already"
            self.complain_of_key(path, what, "a word of its own", "choose another name")

    def choice(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> t.Choice | None:
        """Return the choice that `data` describes."""
        of = lower_collection(str(data["of"]), self.document, (*path, "of"), scope, self.problems)
        if of is None or self.is_strange(of, (*path, "of"), scope):
            return None
        rows = scope.rows(scope.tables[of.table])
        first = lower_first(str(data["first"]), self.document, (*path, "first"), rows, self.problems)
        said = data["most"] if isinstance(data["most"], list) else [data["most"]]
        places = [(*path, "most", at) if isinstance(data["most"], list) else (*path, "most") for at in range(len(said))]
        pairs = zip(said, places, strict=True)
        quotas = [lower_quota(str(one), self.document, place, rows, self.problems) for one, place in pairs]
        whole = tuple(quota for quota in quotas if quota is not None)
        if first is None or len(whole) < len(quotas):
            return None
        how, by = first
        return t.Choice(self.document.key(path), str(path[-1]), of, how, by, whole, data["kept"])

    def is_strange(self, of: t.Collection, path: DataPath, scope: Scope) -> bool:
        """Say whether a collection is not one of members, after noting the problem."""
        if of.own == "members":
            return False
        table = scope.tables[scope.of or ""]
        known = [table.plural, *(f"{name} {table.plural}" for name in scope.chosen)]
        self.complain(path, f"`{of.text}` are no members of a step", listed(known), f"write `of: {table.plural}`")
        return True
