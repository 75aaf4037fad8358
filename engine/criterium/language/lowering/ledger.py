"""A document and the problems found so far in what it means; every stage of lowering writes into one of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from criterium.language.file.document import DataPath, Document
from criterium.language.problems import Problem


@dataclass
class Ledger:
    """A document, and the problems noted in it."""

    document: Document
    problems: list[Problem]

    def complain(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> None:
        """Note a problem at the value at `path`."""
        self.problems.append(Problem(self.document.where(path), what, expected, remedy))

    def complain_of_key(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> None:
        """Note a problem at the key that `path` ends in."""
        self.problems.append(Problem(self.document.key(path), what, expected, remedy))

    def sound(self, path: DataPath) -> bool:
        """Say whether the value at `path` fits the format, so that it can be read."""
        return self.document.sound(path)

    def mapping(self, data: Any, key: str, path: DataPath) -> dict[str, Any]:
        """Return the mapping that `data` has under `key`, empty if there is none or it is not a mapping."""
        found = data.get(key, {}) if isinstance(data, dict) else {}
        return found if isinstance(found, dict) and (*path, key) not in self.document.broken else {}

    def entries(self, data: Any, key: str, path: DataPath) -> list[tuple[DataPath, Any]]:
        """Return (path, entry) for the sound entries of the list that `data` has under `key`."""
        found = data.get(key, []) if isinstance(data, dict) else []
        paths = [((*path, key, at), entry) for at, entry in enumerate(found)] if isinstance(found, list) else []
        return [(place, entry) for place, entry in paths if self.sound(place)]
