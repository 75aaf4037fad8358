"""Examples of a file that are alike are one cohort; each is answered there as it is alone."""

from __future__ import annotations

from typing import Any

import pytest

from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.walk import Walk
from criterium.language import library
from criterium.language.tree import Criterion
from criterium.verify.examples.cases import EXPECTED, case_of, cases_of, described
from criterium.verify.examples.trials import said_by
from criterium.verify.settings import with_settings

WITH_COURSES = [path for path in library.files() if not library.load(str(path)).branches]
EVERY = 4  # of so many examples of a cohort, one is asked alone too


@pytest.mark.parametrize("path", [str(path) for path in WITH_COURSES], ids=[path.stem for path in WITH_COURSES])
def test_an_example_is_answered_in_its_cohort_as_alone(path: str):
    """Classes of every ladder and step, the class of the course, outcome and time are those of the example alone."""
    criterion, document = library.load(path), library.resolve(path)
    cohorts: dict[Any, tuple[Criterion, list[Any]]] = {}
    for example in criterion.examples:
        given = example.get("set", {})
        changed = with_settings(criterion, given, document, ())
        alike = str(given), described(changed, example, library.tables()).alike
        cohorts.setdefault(alike, (changed, []))[1].append(example)
    for changed, examples in cohorts.values():
        _answered_as_alone(changed, examples)


def _answered_as_alone(criterion: Criterion, examples: list[Any]) -> None:
    tables = library.tables()
    several = cases_of(criterion, [described(criterion, one, tables) for one in examples], tables)
    together = Walk(criterion, Columns(several.frame, several.columns))
    for place, number in enumerate(several.frame.number):
        if number % EVERY == 0:
            asked = [key for key in examples[number] if key in EXPECTED or key in criterion.steps.ladders]
            case = case_of(criterion, examples[number], tables)
            alone = said_by(Walk(criterion, Columns(case.frame, case.columns)), asked)
            assert str(said_by(together, asked, place)) == str(alone), examples[number]
