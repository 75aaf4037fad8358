"""What is wrong with a cell's text, and what to do about it: one function a type of cell, in the reader's words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from criterium.language.problems import listed, nearest
from criterium.timeline.complaints import Fault, quoted

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NOTHING = {"na", "n/a", "#n/a", "nan", "null", "<na>"}
_NO_NUMBER = {"none", "nil", "nd", "-", "--", ".", "?", "inf", "+inf", "-inf", "infinity"}
_LONGEST = 60  # a longer number is no measurement, and exact arithmetic on it is slow

EARLIEST, LATEST = 1800, 2300  # dates moved into the future to hide them are in use


def untidy(text: str) -> Fault | None:
    """Return the fault of a text with spaces around it or with invisible characters in it."""
    if text.isprintable() and text == text.strip():
        return None
    if text != text.strip():
        says = f"{quoted(text)} has spaces around it" if text.strip() else "the cell holds nothing but spaces"
        return Fault("spaces around the text", says, help="delete the spaces")
    hidden = next(c for c in text if not c.isprintable())
    says = f"{quoted(text)} holds the invisible character U+{ord(hidden):04X}"
    return Fault("an invisible character", says, help="delete it, or put a plain space in its place")


def all_tidy(texts: list[str]) -> bool:
    """Say whether `untidy` finds nothing in any of many texts."""
    return all(map(str.isprintable, texts)) and list(map(str.strip, texts)) == texts


def is_number(text: str) -> bool:
    """Say whether a text is a plain decimal number of reasonable length, which `float` and `Fraction` both read."""
    return len(text) <= _LONGEST and _NUMBER.fullmatch(text) is not None and abs(float(text)) != float("inf")


def stands_for_nothing(text: str) -> bool:
    """Say whether a text is a common way to write that there is no value."""
    return text.lower() in _NOTHING


def no_value(text: str) -> Fault:
    """Return the fault of a text that stands for a missing value."""
    return Fault("a word for no value", f"{quoted(text)} is no value", help="leave the cell empty if there is no value")


def no_number(text: str) -> Fault:
    """Return the fault of a text that is no number, with the likely reason."""
    if stands_for_nothing(text) or text.lower() in _NO_NUMBER:
        return no_value(text)
    for pattern, kind, says, remedy in _NUMBER_FAULTS:
        if match := re.fullmatch(pattern, text, re.ASCII):
            return Fault(kind, f"{quoted(text)} {says}", _PLAIN_NUMBER, remedy.format(*match.groups()))
    return Fault("no number", f"{quoted(text)} is no number", _PLAIN_NUMBER, _RETYPE)


_PLAIN_NUMBER = "a plain number such as `12.5`"
_RETYPE = "enter the number alone, or leave the cell empty if it is not known"
_PLAIN = r"[+-]?\d+(?:\.\d+)?"
_NUMBER_FAULTS = (
    (
        r"([+-]?[1-9]\d{0,2}),(\d{3})",
        "a comma in a number",
        "has a comma, which may mean thousands or decimals",
        "write `{0}{1}` or `{0}.{1}`, whichever is meant",
    ),
    (r"([+-]?\d+),(\d+)", "a decimal comma", "has a decimal comma", "write `{0}.{1}`"),
    (
        r"[+-]?\d{1,3}(?:[,.'_ ]\d{3})+(?:[.,]\d+)?",
        "a thousands separator",
        "has a thousands separator",
        "write the digits without separators, and a point before decimals",
    ),
    (
        r"\s*(?:<|>|<=|>=|=<|=>|~|\u2264|\u2265)\s*\d.*",
        "a bound in place of a number",
        "is a bound, not a number",
        "bounds are not supported: leave the cell empty, or enter the number your protocol puts in its place",
    ),
    (rf"{_PLAIN}[eE][+-]?\d+", "a number out of range", "is out of range", _RETYPE),
    (
        rf"({_PLAIN})\s*([^\s\d.,].*)",
        "more than a number",
        "holds more than a number",
        "write the number alone: `{0}`, if `{1}` is its unit",
    ),
)


def day_of(text: str) -> float | Fault:
    """Return the days since 1970-01-01 of a date written year-month-day, or its fault."""
    if not _DATE.fullmatch(text):
        return _no_date(text)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return date_fault("no day of the calendar", text, "is not in the calendar", "check the day and the month")
    if not EARLIEST <= day.year < LATEST:
        return date_fault("an unlikely year", text, f"is not between {EARLIEST} and {LATEST}", "check the year")
    return float((day - dt.date(1970, 1, 1)).days)


def date_fault(kind: str, text: str, says: str, remedy: str) -> Fault:
    """Return the fault of a text in a column of dates."""
    return Fault(kind, f"{quoted(text)} {says}", "a date such as `2003-05-13`", remedy)


def _no_date(text: str) -> Fault:
    if stands_for_nothing(text) or text.lower() in _NO_NUMBER:
        return no_value(text)
    for pattern, kind, says, remedy_of in _DATE_FAULTS:
        if match := re.fullmatch(pattern, text, re.ASCII):
            return date_fault(kind, text, says, remedy_of(*match.groups()))
    return date_fault("no date", text, "is no date", "write the date as year-month-day")


def _written(year: str, month: str, day: str) -> str:
    return f"write `{year}-{int(month):02}-{int(day):02}`"


def _turned(one: str, other: str, year: str) -> str:
    orders = ((one, other), (other, one))
    ways = sorted({f"{year}-{int(month):02}-{int(day):02}" for day, month in orders if 1 <= int(month) <= 12})
    if not ways:
        return "check the day and the month"
    return f"write {listed(ways)}" + (", whichever is meant" if len(ways) > 1 else "")


_WHOLE = "enter the whole date: the rows of this table are put in order by their day"
_DATE_FAULTS: tuple[tuple[str, str, str, Callable[..., str]], ...] = (
    (r"\d{4}(?:-\d{1,2})?", "a part of a date", "is a part of a date", lambda: _WHOLE),
    (r"(\d{4}-\d{2}-\d{2})[T ].*", "a time of day", "holds a time of day", "write `{}`".format),
    (r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", "another form of date", "is not written year-month-day", _written),
    (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", "another form of date", "is not written year-month-day", _turned),
    (r"\d{5}(?:\.\d+)?", "a day number", "may be the day number of a spreadsheet", lambda: "format it as a date"),
)


def no_word(text: str, allowed: Iterable[str]) -> Fault:
    """Return the fault of a word that is not among those declared."""
    words = tuple(allowed)
    remedy = nearest(text, words) or "use one of the words, or leave the cell empty"
    return Fault("an unknown word", f"{quoted(text)} is not a word of this column", listed(words), remedy)
