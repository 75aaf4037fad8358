"""Prose against numbers: what the sentence of a line says must be what its condition says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from criterium.evaluate.exact.algebra import spoken
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.verify.checks.prose_bounds import Bound, bounds
from criterium.verify.checks.prose_numbers import Mention, mentions
from criterium.verify.findings import Finding

_NEGATED = re.compile(r"\b(?:not|no|nor|neither|without|never)\b", re.IGNORECASE)
_WORDS = {
    ("lower", True): "at least", ("lower", False): "more than",
    ("upper", True): "at most", ("upper", False): "less than",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with a sentence: what it is called, the sentence, its numbers, and the bounds of its condition."""

    about: str
    says: t.Saying
    mentions: Sequence[Mention]
    bounds: Sequence[Bound]


def prose(criterion: t.Criterion) -> Iterator[Finding]:
    """Yield a finding for every number of a sentence that its condition does not have or compares otherwise.

    A sentence that an overlay inherits is the base's: it says what the base means, whatever numbers the overlay sets.
    """
    own = criterion.where.file
    lines = [line for line in _lines(criterion) if line.mentions and line.says.where.file == own]
    for line in lines:
        for mention in line.mentions:
            yield from _compared(line, mention)
    yield from _siblings(lines)


def _lines(criterion: t.Criterion) -> Iterator[_Line]:
    for about, unit, ladder in _ladders(criterion):
        for at, clause in enumerate(ladder.clauses):
            if clause.says is not None:
                name = f"{about}, grade {clause.label}" if unit is not None else f"{about}.{clause.label}"
                found = mentions(clause.says.text, unit or "")
                yield _Line(name, clause.says, found, bounds(criterion, ladder.clauses, at))


def _ladders(criterion: t.Criterion) -> Iterator[tuple[str, str | None, t.Ladder]]:
    """Yield every ladder with what it is called, and its unit where it belongs to a term."""
    for name, ladder in criterion.steps.ladders.items():
        yield "classes" if name == "class" else name, None, ladder
    for name, ladder in criterion.course.ladders.items():
        yield "course" if name == "class" else name, None, ladder
    for branch in criterion.branches:
        if branch.ladder is not None and not branch.derived:
            yield f"terms.{branch.id}", branch.unit, branch.ladder


# --- one number -------------------------------------------------------------------------------------------------------
def _compared(line: _Line, mention: Mention) -> Iterator[Finding]:
    same = _same(line, mention)
    where, quoted = line.says.where, f"`{mention.text}`"
    if not same:
        what = f"the sentence says {quoted}, and no comparison has that number"
        yield Finding("CRT201", where, line.about, what, f"a comparison with {quoted}", _nearest(line, mention))
    elif mention.way is not None and not any(_agrees(one, mention, line.says.text) for one in same):
        said, does = _WORDS[mention.way, bool(mention.inclusive)], _WORDS[same[0].way, same[0].inclusive]
        what = f"the sentence says {said} {_number(mention, same[0])}, the condition is {does} it"
        yield Finding("CRT202", where, line.about, what, f"a condition on `{same[0].subject}` that is {said} it")


def _same(line: _Line, mention: Mention) -> list[Bound]:
    """Return the bounds with the number of a mention; one without a unit may share that of another number beside it."""
    for value, dimension in _readings(line, mention):
        found = [
            one
            for one in line.bounds
            if one.value == value and one.limit == mention.limit and (mention.limit or one.dimension in dimension)
        ]
        if found:
            return found
    return []


def _readings(line: _Line, mention: Mention) -> Iterator[tuple[Fraction, tuple[str, ...]]]:
    if mention.dimension is not None:
        yield mention.value, (mention.dimension,)
        return
    yield mention.value, ("", "number")
    for other in line.mentions:
        if other.dimension is not None and not mention.limit:
            number = re.search(r"\d+(?:\.\d+)?", other.text)
            factor = other.value / Fraction(number[0]) if number and Fraction(number[0]) else Fraction(1)
            yield mention.value * factor, (other.dimension,)


def _agrees(one: Bound, mention: Mention, sentence: str) -> bool:
    if (one.way, one.inclusive) == (mention.way, mention.inclusive):
        return True
    turned = one.way != mention.way and one.inclusive != mention.inclusive
    return turned and not one.own and _NEGATED.search(sentence) is not None


def _number(mention: Mention, bound: Bound) -> str:
    digits = mention.text.lstrip("<>=≤≥ ")
    return f"`{digits}`" if digits else spoken(bound.value)


def _nearest(line: _Line, mention: Mention) -> str:
    """Return what the condition compares with instead."""
    alike = [one for one in line.bounds if one.own and one.limit == mention.limit]
    alike = [one for one in alike if mention.dimension in {None, one.dimension}]
    shown = [f"{spoken(one.value)}{f' x {one.limit}' if one.limit else ''}" for one in alike if not _scaled(one)]
    return f"the condition compares with {' and '.join(dict.fromkeys(shown))}" if shown else ""


def _scaled(one: Bound) -> bool:
    """Say whether a number is not shown as it was written, because its dimension has units of several sizes."""
    return one.dimension not in {"", "number", "percent"}


# --- one sentence, two conditions -------------------------------------------------------------------------------------
def _siblings(lines: Sequence[_Line]) -> Iterator[Finding]:
    """Yield a finding for every line whose sentence stands at an earlier line with another condition."""
    first: dict[str, _Line] = {}
    for line in lines:
        sentence = " ".join(line.says.text.lower().split())
        earlier = first.setdefault(sentence, line)
        mine, other = _coded(line), _coded(earlier)
        if mine != other and line.about != earlier.about:
            what = f"the sentence `{line.says.text}` stands at {earlier.about} too, with another condition"
            remedy = f"see line {_place(earlier.says.where)}: {_spoken(other - mine)}; here: {_spoken(mine - other)}"
            yield Finding("CRT203", line.says.where, line.about, what, "one condition for one sentence", remedy)


def _coded(line: _Line) -> frozenset[tuple[str, Fraction, str]]:
    """Return how the numbers of a sentence are compared."""
    found = {
        bound
        for mention in line.mentions
        for bound in _same(line, mention)
        if (mention.way == bound.way) or (mention.way is None and bound.own)
    }
    return frozenset((_WORDS[one.way, one.inclusive], one.value, one.limit) for one in found)


def _spoken(found: frozenset[tuple[str, Fraction, str]]) -> str:
    words = [f"{words} {spoken(value)}{f' x {limit}' if limit else ''}" for words, value, limit in sorted(found)]
    return " and ".join(words) or "nothing else"


def _place(where: Where) -> str:
    return str(where.line)
