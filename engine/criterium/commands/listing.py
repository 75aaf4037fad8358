"""criterium list: the criteria that ship."""

from __future__ import annotations

from criterium.language.library import headings
from criterium.report.terminal import console, table


def listing() -> int:
    """Print the criteria that ship, by kind; return 0."""
    rows = [(one.id, one.version, one.kind, one.title) for one in headings()]
    table(console(), "Criteria", ("id", "version", "kind", "title"), rows, "criterium show ID prints one of them")
    return 0
