"""Sentences become parse trees; what cannot be read becomes a problem at its word, with what may stand there instead.

The only user of lark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Literal, get_args

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from criterium.language.file.document import DataPath, Document
from criterium.language.problems import Problem, Refused, nearest

__all__ = ["Form", "ParseTree", "Token", "is_name", "parse"]

Form = Literal["measure", "condition", "collection", "choices", "value", "first", "quota"]
ParseTree = Tree[Token]

_STARTS = [f"start_{form}" for form in get_args(Form)]
_HELP = {
    "measure": "a measure reads like `number of cycles` or `percent fall of size from baseline`",
    "value": "a value reads like `10 mm`, `baseline size` or `date - previous date`",
    "condition": "a condition is a comparison (`size >= 10 mm`), a choice (`state is absent`), `any ...`, `no ...`, "
    "`every ... is ...`, `seen ...`, a name, or `otherwise`",
    "collection": "rows read like `events where date >= start`",
    "choices": "classes are joined by `or`: `CR or PR`, `PR or better`",
    "first": "what comes first reads like `highest long`",
    "quota": "a quota reads like `2 of each site`, or is a number",
}
# What the grammar calls a group of words, the words themselves, and how to say the group.
_GROUPS: dict[str, tuple[tuple[str, ...], str]] = {
    "NAME": ((), "a name"),
    "NUMBER": ((), "a number"),
    "INTEGER": ((), "a whole number"),
    "UNIT": ((), "a unit"),
    "OPERATOR": (("<", "<=", "=", "!=", ">=", ">"), "a comparison (`<`, `<=`, `=`, `!=`, `>=`, `>`)"),
    "DIRECTION": (("fall", "rise"), "`fall` or `rise`"),
    "REFERENCE": (("baseline", "nadir", "previous"), "`baseline`, `nadir` or `previous`"),
    "PICK": (("lowest", "highest", "first", "last"), "`lowest`, `highest`, `first` or `last`"),
    "EXTREME": (("earliest", "latest"), "`earliest` or `latest`"),
    "$END": ((), "the end of the sentence"),
}
# A value can begin in many ways; a list of them all says less than the word.
_VALUE = {"NUMBER", "DIRECTION", "REFERENCE", "PICK", "EXTREME"}
_VALUE_WORDS = {"percent", "total", "sum", "number", "("}
_FALSE_OPERATORS = {"=>": ">=", "=<": "<=", "==": "=", "<>": "!=", "!": "!=", "≥": ">=", "≤": "<=", "≠": "!="}
_SIGNS = "<>=!"
_WORD = re.compile(r"[A-Za-z0-9_%°µ.]+([-/][A-Za-z0-9_]+)*|[<>=!~]+|\S")


@cache
def _parser() -> Lark:
    text = (resources.files("criterium.language.sentences") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, start=_STARTS, parser="lalr", propagate_positions=True, maybe_placeholders=True)


@cache
def _spelling() -> dict[str, str]:
    """Return the words of the language by the grammar's name for them."""
    patterns = ((terminal.name, terminal.pattern) for terminal in _parser().terminals)
    return {name: pattern.value for name, pattern in patterns if isinstance(pattern, PatternStr)}


def parse(text: str, form: Form, document: Document, path: DataPath) -> ParseTree:
    """Return the parse tree of `text`, the value at `path`; raise Refused with a problem at the word that is wrong."""
    try:
        return _parser().parse(text, start=f"start_{form}")
    except UnexpectedInput as error:
        raise Refused([_problem(error, text, form, document, path)]) from error


def is_name(text: str) -> bool:
    """Say whether sentences can call something `text`: it is spelled like a name and is no word of the language."""
    try:
        tree = _parser().parse(f"{text} = {text}", start="start_condition")
    except UnexpectedInput:
        return False
    found = next(tree.find_data("compare"), None)
    return found is not None and all(isinstance(side, Tree) and side.data == "name" for side in found.children[::2])


def _problem(error: UnexpectedInput, text: str, form: Form, document: Document, path: DataPath) -> Problem:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    offset = len(text.rstrip()) if at_end else max(0, error.pos_in_stream or 0)
    expected, words = _expected(_accepted(error))
    if not text.strip():
        return Problem(document.where(path), "there is no sentence", expected, _HELP[form])
    if at_end:
        return Problem(document.where(path, offset, 1), "the sentence stops too early", expected, _HELP[form])
    word, offset = _word(text, offset)
    what = f"`{word}` does not fit here"
    if word in _FALSE_OPERATORS:
        remedy = f"did you mean `{_FALSE_OPERATORS[word]}`?"
        return Problem(document.where(path, offset, len(word)), what, _GROUPS["OPERATOR"][1], remedy)
    return Problem(document.where(path, offset, len(word)), what, expected, nearest(word, words) or _HELP[form])


def _word(text: str, offset: int) -> tuple[str, int]:
    """Return the word, or the run of signs, that stands at `offset`, and where it begins."""
    while offset and text[offset] in _SIGNS and text[offset - 1] in _SIGNS:
        offset -= 1
    match = _WORD.match(text, offset)
    return (match.group() if match else text[offset]), offset


def _accepted(error: UnexpectedInput) -> set[str]:
    if isinstance(error, UnexpectedToken):
        return set(error.accepts or error.expected)
    return set(error.allowed or ()) if isinstance(error, UnexpectedCharacters) else set()


def _expected(names: Iterable[str]) -> tuple[str, list[str]]:
    """Return in words what may stand at a place, and the words of the language among it."""
    accepted = set(names)
    plain = {_spelling()[name] for name in accepted if name in _spelling() and name not in _GROUPS}
    groups = [group for group in _GROUPS if group in accepted]
    words = [*plain, *(word for group in groups for word in _GROUPS[group][0])]
    said = []
    if accepted >= _VALUE:
        said.append("a value")
        groups, plain = [group for group in groups if group not in {*_VALUE, "NAME"}], plain - _VALUE_WORDS
    said += [_GROUPS[group][1] for group in groups]
    said += [f"`{word}`" for word in sorted(plain, key=lambda word: (word[0].isalpha(), word))]
    return " or ".join(part for part in (", ".join(said[:-1]), said[-1] if said else "") if part), words
