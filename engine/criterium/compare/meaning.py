"""What two criteria say differently, with no patient in sight: every change of meaning, and none of form.

Formatting, comments, the order of keys, and how a quantity is spelt (10 cm2 or 1000 mm2) are no change; notes and
examples, which decide nothing, are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from criterium.compare.change import KINDS, Change, changed, paired
from criterium.compare.ladders import between, lines
from criterium.compare.sameness import same, worded
from criterium.compare.terms import terms
from criterium.language import tree as t


def changes(old: t.Criterion, new: t.Criterion) -> tuple[Change, ...]:
    """Return every change of meaning from one criterion to another, by kind and then in the order of the new file."""
    found = [change for part in _PARTS for change in part(old, new)]
    return tuple(sorted(found, key=lambda change: KINDS.index(change.kind)))


def _plain(kind: str, what: str, before: str, after: str) -> Iterator[Change]:
    if before != after:
        yield Change(kind, what, before, after, None, None)


# --- what gets a class ------------------------------------------------------------------------------------------------
def _head(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    yield from _plain("kind", "what is judged", old.kind, new.kind)
    steps = (f"each {one.each}" + (f" of {one.of}" if one.of else "") for one in (old, new))
    yield from _plain("steps", "what gets a class", *steps)
    also = ("; ".join(sorted(worded(rows.text) for rows in one.also)) for one in (old, new))
    yield from _plain("steps", "further rows that make a step", *also)
    yield from _plain("order", "classes, best first", ", ".join(old.order), ", ".join(new.order))
    until = (" or ".join(one.until) for one in (old, new))
    yield from _plain("until", "the class that ends a course", *until)
    for name, one, other in paired(*(_further_orders(part) for part in (old, new))):
        yield from _plain("order", f"classes by {name}, best first", ", ".join(one or ()), ", ".join(other or ()))
    for name, stage, another in paired(*({stage.name: stage for stage in part.stages} for part in (old, new))):
        if stage is None or another is None or set(stage.names) != set(another.names):
            yield changed("steps", f"stage {name}", stage, another, lambda node: ", ".join(node.names))
    for name, one, other in paired(old.rates, new.rates):
        if frozenset(one or ()) != frozenset(other or ()):
            yield Change("rate", name, ", ".join(one or ()), ", ".join(other or ()), None, None)
    for name, one_name, other_name in paired(old.read_as, new.read_as):
        yield from _plain("rate", f"what endpoints call {name}", one_name or name, other_name or name)


def _further_orders(criterion: t.Criterion) -> dict[str, tuple[str, ...]]:
    """Return the orders of classes besides the one that goes without a name."""
    return {name: words for name, words in criterion.orders.items() if words != criterion.order}


def _parameters(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    for name, one, other in paired(old.parameters, new.parameters):
        kind = "policy" if any(each is not None and each.kind.words for each in (one, other)) else "parameter"
        if one is None or other is None:
            yield changed(kind, name, one, other, _setting)
            continue
        if (one.value, one.kind.sort, one.kind.dimension) != (other.value, other.kind.sort, other.kind.dimension):
            yield changed(kind, name, one, other, lambda setting: str(setting.text))
        if frozenset(one.kind.words) != frozenset(other.kind.words):
            yield changed(kind, f"{name}, readings", one, other, lambda setting: ", ".join(setting.kind.words))
        if (one.cite, one.confidence) != (other.cite, other.confidence):
            yield changed("source", f"parameter {name}", one, other, _cited)


def _setting(setting: t.Setting) -> str:
    others = [word for word in setting.kind.words if word != setting.text]
    return f"{setting.text} (or {', '.join(others)})" if others else setting.text


def _cited(setting: t.Setting) -> str:
    return ", ".join(part for part in (setting.cite, setting.confidence) if part)


# --- layers -----------------------------------------------------------------------------------------------------------
def _named(
    kind: str, about: str, old: Mapping[str, Any], new: Mapping[str, Any], says: Callable[[Any], str]
) -> Iterator[Change]:
    for name, one, other in paired(old, new):
        if one is None or other is None:
            yield changed(kind, f"{about}{name}", one, other, says)
        elif not same(one, other):
            condition = isinstance(one, t.Condition) and isinstance(other, t.Condition)
            yield (
                lines(kind, f"{about}{name}", one, other)
                if condition
                else changed(kind, f"{about}{name}", one, other, says)
            )


def _sentence(node: t.Node) -> str:
    """Return a value or a condition as one sentence."""
    if not isinstance(node, t.Choose):
        return worded(node.text)
    options = ((worded(value.text), when) for when, value in node.options)
    return "; ".join(
        f"{text} {'otherwise' if isinstance(when, t.Always) else f'when {worded(when.text)}'}" for text, when in options
    )


def _choice(node: t.Choice) -> str:
    """Return a choice of members as one sentence."""
    most = " and ".join(worded(quota.text) for quota in node.quotas)
    return f"{worded(node.of.text)}, {node.first} {worded(node.by.text)} first, at most {most}, {node.kept}"


def _layers(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    yield from _named("value", "each member: ", old.members, new.members, _sentence)
    yield from _named("value", "chosen: ", old.chosen, new.chosen, _choice)
    yield from _layer(old.steps, new.steps, "", "class")
    yield from _layer(old.course, new.course, "course: " if new.steps.ladders else "", "class")


def _layer(old: t.Layer, new: t.Layer, about: str, kind: str) -> Iterator[Change]:
    yield from _named("measure", about, old.measures, new.measures, _sentence)
    for name in [name for name in new.measures if name in old.measures]:
        before, after = old.shown.get(name, ("", 1))[0], new.shown.get(name, ("", 1))[0]
        if before != after:
            places = (layer.measures[name].where for layer in (old, new))
            yield Change("unit", f"{about}{name} is shown in", before, after, *places)
    yield from _named("condition", about, old.conditions, new.conditions, _sentence)
    for name, one, other in paired(old.ladders, new.ladders):
        inner = about if name == "class" else f"{about}{name}: "
        if one is not None and other is not None:
            yield from between(one, other, inner, kind)
        else:
            yield changed(kind, f"{about}{name}", one, other, _ladder)


def _ladder(ladder: t.Ladder) -> str:
    return "; ".join(f"{clause.label}: {worded(clause.text)}" for clause in ladder.clauses)


# --- times ------------------------------------------------------------------------------------------------------------
def _times(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    one, other = old.time, new.time
    if one is None or other is None:
        if one is not other:
            yield changed(
                "time", "the time", one, other, lambda time: f"in {time.unit} from {worded(time.anchor.text)}"
            )
        return
    if not same(one.anchor, other.anchor):
        yield changed("time", "counted from", one.anchor, other.anchor, _sentence)
    yield from _plain("unit", "the time is in", one.unit, other.unit)
    lines_ = [_occurrences(time) for time in (one, other)]
    for name, was, now in paired(*lines_):
        if was is None or now is None or was[0] != now[0]:
            before, after = (part[0] if part else "" for part in (was, now))
            yield Change("time", name, before, after, was[1] if was else None, now[1] if now else None)
    shared = [[name for name in part if name in lines_[0] and name in lines_[1]] for part in lines_]
    yield from _plain("order", "what ends the time", *(", ".join(part) for part in shared))


def _occurrences(time: t.Time) -> dict[str, tuple[str, Any]]:
    """Return each event and censoring of a time by its name, as a sentence with its place."""
    found: dict[str, tuple[str, Any]] = {}
    options = time.at.options if isinstance(time.at, t.Choose) else ()
    for clause, (_, at) in zip(time.outcome.clauses, options, strict=True):
        own = clause.when.of[0] if isinstance(clause.when, t.All) else clause.when
        event = "event" if clause.label in time.events else "censored"
        cuts = ", before any event" if clause.text.endswith("before any event") else ""
        when = "" if isinstance(own, t.Always) else f" when {worded(own.text)}"
        name = clause.label if clause.label not in found else f"{clause.label} ({len(found) + 1})"
        found[name] = (f"{event} at {worded(at.text)}{when}{cuts}", clause.where)
    return found


# --- what it rests on -------------------------------------------------------------------------------------------------
def _evidence(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    sources = [{f"{one.cite}, for {one.used_for}": one for one in part.sources} for part in (old, new)]
    for name, one, other in paired(*sources):
        before, after = (source.confidence if source else "" for source in (one, other))
        if one is None or other is None:
            before, after = (f"{name} ({word})" if word else "" for word in (before, after))
        if before != after:
            about = "cited" if one is None or other is None else name
            yield Change("source", about, before, after, None, None)
    claims = [{worded(one.text): one for one in part.claims} for part in (old, new)]
    for _, was, now in paired(*claims):
        if was is None or now is None:
            yield changed("claim", "claimed", was, now, lambda claim: worded(claim.text))


_PARTS = (_head, _parameters, _layers, terms, _times, _evidence)
