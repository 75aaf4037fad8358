"""Some of the patients of a cohort with their rows of every table, and some of the rows of a table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from criterium.timeline.cohort import Cohort, Partial, TableData
from criterium.timeline.frame import Integers, taken


def of_patients(cohort: Cohort, numbers: Integers) -> Cohort:
    """Return the cohort of the patients with these numbers, which rise; the first of them is number 0."""
    names = tuple(cohort.patients[number] for number in numbers.tolist())
    return Cohort(cohort.name, names, {name: _part(table, numbers) for name, table in cohort.tables.items()})


def of_rows(table: TableData, rows: Integers) -> TableData:
    """Return some of the rows of a table, in the order of their numbers."""
    columns = {name: taken(values, rows) for name, values in table.columns.items()}
    return TableData(table.name, table.patient[rows], columns, len(rows), _partial(table.partial, rows))


def _part(table: TableData, numbers: Integers) -> TableData:
    found = of_rows(table, np.flatnonzero(np.isin(table.patient, numbers)))
    return replace(found, patient=np.searchsorted(numbers, found.patient).astype(np.int32))


def _partial(partial: Partial | None, rows: Integers) -> Partial | None:
    """Return the partial dates among some of the rows, by their places there; None if there are none."""
    if partial is None:
        return None
    _, place, which = np.intersect1d(rows, partial.rows, return_indices=True)
    texts = tuple(partial.texts[at] for at in which.tolist())
    return Partial(place, partial.first[which], partial.last[which], texts) if texts else None
