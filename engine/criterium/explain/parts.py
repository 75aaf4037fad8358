"""What one criterion says of one course, explained: every step, the course itself, its time, and pictures of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.rational import Number, is_known
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.wording import day
from criterium.explain.curve import curves
from criterium.explain.flips import flips
from criterium.explain.model import Part, Time
from criterium.explain.verdicts import verdict
from criterium.explain.visits import amount, visit
from criterium.language import tree as t
from criterium.language.lowering.used import tables_of
from criterium.language.tables import Table, stepping

Walked = Walk[Any, Any]


def part(role: str, walk: Walked, tables: Mapping[str, Table], why_not: str = "") -> Part:
    """Return what the criterion of an exact walk says of its course; `why_not` is a class that is asked for."""
    criterion = walk.criterion
    tables = stepping({**tables, **tables_of(criterion.uses)}, criterion.of, criterion.each)
    of_steps, of_course = flips(walk, tables)
    asked = asked_of(criterion.final, criterion.steps.ladders, why_not)
    steps = [Place("step", step) for step in range(walk.algebra.steps)]
    visits = [replace(visit(walk, one, tables, (asked, why_not)), flips=of_steps.get(one.step, ())) for one in steps]
    ladders = of_courses(criterion)
    asked = asked_of("class", ladders, why_not)
    return Part(
        role=role,
        id=criterion.id,
        version=criterion.version,
        hash=criterion.hash,
        title=criterion.title,
        sources=sources(criterion),
        each=criterion.each,
        stages=_stages(criterion),
        plain=_plain(criterion),
        visits=tuple(visits),
        measures=tuple(amount(walk, name, node, COURSE) for name, node in criterion.course.measures.items()),
        verdicts=tuple(verdict(walk, one, COURSE, why_not if one.name == asked else "") for one in ladders.values()),
        time=_time(walk),
        flips=of_course,
        curves=curves(walk),
    )


def of_courses(criterion: t.Criterion) -> dict[str, t.Ladder]:
    """Return the ladders that judge a whole course, that of a time among them."""
    return dict(criterion.course.ladders) | ({"time": criterion.time.outcome} if criterion.time else {})


def asked_of(final: str, ladders: Mapping[str, t.Ladder], label: str) -> str:
    """Return the ladder that is asked why it did not give a class: the one with the last word, else the last able to.

    Empty if none can give it.
    """
    names = [final, *reversed(list(ladders))]
    return next((name for name in names if name in ladders and label in ladders[name].labels), "")


def sources(criterion: t.Criterion) -> tuple[tuple[str, str, str], ...]:
    """Return the sources of a criterion: the citation, what it is cited for, and how sure its content is."""
    return tuple((one.cite, one.used_for, one.confidence) for one in criterion.sources)


def _stages(criterion: t.Criterion) -> tuple[str, ...]:
    """Return the ladders that give the steps their classes, one after the other."""
    names = ["class", *(stage.ladder for stage in criterion.stages)]
    return tuple(name for name in names if name in criterion.steps.ladders)


def _plain(criterion: t.Criterion) -> tuple[str, ...]:
    """Return the measures of a step that no stage adds."""
    added = {name for stage in criterion.stages for name in stage.names}
    return tuple(name for name in criterion.steps.measures if name not in added)


def _time(walk: Walked) -> Time | None:
    time = walk.criterion.time
    if time is None:
        return None
    begin, end = walk.value(time.anchor, COURSE), walk.value(time.at, COURSE)
    decision = walk.climb(time.outcome, COURSE)
    event = None if str(decision.label) == time.outcome.unknown else str(decision.label) in time.events
    length = None
    if is_known(begin) and is_known(end) and begin.low is not None and end.low is not None:
        length = float((end.low - begin.low) / time.factor)
    return Time(_date(begin), _date(end), length, time.unit, event)


def _date(value: Number) -> str:
    return day(value.low) if is_known(value) and value.low is not None else ""
