"""A cohort with partial dates becomes one with whole dates: a patient for each way to choose the days.

`partial.py` says why, and walks one patient through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from criterium.language.problems import Problem, Refused, Where
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData
from criterium.timeline.frame import Integers, taken
from criterium.timeline.partial import partial_rows
from criterium.timeline.patients import of_patients

Choice = Literal["first", "middle", "last"]

MOST_ROWS = 10_000_000


@dataclass(frozen=True, slots=True)
class Supposed:
    """A cohort in which every patient with partial dates is many: one for each way to choose a possible day for each.

    `patient` is the number in the cohort that was read of each patient in this one, rising; `dates` holds the partial
    dates of that cohort. `day` is the day that was supposed where a patient has one partial date, else NaN.
    """

    cohort: Cohort
    patient: Integers
    dates: Dates
    day: Numbers

    def days(self, patient: int) -> list[tuple[str, float]]:
        """Return each partial date of the patient whom a patient here stands for, with the day that is supposed."""
        dates, real = self.dates, int(self.patient[patient])
        mine = np.flatnonzero(dates.patient == real)
        number = patient - int(dates.ways_before[real])
        days = dates.first[mine] + number // dates.stride[mine] % dates.count[mine]
        return [(dates.text[at], day) for at, day in zip(mine.tolist(), days.tolist(), strict=True)]

    def at(self, choice: Choice) -> Integers:
        """Return for each patient of the cohort that was read the number here of the one with the chosen days."""
        place = {"first": self.dates.count * 0, "middle": (self.dates.count - 1) // 2, "last": self.dates.count - 1}
        number = self.dates.ways_before.copy()
        np.add.at(number, self.dates.patient, place[choice] * self.dates.stride)
        return number

    def on(self, choice: Choice) -> Cohort:
        """Return the cohort that was read with its partial dates on the chosen days."""
        return of_patients(self.cohort, self.at(choice))


@dataclass(frozen=True, slots=True)
class Dates:
    """The partial dates of a cohort by patient: the `first` possible day of each and the `count` of possible days.

    Of the ways to choose days for a patient, number n gives a date its day number `n // stride % count`; `ways` is how
    many there are for each patient, and `ways_before` how many for those before.
    """

    patient: Integers
    table: Sequence[str]
    row: Integers
    text: Sequence[str]
    first: Numbers
    count: Integers
    stride: Integers
    ways: Integers
    ways_before: Integers


def supposed(cohort: Cohort, earliest: Numbers, latest: float) -> Supposed:
    """Return the cohort with every possible day of its partial dates, each `earliest` of its patient to `latest`.

    Every partial date has a possible day. Raises Refused if there are more ways to choose days than can be looked at.
    """
    dates = _dates(cohort, earliest, latest)
    _refuse_many(cohort, dates)
    patient = np.repeat(np.arange(len(cohort.patients)), dates.ways)
    number = np.arange(len(patient)) - np.repeat(dates.ways_before, dates.ways)
    tables = {name: _rows(table, dates, patient, number) for name, table in cohort.tables.items()}
    names = tuple(cohort.patients[at] for at in patient.tolist())
    return Supposed(Cohort(cohort.name, names, tables), patient, dates, _days(dates, patient, number))


def _dates(cohort: Cohort, earliest: Numbers, latest: float) -> Dates:
    found = list(partial_rows(cohort))
    patient = np.concatenate([table.patient[part.rows] for table, part in found]).astype(np.int64)
    first = np.fmax(np.concatenate([part.first for _, part in found]), earliest[patient])
    last = np.fmin(np.concatenate([part.last for _, part in found]), latest)
    count = (last - first + 1).astype(np.int64)
    stride, ways = _strides(patient, count, len(cohort.patients))
    table = [table.name for table, part in found for _ in part.texts]
    text = [text for _, part in found for text in part.texts]
    row = np.concatenate([part.rows for _, part in found])
    return Dates(patient, table, row, text, first, count, stride, ways, np.cumsum(ways) - ways)


def _strides(patient: Integers, count: Integers, patients: int) -> tuple[Integers, Integers]:
    """Return after how many ways a date takes its next day, and how many ways there are for each patient."""
    order = np.argsort(patient, kind="stable")
    sizes = np.bincount(patient, minlength=patients)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    stride, ways = np.ones(len(order)), np.ones(patients)
    for place in range(int(sizes.max(initial=0))):
        here = rank == place
        stride[here] = ways[patient[here]]
        ways[patient[here]] *= count[here]
    most = float(np.iinfo(np.int64).max // 2)
    return np.minimum(stride, most).astype(np.int64), np.minimum(ways, most).astype(np.int64)


def _refuse_many(cohort: Cohort, dates: Dates) -> None:
    rows = sum(np.bincount(table.patient, minlength=len(cohort.patients)) for table in cohort.tables.values())
    if float((rows * dates.ways.astype(np.float64)).sum()) <= MOST_ROWS:
        return
    worst = int(np.argmax(rows * dates.ways.astype(np.float64)))
    texts = [text for text, patient in zip(dates.text, dates.patient.tolist(), strict=True) if patient == worst]
    what = f"the partial dates leave too many possible days to look at; those of {cohort.patients[worst]} leave most"
    what += f": {', '.join(f'`{text}`' for text in texts)}"
    remedy = "enter the month where only the year is given, and the whole date where it is known"
    raise Refused([Problem(Where(cohort.name), what, f"at most {MOST_ROWS:,} rows, one for each day", remedy)])


def _rows(table: TableData, dates: Dates, patient: Integers, number: Integers) -> TableData:
    """Return the rows of a table for every supposed patient, with the days that are supposed."""
    order = np.argsort(table.patient, kind="stable")
    sizes = np.bincount(table.patient, minlength=len(dates.ways))
    counts = sizes[patient]
    begin = np.repeat((np.cumsum(sizes) - sizes)[patient], counts)
    owner = np.repeat(np.arange(len(patient)), counts)
    source = order[begin + np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)]
    columns = {name: taken(values, source) for name, values in table.columns.items()}
    if table.partial is not None:
        columns["date"] = _dated(table, dates, source, number[owner])
    return TableData(table.name, owner.astype(np.int32), columns, len(owner))


def _dated(table: TableData, dates: Dates, source: Integers, number: Integers) -> Numbers:
    days = table.columns["date"]
    if isinstance(days, Labels):
        raise TypeError(table.name)
    which = np.full(table.rows, -1)
    mine = np.flatnonzero([name == table.name for name in dates.table])
    which[dates.row[mine]] = mine
    at = which[source]
    return np.where(at >= 0, dates.first[at] + number // dates.stride[at] % dates.count[at], days[source])


def _days(dates: Dates, patient: Integers, number: Integers) -> Numbers:
    """Return the day that is supposed of each patient with one partial date, NaN of the others."""
    only = np.full(len(dates.ways), -1)
    only[dates.patient] = np.arange(len(dates.patient))
    only[np.bincount(dates.patient, minlength=len(dates.ways)) > 1] = -1
    at = only[patient]
    found: Numbers = np.where(at >= 0, dates.first[at] + number, np.nan)
    return found
