"""Sentences become parse trees; what cannot be read becomes a problem that names the allowed next words."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from criterium.language.problems import Problem, Refused, listed
from criterium.language.source import DataPath, Document

Form = Literal["measure", "condition", "collection", "choices", "value"]
ParseTree = Tree[Token]

_STARTS = ["start_measure", "start_condition", "start_collection", "start_choices", "start_value"]
_HELP = {
    "measure": "a measure reads like `sum of long over target lesions in mm` or `percent fall of size from baseline`",
    "value": "a value reads like `10 mm`, `baseline size` or `date - previous date`",
    "condition": "a condition is one comparison (`size >= 10 mm`), a choice (`state is absent`), `any ...`, `no ...`, "
    "`every ... is ...`, `seen ...`, a name, or `otherwise`",
    "collection": "a collection reads like `target lesions where long > 10 mm`",
    "choices": "classes are joined by `or`: `CR or PR`, `PR or better`",
}
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "INTEGER": "a whole number",
    "UNIT": "a unit",
    "OPERATOR": "a comparison (`<`, `<=`, `=`, `!=`, `>=`, `>`)",
    "PLUS": "`+`",
    "MINUS": "`-`",
    "STAR": "`*`",
    "SLASH": "`/`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "REFERENCE": "`baseline`, `nadir` or `previous`",
    "DIRECTION": "`fall` or `rise`",
    "PICK": "`lowest`, `highest`, `first` or `last`",
    "EXTREME": "`earliest` or `latest`",
    "NEGATION": "`not`",
    "$END": "the end of the line",
}


@cache
def _parser() -> Lark:
    text = (resources.files("criterium.language") / "grammar.lark").read_text(encoding="utf-8")
    return Lark(text, start=_STARTS, parser="lalr", propagate_positions=True, maybe_placeholders=True)


def parse(text: str, form: Form, document: Document, path: DataPath) -> ParseTree:
    """Return the parse tree of `text`, the value at `path`; raise Refused with one problem at the word that does not fit."""
    try:
        return _parser().parse(text, start=f"start_{form}")
    except UnexpectedInput as error:
        raise Refused([_problem(error, text, form, document, path)]) from error


def _problem(error: UnexpectedInput, text: str, form: Form, document: Document, path: DataPath) -> Problem:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    offset = len(text) if at_end else max(0, error.pos_in_stream or 0)
    if isinstance(error, UnexpectedToken) and not at_end:
        what = f"`{error.token}` does not fit here"
        width = len(error.token)
    else:
        what = f"`{text}` stops too early" if at_end else f"`{text[offset : offset + 1]}` does not fit here"
        width = 1
    return Problem(document.where(path, offset, width), what, _expected(error), _HELP[form])


def _expected(error: UnexpectedInput) -> str:
    names = (error.accepts or error.expected) if isinstance(error, UnexpectedToken) else ()
    if isinstance(error, UnexpectedCharacters):
        names = error.allowed or ()
    plain = sorted(name for name in names if name not in _WORDS)
    known = [words for name, words in _WORDS.items() if name in names]
    return ", ".join([*known, *([listed(word.lower() for word in plain)] if plain else [])])
