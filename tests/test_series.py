"""A series of results is a member of the steps of its table, each in one unit."""

import numpy as np
import pytest

from criterium.evaluate.frames import Material, frame_of
from criterium.language.library import load, tables
from criterium.language.problems import Refused
from criterium.timeline.cohort import Cohort, TableData
from criterium.timeline.courses import DAY_BITS, Ordered, courses_of
from criterium.verify.examples.rows import rows_of, table_data

CRITERION = load("biochemical-response")


def steps(rows):
    """Return the days and the values of the series of one patient whose results are `rows`."""
    found = table_data(tables()["labs"], [rows_of(tables()["labs"], rows, [], "labs")])
    cohort = Cohort("one", ("one",), {"labs": found})
    frame = frame_of(CRITERION, Material(cohort, tables()), courses_of(cohort, tables(), "labs"))
    days = [float(one["date"][0]) for one in frame.steps]
    return days, [one["value"].tolist() for one in frame.members.fields]


def row(day, value, unit="ug/L", test="chromogranin A"):
    """Return one result."""
    return {"day": day, "test": test, "value": value, "unit": unit, "uln": 100}


def test_other_series():
    """Results of a series that the criterion does not look at make no steps."""
    assert steps([row(0, 400), row(7, 3, test="platelets"), row(56, 200)]) == ([0.0, 56.0], [[400.0], [200.0]])


def test_other_unit():
    """A value in another unit than the first known one of its series is not known."""
    days, values = steps([row(0, 400), row(56, 0.2, "mg/L"), row(112, 200)])
    assert days == [0.0, 56.0, 112.0]
    assert np.isnan(values[1][0])
    assert [values[0], values[2]] == [[400.0], [200.0]]


def test_two_units_on_one_day():
    """Two results of one series on one day, in two units, are refused."""
    with pytest.raises(Refused, match="two labs of `chromogranin A` of one patient on one day"):
        steps([row(0, 400), row(56, 0.2, "mg/L"), row(56, 200)])


@pytest.mark.parametrize("order", [None, np.array([3, 1, 0, 2])], ids=["in order", "sorted"])
def test_rows_of_some_patients_can_be_chosen_from(order):
    """Of a run of patients the rows of a series are taken, whether the table was in order or had to be sorted."""
    values = np.array([10.0, 11.0, 12.0, 13.0])
    column = values if order is None else values[np.argsort(order)]
    whose = np.zeros(4, dtype=np.int32)
    rows = Ordered(TableData("labs", whose, {"value": column}, 4), np.arange(4) << DAY_BITS, order)
    assert rows.of_patients(1, 3).only(np.array([0, 2])).column("value").tolist() == [11.0, 13.0]
