"""Observations that nobody measured, computed from one that was: from its value, others of the same day, the patient.

A form names the unit of the rows it is computed from (`unit`), what stands beside them (`with`) and the `value`, in the
unit `gives`. A term that lists it under `derived` grades those rows by its band in that unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.kinds import NUMBER, described
from criterium.language.lowering.ladders import Ladders
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import nearest
from criterium.language.sentences.expressions import lower_value
from criterium.language.sentences.scope import Entry, Scope
from criterium.language.units import UnknownUnit, spellings, unit

NOT_GIVEN = "limit of the derived value"


@dataclass
class Derivations(Ledger):
    """Lowers the derived observations of one document, noting problems."""

    scope: Scope

    def forms(self) -> dict[str, list[t.Derived]]:
        """Return the forms of each derived observation."""
        data = self.mapping(self.document.data, "derived", ())
        return {name: list(self.of_one(name, body, ("derived", name))) for name, body in data.items()}

    def of_one(self, name: str, body: Mapping[str, Any], path: DataPath) -> Iterator[t.Derived]:
        if not self.sound(path):
            return
        reads = tuple(str(word) for word in body["tests"])
        for place, form in self.entries(body, "forms", path):
            beside = tuple(self.beside(form, place))
            scope = self.scope.with_names(same_day(self.mapping(form, "with", place)))
            value = self.value(form["value"], (*place, "value"), scope)
            own = self.unit_name(form["unit"], (*place, "unit"))
            gives = self.unit_name(form.get("gives", form["unit"]), (*place, "gives" if "gives" in form else "unit"))
            if value is not None and own and gives:
                says, where = f"{name} from {reads[0]} in {own}", self.document.where(place)
                yield t.Derived(where, says, name, reads, own, gives, value, beside, "gives" not in form)

    def beside(self, form: Mapping[str, Any], path: DataPath) -> Iterator[t.SameDay]:
        for name, body in self.mapping(form, "with", path).items():
            place = (*path, "with", name)
            spelled = self.unit_name(body["unit"], (*place, "unit"))
            if spelled:
                yield t.SameDay(self.document.key(place), name, name, tuple(str(one) for one in body["tests"]), spelled)

    def value(self, data: Any, path: DataPath, scope: Scope) -> t.Expression | None:
        if isinstance(data, list):
            found = Ladders(self.document, self.problems).choose(data, path, scope)
        else:
            found = lower_value(str(data), self.document, path, scope, self.problems)
        if found is not None and found.kind.sort != "number":
            self.complain(path, f"`{found.text}` is {described(found.kind)}", "a number")
        return found

    def unit_name(self, text: Any, path: DataPath) -> str:
        try:
            return unit(str(text)).name
        except UnknownUnit:
            remedy = nearest(str(text), spellings()) or "units are written in UCUM: `g/dL`, `mmol/L`"
            self.complain(path, f"`{text}` is not a unit", "a unit", remedy)
            return ""


def same_day(data: Mapping[str, Any]) -> dict[str, Entry]:
    """Return the names of other results of the day, as a sentence sees them."""
    return {name: Entry("field", NUMBER, "step") for name in data}


def computed(branch: t.Branch, form: t.Derived) -> t.Branch:
    """Return the branch of a term for rows from which its observation is computed: `value` is what the form computes.

    Limits of normal are those of the rows; where the derived value has another unit it has no limits.
    """
    value = replace(form.value, text=form.name)

    def swap(node: t.Node) -> t.Node:
        if isinstance(node, t.Field) and node.name == "value":
            return value
        if isinstance(node, t.Field) and node.name in {"lln", "uln"} and not form.limits:
            return replace(node, name=NOT_GIVEN)
        return node

    ladder = swapped(branch.ladder, swap, {})
    return replace(
        branch,
        reads=form.reads,
        unit=form.unit,
        ladder=ladder,
        derived=form.name,
        beside=(*branch.beside, *form.beside),
    )


def swapped(part: Any, swap: Callable[[t.Node], t.Node], made: dict[int, Any] | None = None) -> Any:
    """Return a part of a tree (a node, or a tuple of parts) with `swap` of every node of it.

    With a table `made`, a node that stands at several places stays one node.
    """
    if isinstance(part, tuple):
        return tuple(swapped(one, swap, made) for one in part)
    if not isinstance(part, t.Node):
        return part
    if made is not None and id(part) in made:
        return made[id(part)]
    changed = swap(part)
    if changed is part:
        inner = {field.name: getattr(part, field.name) for field in fields(part)}
        moved = {name: swapped(one, swap, made) for name, one in inner.items() if isinstance(one, (t.Node, tuple))}
        changed = part if moved == {name: inner[name] for name in moved} else replace(part, **moved)
    if made is not None:
        made[id(part)] = changed
    return changed
