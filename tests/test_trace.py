"""The trace of one course: what it says, by hand."""

from __future__ import annotations

from criterium.evaluate.algebra import COURSE, Place
from criterium.evaluate.exact.trace import at
from tests.one_lesion import walked


def entries_of(longs, shorts):
    """Return the trace of SWOG with minor response on one lesion that is measured every 8 weeks."""
    return walked(longs, shorts)[1]


def test_the_trace_holds_every_value_with_its_numbers():
    """Sizes are 12, 9 and 14.4 cm2: a fall of 25 percent from baseline, then a rise of 60 percent from the nadir."""
    found = entries_of([40.0, 30.0, 40.0], [30.0, 30.0, 36.0])
    assert at(found, Place("step", 1), "percent fall of size from baseline") == "25"
    assert at(found, Place("step", 2), "nadir size") == "900"
    assert at(found, Place("step", 2), "percent rise of size from nadir") == "60"


def test_the_trace_holds_every_condition_with_its_truth():
    """At the second assessment the minor response holds and progression does not; at the third progression does."""
    found = entries_of([40.0, 30.0, 40.0], [30.0, 30.0, 36.0])
    assert at(found, Place("step", 1), "shrinkage >= minor") == "true"
    assert at(found, Place("step", 1), "regrowth >= progression") == "false"
    assert at(found, Place("step", 2), "regrowth >= progression") == "true"
    assert at(found, Place("step", 1), "class") == "MR"
    assert at(found, Place("step", 2), "class") == "PD"


def test_the_trace_shows_what_is_missing_and_where_it_stands():
    """A lesion that was not measured leaves the size unknown; the line of the file is the measure's."""
    found = entries_of([40.0, float("nan")], [30.0, 30.0])
    assert at(found, Place("step", 1), "shrinkage >= partial") == "unknown"
    line = next(one.where for one in found if one.text == "shrinkage >= partial")
    assert line.file == "criteria/response/swog.yaml"
    assert "shrinkage >= partial" in line.text


def test_the_course_is_traced_too():
    """One minor response is not seen twice."""
    found = entries_of([40.0, 30.0, 40.0], [30.0, 30.0, 36.0])
    assert at(found, COURSE, "seen PR or better twice at least confirm_after apart") == "false"
