"""The tables a cohort may hold, as `criteria/tables.yaml` declares them: what the engine knows of medicine is data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, cast

ColumnType = Literal["identifier", "label", "date", "number", "quantity", "truth", "unit"]
Owner = Literal["patient", "course", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name in criteria and its name in the file (`column`); bounds hold for numbers as entered."""

    name: str
    column: str
    type: ColumnType
    unit: str | None = None
    unit_column: str | None = None
    dimension: str | None = None
    required: bool = False
    may_be_empty: bool = False
    whole: bool = False
    least: Fraction | None = None
    most: Fraction | None = None
    values: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    adjective: bool = False
    predicate: bool = False
    frozen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `one` and `plural` name its rows, `key` tells two apart; a `derived` table is computed, not read.

    An `optional` table may be absent where its rows only stand beside those of another.
    """

    name: str
    means: str
    one: str
    plural: str
    belongs_to: Owner
    member: str | None
    series: str | None
    key: tuple[str, ...]
    attributes: bool
    columns: Mapping[str, Column]
    derived: bool
    optional: bool = False


def tables_from(data: Mapping[str, object]) -> dict[str, Table]:
    """Return the tables of a parsed `tables.yaml` by name: those that are read, then those that are computed.

    `data` has the shape of `tables.schema.json`; a missing key has the default that the schema states.
    """
    read = {name: _table(name, table, derived=False) for name, table in _section(data, "tables").items()}
    computed = {name: _table(name, table, derived=True) for name, table in _section(data, "results").items()}
    return read | computed


def stepping(tables: Mapping[str, Table], of: str | None, each: str) -> Mapping[str, Table]:
    """Return the tables as a criterion sees them: beside steps of its own, each series of results is a member."""
    table = tables.get(of or "")
    if table is None or table.member or not table.series or each == "result":
        return tables
    return {**tables, table.name: replace(table, member=table.series)}


def _section(data: Mapping[str, object], key: str) -> Mapping[str, Mapping[str, object]]:
    return cast("Mapping[str, Mapping[str, object]]", data.get(key, {}))


def _table(name: str, data: Mapping[str, object], *, derived: bool) -> Table:
    return Table(
        name=name,
        means=str(data["means"]),
        one=str(data["one"]),
        plural=str(data.get("plural", name)),
        belongs_to=cast("Owner", str(data["belongs_to"])),
        member=_text(data, "member"),
        series=_text(data, "series"),
        key=_words(data, "key"),
        attributes=bool(data.get("attributes", False)),
        columns={column: _column(column, entry) for column, entry in _section(data, "columns").items()},
        derived=derived,
        optional=bool(data.get("optional", False)),
    )


def _column(name: str, data: Mapping[str, object]) -> Column:
    return Column(
        name=name,
        column=str(data.get("column", name)),
        type=cast("ColumnType", str(data["type"])),
        unit=_text(data, "unit"),
        unit_column=_text(data, "unit_column"),
        dimension=_text(data, "dimension"),
        required=bool(data.get("required", False)),
        may_be_empty=bool(data.get("may_be_empty", False)),
        whole=bool(data.get("whole", False)),
        least=_number(data, "least"),
        most=_number(data, "most"),
        values=_words(data, "values"),
        missing=_words(data, "missing"),
        adjective=bool(data.get("adjective", False)),
        predicate=bool(data.get("predicate", False)),
        frozen=_words(data, "frozen"),
    )


def _text(data: Mapping[str, object], key: str) -> str | None:
    return str(data[key]) if key in data else None


def _words(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in cast("Iterable[object]", data.get(key, ())))


def _number(data: Mapping[str, object], key: str) -> Fraction | None:
    return Fraction(str(data[key])) if key in data else None
