"""The lines of a time to an event, found again in the ladder and the dates that they became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from criterium.language import tree as t
from criterium.language.problems import Where


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event or a censoring: when it applies, its date, and its rung in the ladder; `cuts` if it ends the time."""

    name: str
    when: t.Condition
    at: t.Expression
    rung: int
    event: bool
    cuts: bool
    where: Where


def occurrences(time: t.Time) -> list[Occurrence]:
    """Return the events and censorings of a time, in the order of their rungs."""
    chosen = time.at
    if not isinstance(chosen, t.Choose):
        raise TypeError(chosen)
    names = [clause.label for clause in time.outcome.clauses]
    first = next((at for at, name in enumerate(names) if name in time.events), len(names))
    return [
        Occurrence(
            clause.label,
            _parts(clause)[0],
            date,
            at,
            clause.label in time.events,
            at < first < len(names),
            clause.where,
        )
        for at, (clause, (_, date)) in enumerate(zip(time.outcome.clauses, chosen.options, strict=True))
    ]


def _parts(clause: t.Clause) -> Sequence[t.Condition]:
    if not isinstance(clause.when, t.All):
        raise TypeError(clause.when)
    return clause.when.of


def reordered(time: t.Time) -> Iterator[tuple[str, Where, Mapping[int, object]]]:
    """Yield what a time is with a censoring that no longer cuts, or with two lines of a kind in the other order."""
    found = occurrences(time)
    events = [one.rung for one in found if one.event]
    for one in found:
        if one.cuts:
            yield f"{one.name} does not cut off later events", one.where, _uncut(time, one.rung, events)
    for one, other in pairwise(found):
        default = other.rung == len(found) - 1
        if not default and (one.event, one.cuts) == (other.event, other.cuts):
            order = [*range(len(found))]
            order[one.rung], order[other.rung] = other.rung, one.rung
            yield f"{other.name} is named before {one.name}", other.where, _in_order(time, order)


def _uncut(time: t.Time, rung: int, events: Sequence[int]) -> Mapping[int, object]:
    """Return the change that makes a rung one of those below the events: it applies if its date is known."""
    clause = time.outcome.clauses[rung]
    when, known = _parts(clause)[:2]
    free = replace(clause, when=replace(clause.when, of=(when, known)))  # type: ignore[call-arg]
    order = [at for at in range(len(time.outcome.clauses)) if at != rung]
    order.insert(order.index(max(events)) + 1, rung)
    return _in_order(time, order, {rung: free})


def _in_order(time: t.Time, order: Sequence[int], other: Mapping[int, t.Clause] | None = None) -> Mapping[int, object]:
    """Return the change that puts the rungs of a time, and their dates with them, in another order."""
    if not isinstance(time.at, t.Choose):
        raise TypeError(time.at)
    clauses = dict(enumerate(time.outcome.clauses)) | dict(other or {})
    options = tuple((clauses[at].when, time.at.options[at][1]) for at in order)
    ladder = replace(time.outcome, clauses=tuple(clauses[at] for at in order))
    return {id(time.outcome): ladder, id(time.at): replace(time.at, options=options)}
