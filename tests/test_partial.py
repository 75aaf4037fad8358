"""Partial dates: what the door lets in, what a study says of them, what it prints and exports, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from criterium.explain.patient import Asked, explained
from criterium.language.problems import Refused
from criterium.study.admission import admitted
from criterium.study.exports import tables
from criterium.study.outcomes import duration
from criterium.study.plan import survey
from criterium.study.queries import ask
from criterium.study.results import run, run_on_whole_dates
from criterium.study.summary import sheets
from criterium.timeline.door import cohort_from_frames, read_cohort
from criterium.timeline.partial import spans
from criterium.timeline.supposed import MOST_ROWS, supposed
from tests.door import TABLES, found_in, whats
from tests.small import LESIONS, STUDY, computed, figure, table, write

HEADER = "patient_id,date,event\n"
PFS = STUDY.replace("overall-survival@1.0.0", "progression-free-survival@1.0.0")
CENSORS = PFS + "set: {progression-free-survival.new_therapy: censors}\nbecause: the protocol says so\n"
# A: a new lesion on 2020-06-20, after a baseline and one assessment.
PROGRESSED = LESIONS.replace("A,2020-06-01,T1", "A,2020-06-20,N1,new,10,10,present\nA,2020-06-20,T1")
MIDDLE = "partial_dates: middle\n"


def refusals(folder):
    """Return the problems with which the study in a folder is refused."""
    with pytest.raises(Refused) as caught:
        run(survey(folder))
    return [(one.what, one.expected, one.help) for one in caught.value.problems]


def days(text):
    """Return a day in days since 1970."""
    return float(np.datetime64(text, "D").astype(int))


# --- the door ---------------------------------------------------------------------------------------------------------
def events_of(tmp_path, *rows):
    """Return the events of a cohort with these rows."""
    (tmp_path / "patients.csv").write_text("patient_id\nA1\nA2\n", encoding="utf-8")
    (tmp_path / "events.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read_cohort(tmp_path, TABLES).tables["events"]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2009-06", "2009-06-01", "2009-06-30"),
        ("2009-12", "2009-12-01", "2009-12-31"),
        ("2008-02", "2008-02-01", "2008-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2009", "2009-01-01", "2009-12-31"),
    ],
)
def test_a_part_of_a_date_is_its_days(tmp_path, text, first, last):
    """A month or a year of an event is the days from its first to its last; the date itself is no day."""
    events = events_of(tmp_path, f"A1,{text},death", "A2,2009-06-15,death")
    assert np.isnan(events.columns["date"]).tolist() == [True, False]
    low, high = spans(events)
    assert (low[0], high[0]) == (days(first), days(last))
    assert low[1] == high[1] == days("2009-06-15")
    assert events.partial.texts == (text,)


def test_whole_dates_are_not_partial(tmp_path):
    """A table of whole dates has nothing that is partial."""
    assert events_of(tmp_path, "A1,2009-06-15,death").partial is None


def test_frames_have_partial_dates_as_texts():
    """A month stands in a frame as text; a column of points in time has whole dates."""
    patients = pd.DataFrame({"patient_id": ["A1", "A2"]})
    texts = pd.DataFrame({"patient_id": ["A1", "A2"], "date": ["2009-06", "2009-06-15"], "event": "death"})
    times = texts.assign(date=pd.to_datetime(["2009-06-01", "2009-06-15"]))
    found, whole = (
        cohort_from_frames("one", {"patients": patients, "events": events}, TABLES).tables["events"]
        for events in (texts, times)
    )
    assert found.partial.texts == ("2009-06",)
    assert whole.partial is None


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("2009-6", "`2009-6` is not written year-month", "write `2009-06`"),
        ("2009-13", "`2009-13` is not in the calendar", "check the month"),
        ("2009-00", "`2009-00` is not in the calendar", "check the month"),
        ("0209-06", "`0209-06` is not between 1800 and 2300", "check the year"),
        ("2009-06-31", "`2009-06-31` is not in the calendar", "check the day and the month"),
        ("06/2009", "`06/2009` is no date", "write the date as year-month-day"),
    ],
)
def test_a_wrong_part_of_a_date_is_told(tmp_path, text, what, remedy):
    """What is neither a date nor a month nor a year is told with its cell and what to do."""
    (found,) = found_in(tmp_path, {"events.csv": f"{HEADER}A1,{text},death\n"})
    assert found[:3] == ("events.csv", 2, 4)
    assert found[3] == f"table `events`, line 2, column `date`: {what}"
    assert found[5] == remedy


def test_a_row_that_makes_a_step_has_a_whole_date(tmp_path):
    """A part of a date is refused in a table whose rows are put in order by their day, with the reason."""
    lesions = "patient_id,date,lesion_id,role,long_mm\nA1,2009-06,T1,target,12\n"
    (found,) = found_in(tmp_path, {"lesions.csv": lesions})
    assert found[3] == "table `lesions`, line 2, column `date`: `2009-06` is a part of a date"
    assert found[5] == "enter the whole date: the rows of this table are put in order by their day"


def test_the_same_part_of_a_date_twice_is_a_duplicate(tmp_path):
    """Two rows with the same event and month are told; the month and its year, which begin together, are two dates."""
    rows = "A1,2009-01,death\nA1,2009,death\nA1,2009-01,death\n"
    assert whats(tmp_path, {"events.csv": HEADER + rows}) == [
        "table `events`, line 4: the row is the same as line 2",
    ]


# --- supposing --------------------------------------------------------------------------------------------------------
def test_every_way_to_choose_the_days_is_a_patient(tmp_path):
    """February 2009 and three days of June that are left by a data cut are 28 x 3 pairs of days, each once."""
    events_of(tmp_path, "A2,2009-02,new therapy", "A2,2009-06,death", "A2,2009-03-05,last contact")
    cohort = read_cohort(tmp_path, TABLES)
    found = supposed(cohort, np.full(2, np.nan), days("2009-06-03"))
    assert np.bincount(found.patient).tolist() == [1, 84]
    events = found.cohort.tables["events"]
    assert np.bincount(events.patient, minlength=85).tolist() == [0, *[3] * 84]
    pairs = events.columns["date"].reshape(84, 3)
    assert set(pairs[:, 2]) == {days("2009-03-05")}
    expected = {(days("2009-02-01") + one, days("2009-06-01") + other) for one in range(28) for other in range(3)}
    assert {(one, other) for one, other, _ in pairs.tolist()} == expected


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        ("first", ["2009-02-01", "2009-06-01"]),
        ("middle", ["2009-02-14", "2009-06-02"]),
        ("last", ["2009-02-28", "2009-06-03"]),
    ],
)
def test_one_of_the_days_can_be_chosen(tmp_path, choice, chosen):
    """The middle of 28 days is the 14th, the earlier of two; that of three days is the second."""
    events_of(tmp_path, "A2,2009-02,new therapy", "A2,2009-06,death")
    found = supposed(read_cohort(tmp_path, TABLES), np.full(2, np.nan), days("2009-06-03"))
    _, at = found.at(choice)
    assert [(text, np.datetime64(int(day), "D")) for text, day in found.days(int(at))] == [
        ("2009-02", np.datetime64(chosen[0])),
        ("2009-06", np.datetime64(chosen[1])),
    ]


def test_too_many_days_are_refused(tmp_path):
    """Seven dates of which only the year is known leave more days than anyone looks at: the patient is named."""
    events_of(tmp_path, "A1,2009-06,death", *(f"A2,20{year},event" for year in range(10, 17)))
    with pytest.raises(Refused) as caught:
        supposed(read_cohort(tmp_path, TABLES), np.full(2, np.nan), np.inf)
    (problem,) = caught.value.problems
    assert "those of A2 leave most: `2010`, `2011`, `2012`" in problem.what
    assert problem.expected == f"at most {MOST_ROWS:,} rows, one for each day"


# --- a study ----------------------------------------------------------------------------------------------------------
def test_a_time_to_a_partial_date_has_two_ends(tmp_path):
    """From 2020-01-01 to January 2021 are 366 to 396 days; to the middle of the month, the 16th, 381."""
    rows = HEADER + "A,2021-01,last contact\nB,2021-01-01,death\nC,2020,death\n"
    found = tables(run(survey(write(tmp_path, STUDY + MIDDLE, events=rows))))["times"].set_index("USUBJID")
    a, b, c = (found.loc[one] for one in "ABC")
    assert (a["ADT"], a["ADT, from"], a["ADT, until"], a["ADTF"]) == ("2021-01-16", "2021-01-01", "2021-01-31", "D")
    assert float(a["AVAL"]) == pytest.approx(381 / 30.4375)
    assert float(a["AVAL, at least"]) == pytest.approx(366 / 30.4375)
    assert float(a["AVAL, at most"]) == pytest.approx(396 / 30.4375)
    assert (a["CNSDTDSC"], a["CNSR"]) == ("last contact", 1)
    assert (b["ADT"], b[["ADT, from", "ADTF", "AVAL, at least"]].isna().all()) == ("2021-01-01", True)
    assert (c["ADT"], c["ADTF"], float(c["AVAL, at least"])) == ("2020-07-01", "M", 0.0)


def test_the_days_that_a_study_chooses_are_told_with_their_number(tmp_path):
    """The median of 366, 381 and 397 days is that of the middle days; two of the times are theirs, as is printed."""
    rows = HEADER + "A,2021-01,death\nB,2021-01-01,death\nC,2021-02-01,last contact\nC,2021-02,death\n"
    study = STUDY + MIDDLE + figure("{median: overall-survival}")
    folder = write(tmp_path, study, events=rows)
    assert "2 with the middle possible day of a partial date" in computed(folder)["one"].note
    results = run(survey(folder))
    assert table(results, "endpoints-only")["overall-survival"]["median"] == pytest.approx(381 / 30.4375, abs=0.05)
    (note,) = (one.note for one in sheets(results) if one.id == "endpoints-only")
    assert note.endswith("times with the middle possible day of a partial date: 2 of overall-survival")


def test_no_day_is_chosen_unasked(tmp_path):
    """A study whose times depend on partial dates is refused, endpoint by endpoint, unless it chooses their days."""
    rows = HEADER + "A,2021-01,last contact\nB,2021-01,death\nC,2021-01-01,death\n"
    study = STUDY.replace("1.0.0]\n", "1.0.0, progression-free-survival@1.0.0]\n")
    expected = "`partial_dates:` with `first`, `middle` or `last`"
    remedy = "say in the study which of the possible days is taken, or enter the whole dates"
    start = "the time of `{}` depends on partial dates in {}, that of {} first"
    assert refusals(write(tmp_path, study, events=rows)) == [
        (start.format("overall-survival", "2 courses", "A"), expected, remedy),
        (start.format("progression-free-survival", "1 course", "B"), expected, remedy),
    ]


def test_a_date_on_which_nothing_depends_needs_no_choice(tmp_path):
    """The last contact of a patient who died later is of no time, so that its day need not be known."""
    rows = HEADER + "A,2020-07,last contact\nA,2021-01-01,death\nB,2021-01-01,death\nC,2021-01-01,death\n"
    found = tables(run(survey(write(tmp_path, STUDY, events=rows))))["times"].set_index("USUBJID")
    assert found.loc["A", "ADT"] == "2021-01-01"
    assert not {"ADTF", "ADT, from", "AVAL, at least"} & set(found.columns)


def test_what_ends_a_time_is_open_where_days_differ(tmp_path):
    """Another therapy in the month of a progression on the 20th cuts the time off before it on 19 of 30 days."""
    rows = HEADER + "A,2020-06,new therapy\nB,2021-01-01,death\nC,2021-01-01,death\n"
    results = run(survey(write(tmp_path, CENSORS + MIDDLE, lesions=PROGRESSED, events=rows)))
    classes = results.endpoints["progression-free-survival"].courses.classes["time"]
    words = classes.label.words
    assert words[classes.label.codes[0]] == "unknown"
    open_ = {word for at, word in enumerate(words) if int(classes.possible[0]) >> at & 1}
    assert open_ == {"progression", "new therapy"}
    reason = "the day of `2020-06` decides: new therapy, progression from 2020-06-20"
    assert classes.reason.words[classes.reason.codes[0]] == reason
    row = tables(results)["times"].set_index("USUBJID").loc["A"]
    assert (row["CNSDTDSC"], row["ADT"], row["NERSN"]) == ("new therapy", "2020-03-01", reason)
    assert (row["ADT, from"], row["ADT, until"], row["ADTF"]) == ("2020-03-01", "2020-06-20", "M")


@pytest.mark.parametrize(("months", "truth"), [(12, 1), (12.5, -1), (14, 0)])
def test_questions_hold_on_every_day(tmp_path, months, truth):
    """Survival of 12.02 to 13.01 months is at least 12 months, not at least 14, and of 12.5 nobody can tell."""
    rows = HEADER + "A,2021-01,death\nB,2021-01-01,death\nC,2021-01-01,death\n"
    study = STUDY + MIDDLE + figure(f"{{count: courses, when: overall-survival >= {months} months}}")
    truths = ask(run(survey(write(tmp_path, study, events=rows))))["course"].truths
    assert truths["published", 0, "compute", "when"][0] == truth


def test_days_that_would_be_refused_are_not_possible(tmp_path):
    """A death in the month of the start is not before it, and one in the month of the data cut not after it."""
    rows = HEADER + "A,2020-01,death\nB,2020-02,death\nC,2020-01-20,death\n"
    treatments = "patient_id,date,course\nA,2020-01-21,only\nB,2020-01-01,only\nC,2020-01-01,only\n"
    cut = STUDY + MIDDLE + 'as_of: "2020-02-05"\n'
    lesions = LESIONS.splitlines()[0] + "\nA,2020-01-20,T1,target,20,10,present\n"
    found = tables(run(survey(write(tmp_path, cut, treatments=treatments, lesions=lesions, events=rows))))["times"]
    found = found.set_index("USUBJID")
    assert found.loc["A", ["ADT, from", "ADT", "ADT, until"]].tolist() == ["2020-01-21", "2020-01-26", "2020-01-31"]
    assert found.loc["B", ["ADT, from", "ADT", "ADT, until"]].tolist() == ["2020-02-01", "2020-02-03", "2020-02-05"]


def test_a_part_of_a_date_with_no_possible_day_is_refused(tmp_path):
    """A month before the start, and one after the data cut, are refused as a day would be."""
    rows = HEADER + "A,2019-12,last contact\nB,2020-07,last contact\n"
    cut = STUDY + MIDDLE + 'as_of: "2020-06-30"\n'
    early, late = (what.partition("column `date`: ")[2] for what, _, _ in refusals(write(tmp_path, cut, events=rows)))
    assert early == "`last contact` in 2019-12 is before the first course of A, which began on 2020-01-01"
    assert late == "2020-07 is after the data cut of 2020-06-30"


def test_a_row_that_makes_a_step_is_refused(tmp_path):
    """By this criterion a clinical deterioration is an assessment: without its day, there is no telling when."""
    rows = HEADER + "A,2020-04,clinical deterioration\nA,2021-01-01,death\n"
    assert refusals(write(tmp_path, events=rows)) == [
        (
            "by `swog` the steps of A depend on the day of `2020-04`",
            "whole dates of rows that make steps",
            "enter the day",
        )
    ]


def test_a_word_that_is_no_choice_is_refused(tmp_path):
    """The days of partial dates are the first, the middle or the last."""
    ((what, expected, _),) = refusals(write(tmp_path, STUDY + "partial_dates: mid\n"))
    assert "`mid`" in what
    assert all(word in expected for word in ("first", "middle", "last"))


def test_what_needs_whole_dates_says_so(tmp_path):
    """Rows of a table with partial dates are not handed out one by one: what takes them on one day is refused."""
    rows = HEADER + "A,2021-01,death\n"
    results = run(survey(write(tmp_path, STUDY + MIDDLE, events=rows)))
    with pytest.raises(Refused) as caught:
        results.material.rows("events")
    (problem,) = caught.value.problems
    assert problem.what == "table `events`: `2021-01`, a date of A, is a part of a date"
    assert (problem.expected, problem.help) == ("whole dates for what is asked here", "enter the whole date")
    assert results.material.rows("lesions").key.size == 5


def test_rows_on_one_day_are_on_the_chosen_days(tmp_path):
    """What compares and sweeps takes each row on one day: the middle of January 2021, 381 days after the start."""
    rows = HEADER + "A,2021-01,death\nB,2021-01-01,death\nC,2021-01-01,death\n"
    results = run_on_whole_dates(survey(write(tmp_path, STUDY + MIDDLE, events=rows)))
    assert results.days is None
    assert results.cohort.patients == ("A", "B", "C", "D")
    assert duration(results.endpoints["overall-survival"])[0] == pytest.approx(381 / 30.4375)
    assert results.study.cohort == "made by hand; of a partial date the middle possible day"


def test_rows_on_one_day_need_a_choice(tmp_path):
    """A study that chooses no days is refused where every row is taken on one day, though no time depends on it."""
    rows = HEADER + "A,2020-07,last contact\nA,2021-01-01,death\nB,2021-01-01,death\nC,2021-01-01,death\n"
    with pytest.raises(Refused) as caught:
        run_on_whole_dates(survey(write(tmp_path, STUDY, events=rows)))
    (problem,) = caught.value.problems
    assert problem.what == "the cohort has partial dates, and this takes every row on one day"
    assert problem.expected == "`partial_dates:` with `first`, `middle` or `last`"


# --- explained --------------------------------------------------------------------------------------------------------
def test_each_answer_is_explained_on_one_of_its_days(tmp_path):
    """Where days give two answers, both are explained, each on a day that gives it, with how many do."""
    rows = HEADER + "A,2020-06,new therapy\nB,2021-01-01,death\n"
    study = survey(write(tmp_path, CENSORS, lesions=PROGRESSED, events=rows))
    cohort, questions = admitted(study)
    (course,) = explained(study, cohort, questions, "A", Asked("endpoint")).courses
    assert [(one.time.end, one.supposing) for one in course.parts] == [
        ("2020-03-01", "supposing 2020-06-01 for `2020-06`, like 19 of 30 possible days"),
        ("2020-06-20", "supposing 2020-06-20 for `2020-06`, like 11 of 30 possible days"),
    ]
    (one,) = explained(study, cohort, questions, "A", Asked("response")).courses[0].parts
    assert one.supposing == "supposing 2020-06-01 for `2020-06`, like every one of 30 possible days"
    assert explained(study, cohort, questions, "B", Asked("endpoint")).courses[0].parts[0].supposing == ""
