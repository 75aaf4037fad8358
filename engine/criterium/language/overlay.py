"""Overlays: a variant says only what differs from its base; the whole keeps the places of both files.

A mapping is merged key by key, a scalar or a list replaces, and a list is edited by `add`, `replace` and `remove`. The base's
claims and examples are its own; its sources stay, with those of the overlay after them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.source import DataPath, Document

OWN = ("claims", "examples", "extends")
_EDITS = {"add", "replace", "remove"}
_BESIDE = ("before", "after")


def laid_over(base: Document, overlay: Document) -> Document:
    """Return the document that `overlay` makes of `base`; raise Refused with every edit that does not fit."""
    merge = _Merge()
    data: dict[str, Any] = {}
    for key in base.data:
        if key not in OWN and key not in overlay.data:
            data[key] = merge.copy(base, (key,), (key,))
    for key in overlay.data:
        if key != "extends":
            data[key] = merge.key(base, overlay, key)
    merge.values[()] = overlay.where(())
    if merge.problems:
        raise Refused(merge.problems)
    ordered = {key: data[key] for key in [*base.data, *overlay.data] if key in data}
    return Document(ordered, merge.values, merge.keys)


@dataclass
class _Merge:
    values: dict[DataPath, Where] = field(default_factory=dict)
    keys: dict[DataPath, Where] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def copy(self, document: Document, old: DataPath, new: DataPath) -> Any:
        """Return the value at `old`, noting the places of all below it under `new`."""
        data = _at(document.data, old)
        self.values[new] = document.where(old)
        if old in document.keys:
            self.keys[new] = document.keys[old]
        if isinstance(data, dict):
            return {key: self.copy(document, (*old, key), (*new, key)) for key in data}
        if isinstance(data, list):
            return [self.copy(document, (*old, at), (*new, at)) for at in range(len(data))]
        return data

    def key(self, base: Document, overlay: Document, key: str) -> Any:
        if key in OWN or key not in base.data:
            if key not in OWN and _is_edit(overlay.data[key]):
                self.complain(overlay.where((key,)), f"the base has no `{key}` to edit", "the list itself")
            return self.copy(overlay, (key,), (key,))
        if key == "source":
            before = self.copy(base, (key,), (key,))
            count = len(before)
            return before + [self.copy(overlay, (key, at), (key, count + at)) for at in range(len(overlay.data[key]))]
        return self.merged(base, overlay, (key,))

    def merged(self, base: Document, overlay: Document, path: DataPath) -> Any:
        old, new = _at(base.data, path), _at(overlay.data, path)
        if isinstance(old, list) and isinstance(new, dict):
            return self.edited(base, overlay, path)
        if not (isinstance(old, dict) and isinstance(new, dict)):
            return self.copy(overlay, path, path)
        self.values[path] = overlay.where(path)
        self.keys[path] = overlay.key(path)
        whole: dict[str, Any] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            inner = (*path, key)
            if key in old and key in new:
                whole[key] = self.merged(base, overlay, inner)
            else:
                whole[key] = self.copy(base if key in old else overlay, inner, inner)
        return whole

    def edited(self, base: Document, overlay: Document, path: DataPath) -> list[Any]:
        """Return the base's list at `path` after the overlay's edits, in the order remove, replace, add."""
        edits: dict[str, Any] = _at(overlay.data, path)
        for key in edits:
            if key not in _EDITS:
                self.complain(overlay.key((*path, key)), f"`{key}` is not an edit of a list", listed(sorted(_EDITS)), nearest(key, _EDITS))
        items: list[tuple[Document, DataPath]] = [(base, (*path, at)) for at in range(len(_at(base.data, path)))]
        for at, name in enumerate(edits.get("remove", [])):
            items = self.without(items, name, overlay.where((*path, "remove", at)))
        for at in range(len(edits.get("replace", []))):
            self.replace(items, overlay, (*path, "replace", at))
        for at in range(len(edits.get("add", []))):
            self.add(items, overlay, (*path, "add", at))
        self.values[path] = overlay.where(path)
        self.keys[path] = overlay.key(path)
        return [self.item(document, old, (*path, at)) for at, (document, old) in enumerate(items)]

    def item(self, document: Document, old: DataPath, new: DataPath) -> Any:
        data = _at(document.data, old)
        if isinstance(data, dict) and "row" in data:
            return self.copy(document, (*old, "row"), new)
        if isinstance(data, dict) and "word" in data:
            return self.copy(document, (*old, "word"), new)
        copied = self.copy(document, old, new)
        if isinstance(copied, dict):
            for key in _BESIDE:
                copied.pop(key, None)
        return copied

    def find(self, items: list[tuple[Document, DataPath]], name: Any, where: Where) -> int | None:
        names = [_name(_at(document.data, path)) for document, path in items]
        if name in names:
            return names.index(name)
        known = [str(name) for name in names]
        self.complain(where, f"the base has no `{_spoken(name)}` here", listed(dict.fromkeys(known)), nearest(str(name), known))
        return None

    def without(self, items: list[tuple[Document, DataPath]], name: Any, where: Where) -> list[tuple[Document, DataPath]]:
        at = self.find(items, name, where)
        return items if at is None else [*items[:at], *items[at + 1 :]]

    def replace(self, items: list[tuple[Document, DataPath]], overlay: Document, path: DataPath) -> None:
        name = _name(_at(overlay.data, path))
        at = self.find(items, name, overlay.where(path))
        if at is not None:
            items[at] = (overlay, path)

    def add(self, items: list[tuple[Document, DataPath]], overlay: Document, path: DataPath) -> None:
        item = _at(overlay.data, path)
        beside = [key for key in _BESIDE if isinstance(item, dict) and key in item]
        if len(beside) != 1:
            self.complain(overlay.where(path), "where does this go?", "`before:` or `after:` with an item of the base")
            return
        at = self.find(items, item[beside[0]], overlay.where((*path, beside[0])))
        if at is not None:
            items.insert(at + (beside[0] == "after"), (overlay, path))

    def complain(self, where: Where, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(where, what, expected, remedy))


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _name(item: Any) -> Any:
    """Return what identifies an item of a list: its class, its row, its word, its `cite`, or itself."""
    if not isinstance(item, dict):
        return item
    return next((item[key] for key in ("class", "row", "word", "event", "because", "cite") if key in item), None)


def _spoken(name: Any) -> str:
    return ", ".join(map(str, name)) if isinstance(name, list) else str(name)


def _is_edit(data: Any) -> bool:
    return isinstance(data, dict) and bool(data) and set(data) <= _EDITS


def bases(overlay: Document) -> Iterator[tuple[str, Where]]:
    """Yield the criterion that a document extends, as written, with its place."""
    if isinstance(overlay.data, dict) and "extends" in overlay.data:
        yield str(overlay.data["extends"]), overlay.where(("extends",))
