"""Two ladders, clause by clause: classes that came, went or changed their names, their lines, and their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from criterium.compare.change import Change, changed
from criterium.compare.sameness import flat, same, worded
from criterium.language import tree as t
from criterium.language.uses import nodes

Pair = tuple[t.Clause, t.Clause]
Says = Callable[[t.Clause], str]


def between(old: t.Ladder, new: t.Ladder, about: str, kind: str = "class") -> Iterator[Change]:
    """Yield the changes from one ladder to another; `about` says whose they are, `kind` is that of a class."""
    pairs, gone, come = matched(old.clauses, new.clauses)
    rows = "row for " if _repeats(old) or _repeats(new) else ""
    renamed = _renamed(gone, come)
    for one, other in pairs:
        yield from _clause(one, other, about, rows)
    for one, other in renamed:
        yield Change("name", f"{about}the class itself", one.label, other.label, one.where, other.where)
    for clause in come:
        if not any(clause is other for _, other in renamed):
            yield changed(_kind(clause, None, kind), _called(about, clause, rows), None, clause, _says)
    for clause in gone:
        if not any(clause is one for one, _ in renamed):
            yield changed(_kind(clause, None, kind), _called(about, clause, rows), clause, None, _says)
    yield from _order(old, new, pairs, about)
    if old.unknown != new.unknown:
        yield Change("unknown", f"{about}where it cannot be told", old.unknown, new.unknown, old.where, new.where)


def matched(old: Sequence[t.Clause], new: Sequence[t.Clause]) -> tuple[list[Pair], list[t.Clause], list[t.Clause]]:
    """Return the clauses of two ladders that belong together, those only the old one has, and those only the new one.

    A clause belongs to one that says the same of the same class, otherwise to the next one of the same class.
    """
    pairs: list[Pair] = []
    left, right = list(old), list(new)
    for fits in (_equal, _alike):
        for clause in list(left):
            found = next((other for other in right if fits(clause, other)), None)
            if found is not None:
                pairs.append((clause, found))
                left = [one for one in left if one is not clause]
                right = [one for one in right if one is not found]
    place = {id(clause): at for at, clause in enumerate(new)}
    return sorted(pairs, key=lambda pair: place[id(pair[1])]), left, right


def _equal(one: t.Clause, other: t.Clause) -> bool:
    return one.label == other.label and same(one.when, other.when)


def _alike(one: t.Clause, other: t.Clause) -> bool:
    return one.label == other.label


def _renamed(gone: Sequence[t.Clause], come: Sequence[t.Clause]) -> list[Pair]:
    """Return the clauses that say the same under another label; each once."""
    found: list[Pair] = []
    for one in gone:
        other = next((c for c in come if same(one.when, c.when) and all(c is not pair[1] for pair in found)), None)
        if other is not None:
            found.append((one, other))
    return found


def _repeats(ladder: t.Ladder) -> bool:
    labels = [clause.label for clause in ladder.clauses]
    return len(set(labels)) < len(labels)


def _called(about: str, clause: t.Clause, rows: str) -> str:
    return f"{about}{rows}{clause.label}"


def _says(clause: t.Clause) -> str:
    return worded(clause.text)


def _kind(one: t.Clause, other: t.Clause | None, kind: str) -> str:
    """Return `confirmation` for a clause that asks for a class twice, otherwise the kind given."""
    found = [node for clause in (one, other) if clause is not None for node in nodes(clause.when)]
    return "confirmation" if any(isinstance(node, t.Seen) and node.apart is not None for node in found) else kind


def _clause(one: t.Clause, other: t.Clause, about: str, rows: str) -> Iterator[Change]:
    what = _called(about, other, rows)
    if one.name != other.name:
        yield Change("name", f"{what}, printed name", one.name, other.name, one.where, other.where)
    if not same(one.when, other.when):
        yield lines(_kind(one, other, "clause"), what, one.when, other.when)


def lines(kind: str, what: str, old: t.Condition, new: t.Condition) -> Change:
    """Return the change of a condition: of a list only the lines that differ, else the whole sentence."""
    joint = _joint(old, new)
    if joint is None:
        return changed(kind, what, old, new, lambda node: worded(node.text))
    before, after = flat(old), flat(new)
    gone = [one for one in before if not any(same(one, other) for other in after)]
    come = [one for one in after if not any(same(one, other) for other in before)]
    texts = [f" {joint} ".join(_part(one, len(part)) for one in part) for part in (gone, come)]
    places = [(part or [whole])[0].where for part, whole in ((gone, old), (come, new))]
    return Change(kind, f"{what}, a line of its {'any' if joint == 'or' else 'all'}", texts[0], texts[1], *places)


def _part(line: t.Condition, count: int) -> str:
    """Return one of so many lines, in parentheses if it is a list of its own."""
    text = worded(line.text)
    return f"({text})" if count > 1 and isinstance(line, (t.All, t.Some)) else text


def _joint(old: t.Condition, new: t.Condition) -> str | None:
    """Return `or` or `and` if both conditions are lists of that sort, a single line being a list too; else None."""
    kinds = {type(one) for one in (old, new) if isinstance(one, (t.All, t.Some))}
    if len(kinds) != 1 or any(isinstance(one, t.Always) for one in (old, new)):
        return None
    return "or" if kinds == {t.Some} else "and"


def _order(old: t.Ladder, new: t.Ladder, pairs: Sequence[Pair], about: str) -> Iterator[Change]:
    """Yield a change if the clauses that both have are read in another order."""
    place = {id(clause): at for at, clause in enumerate(old.clauses)}
    was = [pair[0] for pair in sorted(pairs, key=lambda pair: place[id(pair[0])])]
    now = [pair[0] for pair in pairs]
    if [id(one) for one in was] != [id(one) for one in now]:
        before, after = (", ".join(one.label for one in part) for part in (was, now))
        yield Change("order", f"{about}read down", before, after, old.where, new.where)
