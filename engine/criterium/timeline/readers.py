"""Several people read the same: whose reading counts, patient by patient.

Tables say in which column a row names who read it (`read_by`). R1 and R2 read all patients of a cohort, R3 those on
whom they differ. A study that goes by `reader: [R3, R1]` takes for each patient the first of these who read anything of
the patient: the rows of R3 where there are some, else those of R1. The rows of the others are left out, in all tables,
so that what comes after knows one reading of each patient.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from criterium.language.tables import Table
from criterium.timeline.cohort import Codes, Cohort, Labels, TableData
from criterium.timeline.frame import Integers
from criterium.timeline.patients import of_rows


def readings(cohort: Cohort, tables: Mapping[str, Table]) -> Iterator[tuple[TableData, Labels]]:
    """Yield the tables of a cohort in which some row names who read it, with the names of all rows."""
    for table in cohort.tables.values():
        who = table.columns.get(tables[table.name].read_by)
        if isinstance(who, Labels) and who.words:
            yield table, who


def readers(cohort: Cohort, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Return everybody who read something of a cohort."""
    found = (who.words[code] for _, who in readings(cohort, tables) for code in np.unique(who.codes) if code >= 0)
    return tuple(dict.fromkeys(found))


def read_by(cohort: Cohort, tables: Mapping[str, Table], order: Sequence[str]) -> Codes:
    """Return for each patient the place in `order` of the first who read something of the patient, -1 for nobody."""
    found = np.full(len(cohort.patients), len(order))
    for table, who in readings(cohort, tables):
        np.minimum.at(found, table.patient, _places(who, order))
    return np.where(found < len(order), found, -1).astype(np.int32)


def reader_of(cohort: Cohort, tables: Mapping[str, Table]) -> Labels:
    """Return who read each patient of a cohort in which every patient was read by one."""
    names = readers(cohort, tables)
    return Labels(read_by(cohort, tables, names), names)


def as_read_by(cohort: Cohort, tables: Mapping[str, Table], order: Sequence[str]) -> Cohort:
    """Return the cohort with one reading of each patient, all of it if `order` is empty."""
    if not order:
        return cohort
    chosen = read_by(cohort, tables, order)
    kept = {
        table.name: of_rows(table, np.flatnonzero(_places(who, order) == chosen[table.patient]))
        for table, who in readings(cohort, tables)
    }
    return replace(cohort, tables={**cohort.tables, **kept})


def _places(who: Labels, order: Sequence[str]) -> Integers:
    """Return the place of each row's reader in `order`, behind the last for anybody else."""
    places = [order.index(word) if word in order else len(order) for word in who.words]
    return np.array([*places, len(order)])[who.codes]
