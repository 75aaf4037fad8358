"""Studies with further response criteria: each judges the same lesions, and figures ask for its classes by its name."""

import pytest

from criterium.language.problems import Refused
from criterium.study.exports import tables
from criterium.study.plan import folder_of, survey
from criterium.study.results import run
from tests.small import LESIONS, STUDY, TREATMENTS, computed, figure, figures_of, table, write

WITH_SITES = LESIONS.replace("role,", "role,site,").replace("target,", "target,liver,")
# A: one lesion of 20 x 10 mm becomes 20 x 4 mm, twice: 60 percent less area, and the same length.
NARROWER = WITH_SITES.replace("01,T1,target,liver,20,10", "01,T1,target,liver,20,4")
BESIDE = STUDY + "beside: {length: recist-1.1@1.0.0}\n"


def made(folder, study=BESIDE, **tables_):
    """Write a study whose lesions have sites, and become narrower."""
    return write(folder, study, **{"lesions": NARROWER, **tables_})


def problems(folder, swaps=()):
    """Return the problems with which a study is refused."""
    with pytest.raises(Refused) as caught:
        run(survey(folder, (), swaps))
    return caught.value.problems


def test_two_criteria_judge_the_same_lesions(tmp_path):
    """A lesion that only becomes narrower is a partial response by its area, and stable by its length."""
    study = BESIDE + figure("{count: courses, when: [best is PR, best_length is SD]}", "1")
    folder = made(tmp_path, study)
    assert computed(folder)["one"].agrees
    results = run(survey(folder))
    assert table(results, "response-only")["PR"]["n"] == 1
    assert table(results, "response-length-only")["SD"]["n"] == 1


def test_the_own_criterion_stays_what_it_is(tmp_path):
    """Criteria beside it change nothing of the study's own responses and times."""
    alone = tables(run(survey(made(tmp_path / "alone", STUDY))))
    beside = tables(run(survey(made(tmp_path / "beside", BESIDE))))
    assert alone.keys() == beside.keys()
    for name, frame in alone.items():
        assert frame.equals(beside[name][frame.columns])


def test_rows_hold_every_criterion(tmp_path):
    """The table of courses has the class, clause, reason and criterion of each, under its name."""
    courses = tables(run(survey(made(tmp_path, BESIDE))))["courses"]
    row = courses.set_index("USUBJID").loc["A"]
    assert (row["CBOR"], row["BEST_LENGTH"]) == ("PR", "SD")
    assert row["BEST_LENGTH_CRIT"].startswith("recist-1.1@1.0.0+")
    assert {"BEST_LENGTH_CLAUSEID", "BEST_LENGTH_NERSN"} <= {*courses.columns}


def test_another_course_is_asked_by_its_name(tmp_path):
    """`best_length_first` is the class of the first course, also where the second is asked."""
    study = BESIDE.replace("[only]", "[first, second]") + figure(
        "{count: courses, course: second, when: best_length_first is SD}", "1"
    )
    second = "A,2020-09-01,second,1,drug,7.4,GBq\n"
    folder = made(tmp_path, study, treatments=TREATMENTS.replace("only", "first") + second)
    assert computed(folder)["one"].agrees


def test_settings_and_swaps_reach_them(tmp_path):
    """A parameter set anew counts for a criterion beside too; `--criteria` replaces it by its place."""
    study = BESIDE + figure("{count: courses, when: best_length is PR}")
    folder = made(tmp_path, study, lesions=NARROWER.replace("liver,20,4", "liver,15,4"))
    assert computed(folder)["one"].exact == (0.0,)
    assert figures_of(run(survey(folder, ["recist-1.1.partial=25 percent"])))["one"].exact == (1.0,)
    swapped = survey(folder, (), ["beside length=swog@1.0.0"])
    assert swapped.replaced == {"beside length": "recist-1.1"}
    assert figures_of(run(swapped))["one"].exact == (1.0,)


def test_a_swap_by_kind_takes_the_own_place(tmp_path):
    """`--criteria recist-1.1` stands in for the study's own criterion, not for one beside it."""
    found = survey(made(tmp_path, BESIDE), (), ["who@1.0.0"])
    assert (found.criteria["response"].id, found.criteria["beside length"].id) == ("who", "recist-1.1")


def test_settings_of_a_replaced_criterion_stay_for_the_one_beside(tmp_path):
    """Where the own criterion is replaced, its settings in the file still count for the same criterion beside it."""
    study = STUDY + "beside: {same: swog@1.0.0}\nset: {swog.partial: 40 percent}\n"
    found = survey(made(tmp_path, study), (), ["response=who@1.0.0"])
    assert found.problems == ()
    assert found.criteria["beside same"].parameters["partial"].text == "40 percent"


WRONG = [
    ("beside: {only: recist-1.1@1.0.0}\n", "`best_only` would be the response of the course `only` too"),
    ("beside: {Length: recist-1.1@1.0.0}\n", "`Length` is not a name"),
    ("beside: {length_one: recist-1.1@1.0.0}\n", "`length_one` is not a name"),
    ("beside: {length: recist-1.2@1.0.0}\n", "there is no criterion `recist-1.2`"),
    ("beside: {length: ctcae-3.0@1.0.0}\n", "`ctcae-3.0` judges toxicity, not response"),
    ("beside: {}\n", "the mapping is empty"),
    ("beside: recist-1.1@1.0.0\n", "`recist-1.1@1.0.0` is text"),
    ("beside: {length: recist-1.1@1.0.0}\n" + figure("{count: courses, when: best_length is MR}"), "`MR`"),
    ("beside: {length: recist-1.1@1.0.0}\n" + figure("{count: courses, when: best_lenght is PR}"), "`best_lenght`"),
]


@pytest.mark.parametrize(("text", "what"), WRONG, ids=[what for _, what in WRONG])
def test_what_is_wrong_is_told_at_its_place(tmp_path, text, what):
    """Every mistake is one problem in study.yaml, below the lines that are right, with what was expected."""
    (problem,) = problems(made(tmp_path, STUDY + text))
    assert what in problem.what
    assert problem.where.file.endswith("study.yaml")
    assert problem.where.line > STUDY.count("\n")
    assert problem.expected


def test_none_stands_beside_nothing(tmp_path):
    """Without `response:` there is nothing to stand beside."""
    study = BESIDE.replace("response: swog@1.0.0\n", "").replace("overall-survival@", "follow-up@")
    told = [one.what for one in problems(made(tmp_path, study))]
    assert "there is no response criterion for these to stand beside" in told


def test_a_criterion_beside_judges_courses(tmp_path):
    """A criterion that gives classes to assessments only has nothing to say as `best_length`."""
    folder = made(tmp_path, BESIDE.replace("recist-1.1@1.0.0", "own.yaml"))
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    assert [one.what for one in problems(folder)] == ["`own` gives a course no class"]


OWN = """\
id: own
version: 1.0.0
title: Assessments only
kind: response
language: 1
source: [{cite: no paper, for: nothing, confidence: derived}]
each: assessment
of: lesions
measures: {size: sum of long over target lesions in mm}
classes:
  - {class: PD, name: Progressive, when: size >= 10 mm}
  - {class: SD, name: Stable, when: otherwise}
unknown: NE
"""


def test_an_attribute_cannot_hide_it(tmp_path):
    """A column `best_length` of the patients would be mistaken for the response."""
    folder = made(tmp_path, BESIDE)
    patients = (folder / "patients.csv").read_text(encoding="utf-8").replace("arm", "best_length")
    (folder / "patients.csv").write_text(patients, encoding="utf-8")
    assert any("the name `best_length` stands for something else" in one.what for one in problems(folder))


def test_the_shipped_cohort_of_one_criterion_has_none():
    """A study without `beside` has no further criteria."""
    assert not any(role.section.further for role in survey(folder_of("lu177-salvage")).roles)
