"""The header of a table against its declaration: every column is known, once, and none that is needed is absent."""

from __future__ import annotations

from collections.abc import Mapping

from criterium.language.problems import nearest
from criterium.language.tables import Column, Table
from criterium.timeline.complaints import Complaints, Fault, quoted
from criterium.timeline.faults import untidy
from criterium.timeline.sheets import Sheet


def check_header(sheet: Sheet, needs: Mapping[str, str], complaints: Complaints) -> None:
    """Complain about names that are not allowed and about columns that are absent though required or needed."""
    known = {column.column for column in sheet.table.columns.values()}
    for position, entered in enumerate(sheet.places.entered):
        fault = untidy(entered) if entered else _NAMELESS
        if fault is not None:
            complaints.header(sheet, position, fault)
        _check_name(sheet, position, known, complaints)
    for name, who in (_demands(sheet) | {_in_file(sheet.table, name): who for name, who in needs.items()}).items():
        if name not in sheet.columns:
            complaints.header(sheet, None, _absent(sheet, name, who, known))


_NAMELESS = Fault("no name", "a column has no name", help="name the column, or delete it")


def _check_name(sheet: Sheet, position: int, known: set[str], complaints: Complaints) -> None:
    names = sheet.places.names
    name = names[position]
    if name in names[:position] and name:
        remedy = "delete one of the two, or rename it"
        fault = Fault("a column twice", f"column {quoted(name)} stands twice", help=remedy)
        complaints.header(sheet, position, fault)
    elif name and name not in known and not sheet.table.attributes:
        complaints.header(sheet, position, _unknown(sheet, name, known))


def _unknown(sheet: Sheet, name: str, known: set[str]) -> Fault:
    names = [column.column for column in sheet.table.columns.values()]
    remedy = (
        nearest(name, known - set(sheet.places.names)) or "delete the column, or move it to the table it belongs to"
    )
    return Fault("an unknown column", f"column {quoted(name)} is unknown", "one of " + in_list(names), remedy)


def _absent(sheet: Sheet, name: str, who: str, known: set[str]) -> Fault:
    extra = [other for other in sheet.places.names if other and other not in known]
    remedy = nearest(name, extra) or "add the column"
    return Fault("a missing column", f"column `{name}` is missing; {who}", f"a column `{name}`", remedy)


def _demands(sheet: Sheet) -> dict[str, str]:
    """Return the columns that the table itself cannot do without, each with the reason."""
    columns = sheet.table.columns.values()
    required = {column.column: f"every row of `{sheet.table.name}` has it" for column in columns if column.required}
    units = {
        column.unit_column: f"it holds the unit of `{column.column}`"
        for column in columns
        if column.unit_column and column.column in sheet.columns
    }
    return {_in_file(sheet.table, name): why for name, why in units.items()} | required


def _in_file(table: Table, name: str) -> str:
    return table.columns[name].column if name in table.columns else name


def declared(sheet: Sheet) -> list[Column]:
    """Return the columns of a sheet that its table declares, in the order of the declaration."""
    return [column for column in sheet.table.columns.values() if column.column in sheet.columns]


def undeclared(sheet: Sheet) -> list[Column]:
    """Return the further columns of a sheet as columns for attributes, none where the table allows none."""
    known = {column.column for column in sheet.table.columns.values()}
    extra = [name for name in sheet.columns if name and name not in known]
    return [Column(name, name, "label") for name in extra] if sheet.table.attributes else []


def in_list(names: list[str]) -> str:
    """Return names in backticks with commas between."""
    return ", ".join(f"`{name}`" for name in names)
