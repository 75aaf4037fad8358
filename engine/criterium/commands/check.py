"""criterium check and criterium test: files are loaded, their units and names settled, their examples run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from criterium.language import library
from criterium.language.lower import lower
from criterium.language.problems import Problem, Refused
from criterium.report.terminal import console, errors, line, problems
from criterium.verify.examples import Report, run


def references(paths: Sequence[str]) -> list[str]:
    """Return what to check: the names and files given, the criteria in folders given, or all that ship."""
    if not paths:
        return [str(path) for path in library.files()]
    found: list[str] = []
    for text in paths:
        path = Path(text)
        found += [str(one) for one in sorted(path.rglob("*.yaml")) if one.name != "study.yaml"] if path.is_dir() else [text]
    return found


def checked(reference: str) -> Report:
    """Return what loading a criterion and running its examples finds; a file that cannot be loaded has problems only."""
    try:
        document = library.resolve(reference)
        return run(lower(document, library.tables()), document, library.tables())
    except Refused as refused:
        return Report(0, refused.problems)


def check(paths: Sequence[str]) -> int:
    """Check files: loading, names, units, tables and examples; return 0, or 1 if there are problems."""
    found: list[Problem] = []
    for reference in references(paths):
        report = checked(reference)
        found += report.problems
        line(console(), f"{'ok      ' if not report.problems else 'PROBLEMS'}  {_name(reference)}  {report.count} examples")
    if found:
        problems(found, errors())
    return 1 if found else 0


def test(paths: Sequence[str]) -> int:
    """Run the examples of files; return 0 if all come out as they say and every file has some, otherwise 1."""
    found: list[Problem] = []
    total = 0
    for reference in references(paths):
        report = checked(reference)
        found += report.problems
        total += report.count
        failed = len({problem.where for problem in report.problems})
        line(console(), f"{_name(reference)}: {report.count - failed} of {report.count} examples hold")
    line(console(), f"{total} examples, each in the algebra of columns and in the exact one")
    if found:
        problems(found, errors())
    return 1 if found else 0


def _name(reference: str) -> str:
    return library.shown(Path(reference)) if reference.endswith(".yaml") else reference
