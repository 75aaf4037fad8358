"""The trial of a criterion of single results: each example goes to the column of its term and unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from criterium.evaluate.algebra import Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.results.branches import column_for
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.tables import Table
from criterium.timeline.frame import Frame
from criterium.verify.examples.results import one_result, word_of
from criterium.verify.mutation.graph import Graph, rebuilt
from criterium.verify.mutation.mutants import Mutant
from criterium.verify.mutation.proof import proved_alike
from criterium.verify.settings import with_settings

_STEP = Place("step", 0)


@dataclass(frozen=True, slots=True)
class _Example:
    """An example in its column: its frame, the parameters it sets, and the classes it holds possible."""

    frame: Frame
    settings: Mapping[str, t.Setting]
    expects: tuple[str, ...]


@dataclass
class Results:
    """The trial of a criterion with branches; examples of rows that bring their class with them read no rule."""

    graph: Graph
    mutants: Sequence[Mutant]
    document: Document
    tables: Mapping[str, Table]
    columns: dict[int, list[_Example]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, example in _examples(self.graph.criterion, self.document):
            self.columns.setdefault(number, []).append(example)

    def notices(self, mutant: Mutant) -> bool:
        """Say whether some example comes out differently."""
        changed, _ = self.graph.rewritten(mutant.change)
        within = self.graph.above(mutant.change, self.graph.holds)
        affected = self.graph.above(mutant.change, self.graph.uses)
        for number, examples in self.columns.items():
            branch = changed.branches[number]
            if id(branch) in affected:
                ladder = rebuilt(branch.ladder, dict(mutant.change), within)
                if any(_objects(one, changed, ladder) for one in examples):
                    return True
        return False

    def is_none(self, mutant: Mutant) -> bool:
        """Say whether it is proved that no example could come out differently."""
        return proved_alike(self.graph, mutant, self.tables)


def _objects(example: _Example, changed: t.Criterion, ladder: t.Ladder) -> bool:
    criterion = replace(changed, parameters={**changed.parameters, **example.settings})
    decision = Walk(criterion, Exact(example.frame, 0)).climb(ladder, _STEP)
    return tuple(sorted(label for label in decision.possible if label.isdigit())) != example.expects


def _examples(criterion: t.Criterion, document: Document) -> Iterator[tuple[int, _Example]]:
    """Yield the examples of measured results, each with the number of the branch that grades it."""
    of_term: dict[str, list[int]] = {}
    for at, branch in enumerate(criterion.branches):
        if branch.ladder is not None:
            of_term.setdefault(branch.id, []).append(at)
    for at, example in enumerate(criterion.examples):
        word = word_of(criterion, example).lower()
        named = of_term.get(str(example["term"]), [])
        reading = [number for number in named if word in {one.lower() for one in criterion.branches[number].reads}]
        column = column_for(criterion, reading, str(example.get("unit", "")))
        if "recorded" in example or column is None:
            continue
        given: Any = example.get("set", {})
        changed = with_settings(criterion, given, document, ("examples", at, "set"))
        settings = {name: changed.parameters[name] for name in given}
        expects: Any = [example["grade"]] if "grade" in example else example["possible"]
        frame = one_result(example, column[1])
        yield column[0], _Example(frame, settings, tuple(sorted(str(one) for one in expects)))
