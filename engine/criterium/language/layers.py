"""Layers: the measures, conditions and ladders of one level, in the order in which they can use one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from criterium.language import tree as t
from criterium.language.decision_tables import DecisionTables
from criterium.language.document import DataPath
from criterium.language.expressions import lower_measure
from criterium.language.kinds import TRUTH
from criterium.language.ladders import Ladders, labels
from criterium.language.ledger import Ledger
from criterium.language.scope import Entry, Names, Scope, broken
from criterium.language.sentences import is_name

# A ladder of a layer: its data, and where that stands.
Found = Mapping[str, tuple[Any, DataPath]]
Measures = tuple[dict[str, t.Expression], dict[str, Entry], dict[str, tuple[str, Fraction]]]
_ALREADY = {"field": "a column", "class": "a component", "measure": "a measure", "condition": "a condition"}


class Layers(Ledger):
    """Lowers the layers of one document, noting problems."""

    def layer(self, data: Any, path: DataPath, scope: Scope, unknown: str) -> tuple[t.Layer, Names]:
        """Return a layer and the names it adds: its classes, measures and conditions."""
        unknown = str(data.get("unknown", unknown)) if isinstance(data, dict) else unknown
        ladders = self.ladders(data, path)
        for name in ladders:
            self.refuse_taken(name, (*path, "components", name), scope)
        seen = scope.with_names({name: _class(body, unknown, scope) for name, (body, _) in ladders.items()})
        measures, added, units = self.measures(self.mapping(data, "measures", path), (*path, "measures"), seen)
        seen = seen.with_names(added)
        rules, ruled = self.conditions(self.mapping(data, "conditions", path), (*path, "conditions"), seen)
        seen = seen.with_names(ruled)
        built = {name: made for name in ladders if (made := self.ladder(name, ladders, seen, unknown))}
        layer = t.Layer(self.document.where(path), "", measures, rules, built, units)
        return layer, {name: entry for name, entry in seen.names.items() if scope.names.get(name) is not entry}

    # --- ladders ----------------------------------------------------------------------------------------------------
    def ladders(self, data: Any, path: DataPath) -> Found:
        """Return the ladders of a layer by name: its components, then what gives the class."""
        found: dict[str, tuple[Any, DataPath]] = {}
        for name, body in self.mapping(data, "components", path).items():
            found[name] = (body, (*path, "components", name))
        if not isinstance(data, dict):
            return found
        if "classes" in data and "table" in data:
            self.complain_of_key((*path, "table"), "both `classes` and `table`", "one of them")
        if "classes" in data:
            found["class"] = (data, path)
        elif "table" in data:
            found["class"] = (data["table"], (*path, "table"))
        return found

    def ladder(self, name: str, ladders: Found, scope: Scope, unknown: str) -> t.Ladder | None:
        body, path = ladders[name]
        if isinstance(body, dict) and "classes" in body:
            return Ladders(self.document, self.problems).ladder(name, body, path, scope, unknown)
        if not self.sound(path):
            return None
        return DecisionTables(self.document, self.problems).table(body, path, scope, unknown)

    # --- names ------------------------------------------------------------------------------------------------------
    def measures(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> Measures:
        """Return named values, the names they add, and the unit each is shown in with its factor."""
        found: dict[str, t.Expression] = {}
        names: dict[str, Entry] = {}
        units: dict[str, tuple[str, Fraction]] = {}
        for at, (name, body) in enumerate(data.items()):
            inner = (*path, name)
            self.refuse_taken(name, inner, scope)
            seen = replace(scope.with_names(names), later=frozenset(list(data)[at:]))
            made = self.measure(body, inner, seen) if self.sound(inner) else None
            names[name] = Entry("measure", made[0].kind, scope.level) if made else broken(scope.level)
            if made:
                found[name], units[name] = made[0], made[1:]
        return found, names, units

    def measure(self, body: Any, path: DataPath, scope: Scope) -> tuple[t.Expression, str, Fraction] | None:
        if not isinstance(body, list):
            return lower_measure(str(body), self.document, path, scope, self.problems)
        value = Ladders(self.document, self.problems).choose(body, path, scope)
        return (value, "", Fraction(1)) if value is not None else None

    def conditions(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> tuple[dict[str, t.Condition], Names]:
        """Return named conditions and the names they add."""
        rules: dict[str, t.Condition] = {}
        names: dict[str, Entry] = {}
        for at, (name, body) in enumerate(data.items()):
            inner = (*path, name)
            self.refuse_taken(name, inner, scope)
            seen = replace(scope.with_names(names), later=frozenset(list(data)[at:]))
            made = Ladders(self.document, self.problems).when(body, inner, seen) if self.sound(inner) else None
            if made is not None:
                rules[name] = made
            names[name] = Entry("condition", TRUTH, scope.level)
        return rules, names

    def refuse_taken(self, name: str, path: DataPath, scope: Scope) -> None:
        """Note a problem if a name means something else already, or is a word of the language."""
        taken = scope.names.get(name)
        if taken is not None:
            what = f"`{name}` is {_ALREADY.get(taken.meaning, 'a parameter')} already"
            self.complain_of_key(path, what, "a name of its own", "choose another name")
        elif name != "class" and not is_name(name):
            self.complain_of_key(
                path, f"`{name}` is a word of the language", "a name of its own", "choose another name"
            )


def _class(body: Any, unknown: str, scope: Scope) -> Entry:
    last = str(body.get("unknown", unknown)) if isinstance(body, dict) else unknown
    given = labels(body)
    if not given:
        return broken(scope.level)
    return Entry("class", t.Kind("label", "", tuple(dict.fromkeys([*given, last]))), scope.level)
