"""One sentence being read: where its words stand, what it complains of, and the parts that refer to one another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.problems import Problem, Where, listed, nearest
from criterium.language.sentences.parsing import ParseTree, Token
from criterium.language.sentences.scope import Scope

MOST_LISTED = 12
Made = TypeVar("Made")


class Unfit(Exception):
    """The sentence has no meaning; its problem is already noted."""


@dataclass
class Reading(ABC):
    """One sentence of a document: lowers its parse tree within a scope and notes its problems."""

    text: str
    document: Document
    path: DataPath
    problems: list[Problem]

    @abstractmethod
    def value(self, node: ParseTree, scope: Scope) -> t.Expression: ...

    @abstractmethod
    def condition(self, node: ParseTree, scope: Scope) -> t.Condition: ...

    @abstractmethod
    def collection(self, node: ParseTree, scope: Scope) -> tuple[t.Collection, Scope]: ...

    def span(self, *nodes: ParseTree | Token) -> tuple[int, int]:
        """Return where in the sentence the text of some nodes begins and ends."""
        spans = [_span(node, len(self.text)) for node in nodes]
        return min(start for start, _ in spans), max(end for _, end in spans)

    def where(self, *nodes: ParseTree | Token) -> Where:
        """Return the place of nodes in the file."""
        start, end = self.span(*nodes)
        return self.document.where(self.path, start, max(1, end - start))

    def words(self, *nodes: ParseTree | Token) -> str:
        """Return the text of nodes as written."""
        start, end = self.span(*nodes)
        return self.text[start:end]

    def unfit(self, nodes: Any, what: str, expected: str = "", remedy: str = "") -> Unfit:
        """Note a problem at a node (or at several) and return what to raise."""
        places = nodes if isinstance(nodes, tuple) else (nodes,)
        self.problems.append(Problem(self.where(*places), what, expected, remedy))
        return Unfit()

    def each(self, build: Callable[[Any], Made], nodes: Iterable[Any]) -> list[Made]:
        """Return what `build` makes of every node, after noting the problems of all."""
        made, failed = [], False
        for node in nodes:
            try:
                made.append(build(node))
            except Unfit:
                failed = True
        if failed:
            raise Unfit
        return made

    def unknown_name(self, node: ParseTree | Token, name: str, scope: Scope) -> Unfit:
        """Return what to raise for a name that the scope does not have."""
        if name == scope.own and scope.away:
            remedy = "say its unit with `in UNIT`, or give it an option that does not read it"
            return self.unfit(node, f"nothing says what `{name}` is, it only reads itself", "its type", remedy)
        if name == scope.own:
            remedy = f"look back: `preceding {name}` is the value at the step before, `previous {name}` the last known"
            return self.unfit(node, f"`{name}` reads itself at the same step", "an earlier step", remedy)
        if name in scope.later:
            return self.unfit(node, f"`{name}` is defined further down", "a name defined above", "move it up")
        if scope.blurred:
            return Unfit()
        allowed = sorted(scope.names)
        few = len(allowed) <= MOST_LISTED
        expected = listed(allowed) if few else "a measure, a parameter, a condition, a component or a column"
        remedies = (_joined_names(name, scope), _column_elsewhere(name, scope), nearest(name, allowed))
        remedy = next(filter(None, remedies), "define it under `parameters`, `measures` or `conditions`")
        return self.unfit(node, f"`{name}` is not a name here", expected, remedy)


def _joined_names(name: str, scope: Scope) -> str:
    """Return the remedy for `a-b` where `a` and `b` are names."""
    for operator in "-/":
        parts = name.split(operator)
        if len(parts) > 1 and all(part in scope.names for part in parts):
            return f"write spaces around the operator: `{f' {operator} '.join(parts)}`"
    return ""


def _column_elsewhere(name: str, scope: Scope) -> str:
    """Return how the columns of that name in other tables are read."""
    plurals = sorted(one.plural for one in scope.tables.values() if name in one.columns)
    return f"a column of {listed(plurals)} is read as in `last {name} over {plurals[0]}`" if plurals else ""


def _span(node: ParseTree | Token, length: int) -> tuple[int, int]:
    if isinstance(node, Token):
        return node.start_pos or 0, node.end_pos or 0
    if node.meta.empty:
        return 0, length
    # What stands in parentheses has their span, so that the text of a node can be read back.
    start = getattr(node.meta, "container_start_pos", node.meta.start_pos)
    end = getattr(node.meta, "container_end_pos", node.meta.end_pos)
    return start, end
