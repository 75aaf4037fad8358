"""Sentences that go by an order: `PR or worse by severity`, `worst of a and b`, `one step down from a`."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import Any, cast

from criterium.language import tree as t
from criterium.language.kinds import bare_zero, comparable, described
from criterium.language.problems import listed, nearest
from criterium.language.sentences.parsing import ParseTree
from criterium.language.sentences.reading import Reading
from criterium.language.sentences.scope import Scope


class Ranks(Reading, ABC):
    """The part of a sentence's meaning that is about orders of classes, best first."""

    def order(self, node: Any, name: str, scope: Scope) -> tuple[str, ...]:
        """Return the order of a name, the first one without a name."""
        if name and name not in scope.orders:
            what = f"there is no order `{name}`"
            raise self.unfit(node, what, listed(scope.orders) or "`order:` with names", nearest(name, scope.orders))
        found = scope.orders.get(name, ()) if name else scope.order
        if not found:
            what = f"`{self.words(node)}` has no order to go by"
            raise self.unfit(node, what, "`order:`", "list the classes under `order`, best first")
        return found

    def beyond(self, node: ParseTree, before: list[ParseTree], scope: Scope) -> tuple[str, ...]:
        """Return the classes better (or worse) than the one before `or better`, which may name its order."""
        direction, *named = self.words(node).split()
        order = self.order(node, named[1] if named else "", scope)
        if not before:
            raise self.unfit(node, f"`{direction}` than what?", "a class before it", f"write `PR or {direction}`")
        word = self.words(before[-1])
        if word not in order:
            raise self.unfit(before[-1], f"`{word}` has no place in the order", listed(order), "add it to `order`")
        at = order.index(word)
        return order[:at] if direction == "better" else order[at + 1 :]

    def value_larger(self, node: ParseTree, scope: Scope) -> t.Expression:
        how, *inner = cast("list[Any]", node.children)
        of = self.each(lambda child: self.value(child, scope), inner)
        for child, one in zip(inner, of, strict=True):
            if one.kind.sort != "number":
                raise self.unfit(child, f"`{one.text}` is {described(one.kind)}", "a number")
            if not comparable(of[0], one):
                what = f"`{of[0].text}` is {described(of[0].kind)}, `{one.text}` is {described(one.kind)}"
                raise self.unfit(child, what, "numbers of one dimension")
        kind = next((one.kind for one in of if not bare_zero(one)), of[0].kind)
        return t.Extreme(self.where(node), self.words(node), kind, cast("Any", str(how).split()[0]), tuple(of))

    def value_ranked(self, node: ParseTree, scope: Scope) -> t.Expression:
        rank, *inner, named = cast("list[Any]", node.children)
        order = self.order(node, str(named) if named else "", scope)
        classes = self.each(lambda child: self.label(child, order, scope), inner)
        words = order if str(rank).startswith("best") else tuple(reversed(order))
        return self.chosen(node, words, [(word, classes, word) for word in words])

    def value_step_down(self, node: ParseTree, scope: Scope) -> t.Expression:
        _, inner, named = cast("list[Any]", node.children)
        order = self.order(node, str(named) if named else "", scope)
        of = self.label(inner, order, scope)
        lower = zip(order, (*order[1:], order[-1]), strict=True)
        return self.chosen(node, order, [(word, [of], below) for word, below in lower])

    def chosen(
        self, node: ParseTree, words: Sequence[str], rungs: Sequence[tuple[str, list[t.Expression], str]]
    ) -> t.Expression:
        """Return the value that is a word where one of some classes is another, read down."""
        able = [rung for rung in rungs if any(_can_be(of, rung[0]) for of in rung[1])]
        given_words = {given for _, _, given in able}
        where, kind = self.where(node), t.Kind("label", "", tuple(word for word in words if word in given_words))
        options = tuple(
            (self.among(node, word, classes), t.Word(where, given, kind, given)) for word, classes, given in able
        )
        return t.Choose(where, self.words(node), kind, options)

    def among(self, node: ParseTree, word: str, classes: Sequence[t.Expression]) -> t.Condition:
        where = self.where(node)
        able = [of for of in classes if _can_be(of, word)]
        whole = tuple(t.OneOf(where, f"{of.text} is {word}", of, (word,)) for of in able)
        return whole[0] if len(whole) == 1 else t.Some(where, f"one of them is {word}", whole)

    def label(self, node: ParseTree, order: Sequence[str], scope: Scope) -> t.Expression:
        """Return a value that is a class; at least one of its words stands in the order."""
        of = self.value(node, scope)
        if of.kind.sort != "label":
            raise self.unfit(node, f"`{of.text}` is {described(of.kind)}", "a component or a class")
        if of.kind.words and not set(of.kind.words) & set(order):
            raise self.unfit(node, f"no class of `{of.text}` stands in this order", listed(order))
        return of


def _can_be(of: t.Expression, word: str) -> bool:
    """Say whether a value can be a word, as far as its type tells."""
    return not of.kind.words or word in of.kind.words
