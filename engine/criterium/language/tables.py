"""The tables a cohort may hold, as `criteria/tables.yaml` declares them: what the engine knows of medicine is data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, cast

from criterium.language.file.document import Document
from criterium.language.problems import Problem, listed, nearest
from criterium.language.roles import Section

Each = Literal["step", "course", "result"]
ColumnType = Literal["identifier", "label", "date", "number", "quantity", "truth", "unit"]
Owner = Literal["patient", "course", "date"]
# The columns that a row has which a criterion makes of each step, course or graded result.
_MADE = {
    "step": ("date", "class"),
    "course": ("date", "class"),
    "result": ("date", "term", "category", "grade", "baseline_grade"),
}


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
    lasts: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: `one` and `plural` name its rows, `key` tells two apart; a `derived` table is computed, not read.

    An `optional` table may be absent where its rows only stand beside those of another. The dates of a table may be
    `partial`, a month or a year, if its rows make no steps. The column `read_by` names who read a row. A course `opens`
    with its rows. What is computed is `made_by` a kind of criterion, with a row for `each` step, course or graded
    result.
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
    partial_dates: bool = False
    read_by: str = ""
    opens: bool = False
    made_by: str = ""
    each: Each | None = None

    @property
    def lasting(self) -> tuple[str, ...]:
        """The columns that a member keeps at steps at which it has no row: its name, and what is said to last."""
        named = (self.member, self.series)
        return tuple(column.name for column in self.columns.values() if column.lasts or column.name in named)


def tables_from(data: Mapping[str, object]) -> dict[str, Table]:
    """Return the tables of a parsed `tables.yaml` by name: those that are read, then those that are computed.

    `data` has the shape of `tables.schema.json`; a missing key has the default that the schema states.
    """
    read = {name: _table(name, table, derived=False) for name, table in _section(data, "tables").items()}
    computed = {name: _table(name, table, derived=True) for name, table in _section(data, "results").items()}
    return read | computed


def misfits(document: Document, sections: Sequence[Section]) -> Iterator[Problem]:
    """Yield what is wrong in a `tables.yaml` that fits its format, given the sections of a study."""
    yield from _openings(document)
    yield from _unnamed_readers(document)
    yield from _misfit_results(document, sections)


def _openings(document: Document) -> Iterator[Problem]:
    opens = [name for name, said in document.data["tables"].items() if said.get("opens")]
    if not opens:
        what = "nothing says which table opens courses"
        yield Problem(document.where(("tables",)), what, "`opens: true` at one table")
    for name in opens[1:]:
        where, what = document.where(("tables", name, "opens")), f"a course opens with a row of `{opens[0]}` already"
        yield Problem(where, what, "`opens: true` at one table", "remove one of them")


def _unnamed_readers(document: Document) -> Iterator[Problem]:
    for name, said in document.data["tables"].items():
        named = [column for column, entry in said["columns"].items() if entry["type"] == "identifier"]
        if "read_by" in said and said["read_by"] not in named:
            what = f"`{said['read_by']}` is no identifier of the table"
            yield Problem(document.where(("tables", name, "read_by")), what, listed(named))


def _misfit_results(document: Document, sections: Sequence[Section]) -> Iterator[Problem]:
    makers = {section.kind.name: section for section in sections if not section.further}
    for name, said in document.data.get("results", {}).items():
        here, maker = ("results", name), str(said["made_by"])
        if maker not in makers:
            where = document.where((*here, "made_by"))
            yield Problem(where, f"there is no kind `{maker}`", listed(makers), nearest(maker, makers))
        elif makers[maker].holds != "one":
            what = f"a study may have several criteria of the kind `{maker}`"
            yield Problem(document.where((*here, "made_by")), what, "a kind that a study has one criterion of")
        for column in said["columns"]:
            if column not in _MADE[said["each"]]:
                what = f"nothing is said of each {said['each']} that could stand in `{column}`"
                yield Problem(document.key((*here, "columns", column)), what, listed(_MADE[said["each"]]))


def opening(tables: Mapping[str, Table]) -> Table:
    """Return the table whose rows open courses."""
    return next(table for table in tables.values() if table.opens)


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
        partial_dates=bool(data.get("partial_dates", False)),
        read_by=str(data.get("read_by", "")),
        opens=bool(data.get("opens", False)),
        made_by=str(data.get("made_by", "")),
        each=cast("Each | None", _text(data, "each")),
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
        lasts=bool(data.get("lasts", False)),
    )


def _text(data: Mapping[str, object], key: str) -> str | None:
    return str(data[key]) if key in data else None


def _words(data: Mapping[str, object], key: str) -> tuple[str, ...]:
    return tuple(str(word) for word in cast("Iterable[object]", data.get(key, ())))


def _number(data: Mapping[str, object], key: str) -> Fraction | None:
    return Fraction(str(data[key])) if key in data else None
