"""Small cohorts written by hand: a study and its tables, as texts, in a folder, and what a study says."""

from datetime import date, timedelta
from pathlib import Path

from criterium.study.comparisons import comparisons
from criterium.study.figures import figures
from criterium.study.plan import survey
from criterium.study.queries import ask
from criterium.study.results import run
from criterium.study.summary import sheets

STUDY = """\
id: small
title: A small study
cohort: made by hand
source: [{cite: no paper, for: nothing, confidence: derived}]
courses: [only]
response: swog@1.0.0
endpoints: [overall-survival@1.0.0]
"""
PATIENTS = "patient_id,arm,age\nA,one,40\nB,one,50\nC,two,60\nD,two,70\n"
TREATMENTS = "patient_id,date,course,cycle,agent,activity,unit\n" + "".join(
    f"{patient},2020-01-01,only,1,drug,7.4,GBq\n" for patient in "ABC"
)
# A: a baseline, then the same size twice. B: a baseline and no more. C: no baseline. D: never treated.
LESIONS = """\
patient_id,date,lesion_id,role,long_mm,short_mm,state
A,2019-12-20,T1,target,20,10,present
A,2020-03-01,T1,target,20,10,present
A,2020-06-01,T1,target,20,10,present
B,2019-12-20,T1,target,20,10,present
C,2020-03-01,T1,target,20,10,present
"""
EVENTS = """\
patient_id,date,event
A,2021-01-01,last contact
B,2021-01-01,death
C,2021-01-01,last contact
D,2021-01-01,death
"""


def write(folder: Path, study: str = STUDY, **tables: str) -> Path:
    """Write a study and its tables into a folder; a table given as an empty text is not there."""
    given = {"patients": PATIENTS, "treatments": TREATMENTS, "lesions": LESIONS, "events": EVENTS, **tables}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    for name, text in given.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def figure(compute: str, published: str | None = None, more: str = "") -> str:
    """Return the `published` section of a study with one figure."""
    said = f", published: {published}" if published is not None else ""
    return f"published:\n  - {{id: one, says: it, where: here{said}, compute: {compute}{more}}}\n"


def deaths(days: dict[str, int]) -> dict[str, str]:
    """Return tables of patients who were treated on 2020-01-01 and died so many days later, in the arms of their names.

    A patient is named for the arm and a number: `one-1`.
    """
    start = "2020-01-01"
    patients = [f"{name},{name.partition('-')[0]},50" for name in days]
    treated = [f"{name},{start},only,1,drug,7.4,GBq" for name in days]
    died = [f"{name},{_later(days[name])},death" for name in days]
    return {
        "patients": "\n".join(["patient_id,arm,age", *patients, ""]),
        "treatments": "\n".join([TREATMENTS.splitlines()[0], *treated, ""]),
        "lesions": LESIONS.splitlines()[0] + "\n" + f"{next(iter(days))},{start},T1,target,20,10,present\n",
        "events": "\n".join(["patient_id,date,event", *died, ""]),
    }


def _later(days: int) -> str:
    return (date(2020, 1, 1) + timedelta(days=days)).isoformat()


def figures_of(results):
    """Return the figures of a study that has run, by id."""
    answers = ask(results)
    return {one.id: one for one in figures(results, answers, comparisons(results, answers))}


def computed(folder, *settings):
    """Return the figures of the study in a folder by id."""
    return figures_of(run(survey(folder, settings)))


def table(results, id_):
    """Return the rows of one of the tables of a study by their first cell."""
    sheet = next(one for one in sheets(results) if one.id == id_)
    return {row[0]: dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows}
