"""Sentences about other steps: what held earlier, what will hold later, how far away, and what lies between."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, NamedTuple, cast

from criterium.language import tree as t
from criterium.language.kinds import TIME, comparable, described
from criterium.language.problems import nearest
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.reading import Reading, Unfit
from criterium.language.sentences.scope import Entry, Scope

AWAY = {"earlier": "before", "later": "after"}
_SIDES: dict[str, Literal["preceding", "following"]] = {
    "previous": "preceding",
    "preceding": "preceding",
    "next": "following",
    "following": "following",
}


class _Held(NamedTuple):
    """What holds at the other step, and the class it is about if it is about one."""

    of: t.Condition
    stream: t.Given | None


class Histories(Reading, ABC):
    """The part of a sentence's meaning that is about other steps of the course."""

    @abstractmethod
    def one_of(self, node: ParseTree, of: t.Expression, choices: ParseTree, scope: Scope) -> t.Condition: ...

    @abstractmethod
    def choices(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> tuple[str, ...]: ...

    @abstractmethod
    def count(self, node: ParseTree, scope: Scope) -> t.Expression: ...

    @abstractmethod
    def not_comparable(self, left: ParseTree, right: ParseTree, one: t.Expression, other: t.Expression) -> Unfit: ...

    def history(self, node: ParseTree, how: Literal["any", "every"], spoken: list[Token], scope: Scope) -> t.Condition:
        """Return the condition that something held at any, or at every, earlier or later step."""
        side = str(spoken[0])
        self.refuse_lookout(node, side, scope)
        held = self.held(node, spoken[1:], scope.elsewhere(), scope)
        window = self.window(node.children[-1], side, held.stream, scope)
        made = t.Earlier if side == "earlier" else t.Later
        where, text = self.where(node), self.words(node)
        if how == "any":
            # The condition that `no ...` denies reads `any ...`.
            return made(where, f"any {self.text[self.span(spoken[0])[0] : self.span(node)[1]]}", held.of, window)
        denied = t.Not(held.of.where, f"not {held.of.text}", held.of)
        return t.Not(where, text, made(where, f"not {text}", denied, window))

    def refuse_lookout(self, node: ParseTree, side: str, scope: Scope) -> None:
        """Refuse to speak of other steps from a course, and of later steps outside of a stage."""
        if scope.level == "course":
            remedy = "`seen ...` speaks of the classes of a course"
            raise self.unfit(node, f"`{side}` has no meaning for a whole course", "a condition of one step", remedy)
        if scope.stepped == "results":
            raise self.unfit(node, f"`{side}` of a single result", "`baseline` of a column, such as `baseline value`")
        if side == "later" and not scope.looks_ahead:
            remedy = "write it in a stage, under `stages:`, which looks at all steps"
            raise self.unfit(node, "`later` looks ahead, and a class depends on nothing after it", "a stage", remedy)

    def held(self, node: ParseTree, spoken: list[Token], there: Scope, here: Scope) -> _Held:
        """Return what holds at the other step."""
        name = " ".join(str(word) for word in spoken)
        if node.data.endswith("_has") and name in {there.stepped, there.stepped.removesuffix("s")}:
            return _Held(self.condition(cast("ParseTree", node.children[1]), there), None)
        entry = there.names.get(name)
        if entry is None or entry.level == "row" or node.data.endswith("_has"):
            raise self.no_history(node, name, there)
        if entry.meaning == "broken":
            raise Unfit
        if node.data in {"some", "none", "every"}:
            if entry.meaning != "condition":
                raise self.no_history(node, name, there)
            return _Held(t.Rule(self.where(*spoken), name, name, entry.level), None)
        of = self.named(spoken, name, entry)
        stream = of if isinstance(of, t.Given) else None
        if node.data.endswith("_compare"):
            return _Held(self.against(node, spoken, of, here), None)
        _, negation, choices, _ = cast("list[Any]", node.children)
        found = self.one_of(node, of, choices, there)
        return _Held(t.Not(self.where(node), self.words(node), found) if negation else found, stream)

    def named(self, spoken: list[Token], name: str, entry: Entry) -> t.Expression:
        """Return the value or class that a name stands for."""
        place = (self.where(*spoken), name, entry.kind)
        if entry.meaning == "class":
            return t.Given(*place, entry.ladder or name)
        if entry.meaning == "measure":
            return t.Named(*place, name, entry.level)
        if entry.meaning == "field" and entry.level == "step":
            return t.Field(*place, name, entry.level, entry.least)
        what = f"`{name}` is the same at every step"
        raise self.unfit(tuple(spoken), what, "a class, a condition or a measure of the steps")

    def against(self, node: ParseTree, spoken: list[Token], of: t.Expression, here: Scope) -> t.Condition:
        """Return the comparison of a value there with a value here."""
        *_, operator, right, _ = cast("list[Any]", node.children)
        other = self.value(right, here)
        if of.kind.sort in {"label", "truth"} or not comparable(of, other):
            what = f"`{of.text}` is {described(of.kind)}, `{other.text}` is {described(other.kind)}"
            raise self.unfit(node, what, "two numbers of one dimension, or two dates")
        where, text = self.where(*spoken, right), self.words(*spoken, right)
        return t.Against(where, text, cast("Any", str(operator)), of, other)

    def no_history(self, node: ParseTree, name: str, scope: Scope) -> Unfit:
        """Return what to raise for what has no history."""
        known = [one for one, entry in scope.names.items() if entry.meaning in {"class", "condition"}]
        classes = [one for one, entry in scope.names.items() if entry.meaning == "class"]
        example = f"`any earlier {classes[0] if classes else 'class'} is ...`"
        if name in scope.later:
            remedy = "give its unit with `in UNIT`, or move it up"
            return self.unfit(node, f"`{name}` is defined further down, and its type is not known yet", "", remedy)
        return self.unfit(node, f"`{self.words(node)}` is not a history", example, nearest(name, known))

    # --- windows ----------------------------------------------------------------------------------------------------
    def window(self, node: Any, side: str, stream: t.Given | None, scope: Scope) -> t.Window | None:
        """Return how far away the other step is and what lies between; None where nothing is said of it."""
        if node is None:
            return None
        parts = [part for part in cast("list[Any]", node.children) if part is not None]
        bounds = [part for part in parts if part.data not in {"only", "limited"}]
        only, limited = (next((part for part in parts if part.data == one), None) for one in ("only", "limited"))
        times = {str(bound.data): self.bound(bound, side, scope) for bound in bounds}
        if len(times) < len(bounds):
            raise self.unfit(node, "the same bound twice", "`within ...` and `at least ...` once each")
        between = self.between(only.children[0], stream, scope) if only else None
        limit, counted = None, None
        if limited:
            limit, counted = self.count(limited.children[0], scope), self.between(limited.children[1], stream, scope)
        where, text = self.where(node), self.words(node)
        return t.Window(where, text, times.get("no_sooner"), times.get("within"), between, counted, limit)

    def bound(self, node: ParseTree, side: str, scope: Scope) -> t.Expression:
        inner, said = cast("list[ParseTree]", node.children)
        if self.words(said) != AWAY[side]:
            raise self.unfit(said, f"`{self.words(said)}` beside `{side}`", f"`{AWAY[side]}`")
        value = self.value(inner, scope)
        if value.kind != TIME:
            raise self.unfit(inner, f"`{value.text}` is {described(value.kind)}", "a time, such as `4 weeks`")
        return value

    def between(self, node: ParseTree, stream: t.Given | None, scope: Scope) -> t.Condition:
        """Return the condition that a step between has one of some classes."""
        if stream is None:
            what = "`between` speaks of classes, and this is not about a class"
            raise self.unfit(node, what, "`any ... class is ... with only ... between`")
        words = self.choices(node, scope, stream.kind.words)
        return t.OneOf(self.where(node), f"{stream.text} is {self.words(node)}", stream, words)

    # --- the step before, the step after ------------------------------------------------------------------------------
    def adjacent(self, node: ParseTree, scope: Scope) -> t.Condition | None:
        """Return the condition that `previous opened` states; None if it does not speak of a condition."""
        reference, inner = cast("list[Any]", node.children)
        side = _SIDES.get(str(reference))
        seen = scope.elsewhere()
        entry = seen.names.get(self.words(inner))
        if side is None or entry is None or entry.meaning != "condition":
            return None
        self.refuse_lookout(node, "later" if side == "following" else "earlier", scope)
        rule = t.Rule(self.where(inner), self.words(inner), self.words(inner), entry.level)
        return t.Adjacent(self.where(node), self.words(node), side, rule)
