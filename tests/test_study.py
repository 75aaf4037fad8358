"""Studies: what papers printed is computed, and nobody leaves a denominator."""

from functools import cache

import pytest

from criterium.language.problems import Refused
from criterium.study.plan import folder_of, survey
from criterium.study.results import run
from criterium.study.summary import sheets
from tests.small import EVENTS, PATIENTS, STUDY, computed, figure, figures_of, table, write

PAPERS = ["lu177-salvage", "mibg-dose-intensified"]


@cache
def results_of(name, *settings):
    return run(survey(folder_of(name), settings))


def refused(folder, *settings):
    """Return the problems with which a study is refused."""
    with pytest.raises(Refused) as caught:
        computed(folder, *settings)
    return caught.value.problems


# --- the two papers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", PAPERS)
def test_no_published_figure_disagrees(name):
    """Every figure that a paper printed is computed as it was printed, at its decimals."""
    found = figures_of(results_of(name))
    assert [one.id for one in found.values() if one.agrees is False] == []
    for one in found.values():
        if one.agrees:
            assert one.computed == one.published


@pytest.mark.parametrize(("name", "doubted"), [("lu177-salvage", []), ("mibg-dose-intensified", ["symptoms-none"])])
def test_only_what_contradicts_itself_is_inconsistent(name, doubted):
    """3 + 6 + 11 of 11 patients is the one thing in print that cannot be; nothing else is set aside."""
    found = figures_of(results_of(name))
    assert [one.id for one in found.values() if one.published is not None and one.agrees is None] == doubted
    for id_ in doubted:
        assert "3 + 6 + 11 = 20 exceeds the whole of 11" in found[id_].note


def test_numbers_of_figures():
    """The first paper prints 18 figures that are checked, the second 29."""
    printed = [sum(one.published is not None for one in figures_of(results_of(name)).values()) for name in PAPERS]
    assert printed == [18, 29]


def test_a_higher_threshold_takes_from_minor_response():
    """With 30 instead of 25 percent fewer courses are MR and as many more SD: the figures that count them disagree."""
    found = figures_of(results_of(PAPERS[0], "swog-mr.minor=30 percent"))
    assert {one.id for one in found.values() if one.agrees is False} == {"minor-response", "stable", "regression"}
    minor, stable, regression = (found[id_].exact[0] for id_ in ("minor-response", "stable", "regression"))
    assert minor + stable == 6 + 8
    assert regression == 2 + minor
    assert minor < 6


def test_the_caution_of_a_figure_stays_with_it():
    """The paper compares 27 with 17 months in patients who all had to progress first; the figure says so."""
    assert "conditioned on progression" in figures_of(results_of(PAPERS[0]))["ttp-regular"].caution


def test_cycles_of_the_table_are_those_of_the_figures():
    """15.3 and 7.6 percent of 118 cycles are 18 and 9; the table of grades by cycle counts them in another way."""
    rows = table(results_of(PAPERS[1]), "toxicity-cycles-mibg")
    assert rows["leukocytes"]["grade 3"] + rows["leukocytes"]["grade 4"] == 18
    assert rows["platelets"]["grade 3"] + rows["platelets"]["grade 4"] == 9
    assert rows["nausea"]["grade 1"] + rows["nausea"]["grade 2"] == 33
    assert all(sum(row[f"grade {grade}"] for grade in range(6)) + row["no grade"] == 118 for row in rows.values())


@pytest.mark.parametrize("name", PAPERS)
def test_tables_of_classes_count_every_course(name):
    """In every table of classes the courses sum up to all patients, and the shares to 100 percent."""
    for sheet in sheets(results_of(name)):
        if sheet.id.partition("-")[0] in {"response", "symptoms", "dosing"}:
            assert sum(row[2] for row in sheet.rows) == len(results_of(name).cohort.patients)
            assert sum(row[3] for row in sheet.rows) == pytest.approx(100, abs=0.2)


def test_activity_of_a_course():
    """One cycle is 7.4 GBq and two are 14.8 GBq; a first cycle has no interval before it."""
    rows = table(results_of(PAPERS[0]), "amounts-salvage")
    assert (rows["cumulative"]["lowest"], rows["cumulative"]["highest"]) == (7.4, 14.8)
    assert rows["interval"]["n"] + rows["interval"]["without"] == rows["given"]["n"] == 62
    assert "most_given" not in rows, "it is the same for everybody"


# --- denominators -----------------------------------------------------------------------------------------------------
def test_patients_without_a_class_stay_in_the_denominator(tmp_path):
    """One of four is SD; those without a later scan, without a baseline and without treatment count as NE."""
    folder = write(tmp_path, STUDY + figure("{percent: courses, when: best is SD}", "25", ", unit: percent"))
    results = run(survey(folder))
    one = figures_of(results)["one"]
    assert (one.computed, one.agrees, one.note) == ("25 percent", True, "1 of 4")
    rows = table(results, "response-only")
    assert (rows["SD"]["n"], rows["SD"]["percent"], rows["NE"]["n"]) == (1, 25.0, 3)


def test_every_course_without_a_class_has_a_reason(tmp_path):
    """The reasons below the table of responses count every course that is NE."""
    sheet = next(one for one in sheets(run(survey(write(tmp_path)))) if one.id == "response-only")
    reasons = [reason.partition(" x ") for reason in sheet.note.split("; ")]
    assert sum(int(count) for count, _, _ in reasons) == 3
    assert "the course never began" in sheet.note
    assert "nothing was recorded after the start of the course" in sheet.note


def test_a_patient_who_was_never_treated_has_no_time(tmp_path):
    """Of four patients one has no start, so three have a survival time and one is told to have none."""
    row = table(run(survey(write(tmp_path))), "endpoints-only")["overall-survival"]
    assert (row["n"], row["events"], row["no time"]) == (3, 1, 1)


def test_what_cannot_be_told_is_said(tmp_path):
    """A patient without an age is in the denominator, is not counted, and the note says so."""
    folder = write(
        tmp_path,
        STUDY + figure("{percent: patients, when: age >= 60}"),
        patients=PATIENTS.replace("B,one,50", "B,one,"),
    )
    assert computed(folder)["one"].note == "2 of 4; 1 cannot be told"


def test_whose_share_cannot_be_told_is_said(tmp_path):
    """A patient of whom nobody knows whether the denominator has them is told apart from it."""
    folder = write(
        tmp_path,
        STUDY + figure("{percent: patients, when: best is SD, of: age < 60}"),
        patients=PATIENTS.replace("B,one,50", "B,one,"),
    )
    one = computed(folder)["one"]
    assert one.exact == (100.0,)
    assert one.note == "1 of 1; whether 1 more belong to the 1 cannot be told"


def test_a_share_of_nobody_is_refused(tmp_path):
    """A percentage of an empty denominator is a problem at the line of its denominator."""
    study = STUDY + figure("{percent: patients, when: best is SD, of: age > 100}")
    (problem,) = refused(write(tmp_path, study))
    assert "a share of no patients" in problem.what
    assert problem.where.line == len(study.splitlines())
    assert problem.where.text[problem.where.column - 1 :].startswith("age > 100")


# --- the data cut -----------------------------------------------------------------------------------------------------
WAITING = """\
id: waiting
version: 1.0.0
title: What may still be confirmed
kind: response
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: assessment
of: lesions
classes:
  - {class: seen_once, when: otherwise}
unknown: NE
stages:
  looked:
    classes:
      - {class: pending, when: [following date is missing, as_of - date < 8 weeks]}
      - {class: closed, when: otherwise}
course:
  classes:
    - {class: done, when: otherwise}
"""


@pytest.mark.parametrize(
    ("said", "last"),
    [('as_of: "2020-07-26"\n', "pending"), ('as_of: "2020-07-27"\n', "closed"), ("", "pending")],
)
def test_the_data_cut_tells_not_yet_from_not(tmp_path, said, last):
    """The last look of 2020-06-01 may be confirmed for 8 weeks; without a cut nothing is known after the last row."""
    (tmp_path / "waiting.yaml").write_text(WAITING, encoding="utf-8")
    events = EVENTS.replace("2021-01-01", "2020-07-01")
    study = STUDY.replace("swog@1.0.0", "waiting.yaml") + said
    label = run(survey(write(tmp_path, study, events=events))).outcomes["response"].steps.classes["looked"].label
    assert [label.words[code] for code in label.codes][:2] == ["closed", last]
