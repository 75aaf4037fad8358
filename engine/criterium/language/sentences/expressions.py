"""Sentences become typed nodes: names, units and types settled, every disagreement a problem at its word."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Literal, TypeVar, cast

from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.kinds import described
from criterium.language.problems import Problem, Refused
from criterium.language.sentences.conditions import Conditions
from criterium.language.sentences.nouns import Nouns
from criterium.language.sentences.parsing import Form, ParseTree, Token, parse
from criterium.language.sentences.patterns import Patterns
from criterium.language.sentences.ranks import Ranks
from criterium.language.sentences.reading import Unfit
from criterium.language.sentences.scope import Scope
from criterium.language.sentences.values import Values

Problems = list[Problem]
Made = TypeVar("Made")

# The unit that a measure is shown in when its sentence does not say.
_SHOWN = {"length": "mm", "area": "mm2", "time": "days", "activity": "GBq", "percent": "percent"}


class Sentence(Ranks, Patterns, Conditions, Values, Nouns):
    """One sentence of a document, with all of its meaning."""


def lower_condition(
    text: str, document: Document, path: DataPath, scope: Scope, problems: Problems
) -> t.Condition | None:
    """Return the condition that `text` (the value at `path`) states, or None after noting its problems."""
    return _lowered(text, "condition", document, path, problems, lambda one, node: one.condition(_only(node), scope))


def lower_value(text: str, document: Document, path: DataPath, scope: Scope, problems: Problems) -> t.Expression | None:
    """Return the value that `text` describes, or None after noting its problems."""
    return _lowered(text, "value", document, path, problems, lambda one, node: one.value(_only(node), scope))


def lower_collection(
    text: str, document: Document, path: DataPath, scope: Scope, problems: Problems
) -> t.Collection | None:
    """Return the collection of rows that `text` describes, or None after noting its problems."""
    return _lowered(
        text, "collection", document, path, problems, lambda one, node: one.collection(_only(node), scope)[0]
    )


def lower_first(
    text: str, document: Document, path: DataPath, scope: Scope, problems: Problems
) -> tuple[Literal["lowest", "highest"], t.Expression] | None:
    """Return the end at which `highest long` begins and the value it goes by, or None after noting its problems."""
    return _lowered(text, "first", document, path, problems, lambda one, node: one.first(node, scope))


def lower_quota(text: str, document: Document, path: DataPath, scope: Scope, problems: Problems) -> t.Quota | None:
    """Return the quota that `text` (`2 of each site`) sets, or None after noting its problems."""
    return _lowered(text, "quota", document, path, problems, lambda one, node: one.quota(node, scope))


def lower_choices(
    text: str, document: Document, path: DataPath, scope: Scope, problems: Problems, allowed: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the words that `text` (`PR or better`) stands for, or nothing after noting its problems."""

    def build(one: Sentence, node: ParseTree) -> tuple[str, ...]:
        return one.choices(_only(node), scope, allowed)

    return _lowered(text, "choices", document, path, problems, build) or ()


def lower_measure(
    text: str, document: Document, path: DataPath, scope: Scope, problems: Problems
) -> tuple[t.Expression, str, Fraction] | None:
    """Return the value that a measure's sentence describes, the unit it is shown in and that unit's factor."""
    return _lowered(text, "measure", document, path, problems, lambda one, node: _measured(one, node, scope))


_Build = Callable[[Sentence, ParseTree], Made]


def _lowered(
    text: str, form: Form, document: Document, path: DataPath, problems: Problems, build: _Build[Made]
) -> Made | None:
    try:
        return build(Sentence(text, document, path, problems), parse(text, form, document, path))
    except Refused as refused:
        problems.extend(refused.problems)
    except Unfit:
        pass
    return None


def _only(node: ParseTree) -> ParseTree:
    return cast("ParseTree", node.children[0])


def _measured(sentence: Sentence, found: ParseTree, scope: Scope) -> tuple[t.Expression, str, Fraction]:
    value = sentence.value(_only(found), scope)
    spelled = cast("Token | None", found.children[1])
    if spelled is None:
        return value, _SHOWN.get(value.kind.dimension, ""), Fraction(1)
    measured = sentence.unit(spelled, scope)
    kind = t.Kind("number", measured.dimension)
    if value.kind != kind:
        what = f"`{spelled}` is a unit of {measured.dimension}, the value is {described(value.kind)}"
        raise sentence.unfit(spelled, what, f"a unit of {value.kind.dimension}" if value.kind.dimension else "no unit")
    return value, measured.name, measured.factor
