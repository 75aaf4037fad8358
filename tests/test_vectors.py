"""Worked cases that any reading of the guidelines must come to: each stands in the file it is about, by its number.

They are written from the guidelines, in `data/vectors.yaml`. That the cases of a file come out as they say is tested
with the file.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from criterium.language import library
from criterium.language.file.source import parse
from criterium.study.figures import figures
from criterium.study.plan import folder_of, study_of
from criterium.study.queries import ask
from criterium.study.results import run

VECTORS = parse((Path(__file__).parent / "data/vectors.yaml").read_text(encoding="utf-8"), "vectors.yaml").data
OF_FILES = [number for number, vector in VECTORS.items() if "in" in vector]


def carries(note, number):
    """Say whether a note has the number of a worked case in it."""
    return re.search(rf"\b{number}\b", note) is not None


def test_all_are_there():
    """The numbers are the odd ones from 1 to 49."""
    assert list(VECTORS) == [f"T{number:02}" for number in range(1, 50, 2)]


@pytest.mark.parametrize("number", OF_FILES)
def test_a_case_stands_in_its_file(number):
    """Each expected answer is what a case of the file says whose note has the number."""
    vector = VECTORS[number]
    cases = [case for case in library.load(vector["in"]).examples if carries(str(case.get("note", "")), number)]
    missing = [answer for answer in vector["answers"] if not any(answer.items() <= case.items() for case in cases)]
    assert missing == []


@cache
def printed(name):
    """Return the figures of a study by their ids."""
    results = run(study_of(folder_of(name)))
    return {one.id: one for one in figures(results, ask(results), {})}


def test_minor_response_leaves_progression_alone():
    """T21: a cohort has as many progressions with minor response as without it, by two pairs of criteria."""
    vector = VECTORS["T21"]
    found = printed(vector["study"])
    for base, overlay in vector["figures"]:
        assert found[base].exact == found[overlay].exact
        assert found[base].exact[0] > 0
        assert carries(found[overlay].note, "T21")


def test_shares_of_cycles():
    """T49: the percentages that are printed are those of 18, 9 and 33 of 118 cycles."""
    vector = VECTORS["T49"]
    found = printed(vector["study"])
    for name, hits in vector["hits"].items():
        assert found[name].exact == (100 * hits / vector["of"],)
        assert found[name].agrees
        assert carries(found[name].note, "T49")
