"""One patient explained: what is said, against hand calculations from the tables of the cohort."""

from __future__ import annotations

import json

import pytest

from criterium.explain.patient import Asked, explained
from criterium.language.problems import Refused
from criterium.report.explanation_json import as_json
from criterium.report.verdicts_page import flip
from criterium.study.admission import admitted
from criterium.study.plan import folder_of, study_of
from tests.small import LESIONS, STUDY, write


def explain(folder, patient, what="response", why_not=""):
    """Return the explanation of one patient of a study."""
    study = study_of(folder)
    return explained(study, *admitted(study), patient, Asked(what, why_not))


@pytest.fixture(scope="module")
def salvage():
    """Return the second course of patient L06, whose every assessment is in docs/design.md."""
    found = explain(folder_of("lu177-salvage"), "L06", "response", "PR")
    return found.courses[1].parts[0]


def own(visit):
    """Return the class of a visit."""
    return next(one for one in visit.verdicts if one.ladder == "class")


# --- a course by hand -------------------------------------------------------------------------------------------------
def test_each_course_has_its_own_baseline():
    """The last scan of the first course, of 2006-02-19, is the baseline of the second."""
    found = explain(folder_of("lu177-salvage"), "L06")
    first, second = (course.parts[0].visits for course in found.courses)
    assert (first[0].date, first[-1].date) == ("2002-09-12", "2006-02-19")
    assert second[0].date == "2006-02-19"
    assert [own(one).label for one in second[1:]] == ["SD", "MR", "MR", "MR", "PD"]


def test_values_and_references(salvage):
    """28.2 x 24.0 and 46.2 x 18.8 mm are 15.4536 cm2; the baseline was 21.6837, the smallest so far 16.4221."""
    visit = salvage.visits[2]
    values = {one.name: one for one in visit.measures}
    assert values["size"].number == pytest.approx(15.4536)
    assert values["size"].unit == "cm2"
    assert values["shrinkage"].text == "28.73 percent"
    told = {one.text: (one.amount.number, one.step, one.date) for one in visit.references}
    assert told["baseline size"] == (pytest.approx(21.6837), 0, "2006-02-19")
    assert told["nadir size"] == (pytest.approx(16.4221), 1, "2006-07-12")


def test_the_clause_its_numbers_and_its_source(salvage):
    """A fall of 28.73 percent is at least 25, which van Essen prints: the clause of minor response, in its file."""
    verdict = own(salvage.visits[2])
    assert verdict.rung is not None
    assert [(one.text, one.numbers) for one in verdict.rung.deciding] == [("shrinkage >= minor", "28.73 >= 25 percent")]
    assert verdict.rung.where.file == "criteria/response/swog-mr.yaml"
    assert [(one.name, one.value, one.cite) for one in verdict.parameters] == [
        ("minor", "25 percent", "van Essen 2010, abstract")
    ]


def test_why_not(salvage):
    """24.27 percent are 25.73 percentage points short of a half."""
    (blocked,) = own(salvage.visits[1]).why_not
    (atom,) = blocked.atoms
    assert (atom.text, round(atom.margin or 0, 2), atom.unit) == ("shrinkage >= partial", -25.73, "percent")


def test_why_not_a_class_whose_condition_holds(tmp_path):
    """A size of half the baseline and a new lesion: the response holds, and progression stands above it."""
    lesions = "patient_id,date,lesion_id,role,long_mm,short_mm,state\n"
    lesions += "A,2019-12-20,T1,target,20,10,present\nA,2020-03-01,T1,target,10,10,present\n"
    lesions += "A,2020-03-01,X1,new,,,present\n"
    visit = explain(write(tmp_path, lesions=lesions), "A", "response", "PR").courses[0].parts[0].visits[1]
    (blocked,) = own(visit).why_not
    assert blocked.holds
    assert blocked.earlier == ("PD",)


def test_the_course_says_which_assessments_confirm(salvage):
    """Minor responses on 2006-10-12 and 2007-04-12 are 182 days apart."""
    (verdict,) = salvage.verdicts
    assert verdict.rung is not None
    assert "MR on 2006-10-12 and MR on 2007-04-12, 182 days apart" in {one.numbers for one in verdict.rung.deciding}


def test_endpoints_have_dates_and_the_line_that_won():
    """From 2006-04-12 to the progression of 2008-01-11 are 639 days, 20.99 months."""
    part = explain(folder_of("lu177-salvage"), "L06", "time-to-progression").courses[1].parts[0]
    assert part.time is not None
    assert (part.time.begin, part.time.end, part.time.event) == ("2006-04-12", "2008-01-11", True)
    assert part.time.length == pytest.approx(639 / 30.4375)
    assert part.verdicts[0].label == "progression"


def test_tables_say_which_row_and_every_column():
    """M01 is stable at first: the row of the table with no new lesion, the target lesions stable."""
    part = explain(folder_of("mibg-dose-intensified"), "M01").courses[0].parts[0]
    verdict = own(part.visits[1])
    assert verdict.label == "SD"
    assert verdict.rung is not None
    assert verdict.rung.text == "new_lesion is false and target is SD"
    columns = {one.name: one.value for one in verdict.columns}
    assert columns == {
        "new_lesion": "false",
        "target": "SD",
        "non_target": "non-CR/non-PD",
        "relapse": "false",
        "only_others": "false",
    }


def test_grades_have_their_band_and_its_neighbours():
    """Platelets of 120 with a limit of 150 are grade 1: 30 below grade 0, 45 above grade 2 at 75."""
    (grades,) = explain(folder_of("lu177-salvage"), "L06", "toxicity").grades
    worst = next(one for one in grades.results if one.term == "platelets")
    assert (worst.value, worst.limits, worst.label) == ("120 10*9/L", "150 to 400", "1")
    assert (worst.lower, worst.upper, worst.away) == ("75 10*9/L: 2", "150 10*9/L: 0", 30)


# --- the nearest flip -------------------------------------------------------------------------------------------------
def test_the_nearest_flip_by_hand(salvage):
    """Three quarters of 2168.37 mm2 are 1626.28: 47.6 mm times 19.0 and 29.1 times 24.7 are less, times 19.1 more."""
    first, *others = salvage.visits[1].flips
    assert (first.what, first.old, first.new, first.label) == ("short of T2", 19.4, 19.0, "MR")
    assert flip(first) == "short of T2 19.4 -> 19.0 mm (-0.4 mm) makes MR"
    assert {(one.what, one.new) for one in others if one.label == "MR"} == {
        ("short of T1", 24.1),
        ("long of T1", 28.4),
        ("long of T2", 46.7),
    }


@pytest.mark.parametrize("which", range(2))
def test_a_flip_flips_when_it_is_entered(tmp_path, which):
    """The table with the number changed by a flip gives the class that the flip names; one step less does not."""
    base = "patient_id,date,lesion_id,role,long_mm,short_mm,state\n"
    entered = "A,2019-12-20,T1,target,40.0,30.0,present\nA,2020-03-01,T1,target,36.0,29.0,present\n"
    lesions = base + entered
    found = explain(write(tmp_path / "now", lesions=lesions), "A").courses[0].parts[0].visits[1]
    one = found.flips[which]
    column = {"long of T1": "36.0", "short of T1": "29.0"}[one.what]
    back = 0.1 if one.new < one.old else -0.1
    for number, label in ((one.new, one.label), (one.new + back, own(found).label)):
        lesions = base + entered.replace(column, f"{number:.1f}")
        changed = explain(write(tmp_path / f"{number:.1f}", lesions=lesions), "A").courses[0].parts[0].visits[1]
        assert own(changed).label == label


def test_an_administration_can_flip_too():
    """7.4 GBq may fall to 6.7 and be as planned (6.66 at least); 6.6 GBq deviate."""
    part = explain(folder_of("lu177-salvage"), "L06", "dosing").courses[1].parts[0]
    first = part.visits[0].flips[0]
    assert (first.what, first.new, first.unit, first.label) == ("activity", 6.6, "GBq", "deviating")


LABS = """\
patient_id,date,test,value,unit,lln,uln
A,2019-12-20,CA-125,90,U/mL,,35
A,2020-02-10,CA-125,40,U/mL,,35
A,2020-05-01,CA-125,30,U/mL,,35
"""


def test_a_laboratory_value_is_shown_and_can_flip(tmp_path):
    """40 of 90 U/mL is a fall of 55.6 percent that is held; 35 would be normal and be held, 45.1 no fall of a half."""
    study = STUDY.replace("swog@", "gcig-ca125@")
    visits = explain(write(tmp_path, study, labs=LABS), "A").courses[0].parts[0].visits
    visit = next(one for one in visits if one.date == "2020-02-10")
    (row,) = [one for one in visit.rows if one.table == "labs"]
    assert [one.text for one in row.values] == ["CA-125", "40", "U/mL", "35"]
    assert next(one.label for one in visit.verdicts if one.ladder == "confirmed") == "PR"
    (flipped,) = visit.flips
    assert flip(flipped) == "value of CA-125 on 2020-02-10 40 -> 35 U/mL (-5 U/mL) makes CR"


def test_why_a_result_has_no_other_grade():
    """Platelets of 120 are 70 too many for grade 3, below 50; an event was recorded with its grade."""
    (grades,) = explain(folder_of("lu177-salvage"), "L06", "toxicity", "3").grades
    worst = {one.term: one for one in reversed(grades.results)}
    (blocked,) = worst["platelets"].why_not
    assert [(one.text, one.numbers, one.margin) for one in blocked.atoms] == [("value < 50", "120 >= 50", -70)]
    assert worst["nausea"].why_not == ()


# --- what is missing --------------------------------------------------------------------------------------------------
UNMEASURED = """\
patient_id,date,lesion_id,role,long_mm,short_mm,state
A,2019-12-20,T1,target,40,30,present
A,2019-12-20,T2,target,20,20,present
A,2020-03-01,T1,target,30,20,present
A,2020-03-01,T2,target,,,present
A,2020-06-01,T1,target,60,40,present
A,2020-06-01,T2,target,,,present
"""


def test_what_is_missing_and_what_it_could_be(tmp_path):
    """6 of 16 cm2 and an unmeasured lesion: progression, response and neither are all possible."""
    visit = explain(write(tmp_path, lesions=UNMEASURED), "A").courses[0].parts[0].visits[1]
    verdict = own(visit)
    assert (verdict.label, verdict.unknown, verdict.possible) == ("NE", True, ("PD", "PR", "SD"))
    assert visit.gaps == ("long and short of T2",)
    assert any(text.startswith("shrinkage >= partial") for text in verdict.missing)


def test_what_is_missing_and_changes_nothing(tmp_path):
    """24 of 16 cm2 without the unmeasured lesion: progression whatever it measures."""
    visit = explain(write(tmp_path, lesions=UNMEASURED), "A").courses[0].parts[0].visits[2]
    verdict = own(visit)
    assert (verdict.label, verdict.unknown) == ("PD", False)
    assert verdict.missing == ("gain >= progression_area (at least 8 cm2, against 10 cm2)",)


def test_a_course_without_a_baseline_or_a_beginning(tmp_path):
    """C was first looked at during the course, D was never treated: both are said."""
    folder = write(tmp_path)
    assert explain(folder, "C").courses[0].parts[0].visits[0].note.startswith("no baseline")
    never = explain(folder, "D", "all").courses[0]
    assert never.start == ""
    assert never.parts[1].verdicts[0].missing == ("the course never began",)


# --- what cannot be explained -----------------------------------------------------------------------------------------
def test_unknown_words_are_refused_together(tmp_path):
    """A patient, a part and a class that are not there are all named, with what there is."""
    with pytest.raises(Refused) as refused:
        explain(write(tmp_path), "a", "respons", "")
    told = {one.where.file: one for one in refused.value.problems}
    assert told["PATIENT"].expected == "one of 4: `A`, `B`, `C` or `D`"
    assert told["--what"].help == "did you mean `response`?"
    with pytest.raises(Refused, match="no criterion gives the class `XX`"):
        explain(tmp_path, "A", "response", "XX")


# --- as JSON ----------------------------------------------------------------------------------------------------------
def test_json_holds_all_of_it(tmp_path):
    """The same keys for every patient; a flip has its change."""
    data = [json.loads(as_json(explain(write(tmp_path, STUDY, lesions=LESIONS), one, "all"))) for one in "AD"]
    assert data[0]["format"] == 1
    assert set(data[0]) == set(data[1]) == {"format", "study", "patient", "attributes", "courses", "grades"}
    visit = data[0]["courses"][0]["parts"][0]["visits"][1]
    assert visit["flips"][0]["change"] == pytest.approx(visit["flips"][0]["new"] - visit["flips"][0]["old"])
    assert visit["verdicts"][0]["rungs"][0]["where"]["file"] == "criteria/response/swog.yaml"
