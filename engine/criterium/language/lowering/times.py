"""A time to an event becomes a ladder and a date: the earliest event unless it was cut off, else the first censoring.

The rungs are, in this order: what cuts (`cuts: true`) when it came before every event; the events, at the earliest of
their dates, ties going to the first listed; the censorings, the first that applies and has a date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.kinds import DATE, described
from criterium.language.lowering.ladders import Ladders
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import Where, listed, nearest
from criterium.language.sentences.expressions import lower_value
from criterium.language.sentences.scope import Scope
from criterium.language.units import UnknownUnit, unit

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Occurrence:
    name: str
    at: t.Expression
    when: t.Condition
    cuts: bool
    where: Where


@dataclass
class Times(Ledger):
    """Lowers the `time` of one document, noting problems."""

    scope: Scope

    def time(self) -> t.Time | None:
        """Return the time to an event that the document describes, None if it describes none or has problems."""
        data = self.mapping(self.document.data, "time", ())
        if "time" not in self.document.data:
            return None
        anchor = self.date(data, "from", ("time",))
        events = self.occurrences(data, "events")
        censoring = self.occurrences(data, "censoring")
        self.last_applies(data)
        spelled = str(data.get("unit", "months"))
        factor = self.factor(spelled)
        if anchor is None or events is None or censoring is None or factor is None:
            return None
        where = self.document.key(("time",))
        rungs = _rungs(events, censoring, where)
        clauses = tuple(t.Clause(one.where, when.text, one.name, one.name, when, "") for one, when in rungs)
        ladder = t.Ladder(where, "time", "time", clauses, UNKNOWN)
        at = t.Choose(where, "the date", DATE, tuple((when, one.at) for one, when in rungs))
        return t.Time(where, "time", anchor, at, ladder, tuple(one.name for one in events), spelled, factor)

    def factor(self, spelled: str) -> Fraction | None:
        """Return how many days one `spelled` has."""
        try:
            measured = unit(spelled)
        except UnknownUnit:
            measured = None
        if measured is None or measured.dimension != "time":
            known = ("days", "weeks", "months", "years")
            self.complain(
                ("time", "unit"), f"`{spelled}` is not a unit of time", listed(known), nearest(spelled, known)
            )
            return None
        return measured.factor

    def date(self, data: Mapping[str, Any], key: str, path: DataPath) -> t.Expression | None:
        path = (*path, key)
        if key not in data or not self.sound(path):
            return None
        text = str(data[key])
        value = lower_value(text, self.document, path, self.scope, self.problems)
        if value is not None and value.kind.sort != "date":
            self.complain(path, f"`{text}` is {described(value.kind)}", "a date")
            return None
        return value

    def occurrences(self, data: Mapping[str, Any], key: str) -> list[_Occurrence] | None:
        """Return the sound entries of a list, None if any has problems."""
        found = [self.occurrence(item, path) for path, item in self.entries(data, key, ("time",))]
        kept = [one for one in found if one is not None]
        return kept if len(kept) == len(found) else None

    def occurrence(self, item: Mapping[str, Any], path: DataPath) -> _Occurrence | None:
        name = str(item.get("event") or item.get("because"))
        at = self.date(item, "at", path)
        where = self.document.where(path)
        when: t.Condition | None = t.Always(where, "always")
        if "when" in item:
            when = Ladders(self.document, self.problems).when(item["when"], (*path, "when"), self.scope)
        if at is None or when is None:
            return None
        return _Occurrence(name, at, when, bool(item.get("cuts", False)), where)

    def last_applies(self, data: Mapping[str, Any]) -> None:
        """Note a problem unless the last censoring catches what no other line does."""
        entries = self.entries(data, "censoring", ("time",))
        path, last = entries[-1] if entries else ((), {})
        if "when" in last or last.get("cuts"):
            self.complain(path, "the last censoring does not always apply", "a last line without `when` and `cuts`")


def _rungs(
    events: Sequence[_Occurrence], censoring: Sequence[_Occurrence], where: Where
) -> list[tuple[_Occurrence, t.Condition]]:
    first = _earliest(events, where)
    rungs: list[tuple[_Occurrence, t.Condition]] = []
    for one in censoring:
        if one.cuts:
            known = t.Known(where, f"{one.at.text} is known", one.at)
            parts: tuple[t.Condition, ...] = (one.when, known, *((_after(first, one.at, where),) if first else ()))
            rungs.append((one, t.All(one.where, f"{one.name} before any event", parts)))
    for one in events:
        known = t.Known(where, f"{one.at.text} is known", one.at)
        same = t.Compare(where, f"{one.at.text} is the earliest event", "=", one.at, first or one.at)
        rungs.append((one, t.All(one.where, f"{one.name} is the earliest event", (one.when, known, same))))
    for one in censoring:
        if not one.cuts:
            known = t.Known(where, f"{one.at.text} is known", one.at)
            rungs.append((one, t.All(one.where, f"no event; {one.name}", (one.when, known))))
    return rungs


def _earliest(events: Sequence[_Occurrence], where: Where) -> t.Expression | None:
    dates = tuple(t.Choose(where, one.at.text, DATE, ((one.when, one.at),)) for one in events)
    return t.Extreme(where, "the earliest event", DATE, "earliest", dates) if dates else None


def _after(first: t.Expression, cut: t.Expression, where: Where) -> t.Condition:
    none = t.Not(where, "there is no event", t.Known(where, "there is an event", first))
    later = t.Compare(where, f"every event is after {cut.text}", ">", first, cut)
    return t.Some(where, f"no event by {cut.text}", (none, later))
