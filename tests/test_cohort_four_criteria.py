"""The cohort of four criteria: made by its script, with the printed margins, and judged alike by another program."""

import csv
import math
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from itertools import groupby, product
from pathlib import Path

import pytest

from criterium.study.comparisons import comparisons
from criterium.study.exports import tables
from criterium.study.plan import study_of
from criterium.study.printed import rounded
from criterium.study.queries import ask
from criterium.study.results import run
from tests.calls import environment
from tests.small import figures_of

FOLDER = Path(__file__).parents[1] / "cohorts/gep-net-four-criteria"
PRINTED = {
    "recist": (28, 49, 24),
    "swog": (25, 49, 26),
    "recist-mr": (44, 33, 24),
    "swog-mr": (45, 29, 26),
}
CLASSES = ("CR or PR", "MR", "SD", "PD", "NE")
COLUMNS = {"recist": "BEST_RECIST", "swog": "BEST_SWOG", "recist-mr": "BEST_RECIST-MR", "swog-mr": "CBOR"}


@cache
def results():
    return run(study_of(FOLDER))


@cache
def best(name):
    """Return the best response of every patient by one of the criteria."""
    courses = tables(results())["courses"]
    return dict(zip(courses["USUBJID"], courses[COLUMNS[name]], strict=True))


def merged(word):
    return "CR or PR" if word in {"CR", "PR"} else word


def rows_of(table):
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- how it was made --------------------------------------------------------------------------------------------------
def test_the_script_makes_the_tables(tmp_path):
    """Run into an empty folder, the script writes the four shipped tables byte for byte."""
    command = [sys.executable, str(FOLDER / "make.py"), str(tmp_path)]
    subprocess.run(command, check=True, env=environment())
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}
    assert len(made) == 4


def test_targets_are_measurable():
    """Each patient has 2 to 5 targets, no more than two of a site; nodes have a short axis of 15 mm, others 10 mm."""
    first = {row["patient_id"]: row["date"] for row in reversed(rows_of("lesions"))}
    chosen = [row for row in rows_of("lesions") if row["role"] == "target" and row["date"] == first[row["patient_id"]]]
    assert {*Counter(row["patient_id"] for row in chosen).values()} == {2, 3, 4, 5}
    assert max(Counter((row["patient_id"], row["site"]) for row in chosen).values()) == 2
    assert min(float(row["short_mm"]) for row in chosen if row["site"] == "lymph node") >= 15
    assert min(float(row["long_mm"]) for row in chosen) >= 10


# --- what is printed --------------------------------------------------------------------------------------------------
def test_every_printed_share_is_a_figure_that_agrees():
    """The 12 printed shares, of 257 patients each, and the 268 and 11 patients are computed as they were printed."""
    found = figures_of(results())
    for name, shares in PRINTED.items():
        for class_, share in zip(("response", "stable", "progressive"), shares, strict=True):
            one = found[f"{name}-{class_}"]
            assert (one.published, one.computed, one.agrees) == (f"{share} percent", f"{share} percent", True)
            assert one.note.endswith("of 257")
    assert Counter(one.agrees for one in found.values()) == {True: 14, None: 9}


def test_recist_margins_have_one_solution():
    """Of 257, only 71, 125 and 61 round to 28, 49 and 24 percent, and only 112, 84 and 61 to 44, 33 and 24."""

    def solutions(shares):
        counts = [[n for n in range(258) if rounded(100 * n / 257, 0) == str(share)] for share in shares]
        return [three for three in product(*counts) if sum(three) == 257]

    assert solutions(PRINTED["recist"]) == [(71, 125, 61)]
    assert solutions(PRINTED["recist-mr"]) == [(112, 84, 61)]
    assert (64, 126, 67) in solutions(PRINTED["swog"])
    assert (115, 75, 67) in solutions(PRINTED["swog-mr"])


def test_the_joint_table_is_that_of_the_readme():
    """The README prints the joint table that the criteria give."""
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").partition("RECIST with minor response | SWOG")[2]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()[2:7]]
    told = {(row[0], to): int(cell or 0) for row in table for to, cell in zip(CLASSES, row[1:6], strict=True)}
    counted = Counter((merged(best("recist-mr")[one]), merged(best("swog-mr")[one])) for one in best("swog"))
    assert counted == Counter({key: count for key, count in told.items() if count})


def test_only_stable_disease_becomes_minor_response():
    """Without minor response its patients are stable, and all others keep their class; the same 11 have none."""
    for name in ("recist", "swog"):
        with_minor = best(f"{name}-mr")
        assert {one: "SD" if word == "MR" else word for one, word in with_minor.items()} == best(name)
    unknown = [{one for one, word in best(name).items() if word == "NE"} for name in PRINTED]
    assert [len(one) for one in unknown] == [11] * 4
    assert len(set.union(*unknown)) == 11


def test_progression_as_best_response_means_the_shortest_life():
    """By each criterion patients with progression live less than a third as long as either of the others."""
    made = comparisons(results(), ask(results()))
    for one in made.values():
        response, stable, progressive = (median.value for median in one.medians)
        assert math.isfinite(stable)
        assert max(response, stable) < 1.5 * min(response, stable)
        assert progressive < min(response, stable) / 3


# --- another program --------------------------------------------------------------------------------------------------
@cache
def scans():
    """Return for each patient the scans from the baseline on: days from the start, and the rows."""
    start = {row["patient_id"]: row["date"] for row in reversed(rows_of("treatments"))}
    found = defaultdict(lambda: defaultdict(list))
    for row in rows_of("lesions"):
        day = date.fromisoformat(row["date"]) - date.fromisoformat(start[row["patient_id"]])
        found[row["patient_id"]][day.days].append(row)
    return found


def tenths(text):
    """Return millimetres as a whole number of tenths."""
    return int(text.replace(".", "")) if text else 0


def recist(row):
    return tenths(row["short_mm" if row["site"] == "lymph node" else "long_mm"])


def swog(row):
    return tenths(row["long_mm"]) * tenths(row["short_mm"])


def grown_by_recist(size, least):
    return 5 * size >= 6 * least and size - least >= 50


def grown_by_swog(size, least):
    return 2 * size >= 3 * least or size - least >= 100_000


def courses(measure, grown, response, minor):
    """Yield each patient with the classes of the scans, as (day, class), up to progression; None if not measured.

    Sizes are whole numbers; `response` and `minor` are what remains of the baseline, in percent, at most.
    """
    for patient, by_day in scans().items():
        classes, least, shrunk, seen = [], None, False, set()
        for day, rows in sorted(by_day.items()):
            targets = [row for row in rows if row["role"] == "target"]
            size = sum(measure(row) for row in targets)
            there = {row["lesion_id"] for row in targets if row["state"] == "present"}
            if least is None:
                baseline = least = size
                continue
            if any(row["state"] == "not evaluable" for row in targets):
                classes.append((day, None))
                continue
            worse = any(row["role"] == "new" or row["state"] == "unequivocal progression" for row in rows)
            if worse or grown(size, least) or there & seen:
                classes.append((day, "PD"))
                break
            seen |= {row["lesion_id"] for row in targets if row["state"] == "absent"}
            shrunk = shrunk or 100 * size <= response * baseline
            lasting = shrunk if measure is recist else 100 * size <= response * baseline
            word = "CR or PR" if lasting else "MR" if 100 * size <= minor * baseline else "SD"
            classes.append((day, word))
            least = min(least, size)
        yield patient, classes


def summed_up(classes, measure):
    """Return the best response: a response twice in 28 days (RECIST: and as long), SD from day 42, or progression."""
    for word, better in (("CR or PR", {"CR or PR"}), ("MR", {"CR or PR", "MR"})):
        runs = [list(run) for good, run in groupby(classes, lambda one, better=better: one[1] in better) if good]
        spans = runs if measure is recist else [[one for run in runs for one in run]]
        if any(span and span[-1][0] - span[0][0] >= 28 for span in spans):
            return word
    if any(day >= 42 and word in {"CR or PR", "MR", "SD"} for day, word in classes):
        return "SD"
    return "PD" if any(word == "PD" for _, word in classes) else "NE"


@pytest.mark.parametrize(
    ("name", "measure", "grown", "response", "minor"),
    [
        ("recist-mr", recist, grown_by_recist, 70, 87),
        ("recist", recist, grown_by_recist, 70, -1),
        ("swog-mr", swog, grown_by_swog, 50, 75),
        ("swog", swog, grown_by_swog, 50, -1),
    ],
)
def test_another_program_gives_the_same_responses(name, measure, grown, response, minor):
    """Forty lines of plain Python over the CSV files, in whole numbers, give every patient the same best response."""
    told = {one: merged(word) for one, word in best(name).items()}
    again = courses(measure, grown, response, minor)
    assert {patient: summed_up(classes, measure) for patient, classes in again} == told
