"""Overlays: a variant says only what differs from its base; the whole keeps the places of both files.

A mapping is merged key by key, a scalar or a list replaces, and a list is edited by `remove`, `replace` and `add`, in
this order. The base's claims and examples are its own; its sources and expected findings stay, with those of the
overlay after them. A parameter with a new value does not keep the citation of the old one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from criterium.language.file.document import DataPath, Document
from criterium.language.problems import Problem, Refused, Where, listed, nearest

OWN = ("claims", "examples", "extends")
_ADDED = ("source", "expected")
_EDITS = ("remove", "replace", "add")
# An entry of one of these mappings is taken away by this word.
_LOSING, _GONE = (("terms",), ("parameters",)), "none"
_BESIDE = ("before", "after")
_NAMES = ("class", "row", "word", "event", "because", "about", "cite", "unit", "grade", "value")
_BELONGS_TO_VALUE = ("cite", "confidence", "certainty")

Items = list[tuple[Document, DataPath]]


def laid_over(base: Document, overlay: Document) -> Document:
    """Return the document that `overlay` makes of `base`; raise Refused with every edit that does not fit."""
    whole = merged(base, overlay)
    if whole.problems:
        raise Refused(whole.problems)
    return whole


def merged(base: Document, overlay: Document) -> Document:
    """Return the document that `overlay` makes of `base`, with the problems of both and of edits that do not fit."""
    merge = _Merge(base, overlay)
    data: dict[str, Any] = {}
    for key in [*base.data, *(key for key in overlay.data if key not in base.data)]:
        if key in overlay.data and key != "extends":
            data |= merge.key(key)
        elif key not in OWN:
            data[key] = merge.copy(base, (key,), (key,))
    merge.values[()] = overlay.where(())
    whole = Document(data, merge.values, merge.keys, merge.letters, (*base.problems, *overlay.problems))
    return whole.with_problems(merge.problems)


def bases(overlay: Document) -> Iterator[tuple[str, Where]]:
    """Yield the criterion that a document extends, as written, with its place."""
    if isinstance(overlay.data, dict) and "extends" in overlay.data:
        yield str(overlay.data["extends"]), overlay.where(("extends",))


@dataclass
class _Merge:
    base: Document
    overlay: Document
    values: dict[DataPath, Where] = field(default_factory=dict)
    keys: dict[DataPath, Where] = field(default_factory=dict)
    letters: dict[DataPath, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, where: Where, what: str, expected: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(where, what, expected, remedy))

    def copy(self, document: Document, old: DataPath, new: DataPath) -> Any:
        """Return the value at `old`, noting the places of all in it under `new`."""
        data = _at(document.data, old)
        self.values[new] = document.where(old)
        if old in document.keys:
            self.keys[new] = document.keys[old]
        if old in document.letters:
            self.letters[new] = document.letters[old]
        if isinstance(data, dict):
            return {key: self.copy(document, (*old, key), (*new, key)) for key in data}
        if isinstance(data, list):
            return [self.copy(document, (*old, at), (*new, at)) for at in range(len(data))]
        return data

    def key(self, key: str) -> dict[str, Any]:
        """Return what the whole has under a key of the overlay, as {key: value}."""
        new = self.overlay.data[key]
        if key in OWN or key not in self.base.data:
            return self.fresh((key,))
        if key in _ADDED and isinstance(new, list):
            before = self.copy(self.base, (key,), (key,))
            more = [self.copy(self.overlay, (key, at), (key, len(before) + at)) for at in range(len(new))]
            return {key: before + more}
        return {key: self.value((key,))}

    def fresh(self, path: DataPath) -> dict[str, Any]:
        """Return a value that only the overlay has, as {key: value}."""
        new, key = _at(self.overlay.data, path), str(path[-1])
        if isinstance(new, dict) and new and set(new) <= set(_EDITS):
            self.complain(self.overlay.key(path), f"the base has no `{key}` to edit", "the list itself", "write it out")
            return {}
        return {key: self.copy(self.overlay, path, path)}

    def value(self, path: DataPath) -> Any:
        """Return a value that both have."""
        old, new = _at(self.base.data, path), _at(self.overlay.data, path)
        if isinstance(old, list) and isinstance(new, dict):
            return self.edited(path, new)
        if not (isinstance(old, dict) and isinstance(new, dict)):
            return self.copy(self.overlay, path, path)
        self.note(path)
        forgotten = _BELONGS_TO_VALUE if path[0] == "parameters" and len(path) == 2 and "value" in new else ()
        whole: dict[str, Any] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            inner = (*path, key)
            if path in _LOSING and new.get(key) == _GONE:
                self.taken_away(inner)
            elif key in old and key in new:
                whole[key] = self.value(inner)
            elif key in new:
                whole |= self.fresh(inner)
            elif key not in forgotten:
                whole[key] = self.copy(self.base, inner, inner)
        return whole

    def taken_away(self, path: DataPath) -> None:
        """Note a problem if the base does not have what the overlay takes away."""
        old = _at(self.base.data, path[:-1])
        if path[-1] not in old:
            what = f"the base has no `{path[-1]}` to take away"
            self.complain(self.overlay.key(path), what, "an entry of the base", nearest(str(path[-1]), old))

    def note(self, path: DataPath) -> None:
        self.values[path] = self.overlay.where(path)
        self.keys[path] = self.overlay.key(path)

    def edited(self, path: DataPath, edits: dict[str, Any]) -> list[Any]:
        """Return the base's list at `path` after the overlay's edits."""
        for key in edits:
            if key not in _EDITS:
                where = self.overlay.key((*path, key))
                self.complain(where, f"`{key}` is not an edit of a list", listed(_EDITS), nearest(key, _EDITS))
        items: Items = [(self.base, (*path, at)) for at in range(len(_at(self.base.data, path)))]
        for how in _EDITS:
            entries = edits.get(how, [])
            for at in range(len(entries) if isinstance(entries, list) else 0):
                getattr(self, how)(items, (*path, how, at))
        self.note(path)
        return [self.item(document, old, (*path, at)) for at, (document, old) in enumerate(items)]

    def item(self, document: Document, old: DataPath, new: DataPath) -> Any:
        data = _at(document.data, old)
        for wrapper in ("row", "word"):
            if isinstance(data, dict) and wrapper in data:
                return self.copy(document, (*old, wrapper), new)
        copied = self.copy(document, old, new)
        return {key: copied[key] for key in copied if key not in _BESIDE} if isinstance(copied, dict) else copied

    def find(self, items: Items, name: Any, where: Where) -> int | None:
        """Return where the item that goes by `name` stands."""
        names = [_name(_at(document.data, path)) for document, path in items]
        if names.count(name) == 1:
            return names.index(name)
        known = list(dict.fromkeys(_spoken(one) for one in names))
        if name in names:
            self.complain(where, f"there is more than one `{_spoken(name)}` here", "an item that stands here once")
        else:
            self.complain(where, f"there is no `{_spoken(name)}` here", listed(known), nearest(_spoken(name), known))
        return None

    def remove(self, items: Items, path: DataPath) -> None:
        at = self.find(items, _at(self.overlay.data, path), self.overlay.where(path))
        if at is not None:
            del items[at]

    def replace(self, items: Items, path: DataPath) -> None:
        item = _at(self.overlay.data, path)
        key = next((key for key in _NAMES if isinstance(item, dict) and key in item), None)
        at = self.find(items, _name(item), self.overlay.where((*path, key) if key else path))
        if at is not None:
            items[at] = (self.overlay, path)

    def add(self, items: Items, path: DataPath) -> None:
        item = _at(self.overlay.data, path)
        beside = [key for key in _BESIDE if isinstance(item, dict) and key in item]
        at = None
        if len(beside) == 1:
            at = self.find(items, item[beside[0]], self.overlay.where((*path, beside[0])))
        else:
            remedy = "name the item that it goes before or after"
            where = self.overlay.where(path)
            self.complain(where, "it is not said where this goes", "one of `before:` and `after:`", remedy)
        # What has no place is put first, so that it is there for all that speaks of it.
        items.insert(0 if at is None else at + (beside[0] == "after"), (self.overlay, path))


def _at(data: Any, path: DataPath) -> Any:
    for step in path:
        data = data[step]
    return data


def _name(item: Any) -> Any:
    """Return what identifies an item of a list: its class, its row, its word, its unit, ..., or itself."""
    if not isinstance(item, dict):
        return item
    return next((item[key] for key in _NAMES if key in item), None)


def _spoken(name: Any) -> str:
    if isinstance(name, list):
        return f"[{', '.join(map(_spoken, name))}]"
    return str(name).lower() if isinstance(name, bool) else str(name)
