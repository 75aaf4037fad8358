"""Orders of classes, best first: one, or several by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from criterium.language.file.document import DataPath
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import listed, nearest
from criterium.language.sentences.scope import Entry

_Listed = tuple[str, list[tuple[DataPath, Any]]]


class Orders(Ledger):
    """Reads the orders of one document, noting problems."""

    def orders(self) -> dict[str, tuple[str, ...]]:
        """Return the orders by name, the first one first; one without a name goes by `order`."""
        return {name: tuple(str(word) for _, word in entries) for name, entries in self._orders() if entries}

    def refuse_strangers(self, entries: Sequence[Entry]) -> None:
        """Note what in an order is not a class, or stands there twice; a class with problems may be missing here."""
        known = sorted({word for entry in entries if entry.meaning == "class" for word in entry.kind.words})
        if any(entry.meaning == "broken" and entry.kind.sort == "label" for entry in entries):
            return
        for _, order in self._orders():
            words: list[str] = []
            for path, word in order:
                if word not in known:
                    what = f"`{word}` is not a class of this criterion"
                    self.complain(path, what, listed(known), nearest(str(word), known))
                if word in words:
                    self.complain(path, f"`{word}` a second time", "each class once", "remove it")
                words.append(word)

    def _orders(self) -> Iterator[_Listed]:
        """Yield the orders by name, each word with its place."""
        several = self.mapping(self.document.data, "order", ())
        if not several:
            yield "order", self.entries(self.document.data, "order", ())
        for name in several:
            yield name, self.entries(several, name, ("order",))
