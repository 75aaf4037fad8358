"""Criteria with names of their own for their classes: the endpoints that ship read them by the names they know."""

from datetime import date, timedelta

import pytest

from criterium.language.library import resolve, tables
from criterium.language.lower import lower
from criterium.language.problems import Refused
from criterium.study.outcomes import days
from criterium.study.plan import survey
from criterium.study.results import run
from tests.small import STUDY, write

ENDPOINTS = "[progression-free-survival@1.0.0, time-to-response@1.0.0, duration-of-response@1.0.0]"
HEAD = "patient_id,date,lesion_id,role,site,long_mm,short_mm,state\n"
# Days from the start, and the size of one lesion, 100 mm at baseline.
COURSE = {56: 125, 84: 65, 112: 65, 168: 90, 196: 96}


def times(folder, criterion, course):
    """Return the days that each endpoint lasts under a response criterion, in a course of one lesion."""
    start = date(2020, 1, 1)
    sizes = {-12: 100, **course}
    rows = [f"A,{start + timedelta(days=day)},T1,target,liver,{size},10,present" for day, size in sizes.items()]
    study = STUDY.replace("swog@1.0.0", criterion).replace("[overall-survival@1.0.0]", ENDPOINTS)
    results = run(survey(write(folder, study, lesions=HEAD + "\n".join([*rows, ""]))))
    at = results.cohort.patients.index("A")
    row = list(results.courses.patient).index(at)
    return {name: float(days(outcome)[row]) for name, outcome in results.endpoints.items()}


def test_unconfirmed_progression_is_no_event(tmp_path):
    """Day 56 is taken back by a response on day 84; day 168 is confirmed on day 196 and is the date of progression."""
    found = times(tmp_path, "irecist@1.0.0", COURSE)
    assert found == {"progression-free-survival": 168, "time-to-response": 84, "duration-of-response": 84}


def test_progression_that_counts_at_once(tmp_path):
    """The same course progresses on day 56 where progression needs no confirmation."""
    assert times(tmp_path, "recist-1.1@1.1.0", COURSE)["progression-free-survival"] == 56


def test_burden_with_confirmation(tmp_path):
    """A response on days 84 and 112, then progression on day 168, confirmed on day 196 by names that begin with ir."""
    found = times(tmp_path, "irrecist@1.0.0", {84: 65, 112: 65, 168: 90, 196: 96})
    assert found == {"progression-free-survival": 168, "time-to-response": 84, "duration-of-response": 84}


def test_names_that_are_no_class(tmp_path):
    """A name for a class that the criterion does not give is refused, with the nearest."""
    path = tmp_path / "mine.yaml"
    text = "id: mine\nversion: 1.0.0\ntitle: Mine\nextends: who@1.0.0\n"
    path.write_text(
        text + "source: [{cite: nobody, for: nothing, confidence: derived}]\nread_as: {NCC: SD}\n", encoding="utf-8"
    )
    with pytest.raises(Refused) as caught:
        lower(resolve(str(path)), tables())
    assert [problem.what for problem in caught.value.problems] == ["`NCC` is not a class"]
