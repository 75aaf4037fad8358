"""Which changes of a criterion its examples notice: mutants are tried by the exact algebra until one example objects.

The examples are set up and walked once. A mutant is walked again only as far as it reaches, and the example that
noticed the last one is asked first. An example that sets a parameter itself says nothing of the parameter's own value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.cases import shared
from criterium.evaluate.exact.algebra import Brisk
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.tables import Table
from criterium.verify.examples.cases import EXPECTED, case_of
from criterium.verify.examples.trials import answer, as_expected, said_by
from criterium.verify.mutation.graph import Graph
from criterium.verify.mutation.mutants import Mutant, mutants
from criterium.verify.mutation.results import Results
from criterium.verify.mutation.walk import Again, Changed, First, Key, Trail, moved, touched, trail
from criterium.verify.settings import with_settings


class Trial(Protocol):
    """A criterion on trial: its mutants, and whether an example comes out differently under one of them."""

    mutants: Sequence[Mutant]

    def notices(self, mutant: Mutant) -> bool:
        """Say whether some example comes out differently."""

    def is_none(self, mutant: Mutant) -> bool:
        """Say whether it is proved that no example could come out differently: it is no mutant then."""


def trial(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Trial:
    """Return the trial of a criterion whose examples all hold, each set up once."""
    graph = Graph(criterion)
    if criterion.branches:
        return Results(graph, mutants(graph), document, tables)
    return Courses(graph, mutants(graph), list(_examples(criterion, document, tables)))


@dataclass(frozen=True, slots=True)
class Example:
    """An example that was walked: the parameters it sets, what it expects, and what the walk found.

    `labels` are the answers that must stay as they are, `times` those that may change as long as no expectation does.
    """

    algebra: Brisk
    settings: Mapping[str, t.Setting]
    expects: Mapping[str, Any]
    found: Trail
    labels: frozenset[Key]
    times: frozenset[Key]


def _examples(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Iterator[Example]:
    for at, example in enumerate(criterion.examples):
        given: Any = example.get("set", {})
        changed = with_settings(criterion, given, document, ("examples", at, "set"))
        case = case_of(changed, example, tables)
        expects = {key: one for key, one in example.items() if key in EXPECTED or key in criterion.steps.ladders}
        algebra = Brisk(case.frame, 0, case.exact)
        walk = First(changed, algebra)
        said_by(walk, expects)
        settings = {name: changed.parameters[name] for name in given}
        places = walk.step_places()
        labels = frozenset(key for name, wanted in expects.items() for key in _labels(criterion, name, wanted, places))
        times = frozenset(_times(criterion)) if "time" in expects else frozenset()
        yield Example(algebra, settings, expects, trail(walk), labels, times)


def _labels(criterion: t.Criterion, name: str, wanted: object, places: Sequence[Place]) -> Iterator[Key]:
    """Yield the decisions that an expectation tells: at all steps, at the last one, or of the course."""
    ladder = criterion.steps.ladders.get("class" if name == "classes" else name)
    if name == "course":
        yield id(criterion.course.ladders["class"]), COURSE
    elif name == "outcome" and criterion.time is not None:
        yield id(criterion.time.outcome), COURSE
    elif ladder is not None:
        told = places if isinstance(wanted, list) else places[-1:]
        yield from ((id(ladder), place) for place in told)


def _times(criterion: t.Criterion) -> Iterator[Key]:
    """Yield the dates that make a time."""
    if criterion.time is not None:
        yield from ((id(date), COURSE) for date in (criterion.time.anchor, criterion.time.at))


@dataclass
class Courses:
    """The trial of a criterion with courses; `examples` stand in the order in which they are asked."""

    graph: Graph
    mutants: Sequence[Mutant]
    examples: list[Example]

    def notices(self, mutant: Mutant) -> bool:
        """Say whether some example comes out differently."""
        changed = self.changed(mutant)
        for at, example in enumerate(self.examples):
            if self.objects(example, changed):
                self.examples.insert(0, self.examples.pop(at))
                return True
        return False

    def is_none(self, _mutant: Mutant) -> bool:
        """Say that nothing more is proved of courses than when the mutants were made."""
        return False

    def changed(self, mutant: Mutant) -> Changed:
        """Return a mutant made; other classes that end a course are read by the patterns."""
        graph = self.graph
        start = set(mutant.change) or {number for number, node in graph.nodes.items() if isinstance(node, t.Seen)}
        criterion, made = graph.rewritten(mutant.change)
        if mutant.until is not None:
            criterion = replace(criterion, until=mutant.until)
        old = {id(new): number for number, new in made.items() if number not in mutant.change}
        stale = graph.above(start, graph.uses)
        touched = graph.readers(start) | graph.placed_anew(made) | self.sharing(criterion, made, stale)
        return Changed(criterion, made, old, touched, frozenset(graph.nodes) - stale)

    def sharing(self, criterion: t.Criterion, made: Mapping[int, Any], stale: Iterable[int]) -> frozenset[int]:
        """Return the ladders whose rungs share other statements than before; those are looked at case by case."""
        graph = self.graph
        ladders = ((number, graph.nodes[number]) for number in stale)
        return frozenset(
            number
            for number, one in ladders
            if isinstance(one, t.Ladder)
            and shared(made.get(number, one), criterion.steps) != shared(one, graph.criterion.steps)
        )

    def objects(self, example: Example, changed: Changed) -> bool:
        """Say whether an example comes out differently under a changed criterion."""
        first = touched(example.found, changed)
        if not first:
            return False
        memo = Again(example.found, changed)
        walk = self.walk(example, changed, memo)
        other = False
        for key in moved(walk, memo, first):
            if key in example.labels:
                return True
            other = other or key in example.times
        return other and objects(walk, example)

    def walk(self, example: Example, changed: Changed, memo: dict[Key, Any]) -> Walk[Any, Any]:
        """Return a walk of an example under a changed criterion, given what it need not compute."""
        criterion = changed.criterion
        if example.settings:
            criterion = replace(criterion, parameters={**criterion.parameters, **example.settings})
        return Walk(criterion, example.algebra, memo)


def objects(walk: Walk[Any, Any], example: Example) -> bool:
    """Say whether a walk answers otherwise than its example says."""
    said = said_by(walk, example.expects)
    return any(not as_expected(wanted, answer(key, said, wanted)) for key, wanted in example.expects.items())


__all__ = ["Trial", "trial"]
