"""What a name means at a place in a criterion: which measures, parameters, columns and classes a sentence can see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from criterium.language.kinds import DATE, NUMBER, TRUTH
from criterium.language.tables import Column, Table
from criterium.language.tree import Choice, Kind, Level
from criterium.language.units import unit

# What is `broken` has its complaint already: a sentence that uses it cannot be read, and says nothing more.
Meaning = Literal["measure", "condition", "parameter", "field", "class", "broken"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name is, its type, and the level it belongs to; `ladder` gives a class that goes by another name."""

    meaning: Meaning
    kind: Kind
    level: Level
    least: Fraction | None = None
    ladder: str = ""


Names = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names a sentence can see at `level`, the tables it can read, the steps and the order of classes.

    `stepped` is the noun of the steps (`assessments`), `of` the table whose rows make them, `inner` the names of one
    row of it. `later` are the names defined further down, `own` is the one being defined, and `ahead` holds those of
    them whose type is known: they can be read at another step, where a scope is `away`. A stage `looks_ahead`. `orders`
    are those of the classes by their names, `order` the first of them. `chosen` are the choices of members. A scope is
    `blurred` when names may be missing from it by another mistake.
    """

    level: Level
    names: Names
    tables: Mapping[str, Table]
    of: str | None = None
    stepped: str = ""
    inner: Names = field(default_factory=dict)
    order: tuple[str, ...] = ()
    later: frozenset[str] = frozenset()
    blurred: bool = False
    own: str = ""
    ahead: Names = field(default_factory=dict)
    looks_ahead: bool = False
    away: bool = False
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: Mapping[str, Choice] = field(default_factory=dict)

    def elsewhere(self) -> Scope:
        """Return this scope as it is at another step, where names defined further down can be read."""
        return replace(self, names={**self.ahead, **self.names}, later=self.later - set(self.ahead), away=True)

    def with_names(self, names: Names) -> Scope:
        """Return this scope with more names."""
        return replace(self, names={**self.names, **names})

    def rows(self, table: Table) -> Scope:
        """Return the scope of one row of `table`, seen from here."""
        own = self.inner if table.name == self.of and self.level == "step" else columns_of(table, "row")
        return replace(self, level="row", names={**self.names, **own}, inner={})

    def steps(self, names: Names) -> Scope:
        """Return the scope of one step, seen from the course or from another step."""
        return replace(self, level="row", names={**self.names, **names}, inner={}, later=self.later - set(names))


def broken(level: Level) -> Entry:
    """Return the entry of a name whose definition has a problem."""
    return Entry("broken", Kind("label"), level)


def kind_of(column: Column) -> Kind:
    """Return the type of a column's values; quantities are in the canonical unit of their dimension."""
    if column.type == "quantity":
        return Kind("number", column.dimension or unit(column.unit or "ratio").dimension)
    plain = {"date": DATE, "truth": TRUTH, "number": NUMBER}
    words = tuple(word for word in column.values if word not in column.missing)
    return plain.get(column.type, Kind("label", "", words))


def columns_of(table: Table, level: Level) -> dict[str, Entry]:
    """Return the names of a table's columns at `level`, the patient's identifier aside."""
    columns = (column for column in table.columns.values() if column.name != "patient_id")
    return {column.name: Entry("field", kind_of(column), level, column.least) for column in columns}


def noun_of(words: Iterable[str], tables: Mapping[str, Table]) -> tuple[Table | None, tuple[str, ...]]:
    """Return the table that the last of `words` name, in singular or plural, and the adjectives before it."""
    spoken = list(words)
    for count in (2, 1):
        noun = " ".join(spoken[-count:])
        for table in tables.values():
            if noun in {table.one, table.plural, table.name, table.name.replace("_", " ")}:
                return table, tuple(spoken[:-count])
    return None, tuple(spoken[:-1])
