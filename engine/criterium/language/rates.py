"""Rates: shares of the courses that a comparison reports, each by the classes that count."""

from __future__ import annotations

from dataclasses import dataclass

from criterium.language import tree as t
from criterium.language.ledger import Ledger
from criterium.language.problems import listed, nearest


@dataclass
class Rates(Ledger):
    """Reads the rates of one document, noting problems."""

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
