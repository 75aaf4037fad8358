"""The curves of the endpoints by class under each criterion: colours are classes, line styles are criteria."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from criterium.compare.cohort import Block, OnCohort
from criterium.compare.times import ALL, Times
from criterium.report.pictures import COLOURS, save, sheet
from criterium.study.survival import Median

# Yellow lines cannot be seen on white.
LINES = tuple(colour for colour in COLOURS if colour != "#F0E442")
STYLES = ("-", "--", ":", "-.")


def draw(found: OnCohort, path: Path) -> None:
    """Draw the curves of every endpoint, one below the other; with two criteria both are in one."""
    parts = [(block, times) for block in found.blocks for times in block.times if _shown(times)]
    figure, axes = sheet(max(1, len(parts)), width=9.0, height=3.0 * max(1, len(parts)))
    for axis, (block, times) in zip(axes, parts, strict=False):
        _curves(axis, found.runs.names, block, times)
    save(figure, path)


def _shown(times: Times) -> bool:
    return any(median is not None for median in times.groups[ALL])


def _curves(axis: Any, names: tuple[str, ...], block: Block, times: Times) -> None:
    rates = {rate.name for rate in block.rates}
    groups = [group for group in times.groups if group not in rates and group != ALL] or [ALL]
    order = [*block.judged.order, *(group for group in groups if group not in block.judged.order)]
    for group in groups:
        for at, median in enumerate(times.groups[group]):
            if median is not None:
                label = f"{group}, {names[at]} ({median.n})"
                time, height = _steps(median)
                axis.step(
                    time,
                    height,
                    where="post",
                    color=LINES[order.index(group) % len(LINES)],
                    linestyle=STYLES[at % len(STYLES)],
                    linewidth=1.4,
                    label=label,
                )
    course = f", {block.judged.course} course" if block.judged.course else ""
    axis.set_title(f"{times.endpoint}{course}", loc="left", fontsize=10)
    axis.set_xlabel(times.unit, fontsize=9)
    axis.set_ylabel("without event", fontsize=9)
    axis.set_ylim(0, 1.02)
    axis.set_xlim(left=0)
    axis.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _steps(median: Median) -> tuple[Any, Any]:
    curve = median.curve
    return np.concatenate([[0.0], curve.time]), np.concatenate([[1.0], curve.survival])
