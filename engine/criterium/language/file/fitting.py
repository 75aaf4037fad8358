"""Data against a JSON Schema: its complaints in our words. The only user of jsonschema."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from criterium.language.file.document import DataPath, Document
from criterium.language.problems import Problem, Where, closest, listed, nearest

Place = TypeVar("Place")
_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


def template(format_: str) -> str:
    """Return the schema of a format as its file has it, before anything that is declared elsewhere is put in."""
    return (resources.files("criterium.language") / f"{format_}.schema.json").read_text(encoding="utf-8")


def properties(format_: str) -> tuple[str, ...]:
    """Return the keys that the file of a format knows at its top."""
    return tuple(json.loads(template(format_)).get("properties", ()))


@cache
def _validator(schema: str) -> Any:
    checker = Draft202012Validator.TYPE_CHECKER.redefine(
        "number", lambda _, value: isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    )
    strict: Any = extend(Draft202012Validator, type_checker=checker)  # type: ignore[no-untyped-call]
    return strict(json.loads(schema))


def problems(document: Document, schema: str) -> Iterator[Problem]:
    """Yield what in the document does not fit a schema (its text), each with its place."""
    yield from checked(replace(document, problems=()), schema).problems


def checked(document: Document, schema: str) -> Document:
    """Return the document with its problems of format, and what they make unusable marked as broken.

    A misspelt key is read as the key it was meant to be, so that what stands under it is checked too.
    """
    found: list[Problem] = []
    misspelt = list(_misspelt(document, schema))
    while misspelt:
        for path, key, meant in misspelt:
            found.append(_unknown_key(document, path, key, (meant,)))
            document = renamed(document, path, key, meant)
        misspelt = list(_misspelt(document, schema))
    errors = list(_validator(schema).iter_errors(document.data))
    definitions: Mapping[str, Any] = _validator(schema).schema.get("$defs", {})
    found += [problem for error in errors for problem in _Complaint(error, document, definitions).problems()]
    return replace(document.with_problems(found), broken=frozenset(path for error in errors for path in _broken(error)))


def _broken(error: ValidationError) -> Iterator[DataPath]:
    """Yield what is unusable: the value complained of, or the section of a criterion that an unknown key holds."""
    path = tuple(error.absolute_path)
    if error.validator != "additionalProperties":
        yield path
    elif path in {(), ("course",)}:
        yield from ((*path, key) for key in _unknown(error))


def _misspelt(document: Document, schema: str) -> Iterator[tuple[DataPath, str, str]]:
    """Yield (mapping, key, meant) for every unknown key that is close to one which the mapping does not have."""
    for error in _validator(schema).iter_errors(document.data):
        if error.validator == "additionalProperties":
            taken = set(_mapping(error))
            for key in _unknown(error):
                meant = closest(key, [word for word in _allowed(error) if word not in taken])
                if meant:
                    taken.add(meant)
                    yield tuple(error.absolute_path), key, meant


def renamed(document: Document, path: DataPath, old: str, new: str) -> Document:
    """Return the document with the key `old` of the mapping at `path` called `new`, in its place."""

    def path_of(there: DataPath) -> DataPath:
        size = len(path)
        return (*path, new, *there[size + 1 :]) if there[: size + 1] == (*path, old) else there

    def data_of(data: Any, rest: DataPath) -> Any:
        if not rest:
            return {new if key == old else key: value for key, value in data.items()}
        changed = data.copy()
        changed[rest[0]] = data_of(data[rest[0]], rest[1:])
        return changed

    def moved(places: Mapping[DataPath, Place]) -> dict[DataPath, Place]:
        return {path_of(there): place for there, place in places.items()}

    return replace(
        document,
        data=data_of(document.data, path),
        values=moved(document.values),
        keys=moved(document.keys),
        letters=moved(document.letters),
    )


def _allowed(error: ValidationError) -> list[str]:
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    return list(schema.get("properties", {}))


def _unknown(error: ValidationError) -> list[str]:
    allowed = _allowed(error)
    return [key for key in _mapping(error) if key not in allowed]


def _mapping(error: ValidationError) -> dict[str, Any]:
    return cast("dict[str, Any]", error.instance)


def _unknown_key(document: Document, path: DataPath, key: str, allowed: tuple[str, ...]) -> Problem:
    remedy = nearest(key, allowed) or "leave it out"
    where = document.key((*path, key))
    return Problem(where, f"`{key}` is not a key here", listed(allowed), remedy)


@dataclass(frozen=True, slots=True)
class _Complaint:
    """One complaint of JSON Schema about a document."""

    error: ValidationError
    document: Document
    definitions: Mapping[str, Any]

    @property
    def path(self) -> DataPath:
        return tuple(self.error.absolute_path)

    @property
    def where(self) -> Where:
        return self.document.where(self.path)

    @property
    def schema(self) -> Mapping[str, Any]:
        return self.error.schema if isinstance(self.error.schema, Mapping) else {}

    @property
    def of(self) -> str:
        """The key that the value belongs to."""
        return next((f" of `{step}`" for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def instance(self) -> Any:
        return self.error.instance

    @property
    def wanted(self) -> Any:
        return self.error.validator_value

    @property
    def expected(self) -> str:
        """What the schema says it expects, in a sentence of ours."""
        return str(self.schema.get("expected", ""))

    def problems(self) -> Iterator[Problem]:
        """Yield the complaint in our words; several, if several keys are unknown."""
        rule = str(self.error.validator)
        if rule == "additionalProperties":
            allowed = tuple(_allowed(self.error))
            yield from (_unknown_key(self.document, self.path, key, allowed) for key in _unknown(self.error))
        elif "propertyNames" in self.error.schema_path:
            where = self.document.key((*self.path, self.instance))
            yield Problem(where, f"`{self.instance}` is not a name", self.expected)
        else:
            say = {
                "required": self.required,
                "dependentRequired": self.required,
                "type": self.type,
                "enum": self.enum,
                "minLength": self.short,
                "minItems": self.short,
                "minProperties": self.short,
                "maxProperties": self.long,
            }.get(rule, self.unfit)
            yield say()

    def required(self) -> Problem:
        missing = self.error.message.split("'")[1]
        about = self.described(self.schema.get("properties", {}).get(missing, {}))
        expected = f"`{missing}:`" + (f" {about}" if about else "")
        return Problem(self.where, f"the key `{missing}`{self.of} is missing", expected)

    def described(self, schema: Mapping[str, Any]) -> str:
        """Return what a schema says of itself, or the one that it refers to."""
        there = self.definitions.get(str(schema.get("$ref", "")).rpartition("/")[2], {})
        return str(schema.get("description") or there.get("description", ""))

    def type(self) -> Problem:
        wanted, value = self.wanted, self.instance
        expected = self.expected or _kinds(wanted)
        text = "string" in ([wanted] if isinstance(wanted, str) else wanted)
        plain = isinstance(value, (int, Decimal))
        what = f"the value{self.of} is missing" if value is None else f"{_shown(value)} is {_type(value)}"
        return Problem(self.where, what, expected, f'put it in quotes: `"{_spelled(value)}"`' if text and plain else "")

    def enum(self) -> Problem:
        words, value = [_spelled(word) for word in self.wanted], self.instance
        what = f"the value{self.of} is missing" if value is None else f"{_shown(value)} is not allowed here"
        return Problem(self.where, what, self.expected or listed(words), nearest(_spelled(value), words))

    def short(self) -> Problem:
        kind = {"minItems": "list", "minProperties": "mapping"}.get(str(self.error.validator), "text")
        what = f"the {kind} is empty" if not self.instance else f"the {kind} has {len(self.instance)} entry"
        return Problem(self.where, what, self.expected or f"at least {self.wanted}")

    def long(self) -> Problem:
        keys = listed(self.instance).replace(" or ", " and ")
        return Problem(
            self.where,
            f"{keys} side by side",
            "one of " + listed(_allowed(self.error)).replace(" or ", " and "),
            "nest them",
        )

    def unfit(self) -> Problem:
        wrong = "is out of range" if self.error.validator in {"minimum", "maximum"} else "does not fit here"
        return Problem(self.where, f"{_shown(self.instance)} {wrong}", self.expected or self.error.message)


def _kinds(wanted: str | list[str]) -> str:
    return " or ".join(_TYPES[kind] for kind in ([wanted] if isinstance(wanted, str) else wanted))


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float, Decimal)):
        return "a number"
    return {"str": "text", "list": "a list", "dict": "a mapping"}[type(value).__name__]


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(value: object) -> str:
    if isinstance(value, (bool, str, int, float, Decimal)):
        text = _spelled(value)
        return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
    return "this" if isinstance(value, (list, dict)) else "the value"
