"""Ladders and tables: classes that nothing reaches, lines that are shadowed or overlap, and what the default takes.

What an example of the file shows need not be asked of the solver: a class that an example gets can be reached. Where
the solver finds nothing, which is up to a bound, the examples of the base are tried on the overlay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.problems import Refused
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.verify.checks.tables import combinations
from criterium.verify.examples.cases import case_of
from criterium.verify.examples.rows import Misfit
from criterium.verify.examples.trials import said_by, stated
from criterium.verify.findings import Finding
from criterium.verify.proofs.witness import spoken
from criterium.verify.proofs.worlds import Answer, Impossible, Undecided, Walks, Witness, World


def ladders(
    criterion: t.Criterion, base: t.Criterion | None, tables: Mapping[str, Table], world: World
) -> Iterator[Finding]:
    """Yield what is wrong with the ladders and tables of a criterion, an overlay of `base` if any, bands aside."""
    asking = Asking(criterion, base, tables, world)
    for name, ladder in criterion.steps.ladders.items():
        about = "classes" if name == "class" else name
        yield from asking.unknown(about, ladder)
        yield from asking.gaps(about, ladder)
        yield from asking.reached(about, ladder, COURSE if not world.criteria[0].of else None)
        yield from asking.overlaps(about, ladder)
        yield from combinations(criterion, about, ladder)
    for name, ladder in criterion.course.ladders.items():
        about = "course" if name == "class" else name
        yield from asking.unknown(about, ladder)
        yield from asking.reached(about, ladder, COURSE)
    yield from asking.blind()


def witnessed(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> str:
    """Return a course as a line for the examples of a file, with the classes that the file gives it now."""
    said = _answers(criterion, example, tables, (criterion.final, "course"))
    return spoken({**example, **stated(criterion.final, said.pop(criterion.final, [])), **said})


@dataclass
class Asking:
    """Questions about the ladders of one criterion."""

    criterion: t.Criterion
    base: t.Criterion | None
    tables: Mapping[str, Table]
    world: World

    def finding(self, code: str, node: t.Node, about: str, what: str, remedy: str, answer: Answer) -> Iterator[Finding]:
        """Yield a finding with a witness, or that a question could not be decided; nothing if it is impossible."""
        if isinstance(answer, Witness):
            line = witnessed(self.criterion, answer.example, self.tables)
            yield Finding(code, node.where, about, what, "", remedy, line)
        elif isinstance(answer, Undecided):
            yield Finding("CRT110", node.where, about, f"not decided: whether {what}", "", str(answer))

    # --- what nobody knows --------------------------------------------------------------------------------------------
    def unknown(self, about: str, ladder: t.Ladder) -> Iterator[Finding]:
        """Yield a finding if the label for what cannot be told is one of the classes."""
        given = any(clause.label == ladder.unknown for clause in ladder.clauses)
        if given and ladder.unknown in self.criterion.order:
            what = f"what cannot be told is `{ladder.unknown}`, which is a class"
            yield Finding(
                "CRT105", ladder.where, about, what, "a label of its own, such as `NE`", "name it under `unknown:`"
            )

    def blind(self) -> Iterator[Finding]:
        """Yield a finding if a class better than the worst can be given although none of its numbers is known."""
        ladder, order = self.criterion.last_word, self.criterion.order
        named = sorted(_numbers(self.criterion))
        if ladder is None or len(order) < 2 or not named:
            return
        better = tuple(label for label in order[:-1] if label != ladder.unknown)

        def question(walks: Walks, place: Place) -> Any:
            walk = walks[0]
            missing = [walk.algebra.negate(walk.algebra.known(walk.measure(name, place))) for name in named]
            return _all(walk, [walk.algebra.one_of(walk.climb(ladder, place).label, better), *missing])

        what = f"a class better than `{order[-1]}` is given although {' and '.join(named)} cannot be told"
        remedy = "let the comparison be unknown; do not turn it into a class by `is known` or `is missing`"
        yield from self.finding("CRT105", ladder, "missing numbers", what, remedy, self.world.ever(question))

    # --- what no line names -------------------------------------------------------------------------------------------
    def gaps(self, about: str, ladder: t.Ladder) -> Iterator[Finding]:
        """Yield a finding if a ladder over numbers says that the answer cannot be told although nothing is missing."""
        *lines, default = ladder.clauses
        if default.label != ladder.unknown or not any(_compares(one.when) for one in lines):
            return
        answer = self.world.ever(
            lambda walks, at: _all(walks[0], [walks[0].algebra.negate(walks[0].holds(one.when, at)) for one in lines])
        )
        what = f"the default gives `{default.label}` although nothing is missing: no line names this"
        yield from self.finding(
            "CRT101", default, about, what, "name it, or declare `expected: gap` with the reason", answer
        )

    # --- what nothing reaches -----------------------------------------------------------------------------------------
    def reached(self, about: str, ladder: t.Ladder, place: Place | None) -> Iterator[Finding]:
        """Yield a finding for every class that no course reaches; those that examples get are reached."""
        key = {"classes": "class"}.get(about, about)
        shown = _shown(self.criterion, key)
        for clause in {one.label: one for one in reversed(ladder.clauses) if one.label != ladder.unknown}.values():
            if clause.label in shown or _other_reading(clause.when, self.criterion):
                continue
            answer = self.given(ladder, clause.label, place)
            name = f"{about}.{clause.label}"
            if isinstance(answer, Undecided):
                yield from self.finding("CRT110", clause, name, f"anything gets `{clause.label}`", "", answer)
            elif isinstance(answer, Impossible) and not self.borrowed(key, clause.label):
                yield from self.never(name, clause, place)

    def borrowed(self, key: str, label: str) -> bool:
        """Say whether an example of the base that gets a class there gets it here as well."""
        shown = [one for one in (self.base.examples if self.base else ()) if label in _words(one, key)]
        return any(label in _words(_tried(self.criterion, one, self.tables), key) for one in shown)

    def given(self, ladder: t.Ladder, label: str, place: Place | None) -> Answer:
        """Return whether a ladder can give a class: at some step, or to the course."""
        if place is None:
            return self.world.ever(
                lambda walks, at: walks[0].algebra.one_of(walks[0].climb(ladder, at).label, (label,))
            )
        return self.world.possible(
            lambda walks: walks[0].algebra.one_of(walks[0].climb(ladder, COURSE).label, (label,))
        )

    def never(self, about: str, clause: t.Clause, place: Place | None) -> Iterator[Finding]:
        """Yield that a class is never given: because its condition cannot hold, or because an earlier line takes it."""
        if place is None:
            alone = self.world.ever(lambda walks, at: walks[0].holds(clause.when, at))
        else:
            alone = self.world.possible(lambda walks: walks[0].holds(clause.when, COURSE))
        if isinstance(alone, Witness):
            what = f"`{clause.label}` is never given: an earlier line takes every course for which it holds"
            yield from self.finding("CRT104", clause, about, what, "put the narrower line first", alone)
        else:
            bound = self.world.bound
            what = f"nothing gets `{clause.label}`: its condition cannot hold"
            remedy = f"looked at up to {bound.steps} steps; correct the condition, or remove the class"
            yield Finding("CRT103", clause.where, about, what, "", remedy)

    # --- two lines at once --------------------------------------------------------------------------------------------
    def overlaps(self, about: str, ladder: t.Ladder) -> Iterator[Finding]:
        """Yield a finding where a class on the good side of the default stands above one on its bad side.

        Both can hold, and neither follows from the other: which one is meant must be said by their order, worst first.
        """
        order = self.criterion.order
        default = next((one.label for one in ladder.clauses if isinstance(one.when, t.Always)), "")
        if default not in order:
            return
        rank = {label: order.index(label) - order.index(default) for label in order}
        for at, worse in enumerate(ladder.clauses):
            for better in ladder.clauses[:at]:
                if rank.get(better.label, 0) < 0 < rank.get(worse.label, 0):
                    yield from self.overlap(about, better, worse)

    def overlap(self, about: str, better: t.Clause, worse: t.Clause) -> Iterator[Finding]:
        """Yield a finding if two lines can both hold, and the upper one without the lower."""
        if isinstance(self.world.ever(lambda walks, at: _only(walks[0], better, worse, at)), Impossible):
            return
        both = self.world.ever(
            lambda walks, at: _all(walks[0], [walks[0].holds(one.when, at) for one in (better, worse)])
        )
        what = f"`{better.label}` and `{worse.label}` can both hold, and the better one is given"
        remedy = f"put `{worse.label}` above `{better.label}`, or declare `expected: overlap` with the reason"
        yield from self.finding("CRT102", better, f"{about} {better.label} and {worse.label}", what, remedy, both)


def _only(walk: Walk[Any, Any], one: t.Clause, other: t.Clause, place: Place) -> Any:
    return _all(walk, [walk.holds(one.when, place), walk.algebra.negate(walk.holds(other.when, place))])


def _all(walk: Walk[Any, Any], truths: Sequence[Any]) -> Any:
    return reduce(walk.algebra.both, truths)


def _compares(when: t.Condition) -> bool:
    """Say whether a condition compares a number in its own words, not by a name."""
    return isinstance(when, t.Compare) or (isinstance(when, (t.All, t.Some)) and any(map(_compares, when.of)))


def _numbers(criterion: t.Criterion) -> set[str]:
    """Return the measures of a step that some condition asks whether they are known.

    Without such a question nothing that is missing can turn a condition from unknown to true or false.
    """
    asked = [node.of for node in nodes(criterion.steps) if isinstance(node, t.Known)]
    return {node.name for node in asked if isinstance(node, t.Named) and node.level == "step"}


def _shown(criterion: t.Criterion, key: str) -> set[str]:
    """Return the classes that examples get without any parameter set anew."""
    return {word for example in criterion.examples for word in _words(example, key)}


def _words(example: Mapping[str, Any], key: str) -> set[str]:
    """Return the classes of a ladder that an example states; none if it sets a parameter anew."""
    keys = {"class": ("class", "classes")}.get(key, (key,))
    said = [] if example.get("set") else [example[one] for one in keys if one in example]
    return {str(word) for one in said for word in (one if isinstance(one, list) else [one])}


def _tried(criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return what a criterion answers to an example of another; nothing if the example makes no sense."""
    try:
        return _answers(criterion, example, tables, None)
    except (Misfit, Refused):
        return {}


def _answers(
    criterion: t.Criterion, example: Mapping[str, Any], tables: Mapping[str, Table], asked: Sequence[str] | None
) -> dict[str, Any]:
    case = case_of(criterion, example, tables)
    return dict(said_by(Walk(criterion, Exact(case.frame, 0, case.exact)), asked))


def _other_reading(when: t.Condition, criterion: t.Criterion) -> bool:
    """Say whether a condition belongs, in every alternative, to a reading that the file does not choose."""
    if isinstance(when, t.Some):
        return all(_other_reading(part, criterion) for part in when.of)
    if isinstance(when, t.All):
        return any(_other_reading(part, criterion) for part in when.of)
    if not (isinstance(when, t.OneOf) and isinstance(when.of, t.Parameter)):
        return False
    chosen = str(criterion.parameters[when.of.name].value).lower()
    return chosen not in {word.lower() for word in when.words}
