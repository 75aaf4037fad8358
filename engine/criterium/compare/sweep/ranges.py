"""What shall be swept, as it was written: `ID.PARAMETER=10..30 percent`, or a list of values or words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.verify.settings import with_settings

MOST_VALUES = 10_000
FORM = "write `ID.PARAMETER=10..30 percent`, or a list such as `ID.PARAMETER=10,15,20 percent`"
_NUMBER = r"(-?\d+(?:\.\d+)?)"
_RANGE = re.compile(rf"{_NUMBER}\s*([^\s.,][^,]*?)?\s*\.\.\s*{_NUMBER}\s*([^,]*)")
_ITEM = re.compile(rf"{_NUMBER}\s*(.*)")
_STEP = re.compile(rf"{_NUMBER}\s*(.*)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter to be swept: the criterion it belongs to, its name, and the values as they were written."""

    criterion: str
    name: str
    text: str

    @property
    def where(self) -> Where:
        """The place of a problem with it."""
        return Where(f"sweep {self.criterion}.{self.name}={self.text}")


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter with its values, rising if they are numbers, as canonical numbers or words and as texts.

    `own` is its value as the study has it, `unit` that of the texts, `step` what lies between two values (empty: a
    list).
    """

    name: str
    values: tuple[Fraction | str, ...]
    texts: tuple[str, ...]
    own: t.Setting
    unit: str = ""
    step: str = ""

    def is_own(self, at: int) -> bool:
        """Say whether a value is the one that the study has."""
        return self.values[at] == self.own.value


def asked(words: Sequence[str]) -> list[Asked]:
    """Return what was asked for; a word without `=` belongs to the one before. Raises Refused."""
    joined: list[str] = []
    for word in words:
        if "=" in word or not joined:
            joined.append(word)
        else:
            joined[-1] += f" {word}"
    problems: list[Problem] = []
    found = []
    for text in joined:
        key, equals, values = text.partition("=")
        id_, dot, name = key.strip().rpartition(".")
        if equals and dot and values.strip():
            found.append(Asked(id_, name, values.strip()))
        else:
            problems.append(Problem(Where(f"sweep {text}"), f"`{text}` says no values", "a range or a list", FORM))
    problems += _several(found)
    if problems:
        raise Refused(problems)
    return found


def _several(found: Sequence[Asked]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in found:
        if one.criterion != found[0].criterion:
            what = f"`{one.criterion}` and `{found[0].criterion}` cannot be swept together"
            yield Problem(one.where, what, "parameters of one criterion", "set the other's by `--set`")
        if one.name in seen:
            yield Problem(one.where, f"`{one.name}` is swept twice", "each parameter once")
        seen.add(one.name)


def axes(criterion: t.Criterion, found: Sequence[Asked], step: str, most: int) -> list[Axis]:
    """Return the axes of a sweep; `step` is one for every range, or one each with commas between.

    Without a step a range has a round one that makes at most `most` values, and its ends. Raises Refused.
    """
    steps = [one.strip() for one in step.split(",")] if step.strip() else [""]
    steps = steps * len(found) if len(steps) == 1 else steps
    if len(steps) != len(found):
        raise Refused([_bad_step(step, f"{len(steps)} steps for {len(found)} parameters")])
    problems: list[Problem] = []
    made = []
    for one, size in zip(found, steps, strict=True):
        try:
            made.append(_axis(criterion, one, size, most))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return made


def _axis(criterion: t.Criterion, one: Asked, step: str, most: int) -> Axis:
    own = criterion.parameters.get(one.name)
    if own is None:
        what = f"{criterion.id} has no parameter `{one.name}`"
        names = list(criterion.parameters)
        raise Refused([Problem(one.where, what, listed(names) or "no parameter", nearest(one.name, names))])
    spread = _RANGE.fullmatch(one.text)
    if spread and own.kind.sort != "label":
        return _range(criterion, one, own, spread, step, most)
    texts = [part.strip() for part in one.text.split(",")]
    if own.kind.sort != "label":
        unit = _unit(texts[-1])
        texts = [text if _unit(text) else f"{text} {unit}".strip() for text in texts]
    values = {_value(criterion, one, text): text for text in texts}
    order = list(values) if own.kind.sort == "label" else sorted(values, key=_number)
    return Axis(one.name, tuple(order), tuple(values[value] for value in order), own)


def _number(value: Fraction | str) -> Fraction:
    return Fraction(value)


def _unit(text: str) -> str:
    found = _ITEM.fullmatch(text)
    return found[2] if found else ""


def _value(criterion: t.Criterion, one: Asked, text: str) -> Fraction | str:
    return with_settings(criterion, {one.name: text}, Document(None, {(): one.where}), ()).parameters[one.name].value


def _range(criterion: t.Criterion, one: Asked, own: t.Setting, spread: re.Match[str], step: str, most: int) -> Axis:
    low, high, unit = Decimal(spread[1]), Decimal(spread[3]), spread[4].strip() or (spread[2] or "").strip()
    if spread[2] and spread[2].strip() != unit:
        what = f"`{one.text}` begins in {spread[2].strip()} and ends in {unit}"
        raise Refused([Problem(one.where, what, "one unit", FORM)])
    if low >= high:
        raise Refused([Problem(one.where, f"`{one.text}` does not rise", "a range from low to high", FORM)])
    size = _size(step, unit) if step else round_step(high - low, most)
    if (high - low) / size > MOST_VALUES:
        raise Refused([_bad_step(str(size), f"a step of {size} makes more than {MOST_VALUES} values")])
    numbers = [low + at * size for at in range(int((high - low) / size) + 1)]
    numbers += [high] if numbers[-1] < high else []
    first = _value(criterion, one, f"{low} {unit}".strip())
    last = _value(criterion, one, f"{high} {unit}".strip())
    factor = (Fraction(last) - Fraction(first)) / (Fraction(high) - Fraction(low))
    values = tuple(Fraction(first) + (Fraction(number) - Fraction(low)) * factor for number in numbers)
    texts = tuple(f"{plain(number)} {unit}".strip() for number in numbers)
    return Axis(one.name, values, texts, own, unit, f"{plain(size)} {unit}".strip())


def _size(step: str, unit: str) -> Decimal:
    found = _STEP.fullmatch(step)
    if not found or Decimal(found[1]) <= 0 or found[2].strip() not in {"", unit}:
        raise Refused([_bad_step(step, f"`{step}` is no step of a range in {unit or 'numbers'}")])
    return Decimal(found[1])


def _bad_step(step: str, what: str) -> Problem:
    return Problem(Where("--step", 1, 1, step, len(step)), what, "a number above 0, in the unit of the range")


def round_step(span: Decimal, most: int) -> Decimal:
    """Return the smallest of 1, 2 and 5 times a power of ten by which a span is walked in fewer than `most` steps."""
    power = Decimal(10) ** (span / most).adjusted()
    steps = (power * one for one in (1, 2, 5, 10))
    return next(step for step in steps if span / step <= most)


def plain(number: Decimal) -> str:
    """Return a number without a power of ten and without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
