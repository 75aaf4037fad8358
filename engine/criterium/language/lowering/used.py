"""Criteria that a criterion uses: what each says of its own steps is a table, with a date and a class."""

from __future__ import annotations

from collections.abc import Mapping

from criterium.language import tree as t
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import listed, nearest
from criterium.language.tables import Column, Table


def table_of(name: str, used: t.Criterion) -> Table:
    """Return the table of the classes that a criterion gives, which goes by `name`."""
    labels = used.steps.ladders[used.final].labels
    columns = {"date": Column("date", "date", "date"), "class": Column("class", "class", "label", values=labels)}
    means = f"one row per {used.each} of {used.id}"
    return Table(name, means, name, name, "course", None, None, (), attributes=False, columns=columns, derived=True)


def tables_of(uses: Mapping[str, t.Criterion]) -> dict[str, Table]:
    """Return the tables of the criteria that a criterion uses, by the names it gives them."""
    return {name: table_of(name, used) for name, used in uses.items()}


class Uses(Ledger):
    """Reads the criteria that one document uses, noting problems."""

    def criteria(self, tables: Mapping[str, Table]) -> dict[str, t.Criterion]:
        """Return the criteria by the names that the document gives them, without those that have problems."""
        found: dict[str, t.Criterion] = {}
        for name in self.mapping(self.document.data, "uses", ()):
            used = self.document.used.get(name)
            nouns = {word: table for table in tables.values() for word in (table.name, table.one, table.plural)}
            if name in nouns:
                what = f"`{name}` is a table already"
                self.complain_of_key(("uses", name), what, "a name of its own", "choose another name")
            elif used is not None and used.final not in used.steps.ladders:
                what = f"`{used.id}` gives no class to single steps"
                self.complain(("uses", name), what, "a criterion with `each: assessment` or `each: cycle`")
            elif used is not None:
                found[name] = used
            elif not self.document.problems:
                known = list(self.document.used)
                what = f"`{name}` cannot be read from here"
                self.complain(("uses", name), what, listed(known), nearest(name, known))
        return found
