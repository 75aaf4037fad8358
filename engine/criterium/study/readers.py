"""Whose reading a study goes by, held against the tables: everybody whom it names has read, and nobody is left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from criterium.language import library
from criterium.language.problems import Problem, Where, listed, nearest
from criterium.study.plan import Study
from criterium.timeline.cohort import Cohort
from criterium.timeline.readers import read_by, readers, readings


def misread(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield what is wrong with the readers of a study, and with those of the tables."""
    found = readers(cohort, library.tables())
    yield from _nobodys(study, cohort)
    if study.readers:
        yield from _strangers(study, found)
        yield from _others(study, cohort)
    elif len(found) > 1:
        what = f"{', '.join(f'`{name}`' for name in found)} read these patients; nothing says whose reading counts"
        remedy = "of a list, the first who read anything of a patient counts"
        yield Problem(study.document.where(()), what, f"`reader: {found[0]}`, or a list of names", remedy)


def _nobodys(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for a table in which only some rows say who read them: it may hold two readings of the same."""
    for table, who in readings(cohort, library.tables()):
        bare = int((who.codes < 0).sum())
        if bare:
            column = library.tables()[table.name].read_by
            what = f"{bare} {'row has' if bare == 1 else 'rows have'} no {column}, the others have one"
            yield Problem(Where(str(study.folder / table.name)), what, f"a {column} in every row, or in none")


def _strangers(study: Study, found: tuple[str, ...]) -> Iterator[Problem]:
    for at, name in enumerate(study.readers):
        if name not in found:
            what = f"nobody named `{name}` read anything"
            yield Problem(_place(study, at), what, listed(found) or "no reader", nearest(name, found))


def _others(study: Study, cohort: Cohort) -> Iterator[Problem]:
    """Yield a problem for patients whom only others have read: their rows would be left out."""
    tables = library.tables()
    was_read = np.zeros(len(cohort.patients), dtype=np.bool_)
    for table, _ in readings(cohort, tables):
        was_read[table.patient] = True
    out = np.flatnonzero(was_read & (read_by(cohort, tables, study.readers) < 0))
    if out.size:
        patients = "1 patient was" if out.size == 1 else f"{out.size} patients were"
        what = f"{patients} read by others alone, {cohort.patients[int(out[0])]} first"
        remedy = "add the others at the end of the list"
        yield Problem(_place(study), what, "a reader of every patient", remedy)


def _place(study: Study, *at: int) -> Where:
    """Return where the readers were said, or one of a list: in the file, or on the command line."""
    said = study.data.get("reader", [])
    if list(study.readers) == ([said] if isinstance(said, str) else said):
        return study.document.where(("reader", *at))
    text = " ".join(study.readers)
    return Where("--reader", 1, 1, text, len(text))
