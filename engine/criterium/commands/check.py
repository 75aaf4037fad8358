"""criterium check and criterium test: files are loaded, their units and names settled, their examples run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from criterium.language import library
from criterium.language.lower import lower
from criterium.language.problems import Problem, Refused, Where
from criterium.report.terminal import console, errors, line, problems
from criterium.verify.examples import Report, run

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
        inside = sorted(one for one in path.rglob("*.yaml") if one.name not in {"study.yaml", "tables.yaml"})
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
    try:
        document = library.resolve(reference)
        return run(lower(document, library.tables()), document, library.tables())
    except Refused:
        return Report(0, _problems_of(reference))


def _problems_of(reference: str) -> tuple[Problem, ...]:
    """Return every problem of a criterion that cannot be loaded, those of its sentences with those of its format."""
    try:
        library.load(reference)
    except Refused as refused:
        return refused.problems
    return ()


def check(paths: Sequence[str], _format: str) -> int:
    """Check files: loading, names, units, tables and examples; return 0, or 1 if there are problems."""
    found: list[Problem] = []
    for reference in references(paths):
        report = checked(reference)
        found += report.problems
        word = "PROBLEMS" if report.problems else "ok"
        line(console(), f"{word:<8}  {_name(reference)}  {report.count} example{'' if report.count == 1 else 's'}")
    return _ended(found)


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
    return library.shown(Path(reference)) if reference.endswith(_ENDINGS) else reference
