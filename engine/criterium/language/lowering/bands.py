"""Tables of cut points become ladders: one branch a term and unit, worst class first.

A cut list `low: [lln, 75, 50, 25]` gives class i to a value below the i-th cut and at or above the next; `high` gives
it above the i-th cut, up to and including the next. `none` says that the class does not exist as a number. A value at a
shared cut belongs to the milder class. `arms` are several lists of cuts, each with a condition under which it counts.
`also` names what gives a class beside the numbers, to every value that has any class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.lowering.cuts import NONE, Cuts
from criterium.language.lowering.derived import Derivations, computed, same_day
from criterium.language.lowering.ladders import Ladders
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import Where, listed, nearest
from criterium.language.sentences.expressions import lower_condition
from criterium.language.sentences.scope import Scope
from criterium.language.units import UnknownUnit, spellings, unit
from criterium.language.uses import nodes

ZERO, ANY = "0", "any"
LIMITS = {"lln": "value >= lln", "uln": "value <= uln"}
_WORSE = {"low": ("lln",), "high": ("uln",)}
# The readings of parameters by these names that add a guard to every ladder.
POLICIES = {"missing_limit": "strict", "within_limits": "guard"}
# The parameter, and its reading, by which what `also` names may be there although nobody recorded it.
ALSO = ("alternatives", "possible")
FORMS = ("low", "high", "arms", "ladder")


@dataclass
class Bands(Ledger):
    """Lowers the terms of one document, noting problems."""

    scope: Scope
    unknown: str
    derived: Mapping[str, Sequence[t.Derived]] = field(default_factory=dict)

    def branches(self) -> tuple[t.Branch, ...]:
        """Return the branches of all terms: for each one for recorded grades, then one a unit."""
        terms = self.mapping(self.document.data, "terms", ())
        found: list[t.Branch] = []
        for id_, term in terms.items():
            path: DataPath = ("terms", id_)
            scope = self.scope.with_names(same_day(self.mapping(term, "with", path)))
            found += replace(self, scope=scope).term(id_, term, path)
        return tuple(found)

    def term(self, id_: str, term: Any, path: DataPath) -> Iterator[t.Branch]:
        bands = self.entries(term, "bands", path)
        grades = term.get("grades") if isinstance(term, dict) and self.sound((*path, "grades")) else None
        allowed = tuple(str(grade) for grade in grades) if grades else None
        direction = str(term.get("direction", "")) if isinstance(term, dict) else ""
        made = [(place, self.spelled(band, place), self.band(band, allowed, direction, place)) for place, band in bands]
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
        same = tuple(self.conversions(term, path))
        beside = tuple(Derivations(self.document, self.problems, self.scope).beside(term, path))
        first = t.Branch(self.document.key(path), id_, *about, (), recorded, grades, "", None, same, direction)  # type: ignore[arg-type]
        yield first
        measured = [
            replace(
                first,
                where=self.document.where(place),
                reads=reads,
                recorded=(),
                unit=spelled,
                ladder=ladder,
                beside=beside,
            )
            for place, spelled, ladder in made
            if ladder is not None and spelled is not None
        ]
        yield from measured
        yield from self.computed(term, measured, path)

    def computed(self, term: Mapping[str, Any], measured: list[t.Branch], path: DataPath) -> Iterator[t.Branch]:
        """Yield the branches of a term for rows from which its observation is computed."""
        for at, name in enumerate(term.get("derived", [])):
            if name not in self.derived:
                place = (*path, "derived", at)
                self.complain(
                    place, f"nothing derived is called `{name}`", listed(self.derived), nearest(name, self.derived)
                )
            for form in self.derived.get(name, []):
                yield from (computed(branch, form) for branch in measured if branch.unit == form.gives)

    # --- units ------------------------------------------------------------------------------------------------------
    def conversions(self, term: Mapping[str, Any], path: DataPath) -> Iterator[t.Conversion]:
        """Yield the conversions between the units of a term."""
        for place, entry in self.entries(term, "conversions", path):
            ends = [self.spelled({"unit": entry[key]}, (*place, key)) for key in ("unit", "other")]
            if ends[0] is not None and ends[1] is not None:
                where = self.document.where(place)
                text = f"{entry['factor']} {ends[1]} per {ends[0]}"
                yield t.Conversion(where, text, ends[0], ends[1], Fraction(str(entry["factor"])))

    def spelled(self, band: Mapping[str, Any], path: DataPath) -> str | None:
        """Return the name of a band's unit."""
        text = str(band["unit"])
        try:
            return text if text == ANY else unit(text).name
        except UnknownUnit:
            remedy = nearest(text, spellings()) or "units are written in UCUM: `g/dL`, `10*9/L`, `mmol/L`"
            inner = (*path, "unit") if path[-1] not in {"unit", "other"} else path
            self.complain(inner, f"`{text}` is not a unit", "a unit, or `any`", remedy)
            return None

    def same_unit_twice(self, units: list[tuple[DataPath, str | None]]) -> None:
        names = [name for _, name in units]
        for at, (path, name) in enumerate(units):
            if name is not None and name in names[:at]:
                self.complain((*path, "unit"), f"a second band in `{name}`", "each unit once", "remove one of the two")

    # --- ladders ----------------------------------------------------------------------------------------------------
    def band(
        self, band: Mapping[str, Any], allowed: tuple[str, ...] | None, direction: str, path: DataPath
    ) -> t.Ladder | None:
        """Return the ladder of a band, worst grade first; None after noting its problems."""
        given = [key for key in FORMS if key in band]
        if len(given) != 1:
            what = f"{listed(given).replace(' or ', ' and ')} in one band" if given else "a band without cut points"
            self.complain(path, what, "one of `low`, `high`, `arms` and `ladder`")
            return None
        if given == ["ladder"]:
            clauses = self.raised(self.rungs(band["ladder"], allowed, (*path, "ladder")), band, allowed, path)
        else:
            cuts = self.raised(self.cuts(band, allowed, path), band, allowed, path)
            clauses = self.spoken(cuts, band, path)
        where = self.document.where(path)
        default = t.Clause(where, "none of the grades", ZERO, ZERO, t.Always(where, "otherwise"), "")
        guards = self.guards([clause.when for clause in clauses], direction, path)
        return t.Ladder(where, "class", "class", (*guards, *clauses, default), self.unknown)

    def guards(self, whens: list[t.Condition], direction: str, path: DataPath) -> Iterator[t.Clause]:
        """Yield the rungs that carry out the policies of the file, for the limits that these conditions use.

        A value is within its limits also where no cut refers to them, if it is said on which side it is worse.
        """
        limits = sorted({n.name for w in whens for n in nodes(w) if isinstance(n, t.Field) and n.name in LIMITS})
        where = self.document.where(path)
        if self.has("missing_limit"):
            for limit in limits:
                yield self.guard(f"{limit} is missing", "missing_limit", self.unknown, where)
        whole = any(n.name == "baseline value" for w in whens for n in nodes(w) if isinstance(n, t.Field))
        limits = limits or [*(() if whole else _WORSE.get(direction, ()))]
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
    def cuts(self, band: Mapping[str, Any], allowed: tuple[str, ...] | None, path: DataPath) -> list[t.Clause]:
        """Return the clauses of a band of cut points, worst first."""
        found = Cuts(self.document, self.problems, self.scope).grades(band, allowed, path)
        ordered = sorted(found.items(), reverse=True)
        return [t.Clause(when.where, when.text, grade, grade, when, "") for grade, when in ordered]

    def raised(
        self, clauses: list[t.Clause], band: Mapping[str, Any], allowed: tuple[str, ...] | None, path: DataPath
    ) -> list[t.Clause]:
        """Return clauses with what else gives their grades: a flag gives its grade to every value that has any."""
        if "also" not in band or not self.sound((*path, "also")) or not clauses:
            return clauses
        graded = t.Some(self.document.where(path), "any grade by number", tuple(clause.when for clause in clauses))
        for at, flags in enumerate(band["also"]):
            place, grade = (*path, "also", at), str(at + 1)
            flagged = self.flagged(flags, place) if flags != NONE else None
            if flagged is None:
                continue
            Cuts(self.document, self.problems, self.scope).refuse_absent(
                grade, allowed, place, "add the grade to `grades`"
            )
            when = t.All(flagged.where, flagged.text, (graded, flagged))
            first = next((number for number, one in enumerate(clauses) if one.label < grade), len(clauses))
            clauses.insert(first, t.Clause(flagged.where, flagged.text, grade, grade, when, "", raised=True))
        return clauses

    def flagged(self, flags: Any, path: DataPath) -> t.Condition | None:
        """Return that a flag is there; what nobody recorded is absent, unless the file reads it as possible."""
        names = flags if isinstance(flags, list) else [flags]
        places = [(*path, at) for at in range(len(names))] if isinstance(flags, list) else [path]
        parts = [self.flag(str(name), place) for name, place in zip(names, places, strict=True)]
        whole = tuple(part for part in parts if part is not None)
        if len(whole) < len(parts):
            return None
        return whole[0] if len(whole) == 1 else t.Some(whole[0].where, " or ".join(one.text for one in whole), whole)

    def flag(self, name: str, path: DataPath) -> t.Condition | None:
        made = lower_condition(name, self.document, path, self.scope, self.problems)
        entry = self.scope.names.get(ALSO[0])
        if not isinstance(made, t.OneOf) or entry is None or ALSO[1] not in entry.kind.words:
            return made
        possible = t.OneOf(
            made.where, f"{ALSO[0]} is {ALSO[1]}", t.Parameter(made.where, ALSO[0], entry.kind, ALSO[0]), (ALSO[1],)
        )
        known = t.Known(made.where, f"{made.text} is known", made.of)
        return t.All(made.where, made.text, (t.Some(made.where, made.text, (possible, known)), made))

    def spoken(self, clauses: list[t.Clause], band: Mapping[str, Any], path: DataPath) -> list[t.Clause]:
        """Return the clauses of cut points with the printed sentences that stand beside them, grade by grade."""
        says = band.get("says")
        if says is None or not self.sound((*path, "says")):
            return clauses
        lists = [arm for arm in band.get("arms", [band]) if isinstance(arm, dict)]
        count = max(
            len(cuts) for arm in [*lists, band] for cuts in (arm.get("low"), arm.get("high"), arm.get("also")) if cuts
        )
        if len(says) != count:
            self.complain((*path, "says"), f"{len(says)} sentences for {count} cuts", "one sentence a cut, or `none`")
            return clauses
        given = {
            str(at): t.Saying(self.document.where((*path, "says", at - 1)), str(text))
            for at, text in enumerate(says, 1)
        }
        own = {clause.label for clause in clauses if not clause.raised}
        return [
            clause
            if given[clause.label].text == NONE or (clause.raised and clause.label in own)
            else replace(clause, says=given[clause.label])
            for clause in clauses
        ]

    def rungs(self, rungs: list[Mapping[str, Any]], allowed: tuple[str, ...] | None, path: DataPath) -> list[t.Clause]:
        clauses = []
        for at, rung in enumerate(rungs):
            when = Ladders(self.document, self.problems).when(rung["when"], (*path, at, "when"), self.scope)
            grade = str(rung["grade"])
            Cuts(self.document, self.problems, self.scope).refuse_absent(
                grade, allowed, (*path, at, "grade"), "add the grade to `grades`"
            )
            if when is not None:
                where, says = self.document.where((*path, at)), Ladders(self.document, []).saying(rung, (*path, at))
                clauses.append(t.Clause(where, when.text, grade, grade, when, str(rung.get("cite", "")), says))
        return clauses
