"""A cohort measured again, on the terminal and as JSON: how many classes are fragile, and the least stable patients."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rich.console import Console

from criterium.compare.sweep.noise import Margin
from criterium.compare.sweep.noise_shares import Fragile, Fragility, Patient
from criterium.report.terminal import blank, heading, line, table
from criterium.study.plan import Study
from criterium.study.proportions import Interval
from criterium.study.sheet import of_course

MOST_PATIENTS = 10


def show_noise(found: Fragility, study: Study, out: Console) -> None:
    """Print what an error of measurement does to the classes of a cohort."""
    heading(out, str(study.data["title"]))
    line(out, f"cohort {study.id}: {study.cohort}")
    one = found.criterion
    line(out, f"{found.role}: {one.id} {one.version}+{one.hash}")
    for key, value in study.changed.items():
        line(out, f"set {key} = {value}")
    columns = "; ".join(f"{table}: {', '.join(names)}" for table, names in found.columns.items())
    line(out, f"noise: {found.draws} draws, seed {found.seed}; {told(found)}; of {columns}")
    blank(out)
    for course in found.courses:
        _course(course, found.draws, out)


def told(found: Fragility) -> str:
    """Return in words what was added to the measurements."""
    of = " of the measurement" if found.noise.dimension == "percent" else ""
    return f"a normal error with a standard deviation of {found.noise.text}{of} is added to each, 0 stays 0"


def _course(one: Fragile, draws: int, out: Console) -> None:
    total = len(one.patients)
    rows = [
        (name, count, *_shares(interval))
        for name, count, interval in (
            ("in 5 percent of draws or more", one.sometimes, one.intervals[0]),
            ("in more than half of the draws", one.mostly, one.intervals[1]),
        )
    ]
    columns = ("class differs", "patients", "percent", "95% from", "to")
    note = f"of {total} patients; on average a class is kept in {100 * one.mean_kept:.1f} percent of draws"
    table(out, of_course("Fragile under this error", one.course), columns, rows, note)
    least = [patient for patient in one.patients if patient.kept < 1][:MOST_PATIENTS]
    if not least:
        line(out, f"no class changed in any of {draws} draws")
        blank(out)
        return
    lines = [_line(patient) for patient in least]
    names = ("patient", "class", "kept, percent", "otherwise, percent", "nearest threshold", "on")
    table(out, of_course("Least stable", one.course), names, lines, _MARGIN)


_MARGIN = "nearest threshold: the measure that comes nearest to what it is compared with, as measured"


def _shares(interval: Interval) -> list[str]:
    return [f"{100 * one:.1f}" for one in (interval.estimate, interval.low, interval.high)]


def _line(one: Patient) -> tuple[str, ...]:
    others = ", ".join(f"{word} {100 * share:.1f}" for word, share in one.others.items())
    margin = one.margin
    if margin is None:
        return (one.patient, one.label, f"{100 * one.kept:.1f}", others, "", "")
    return (one.patient, one.label, f"{100 * one.kept:.1f}", others, _margin(margin), _date(margin))


def _margin(one: Margin) -> str:
    return f"{one.measure} {one.value:.1f}, at {one.threshold:g} {one.unit}".rstrip()


def _date(one: Margin) -> str:
    return str(np.datetime64(int(one.date), "D"))


# --- as JSON ----------------------------------------------------------------------------------------------------------
def noise_json(found: Fragility, study: Study) -> str:
    """Return a cohort under error as one JSON object with the keys study, criterion, noise and courses."""
    one = found.criterion
    noise = {
        "deviation": found.noise.text,
        "distribution": "normal",
        "draws": found.draws,
        "seed": found.seed,
        "columns": {table: list(names) for table, names in found.columns.items()},
    }
    whole = {
        "study": {"id": study.id, "title": study.data["title"], "set": dict(study.changed)},
        "criterion": {"role": found.role, "id": one.id, "version": one.version, "hash": one.hash},
        "noise": noise,
        "courses": [_json(course) for course in found.courses],
    }
    return json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)


def _json(one: Fragile) -> dict[str, Any]:
    fragile = {
        name: {"n": count, "percent": 100 * ends.estimate, "low": 100 * ends.low, "high": 100 * ends.high}
        for name, count, ends in zip(("sometimes", "mostly"), (one.sometimes, one.mostly), one.intervals, strict=True)
    }
    return {
        "course": one.course,
        "n": len(one.patients),
        "fragile": fragile,
        "mean_kept": one.mean_kept,
        "patients": [_patient(patient) for patient in one.patients],
    }


def _patient(one: Patient) -> dict[str, Any]:
    margin = one.margin
    nearest = None
    if margin is not None:
        nearest = {
            "measure": margin.measure,
            "date": _date(margin),
            "value": margin.value,
            "threshold": margin.threshold,
            "unit": margin.unit,
        }
    return {
        "patient": one.patient,
        "class": one.label,
        "kept": one.kept,
        "others": dict(one.others),
        "nearest": nearest,
    }
