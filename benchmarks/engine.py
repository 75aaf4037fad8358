"""The engine as a contender: the same tables as the hand-written programs get, through the YAML of the criteria."""

from __future__ import annotations

import numpy as np
import pandas as pd

from criterium.evaluate import outcome
from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import Given, Outcome, evaluate
from criterium.evaluate.results.branches import Graded, graded
from criterium.language.library import load, tables
from criterium.timeline.cohort import Cohort, Labels, TableData, Values
from criterium.timeline.courses import courses_of
from criterium.timeline.door import cohort_from_frames


def arrays_of(frame: pd.DataFrame, name: str) -> Cohort:
    """Return a table as arrays in memory: identifiers as numbers, words as codes, dates as days; nothing is checked."""
    ids, patient = np.unique(frame["patient_id"].to_numpy(), return_inverse=True)
    columns: dict[str, Values] = {"date": frame["date"].to_numpy().astype("datetime64[D]").astype(np.float64)}
    for column in frame.columns.drop(["patient_id", "date"]):
        values = frame[column]
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = values.cat.codes.to_numpy().astype(np.int32)
            columns[column.removesuffix("_mm")] = Labels(codes, tuple(values.cat.categories))
        else:
            columns[column.removesuffix("_mm")] = values.to_numpy(dtype=np.float64)
    rows = TableData(name, patient.astype(np.int32), columns, len(frame))
    return Cohort("generated", tuple(str(one) for one in ids.tolist()), {name: rows})


def responses(data: Cohort | pd.DataFrame, criterion: str) -> Outcome:
    """Return the classes of a response criterion; a DataFrame passes the checks of the door first."""
    cohort = data if isinstance(data, Cohort) else _checked(data, "lesions")
    return evaluate(load(criterion), Material(cohort, tables()), courses_of(cohort, tables(), "lesions"))


def grades(data: Cohort | pd.DataFrame) -> Graded:
    """Return the grades of a laboratory table; a DataFrame passes the checks of the door first."""
    cohort = data if isinstance(data, Cohort) else _checked(data, "labs")
    return graded(load("ctcae-3.0"), Material(cohort, tables()), courses_of(cohort, tables(), ""))


def _checked(frame: pd.DataFrame, name: str) -> Cohort:
    patients = pd.DataFrame({"patient_id": frame["patient_id"].drop_duplicates()})
    return cohort_from_frames("generated", {"patients": patients, name: frame}, tables())


def classes(data: Cohort | pd.DataFrame, criterion: str) -> Given:
    """Return the class of every assessment and nothing else, as the hand-written programs do."""
    cohort = data if isinstance(data, Cohort) else _checked(data, "lesions")
    return outcome.classes(load(criterion), Material(cohort, tables()), courses_of(cohort, tables(), "lesions"))
