"""Pictures: a sheet to draw on, in one style, and its file. matplotlib is used in this module alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from criterium.language.problems import Problem, Refused, Where

ENDINGS = (".svg", ".png")
# Told apart by people who do not see red and green alike (Okabe and Ito 2008), the best class first.
COLOURS = ("#0072B2", "#56B4E9", "#009E73", "#F0E442", "#E69F00", "#D55E00", "#CC79A7", "#999999")


def refuse_ending(path: Path) -> None:
    """Raise Refused if a picture cannot be written under this name."""
    if path.suffix.lower() not in ENDINGS:
        where = Where("--plot", 1, 1, str(path), len(str(path)))
        raise Refused(
            [Problem(where, f"`{path.suffix or path.name}` is not a picture", "a file that ends in .svg or .png")]
        )


def sheet(rows: int = 1, width: float = 8.0, height: float = 4.5) -> tuple[Any, list[Any]]:
    """Return a figure and its axes, one above the other; sizes are in inches."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = list(figure.subplots(rows, 1, squeeze=False)[:, 0])
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=9)
    return figure, axes


def save(figure: Any, path: Path) -> None:
    """Write a figure; the same figure gives the same bytes."""
    import matplotlib as mpl

    refuse_ending(path)
    with mpl.rc_context({"svg.hashsalt": "criterium", "svg.fonttype": "path"}):
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)
