"""A sweep on the terminal and as JSON: rates, intervals and medians at every value, and where classes change."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from criterium.compare.sweep.ranges import Axis
from criterium.compare.sweep.rates import Move, Row, Sweep, Table
from criterium.report.terminal import blank, heading, line, table
from criterium.study.plan import Study
from criterium.study.sheet import of_course
from criterium.study.survival import Median

MOST_ROWS, MOST_NAMED = 40, 12


def show(sweep: Sweep, study: Study, out: Console) -> None:
    """Print a sweep: what is swept, then for each course of the study its tables and where classes change."""
    _head(sweep, study, out)
    for one in sweep.tables:
        if len(sweep.axes) == 2:
            _grid(sweep, one, out)
        else:
            _rates(sweep, one, out)
            _moves(sweep, one, out)


def _head(sweep: Sweep, study: Study, out: Console) -> None:
    heading(out, str(study.data["title"]))
    line(out, f"cohort {study.id}: {study.cohort}")
    one = sweep.criterion
    line(out, f"{sweep.role}: {one.id} {one.version}+{one.hash}")
    if sweep.role in study.replaced:
        line(out, f"{one.id} stands in for {study.replaced[sweep.role]}")
    for key, value in study.changed.items():
        line(out, f"set {key} = {value}")
    for axis in sweep.axes:
        line(out, f"sweep {axis.name}: {_said(axis)}")
    blank(out)


def _said(axis: Axis) -> str:
    count = f"{len(axis.texts)} value{'' if len(axis.texts) == 1 else 's'}"
    own = f"the study has {axis.own.text}"
    if not axis.step:
        return f"{', '.join(axis.texts)}; {own}"
    return f"{axis.texts[0]} to {axis.texts[-1]}, {count} with a step of {axis.step}; {own}"


# --- one parameter ----------------------------------------------------------------------------------------------------
def _rates(sweep: Sweep, one: Table, out: Console) -> None:
    shown = [word for word in sweep.words if any(row.rates[word].count for row in one.rows)]
    runs = list(_runs(sweep, one))
    whole = runs if len(one.rows) > MOST_ROWS else [[row] for row in one.rows]
    rows = [(_run_name(sweep, run), *_counts(run[0], shown), _changed(run[0], one)) for run in whole]
    title = of_course(f"Classes of {one.total} {sweep.counted}", one.course)
    table(out, title, [_axis_names(sweep), *shown, "reclassified"], rows, _note(sweep, shown))
    cells = [(_run_name(sweep, run), *_intervals(run[0], shown)) for run in runs]
    note = "exact intervals (Clopper and Pearson) of the share of each class"
    table(out, of_course("95% intervals, in percent", one.course), [_axis_names(sweep), *shown], cells, note)
    _medians(sweep, one, out)


def _runs(sweep: Sweep, one: Table) -> Iterator[list[Row]]:
    """Yield the rows of a table, those in a row together between which nobody moves and no median changes."""
    moved = {move.after for move in one.moves}
    first = len(sweep.axes[0].values)
    number = 0
    keyed = []
    for before, row in zip([one.rows[0], *one.rows], one.rows, strict=False):
        number += row.point in moved or row.point % first == 0 or _said_medians(before) != _said_medians(row)
        keyed.append((number, row))
    yield from ([row for _, row in rows] for _, rows in groupby(keyed, key=lambda pair: pair[0]))


def _said_medians(row: Row) -> list[str]:
    return [_median(median) for median in row.medians.values()]


def _run_name(sweep: Sweep, run: Sequence[Row]) -> str:
    mark = " *" if any(sweep.is_own(row.point) for row in run) else ""
    return f"{_several([sweep.text(row.point) for row in run])}{mark}"


def _several(texts: Sequence[str]) -> str:
    """Return values in a row as one text: `10 to 12 percent`, `required, none`."""
    if len(texts) == 1:
        return texts[0]
    if not texts[0][:1].isdigit():
        return ", ".join(texts) if len(texts) <= MOST_NAMED else f"{texts[0]} to {texts[-1]}"
    return f"{_without_unit(texts[0], texts[-1])} to {texts[-1]}"


def _without_unit(text: str, other: str) -> str:
    """Return a quantity without its unit if another, which follows it, has the same."""
    number, _, unit = text.partition(" ")
    return number if unit == other.partition(" ")[2] else text


def _axis_names(sweep: Sweep) -> str:
    return sweep.axes[0].name if len(sweep.axes) == 1 else "values"


def _counts(row: Row, shown: Sequence[str]) -> list[str]:
    return [f"{row.rates[word].count} ({100 * row.rates[word].interval.estimate:.1f})" for word in shown]


def _changed(row: Row, one: Table) -> str:
    return f"{row.reclassified} ({100 * row.reclassified / one.total:.1f})"


def _intervals(row: Row, shown: Sequence[str]) -> list[str]:
    ends = [row.rates[word].interval for word in shown]
    return [f"{100 * end.low:.1f} to {100 * end.high:.1f}" for end in ends]


def _note(sweep: Sweep, shown: Sequence[str]) -> str:
    parts = ["number (percent)", "reclassified: called otherwise than in the study"]
    if any(sweep.is_own(point) for point in range(len(sweep.points))):
        parts.append("* as in the study")
    never = [word for word in sweep.words if word not in shown]
    return "; ".join(parts + ([f"never: {', '.join(never)}"] if never else []))


def _medians(sweep: Sweep, one: Table, out: Console) -> None:
    moving = [name for name in sweep.units if len({_median(row.medians[name]) for row in one.rows}) > 1]
    if moving:
        runs = list(_runs(sweep, one))
        rows = [(_run_name(sweep, run), *(_median(run[0].medians[name]) for name in moving)) for run in runs]
        columns = [_axis_names(sweep), *(f"{name}, {sweep.units[name]}" for name in moving)]
        note = "median (95% interval by log-log); -: not reached"
        table(out, of_course("Medians", one.course), columns, rows, note)
    for name in sweep.units:
        if name not in moving:
            line(out, f"{name}: {_median(one.rows[0].medians[name])} {sweep.units[name]} at every value")
    if len(moving) < len(sweep.units):
        blank(out)


def _median(median: Median) -> str:
    ends = median.intervals["log-log"]
    return f"{_number(median.value)} ({_number(ends.low)} to {_number(ends.high)})"


def _number(value: float) -> str:
    return f"{value:.1f}" if math.isfinite(value) else "-"


def _moves(sweep: Sweep, one: Table, out: Console) -> None:
    heading(out, of_course("Where classes change", one.course))
    if not one.moves:
        line(out, "nowhere: every value gives the same classes")
    for move in one.moves:
        moves = "moves" if len(move.patients) == 1 else "move"
        line(out, f"{_between(sweep, move)}: {_named(move.patients)} {moves} {move.left} -> {move.right}")
    blank(out)


def _between(sweep: Sweep, move: Move) -> str:
    before, after = sweep.text(move.before), sweep.text(move.after)
    if len(sweep.axes) > 1 or not before[:1].isdigit():
        return f"from {before} to {after}"
    return f"between {_without_unit(before, after)} and {after}"


def _named(patients: Sequence[str]) -> str:
    more = len(patients) - MOST_NAMED
    return ", ".join(patients[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


# --- two parameters ---------------------------------------------------------------------------------------------------
def _grid(sweep: Sweep, one: Table, out: Console) -> None:
    """Print the share reclassified, and the number in each class that moves, one parameter down and one across."""
    changed = [f"{100 * row.reclassified / one.total:.1f}" for row in one.rows]
    _square(sweep, of_course(f"Reclassified, percent of {one.total} {sweep.counted}", one.course), changed, out)
    for word in sweep.words:
        counts = [row.rates[word].count for row in one.rows]
        if len(set(counts)) > 1:
            title = of_course(f"{word}, number of {one.total} {sweep.counted}", one.course)
            _square(sweep, title, [str(count) for count in counts], out)
    for name, unit in sweep.units.items():
        medians = [_number(row.medians[name].value) for row in one.rows]
        if len(set(medians)) > 1:
            _square(sweep, of_course(f"Median {name}, {unit}", one.course), medians, out)


def _square(sweep: Sweep, title: str, cells: Sequence[str], out: Console) -> None:
    """Print a cell for each point of a grid, in as many blocks of columns as the line needs."""
    down, across = sweep.axes
    names = [_marked(axis) for axis in (down, across)]
    wide = max(len(name) for name in [*names[1], *cells]) + 2
    first = max(len(name) for name in [*names[0], down.name]) + 2
    most = max(1, (out.width - first) // wide)
    note = f"down: {down.name}; across: {across.name}; * as in the study"
    for low in range(0, len(names[1]), most):
        block = range(low, min(low + most, len(names[1])))
        rows = [[name, *(cells[at * len(names[0]) + row] for at in block)] for row, name in enumerate(names[0])]
        last = block.stop == len(names[1])
        table(out, title, [down.name, *(names[1][at] for at in block)], rows, note if last else "")


def _marked(axis: Axis) -> list[str]:
    return [f"{text}{' *' if axis.is_own(at) else ''}" for at, text in enumerate(axis.texts)]


# --- as JSON ----------------------------------------------------------------------------------------------------------
def sweep_json(sweep: Sweep, study: Study) -> str:
    """Return a sweep as one JSON object with the keys study, criterion, parameters and courses; see docs/sweep.md."""
    one = sweep.criterion
    whole = {
        "study": {"id": study.id, "title": study.data["title"], "set": dict(study.changed)},
        "criterion": {"role": sweep.role, "id": one.id, "version": one.version, "hash": one.hash},
        "parameters": [
            {"name": axis.name, "own": axis.own.text, "values": list(axis.texts), "step": axis.step or None}
            for axis in sweep.axes
        ],
        "counted": sweep.counted,
        "courses": [_course(sweep, table) for table in sweep.tables],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _course(sweep: Sweep, one: Table) -> dict[str, Any]:
    moves = [
        {
            "after": _values(sweep, move.before),
            "by": _values(sweep, move.after),
            "from": move.left,
            "to": move.right,
            "patients": list(move.patients),
        }
        for move in one.moves
    ]
    return {
        "course": one.course,
        "n": one.total,
        "points": [_point(sweep, one, row) for row in one.rows],
        "moves": moves,
    }


def _values(sweep: Sweep, point: int) -> dict[str, str]:
    return {axis.name: axis.texts[at] for axis, at in zip(sweep.axes, sweep.points[point], strict=True)}


def _point(sweep: Sweep, one: Table, row: Row) -> dict[str, Any]:
    classes = {
        word: {
            "n": rate.count,
            "percent": _finite(100 * rate.interval.estimate),
            "low": 100 * rate.interval.low,
            "high": 100 * rate.interval.high,
        }
        for word, rate in row.rates.items()
    }
    medians = {
        name: {
            "unit": sweep.units[name],
            "n": median.n,
            "events": median.events,
            "median": _finite(median.value),
            "low": _finite(median.intervals["log-log"].low),
            "high": _finite(median.intervals["log-log"].high),
        }
        for name, median in row.medians.items()
    }
    return {
        "values": _values(sweep, row.point),
        "own": sweep.is_own(row.point),
        "classes": classes,
        "reclassified": {"n": row.reclassified, "percent": 100 * row.reclassified / one.total},
        "medians": medians,
    }


def _finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
