"""The examples of a file are run in both algebras; what comes out differently is a problem at the line of its example.

In columns, those that give the same and set the same are one cohort. What is wrong with one falls on no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any, cast

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.columns.algebra import Columns, Num, Word, in_columns
from criterium.evaluate.exact.algebra import Brisk, Exact, Number
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, Refused, listed
from criterium.language.tables import Table
from criterium.verify.examples.cases import EXPECTED, Described, Given, cases_of, described
from criterium.verify.examples.results import result_problems
from criterium.verify.examples.rows import Misfit
from criterium.verify.examples.values import SETTINGS
from criterium.verify.examples.verdicts import told
from criterium.verify.examples.why import why
from criterium.verify.settings import with_settings

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """How many examples ran, and the problems found."""

    count: int
    problems: tuple[Problem, ...]


def run(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Report:
    """Return what running the examples of a criterion finds; `document` knows their lines."""
    count = len(criterion.examples)
    if criterion.branches:
        return Report(count, tuple(result_problems(criterion, document, tables)))
    found = _Running(criterion, document, tables).problems()
    return Report(count, tuple(problem for at in range(count) for problem in found.get(at, ())))


@dataclass(frozen=True, slots=True)
class _Ready:
    """An example that can be set up, by its number: the criterion as it sets it, and what it describes."""

    at: int
    changed: t.Criterion
    case: Described


@dataclass(frozen=True, slots=True)
class _Running:
    """Runs the examples of one criterion: those that are alike as one cohort, a patient each."""

    criterion: t.Criterion
    document: Document
    tables: Mapping[str, Table]

    def problems(self) -> dict[int, list[Problem]]:
        """Return what is wrong with each example, or comes out differently, by the number of the example."""
        found: dict[int, list[Problem]] = {}
        groups: dict[tuple[Any, ...], list[_Ready]] = {}
        for at in range(len(self.criterion.examples)):
            one = self.ready(at)
            if isinstance(one, _Ready):
                groups.setdefault((_settings(self.criterion.examples[at]), one.case.alike), []).append(one)
            else:
                found[at] = one
        for group in groups.values():
            found |= self.together(group)
        return found

    def ready(self, at: int) -> _Ready | list[Problem]:
        """Return an example read, or why it makes no sense."""
        example, path = self.criterion.examples[at], ("examples", at)
        if wrong := SETTINGS.misfit(_set(example)):
            return [Problem(self.document.where((*path, "set")), wrong, SETTINGS.expected)]
        try:
            changed = with_settings(self.criterion, _set(example), self.document, (*path, "set"))
            return _Ready(at, changed, described(changed, example, self.tables))
        except Misfit as misfit:
            where = self.document.where((*path, misfit.key))
            return [Problem(where, str(misfit), misfit.expected, misfit.remedy)]
        except Refused as refused:
            return list(refused.problems)

    def together(self, group: Sequence[_Ready]) -> dict[int, list[Problem]]:
        """Return the problems of examples that are alike; if their rows are refused, each is asked alone."""
        try:
            cases = cases_of(group[0].changed, [one.case for one in group], self.tables)
        except Refused as refused:
            if len(group) == 1:
                return {group[0].at: list(refused.problems)}
            return {at: found for one in group for at, found in self.together([one]).items()}
        columns = Walk(group[0].changed, Columns(cases.frame, cases.columns))
        return {
            group[number].at: list(self.compared(group[number].at, columns, place, cases.exact[number]))
            for place, number in enumerate(cases.frame.number)
        }

    def compared(self, at: int, columns: Walk[Any, Any], place: int, given: Given) -> Iterator[Problem]:
        """Yield a problem for every expectation that an algebra does not meet.

        The example stands at a `place` of the frame of the columns; the exact algebra is `given` some of its values.
        """
        example, path = self.criterion.examples[at], ("examples", at)
        frame = in_columns(columns.algebra).frame
        keys = [key for key in example if key in EXPECTED or key in self.criterion.steps.ladders]
        exact = Walk(columns.criterion, Brisk(frame, place, given))
        said = {"columns": said_by(columns, keys, place), "exact": said_by(exact, keys)}
        expectable = [*_sayings(exact, 0), *(["classes"] if "class" in self.criterion.steps.ladders else [])]
        if not keys:
            yield Problem(self.document.where(path), "the example expects nothing", listed(expectable))
        for key in keys:
            where = self.document.where((*path, key))
            if key not in expectable:
                yield Problem(where, f"nothing here gives a `{key}`", listed(expectable))
                continue
            answers = {algebra: answer(key, one, example[key]) for algebra, one in said.items()}
            wrong = {name: one for name, one in answers.items() if not as_expected(example[key], one)}
            explained = why(Walk(columns.criterion, Exact(frame, place, given)), key, example[key]) if wrong else ""
            yield from told(where, key, example[key], wrong, explained)


def _set(example: Mapping[str, Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", example.get("set", {}))


def _settings(example: Mapping[str, Any]) -> str:
    """Return what an example sets, the same text for the same settings."""
    return repr(sorted(_set(example).items()))


def said_by(walk: Walk[Any, Any], asked: Iterable[str] | None = None, at: int = 0) -> Said:
    """Return what a walk says of a course: classes by ladder and step, the course's class, outcome and time.

    Only what is `asked` for by the keys of an example is computed, if that is given. A walk in columns is about many
    courses; the one meant stands there `at` a place.
    """
    says = _sayings(walk, at)
    wanted = says if asked is None else {"class" if key == "classes" else key for key in asked}
    return {name: say() for name, say in says.items() if name in wanted}


def _sayings(walk: Walk[Any, Any], at: int) -> dict[str, Callable[[], Any]]:
    """Return what a walk can say of a course, by the keys of an example, each as what computes it."""
    criterion = walk.criterion
    says: dict[str, Callable[[], Any]] = {name: partial(_labels, walk, name, at) for name in criterion.steps.ladders}
    if "class" in criterion.course.ladders:
        says["course"] = lambda: _plain(walk.decision("class", COURSE).label, at)
    if criterion.time is not None:
        time = criterion.time
        says |= {"outcome": partial(_outcome, walk, time, at), "time": partial(_time, walk, time, at)}
    return says


def stated(ladder: str, labels: Sequence[str]) -> dict[str, Any]:
    """Return the classes that a ladder gave to the steps of a course as an example states them."""
    if not labels:
        return {}
    if ladder == "class":
        return {"classes": list(labels)} if len(labels) > 1 else {"class": labels[0]}
    return {ladder: list(labels)}


def _labels(walk: Walk[Any, Any], name: str, at: int) -> list[str]:
    algebra = walk.algebra
    places = walk.step_places()
    mine = [one for one in places if algebra.size(one) > at] if isinstance(algebra, Columns) else places
    return [str(_plain(walk.decision(name, one).label, at)) for one in mine]


def _outcome(walk: Walk[Any, Any], time: t.Time, at: int) -> Any:
    return _plain(walk.climb(time.outcome, COURSE).label, at)


def _time(walk: Walk[Any, Any], time: t.Time, at: int) -> Any:
    days = walk.algebra.arithmetic("-", walk.value(time.at, COURSE), walk.value(time.anchor, COURSE))
    return _plain(days, at) / float(time.factor)


def _plain(value: Any, at: int) -> Any:
    if isinstance(value, Word):
        return value.words[int(value.codes[at])]
    if isinstance(value, Num):
        return float(value.low[at])
    if isinstance(value, Number):
        return float("nan") if value.low is None else float(value.low)
    return value


def answer(key: str, said: Said, wanted: object) -> Any:
    """Return what was said under an expectation's key; unless a list is wanted, that of the last step."""
    if key == "classes":
        return said["class"]
    found = said[key]
    if isinstance(found, list) and not isinstance(wanted, list):
        return found[-1] if found else "no step"
    return found


def as_expected(wanted: Any, got: Any) -> bool:
    """Say whether an answer is as expected; a time is compared at two decimals, and null is no time."""
    if isinstance(wanted, list):
        return isinstance(got, list) and [str(one) for one in wanted] == got
    if isinstance(got, float):
        if wanted is None:
            return isnan(got)
        try:
            return f"{float(wanted):.2f}" == f"{got:.2f}"
        except (TypeError, ValueError):
            return False
    return str(wanted) == str(got)
