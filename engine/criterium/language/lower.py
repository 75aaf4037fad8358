"""A checked document becomes a criterion: names, units, levels and types settled, every problem noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.kinds import DATE, described
from criterium.language.lowering.bands import Bands
from criterium.language.lowering.choices import Choices
from criterium.language.lowering.circles import refuse_circles
from criterium.language.lowering.derived import Derivations
from criterium.language.lowering.layers import Layers
from criterium.language.lowering.ledger import Ledger
from criterium.language.lowering.orders import Orders
from criterium.language.lowering.parameters import Parameters
from criterium.language.lowering.rates import Rates
from criterium.language.lowering.stages import Stages, seen_from_course
from criterium.language.lowering.times import Times
from criterium.language.lowering.used import Uses, tables_of
from criterium.language.problems import Problem, Refused, listed, nearest
from criterium.language.sentences.expressions import lower_choices, lower_collection
from criterium.language.sentences.scope import Entry, Names, Scope, columns_of
from criterium.language.tables import Table, stepping
from criterium.language.uses import needs_of

# What gets a class without steps in between; all else is a step of a course.
WHOLE = ("course", "patient")
# What a file says of itself: it may grow in a released version, and the hash stays.
PROOF = ("examples", "claims", "expected")
# Dates that every course has: when it began, and the day up to which anything is known of the patient.
_OF_A_COURSE = {name: Entry("field", DATE, "course") for name in ("start", "as_of")}


def lower(document: Document, tables: Mapping[str, Table]) -> t.Criterion:
    """Return the criterion in a document; raise Refused with every problem, the document's own among them."""
    lowering = _Lowering(document, [], tables)
    criterion = lowering.criterion()
    problems = document.with_problems(lowering.problems).problems
    if problems or criterion is None:
        raise Refused(problems)
    return criterion


def lower_questions(document: Document, tables: Mapping[str, Table], given: Names) -> t.Criterion:
    """Return the measures and conditions in a document that decides nothing, such as the questions of a study.

    `given` are the names of a course that they can see besides its tables. Raises Refused with every problem.
    """
    lowering = _Questions(document, [], tables, given)
    criterion = lowering.criterion()
    if lowering.problems or criterion is None:
        raise Refused(lowering.problems)
    return criterion


def setting(criterion: t.Criterion, name: str, text: str, where: Document) -> t.Setting:
    """Return parameter `name` of a criterion with the value that `text` says; raise Refused if it does not fit."""
    old = criterion.parameters.get(name)
    if old is None:
        what = f"`{criterion.id}` has no parameter `{name}`"
        raise Refused(
            [Problem(where.where(()), what, listed(criterion.parameters), nearest(name, criterion.parameters))]
        )
    ledger = Parameters(where, [])
    data = {"value": text, **({"one_of": list(old.kind.words)} if old.kind.sort == "label" else {})}
    new = ledger.setting(name, data, ())
    if new is not None and new.kind != old.kind:
        ledger.complain((), f"`{text}` is {described(new.kind)}", f"{described(old.kind)}, as in `{shown(old)}`")
    if ledger.problems or new is None:
        raise Refused(ledger.problems)
    return replace(old, value=new.value, unit=new.unit, text=new.text)


def shown(given: t.Setting) -> str:
    """Return a parameter's value as it was written: `50 percent`, `required`."""
    return given.text


def hash_of(data: Mapping[str, Any]) -> str:
    """Return the hash of the whole document of a criterion, without what says nothing about what it decides."""
    return content_hash({key: value for key, value in data.items() if key not in PROOF})


def content_hash(data: Any) -> str:
    """Return twelve hexadecimal digits of the SHA-256 of what the data says; formatting and key order do not count."""
    plain = json.dumps(data, sort_keys=True, separators=(",", ":"), default=_plain, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]


def _plain(value: object) -> str | int:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else str(value.normalize())
    raise TypeError(value)


class _Lowering(Ledger):
    def __init__(self, document: Document, problems: list[Problem], tables: Mapping[str, Table]) -> None:
        super().__init__(document, problems)
        self.uses = Uses(document, problems).criteria(tables)
        self.tables = {**tables, **tables_of(self.uses)}
        self.data: dict[str, Any] = document.data
        self.each = str(self.data.get("each", "")) if ("each",) not in document.broken else ""
        self.of, *self.filter = str(self.data.get("of", "")).split(" where ", 1)
        self.tables = {**stepping(self.tables, self.of, self.each)}
        self.stepwise = self.each not in WHOLE
        self.graded = self.each in {"result", ""}
        self.unknown = str(self.data.get("unknown", "unknown"))

    # --- the whole --------------------------------------------------------------------------------------------------
    def criterion(self) -> t.Criterion | None:
        self.refuse_misplaced()
        of = self.step_table()
        settings, names = Parameters(self.document, self.problems).settings(self.data)
        self.refuse_hidden(names, of)
        scope = self.outer_scope(names, of)
        also, only = self.also(scope), self.only(scope)
        members, inner = self.members(scope, of)
        step_scope = self.step_scope(scope, of, inner)
        chosen = Choices(self.document, self.problems).choices(step_scope, of)
        step_scope = replace(step_scope, chosen=chosen)
        steps, step_names, stages, course, course_scope = self.layers(scope, step_scope)
        band_scope = step_scope.with_names(step_names)
        branches = self.branches(band_scope) if self.graded else ()
        time = Times(self.document, self.problems, course_scope).time()
        until = self.until(course_scope, step_names)
        Orders(self.document, self.problems).refuse_strangers([*step_names.values(), *course_scope.names.values()])
        of_step, of_course = steps.ladders.get(t.final_of(stages)), course.ladders.get("class")
        rates = Rates(self.document, self.problems).rates(of_course or of_step)
        read_as = Rates(self.document, self.problems).read_as((of_step, of_course))
        self.problems += refuse_circles((steps, course), members)
        if self.problems or self.document.problems:
            return None
        whole = t.Criterion(
            where=self.document.where(()),
            text=str(self.data["id"]),
            id=str(self.data["id"]),
            version=str(self.data["version"]),
            hash=hash_of(self.data),
            title=str(self.data["title"]),
            kind=str(self.data["kind"]),
            each=self.each,
            of=of.name if of else None,
            also=also,
            only=only,
            chosen=chosen,
            sources=tuple(_source(entry) for entry in self.data["source"]),
            parameters=settings,
            members=members,
            steps=steps,
            course=course,
            until=until,
            order=scope.order,
            orders=scope.orders,
            stages=stages,
            uses=self.uses,
            rates=rates,
            read_as=read_as,
            branches=branches,
            time=time,
            claims=tuple(
                t.Claim(self.document.where(path), str(claim)) for path, claim in self.entries(self.data, "claims", ())
            ),
            expected=self.expected(),
            examples=tuple(self.data.get("examples", [])),
            needs={},
        )
        return replace(whole, needs=needs_of(whole, self.tables))

    def branches(self, scope: Scope) -> tuple[t.Branch, ...]:
        """Return the branches of the terms, which see the attributes of the patient beside the columns of a result."""
        patients = [one for one in self.tables.values() if one.belongs_to == "patient" and one.key == ("patient_id",)]
        known = {name: entry for one in patients for name, entry in columns_of(one, "step").items()}
        scope = replace(scope, names={**known, **scope.names})
        derived = Derivations(self.document, self.problems, scope).forms()
        return Bands(self.document, self.problems, scope, self.unknown, derived).branches()

    def refuse_misplaced(self) -> None:
        """Note keys that have no meaning for what gets a class here, and a criterion that decides nothing."""
        deciding = ("classes", "table", "terms", "time")
        course = self.mapping(self.data, "course", ())
        if not any(key in self.data for key in deciding) and "classes" not in course:
            self.complain((), "the criterion decides nothing", listed(f"{key}:" for key in deciding))
        for key in ("of", "also", "members", "chosen", "course") if not self.stepwise else ():
            if key in self.data:
                expected = f"no `{key}:` beside `each: {self.each}`"
                self.complain_of_key((key,), f"a {self.each} has no `{key}`", expected, "remove it, or change `each`")
        if "terms" in self.data and not self.graded:
            self.complain_of_key(
                ("terms",), f"`terms` beside `each: {self.each}`", "`each: result`", "bands grade results"
            )

    def step_table(self) -> Table | None:
        name = self.data.get("of")
        if name is None or not self.sound(("of",)):
            if self.each and self.stepwise and name is None:
                remedy = "add `of:`, the table whose rows make the steps"
                self.complain(("each",), f"`each: {self.each}` of what?", "`of:` with a table", remedy)
            return None
        table = self.tables.get(self.of)
        if table is None:
            known = [one.name for one in self.tables.values() if not one.derived]
            self.complain(("of",), f"`{self.of}` is not a table", listed(sorted(known)), nearest(self.of, known))
        return table

    # --- scopes -----------------------------------------------------------------------------------------------------
    def refuse_hidden(self, names: Names, of: Table | None) -> None:
        """Note parameters whose names mean something else already."""
        own = Scope("step", columns_of(of, "step") if of else {}, {})
        reserved = {**_OF_A_COURSE, "class": Entry("class", t.Kind("label"), "step")}
        for name in names:
            Layers(self.document, self.problems).refuse_taken(name, ("parameters", name), own.with_names(reserved))

    def outer_scope(self, names: Names, of: Table | None) -> Scope:
        known = {**names, **_OF_A_COURSE}
        orders = Orders(self.document, self.problems).orders()
        stepped = f"{self.each}s" if self.stepwise else ""
        missing = self.stepwise and of is None
        return Scope(
            "course",
            known,
            self.tables,
            of.name if of else None,
            stepped,
            order=next(iter(orders.values()), ()),
            orders=orders,
            blurred=missing or self.blurred(),
        )

    def blurred(self) -> bool:
        """Say whether names may be missing because a section that defines names does not fit the format."""
        outer = [path for path in self.document.broken if len(path) == 1 or (len(path) == 2 and path[0] == "course")]
        return any(not isinstance(_at(self.data, path), (str, int)) for path in outer)

    def step_scope(self, scope: Scope, of: Table | None, inner: Names) -> Scope:
        if of is None:
            return replace(scope, level="step") if self.stepwise else scope
        own = {"date": Entry("field", DATE, "step")} if of.member else columns_of(of, "step")
        return replace(scope, level="step", names={**scope.names, **own}, inner=inner)

    def members(self, scope: Scope, of: Table | None) -> tuple[dict[str, t.Expression], Names]:
        if of is None or not of.member:
            if "members" in self.data and of is not None:
                expected, remedy = "`of:` a table whose rows are followed over time", "write these as `measures`"
                self.complain_of_key(("members",), f"{of.plural} have no members", expected, remedy)
            return {}, {}
        names = columns_of(of, "row")
        row_scope = replace(scope, level="row", names={**scope.names, **names})
        data = self.mapping(self.data, "members", ())
        found, added, _ = Layers(self.document, self.problems).measures(data, ("members",), row_scope)
        return found, {**names, **added}

    def only(self, scope: Scope) -> t.Collection | None:
        """Return the rows of the table of the steps that are looked at, None if that is all of them."""
        if not self.filter or self.of not in self.tables or not self.sound(("of",)):
            return None
        rows = replace(scope, stepped="", of=None)
        return lower_collection(str(self.data["of"]), self.document, ("of",), rows, self.problems)

    def also(self, scope: Scope) -> tuple[t.Collection, ...]:
        rows = replace(scope, stepped="")
        entries = self.entries(self.data, "also", ())
        found = [lower_collection(str(text), self.document, path, rows, self.problems) for path, text in entries]
        return tuple(made for made in found if made is not None)

    def layers(self, scope: Scope, step_scope: Scope) -> tuple[t.Layer, Names, tuple[t.Stage, ...], t.Layer, Scope]:
        """Return the layer of steps with its names and stages, and the layer of the course with its scope."""
        layers = Layers(self.document, self.problems)
        if not self.stepwise:
            empty = t.Layer(self.document.where(()), "", {}, {}, {}, {})
            whole, names = layers.layer(self.data, (), scope, self.unknown)
            return empty, {}, (), whole, scope.with_names(names)
        steps, step_names = layers.layer(self.data, (), step_scope, self.unknown)
        after = step_scope.with_names(step_names)
        steps, staged, stages = Stages(self.document, self.problems).stages(steps, after, self.unknown)
        step_names = {**step_names, **staged}
        outer = replace(scope, inner={**step_scope.names, **seen_from_course(step_names, stages)})
        course, names = layers.layer(self.mapping(self.data, "course", ()), ("course",), outer, self.unknown)
        return steps, step_names, stages, course, outer.with_names(names)

    # --- expected, until ---------------------------------------------------------------------------------------------
    def expected(self) -> tuple[t.Expected, ...]:
        """Return the findings that the file declares."""
        return tuple(
            t.Expected(
                where=self.document.where(path),
                text=f"expected {entry['finding']}",
                finding=str(entry["finding"]),
                about=str(about),
                reason=str(entry["reason"]),
                cite=str(entry.get("cite", "")),
            )
            for path, entry in self.entries(self.data, "expected", ())
            for about in (entry["about"] if isinstance(entry["about"], list) else [entry["about"]])
        )

    def until(self, scope: Scope, step_names: Names) -> tuple[str, ...]:
        course = self.mapping(self.data, "course", ())
        path: DataPath = ("course", "until")
        if "until" not in course or "class" not in step_names or not self.sound(path):
            return ()
        allowed = scope.inner.get("class", step_names["class"]).kind.words
        return lower_choices(str(course["until"]), self.document, path, scope, self.problems, allowed)


class _Questions(_Lowering):
    """Lowers measures and conditions that stand alone, with further names of a course."""

    def __init__(self, document: Document, problems: list[Problem], tables: Mapping[str, Table], given: Names) -> None:
        super().__init__(document, problems, tables)
        self.given = given

    def refuse_misplaced(self) -> None:
        """Let a document pass that decides nothing."""

    def outer_scope(self, names: Names, of: Table | None) -> Scope:
        return super().outer_scope(names, of).with_names(self.given)


def _source(entry: Mapping[str, Any]) -> t.Source:
    confidence = str(entry["confidence"])
    if "certainty" in entry:
        confidence += f" {entry['certainty']}"
    return t.Source(str(entry["cite"]), str(entry["for"]), confidence)


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        data = data[step] if isinstance(data, dict) and step in data else None
    return data
