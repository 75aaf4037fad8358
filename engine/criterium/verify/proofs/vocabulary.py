"""The words that a column can hold, as far as criteria can tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.uses import below, nodes

ANOTHER = "other"  # stands for all words that no criterion asks for


def vocabulary(
    criteria: Sequence[t.Criterion], tables: Mapping[str, Table], members: int = 0
) -> Callable[[str, str], tuple[str, ...]]:
    """Return what gives the words of a column of a table: those it declares, or an other word and those asked for.

    Where members with the same word are counted together, each of so many `members` can have a word of its own.
    """
    asked: dict[str, dict[str, None]] = {}
    for one in criteria:
        for node in below(one):
            if isinstance(node, t.Quota) and isinstance(node.each, t.Field):
                more = [f"{ANOTHER} {number}" for number in range(2, members + 1)]
                asked.setdefault(node.each.name, {}).update(dict.fromkeys(more))
            if isinstance(node, t.OneOf) and not isinstance(node.of, (t.Parameter, t.Given)):
                names = [part.name for part in nodes(node.of) if isinstance(part, t.Field)] or [""]
                for name in names:
                    asked.setdefault(name, {}).update(dict.fromkeys(node.words))

    def words(table: str, name: str) -> tuple[str, ...]:
        column = tables[table].columns.get(name.removeprefix("baseline "))
        if column is not None and column.type == "truth":
            return ("true", "false")
        if column is not None and column.values:
            return tuple(word for word in column.values if word not in column.missing)
        return tuple(dict.fromkeys([ANOTHER, *asked.get(name, {}), *asked.get("", {})]))

    return words
