"""The door: the tables of a cohort come in, and either all of them are right or every problem is named.

Nothing is dropped, guessed or coerced: an empty cell is missing, any other is read exactly as entered or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from criterium.language.problems import Problem, Refused, Where, nearest
from criterium.language.tables import Table
from criterium.timeline.cohort import Cohort, Labels, Partial, TableData, Values
from criterium.timeline.columns import read_attribute, read_column
from criterium.timeline.complaints import Complaints, Fault, quoted
from criterium.timeline.csv_text import csv_sheet
from criterium.timeline.header import check_header, declared, in_list, undeclared
from criterium.timeline.partial import marked, partial_of
from criterium.timeline.reading import Reading
from criterium.timeline.rows import check_rows, patient_index
from criterium.timeline.sheets import Sheet, sheet_of

Needs = Mapping[str, Mapping[str, str]]

PATIENTS, PATIENT = "patients", "patient_id"
_READ = (".csv", ".parquet")
_NOT_READ = (".tsv", ".txt", ".xls", ".xlsx", ".ods", ".json", ".feather")


def read_cohort(folder: Path, tables: Mapping[str, Table], needs: Needs | None = None) -> Cohort:
    """Return the cohort in a folder of `<table>.csv` and `<table>.parquet` files, named as the folder.

    `needs` says which columns are needed and by whom: {"events": {"date": "ID needs it for `late`"}}.
    Raises Refused with all problems of all files.
    """
    complaints = Complaints()
    if not folder.is_dir():
        place = Where(str(folder))
        raise Refused([Problem(place, f"there is no folder {quoted(str(folder))}", help="give the folder of a cohort")])
    files = _files(folder, tables, complaints)
    opened = {name: _opened(path, tables[name], complaints) for name, path in files.items()}
    sheets = {name: sheet for name, sheet in opened.items() if sheet is not None}
    _check_absent(tables, needs or {}, files, lambda _: Where(str(folder)), complaints)
    return _cohort(folder.resolve().name, sheets, needs or {}, complaints)


def cohort_from_frames(
    name: str, frames: Mapping[str, pd.DataFrame], tables: Mapping[str, Table], needs: Needs | None = None
) -> Cohort:
    """Return the cohort of frames in memory, by the names of their tables, after the same checks as `read_cohort`.

    Columns with a type (64-bit numbers, datetimes, categories) are checked as arrays; texts are read as in a file. In
    problems a line is the position of the row, from 1. Raises Refused with all problems of all frames.
    """
    complaints = Complaints()
    sheets = {}
    for table, frame in frames.items():
        if _is_read(table, tables):
            sheets[table] = sheet_of(tables[table], frame, f"frame {table}")
        else:
            complaints.file(Where(f"frame {table}"), _unknown_table(table, tables))
    _check_absent(tables, needs or {}, frames, lambda table: Where(f"frame {table}"), complaints)
    return _cohort(name, sheets, needs or {}, complaints)


def _is_read(name: str, tables: Mapping[str, Table]) -> bool:
    return name in tables and not tables[name].derived


def _files(folder: Path, tables: Mapping[str, Table], complaints: Complaints) -> dict[str, Path]:
    """Return the file of each table; files that look like tables and are none are problems."""
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name, ending = path.stem, path.suffix.lower()
        if path.name.startswith(".") or ending not in (*_READ, *_NOT_READ):
            continue
        if ending in _NOT_READ:
            if _is_read(name.lower(), tables):
                complaints.file(Where(str(path)), _unread(path))
        elif not _is_read(name, tables):
            complaints.file(Where(str(path)), _unknown_table(name, tables))
        elif name in files:
            complaints.file(Where(str(path)), _twice(name, files[name], path))
        else:
            files[name] = path
    return files


def _unknown_table(name: str, tables: Mapping[str, Table]) -> Fault:
    if name in tables:
        return Fault("a result", f"table {quoted(name)} is computed, not read", help="remove it from the cohort")
    names = [table.name for table in tables.values() if not table.derived]
    remedy = nearest(name, names) or "rename it to the table it is, or remove it from the cohort"
    return Fault("an unknown table", f"there is no table {quoted(name)}", "one of " + in_list(names), remedy)


def _unread(path: Path) -> Fault:
    remedy = f"save it as `{path.stem.lower()}.csv`"
    return Fault("another format", f"{quoted(path.name)} is not read", "CSV or Parquet", remedy)


def _twice(name: str, one: Path, other: Path) -> Fault:
    says = f"table `{name}` is there twice, as `{one.name}` and as `{other.name}`"
    return Fault("a table twice", says, "one file for a table", "remove one of the two")


def _opened(path: Path, table: Table, complaints: Complaints) -> Sheet | None:
    try:
        if path.suffix.lower() == ".csv":
            return csv_sheet(path, table, complaints)
        return sheet_of(table, pd.read_parquet(path, dtype_backend="pyarrow"), str(path))
    except (OSError, ValueError) as error:  # what pyarrow raises for a broken file is one of the two
        says = f"the file cannot be read: {str(error).splitlines()[0]}"
        fault = Fault("an unreadable file", says, help="check the file, or save it again")
        complaints.table(Where(str(path)), table.name, fault)
        return None


def _check_absent(
    tables: Mapping[str, Table],
    needs: Needs,
    given: Mapping[str, object],
    place: Callable[[str], Where],
    complaints: Complaints,
) -> None:
    for name in dict.fromkeys((PATIENTS, *needs)):
        if name in given or not _is_read(name, tables):
            continue
        who = "; ".join(dict.fromkeys(needs.get(name, {}).values())) or "every cohort has it"
        columns = [column.column for column in tables[name].columns.values() if column.required]
        remedy = f"add the table with the columns {in_list(columns)} at least"
        complaints.file(place(name), Fault("a missing table", f"table `{name}` is missing; {who}", help=remedy))


@dataclass(frozen=True, slots=True)
class _Read:
    """A sheet with its columns as arrays, the identifiers of patients among them."""

    sheet: Sheet
    columns: dict[str, Values]
    partial: Partial | None

    @property
    def patient(self) -> Labels:
        found = self.columns.get(PATIENT)
        return found if isinstance(found, Labels) else Labels(np.full(self.sheet.rows, -1, dtype=np.int32), ())


def _cohort(name: str, sheets: Mapping[str, Sheet], needs: Needs, complaints: Complaints) -> Cohort:
    read = {table: _read(sheet, needs.get(table, {}), complaints) for table, sheet in sheets.items()}
    patients = _patients(read[PATIENTS], complaints) if PATIENTS in read else ()
    data = {table: _table_data(table, found, patients, complaints) for table, found in read.items()}
    if complaints.problems:
        raise Refused(complaints.problems)
    return Cohort(name, patients, data)


def _read(sheet: Sheet, needs: Mapping[str, str], complaints: Complaints) -> _Read:
    check_header(sheet, needs, complaints)
    columns = {column.name: read_column(Reading(sheet, column, complaints)) for column in declared(sheet)}
    columns |= {column.name: read_attribute(Reading(sheet, column, complaints)) for column in undeclared(sheet)}
    partial = partial_of(sheet)
    check_rows(sheet, marked(columns, partial), complaints)
    return _Read(sheet, columns, partial)


def _patients(found: _Read, complaints: Complaints) -> tuple[str, ...]:
    if not found.sheet.rows and PATIENT in found.columns:
        fault = Fault("no patient", "there is no patient", help="add a row for each patient")
        complaints.header(found.sheet, None, fault)
    labels = found.patient
    return tuple(labels.words[code] for code in labels.codes.tolist() if code >= 0)


def _table_data(name: str, found: _Read, patients: tuple[str, ...], complaints: Complaints) -> TableData:
    columns = {column: values for column, values in found.columns.items() if column != PATIENT}
    if name == PATIENTS:
        return TableData(name, np.arange(found.sheet.rows, dtype=np.int32), columns, found.sheet.rows)
    known = patients or found.patient.words  # without a table of patients, that alone is the problem
    patient = patient_index(found.sheet, found.patient, known, complaints)
    return TableData(name, patient, columns, found.sheet.rows, found.partial)
