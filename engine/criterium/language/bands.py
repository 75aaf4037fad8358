"""Tables of cut points become ladders: one branch a term and unit, worst class first.

A cut list `low: [lln, 75, 50, 25]` gives class i to a value below the i-th cut and at or above the next; `high` gives
it above the i-th cut, up to and including the next. `none` says that the class does not exist as a number. A value at a
shared cut belongs to the milder class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from criterium.language import tree as t
from criterium.language.document import DataPath, Document
from criterium.language.expressions import lower_condition
from criterium.language.ladders import Ladders
from criterium.language.ledger import Ledger
from criterium.language.problems import Where, listed, nearest
from criterium.language.scope import Scope
from criterium.language.units import UnknownUnit, spellings, unit
from criterium.language.uses import nodes

NONE, ZERO, ANY = "none", "0", "any"
LIMITS = {"lln": "value >= lln", "uln": "value <= uln"}
# The readings of parameters by these names that add a guard to every ladder.
POLICIES = {"missing_limit": "strict", "within_limits": "guard"}
_CUT = re.compile(r"(?P<number>[0-9]+(\.[0-9]+)?)?\s*(?P<limit>[A-Za-z]+)?")


@dataclass
class Bands(Ledger):
    """Lowers the terms of one document, noting problems."""

    scope: Scope
    unknown: str

    def branches(self) -> tuple[t.Branch, ...]:
        """Return the branches of all terms: for each one for recorded grades, then one a unit."""
        terms = self.mapping(self.document.data, "terms", ())
        return tuple(branch for id_, term in terms.items() for branch in self.term(id_, term, ("terms", id_)))

    def term(self, id_: str, term: Any, path: DataPath) -> Iterator[t.Branch]:
        bands = self.entries(term, "bands", path)
        grades = term.get("grades") if isinstance(term, dict) and self.sound((*path, "grades")) else None
        allowed = tuple(str(grade) for grade in grades) if grades else None
        made = [(place, self.spelled(band, place), self.band(band, allowed, place)) for place, band in bands]
        self.same_unit_twice([(place, spelled) for place, spelled, _ in made])
        if not self.sound(path):
            return
        codes = term.get("codes", {})
        reads = tuple(
            str(word) for word in [id_, *term.get("tests", []), *codes.get("loinc", []), *codes.get("lbtestcd", [])]
        )
        recorded = tuple(str(word) for word in [id_, term["printed"], *term.get("recorded", [])])
        about = (id_, str(term["printed"]), str(term["category"]))
        grades = allowed or ()
        yield t.Branch(self.document.key(path), id_, *about, (), recorded, grades, "", None)
        for place, spelled, ladder in made:
            if ladder is not None and spelled is not None:
                yield t.Branch(self.document.where(place), id_, *about, reads, (), grades, spelled, ladder)

    # --- units ------------------------------------------------------------------------------------------------------
    def spelled(self, band: Mapping[str, Any], path: DataPath) -> str | None:
        """Return the name of a band's unit."""
        text = str(band["unit"])
        try:
            return text if text == ANY else unit(text).name
        except UnknownUnit:
            remedy = nearest(text, spellings()) or "units are written in UCUM: `g/dL`, `10*9/L`, `mmol/L`"
            self.complain((*path, "unit"), f"`{text}` is not a unit", "a unit, or `any`", remedy)
            return None

    def same_unit_twice(self, units: list[tuple[DataPath, str | None]]) -> None:
        names = [name for _, name in units]
        for at, (path, name) in enumerate(units):
            if name is not None and name in names[:at]:
                self.complain((*path, "unit"), f"a second band in `{name}`", "each unit once", "remove one of the two")

    # --- ladders ----------------------------------------------------------------------------------------------------
    def band(self, band: Mapping[str, Any], allowed: tuple[str, ...] | None, path: DataPath) -> t.Ladder | None:
        given = [key for key in ("low", "high", "ladder") if key in band]
        if len(given) != 1:
            what = f"{listed(given).replace(' or ', ' and ')} in one band" if given else "a band without cut points"
            self.complain(path, what, "one of `low`, `high` and `ladder`")
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
        limits = sorted({n.name for w in whens for n in nodes(w) if isinstance(n, t.Field) and n.name in LIMITS})
        where = self.document.where(path)
        if self.has("missing_limit"):
            for limit in limits:
                yield self.guard(f"{limit} is missing", "missing_limit", self.unknown, where)
        if limits and self.has("within_limits"):
            yield self.guard(" and ".join(LIMITS[limit] for limit in limits), "within_limits", ZERO, where)

    def has(self, policy: str) -> bool:
        entry = self.scope.names.get(policy)
        return entry is not None and entry.meaning == "parameter" and POLICIES[policy] in entry.kind.words

    def guard(self, text: str, policy: str, label: str, where: Where) -> t.Clause:
        blank = Document({}, {(): where})
        says = f"{policy} is {POLICIES[policy]}"
        parts = []
        for one in (says, *text.split(" and ")):
            made = lower_condition(one, blank.behind(len(one)), (), self.scope, self.problems)
            parts += [made] if made is not None else []
        whole = f"{says} and {text}"
        return t.Clause(where, whole, label, label, t.All(where, whole, tuple(parts)), "")

    # --- cut points -------------------------------------------------------------------------------------------------
    def cuts(self, way: str, cuts: list[Any], allowed: tuple[str, ...] | None, path: DataPath) -> list[t.Clause]:
        self.refuse_reversed(way, cuts, path)
        clauses = []
        for at, cut in enumerate(cuts):
            if str(cut) == NONE:
                continue
            grade = str(at + 1)
            self.refuse_absent(grade, allowed, (*path, at), "write `none` here, or add the grade to `grades`")
            made = self.cut(way, str(cut), (*path, at))
            if made is not None:
                clauses.append(t.Clause(self.document.where((*path, at)), made.text, grade, grade, made, ""))
        return clauses[::-1]

    def cut(self, way: str, text: str, path: DataPath) -> t.Condition | None:
        parts = _CUT.fullmatch(text.strip())
        if parts is None or not text.strip() or (parts["limit"] or "lln") not in LIMITS:
            remedy = nearest((parts and parts["limit"]) or text, [*LIMITS, NONE])
            self.complain(path, f"`{text}` is not a cut point", "such as `75`, `lln`, `2.5 uln` or `none`", remedy)
            return None
        bound = " * ".join(piece for piece in (parts["number"], parts["limit"]) if piece)
        ours = "value < " if way == "low" else "value > "
        return lower_condition(ours + bound, self.document.behind(len(ours)), path, self.scope, self.problems)

    def refuse_reversed(self, way: str, cuts: list[Any], path: DataPath) -> None:
        """Note a cut that is milder than the one before it, among numbers or among multiples of one limit."""
        last: dict[str, tuple[float, str]] = {}
        for at, cut in enumerate(cuts):
            parts = _CUT.fullmatch(str(cut).strip())
            if parts is None or str(cut) == NONE:
                continue
            number, limit = float(parts["number"] or 1), parts["limit"] or ""
            before, text = last.get(limit, (None, ""))
            if before is not None and (number >= before if way == "low" else number <= before):
                falling = "fall" if way == "low" else "rise"
                what = f"no value lies between `{text}` and `{cut}`"
                self.complain((*path, at), what, f"cuts that {falling} from grade to grade", "put them in order")
            last[limit] = (number, str(cut))

    def refuse_absent(self, grade: str, allowed: tuple[str, ...] | None, path: DataPath, remedy: str) -> None:
        if allowed is not None and grade not in allowed:
            self.complain(path, f"grade {grade} is not among the grades of this term", listed(allowed), remedy)

    def rungs(self, rungs: list[Mapping[str, Any]], allowed: tuple[str, ...] | None, path: DataPath) -> list[t.Clause]:
        clauses = []
        for at, rung in enumerate(rungs):
            when = Ladders(self.document, self.problems).when(rung["when"], (*path, at, "when"), self.scope)
            grade = str(rung["grade"])
            self.refuse_absent(grade, allowed, (*path, at, "grade"), "add the grade to `grades`")
            if when is not None:
                clauses.append(t.Clause(self.document.where((*path, at)), when.text, grade, grade, when, ""))
        return clauses
