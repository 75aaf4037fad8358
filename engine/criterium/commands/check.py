"""criterium check and criterium test: all that can be found in a file, and its examples run."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from criterium.language import library, places
from criterium.language.problems import Problem, Refused, Where
from criterium.report.findings import Sheet, as_json, as_junit, as_sarif, headline, show
from criterium.report.terminal import console, errors, line, problems
from criterium.verify.check import check as look
from criterium.verify.check import loaded
from criterium.verify.examples.trials import Report

MANY = 12  # files for which it pays to start other processes
_ENDINGS = (".yaml", ".yml")


def references(paths: Sequence[str]) -> list[str]:
    """Return what to check: the names and files given, the criteria in folders given, or all that ship.

    Raises Refused for every file that is not there, every folder without a criterion, and every unknown name.
    """
    if not paths:
        return [str(path) for path in library.files()]
    found: list[str] = []
    missing: list[Problem] = []
    for text in paths:
        try:
            found += _named(text)
        except Refused as refused:
            missing += refused.problems
    if missing:
        raise Refused(missing)
    return found


def _named(text: str) -> list[str]:
    """Return the references that a path or name stands for; raise Refused if it stands for none."""
    path = Path(text)
    if path.is_dir():
        inside = sorted(one for one in path.rglob("*.yaml") if one.name not in {"study.yaml", *places.DECLARING})
        if not inside:
            raise Refused([Problem(Where(text), "no criterion in this folder", "files that end in `.yaml`")])
        return [str(one) for one in inside]
    if text.endswith(_ENDINGS):
        if not path.is_file():
            raise Refused([Problem(Where(text), "there is no such file", "a criterion", "check the path")])
    elif text.partition("@")[0] not in {one.stem for one in library.files()}:
        library.resolve(text)
    return [text]


def checked(reference: str) -> Report:
    """Return what loading a criterion and running its examples finds; one that cannot be loaded has problems only."""
    return loaded(reference, library.tables()).report


def check(paths: Sequence[str], format_: str) -> int:
    """Look for everything that can be found in files; return 1 if there is an error that no file declares, else 0.

    Warnings are printed and leave the exit code alone. In the format `text` findings go to standard error.
    """
    sheets: list[Sheet] = []
    for sheet in _sheets(references(paths)):
        sheets.append(sheet)
        if format_ == "text":
            headline(sheets[-1], console())
    if format_ == "text":
        show(sheets, errors())
    else:
        sys.stdout.write({"json": as_json, "sarif": as_sarif, "junit": as_junit}[format_](sheets) + "\n")
    return 1 if any(sheet.checked.errors for sheet in sheets) else 0


def _sheets(found: Sequence[str]) -> Iterator[Sheet]:
    """Yield what is found in each file, in their order; many files are looked at by all processors."""
    if len(found) < MANY:
        yield from map(_looked_at, found)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=_collect_rarely) as pool:
        yield from pool.map(_looked_at, found)


def _collect_rarely() -> None:
    """Look for circles of objects less often: a check makes millions of objects and few circles."""
    gc.set_threshold(1_000_000, 20, 20)


def _looked_at(reference: str) -> Sheet:
    one, found = look(reference, library.tables())
    return Sheet(_name(reference), one.report.count, found)


def test(paths: Sequence[str]) -> int:
    """Run the examples of files; return 0 if all come out as they say, otherwise 1."""
    found: list[Problem] = []
    total = 0
    for reference in references(paths):
        report = checked(reference)
        found += report.problems
        total += report.count
        line(console(), f"{_name(reference)}: {_held(report)}")
    line(console(), f"{total} examples, each in the algebra of columns and in the exact one")
    return _ended(found)


def _held(report: Report) -> str:
    if report.problems and not report.count:
        return "cannot be loaded"
    failed = len({problem.where.line for problem in report.problems})
    return f"{report.count - failed} of {report.count} examples hold"


def _ended(found: Sequence[Problem]) -> int:
    """Print problems, if there are any, and return the exit code."""
    if found:
        problems(found, errors())
    return 1 if found else 0


def _name(reference: str) -> str:
    return places.shown(Path(reference)) if reference.endswith(_ENDINGS) else reference
