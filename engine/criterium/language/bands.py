"""Tables of cut points become ladders: one branch a term and unit, worst class first.

A cut list `low: [lln, 75, 50, 25]` gives class i to a value below the i-th cut and at or above the next; `high` gives it above
the i-th cut, up to and including the next. `none` says that the class does not exist as a number. A value at a shared cut
belongs to the milder class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from criterium.language import tree as t
from criterium.language.expressions import lower_condition
from criterium.language.ladders import Ladders
from criterium.language.problems import Problem, listed, nearest
from criterium.language.scope import Scope
from criterium.language.source import DataPath, Document
from criterium.language.units import UnknownUnit, spellings, unit
from criterium.language.uses import nodes

NONE, ZERO = "none", "0"
_CUT = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)?\s*(?P<limit>[a-z]+)?")


def branches(document: Document, problems: list[Problem], scope: Scope, unknown: str) -> tuple[t.Branch, ...]:
    """Return the branches of the `terms` of a document; problems are noted."""
    lowering = _Bands(document, problems, scope, unknown)
    return tuple(branch for id_, term in document.data.get("terms", {}).items() for branch in lowering.term(id_, term))


@dataclass
class _Bands:
    document: Document
    problems: list[Problem]
    scope: Scope
    unknown: str

    def complain(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, expected, remedy))

    def term(self, id_: str, term: Mapping[str, Any]) -> Iterator[t.Branch]:
        path: DataPath = ("terms", id_)
        codes = term.get("codes", {})
        reads = tuple(str(word) for word in [id_, *term.get("tests", []), *codes.get("loinc", []), *codes.get("lbtestcd", [])])
        recorded = tuple(str(word) for word in [id_, term["printed"], *term.get("recorded", [])])
        allowed = tuple(str(grade) for grade in term["grades"])
        about = (id_, str(term["printed"]), str(term["category"]))
        where = self.document.key(path)
        yield t.Branch(where, id_, *about, (), recorded, allowed, "", None)
        bands = term.get("bands", [])
        self.same_unit_twice(bands, path)
        for at, band in enumerate(bands):
            ladder = self.band(band, allowed, (*path, "bands", at))
            spelled = self.unit(str(band["unit"]), (*path, "bands", at, "unit"))
            if ladder is not None and spelled is not None:
                yield t.Branch(self.document.where((*path, "bands", at)), id_, *about, reads, (), allowed, spelled, ladder)

    def same_unit_twice(self, bands: list[Mapping[str, Any]], path: DataPath) -> None:
        units = [str(band["unit"]) for band in bands]
        for at, name in enumerate(units):
            if name in units[:at]:
                self.complain((*path, "bands", at, "unit"), f"a second column in `{name}`", "each unit once")

    def unit(self, text: str, path: DataPath) -> str | None:
        if text == "any":
            return text
        try:
            return unit(text).name
        except UnknownUnit:
            self.complain(path, f"`{text}` is not a unit", "a unit, or `any`", nearest(text, spellings()))
            return None

    def band(self, band: Mapping[str, Any], allowed: tuple[str, ...], path: DataPath) -> t.Ladder | None:
        given = [key for key in ("low", "high", "ladder") if key in band]
        if len(given) != 1:
            self.complain(path, "a column needs one of `low`, `high` and `ladder`", "one of them")
            return None
        key = given[0]
        if key == "ladder":
            clauses = self.rungs(band[key], allowed, (*path, key))
        else:
            clauses = self.cuts(key, band[key], allowed, (*path, key))
        where = self.document.where(path)
        default = t.Clause(where, "none of the grades", ZERO, ZERO, t.Always(where, "otherwise"), "")
        guards = self.guards([clause.when for clause in clauses], path)
        return t.Ladder(where, "class", "class", (*guards, *clauses, default), self.unknown)

    def guards(self, whens: list[t.Condition], path: DataPath) -> Iterator[t.Clause]:
        """Yield the rungs that carry out the policies of the file, for the limits that these conditions use."""
        limits = sorted({n.name for w in whens for n in nodes(w) if isinstance(n, t.Field) and n.name in {"lln", "uln"}})
        where = self.document.where(path)
        for limit in limits:
            if "missing_limit" in self.scope.names:
                yield self.guard(f"{limit} is missing", "missing_limit is strict", self.unknown, where)
        if limits and "within_limits" in self.scope.names:
            within = " and ".join("value >= lln" if limit == "lln" else "value <= uln" for limit in limits)
            yield self.guard(within, "within_limits is guard", ZERO, where)

    def guard(self, text: str, policy: str, label: str, where: t.Where) -> t.Clause:
        blank = Document({}, {(): where})
        texts = [policy, *text.split(" and ")]
        parts = tuple(c for one in texts if (c := lower_condition(one, blank, (), self.scope, self.problems)) is not None)
        return t.Clause(where, f"{policy} and {text}", label, label, t.All(where, f"{policy} and {text}", parts), "")

    def cuts(self, way: str, cuts: list[Any], allowed: tuple[str, ...], path: DataPath) -> list[t.Clause]:
        self.refuse_reversed(way, cuts, path)
        clauses = []
        for at, cut in enumerate(cuts):
            if str(cut) == NONE:
                continue
            grade = str(at + 1)
            self.refuse_absent(grade, allowed, (*path, at))
            made = self.cut(way, str(cut), (*path, at))
            if made is not None:
                clauses.append(t.Clause(self.document.where((*path, at)), made.text, grade, grade, made, ""))
        return clauses[::-1]

    def cut(self, way: str, text: str, path: DataPath) -> t.Condition | None:
        parts = _CUT.fullmatch(text.strip())
        if parts is None or not text.strip():
            self.complain(path, f"`{text}` is not a cut point", "`75`, `lln`, `2.5 uln` or `none`")
            return None
        number, limit = parts["number"], parts["limit"]
        bound = " * ".join(piece for piece in (number, limit) if piece)
        prefix = "value < " if way == "low" else "value > "
        document = self.document.shifted(path, len(prefix))
        return lower_condition(prefix + bound, document, path, self.scope, self.problems)

    def refuse_reversed(self, way: str, cuts: list[Any], path: DataPath) -> None:
        """Note a cut that is milder than the one before it, among cuts of the same kind (numbers, or multiples of one limit)."""
        last: dict[str, float] = {}
        for at, cut in enumerate(cuts):
            parts = _CUT.fullmatch(str(cut).strip())
            if parts is None or str(cut) == NONE:
                continue
            number, limit = float(parts["number"] or 1), parts["limit"] or ""
            before = last.get(limit)
            if before is not None and (number >= before if way == "low" else number <= before):
                falling = "fall" if way == "low" else "rise"
                what = f"`{cut}` after `{before:g} {limit}".rstrip() + "`: the band has no values"
                self.complain((*path, at), what, f"cuts that {falling} from grade to grade", "put the bounds in order")
            last[limit] = number

    def refuse_absent(self, grade: str, allowed: tuple[str, ...], path: DataPath) -> None:
        if grade not in allowed:
            what = f"a cut for grade {grade}, which is not among the grades of this term"
            self.complain(path, what, listed(allowed), "write `none` here, or add the grade to `grades`")

    def rungs(self, rungs: list[Mapping[str, Any]], allowed: tuple[str, ...], path: DataPath) -> list[t.Clause]:
        clauses = []
        for at, rung in enumerate(rungs):
            when = Ladders(self.document, self.problems).when(rung["when"], (*path, at, "when"), self.scope)
            grade = str(rung["grade"])
            self.refuse_absent(grade, allowed, (*path, at, "grade"))
            if when is not None:
                clauses.append(t.Clause(self.document.where((*path, at)), when.text, grade, grade, when, ""))
        return clauses
