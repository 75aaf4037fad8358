"""A ladder at one place, explained: every clause with its truth and numbers, what decided, and what was missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.algebra import Decision, Place
from criterium.evaluate.exact.algebra import course_of
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import NO_ROWS, Cause, atoms, blocking, deciding, holding, open_, ruling_out
from criterium.evaluate.words.wording import shared_unit
from criterium.explain.model import Atom, Blocked, Column, Rung, Used, Verdict
from criterium.language import tree as t
from criterium.language.uses import reached

Walked = Walk[Any, Any]
_SETTLES = {"true": holding, "false": ruling_out, "unknown": blocking}


def verdict(walk: Walked, ladder: t.Ladder, place: Place, why_not: str = "") -> Verdict:
    """Return what a ladder gave at a place and why; `why_not` names a class whose conditions are looked at as well."""
    decision: Decision = walk.climb(ladder, place)
    clause = deciding(walk, ladder, place)
    rungs = tuple(_rung(walk, one, place) for one in ladder.clauses)
    label = str(decision.label)
    open_now = label == ladder.unknown and clause is None
    return Verdict(
        ladder.name,
        label,
        clause.name if clause is not None else label,
        open_now,
        tuple(decision.possible),
        decision.clause if clause is not None else -1,
        rungs,
        _missing(walk, ladder, place, decision),
        _columns(walk, ladder, place),
        _parameters(walk, ladder, place, clause),
        blocked(walk, ladder, place, why_not),
    )


def _rung(walk: Walked, clause: t.Clause, place: Place) -> Rung:
    truth = str(walk.holds(clause.when, place))
    chosen = _SETTLES[truth](walk, clause.when, place)
    says = clause.says.text if clause.says is not None else ""
    every = told(walk, atoms(walk, clause.when, place))
    return Rung(
        clause.label, clause.name, clause.text, says, clause.cite, truth, every, told(walk, chosen), clause.where
    )


def told(walk: Walked, causes: Sequence[Cause]) -> tuple[Atom, ...]:
    """Return causes as atoms, each margin in the unit that its numbers are shown in."""
    return tuple(_atom(walk, one) for one in causes if not isinstance(one.node, t.Always))


def _atom(walk: Walked, cause: Cause) -> Atom:
    node = cause.node.of if isinstance(cause.node, t.Not) else cause.node
    name, factor = shared_unit(walk.criterion, node) if isinstance(node, t.Compare) else ("", Fraction(1))
    margin = None if cause.margin is None else float(cause.margin / factor)
    return Atom(cause.text, cause.truth, cause.numbers, margin, name, cause.where)


# --- what was missing -------------------------------------------------------------------------------------------------
def _missing(walk: Walked, ladder: t.Ladder, place: Place, decision: Decision) -> tuple[str, ...]:
    """Return what is not known in the clauses down to the last that may decide.

    If no class could be told, it is what leaves a clause open; else whatever is unknown, which changed nothing.
    """
    if not decision.possible:
        frame, index = course_of(walk.algebra)
        began = not np.isnan(frame.start[index])
        return ("no clause can be told to hold" if began else "the course never began",)
    found: dict[str, None] = {}
    several = len(decision.possible) != 1
    for clause in ladder.clauses:
        causes = (open_ if several else atoms)(walk, clause.when, place)
        for cause in causes:
            if cause.truth == "unknown":
                found.setdefault(_lack(cause))
        if walk.holds(clause.when, place).must:
            break
    return tuple(found)


def _lack(cause: Cause) -> str:
    return f"{cause.text} ({cause.numbers})" if cause.numbers else cause.text


# --- why not ----------------------------------------------------------------------------------------------------------
def blocked(walk: Walked, ladder: t.Ladder, place: Place, label: str) -> tuple[Blocked, ...]:
    """Return what kept each clause of a class from deciding; nothing without a class, or for the one that was given."""
    if not label or walk.climb(ladder, place).label == label:
        return ()
    return tuple(_blocked(walk, ladder, at, place) for at, one in enumerate(ladder.clauses) if one.label == label)


def _blocked(walk: Walked, ladder: t.Ladder, at: int, place: Place) -> Blocked:
    clause, above = ladder.clauses[at], ladder.clauses[:at]
    earlier = dict.fromkeys(one.label for one in above if walk.holds(one.when, place).may)
    holds = bool(walk.holds(clause.when, place).must)
    causes = told(walk, blocking(walk, clause.when, place))
    settled = any(walk.holds(one.when, place).must for one in above)
    return Blocked(clause.label, clause.text, holds, settled, tuple(earlier), causes)


# --- decision tables --------------------------------------------------------------------------------------------------
def _columns(walk: Walked, ladder: t.Ladder, place: Place) -> tuple[Column, ...]:
    """Return the columns of a ladder that was a table: the classes of other ladders, and conditions by their names."""
    cells = [cell for clause in ladder.clauses for cell in _cells(clause.when)]
    if not cells or not all(_is_row(clause.when) for clause in ladder.clauses):
        return ()
    found: dict[str, Column] = {}
    for cell in cells:
        if isinstance(cell, t.OneOf) and isinstance(cell.of, t.Given):
            found.setdefault(cell.of.ladder, Column(cell.of.ladder, str(walk.value(cell.of, place)), ()))
        elif isinstance(cell, t.Rule):
            truth = walk.holds(cell, place)
            causes = holding(walk, cell, place) if truth.must else blocking(walk, cell, place)
            found.setdefault(cell.name, Column(cell.name, str(truth), told(walk, causes)))
    return tuple(found.values())


def _cells(when: t.Condition) -> list[t.Condition]:
    parts = when.of if isinstance(when, t.All) else (when,)
    return [part.of if isinstance(part, t.Not) else part for part in parts]


def _is_row(when: t.Condition) -> bool:
    return all(
        isinstance(cell, (t.Rule, t.Always)) or (isinstance(cell, t.OneOf) and isinstance(cell.of, t.Given))
        for cell in _cells(when)
    ) and (isinstance(when, (t.All, t.Always)))


# --- parameters -------------------------------------------------------------------------------------------------------
def _parameters(walk: Walked, ladder: t.Ladder, place: Place, clause: t.Clause | None) -> tuple[Used, ...]:
    """Return the parameters behind what decided; for a default, behind what kept the clauses above it from holding."""
    if clause is None:
        return ()
    causes = list(holding(walk, clause.when, place))
    if isinstance(clause.when, t.Always):
        above = ladder.clauses[: ladder.clauses.index(clause)]
        causes = [cause for one in above for cause in blocking(walk, one.when, place)]
    causes = [cause for cause in causes if cause.numbers != NO_ROWS]
    found = dict.fromkeys(name for cause in causes for name in _read(walk.criterion, cause.node))
    return tuple(_used(walk.criterion.parameters[name]) for name in found)


def _read(criterion: t.Criterion, node: t.Node) -> Iterator[str]:
    """Yield the parameters that a node reads, through the values of rows that it names."""
    of_rows = replace(criterion.steps, measures=criterion.members, conditions={})
    return (one.name for one in reached(node, of_rows) if isinstance(one, t.Parameter))


def _used(one: t.Setting) -> Used:
    return Used(one.name, one.text, one.means, one.cite, one.confidence)
