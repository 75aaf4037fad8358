"""Sentences of a guideline are read for what they say in numbers: each number with its unit and comparison.

Understood are digits, `half`, `third` and `quarter`, numbers in words before a unit, percent, units, multiples of a
limit (`2.5 x ULN`, `75 % LLN`), ranges (`<LLN - 75`, `>ULN - 2.5 x ULN`, `5 to 10`), signs, and words: `at least`,
`more than`, `less than`, `below`, `up to`, `within`, `or more`, `or later` and their like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from criterium.language.units import UnknownUnit, unit

Way = Literal["lower", "upper"]
LIMITS = ("lln", "uln", "baseline")
_FRACTIONS = {"two thirds": Fraction(200, 3), "three quarters": Fraction(75), "half": Fraction(50)} | {
    "third": Fraction(100, 3), "quarter": Fraction(25), "fifth": Fraction(20), "tenth": Fraction(10)
}  # fmt: skip
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NO_UNITS = {"a", "an", "in", "or", "and", "to", "of", "at", "is", "x", "d", "h", "s"}
_LIMIT = rf"(?:{'|'.join(LIMITS)})\b"
_MENTION = re.compile(
    rf"""
    (?P<sign>>=|<=|=>|=<|[<>≤≥])?\s*
    (?:
      (?P<number>(?<![\w.])(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?(?![\d.]*\+))
        (?: \s*(?:x|\u00d7|\*|times)\s*(?:above\s+)?(?P<times>{_LIMIT})
          | \s*(?:%|percent)\s*(?:of\s+)?(?:the\s+)?(?P<share>{_LIMIT})
          | \s?(?P<unit>%|10[*^]9/L|[A-Za-zµ°][A-Za-z0-9/*^.]*)
        )?
    | (?P<bare>\b{_LIMIT})
    | \b(?P<fraction>{"|".join(_FRACTIONS)})s?\b
    | \b(?P<word>{"|".join(_WORDS)})\s+(?P<counted>[A-Za-z]+)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS: dict[str, tuple[Way, bool]] = {
    ">=": ("lower", True), "=>": ("lower", True), "≥": ("lower", True), ">": ("lower", False),
    "<=": ("upper", True), "=<": ("upper", True), "≤": ("upper", True), "<": ("upper", False),
}  # fmt: skip
_ARTICLE = r"\s*(?:by\s+)?(?:an?\s+|the\s+)?$"
_BEFORE_WORDS: tuple[tuple[str, tuple[Way, bool]], ...] = (
    (r"at least|not less than|no less than|not below|a minimum of", ("lower", True)),
    (r"at most|not more than|no more than|not above|up to|within|a maximum of", ("upper", True)),
    (r"more than|greater than|larger than|longer than|above|exceeds|exceeding", ("lower", False)),
    (r"less than|fewer than|smaller than|shorter than|below|under|excluding", ("upper", False)),
)
_BEFORE = tuple((re.compile(rf"(?<![a-z])(?:{words}){_ARTICLE}", re.IGNORECASE), said) for words, said in _BEFORE_WORDS)
_AFTER: tuple[tuple[re.Pattern[str], tuple[Way, bool]], ...] = (
    (
        re.compile(r"[^,;]{0,20}?\bor (?:more|larger|greater|longer|higher|later|above)\b", re.IGNORECASE),
        ("lower", True),
    ),
    (
        re.compile(r"[^,;]{0,20}?\bor (?:less|fewer|smaller|shorter|lower|earlier|below)\b", re.IGNORECASE),
        ("upper", True),
    ),
)
_RANGE = re.compile("\\s*(?:-|\u2013|to)\\s*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number that a sentence names: `value` times `limit` (if any), in `dimension`; None: it has no unit of its own.

    `way` and `inclusive` say what the words around it make of it: a lower or an upper bound, with or without the number
    itself; None: the sentence does not say. `start` and `end` are its letters.
    """

    value: Fraction
    limit: str
    dimension: str | None
    way: Way | None
    inclusive: bool | None
    text: str
    start: int
    end: int


def mentions(sentence: str, own_unit: str = "") -> list[Mention]:
    """Return the numbers of a sentence in its order; a number in `own_unit` is one without a unit."""
    found = [one for match in _MENTION.finditer(sentence) if (one := _mention(match, own_unit)) is not None]
    found = [_compared(one, sentence) for one in found]
    return [one for one in _ranges(found, sentence) if one.dimension != "bare"]


def _mention(match: re.Match[str], own_unit: str) -> Mention | None:
    sign = _SIGNS.get(match["sign"] or "")
    way, inclusive = sign or (None, None)
    made = _value(match, own_unit)
    if made is None:
        return None
    value, limit, dimension, text = made
    if match["bare"] and sign is not None:
        dimension = None
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Mention(
        value, limit, dimension, way, inclusive, text, start, start + len(text) + match[0].lstrip().index(text[0])
    )


def _value(  # noqa: PLR0911 -- one return for each form of the grammar above
    match: re.Match[str], own_unit: str
) -> tuple[Fraction, str, str | None, str] | None:
    """Return (value, limit, dimension, text) of a match; a limit alone is `bare` until a sign or range claims it."""
    text = match[0].strip()
    if match["bare"]:
        return Fraction(1), match["bare"].lower(), "bare", text
    if match["fraction"]:
        return _FRACTIONS[match["fraction"].lower()], "", "percent", text
    if match["word"]:
        return _measured(Fraction(_WORDS.index(match["word"].lower())), match["counted"], text)
    number = Fraction(match["number"].replace(",", ""))
    if match["times"]:
        return number, match["times"].lower(), None, text
    if match["share"]:
        return number / 100, match["share"].lower(), None, text
    spelled = match["unit"] or ""
    measured = _measured(number, spelled, text) if spelled and spelled != own_unit else None
    if measured is not None:
        return measured
    return number, "", None, text[: match.end("number") - match.end() + len(text)] if spelled else text


def _measured(number: Fraction, spelled: str, text: str) -> tuple[Fraction, str, str, str] | None:
    if spelled.lower() in _NO_UNITS:
        return None
    for one in (spelled, spelled.rstrip("."), f"{spelled}s"):
        try:
            found = unit(one)
        except UnknownUnit:
            continue
        return number * found.factor, "", found.dimension, text
    return None


def _compared(one: Mention, sentence: str) -> Mention:
    """Return a number with what the words before or after it say."""
    if one.way is not None:
        return one
    before, after = sentence[: one.start], sentence[one.end :]
    for pattern, (way, inclusive) in _BEFORE:
        if pattern.search(before):
            return replace(one, way=way, inclusive=inclusive)
    for pattern, (way, inclusive) in _AFTER:
        match = pattern.match(after)
        if match is not None and not _MENTION.search(match[0]):
            return replace(one, way=way, inclusive=inclusive)
    return one


def _ranges(found: list[Mention], sentence: str) -> Iterator[Mention]:
    """Yield the numbers, the two ends of a range as its bounds."""
    at = 0
    while at < len(found):
        one, other = found[at], found[at + 1] if at + 1 < len(found) else None
        if other is not None and _RANGE.fullmatch(sentence[one.end : other.start]):
            yield from _ends(one, other)
            at += 2
        else:
            yield one
            at += 1


def _ends(one: Mention, other: Mention) -> tuple[Mention, Mention]:
    """Return the ends of a range: `<X - Y` falls, `>X - Y` rises, and what has no sign belongs to it."""
    if other.dimension == "bare":
        other = replace(other, dimension=None)
    if not one.limit and one.dimension is None:
        share = other.limit and "%" in other.text
        value = one.value / 100 if share and one.value > 1 else one.value
        same = other.value / one.value if other.dimension else None
        one = replace(one, value=value, limit=other.limit, dimension=other.dimension)
        if same is not None and other.dimension is not None:
            one = replace(one, value=one.value * _factor(other))
    elif one.dimension == "bare":
        one = replace(one, dimension=None)
    falls = one.way == "upper" or (one.way is None and other.way is None and _falls(one, other))
    first: Way = "upper" if falls else "lower"
    last: Way = "lower" if falls else "upper"
    return (
        replace(one, way=first, inclusive=one.inclusive if one.way else True),
        replace(other, way=last, inclusive=other.inclusive if other.way else True),
    )


def _factor(one: Mention) -> Fraction:
    """Return the factor of the unit of a number to the canonical unit."""
    number = re.search(r"\d+(?:\.\d+)?", one.text)
    return one.value / Fraction(number[0]) if number and Fraction(number[0]) else Fraction(1)


def _falls(one: Mention, other: Mention) -> bool:
    return one.limit == other.limit and one.value > other.value
