"""What a ladder says more than once of the same things: where it is unknown, it is taken case by case.

A flag that nobody recorded separates two classes, or a value of which only bounds are known lies below 3, from there to
5, or beyond. Taken statement by statement, each would be unknown and every class possible, even none; taken together,
one of the cases holds.

Statements that compare the same two things are a chain. Each is a cut on one scale: a number with which a value is
compared, or how many times a base. Who has passed a cut has passed all before it, so that n cuts have n + 1 cases, by
how many of them are passed; a statement that compares with nothing, such as a flag, is a chain of one cut.

A value is at least 2 and is asked whether it is below 1, 3 and 5. It has passed the first cut for sure; the cases are
that it has passed no other one, the second, or both. Of a statement that is known, no case supposes anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import Literal, NamedTuple

from criterium.evaluate.algebra import Place
from criterium.language import tree as t
from criterium.language.once import once
from criterium.language.uses import nodes, parts_of

Operator = Literal["<", "<=", "=", "!=", ">=", ">"]
Value = Literal["true", "false"]
Bounds = tuple[Fraction | None, Fraction | None]
MOST = 1024  # cases of one ladder; a chain that would lead beyond is taken statement by statement
ONE = Fraction(1)
_FLIPPED: Mapping[Operator, Operator] = {"<": ">", "<=": ">=", "=": "=", "!=": "!=", ">=": "<=", ">": "<"}
_ELSEWHERE = (t.Reference, t.Running, t.Aggregate, t.Quantified, t.Earlier, t.Later, t.Adjacent, t.Seen)
_OF_COLUMNS = (
    t.Field, t.Parameter, t.Constant, t.Arithmetic, t.Change, t.Choose,
    t.Always, t.Compare, t.OneOf, t.Known, t.All, t.Some, t.Not,
)  # fmt: skip
_OF_PARTS = (
    *_OF_COLUMNS, t.Word, t.Missing, t.Extreme, t.Named, t.Rule,
    t.Reference, t.Running, t.Collection, t.Aggregate, t.Quantified,
)  # fmt: skip


class Cut(NamedTuple):
    """A place on a scale: one has passed it who is at it, or, if it is `strict`, who is beyond it."""

    at: Fraction
    strict: bool


class Part(NamedTuple):
    """What a statement asks of a cut of a chain, both by number, and whether the answer is yes for who has passed it.

    `operator` compares the two sides of the statement as they stand; a statement that equals asks two cuts.
    """

    operator: Operator
    chain: int
    cut: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """The cuts of one scale in their order, the statements that ask of them, and the column that lies on the scale."""

    cuts: tuple[Cut, ...]
    statements: tuple[t.Condition, ...]
    column: t.Field | None

    def between(self, passed: int) -> Bounds:
        """Return the cuts between which the column lies if it has passed so many."""
        low = self.cuts[passed - 1].at if passed else None
        return low, self.cuts[passed].at if passed < len(self.cuts) else None


@dataclass(frozen=True, slots=True)
class Shared:
    """The chains of a ladder, and what each statement, by identity, asks of them; `apart` are nodes that ask nothing.

    Nothing that a node apart is made of asks of a chain or lies on one: it is what it is, whatever a case supposes.
    """

    chains: tuple[Chain, ...]
    parts: Mapping[int, tuple[Part, ...]] = field(compare=False)
    apart: frozenset[int] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """What is supposed at a place: how many cuts are passed of each open chain, by its number."""

    shared: Shared
    passed: Mapping[int, int]
    place: Place

    def supposed(self, node: t.Node) -> list[tuple[Operator, Value]]:
        """Return what a statement asks, each with what is supposed of it; nothing if it asks of no open chain."""
        parts = self.shared.parts.get(id(node), ())
        if not any(one.chain in self.passed for one in parts):
            return []
        return [(one.operator, self._answer(one)) for one in parts]

    def _answer(self, part: Part) -> Value:
        return "true" if (part.cut < self.passed.get(part.chain, 0)) == part.passed else "false"

    def bounds(self, column: t.Field) -> Bounds:
        """Return the cuts between which a column is supposed to lie; None where there is none."""
        chains = self.shared.chains
        mine = (chains[at].between(count) for at, count in self.passed.items() if chains[at].column == column)
        return next(mine, (None, None))


def cases(found: Shared, chains: Iterable[int], place: Place) -> Iterator[Case]:
    """Yield the cases of the chains, by number, that are open at a place."""
    chains = list(chains)
    for passed in product(*(range(len(found.chains[at].cuts) + 1) for at in chains)):
        yield Case(found, dict(zip(chains, passed, strict=True)), place)


@once
def shared(ladder: t.Ladder, layer: t.Layer) -> Shared:
    """Return the chains of which a ladder speaks more than once, and what its statements ask of them.

    They are made of columns that are true or false, and of comparisons of what is computed from columns of the same
    place. The cases of all of them together are at most `MOST`: a chain that would lead beyond is left out, so that a
    class may seem possible that is not; none is lost.
    """
    asked = [(node, tuple(_asks(node))) for node in _here([one.when for one in ladder.clauses], layer)]
    scales = _bounded(_often(asks for _, asks in asked))
    chains = {scale: _chain(scale, asked) for scale in scales}
    number = {scale: at for at, scale in enumerate(chains)}
    parts = {id(node): _parts(asks, chains, number) for node, asks in asked}
    return Shared(tuple(chains.values()), parts, _apart(ladder, layer, chains.values(), parts))


# --- scales -----------------------------------------------------------------------------------------------------------
class _Scale(NamedTuple):
    """What is compared with multiples of what: a flag with nothing, a value with numbers, or with a base.

    A value may be zero together with its base, which is to have passed every cut that is not strict and none that is:
    these are scales of their own.
    """

    of: t.Node
    base: t.Expression | None = None
    strict: bool | None = None


class _Ask(NamedTuple):
    """What a statement asks of a scale."""

    scale: _Scale
    operator: Operator
    cut: Cut
    passed: bool


def _asks(node: t.Node) -> Iterator[_Ask]:
    """Yield what a statement asks: nothing, of one cut, or of two if it says that something equals."""
    if isinstance(node, t.OneOf) and isinstance(node.of, t.Field) and node.of.kind.sort == "truth":
        yield _Ask(_Scale(node), "=", Cut(ONE, strict=False), passed=True)
    if not isinstance(node, t.Compare) or not all(isinstance(one, _OF_COLUMNS) for one in nodes(node)):
        return
    flipped = isinstance(node.left, t.Constant) or _multiple(node.left)[1] is not node.left
    of, other = (node.right, node.left) if flipped else (node.left, node.right)
    written: tuple[Operator, ...] = (">=", "<=") if node.operator in {"=", "!="} else (node.operator,)
    for operator in written:
        asks = _FLIPPED[operator] if flipped else operator
        strict = asks in {">", "<="}
        base, at = _measured(of, other)
        yield _Ask(
            _Scale(of, base, None if base is None else strict), operator, Cut(at, strict), passed=asks in {">", ">="}
        )


def _measured(of: t.Expression, other: t.Expression) -> tuple[t.Expression | None, Fraction]:
    """Return the base with which a value is compared, and how many times; no base if it is a number.

    Multiples have an order if they are above zero, and the base or the value is never below it.
    """
    if isinstance(other, t.Constant):
        return None, other.value
    times, base = _multiple(other)
    return (base, times) if times > 0 and (_never_negative(of) or _never_negative(base)) else (other, ONE)


def _multiple(one: t.Expression) -> tuple[Fraction, t.Expression]:
    """Return how many times what an expression is."""
    if isinstance(one, t.Arithmetic) and one.operator == "*":
        for number, base in ((one.left, one.right), (one.right, one.left)):
            if isinstance(number, t.Constant):
                return number.value, base
    return ONE, one


def _never_negative(one: t.Expression) -> bool:
    if isinstance(one, t.Field):
        return one.least is not None and one.least >= 0
    if isinstance(one, t.Choose):
        return all(_never_negative(value) for _, value in one.options)
    return isinstance(one, t.Constant) and one.value >= 0


def _often(asked: Iterable[tuple[_Ask, ...]]) -> Mapping[_Scale, int]:
    """Return the scales of which more than one statement asks, each with the number of its cuts."""
    cuts: dict[_Scale, list[set[Cut]]] = {}
    for asks in asked:
        for scale in dict.fromkeys(one.scale for one in asks):
            cuts.setdefault(scale, []).append({one.cut for one in asks if one.scale == scale})
    return {scale: len(set().union(*found)) for scale, found in cuts.items() if len(found) > 1}


def _bounded(scales: Mapping[_Scale, int]) -> Iterator[_Scale]:
    """Yield the scales, in their order, whose cases are no more than there is room for."""
    room = MOST
    for scale, cuts in scales.items():
        if cuts < room:
            room //= cuts + 1
            yield scale


def _chain(scale: _Scale, asked: Iterable[tuple[t.Condition, tuple[_Ask, ...]]]) -> Chain:
    first: dict[Cut, t.Condition] = {}
    for node, asks in asked:
        for one in asks:
            if one.scale == scale:
                first.setdefault(one.cut, node)
    column = scale.of if isinstance(scale.of, t.Field) and scale.base is None else None
    cuts = tuple(sorted(first))
    return Chain(cuts, tuple(dict.fromkeys(first[cut] for cut in cuts)), column)


def _parts(
    asks: Iterable[_Ask], chains: Mapping[_Scale, Chain], number: Mapping[_Scale, int]
) -> tuple[Part, ...]:
    """Return what a statement asks of chains, each with its number; nothing if one of its scales is none."""
    if not all(one.scale in chains for one in asks):
        return ()
    return tuple(
        Part(one.operator, number[one.scale], chains[one.scale].cuts.index(one.cut), one.passed) for one in asks
    )


def _apart(
    ladder: t.Ladder, layer: t.Layer, chains: Iterable[Chain], parts: Mapping[int, tuple[Part, ...]]
) -> frozenset[int]:
    """Return the nodes that are apart, by identity; a class, or what was chosen by one, never counts as that."""
    columns = [chain.column for chain in chains if chain.column is not None]
    found: dict[int, bool] = {}

    def is_apart(node: t.Node) -> bool:
        if id(node) not in found:
            found[id(node)] = False
            asks = bool(parts.get(id(node))) or node in columns or (isinstance(node, t.Collection) and node.chosen)
            made_of = [*parts_of(node), *_named(node, layer)]
            every = [is_apart(one) for one in made_of]
            found[id(node)] = isinstance(node, _OF_PARTS) and not asks and all(every) and _is_whole(node, layer)
        return found[id(node)]

    for clause in ladder.clauses:
        is_apart(clause.when)
    return frozenset(number for number, apart in found.items() if apart)


def _named(node: t.Node, layer: t.Layer) -> list[t.Node]:
    """Return what a name stands for in a layer."""
    if isinstance(node, t.Rule):
        return [layer.conditions[node.name]] if node.name in layer.conditions else []
    return [layer.measures[node.name]] if isinstance(node, t.Named) and node.name in layer.measures else []


def _is_whole(node: t.Node, layer: t.Layer) -> bool:
    """Say whether all that a node stands for is in sight: a name of another layer is not."""
    return not isinstance(node, (t.Rule, t.Named)) or (node.level == "step" and bool(_named(node, layer)))


def _here(wholes: Iterable[t.Node], layer: t.Layer) -> Iterator[t.Condition]:
    """Yield the conditions below nodes that are asked at the same place, those of the named ones each time."""
    for whole in wholes:
        if isinstance(whole, _ELSEWHERE):
            continue
        if isinstance(whole, t.Condition):
            yield whole
        named = _named(whole, layer) if isinstance(whole, t.Rule) else []
        yield from _here([*parts_of(whole), *named], layer)
