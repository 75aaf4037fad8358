"""A checked document becomes a criterion: names, units, levels and types settled, every problem noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from criterium.language import tree as t
from criterium.language.bands import branches
from criterium.language.times import Times
from criterium.language.expressions import described, lower_choices, lower_collection, lower_measure, lower_value
from criterium.language.ladders import Ladders
from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.language.scope import DATE, NUMBER, Entry, Scope, columns_of
from criterium.language.source import DataPath, Document
from criterium.language.table_checks import gaps
from criterium.language.tables import Table
from criterium.language.uses import needs_of, refuse_circles

Names = dict[str, Entry]


def lower(document: Document, tables: Mapping[str, Table]) -> t.Criterion:
    """Return the criterion in a document that has passed the schema; raise Refused with every problem of meaning."""
    lowering = _Lowering(document, tables, [])
    criterion = lowering.criterion()
    if lowering.problems:
        raise Refused(lowering.problems)
    assert criterion is not None
    return criterion


def setting(criterion: t.Criterion, name: str, text: str, where: Document) -> t.Setting:
    """Return parameter `name` of a criterion with the value that `text` says; raise Refused if it does not fit."""
    old = criterion.parameters.get(name)
    if old is None:
        what = f"`{criterion.id}` has no parameter `{name}`"
        raise Refused([Problem(where.where(()), what, listed(criterion.parameters), nearest(name, criterion.parameters))])
    problems: list[Problem] = []
    data = {"value": text, **({"one_of": list(old.kind.words)} if old.kind.sort == "label" else {})}
    new = _Lowering(where, {}, problems).setting(name, data, ())
    if new is not None and new.kind != old.kind:
        what = f"`{text}` is {described(new.kind)}"
        problems.append(Problem(where.where(()), what, f"{described(old.kind)}, as in `{shown(old)}`"))
    if problems or new is None:
        raise Refused(problems)
    return replace(old, value=new.value, unit=new.unit, text=new.text)


def shown(given: t.Setting) -> str:
    """Return a parameter's value as it was written: `50 percent`, `required`."""
    return given.text


def content_hash(data: Any) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of what the data says; formatting and key order do not count."""
    plain = json.dumps(data, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value.normalize())
    raise TypeError(value)


@dataclass
class _Lowering:
    document: Document
    tables: Mapping[str, Table]
    problems: list[Problem]

    @property
    def data(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.document.data)

    def complain(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, expected, remedy))

    # --- the whole --------------------------------------------------------------------------------------------------
    def criterion(self) -> t.Criterion | None:
        data = self.data
        of = self.step_table()
        settings = self.settings()
        scope = self.outer_scope(settings, of)
        also = self.also(scope)
        members, inner = self.members(scope, of)
        stepwise = data["each"] not in {"course", "patient"}
        step_scope = self.step_scope(scope, of, inner)
        steps, step_names = self.layer(data, (), step_scope) if stepwise else (self.empty_layer(), {})
        course_data = data.get("course", {}) if stepwise else data
        course_path: DataPath = ("course",) if stepwise else ()
        course_scope = replace(scope, inner={**step_scope.names, **step_names} if stepwise else {})
        course, course_names = self.layer(course_data, course_path, course_scope)
        found = branches(self.document, self.problems, step_scope.with_names(step_names), str(data.get("unknown", "unknown")))
        time = Times(self.document, self.problems, course_scope.with_names(course_names)).time()
        until = self.until(course_scope, step_names)
        self.order(steps, course)
        if self.problems:
            return None
        whole = t.Criterion(
            where=self.document.where(()),
            text=str(data["id"]),
            id=str(data["id"]),
            version=str(data["version"]),
            hash=content_hash({key: value for key, value in data.items() if key != "examples"}),
            title=str(data["title"]),
            kind=str(data["kind"]),
            each=str(data["each"]),
            of=of.name if of else None,
            also=also,
            sources=tuple(self.source(entry) for entry in data.get("source", [])),
            parameters=settings,
            members=members,
            steps=steps,
            course=course,
            until=until,
            order=tuple(str(word) for word in data.get("order", [])),
            branches=found,
            time=time,
            claims=tuple(str(claim) for claim in data.get("claims", [])),
            examples=tuple(data.get("examples", [])),
            needs={},
        )
        self.problems += refuse_circles(whole)
        return replace(whole, needs=needs_of(whole, self.tables))

    def step_table(self) -> Table | None:
        name = self.data.get("of")
        if name is None:
            if self.data["each"] not in {"course", "patient"}:
                self.complain(("each",), f"`each: {self.data['each']}` of what?", "`of:` with a table", "add `of: lesions`")
            return None
        table = self.tables.get(str(name))
        if table is None:
            known = listed(sorted(self.tables))
            self.complain(("of",), f"`{name}` is not a table", known, nearest(str(name), self.tables))
        return table

    def source(self, entry: Mapping[str, Any]) -> t.Source:
        confidence = str(entry["confidence"])
        if "certainty" in entry:
            confidence += f" {entry['certainty']}"
        return t.Source(str(entry["cite"]), str(entry["for"]), confidence)

    # --- parameters -------------------------------------------------------------------------------------------------
    def settings(self) -> dict[str, t.Setting]:
        found = {}
        for name, data in self.data.get("parameters", {}).items():
            made = self.setting(name, data, ("parameters", name))
            if made is not None:
                found[name] = made
        return found

    def setting(self, name: str, data: Mapping[str, Any], path: DataPath) -> t.Setting | None:
        text = str(data["value"])
        value_path = (*path, "value") if path else path
        about = (str(data.get("means", "")), str(data.get("cite", "")), _confidence(data))
        where = self.document.where(value_path)
        if "one_of" in data:
            words = tuple(str(word) for word in data["one_of"])
            if text not in words:
                self.complain(value_path, f"`{text}` is not a choice of `{name}`", listed(words), nearest(text, words))
            return t.Setting(where, text, name, t.Kind("label", "", words), text, "", *about)
        if not text or not (text[0].isdigit() or text[0] == "-"):
            remedy = "a reading that is a word needs `one_of`"
            self.complain(value_path, f"`{text}` is not a quantity", "a number with a unit, such as `50 percent`", remedy)
            return None
        value = lower_value(text, self.document, value_path, Scope("course", {}, {}), self.problems)
        if not isinstance(value, t.Constant):
            if value is not None:
                self.complain(value_path, f"`{text}` is not one quantity", "a number with a unit")
            return None
        spelled = text.split(" ", 1)[1] if " " in text else ""
        return t.Setting(where, text, name, value.kind, value.value, spelled, *about)

    # --- scopes -----------------------------------------------------------------------------------------------------
    def outer_scope(self, settings: Mapping[str, t.Setting], of: Table | None) -> Scope:
        names: Names = {name: Entry("parameter", made.kind, "course") for name, made in settings.items()}
        names["start"] = Entry("field", DATE, "course")
        each = str(self.data["each"])
        plural = each + "s"
        order = tuple(str(word) for word in self.data.get("order", []))
        return Scope("course", names, self.tables, of.name if of else None, plural, {}, order)

    def step_scope(self, scope: Scope, of: Table | None, inner: Names) -> Scope:
        if of is None:
            return scope
        own = {"date": Entry("field", DATE, "step")} if of.member else columns_of(of, "step")
        return replace(scope, level="step", names={**scope.names, **own}, inner=inner)

    def members(self, scope: Scope, of: Table | None) -> tuple[dict[str, t.Expression], Names]:
        if of is None or not of.member:
            if "members" in self.data:
                self.complain(("members",), "these steps have no members", "`of:` a table with members, such as lesions")
            return {}, {}
        names = columns_of(of, "row")
        row_scope = replace(scope, level="row", names={**scope.names, **names})
        found, added, _ = self.measures(self.data.get("members", {}), ("members",), row_scope)
        return found, {**names, **added}

    def also(self, scope: Scope) -> tuple[t.Collection, ...]:
        found = []
        for at, text in enumerate(self.data.get("also", [])):
            made = lower_collection(str(text), self.document, ("also", at), replace(scope, stepped=""), self.problems)
            found += [made] if made else []
        return tuple(found)

    # --- layers -----------------------------------------------------------------------------------------------------
    def empty_layer(self) -> t.Layer:
        return t.Layer(self.document.where(()), "", {}, {}, {}, {})

    def layer(self, data: Mapping[str, Any], path: DataPath, scope: Scope) -> tuple[t.Layer, Names]:
        """Return a layer and the names it adds: measures, conditions, then ladders, in the order of the file."""
        unknown = str(data.get("unknown", self.data.get("unknown", "unknown")))
        ladders = dict(self.ladder_data(data, path))
        classes = {name: Entry("class", t.Kind("label", "", labels), scope.level) for name, labels in self.labels(ladders, unknown)}
        conditions = data.get("conditions", {})
        seen = scope.with_names(classes)
        measures, added, units = self.measures(data.get("measures", {}), (*path, "measures"), seen)
        seen = seen.with_names(added)
        rules: dict[str, t.Condition] = {}
        for at, (name, body) in enumerate(conditions.items()):
            self.refuse_taken(name, (*path, "conditions", name), seen)
            later = frozenset(list(conditions)[at:])
            made = self.ladders().when(body, (*path, "conditions", name), replace(seen, later=later))
            if made is not None:
                rules[name] = made
            seen = seen.with_names({name: Entry("condition", t.Kind("truth"), scope.level)})
        built = {name: self.ladder(name, body, where, seen, unknown) for name, (body, where) in ladders.items()}
        layer = t.Layer(self.document.where(path), "", measures, rules, built, units)
        return layer, {name: entry for name, entry in seen.names.items() if name not in scope.names}

    def ladders(self) -> Ladders:
        return Ladders(self.document, self.problems)

    def ladder_data(self, data: Mapping[str, Any], path: DataPath) -> Iterator[tuple[str, tuple[Mapping[str, Any], DataPath]]]:
        for name, body in data.get("components", {}).items():
            yield name, (body, (*path, "components", name))
        if "classes" in data and "table" in data:
            self.complain((*path, "table"), "both `classes` and `table`", "one of them")
        if "classes" in data:
            yield "class", (data, path)
        elif "table" in data:
            yield "class", (data["table"], (*path, "table"))

    def labels(self, ladders: Mapping[str, Any], unknown: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name, (body, _) in ladders.items():
            given = [str(row[-1]) for row in body["rows"]] if "rows" in body else [str(c["class"]) for c in body["classes"]]
            yield name, tuple(dict.fromkeys([*given, str(body.get("unknown", unknown))]))

    def ladder(self, name: str, body: Mapping[str, Any], path: DataPath, scope: Scope, unknown: str) -> t.Ladder:
        if "rows" in body:
            made = self.ladders().table(body, path, scope, unknown)
            self.problems += gaps(made, scope, body, self.document, path)
            return made
        return self.ladders().ladder(name, body, path, scope, unknown)

    def measures(
        self, data: Mapping[str, Any], path: DataPath, scope: Scope
    ) -> tuple[dict[str, t.Expression], Names, dict[str, tuple[str, Fraction]]]:
        found: dict[str, t.Expression] = {}
        names: Names = {}
        units: dict[str, tuple[str, Fraction]] = {}
        for at, (name, body) in enumerate(data.items()):
            self.refuse_taken(name, (*path, name), scope)
            seen = replace(scope.with_names(names), later=frozenset(list(data)[at:]))
            if isinstance(body, list):
                value = self.ladders().choose(body, (*path, name), seen)
                made = value and (value, "", Fraction(1))
            else:
                made = lower_measure(str(body), self.document, (*path, name), seen, self.problems)
            if made:
                found[name], shown_in, factor = made
                units[name] = (shown_in, factor)
                names[name] = Entry("measure", made[0].kind, scope.level)
            else:
                names[name] = Entry("measure", t.Kind("label"), scope.level)
        return found, names, units

    def refuse_taken(self, name: str, path: DataPath, scope: Scope) -> None:
        if name in scope.names:
            where = self.document.key(path)
            what = f"`{name}` already is a {scope.names[name].meaning}"
            self.problems.append(Problem(where, what, "a name of its own", "choose another name"))

    # --- order, until, time -----------------------------------------------------------------------------------------
    def order(self, steps: t.Layer, course: t.Layer) -> None:
        known = {label for layer in (steps, course) for ladder in layer.ladders.values() for label in ladder.labels}
        words = [str(word) for word in self.data.get("order", [])]
        for at, word in enumerate(words):
            if word not in known:
                self.complain(("order", at), f"`{word}` is not a class of this criterion", listed(sorted(known)), nearest(word, known))
            if word in words[:at]:
                self.complain(("order", at), f"`{word}` a second time", "each class once")

    def until(self, scope: Scope, step_names: Names) -> tuple[str, ...]:
        course = self.data.get("course", {})
        if "until" not in course or "class" not in step_names:
            return ()
        allowed = step_names["class"].kind.words
        return lower_choices(str(course["until"]), self.document, ("course", "until"), scope, self.problems, allowed)

def _confidence(data: Mapping[str, Any]) -> str:
    word = str(data.get("confidence", ""))
    return f"{word} {data['certainty']}" if "certainty" in data else word


__all__ = ["NUMBER", "content_hash", "lower", "setting", "shown"]
