"""The tables and the file of a study are admitted together, after every problem of both is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Problem, Refused, Where, listed
from criterium.language.roles import own_section, sections
from criterium.language.sentences.scope import Entry, broken
from criterium.language.tables import opening
from criterium.language.uses import nodes
from criterium.study.checks import problems_of, unused
from criterium.study.names import entries_of
from criterium.study.outcomes import Rows
from criterium.study.plan import Study
from criterium.study.questions import Questions, questions
from criterium.study.readers import misread
from criterium.timeline.cohort import Cohort, Labels, Numbers, TableData
from criterium.timeline.courses import Courses, courses_of
from criterium.timeline.csv_text import CsvFile
from criterium.timeline.door import read_cohort
from criterium.timeline.frame import Integers
from criterium.timeline.partial import spans
from criterium.timeline.readers import as_read_by

MOST_SHOWN = 20


def admitted(study: Study) -> tuple[Cohort, Questions]:
    """Return the cohort of a study, and its questions ready to be answered.

    Raises Refused with every problem of the file, its criteria and settings, the tables, and what is asked of them.
    """
    problems = list(study.problems)
    cohort = None
    try:
        cohort = read_cohort(study.folder, library.tables(), needs_of(study))
    except Refused as refused:
        problems += refused.problems
    asked = {} if study.problems else _asked(study, cohort, problems)
    if cohort is not None:
        problems += [*_hidden(study, cohort), *_unmatched(study, cohort)]
        problems += [*_unborn(study, cohort), *_late(study, cohort)]
        problems += misread(study, cohort)
    if problems or cohort is None:
        raise Refused(problems)
    return as_read_by(cohort, library.tables(), study.readers), asked


def study_courses(study: Study, cohort: Cohort) -> Courses:
    """Return the courses of a study's patients."""
    first = study.main.of if study.main is not None else None
    return courses_of(cohort, library.tables(), first or "", study.courses)


def earliest(cohort: Cohort, courses: Courses) -> Numbers:
    """Return the first day on which a row of each patient's events may be: when the first course began.

    NaN where there is no such day.
    """
    count = len(cohort.patients)
    return _begun(courses, count) if opening(library.tables()).name in cohort.tables else np.full(count, np.nan)


def needs_of(study: Study) -> dict[str, dict[str, str]]:
    """Return {table: {column: who needs it}} for all criteria; a yes-or-no column that is absent is unknown."""
    found: dict[str, dict[str, str]] = {}
    for criterion in study.criteria.values():
        for table, columns in criterion.needs.items():
            for column, who in columns.items():
                if library.tables()[table].columns[column].type != "truth":
                    found.setdefault(table, {}).setdefault(column, who)
    return found


# --- what is asked ----------------------------------------------------------------------------------------------------
def _asked(study: Study, cohort: Cohort | None, problems: list[Problem]) -> Questions:
    """Return the questions of a study after noting its problems; attributes of unread patients are not judged."""
    given = entries_of(study, cohort)
    if cohort is None:
        given = _attributes(study.folder) | given
    problems += _unread(study)
    asked, unread = questions(study, given)
    problems += [*unread, *problems_of(study, asked, given)]
    if not unread:
        problems += unused(study, asked)
    return asked


def _attributes(folder: Path) -> dict[str, Entry]:
    """Return the names in the header of the patients, of which nothing more is known."""
    path = folder / "patients.csv"
    if not path.is_file():
        return {}
    return {name: broken("course") for name in CsvFile(str(path), b"", path.read_text("utf-8", "replace")).names}


def _unread(study: Study) -> Iterator[Problem]:
    """Yield a problem for every criterion that reads what another says that the study lacks, or runs no earlier."""
    made = {table.name: own_section(table.made_by) for table in library.tables().values() if table.made_by}
    order = sections()
    for role in study.roles:
        criterion = study.criteria[role.text]
        read = {node.table for node in nodes(criterion) if isinstance(node, t.Collection)}
        for table, maker in ((table, maker) for table, maker in made.items() if table in read):
            kind = maker.kind.name
            if maker.role not in study.criteria:
                what = f"{criterion.id} reads {table}, and the study has no {kind} criterion"
                yield Problem(study.where(role), what, f"`{maker.key}:` with a criterion")
            elif role not in study.timed and order.index(maker) >= order.index(role.section):
                what = f"{criterion.id} reads {table}, which the {kind} criterion makes, and that is not run before it"
                yield Problem(study.where(role), what, f"a criterion of a kind that comes after {kind}")


# --- study and cohort side by side ------------------------------------------------------------------------------------
def _hidden(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for every attribute of the patients whose name means something else in a study."""
    for name in cohort.tables["patients"].columns:
        if name in entries_of(study, None):
            what = f"table `patients`: the name `{name}` stands for something else in the sentences of a study"
            yield Problem(Where(str(study.folder / "patients")), what, "another name for the column")


def _unmatched(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for every course that only the study has, or only the table whose rows open courses."""
    name = opening(library.tables()).name
    rows = cohort.tables.get(name)
    label = rows.columns.get("course") if rows is not None else None
    words = label.words if isinstance(label, Labels) else ()
    for at, course in enumerate(study.courses):
        if course not in words:
            what, expected = f"no row of {name} has the course `{course}`", listed(words) or f"a course of the {name}"
            yield Problem(study.document.where(("courses", at)), what, expected)
    for word in words if study.courses else ():
        if word not in study.courses:
            where = study.document.where(("courses",))
            what = f"{name} have the course `{word}`, which the study does not name"
            yield Problem(where, what, f"`{word}` among the courses", f"add it, or remove these {name}")
    if isinstance(label, Labels) and words and (label.codes < 0).any():
        what = f"{int((label.codes < 0).sum())} {name} have no course, the others have one"
        yield Problem(Where(str(study.folder / name)), what, "a course in every row")


def _unborn(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for every event that is dated before the first course of its patient began."""
    events = cohort.tables.get("events")
    opens = opening(library.tables()).name
    if events is None or not events.rows or opens not in cohort.tables:
        return
    first = _begun(study_courses(study, cohort), len(cohort.patients))
    for row, more in _shown(np.flatnonzero(spans(events)[1] < first[events.patient])):
        patient = int(events.patient[row])
        what = f"{_word(events, row)} {_dated(events, row)} is before the first course of {cohort.patients[patient]}"
        what += f", which began on {_iso(first[patient])}"
        if more:
            what = f"{more} more events are before the first course of their patients"
        remedy = ("", "") if more else ("a date on or after the start", f"correct the date, or the {opens}")
        yield Problem(*_row(study, events, row, what), *remedy)


def _late(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for a data cut that is no day, and for every row that is dated after it."""
    where = study.document.where(("as_of",))
    if study.as_of is None:
        if study.document.sound(("as_of",)) and "as_of" in study.data:
            yield Problem(where, f"`{study.data['as_of']}` is not a day", 'a day in quotes, such as `"2012-06-30"`')
        return
    for table in cohort.tables.values():
        if "date" not in table.columns:
            continue
        for row, more in _shown(np.flatnonzero(spans(table)[0] > study.as_of)):
            what = f"{_dated(table, row).partition(' ')[2]} is after the data cut of {_iso(study.as_of)}"
            what = f"{more} more rows are after the data cut" if more else what
            remedy = ("", "") if more else ("a date up to the cut", "leave the row out, or move `as_of`")
            yield Problem(*_row(study, table, row, what), *remedy)


def _shown(rows: Integers) -> Iterator[tuple[int, int]]:
    """Yield the rows to complain of, each with 0; of many the first five, and the next with how many there are more."""
    few = rows if rows.size <= MOST_SHOWN else rows[:5]
    yield from ((row, 0) for row in few.tolist())
    if rows.size > few.size:
        yield int(rows[few.size]), rows.size - few.size


def _begun(courses: Courses, patients: int) -> Numbers:
    """Return when the first course of each patient began; NaN if none did."""
    first = np.full(patients, np.inf)
    begun: Rows = ~np.isnan(courses.start)
    np.minimum.at(first, courses.patient[begun], courses.start[begun])
    return np.where(np.isfinite(first), first, np.nan)


def _word(events: TableData, row: int) -> str:
    event = events.columns["event"]
    return f"`{event.words[event.codes[row]]}`" if isinstance(event, Labels) else "the event"


def _dated(table: TableData, row: int) -> str:
    """Return when a row is, with the date as it was entered: `on 2009-06-03`, `in 2009-06`."""
    if table.partial is not None and row in table.partial.rows:
        return f"in {table.partial.texts[int(np.searchsorted(table.partial.rows, row))]}"
    return f"on {_iso(spans(table)[0][row])}"


def _iso(day: float) -> str:
    return str(np.datetime64(int(day), "D"))


def _row(study: Study, table: TableData, row: int, what: str) -> tuple[Where, str]:
    """Return the place of a row's date and the complaint with the row's number, counted as the file counts."""
    path = study.folder / f"{table.name}.csv"
    if not path.is_file():
        where = Where(str(path.with_suffix(".parquet")), row + 1)
        return where, f"table `{table.name}`, row {row + 1}, column `date`: {what}"
    file = CsvFile(str(path), b"", path.read_text("utf-8-sig"))
    where = file.place(row + 2, file.names.index("date"))
    return where, f"table `{table.name}`, line {row + 2}, column `date`: {what}"
