"""Three criteria as a good analyst writes them in pandas: the opponents of the engine in a fair race.

Nothing here knows the engine. Sums and products are rounded to nine decimals before they are compared, so that bounds
are exact on the decimals that were entered. What is missing is not guessed: a sum with an unmeasured lesion is a lower
bound, and no rise from an unmeasured reference is ruled out: a sum of 0 after it is NE, not CR, as the engine reads it.
The rows of an assessment are summed in one of two ways, which give the same: `grouped`, as pandas is written by most,
and `segmented`, which sorts one packed key unless the rows are in order and is the faster one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Codes = NDArray[np.int64]

# From the key of each row, its measure and its flags, per key in ascending order: keys, sums, measured rows, any flags.
Sums = Callable[[Codes, Floats, Sequence[Truths]], tuple[Codes, Floats, Codes, list[Truths]]]

_EXACT = 9
_DAY = np.timedelta64(1, "D")
_SWOG_MR = ("PD", "CR", "PR", "MR", "SD", "NE")
_RECIST = ("PD", "CR", "PR", "SD", "NE")


def grouped(key: Codes, measure: Floats, flags: Sequence[Truths]) -> tuple[Codes, Floats, Codes, list[Truths]]:
    """Return the sorted keys with, for each, the sum and number of measured rows and whether any row has the flag."""
    names = [f"flag {number}" for number in range(len(flags))]
    columns: dict[str, object] = {"measure": measure, **dict(zip(names, flags, strict=True))}
    groups = pd.DataFrame(columns, copy=False).groupby(key, sort=False)
    sums = groups["measure"].agg(["sum", "count"])
    for name in names:
        sums[name] = groups[name].any()
    sums = sums.sort_index()
    anys = [sums[name].to_numpy() for name in names]
    return sums.index.to_numpy(), sums["sum"].to_numpy(), sums["count"].to_numpy(), anys


def segmented(key: Codes, measure: Floats, flags: Sequence[Truths]) -> tuple[Codes, Floats, Codes, list[Truths]]:
    """Return the same as `grouped`."""
    if not pd.Index(key).is_monotonic_increasing:
        order = np.argsort(key)
        key, measure, flags = key[order], measure[order], [flag[order] for flag in flags]
    start = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    missing = np.isnan(measure)
    sums = np.add.reduceat(np.where(missing, 0.0, measure), start)
    measured = np.add.reduceat(~missing, start, dtype=np.int64)
    return key[start], sums, measured, [np.logical_or.reduceat(flag, start) for flag in flags]


def swog_mr(frame: pd.DataFrame, sums: Sums = grouped) -> pd.DataFrame:
    """Return the SWOG class with minor response of every assessment after the first: patient_id, date, class.

    `frame` has one row per patient_id, date and lesion_id, with role, long_mm and short_mm. Size is the sum of the
    products of the target lesions of the first assessment, in cm2. Rows are in the order of patients' first rows, then
    of dates.
    """
    area = frame["long_mm"].to_numpy() * frame["short_mm"].to_numpy() / 100
    visits, names = _visits(frame, area, [], sums)
    size, complete, baseline, nadir = visits.size, visits.complete, visits.baseline, visits.nadir
    progressed = _swog_progression(size, nadir)
    classes = np.select(
        [
            progressed,
            ~complete | np.isnan(nadir),
            size == 0,
            np.isnan(baseline),
            size <= np.round(0.50 * baseline, _EXACT),
            size <= np.round(0.75 * baseline, _EXACT),
        ],
        _codes(_SWOG_MR, "PD", "NE", "CR", "NE", "PR", "MR"),
        _SWOG_MR.index("SD"),
    )
    return _answer(visits, names, classes, _SWOG_MR)


def _swog_progression(size: Floats, nadir: Floats) -> Truths:
    """Say where the size is known to have grown from the nadir by 50 percent or 10 cm2; from 0, any size has."""
    by_share = (size >= np.round(1.5 * nadir, _EXACT)) & (size > 0)
    by_area = np.round(size - nadir, _EXACT) >= 10
    grown: Truths = by_share | by_area
    return grown


def recist_1_1(frame: pd.DataFrame, sums: Sums = grouped) -> pd.DataFrame:
    """Return the RECIST 1.1 class of the target lesions at every assessment after the first: patient_id, date, class.

    `frame` has one row per patient_id, date and lesion_id, with role, site, long_mm and short_mm. The diameter of a
    lymph node is its short axis. A partial response persists, and whatever follows a complete one is CR or PD.
    """
    node = _equals(frame["site"], "lymph node")
    diameter = np.where(node, frame["short_mm"].to_numpy(), frame["long_mm"].to_numpy())
    still_there = np.where(node, diameter >= 10, diameter > 0)
    visits, names = _visits(frame, diameter, [still_there], sums)
    size, complete, baseline, nadir, (any_left,) = (
        visits.size,
        visits.complete,
        visits.baseline,
        visits.nadir,
        visits.flags,
    )
    progressed = _recist_progression(size, nadir)
    decided = complete & ~np.isnan(nadir)
    clear = decided & ~progressed & ~any_left
    relapsed = visits.earlier(clear) & any_left
    shrunk = decided & ~progressed & ~relapsed & ~clear & (size <= np.round(0.7 * baseline, _EXACT))
    classes = np.select(
        [progressed | relapsed, ~decided, clear, shrunk | visits.earlier(shrunk), np.isnan(baseline)],
        _codes(_RECIST, "PD", "NE", "CR", "PR", "NE"),
        _RECIST.index("SD"),
    )
    return _answer(visits, names, classes, _RECIST)


def _recist_progression(size: Floats, nadir: Floats) -> Truths:
    """Say where the sum is known to have grown from the nadir by 20 percent and 5 mm; from 0, 5 mm are enough."""
    grown: Truths = (size >= np.round(1.2 * nadir, _EXACT)) & (np.round(size - nadir, _EXACT) >= 5)
    return grown


@dataclass(frozen=True, slots=True)
class _Visits:
    """One entry per patient and date, in this order; `first` marks the baselines.

    `size` is the sum of what was measured, so a lower bound where it is not `complete`; `baseline` and `nadir` are NaN
    where no complete sum gives them; `flags` say whether any row of a target lesion has the flag.
    """

    patient: Codes
    date: NDArray[np.datetime64]
    first: Truths
    size: Floats
    complete: Truths
    baseline: Floats
    nadir: Floats
    flags: list[Truths]

    def earlier(self, what: Truths) -> Truths:
        """Return where `what` held at an earlier visit after the baseline of the same patient."""
        held = pd.Series(what & ~self.first).groupby(self.patient, sort=False).cummax().to_numpy()
        before: Truths = np.r_[False, held[:-1]] & ~self.first
        return before


def _visits(frame: pd.DataFrame, measure: Floats, flags: Sequence[Truths], sums: Sums) -> tuple[_Visits, pd.Index]:
    """Return the visits of the frame with the sums of the measure over target lesions, and the patients' names."""
    patient, names = pd.factorize(frame["patient_id"])
    patient = patient.astype(np.int64)
    dates = frame["date"].to_numpy()
    start = dates.min()
    day = ((dates - start) // _DAY).astype(np.int64)
    days = int(day.max()) + 1
    target, expected = _targets(frame, patient, day, len(names))
    measure = np.where(target, measure, np.nan)
    key, size, measured, anys = sums(patient * days + day, measure, [target & flag for flag in flags])
    who, when = np.divmod(key, days)
    first = np.r_[True, who[1:] != who[:-1]]
    size = np.round(size, _EXACT)
    complete = (measured == expected[who]) & (expected[who] > 0)
    full = np.where(complete, size, np.nan)
    baseline, nadir = full[first][who], _nadir(full, who, first)
    return _Visits(who, start + when * _DAY, first, size, complete, baseline, nadir, anys), pd.Index(names)


def _targets(frame: pd.DataFrame, patient: Codes, day: Codes, patients: int) -> tuple[Truths, Codes]:
    """Return which rows are of target lesions of the patient's first date, and how many of them each patient has."""
    first_day = np.full(patients, np.iinfo(np.int64).max)
    np.minimum.at(first_day, patient, day)
    role = _equals(frame["role"], "target")
    lesion, lesions = pd.factorize(frame["lesion_id"])
    place = patient * len(lesions) + lesion
    chosen = np.zeros(patients * len(lesions), dtype=bool)
    chosen[place[role & (day == first_day[patient])]] = True
    return role & chosen[place], chosen.reshape(patients, len(lesions)).sum(axis=1)


def _nadir(full: Floats, patient: Codes, first: Truths) -> Floats:
    """Return the smallest complete sum before each visit, NaN where there is none."""
    lowest = pd.Series(np.where(np.isnan(full), np.inf, full)).groupby(patient, sort=False).cummin().to_numpy()
    before = np.r_[np.inf, lowest[:-1]]
    nadir: Floats = np.where(first | np.isinf(before), np.nan, before)
    return nadir


def _equals(column: pd.Series, label: str) -> Truths:
    equal: Truths = (column == label).to_numpy()
    return equal


def _codes(classes: tuple[str, ...], *answers: str) -> list[np.int64]:
    return [np.int64(classes.index(answer)) for answer in answers]


def _answer(visits: _Visits, names: pd.Index, classes: Codes, labels: tuple[str, ...]) -> pd.DataFrame:
    later = ~visits.first
    columns = {
        "patient_id": names.take(visits.patient[later]),
        "date": visits.date[later],
        "class": pd.Categorical.from_codes(classes[later], pd.Index(labels)),
    }
    return pd.DataFrame(columns, copy=False)


@dataclass(frozen=True, slots=True)
class _Term:
    """A CTCAE term: the test it grades and the function that does, from value, lln and uln to a grade or NaN."""

    term: str
    test: str
    grade: Callable[[Floats, Floats, Floats], Floats]


def _low(value: Floats, lln: Floats, _uln: Floats, *, cuts: tuple[float, ...], grades: tuple[int, ...]) -> Floats:
    """Grade low values: below `cuts[i]` is `grades[i]`, deepest first; above all cuts, grade 1 below the limit."""
    below = [value < cut for cut in cuts]
    known = ~(np.isnan(value) | np.isnan(lln))
    return np.select([*below, known & (value < lln), known], [*map(float, grades), 1.0, 0.0], np.nan)


def _high(value: Floats, _lln: Floats, uln: Floats, *, cuts: tuple[float, ...]) -> Floats:
    """Grade high values by multiples of the upper limit: above `cuts[0]` is grade 4, above the last one grade 1."""
    known = ~(np.isnan(value) | np.isnan(uln))
    above = [value > np.round(cut * uln, _EXACT) for cut in cuts]
    return np.select([*above, known], [4.0, 3.0, 2.0, 1.0, 0.0], np.nan)


def _potassium_high(value: Floats, _lln: Floats, uln: Floats) -> Floats:
    known = ~(np.isnan(value) | np.isnan(uln))
    above = [value > 7.0, value > 6.0, value > 5.5, known & (value > uln)]
    return np.select([*above, known], [4.0, 3.0, 2.0, 1.0, 0.0], np.nan)


def _counted(term: str, test: str, *cuts: float) -> _Term:
    return _Term(term, test, partial(_low, cuts=cuts, grades=(4, 3, 2)))


def _multiples(term: str, test: str, *cuts: float) -> _Term:
    return _Term(term, test, partial(_high, cuts=(*cuts, 1.0)))


CTCAE_3_0 = (
    _counted("platelets", "platelets", 25, 50, 75),
    _counted("leukocytes", "leukocytes", 1.0, 2.0, 3.0),
    _counted("neutrophils", "neutrophils", 0.5, 1.0, 1.5),
    _counted("lymphocytes", "lymphocytes", 0.2, 0.5, 0.8),
    _counted("hemoglobin", "hemoglobin", 6.5, 8.0, 10.0),
    _multiples("alt", "ALT", 20, 5, 2.5),
    _multiples("ast", "AST", 20, 5, 2.5),
    _multiples("alkaline_phosphatase", "alkaline phosphatase", 20, 5, 2.5),
    _multiples("ggt", "GGT", 20, 5, 2.5),
    _multiples("bilirubin", "bilirubin", 10, 3, 1.5),
    _multiples("creatinine", "creatinine", 6, 3, 1.5),
    _Term("potassium_high", "potassium", _potassium_high),
    _Term("potassium_low", "potassium", partial(_low, cuts=(2.5, 3.0), grades=(4, 3))),
)


def ctcae_3_0(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the CTCAE 3.0 grade of every result: row, patient_id, date, term, grade (Int8, 0 to 4, or missing).

    `frame` has patient_id, date, test, value, lln and uln, in the units of `lab_table`. `row` is the place in `frame`;
    potassium has a row for each of its two terms. A missing limit leaves a grade missing only where it would decide.
    """
    code = pd.Categorical(frame["test"])
    value, lln, uln = (frame[name].to_numpy(dtype=float) for name in ("value", "lln", "uln"))
    places, grades, terms = [], [], []
    for number, term in enumerate(CTCAE_3_0):
        if term.test not in code.categories:
            continue
        at = np.flatnonzero(code.codes == code.categories.get_loc(term.test))
        places.append(at)
        grades.append(term.grade(value[at], lln[at], uln[at]))
        terms.append(np.full(at.size, number, dtype=np.int8))
    row, grade = np.concatenate(places), np.concatenate(grades)
    unknown = np.isnan(grade)
    columns = {
        "row": row,
        "patient_id": frame["patient_id"].to_numpy()[row],
        "date": frame["date"].to_numpy()[row],
        "term": pd.Categorical.from_codes(np.concatenate(terms), pd.Index([term.term for term in CTCAE_3_0])),
        "grade": pd.arrays.IntegerArray(np.where(unknown, 0, grade).astype(np.int8), unknown),
    }
    return pd.DataFrame(columns, copy=False)


def _cut_table() -> pd.DataFrame:
    """Return the cuts of every term: `sign` is -1 for low values; cuts are multiples of the limit if `relative`."""
    low = [("platelets", "platelets", 75, 50, 25), ("leukocytes", "leukocytes", 3.0, 2.0, 1.0)]
    low += [("neutrophils", "neutrophils", 1.5, 1.0, 0.5), ("lymphocytes", "lymphocytes", 0.8, 0.5, 0.2)]
    low += [("hemoglobin", "hemoglobin", 10.0, 8.0, 6.5), ("potassium_low", "potassium", np.nan, 3.0, 2.5)]
    high = [("alt", "ALT", 2.5, 5, 20), ("ast", "AST", 2.5, 5, 20), ("ggt", "GGT", 2.5, 5, 20)]
    high += [("alkaline_phosphatase", "alkaline phosphatase", 2.5, 5, 20)]
    high += [("bilirubin", "bilirubin", 1.5, 3, 10), ("creatinine", "creatinine", 1.5, 3, 6)]
    rows = [(*row, -1.0, False) for row in low] + [(*row, 1.0, True) for row in high]
    rows.append(("potassium_high", "potassium", 5.5, 6.0, 7.0, 1.0, False))
    return pd.DataFrame(rows, columns=["term", "test", "second", "third", "fourth", "sign", "relative"])


def ctcae_3_0_joined(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the same grades as `ctcae_3_0` as most analysts write it: joined with a table of cuts, then a select."""
    cuts = _cut_table()
    joined = frame.reset_index(names="row").astype({"test": object}).merge(cuts, on="test")
    sign = joined["sign"].to_numpy()
    limit = np.where(sign < 0, joined["lln"], joined["uln"])
    scale = sign * np.where(joined["relative"], limit, 1.0)
    value = sign * joined["value"].to_numpy()
    known = ~(np.isnan(value) | np.isnan(limit))
    above = [value > np.round(joined[name].to_numpy() * scale, _EXACT) for name in ("fourth", "third", "second")]
    grade = np.select([*above, known & (value > sign * limit), known], [4.0, 3.0, 2.0, 1.0, 0.0], np.nan)
    found = joined[["row", "patient_id", "date", "term"]].copy()
    found["grade"] = pd.Series(grade).astype("Int8")
    return found
