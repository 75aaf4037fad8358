"""criterium schema: the JSON Schemas of the formats, for editors."""

from __future__ import annotations

from criterium.language.schema import Format, text_of


def schema(format_: Format) -> int:
    """Print the JSON Schema of a format; return 0."""
    print(text_of(format_), end="")
    return 0
