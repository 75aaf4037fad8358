"""What a cohort shows is possible: no proof says that two classes cannot meet that meet in some patient.

A course of a cohort may be larger than the bound of the proof; what these cohorts show, smaller courses show as well.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.language import tree as t
from criterium.language.library import load
from criterium.verify.proofs.worlds import Impossible
from tests.laws.cohorts import answers, patient, together
from tests.witnesses import PAIRS, found

Classes = dict[tuple[Any, ...], str]


@pytest.mark.parametrize("pair", PAIRS)
@settings(max_examples=1, derandomize=True, deadline=None)
@given(first=st.integers(0, 2**20))
def test_what_a_cohort_shows_is_possible(pair: tuple[str, str], first: int):
    """Every pair of classes, of an assessment or of a course, that some patient has is one that can meet."""
    rows = together(patient(f"P{seed}", seed) for seed in range(first, first + 40))
    ours, theirs = (_classes(load(id_), rows) for id_ in pair)
    for about, matrix in found(*pair).items():
        for key in ours[about].keys() & theirs[about].keys():
            seen = ours[about][key], theirs[about][key]
            assert not isinstance(matrix.cells[seen], Impossible), (about, key, seen)


def _classes(criterion: t.Criterion, rows: Any) -> dict[str, Classes]:
    """Return the classes of assessments by patient, course and date, and those of courses."""
    said: dict[str, Classes] = {"class of each assessment": {}, "class of the course": {}}
    for key, answer in answers(criterion, rows).items():
        if key[-2:] == ("class", "class"):
            patient_, course, step, date = key[:4]
            about = "class of the course" if step == "course" else "class of each assessment"
            said[about][patient_, course, date] = answer[0]
    return said
