"""Sweeps as pictures: rates by value, a heat map of two parameters, and how stable every patient is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from criterium.compare.sweep.noise_shares import Fragility
from criterium.compare.sweep.ranges import Axis
from criterium.compare.sweep.rates import Sweep, Table
from criterium.language import tree as t
from criterium.report.pictures import COLOURS, save, sheet
from criterium.study.sheet import of_course

GREY = "#666666"


def sweep_picture(sweep: Sweep, path: Path) -> None:
    """Write the picture of a sweep: lines for one parameter, a heat map of the share reclassified for two."""
    square = len(sweep.axes) == 2
    figure, axes = sheet(len(sweep.tables), 8.0, 4.2 * len(sweep.tables))
    for axis, table in zip(axes, sweep.tables, strict=True):
        title = of_course(f"{sweep.criterion.id}, {table.total} {sweep.counted}", table.course)
        axis.set_title(title, loc="left", fontsize=11)
        if square:
            _heat(figure, axis, sweep, table)
        else:
            _lines(axis, sweep, table)
    save(figure, path)


def _lines(axis: Any, sweep: Sweep, table: Table) -> None:
    """Draw the share of each class by value, the value of the study marked."""
    swept = sweep.axes[0]
    numbers = _numbers(swept) if len(sweep.axes) == 1 else None
    at = list(range(len(table.rows))) if numbers is None else numbers
    for number, word in enumerate(best_first(sweep.criterion, sweep.words)):
        if any(row.rates[word].count for row in table.rows):
            shares = [100 * row.rates[word].interval.estimate for row in table.rows]
            _line(axis, at, shares, label=word, color=COLOURS[number % len(COLOURS)], words=numbers is None)
    changed = [100 * row.reclassified / table.total for row in table.rows]
    style, marker = (":", "") if numbers is not None else ("", "x")
    axis.plot(at, changed, color=GREY, linestyle=style, marker=marker, linewidth=1.5, label="reclassified")
    _mark_own(axis, sweep, numbers)
    if numbers is None:
        axis.set_xticks(at, [sweep.text(row.point) for row in table.rows])
        axis.margins(x=0.3)
    unit = swept.unit or ""
    axis.set_xlabel(f"{swept.name}{f', {unit}' if unit else ''}" if len(sweep.axes) == 1 else "values")
    axis.set_ylabel(f"percent of {sweep.counted}")
    axis.set_ylim(-2, 102)
    axis.grid(axis="y", color="#dddddd", linewidth=0.6)
    axis.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _line(axis: Any, at: Any, shares: list[float], label: str, color: str, *, words: bool) -> None:
    marker = "o" if words or len(at) <= 40 else None
    style, size = ("", 7.0) if words else ("-", 3.5)  # nothing lies between two words
    axis.plot(at, shares, color=color, label=label, linewidth=1.8, linestyle=style, marker=marker, markersize=size)


def best_first(criterion: t.Criterion, words: Sequence[str]) -> list[str]:
    """Return classes in the order of the criterion, the best first, and after them those that are in no order."""
    return [*(word for word in criterion.order if word in words), *(w for w in words if w not in criterion.order)]


def _numbers(axis: Axis) -> list[float] | None:
    """Return the numbers in the texts of an axis, None for words and for values of several units."""
    parts = [text.partition(" ") for text in axis.texts]
    if isinstance(axis.values[0], str) or len({unit for _, _, unit in parts}) > 1:
        return None
    return [float(number) for number, _, _ in parts]


def _mark_own(axis: Any, sweep: Sweep, numbers: list[float] | None) -> None:
    """Draw a line at the value of the study, where it is among the values or between two of them."""
    own = [point for point in range(len(sweep.points)) if sweep.is_own(point)]
    swept = sweep.axes[0]
    place: float | None = None
    if own:
        place = numbers[own[0]] if numbers is not None else own[0]
    elif numbers is not None and not isinstance(swept.own.value, str):
        values = [float(value) for value in swept.values]
        mine = float(swept.own.value)
        place = float(np.interp(mine, values, numbers)) if values[0] <= mine <= values[-1] else None
    if place is not None:
        axis.axvline(place, color=GREY, linestyle="--", linewidth=1.0)
        top = axis.get_xaxis_transform()
        text = f" study: {swept.own.text}"
        axis.text(place, 0.97, text, transform=top, ha="left", va="top", fontsize=8, color=GREY)


def _heat(figure: Any, axis: Any, sweep: Sweep, table: Table) -> None:
    """Draw the share reclassified, the first parameter upwards and the second across."""
    down, across = sweep.axes
    shares = np.array([100 * row.reclassified / table.total for row in table.rows])
    shares = shares.reshape(len(across.values), len(down.values)).T
    drawn = axis.imshow(shares, origin="lower", aspect="auto", cmap="Blues", vmin=0, vmax=max(1.0, shares.max()))
    if shares.size <= 150:
        dark = 0.6 * max(1.0, shares.max())
        for (row, column), share in np.ndenumerate(shares):
            colour = "white" if share > dark else "black"
            axis.text(column, row, f"{share:.0f}", ha="center", va="center", fontsize=8, color=colour)
    for axis_, set_ticks, label in (
        (down, axis.set_yticks, axis.set_ylabel),
        (across, axis.set_xticks, axis.set_xlabel),
    ):
        every = max(1, len(axis_.texts) // 12)
        set_ticks(range(0, len(axis_.texts), every), [text.partition(" ")[0] for text in axis_.texts[::every]])
        label(f"{axis_.name}{f', {axis_.unit}' if axis_.unit else ''}")
    own = [(i, j) for i in range(len(across.values)) for j in range(len(down.values)) if _is_own(sweep, i, j)]
    for column, row in own:
        axis.plot(column, row, marker="s", markersize=22, fillstyle="none", color="#D55E00", markeredgewidth=1.8)
    figure.colorbar(drawn, ax=axis, label=f"reclassified, percent of {sweep.counted}")


def _is_own(sweep: Sweep, column: int, row: int) -> bool:
    return sweep.axes[0].is_own(row) and sweep.axes[1].is_own(column)


def noise_picture(found: Fragility, path: Path) -> None:
    """Write the picture of a cohort under error: the share of draws in which every patient keeps the class."""
    figure, axes = sheet(len(found.courses), 8.0, 3.6 * len(found.courses))
    order = best_first(found.criterion, found.words)
    for axis, one in zip(axes, found.courses, strict=True):
        title = of_course(f"{found.criterion.id}, error of {found.noise.text}, {found.draws} draws", one.course)
        axis.set_title(title, loc="left", fontsize=11)
        for label in order:
            at = [(number, p.kept) for number, p in enumerate(one.patients) if p.label == label]
            if not at:
                continue
            colour = COLOURS[order.index(label) % len(COLOURS)]
            axis.bar([x for x, _ in at], [100 * kept for _, kept in at], color=colour, label=label)
        if len(one.patients) <= 50:
            axis.set_xticks(range(len(one.patients)), [p.patient for p in one.patients], rotation=90, fontsize=7)
        axis.axhline(50, color=GREY, linestyle="--", linewidth=0.8)
        axis.axhline(95, color=GREY, linestyle="--", linewidth=0.8)
        axis.set_ylim(0, 101)
        axis.set_ylabel("class kept, percent of draws")
        axis.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5), title="class")
    save(figure, path)
