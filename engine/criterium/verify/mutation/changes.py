"""Small changes of one node of the tree: what a slip of the pen could have made of it, each still well formed.

A change says itself in words that hold `{place}` where the name of its place belongs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from criterium.language import tree as t
from criterium.language.units import unit

_OTHER: Mapping[str, tuple[str, ...]] = {
    ">=": (">", "<"),
    ">": (">=", "<="),
    "<=": ("<", ">"),
    "<": ("<=", ">="),
    "=": ("!=",),
    "!=": ("=",),
}
_ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "^": "*"}
_PICKS = {"sum": "highest", "lowest": "highest", "highest": "lowest", "first": "last", "last": "first"}
_REFERENCES = (("baseline", "nadir", "previous"), ("preceding", "following"), ("next", "previous"))
_NUMBER = re.compile(r"(?P<number>-?[0-9]+(?:\.(?P<decimals>[0-9]+))?)(?P<unit>.*)", re.DOTALL)
_EXTREMES = {"earliest": "latest", "latest": "earliest", "smaller": "larger", "larger": "smaller"}
_NEVER = "never"
_KEPT = ("from baseline", "growing", "anew")


@dataclass(frozen=True, slots=True)
class Change:
    """A node that takes the place of another, and what it changes, in words with a slot for the `{place}`."""

    new: object
    says: str


def changes(node: t.Node, above: t.Node | None) -> Iterator[Change]:
    """Yield the changes of a node; what lies right under a `not` is turned round by losing it, not by a second one."""
    make: Callable[[Any], Iterator[Change]] | None = _CHANGES.get(type(node))
    if make is not None:
        yield from make(node)
    if isinstance(node, _OPPOSED) and not isinstance(above, t.Not):
        yield Change(t.Not(node.where, f"not {node.text}", node), _opposite(node))


def _quoted(text: str) -> str:
    return f"`{' '.join(text.split()).replace('{', '(').replace('}', ')')}`"


def _opposite(node: t.Node) -> str:
    return f"{_quoted(node.text)} becomes its opposite in {{place}}"


def _becomes(old: str, new: str) -> str:
    return f"{_quoted(old)} becomes {_quoted(new)} in {{place}}"


def _left_out(part: str, whole: str = "") -> str:
    inside = f"{_quoted(whole)} in " if whole else ""
    return f"{_quoted(part)} is left out of {inside}{{place}}"


def without(parts: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """Return the parts but the one at a place."""
    return (*parts[:at], *parts[at + 1 :])


def never(node: t.Condition) -> t.Condition:
    """Return a condition that never holds, at the place of another."""
    return t.Not(node.where, _NEVER, t.Always(node.where, _NEVER))


# --- numbers ----------------------------------------------------------------------------------------------------------
def moved(value: Fraction, text: str) -> Iterator[tuple[Fraction, str]]:
    """Yield a quantity one unit of its written precision lower and higher, with its new text: 6.5 to 6.4 and 6.6."""
    parts = _NUMBER.fullmatch(text.strip())
    if parts is None:
        return
    number, step = Fraction(parts["number"]), Fraction(1, 10 ** len(parts["decimals"] or ""))
    spelled = parts["unit"].strip()
    factor = value / number if number else unit(spelled).factor if spelled else Fraction(1)
    for new in (number - step, number + step):
        written = f"{float(new):.{len(parts['decimals'] or '')}f}"
        yield new * factor, f"{written}{parts['unit']}"


def _of_constant(node: t.Constant) -> Iterator[Change]:
    for value, text in moved(node.value, node.text):
        yield Change(replace(node, value=value, text=text), _becomes(node.text, text))


def of_setting(node: t.Setting) -> Iterator[Change]:
    """Yield a parameter with each of its other readings, or moved by one unit of its precision."""
    if isinstance(node.value, Fraction):
        for value, text in moved(node.value, node.text):
            yield Change(replace(node, value=value, text=text), f"`{node.name}` is `{text}`")
        return
    for word in node.kind.words:
        if word != node.value:
            yield Change(replace(node, value=word, text=word), f"`{node.name}` is `{word}`")


# --- values -----------------------------------------------------------------------------------------------------------
def _of_arithmetic(node: t.Arithmetic) -> Iterator[Change]:
    other: Any = _ARITHMETIC[node.operator]
    says = _becomes(
        f"{node.left.text} {node.operator} {node.right.text}", f"{node.left.text} {other} {node.right.text}"
    )
    yield Change(replace(node, operator=other), says)


def _of_change(node: t.Change) -> Iterator[Change]:
    other: Any = "rise" if node.direction == "fall" else "fall"
    yield Change(replace(node, direction=other), _becomes(node.text, node.text.replace(node.direction, other, 1)))


def _of_reference(node: t.Reference) -> Iterator[Change]:
    group = next(names for names in _REFERENCES if node.reference in names)
    for other in group:
        if other != node.reference and (other != "nadir" or node.of.kind.sort in {"number", "date"}):
            new: Any = other
            yield Change(replace(node, reference=new), _becomes(node.text, f"{other} {node.of.text}"))


def _of_aggregate(node: t.Aggregate) -> Iterator[Change]:
    other: Any = _PICKS.get(node.how)
    if other is not None:
        spelled = "sum of" if node.how == "sum" else node.how
        yield Change(replace(node, how=other), _becomes(node.text, node.text.replace(spelled, other, 1)))


def _of_extreme(node: t.Extreme) -> Iterator[Change]:
    other: Any = _EXTREMES[node.how]
    yield Change(replace(node, how=other), _becomes(node.text, node.text.replace(node.how, other, 1)))
    for at, part in enumerate(node.of):
        if len(node.of) > 1:
            yield Change(replace(node, of=without(node.of, at)), _left_out(part.text, node.text))


def _of_choose(node: t.Choose) -> Iterator[Change]:
    """Yield a value of several lines with each of them left out; what no line gives is missing anyhow."""
    for at, (when, value) in enumerate(node.options):
        idle = at + 1 == len(node.options) and isinstance(value, t.Missing)
        if len(node.options) > 1 and not idle:
            rung = f"{value.text} when {when.text}"
            yield Change(replace(node, options=without(node.options, at)), _left_out(rung))


def _of_collection(node: t.Collection) -> Iterator[Change]:
    if node.where_ is not None and not isinstance(node.where_, t.All):
        yield Change(replace(node, where_=None), _left_out(node.where_.text, node.text))


def _of_choice(node: t.Choice) -> Iterator[Change]:
    first: Any = "highest" if node.first == "lowest" else "lowest"
    yield Change(replace(node, first=first), _becomes(f"{node.first} {node.by.text}", f"{first} {node.by.text}"))
    for at, quota in enumerate(node.quotas):
        yield Change(replace(node, quotas=without(node.quotas, at)), _left_out(quota.text))
    for other in _KEPT:
        if other != node.kept:
            kept: Any = other
            yield Change(replace(node, kept=kept), _becomes(node.kept, other))


def _of_window(node: t.Window) -> Iterator[Change]:
    for name in ("least", "most", "between", "limit"):
        part: t.Node | None = getattr(node, name)
        if part is not None:
            none: Any = {name: None} if name != "limit" else {"limit": None, "counted": None}
            yield Change(replace(node, **none), _left_out(part.text, node.text))


# --- conditions -------------------------------------------------------------------------------------------------------
def _of_compare(node: t.Compare) -> Iterator[Change]:
    for other in _OTHER[node.operator]:
        new: Any = other
        said = _becomes(*(f"{node.left.text} {sign} {node.right.text}" for sign in (node.operator, other)))
        yield Change(replace(node, operator=new), said)


def _of_against(node: t.Against) -> Iterator[Change]:
    for other in _OTHER[node.operator]:
        new: Any = other
        said = _becomes(node.text, node.text.replace(node.operator, other, 1))
        yield Change(replace(node, operator=new), said)


def _of_adjacent(node: t.Adjacent) -> Iterator[Change]:
    other: Any = "following" if node.side == "preceding" else "preceding"
    yield Change(replace(node, side=other), _becomes(node.text, node.text.replace(node.side, other, 1)))


def _of_one_of(node: t.OneOf) -> Iterator[Change]:
    for at, word in enumerate(node.words):
        if len(node.words) > 1:
            yield Change(replace(node, words=without(node.words, at)), _left_out(word, node.text))
    known = node.of.kind.words
    others = [word for word in known if word not in node.words]
    if len(known) > 2 and len(node.words) == 1 and others:
        beyond = [word for word in others if known.index(word) > known.index(node.words[0])]
        new = (beyond or others)[0]
        said = _becomes(node.text, f"{node.of.text} is {new}")
        yield Change(replace(node, words=(new,)), said)


def _of_quantified(node: t.Quantified) -> Iterator[Change]:
    if node.has is not None:
        other: Any = "every" if node.how == "any" else "any"
        yield Change(replace(node, how=other), _becomes(node.text, f"{other}{node.text.removeprefix(node.how)}"))


def _of_joined(node: t.All | t.Some) -> Iterator[Change]:
    for at, part in enumerate(node.of):
        rest = without(node.of, at)
        new = replace(node, of=rest) if rest else t.Always(node.where, "always")
        yield Change(new, _left_out(part.text))


def _of_not(node: t.Not) -> Iterator[Change]:
    if not isinstance(node.of, t.Compare):
        yield Change(node.of, _opposite(node))


def _of_seen(node: t.Seen) -> Iterator[Change]:
    for at, word in enumerate(node.classes):
        if len(node.classes) > 1:
            yield Change(replace(node, classes=without(node.classes, at)), _left_out(word, node.text))
    bounds = (("since", node.since), ("until", node.until), ("most", node.most))
    for name, bound in bounds:
        if bound is not None:
            what = {"most": f"at most {bound.text}"}.get(name, bound.text)
            given: Any = {name: None}
            yield Change(replace(node, **given), _left_out(what, node.text))
    if node.apart is not None:
        once = replace(node, apart=None, between=None, most=None, most_of=())
        yield Change(once, _left_out("twice", node.text))
    if node.between is not None:
        yield Change(replace(node, between=None), _left_out("with only ... between", node.text))
    for name, words in (("between", node.between or ()), ("most_of", node.most_of)):
        for at, word in enumerate(words):
            if len(words) > 1:
                fewer: Any = {name: without(words, at)}
                yield Change(replace(node, **fewer), _left_out(f"{word}{_LISTS[name]}", node.text))


def let_in(node: t.Node, order: tuple[str, ...], until: tuple[str, ...]) -> Iterator[Change]:
    """Yield a pattern that takes one class more, the next one down the order, in each of its lists of classes.

    A class that ends the course cannot lie between two others.
    """
    if not isinstance(node, t.Seen):
        return
    for name, words in (("classes", node.classes), ("between", node.between or ()), ("most_of", node.most_of)):
        places = [order.index(word) for word in words if word in order]
        if places and max(places) + 1 < len(order):
            word = order[max(places) + 1]
            more: Any = {name: (*words, word)}
            told = f"{_quoted(word + _LISTS[name])} is let into {_quoted(node.text)} in {{place}}"
            if name == "classes" or word not in until:
                yield Change(replace(node, **more), told)


_LISTS = {"classes": "", "between": " (between)", "most_of": " (at most)"}
_OPPOSED = (t.OneOf, t.Known, t.Rule, t.Quantified, t.Earlier, t.Later, t.Adjacent, t.Seen)
_CHANGES: Mapping[type[t.Node], Callable[[Any], Iterator[Change]]] = {
    t.Constant: _of_constant,
    t.Arithmetic: _of_arithmetic,
    t.Change: _of_change,
    t.Reference: _of_reference,
    t.Aggregate: _of_aggregate,
    t.Extreme: _of_extreme,
    t.Choose: _of_choose,
    t.Choice: _of_choice,
    t.Collection: _of_collection,
    t.Compare: _of_compare,
    t.Against: _of_against,
    t.Adjacent: _of_adjacent,
    t.Window: _of_window,
    t.OneOf: _of_one_of,
    t.Quantified: _of_quantified,
    t.All: _of_joined,
    t.Some: _of_joined,
    t.Not: _of_not,
    t.Seen: _of_seen,
}
