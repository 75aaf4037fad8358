"""The sentences of a criterion as a paper says them: boundaries in words, parameters as their values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from criterium.language import tree as t
from criterium.language.uses import nodes

_AMOUNT = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "=": "exactly", "!=": "other than"}
_DATE = {">=": "on or after", ">": "after", "<=": "on or before", "<": "before", "=": "on", "!=": "not on"}
_MIRRORED = {">=": "<=", ">": "<", "<=": ">=", "<": ">", "=": "=", "!=": "!="}
Side = tuple[t.Expression, str, t.Expression]


def spoken(criterion: t.Criterion, node: t.Node) -> str:
    """Return a condition or a value in words: `shrinkage at least 30 percent and not another`.

    In a value a parameter stands by its name, with its value behind it.
    """
    if isinstance(node, (t.All, t.Some)):
        return _between(criterion, node) or _joined(criterion, node)
    if isinstance(node, t.Choose):
        return "; ".join(_option(criterion, when, value) for when, value in node.options)
    text = node.text
    below = {one.text: one for one in nodes(node) if isinstance(one, (t.Compare, t.Against)) and _written(one)}
    for one in sorted(below, key=len, reverse=True):
        text = text.replace(one, compared(*sides(below[one])))
    return _replaced(criterion, node, text, "{name} ({value})" if isinstance(node, t.Expression) else "{value}")


def _written(node: t.Compare | t.Against) -> bool:
    """Say whether the text of a comparison has its sign; what the language makes of other sentences has none."""
    return f" {node.operator} " in node.text


def _option(criterion: t.Criterion, when: t.Condition, value: t.Expression) -> str:
    if isinstance(when, t.Always):
        return f"otherwise {spoken(criterion, value)}"
    return f"{spoken(criterion, value)} when {spoken(criterion, when)}"


def _joined(criterion: t.Criterion, node: t.All | t.Some) -> str:
    word = " and " if isinstance(node, t.All) else " or "
    parts = [(one, spoken(criterion, one)) for one in node.of if not isinstance(one, t.Always)]
    mixed = t.Some if isinstance(node, t.All) else t.All
    return word.join(f"({text})" if isinstance(one, mixed) else text for one, text in parts)


def _between(criterion: t.Criterion, node: t.All | t.Some) -> str:
    """Return a range in words; empty if the condition is not two comparisons of one value written as one."""
    if len(node.of) != 2 or " and " in node.text or " or " in node.text:
        return ""
    one, other = node.of
    if not (isinstance(one, t.Compare) and isinstance(other, t.Compare)) or one.right.text != other.left.text:
        return ""
    low = _AMOUNT[_MIRRORED[one.operator]]
    text = f"{one.right.text} {low} {one.left.text} and {_AMOUNT[other.operator]} {other.right.text}"
    return valued(criterion, node, text)


def sides(node: t.Compare | t.Against) -> Side:
    """Return what is compared, the operator, and what it is compared with; a limit that stands first comes last."""
    left, right = (node.left, node.right) if isinstance(node, t.Compare) else (node.there, node.here)
    if is_limit(left) and not is_limit(right):
        return right, _MIRRORED[node.operator], left
    return left, node.operator, right


def is_limit(node: t.Expression) -> bool:
    """Say whether a value is the same for every patient: made of constants and parameters alone."""
    return all(isinstance(one, (t.Constant, t.Parameter, t.Arithmetic)) for one in nodes(node))


def compared(left: t.Expression, operator: str, right: t.Expression) -> str:
    """Return a comparison in words: `size at least 10 mm`, `date before start`."""
    words = _DATE if left.kind.sort == "date" else _AMOUNT
    return f"{left.text} {words[operator]} {right.text}"


def valued(criterion: t.Criterion, node: t.Node, text: str) -> str:
    """Return a text with the value of every parameter below a node that is a number."""
    return _replaced(criterion, node, text, "{value}")


def _replaced(criterion: t.Criterion, node: t.Node, text: str, by: str) -> str:
    for name in {one.name for one in nodes(node) if isinstance(one, t.Parameter) and one.kind.sort == "number"}:
        said = by.format(name=name, value=criterion.parameters[name].text)
        text = re.sub(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", said, text)
    return text


def bounded(operator: str) -> str:
    """Return what a value that is exactly the limit does: counts, or does not."""
    return {">=": "counts", "<=": "counts", ">": "does not count", "<": "does not count"}.get(operator, "")


def limit_words(criterion: t.Criterion, operator: str, limit: t.Expression) -> str:
    """Return a limit in words: `at least 30 percent`, `on or after start + 42 days`."""
    words = _DATE if limit.kind.sort == "date" else _AMOUNT
    return f"{words[operator]} {valued(criterion, limit, limit.text)}"


def has_number(node: t.Expression) -> bool:
    """Say whether a number stands in a value, as a constant or as a parameter."""
    return any(isinstance(one, (t.Constant, t.Parameter)) for one in nodes(node))


# --- patterns in time -------------------------------------------------------------------------------------------------
def pattern(criterion: t.Criterion, seen: t.Seen) -> str:
    """Return a pattern in the classes of a course as a sentence."""
    return f"{_listed(seen.classes)} {''.join(_phrases(criterion, seen))}."


def _phrases(criterion: t.Criterion, seen: t.Seen) -> Iterator[str]:
    each = criterion.each
    if seen.apart is None:
        yield f"at one {each} or more"
    else:
        yield f"at two {each}s at least {valued(criterion, seen.apart, seen.apart.text)} apart"
    if seen.between is not None:
        yield f", with only {_listed(seen.between)} between them"
    if seen.most is not None:
        yield f", at most {valued(criterion, seen.most, seen.most.text)} of them {_listed(seen.most_of)}"
    if seen.since is not None:
        yield f", {valued(criterion, seen.since, seen.since.text)} or later"
    if seen.until is not None:
        yield f", {valued(criterion, seen.until, seen.until.text)} or earlier"


def _listed(words: tuple[str, ...]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
