"""Words that classes go by, and patterns in the classes of a course: `PR or better twice at least 4 weeks apart`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, cast

from criterium.language import tree as t
from criterium.language.kinds import DATE, NUMBER, TIME, described
from criterium.language.problems import listed, nearest
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.reading import Reading
from criterium.language.sentences.scope import Scope

Pair = tuple[t.Expression, tuple[str, ...] | None, t.Expression | None, tuple[str, ...]]


class Patterns(Reading, ABC):
    """The part of a sentence's meaning that is about classes and their order in time."""

    def choices(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Return the words that `CR or PR` or `PR or better` stands for; none allowed means any word is."""
        before: list[ParseTree] = []

        def words_of(choice: ParseTree) -> tuple[str, ...]:
            word = self.words(choice)
            if getattr(choice.children[0], "type", "") == "BETTER":
                return self.beyond(choice, before, scope)
            before.append(choice)
            if allowed and word not in allowed:
                raise self.unfit(choice, f"`{word}` is not a word for this", listed(allowed), nearest(word, allowed))
            return (word,)

        return tuple(dict.fromkeys(word for found in self.each(words_of, node.children) for word in found))

    @abstractmethod
    def beyond(self, node: ParseTree, before: list[ParseTree], scope: Scope) -> tuple[str, ...]: ...

    def condition_seen(self, node: ParseTree, scope: Scope) -> t.Condition:
        choices, named, pair, since, until = cast("list[Any]", node.children)
        called = str(named or "class")
        stream = scope.inner.get(called)
        if named and scope.level == "course" and (stream is None or stream.meaning != "class"):
            known = [name for name, entry in scope.inner.items() if entry.meaning == "class"]
            raise self.unfit(named, f"`{called}` does not give classes", listed(known), nearest(called, known))
        if scope.level != "course" or stream is None:
            remedy = "`any earlier class is ...` looks back from a step"
            raise self.unfit(node, "`seen` speaks of the classes of a course", "a line under `course:`", remedy)
        allowed = stream.kind.words
        builds: list[tuple[Callable[[ParseTree], Any], ParseTree | None]] = [
            (lambda part: self.choices(part, scope, allowed), choices),
            (lambda part: self.moment(part, scope), since),
            (lambda part: self.moment(part, scope), until),
            (lambda part: self.pair(part, scope, allowed), pair),
        ]
        parts: list[Any] = self.each(lambda one: None if one[1] is None else one[0](one[1]), builds)
        classes, first, last, spaced = parts
        apart, between, most, most_of = spaced or (None, None, None, ())
        ladder = stream.ladder or called
        return t.Seen(self.where(node), self.words(node), classes, first, last, apart, between, most, most_of, ladder)

    def pair(self, node: ParseTree, scope: Scope, allowed: tuple[str, ...]) -> Pair:
        """Return how far apart a second step is, what may lie between and how often."""
        apart, between, count, most_of = cast("list[Any]", node.children)
        gap = self.value(apart, scope)
        if gap.kind != TIME:
            raise self.unfit(apart, f"`{gap.text}` is {described(gap.kind)}", "a time, such as `4 weeks`")
        only = self.choices(between, scope, allowed) if between else None
        most = self.count(count, scope) if count else None
        return gap, only, most, self.choices(most_of, scope, allowed) if most_of else ()

    def count(self, node: ParseTree, scope: Scope) -> t.Expression:
        """Return a whole number, or the plain number that a name stands for."""
        inner = node.children[0]
        if isinstance(inner, Token):
            return t.Constant(self.where(node), str(inner), NUMBER, Fraction(str(inner)))
        value = self.value(inner, scope)
        if value.kind != NUMBER:
            raise self.unfit(node, f"`{value.text}` is {described(value.kind)}", "a plain number")
        return value

    def moment(self, node: ParseTree, scope: Scope) -> t.Expression:
        """Return the date of `4 weeks after start`."""
        later, anchor = self.each(lambda child: self.value(child, scope), node.children)
        if anchor.kind != DATE or later.kind != TIME:
            raise self.unfit(node, f"`{self.words(node)}` is not a moment", "such as `from 6 weeks after start`")
        return t.Arithmetic(self.where(node), self.words(node), DATE, "+", anchor, later)
