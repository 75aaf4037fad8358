"""Rows that were graded one by one: each value with its limits, the band that holds, and the cuts on either side."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from criterium.evaluate.exact.algebra import Exact, course_of
from criterium.evaluate.frames import Material
from criterium.evaluate.results.branches import STEP, Graded, column_for, graded
from criterium.evaluate.results.readings import Readings
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import atoms
from criterium.evaluate.words.wording import plain
from criterium.explain.model import Blocked, Curve, Dot, Grade, Grades, Line
from criterium.explain.verdicts import blocked
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.timeline.cohort import Labels
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Frame

_DIGITS = 4
_NUDGE = Fraction(1, 10**6)
# A walk knows nodes by their identity, so that this one is made once.
_VALUE = t.Field(Where(""), "value", t.Kind("number"), "value", "step", None)
Cut = tuple[Fraction, str]


def grades(role: str, criterion: t.Criterion, material: Material, courses: Courses, why_not: str = "") -> Grades:
    """Return every graded row of a patient, the highest grade of each term first, terms by their highest grade."""
    rows = _Rows(criterion, material, courses, graded(criterion, material, courses))
    every = [_grade(rows, at, why_not) for at in range(rows.found.rows)]
    worst: dict[str, tuple[int, ...]] = {}
    for one in every:
        worst[one.term] = max(worst.get(one.term, (-1,)), (_rank(one.label),))
    every.sort(key=lambda one: (-worst[one.term][0], one.term, -_rank(one.label), one.date))
    cited = tuple((one.cite, one.used_for, one.confidence) for one in criterion.sources)
    marked = {term for term, rank in worst.items() if rank > (0,)}
    drawn = tuple(_curves(rows, marked))
    return Grades(role, criterion.id, criterion.version, criterion.hash, criterion.title, cited, tuple(every), drawn)


@dataclass
class _Rows:
    """All graded rows, and what each branch reads of them, found once."""

    criterion: t.Criterion
    material: Material
    courses: Courses
    found: Graded
    _readings: dict[int, Readings] = field(default_factory=dict)

    def branch(self, at: int) -> t.Branch | None:
        """Return the branch that read a row; None if none did."""
        number = int(self.found.branch[at])
        return self.criterion.branches[number] if number >= 0 else None

    def readings(self, branch: int) -> Readings:
        """Return what a branch reads."""
        if branch not in self._readings:
            self._readings[branch] = Readings(self.criterion, self.material, self.courses, [branch])
        return self._readings[branch]


def _rank(label: str) -> int:
    """Return a number that sorts grades, what could not be told above 0 and below 1."""
    return 2 * int(label) if label.isdigit() else 1


def _grade(rows: _Rows, at: int, asked: str) -> Grade:
    found, courses, branch = rows.found, rows.courses, rows.branch(at)
    course = int(found.course[at])
    fields = _fields(rows.material, _word(found.table, at), int(found.row[at]))
    low, high, away = _bands(rows, at)
    value = fields.get("value", fields.get("grade", ""))
    return Grade(
        branch.id if branch is not None else _word(found.word, at),
        branch.name if branch is not None else "",
        _word(found.word, at),
        str(np.datetime64(int(found.date[at]), "D")),
        _word(courses.label, course) if course >= 0 else "",
        f"{value} {fields.get('unit', '')}".strip(),
        _limits(fields),
        _word(found.label, at),
        tuple(word for code, word in enumerate(found.label.words) if int(found.possible[at]) >> code & 1),
        _word(found.reason, at),
        _band(branch, found, at),
        low,
        high,
        away,
        _why_not(rows, at, asked),
    )


def _why_not(rows: _Rows, at: int, asked: str) -> tuple[Blocked, ...]:
    """Return what kept a result from a grade; nothing for one that was recorded with its grade."""
    made = _made(rows, at) if asked else None
    return blocked(made[0], made[1].ladder, STEP, asked) if made is not None and made[1].ladder is not None else ()


def _band(branch: t.Branch | None, found: Graded, at: int) -> str:
    """Return the clause that gave a grade, empty where none did or more than one grade is possible."""
    several = int(found.possible[at]).bit_count() > 1
    if branch is None or branch.ladder is None or found.clause[at] < 0 or several:
        return ""
    return branch.ladder.clauses[int(found.clause[at])].text


def _word(labels: Labels, at: int) -> str:
    code = int(labels.codes[at])
    return labels.words[code] if code >= 0 else ""


def _fields(material: Material, table: str, row: int) -> dict[str, str]:
    """Return the cells of a row as they were entered, without those that are empty."""
    rows = material.rows(table)
    found = {}
    for name in rows.table.columns:
        values = rows.column(name)
        if isinstance(values, Labels):
            found[name] = _word(values, row)
        elif not np.isnan(values[row]):
            found[name] = f"{values[row]:.10g}"
    return {name: text for name, text in found.items() if text}


def _limits(fields: dict[str, str]) -> str:
    """Return the limits of normal of a result, `135 to 350`, as far as they were entered."""
    low, high = fields.get("lln", ""), fields.get("uln", "")
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"to {high}" if high else ""


# --- the bands on either side -----------------------------------------------------------------------------------------
def _bands(rows: _Rows, at: int) -> tuple[str, str, float | None]:
    """Return the nearest cuts below and above a result, with the grade beyond each, and the distance to the nearer."""
    made = _made(rows, at)
    here = _value(made[0]) if made is not None else None
    if made is None or here is None:
        return "", "", None
    walk, read = made
    low, high = _cuts(walk, read)
    unit = "" if read.unit == "any" else read.unit
    gaps = [abs(cut[0] - here) for cut in (low, high) if cut is not None]
    return _beyond(low, unit), _beyond(high, unit), float(min(gaps)) if gaps else None


def _made(rows: _Rows, at: int) -> tuple[Walk[Any, Any], t.Branch] | None:
    """Return the exact walk over one result in the unit of its branch, and the branch; None if none reads it."""
    branch = rows.branch(at)
    if branch is None or branch.ladder is None:
        return None
    table, row, branches = _word(rows.found.table, at), int(rows.found.row[at]), rows.criterion.branches
    if table != rows.criterion.of:
        return None
    unit = _word(rows.material.rows(table).words("unit"), row)
    same = [number for number, one in enumerate(branches) if one.id == branch.id and one.ladder]
    chosen = column_for(rows.criterion, same, unit)
    if chosen is None:
        return None
    fields = rows.readings(chosen[0]).fields(chosen[0], np.array([row]), chosen[1])
    frame = Frame(np.arange(1), np.zeros(1), [1], 0, np.ones(1, dtype=bool), {}, [fields])
    return Walk(rows.criterion, Exact(frame, 0)), branches[chosen[0]]


def _value(walk: Walk[Any, Any]) -> Fraction | None:
    found = walk.value(_VALUE, STEP)
    return found.low if found.low is not None and found.low == found.high else None


def _cuts(walk: Walk[Any, Any], branch: t.Branch) -> tuple[Cut | None, Cut | None]:
    """Return the nearest cuts below and above the value, each with the class that lies beyond it."""
    here, ladder = _value(walk), branch.ladder
    if here is None or ladder is None:
        return None, None
    cuts = {cut for _, cut in _compared(walk, branch)}
    now = str(walk.climb(ladder, STEP).label)
    below = _first(walk, ladder, now, [(cut, cut - _NUDGE) for cut in sorted(cuts, reverse=True) if cut <= here])
    above = _first(walk, ladder, now, [(cut, cut + _NUDGE) for cut in sorted(cuts) if cut >= here])
    return below, above


def _first(walk: Walk[Any, Any], ladder: t.Ladder, now: str, tries: list[tuple[Fraction, Fraction]]) -> Cut | None:
    """Return the first cut beyond which the class is another."""
    for cut, beyond in tries:
        label = _label_at(walk, ladder, beyond)
        if label != now:
            return cut, label
    return None


def _label_at(walk: Walk[Any, Any], ladder: t.Ladder, value: Fraction) -> str:
    """Return the class that the result would have with another value."""
    frame = course_of(walk.algebra)[0]
    fields = {**frame.steps[0], "value": np.array([float(value)])}
    moved = Frame(frame.number, frame.start, [1], 0, frame.has_baseline, {}, [fields])
    return str(Walk(walk.criterion, Exact(moved, 0)).climb(ladder, STEP).label)


def _beyond(cut: Cut | None, unit: str) -> str:
    return f"{plain(cut[0], _DIGITS)} {unit}".rstrip() + f": {cut[1]}" if cut is not None else ""


# --- a term over time -------------------------------------------------------------------------------------------------
def _curves(rows: _Rows, terms: Container[str]) -> Iterator[Curve]:
    """Yield the numbers of some terms over time, each unit for itself, with the cuts that lead to each grade."""
    kept: dict[tuple[str, str], list[tuple[Walk[Any, Any], t.Branch, int]]] = {}
    for at in np.argsort(rows.found.date, kind="stable"):
        made = _made(rows, int(at))
        if made is not None and made[1].id in terms and _value(made[0]) is not None:
            kept.setdefault((made[1].id, made[1].unit), []).append((*made, int(at)))
    for found in kept.values():
        yield _curve(rows, found)


def _curve(rows: _Rows, found: Sequence[tuple[Walk[Any, Any], t.Branch, int]]) -> Curve:
    branch = found[0][1]
    dots, lines = [], dict[tuple[str, str], list[float | None]]()
    for number, (walk, _, at) in enumerate(found):
        value = float(_value(walk) or 0)
        label = _word(rows.found.label, at)
        dots.append(Dot(str(np.datetime64(int(rows.found.date[at]), "D")), value, value, f"{value:g}", label))
        for key, cut in _compared(walk, branch):
            lines.setdefault(key, [None] * len(found))[number] = float(cut)
    labels = branch.ladder.labels if branch.ladder is not None else ()
    order = tuple(sorted(label for label in labels if label.isdigit()))
    raised = [key for key in sorted(lines) if key[0] in order[1:]]
    drawn = tuple(Line(f"{label}: {text}", label, tuple(lines[label, text])) for label, text in raised)
    return Curve(branch.name, "" if branch.unit == "any" else branch.unit, tuple(dots), drawn, order)


def _compared(walk: Walk[Any, Any], branch: t.Branch) -> Iterator[tuple[tuple[str, str], Fraction]]:
    """Yield the numbers that a value is held against, each with the class that it leads to and the comparison."""
    for clause in branch.ladder.clauses if branch.ladder is not None else ():
        for cause in atoms(walk, clause.when, STEP):
            left = cause.node.left if isinstance(cause.node, t.Compare) else None
            if cause.right is not None and isinstance(left, t.Field) and left.name == "value":
                yield (clause.label, cause.text), cause.right
