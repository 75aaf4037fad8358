"""A comparison as plain data for JSON; numbers that are not finite become null. docs/diff.md explains every key."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from criterium.compare.agreement import Kappa
from criterium.compare.attribution import Mover
from criterium.compare.change import Change
from criterium.compare.cohort import Block, Moved, OnCohort
from criterium.compare.pairs import Rate
from criterium.compare.times import Times
from criterium.language.problems import Where
from criterium.study.proportions import Interval
from criterium.study.survival import Median


def meaning_data(names: tuple[str, str], changes: Sequence[Change]) -> dict[str, Any]:
    """Return two criteria in meaning: their names and every change."""
    return {"before": names[0], "after": names[1], "changes": [_change(one) for one in changes]}


def _change(one: Change) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "what": one.what,
        "before": one.before or None,
        "after": one.after or None,
        "before_at": _place(one.old),
        "after_at": _place(one.new),
    }


def _place(where: Where | None) -> dict[str, Any] | None:
    return {"file": where.file, "line": where.line, "column": where.column} if where is not None else None


def cohort_data(found: OnCohort) -> dict[str, Any]:
    """Return criteria on a cohort: notes, the largest share that moves, and each thing that was judged."""
    study = found.runs.results[0].study
    return {
        "id": study.id,
        "title": study.data["title"],
        "patients": len(found.runs.results[0].cohort.patients),
        "notes": list(found.runs.notes),
        "most_reclassified": found.share,
        "judged": [_block(found.runs.names, block) for block in found.blocks],
    }


def _block(names: tuple[str, ...], block: Block) -> dict[str, Any]:
    judged = block.judged
    return {
        "id": judged.id,
        "title": judged.title,
        "course": judged.course or None,
        "subject": judged.subject,
        "subjects": judged.size,
        "order": list(judged.order),
        "pairs": [_moved(names, one) for one in block.moved],
        "rates": [_rate(names, one) for one in block.rates],
        "endpoints": [_times(names, one) for one in block.times],
    }


def _moved(names: tuple[str, ...], one: Moved) -> dict[str, Any]:
    pair = one.pair
    between: dict[tuple[str, str], list[str]] = {}
    for mover in one.movers:
        between.setdefault((mover.before, mover.after), []).append(mover.name)
    weighted = {name: _kappa(found) for name, found in (("linear", pair.linear), ("quadratic", pair.quadratic))}
    return {
        "before": names[pair.one],
        "after": names[pair.other],
        "transitions": [
            {"before": row, "after": column, "n": int(pair.table[i, j]), "moved": between.get((row, column), [])}
            for i, row in enumerate(pair.rows)
            for j, column in enumerate(pair.columns)
            if pair.table[i, j]
        ],
        "reclassified": len(pair.movers),
        "share": pair.share,
        "kappa": {"raw": _kappa(pair.plain), **weighted},
        "bowker": {
            "chi_square": finite(pair.symmetry.statistic),
            "degrees": pair.symmetry.degrees,
            "p": finite(pair.symmetry.p),
            "note": pair.symmetry.note,
        },
        "aside": pair.aside,
        "causes": [{"cause": group.cause, "n": len(group.names), "of": list(group.names)} for group in one.causes],
        "movers": [_mover(mover) for mover in one.movers],
    }


def _kappa(one: Kappa | None) -> dict[str, Any] | None:
    if one is None:
        return None
    numbers = {"value": finite(one.value), "low": finite(one.low), "high": finite(one.high)}
    return {**numbers, "n": one.n, "note": one.note}


def _mover(one: Mover) -> dict[str, Any]:
    return {
        "name": one.name,
        "before": one.before,
        "after": one.after,
        "when": one.when,
        "cause": one.cause,
        "numbers": one.numbers,
    }


def _rate(names: tuple[str, ...], one: Rate) -> dict[str, Any]:
    parts = []
    for at, name in enumerate(names):
        counted, difference = one.count[at], one.differences[at - 1] if at else None
        parts.append(
            {
                "criterion": name,
                "counted": list(counted) if counted is not None else None,
                "n": one.number[at],
                "interval": _interval(one.intervals[at]),
                "difference": _interval(difference),
            }
        )
    return {"rate": one.name, "of": one.total, "under": parts}


def _interval(one: Interval | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "estimate": finite(one.estimate),
        "low": finite(one.low),
        "high": finite(one.high),
        "method": one.method,
    }


def _times(names: tuple[str, ...], one: Times) -> dict[str, Any]:
    groups = [
        {
            "group": group,
            "under": [{"criterion": name, **_median(median)} for name, median in zip(names, found, strict=True)],
        }
        for group, found in one.groups.items()
    ]
    return {"endpoint": one.endpoint, "unit": one.unit, "groups": groups}


def _median(one: Median | None) -> dict[str, Any]:
    if one is None:
        return {"n": 0, "events": 0, "median": None, "low": None, "high": None}
    interval = one.intervals["log-log"]
    numbers = {"median": finite(one.value), "low": finite(interval.low), "high": finite(interval.high)}
    return {"n": one.n, "events": one.events, **numbers}


def finite(number: float) -> float | None:
    """Return a number, or None if it is not finite."""
    return float(number) if math.isfinite(number) else None
