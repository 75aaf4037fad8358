"""Dates of which only the month or the year is known: no day is invented, every day is supposed in turn.

One patient, whose course begins on 2009-06-10. The table `events` has a row `ended` with the date `2009-06`, and a row
`changed` on 2009-06-20. Nothing says which of the two came first, and nothing needs to.

1. The door lets `2009-06` in, as the days from 2009-06-01 to 2009-06-30 (`partial_of`). In the array of dates the
   row has no day: NaN, so that whoever does not know of partial dates finds none, rather than a wrong one.
2. Days that would be refused if they were entered are not possible: those before the first course of the patient, and
   those after the data cut. 2009-06-10 to 2009-06-30 are left, 21 days.
3. The patient is supposed to be 21 patients, one for each of these days, all else being the same (`supposed.py`). With
   two such dates it is every pair of days, because what the two mean together may depend on both.
4. Every criterion is evaluated on them as on any cohort. What they all say is said of the patient; where they differ,
   the class is unknown, the possible classes are those of all of them, and a number lies between the least and the
   greatest (`evaluate/agreed.py`). An end that is the earlier of the two rows: `ended` on 2009-06-10 to 2009-06-20, or
   `changed` on 2009-06-20. So the end is `ended` or `changed`, at 0 to 10 days.
5. Where one number is needed, as in a curve of times, a study declares which of the days it takes: the first, the
   middle or the last (`Supposed.at`).

So the answer holds on every day that is possible and gives up no more than it must; no operation of an algebra knows
of partial dates. What this cannot do is a row that makes a step: its steps would be others on other days. Tables say
whether their dates may be partial.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from criterium.language.problems import Problem, Refused, Where
from criterium.timeline.cohort import Cohort, Labels, Numbers, Partial, TableData, Values
from criterium.timeline.complaints import Fault
from criterium.timeline.faults import EARLIEST, LATEST, date_fault, day_of
from criterium.timeline.reading import is_typed_date
from criterium.timeline.sheets import Sheet, cells_of

_PART = re.compile(r"\d{4}(-\d{2})?", re.ASCII)
_SHORT = re.compile(r"(\d{4})-(\d)", re.ASCII)


def day_or_part(text: str) -> float | Fault:
    """Return the days since 1970-01-01 of a date, NaN for a month or a year, or the fault of the text."""
    span = _span(text)
    return span if isinstance(span, Fault) else span[0] if span[0] == span[1] else np.nan


def partial_of(sheet: Sheet) -> Partial | None:
    """Return the partial dates of a sheet whose table may have them, None if it has none."""
    series = sheet.columns.get("date") if sheet.table.partial_dates else None
    if series is None or is_typed_date(series):
        return None
    cells = cells_of(series)
    spans = [span if isinstance(span := _span(text), tuple) else (np.nan, np.nan) for text in cells.texts]
    first, last = (np.array([*(span[end] for span in spans), np.nan])[cells.codes] for end in (0, 1))
    rows = np.flatnonzero(first < last)
    texts = tuple(cells.texts[code] for code in cells.codes[rows].tolist())
    return Partial(rows, first[rows], last[rows], texts) if rows.size else None


def spans(table: TableData) -> tuple[Numbers, Numbers]:
    """Return the first and the last day that each date of a table can be; raise TypeError if it has none."""
    days = table.columns["date"]
    if isinstance(days, Labels):
        raise TypeError(table.name)
    if table.partial is None:
        return days, days
    first, last = days.copy(), days.copy()
    first[table.partial.rows], last[table.partial.rows] = table.partial.first, table.partial.last
    return first, last


def marked(columns: Mapping[str, Values], partial: Partial | None) -> Mapping[str, Values]:
    """Return columns whose dates are told apart as they were entered: a month from its first day, and from its year."""
    days = columns.get("date")
    if partial is None or days is None or isinstance(days, Labels):
        return columns
    found = days.copy()
    found[partial.rows] = partial.first + 1 / (partial.last - partial.first)
    return {**columns, "date": found}


def partial_rows(cohort: Cohort) -> Iterator[tuple[TableData, Partial]]:
    """Yield every table that has partial dates, with them."""
    yield from ((table, table.partial) for table in cohort.tables.values() if table.partial is not None)


def refuse_partial(cohort: Cohort, table: TableData) -> None:
    """Raise Refused if a table of a cohort has partial dates: what is asked of it takes every row on its one day."""
    if table.partial is None:
        return
    patient = cohort.patients[int(table.patient[table.partial.rows[0]])]
    what = f"table `{table.name}`: `{table.partial.texts[0]}`, a date of {patient}, is a part of a date"
    raise Refused([Problem(Where(cohort.name), what, "whole dates for what is asked here", "enter the whole date")])


def _span(text: str) -> tuple[float, float] | Fault:
    """Return the first and the last day of a date, a month or a year, in days since 1970, or the fault of the text."""
    if short := _SHORT.fullmatch(text):
        year, month = short.groups()
        return date_fault("another form of date", text, "is not written year-month", f"write `{year}-0{month}`")
    if not _PART.fullmatch(text):
        day = day_of(text)
        return day if isinstance(day, Fault) else (day, day)
    if not EARLIEST <= int(text[:4]) < LATEST:
        return date_fault("an unlikely year", text, f"is not between {EARLIEST} and {LATEST}", "check the year")
    try:
        part = np.datetime64(text)  # its unit is that of the text: a month or a year
    except ValueError:
        return date_fault("no month of the calendar", text, "is not in the calendar", "check the month")
    first, after = (int(one.astype("datetime64[D]").astype(np.int64)) for one in (part, part + 1))
    return float(first), float(after - 1)
