"""What a plain scalar of YAML says. Where YAML readers disagree nothing is guessed: the text stays as it is."""

from __future__ import annotations

import re
from decimal import Decimal

Scalar = str | int | Decimal | bool | None

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
# Every one of these is something else to another reader of YAML than the text it looks like.
_DISPUTED = (
    (re.compile(r"(?i)y|yes|on|true"), "true"),
    (re.compile(r"(?i)n|no|off|false"), "false"),
    (re.compile(r"\d{4}-\d\d?-\d\d?([Tt ].*)?"), "a date"),
    (re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?"), "a number in base 60"),
    (re.compile(r"[-+]?0[0-9_]+|0o[0-7_]+"), "an octal number"),
    (re.compile(r"[-+]?0[xb][0-9a-fA-F_]+"), "a number in another base"),
    (re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?"), "a number without the `_`"),
    (
        re.compile(r"(?i)[-+]?\.inf|\.nan|[-+]?[0-9]*\.[0-9]+(e[-+]?[0-9]+)?|\+[0-9].*|[0-9]+\.|[0-9]+e[-+]?[0-9]+"),
        "a number",
    ),
)


def plain(text: str) -> tuple[Scalar, str]:
    """Return what an unquoted scalar says, and what else other readers take it for ("" if all agree)."""
    if text in {"", "null", "~"}:
        return None, ""
    if text in {"true", "false"}:
        return text == "true", ""
    if _INTEGER.fullmatch(text):
        return int(text), ""
    if _NUMBER.fullmatch(text):
        return Decimal(text), ""
    return text, next((meaning for pattern, meaning in _DISPUTED if pattern.fullmatch(text)), "")


def remedy(text: str, meaning: str) -> str:
    """Return what to write instead of a scalar that other readers take for `meaning`."""
    if meaning in {"true", "false"}:
        return f'write `{meaning}` for a truth value, or the word in quotes: `"{text}"`'
    return f'write a plain decimal number, or the text in quotes: `"{text}"`'
