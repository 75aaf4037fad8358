"""A study as its file says it: the cohort, the courses, the criteria with their settings, and what a paper printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from criterium.language import library, schema
from criterium.language import tree as t
from criterium.language.document import Document
from criterium.language.problems import Problem, Refused, Where, listed, nearest
from criterium.language.source import survey as read
from criterium.verify.settings import with_settings

ROLES = ("response", "toxicity", "symptoms")
_KINDS = {"beside": "response"}
_OF_COURSES = {"response", "beside", "symptoms", "dosing"}
References = dict[str, tuple[str, Where]]


@dataclass(frozen=True, slots=True)
class Study:
    """A study: `criteria` by role, with `problems` so far.

    The roles are response, toxicity, symptoms, beside NAME, dosing COURSE and endpoint ID. `changed` holds the
    parameters that were set anew, by `id.parameter`; `replaced` the ids of the file's criteria that others stand in
    for, by role.
    """

    id: str
    folder: Path
    document: Document
    criteria: Mapping[str, t.Criterion]
    changed: Mapping[str, str] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
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
    def courses(self) -> tuple[str, ...]:
        """The courses that every patient is expected to have had."""
        return tuple(str(word) for word in self.data.get("courses", []))

    @property
    def endpoints(self) -> dict[str, t.Criterion]:
        """The times to an event by their id."""
        return {name: one for name, one in self._of("endpoint").items() if one.time is not None}

    @property
    def verdicts(self) -> dict[str, t.Criterion]:
        """The endpoints that give a course a class in the place of a time, by their id."""
        return {name: one for name, one in self._of("endpoint").items() if one.time is None}

    @property
    def schemes(self) -> dict[str, t.Criterion]:
        """The dosing schemes by the name of their course."""
        return self._of("dosing")

    @property
    def beside(self) -> dict[str, t.Criterion]:
        """The further response criteria by the name the study gives them."""
        return self._of("beside")

    def _of(self, role: str) -> dict[str, t.Criterion]:
        return {key.removeprefix(f"{role} "): one for key, one in self.criteria.items() if key.startswith(f"{role} ")}


def folder_of(name: str) -> Path:
    """Return the folder of a study: a path, or the name of a shipped cohort; raise Refused if there is none."""
    path = Path(name)
    if path.is_dir():
        return path
    shipped = library.shipped("cohorts")
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


def survey(folder: Path, settings: Sequence[str] = (), swaps: Sequence[str] = ()) -> Study:
    """Return the study in a folder with every problem of its file, criteria and settings.

    `settings` are texts `id.parameter=value`; `swaps` texts `role=criterion`, or a criterion's name alone, which takes
    the place of the study's criterion of the same kind. Raises Refused if there is no file that holds a mapping.
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
    return Study(id_, folder, document, criteria, changed, replaced, document.with_problems(problems).problems)


def _document(path: Path) -> Document:
    if not path.exists():
        remedy = "`criterium schema study` prints what it may hold"
        raise Refused([Problem(Where(str(path)), "there is no study.yaml in the folder", "a study", remedy)])
    document = read(path, library.shown(path))
    if not isinstance(document.data, dict):
        what = "the file is not a mapping"
        raise Refused([*document.problems, Problem(document.where(()), what, "keys such as `id:` and `endpoints:`")])
    return schema.checked(document, "study")


# --- which criteria ---------------------------------------------------------------------------------------------------
def _references(document: Document, folder: Path) -> Iterator[tuple[str, tuple[str, Where]]]:
    """Yield each role with the reference of its criterion and its place; what does not fit the format is left out."""
    data = document.data
    places: list[tuple[str, Any, tuple[str | int, ...]]] = [(role, data.get(role), (role,)) for role in ROLES]
    endpoints = data.get("endpoints")
    for role in ("beside", "dosing"):
        named = data.get(role)
        if isinstance(named, dict):
            places += [(f"{role} {name}", text, (role, name)) for name, text in named.items()]
    if isinstance(endpoints, list):
        places += [(f"endpoint {_id_in(text)}", text, ("endpoints", at)) for at, text in enumerate(endpoints)]
    for role, text, path in places:
        if isinstance(text, str):
            yield role, (_beside(text, folder), document.where(path))


def _id_in(reference: object) -> str:
    """Return the id in the reference of a criterion: `name` of `name@1.0.0` or of `own/name.yaml`."""
    text = str(reference)
    return Path(text).stem if text.endswith((".yaml", ".yml")) else text.partition("@")[0]


def _beside(reference: str, folder: Path) -> str:
    """Return the reference as a path, if it names a file by its place in the folder of the study."""
    inside = folder / reference
    return str(inside) if reference.endswith((".yaml", ".yml")) and inside.is_file() else reference


def _swap(references: References, swaps: Sequence[str], problems: list[Problem]) -> None:
    for text in swaps:
        role, equals, reference = text.partition("=")
        where = Where("--criteria", 1, 1, text, len(text))
        if not equals:
            role, reference = _kind_of(text, problems), text
        fitting = [one for one in references if one == role or one.startswith(f"{role} ")]
        if len(fitting) > 1:
            what = f"the study has several criteria for `{role}`"
            problems.append(Problem(where, what, listed(fitting), f"write which: `{fitting[0]}={reference}`"))
        elif fitting or role in ROLES:
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
        misfit = _misfit(found[role], role.partition(" ")[0], where)
        if misfit is not None:
            problems.append(misfit)
            del found[role]
            failed.add(_id_in(reference))
    return found, failed


def _misfit(criterion: t.Criterion, section: str, where: Where) -> Problem | None:
    """Return the problem of a criterion in a section that asks for another kind, or for a class of the course."""
    kind = _KINDS.get(section, section)
    if criterion.kind != kind:
        what = f"`{criterion.id}` judges {criterion.kind}, not {kind}"
        return Problem(where, what, f"a criterion of the kind {kind}", "`criterium list` shows what ships")
    if section in _OF_COURSES and "class" not in criterion.course.ladders:
        what = f"`{criterion.id}` gives a course no class"
        return Problem(where, what, "`course:` with `classes:`", "what is told of a course is printed and compared")
    return None


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
