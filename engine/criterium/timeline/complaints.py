"""Complaints about a cohort, collected: offending rows become problems; of many of one kind, a few and a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from criterium.language.problems import Problem, Where
from criterium.timeline.sheets import Sheet

Rows = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

MOST_SHOWN = 20
FIRST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell or row: the `kind` in a few words, a sentence, what was expected and what to do."""

    kind: str
    says: str
    expected: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Complaints:
    """The problems of one cohort so far, in the order they were found."""

    problems: list[Problem] = field(default_factory=list)

    def file(self, where: Where, fault: Fault) -> None:
        """Add a problem with a file that is no table, or with a table that is no file."""
        self.problems.append(Problem(where, fault.says, fault.expected, fault.help))

    def table(self, where: Where, table: str, fault: Fault) -> None:
        """Add a problem with a table as a whole."""
        self.problems.append(Problem(where, f"table `{table}`: {fault.says}", fault.expected, fault.help))

    def header(self, sheet: Sheet, position: int | None, fault: Fault) -> None:
        """Add a problem with the name at `position` of the header, or with the header as a whole."""
        self.table(sheet.places.header(position), sheet.table.name, fault)

    def rows(self, sheet: Sheet, column: str | None, rows: Rows, fault_of: Callable[[int], Fault]) -> None:
        """Add one kind of problem, for every row or for the first few with a count of the rest.

        `column` is the name in the file of the cell to mark, or None for the whole row; `fault_of` is asked only for
        the rows that are shown.
        """
        shown = rows if rows.size <= MOST_SHOWN else rows[:FIRST_SHOWN]
        for row in shown.tolist():
            fault = fault_of(row)
            says = f"{_title(sheet, row, column)}: {fault.says}"
            self.problems.append(Problem(sheet.places.cell(row, column), says, fault.expected, fault.help))
        if rows.size > shown.size:
            self._summary(sheet, column, rows[shown.size :], fault_of(int(rows[0])).kind)

    def _summary(self, sheet: Sheet, column: str | None, rest: Rows, kind: str) -> None:
        noun = sheet.places.noun
        name = f"table `{sheet.table.name}`" + (f", column `{column}`" if column else "")
        says = f"{name}: {rest.size} more {'row' if rest.size == 1 else 'rows'} like this ({kind})"
        first, last = (sheet.places.number(int(row)) for row in (rest[0], rest[-1]))
        place = sheet.places.cell(int(rest[0]), column)
        self.problems.append(Problem(place, says, help=f"they stand between {noun} {first} and {noun} {last}"))


def _title(sheet: Sheet, row: int, column: str | None) -> str:
    place = f"table `{sheet.table.name}`, {sheet.places.noun} {sheet.places.number(row)}"
    return f"{place}, column `{column}`" if column else place


def quoted(text: str) -> str:
    """Return a text in backticks on one line: invisible characters spelled out, a long text cut."""
    visible = "".join(c if c.isprintable() or c == "\u00a0" else f"\\u{ord(c):04x}" for c in text)
    return f"`{visible}`" if len(visible) <= 60 else f"`{visible[:57]}...`"
