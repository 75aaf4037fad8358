"""Two sets of terms, cut by cut: which terms and units came and went, and where each class begins in both."""

from __future__ import annotations

from collections.abc import Iterator

from criterium.compare.change import Change, changed, paired
from criterium.compare.ladders import matched
from criterium.compare.sameness import same, worded
from criterium.language import tree as t
from criterium.language.lowering.bands import POLICIES

_WORDS = {"<": "below", "<=": "at or below", ">": "above", ">=": "at or above"}


def terms(old: t.Criterion, new: t.Criterion) -> Iterator[Change]:
    """Yield the changes of the terms of two criteria."""
    for id_, one, other in paired(_by_id(old), _by_id(new)):
        if one is None or other is None:
            before, after = (part[0] if part else None for part in (one, other))
            yield changed("term", id_, before, after, lambda branch: str(branch.name))
            continue
        yield from _term(id_, one, other)


def _by_id(criterion: t.Criterion) -> dict[str, list[t.Branch]]:
    found: dict[str, list[t.Branch]] = {}
    for branch in criterion.branches:
        found.setdefault(branch.id, []).append(branch)
    return found


def _term(id_: str, old: list[t.Branch], new: list[t.Branch]) -> Iterator[Change]:
    yield from _about(id_, old, new)
    units = [{_unit(branch): branch for branch in part if branch.ladder is not None} for part in (old, new)]
    for unit, one, other in paired(*units):
        what = f"{id_}, {unit}"
        if one is not None and other is not None and one.ladder is not None and other.ladder is not None:
            yield from _cuts(what, one.ladder, other.ladder)
        else:
            yield changed("unit", what, one, other, _column)


def _unit(branch: t.Branch) -> str:
    """Return the unit of a branch, and what it is computed as, if it is."""
    return f"{branch.unit} as {branch.derived}" if branch.derived else branch.unit


def _about(id_: str, old: list[t.Branch], new: list[t.Branch]) -> Iterator[Change]:
    one, other = old[0], new[0]
    parts = (
        ("printed name", one.name, other.name),
        ("category", one.category, other.category),
        ("grades", _listed(one.allowed), _listed(other.allowed)),
        ("worse side", one.direction, other.direction),
        ("highest grade by number", _highest(old), _highest(new)),
        ("conversions", _listed(_conversions(old)), _listed(_conversions(new))),
        ("words of results", _words(old, "reads"), _words(new, "reads")),
        ("words of records", _words(old, "recorded"), _words(new, "recorded")),
    )
    for what, before, after in parts:
        if before != after:
            yield Change("term", f"{id_}, {what}", before, after, one.where, other.where)


def _conversions(branches: list[t.Branch]) -> tuple[str, ...]:
    found = {one for branch in branches for one in branch.conversions}
    return tuple(sorted(f"1 {one.unit} = {float(one.factor):g} {one.other}" for one in found))


def _highest(branches: list[t.Branch]) -> str:
    """Return the worst grade that the numbers of a term can give, `none` for a term without numbers."""
    return max((branch.highest for branch in branches if branch.highest), default="none", key=int)


def _words(branches: list[t.Branch], name: str) -> str:
    return _listed(tuple(sorted({word for branch in branches for word in getattr(branch, name)})))


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _column(branch: t.Branch) -> str:
    """Return the cut points of a unit in a line, mildest first."""
    clauses = branch.ladder.clauses if branch.ladder is not None else ()
    return "; ".join(f"{clause.label} {begins(clause)}" for clause in reversed(clauses) if _own(clause))


def _cuts(what: str, old: t.Ladder, new: t.Ladder) -> Iterator[Change]:
    pairs, gone, come = matched(*([one for one in ladder.clauses if _own(one)] for ladder in (old, new)))
    found = [(other.label, one, other) for one, other in pairs if not same(one.when, other.when)]
    both = [*found, *((one.label, one, None) for one in gone), *((other.label, None, other) for other in come)]
    for label, one, other in sorted(both, key=lambda cut: cut[0]):
        yield changed("cut", f"{what}: grade {label} begins", one, other, begins)


def _own(clause: t.Clause) -> bool:
    """Return whether a clause is written in the band, and not added by a policy or as its end."""
    return not isinstance(clause.when, t.Always) and not clause.text.startswith(tuple(POLICIES))


def begins(clause: t.Clause) -> str:
    """Return where a class begins: `below 75` for a cut point, the sentence for any other clause."""
    when = clause.when
    if isinstance(when, t.Compare) and isinstance(when.left, t.Field) and when.operator in _WORDS:
        return f"{_WORDS[when.operator]} {worded(when.right.text)}"
    return worded(clause.text)
