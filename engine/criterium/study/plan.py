"""A study as its file says it: the cohort, the courses, the criteria with their settings, and what a paper printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from criterium.language import library, schema
from criterium.language import tree as t
from criterium.language.lower import lower, setting
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.source import DataPath, Document, read

ROLES = ("response", "toxicity", "symptoms")


@dataclass(frozen=True, slots=True)
class Study:
    """A study: `criteria` by role (response, toxicity, symptoms, dosing COURSE, endpoint ID), `data` as in the file."""

    id: str
    folder: Path
    document: Document
    criteria: Mapping[str, t.Criterion]

    @property
    def data(self) -> Mapping[str, Any]:
        """What the file says."""
        found: Mapping[str, Any] = self.document.data
        return found

    @property
    def courses(self) -> tuple[str, ...]:
        """The courses that every patient is expected to have had."""
        return tuple(str(word) for word in self.data.get("courses", []))

    @property
    def endpoints(self) -> dict[str, t.Criterion]:
        """The endpoints by their id."""
        return {role.partition(" ")[2]: one for role, one in self.criteria.items() if role.startswith("endpoint ")}

    def dosing(self, course: str) -> t.Criterion | None:
        """Return the dosing scheme of a course."""
        return self.criteria.get(f"dosing {course}")


def folder_of(name: str) -> Path:
    """Return the folder of a study: a path, or the name of a shipped cohort."""
    path = Path(name)
    if (path / "study.yaml").exists() or path.is_dir():
        return path
    inside = library.shipped("cohorts") / path.name
    if inside.is_dir() and len(path.parts) == 1 | (path.parts[0] == "cohorts"):
        return inside
    known = [one.name for one in library.shipped("cohorts").iterdir() if one.is_dir()]
    remedy = nearest(path.name, known) or "give the path of a folder with a study.yaml"
    raise Refused([Problem(Where(name), f"there is no cohort `{name}`", listed(sorted(known)), remedy)])


def study_of(folder: Path, settings: Sequence[str] = (), swaps: Sequence[str] = ()) -> Study:
    """Return the study in a folder.

    `settings` are texts `id.parameter=value`; `swaps` texts `role=criterion`, or a criterion's name alone, which takes the place of
    the study's criterion of the same kind. Raises Refused with every problem.
    """
    path = folder / "study.yaml"
    if not path.exists():
        raise Refused([Problem(Where(str(path)), "there is no study.yaml in the folder", "a study", "docs/study.md shows one")])
    document = read(path, library.shown(path))
    found = list(schema.problems(document, "study"))
    if found:
        raise Refused(found)
    named = dict(_named(document))
    problems: list[Problem] = []
    _swap(named, swaps, problems)
    criteria = _loaded(named, problems)
    if problems:
        raise Refused(problems)
    return Study(str(document.data["id"]), folder, document, _set(criteria, document, settings))


def _named(document: Document) -> Iterator[tuple[str, tuple[str, Where]]]:
    """Yield each role with the reference of its criterion and its place."""
    data = document.data
    for role in ROLES:
        if role in data:
            yield role, (str(data[role]), document.where((role,)))
    for course, reference in data.get("dosing", {}).items():
        yield f"dosing {course}", (str(reference), document.where(("dosing", course)))
    for at, reference in enumerate(data.get("endpoints", [])):
        text = str(reference)
        yield f"endpoint {Path(text.partition('@')[0]).stem if '/' in text else text.partition('@')[0]}", (text, document.where(("endpoints", at)))


def _swap(named: dict[str, tuple[str, Where]], swaps: Sequence[str], problems: list[Problem]) -> None:
    for text in swaps:
        role, equals, reference = text.partition("=")
        where = Where("--criteria", 1, 1, text, len(text))
        if not equals:
            try:
                kind = library.load(text).kind
            except Refused as refused:
                problems.extend(refused.problems)
                continue
            role, reference = kind, text
        roles = [one for one in named if one == role or one.startswith(f"{role} ")]
        if not roles and role not in ROLES:
            problems.append(Problem(where, f"the study has no `{role}`", listed(named), nearest(role, named)))
        if len(roles) > 1:
            problems.append(Problem(where, f"the study has several: {', '.join(roles)}", f"`{roles[0]}={reference}`"))
        if len(roles) <= 1:
            named[roles[0] if roles else role] = (reference, where)


def _loaded(named: Mapping[str, tuple[str, Where]], problems: list[Problem]) -> dict[str, t.Criterion]:
    found = {}
    for role, (reference, where) in named.items():
        try:
            document = library.resolve(reference)
            found[role] = lower(document, library.tables())
        except Refused as refused:
            relevant = refused.problems
            problems += [replace(p, where=where) if p.where.file == reference else p for p in relevant]
    return found


def _set(criteria: dict[str, t.Criterion], document: Document, settings: Sequence[str]) -> dict[str, t.Criterion]:
    """Return the criteria with the settings of the file, then those given."""
    entries: list[tuple[str, str, Where]] = []
    for key, value in document.data.get("set", {}).items():
        entries.append((str(key), str(value), document.where(("set", key))))
    for text in settings:
        key, _, value = text.partition("=")
        entries.append((key.strip(), value.strip(), Where("--set", 1, 1, text, len(text))))
    problems: list[Problem] = []
    for key, value, where in entries:
        id_, _, name = key.rpartition(".")
        roles = [role for role, one in criteria.items() if one.id == id_]
        if not roles:
            ids = sorted({one.id for one in criteria.values()})
            remedy = nearest(id_, ids) or "write `id.parameter=value`, such as `swog-mr.minor=20 percent`"
            problems.append(Problem(where, f"no criterion `{id_}` in this study", listed(ids), remedy))
        for role in roles:
            try:
                criteria[role] = with_setting(criteria[role], name, value, where)
            except Refused as refused:
                problems += refused.problems
    if problems:
        raise Refused(problems)
    return criteria


def with_setting(criterion: t.Criterion, name: str, value: str, where: Where) -> t.Criterion:
    """Return the criterion with one parameter set anew; raise Refused if the value does not fit."""
    changed = setting(criterion, name, value, Document(None, {(): where}))
    return replace(criterion, parameters={**criterion.parameters, name: changed})


def relocated(document: Document, moves: Mapping[DataPath, DataPath], data: Any) -> Document:
    """Return `data` as a document whose values at the new paths stand where those at the old paths stand."""
    values = {(): document.where(())}
    keys: dict[DataPath, Where] = {}
    for old, new in moves.items():
        for path, where in document.values.items():
            if path[: len(old)] == old:
                values[(*new, *path[len(old) :])] = where
        for path, where in document.keys.items():
            if path[: len(old)] == old:
                keys[(*new, *path[len(old) :])] = where
    return Document(data, values, keys)
