"""Every criterion that ships: its examples, the origin of its numbers, the clauses reached, and its overlays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import evaluate
from criterium.evaluate.results.branches import column_for
from criterium.evaluate.walk import Walk
from criterium.language import library, tree
from criterium.language.lower import lower
from criterium.timeline.courses import courses_of
from criterium.timeline.door import cohort_from_frames
from criterium.verify.examples import trials as examples
from criterium.verify.examples.cases import EXPECTED, case_of
from criterium.verify.settings import with_settings

IDS = [path.stem for path in library.files()]
BRANCHED = ["ctcae-3.0", "ctcae-4.03", "ctcae-5.0", "ctcae-6.0", "ctcae-6.0-errata", "who-toxicity"]
every_criterion = pytest.mark.parametrize("name", IDS)


@cache
def document(name: str) -> Any:
    """Return the whole document of a shipped criterion."""
    return library.resolve(name)


@cache
def criterion(name: str) -> tree.Criterion:
    """Return a shipped criterion."""
    return lower(document(name), library.tables())


@every_criterion
def test_the_examples_of_a_criterion_come_out_as_they_say(name: str) -> None:
    """Both algebras give what every example of the file expects."""
    report = examples.run(criterion(name), document(name), library.tables())
    assert report.count > 0
    assert [str(problem) for problem in report.problems] == []


# Classes of the course that stand without a sentence: their names say it, in versions that were released so.
NAMED = {"swog": {"uCR", "uPR"}, "swog-mr": {"uCR", "uPR"}}
RESPONSES = [name for name in IDS if "@" not in name and criterion(name).kind == "response"]


@pytest.mark.parametrize("name", RESPONSES)
def test_every_response_is_said_in_a_sentence(name: str) -> None:
    """Each class that a course can get is said in words of our own where it is given, the unknown label apart."""
    one = criterion(name)
    ladders = [ladder for layer in (one.steps, one.course) for ladder in layer.ladders.values()]
    said = {clause.label for ladder in ladders for clause in ladder.clauses if clause.says}
    best = one.course.ladders["class"]
    silent = set(best.labels) - said - {best.unknown}
    assert silent == NAMED.get(name, set())


@every_criterion
def test_every_example_expects_something(name: str) -> None:
    """No example only describes a patient."""
    expected = {*EXPECTED, "grade", "possible", *criterion(name).steps.ladders}
    assert [example for example in criterion(name).examples if not expected & set(example)] == []


@every_criterion
def test_every_parameter_has_an_origin(name: str) -> None:
    """A number somebody may argue about says where it is from, how sure that is, and what it means."""
    parameters = criterion(name).parameters.values()
    bare = [one.name for one in parameters if not (one.cite and one.confidence and one.means)]
    assert bare == []


@every_criterion
def test_what_is_recalled_says_how_surely(name: str) -> None:
    """A certainty below one stands beside whatever was recalled, and beside nothing else."""
    said = list(origins(document(name).data))
    assert all(("certainty" in one) == (one["confidence"] == "recalled") for one in said)
    assert all(0 < one["certainty"] < 1 for one in said if "certainty" in one)


def origins(data: Any) -> Iterator[Mapping[str, Any]]:
    """Yield everything in a document that has a confidence."""
    if isinstance(data, Mapping):
        if "confidence" in data:
            yield data
        for value in data.values():
            yield from origins(value)
    elif isinstance(data, list):
        for value in data:
            yield from origins(value)


# --- clauses ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", [name for name in IDS if name not in BRANCHED])
def test_every_clause_is_reached_by_an_example(name: str) -> None:
    """Some example is decided by each rung of each ladder and each row of each table."""
    reached = {place for example in criterion(name).examples for place in decided(name, example)}
    assert sorted(clauses(criterion(name)) - reached) == []


def clauses(one: tree.Criterion) -> set[str]:
    """Return every clause of a criterion: the ladder and the number of the clause, or what a time ends with."""
    ladders = {**one.steps.ladders, **{f"course {key}": ladder for key, ladder in one.course.ladders.items()}}
    ends = {f"time {clause.label}" for clause in one.time.outcome.clauses} if one.time else set()
    return {f"{name} {at}" for name, ladder in ladders.items() for at in range(len(ladder.clauses))} | ends


def decided(name: str, example: Mapping[str, Any]) -> Iterator[str]:
    """Yield the clauses that decide something in an example."""
    changed = set_anew(name, example.get("set", {}))
    case = case_of(changed, example, library.tables())
    walk = Walk(changed, Exact(case.frame, 0, case.exact))
    found = [(ladder, walk.decision(ladder, place)) for place in walk.step_places() for ladder in changed.steps.ladders]
    found += [(f"course {ladder}", walk.decision(ladder, COURSE)) for ladder in changed.course.ladders]
    yield from (f"{ladder} {one.clause}" for ladder, one in found if len(one.possible) == 1)
    if changed.time is not None:
        yield f"time {walk.climb(changed.time.outcome, COURSE).label}"


def set_anew(name: str, values: Mapping[str, Any]) -> tree.Criterion:
    """Return a shipped criterion with some parameters set anew."""
    return with_settings(criterion(name), values, document(name), ())


@pytest.mark.parametrize("name", BRANCHED)
def test_every_grade_of_every_column_is_reached_by_an_example(name: str) -> None:
    """Some example has each class that each ladder of a term can give, where it is not that of the base."""
    one = criterion(name)
    reached = {(column(one, example), str(example["grade"])) for example in one.examples if measured(example)}
    known = ladders_of_base(name)
    every = [(at, branch.ladder) for at, branch in enumerate(one.branches) if branch.ladder is not None]
    ladders = [(at, ladder) for at, ladder in every if ladder not in known and not one.branches[at].derived]
    labels = {(at, clause.label, ladder.unknown) for at, ladder in ladders for clause in ladder.clauses}
    wanted = {(at, label) for at, label, unknown in labels if label != unknown}
    assert sorted((one.branches[at].id, one.branches[at].unit, label) for at, label in wanted - reached) == []


def ladders_of_base(name: str) -> list[tree.Ladder]:
    """Return the ladders of the terms of the criterion that another one extends; their examples are its own."""
    base = library.base(name)
    return [branch.ladder for branch in base.branches if branch.ladder is not None] if base is not None else []


def measured(example: Mapping[str, Any]) -> bool:
    return "grade" in example and "recorded" not in example


def column(one: tree.Criterion, example: Mapping[str, Any]) -> int:
    """Return the number of the branch that reads the result of an example."""
    numbers = [at for at, branch in enumerate(one.branches) if branch.id == example["term"] and branch.ladder]
    numbers = [at for at in numbers if bool(one.branches[at].derived) == ("test" in example)]
    found = column_for(one, numbers, str(example.get("unit", "")))
    assert found is not None
    return found[0]


# --- overlays --------------------------------------------------------------------------------------------------------
sizes = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: tenths / 10))
news = st.sampled_from([False, False, False, None, True])
assessments = st.lists(st.tuples(sizes, news, st.integers(7, 70)), max_size=5)
readings = st.fixed_dictionaries(
    {
        "persistence": st.sampled_from(["sticky", "pointwise"]),
        "confirmation": st.sampled_from(["required", "none"]),
        "accept_sd": st.sampled_from(["refuse", "accept"]),
    }
)


@settings(max_examples=40)
@given(sizes, assessments)
def test_minor_response_takes_from_stable_disease_only_in_swog(baseline: Any, later: list[Any]) -> None:
    """T21: at every assessment the overlay says what its base says, or MR for SD; so progression is the same."""
    only_stable_changes("swog", "swog-mr", {}, course(baseline, later, "new_disease"))


@settings(max_examples=60)
@given(sizes, assessments, readings)
def test_minor_response_takes_from_stable_disease_only_in_recist(baseline: Any, later: list[Any], reading: Any) -> None:
    """T21: at every assessment the overlay says what its base says, or MR for SD, under every reading."""
    only_stable_changes("recist-1.1", "recist-1.1-mr", reading, course(baseline, later, "new_lesion"))


def course(baseline: Any, later: list[Any], new: str) -> dict[str, Any]:
    """Return a course as an example would write it: sizes, new disease and the days of the assessments."""
    days = list(accumulate(gap for _, _, gap in later))
    known = [baseline, *(size for size, _, _ in later)]
    return {"size": known, new: [False, *(seen for _, seen, _ in later)], "at": days}


def only_stable_changes(base: str, overlay: str, reading: Mapping[str, Any], example: Mapping[str, Any]) -> None:
    before, best_before = answers(base, reading, example)
    after, best_after = answers(overlay, reading, example)
    assert ["SD" if one == "MR" else one for one in after] == before
    assert best_after == best_before or (best_after == "MR" and best_before in {"SD", "PD", "NE"})


def answers(name: str, reading: Mapping[str, Any], example: Mapping[str, Any]) -> tuple[list[str], str]:
    """Return the class of every assessment, and the best response."""
    changed = set_anew(name, reading)
    case = case_of(changed, example, library.tables())
    walk = Walk(changed, Columns(case.frame, case.columns))
    labels = [walk.decision("class", place).label for place in walk.step_places()]
    best = walk.decision("class", COURSE).label
    return [one.words[int(one.codes[0])] for one in labels], best.words[int(best.codes[0])]


# --- courses ---------------------------------------------------------------------------------------------------------
def test_a_second_course_starts_from_its_own_baseline() -> None:
    """F2: 10.0, 4.0, 6.5 cm2 are PR and PD; 6.5, then 4.5 is MR, not the PR or SD of a baseline or nadir that leaks."""
    treatments = [("P", "2020-01-15", "regular"), ("P", "2021-02-01", "salvage")]
    lesions = [("2020-01-01", 100), ("2020-06-01", 40), ("2021-01-15", 65), ("2021-06-01", 45)]
    frames = {
        "patients": pd.DataFrame({"patient_id": ["P"]}),
        "treatments": pd.DataFrame(treatments, columns=["patient_id", "date", "course"]),
        "lesions": pd.DataFrame([("P", day, "T1", "target", long, 10.0, "present") for day, long in lesions]),
    }
    frames["lesions"].columns = pd.Index(["patient_id", "date", "lesion_id", "role", "long_mm", "short_mm", "state"])
    cohort = cohort_from_frames("two courses", frames, library.tables())
    courses = courses_of(cohort, library.tables(), "lesions")
    steps = evaluate(criterion("swog-mr"), Material(cohort, library.tables()), courses).steps
    label = steps.classes["class"].label
    found = [(int(number), label.words[code]) for number, code in zip(steps.course, label.codes, strict=True)]
    assert found == [(0, "PR"), (0, "PD"), (1, "MR")]
