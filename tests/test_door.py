"""Files at the door: what is right comes through exactly, and every kind of mistake has its words and its place."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import yaml

from criterium.language.problems import Problem, Refused
from criterium.language.tables import Table, tables_from
from criterium.timeline.cohort import Labels
from criterium.timeline.door import read_cohort

ROOT = Path(__file__).parents[1]
DATA = yaml.safe_load((ROOT / "criteria" / "tables.yaml").read_text(encoding="utf-8"))
TABLES = tables_from(DATA)
LESIONS = "patient_id,date,lesion_id,role,long_mm,state\n"
LESION = {"patient_id": "A1", "date": "2003-05-13", "lesion_id": "T1", "role": "target", "long_mm": "12", "state": ""}
LABS = "patient_id,date,test,value,unit,lln,uln\n"


def folder_of(tmp_path: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files by name, with a table of the patients A1 and A2 unless one is given; return their folder."""
    for name, content in {"patients.csv": "patient_id\nA1\nA2\n", **files}.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path


def problems_of(
    tmp_path: Path, files: Mapping[str, str | bytes], tables: Mapping[str, Table] = TABLES
) -> list[Problem]:
    """Return the problems of a cohort of these files, their files without the folder."""
    with pytest.raises(Refused) as refused:
        read_cohort(folder_of(tmp_path, files), tables)
    return list(refused.value.problems)


def problem_of(tmp_path: Path, files: Mapping[str, str | bytes]) -> Problem:
    """Return the only problem of a cohort of these files."""
    (problem,) = problems_of(tmp_path, files)
    return problem


def words(labels: object) -> list[str | None]:
    """Return the word of each row."""
    assert isinstance(labels, Labels)
    return [labels.words[code] if code >= 0 else None for code in labels.codes]


def test_a_table_becomes_arrays(tmp_path):
    rows = "A2,2003-05-13,T1,Target,12.1,present\nA1,1970-01-02,T2,new,,not evaluable\n"
    cohort = read_cohort(folder_of(tmp_path, {"lesions.csv": LESIONS + rows}), TABLES)
    lesions = cohort.tables["lesions"]
    assert (cohort.name, cohort.patients, lesions.rows) == (tmp_path.name, ("A1", "A2"), 2)
    assert lesions.patient.tolist() == [1, 0]
    assert words(lesions.columns["role"]) == ["target", "new"]
    assert words(lesions.columns["state"]) == ["present", None]
    np.testing.assert_array_equal(lesions.columns["long"], [12.1, np.nan])
    np.testing.assert_array_equal(lesions.columns["date"], [(date(2003, 5, 13) - date(1970, 1, 1)).days, 1])
    assert set(lesions.columns) == {"date", "lesion_id", "role", "long", "state"}


@pytest.mark.parametrize("text", ["0.1", "12.15", "1e2", ".5", "7.", "+3", "123456789.123456789"])
def test_a_number_is_the_float_nearest_to_its_decimal(tmp_path, text):
    cohort = read_cohort(folder_of(tmp_path, {"lesions.csv": LESIONS + f"A1,2003-05-13,T1,target,{text},\n"}), TABLES)
    assert cohort.tables["lesions"].columns["long"].tolist() == [float(Fraction(text))]


@pytest.mark.parametrize(
    ("text", "unit", "exact"),
    [("300", "mCi", "11.1"), ("7400", "MBq", "7.4"), ("0.1", "mCi", "0.0037"), ("7.4", "GBq", "7.4")],
)
def test_an_activity_is_converted_exactly_to_gigabecquerel(tmp_path, text, unit, exact):
    """One curie is 37 GBq, so 300 mCi are 11.1 GBq to the last digit."""
    rows = f"patient_id,date,activity,unit\nA1,2003-05-13,{text},{unit}\nA1,2003-05-14,,\n"
    cohort = read_cohort(folder_of(tmp_path, {"treatments.csv": rows}), TABLES)
    np.testing.assert_array_equal(cohort.tables["treatments"].columns["activity"], [float(exact), np.nan])


def test_a_size_in_another_unit_is_converted_exactly(tmp_path):
    data = copy.deepcopy(DATA)
    data["tables"]["lesions"]["columns"]["long"] = {"column": "long_cm", "type": "quantity", "unit": "cm"}
    files = {"lesions.csv": "patient_id,date,lesion_id,role,long_cm\nA1,2003-05-13,T1,target,0.07\n"}
    cohort = read_cohort(folder_of(tmp_path, files), tables_from(data))
    assert cohort.tables["lesions"].columns["long"].tolist() == [0.7]  # 0.07 * 10 is 0.7000000000000001 in floats


def test_a_laboratory_value_keeps_the_unit_it_was_reported_in(tmp_path):
    rows = "A1,2003-05-13,platelets,75,K/uL,150,400\nA1,2003-05-14,platelets,7,10*9/L,150,400\n"
    labs = read_cohort(folder_of(tmp_path, {"labs.csv": LABS + rows}), TABLES).tables["labs"].columns
    assert labs["value"].tolist() == [75.0, 7.0]
    assert words(labs["unit"]) == ["10*9/L", "10*9/L"]


def test_truth_is_true_false_or_missing(tmp_path):
    rows = "patient_id,date,test,value,unit,fasting\n" + "".join(
        f"A1,2003-05-{day},glucose,5,mmol/L,{text}\n" for day, text in ((10, "true"), (11, ""), (12, "FALSE"))
    )
    found = read_cohort(folder_of(tmp_path, {"labs.csv": rows}), TABLES).tables["labs"].columns["fasting"]
    assert words(found) == ["true", None, "false"]
    assert found.words == ("false", "true")


def test_an_attribute_is_numbers_if_every_cell_is_one(tmp_path):
    text = "patient_id,age,arm,empty\nA1,60.5,1,\nA2,,B,\n"
    columns = read_cohort(folder_of(tmp_path, {"patients.csv": text}), TABLES).tables["patients"].columns
    np.testing.assert_array_equal(columns["age"], [60.5, np.nan])
    np.testing.assert_array_equal(columns["empty"], [np.nan, np.nan])
    assert words(columns["arm"]) == ["1", "B"]


@pytest.mark.parametrize(
    ("name", "patients", "treatments"), [("lu177-salvage", 33, 190), ("mibg-dose-intensified", 31, 118)]
)
def test_the_shipped_cohorts_come_through(name, patients, treatments):
    cohort = read_cohort(ROOT / "cohorts" / name, TABLES)
    assert (len(cohort.patients), cohort.tables["treatments"].rows) == (patients, treatments)


@pytest.mark.parametrize("change", ["bom", "crlf", "cr", "quotes", "no end"])
def test_files_that_say_the_same_give_the_same(tmp_path, change):
    text = LESIONS + "A1,2003-05-13,T1,target,12.5,\nA2,2003-05-13,T1,new,,present\n"
    changed = {
        "bom": "\ufeff" + text,
        "crlf": text.replace("\n", "\r\n"),
        "cr": text.replace("\n", "\r"),
        "quotes": text.replace("target", '"target"').replace(",,", ',"",'),
        "no end": text.rstrip("\n"),
    }[change]
    lesions = read_cohort(folder_of(tmp_path, {"lesions.csv": changed}), TABLES).tables["lesions"]
    assert lesions.patient.tolist() == [0, 1]
    assert words(lesions.columns["role"]) == ["target", "new"]
    assert words(lesions.columns["state"]) == [None, "present"]
    np.testing.assert_array_equal(lesions.columns["long"], [12.5, np.nan])


def test_a_quoted_cell_may_hold_commas_and_quotes(tmp_path):
    text = 'patient_id,diagnosis\nA1,"a ""large"", late one"\nA2,b\n'
    columns = read_cohort(folder_of(tmp_path, {"patients.csv": text}), TABLES).tables["patients"].columns
    assert words(columns["diagnosis"]) == ['a "large", late one', "b"]


def test_a_table_may_have_no_rows(tmp_path):
    assert read_cohort(folder_of(tmp_path, {"lesions.csv": LESIONS}), TABLES).tables["lesions"].rows == 0


NUMBER = "a plain number such as `12.5`"
DATE = "a date such as `2003-05-13`"
EMPTY = "leave the cell empty if there is no value"
BY_HAND = "enter the number alone, or leave the cell empty if it is not known"
BOUND = "bounds are not supported: leave the cell empty, or enter the number your protocol puts in its place"
NO_SEPARATORS = "write the digits without separators, and a point before decimals"


@pytest.mark.parametrize(
    ("column", "text", "says", "expected", "remedy"),
    [
        ("long_mm", '"12,5"', "`12,5` has a decimal comma", NUMBER, "write `12.5`"),
        (
            "long_mm",
            '"1,234"',
            "`1,234` has a comma, which may mean thousands or decimals",
            NUMBER,
            "write `1234` or `1.234`, whichever is meant",
        ),
        ("long_mm", "1 234", "`1 234` has a thousands separator", NUMBER, NO_SEPARATORS),
        ("long_mm", '"1.234,5"', "`1.234,5` has a thousands separator", NUMBER, NO_SEPARATORS),
        ("long_mm", "<5", "`<5` is a bound, not a number", NUMBER, BOUND),
        (
            "long_mm",
            "12 mm",
            "`12 mm` holds more than a number",
            NUMBER,
            "write the number alone: `12`, if `mm` is its unit",
        ),
        ("long_mm", "NaN", "`NaN` is no value", "", EMPTY),
        ("long_mm", "-inf", "`-inf` is no value", "", EMPTY),
        ("long_mm", "1e999", "`1e999` is out of range", NUMBER, BY_HAND),
        ("long_mm", "big", "`big` is no number", NUMBER, BY_HAND),
        ("long_mm", "9" * 70, f"`{'9' * 57}...` is no number", NUMBER, BY_HAND),
        ("long_mm", "-3", "`-3` is below 0", "a number from 0", "correct the number, or leave the cell empty"),
        ("long_mm", " 12", "` 12` has spaces around it", "", "delete the spaces"),
        ("long_mm", "  ", "the cell holds nothing but spaces", "", "delete the spaces"),
        ("date", "13/05/2003", "`13/05/2003` is not written year-month-day", DATE, "write `2003-05-13`"),
        (
            "date",
            "05.04.2003",
            "`05.04.2003` is not written year-month-day",
            DATE,
            "write `2003-04-05` or `2003-05-04`, whichever is meant",
        ),
        ("date", "31/13/2003", "`31/13/2003` is not written year-month-day", DATE, "check the day and the month"),
        ("date", "20030513", "`20030513` is not written year-month-day", DATE, "write `2003-05-13`"),
        ("date", "2003-02-30", "`2003-02-30` is not in the calendar", DATE, "check the day and the month"),
        ("date", "0203-05-13", "`0203-05-13` is not between 1800 and 2300", DATE, "check the year"),
        (
            "date",
            "2003-05",
            "`2003-05` is a part of a date",
            DATE,
            "enter the whole date: the rows of this table are put in order by their day",
        ),
        ("date", "2003-05-13T10:00", "`2003-05-13T10:00` holds a time of day", DATE, "write `2003-05-13`"),
        ("date", "37754", "`37754` may be the day number of a spreadsheet", DATE, "format it as a date"),
        ("date", "NA", "`NA` is no value", "", EMPTY),
        ("date", "soon", "`soon` is no date", DATE, "write the date as year-month-day"),
        ("date", "", "the cell is empty", "a value in every row", "fill the cell, or delete the row"),
        (
            "role",
            "targt",
            "`targt` is not a word of this column",
            "`target`, `non-target` or `new`",
            "did you mean `target`?",
        ),
        (
            "role",
            "xyz",
            "`xyz` is not a word of this column",
            "`target`, `non-target` or `new`",
            "use one of the words, or leave the cell empty",
        ),
        (
            "role",
            "non\u200btarget",
            "`non\\u200btarget` holds the invisible character U+200B",
            "",
            "delete it, or put a plain space in its place",
        ),
        (
            "patient_id",
            "a1",
            "`a1` is not in `patients`",
            "a patient_id of the table `patients`",
            "did you mean `A1`?",
        ),
    ],
)
def test_a_wrong_cell_has_its_words_and_its_place(tmp_path, column, text, says, expected, remedy):
    cells = {**LESION, column: text}
    line = ",".join(cells.values())
    problem = problem_of(tmp_path, {"lesions.csv": LESIONS + line + "\n"})
    assert problem.what == f"table `lesions`, line 2, column `{column}`: {says}"
    assert (problem.expected, problem.help) == (expected, remedy)
    before = list(cells.values())[: list(cells).index(column)]
    place = problem.where
    assert (place.file, place.line, place.text) == (str(tmp_path / "lesions.csv"), 2, line)
    assert (place.column, place.width) == (len(",".join([*before, ""])) + 1, max(1, len(text)))
