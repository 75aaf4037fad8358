"""The tables of a study, row by row, as DataFrames: what `--out` writes.

Columns have CDISC ADaM names where the field has one: USUBJID, PARAMCD, AVAL, AVALC, ADT, ADY, AVISITN, CNSR, ATOXGR. Every row
names the criterion (CRITID, CRITVER, CRITHASH), the clause that decided (CLAUSEID) and the reason where there is no class (NERSN).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.evaluate.branches import Graded
from criterium.evaluate.outcome import Classes, Layered, Outcome
from criterium.language import tree as t
from criterium.study.results import Results, months, observed
from criterium.timeline.cohort import Labels

Format = Literal["csv", "parquet"]


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return the tables courses, assessments, symptoms, cycles, results and times, those that the study has."""
    found: dict[str, pd.DataFrame] = {"courses": _courses(results)}
    if results.response is not None:
        found["assessments"] = _steps(results, results.response, "OVR")
    if results.symptoms is not None:
        found["symptoms"] = _steps(results, results.symptoms, "SYMPT")
    if results.dosing:
        parts = [_cycles(results, course, outcome) for course, outcome in results.dosing.items()]
        found["cycles"] = pd.concat(parts, ignore_index=True)
    if results.toxicity is not None:
        found["results"] = _results(results, results.toxicity)
    if results.endpoints:
        found["times"] = pd.concat([_times(results, name, one) for name, one in results.endpoints.items()], ignore_index=True)
    return found


def write(frames: Mapping[str, pd.DataFrame], folder: Path, format_: Format) -> list[Path]:
    """Write every table into a folder, made if it is not there; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in frames.items():
        path = folder / f"{name}.{format_}"
        if format_ == "csv":
            frame.to_csv(path, index=False, lineterminator="\n")
        else:
            frame.to_parquet(path, index=False)
        paths.append(path)
    return paths


def _words(labels: Labels) -> pd.Series[Any]:
    """Return words as a nullable text column."""
    table = np.array([*labels.words, None], dtype=object)
    return pd.Series(table[labels.codes], dtype="string")


def _days(days: npt.NDArray[np.float64]) -> pd.Series[Any]:
    """Return days since 1970 as ISO dates, missing where there is none."""
    dates = pd.to_datetime(pd.Series(days, dtype="Float64"), unit="D").dt.strftime("%Y-%m-%d")
    return dates.astype("string")


def _who(results: Results, course: npt.NDArray[np.int64]) -> dict[str, Any]:
    ids = np.array(results.cohort.patients, dtype=object)
    label = results.courses.label
    return {
        "USUBJID": pd.Series(ids[results.courses.patient[course]], dtype="string"),
        "COURSE": _words(Labels(label.codes[course], label.words)),
    }


def _criterion(criterion: t.Criterion, rows: int) -> dict[str, Any]:
    named = {"CRITID": criterion.id, "CRITVER": criterion.version, "CRITHASH": criterion.hash}
    return {key: pd.Series([value] * rows, dtype="string") for key, value in named.items()}


def _clauses(ladder: t.Ladder, classes: Classes) -> pd.Series[Any]:
    """Return the clause that decided each row, as its number, class and text; missing where none did."""
    texts = tuple(f"{at + 1}. {clause.label}: {clause.text}" for at, clause in enumerate(ladder.clauses))
    codes = np.where(classes.label.codes == len(classes.label.words) - 1, -1, classes.clause)
    decided = np.where(classes.reason.codes >= 0, codes, classes.clause)
    return _words(Labels(decided.astype(np.int32), texts))


def _measures(layer: Layered, shown: t.Layer) -> dict[str, Any]:
    """Return measures in the unit they are shown in; a lower bound gets a column of its own."""
    found: dict[str, Any] = {}
    for name, values in layer.measures.items():
        unit, factor = shown.shown.get(name, ("", 1))
        column = f"{name} ({unit})" if unit else name
        if isinstance(values, Labels):
            found[column] = _words(values)
        elif name in shown.measures and shown.measures[name].kind.sort == "date":
            found[column] = _days(values[0])
        else:
            low, high = (np.round(bound / float(factor), 9) for bound in values)
            found[column] = pd.Series(np.where(low == high, low, np.nan)).astype("Float64")
            if values[0] is not values[1] and (np.isnan(high) & ~np.isnan(low)).any():
                found[f"{column}, at least"] = pd.Series(np.where(low == high, np.nan, low)).astype("Float64")
    return found


def _steps(results: Results, outcome: Outcome, code: str) -> pd.DataFrame:
    """Return one row an assessment."""
    steps = outcome.steps
    classes = steps.classes["class"]
    ladders = {name.upper(): _words(one.label) for name, one in steps.classes.items() if name != "class"}
    columns = {
        **_who(results, steps.course),
        "PARAMCD": pd.Series([code] * steps.rows, dtype="string"),
        "AVISITN": steps.step,
        "ADT": _days(steps.date),
        "ADY": _study_day(results, steps.course, steps.date),
        "AVALC": _words(classes.label),
        **ladders,
        **_measures(steps, outcome.criterion.steps),
        "CLAUSEID": _clauses(outcome.criterion.steps.ladders["class"], classes),
        "NERSN": _words(classes.reason),
        **_criterion(outcome.criterion, steps.rows),
    }
    return pd.DataFrame(columns)


def _study_day(results: Results, course: npt.NDArray[np.int64], date: npt.NDArray[np.float64]) -> pd.Series[Any]:
    """Return the study day: day 1 is the start of the course, and there is no day 0."""
    days = date - results.courses.start[course]
    return pd.Series(np.where(days >= 0, days + 1, days)).astype("Float64").astype("Int64")


def _courses(results: Results) -> pd.DataFrame:
    """Return one row a patient and course: the best response, the symptomatic response, the scheme's answer."""
    number = np.arange(len(results.courses))
    columns: dict[str, Any] = {**_who(results, number), "TRTSDT": _days(results.courses.start)}
    for name, outcome in (("CBOR", results.response), ("SYMPT", results.symptoms)):
        if outcome is not None:
            columns |= _answers(outcome, name)
    frame = pd.DataFrame(columns)
    for course, outcome in results.dosing.items():
        here = results.course_rows(course)
        for key, values in {**_answers(outcome, "DOSE"), **_measures(outcome.courses, outcome.criterion.course)}.items():
            if key not in frame:
                frame[key] = pd.Series([pd.NA] * len(frame), dtype=values.dtype)
            frame.loc[here, key] = values[here]
    return frame


def _answers(outcome: Outcome, name: str) -> dict[str, Any]:
    classes = outcome.courses.classes["class"]
    return {
        name: _words(classes.label),
        f"{name}_CLAUSEID": _clauses(outcome.criterion.course.ladders["class"], classes),
        f"{name}_NERSN": _words(classes.reason),
        f"{name}_CRIT": pd.Series([f"{outcome.criterion.id}@{outcome.criterion.version}+{outcome.criterion.hash}"] * len(classes.label.codes), dtype="string"),
    }


def _cycles(results: Results, course: str, outcome: Outcome) -> pd.DataFrame:
    """Return one row a cycle of the course that a scheme is for."""
    whole = _steps(results, outcome, "CYCLE")
    return whole[results.course_rows(course)[outcome.steps.course]]


def _results(results: Results, found: Graded) -> pd.DataFrame:
    """Return one row a graded result or recorded event."""
    criterion = results.study.criteria["toxicity"]
    ids = np.array([*(branch.id for branch in criterion.branches), None], dtype=object)
    names = np.array([*(branch.name for branch in criterion.branches), None], dtype=object)
    patients = np.array(results.cohort.patients, dtype=object)
    label = results.courses.label
    unknown = found.label.codes == len(found.label.words) - 1
    grade = np.array([*(float(word) if word.isdigit() else np.nan for word in found.label.words)])[found.label.codes]
    columns = {
        "USUBJID": pd.Series(patients[found.patient], dtype="string"),
        "COURSE": _words(Labels(np.where(found.course >= 0, label.codes[found.course], -1).astype(np.int32), label.words)),
        "SRCDOM": _words(found.table),
        "ADT": _days(found.date),
        "TEST": _words(found.word),
        "PARAMCD": pd.Series(ids[found.branch], dtype="string"),
        "PARAM": pd.Series(names[found.branch], dtype="string"),
        "ATOXGR": pd.Series(grade).astype("Float64").astype("Int64"),
        "POSSIBLE": _possible(found, unknown),
        "CLAUSEID": _branch_clauses(criterion, found),
        "NERSN": _words(found.reason),
        **_criterion(criterion, found.rows),
    }
    return pd.DataFrame(columns)


def _possible(found: Graded, unknown: npt.NDArray[np.bool_]) -> pd.Series[Any]:
    """Return the grades that are possible where the grade could not be told, such as `0 or 1`."""
    sets, code = np.unique(np.where(unknown, found.possible, np.uint64(0)), return_inverse=True)
    words = found.label.words
    texts = [" or ".join(word for at, word in enumerate(words) if int(one) >> at & 1 and word.isdigit()) or None for one in sets]
    return pd.Series(np.array(texts, dtype=object)[code], dtype="string")


def _branch_clauses(criterion: t.Criterion, found: Graded) -> pd.Series[Any]:
    texts: list[str] = []
    table = np.full((len(criterion.branches) + 1, 64), -1)
    for at, branch in enumerate(criterion.branches):
        for number, clause in enumerate(branch.ladder.clauses if branch.ladder else ()):
            table[at, number] = len(texts)
            unit = "" if branch.unit == "any" else f" in {branch.unit}"
            texts.append(f"{branch.id}{unit}: grade {clause.label} when {clause.text}")
    return _words(Labels(np.where(found.clause >= 0, table[found.branch, found.clause], -1).astype(np.int32), tuple(texts)))


def _times(results: Results, name: str, outcome: Outcome) -> pd.DataFrame:
    """Return one row a course: time, censoring (0: event) and what ended it."""
    classes = outcome.courses.classes["time"]
    time = outcome.criterion.time
    assert time is not None
    end = outcome.courses.measures["time to"]
    assert not isinstance(end, Labels)
    censored = [word for word in classes.label.words if word not in time.events and word != "unknown"]
    code = np.array([0 if w in time.events else censored.index(w) + 1 if w in censored else -1 for w in classes.label.words])[classes.label.codes]
    seen = observed(outcome)
    label = _words(classes.label)
    columns = {
        **_who(results, np.arange(len(results.courses))),
        "PARAMCD": pd.Series([name] * len(code), dtype="string"),
        "STARTDT": _days(results.courses.start),
        "ADT": _days(end[0]),
        "AVAL": pd.Series(np.round(months(outcome), 9)).astype("Float64"),
        "AVALU": pd.Series([time.unit] * len(code), dtype="string"),
        "CNSR": pd.Series(np.where(code >= 0, code, np.nan)).astype("Float64").astype("Int64"),
        "EVNTDESC": label.where(seen),
        "CNSDTDSC": label.where(~seen),
        "NERSN": _words(classes.reason),
        **_criterion(outcome.criterion, len(code)),
    }
    return pd.DataFrame(columns)
