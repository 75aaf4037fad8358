"""What is said of a course whatever day a partial date was: an outcome of all suppositions becomes one of the courses.

Each course was evaluated once for every way to choose the days of its partial dates (`timeline/partial.py` walks one
patient through it). A label that all of these give is given; otherwise it is the unknown one, the possible labels are
those of all of them, and the reason says which date decides. A number lies between the least and the greatest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from criterium.evaluate.outcome import Classes, Layered, Outcome
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where
from criterium.timeline.cohort import Labels, Numbers, Values
from criterium.timeline.courses import Courses
from criterium.timeline.frame import Booleans, Integers
from criterium.timeline.supposed import Choice, Supposed

Measure = tuple[Numbers, Numbers] | Labels
_MOST_TURNS = 3  # a reason that names more days than these is not read


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by what they become one row of, in rising order: `rows` sorted so, and where in them each group `begins`."""

    rows: Integers
    begins: Integers

    @classmethod
    def of(cls, key: Integers) -> Groups:
        """Return the groups of rows with the same key."""
        rows = np.argsort(key, kind="stable")
        first = np.ones(len(key), dtype=bool)
        np.not_equal(key[rows][1:], key[rows][:-1], out=first[1:])
        return cls(rows, np.flatnonzero(first))

    @property
    def first(self) -> Integers:
        """The first row of each group."""
        return self.rows[self.begins]

    def members(self, group: int) -> Integers:
        """Return the rows of a group."""
        ends = np.append(self.begins[1:], len(self.rows))
        return self.rows[self.begins[group] : ends[group]]

    def joined(self, join: np.ufunc, values: Any) -> Any:
        """Return `join` of the values of each group."""
        return join.reduceat(values[self.rows], self.begins) if len(self.begins) else values[:0]

    def apart(self, values: Any) -> Booleans:
        """Return which groups have rows that differ."""
        found: Booleans = self.joined(np.minimum, values) != self.joined(np.maximum, values)
        return found

    def shared(self, codes: Any, otherwise: Any) -> Any:
        """Return the code that all rows of a group have, `otherwise` where they differ."""
        return np.where(self.apart(codes), otherwise, codes[self.first]).astype(codes.dtype)

    def agreed(self, values: Values) -> Values:
        """Return the word or number that all rows of a group have, missing where they differ."""
        if isinstance(values, Labels):
            return Labels(self.shared(values.codes, -1), values.words)
        found: Numbers = self.shared(values, np.nan)
        return found


@dataclass(frozen=True, slots=True)
class Merging:
    """How courses of suppositions become courses: the number `into` which each becomes, of which supposed `patient`."""

    supposed: Supposed
    into: Integers
    patient: Integers

    @classmethod
    def of(cls, supposed: Supposed, each: Courses, courses: Courses) -> Merging:
        """Return how the courses of supposed patients become courses: each that with its place among the patient's."""
        place = np.arange(len(each)) - np.searchsorted(each.patient, each.patient)
        into = np.searchsorted(courses.patient, supposed.patient[each.patient]) + place
        return cls(supposed, into, each.patient)

    def outcome(self, outcome: Outcome, choice: Choice | None) -> Outcome:
        """Return what an outcome of all suppositions says of the courses; raise Refused if their steps differ.

        With a `choice`, what it says of them on the chosen days stands beside.
        """
        criterion, steps, courses = outcome.criterion, outcome.steps, outcome.courses
        ladders = dict(criterion.course.ladders) | ({"time": criterion.time.outcome} if criterion.time else {})
        by_step, by_course = self._steps(criterion, steps), Groups.of(self.into[courses.course])
        chosen = None
        if choice is not None:
            places = np.flatnonzero(np.isin(self.patient[courses.course], self.supposed.at(choice)))
            chosen = self._layer(courses, ladders, Groups(places, np.arange(len(places))))
        found = self._layer(courses, ladders, by_course)
        return Outcome(criterion, self._layer(steps, criterion.steps.ladders, by_step), found, chosen)

    def _steps(self, criterion: t.Criterion, steps: Layered) -> Groups:
        """Return the steps of all suppositions by course and step; each must be there in all of them, on one day."""
        count = int(steps.step.max(initial=0)) + 1
        into = self.into[steps.course]
        groups = Groups.of(into * count + steps.step)
        ways = np.bincount(self.into)[into[groups.first]]
        sizes = np.diff(np.append(groups.begins, len(groups.rows)))
        apart = (sizes != ways) | groups.apart(steps.date)
        if apart.any():
            row = int(groups.first[np.argmax(apart)])
            raise Refused([self._other_steps(criterion, int(self.patient[steps.course[row]]))])
        return groups

    def _other_steps(self, criterion: t.Criterion, supposed: int) -> Problem:
        patient = self.supposed.cohort.patients[supposed]
        texts = " and ".join(f"`{text}`" for text, _ in self.supposed.days(supposed))
        what = f"by `{criterion.id}` the steps of {patient} depend on the day of {texts}"
        return Problem(Where(self.supposed.cohort.name), what, "whole dates of rows that make steps", "enter the day")

    def _layer(self, layer: Layered, ladders: Mapping[str, t.Ladder], groups: Groups) -> Layered:
        first = groups.first
        classes = {name: self._classes(layer, ladders[name], one, groups) for name, one in layer.classes.items()}
        measures = {name: _measure(one, groups) for name, one in layer.measures.items()}
        dated = first if len(layer.step) else first[:0]  # the layer of courses has neither step nor date
        return Layered(self.into[layer.course[first]], layer.step[dated], layer.date[dated], classes, measures)

    def _classes(self, layer: Layered, ladder: t.Ladder, classes: Classes, groups: Groups) -> Classes:
        codes, none = classes.label.codes, len(ladder.clauses)
        label = groups.shared(codes, ladder.labels.index(ladder.unknown))
        clause = groups.joined(np.minimum, np.where(classes.clause < 0, none, classes.clause))
        return Classes(
            Labels(label, classes.label.words),
            np.where(clause == none, -1, clause).astype(classes.clause.dtype),
            groups.joined(np.bitwise_or, classes.possible),
            self._reasons(layer, classes, groups, np.flatnonzero(groups.apart(codes))),
        )

    # --- why it differs -----------------------------------------------------------------------------------------------
    def _reasons(self, layer: Layered, classes: Classes, groups: Groups, apart: Integers) -> Labels:
        """Return the reason of each row: which date decides for those that come `apart`, else the one they have."""
        codes = classes.reason.codes[groups.first].astype(np.int32)
        words = dict.fromkeys(classes.reason.words)
        for group in apart.tolist():
            rows = groups.members(group)
            names = [classes.label.words[code] for code in classes.label.codes[rows].tolist()]
            text = self._turns(self.patient[layer.course[rows]], names)
            codes[group] = list(words).index(text) if text in words else len(words)
            words[text] = None
        return Labels(codes, tuple(words))

    def _turns(self, supposed: Integers, names: Sequence[str]) -> str:
        """Return which labels the days of a patient's partial dates lead to, each from the day on which it begins."""
        texts = [text for text, _ in self.supposed.days(int(supposed[0]))]
        which = " and ".join(f"`{text}`" for text in texts)
        dated = zip(names, self.supposed.day[supposed].tolist(), strict=True)
        (first, _), *later = [next(run) for _, run in groupby(dated, key=itemgetter(0))]
        if len(texts) > 1 or len(later) >= _MOST_TURNS:
            return f"the day of {which} decides: {' or '.join(dict.fromkeys(names))}"
        parts = [first, *(f"{word} from {np.datetime64(int(day), 'D')}" for word, day in later)]
        return f"the day of {which} decides: {', '.join(parts)}"


def _measure(values: Measure, groups: Groups) -> Measure:
    """Return the word that all rows of a group have, or the least and the greatest number; one array if they agree."""
    if isinstance(values, Labels):
        return Labels(groups.shared(values.codes, -1), values.words)
    low, high = groups.joined(np.minimum, values[0]), groups.joined(np.maximum, values[1])
    return (low, low) if np.array_equal(low, high, equal_nan=True) else (low, high)
