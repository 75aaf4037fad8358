"""Sentences about what holds become typed conditions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, cast

from criterium.language import tree as t
from criterium.language.kinds import NUMBER, USUAL, comparable, described
from criterium.language.sentences.histories import AWAY, Histories
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.reading import Unfit
from criterium.language.sentences.scope import Scope
from criterium.language.tables import Column

How = Literal["any", "every"]


def _spoken(node: ParseTree) -> list[Token]:
    """Return the words that say which rows or steps a condition is about."""
    over = node.children[0]
    if isinstance(over, Token):
        return [child for child in node.children if isinstance(child, Token) and child.type == "NAME"]
    return [child for child in over.children if isinstance(child, Token)]


class Conditions(Histories, ABC):
    """The part of a sentence's meaning that is about truth: one method a rule of the grammar."""

    @abstractmethod
    def choices(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> tuple[str, ...]: ...

    def condition(self, node: ParseTree, scope: Scope) -> t.Condition:
        """Return the condition that a node of the parse tree states."""
        build: Callable[[ParseTree, Scope], t.Condition] = getattr(self, f"condition_{node.data}")
        return build(node, scope)

    # --- names, not, and --------------------------------------------------------------------------------------------
    def condition_rule(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner = cast("ParseTree", node.children[0])
        if inner.data == "reference" and (found := self.adjacent(inner, scope)) is not None:
            return found
        if inner.data != "name":
            what = f"`{self.words(node)}` is a value, not a condition"
            raise self.unfit(node, what, "a comparison, such as `... >= 10 mm`")
        name = str(inner.children[0])
        entry = scope.names.get(name)
        if entry is not None and entry.meaning == "condition":
            return t.Rule(self.where(node), self.words(node), name, entry.level)
        value = self.value(inner, scope)
        if value.kind.sort != "truth":
            example = (
                f"a choice, such as `{name} is ...`"
                if value.kind.sort == "label"
                else f"a comparison, such as `{name} >= ...`"
            )
            raise self.unfit(node, f"`{name}` is {described(value.kind)}, not a condition", example)
        return t.OneOf(self.where(node), name, value, ("true",))

    def condition_negation(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner = self.condition(cast("ParseTree", node.children[0]), scope)
        return t.Not(self.where(node), self.words(node), inner)

    def condition_both(self, node: ParseTree, scope: Scope) -> t.Condition:
        parts = tuple(self.each(lambda child: self.condition(child, scope), node.children))
        return t.All(self.where(node), self.words(node), parts)

    def condition_otherwise(self, node: ParseTree, _scope: Scope) -> t.Condition:
        return t.Always(self.where(node), "otherwise")

    # --- comparisons ------------------------------------------------------------------------------------------------
    def condition_compare(self, node: ParseTree, scope: Scope) -> t.Condition:
        left, operator, right = cast("list[Any]", node.children)
        return self.compare(left, operator, right, scope)

    def condition_chain(self, node: ParseTree, scope: Scope) -> t.Condition:
        low, first, middle, second, high = cast("list[Any]", node.children)
        if str(first)[0] != str(second)[0] or str(first)[0] not in "<>":
            raise self.unfit(node, f"`{first}` and `{second}` do not make a range", "`<` or `<=` twice")
        pairs = ((low, first, middle), (middle, second, high))
        one, other = self.each(lambda pair: self.compare(pair[0], pair[1], pair[2], scope), pairs)
        bounds = (one.left, other.right) if str(first)[0] == "<" else (other.right, one.left)
        self.refuse_reversed(node, *bounds)
        return t.All(self.where(node), self.words(node), (one, other))

    def refuse_reversed(self, node: ParseTree, low: t.Expression, high: t.Expression) -> None:
        if isinstance(low, t.Constant) and isinstance(high, t.Constant) and low.value >= high.value:
            raise self.unfit(node, f"no value lies between `{low.text}` and `{high.text}`", "the smaller bound first")

    def compare(self, left: ParseTree, operator: Token, right: ParseTree, scope: Scope) -> t.Compare:
        """Return the comparison of two values."""
        if self.is_word(left, scope):
            what = f"`{self.words(left)}` is a word, which `{operator}` does not compare"
            raise self.unfit(
                left, what, "two numbers or two dates", f"write `{self.words(left)} is {self.words(right)}`"
            )
        one, other = self.each(lambda side: self.value(side, scope), (left, right))
        if not comparable(one, other):
            raise self.not_comparable(left, right, one, other)
        return t.Compare(self.where(left, right), self.words(left, right), cast("Any", str(operator)), one, other)

    def is_word(self, node: ParseTree, scope: Scope) -> bool:
        """Say whether a node is a name for a label or a truth value."""
        entry = scope.names.get(self.words(node))
        return (
            entry is not None and entry.meaning not in {"broken", "condition"} and entry.kind.sort in {"label", "truth"}
        )

    def not_comparable(self, left: ParseTree, right: ParseTree, one: t.Expression, other: t.Expression) -> Unfit:
        """Return what to raise for two values of different dimensions."""
        for node, bare, kind in ((left, one, other.kind), (right, other, one.kind)):
            if isinstance(bare, t.Constant) and bare.kind == NUMBER and kind.sort == "number":
                example = USUAL.get(kind.dimension, f"and a unit of {kind.dimension}")
                what = f"`{bare.text}` has no unit, and it is compared with {described(kind)}"
                return self.unfit(node, what, described(kind), f"write `{bare.text} {example}`")
            if isinstance(bare, t.Parameter) and bare.kind == NUMBER and kind.sort == "number":
                remedy = f"give `{bare.name}` a unit, such as `{USUAL.get(kind.dimension, kind.dimension)}`"
                return self.unfit(
                    node,
                    f"`{bare.name}` has no unit, and it is compared with {described(kind)}",
                    described(kind),
                    remedy,
                )
        what = f"`{one.text}` is {described(one.kind)}, `{other.text}` is {described(other.kind)}"
        return self.unfit((left, right), what, "two values of one dimension")

    # --- words ------------------------------------------------------------------------------------------------------
    def condition_choice(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner, negation, choices = cast("list[Any]", node.children)
        return self.negated(node, negation, self.one_of(node, self.value(inner, scope), choices, scope))

    def negated(self, node: ParseTree, negation: Token | None, condition: t.Condition) -> t.Condition:
        """Return the condition, or its negation if there is a `not`."""
        return t.Not(self.where(node), self.words(node), condition) if negation else condition

    def one_of(self, node: ParseTree, of: t.Expression, choices: ParseTree, scope: Scope) -> t.Condition:
        """Return the condition that a value is one of some words."""
        text = f"{of.text} is {self.words(choices)}"
        if of.kind.sort == "number":
            return self.one_number_of(node, of, choices)
        if of.kind.sort not in {"label", "truth"}:
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a comparison, such as `... >= start`")
        allowed = of.kind.words if of.kind.sort == "label" else ("true", "false")
        return t.OneOf(self.where(node), text, of, self.choices(choices, scope, allowed))

    def one_number_of(self, node: ParseTree, of: t.Expression, choices: ParseTree) -> t.Condition:
        parts: list[t.Condition] = []
        for choice in cast("list[ParseTree]", choices.children):
            text = self.words(choice)
            if not text.isdigit() or of.kind != NUMBER:
                unit = f" {USUAL.get(of.kind.dimension, '')}".rstrip()
                example = f"{of.text} = {text}{unit}" if text.isdigit() else f"{of.text} >= ..."
                what = f"`{of.text}` is {described(of.kind)}, `{text}` is not"
                raise self.unfit(choice, what, f"a comparison, such as `{example}`")
            constant = t.Constant(self.where(choice), text, NUMBER, Fraction(text))
            parts.append(t.Compare(self.where(choice), f"{of.text} = {text}", "=", of, constant))
        return parts[0] if len(parts) == 1 else t.Some(self.where(node), self.words(node), tuple(parts))

    def condition_known(self, node: ParseTree, scope: Scope) -> t.Condition:
        of = self.value(cast("ParseTree", node.children[0]), scope)
        return t.Known(self.where(node), self.words(node), of)

    def condition_missing(self, node: ParseTree, scope: Scope) -> t.Condition:
        of = self.value(cast("ParseTree", node.children[0]), scope)
        return t.Not(self.where(node), self.words(node), t.Known(self.where(node), f"{of.text} is known", of))

    # --- any, no, every ---------------------------------------------------------------------------------------------
    def quantified(self, node: ParseTree, how: How, scope: Scope) -> t.Condition:
        """Return the condition that any, or every, row of a collection has a property."""
        spoken = _spoken(node)
        if str(spoken[0]) in AWAY:
            return self.history(node, how, spoken, scope)
        over = cast("ParseTree", node.children[0])
        self.refuse_form(node, scope)
        collection, rows = self.collection(over, scope)
        has = self.property(node, collection, rows)
        # The condition that `no ...` denies reads `any ...`.
        text = f"{how} {self.text[self.span(over)[0] : self.span(node)[1]]}"
        return t.Quantified(self.where(node), text, how, collection, has)

    def refuse_form(self, node: ParseTree, scope: Scope) -> None:
        """Refuse what can be said of other steps, but not of rows."""
        if node.data.endswith("_compare"):
            what = f"`{self.words(node)}` compares rows with a value"
            raise self.unfit(node, what, "`has` and a comparison", "such as `any event has date >= start`")
        if node.data == "every":
            raise self.unfit(node, f"`{self.words(node)}` what?", "`is ...` or `has ...`")
        if node.children[-1] is not None:
            nouns = f"`any earlier {scope.stepped.removesuffix('s') or 'step'} has ...`"
            raise self.unfit(node.children[-1], "rows have no window in time", nouns, "compare their `date`")

    def property(self, node: ParseTree, collection: t.Collection, rows: Scope) -> t.Condition | None:
        """Return what follows the collection: `is ...`, `has ...` or nothing."""
        if node.data in {"some", "none"}:
            return None
        if node.data.endswith("_has"):
            return self.condition(cast("ParseTree", node.children[1]), rows)
        _, negation, choices, _ = cast("list[Any]", node.children)
        column = self.predicate(node, collection, rows)
        of = t.Field(self.where(node), column.name, rows.names[column.name].kind, column.name, "row", None)
        return self.negated(node, negation, self.one_of(node, of, choices, rows))

    def predicate(self, node: ParseTree, collection: t.Collection, rows: Scope) -> Column:
        table = rows.tables.get(collection.table)
        column = next((c for c in table.columns.values() if c.predicate), None) if table else None
        if column is None:
            over, *_, choices, _ = cast("list[Any]", node.children)
            labels = [one.name for one in table.columns.values() if one.type == "label"] if table else []
            example = f"{self.words(over)} has {(labels or ['...'])[0]} is {self.words(choices)}"
            what = f"`is` does not say which column of `{collection.text}` is meant"
            raise self.unfit(choices, what, "`has` and a column", f"such as `{example}`")
        return column

    def condition_some(self, node: ParseTree, scope: Scope) -> t.Condition:
        return self.quantified(node, "any", scope)

    condition_some_is = condition_some
    condition_some_has = condition_some
    condition_some_compare = condition_some

    def condition_none(self, node: ParseTree, scope: Scope) -> t.Condition:
        return t.Not(self.where(node), self.words(node), self.quantified(node, "any", scope))

    condition_none_is = condition_none
    condition_none_has = condition_none
    condition_none_compare = condition_none

    def condition_every_is(self, node: ParseTree, scope: Scope) -> t.Condition:
        return self.quantified(node, "every", scope)

    condition_every = condition_every_is
    condition_every_has = condition_every_is
    condition_every_compare = condition_every_is
