"""The courses of a patient as a picture: size over time, the lines it is held against, the classes as colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from criterium.explain.model import Curve, Explanation, Line
from criterium.language.problems import Problem, Refused, Where
from criterium.language.roles import main_section
from criterium.report.pictures import COLOURS, save, sheet

_DASHES = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
_GREY = "#555555"
_RED = 5


def draw(found: Explanation, path: Path) -> None:
    """Write a picture with an axis for each course and value; raise Refused if nothing can be drawn."""
    drawn = [(title, curve) for title, curve in _titled(found) if any(dot.value is not None for dot in curve.dots)]
    if not drawn:
        where = Where("--plot", 1, 1, str(path), len(str(path)))
        what, expected = "there is no course to draw", "a part whose steps hold a value against a threshold"
        raise Refused([Problem(where, what, expected, f"ask for `--what {main_section().role}`")])
    figure, axes = sheet(len(drawn), 9.5, 3.2 * len(drawn) + 0.4)
    for axis, (title, curve) in zip(axes, drawn, strict=True):
        _curve(axis, title, curve)
    save(figure, path)


def _titled(found: Explanation) -> Iterator[tuple[str, Curve]]:
    """Yield every curve of an explanation with its title."""
    for course in found.courses:
        for part in course.parts:
            yield from ((f"{found.patient}, {course.name or 'course'}, {part.id}", curve) for curve in part.curves)
    for grades in found.grades:
        yield from ((f"{found.patient}, {grades.id}, {curve.name}", curve) for curve in grades.curves)


def _curve(axis: Any, title: str, curve: Curve) -> None:
    dates = [date.fromisoformat(dot.date) for dot in curve.dots]
    axis.set_title(title, fontsize=10, loc="left")
    axis.set_ylabel(f"{curve.name} ({curve.unit})" if curve.unit else curve.name, fontsize=9)
    known = [(when, dot.value) for when, dot in zip(dates, curve.dots, strict=True) if dot.value is not None]
    seen: Counter[str] = Counter()
    for one in curve.lines:
        _line(axis, one, dates, _colour(curve, one.label), _DASHES[seen[one.label] % len(_DASHES)])
        seen[one.label] += 1
    axis.plot(*zip(*known, strict=True), color="black", linewidth=1.2, zorder=2)
    _dots(axis, curve, dates)
    if curve.ranked:
        axis.set_yticks(range(len(curve.order)), labels=curve.order)
    else:
        axis.set_ylim(bottom=0)
    axis.tick_params(axis="x", labelsize=7.5)
    axis.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _line(axis: Any, one: Line, dates: list[date], colour: str, dashes: Any) -> None:
    """Draw a line in steps: what holds at a step is drawn from the step before up to it."""
    points = [(when, value) for when, value in zip(dates, one.values, strict=True) if value is not None]
    if not points:
        return
    first = dates.index(points[0][0])
    points.insert(0, (dates[max(0, first - 1)], points[0][1]))
    style = {"linestyle": dashes, "color": colour, "linewidth": 1.2 if one.label else 0.8}
    axis.plot(*zip(*points, strict=True), drawstyle="steps-pre", label=one.name, zorder=1, **style)


def _colour(curve: Curve, label: str) -> str:
    """Return the colour of a class by its rank, the worst in red; a class without a rank, or none, is grey."""
    if label not in curve.order:
        return COLOURS[-1] if label else _GREY
    worst = label == curve.order[-1] and len(curve.order) <= _RED + 1
    return COLOURS[_RED if worst else curve.order.index(label) % (len(COLOURS) - 1)]


def _dots(axis: Any, curve: Curve, dates: list[date]) -> None:
    """Draw the steps, those of one class in its colour; one that is only bounded points up from the least it can be."""
    given = {dot.label for dot in curve.dots}
    for label in sorted(given, key=lambda one: (one != "", one not in curve.order, (*curve.order, one).index(one))):
        pairs = [(when, dot) for when, dot in zip(dates, curve.dots, strict=True) if dot.label == label]
        colour, name = _colour(curve, label) if label else "white", label or "baseline"
        _marks(axis, [(when, dot.value) for when, dot in pairs], colour, ("o", name))
        bounded = [(when, dot.least) for when, dot in pairs if dot.value is None]
        _marks(axis, bounded, colour, ("^", f"{name}, {curve.name} at least"))
        nowhere = -1.0 if curve.ranked else 0.0
        unknown = [(when, nowhere) for when, dot in pairs if dot.value is None and dot.least is None]
        _marks(axis, unknown, colour, ("X", f"{name}, {curve.name} not known"))


def _marks(axis: Any, points: Sequence[tuple[date, float | None]], colour: str, style: tuple[str, str]) -> None:
    """Draw points in one colour with a mark and a name in the legend."""
    known = [(when, value) for when, value in points if value is not None]
    if known:
        mark, name = style
        line = {"color": colour, "marker": mark, "markersize": 8, "markeredgecolor": "black", "markeredgewidth": 0.8}
        axis.plot(*zip(*known, strict=True), linestyle="none", zorder=3, label=name, clip_on=False, **line)
