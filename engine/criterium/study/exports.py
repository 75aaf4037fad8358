"""The tables of a study, row by row, as DataFrames: what `--out` writes. The only user of pandas here.

Columns have CDISC ADaM names where the field has one: USUBJID, PARAMCD, AVAL, AVALC, ADT, ADY, AVISITN, CNSR, ATOXGR.
Every row names the criterion (CRITID, CRITVER, CRITHASH) and the parameters that the study set anew (CRITSET), the
clause that decided (CLAUSEID), and the reason where there is no class (NERSN).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from criterium.evaluate.outcome import Classes, Layered, Outcome
from criterium.evaluate.results.branches import Graded
from criterium.language import library
from criterium.language import tree as t
from criterium.language.lowering.stages import ORIGINAL
from criterium.language.problems import Problem, Refused, Where
from criterium.language.roles import Role
from criterium.study.outcomes import Integers, Rows, bounds, duration, observed, time_of
from criterium.study.results import Results
from criterium.timeline.cohort import Labels, Numbers
from criterium.timeline.readers import reader_of

Format = Literal["csv", "parquet"]
Series = pd.Series
Columns = dict[str, Any]


def tables(results: Results) -> dict[str, pd.DataFrame]:
    """Return the table of courses, and for each kind of criterion that the study has its table of single rows."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for role in results.study.printed:
        for frame in _rows(results, role):
            parts.setdefault(role.section.kind.table, []).append(frame)
    return {"courses": _courses(results), **{name: _stacked(frames) for name, frames in parts.items()}}


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return tables as one; a column that only some of them have stands where it stands there."""
    order: list[str] = []
    for frame in frames:
        place = 0
        for name in frame.columns:
            if name not in order:
                order.insert(place, name)
            place = order.index(name) + 1
    return pd.concat(frames, ignore_index=True)[order]


def _rows(results: Results, role: Role) -> Iterator[pd.DataFrame]:
    """Yield what the criterion in a role says of single steps or results, or of times.

    What stands beside another, or in a list without a time, says what it says of courses.
    """
    criterion = results.study.criteria[role.text]
    inside = results.course_rows(role.course)
    if criterion.branches:
        found = results.graded[role.text]
        yield _results(results, criterion, found)[np.append(inside, role.course is None)[found.course]]
    elif criterion.time is not None:
        yield _times(results, role.called, results.outcomes[role.text])
    elif role.section.holds in {"one", "course"} and criterion.final in criterion.steps.ladders:
        outcome = results.outcomes[role.text]
        yield _steps(results, outcome, role.section.kind.code)[inside[outcome.steps.course]]


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
    named = {"USUBJID": _patient(results, patient[course]), "COURSE": _chosen(list(label.words), codes)}
    reader = reader_of(results.cohort, library.tables())
    return named | ({"EVALID": _chosen(list(reader.words), reader.codes[patient[course]])} if reader.words else {})


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
    """Return measures in the unit they are shown in; bounds get columns of their own."""
    found: Columns = {}
    for name, body in shown.measures.items():
        values = layer.measures[name]
        unit, factor = shown.shown.get(name, ("", 1))
        if isinstance(values, Labels):
            found[name] = _words(values)
        elif body.kind.sort == "date":
            found |= _dates(name, *values)
        else:
            found |= _bounded(f"{name} ({unit})" if unit else name, *bounds(layer, name), float(factor))
    return found


def _exact(low: Numbers, high: Numbers) -> Numbers:
    return np.where(low == high, low, np.nan)


def _bounded(column: str, low: Numbers, high: Numbers, factor: float) -> Columns:
    ends = {"at least": low / factor, "at most": high / factor}
    return {column: _numbers(_exact(low, high) / factor)} | _ends(column, ends, _numbers)


def _dates(column: str, low: Numbers, high: Numbers) -> Columns:
    return {column: _days(_exact(low, high))} | _ends(column, {"from": low, "until": high}, _days)


def _ends(column: str, ends: Mapping[str, Numbers], shown: Callable[[Numbers], Series[Any]]) -> Columns:
    """Return a column for the lower end, and one for the upper where both are known; missing where they agree."""
    low, high = ends.values()
    open_ = ~np.isnan(low) & (low != high)
    rows = dict(zip(ends, (open_, open_ & ~np.isnan(high)), strict=True))
    return {
        f"{column}, {side}": shown(np.where(rows[side], end, np.nan)) for side, end in ends.items() if rows[side].any()
    }


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


def _courses(results: Results) -> pd.DataFrame:
    """Return one row a patient and course: the class by each criterion that judges all, and by those of one course."""
    columns = {**_who(results, np.arange(len(results.courses))), "TRTSDT": _days(results.courses.start)}
    classed = [role for roles in results.study.classes.values() for role in roles]
    for role in classed:
        if role.course is None:
            columns |= _answers(results, results.outcomes[role.text], role.column)
    frame = pd.DataFrame(columns)
    for role in classed:
        if role.course is not None:
            outcome = results.outcomes[role.text]
            mine = {**_answers(results, outcome, role.column), **_measures(outcome.courses, outcome.criterion.course)}
            for name, values in mine.items():
                _put(frame, name, values, results.course_rows(role.course))
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


def _results(results: Results, criterion: t.Criterion, found: Graded) -> pd.DataFrame:
    """Return one row a graded result or recorded event; one that no term reads has a row with the reason."""
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
    time, seen = time_of(outcome), observed(outcome)
    classes = (outcome.chosen or outcome.courses).classes["time"]
    words = classes.label.words
    censored = [word for word in words[:-1] if word not in time.events]
    codes = [0.0 if word in time.events else censored.index(word) + 1.0 for word in words[:-1]]
    label, rows = _words(classes.label), len(classes.clause)
    unknown = classes.label.codes == len(words) - 1
    return pd.DataFrame(
        {
            **_who(results, np.arange(rows)),
            "PARAMCD": _same(name, rows),
            **_lasting(outcome),
            "AVALU": _same(time.unit, rows),
            "CNSR": _whole(np.array([*codes, np.nan])[classes.label.codes]),
            "EVNTDESC": label.where(seen),
            "CNSDTDSC": label.where(~seen & ~unknown),
            "CLAUSEID": _clauses(time.outcome, classes),
            "NERSN": _words(outcome.courses.classes["time"].reason),
            **_criterion(results, outcome.criterion, rows),
        }
    )


def _lasting(outcome: Outcome) -> Columns:
    """Return when each time begins and ends and how long it is; the ends of both where they are only bounded.

    Of a date that was chosen among the possible ones, ADTF says what of it was not known: the day (D), the month too
    (M), or the year too (Y).
    """
    layer, factor = outcome.chosen or outcome.courses, float(time_of(outcome).factor)
    (earliest, latest), (first, last) = (bounds(outcome.courses, name) for name in ("time from", "time to"))
    open_ = (first < last) & (outcome.chosen is not None)
    return {
        "STARTDT": _days(_exact(*bounds(layer, "time from"))),
        **_dates("ADT", first, last),
        "ADT": _days(_exact(*bounds(layer, "time to"))),
        **({"ADTF": _chosen(["D", "M", "Y"], np.where(open_, _unknown_part(first, last), -1))} if open_.any() else {}),
        **_bounded("AVAL", first - latest, last - earliest, factor),
        "AVAL": _numbers(duration(outcome)),
    }


def _unknown_part(first: Numbers, last: Numbers) -> Integers:
    """Return what two days do not have in common: 0 the day alone, 1 the month, 2 the year."""
    days = [np.nan_to_num(one).astype("datetime64[D]") for one in (first, last)]
    month, year = (np.equal(*(one.astype(f"datetime64[{unit}]") for one in days)) for unit in "MY")
    return np.where(month, 0, np.where(year, 1, 2))
