"""Rows at the door: against their header, against each other, against the patients, and many mistakes at once."""

from __future__ import annotations

import copy
from io import StringIO

import pandas as pd
import pytest

from criterium.language.problems import Refused
from criterium.language.tables import tables_from
from criterium.timeline.door import cohort_from_frames, read_cohort
from tests.door import DATA, DOSES, LABS, LESIONS, found_in, problems_of, whats

FIRST = "A1,2003-05-13,T1,target,12\n"


@pytest.mark.parametrize(
    ("line", "what", "expected", "remedy"),
    [
        (
            "A1,2003-05-13,T1,target,12",
            "the row is the same as line 2",
            "one row per lesion and date of assessment",
            "delete one of the two",
        ),
        (
            "A1,2003-05-13,T1,target,13",
            (
                "a second lesion with patient_id `A1`, date `2003-05-13`, lesion_id `T1`; "
                "the first is in line 2, with other values"
            ),
            "one lesion for each `patient_id`, `date`, `lesion_id`",
            "keep the row that is right and delete the other",
        ),
        (
            "A1,2003-05-14,T1,target",
            "the row has 4 cells, the header has 5",
            "5 cells",
            "an empty cell keeps its comma; add what is missing",
        ),
        ("A1", "the row has 1 cell, the header has 5", "5 cells", "an empty cell keeps its comma; add what is missing"),
        (
            "A1,2003-05-14,T1,target,12,5",
            "the row has 6 cells, the header has 5",
            "5 cells",
            "write decimals with a point, and put a text that holds a comma in quotes",
        ),
        ("", "the row is empty", "a value in each required column", "delete the line"),
        (",,,,", "the row is empty", "a value in each required column", "delete the line"),
        (
            'A1,2003-05-14,"T1,target,12',
            "the line has a quote that is not closed, or that stands inside a cell",
            "quotes around whole cells, closed on the same line",
            'put the whole cell in quotes, and write a quote inside it twice: `"a ""b"" c"`',
        ),
    ],
)
def test_a_wrong_row_has_its_words_and_the_next_rows_are_still_read(tmp_path, line, what, expected, remedy):
    rows = f"{LESIONS}{FIRST}{line}\nA2,2003-05-13,T1,target,-1\n"
    first, second = problems_of(tmp_path, {"lesions.csv": rows})
    assert (first.what, first.expected, first.help) == (f"table `lesions`, line 3: {what}", expected, remedy)
    assert (first.where.line, first.where.column, first.where.text) == (3, 1, line)
    assert second.what == "table `lesions`, line 4, column `long_mm`: `-1` is below 0"


def test_labels_of_a_key_match_without_case_and_identifiers_with_it(tmp_path):
    labs = LABS + "A1,2003-05-13,ALT,5,U/L,,\nA1,2003-05-13,alt,6,U/L,,\n"
    lesions = LESIONS + FIRST + FIRST.replace("T1", "t1")
    (found,) = whats(tmp_path, {"labs.csv": labs, "lesions.csv": lesions})
    assert found.startswith("table `labs`, line 3: a second result with patient_id `A1`, date `2003-05-13`, test `alt`")


def test_an_empty_cell_and_a_word_for_missing_are_not_the_same_row(tmp_path):
    text = LESIONS.replace("long_mm", "state") + "A1,2003-05-13,T1,target,\nA1,2003-05-13,T1,target,not evaluable\n"
    (found,) = whats(tmp_path, {"lesions.csv": text})
    assert found.endswith("with other values")


def test_a_patient_stands_once_in_patients(tmp_path):
    (found,) = whats(tmp_path, {"patients.csv": "patient_id,age\nA1,60\nA1,61\n"})
    assert (
        found
        == "table `patients`, line 3: a second patient with patient_id `A1`; the first is in line 2, with other values"
    )


def test_a_lower_limit_is_not_above_the_upper_one(tmp_path):
    rows = LABS + "A1,2003-05-13,platelets,75,10*9/L,400,150\nA1,2003-05-14,platelets,75,10*9/L,,150\n"
    assert found_in(tmp_path, {"labs.csv": rows}) == [
        (
            "labs.csv",
            2,
            35,
            "table `labs`, line 2, column `lln`: `400` is above the `uln` of the row, `150`",
            "`lln` at most `uln`",
            "exchange the two, or correct the wrong one",
        )
    ]


ACTIVITY = "a unit of activity, such as `GBq`, `MBq` or `mCi`"


@pytest.mark.parametrize(
    ("cells", "column", "says", "expected", "remedy"),
    [
        (
            "7.4,mg",
            "unit",
            "`mg` is a unit of mass, but column `activity` is a quantity of activity",
            ACTIVITY,
            "correct the unit",
        ),
        ("7.4,", "activity", "`7.4` has no unit", ACTIVITY, "enter the unit in column `unit`"),
        (
            "7.4,gBq",
            "unit",
            "`gBq` is no unit that is known",
            "a unit such as `mm` or `10*9/L`",
            "did you mean `GBq`?",
        ),
        (
            "7.4,xxyyzz",
            "unit",
            "`xxyyzz` is no unit that is known",
            "a unit such as `mm` or `10*9/L`",
            "write the unit as UCUM does",
        ),
    ],
)
def test_a_wrong_unit_has_its_words(tmp_path, cells, column, says, expected, remedy):
    (problem,) = problems_of(tmp_path, {"treatments.csv": f"{DOSES}A1,2003-05-13,{cells}\n"})
    assert problem.what == f"table `treatments`, line 2, column `{column}`: {says}"
    assert (problem.expected, problem.help) == (expected, remedy)


def test_a_quantity_comes_with_the_column_of_its_unit(tmp_path):
    (found,) = whats(tmp_path, {"treatments.csv": "patient_id,date,activity\nA1,2003-05-13,7.4\n"})
    assert found == "table `treatments`: column `unit` is missing; it holds the unit of `activity`"


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ("yes", "`yes` is neither true nor false", "write `true`"),
        ("0", "`0` is neither true nor false", "write `false`"),
        (
            "some",
            "`some` is neither true nor false",
            "write `true` or `false`, or leave the cell empty if it is not known",
        ),
    ],
)
def test_truth_is_written_true_or_false(tmp_path, text, says, remedy):
    rows = f"patient_id,date,test,value,unit,fasting\nA1,2003-05-13,glucose,5,mmol/L,{text}\n"
    (problem,) = problems_of(tmp_path, {"labs.csv": rows})
    assert problem.what == f"table `labs`, line 2, column `fasting`: {says}"
    assert (problem.expected, problem.help) == ("`true` or `false`", remedy)


@pytest.mark.parametrize(
    ("grade", "says"), [("6", "`6` is above 5"), ("-1", "`-1` is below 0"), ("2.5", "`2.5` is not a whole number")]
)
def test_a_grade_is_a_whole_number_from_0_to_5(tmp_path, grade, says):
    """In a file and in a typed column of a frame alike."""
    data = copy.deepcopy(DATA)
    data["tables"]["adverse_events"]["columns"]["grade"]["whole"] = True
    tables = tables_from(data)
    patients, rows = "patient_id\nA1\n", f"patient_id,date,term,grade\nA1,2003-05-13,Nausea,{grade}\n"
    frames = {"patients": pd.read_csv(StringIO(patients)), "adverse_events": pd.read_csv(StringIO(rows))}
    (tmp_path / "patients.csv").write_text(patients, encoding="utf-8")
    (tmp_path / "adverse_events.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(Refused) as in_file:
        read_cohort(tmp_path, tables)
    with pytest.raises(Refused) as in_frame:
        cohort_from_frames("grades", frames, tables)
    for refused, place in ((in_file, "line 2"), (in_frame, "row 1")):
        (problem,) = refused.value.problems
        assert problem.what == f"table `adverse_events`, {place}, column `grade`: {says}"
        assert problem.expected == "a whole number from 0 to 5"


def test_a_word_for_no_value_is_no_attribute(tmp_path):
    (found,) = whats(tmp_path, {"patients.csv": "patient_id,age\nA1,60\nA2,NA\n"})
    assert found == "table `patients`, line 3, column `age`: `NA` is no value"


def test_a_cohort_has_patients(tmp_path):
    assert whats(tmp_path, {"patients.csv": "patient_id\n"}) == ["table `patients`: there is no patient"]


@pytest.mark.parametrize(("count", "shown"), [(20, 20), (21, 5)])
def test_many_mistakes_of_one_kind_are_a_few_and_a_count(tmp_path, count, shown):
    """Twenty are all shown; of more, the first five and how many are left."""
    rows = "".join(f'A1,2003-05-13,T{i},target,"1,5"\n' for i in range(count))
    problems = problems_of(tmp_path, {"lesions.csv": LESIONS + rows + "A1,2003-05-13,X,target,-1\n"})
    of_one_kind = [p for p in problems if p.what.endswith("has a decimal comma")]
    assert [p.where.line for p in of_one_kind] == list(range(2, 2 + shown))
    rest = [(p.where.line, p.what, p.help) for p in problems if "more row" in p.what]
    summary = "table `lesions`, column `long_mm`: 16 more rows like this (a decimal comma)"
    assert rest == ([] if count == 20 else [(7, summary, "they stand between line 7 and line 22")])
    assert problems[-1].what.endswith("`-1` is below 0")


def test_two_cohort_tables_are_refused_together(tmp_path):
    files = {
        "lesions.csv": LESIONS + "A1,2003,T1,target,1\n",
        "labs.csv": LABS + "A7,2003-05-13,ALT,5,U/L,,\n",
        "zz.csv": "",
    }
    assert len(problems_of(tmp_path, files)) == 3
