"""Wrong studies: every problem of the file and of its tables has its place, and all are told in one run."""

import pytest

from criterium.language.problems import Refused
from criterium.study.plan import folder_of, study_of, survey
from criterium.study.results import run
from tests.small import EVENTS, LESIONS, PATIENTS, STUDY, TREATMENTS, figure, write


def problems(folder, settings=(), swaps=()):
    """Return the problems with which a study is refused."""
    with pytest.raises(Refused) as caught:
        run(survey(folder, settings, swaps))
    return caught.value.problems


def marked(problem):
    """Return the text of the file that a problem marks."""
    where = problem.where
    return where.text[where.column - 1 : where.column - 1 + where.width]


COMPARED = "comparisons: [{id: a, title: t, endpoint: overall-survival, KEYS}]\n"
WRONG = [
    (figure("{count: courses, when: bets is SD}"), "`bets` is not a name here", "bets"),
    (figure("{count: courses, when: best is XX}"), "`XX`", "XX"),
    (figure("{count: courses, when: best is}"), "the sentence stops too early", "}"),
    (figure("{count: patients, course: onyl}"), "`onyl` is not a course of the study", "onyl"),
    (figure("{count: lesions}"), "`lesions` is not allowed here", "lesions"),
    (figure("{count: patients, percent: patients}"), "`count` and `percent` at once", None),
    (figure("{when: best is SD}"), "nothing says what is computed", None),
    (figure("{count: patients, of: best is SD}"), "`of` has no meaning beside `count`", "best is SD"),
    (figure("{count: patients, method: spss}"), "`method` has no meaning beside `count`", "spss"),
    (figure("{median: overall-survival, method: sqss}"), "`sqss` is not allowed here", "sqss"),
    (figure("{median: overal-survival}"), "`overal-survival` is not an endpoint, or a number", "overal-survival"),
    (figure("{range: arm}"), "`arm` is not an endpoint, or a number", "arm"),
    (figure("{compare: a}"), "`a` is not a comparison of the study", "a"),
    (figure("{count: patients}", "many"), "this is not what `count` gives", "many"),
    (figure("{count: patients}", "[1, 2]"), "this is not what `count` gives", "["),
    (figure("{range: age}", "3"), "this is not what `range` gives", "3"),
    (figure("{percent: patients}", "3", ", unit: months"), "computed in percent, not in months", "months"),
    (figure("{median: overall-survival}", "3", ", unit: days"), "computed in months, not in days", "days"),
    (figure("{count: patients}", "3", ", parts: [one], whole: two"), "`two` is not a printed figure", "two"),
    (figure("{count: patients}", "3", ", parts: [one]"), "`parts` and `whole` go together", None),
    (figure("{count: patients}") + figure("{count: patients}").partition("\n")[2], "the id `one` a second time", "one"),
    (COMPARED.replace("KEYS", "split: arm"), "`arm` is not a number of each course", "arm"),
    (COMPARED.replace("overall-survival, KEYS", "os, split: age"), "`os` is not an endpoint of the study", "os"),
    (COMPARED.replace(", KEYS", ""), "a comparison is of groups, or of the halves of a number", None),
    (COMPARED.replace("KEYS", "split: age, course: another"), "`another` is not a course of the study", "another"),
    ("measures: {course: {count_all: number of cycles}}\n", "the measure `count_all` is never used", "count_all"),
    ("conditions: {course: {old: age > 60}}\n", "the condition `old` is never used", "old"),
    ("measures: {course: {old: age ? 60}}\n", "`?` does not fit here", "?"),
    ("dosing: {onyl: i131-mibg-fixed@1.0.0}\n", "`onyl` is not a course of the study", None),
    ("toxicity: swog@1.0.0\n", "`swog` judges response, not toxicity", "swog@1.0.0"),
    (
        "symptoms: symtomatic-response@1.0.0\n",
        "there is no criterion `symtomatic-response`",
        "symtomatic-response@1.0.0",
    ),
    ("set: {swog.partail: 40 percent}\n", "`swog` has no parameter `partail`", "40 percent"),
    ("set: {swog.partial: 40 mm}\n", "`40 mm` is", "40 mm"),
    ("publishd: []\n", "`publishd` is not a key here", "publishd"),
]


@pytest.mark.parametrize(("text", "what", "mark"), WRONG, ids=[what for _, what, _ in WRONG])
def test_a_wrong_study_is_told_at_its_place(tmp_path, text, what, mark):
    """What is wrong with a study is one problem, at its line and word, with what was expected."""
    found = [one for one in problems(write(tmp_path, STUDY + text)) if what in one.what]
    assert len(found) == 1
    assert found[0].where.line > STUDY.count("\n")
    assert mark is None or marked(found[0]) == mark
    assert found[0].expected


def test_problems_of_study_and_tables_come_together(tmp_path):
    """A misspelt criterion, a bad setting, a bad date and a bad number are told in one run."""
    study = STUDY.replace("overall-survival@", "overal-survival@") + "set: {swog.partail: 40 percent}\n"
    folder = write(
        tmp_path,
        study,
        events=EVENTS.replace("A,2021-01-01", "A,2021-13-01"),
        lesions=LESIONS.replace("A,2020-03-01,T1,target,20", "A,2020-03-01,T1,target,-20"),
    )
    told = "\n".join(str(one) for one in problems(folder))
    for word in ("`overal-survival`", "`swog` has no parameter `partail`", "2021-13-01", "-20"):
        assert word in told


def test_problems_of_figures_and_tables_come_together(tmp_path):
    """A figure without sense and a bad date are told together; attributes are known from the header."""
    study = STUDY + figure("{count: courses, when: [bets is SD, age > 50]}")
    found = problems(write(tmp_path, study, events=EVENTS.replace("A,2021-01-01", "A,2021-13-01")))
    assert {one.where.file.rpartition("/")[2] for one in found} == {"study.yaml", "events.csv"}
    assert not any("age" in one.what for one in found)


def test_an_event_before_the_first_treatment_is_refused(tmp_path):
    """An event dated before the first course of its patient is told at its line and date, with both dates."""
    (problem,) = problems(write(tmp_path, events=EVENTS.replace("B,2021-01-01", "B,2019-01-01")))
    assert (problem.where.line, marked(problem)) == (3, "2019-01-01")
    assert "`death` on 2019-01-01 is before the first course of B, which began on 2020-01-01" in problem.what


def test_many_early_events_are_a_few_problems(tmp_path):
    """Of 30 early events five are shown and the rest counted."""
    rows = "".join(f"B,2019-01-{day:02},new therapy\n" for day in range(1, 31))
    found = problems(write(tmp_path, events=EVENTS + rows))
    assert len(found) == 6
    assert "25 more events" in found[-1].what


def test_a_criterion_without_a_class_of_the_course_is_refused(tmp_path):
    """What a study prints of a response is the class of the course, so a criterion without one is refused."""
    steps = """\
id: steps
version: 1.0.0
title: Steps alone
kind: response
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: assessment
of: lesions
classes: [{class: all, when: otherwise}]
unknown: NE
"""
    (tmp_path / "steps.yaml").write_text(steps, encoding="utf-8")
    (problem,) = problems(write(tmp_path, STUDY.replace("swog@1.0.0", "steps.yaml")))
    assert (problem.what, marked(problem)) == ("`steps` gives a course no class", "steps.yaml")


def test_rows_after_the_data_cut_are_refused(tmp_path):
    """A row of any table dated after the data cut is told at its line and date; one on the day itself is not."""
    cut = STUDY + 'as_of: "2020-12-31"\n'
    found = problems(write(tmp_path, cut, events=EVENTS.replace("D,2021-01-01", "D,2020-12-31")))
    assert [(one.where.line, marked(one)) for one in found] == [(line, "2021-01-01") for line in (2, 3, 4)]
    assert found[0].what.endswith("2021-01-01 is after the data cut of 2020-12-31")


@pytest.mark.parametrize(
    ("said", "what"), [("2020-13-01", "`2020-13-01` is not a day"), ("soon", "`soon` does not fit here")]
)
def test_a_data_cut_is_a_day(tmp_path, said, what):
    """A cut that is no day is marked in the study."""
    (problem,) = problems(write(tmp_path, f'{STUDY}as_of: "{said}"\n'))
    assert (problem.what, marked(problem)) == (what, said)


def test_an_event_of_somebody_who_was_never_treated_is_accepted(tmp_path):
    """Whoever was never treated has no course that an event could come before."""
    assert run(survey(write(tmp_path))).cohort.patients == ("A", "B", "C", "D")


@pytest.mark.parametrize(
    ("treatments", "what"),
    [
        (TREATMENTS.replace("only", "other"), "no row of treatments has the course `only`"),
        (TREATMENTS.replace("C,2020-01-01,only", "C,2020-01-01,other"), "treatments have the course `other`"),
        (TREATMENTS.replace("C,2020-01-01,only", "C,2020-01-01,"), "1 treatments have no course"),
    ],
)
def test_courses_of_treatments_are_those_of_the_study(tmp_path, treatments, what):
    """A course that only one of them has is told; its treatments are not left out."""
    assert any(what in one.what for one in problems(write(tmp_path, treatments=treatments)))


def test_an_attribute_cannot_hide_a_result(tmp_path):
    """A column `best` of the patients would be mistaken for the response of the course."""
    folder = write(tmp_path, patients=PATIENTS.replace("arm", "best"))
    assert any("the name `best` stands for something else" in one.what for one in problems(folder))


def test_a_criterion_that_reads_answers_nobody_gives_is_told(tmp_path):
    """Time to progression needs a response criterion, which this study does not have."""
    study = STUDY.replace("response: swog@1.0.0\n", "").replace("overall-survival@", "time-to-progression@")
    assert any("the study has no response criterion" in one.what for one in problems(write(tmp_path, study)))


def test_a_setting_is_told_with_its_words(tmp_path):
    """Settings and criteria of the command line are places of their own, and are all told together."""
    found = problems(
        write(tmp_path), ["swog.partial", "swgo.partial=3 mm", "swog.partial=3 mm"], ["toxicity=swog", "nope=swog"]
    )
    told = [(one.where.file, one.what) for one in found]
    assert ("--set", "`swog.partial` sets nothing") in told
    assert ("--set", "no criterion `swgo` in this study") in told
    assert ("--criteria", "`swog` judges response, not toxicity") in told
    assert ("--criteria", "the study has no criterion for `nope`") in told
    assert len(told) == 5


def test_a_study_may_hold_its_own_criterion(tmp_path):
    """A path in a study is read from the study's folder."""
    folder = write(tmp_path, STUDY.replace("swog@1.0.0", "own.yaml"))
    (folder / "own.yaml").write_text(
        "extends: swog@1.0.0\nid: own\nversion: 1.0.0\ntitle: Own\nparameters: {partial: {value: 40 percent}}\n"
    )
    assert study_of(folder).criteria["response"].id == "own"


def test_settings_of_the_command_line_come_after_those_of_the_file(tmp_path):
    """The last setting of a parameter counts, and all of them are remembered."""
    folder = write(tmp_path, STUDY + "set: {swog.partial: 40 percent}\n")
    assert study_of(folder).changed == {"swog.partial": "40 percent"}
    study = study_of(folder, ["swog.partial=45 percent"])
    assert study.changed == {"swog.partial": "45 percent"}
    assert study.criteria["response"].parameters["partial"].text == "45 percent"


def test_another_criterion_takes_the_place_of_its_kind():
    """`--criteria swog` replaces the response criterion of a study, whatever its name."""
    assert survey(folder_of("lu177-salvage"), (), ["swog"]).criteria["response"].id == "swog"


@pytest.mark.parametrize("name", ["lu177-salvag", "cohorts/nothing", "/nothing/lu177-salvage"])
def test_a_cohort_that_is_not_there_is_told(name):
    """An unknown cohort is told with those that ship."""
    with pytest.raises(Refused) as caught:
        folder_of(name)
    assert "`lu177-salvage`" in caught.value.problems[0].expected


def test_a_folder_without_a_study_is_told(tmp_path):
    """A folder of tables alone is no study."""
    with pytest.raises(Refused, match=r"there is no study\.yaml in the folder"):
        survey(tmp_path)


def test_a_study_that_is_no_mapping_is_told(tmp_path):
    """A list is no study."""
    (tmp_path / "study.yaml").write_text("- id: small\n")
    with pytest.raises(Refused, match="the file is not a mapping"):
        survey(tmp_path)


BARE = "id: small\ntitle: A small study\ncohort: made by hand\n"


def test_study_without_a_paper(tmp_path):
    """A study needs one criterion and no more: a paper is named where its figures are, endpoints where times are."""
    assert run(survey(write(tmp_path, BARE + "response: swog@1.0.0\n"))).main is not None


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ("", "the study has no criterion"),
        ("response: swog@1.0.0\n" + figure("{count: patients}"), "the key `source` is missing"),
    ],
)
def test_what_a_study_needs(tmp_path, more, what):
    """A study without any criterion is refused, and printed figures without the paper that prints them."""
    (problem,) = problems(write(tmp_path, BARE + more))
    assert problem.what == what
