"""Ladders and tables over components: every combination of their cells is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod

from criterium.language import tree as t
from criterium.verify.findings import Finding

MOST_COMBINATIONS = 20_000
_MOST_SHOWN = 3
Cells = Mapping[str, str]


def combinations(criterion: t.Criterion, about: str, ladder: t.Ladder) -> Iterator[Finding]:
    """Yield what a ladder over components and conditions leaves to its default, to nobody, or to an unknown part."""
    named = [clause for clause in ladder.clauses if not isinstance(clause.when, t.Always)]
    domains = _domains(criterion, ladder, named)
    if domains is None or not any(domain != ("true", "false") for domain in domains.values()):
        return
    rows = [dict(zip(domains, cells, strict=True)) for cells in product(*domains.values())]
    taken = [next((one for one in ladder.clauses if _holds(one.when, cells)), None) for cells in rows]
    silent = [cells for cells, clause in zip(rows, taken, strict=True) if clause is None]
    if silent:
        yield Finding("CRT101", ladder.where, about, f"no line for: {_some(silent)}", "a line for every combination")
    yield from _swallowed(about, ladder, rows, taken, criterion)
    yield from _benign(about, ladder, rows, taken, criterion)
    yield from _hidden(about, named, taken)


def _domains(criterion: t.Criterion, ladder: t.Ladder, named: Sequence[t.Clause]) -> dict[str, tuple[str, ...]] | None:
    """Return the cells that each component or condition of a ladder can have; None if it reads anything else."""
    found: dict[str, tuple[str, ...]] = {}
    for node in (node for clause in named for node in _leaves(clause.when)):
        if isinstance(node, t.OneOf) and isinstance(node.of, t.Given) and node.of.ladder in criterion.steps.ladders:
            found[node.of.ladder] = criterion.steps.ladders[node.of.ladder].labels
        elif isinstance(node, t.Rule):
            found[node.name] = ("true", "false")
        else:
            return None
    small = prod(len(domain) for domain in found.values()) <= MOST_COMBINATIONS
    return found if found and small and ladder.clauses else None


def _leaves(when: t.Condition) -> Iterator[t.Condition]:
    if isinstance(when, (t.All, t.Some)):
        for part in when.of:
            yield from _leaves(part)
    elif isinstance(when, t.Not):
        yield from _leaves(when.of)
    else:
        yield when


def _holds(when: t.Condition, cells: Cells) -> bool:
    match when:
        case t.All():
            return all(_holds(part, cells) for part in when.of)
        case t.Some():
            return any(_holds(part, cells) for part in when.of)
        case t.Not():
            return not _holds(when.of, cells)
        case t.OneOf() if isinstance(when.of, t.Given):
            return cells[when.of.ladder] in when.words
        case t.Rule():
            return cells[when.name] == "true"
    return isinstance(when, t.Always)


def _swallowed(
    about: str, ladder: t.Ladder, rows: Sequence[Cells], taken: Sequence[t.Clause | None], criterion: t.Criterion
) -> Iterator[Finding]:
    """Yield a finding if the default gives a class to combinations in which no component has it."""
    default = next((one for one in ladder.clauses if isinstance(one.when, t.Always)), None)
    words = {label for name in rows[0] for label in _labels(criterion, name)}
    if default is None or default.label not in words or default.label == ladder.unknown:
        return
    odd = [
        cells for cells, one in zip(rows, taken, strict=True) if one is default and default.label not in cells.values()
    ]
    if odd:
        what = f"the default gives `{default.label}` where no component says so: {_some(odd)}"
        yield Finding(
            "CRT106", default.where, about, what, "a line for each", "name what is meant; let the default be rare"
        )


def _labels(criterion: t.Criterion, name: str) -> tuple[str, ...]:
    return criterion.steps.ladders[name].labels if name in criterion.steps.ladders else ()


def _benign(
    about: str, ladder: t.Ladder, rows: Sequence[Cells], taken: Sequence[t.Clause | None], criterion: t.Criterion
) -> Iterator[Finding]:
    """Yield a finding for each component that cannot be told and leaves a class, although a worse one is possible."""
    order = criterion.order
    given = {
        tuple(cells.values()): clause.label for cells, clause in zip(rows, taken, strict=True) if clause is not None
    }
    for name in (name for name in rows[0] if name in criterion.steps.ladders):
        unknown = criterion.steps.ladders[name].unknown
        for cells in (cells for cells in rows if cells[name] == unknown):
            label = given.get(tuple(cells.values()), "")
            others = [given.get(tuple({**cells, name: word}.values()), "") for word in _labels(criterion, name)]
            worse = [one for one in others if one in order and label in order and order.index(one) > order.index(label)]
            if worse:
                could = f"though it could be `{worse[-1]}`: {_some([cells])}"
                what = f"`{label}` is given while {name} cannot be told, {could}"
                yield Finding(
                    "CRT105",
                    ladder.where,
                    f"{about} {name}",
                    what,
                    f"`{ladder.unknown}`",
                    "declare it if the guideline says so",
                )
                break


def _hidden(about: str, named: Sequence[t.Clause], taken: Sequence[t.Clause | None]) -> Iterator[Finding]:
    """Yield a finding for each line that earlier lines leave no combination."""
    for clause in named:
        if not any(one is clause for one in taken):
            what = f"earlier lines take every combination of this one: {clause.text}"
            yield Finding("CRT104", clause.where, about, what, "a line that is read", "remove it, or put it higher")


def _some(found: Sequence[Cells]) -> str:
    spoken_ = [", ".join(f"{name} is {word}" for name, word in cells.items()) for cells in found[:_MOST_SHOWN]]
    more = len(found) - _MOST_SHOWN
    return "; ".join(spoken_) + (f"; and {more} more" if more > 0 else "")
