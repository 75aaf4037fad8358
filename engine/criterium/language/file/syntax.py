"""What is not YAML at all, in words: the parser's complaint in, ours out."""

from __future__ import annotations

_QUOTES = "put the whole value in quotes"
_COLON = "mapping values are not allowed"
_INDENT = "items of one list or mapping begin in the same column"
# A part of the parser's words, what we say for it, what was expected, what to do.
_WORDS = (
    ("'\\t'", "a tab character", "spaces", "YAML is indented with spaces only"),
    ("scanning a block scalar", "a value that begins with `>` or `|`", "a sentence that begins with a name", _QUOTES),
    (_COLON, "a second `: ` in one line", "one key and one value a line", _QUOTES),
    (
        "could not find expected ':'",
        "a line without `:`",
        "a key, `:` and a value",
        "the line above may be meant to go on",
    ),
    ("found unexpected end of stream", "a quotation mark that is never closed", "a closing quotation mark", ""),
    (
        "cannot start any token",
        "a value cannot begin with `{}`",
        "a letter, a digit or a quotation mark",
        _QUOTES,
    ),
    ("expected ',' or ']'", "a list in brackets that is not closed", "`,` or `]`", "close the bracket with `]`"),
    ("expected ',' or '}'", "a mapping in braces that is not closed", "`,` or `}`", "close the brace with `}`"),
    ("expected <block end>", "a line that does not fit the lines above it", "the same indentation", _INDENT),
    ("sequence entries are not allowed", "a list begins in the middle of a line", "`- ` on a line of its own", _INDENT),
    (
        "expected alphabetic or numeric",
        "`*` or `&` at the beginning of a value",
        "a sentence that begins with a name",
        _QUOTES,
    ),
    ("expected the node content", "a bracket, brace or comma that nothing belongs to", "a value", _QUOTES),
    ("while scanning a directive", "`%` at the beginning of a line", "a key", "write `percent`"),
)


def explained(complaint: str, before: str, after: str) -> tuple[str, str, str]:
    """Return what is wrong, what was expected and what to do, for a complaint in a YAML parser's own words.

    `before` and `after` are the line's text up to the place of the complaint, and from there on.
    """
    if _COLON in complaint and ":" not in before:
        return "a key that is indented like text of the line above it", "the column of the other keys", _INDENT
    for part, what, expected, remedy in _WORDS:
        if part in complaint:
            return what.format(after[:1]), expected, remedy
    return (
        f"this is not YAML: {complaint}",
        "",
        "look at the indentation, quotes and brackets here and on the line above",
    )


def opened(context: str) -> bool:
    """Say whether the place to show is where a bracket or quotation mark was opened, not where the file went wrong."""
    return any(word in context for word in ("flow sequence", "flow mapping", "quoted scalar"))
