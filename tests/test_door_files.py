"""Whole tables at the door: files, headers, and what is needed."""

from __future__ import annotations

import pytest

from criterium.language.problems import Refused
from criterium.timeline.door import read_cohort
from tests.door import LABS, LESIONS, TABLES, found_in, problems_of, whats

READABLE = (
    "`patients`, `treatments`, `lesions`, `labs`, `adverse_events`, `symptoms`, `medications`, `findings`, `visits`, "
    "`events`"
)
AGAIN = "save the table again as CSV with the encoding UTF-8"


@pytest.mark.parametrize(
    ("name", "content", "place", "complaint"),
    [
        (
            "lesion.csv",
            LESIONS,
            (1, 1),
            ("there is no table `lesion`", f"one of {READABLE}", "did you mean `lesions`?"),
        ),
        (
            "zz.csv",
            LESIONS,
            (1, 1),
            (
                "there is no table `zz`",
                f"one of {READABLE}",
                "rename it to the table it is, or remove it from the cohort",
            ),
        ),
        ("grades.csv", "x\n", (1, 1), ("table `grades` is computed, not read", "", "remove it from the cohort")),
        ("Labs.xlsx", "x", (1, 1), ("`Labs.xlsx` is not read", "CSV or Parquet", "save it as `labs.csv`")),
        (
            "labs.csv",
            "",
            (1, 1),
            (
                "table `labs`: the file is empty",
                "a line with the names of the columns, then one line for each row",
                "fill the file, or delete it if there is nothing to record",
            ),
        ),
        (
            "events.csv",
            b"patient_id,date,event\nA1,2003-01-01,d\xc3\xa9c\xe8s\n",
            (2, 18),
            ("table `events`: line 2 is not UTF-8: character 18 is the byte 0xe8", "UTF-8", AGAIN),
        ),
        ("labs.csv", LABS.encode("utf-16"), (1, 1), ("table `labs`: the file is UTF-16", "UTF-8", AGAIN)),
        ("labs.csv", b"PK\x03\x04\xff", (1, 1), ("table `labs`: the file is a spreadsheet, not text", "CSV", AGAIN)),
        (
            "labs.csv",
            LABS.replace(",", ";"),
            (1, 1),
            (
                "table `labs`: `;` stands between the columns",
                "a comma between columns",
                "save the table with commas, and with points in decimals",
            ),
        ),
        (
            "labs.csv",
            LABS.replace(",", "\t"),
            (1, 1),
            (
                "table `labs`: a tab stands between the columns",
                "a comma between columns",
                "save the table with commas, and with points in decimals",
            ),
        ),
        (
            "labs.csv",
            'patient_id,"date\n',
            (1, 1),
            (
                "table `labs`: the header has a quote that is not closed, or that stands inside a cell",
                "quotes around whole cells, closed on the same line",
                'put the whole cell in quotes, and write a quote inside it twice: `"a ""b"" c"`',
            ),
        ),
    ],
)
def test_a_wrong_file_has_its_words(tmp_path, name, content, place, complaint):
    assert found_in(tmp_path, {name: content}) == [(name, *place, *complaint)]


def test_a_broken_parquet_file_is_one_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"labs.parquet": b"not parquet"})
    assert problem.what.startswith("table `labs`: the file cannot be read: ")


def test_a_table_in_two_files_is_a_problem(tmp_path):
    (found,) = whats(tmp_path, {"labs.csv": LABS, "labs.parquet": b""})
    assert found == "table `labs` is there twice, as `labs.csv` and as `labs.parquet`"


def test_other_files_of_the_folder_are_no_tables(tmp_path):
    files = {"study.yaml": "", "README.md": "", ".hidden.csv": "", "patients.csv": "patient_id\nA1\n", "notes.txt": ""}
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_cohort(tmp_path, TABLES).patients == ("A1",)


def test_a_folder_must_be_there(tmp_path):
    with pytest.raises(Refused) as refused:
        read_cohort(tmp_path / "none", TABLES)
    (problem,) = refused.value.problems
    assert problem.what.startswith("there is no folder ")


@pytest.mark.parametrize(
    ("header", "column", "what", "expected", "remedy"),
    [
        (
            "patient_id,date,event,dat",
            23,
            "table `events`: column `dat` is unknown",
            "one of `patient_id`, `date`, `event`",
            "delete the column, or move it to the table it belongs to",
        ),
        (
            "patient_id,date,event,date",
            23,
            "table `events`: column `date` stands twice",
            "",
            "delete one of the two, or rename it",
        ),
        ("patient_id, date,event", 12, "table `events`: ` date` has spaces around it", "", "delete the spaces"),
        ("patient_id,date,event,", 23, "table `events`: a column has no name", "", "name the column, or delete it"),
        (
            "patient_id,date",
            1,
            "table `events`: column `event` is missing; every row of `events` has it",
            "a column `event`",
            "add the column",
        ),
    ],
)
def test_a_wrong_header_has_its_words_and_its_place(tmp_path, header, column, what, expected, remedy):
    assert found_in(tmp_path, {"events.csv": header + "\n"}) == [("events.csv", 1, column, what, expected, remedy)]


def test_a_misspelt_column_is_named_with_the_one_that_was_meant(tmp_path):
    found = problems_of(tmp_path, {"events.csv": "patient_id,Date,event\n"})
    assert [(p.what, p.help) for p in found] == [
        ("table `events`: column `date` is missing; every row of `events` has it", "did you mean `Date`?"),
        ("table `events`: column `Date` is unknown", "did you mean `date`?"),
    ]


def test_the_cells_of_a_column_are_checked_although_its_name_has_spaces(tmp_path):
    assert whats(tmp_path, {"events.csv": "patient_id, date,event\nA1,soon,death\n"}) == [
        "table `events`: ` date` has spaces around it",
        "table `events`, line 2, column `date`: `soon` is no date",
    ]


def test_without_patients_the_other_tables_are_still_checked(tmp_path):
    (tmp_path / "lesions.csv").write_text(LESIONS + "A1,2003-05-13,T1,target,-1\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_cohort(tmp_path, TABLES)
    assert [(p.what, p.help) for p in refused.value.problems] == [
        (
            "table `patients` is missing; every cohort has it",
            "add the table with the columns `patient_id` at least",
        ),
        ("table `lesions`, line 2, column `long_mm`: `-1` is below 0", "correct the number, or leave the cell empty"),
    ]


def test_what_is_needed_and_absent_names_who_needs_it(tmp_path):
    needs = {
        "lesions": {"short": "swog-mr needs it for `size`"},
        "labs": {"value": "ctcae-3.0 needs it for `value`", "uln": "ctcae-3.0 needs it for `uln`"},
        "patients": {"age": "the study groups by it"},
        "grades": {"grade": "the study counts it"},
    }
    found = [problem.what for problem in problems_of(tmp_path, {"lesions.csv": LESIONS}, needs)]
    assert found == [
        "table `labs` is missing; ctcae-3.0 needs it for `value`; ctcae-3.0 needs it for `uln`",
        "table `lesions`: column `short_mm` is missing; swog-mr needs it for `size`",
        "table `patients`: column `age` is missing; the study groups by it",
    ]


def test_what_is_needed_and_there_is_no_problem(tmp_path):
    for name, text in {"patients.csv": "patient_id,age\nA1,60\n", "lesions.csv": LESIONS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    needs = {"lesions": {"long": "swog needs it"}, "patients": {"age": "the study groups by it"}}
    assert read_cohort(tmp_path, TABLES, needs).patients == ("A1",)
