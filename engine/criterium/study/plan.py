"""A study as its file says it: the cohort, the courses, the criteria with their settings, and what a paper printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from criterium.language import library, places
from criterium.language import tree as t
from criterium.language.file import schema
from criterium.language.file.document import DataPath, Document
from criterium.language.file.source import survey as read
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.roles import Role, Section, main_section, role_of, sections
from criterium.study.misfit import misfit
from criterium.timeline.supposed import Choice
from criterium.verify.settings import with_settings

References = dict[str, tuple[str, Where]]


@dataclass(frozen=True, slots=True)
class Study:
    """A study: `criteria` by role, with `problems` so far.

    A role goes by its text: that of a section of `criteria/kinds.yaml`, with the name that the criterion has there.
    `changed` holds the parameters that were set anew, by `id.parameter`; `replaced` the ids of the file's criteria that
    others stand in for, by role. Of the `readers`, the first who read anything of a patient counts for the patient.
    """

    id: str
    folder: Path
    document: Document
    criteria: Mapping[str, t.Criterion]
    changed: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    readers: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def data(self) -> Mapping[str, Any]:
        """What the file says."""
        found: Mapping[str, Any] = self.document.data
        return found

    @property
    def as_of(self) -> float | None:
        """The day of the data cut, in days since 1970; None if the file does not say, or names no day."""
        text = self.data.get("as_of")
        try:
            return None if text is None else float((date.fromisoformat(str(text)) - date(1970, 1, 1)).days)
        except ValueError:
            return None

    @property
    def partial_dates(self) -> Choice | None:
        """Which possible day of a partial date times take; None if the file does not say."""
        found: Choice | None = self.data.get("partial_dates")
        return found

    @property
    def cohort(self) -> str:
        """What the tables are, whose reading counts, and which days are taken for partial dates where one must be."""
        reading = f"; read by {', else '.join(self.readers)}" if self.readers else ""
        choice = f"; of a partial date the {self.partial_dates} possible day" if self.partial_dates else ""
        return f"{self.data['cohort']}{reading}{choice}"

    @property
    def courses(self) -> tuple[str, ...]:
        """The courses that every patient is expected to have had."""
        return tuple(str(word) for word in self.data.get("courses", []))

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the criteria, in the order in which they are run."""
        order = sections()
        return tuple(sorted(map(role_of, self.criteria), key=lambda role: order.index(role.section)))

    @property
    def printed(self) -> tuple[Role, ...]:
        """The roles in the order in which they are printed: of courses, of single results, of a list."""

        def place(role: Role) -> tuple[bool, bool]:
            return role.section.holds == "list", bool(self.criteria[role.text].branches)

        return tuple(sorted(self.roles, key=place))

    def where(self, role: Role) -> Where:
        """Return the place where the file names the criterion in a role."""
        section = role.section
        found = (path for name, _, path in _entries(section, self.data.get(section.key)) if name == role.name)
        return self.document.where((section.key, *next(found, ())))

    @property
    def main(self) -> t.Criterion | None:
        """The criterion that the study is about."""
        return self.criteria.get(main_section().role)

    @property
    def timed(self) -> tuple[Role, ...]:
        """The roles of the criteria that give a course a time; they are run after all others."""
        return tuple(role for role in self.roles if self.criteria[role.text].time is not None)

    @property
    def endpoints(self) -> dict[str, t.Criterion]:
        """The criteria that give a course a time, by what figures call them."""
        return {role.called: self.criteria[role.text] for role in self.timed}

    @property
    def classes(self) -> dict[str, tuple[Role, ...]]:
        """The roles that give a course its class, by what figures call it: one, or one for each course."""
        found: dict[str, tuple[Role, ...]] = {}
        for role in self.roles:
            one = self.criteria[role.text]
            if one.time is None and not one.branches:
                found[role.called] = (*found.get(role.called, ()), role)
        return found


def folder_of(name: str) -> Path:
    """Return the folder of a study: a path, or the name of a shipped cohort; raise Refused if there is none."""
    path = Path(name)
    if path.is_dir():
        return path
    shipped = places.shipped("cohorts")
    if path.parts in {(path.name,), ("cohorts", path.name)} and (shipped / path.name).is_dir():
        return shipped / path.name
    known = sorted(one.name for one in shipped.iterdir() if one.is_dir())
    remedy = nearest(path.name, known) or "give the path of a folder with a study.yaml"
    raise Refused([Problem(Where(name), f"there is no cohort `{name}`", listed(known), remedy)])


def study_of(folder: Path, settings: Sequence[str] = (), swaps: Sequence[str] = ()) -> Study:
    """Return the study in a folder, without a problem; raise Refused with all of them otherwise. See `survey`."""
    study = survey(folder, settings, swaps)
    if study.problems:
        raise Refused(study.problems)
    return study


def survey(
    folder: Path, settings: Sequence[str] = (), swaps: Sequence[str] = (), readers: Sequence[str] = ()
) -> Study:
    """Return the study in a folder with every problem of its file, criteria and settings.

    `settings` are texts `id.parameter=value`; `swaps` texts `role=criterion`, or a criterion's name alone, which takes
    the place of the study's criterion of the same kind; `readers` take the place of those of the file. Raises Refused
    if there is no file that holds a mapping.
    """
    document = _document(folder / "study.yaml")
    problems: list[Problem] = []
    references = dict(_references(document, folder))
    named = {role: reference for role, (reference, _) in references.items()}
    _swap(references, swaps, problems)
    replaced = {role: _id_in(one) for role, one in named.items() if references[role][0] != one}
    criteria, failed = _loaded(references, problems)
    gone = set(replaced.values()) - {_id_in(one) for role, one in named.items() if role not in replaced}
    kept = [change for change in _file_settings(document) if change[0].rpartition(".")[0] not in gone]
    changes = [*kept, *_given_settings(settings, problems)]
    changed = _set(criteria, changes, failed, problems)
    id_ = str(document.data.get("id", folder.resolve().name))
    if not references:
        keys = listed(f"{section.key}:" for section in sections())
        problems.append(Problem(document.where(()), "the study has no criterion", keys))
    every = document.with_problems(problems).problems
    return Study(id_, folder, document, criteria, changed, replaced, tuple(readers) or _readers(document), every)


def _readers(document: Document) -> tuple[str, ...]:
    said = document.data.get("reader", ()) if document.sound(("reader",)) else ()
    return (said,) if isinstance(said, str) else tuple(map(str, said))


def _document(path: Path) -> Document:
    if not path.exists():
        remedy = "`criterium schema study` prints what it may hold"
        raise Refused([Problem(Where(str(path)), "there is no study.yaml in the folder", "a study", remedy)])
    document = read(path, places.shown(path))
    if not isinstance(document.data, dict):
        what = "the file is not a mapping"
        raise Refused([*document.problems, Problem(document.where(()), what, "keys such as `id:` and `endpoints:`")])
    return schema.checked(document, "study")


# --- which criteria ---------------------------------------------------------------------------------------------------
def _references(document: Document, folder: Path) -> Iterator[tuple[str, tuple[str, Where]]]:
    """Yield each role with the reference of its criterion and its place; what does not fit the format is left out."""
    for section in sorted(sections(), key=lambda section: section.holds != "one"):
        for name, text, path in _entries(section, document.data.get(section.key)):
            if isinstance(text, str):
                yield Role(section, name).text, (_beside(text, folder), document.where((section.key, *path)))


def _entries(section: Section, said: object) -> Iterator[tuple[str, object, DataPath]]:
    """Yield what a section of a file holds: the name that a criterion has there, its reference, and the place."""
    if section.holds == "one":
        yield "", said, ()
    elif section.holds == "list" and isinstance(said, list):
        yield from ((_id_in(text), text, (at,)) for at, text in enumerate(said))
    elif section.holds != "list" and isinstance(said, dict):
        yield from ((str(name), text, (name,)) for name, text in said.items())


def _id_in(reference: object) -> str:
    """Return the id in the reference of a criterion: `name` of `name@1.0.0` or of `own/name.yaml`."""
    text = str(reference)
    return Path(text).stem if text.endswith((".yaml", ".yml")) else text.partition("@")[0]


def _beside(reference: str, folder: Path) -> str:
    """Return the reference as a path, if it names a file by its place in the folder of the study."""
    inside = folder / reference
    return str(inside) if reference.endswith((".yaml", ".yml")) and inside.is_file() else reference


def _swap(references: References, swaps: Sequence[str], problems: list[Problem]) -> None:
    single = {section.role for section in sections() if section.holds == "one"}
    for text in swaps:
        role, equals, reference = text.partition("=")
        where = Where("--criteria", 1, 1, text, len(text))
        if not equals:
            role, reference = _kind_of(text, problems), text
        fitting = [one for one in references if one == role or one.startswith(f"{role} ")]
        if len(fitting) > 1:
            what = f"the study has several criteria for `{role}`"
            problems.append(Problem(where, what, listed(fitting), f"write which: `{fitting[0]}={reference}`"))
        elif fitting or role in single:
            references[fitting[0] if fitting else role] = (reference, where)
        elif role:
            what = f"the study has no criterion for `{role}`"
            problems.append(Problem(where, what, listed(references), nearest(role, references)))


def _kind_of(reference: str, problems: list[Problem]) -> str:
    try:
        return library.load(reference).kind
    except Refused as refused:
        problems.extend(refused.problems)
        return ""


def _loaded(references: References, problems: list[Problem]) -> tuple[dict[str, t.Criterion], set[str]]:
    """Return the criteria by role, and the ids of those that have problems."""
    found, failed = {}, set()
    for role, (reference, where) in references.items():
        try:
            found[role] = library.load(reference)
        except Refused as refused:
            failed.add(_id_in(reference))
            problems += [replace(p, where=where) if p.where.file == reference else p for p in refused.problems]
            continue
        problem = misfit(found[role], role_of(role).section, where)
        if problem is not None:
            problems.append(problem)
            del found[role]
            failed.add(_id_in(reference))
    return found, failed


# --- parameters set anew ----------------------------------------------------------------------------------------------
Change = tuple[str, str, Where]


def _file_settings(document: Document) -> Iterator[Change]:
    settings = document.data.get("set")
    for key, value in settings.items() if isinstance(settings, dict) else ():
        if document.sound(("set", key)):
            yield str(key), str(value), document.where(("set", key))


def _given_settings(settings: Sequence[str], problems: list[Problem]) -> Iterator[Change]:
    for text in settings:
        where = Where("--set", 1, 1, text, len(text))
        key, equals, value = text.partition("=")
        if equals:
            yield key.strip(), value.strip(), where
        else:
            problems.append(Problem(where, f"`{text}` sets nothing", "`id.parameter=value`", _SET))


_SET = "write `id.parameter=value`, such as `name.threshold=20 percent`"


def _set(
    criteria: dict[str, t.Criterion], changes: Sequence[Change], failed: set[str], problems: list[Problem]
) -> dict[str, str]:
    """Change the parameters of criteria; return what was changed. A criterion that `failed` cannot be judged here."""
    changed = {}
    ids = sorted({one.id for one in criteria.values()})
    for key, value, where in changes:
        id_, _, name = key.rpartition(".")
        if id_ not in ids and id_ not in failed:
            what = f"no criterion `{id_}` in this study" if id_ else f"`{key}` names no criterion"
            problems.append(Problem(where, what, listed(ids), nearest(id_, ids) or _SET))
        for role in [role for role, one in criteria.items() if one.id == id_]:
            try:
                criteria[role] = with_settings(criteria[role], {name: value}, Document(None, {(): where}), ())
                changed[key] = value
            except Refused as refused:
                problems += refused.problems
    return changed
