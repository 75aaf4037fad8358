"""The examples of a file are run, each in both algebras; what comes out differently is a problem at its line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isnan
from typing import Any, cast

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns import Columns, Num, Word
from criterium.evaluate.exact import Exact, Number
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.document import DataPath, Document
from criterium.language.problems import Problem, Refused, listed
from criterium.language.tables import Table
from criterium.verify.cases import EXPECTED, case_of
from criterium.verify.results import result_problems
from criterium.verify.rows import Misfit
from criterium.verify.settings import with_settings
from criterium.verify.verdicts import told
from criterium.verify.why import why

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
    running = _Running(criterion, document, tables)
    found = [problem for at in range(count) for problem in running.example(at)]
    return Report(count, tuple(found))


@dataclass(frozen=True, slots=True)
class _Running:
    """Runs the examples of one criterion."""

    criterion: t.Criterion
    document: Document
    tables: Mapping[str, Table]

    def example(self, at: int) -> Iterator[Problem]:
        """Yield what is wrong with one example, or comes out differently."""
        example, path = self.criterion.examples[at], ("examples", at)
        set_ = cast("Mapping[str, Any]", example.get("set", {}))
        try:
            changed = with_settings(self.criterion, set_, self.document, (*path, "set"))
            case = case_of(changed, example, self.tables)
        except Misfit as misfit:
            where = self.document.where((*path, misfit.key))
            yield Problem(where, str(misfit), misfit.expected, misfit.remedy)
        except Refused as refused:
            yield from refused.problems
        else:
            columns = Walk(changed, Columns(case.frame, case.columns))
            exact = Walk(changed, Exact(case.frame, 0, case.exact))
            yield from self.compared(example, columns, exact, path)

    def compared(
        self, example: Mapping[str, Any], columns: Walk[Any, Any], exact: Walk[Any, Any], path: DataPath
    ) -> Iterator[Problem]:
        """Yield a problem for every expectation that an algebra does not meet."""
        keys = [key for key in example if key in EXPECTED or key in self.criterion.steps.ladders]
        said = {"columns": said_by(columns, keys), "exact": said_by(exact, keys)}
        expectable = [*_sayings(exact), *(["classes"] if "class" in self.criterion.steps.ladders else [])]
        if not keys:
            yield Problem(self.document.where(path), "the example expects nothing", listed(expectable))
        for key in keys:
            where = self.document.where((*path, key))
            if key not in expectable:
                yield Problem(where, f"nothing here gives a `{key}`", listed(expectable))
                continue
            answers = {algebra: answer(key, one, example[key]) for algebra, one in said.items()}
            wrong = {name: one for name, one in answers.items() if not as_expected(example[key], one)}
            yield from told(where, key, example[key], wrong, why(exact, key, example[key]) if wrong else "")


def said_by(walk: Walk[Any, Any], asked: Iterable[str] | None = None) -> Said:
    """Return what a walk says of its one course: classes by ladder and step, the course's class, outcome and time.

    Only what is `asked` for by the keys of an example is computed, if that is given.
    """
    says = _sayings(walk)
    wanted = says if asked is None else {"class" if key == "classes" else key for key in asked}
    return {name: say() for name, say in says.items() if name in wanted}


def _sayings(walk: Walk[Any, Any]) -> dict[str, Callable[[], Any]]:
    """Return what a walk can say, by the keys of an example, each as what computes it."""
    criterion = walk.criterion
    says: dict[str, Callable[[], Any]] = {name: partial(_labels, walk, name) for name in criterion.steps.ladders}
    if "class" in criterion.course.ladders:
        says["course"] = lambda: _plain(walk.decision("class", COURSE).label)
    if criterion.time is not None:
        says |= {"outcome": partial(_outcome, walk, criterion.time), "time": partial(_time, walk, criterion.time)}
    return says


def stated(ladder: str, labels: Sequence[str]) -> dict[str, Any]:
    """Return the classes that a ladder gave to the steps of a course as an example states them."""
    if not labels:
        return {}
    if ladder == "class":
        return {"classes": list(labels)} if len(labels) > 1 else {"class": labels[0]}
    return {ladder: list(labels)}


def _labels(walk: Walk[Any, Any], name: str) -> list[str]:
    return [_label(walk, name, place) for place in walk.step_places()]


def _outcome(walk: Walk[Any, Any], time: t.Time) -> Any:
    return _plain(walk.climb(time.outcome, COURSE).label)


def _time(walk: Walk[Any, Any], time: t.Time) -> Any:
    days = walk.algebra.arithmetic("-", walk.value(time.at, COURSE), walk.value(time.anchor, COURSE))
    return _plain(days) / float(time.factor)


def _label(walk: Walk[Any, Any], name: str, place: Place) -> str:
    return str(_plain(walk.decision(name, place).label))


def _plain(value: Any) -> Any:
    if isinstance(value, Word):
        return value.words[int(value.codes[0])]
    if isinstance(value, Num):
        return float(value.low[0])
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
