"""The examples of a file are run, each in both algebras; what comes out differently is a problem at its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.columns import Columns, Num, Word
from criterium.evaluate.exact import Exact, Number
from criterium.evaluate.walk import Walk
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused
from criterium.language.source import DataPath, Document
from criterium.language.tables import Table
from criterium.verify.cases import EXPECTED, Misfit, case_of
from criterium.verify.results import result_problems
from criterium.verify.settings import with_settings

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """How many examples ran, and the problems found."""

    count: int
    problems: tuple[Problem, ...]


def run(criterion: t.Criterion, document: Document, tables: Mapping[str, Table]) -> Report:
    """Return what running the examples of a criterion finds; `document` knows their lines."""
    found: list[Problem] = []
    if criterion.branches:
        found += result_problems(criterion, document, tables)
        return Report(len(criterion.examples), tuple(found))
    for at, example in enumerate(criterion.examples):
        found += _one(criterion, example, document, ("examples", at), tables)
    return Report(len(criterion.examples), tuple(found))


def _one(
    criterion: t.Criterion, example: Mapping[str, Any], document: Document, path: DataPath, tables: Mapping[str, Table]
) -> Iterator[Problem]:
    try:
        changed = with_settings(criterion, example.get("set", {}), document, (*path, "set"))
        case = case_of(changed, example, tables)
    except Misfit as misfit:
        yield Problem(document.where((*path, misfit.key)), str(misfit))
        return
    except Refused as refused:
        yield from refused.problems
        return
    for name, walk in (
        ("columns", Walk(changed, Columns(case.frame, case.columns))),
        ("exact", Walk(changed, Exact(case.frame, 0, case.exact))),
    ):
        yield from _compared(changed, example, _said(walk), document, path, name)


def _said(walk: Walk[Any, Any]) -> Said:
    """Return what a walk says of its one course: classes by ladder and step, the course's class, outcome and time."""
    said: dict[str, Any] = {}
    places = list(walk.step_places())
    for name in walk.criterion.steps.ladders:
        said[name] = [_label(walk, name, place) for place in places]
    if "class" in walk.criterion.course.ladders:
        said["course"] = _plain(walk.decision("class", COURSE).label)
    time = walk.criterion.time
    if time is not None:
        said["outcome"] = _plain(walk.climb(time.outcome, COURSE).label)
        days = walk.algebra.arithmetic("-", walk.value(time.at, COURSE), walk.value(time.anchor, COURSE))
        said["time"] = _plain(days) / float(time.factor)
    return said


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


def _compared(
    criterion: t.Criterion, example: Mapping[str, Any], said: Said, document: Document, path: DataPath, algebra: str
) -> Iterator[Problem]:
    for key in example:
        if key not in EXPECTED and key not in criterion.steps.ladders:
            continue
        wanted, got = example[key], _answer(key, said)
        if not _same(wanted, got):
            spoken = ", ".join(got) if isinstance(got, list) else got
            what = f"the example says {key} {_spoken(wanted)}, the file gives {spoken}"
            yield Problem(document.where((*path, key)), what, "", f"by the algebra of {algebra}")


def _answer(key: str, said: Said) -> Any:
    """Return what was said under an expectation's key; a single class is that of the last step."""
    if key == "classes":
        return said["class"]
    found = said.get(key)
    if isinstance(found, list):
        return found[-1] if found else "no step"
    return found


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, list):
        return isinstance(got, list) and [str(one) for one in wanted] == got
    if isinstance(got, float):
        return f"{float(wanted):.2f}" == f"{got:.2f}"
    return str(wanted) == str(got)


def _spoken(wanted: Any) -> str:
    return ", ".join(str(one) for one in wanted) if isinstance(wanted, list) else str(wanted)
