"""criterium schema: the JSON Schemas of the formats, for editors."""

from __future__ import annotations

import sys

from criterium.language.file.schema import Format, text_of


def schema(format_: Format) -> int:
    """Print the JSON Schema of a format; return 0."""
    sys.stdout.write(text_of(format_))
    return 0
