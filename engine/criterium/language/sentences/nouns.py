"""Nouns become collections of rows: `events where date >= start`, `cycles`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Literal, cast

from criterium.language import tree as t
from criterium.language.problems import Where, listed, nearest
from criterium.language.sentences.histories import AWAY
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.reading import Reading, Unfit
from criterium.language.sentences.scope import Scope, kind_of, noun_of
from criterium.language.tables import Column, Table


class Nouns(Reading, ABC):
    """The part of a sentence's meaning that is about rows of tables."""

    @abstractmethod
    def refuse_lookout(self, node: ParseTree, side: str, scope: Scope) -> None: ...

    def collection(self, node: ParseTree, scope: Scope) -> tuple[t.Collection, Scope]:
        """Return the rows that a node speaks of, and the scope of one of them."""
        *spoken, filtered = node.children
        tokens = cast("list[Token]", spoken)
        words = [str(word) for word in tokens]
        steps = {scope.stepped, scope.stepped.removesuffix("s")}
        if words[-1] in steps and (scope.level == "course" or (scope.level == "step" and words[0] in AWAY)):
            return self.steps(node, tokens, cast("ParseTree | None", filtered), scope)
        table, adjectives = noun_of(words, scope.tables)
        if table is None or scope.level == "row":
            raise self.unknown_noun(tokens, words, scope)
        own = self.ownership(node, table, scope)
        rows = scope.rows(table)
        choices = scope.chosen if own == "members" else {}
        frozen, chosen, parts = self.adjectives(tokens[: len(adjectives)], table, choices)
        if filtered is not None:
            parts.append(self.condition(cast("ParseTree", filtered), rows))
        filter_ = _joined(parts, self.where(node), self.words(node))
        return t.Collection(self.where(node), self.words(node), table.name, own, frozen, filter_, chosen), rows

    def ownership(self, node: ParseTree, table: Table, scope: Scope) -> Literal["members", "rows"]:
        """Return whether the rows are members of the step at hand, or rows beside it."""
        if table.name != scope.of or not table.member:
            return "rows"
        if scope.level == "course":
            step = scope.stepped.removesuffix("s")
            remedy = f"write a measure of each {step} and use it here"
            raise self.unfit(node, f"`{table.plural}` belong to one {step}, not to the course", "a measure", remedy)
        return "members"

    def steps(
        self, node: ParseTree, tokens: list[Token], filtered: ParseTree | None, scope: Scope
    ) -> tuple[t.Collection, Scope]:
        """Return the steps of the course as a collection; of those seen from a step, the earlier or the later ones."""
        first = 1 if scope.level == "step" else 0
        if len(tokens) > first + 1:
            adjectives = tuple(tokens[first:-1])
            raise self.unfit(
                adjectives, f"`{self.words(*adjectives)}` does not describe {scope.stepped}", f"`{scope.stepped}`"
            )
        side: Any = str(tokens[0]) if first else ""
        if side:
            self.refuse_lookout(node, side, scope)
        rows = scope.steps(scope.elsewhere().names if side else scope.inner)
        filter_ = self.condition(filtered, rows) if filtered is not None else None
        where, text = self.where(node), self.words(node)
        return t.Collection(where, text, scope.stepped, "steps", frozen=False, where_=filter_, side=side), rows

    def unknown_noun(self, tokens: list[Token], words: list[str], scope: Scope) -> Unfit:
        """Return what to raise for words that name no table."""
        if scope.level == "row":
            remedy = "name it as a measure or a condition, and use that name here"
            return self.unfit(
                tuple(tokens),
                f"`{' '.join(words)}` speaks of other rows from within one row",
                "a property of one row",
                remedy,
            )
        plurals = [table.plural for table in scope.tables.values()]
        if scope.level == "course" and scope.stepped:
            plurals.append(scope.stepped)
        nouns = [*plurals, *(table.one for table in scope.tables.values())]
        remedy = nearest(words[-1], nouns) or "tables.yaml lists the tables and their columns"
        return self.unfit(tokens[-1], f"`{words[-1]}` is not a table", listed(sorted(set(plurals))), remedy)

    def adjectives(
        self, tokens: list[Token], table: Table, choices: Mapping[str, t.Choice]
    ) -> tuple[bool, str, list[t.Condition]]:
        """Return whether the members are those of the baseline, the choice of them, and what other adjectives say."""
        frozen, chosen, parts = False, "", list[t.Condition]()
        for token in tokens:
            word = str(token)
            if word in choices and not chosen:
                frozen, chosen = frozen or choices[word].kept == "from baseline", word
                continue
            if word == "baseline" and table.member:
                frozen = True
                continue
            column = next((c for c in table.columns.values() if c.adjective and word in c.values), None)
            if column is None:
                raise self.unknown_adjective(token, table, choices)
            frozen = frozen or word in column.frozen
            parts.append(_is(column, word, self.where(token)))
        return frozen, chosen, parts

    def unknown_adjective(self, token: Token, table: Table, choices: Iterable[str]) -> Unfit:
        """Return what to raise for a word that does not describe the rows of a table."""
        allowed = [value for c in table.columns.values() if c.adjective for value in c.values]
        allowed += ["baseline"] if table.member else []
        allowed += [name for name in choices if name not in allowed]
        remedy = nearest(str(token), allowed) or f"use `where`: `{table.plural} where ...`"
        return self.unfit(token, f"`{token}` does not describe {table.plural}", listed(allowed), remedy)


def _is(column: Column, word: str, where: Where) -> t.Condition:
    of = t.Field(where, column.name, kind_of(column), column.name, "row", None)
    return t.OneOf(where, f"{column.name} is {word}", of, (word,))


def _joined(parts: list[t.Condition], where: Where, text: str) -> t.Condition | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return t.All(where, text, tuple(parts))
