"""Strict YAML: a file becomes plain data in which every key and value knows its file, line and column.

The only user of PyYAML. What YAML readers disagree on is refused, not guessed: `yes`, `on`, `6:30`, `010`, `3.0` as a version,
dates, anchors, merge keys, tags. Numbers with a point stay exact as Decimal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from criterium.language.problems import Problem, Refused, Where

MOST_BYTES = 1_000_000
MOST_DEPTH = 24

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DataPath = tuple[str | int, ...]
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")
_TRUTH = re.compile(r"(?i)y|yes|n|no|on|off|true|false")
_DISPUTED = re.compile(
    r"0[0-9_]+|0[xob][0-9a-fA-F_]+|[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?|[0-9][0-9_]*_[0-9_]*|\d{4}-\d\d?-\d\d?([Tt ].*)?"
    r"|[-+]?\.(inf|nan)|[-+]?[0-9]*\.[0-9]+([eE][-+]?[0-9]+)?|[-+][0-9].*|[0-9]+\.|[0-9]+[eE][-+]?[0-9]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Document:
    """Plain data (mappings, lists, text, int, Decimal, bool, None) with the place of every value and of every key."""

    data: Any
    values: Mapping[DataPath, Where] = field(default_factory=dict)
    keys: Mapping[DataPath, Where] = field(default_factory=dict)

    def where(self, path: DataPath, offset: int = 0, width: int = 0) -> Where:
        """Return the place of the value at `path`, `offset` characters in; of its nearest ancestor if it has none."""
        for length in range(len(path), -1, -1):
            place = self.values.get(path[:length])
            if place is not None:
                shifted = place.column + offset if length == len(path) else place.column
                return replace(place, column=shifted, width=width or place.width)
        return Where("")

    def shifted(self, path: DataPath, columns: int) -> Document:
        """Return this document with the value at `path` standing `columns` further left, for text put before it."""
        place = self.where(path)
        return Document(self.data, {**self.values, path: replace(place, column=place.column - columns)}, self.keys)

    def key(self, path: DataPath) -> Where:
        """Return the place of the key that `path` ends in."""
        return self.keys.get(path) or self.where(path)


def read(path: Path, shown: str | None = None) -> Document:
    """Return the document in the file at `path`; raise Refused with every problem found. `shown` names it in problems."""
    name = shown or str(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Refused([Problem(Where(name), f"cannot read the file: {error.strerror}")]) from error
    if len(raw) > MOST_BYTES:
        what = f"the file has {len(raw):,} bytes"
        raise Refused([Problem(Where(name), what, f"at most {MOST_BYTES:,} bytes", "split it, or use an overlay")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1} is not UTF-8"
        raise Refused([Problem(Where(name), what, "text in UTF-8", "save the file as UTF-8")]) from error
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Return the document in `text`; raise Refused with every problem found, under the file name `name`."""
    return _Reader(text, name).document()


class _Reader:
    """Builds data from parse events, so that depth, anchors and tags are met before anything is built."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines()
        self.problems: list[Problem] = []
        self.values: dict[DataPath, Where] = {}
        self.keys: dict[DataPath, Where] = {}
        self.events: Iterator[yaml.Event] = iter(())

    def document(self) -> Document:
        data = None
        try:
            data = self.build(_FAST)
        except yaml.YAMLError:
            self.syntax()
        if self.problems:
            raise Refused(self.problems)
        return Document(data, self.values, self.keys)

    def build(self, loader: Any) -> Any:
        self.events = iter(yaml.parse(self.text, Loader=loader))
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise Refused([Problem(Where(self.name), "the file is empty", "a mapping that begins with `id:`")])
        data = self.value(next(self.events), ())
        next(self.events)
        self.no_second_document(next(self.events))
        return data

    def no_second_document(self, event: yaml.Event) -> None:
        if not isinstance(event, yaml.StreamEndEvent):
            self.complain(self.place(event), "a second document begins here", "one document a file", "split the file")

    def syntax(self) -> None:
        """Note what is not YAML, in the words of the parser that is the same on every machine."""
        try:
            for _ in yaml.parse(self.text, Loader=yaml.SafeLoader):
                pass
        except yaml.MarkedYAMLError as error:
            self.not_yaml(error)
        except yaml.reader.ReaderError as error:
            self.complain(Where(self.name), f"character {error.character!r} may not stand in YAML")

    def not_yaml(self, error: yaml.MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        words = (error.problem or "").replace("'<block end>'", "the end of the block")
        what = f"this is not YAML: {words}" + (f" ({error.context})" if error.context else "")
        place = Where(self.name) if mark is None else self.at(mark.line, mark.column, 1)
        self.complain(place, what, "", "check the indentation, quotes and brackets here and on the line above")

    def at(self, line: int, column: int, width: int) -> Where:
        text = self.lines[line] if line < len(self.lines) else ""
        return Where(self.name, line + 1, column + 1, text, max(1, width))

    def place(self, event: yaml.Event) -> Where:
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else 1
        return self.at(start.line, start.column, width)

    def complain(self, where: Where, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(where, what, expected, remedy))

    def value(self, event: yaml.Event, path: DataPath) -> Any:
        place = self.place(event)
        self.values[path] = place
        self.refuse_extras(event, place)
        if len(path) > MOST_DEPTH:
            self.complain(place, f"nested more than {MOST_DEPTH} levels deep", "a flatter file")
            raise Refused(self.problems)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place, path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path) if isinstance(event, yaml.MappingStartEvent) else None

    def refuse_extras(self, event: yaml.Event, place: Where) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.complain(place, f"alias `*{event.anchor}`", "the text itself", "write it out, or use an overlay")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            self.complain(place, f"anchor `&{event.anchor}`", "no anchors", "remove it; overlays share text")
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.complain(place, f"tag `{tag}`", "plain data", "remove the tag; a criterion never runs code")

    def sequence(self, path: DataPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: DataPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path, items)
            value = self.value(next(self.events), (*path, key))
            items.setdefault(key, value)
        return items

    def key(self, event: yaml.Event, path: DataPath, items: Mapping[str, Any]) -> str:
        place = self.place(event)
        self.refuse_extras(event, place)
        if not isinstance(event, yaml.ScalarEvent):
            self.complain(place, "a key that is a list or a mapping", "a word")
            self.value(event, (*path, "?"))
            return "?"
        key: str = event.value
        if key == "<<":
            self.complain(place, "merge key `<<`", "the keys themselves", "write them out, or use an overlay")
        elif key in items:
            first = self.keys[*path, key]
            self.complain(place, f"key `{key}` a second time", "each key once", f"the first stands in line {first.line}")
        elif not event.style and not isinstance(self.plain(key, place, "key"), str):
            self.complain(place, f"key `{key}` is not a word", f'`"{key}"` in quotes')
        if key not in items:
            self.keys[*path, key] = place
        return key

    def scalar(self, event: yaml.ScalarEvent, place: Where, path: DataPath) -> Any:
        if not event.style:
            return self.plain(event.value, place, str(path[-1]) if path else "")
        if event.style in {"'", '"'} and place.width > 1:
            self.values[path] = replace(place, column=place.column + 1, width=max(1, place.width - 2))
        return event.value

    def plain(self, text: str, place: Where, key: str) -> Any:
        if text in {"", "null", "~"}:
            return None
        if text in {"true", "false"}:
            return text == "true"
        if _TRUTH.fullmatch(text):
            help_ = "write true or false for a truth value, or put the word in quotes"
            self.complain(place, f"`{text}` is read as a truth value by some YAML readers", "", help_)
            return text
        if key == "version" or key == "language":
            return int(text) if _INTEGER.fullmatch(text) else text
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            return Decimal(text)
        if _DISPUTED.fullmatch(text):
            help_ = "write a plain decimal number, or put the text in quotes"
            self.complain(place, f"`{text}` is read differently by different YAML readers", "", help_)
        return text
