"""The rows behind the tables of a study: their columns, number, clauses and reasons, as CSV and as Parquet."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from criterium.language.problems import Refused
from criterium.study.exports import _days, tables, write
from criterium.study.plan import folder_of, survey
from criterium.study.results import run
from tests.small import write as write_cohort

PAPERS = ["lu177-salvage", "mibg-dose-intensified"]
UNKNOWN = {"NE", "unknown", "not gradable"}


@cache
def results_of(name):
    return run(survey(folder_of(name)))


@cache
def frames_of(name):
    return tables(results_of(name))


def rows_of(name, table):
    """Return the rows of a table of the cohort itself."""
    return pd.read_csv(folder_of(name) / f"{table}.csv")


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("assessments", ["USUBJID", "COURSE", "PARAMCD", "AVISITN", "ADT", "ADY", "AVALC"]),
        ("cycles", ["USUBJID", "COURSE", "PARAMCD", "AVISITN", "ADT", "ADY", "AVALC", "TIMING", "DOSE", "ALLOWED"]),
        ("results", ["USUBJID", "COURSE", "SRCDOM", "ADT", "TEST", "PARAMCD", "PARAM", "AVAL", "AVALU"]),
        ("times", ["USUBJID", "COURSE", "PARAMCD", "STARTDT", "ADT", "AVAL", "AVALU", "CNSR", "EVNTDESC", "CNSDTDSC"]),
    ],
)
def test_columns_of_rows(table, columns):
    """A table begins with whose row it is, and ends with the clause, the reason and the criterion."""
    found = list(frames_of(PAPERS[0])[table].columns)
    assert found[: len(columns)] == columns
    assert found[-6:] == ["CLAUSEID", "NERSN", "CRITID", "CRITVER", "CRITHASH", "CRITSET"]


def test_columns_of_courses():
    """A row of a course has its start, and for each criterion the class, the clause, the reason and the criterion."""
    found = list(frames_of(PAPERS[1])["courses"].columns)
    expected = [f"{name}{end}" for name in ("CBOR", "SYMPT", "DOSE") for end in ("", "_CLAUSEID", "_NERSN", "_CRIT")]
    assert found[: 3 + len(expected)] == ["USUBJID", "COURSE", "TRTSDT", *expected]


def test_one_row_for_each_thing():
    """Of each cohort: one row a patient and course, a cycle, a result or event, and a course and endpoint."""
    for name, courses in zip(PAPERS, (2, 1), strict=True):
        frames, patients = frames_of(name), len(rows_of(name, "patients"))
        assert len(frames["courses"]) == courses * patients
        assert not frames["courses"][["USUBJID", "COURSE"]].duplicated().any()
        assert len(frames["cycles"]) == len(rows_of(name, "treatments"))
        assert len(frames["results"]) == len(rows_of(name, "labs")) + len(rows_of(name, "adverse_events"))
        assert len(frames["times"]) == courses * patients * 4
        assert not frames["assessments"][["USUBJID", "COURSE", "AVISITN"]].duplicated().any()


@pytest.mark.parametrize("name", PAPERS)
def test_every_row_without_a_class_has_a_reason(name):
    """Where there is no class, grade or time there is a reason, and nowhere else."""
    frames = frames_of(name)
    for table, column in (("assessments", "AVALC"), ("cycles", "AVALC"), ("symptoms", "AVALC"), ("results", "ATOXGR")):
        if table in frames:
            frame = frames[table]
            open_ = frame[column].isna() if column == "ATOXGR" else frame[column].isin(UNKNOWN)
            assert (frame["NERSN"].notna() == open_).all(), table
    for answer in ("CBOR", "SYMPT", "DOSE"):
        if answer in frames["courses"]:
            open_ = frames["courses"][answer].isin(UNKNOWN)
            assert frames["courses"].loc[open_, f"{answer}_NERSN"].notna().all()


@pytest.mark.parametrize("name", PAPERS)
def test_the_clause_gives_the_class(name):
    """The clause of a row is a line of the criterion, and its class is that of the row."""
    results, frames = results_of(name), frames_of(name)
    clauses = results.outcomes["response"].criterion.steps.ladders["class"].clauses
    texts = {f"{at + 1}. {clause.label}: {clause.text}": clause.label for at, clause in enumerate(clauses)}
    decided = frames["assessments"].dropna(subset=["CLAUSEID"])
    assert len(decided)
    assert decided["CLAUSEID"].map(texts).tolist() == decided["AVALC"].tolist()
    graded = frames["results"].dropna(subset=["CLAUSEID"])
    assert len(graded)
    assert (graded["CLAUSEID"].str.extract(r"grade (\d) when")[0].astype(int) == graded["ATOXGR"]).all()


def test_a_grade_and_its_clause_by_hand(tmp_path):
    """Platelets of 60 are below 75, not below 50; a recorded grade has no clause, an unread one a reason."""
    study = (
        "id: small\ntitle: t\ncohort: c\nsource: [{cite: c, for: f, confidence: derived}]\n"
        "courses: [only]\nresponse: swog@1.0.0\ntoxicity: ctcae-3.0@1.0.0\nendpoints: [overall-survival@1.0.0]\n"
    )
    labs = "patient_id,date,test,value,unit,lln,uln\nA,2020-01-05,platelets,60,10*9/L,150,400\n"
    labs += "A,2020-01-05,unheard of,1,10*9/L,,\nA,2020-01-06,platelets,,10*9/L,150,400\n"
    events = "patient_id,date,term,grade\nA,2020-01-05,Nausea,3\n"
    frame = tables(run(survey(write_cohort(tmp_path, study, labs=labs, adverse_events=events))))["results"]
    one = frame[(frame["TEST"] == "platelets") & (frame["ADT"] == "2020-01-05")].iloc[0]
    assert one["ATOXGR"] == 2
    assert one[["AVAL", "AVALU", "ANRLO", "ANRHI"]].tolist() == [60.0, "10*9/L", 150.0, 400.0]
    assert one["CLAUSEID"] == "platelets in 10*9/L: grade 2 when value < 75"
    nausea = frame[frame["TEST"] == "Nausea"].iloc[0]
    assert (nausea["ATOXGR"], nausea["SRCDOM"], nausea["PARAMCD"]) == (3, "adverse_events", "nausea")
    assert pd.isna(nausea["CLAUSEID"])
    assert frame[frame["TEST"] == "unheard of"].iloc[0]["NERSN"] == "no term of ctcae-3.0 reads `unheard of`"
    assert pd.notna(frame[frame["ADT"] == "2020-01-06"].iloc[0]["NERSN"])


def test_days_and_times_by_hand(tmp_path):
    """The start is day 1; 2021-01-01 is 366 days after 2020-01-01, which are 366 / 30.4375 months."""
    frames = tables(run(survey(write_cohort(tmp_path))))
    first = frames["assessments"].query("USUBJID == 'A' and ADT == '2020-03-01'").iloc[0]
    assert first["ADY"] == 61
    assert first["size (cm2)"] == 2.0
    times = frames["times"].set_index("USUBJID")
    assert times.loc["A", "AVAL"] == pytest.approx(366 / 30.4375)
    assert (times.loc["A", "CNSR"], times.loc["B", "CNSR"]) == (1, 0)
    assert times.loc["B", "EVNTDESC"] == "death"
    assert pd.isna(times.loc["D", "AVAL"])
    assert times.loc["D", "NERSN"] == "the course never began"


def test_criteria_are_named_with_what_was_set():
    """Every row names the criterion by id, version and hash, and the parameters that the study set anew."""
    frame = frames_of(PAPERS[1])["assessments"]
    criterion = results_of(PAPERS[1]).outcomes["response"].criterion
    named = frame[["CRITID", "CRITVER", "CRITHASH", "CRITSET"]].drop_duplicates().to_numpy().tolist()
    assert named == [[criterion.id, criterion.version, criterion.hash, "node_axis=long"]]


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_tables_come_back_as_they_were_written(tmp_path, name, format_):
    """What is read from a file is what was written: the same columns, rows, numbers, words and gaps."""
    paths = write(frames_of(name), tmp_path / "new", format_)
    assert [path.name for path in paths] == [f"{table}.{format_}" for table in frames_of(name)]
    for path in paths:
        frame = frames_of(name)[path.stem].reset_index(drop=True)
        if format_ == "csv":
            back = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype=dict(frame.dtypes))
            frame = frame.replace({"CRITSET": {"": pd.NA}})
        else:
            back = pd.read_parquet(path)
        pd.testing.assert_frame_equal(back, frame)


def test_csv_and_parquet_say_the_same(tmp_path):
    """Files of one format hold what those of the other hold."""
    frames = frames_of(PAPERS[0])
    for one, other in zip(write(frames, tmp_path, "csv"), write(frames, tmp_path, "parquet"), strict=True):
        pd.read_parquet(other).to_csv(tmp_path / "again.csv", index=False, lineterminator="\n")
        assert (tmp_path / "again.csv").read_bytes() == one.read_bytes()


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    """A file in the place of the folder is a problem of the reader's, not a fault of ours."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="the tables cannot be written here"):
        write({}, tmp_path / "file", "csv")


def test_a_day_that_is_missing_has_no_date():
    """Days since 1970 are ISO dates, a missing one is none, whatever lay in the memory before."""
    days = np.array([0.0, np.nan, 12053.0])
    for junk in [1e308, -1e308] * 20:
        used = [np.full(len(days), junk) for _ in range(24)]
        del used
        found = _days(days)
        assert [found[0], found[1] is pd.NA, found[2]] == ["1970-01-01", True, "2003-01-01"]
