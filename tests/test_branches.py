"""Rows graded by branches: labels, units, recorded grades."""

from __future__ import annotations

import numpy as np

from criterium.evaluate.frames import Material
from criterium.evaluate.results.branches import Graded, graded
from criterium.language.library import load, tables
from criterium.timeline.cohort import Cohort, Labels, TableData
from criterium.timeline.courses import NEVER, Courses

NAN = float("nan")


def labs(tests: list[str], values: list[float], units: list[str], lln: list[float], uln: list[float]) -> Graded:
    """Grade one patient's results, a day apart, by CTCAE 3.0."""

    def words(texts: list[str]) -> Labels:
        known = tuple(dict.fromkeys(texts))
        return Labels(np.array([known.index(text) for text in texts], dtype=np.int32), known)

    count = len(tests)
    columns = {
        "date": np.arange(count, dtype=float),
        "test": words(tests),
        "value": np.array(values),
        "unit": words(units),
        "lln": np.array(lln),
        "uln": np.array(uln),
    }
    data = TableData("labs", np.zeros(count, dtype=np.int32), columns, count)
    unnamed = Labels(np.zeros(1, dtype=np.int32), ("",))
    course = Courses(np.zeros(1, dtype=np.int64), unnamed, np.zeros(1), np.full(1, NEVER))
    return graded(load("ctcae-3.0"), Material(Cohort("labs", ("one",), {"labs": data}), tables()), course)


def said(found: Graded) -> list[str]:
    return [found.label.words[code] for code in found.label.codes]


def test_a_result_that_cannot_be_graded_has_the_unknown_label_and_a_reason():
    """Without a lower limit 80 is grade 0 or 1, and 60 is grade 2 whatever the limit."""
    found = labs(["platelets"] * 3, [80, 60, NAN], ["10*9/L"] * 3, [NAN, NAN, 150], [NAN] * 3)
    assert said(found) == ["not gradable", "2", "not gradable"]
    assert [code >= 0 for code in found.reason.codes] == [True, False, True]


def test_a_unit_of_the_same_scale_is_converted_exactly():
    """74900 per microlitre are 74.9 x 10*9/L, below the cut of 75; 75000 are on it."""
    found = labs(["platelets"] * 2, [74900, 75000], ["/uL"] * 2, [150000] * 2, [400000] * 2)
    assert said(found) == ["2", "1"]


def test_a_unit_without_a_column_is_not_graded():
    """No column of hemoglobin reads mg/dL of another dimension; the reason names the unit."""
    found = labs(["hemoglobin"], [9.0], ["U/L"], [12.0], [16.0])
    assert said(found) == ["not gradable"]
    assert "`U/L`" in found.reason.words[found.reason.codes[0]]


def test_one_result_feeds_every_term_that_reads_it():
    """Potassium 6.5 is grade 3 for high potassium (above 6.0, up to 7.0) and grade 0 for low potassium."""
    found = labs(["potassium"], [6.5], ["mmol/L"], [3.5], [5.0])
    criterion = load("ctcae-3.0")
    grades = {criterion.branches[branch].id: word for branch, word in zip(found.branch, said(found), strict=True)}
    assert grades == {"potassium_high": "3", "potassium_low": "0"}


def test_a_test_that_no_term_reads_keeps_its_row():
    """A row of an unknown test is not dropped: it has no grade, and the reason says so."""
    found = labs(["vitamin x", "platelets"], [1.0, 200.0], ["ng/mL", "10*9/L"], [NAN, 150.0], [NAN, 400.0])
    assert said(found) == ["not gradable", "0"]
    assert found.branch[0] == -1
    assert "`vitamin x`" in found.reason.words[found.reason.codes[0]]


def test_a_table_without_rows_gives_no_grades():
    """An empty laboratory table is graded to an empty answer."""
    assert labs([], [], [], [], []).rows == 0
