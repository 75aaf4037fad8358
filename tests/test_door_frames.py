"""Frames at the door: typed columns, texts and files give the same cohort, and mistakes are found in each."""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from criterium.language.problems import Problem, Refused
from criterium.language.tables import tables_from
from criterium.timeline.cohort import Cohort, Labels
from criterium.timeline.door import cohort_from_frames, read_cohort

TABLES = tables_from(
    yaml.safe_load((Path(__file__).parents[1] / "criteria" / "tables.yaml").read_text(encoding="utf-8"))
)
PATIENTS = pd.DataFrame({"patient_id": ["A1", "A2"]})
LESION: dict[str, Any] = {
    "patient_id": ["A1", "A2"],
    "date": ["2003-05-13", "2003-05-14"],
    "lesion_id": ["T1", "T1"],
    "role": ["target", "new"],
    "long_mm": [12.5, None],
}


def lesions(**columns: Any) -> Cohort:
    """Return the cohort of two lesions with some columns in another form."""
    return cohort_from_frames("two", {"patients": PATIENTS, "lesions": pd.DataFrame({**LESION, **columns})}, TABLES)


def problems_of(frames: dict[str, pd.DataFrame], needs: dict[str, dict[str, str]] | None = None) -> list[Problem]:
    """Return the problems of a cohort of frames."""
    with pytest.raises(Refused) as refused:
        cohort_from_frames("wrong", frames, TABLES, needs)
    return list(refused.value.problems)


def problems_with(**columns: Any) -> list[Problem]:
    """Return the problems of two lesions with some columns changed."""
    return problems_of({"patients": PATIENTS, "lesions": pd.DataFrame({**LESION, **columns})})


def plain(cohort: Cohort) -> dict[str, Any]:
    """Return a cohort as lists, labels as their words and missing as None."""

    def cells(values: Any) -> list[Any]:
        if isinstance(values, Labels):
            return [values.words[code] if code >= 0 else None for code in values.codes.tolist()]
        return [None if np.isnan(value) else value for value in values.tolist()]

    tables = {
        name: {"patient": table.patient.tolist(), **{key: cells(found) for key, found in table.columns.items()}}
        for name, table in cohort.tables.items()
    }
    return {"patients": cohort.patients, **tables}


DAYS = [dt.date(2003, 5, 13), dt.date(2003, 5, 14)]
TIMES = pd.to_datetime(LESION["date"])


@pytest.mark.parametrize(
    "columns",
    [
        {"date": TIMES},
        {"date": TIMES.astype("datetime64[s]")},
        {"date": list(TIMES)},
        {"date": pd.Series(DAYS, dtype=object)},
        {"date": pd.array(DAYS, dtype="date32[pyarrow]")},
        {"role": pd.Categorical(["target", "new"], categories=["wrong but unused", "new", "target"])},
        {"role": pd.array(["Target", "NEW"], dtype="string")},
        {"role": pd.array(["target", "new"], dtype="string[pyarrow]")},
        {"long_mm": pd.array([12.5, None], dtype="Float64")},
        {"long_mm": pd.array([12.5, None], dtype="double[pyarrow]")},
        {"long_mm": pd.array([12.5, None], dtype="float32[pyarrow]")},
        {"long_mm": np.array([12.5, np.nan], dtype=np.float32)},
        {"long_mm": ["12.5", ""]},
        {"long_mm": [Decimal("12.5"), pd.NA]},
        {"patient_id": pd.Categorical(["A1", "A2"])},
    ],
    ids=lambda columns: "-".join(f"{name} {pd.Series(cells).dtype}" for name, cells in columns.items()),
)
def test_every_form_of_a_column_is_the_same_column(columns):
    assert plain(lesions(**columns)) == plain(lesions())


@pytest.mark.parametrize("dtype", ["float32", "Float32", "float[pyarrow]", "float16"])
def test_a_short_number_is_the_decimal_it_shows(dtype):
    found = lesions(long_mm=pd.Series([12.3, 0.1]).astype(dtype)).tables["lesions"].columns["long"]
    assert isinstance(found, np.ndarray)
    assert found.tolist() == [12.3, 0.1]


def test_identifiers_may_be_whole_numbers():
    patients = pd.DataFrame({"patient_id": [7, 8], "alive": [True, False], "age": pd.array([60, None], dtype="Int64")})
    events = pd.DataFrame({"patient_id": [8.0], "date": ["2003-05-13"], "event": ["death"]})
    cohort = cohort_from_frames("numbers", {"patients": patients, "events": events}, TABLES)
    assert (cohort.patients, cohort.tables["events"].patient.tolist()) == (("7", "8"), [1])
    assert plain(cohort)["patients"] == {"patient": [0, 1], "alive": ["true", "false"], "age": [60.0, None]}


def test_an_activity_in_a_typed_column_is_converted_exactly():
    treatments = pd.DataFrame(
        {"patient_id": ["A1"] * 3, "date": pd.to_datetime(["2003-01-01", "2003-02-01", "2003-03-01"])}
    ).assign(activity=[300.0, np.nan, 0.1], unit=["mCi", None, "mCi"])
    cohort = cohort_from_frames("doses", {"patients": PATIENTS, "treatments": treatments}, TABLES)
    exact = [float(Fraction("300") * 37 / 1000), None, float(Fraction("0.1") * 37 / 1000)]
    assert plain(cohort)["treatments"]["activity"] == exact


@pytest.mark.parametrize(
    ("columns", "what", "text"),
    [
        (
            {"long_mm": [12.5, -3.0]},
            "table `lesions`, row 2, column `long_mm`: `-3` is below 0",
            "A2,2003-05-14,T1,new,-3",
        ),
        (
            {"long_mm": [12.5, np.inf]},
            "table `lesions`, row 2, column `long_mm`: `inf` is no value",
            "A2,2003-05-14,T1,new,inf",
        ),
        (
            {"long_mm": [12.5, True]},
            "table `lesions`, row 2, column `long_mm`: `true` is no number",
            "A2,2003-05-14,T1,new,true",
        ),
        (
            {"date": pd.to_datetime(["2003-05-13 00:00", "2003-05-14 10:00"])},
            "table `lesions`, row 2, column `date`: `2003-05-14 10:00:00` holds a time of day",
            "A2,2003-05-14 10:00:00,T1,new,",
        ),
        (
            {"date": pd.array(["2003-05-13", "0203-05-14"], dtype="datetime64[s]")},
            "table `lesions`, row 2, column `date`: `0203-05-14` is not between 1800 and 2300",
            "A2,0203-05-14,T1,new,",
        ),
        (
            {"date": [DAYS[0], pd.NaT]},
            "table `lesions`, row 2, column `date`: the cell is empty",
            "A2,,T1,new,",
        ),
        (
            {"date": pd.to_datetime(["2003-05-13", None])},
            "table `lesions`, row 2, column `date`: the cell is empty",
            "A2,,T1,new,",
        ),
        (
            {"role": pd.Categorical(["target", "nw"])},
            "table `lesions`, row 2, column `role`: `nw` is not a word of this column",
            "A2,2003-05-14,T1,nw,",
        ),
        (
            {"role": ["target", ["new"]]},
            "table `lesions`, row 2, column `role`: `['new']` is not a word of this column",
            "A2,2003-05-14,T1,['new'],",
        ),
    ],
)
def test_a_wrong_cell_of_a_frame_has_its_words_and_its_place(columns, what, text):
    (problem,) = problems_with(**columns)
    (name,) = columns
    assert (problem.what, problem.where.file, problem.where.line) == (what, "frame lesions", 2)
    place = problem.where
    before, cell = text.split(",")[: list(LESION).index(name)], text.split(",")[list(LESION).index(name)]
    assert (place.text, place.column, place.width) == (text, len(",".join([*before, ""])) + 1, max(1, len(cell)))


def test_a_frame_must_be_a_table_and_the_patients_must_be_there():
    found = problems_of({"lesion": pd.DataFrame(LESION)}, {"lesions": {"long": "swog needs it for `size`"}})
    assert [(str(p.where), p.what, p.help) for p in found] == [
        ("frame lesion:1:1", "there is no table `lesion`", "did you mean `lesions`?"),
        (
            "frame lesions:1:1",
            "table `lesions` is missing; swog needs it for `size`",
            "add the table with the columns `patient_id`, `date`, `lesion_id`, `role` at least",
        ),
        (
            "frame patients:1:1",
            "table `patients` is missing; every cohort has it",
            "add the table with the columns `patient_id` at least",
        ),
    ]


def test_a_column_twice_in_a_frame_is_a_problem():
    frame = pd.DataFrame([["A1", "2003-05-13", "death", "x"]], columns=["patient_id", "date", "event", "event"])
    (problem,) = problems_of({"patients": PATIENTS, "events": frame})
    assert problem.what == "table `events`: column `event` stands twice"
    assert (problem.where.text, problem.where.column) == ("patient_id,date,event,event", 23)


@pytest.mark.parametrize("large", [1, 2**20])
def test_a_row_twice_is_found_in_any_order(large):
    """The third row repeats the key of the first, however many identifiers and days stand between."""
    ids = [f"L{number}" for number in range(large)]
    frame = pd.DataFrame({"patient_id": "A1", "date": dt.date(2003, 5, 13), "lesion_id": ids, "role": "target"})
    frame.loc[large] = frame.loc[0]
    found = problems_of({"patients": PATIENTS, "lesions": frame})
    assert [p.what for p in found] == [f"table `lesions`, row {large + 1}: the row is the same as row 1"]


def test_keys_too_many_for_one_number_are_still_told_apart():
    """Four columns of 70,000 distinct cells have more combinations than 64 bits can number."""
    count = 70_000
    cells = np.arange(count)
    columns = {name: {"type": "identifier", "required": True} for name in ("patient_id", "a", "b", "c")}
    declared = {"means": "a row", "one": "row", "belongs_to": "date", "key": list(columns), "columns": columns}
    patients = {
        "means": "a patient",
        "one": "patient",
        "belongs_to": "patient",
        "columns": {"patient_id": columns["a"]},
    }
    tables = tables_from({"tables": {"patients": patients, "rows": declared}})
    frame = pd.DataFrame({"patient_id": cells, "a": cells, "b": cells[::-1], "c": cells})
    frame.loc[count] = frame.loc[5]
    with pytest.raises(Refused) as refused:
        cohort_from_frames("keys", {"patients": pd.DataFrame({"patient_id": cells}), "rows": frame}, tables)
    assert [p.what for p in refused.value.problems] == [f"table `rows`, row {count + 1}: the row is the same as row 6"]


def test_a_key_may_hold_numbers_with_decimals():
    number = {"type": "number", "required": True}
    patient = {"patient_id": {"type": "identifier", "required": True}}
    rows = {"means": "a row", "one": "row", "belongs_to": "date", "key": ["patient_id", "dose"]}
    patients = {"means": "a patient", "one": "patient", "belongs_to": "patient", "columns": patient}
    tables = tables_from({"tables": {"patients": patients, "rows": {**rows, "columns": {**patient, "dose": number}}}})
    frame = pd.DataFrame({"patient_id": ["A1"] * 3, "dose": [0.5, 0.25, 0.5]})
    with pytest.raises(Refused) as refused:
        cohort_from_frames("doses", {"patients": PATIENTS, "rows": frame}, tables)
    assert [p.what for p in refused.value.problems] == ["table `rows`, row 3: the row is the same as row 1"]


def test_a_stranger_among_many_patients_is_named_without_a_guess():
    patients = pd.DataFrame({"patient_id": [f"P{number}" for number in range(6000)]})
    events = pd.DataFrame({"patient_id": ["p1"], "date": ["2003-05-13"], "event": ["death"]})
    (problem,) = problems_of({"patients": patients, "events": events})
    assert problem.help == "add the patient to `patients`, or correct the identifier"


SIZES = st.one_of(st.none(), st.decimals(min_value=0, max_value=500, places=1, allow_nan=False).map(float))
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A1", "A2"]),
        st.dates(dt.date(1960, 1, 1), dt.date(2030, 12, 31)),
        st.sampled_from(["T1", 'T"2', "T,3"]),
        st.sampled_from(["target", "Non-Target", "NEW"]),
        SIZES,
        st.sampled_from(["", "present", "not evaluable"]),
    ),
    unique_by=lambda row: row[:3],
)


@given(ROWS)
def test_a_cohort_is_the_same_from_frames_csv_and_parquet(rows):
    """A typed frame, the same written as CSV by Python, and the same as Parquet come through the door alike."""
    names = ["patient_id", "date", "lesion_id", "role", "long_mm", "state"]
    frame = pd.DataFrame(rows, columns=names).astype({"long_mm": float, "date": "datetime64[s]"})
    expected = plain(cohort_from_frames("one", {"patients": PATIENTS, "lesions": frame}, TABLES))
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "parquet"):
            home = Path(folder, ending)
            home.mkdir()
            PATIENTS.to_csv(home / "patients.csv", index=False)
            if ending == "parquet":
                frame.to_parquet(home / "lesions.parquet")
            else:
                with (home / "lesions.csv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([names, *rows])
            assert plain(read_cohort(home, TABLES)) == expected
