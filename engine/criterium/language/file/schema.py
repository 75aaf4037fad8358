"""The formats of files: the schema of each, with the kinds of criteria put in, and data held against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from criterium.language import roles
from criterium.language.file import fitting
from criterium.language.file.document import Document
from criterium.language.problems import Problem

Format = Literal["criterion", "study", "tables", "kinds"]
# The section of a study after which those that hold criteria stand.
_BEFORE = "courses"
_NAME = {
    "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "expected": "lower-case letters, digits and hyphens, a letter first",
}


@cache
def text_of(format_: Format) -> str:
    """Return the JSON Schema of a format as text; raise Refused if the kinds of criteria cannot be read."""
    text = fitting.template(format_)
    filled = {"criterion": _criterion, "study": _study}.get(format_)
    if filled is None:
        return text
    return json.dumps(filled(json.loads(text)), indent=1, ensure_ascii=False) + "\n"


def problems(document: Document, format_: Format) -> Iterator[Problem]:
    """Yield what in the document does not fit the format, each with its place."""
    yield from fitting.problems(document, text_of(format_))


def checked(document: Document, format_: Format) -> Document:
    """Return the document with its problems of format, and what they make unusable marked as broken."""
    return fitting.checked(document, text_of(format_))


def _criterion(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a criterion with the kinds that there are."""
    definitions = whole["$defs"]
    kind = {"description": definitions["kind"]["description"], "enum": [kind.name for kind in roles.kinds()]}
    return {**whole, "$defs": {**definitions, "kind": kind}}


def _study(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a study with the sections that hold criteria."""
    found = {section.key: _section(section) for section in roles.sections()}
    given: dict[str, Any] = {}
    for name, said in whole["properties"].items():
        given |= {name: said, **(found if name == _BEFORE else {})}
    return {**whole, "properties": given}


def _section(section: roles.Section) -> Mapping[str, Any]:
    """Return the schema of a section that holds criteria."""
    text = {"description": section.each, "type": "string"} if section.each else {"type": "string"}
    shape: dict[roles.Holds, dict[str, Any]] = {
        "one": {"type": "string"},
        "named": {"type": "object", "minProperties": 1, "propertyNames": _NAME, "additionalProperties": text},
        "course": {"type": "object", "additionalProperties": text},
        "list": {"type": "array", "items": text, "minItems": 1},
    }
    return {"description": section.means, **shape[section.holds]}
