"""Layers: the measures, conditions and ladders of one level, in the order in which they can use one another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.kinds import TRUTH, bare_zero
from criterium.language.lowering.decision_tables import DecisionTables
from criterium.language.lowering.ladders import Ladders, labels
from criterium.language.lowering.ledger import Ledger
from criterium.language.sentences.expressions import lower_measure, lower_value
from criterium.language.sentences.parsing import is_name
from criterium.language.sentences.scope import Entry, Names, Scope, broken
from criterium.language.units import UnknownUnit, unit

# A ladder of a layer: its data, and where that stands.
Found = Mapping[str, tuple[Any, DataPath]]
Measures = tuple[dict[str, t.Expression], dict[str, Entry], dict[str, tuple[str, Fraction]]]
_HISTORY = re.compile(r"\b(previous|preceding|nadir|next|following|earlier|later)\b")
_ALREADY = {"field": "a column", "class": "a component", "measure": "a measure", "condition": "a condition"}


class Layers(Ledger):
    """Lowers the layers of one document, noting problems."""

    def layer(
        self, data: Any, path: DataPath, scope: Scope, unknown: str, called: str = "class"
    ) -> tuple[t.Layer, Names]:
        """Return a layer and the names it adds: its measures, conditions, components, and what gives the class."""
        unknown = str(data.get("unknown", unknown)) if isinstance(data, dict) else unknown
        ladders = self.ladders(data, path, called)
        for name in ladders:
            self.refuse_taken(name, path if name == called else (*path, "components", name), scope)
        seen = scope.with_names({name: _class(body, unknown, scope) for name, (body, _) in ladders.items()})
        stated = {name: Entry("condition", TRUTH, scope.level) for name in self.mapping(data, "conditions", path)}
        measures, added, units = self.measures(self.mapping(data, "measures", path), (*path, "measures"), seen, stated)
        seen = seen.with_names(added)
        rules, ruled = self.conditions(self.mapping(data, "conditions", path), (*path, "conditions"), seen)
        seen = seen.with_names(ruled)
        built = {name: made for name in ladders if (made := self.ladder(name, ladders, seen, unknown))}
        layer = t.Layer(self.document.where(path), "", measures, rules, built, units)
        return layer, {name: entry for name, entry in seen.names.items() if scope.names.get(name) is not entry}

    # --- ladders ----------------------------------------------------------------------------------------------------
    def ladders(self, data: Any, path: DataPath, called: str) -> Found:
        """Return the ladders of a layer by name: its components, then what gives the class."""
        found: dict[str, tuple[Any, DataPath]] = {}
        for name, body in self.mapping(data, "components", path).items():
            found[name] = (body, (*path, "components", name))
        if not isinstance(data, dict):
            return found
        if "classes" in data and "table" in data:
            self.complain_of_key((*path, "table"), "both `classes` and `table`", "one of them")
        if "classes" in data:
            found[called] = (data, path)
        elif "table" in data:
            found[called] = (data["table"], (*path, "table"))
        return found

    def ladder(self, name: str, ladders: Found, scope: Scope, unknown: str) -> t.Ladder | None:
        body, path = ladders[name]
        if isinstance(body, dict) and "classes" in body:
            return Ladders(self.document, self.problems).ladder(name, body, path, scope, unknown)
        if not self.sound(path):
            return None
        table = DecisionTables(self.document, self.problems).table(body, path, scope, unknown)
        return table and replace(table, name=name)

    # --- names ------------------------------------------------------------------------------------------------------
    def measures(
        self, data: Mapping[str, Any], path: DataPath, scope: Scope, stated: Names = MappingProxyType({})
    ) -> Measures:
        """Return named values, the names they add, and the unit each is shown in with its factor.

        `stated` are the conditions of the layer, which measures can read too.
        """
        told = self.foretold(data, path, scope.with_names(stated))
        found: dict[str, t.Expression] = {}
        names: dict[str, Entry] = {}
        units: dict[str, tuple[str, Fraction]] = {}
        for at, (name, body) in enumerate(data.items()):
            inner = (*path, name)
            self.refuse_taken(name, inner, scope)
            later = list(data)[at:]
            ahead = {one: told[one] for one in later if one in told}
            names_here = scope.with_names({**stated, **names})
            seen = replace(names_here, later=frozenset(later), own=name, ahead=ahead)
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

    def foretold(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> Names:
        """Return the measures whose type can be told before all of them are read, if any is read at another step."""
        told: dict[str, Entry] = {}
        if not _HISTORY.search(repr(data)):
            return told
        while more := {
            name: Entry("measure", kind, scope.level)
            for name, body in data.items()
            if name not in told and self.sound((*path, name))
            if (kind := self.kind(body, (*path, name), scope.with_names(told))) is not None
        }:
            told |= more
        return told

    def kind(self, body: Any, path: DataPath, scope: Scope) -> t.Kind | None:
        """Return the type of a measure from what of it can be read without names defined further down."""
        alone = replace(scope, blurred=True)
        if not isinstance(body, list):
            made = lower_measure(str(body), self.document, path, alone, [])
            return made[0].kind if made else _spelled(str(body))
        for at, item in enumerate(body):
            value = lower_value(str(item["value"]), self.document, (*path, at, "value"), alone, [])
            if value is not None and not bare_zero(value) and not isinstance(value, t.Missing):
                return value.kind
        return None

    def conditions(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> tuple[dict[str, t.Condition], Names]:
        """Return named conditions and the names they add."""
        rules: dict[str, t.Condition] = {}
        names: dict[str, Entry] = {}
        for at, (name, body) in enumerate(data.items()):
            inner = (*path, name)
            self.refuse_taken(name, inner, scope)
            later = list(data)[at:]
            ahead = {one: Entry("condition", TRUTH, scope.level) for one in later}
            seen = replace(scope.with_names(names), later=frozenset(later), own=name, ahead=ahead)
            made = Ladders(self.document, self.problems).when(body, inner, seen) if self.sound(inner) else None
            if made is not None:
                rules[name] = made
            names[name] = Entry("condition", TRUTH, scope.level)
        return rules, names

    def refuse_taken(self, name: str, path: DataPath, scope: Scope) -> None:
        """Note a problem if a name means something else already, or is a word of the language."""
        taken = scope.names.get(name)
        if name in scope.chosen:
            what = f"`{name}` is a choice of members already"
            self.complain_of_key(path, what, "a name of its own", "choose another name")
        elif taken is not None:
            what = f"`{name}` is {_ALREADY.get(taken.meaning, 'a parameter')} already"
            self.complain_of_key(path, what, "a name of its own", "choose another name")
        elif name != "class" and not is_name(name):
            self.complain_of_key(
                path, f"`{name}` is a word of the language", "a name of its own", "choose another name"
            )


def _spelled(text: str) -> t.Kind | None:
    """Return the type of a measure that says `in UNIT`."""
    _, said, spelled = text.rpartition(" in ")
    try:
        return t.Kind("number", unit(spelled.strip()).dimension) if said else None
    except UnknownUnit:
        return None


def _class(body: Any, unknown: str, scope: Scope) -> Entry:
    last = str(body.get("unknown", unknown)) if isinstance(body, dict) else unknown
    given = labels(body)
    if not given:
        return broken(scope.level)
    return Entry("class", t.Kind("label", "", tuple(dict.fromkeys([*given, last]))), scope.level)
