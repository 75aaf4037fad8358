"""Strict YAML: a file becomes plain data in which every key and value knows its file, line and column.

The only user of PyYAML. What YAML readers disagree on is refused, not guessed: `yes`, `on`, `6:30`, `010`, dates,
anchors, merge keys, tags. Numbers with a point stay exact as Decimal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from criterium.language.file import scalars
from criterium.language.file.document import DataPath, Document
from criterium.language.file.syntax import explained, opened
from criterium.language.problems import Problem, Refused, Where

MOST_BYTES = 1_000_000
MOST_DEPTH = 24
MOST_PROBLEMS = 100

_FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
__all__ = ["DataPath", "Document", "parse", "read", "survey"]


def read(path: Path, shown: str | None = None) -> Document:
    """Return the document in the file at `path`, named `shown` in problems; raise Refused with every problem found."""
    return _without_problems(survey(path, shown))


def parse(text: str, name: str) -> Document:
    """Return the document in `text`; raise Refused with every problem found, under the file name `name`."""
    return _without_problems(_Reader(text, name).document())


def survey(path: Path, shown: str | None = None) -> Document:
    """Return the document in the file at `path` with its problems; raise Refused if it cannot be read at all."""
    name = shown or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused([Problem(Where(name), f"the file cannot be read: {(error.strerror or '').lower()}")]) from error
    if len(raw) > MOST_BYTES:
        what = f"the file is larger than {MOST_BYTES:,} bytes"
        raise Refused([Problem(Where(name), what, "a file that people can read", "split it, or use an overlay")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused([_not_text(raw, error.start, name)]) from error
    return _surveyed(text, name)


@lru_cache(maxsize=64)
def _surveyed(text: str, name: str) -> Document:
    """Return the document in a text; the same one for the same text, which is read again and again."""
    return _Reader(text, name).document()


def _not_text(raw: bytes, at: int, name: str) -> Problem:
    start = raw.rfind(b"\n", 0, at) + 1
    text = raw[start:].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    where = Where(name, raw.count(b"\n", 0, at) + 1, len(raw[start:at].decode("utf-8")) + 1, text)
    return Problem(
        where, f"byte {raw[at]:#04x} is not part of a UTF-8 text", "UTF-8", "save the file in the encoding UTF-8"
    )


def _without_problems(document: Document) -> Document:
    if document.problems:
        raise Refused(document.problems)
    return document


class _Reader:
    """Builds data from parse events, so that depth, anchors and tags are met before anything is built."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.text = text
        self.lines = text.splitlines()
        self.problems: list[Problem] = []
        self.values: dict[DataPath, Where] = {}
        self.keys: dict[DataPath, Where] = {}
        self.letters: dict[DataPath, Sequence[Where]] = {}
        self.anchors: dict[str, Any] = {}
        self.events: Iterator[yaml.Event] = iter(())

    def document(self) -> Document:
        try:
            data = self.build()
        except yaml.YAMLError:
            self.explain()
            raise Refused(self.problems) from None
        return Document(data, self.values, self.keys, self.letters, tuple(self.problems))

    def build(self) -> Any:
        self.events = iter(yaml.parse(self.text, Loader=_FAST))
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise Refused([Problem(Where(self.name), "the file is empty", "a mapping that begins with `id:`")])
        data = self.value(next(self.events), ())
        next(self.events)
        second = next(self.events)
        if not isinstance(second, yaml.StreamEndEvent):
            self.complain(self.place(second), "a second document begins here", "one document a file", "split the file")
            raise Refused(self.problems)
        return data

    def explain(self) -> None:
        """Note what is not YAML, as found by the parser whose words are the same on every machine."""
        try:
            for _ in yaml.parse(self.text, Loader=yaml.SafeLoader):
                pass
        except yaml.MarkedYAMLError as error:
            context = error.context or ""
            mark = error.context_mark if opened(context) else error.problem_mark
            place = Where(self.name) if mark is None else self.at(mark.line, mark.column, 1)
            before = place.text[: place.column - 1]
            self.complain(
                place, *explained(f"{error.problem or ''} {context}".strip(), before, place.text[len(before) :])
            )
        except yaml.reader.ReaderError as error:
            before = self.text[: error.position]
            line = before.count("\n")
            place = self.at(line, error.position - before.rfind("\n") - 1, 1)
            what = f"the character U+{ord(self.text[error.position]):04X} may not stand in YAML"
            self.complain(replace(place, text=""), what, "", "remove it")

    def at(self, line: int, column: int, width: int) -> Where:
        text = self.lines[line] if line < len(self.lines) else ""
        return Where(self.name, line + 1, column + 1, text, max(1, width))

    def place(self, event: yaml.Event) -> Where:
        start, end = _marks(event)
        width = end.column - start.column if end.line == start.line else 1
        return self.at(start.line, start.column, width)

    def complain(self, where: Where, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(where, what, expected, remedy))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Refused(self.problems)

    def value(self, event: yaml.Event, path: DataPath) -> Any:
        place = self.place(event)
        self.values[path] = place
        self.refuse_extras(event, place)
        if len(path) > MOST_DEPTH:
            self.complain(place, f"nested more than {MOST_DEPTH} levels deep", "a flatter file")
            raise Refused(self.problems)
        if isinstance(event, yaml.AliasEvent):
            return self.anchors.get(event.anchor or "")
        data = self.content(event, place, path)
        if isinstance(event, yaml.NodeEvent) and event.anchor and not isinstance(data, (list, dict)):
            self.anchors[event.anchor] = data
        return data

    def content(self, event: yaml.Event, place: Where, path: DataPath) -> Any:
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, place, path)
        return self.sequence(path) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(path)

    def refuse_extras(self, event: yaml.Event, place: Where) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.complain(place, f"`*{event.anchor}` stands for text elsewhere", "the text itself", "write it out")
        elif isinstance(event, yaml.NodeEvent) and event.anchor:
            place = replace(place, width=len(event.anchor) + 1)
            self.complain(
                place,
                f"`&{event.anchor}` is an anchor",
                "plain text",
                "remove it; overlays share what files have in common",
            )
        tag = getattr(event, "tag", None)
        if tag and tag != "!":
            self.complain(place, f"`{_spelled(tag)}` is a tag", "plain data", "remove it; a criterion never runs code")

    def sequence(self, path: DataPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: DataPath) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path, items)
            again = key in items
            # What a second key holds is read for its own mistakes, and must not take the place of the first.
            value = self.value(next(self.events), (*path, f"{key} " if again else key))
            if key == "<<" and isinstance(value, dict):
                items |= {inner: value[inner] for inner in value if inner not in items}
            elif key != "<<":
                items.setdefault(key, value)
        return items

    def key(self, event: yaml.Event, path: DataPath, items: Mapping[str, Any]) -> str:
        place = self.place(event)
        self.refuse_extras(event, place)
        if not isinstance(event, yaml.ScalarEvent):
            self.complain(place, "a key that is not a word", "a word", "put it in quotes")
            self.value(event, (*path, "?"))
            return "?"
        key: str = event.value
        if key in items:
            first = self.keys[*path, key]
            self.complain(
                place, f"the key `{key}` a second time", "each key once", f"the first stands in line {first.line}"
            )
        else:
            self.keys[*path, key] = place
            self.refuse_key(key, place, event)
        return key

    def refuse_key(self, key: str, place: Where, event: yaml.ScalarEvent) -> None:
        value, meaning = ("", "") if event.style else scalars.plain(key)
        if key == "<<":
            self.complain(place, "`<<` is a merge key", "the keys themselves", "write them out, or use an overlay")
        elif meaning:
            self.complain(
                place, f"the key `{key}` is {meaning} to some YAML readers", "a word", f'put it in quotes: `"{key}"`'
            )
        elif not isinstance(value, str):
            self.complain(place, f"the key `{key}` is not a word", "a word", f'put it in quotes: `"{key}"`')

    def scalar(self, event: yaml.ScalarEvent, place: Where, path: DataPath) -> Any:
        start, end = _marks(event)
        written = self.text[start.index : end.index]
        if event.value and start.line == end.line and event.style and written[1:-1] == event.value:
            self.values[path] = replace(place, column=place.column + 1, width=len(event.value))
        elif event.value and written != event.value:
            self.letters[path] = self.spelled(event)
        if event.style:
            return event.value
        value, meaning = scalars.plain(event.value)
        if path and path[-1] == "version" and not isinstance(value, int):
            return event.value or None
        if meaning:
            what = f"`{event.value}` is {meaning} to some YAML readers"
            self.complain(place, what, "text or a number that nobody can misread", scalars.remedy(event.value, meaning))
        return value

    def spelled(self, event: yaml.ScalarEvent) -> list[Where]:
        """Return the place of every letter of a text that is folded over lines or holds escapes."""
        found: list[Where] = []
        start, end = _marks(event)
        at, line, column = start.index, start.line, start.column
        if event.style in {"|", ">"}:
            at, line, column = self.text.find("\n", at) + 1, line + 1, 0
        for letter in event.value:
            # An escaped blank stands where its backslash does; anything else is the next sign of its kind.
            while at < end.index and not _is(letter, self.text[at]) and not letter.isspace():
                line, column = (line + 1, 0) if self.text[at] == "\n" else (line, column + 1)
                at += 1
            found.append(self.at(line, column, 1))
            if at < end.index and _is(letter, self.text[at]) and self.text[at] != "\n":
                at, column = at + 1, column + 1
        return found


def _marks(event: yaml.Event) -> tuple[Any, Any]:
    """Return where an event begins and ends: parsers set both, whatever the types of their events say."""
    return event.start_mark, event.end_mark


def _is(letter: str, written: str) -> bool:
    return letter == written or (letter.isspace() and written.isspace())


def _spelled(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!", 1)
