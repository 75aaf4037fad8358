"""Defects of public implementations and of printed texts, restated as criteria: each is caught by its finding."""

from pathlib import Path

import pytest

from criterium.language import library
from criterium.verify.check import check

DEFECTS = Path(__file__).parent / "defects"

# The file, the finding that must catch the defect, and what it must be about.
CAUGHT = {
    "pyrecist-complete": [("CRT104", "classes.CR")],
    "grstat-progression": [("CRT201", "classes.PD")],
    "ctutils-order": [("CRT102", "classes PR and PD")],
    "ctutils-complete": [("CRT202", "classes.CR")],
    "clinicopath-order": [("CRT102", "classes PR and PD")],
    "clinicopath-default": [("CRT106", "classes")],
    "gdl-empty": [("CRT105", "missing numbers")],
    "edc-ggt-grade-1": [("CRT103", "terms.ggt"), ("CRT101", "terms.ggt"), ("CRT201", "terms.ggt, grade 1")],
    "edc-ggt-grade-3": [("CRT201", "terms.ggt, grade 3"), ("CRT101", "terms.ggt")],
    "pharmaforest-unknown": [("CRT105", "terms.platelets")],
    "admiral-siblings": [("CRT203", "terms.ggt, grade 1"), ("CRT202", "terms.ggt, grade 1")],
    "admiral-uncovered": [("CRT201", "terms.alt, grade 3")],
    "test-dataset": [("CRT002", "line 7"), ("CRT002", "line 8")],
    "sodium-integers": [("CRT101", "terms.sodium_low"), ("CRT107", "terms.sodium_low")],
    "alt-baseline": [("CRT108", "terms.alt"), ("CRT101", "terms.alt")],
    "triglycerides-units": [("CRT303", f"terms.triglycerides, grade {grade}") for grade in (1, 2, 3, 4)],
}
EXPECTED = [(name, code, about) for name, found in CAUGHT.items() for code, about in found]


def test_every_file_is_here():
    """Every restated defect stands in the table above, and the other way round."""
    assert {path.stem for path in DEFECTS.glob("*.yaml")} == set(CAUGHT)


@pytest.fixture(scope="module")
def found():
    """Return the open findings of every file."""
    return {name: check(str(DEFECTS / f"{name}.yaml"), library.tables())[1].open for name in CAUGHT}


@pytest.mark.parametrize(("name", "code", "about"), EXPECTED)
def test_defect_is_caught(found, name, code, about):
    """The finding that names the kind of the defect is there."""
    assert (code, about) in {(one.code, one.about) for one in found[name]}


def test_only_what_is_wrong_is_an_error(found):
    """Bands whose unit columns disagree are warned of, everything else here is an error."""
    assert {one.code for one in found["triglycerides-units"]} == {"CRT303"}
    assert all(any(one.severity == "error" for one in found[name]) for name in CAUGHT if name != "triglycerides-units")
