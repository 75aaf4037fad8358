"""Makes the tables of this cohort: `python cohorts/gep-net-four-criteria/make.py [FOLDER]`.

Courses of tumours are drawn at random, more than are needed, and every one is judged by the four criteria themselves.
The first that fit fill the joint table below, whose margins are the printed ones. The tables are always the same, byte
for byte: the seed is fixed, and only `Generator.random`, whose stream does not change, is drawn from.
"""
# ruff: noqa: INP001 -- a script beside the tables that it makes, not a package

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import log
from pathlib import Path

import numpy as np
import pandas as pd

from criterium.evaluate.frames import Material
from criterium.evaluate.outcome import evaluate
from criterium.language import library
from criterium.timeline.courses import courses_of
from criterium.timeline.door import cohort_from_frames

SEED = 1715
MONTH = 30.4375
FIRST, LAST, CLOSED = date(2000, 1, 10), date(2007, 4, 20), date(2011, 6, 30)
CRITERIA = ("recist-1.1-mr@1.0.0", "swog-mr@1.0.0", "recist-1.1@1.0.0", "swog@1.0.0")
# Rows: RECIST with minor response. Columns: SWOG with minor response. OR is CR or PR.
JOINT = {
    ("OR", "OR"): 60, ("OR", "MR"): 11,
    ("MR", "OR"): 4, ("MR", "MR"): 32, ("MR", "SD"): 5,
    ("SD", "MR"): 8, ("SD", "SD"): 67, ("SD", "PD"): 9,
    ("PD", "SD"): 3, ("PD", "PD"): 58,
    ("NE", "NE"): 11,
}  # fmt: skip
HEADERS = {
    "patients": ("patient_id", "sex", "age", "diagnosis"),
    "treatments": ("patient_id", "date", "course", "cycle", "agent", "activity", "unit"),
    "lesions": ("patient_id", "date", "lesion_id", "role", "site", "long_mm", "short_mm", "state"),
    "events": ("patient_id", "date", "event"),
}
PRIMARIES = {
    "midgut": ("mesentery", 10),
    "pancreatic": ("pancreas", 8),
    "unknown primary": ("retroperitoneum", 4),
    "bronchial": ("lung", 2),
    "hindgut": ("rectum", 1),
    "gastric": ("stomach", 1),
    "thymic": ("mediastinum", 1),
}
Range = tuple[float, float]
Rows = dict[str, list[tuple[str, ...]]]


@dataclass(frozen=True)
class Kind:
    """A kind of course: how many are drawn, and from which ranges.

    `change` is that of the long axes, at its deepest or, in a `fast` course, at the first scan; `tilt` is how much more
    the short axes change. `long` are the axes at baseline in mm, `targets` how many there are, `scans` after the start
    how many a fast course has at most, `wait` the median of the months after the eighth until a slow one turns.
    """

    drawn: int
    change: Range
    tilt: Range = (-0.07, 0.07)
    long: Range = (14, 62)
    targets: Range = (2, 5)
    scans: int = 0
    wait: float = 12


KINDS = {
    "complete": Kind(14, (-1.0, -1.0), long=(11, 26), targets=(2, 2)),
    "partial": Kind(190, (-0.72, -0.27)),
    "uneven": Kind(130, (-0.46, -0.30), (0.07, 0.17)),
    "flatter": Kind(40, (-0.31, -0.24), (-0.18, -0.06)),
    "narrower": Kind(45, (-0.13, -0.09), (-0.19, -0.09)),
    "minor": Kind(220, (-0.31, -0.11)),
    "stable": Kind(150, (-0.13, 0.09), wait=34),
    "growing": Kind(75, (0.19, 0.75), scans=2),
    "spreading": Kind(45, (-0.06, 0.14), scans=1),
    "large": Kind(10, (0.03, 0.10), (-0.03, 0.03), (62, 125), (3, 5), scans=3),
    "small": Kind(40, (0.17, 0.21), (0.03, 0.10), (10, 12.5), (2, 2), scans=3),
    "oblong": Kind(24, (0.20, 0.26), (-0.14, -0.06), (16, 32), (2, 3), scans=3),
    "unmeasured": Kind(5, (0.0, 0.0), scans=1),
    "unseen": Kind(6, (0.0, 0.0)),
}


# --- chance -----------------------------------------------------------------------------------------------------------
class Chance:
    """Draws from one stream of uniform numbers."""

    def __init__(self, seed: int) -> None:
        self._next = np.random.Generator(np.random.PCG64(seed)).random

    def between(self, ends: Range) -> float:
        """Return a number between two ends."""
        return ends[0] + (ends[1] - ends[0]) * float(self._next())

    def whole(self, ends: Range) -> int:
        """Return a whole number from the first to the last."""
        return int(self.between((ends[0], ends[1] + 1)))

    def happens(self, share: float) -> bool:
        """Return true in that share of cases."""
        return float(self._next()) < share

    def one_of(self, words: Sequence[str]) -> str:
        """Return one of several words."""
        return words[self.whole((0, len(words) - 1))]

    def about(self, middle: float, spread: float) -> float:
        """Return a number about a middle, nearly normal."""
        return middle + spread * (sum(float(self._next()) for _ in range(12)) - 6)

    def waited(self, median: float, shape: float = 1.0) -> float:
        """Return a waiting time (Weibull) with that median."""
        return median * float((-log(1 - float(self._next())) / log(2)) ** (1 / shape))


# --- one course -------------------------------------------------------------------------------------------------------
@dataclass
class Target:
    """A target lesion: its site, axes at baseline in mm, and how its growth differs from that of the patient."""

    site: str
    long: float
    short: float
    own: float
    tilt: float


@dataclass
class Course:
    """A patient who does not exist: times are days from the first treatment."""

    kind: str
    diagnosis: str
    start: date
    baseline: int
    targets: list[Target]
    change: float
    reached: float
    progression: int
    route: str
    growth: float
    death: int
    contact: int
    scans: list[int] = field(default_factory=list)

    @property
    def fast(self) -> bool:
        """Whether the disease grows from the start."""
        return KINDS[self.kind].scans > 0

    @property
    def end(self) -> int:
        """The last day on which anything is known."""
        return min(self.death, self.contact)


def drawn(kind: str, chance: Chance) -> Course:
    """Return a course of a kind, drawn by chance."""
    given = KINDS[kind]
    fast = given.scans > 0
    diagnosis = chance.one_of([word for word, (_, weight) in PRIMARIES.items() for _ in range(weight)])
    tilt = chance.between(given.tilt)
    start = FIRST + timedelta(days=chance.whole((0, (LAST - FIRST).days)))
    closed = (CLOSED - start).days
    progression = chance.whole((30, 50)) if fast else int(MONTH * (8 + chance.waited(given.wait, 1.3)))
    death = int(MONTH * (2.2 + chance.waited(8.8))) if fast else _death(progression, chance)
    course = Course(
        kind=kind,
        diagnosis=diagnosis,
        start=start,
        baseline=-chance.whole((6, 75)),
        targets=[_target(site, given, tilt, chance) for site in _sites(diagnosis, chance.whole(given.targets), chance)],
        change=chance.between(given.change),
        reached=chance.between((3, 9)),
        progression=progression,
        route=chance.one_of(["growth"] * 6 + ["new"] * 3 + ["bone"]),
        growth=chance.between((1.28, 1.5)),
        death=death,
        contact=closed - chance.whole((0, 150)) if chance.happens(0.9) else chance.whole((200, closed)),
    )
    if kind == "unseen":
        course.death, course.contact = chance.whole((15, 90)), chance.whole((38, 150))
    course.scans = _scans(course, chance)
    return course


def _death(progression: int, chance: Chance) -> int:
    after = MONTH * (3 + chance.waited(30))
    return int(chance.between((0.4, 1)) * progression if chance.happens(0.06) else progression + after)


def _sites(diagnosis: str, number: int, chance: Chance) -> list[str]:
    """Return the sites of target lesions, no more than two of a site."""
    there = ["liver", PRIMARIES[diagnosis][0], *(["liver"] * chance.happens(0.8)), "lymph node"]
    more = [chance.one_of(["lymph node", "peritoneum", "adrenal gland", "pleura"]) for _ in range(2)]
    return [site for at, site in enumerate([*there, *more]) if [*there, *more][:at].count(site) < 2][:number]


def _target(site: str, given: Kind, tilt: float, chance: Chance) -> Target:
    long = chance.between(given.long) * (0.6 if site != "liver" and given.long[0] > 60 else 1)
    short = long * chance.between((0.62, 0.96))
    if site == "lymph node":
        short = max(short, chance.between((15.6, 18)))
        long = max(long, short * chance.between((1.05, 1.4)))
    return Target(site, long, short, chance.about(1, 0.12), tilt + chance.about(0, 0.02))


def _scans(course: Course, chance: Chance) -> list[int]:
    """Return the days of the scans: after 6 weeks, 3 months, then every 6 months, until after the progression."""
    step = chance.between((160, 205))
    planned = [chance.whole((39, 50)), chance.whole((77, 84))]
    planned += [int(planned[1] + step * number + chance.about(0, 6)) for number in range(1, 30)]
    fast = KINDS[course.kind].scans
    most = fast or sum(day < course.progression for day in planned) + (2 if course.route == "growth" else 1)
    return [] if course.kind == "unseen" else [day for day in planned[:most] if day <= course.end]


# --- what the scans show ----------------------------------------------------------------------------------------------
def factors(course: Course, target: Target, day: int) -> tuple[float, float]:
    """Return by what the axes of a target lesion are multiplied on a day, long and short."""
    months = day / MONTH
    reach = months / 1.4 if course.fast else min(1.0, months / course.reached)
    change = course.change * target.own
    long, short = 1 + change * reach, 1 + (change + target.tilt) * reach
    late = max(0.0, (day - course.progression) / MONTH) if course.route == "growth" else 0.0
    grown = 1.0 if course.fast else course.growth ** (late / 6)
    return max(long, 0.1) * grown, max(short, 0.1) * grown


def shown(course: Course, target: Target, day: int, chance: Chance) -> tuple[str, str, str]:
    """Return the long and short axis of a target lesion on a day, in mm, and its state."""
    if course.kind == "unmeasured" and day > 0:
        return "", "", "not evaluable"
    if course.kind == "complete" and course.reached * MONTH <= day < course.progression:
        return "", "", "absent"
    long, short = factors(course, target, day) if day > 0 else (1.0, 1.0)
    exact = 0.004 if course.fast else 0.012
    long, short = (max(3.0, axis * chance.about(1, exact)) for axis in (target.long * long, target.short * short))
    return f"{max(long, short):.1f}", f"{min(long, short):.1f}", "present"


def lesions(course: Course, chance: Chance) -> Iterator[tuple[str, ...]]:
    """Yield the rows of all lesions of a course, without the patient."""
    bone = course.kind != "complete" and (course.route == "bone" or chance.happens(0.3))
    spreads = course.kind not in {"large", "small", "oblong", "unmeasured"}
    for day in [course.baseline, *course.scans]:
        on, late = _iso(course, day), spreads and day > 0 and day >= course.progression
        late = late and (not course.fast or course.kind == "spreading")
        for number, target in enumerate(course.targets, 1):
            yield on, f"T{number}", "target", target.site, *shown(course, target, day, chance)
        if bone:
            worse = late and course.route == "bone"
            yield on, "N1", "non-target", "bone", "", "", "unequivocal progression" if worse else "present"
        if late and (course.route == "new" or (course.kind == "spreading" and not bone)):
            yield on, "X1", "new", "bone" if course.diagnosis == "bronchial" else "liver", "", "", "present"


def _iso(course: Course, day: int) -> str:
    return (course.start + timedelta(days=day)).isoformat()


def add(rows: Rows, patient: str, course: Course, chance: Chance) -> None:
    """Add the rows of a course to the tables, under the name of a patient."""
    who = (chance.one_of(["female", "male"]), str(int(min(86, max(24, chance.about(59, 11))))), course.diagnosis)
    rows["patients"].append((patient, *who))
    day, cycles = 0, 1 if course.kind == "unseen" else 2 if course.fast else 4
    for cycle in range(1, cycles + 1):
        if day <= course.end:
            rows["treatments"].append(
                (patient, _iso(course, day), "prrt", str(cycle), "177Lu-octreotate", "7.4", "GBq")
            )
        day += chance.whole((42, 63))
    rows["lesions"] += [(patient, *row) for row in lesions(course, chance)]
    word = "death" if course.death <= course.contact else "last contact"
    rows["events"].append((patient, _iso(course, course.end), word))


# --- which courses ----------------------------------------------------------------------------------------------------
def judged(rows: Rows) -> dict[str, tuple[str, ...]]:
    """Return the classes of every patient's course, one by each of the criteria, OR for CR and PR."""
    frames = {
        name: pd.DataFrame(rows[name], columns=list(header), dtype="string").replace("", pd.NA)
        for name, header in HEADERS.items()
    }
    cohort = cohort_from_frames("pool", frames, library.tables())
    courses = courses_of(cohort, library.tables(), "lesions", ("prrt",))
    found: dict[str, tuple[str, ...]] = dict.fromkeys(cohort.patients, ())
    for name in CRITERIA:
        outcome = evaluate(library.load(name), Material(cohort, library.tables()), courses)
        label = outcome.courses.classes["class"].label
        for patient, code in zip(courses.patient.tolist(), label.codes.tolist(), strict=True):
            word = label.words[code]
            found[cohort.patients[patient]] += ("OR" if word in {"CR", "PR"} else word,)
    return found


def chosen(classes: dict[str, tuple[str, ...]], kinds: dict[str, str]) -> list[str]:
    """Return the first patients that fill the joint table; raise ValueError if there are too few."""
    left, found = Counter(JOINT), []
    for patient, (recist_mr, swog_mr, recist, swog) in classes.items():
        without = tuple("SD" if word == "MR" else word for word in (recist_mr, swog_mr))
        meant = (recist_mr == "NE") == (kinds[patient] in {"unseen", "unmeasured"})
        if left[recist_mr, swog_mr] > 0 and (recist, swog) == without and meant:
            left[recist_mr, swog_mr] -= 1
            found.append(patient)
    if left.total():
        raise ValueError(f"too few courses were drawn for {+left}")
    return found


def tables() -> Rows:
    """Return the tables of the cohort, patients in the order of their first treatment."""
    chance = Chance(SEED)
    pool: Rows = {name: [] for name in HEADERS}
    mixed = sorted((chance.between((0, 1)), kind) for kind, given in KINDS.items() for _ in range(given.drawn))
    kinds = {f"{number:04}": kind for number, (_, kind) in enumerate(mixed)}
    for patient, kind in kinds.items():
        add(pool, patient, drawn(kind, chance), chance)
    begun = {row[0]: row[1] for row in reversed(pool["treatments"])}
    order = sorted(chosen(judged(pool), kinds), key=lambda patient: (begun[patient], patient))
    names = {patient: f"V{number:03}" for number, patient in enumerate(order, 1)}
    return {name: sorted((names[row[0]], *row[1:]) for row in rows if row[0] in names) for name, rows in pool.items()}


def write(folder: Path) -> None:
    """Write the tables of the cohort into a folder."""
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[name])
            writer.writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
