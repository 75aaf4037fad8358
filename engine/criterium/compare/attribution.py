"""Why a patient moves: the first step (or the course) where two criteria part, and the clause and numbers responsible.

Only those who move get an exact walk. The ladder of the second criterion says which of the two classes is read first;
that class is the one to explain: what gave it under one criterion, and what kept it from being given under the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from criterium.compare.judged import ladder_of
from criterium.compare.phrases import Side, cause_of, numbers_of, phrase
from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import frame_of
from criterium.evaluate.outcome import Classes, Outcome
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import Cause, blocking, deciding, holding
from criterium.evaluate.words.wording import day
from criterium.language import tree as t
from criterium.study.results import Results
from criterium.timeline.cohort import Labels
from criterium.timeline.frame import Frame


@dataclass(frozen=True, slots=True)
class Mover:
    """One subject that moves: its classes, `when` the criteria part (a date, or the course), and both sides.

    `cause` is the same text for all who move for the same reason; `numbers` are this one's own.
    """

    name: str
    before: str
    after: str
    when: str
    cause: str
    numbers: str
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Movers with one cause, by name."""

    cause: str
    names: tuple[str, ...]


def grouped(movers: Sequence[Mover]) -> tuple[Group, ...]:
    """Return the causes, the most frequent first."""
    found: dict[str, list[str]] = {}
    for one in movers:
        found.setdefault(one.cause, []).append(one.name)
    groups = (Group(cause, tuple(names)) for cause, names in found.items())
    return tuple(sorted(groups, key=lambda group: -len(group.names)))


@dataclass
class Walks:
    """The exact walks of one criterion on the courses of a cohort, each made when it is asked for."""

    name: str
    criterion: t.Criterion
    results: Results
    outcome: Outcome
    made: dict[int, Walk[Any, Any]] = field(default_factory=dict)

    @cached_property
    def frame(self) -> Frame:
        """The frame of all courses."""
        return frame_of(self.criterion, self.results.material, self.results.courses)

    @cached_property
    def index(self) -> dict[int, int]:
        """Where each course stands in the frame, by its number in the cohort."""
        return {int(course): at for at, course in enumerate(self.frame.number)}

    def walk(self, course: int) -> Walk[Any, Any]:
        """Return the walk over one course, by its number in the cohort."""
        if course not in self.made:
            self.made[course] = Walk(self.criterion, Exact(self.frame, self.index[course]))
        return self.made[course]

    def steps(self, course: int) -> dict[int, tuple[int, str]]:
        """Return the number and the class of each step of a course, by its date in days."""
        layer = self.outcome.steps
        if self.criterion.final not in layer.classes:
            return {}
        label = layer.classes[self.criterion.final].label
        return {int(layer.date[at]): (int(layer.step[at]), label.words[label.codes[at]]) for at in self._rows(course)}

    def _rows(self, course: int) -> range:
        """Return the rows of a course among the steps, which are in the order of their courses."""
        low, high = np.searchsorted(self.outcome.steps.course, [course, course + 1])
        return range(int(low), int(high))

    def reason(self, course: int, step: int) -> str:
        """Return why the criterion could not tell, empty if it could."""
        if step < 0:
            return _reason(self._answer(), course)
        layer = self.outcome.steps
        row = next((at for at in self._rows(course) if layer.step[at] == step), None)
        return _reason(layer.classes[self.criterion.final], row) if row is not None else ""

    def _answer(self) -> Classes:
        return self.outcome.courses.classes["time" if self.criterion.time is not None else "class"]


def _reason(classes: Classes, row: int) -> str:
    labels: Labels = classes.reason
    return labels.words[labels.codes[row]] if labels.codes[row] >= 0 else ""


def mover(one: Walks, other: Walks, course: int, name: str, classes: tuple[str, str]) -> Mover:
    """Return why one course has another class under the second criterion than under the first."""
    date, places, labels = _parting(one, other, course, classes)
    walks = (one.walk(course), other.walk(course))
    ladders = (_ladder(one.criterion, places[0]), _ladder(other.criterion, places[1]))
    sides = _sides((one, other), walks, ladders, places, labels, course)
    driver = _driver(ladders, labels)
    when = day(Fraction(date)) if date is not None else "the course"
    cause = cause_of(sides, labels, driver, course_wide=date is None)
    return Mover(name, *classes, when, cause, numbers_of(sides), sides)


# --- where they part --------------------------------------------------------------------------------------------------
def _parting(
    one: Walks, other: Walks, course: int, classes: tuple[str, str]
) -> tuple[int | None, tuple[Place, Place], tuple[str, str]]:
    """Return the date, the places and the classes where two criteria part.

    That is a step with the very classes of the course, else the first step whose classes differ, else the course.
    """
    steps, others = one.steps(course), other.steps(course)
    apart = [date for date in sorted(steps) if date in others and steps[date][1] != others[date][1]]
    exact = [date for date in apart if (steps[date][1], others[date][1]) == classes]
    for date in [*exact, *apart][:1]:
        (first, label), (second, another) = steps[date], others[date]
        return date, (Place("step", first), Place("step", second)), (label, another)
    return None, (COURSE, COURSE), classes


def _ladder(criterion: t.Criterion, place: Place) -> t.Ladder:
    return ladder_of(criterion) if place == COURSE else criterion.steps.ladders[criterion.final]


def _driver(ladders: tuple[t.Ladder, t.Ladder], labels: tuple[str, str]) -> int:
    """Return whose class is to be explained: the one that the second ladder reads first, or that only one knows."""
    before, after = labels
    known = [[clause.label for clause in ladder.clauses] for ladder in ladders]
    if after not in known[0] or before == ladders[0].unknown:
        return 1
    if before not in known[1] or after == ladders[1].unknown:
        return 0
    return 0 if known[1].index(before) < known[1].index(after) else 1


# --- both sides -------------------------------------------------------------------------------------------------------
def _sides(
    both: tuple[Walks, Walks],
    walks: tuple[Walk[Any, Any], Walk[Any, Any]],
    ladders: tuple[t.Ladder, t.Ladder],
    places: tuple[Place, Place],
    labels: tuple[str, str],
    course: int,
) -> tuple[Side, ...]:
    driver = _driver(ladders, labels)
    explained = labels[driver]
    found = []
    for at in (0, 1):
        clause = deciding(walks[at], ladders[at], places[at])
        unknown = labels[at] == ladders[at].unknown
        reason = both[at].reason(course, places[at].step) if unknown else ""
        if at == driver:
            own = deciding(walks[1 - at], ladders[1 - at], places[1 - at])
            common = {_says(atom) for atom in _given(walks[1 - at], own, places[1 - at])}
            every = tuple(_given(walks[at], clause, places[at]))
            own_atoms = tuple(atom for atom in every if _says(atom) not in common) or every
            # What had to be absent says little where something present gave the class.
            atoms = tuple(atom for atom in own_atoms if atom.truth == "true") or own_atoms
        else:
            atoms = _telling(tuple(_kept(walks[at], ladders[at], explained, places[at])))
        found.append((both[at], labels[at], clause, atoms, reason))
    shared = {_says(atom) for atom in found[0][3]} & {_says(atom) for atom in found[1][3]}
    return tuple(_side(*one, shared) for one in found)


def _side(
    walks: Walks,
    label: str,
    clause: t.Clause | None,
    atoms: tuple[Cause, ...],
    reason: str,
    shared: set[tuple[str, str, str]],
) -> Side:
    """Return one side without the atoms that say the same of both."""
    kept = {_says(atom): atom for atom in atoms if _says(atom) not in shared} or {_says(atom): atom for atom in atoms}
    phrases = tuple(dict.fromkeys(phrase(atom, walks.criterion) for atom in kept.values()))
    return Side(walks.name, label, clause.text if clause else "", phrases, tuple(kept.values()), reason)


def _given(walk: Walk[Any, Any], clause: t.Clause | None, place: Place) -> Iterator[Cause]:
    """Yield the atoms that make a clause hold, those of a component in place of its name."""
    for cause in holding(walk, clause.when, place) if clause is not None else ():
        inner = _component(walk, cause)
        decided = deciding(walk, inner, cause.place) if inner is not None and cause.truth == "true" else None
        if decided is None or isinstance(decided.when, t.Always):
            yield cause
        else:
            yield from _given(walk, decided, cause.place)


def _kept(walk: Walk[Any, Any], ladder: t.Ladder, label: str, place: Place) -> Iterator[Cause]:
    """Yield the atoms that kept a class from being given, those of a component in place of its name."""
    clauses = [clause for clause in ladder.clauses if clause.label == label]
    missed = (blocking(walk, clause.when, place) for clause in clauses)
    for cause in min(missed, key=lambda atoms: (len(atoms), not _asks(atoms, label)), default=()):
        inner = _component(walk, cause)
        if inner is None or not isinstance(cause.node, t.OneOf):
            yield cause
            continue
        found = [atom for word in cause.node.words for atom in _kept(walk, inner, word, cause.place)]
        yield from found or [cause]


def _asks(atoms: Sequence[Cause], label: str) -> bool:
    """Return whether one of the atoms asks for a class of this very name."""
    return any(isinstance(atom.node, t.OneOf) and label in atom.node.words for atom in atoms)


def _telling(atoms: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Return the atoms that tell most of why a class is not given: the bounds that were missed, if there are any."""
    bounds = tuple(a for a in atoms if isinstance(a.node, t.Compare) and a.node.operator not in {"=", "!="})
    return bounds or atoms


def _component(walk: Walk[Any, Any], cause: Cause) -> t.Ladder | None:
    """Return the ladder that an atom asks for the class of, at this very place."""
    node = cause.node
    if not isinstance(node, t.OneOf) or not isinstance(node.of, t.Given) or cause.place.level == "row":
        return None
    layer = walk.criterion.course if cause.place == COURSE else walk.criterion.steps
    return layer.ladders.get(node.of.ladder)


def _says(atom: Cause) -> tuple[str, str, str]:
    return atom.text, atom.truth, atom.numbers
