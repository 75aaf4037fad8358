"""Data against the format: the complaints of JSON Schema in our words. The only user of jsonschema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Literal

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from criterium.language.problems import Problem, listed, nearest
from criterium.language.source import DataPath, Document

Format = Literal["criterion", "study", "tables"]
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def text_of(format_: Format) -> str:
    """Return the JSON Schema of a format as text."""
    return (resources.files("criterium.language") / f"{format_}.schema.json").read_text(encoding="utf-8")


@cache
def _validator(format_: Format) -> Any:
    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    )
    return extend(Draft202012Validator, type_checker=checker)(json.loads(text_of(format_)))


def problems(document: Document, format_: Format) -> Iterator[Problem]:
    """Yield what in the document does not fit the format, each with its place."""
    for error in _validator(format_).iter_errors(document.data):
        yield from _problems(error, document)


def _problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    path: DataPath = tuple(error.absolute_path)
    place = f" of `{path[-1]}`" if path and isinstance(path[-1], str) else ""
    rule, wanted = error.validator, error.validator_value
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    expected = str(schema.get("expected", ""))
    where = document.where(path)
    if rule == "additionalProperties":
        yield from _unknown_keys(error, document, path)
    elif rule == "required":
        missing = next((key for key in wanted if key not in error.instance), "")
        about = schema.get("properties", {}).get(missing, {}).get("description", "")
        yield Problem(where, f"the key `{missing}`{place} is missing", f"`{missing}:` {about}".rstrip())
    elif rule == "enum":
        words = [str(word) for word in wanted]
        yield Problem(where, f"{_shown(error.instance)} is not allowed here", listed(words), nearest(str(error.instance), words))
    elif rule == "type":
        yield Problem(where, f"{_shown(error.instance)} is {_type(error.instance)}", expected or _kinds(wanted))
    elif rule in {"pattern", "anyOf", "oneOf", "const", "minimum", "maximum", "propertyNames"}:
        yield Problem(where, f"{_shown(error.instance)} does not fit here", expected or error.message)
    elif rule in {"minItems", "minProperties"}:
        yield Problem(where, f"{'the list' if rule == 'minItems' else 'the mapping'}{place} is too short", expected or f"at least {wanted}")
    else:
        yield Problem(where, f"{_shown(error.instance)} does not fit here", expected or error.message)


def _unknown_keys(error: ValidationError, document: Document, path: DataPath) -> Iterator[Problem]:
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    allowed = list(schema.get("properties", {}))
    for key in error.instance:
        if key not in allowed:
            yield Problem(document.key((*path, key)), f"`{key}` is not a key here", listed(sorted(allowed)), nearest(key, allowed))


def _kinds(wanted: str | list[str]) -> str:
    return " or ".join(_TYPES[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if value is None:
        return "empty"
    if isinstance(value, (int, float, Decimal)):
        return "a number"
    return {"str": "text", "list": "a list", "dict": "a mapping"}[type(value).__name__]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if value is None:
        return "the value"
    if isinstance(value, (str, int, float, Decimal)):
        text = str(value)
        return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
    return "a list" if isinstance(value, list) else "a mapping"
