"""What the sentences of a study can name: attributes of the patient, classes of the course, times and outcomes.

`best` is the course's response, `best_NAME` that by a further criterion, `dosing` its scheme's answer, `symptoms` the
symptomatic response; an endpoint goes by its id, what ended a time by `ID_outcome`; what another course of the same
patient has goes by `NAME_COURSE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from criterium.language.kinds import NUMBER
from criterium.language.scope import Entry
from criterium.language.tree import Criterion, Kind
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
    further = [(f"best_{name}", f"beside {name}") for name in study.beside]
    for name, role in (("best", "response"), *further, ("symptoms", "symptoms")):
        if role in study.criteria:
            # The figures of a study may name classes that a criterion put in the place of another does not have.
            words = () if role in study.replaced else _classes(study.criteria[role])
            yield name, Kind("label", "", words)
    if study.schemes:
        swapped = any(role.startswith("dosing ") for role in study.replaced)
        yield "dosing", Kind("label", "", () if swapped else scheme_classes(study))
    for name, verdict in study.verdicts.items():
        yield name, Kind("label", "", _classes(verdict))
    for name, endpoint in study.endpoints.items():
        if endpoint.time is not None:
            yield name, _TIME
            yield f"{name}_outcome", Kind("label", "", endpoint.time.outcome.labels)


def _classes(criterion: Criterion) -> tuple[str, ...]:
    """Return the classes of a course; none if the criterion does not judge courses."""
    ladder = criterion.course.ladders.get("class")
    return ladder.labels if ladder is not None else ()


def scheme_classes(study: Study) -> tuple[str, ...]:
    """Return the classes that the dosing schemes of a study can give, each once."""
    return tuple(dict.fromkeys(word for scheme in study.schemes.values() for word in _classes(scheme)))


def numeric(entries: Mapping[str, Entry]) -> list[str]:
    """Return the names that hold a number of each course."""
    return [name for name, entry in entries.items() if entry.kind.sort == "number"]
