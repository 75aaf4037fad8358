"""Results in series: one unit each, so that a value is never compared with one in another unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from criterium.language.problems import Problem, Refused, Where
from criterium.language.tables import Table
from criterium.timeline.cohort import Labels, Values
from criterium.timeline.courses import Ordered
from criterium.timeline.frame import Booleans, Fields, Integers, Members


def refuse_pairs(rows: Ordered, table: Table) -> None:
    """Raise Refused if a series has two results on one day: in two units, which the key of the table tells apart."""
    if table.member is None or table.member not in rows.table.columns or len(rows.key) < 2:
        return
    word = rows.words(table.member)
    again = np.flatnonzero((rows.key[1:] == rows.key[:-1]) & (word.codes[1:] == word.codes[:-1]))
    if len(again):
        name = word.words[word.codes[again[0]]]
        what = f"two {table.plural} of `{name}` of one patient on one day"
        raise Refused([Problem(Where(table.name), what, "one", "keep the one in the unit of the others of its series")])


def in_one_unit(members: Members, table: Table) -> Members:
    """Return members whose quantities are known only where their unit is that of the first known one in the course."""
    if not table.series or table.member != table.series or "unit" not in table.columns:
        return members
    first: Integers | None = None
    fields: list[Fields] = []
    for here in members.fields:
        value, unit = here.get("value"), here.get("unit")
        if not isinstance(value, np.ndarray) or not isinstance(unit, Labels):
            return members
        if first is None:
            first = np.full(len(unit.codes), -1, dtype=np.int64)
        now = first[: len(unit.codes)]
        codes = unit.codes.astype(np.int64)
        fresh = (now < 0) & ~np.isnan(value)
        now[fresh] = codes[fresh]
        fields.append({**here, **_kept(here, table, (codes == now) | (codes < 0))})
    return replace(members, fields=fields)


def _kept(here: Fields, table: Table, same: Booleans) -> dict[str, Values]:
    """Return the numbers of a step without those in another unit."""
    numbers = {name for name, column in table.columns.items() if column.type == "number"}
    return {
        name: np.where(same, values, np.nan)
        for name, values in here.items()
        if name in numbers and isinstance(values, np.ndarray)
    }
