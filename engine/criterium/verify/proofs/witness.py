"""What a solver found becomes an example: the rows of tables as the `examples:` of a file list them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from criterium.evaluate.symbols import solver as s
from criterium.evaluate.symbols.symbolic import Word
from criterium.evaluate.symbols.unseen import Key, Unseen
from criterium.language.tables import Table
from criterium.verify.proofs.plain import APART, factor_of, settle

DIGITS = 6
GRIDS = (Fraction(10), Fraction(1000))  # parts of a unit


class NotDecimal(Exception):
    """A number of a course has no short decimal form."""


def written_down(
    unseen: Unseen, solver: s.Solver, terms: Sequence[s.Bool], write: Callable[[], dict[str, Any]]
) -> dict[str, Any] | None:
    """Return what `write` makes of a solver's last answer, of which the terms are true; None without a decimal answer.

    Numbers that were chosen one after the other may leave the last of them a fraction such as 1/3. Then an answer is
    asked for in which all are decimals.
    """
    for grid in ((), *([*_on(unseen, parts)] for parts in GRIDS)):
        with solver.supposing([*terms, *grid]):
            if not grid or solver.ask() == "possible":
                try:
                    return write()
                except NotDecimal:
                    continue
    return None


def _on(unseen: Unseen, parts: Fraction) -> Iterator[s.Bool]:
    """Yield that every number is a multiple of a part of the unit of its kind, and every day is whole."""
    yield from (s.whole(day) for day in unseen.days)
    yield from (s.whole(s.times(parts, value)) for value, _ in unseen.numbers.values())


@dataclass
class Sketch:
    """A course that a solver found, made plain; the solver keeps what is decided.

    `usual` are likely values by their dimension, besides round numbers.
    """

    unseen: Unseen
    solver: s.Solver
    usual: Mapping[str, Collection[Fraction]] = field(default_factory=dict)

    def example(self) -> dict[str, Any]:
        """Return the course as an example: rows of tables by the table's name, and the days of the steps."""
        settle(self.unseen, self.solver, self.usual)
        found: dict[str, Any] = {}
        members = list(self._members())
        if members:
            found[self.unseen.of] = members
        rows: dict[str, list[dict[str, Any]]] = {}
        for key, here in self.unseen.rows.items():
            if key.table != self.unseen.of and self.solver.holds(here):
                rows.setdefault(key.table, []).append(self._row(key))
        steps = list(self._step_rows())
        days = [self._day(step) for step in range(1, self.unseen.shape.steps)]
        if steps:
            found[self.unseen.of] = steps
        elif days and (not members or days != [APART * step for step in range(1, len(days) + 1)]):
            found["at"] = [_written_day(day) for day in days]
        if self.unseen.cut is not None:
            found["as_of"] = written(self.solver.number(self.unseen.cut))
        return {**found, **{name: sorted(one, key=lambda row: float(row["day"])) for name, one in rows.items()}}

    def result(self, unit_: str) -> dict[str, Any]:
        """Return a single result as an example: value, limits, flags and the result at baseline."""
        settle(self.unseen, self.solver, self.usual)
        found: dict[str, Any] = {} if unit_ == "any" else {"unit": unit_}
        for key, (value, known) in self.unseen.numbers.items():
            found[_result_key(key.column)] = written(self.solver.number(value)) if self.solver.holds(known) else None
        for key, word in self.unseen.words.items():
            said = self._word(word)
            if said is not None:
                found[key.column] = {"true": True, "false": False}.get(said, said)
        before = found.get("baseline") is not None
        return {
            name: one for name, one in found.items() if one is not None or (before and name.startswith("baseline_"))
        }

    # --- the rows of an example -------------------------------------------------------------------------------------
    def _day(self, step: int) -> Fraction:
        return self.solver.number(self.unseen.days[step])

    def _members(self) -> Iterator[dict[str, Any]]:
        shape = self.unseen.shape
        for row, fixed in enumerate(shape.members):
            there = [self.solver.holds(self.unseen.present(row, step)) for step in range(shape.steps)]
            if any(there):
                still = {**fixed, **self._still(row)}
                yield {**still, **self._varying(row, there, still)}

    def _still(self, row: int) -> dict[str, Any]:
        words = {
            key.column: self._word(word)
            for key, word in self.unseen.words.items()
            if key[:3] == (self.unseen.of, row, -1)
        }
        return {name: word for name, word in words.items() if word is not None}

    def _varying(self, row: int, there: Sequence[bool], still: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns of a member step by step; where it is there and nothing is known, a word says so.

        That word is one for it, or else one of those that are `still` the same at every step.
        """
        read = {
            key.column
            for key in (*self.unseen.numbers, *self.unseen.words)
            if key[:2] == (self.unseen.of, row) and key.step >= 0
        }
        found = {
            name: [self._value(Key(self.unseen.of, row, step, name)) for step in range(len(there))]
            for name in sorted(read)
        }
        silent = [here and all(series[step] is None for series in found.values()) for step, here in enumerate(there)]
        name, word = missing_word(self._table())
        if any(silent) and name:
            series = found.setdefault(name, [None] * len(there))
            found[name] = [word if quiet else one for quiet, one in zip(silent, series, strict=True)]
        elif any(silent):
            found |= {name: [word if here else None for here in there] for name, word in still.items()}
        return {name: series for name, series in found.items() if any(one is not None for one in series)}

    def _table(self) -> Table:
        return self.unseen.shape.tables[self.unseen.of]

    def _row(self, key: Key) -> dict[str, Any]:
        day = self.solver.number(self.unseen.row_day(key))
        names = [
            one.column
            for one in (*self.unseen.numbers, *self.unseen.words)
            if one[:3] == key[:3] and one.column != "date"
        ]
        values = {name: self._value(key._replace(column=name)) for name in dict.fromkeys(names)}
        return {"day": written(day), **{name: value for name, value in values.items() if value is not None}}

    def _step_rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows that are steps themselves."""
        shape = self.unseen.shape
        if shape.of is None or shape.opening:
            return
        for step in range(shape.steps):
            names = [
                key.column for key in (*self.unseen.numbers, *self.unseen.words) if key[:3] == (self.unseen.of, 0, step)
            ]
            values = {name: self._value(Key(self.unseen.of, 0, step, name)) for name in names}
            yield {"day": written(self._day(step)), **{name: one for name, one in values.items() if one is not None}}

    def _value(self, key: Key) -> Any:
        if key in self.unseen.words:
            return self._word(self.unseen.words[key])
        if key not in self.unseen.numbers:
            return None
        value, known = self.unseen.numbers[key]
        if not self.solver.holds(known):
            return None
        column = self.unseen.shape.tables[key.table].columns.get(key.column)
        return written(self.solver.number(value) / factor_of(column))

    def _word(self, word: Word) -> str | None:
        return next((text for text, here in word.cases.items() if self.solver.holds(here)), None)


def _result_key(name: str) -> str:
    """Return the key of an example for a column of a result: `baseline value` is `baseline`."""
    return "baseline" if name == "baseline value" else name.replace(" ", "_")


def missing_word(table: Table) -> tuple[str, str]:
    """Return a column of a table and the word in it that says that nothing could be told; ("", "") without one."""
    return next(((column.name, column.missing[0]) for column in table.columns.values() if column.missing), ("", ""))


def written(value: Fraction) -> int | float:
    """Return a number as an example writes it; raise NotDecimal for one that has no short decimal form."""
    if value.denominator == 1:
        return value.numerator
    short = round(float(value), DIGITS)
    if Fraction(str(short)) != value:
        raise NotDecimal(str(value))
    return short


def _written_day(value: Fraction) -> int:
    """Return the day of a step, which is whole; raise NotDecimal for one that is not."""
    if value.denominator != 1:
        raise NotDecimal(str(value))
    return value.numerator


def spoken(example: Mapping[str, Any]) -> str:
    """Return an example as one line of YAML, ready for the `examples:` of a file."""
    return "- " + _flow(example)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return f'"{text}"' if any(mark in text for mark in ",:#{}[]\"'&*!|>%@`") else text


__all__ = ["NotDecimal", "Sketch", "missing_word", "spoken", "written", "written_down"]
