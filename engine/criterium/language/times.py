"""A time to an event becomes a ladder and a date: the earliest event counts unless something cut it off, else the first censoring.

The rungs are, in this order: what cuts (`cuts: true`) when it came before every event; the events, at the earliest of their
dates, ties going to the first listed; the censorings, the first that applies and has a date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from criterium.language import tree as t
from criterium.language.expressions import described, lower_value
from criterium.language.ladders import Ladders
from criterium.language.problems import Problem
from criterium.language.scope import DATE, Scope
from criterium.language.source import DataPath, Document
from criterium.language.units import UnknownUnit, unit

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Occurrence:
    name: str
    at: t.Expression
    when: t.Condition
    cuts: bool
    where: t.Where


@dataclass
class Times:
    """Lowers the `time` of one document, noting problems."""

    document: Document
    problems: list[Problem]
    scope: Scope

    def complain(self, path: DataPath, what: str, expected: str = "") -> None:
        self.problems.append(Problem(self.document.where(path), what, expected))

    def time(self) -> t.Time | None:
        """Return the time to an event that the document describes, None if it describes none or has problems."""
        data = self.document.data.get("time")
        if data is None:
            return None
        anchor = self.date(str(data["from"]), ("time", "from"))
        events = self.occurrences(data["events"], ("time", "events"))
        censoring = self.occurrences(data["censoring"], ("time", "censoring"))
        self.last_applies(data["censoring"])
        spelled = str(data.get("unit", "months"))
        measured = self.unit(spelled)
        if anchor is None or events is None or censoring is None or measured is None:
            return None
        rungs = _rungs(events, censoring, self.document.key(("time",)))
        where = self.document.key(("time",))
        clauses = tuple(t.Clause(o.where, w.text, o.name, o.name, w, "") for o, w in rungs)
        ladder = t.Ladder(where, "time", "time", clauses, UNKNOWN)
        at = t.Choose(where, "the date", DATE, tuple((w, o.at) for o, w in rungs))
        return t.Time(where, "time", anchor, at, ladder, tuple(o.name for o in events), spelled, measured)

    def unit(self, spelled: str) -> Any:
        try:
            measured = unit(spelled)
        except UnknownUnit:
            measured = None
        if measured is None or measured.dimension != "time":
            self.complain(("time", "unit"), f"`{spelled}` is not a unit of time", "`months`, `weeks`, `days` or `years`")
            return None
        return measured.factor

    def date(self, text: str, path: DataPath) -> t.Expression | None:
        value = lower_value(text, self.document, path, self.scope, self.problems)
        if value is not None and value.kind.sort != "date":
            self.complain(path, f"`{text}` is {described(value.kind)}", "a date")
            return None
        return value

    def occurrences(self, items: Sequence[Mapping[str, Any]], path: DataPath) -> list[_Occurrence] | None:
        found = [self.occurrence(item, (*path, at)) for at, item in enumerate(items)]
        kept = [one for one in found if one is not None]
        return kept if len(kept) == len(found) else None

    def occurrence(self, item: Mapping[str, Any], path: DataPath) -> _Occurrence | None:
        name = str(item.get("event") or item.get("because"))
        at = self.date(str(item["at"]), (*path, "at"))
        where = self.document.where(path)
        when: t.Condition | None = t.Always(where, "always")
        if "when" in item:
            when = Ladders(self.document, self.problems).when(item["when"], (*path, "when"), self.scope)
        if at is None or when is None:
            return None
        return _Occurrence(name, at, when, bool(item.get("cuts", False)), where)

    def last_applies(self, items: Sequence[Mapping[str, Any]]) -> None:
        if "when" in items[-1] or items[-1].get("cuts"):
            path = ("time", "censoring", len(items) - 1)
            self.complain(path, "the last censoring does not always apply", "a last line without `when` and `cuts`")


def _rungs(
    events: Sequence[_Occurrence], censoring: Sequence[_Occurrence], where: t.Where
) -> list[tuple[_Occurrence, t.Condition]]:
    first = _earliest(events, where)
    rungs = []
    for one in censoring:
        if one.cuts:
            known = t.Known(where, f"{one.at.text} is known", one.at)
            parts: tuple[t.Condition, ...] = (one.when, known, *((_after(first, one.at, where),) if first else ()))
            rungs.append((one, t.All(one.where, f"{one.name} before any event", parts)))
    for one in events:
        assert first is not None
        known = t.Known(where, f"{one.at.text} is known", one.at)
        same = t.Compare(where, f"{one.at.text} is the earliest event", "=", one.at, first)
        rungs.append((one, t.All(one.where, f"{one.name} is the earliest event", (one.when, known, same))))
    for one in censoring:
        known = t.Known(where, f"{one.at.text} is known", one.at)
        rungs.append((one, t.All(one.where, f"no event; {one.name}", (one.when, known))))
    return rungs


def _earliest(events: Sequence[_Occurrence], where: t.Where) -> t.Expression | None:
    dates = tuple(t.Choose(where, one.at.text, DATE, ((one.when, one.at),)) for one in events)
    return t.Extreme(where, "the earliest event", DATE, "earliest", dates) if dates else None


def _after(first: t.Expression, cut: t.Expression, where: t.Where) -> t.Condition:
    none = t.Not(where, "there is no event", t.Known(where, "there is an event", first))
    later = t.Compare(where, f"every event is after {cut.text}", ">", first, cut)
    return t.Some(where, f"no event by {cut.text}", (none, later))
