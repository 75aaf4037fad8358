"""The study of a cohort, run once for each criterion, which takes the place of the study's own of the same kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from criterium.language import library
from criterium.language import tree as t
from criterium.language.lower import shown
from criterium.language.problems import Problem, Refused, Where, listed
from criterium.language.roles import Role, own_section, role_of
from criterium.study.plan import Study, folder_of, survey
from criterium.study.results import Results, run_on_whole_dates


@dataclass(frozen=True, slots=True)
class Runs:
    """The results under each criterion, in the order given; `role` is the place it took in the study.

    `names` are what to call the criteria, each another name.
    `notes` say what a reader could otherwise mistake, such as a setting of the study that one of them does not share.
    """

    role: Role
    criteria: tuple[t.Criterion, ...]
    names: tuple[str, ...]
    results: tuple[Results, ...]
    notes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """What the criteria judge."""
        return self.role.section.kind.name

    @property
    def listed(self) -> bool:
        """Whether the criteria stand in a list, so that each judges something else than the others there."""
        return self.role.section.holds == "list"


def run_each(references: Sequence[str], cohort: str, settings: Sequence[str]) -> Runs:
    """Return the study of a cohort under each criterion; raise Refused with every problem.

    `settings` are texts `id.parameter=value`; one that names a criterion given here is set in that one alone.
    """
    loaded = [library.load(reference) for reference in references]
    kind = _one_kind(references, loaded)
    _refuse_without_answer(references, loaded)
    study = survey(folder_of(cohort))
    roles = _roles(study, kind, loaded)
    studies = []
    for one, reference in zip(loaded, references, strict=True):
        own = [*_of_study(study, one), *_own(settings, one, loaded)]
        studies.append(survey(study.folder, own, [f"{role}={reference}" for role in roles]))
    results = _run_all(studies)
    criteria = tuple(found.study.criteria[roles[0]] for found in results)
    notes = tuple(_notes(study, criteria))
    return Runs(role_of(roles[0]), criteria, names_of(references, loaded), tuple(results), notes)


def _run_all(studies: Sequence[Study]) -> list[Results]:
    """Return what the studies say; raise Refused with the problems of all of them."""
    results: list[Results] = []
    problems: list[Problem] = []
    for study in studies:
        try:
            results.append(run_on_whole_dates(study))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return results


def names_of(references: Sequence[str], criteria: Sequence[t.Criterion]) -> tuple[str, ...]:
    """Return what to call each criterion: its id, with its version where ids are the same, else as it was given."""
    for names in (
        [one.id for one in criteria],
        [f"{one.id}@{one.version}" for one in criteria],
        list(references),
    ):
        if len(set(names)) == len(names):
            return tuple(names)
    return tuple(f"{reference} ({at})" for at, reference in enumerate(references, 1))


def _one_kind(references: Sequence[str], loaded: Sequence[t.Criterion]) -> str:
    kinds = list(dict.fromkeys(one.kind for one in loaded))
    if len(kinds) > 1:
        other = next(at for at, one in enumerate(loaded) if one.kind != kinds[0])
        where = Where("CRITERIA", 1, 1, references[other], len(references[other]))
        what = f"`{loaded[0].id}` judges {kinds[0]}, `{loaded[other].id}` judges {kinds[1]}"
        raise Refused([Problem(where, what, "criteria of one kind", "a cohort is judged by criteria of one kind")])
    return kinds[0]


def _refuse_without_answer(references: Sequence[str], loaded: Sequence[t.Criterion]) -> None:
    """Raise Refused for every criterion that has no answer for a patient: no class of a course, no time, no terms."""
    problems = []
    for reference, one in zip(references, loaded, strict=True):
        if not one.branches and one.time is None and "class" not in one.course.ladders:
            what = f"`{one.id}` gives a class to every {one.each} and none to a course"
            remedy = "say under `course:` what the answer of a whole course is"
            where = Where("CRITERIA", 1, 1, reference, len(reference))
            problems.append(Problem(where, what, "`course:` with `classes:`", remedy))
    if problems:
        raise Refused(problems)


def _roles(study: Study, kind: str, loaded: Sequence[t.Criterion]) -> list[str]:
    """Return the roles that the criteria take: the one of their kind, that of each course, or one of a list."""
    section = own_section(kind)
    if section.holds == "one":
        return [section.role]
    fitting = [role for role in study.roles if role.section == section]
    if not fitting:
        there = listed(list(study.criteria))
        raise Refused([Problem(Where(str(study.folder)), f"the study has no criterion for {kind}", there)])
    if section.holds == "list":
        named = [role for one in loaded for role in fitting if role.name == one.id]
        fitting = [*named, *fitting][:1]
    return [role.text for role in fitting]


def _of_study(study: Study, criterion: t.Criterion) -> list[str]:
    """Return what the study sets of its own criterion, for one of the same id that takes its place."""
    found = []
    for key, value in dict(study.data.get("set", {})).items():
        id_, _, name = str(key).rpartition(".")
        if id_ == criterion.id and name in criterion.parameters:
            found.append(f"{key}={value}")
    return found


def _own(settings: Sequence[str], criterion: t.Criterion, loaded: Sequence[t.Criterion]) -> list[str]:
    """Return the settings for a run with this criterion: not those of another criterion that is compared with it."""
    others = {one.id for one in loaded} - {criterion.id}
    return [text for text in settings if text.partition("=")[0].strip().rpartition(".")[0] not in others]


def _notes(study: Study, criteria: Sequence[t.Criterion]) -> Iterator[str]:
    """Yield a note for each setting of the study that a criterion with the same parameter does not share."""
    for setting, value in dict(study.data.get("set", {})).items():
        id_, _, name = str(setting).rpartition(".")
        for one in criteria:
            if one.id != id_ and name in one.parameters and shown(one.parameters[name]) != str(value):
                has = shown(one.parameters[name])
                yield (
                    f"the study sets {setting} = {value}; {one.id} keeps {name} = {has}, "
                    f"unless you add --set '{one.id}.{name}={value}'"
                )
