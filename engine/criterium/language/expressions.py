"""Parse trees become typed nodes: names, units and types settled, every disagreement a problem at its word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal, cast

from lark import Token, Tree

from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.scope import DATE, NUMBER, Entry, Scope, kind_of, noun_of
from criterium.language.sentences import Form, ParseTree, parse
from criterium.language.source import DataPath, Document
from criterium.language.tables import Column, Table
from criterium.language.units import UnknownUnit, dimension_of, powers_of, spellings, unit

OPERATORS = Literal["<", "<=", "=", "!=", ">=", ">"]
_MIRROR = {"<": ">", "<=": ">=", "=": "=", "!=": "!=", ">=": "<=", ">": "<"}


class Unfit(Exception):
    """The sentence has no meaning; its problem is already noted."""


@dataclass
class Sentence:
    """One sentence of a document: lowers its parse tree within a scope and notes its problems."""

    text: str
    document: Document
    path: DataPath
    scope: Scope
    problems: list[Problem]

    # --- places -----------------------------------------------------------------------------------------------------
    def span(self, node: ParseTree | Token) -> tuple[int, int]:
        if isinstance(node, Token):
            return node.start_pos or 0, node.end_pos or 0
        if node.meta.empty:
            return 0, len(self.text)
        return node.meta.start_pos, node.meta.end_pos

    def where(self, node: ParseTree | Token) -> Where:
        start, end = self.span(node)
        return self.document.where(self.path, start, max(1, end - start))

    def words(self, node: ParseTree | Token) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    def unfit(self, node: ParseTree | Token, what: str, expected: str = "", remedy: str = "") -> Unfit:
        self.problems.append(Problem(self.where(node), what, expected, remedy))
        return Unfit()

    # --- values -----------------------------------------------------------------------------------------------------
    def value(self, node: ParseTree, scope: Scope) -> t.Expression:
        build: Callable[[ParseTree, Scope], t.Expression] = getattr(self, f"value_{node.data}")
        return build(node, scope)

    def value_quantity(self, node: ParseTree, _scope: Scope) -> t.Expression:
        number, spelled = cast("list[Token | None]", node.children)
        value, kind = Fraction(str(number)), NUMBER
        if spelled is not None:
            measured = self.unit(spelled)
            value, kind = value * measured.factor, t.Kind("number", measured.dimension)
        return t.Constant(self.where(node), self.words(node), kind, value)

    def unit(self, token: Token) -> Any:
        try:
            return unit(str(token))
        except UnknownUnit as error:
            remedy = nearest(str(token), spellings()) or "units are written in UCUM: `mm`, `cm2`, `percent`, `weeks`"
            raise self.unfit(token, f"`{token}` is not a unit", "a unit", remedy) from error

    def value_name(self, node: ParseTree, scope: Scope) -> t.Expression:
        name = str(node.children[0])
        entry = scope.names.get(name)
        if entry is None:
            raise self.unknown_name(node, name, scope)
        if entry.meaning == "condition":
            raise self.unfit(node, f"`{name}` is a condition, not a value", "a value")
        place = (self.where(node), name, entry.kind, name)
        if entry.meaning == "parameter":
            return t.Parameter(*place)
        if entry.meaning == "measure":
            return t.Named(*place, entry.level)
        return t.Given(*place) if entry.meaning == "class" else t.Field(*place, entry.level, entry.least)

    def unknown_name(self, node: ParseTree | Token, name: str, scope: Scope) -> Unfit:
        if name in scope.later:
            return self.unfit(node, f"`{name}` is decided further down", "a name defined above", "move it up")
        allowed = sorted(scope.names)
        remedy = nearest(name, allowed) or "define it under `measures`, `conditions` or `parameters`"
        return self.unfit(node, f"`{name}` is not a name here", listed(allowed[:12]), remedy)

    def value_plus(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("+", node, scope)

    def value_minus(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("-", node, scope)

    def value_times(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("*", node, scope)

    def value_over(self, node: ParseTree, scope: Scope) -> t.Expression:
        return self.arithmetic("/", node, scope)

    def arithmetic(self, operator: Literal["+", "-", "*", "/"], node: ParseTree, scope: Scope) -> t.Expression:
        left, right = (self.value(cast("ParseTree", child), scope) for child in node.children)
        kind = _sum(operator, left.kind, right.kind) if operator in "+-" else _product(operator, left.kind, right.kind)
        if kind is None:
            what = f"`{left.text}` is {described(left.kind)}, `{right.text}` is {described(right.kind)}"
            raise self.unfit(node, what, f"values that `{operator}` can join")
        return t.Arithmetic(self.where(node), self.words(node), kind, operator, left, right)

    def value_change(self, node: ParseTree, scope: Scope) -> t.Expression:
        percent, direction, inner, reference = node.children
        of = self.number(cast("ParseTree", inner), scope)
        scale: Literal["absolute", "percent"] = "percent" if percent else "absolute"
        kind = t.Kind("number", "percent") if percent else of.kind
        back = self.refer(node, cast("Any", str(reference)), of, scope)
        way = cast("Literal['fall', 'rise']", str(direction))
        return t.Change(self.where(node), self.words(node), kind, way, scale, of, back)

    def value_reference(self, node: ParseTree, scope: Scope) -> t.Expression:
        reference, inner = node.children
        return self.refer(node, cast("Any", str(reference)), self.value(cast("ParseTree", inner), scope), scope)

    def refer(self, node: ParseTree, to: Any, of: t.Expression, scope: Scope) -> t.Expression:
        if scope.level == "course":
            raise self.unfit(node, f"`{to}` has no meaning for a whole course", "a value of one step", "use it in a measure")
        if to == "nadir" and of.kind.sort not in {"number", "date"}:
            raise self.unfit(node, f"`{of.text}` has no smallest value", "a number")
        if scope.stepped == "results":
            return self.of_result(node, to, of)
        return t.Reference(self.where(node), f"{to} {of.text}", of.kind, to, of)

    def of_result(self, node: ParseTree, to: Any, of: t.Expression) -> t.Expression:
        """Return the column that holds a value of the baseline result: results stand alone, without steps between them."""
        if to != "baseline" or not isinstance(of, t.Field):
            raise self.unfit(node, f"`{to} {of.text}` of a single result", "`baseline` of a column, such as `baseline value`")
        return t.Field(self.where(node), f"baseline {of.text}", of.kind, f"baseline {of.name}", of.level, of.least)

    def value_running(self, node: ParseTree, scope: Scope) -> t.Expression:
        of = self.number(cast("ParseTree", node.children[0]), scope)
        return t.Running(self.where(node), self.words(node), of.kind, of)

    def value_sum(self, node: ParseTree, scope: Scope) -> t.Expression:
        inner, over = cast("list[ParseTree]", node.children)
        collection, rows = self.collection(over, scope)
        of = self.number(inner, rows)
        return t.Aggregate(self.where(node), self.words(node), of.kind, "sum", of, collection)

    def value_pick(self, node: ParseTree, scope: Scope) -> t.Expression:
        how, inner, over = node.children
        collection, rows = self.collection(cast("ParseTree", over), scope)
        of = self.value(cast("ParseTree", inner), rows)
        if str(how) in {"lowest", "highest"} and of.kind.sort not in {"number", "date"}:
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a number or a date")
        return t.Aggregate(self.where(node), self.words(node), of.kind, cast("Any", str(how)), of, collection)

    def value_number(self, node: ParseTree, scope: Scope) -> t.Expression:
        collection, _ = self.collection(cast("ParseTree", node.children[0]), scope)
        return t.Aggregate(self.where(node), self.words(node), NUMBER, "number", None, collection)

    def value_extreme(self, node: ParseTree, scope: Scope) -> t.Expression:
        how, *inner = node.children
        of = tuple(self.value(cast("ParseTree", child), scope) for child in inner)
        if any(not comparable(of[0], other) for other in of[1:]):
            raise self.unfit(node, "these values cannot be compared", "values of one kind")
        return t.Extreme(self.where(node), self.words(node), of[0].kind, cast("Any", str(how)), of)

    def number(self, node: ParseTree, scope: Scope) -> t.Expression:
        of = self.value(node, scope)
        if of.kind.sort != "number":
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a number")
        return of

    # --- collections ------------------------------------------------------------------------------------------------
    def collection(self, node: ParseTree, scope: Scope) -> tuple[t.Collection, Scope]:
        *spoken, filtered = node.children
        words = [str(word) for word in spoken]
        if words[-1] in {scope.stepped, scope.stepped.removesuffix("s")} and scope.level == "course":
            return self.steps(node, words, cast("ParseTree | None", filtered), scope)
        table, adjectives = noun_of(words, scope.tables)
        if table is None or scope.level == "row":
            raise self.unknown_noun(node, words, scope)
        own = self.ownership(node, table, scope)
        rows = scope.rows(table)
        frozen, parts = self.adjectives(node, table, adjectives, rows)
        if filtered is not None:
            parts.append(self.condition(cast("ParseTree", filtered), rows))
        filter_ = _joined(parts, self.where(node), self.words(node))
        return t.Collection(self.where(node), self.words(node), table.name, own, frozen, filter_), rows

    def ownership(self, node: ParseTree, table: Table, scope: Scope) -> Literal["members", "rows"]:
        if table.name != scope.of or not table.member:
            return "rows"
        if scope.level == "course":
            remedy = f"write a measure of each {scope.stepped.removesuffix('s')} and use it here"
            raise self.unfit(node, f"`{table.plural}` belong to one step, not to the course", "a measure", remedy)
        return "members"

    def steps(
        self, node: ParseTree, words: list[str], filtered: ParseTree | None, scope: Scope
    ) -> tuple[t.Collection, Scope]:
        if len(words) > 1:
            raise self.unfit(node, f"`{' '.join(words[:-1])}` does not describe {scope.stepped}", f"`{scope.stepped}`")
        rows = scope.steps(scope.inner)
        filter_ = self.condition(filtered, rows) if filtered is not None else None
        return t.Collection(self.where(node), self.words(node), scope.stepped, "steps", False, filter_), rows

    def unknown_noun(self, node: ParseTree, words: list[str], scope: Scope) -> Unfit:
        if scope.level == "row":
            return self.unfit(node, f"`{' '.join(words)}` inside `where`", "a property of one row", "name it as a measure")
        nouns = [name for table in scope.tables.values() for name in (table.one, table.plural)]
        remedy = nearest(words[-1], nouns) or "tables.yaml lists the tables"
        return self.unfit(node, f"`{words[-1]}` is not a table", listed(sorted(set(nouns))), remedy)

    def adjectives(
        self, node: ParseTree, table: Table, spoken: tuple[str, ...], rows: Scope
    ) -> tuple[bool, list[t.Condition]]:
        frozen, parts = False, list[t.Condition]()
        for word in spoken:
            if word == "baseline" and table.member:
                frozen = True
                continue
            column = next((c for c in table.columns.values() if c.adjective and word in c.values), None)
            if column is None:
                raise self.unknown_adjective(node, table, word)
            frozen = frozen or word in column.frozen
            of = t.Field(self.where(node), column.name, kind_of(column), column.name, "row", None)
            parts.append(t.OneOf(self.where(node), f"{column.name} is {word}", of, (word,)))
        return frozen, parts

    def unknown_adjective(self, node: ParseTree, table: Table, word: str) -> Unfit:
        allowed = [value for c in table.columns.values() if c.adjective for value in c.values]
        allowed += ["baseline"] if table.member else []
        remedy = nearest(word, allowed) or f"use `where`: `{table.plural} where ...`"
        return self.unfit(node, f"`{word}` does not describe {table.plural}", listed(allowed), remedy)

    # --- conditions -------------------------------------------------------------------------------------------------
    def condition(self, node: ParseTree, scope: Scope) -> t.Condition:
        build: Callable[[ParseTree, Scope], t.Condition] = getattr(self, f"condition_{node.data}")
        return build(node, scope)

    def condition_rule(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner = cast("ParseTree", node.children[0])
        if inner.data != "name":
            raise self.unfit(node, f"`{self.words(node)}` is a value, not a condition", "a comparison, such as `... >= 10 mm`")
        name = str(inner.children[0])
        entry = scope.names.get(name)
        if entry is None:
            raise self.unknown_name(node, name, scope)
        if entry.meaning == "condition":
            return t.Rule(self.where(node), name, name, entry.level)
        if entry.kind.sort != "truth":
            what = f"`{name}` is {described(entry.kind)}, not a condition"
            raise self.unfit(node, what, f"`{name} is ...` or a comparison")
        return t.OneOf(self.where(node), name, self.value(inner, scope), ("true",))

    def condition_negation(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner = self.condition(cast("ParseTree", node.children[0]), scope)
        return t.Not(self.where(node), self.words(node), inner)

    def condition_both(self, node: ParseTree, scope: Scope) -> t.Condition:
        parts = tuple(self.condition(cast("ParseTree", child), scope) for child in node.children)
        return t.All(self.where(node), self.words(node), parts)

    def condition_otherwise(self, node: ParseTree, _scope: Scope) -> t.Condition:
        return t.Always(self.where(node), "otherwise")

    def condition_compare(self, node: ParseTree, scope: Scope) -> t.Condition:
        left, operator, right = node.children
        return self.compare(node, cast("ParseTree", left), str(operator), cast("ParseTree", right), scope)

    def condition_chain(self, node: ParseTree, scope: Scope) -> t.Condition:
        low, first, middle, second, high = cast("list[Any]", node.children)
        if str(first)[0] != str(second)[0] or str(first)[0] not in "<>":
            raise self.unfit(node, f"`{first}` and `{second}` do not make a range", "`<` or `<=` twice")
        parts = (self.compare(node, low, str(first), middle, scope), self.compare(node, middle, str(second), high, scope))
        self.refuse_reversed(node, parts, str(first)[0])
        return t.All(self.where(node), self.words(node), parts)

    def refuse_reversed(self, node: ParseTree, parts: tuple[t.Compare, t.Compare], way: str) -> None:
        low, high = (parts[0].left, parts[1].right) if way == "<" else (parts[1].right, parts[0].left)
        if isinstance(low, t.Constant) and isinstance(high, t.Constant) and low.value >= high.value:
            raise self.unfit(node, f"no value lies between {low.text} and {high.text}", "the smaller bound first")

    def compare(self, node: ParseTree, left: ParseTree, operator: str, right: ParseTree, scope: Scope) -> t.Compare:
        one, other = self.value(left, scope), self.value(right, scope)
        if "label" in {one.kind.sort, other.kind.sort} or "truth" in {one.kind.sort, other.kind.sort}:
            raise self.unfit(node, f"words are not compared with `{operator}`", f"`{one.text} is ...`")
        if not comparable(one, other):
            raise self.not_comparable(node, one, other)
        return t.Compare(self.where(node), self.words(node), cast("Any", operator), one, other)

    def not_comparable(self, node: ParseTree, one: t.Expression, other: t.Expression) -> Unfit:
        for bare, kind in ((one, other.kind), (other, one.kind)):
            if isinstance(bare, t.Constant) and bare.kind == NUMBER and kind.sort == "number":
                what = f"`{bare.text}` has no unit, and it is compared with {described(kind)}"
                example = _EXAMPLES.get(kind.dimension, f"a unit of {kind.dimension}")
                return self.unfit(node, what, described(kind), f"write `{bare.text} {example}`")
        what = f"`{one.text}` is {described(one.kind)}, `{other.text}` is {described(other.kind)}"
        return self.unfit(node, what, "two values of one dimension")

    def condition_choice(self, node: ParseTree, scope: Scope) -> t.Condition:
        inner, negation, choices = cast("list[Any]", node.children)
        return self.negated(node, negation, self.one_of(node, self.value(inner, scope), choices, scope))

    def negated(self, node: ParseTree, negation: Token | None, condition: t.Condition) -> t.Condition:
        return t.Not(self.where(node), self.words(node), condition) if negation else condition

    def one_of(self, node: ParseTree, of: t.Expression, choices: ParseTree, scope: Scope) -> t.Condition:
        text = f"{of.text} is {self.words(choices)}"
        if of.kind.sort == "number":
            return self.one_number_of(node, of, choices)
        if of.kind.sort not in {"label", "truth"}:
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a word, for `is`")
        allowed = of.kind.words if of.kind.sort == "label" else ("true", "false")
        words = self.choices(choices, scope, allowed)
        return t.OneOf(self.where(node), text, of, words)

    def one_number_of(self, node: ParseTree, of: t.Expression, choices: ParseTree) -> t.Condition:
        parts = []
        for choice in cast("list[ParseTree]", choices.children):
            text = self.words(choice)
            if not text.isdigit() or of.kind != NUMBER:
                raise self.unfit(choice, f"`{of.text}` is {described(of.kind)}, `{text}` is not", "a whole number")
            constant = t.Constant(self.where(choice), text, NUMBER, Fraction(text))
            parts.append(t.Compare(self.where(choice), f"{of.text} = {text}", "=", of, constant))
        return parts[0] if len(parts) == 1 else t.Some(self.where(node), self.words(node), tuple(parts))

    def choices(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> tuple[str, ...]:
        words: list[str] = []
        for choice in cast("list[ParseTree]", node.children):
            word = self.words(choice)
            if word == "better":
                words += self.better(choice, words, scope)
            elif allowed and word not in allowed:
                remedy = nearest(word, allowed)
                raise self.unfit(choice, f"`{word}` is not one of the words here", listed(allowed), remedy)
            else:
                words.append(word)
        return tuple(dict.fromkeys(words))

    def better(self, node: ParseTree, words: list[str], scope: Scope) -> tuple[str, ...]:
        if not words or words[-1] not in scope.order:
            remedy = "list the classes under `order`, best first"
            raise self.unfit(node, "`better` has no order to go by", "a class of `order` before it", remedy)
        return scope.order[: scope.order.index(words[-1])]

    def condition_known(self, node: ParseTree, scope: Scope) -> t.Condition:
        of = self.value(cast("ParseTree", node.children[0]), scope)
        return t.Known(self.where(node), self.words(node), of)

    def condition_missing(self, node: ParseTree, scope: Scope) -> t.Condition:
        known = self.condition_known(node, scope)
        return t.Not(self.where(node), self.words(node), known)

    def quantified(self, node: ParseTree, how: Literal["any", "every"], scope: Scope) -> t.Condition:
        over = cast("ParseTree", node.children[0])
        spoken = [str(word) for word in over.children[:-1]]
        if spoken[0] == "earlier":
            return self.history(node, how, spoken, scope)
        collection, rows = self.collection(over, scope)
        has = self.property(node, collection, rows)
        return t.Quantified(self.where(node), self.words(node), how, collection, has)

    def property(self, node: ParseTree, collection: t.Collection, rows: Scope) -> t.Condition | None:
        if len(node.children) == 1:
            return None
        if node.data.endswith("_has"):
            return self.condition(cast("ParseTree", node.children[1]), rows)
        _, negation, choices = cast("list[Any]", node.children)
        column = self.predicate(node, collection)
        of = t.Field(self.where(node), column.name, rows.names[column.name].kind, column.name, "row", None)
        return self.negated(node, negation, self.one_of(node, of, choices, rows))

    def predicate(self, node: ParseTree, collection: t.Collection) -> Column:
        table = self.scope.tables.get(collection.table)
        column = next((c for c in table.columns.values() if c.predicate), None) if table else None
        if column is None:
            raise self.unfit(node, f"`{collection.text}` has no column that `is` speaks of", "`has`: `any ... has ... is ...`")
        return column

    def history(self, node: ParseTree, how: str, spoken: list[str], scope: Scope) -> t.Condition:
        name = " ".join(spoken[1:])
        entry = scope.names.get(name)
        if entry is None or entry.meaning != "class" or not node.data.endswith("_is") or how != "any":
            classes = [name for name, entry in scope.names.items() if entry.meaning == "class"]
            raise self.unfit(node, f"`{self.words(node)}` is not a history", f"`any earlier {classes[0] if classes else 'class'} is ...`")
        of = t.Given(self.where(node), name, entry.kind, name)
        _, negation, choices = cast("list[Any]", node.children)
        held = self.negated(node, negation, self.one_of(node, of, choices, scope))
        return t.Earlier(self.where(node), self.words(node), held)

    def condition_some(self, node: ParseTree, scope: Scope) -> t.Condition:
        return self.quantified(node, "any", scope)

    condition_some_is = condition_some
    condition_some_has = condition_some

    def condition_none(self, node: ParseTree, scope: Scope) -> t.Condition:
        return t.Not(self.where(node), self.words(node), self.quantified(node, "any", scope))

    condition_none_is = condition_none
    condition_none_has = condition_none

    def condition_every_is(self, node: ParseTree, scope: Scope) -> t.Condition:
        return self.quantified(node, "every", scope)

    condition_every_has = condition_every_is

    def condition_seen(self, node: ParseTree, scope: Scope) -> t.Condition:
        choices, pair, since, until = cast("list[Any]", node.children)
        stream = scope.inner.get("class")
        if scope.level != "course" or stream is None:
            raise self.unfit(node, "`seen` speaks of the classes of a course", "a line under `course: classes`")
        allowed = stream.kind.words
        apart, between, most, most_of = self.pair(pair, scope, allowed) if pair else (None, None, None, ())
        return t.Seen(
            self.where(node),
            self.words(node),
            self.choices(choices, scope, allowed),
            self.moment(since, scope) if since else None,
            self.moment(until, scope) if until else None,
            apart,
            between,
            most,
            most_of,
        )

    def pair(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> tuple[Any, Any, Any, tuple[str, ...]]:
        apart, between, count, most_of = cast("list[Any]", node.children)
        gap = self.value(apart, scope)
        if gap.kind != t.Kind("number", "time"):
            raise self.unfit(apart, f"`{gap.text}` is {described(gap.kind)}", "a time, such as `4 weeks`")
        only = self.choices(between, scope, allowed) if between else None
        most = self.count(count, scope) if count else None
        return gap, only, most, self.choices(most_of, scope, allowed) if most_of else ()

    def count(self, node: ParseTree, scope: Scope) -> t.Expression:
        token = cast("Token", node.children[0])
        if token.type == "INTEGER":
            return t.Constant(self.where(node), str(token), NUMBER, Fraction(str(token)))
        return self.number(Tree("name", [token], node.meta), scope)

    def moment(self, node: ParseTree, scope: Scope) -> t.Expression:
        later, anchor = (self.value(cast("ParseTree", child), scope) for child in node.children)
        if anchor.kind.sort != "date" or later.kind.dimension != "time":
            raise self.unfit(node, f"`{self.words(node)}` is not a moment", "such as `from 6 weeks after start`")
        return t.Arithmetic(self.where(node), self.words(node), DATE, "+", anchor, later)


def comparable(one: t.Expression, other: t.Expression) -> bool:
    """Say whether two values can be compared: one sort and dimension, or a plain 0 with any number."""
    zero = any(isinstance(side, t.Constant) and side.value == 0 and side.kind == NUMBER for side in (one, other))
    if one.kind.sort == "number" and other.kind.sort == "number":
        return zero or one.kind.dimension == other.kind.dimension
    return one.kind.sort == other.kind.sort


def described(kind: t.Kind) -> str:
    """Return a type in words: "a length", "a percentage", "a plain number", "a date", "a word"."""
    if kind.sort != "number":
        return {"date": "a date", "truth": "yes or no", "label": "a word"}[kind.sort]
    special = {"number": "a plain number", "percent": "a percentage", "ratio": "a ratio"}
    article = "an" if kind.dimension[:1] in "aeiou" else "a"
    return special.get(kind.dimension, f"{article} {kind.dimension}")


_EXAMPLES = {"percent": "percent", "length": "mm", "area": "cm2", "time": "weeks", "activity": "GBq", "ratio": "ratio"}


def _sum(operator: str, left: t.Kind, right: t.Kind) -> t.Kind | None:
    if left.sort == "date" and right.sort == "date":
        return t.Kind("number", "time") if operator == "-" else None
    if left.sort == "date":
        return DATE if right == t.Kind("number", "time") else None
    return left if left.sort == "number" and left == right else None


def _product(operator: str, left: t.Kind, right: t.Kind) -> t.Kind | None:
    if left.sort != "number" or right.sort != "number":
        return None
    powers: dict[str, int] = dict(powers_of(left.dimension)) if left != NUMBER else {}
    sign = 1 if operator == "*" else -1
    for name, power in (powers_of(right.dimension) if right != NUMBER else {}).items():
        powers[name] = powers.get(name, 0) + sign * power
    return t.Kind("number", dimension_of(powers))


def _joined(parts: list[t.Condition], where: Where, text: str) -> t.Condition | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return t.All(where, text, tuple(parts))


def _lowered(
    text: str, form: Form, document: Document, path: DataPath, scope: Scope, problems: list[Problem]
) -> tuple[Sentence, ParseTree] | None:
    try:
        found = parse(text, form, document, path)
    except Refused as refused:
        problems.extend(refused.problems)
        return None
    return Sentence(text, document, path, scope, problems), found


def lower_condition(
    text: str, document: Document, path: DataPath, scope: Scope, problems: list[Problem]
) -> t.Condition | None:
    """Return the condition that `text` (the value at `path`) states, or None after noting its problems."""
    ready = _lowered(text, "condition", document, path, scope, problems)
    try:
        return ready and ready[0].condition(cast("ParseTree", ready[1].children[0]), scope)
    except Unfit:
        return None


def lower_value(
    text: str, document: Document, path: DataPath, scope: Scope, problems: list[Problem]
) -> t.Expression | None:
    """Return the value that `text` describes, or None after noting its problems."""
    ready = _lowered(text, "value", document, path, scope, problems)
    try:
        return ready and ready[0].value(cast("ParseTree", ready[1].children[0]), scope)
    except Unfit:
        return None


def lower_collection(
    text: str, document: Document, path: DataPath, scope: Scope, problems: list[Problem]
) -> t.Collection | None:
    """Return the collection of rows that `text` describes, or None after noting its problems."""
    ready = _lowered(text, "collection", document, path, scope, problems)
    try:
        return ready and ready[0].collection(cast("ParseTree", ready[1].children[0]), scope)[0]
    except Unfit:
        return None


def lower_choices(
    text: str, document: Document, path: DataPath, scope: Scope, problems: list[Problem], allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the words that `text` (`PR or better`) stands for, or nothing after noting its problems."""
    ready = _lowered(text, "choices", document, path, scope, problems)
    try:
        return ready[0].choices(cast("ParseTree", ready[1].children[0]), scope, allowed) if ready else ()
    except Unfit:
        return ()


def lower_measure(
    text: str, document: Document, path: DataPath, scope: Scope, problems: list[Problem]
) -> tuple[t.Expression, str, Fraction] | None:
    """Return the value that a measure's sentence describes, the unit it is shown in and that unit's factor."""
    ready = _lowered(text, "measure", document, path, scope, problems)
    try:
        return ready and _measured(ready[0], ready[1], scope)
    except Unfit:
        return None


def _measured(sentence: Sentence, found: ParseTree, scope: Scope) -> tuple[t.Expression, str, Fraction]:
    inner, spelled = found.children
    value = sentence.value(cast("ParseTree", inner), scope)
    if spelled is None:
        shown = _CANONICAL.get(value.kind.dimension, "") if value.kind.sort == "number" else ""
        return value, shown, Fraction(1)
    measured = sentence.unit(cast("Token", spelled))
    if value.kind != t.Kind("number", measured.dimension):
        kind = t.Kind("number", measured.dimension)
        what = f"`{spelled}` is {described(kind)}, the value is {described(value.kind)}"
        raise sentence.unfit(cast("Token", spelled), what, described(value.kind))
    return value, measured.name, measured.factor


_CANONICAL: Mapping[str, str] = {"length": "mm", "area": "mm2", "time": "days", "activity": "GBq", "percent": "percent"}
