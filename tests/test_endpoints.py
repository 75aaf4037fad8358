"""Endpoints in a study: durations of responders, classes for times, censoring, grades against the baseline."""

from fractions import Fraction

import numpy as np
import pytest

from criterium.compare.sweep.ranges import Axis
from criterium.compare.sweep.rates import sweep
from criterium.language import library
from criterium.language.problems import Refused
from criterium.study.exports import tables
from criterium.study.outcomes import duration, observed
from criterium.study.plan import folder_of, study_of, survey
from criterium.study.results import run
from criterium.study.survival import median_survival, reverse_median
from tests.small import LESIONS, STUDY, computed, figure, table, write

ENDPOINTS = "endpoints: [duration-of-response@1.0.0, time-to-response@1.0.0, disease-control@1.0.0]\n"
WITH_ENDPOINTS = STUDY.replace("endpoints: [overall-survival@1.0.0]\n", ENDPOINTS)
# A: 60 percent less area on 2020-03-01 and 2020-06-01, twice as much as at the baseline on 2020-12-01.
RESPONDER = LESIONS.replace("01,T1,target,20,10", "01,T1,target,20,4") + "A,2020-12-01,T1,target,40,10,present\n"
LABS = """\
patient_id,date,test,value,unit,lln,uln
A,2019-12-01,PLAT,40,10*9/L,150,400
A,2019-12-20,PLAT,100,10*9/L,150,400
A,2020-02-01,PLAT,60,10*9/L,150,400
A,2020-04-01,PLAT,90,10*9/L,150,400
B,2020-01-01,PLAT,70,10*9/L,150,400
B,2020-02-01,PLAT,60,10*9/L,150,400
C,2020-02-01,PLAT,60,10*9/L,150,400
"""
EVENTS = "patient_id,date,term,grade\nA,2020-02-01,Nausea,2\nB,2019-12-01,Nausea,2\nB,2020-02-01,Nausea,2\n"
WITH_GRADES = STUDY + "toxicity: ctcae-3.0@1.0.0\n"


def times(results, name):
    """Return start, end and time of an endpoint by patient."""
    frame = tables(results)["times"]
    rows = frame[frame["PARAMCD"] == name].set_index("USUBJID")
    return rows[["STARTDT", "ADT", "AVAL", "EVNTDESC", "CNSDTDSC"]].astype(object).where(rows.notna(), None)


# --- responders -------------------------------------------------------------------------------------------------------
def test_a_response_lasts_from_its_first_day(tmp_path):
    """From 2020-03-01 to 2020-12-01 are 275 days, 9.03 months; who did not respond has no time."""
    results = run(survey(write(tmp_path, WITH_ENDPOINTS, lesions=RESPONDER)))
    found = times(results, "duration-of-response")
    assert [*found.loc["A"][["STARTDT", "ADT", "EVNTDESC"]]] == ["2020-03-01", "2020-12-01", "progression"]
    assert float(found.loc["A"]["AVAL"]) == pytest.approx(275 / 30.4375)
    assert found.loc["B"]["AVAL"] is None
    assert found.loc["B"]["CNSDTDSC"] == "no response"
    row = table(results, "endpoints-only")["duration-of-response"]
    assert (row["n"], row["events"], row["no time"]) == (1, 1, 3)


def test_time_to_response_is_of_responders(tmp_path):
    """From 2020-01-01 to 2020-03-01 are 60 days; with the others censored, all who were assessed have a time."""
    folder = write(tmp_path, WITH_ENDPOINTS, lesions=RESPONDER)
    found = times(run(survey(folder)), "time-to-response")
    assert float(found.loc["A"]["AVAL"]) == pytest.approx(60 / 30.4375)
    assert found["AVAL"].notna().sum() == 1
    everyone = times(run(survey(folder, ["time-to-response.others=censored"])), "time-to-response")
    assert everyone["AVAL"].notna().sum() == 3


def test_a_response_that_was_not_confirmed_has_no_duration(tmp_path):
    """Once partial response and then progression is no response by the criterion, and has no time."""
    once = RESPONDER.replace("A,2020-06-01,T1,target,20,4", "A,2020-06-01,T1,target,40,10")
    results = run(survey(write(tmp_path, WITH_ENDPOINTS, lesions=once)))
    assert table(results, "response-only")["PR"]["n"] == 0
    assert times(results, "duration-of-response").loc["A"]["CNSDTDSC"] == "no response"


def test_a_sweep_moves_the_responders(tmp_path):
    """Where partial response needs 65 percent, the one with 60 is no responder any more, and has no duration."""
    results = run(survey(write(tmp_path, WITH_ENDPOINTS, lesions=RESPONDER)))
    own = results.study.criteria["response"].parameters["partial"]
    axis = Axis("partial", (own.value, Fraction(65)), ("50 percent", "65 percent"), own)
    found = sweep(results, "response", [axis])
    counted = [row.medians["duration-of-response"].n for row in found.tables[0].rows]
    assert counted == [1, 0]


# --- a class in the place of a time -----------------------------------------------------------------------------------
def test_disease_control_is_a_class_of_the_course(tmp_path):
    """A responded, B and D were never assessed after the start, C has no baseline; figures ask for it by its id."""
    study = WITH_ENDPOINTS + figure("{count: courses, when: disease-control is control}", "1")
    folder = write(tmp_path, study, lesions=RESPONDER)
    assert computed(folder)["one"].agrees
    results = run(survey(folder))
    sheet = table(results, "disease-control-only")
    assert {name: row["n"] for name, row in sheet.items()} == {"control": 1, "none": 0, "NE": 3}
    row = tables(results)["courses"].set_index("USUBJID").loc["A"]
    assert row["DISEASE-CONTROL"] == "control"
    assert row["DISEASE-CONTROL_CRIT"].startswith("disease-control@1.0.0+")


HALVED = STUDY.replace("overall-survival@1.0.0", "antihypertensives-halved@1.0.0")
# Doses 32, 91, 152 and 214 days after the start of 2020-01-01, 182 from first to last; for A and C one more.
DOSES = """\
patient_id,date,drug,group,daily_dose,unit
A,2019-12-20,doxazosin,antihypertensive,10,mg
A,2019-12-20,amlodipine,antihypertensive,10,mg
A,2020-02-02,doxazosin,antihypertensive,5000,ug
A,2020-02-02,amlodipine,antihypertensive,0,mg
A,2020-04-01,doxazosin,antihypertensive,0.005,g
A,2020-04-01,amlodipine,antihypertensive,0,mg
A,2020-06-01,doxazosin,antihypertensive,4,mg
A,2020-06-01,amlodipine,antihypertensive,0,mg
A,2020-08-03,doxazosin,antihypertensive,4,mg
A,2020-08-03,amlodipine,antihypertensive,0,mg
B,2019-12-20,doxazosin,antihypertensive,10,mg
B,2020-02-02,doxazosin,antihypertensive,5,mg
B,2020-04-01,doxazosin,antihypertensive,5,mg
B,2020-06-01,doxazosin,antihypertensive,5,mg
B,2020-06-01,metformin,other,1000,mg
B,2020-08-02,doxazosin,antihypertensive,5,mg
C,2019-12-20,doxazosin,antihypertensive,10,mg
C,2020-02-02,doxazosin,antihypertensive,5,mg
C,2020-04-01,doxazosin,antihypertensive,,mg
C,2020-06-01,doxazosin,antihypertensive,5,mg
C,2020-08-03,doxazosin,antihypertensive,5,mg
"""


def halved(folder):
    """Return the class of each patient by the endpoint of antihypertensive medication."""
    courses = tables(run(survey(folder)))["courses"].set_index("USUBJID")
    return {**courses["ANTIHYPERTENSIVES-HALVED"]}


def test_medication_is_halved_for_six_months(tmp_path):
    """A for 183 days, in whatever unit; B for 182; what C took on one date decides; D was never treated."""
    found = halved(write(tmp_path, HALVED, medications=DOSES))
    assert found == {"A": "shown", "B": "not-shown", "C": "NE", "D": "NE"}


def test_a_chart_holds_until_last_contact(tmp_path):
    """A chart of two entries lasts until last contact or death, more than six months later; an open one does not."""
    head, *rows = DOSES.splitlines()
    entries = [head, *(row for row in rows if row[2:12] < "2020-03" or row.endswith(",,mg"))]
    chart = HALVED + "set: {antihypertensives-halved.entries: charted}\nbecause: the doses are those of the charts\n"
    found = halved(write(tmp_path, chart, medications="\n".join([*entries, ""])))
    assert found == {"A": "shown", "B": "shown", "C": "NE", "D": "NE"}


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("10,mL", "`mL` is a unit of volume"),
        ("10,", "has no unit"),
        ("ten,mg", "`ten` is no number"),
        ("-10,mg", "-10"),
    ],
)
def test_a_dose_that_is_no_mass_is_refused(wrong, what, tmp_path):
    """Tablets, volumes and bare numbers are never compared with milligrams."""
    folder = write(tmp_path, HALVED, medications=DOSES.replace("5000,ug", wrong))
    with pytest.raises(Refused, match=what):
        halved(folder)


# --- censoring on whole cohorts ---------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=["lu177-salvage", "mibg-dose-intensified"])
def cohort(request):
    """Return the study of a shipped cohort with further endpoints."""
    study = study_of(folder_of(request.param))
    more = ("follow-up-reverse", "overall-survival", *(f"progression-free-survival{by}" for by in ("", "-fda", "-ema")))
    criteria = {**study.criteria, **{f"endpoint {name}": library.load(name) for name in more}}
    return run(type(study)(study.id, study.folder, study.document, criteria, study.changed))


def test_every_event_counts_for_the_ema(cohort):
    """Nothing censors an event: the time is that of progression or death without any rule of censoring."""
    ema, plain = (cohort.endpoints[name] for name in ("progression-free-survival-ema", "progression-free-survival"))
    assert np.array_equal(duration(ema), duration(plain), equal_nan=True)
    assert np.array_equal(observed(ema), observed(plain))


def test_the_fda_only_takes_events_away(cohort):
    """Who has an event by the FDA has the same by the EMA; everybody else is censored no later than that."""
    fda, ema = (cohort.endpoints[f"progression-free-survival-{who}"] for who in ("fda", "ema"))
    assert not (observed(fda) & ~observed(ema)).any()
    assert np.array_equal(duration(fda)[observed(fda)], duration(ema)[observed(fda)])
    assert (duration(fda) <= duration(ema)).all()
    assert (observed(fda) < observed(ema)).any()


def test_reverse_follow_up_is_survival_with_the_roles_exchanged(cohort):
    """The median by the file is that of overall survival with events and censoring exchanged."""
    reverse, survival = (cohort.endpoints[name] for name in ("follow-up-reverse", "overall-survival"))
    file = median_survival(duration(reverse), observed(reverse))
    assert file.value == reverse_median(duration(survival), observed(survival)).value
    assert file.events == int((~observed(survival)).sum())


# --- grades against the baseline --------------------------------------------------------------------------------------
def emergent(folder):
    """Return the treatment-emergent grades of a study by term."""
    return table(run(survey(folder)), "toxicity-emergent-only")


def test_a_grade_is_held_against_the_last_before_the_start(tmp_path):
    """Platelets of 100 on the last day before make 60 emergent, and 90 not; a result of the first day is a baseline.

    A: grade 1, then 2 and 1. B: grade 2 on the day of the start, then 2. C: no baseline.
    """
    row = emergent(write(tmp_path, WITH_GRADES, labs=LABS))["platelets"]
    assert {name: row[name] for name in ("grade 1", "grade 2", "none", "baseline not known", "n")} == {
        "grade 1": 0,
        "grade 2": 1,
        "none": 1,
        "baseline not known": 1,
        "n": 3,
    }


def test_what_is_recorded_only_when_it_occurs_was_not_there(tmp_path):
    """Nausea without a record before is emergent; the same grade as before the start is not."""
    row = emergent(write(tmp_path, WITH_GRADES, labs=LABS, adverse_events=EVENTS))["nausea"]
    assert (row["grade 2"], row["none"], row["baseline not known"], row["n"]) == (1, 1, 0, 2)


def test_a_sentence_can_ask_for_the_baseline(tmp_path):
    """`grade > baseline_grade` holds for A, not for B, and cannot be told for C."""
    asked = "any grade where term is platelets and grade > baseline_grade"
    study = WITH_GRADES + f"conditions: {{course: {{worse: {asked}}}}}\n" + figure("{count: courses, when: worse}", "1")
    found = computed(write(tmp_path, study, labs=LABS))["one"]
    assert found.agrees
    assert "1 of 4 cannot be told" in found.note


# --- times that are not known -----------------------------------------------------------------------------------------
WITHOUT_PAIN = """\
id: without-pain
version: 1.0.0
title: To the last contact, or to death in pain
kind: endpoint
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: course
unknown: unknown
measures:
  death: first date over events where event is death
  contact: last date over events where event is last contact
  pain: highest severity over symptoms
time:
  from: start
  events:
    - {event: death in pain, at: death, when: pain >= 2}
  censoring:
    - {because: last contact, at: contact}
"""


def test_a_time_of_which_two_ends_are_known_is_no_time(tmp_path):
    """Nobody recorded how bad the pain was: the end is death, after 366 days, or the last contact, after 182."""
    (tmp_path / "without-pain.yaml").write_text(WITHOUT_PAIN, encoding="utf-8")
    study = STUDY.replace("overall-survival@1.0.0", "without-pain.yaml")
    events = "patient_id,date,event\nA,2020-07-01,last contact\nA,2021-01-01,death\nB,2020-07-01,last contact\n"
    symptoms = "patient_id,date,item,severity\nA,2020-06-01,pain,\nB,2020-06-01,pain,1\n"
    results = run(survey(write(tmp_path, study, events=events, symptoms=symptoms)))
    rows = tables(results)["times"].set_index("USUBJID")
    assert rows.loc["A", ["ADT", "AVAL", "CNSR"]].isna().all()
    assert rows.loc["A", ["ADT, from", "ADT, until"]].tolist() == ["2020-07-01", "2021-01-01"]
    lengths = [float(rows.loc["A", f"AVAL, {end}"]) for end in ("at least", "at most")]
    assert lengths == pytest.approx([182 / 30.4375, 366 / 30.4375])
    assert (rows.loc["B", "ADT"], table(results, "endpoints-only")["without-pain"]["n"]) == ("2020-07-01", 1)
