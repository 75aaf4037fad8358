"""Rates, shares of the courses that a comparison reports, and the names by which endpoints know the classes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from criterium.language import tree as t
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import listed, nearest


@dataclass
class Rates(Ledger):
    """Reads the rates and the other names of the classes of one document, noting problems."""

    def rates(self, ladder: t.Ladder | None) -> dict[str, tuple[str, ...]]:
        """Return the classes that count for each rate; note those that `ladder`, which answers, cannot give."""
        data = self.mapping(self.document.data, "rates", ())
        found = {}
        for name in data:
            entries = self.entries(data, name, ("rates",))
            found[name] = tuple(str(word) for _, word in entries)
            known = ladder.labels if ladder is not None else found[name]
            for path, word in entries:
                if word not in known:
                    self.complain(path, f"`{word}` is not a class of a course", listed(known), nearest(word, known))
        return found

    def read_as(self, ladders: Iterable[t.Ladder | None]) -> dict[str, str]:
        """Return what endpoints call a class; note what is no class of `ladders`, those of a step and of the course."""
        data = self.mapping(self.document.data, "read_as", ())
        known = list(dict.fromkeys(label for ladder in ladders if ladder is not None for label in ladder.labels))
        for word in data:
            if known and word not in known:
                self.complain(("read_as", word), f"`{word}` is not a class", listed(known), nearest(word, known))
        return {word: str(other) for word, other in data.items()}
