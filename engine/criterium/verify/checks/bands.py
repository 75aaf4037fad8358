"""Terms and their cut points: values that no grade names, grades that no value reaches, and what is within limits.

Questions are asked of all results that a branch tells apart (`points`), or of the solver where a branch compares with
a baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Place
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.verify.examples.results import exact_grades
from criterium.verify.findings import Finding
from criterium.verify.proofs.points import Points, points
from criterium.verify.proofs.result_worlds import branch_world
from criterium.verify.proofs.witness import spoken
from criterium.verify.proofs.worlds import Bound, Undecided, Witness

ZERO = "0"
STEP = Place("step", 0)
LIMITS: Mapping[str, str] = {"lln": "<", "uln": ">"}
_VALUE = t.Field(Where(""), "value", t.Kind("number", "number"), "value", "step", None)
Tables = Mapping[str, Table]
Asked = Callable[[Walk[Any, Any]], Any]
Found = Mapping[str, Any] | Undecided | None


def bands(criterion: t.Criterion, tables: Tables, bound: Bound) -> Iterator[Finding]:
    """Yield what is wrong with the bands of every term of a criterion."""
    for branch in criterion.branches:
        if branch.ladder is not None and not branch.derived:
            yield from _Branch(criterion, branch, branch.ladder, tables, bound).findings()


@dataclass
class _Branch:
    """One ladder of cut points and the results that it may be asked about."""

    criterion: t.Criterion
    branch: t.Branch
    ladder: t.Ladder
    tables: Tables
    bound: Bound

    def __post_init__(self) -> None:
        self.about = f"terms.{self.branch.id}"
        self.points: Points | None = points(self.criterion, self.branch)
        self.world = branch_world(self.criterion, self.branch, self.tables, self.bound)
        self.limits = [
            (limit, node)
            for limit in LIMITS
            for clause in self.ladder.clauses
            for node in nodes(clause.when)
            if isinstance(node, t.Field) and node.name == limit and not _set_aside(clause.when, self.criterion)
        ]
        self.limits = list({name: (name, node) for name, node in self.limits}.values())

    def some(self, question: Asked) -> Found:
        """Return a result of which the question is true, as an example; None if there is none."""
        if self.points is not None:
            return self.points.some(question)
        answer = self.world.possible(lambda walks: question(walks[0]))
        if isinstance(answer, Witness):
            return answer.example
        return answer if isinstance(answer, Undecided) else None

    def findings(self) -> Iterator[Finding]:
        """Yield everything that is wrong with the branch."""
        yield from self.outside()
        yield from self.within()
        for at, clause in enumerate(self.ladder.clauses):
            if not _set_aside(clause.when, self.criterion) and not isinstance(clause.when, t.Always):
                yield from self.reached(at, clause)
                yield from self.above(at, clause)
        if self.points is not None:
            yield from self.falling(self.points)
            yield from self.missing(self.points)

    def finding(self, code: str, found: Found, what: str, help_: str, where: Where | None = None) -> Iterator[Finding]:
        """Yield a finding with its witness, or that it could not be decided."""
        place = where or self.ladder.where
        if isinstance(found, Undecided):
            yield Finding("CRT110", place, self.about, f"not decided in time: whether {what}")
        elif found is not None:
            grades = exact_grades(self.criterion, {"unit": self.branch.unit, **found})
            answer = {"grade": int(grades[0])} if len(grades) == 1 else {"possible": [int(one) for one in grades]}
            example = {"term": self.branch.id, "unit": self.branch.unit, **found, **answer}
            yield Finding(code, place, self.about, what, "", help_, spoken(example))

    # --- questions --------------------------------------------------------------------------------------------------
    def outside(self) -> Iterator[Finding]:
        """Yield a finding if a value beyond its limit of normal can get no grade."""
        for limit, node in self.limits:
            found = self.some(partial(_ungraded, ladder=self.ladder, operator=LIMITS[limit], limit=node))
            beyond = "below its lower" if limit == "lln" else "above its upper"
            what = f"{self.branch.name} in {_unit(self.branch)}: a value {beyond} limit gets no grade"
            yield from self.finding("CRT101", found, what, "name the band, or declare `expected: gap` with the reason")

    def within(self) -> Iterator[Finding]:
        """Yield a finding if a value within its limits can get a grade."""
        if not self.limits:
            return
        inside = {"lln": ">=", "uln": "<="}

        def question(walk: Walk[Any, Any]) -> Any:
            graded = walk.algebra.negate(
                walk.algebra.one_of(walk.climb(self.ladder, STEP).label, (ZERO, self.ladder.unknown))
            )
            return _both(walk, graded, *(_beyond(walk, inside[name], node) for name, node in self.limits))

        what = f"{self.branch.name} in {_unit(self.branch)}: a value within its limits of normal gets a grade"
        remedy = "a limit may lie inside the bands; guard them, or declare `expected: within limits` with the reason"
        yield from self.finding("CRT107", self.some(question), what, remedy)

    def reached(self, at: int, clause: t.Clause) -> Iterator[Finding]:
        """Yield a finding if a rung is never reached: nothing satisfies it, or a rung above always takes it."""
        above = [one.when for one in self.ladder.clauses[:at]]

        def first(walk: Walk[Any, Any]) -> Any:
            return _both(
                walk, walk.holds(clause.when, STEP), *(walk.algebra.negate(walk.holds(one, STEP)) for one in above)
            )

        if self.some(first) is not None:
            return
        what = f"{self.branch.name} in {_unit(self.branch)}: no value gets grade {clause.label} by `{clause.text}`"
        alone = self.some(lambda walk: walk.holds(clause.when, STEP))
        if alone is None:
            yield Finding(
                "CRT103", clause.where, self.about, what, "", "the band is empty: correct its cuts, or remove it"
            )
        else:
            what += ": the grades above it always hold first"
            yield from self.finding("CRT104", alone, what, "put the narrower band first", clause.where)

    def above(self, at: int, clause: t.Clause) -> Iterator[Finding]:
        """Yield a finding if a milder grade stands above this one and both can hold."""
        for other in self.ladder.clauses[:at]:
            if _grade(other) and _grade(clause) and _grade(other) < _grade(clause):
                found = self.some(partial(_hold, whens=(other.when, clause.when)))
                what = f"{self.branch.name} in {_unit(self.branch)}: grades {other.label} and {clause.label} both hold"
                remedy = "the worse grade comes first"
                yield from self.finding("CRT102", found, f"{what}, and the milder one is given", remedy, clause.where)

    # --- questions of all points --------------------------------------------------------------------------------------
    def falling(self, here: Points) -> Iterator[Finding]:
        """Yield a finding if a worse value can get a milder grade."""
        way = {"low": "<", "high": ">"}.get(self.branch.direction) or _way(self.ladder, self.criterion)
        decision = here.walk.climb(self.ladder, STEP)
        grade = np.array([int(one) if one.isdigit() else -1 for one in self.ladder.labels])[decision.label.codes]
        groups: dict[str, list[int]] = {}
        for at, row in enumerate(here.rows):
            rest = {name: one for name, one in row.items() if name != "value"}
            groups.setdefault(repr((rest, here.flags[at])), []).append(at)
        for group in groups.values():
            ordered = sorted(group, key=lambda at: here.rows[at]["value"], reverse=way == "<")
            worst = np.maximum.accumulate(grade[ordered])
            fallen = np.flatnonzero(grade[ordered] < worst)
            if fallen.size:
                at = ordered[int(fallen[0])]
                lower, higher = int(grade[at]), int(worst[fallen[0]])
                what = (
                    f"{self.branch.name} in {_unit(self.branch)}: a worse value gets grade {lower} "
                    f"where a better one gets grade {higher}"
                )
                yield from self.finding("CRT101", here.example(at), what, "close the gap between the bands")
                return

    def missing(self, here: Points) -> Iterator[Finding]:
        """Yield a finding if an unknown limit gives a grade although some limit would give a worse one."""
        complete = here.walk.climb(self.ladder, STEP)
        rank = np.array([int(one) if one.isdigit() else -1 for one in self.ladder.labels])
        values = np.array([float(row["value"]) for row in here.rows])
        for limit, _ in self.limits:
            partial = here.without(limit).climb(self.ladder, STEP)
            got, could = rank[partial.label.codes], rank[complete.label.codes]
            for at in np.flatnonzero(got >= 0).tolist():
                same = (values == values[at]) & [flag == here.flags[at] for flag in here.flags]
                if could[same].max() > got[at]:
                    example = {name: one for name, one in here.example(int(at)).items() if name != limit}
                    what = (
                        f"{self.branch.name} in {_unit(self.branch)}: without its limit a value gets grade {got[at]}, "
                        f"with it grade {could[same].max()} is possible"
                    )
                    yield from self.finding("CRT105", example, what, "let the comparison be unknown; no `is known`")
                    return


def _both(walk: Walk[Any, Any], *truths: Any) -> Any:
    return reduce(walk.algebra.both, truths)


def _beyond(walk: Walk[Any, Any], operator: str, limit: t.Field) -> Any:
    return walk.algebra.compare(operator, walk.value(_VALUE, STEP), walk.value(limit, STEP))


def _ungraded(walk: Walk[Any, Any], ladder: t.Ladder, operator: str, limit: t.Field) -> Any:
    """Return whether a value beyond a limit gets no grade."""
    none = walk.algebra.one_of(walk.climb(ladder, STEP).label, (ZERO,))
    return walk.algebra.both(_beyond(walk, operator, limit), none)


def _hold(walk: Walk[Any, Any], whens: Sequence[t.Condition]) -> Any:
    return _both(walk, *(walk.holds(when, STEP) for when in whens))


def _unit(branch: t.Branch) -> str:
    return "any unit" if branch.unit == "any" else branch.unit


def _grade(clause: t.Clause) -> int:
    return int(clause.label) if clause.label.isdigit() else 0


def _way(ladder: t.Ladder, criterion: t.Criterion) -> str:
    """Return whether lower (`<`) or higher (`>`) values are worse: what most comparisons of the ladder say."""
    rungs = [clause.when for clause in ladder.clauses if not _set_aside(clause.when, criterion)]
    compared = [node for when in rungs for node in nodes(when) if isinstance(node, t.Compare)]
    signs = [node.operator[0] for node in compared if isinstance(node.left, t.Field)]
    return "<" if signs.count("<") > signs.count(">") else ">"


def _set_aside(when: t.Condition, criterion: t.Criterion) -> bool:
    """Say whether a condition cannot hold as the file stands, because it belongs to another reading of a parameter."""
    parts = when.of if isinstance(when, t.All) else (when,)
    return any(
        isinstance(part, t.OneOf)
        and isinstance(part.of, t.Parameter)
        and str(criterion.parameters[part.of.name].value).lower() not in {word.lower() for word in part.words}
        for part in parts
    )
