"""Dosing schemes in a study: what every planned cycle was allowed, why, what was given, and what the kidney has had."""

import numpy as np
import pytest

from criterium.study.exports import tables
from criterium.study.plan import survey
from criterium.study.results import run
from tests.small import LESIONS, STUDY, write

WITH_SCHEME = STUDY + "toxicity: ctcae-3.0@1.0.0\ndosing: {only: lutathera@1.0.0}\n"
# A: platelets of 60 (grade 2) hold the second cycle, 90 (grade 1) allow half, tolerated; B: nothing was counted.
PLANNED = """\
patient_id,date,course,cycle,agent,activity,unit
A,2020-01-01,only,1,177Lu,7.4,GBq
A,2020-02-26,only,2,177Lu,0,GBq
A,2020-03-25,only,3,177Lu,3.7,GBq
A,2020-05-20,only,4,177Lu,7.4,GBq
B,2020-01-01,only,1,177Lu,7.4,GBq
B,2020-02-26,only,2,177Lu,7.4,GBq
"""
LABS = """\
patient_id,date,test,value,unit,lln,uln
A,2020-02-10,PLAT,60,10*9/L,150,400
A,2020-03-20,PLAT,90,10*9/L,150,400
A,2020-05-10,PLAT,160,10*9/L,150,400
"""
KIDNEY = """\
patient_id,date,course,cycle,agent,activity,unit,kidney_gy_per_gbq,kidney_gy_before,kidney_bed_gy_before,kidney_risk
"""


def cycles(folder, *settings):
    """Return the rows of the cycles of a study by patient."""
    return tables(run(survey(folder, settings)))["cycles"].set_index("USUBJID")


def test_every_planned_cycle_says_what_was_allowed_and_why(tmp_path):
    """The rows hold the answer, the reason and what was given, of cycles that were held too."""
    found = cycles(write(tmp_path, WITH_SCHEME, treatments=PLANNED, labs=LABS)).loc["A"]
    assert [*found["ALLOWED"]] == ["full", "hold", "half", "full"]
    assert [*found["WHY"]] == ["nothing", "platelets", "resolved", "tolerated"]
    assert [*found["DOSE"]] == ["full", "none", "half", "full"]
    assert {*found["AVALC"]} == {"as-allowed"}


def test_without_counts_nothing_is_known(tmp_path):
    """A cycle that nobody counted platelets for is not known, and says so in words; a study can read it otherwise."""
    folder = write(tmp_path, WITH_SCHEME, treatments=PLANNED, labs=LABS)
    assert [*cycles(folder).loc["B"]["AVALC"]] == ["as-allowed", "unknown"]
    assert [*cycles(folder, "lutathera.unmeasured=no toxicity").loc["B"]["AVALC"]] == ["as-allowed", "as-allowed"]


def octreotate(folder, version, rows, labs=LABS):
    """Return the tables of a study of a scheme of 177Lu-octreotate with grades of platelets."""
    scheme = STUDY + f"toxicity: ctcae-3.0@1.0.0\ndosing: {{only: lu177-octreotate-{version}}}\n"
    return tables(run(survey(write(folder, scheme, treatments=KIDNEY + rows, labs=labs))))


@pytest.mark.parametrize("version", ["regular@1.1.0", "salvage@1.1.0"])
def test_a_cycle_that_was_not_given_is_planned_and_no_more(version, tmp_path):
    """Platelets of 60 hold the second cycle, 90 let it be given 14 days later: 70 days after the first, in time."""
    given = (("2020-01-01", 7.4), ("2020-02-26", 0), ("2020-03-11", 7.4))
    rows = "".join(f"A,{date},only,{at + 1},177Lu,{activity},GBq,,,,\n" for at, (date, activity) in enumerate(given))
    found = octreotate(tmp_path, version, rows, labs=LABS.replace("03-20", "03-05"))
    cycle, course = found["cycles"].set_index("USUBJID").loc["A"], found["courses"].set_index("USUBJID").loc["A"]
    assert [*cycle["ALLOWED"]] == ["full", "hold", "full"]
    assert [*cycle["WHY"]] == ["first", "platelets", "nothing"]
    assert [*cycle["DOSE"]] == ["full", "none", "full"]
    assert [*cycle["TIMING"]] == ["first", "kept", "kept"]
    assert [*cycle["AVALC"]] == ["as-planned", "not-given", "as-planned"]
    assert (int(course["count"]), float(course["cumulative (GBq)"])) == (2, pytest.approx(14.8))


@pytest.mark.parametrize(
    ("estimate", "before", "allowed", "why", "course"),
    [
        ("0.5", "8.2", "full", "nothing", "reached"),
        ("0.5", "8.3", "reduced", "kidney", "exceeded"),
        ("", "", "full", "nothing", "reached"),
    ],
)
def test_the_kidneys_of_a_patient_limit_the_activity(estimate, before, allowed, why, course, tmp_path):
    """Half a gray for a GBq is 14.8 Gy for 29.6 GBq: 8.2 Gy before make 23, 8.3 make more, and then 27.8 GBq."""
    dates = ("2020-01-01", "2020-02-26", "2020-04-22", "2020-06-17")
    first = f"A,{dates[0]},only,1,177Lu,7.4,GBq,{estimate},{before},,\n"
    rows = first + "".join(f"A,{date},only,{at + 2},177Lu,7.4,GBq,,,,\n" for at, date in enumerate(dates[1:]))
    found = octreotate(tmp_path, "regular@1.1.0", rows)
    last = found["cycles"].set_index("USUBJID").loc["A"].iloc[-1]
    assert (last["ALLOWED"], last["WHY"]) == (allowed, why)
    assert found["courses"].set_index("USUBJID").loc["A"]["DOSE"] == course


def test_a_fixed_scheme_counts_what_was_given(tmp_path):
    """A planned course that was not given is neither counted nor the shortest interval."""
    rows = "A,2020-01-01,only,1,131I,11.1,GBq\nA,2020-03-01,only,2,131I,0,GBq\nA,2020-05-01,only,3,131I,11.1,GBq\n"
    scheme = STUDY + "dosing: {only: i131-mibg-fixed@1.0.1}\n"
    folder = write(tmp_path, scheme, treatments=PLANNED.splitlines()[0] + "\n" + rows)
    found = tables(run(survey(folder)))["courses"].set_index("USUBJID").loc["A"]
    assert (int(found["count"]), float(found["shortest (days)"])) == (2, 121)


def kidney(folder, rows, *settings):
    """Return what four cycles of one patient have given to the kidney, absorbed and effective, in Gy."""
    scheme = STUDY + "dosing: {only: lu177-octreotate-retreatment@1.0.1}\n"
    lesions = LESIONS.splitlines()[0] + "\nA,2019-12-20,T1,target,20,10,present\n"
    write(folder, scheme, treatments=KIDNEY + rows, lesions=lesions)
    found = tables(run(survey(folder, settings)))["courses"].set_index("USUBJID").loc["A"]
    return float(found["kidney_absorbed (Gy)"]), float(found["kidney_bed (Gy)"])


def test_the_effective_dose_of_four_cycles(tmp_path):
    """Four cycles of 5.75 Gy are 23 Gy absorbed and, with 2.5 h, 55 h and 2.5 Gy, an effective dose of 25.3 Gy."""
    dates = ("2020-01-01", "2020-02-26", "2020-04-22", "2020-06-17")
    rows = "".join(f"A,{date},only,{at + 1},177Lu,5.75,GBq,1,,,false\n" for at, date in enumerate(dates))
    given = [f"lu177-octreotate-retreatment.{one}" for one in ("repair=2.5 h", "effective=55 h", "alpha_beta=2.5 Gy")]
    absorbed, effective = kidney(tmp_path, rows, *given)
    assert absorbed == pytest.approx(23)
    assert effective == pytest.approx(4 * 5.75 * (1 + 5.75 * 2.5 / ((2.5 + 55) * 2.5)))
    assert np.round(effective, 1) == 25.3


def test_earlier_courses_count(tmp_path):
    """What the kidney had before stands in the first row, and is added once."""
    rows = "A,2020-01-01,only,1,177Lu,7.4,GBq,0.5,20,21.5,false\nA,2020-02-26,only,2,177Lu,7.4,GBq,0.5,,,false\n"
    absorbed, effective = kidney(tmp_path, rows)
    assert absorbed == pytest.approx(27.4)
    assert effective == pytest.approx(21.5 + 2 * 3.7 * (1 + 3.7 * 2.8 / ((2.8 + 55) * 2.5)))
