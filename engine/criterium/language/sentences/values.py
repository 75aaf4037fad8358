"""Sentences about values become typed expressions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, cast

from criterium.language import tree as t
from criterium.language.kinds import NUMBER, added, comparable, described, multiplied
from criterium.language.problems import nearest
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.reading import Reading, Unfit
from criterium.language.sentences.scope import Scope
from criterium.language.units import Unit, UnknownUnit, spellings, unit

Operator = Literal["+", "-", "*", "/", "^"]
Reference = Literal["baseline", "nadir", "previous", "preceding", "next", "following"]
LATER = {"next", "following"}


class Values(Reading, ABC):
    """The part of a sentence's meaning that is about values: one method a rule of the grammar."""

    @abstractmethod
    def count(self, node: ParseTree, scope: Scope) -> t.Expression: ...

    def value(self, node: ParseTree, scope: Scope) -> t.Expression:
        """Return the value that a node of the parse tree describes."""
        build: Callable[[ParseTree, Scope], t.Expression] = getattr(self, f"value_{node.data}")
        return build(node, scope)

    def number(self, node: ParseTree, scope: Scope) -> t.Expression:
        """Return the value of a node that must be a number."""
        of = self.value(node, scope)
        if of.kind.sort != "number":
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a number")
        return of

    def value_quantity(self, node: ParseTree, scope: Scope) -> t.Expression:
        number, spelled = cast("list[Token | None]", node.children)
        value, kind = Fraction(str(number)), NUMBER
        if spelled is not None:
            measured = self.unit(spelled, scope)
            value, kind = value * measured.factor, t.Kind("number", measured.dimension)
        return t.Constant(self.where(node), self.words(node), kind, value)

    def unit(self, token: Token, scope: Scope) -> Unit:
        """Return the unit that a token spells."""
        try:
            return unit(str(token))
        except UnknownUnit as error:
            remedy = nearest(str(token), spellings()) or "units are written in UCUM: `mm`, `cm2`, `percent`, `weeks`"
            if str(token) in scope.names:
                remedy = f"to multiply, write `* {token}`"
            raise self.unfit(token, f"`{token}` is not a unit", "a unit", remedy) from error

    def value_name(self, node: ParseTree, scope: Scope) -> t.Expression:
        name = str(node.children[0])
        entry = scope.names.get(name)
        if entry is None:
            raise self.unknown_name(node, name, scope)
        if entry.meaning == "broken":
            raise Unfit
        if entry.meaning == "condition":
            raise self.unfit(node, f"`{name}` is a condition, not a value", "a value")
        place = (self.where(node), self.words(node), entry.kind, name)
        if entry.meaning == "parameter":
            return t.Parameter(*place)
        if entry.meaning == "measure":
            return t.Named(*place, entry.level)
        if entry.meaning == "class":
            return t.Given(*place[:3], entry.ladder or name)
        return t.Field(*place, entry.level, entry.least)

    def value_nothing(self, node: ParseTree, _scope: Scope) -> t.Expression:
        return t.Missing(self.where(node), self.words(node), NUMBER)

    def value_plus(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("+", node, scope)

    def value_minus(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("-", node, scope)

    def value_times(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("*", node, scope)

    def value_over(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("/", node, scope)

    def value_power(self, node: ParseTree, scope: Scope) -> t.Expression:
        base, exponent = self.each(lambda child: self.number(child, scope), node.children)
        for child, one in zip(node.children, (base, exponent), strict=True):
            if one.kind != NUMBER:
                raise self.unfit(child, f"`{one.text}` is {described(one.kind)}", "a plain number")
        return t.Arithmetic(self.where(node), self.words(node), NUMBER, "^", base, exponent)

    def arithmetic(self, operator: Operator, node: ParseTree, scope: Scope) -> t.Expression:
        """Return one of the four operations on the two children of a node."""
        left, right = self.each(lambda child: self.value(child, scope), node.children)
        kind = (added if operator in "+-" else multiplied)(operator, left.kind, right.kind)
        if kind is None:
            what = f"`{left.text}` is {described(left.kind)}, `{right.text}` is {described(right.kind)}"
            raise self.unfit(node, what, f"values that `{operator}` can join")
        return t.Arithmetic(self.where(node), self.words(node), kind, operator, left, right)

    def value_change(self, node: ParseTree, scope: Scope) -> t.Expression:
        percent, direction, inner, reference = cast("list[Any]", node.children)
        of = self.number(inner, scope)
        scale: Literal["absolute", "percent"] = "percent" if percent else "absolute"
        kind = t.Kind("number", "percent") if percent else of.kind
        back = self.refer(node, cast("Reference", str(reference)), of, scope)
        way = cast("Literal['fall', 'rise']", str(direction))
        return t.Change(self.where(node), self.words(node), kind, way, scale, of, back)

    def value_reference(self, node: ParseTree, scope: Scope) -> t.Expression:
        reference, inner = cast("list[Any]", node.children)
        seen = scope if str(reference) == "baseline" else scope.elsewhere()
        return self.refer(node, cast("Reference", str(reference)), self.value(inner, seen), scope)

    def refer(self, node: ParseTree, to: Reference, of: t.Expression, scope: Scope) -> t.Expression:
        """Return a value at an earlier step, for a step or for one of its rows."""
        if scope.level == "course":
            raise self.unfit(
                node, f"`{to}` has no meaning for a whole course", "a value of one step", "use it in a measure"
            )
        if to in LATER and not scope.looks_ahead:
            remedy = "write it in a stage, under `stages:`, which looks at all steps"
            raise self.unfit(node, f"`{to}` looks ahead, and a class depends on nothing after it", "a stage", remedy)
        if to == "nadir" and of.kind.sort not in {"number", "date"}:
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}, which has no nadir", "a number or a date")
        text = self.words(node) if node.data == "reference" else f"{to} {of.text}"
        if scope.stepped != "results":
            return t.Reference(self.where(node), text, of.kind, to, of)
        # Results stand alone, without steps between them; the baseline result's columns are beside each one.
        if to != "baseline" or not isinstance(of, t.Field):
            what = f"`{to} {of.text}` of a single result"
            raise self.unfit(node, what, "`baseline` of a column, such as `baseline value`")
        return t.Field(self.where(node), text, of.kind, f"baseline {of.name}", of.level, of.least)

    def value_running(self, node: ParseTree, scope: Scope) -> t.Expression:
        if scope.level == "course":
            raise self.unfit(
                node, "a running total has no meaning for a whole course", "a value of one step", "use it in a measure"
            )
        of = self.number(cast("ParseTree", node.children[0]), scope)
        return t.Running(self.where(node), self.words(node), of.kind, of)

    def value_sum(self, node: ParseTree, scope: Scope) -> t.Expression:
        inner, over = cast("list[ParseTree]", node.children)
        collection, rows = self.collection(over, scope)
        of = self.number(inner, rows)
        return t.Aggregate(self.where(node), self.words(node), of.kind, "sum", of, collection)

    def value_pick(self, node: ParseTree, scope: Scope) -> t.Expression:
        how, inner, over = cast("list[Any]", node.children)
        collection, rows = self.collection(over, scope)
        of = self.value(inner, rows)
        if str(how) in {"lowest", "highest"} and of.kind.sort not in {"number", "date"}:
            raise self.unfit(inner, f"`{of.text}` is {described(of.kind)}", "a number or a date")
        return t.Aggregate(self.where(node), self.words(node), of.kind, cast("Any", str(how)), of, collection)

    def value_number(self, node: ParseTree, scope: Scope) -> t.Expression:
        collection, _ = self.collection(cast("ParseTree", node.children[0]), scope)
        return t.Aggregate(self.where(node), self.words(node), NUMBER, "number", None, collection)

    def value_extreme(self, node: ParseTree, scope: Scope) -> t.Expression:
        how, *inner = cast("list[Any]", node.children)
        of = tuple(self.each(lambda child: self.value(child, scope), inner))
        for child, one in zip(inner, of, strict=True):
            if one.kind.sort not in {"date", "number"}:
                raise self.unfit(child, f"`{one.text}` is {described(one.kind)}", "a date or a number")
            if not comparable(of[0], one):
                what = f"`{of[0].text}` is {described(of[0].kind)}, `{one.text}` is {described(one.kind)}"
                raise self.unfit(child, what, "values of one kind")
        return t.Extreme(self.where(node), self.words(node), of[0].kind, cast("Any", str(how)), of)

    # --- choices of rows ----------------------------------------------------------------------------------------------
    def first(self, node: ParseTree, scope: Scope) -> tuple[Literal["lowest", "highest"], t.Expression]:
        """Return whether the lowest or the highest come first, and the number they go by."""
        how, inner = cast("list[Any]", node.children)
        if str(how) not in {"lowest", "highest"}:
            raise self.unfit(how, f"`{how}` is not the end of an order of numbers", "`highest` or `lowest`")
        return cast("Any", str(how)), self.number(inner, scope)

    def quota(self, node: ParseTree, scope: Scope) -> t.Quota:
        """Return how many rows are taken, of each word of a column or in all."""
        count, named = cast("list[Any]", node.children)
        most, each = self.count(count, scope), self.value(named, scope) if named is not None else None
        if each is not None and not (isinstance(each, t.Field) and each.level == "row" and each.kind.sort == "label"):
            raise self.unfit(named, f"`{each.text}` is {described(each.kind)}", "a column of the rows that holds words")
        return t.Quota(self.where(node), self.words(node), most, each)
