"""What the sentences of a study can name: attributes of the patient, classes of the course, times and outcomes.

The class of a course goes by the name that its kind has in figures, that of a further criterion by this and its name,
as in `best_NAME`. An endpoint goes by its id, what ended a time by `ID_outcome`, what another course of the patient has
by `NAME_COURSE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from criterium.language.kinds import NUMBER
from criterium.language.roles import Role
from criterium.language.sentences.scope import Entry
from criterium.language.tree import Kind
from criterium.study.plan import Study
from criterium.timeline.cohort import Cohort, Labels

_TIME = Kind("number", "time")


def entries_of(study: Study, cohort: Cohort | None) -> dict[str, Entry]:
    """Return what every name of a course means; without a cohort, attributes of its patients are not among them."""
    kinds = dict(_attributes(cohort)) if cohort is not None else {}
    kinds["course"] = Kind("label", "", study.courses)
    for name, kind in _own_kinds(study):
        kinds |= {name: kind} | {f"{name}_{course}": kind for course in study.courses}
    return {name: Entry("field", kind, "course") for name, kind in kinds.items()}


def _attributes(cohort: Cohort) -> Iterator[tuple[str, Kind]]:
    for name, values in cohort.tables["patients"].columns.items():
        yield name, Kind("label") if isinstance(values, Labels) else NUMBER


def _own_kinds(study: Study) -> Iterator[tuple[str, Kind]]:
    for name, roles in study.classes.items():
        # The figures of a study may name classes that a criterion put in the place of another does not have.
        swapped = any(role.text in study.replaced for role in roles)
        yield name, Kind("label", "", () if swapped else classes_of(study, roles))
    for name, endpoint in study.endpoints.items():
        if endpoint.time is not None:
            yield name, _TIME
            yield f"{name}_outcome", Kind("label", "", endpoint.time.outcome.labels)


def classes_of(study: Study, roles: Sequence[Role]) -> tuple[str, ...]:
    """Return the classes that the criteria in these roles can give to a course, each once."""
    ladders = (study.criteria[role.text].course.ladders["class"] for role in roles)
    return tuple(dict.fromkeys(word for ladder in ladders for word in ladder.labels))


def numeric(entries: Mapping[str, Entry]) -> list[str]:
    """Return the names that hold a number of each course."""
    return [name for name, entry in entries.items() if entry.kind.sort == "number"]
