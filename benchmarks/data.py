"""Generated cohorts of any size: the same arguments always give the same table.

Memory is kept near that of the result: columns are made one at a time in their final type, and labels are categoricals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

_SITES = ("liver", "lung", "bone", "pancreas", "lymph node")
_SITE_SHARES = (0.40, 0.20, 0.15, 0.10, 0.15)
_NODE = _SITES.index("lymph node")
_STATES = ("present", "absent")
_FIRST_DAY = np.datetime64("2015-01-01", "D")
_DAYS_BETWEEN = 56
# Mean change of the logarithm of a diameter from one assessment to the next: responders, stable disease, progressors.
_TRENDS = (-0.18, -0.02, 0.10)
_TREND_SHARES = (0.35, 0.35, 0.30)
_REGROWING, _VANISHING, _REAPPEARING = 0.3, 0.08, 0.3
_UNMEASURED = 0.02


def lesion_table(
    patients: int,
    assessments: int = 6,
    lesions: int = 3,
    seed: int = 0,
    *,
    ids: Literal["integer", "text"] = "integer",
    order: Literal["sorted", "shuffled"] = "sorted",
) -> pd.DataFrame:
    """Return `patients * assessments * lesions` rows of target lesions, one per patient, date and lesion.

    Columns: patient_id (int32 or text), date, lesion_id, role, site and state (categoricals), long_mm and short_mm (one
    decimal, float64). About 15 percent of the lesions are lymph nodes; 2 percent of the rows have no long_mm. In some
    patients every lesion vanishes (0 mm and `absent`; a node shrinks below 10 mm); in some without nodes all return.
    """
    random = np.random.default_rng(seed)
    shape = (patients, assessments, lesions)
    nodes_and_sites = _sites(random, shape)
    columns = _sizes(random, shape, nodes_and_sites == _NODE)
    site = np.broadcast_to(nodes_and_sites[:, None, :], shape).reshape(-1)
    lesion = np.broadcast_to(np.arange(lesions, dtype=np.int8), shape).reshape(-1)
    number = np.repeat(np.arange(1, patients + 1, dtype=np.int32), assessments * lesions)
    table: dict[str, object] = {
        "patient_id": number if ids == "integer" else _texts(patients, assessments * lesions),
        "date": _dates(random, shape),
        "lesion_id": pd.Categorical.from_codes(lesion, pd.Index([f"T{i + 1}" for i in range(lesions)])),
        "role": pd.Categorical.from_codes(np.zeros(number.size, dtype=np.int8), pd.Index(["target"])),
        "site": pd.Categorical.from_codes(site, pd.Index(_SITES)),
        **columns,
    }
    if order == "shuffled":
        _shuffle(random, table, number.size)
    return pd.DataFrame(table, copy=False)


def _sites(random: np.random.Generator, shape: tuple[int, int, int]) -> NDArray[np.int8]:
    patients, _, lesions = shape
    return random.choice(len(_SITES), size=(patients, lesions), p=_SITE_SHARES).astype(np.int8)


def _texts(patients: int, rows_each: int) -> NDArray[np.object_]:
    names = np.array([f"P{number:08d}" for number in range(1, patients + 1)], dtype=object)
    return np.repeat(names, rows_each)


def _dates(random: np.random.Generator, shape: tuple[int, int, int]) -> NDArray[np.datetime64]:
    patients, assessments, lesions = shape
    days = np.arange(assessments) * _DAYS_BETWEEN + random.integers(-5, 6, size=(patients, assessments))
    return np.repeat((_FIRST_DAY + days).astype("datetime64[ns]").reshape(-1), lesions)


def _sizes(random: np.random.Generator, shape: tuple[int, int, int], node: Truths) -> dict[str, object]:
    patients, _, lesions = shape
    baseline = random.uniform(20.0, 60.0, size=(patients, 1, lesions))
    narrow = np.where(node, random.uniform(0.75, 0.95, node.shape), random.uniform(0.5, 0.95, node.shape))[:, None, :]
    long = baseline * _course(random, shape)
    np.clip(long, 1.0, 250.0, out=long)
    gone = _gone(random, shape, np.any(node, axis=1, keepdims=True)[:, 0])[:, :, None] & np.ones(lesions, dtype=bool)
    # A node that is normal again keeps one normal size: a short axis of 4 to 9 mm.
    normal = random.uniform(4.0, 9.0, node.shape)[:, None, :] / narrow
    long = np.where(gone, np.where(node[:, None, :], normal, 0.0), long)
    short = np.round(long * narrow, 1).reshape(-1)
    long = np.round(long, 1).reshape(-1)
    absent = (gone & ~node[:, None, :]).reshape(-1)
    long[(random.random(long.size, dtype=np.float32) < _UNMEASURED) & ~absent] = np.nan
    return {
        "long_mm": long,
        "short_mm": short,
        "state": pd.Categorical.from_codes(absent.astype(np.int8), pd.Index(_STATES)),
    }


def _course(random: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Return the size of each lesion as a multiple of its baseline, of shape `shape`; 1 at the first assessment."""
    patients, assessments, _ = shape
    trend = random.choice(_TRENDS, size=patients, p=_TREND_SHARES)
    turn = np.where(random.random(patients) < _REGROWING, assessments // 2, assessments)
    growing = np.arange(assessments) > turn[:, None]
    steps = np.where(growing, np.abs(trend)[:, None], trend[:, None])[:, :, None]
    change = steps + random.normal(0.0, 0.06, size=shape)
    change[:, 0, :] = 0.0
    np.cumsum(change, axis=1, out=change)
    return np.exp(change, out=change)


def _gone(random: np.random.Generator, shape: tuple[int, int, int], has_node: Truths) -> Truths:
    """Return whether the lesions of a patient have vanished at an assessment: (patients, assessments).

    Lesions return only where all were 0 mm, so that a rule on the sum and one on each lesion see the same.
    """
    patients, assessments, _ = shape
    number = np.arange(assessments)
    since = np.where(random.random(patients) < _VANISHING, random.integers(1, assessments + 1, patients), assessments)
    back = np.where((random.random(patients) < _REAPPEARING) & ~has_node, since + 2, assessments)
    gone: Truths = (number >= since[:, None]) & (number < back[:, None])
    return gone


def _shuffle(random: np.random.Generator, table: dict[str, object], rows: int) -> None:
    """Put the rows of every column into one random order, a column at a time so that only one is held twice."""
    places = random.permutation(rows)
    for name, column in table.items():
        table[name] = column[places]  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class _Test:
    """A laboratory test: its name, unit, limits, the decimals it is reported with and the spread of its logarithm."""

    name: str
    unit: str
    lln: float
    uln: float
    decimals: int
    spread: float


_TESTS = (
    _Test("platelets", "10*9/L", 150.0, 400.0, 0, 0.70),
    _Test("leukocytes", "10*9/L", 4.0, 10.0, 1, 0.55),
    _Test("neutrophils", "10*9/L", 1.8, 7.5, 2, 0.70),
    _Test("lymphocytes", "10*9/L", 1.0, 4.0, 2, 0.70),
    _Test("hemoglobin", "g/dL", 12.0, 16.0, 1, 0.20),
    _Test("ALT", "U/L", 7.0, 40.0, 0, 1.00),
    _Test("AST", "U/L", 10.0, 40.0, 0, 1.00),
    _Test("alkaline phosphatase", "U/L", 40.0, 130.0, 0, 0.80),
    _Test("GGT", "U/L", 8.0, 60.0, 0, 1.00),
    _Test("bilirubin", "mg/dL", 0.2, 1.2, 1, 0.80),
    _Test("creatinine", "mg/dL", 0.6, 1.2, 1, 0.50),
    _Test("potassium", "mmol/L", 3.5, 5.1, 1, 0.18),
)
_LAB_VISITS = 10


def lab_table(rows: int, seed: int = 0) -> pd.DataFrame:
    """Return `rows` laboratory results: twelve tests at each of ten visits a patient, three weeks apart.

    Columns: patient_id (int32), date, test and unit (categoricals), value, lln and uln (float64, in the row's unit).
    About 1 percent of the rows have no value, and 1 percent neither limit.
    """
    random = np.random.default_rng(seed)
    row = np.arange(rows, dtype=np.int32)
    test = (row % len(_TESTS)).astype(np.int8)
    visit = row // len(_TESTS)
    lln, uln = (np.array([getattr(one, name) for one in _TESTS])[test] for name in ("lln", "uln"))
    no_limits = random.random(rows, dtype=np.float32) < 0.01
    value = _results(random, test)
    lln[no_limits] = uln[no_limits] = np.nan
    days = (visit % _LAB_VISITS) * 21
    units = sorted({one.unit for one in _TESTS})
    unit = np.array([units.index(one.unit) for one in _TESTS], dtype=np.int8)[test]
    columns = {
        "patient_id": visit // _LAB_VISITS + 1,
        "date": (_FIRST_DAY + days).astype("datetime64[ns]"),
        "test": pd.Categorical.from_codes(test, pd.Index([one.name for one in _TESTS])),
        "value": value,
        "unit": pd.Categorical.from_codes(unit, pd.Index(units)),
        "lln": lln,
        "uln": uln,
    }
    return pd.DataFrame(columns, copy=False)


def _results(random: np.random.Generator, test: NDArray[np.int8]) -> Floats:
    """Return a value for each row, log-normal about the middle of the limits, above 0, about 1 percent missing."""
    middle = np.sqrt([one.lln * one.uln for one in _TESTS])[test]
    spread = np.array([one.spread for one in _TESTS])[test]
    value = middle * np.exp(spread * random.standard_normal(test.size))
    for code, one in enumerate(_TESTS):
        least = 10.0**-one.decimals
        value[code :: len(_TESTS)] = np.maximum(np.round(value[code :: len(_TESTS)], one.decimals), least)
    value[random.random(test.size, dtype=np.float32) < 0.01] = np.nan
    return value
