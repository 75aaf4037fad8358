"""The tables of a study, row by row, as DataFrames: what `--out` writes. The only user of pandas here.

Columns have CDISC ADaM names where the field has one: USUBJID, PARAMCD, AVAL, AVALC, ADT, ADY, AVISITN, CNSR, ATOXGR.
Every row names the criterion (CRITID, CRITVER, CRITHASH) and the parameters that the study set anew (CRITSET), the
clause that decided (CLAUSEID), and the reason where there is no class (NERSN).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.evaluate.branches import Graded
from criterium.evaluate.outcome import Classes, Layered, Outcome
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where
from criterium.language.stages import ORIGINAL
from criterium.study.outcomes import Integers, Rows, bounds, duration, observed, time_of
from criterium.study.results import Results
from criterium.timeline.cohort import Labels, Numbers

Format = Literal["csv", "parquet"]
Series = pd.Series
Columns = dict[str, Any]


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return the tables courses, assessments, symptoms, cycles, results and times, those that the study has."""
    found = {"courses": _courses(results)}
    if results.response is not None:
        found["assessments"] = _steps(results, results.response, "OVR")
    if results.symptoms is not None:
        found["symptoms"] = _steps(results, results.symptoms, "SYMPT")
    if results.dosing:
        found["cycles"] = _stacked([_cycles(results, course, outcome) for course, outcome in results.dosing.items()])
    if results.toxicity is not None:
        found["results"] = _results(results, results.toxicity)
    if results.endpoints:
        found["times"] = _stacked([_times(results, name, outcome) for name, outcome in results.endpoints.items()])
    return found


def write(frames: Mapping[str, pd.DataFrame], folder: Path, format_: Format) -> list[Path]:
    """Write every table into a folder, made if it is not there; return the files. Raises Refused if that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_written(frame, folder / f"{name}.{format_}", format_) for name, frame in frames.items()]
    except OSError as error:
        what = f"the tables cannot be written here: {error.strerror or error}"
        raise Refused([Problem(Where(str(folder)), what, "a folder that can be written to")]) from error


def _written(frame: pd.DataFrame, path: Path, format_: Format) -> Path:
    if format_ == "csv":
        frame.to_csv(path, index=False, lineterminator="\n")
    else:
        frame.to_parquet(path, index=False)
    return path


def _stacked(parts: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


# --- columns ----------------------------------------------------------------------------------------------------------
def _words(labels: Labels) -> Series[Any]:
    """Return words as a nullable text column."""
    table = np.array([*labels.words, None], dtype=object)
    return pd.Series(table[labels.codes], dtype="string")


def _chosen(words: list[str], codes: npt.NDArray[Any]) -> Series[Any]:
    """Return the words that codes choose, missing where the code is -1."""
    return _words(Labels(codes.astype(np.int32), tuple(words)))


def _same(word: str, rows: int) -> Series[Any]:
    return pd.Series([word] * rows, dtype="string")


def _numbers(values: npt.NDArray[Any]) -> Series[Any]:
    """Return numbers as a nullable column, without the noise of binary fractions."""
    return pd.Series(np.round(values, 9)).astype("Float64")


def _whole(values: npt.NDArray[Any]) -> Series[Any]:
    return _numbers(values).astype("Int64")


def _days(days: Numbers) -> Series[Any]:
    """Return days since 1970 as ISO dates, missing where there is none."""
    # pandas before 3 reads memory that nobody wrote where a number of days is missing (its issue 58419).
    known = ~np.isnan(days)
    text = np.full(len(days), None, dtype=object)
    text[known] = np.datetime_as_string(days[known].astype("datetime64[D]"))
    return pd.Series(text, dtype="string")


def _who(results: Results, course: Integers) -> Columns:
    """Return the patient and the course of rows by the number of the course, -1 for none."""
    label, patient = results.courses.label, results.courses.patient
    codes = np.where(course >= 0, label.codes[course], -1)
    return {"USUBJID": _patient(results, patient[course]), "COURSE": _chosen(list(label.words), codes)}


def _patient(results: Results, patient: Integers) -> Series[Any]:
    return pd.Series(np.array(results.cohort.patients, dtype=object)[patient], dtype="string")


def _criterion(results: Results, criterion: t.Criterion, rows: int) -> Columns:
    named = {"CRITID": criterion.id, "CRITVER": criterion.version, "CRITHASH": criterion.hash}
    return {key: _same(value, rows) for key, value in {**named, "CRITSET": _changed(results, criterion)}.items()}


def _changed(results: Results, criterion: t.Criterion) -> str:
    pairs = ((key.rpartition("."), value) for key, value in results.study.changed.items())
    return "; ".join(f"{name}={value}" for (id_, _, name), value in pairs if id_ == criterion.id)


def _clauses(ladder: t.Ladder, classes: Classes) -> Series[Any]:
    """Return the clause that decided each row, as its number, class and text; missing where none did."""
    texts = [f"{at + 1}. {clause.label}: {clause.text}" for at, clause in enumerate(ladder.clauses)]
    return _chosen(texts, classes.clause)


def _measures(layer: Layered, shown: t.Layer) -> Columns:
    """Return measures in the unit they are shown in; a lower bound gets a column of its own."""
    found: Columns = {}
    for name, body in shown.measures.items():
        values = layer.measures[name]
        unit, factor = shown.shown.get(name, ("", 1))
        if isinstance(values, Labels):
            found[name] = _words(values)
        elif body.kind.sort == "date":
            found[name] = _days(values[0])
        else:
            found |= _bounded(f"{name} ({unit})" if unit else name, *bounds(layer, name), float(factor))
    return found


def _bounded(column: str, low: Numbers, high: Numbers, factor: float) -> Columns:
    exact = low == high
    found = {column: _numbers(np.where(exact, low / factor, np.nan))}
    if (np.isnan(high) & ~np.isnan(low)).any():
        found[f"{column}, at least"] = _numbers(np.where(exact, np.nan, low / factor))
    return found


# --- rows -------------------------------------------------------------------------------------------------------------
def _steps(results: Results, outcome: Outcome, code: str) -> pd.DataFrame:
    """Return one row an assessment: its last class, and what its other ladders gave."""
    steps, layer, final = outcome.steps, outcome.criterion.steps, outcome.criterion.final
    classes = steps.classes[final]
    others = {ORIGINAL if name == "class" else name: one for name, one in steps.classes.items() if name != final}
    days = steps.date - results.courses.start[steps.course]
    return pd.DataFrame(
        {
            **_who(results, steps.course),
            "PARAMCD": _same(code, steps.rows),
            "AVISITN": steps.step,
            "ADT": _days(steps.date),
            # Day 1 is the start of the course, and there is no day 0.
            "ADY": _whole(np.where(days >= 0, days + 1, days)),
            "AVALC": _words(classes.label),
            **{name.upper(): _words(one.label) for name, one in others.items()},
            **_measures(steps, layer),
            "CLAUSEID": _clauses(layer.ladders[final], classes),
            "NERSN": _words(classes.reason),
            **_criterion(results, outcome.criterion, steps.rows),
        }
    )


def _cycles(results: Results, course: str, outcome: Outcome) -> pd.DataFrame:
    """Return one row a cycle of the course that a scheme is for."""
    return _steps(results, outcome, "CYCLE")[results.course_rows(course)[outcome.steps.course]]


def _courses(results: Results) -> pd.DataFrame:
    """Return one row a patient and course: the best responses, the symptomatic response, the scheme's answer."""
    columns = {**_who(results, np.arange(len(results.courses))), "TRTSDT": _days(results.courses.start)}
    further = [(f"BEST_{name.upper()}", outcome) for name, outcome in results.beside.items()]
    verdicts = [(name.upper(), outcome) for name, outcome in results.verdicts.items()]
    for name, outcome in (("CBOR", results.response), *further, ("SYMPT", results.symptoms), *verdicts):
        if outcome is not None:
            columns |= _answers(results, outcome, name)
    frame = pd.DataFrame(columns)
    for course, outcome in results.dosing.items():
        mine = {**_answers(results, outcome, "DOSE"), **_measures(outcome.courses, outcome.criterion.course)}
        for name, values in mine.items():
            _put(frame, name, values, results.course_rows(course))
    return frame


def _put(frame: pd.DataFrame, name: str, values: Series[Any], rows: Rows) -> None:
    """Put values into some rows of a column, which is missing elsewhere until another scheme fills it."""
    before = frame[name] if name in frame else pd.Series([pd.NA] * len(frame), dtype=values.dtype)
    frame[name] = values.where(rows, before)


def _answers(results: Results, outcome: Outcome, name: str) -> Columns:
    """Return what a criterion says of each course: the class, its clause, the reason of none, and the criterion."""
    classes, criterion = outcome.courses.classes["class"], outcome.criterion
    changed = _changed(results, criterion)
    reference = f"{criterion.id}@{criterion.version}+{criterion.hash}" + (f" with {changed}" if changed else "")
    return {
        name: _words(classes.label),
        f"{name}_CLAUSEID": _clauses(criterion.course.ladders["class"], classes),
        f"{name}_NERSN": _words(classes.reason),
        f"{name}_CRIT": _same(reference, len(classes.clause)),
    }


def _results(results: Results, found: Graded) -> pd.DataFrame:
    """Return one row a graded result or recorded event; one that no term reads has a row with the reason."""
    criterion = results.study.criteria["toxicity"]
    words = found.label.words
    grades = np.array([float(word) if word.isdigit() else np.nan for word in words])
    return pd.DataFrame(
        {
            **_who(results, found.course),
            "USUBJID": _patient(results, found.patient),
            "SRCDOM": _words(found.table),
            "ADT": _days(found.date),
            "TEST": _words(found.word),
            "PARAMCD": _chosen([branch.id for branch in criterion.branches], found.branch),
            "PARAM": _chosen([branch.name for branch in criterion.branches], found.branch),
            "AVAL": _entered(results, found, "value"),
            "AVALU": _entered(results, found, "unit"),
            "ANRLO": _entered(results, found, "lln"),
            "ANRHI": _entered(results, found, "uln"),
            "ATOXGR": _whole(grades[found.label.codes]),
            "ATOXDIR": _words(Labels(_directions(criterion)[found.branch], ("low", "high"))),
            "ATOXMAX": _whole(_highest(criterion)[found.branch]),
            "POSSIBLE": _possible(found, found.label.codes == len(words) - 1),
            "CLAUSEID": _branch_clauses(criterion, found),
            "NERSN": _words(found.reason),
            **_criterion(results, criterion, found.rows),
        }
    )


def _highest(criterion: t.Criterion) -> npt.NDArray[np.float64]:
    """Return the highest grade that the numbers of each branch can give, NaN where it has none, and NaN at the end."""
    highest = [branch.highest for branch in criterion.branches]
    return np.array([float(one) if one else np.nan for one in [*highest, ""]])


def _directions(criterion: t.Criterion) -> npt.NDArray[np.int32]:
    """Return for each branch 0 where low values are worse, 1 where high ones are, else -1; and -1 at the end."""
    codes = {"low": 0, "high": 1}
    return np.array([codes.get(branch.direction, -1) for branch in criterion.branches] + [-1], dtype=np.int32)


def _entered(results: Results, found: Graded, column: str) -> Series[Any]:
    """Return what the graded rows hold in a column, as it was entered; missing where there is none."""
    out = np.full(found.rows, None, dtype=object)
    for code, name in enumerate(found.table.words):
        rows, here = results.material.rows(name), found.table.codes == code
        values = rows.column(column) if column in rows.table.columns else Labels(np.full(len(rows.key), -1), ())
        out[here] = (_words(values) if isinstance(values, Labels) else pd.Series(values))[found.row[here]]
    return pd.Series(out, dtype="string" if column == "unit" else "Float64")


def _possible(found: Graded, unknown: Rows) -> Series[Any]:
    """Return the grades that are possible where the grade could not be told, such as `0 or 1`."""
    sets, code = np.unique(np.where(unknown, found.possible, np.uint64(0)), return_inverse=True)
    grades = [(at, word) for at, word in enumerate(found.label.words) if word.isdigit()]
    texts = [" or ".join(word for at, word in grades if int(one) >> at & 1) or None for one in sets]
    return pd.Series(np.array(texts, dtype=object)[code], dtype="string")


def _branch_clauses(criterion: t.Criterion, found: Graded) -> Series[Any]:
    """Return the clause of the term that decided each row; missing where none did, or the grade was recorded."""
    offsets = np.cumsum([0, *(len(branch.ladder.clauses) if branch.ladder else 0 for branch in criterion.branches)])
    codes = np.where(found.clause >= 0, offsets[found.branch] + found.clause, -1)
    return _chosen(list(_branch_texts(criterion)), codes)


def _branch_texts(criterion: t.Criterion) -> Iterator[str]:
    for branch in criterion.branches:
        unit = "" if branch.unit == "any" else f" in {branch.unit}"
        for clause in branch.ladder.clauses if branch.ladder else ():
            yield f"{branch.id}{unit}: grade {clause.label} when {clause.text}"


def _times(results: Results, name: str, outcome: Outcome) -> pd.DataFrame:
    """Return one row a course: time, censoring (0: event, from 1 the reasons of censoring) and what ended it."""
    classes, time, seen = outcome.courses.classes["time"], time_of(outcome), observed(outcome)
    words = classes.label.words
    censored = [word for word in words[:-1] if word not in time.events]
    codes = [0.0 if word in time.events else censored.index(word) + 1.0 for word in words[:-1]]
    label, rows = _words(classes.label), len(classes.clause)
    unknown = classes.label.codes == len(words) - 1
    return pd.DataFrame(
        {
            **_who(results, np.arange(rows)),
            "PARAMCD": _same(name, rows),
            "STARTDT": _days(bounds(outcome.courses, "time from")[0]),
            "ADT": _days(bounds(outcome.courses, "time to")[0]),
            "AVAL": _numbers(duration(outcome)),
            "AVALU": _same(time.unit, rows),
            "CNSR": _whole(np.array([*codes, np.nan])[classes.label.codes]),
            "EVNTDESC": label.where(seen),
            "CNSDTDSC": label.where(~seen & ~unknown),
            "CLAUSEID": _clauses(time.outcome, classes),
            "NERSN": _words(classes.reason),
            **_criterion(results, outcome.criterion, rows),
        }
    )
