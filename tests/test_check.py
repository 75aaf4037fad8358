"""What is proved of criteria: bands, ladders, claims, unit columns; the shipped criteria have no open error."""

import csv
import re
from pathlib import Path

import pytest

from criterium.language import library, places
from criterium.language.units import unit
from criterium.verify.check import check
from criterium.verify.checks.bands import bands
from criterium.verify.checks.unit_columns import unit_columns
from criterium.verify.proofs.worlds import Bound

TABLES = library.tables()
HEAD = """id: mine
version: 1.0.0
title: Made for a test
kind: {kind}
language: 1
source: [{{cite: an example, for: everything, confidence: derived}}]
"""
RESPONSE = """each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  shrinkage: percent fall of size from baseline
  regrowth: percent rise of size from nadir
"""
LADDER = """classes:
  - {class: PD, when: regrowth >= 20 percent}
  - {class: PR, when: shrinkage >= 30 percent}
  - {class: SD, when: otherwise}
order: [PR, SD, PD]
unknown: NE
"""


def found(folder, text):
    """Return the open findings of a file, as pairs of code and what it is about."""
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return [(one.code, one.about) for one in check(str(path), TABLES)[1].open]


def response(body):
    return HEAD.format(kind="response") + RESPONSE + body


MANY = """classes:
  - {class: many, when: number of target lesions > 2}
  - {class: few, when: otherwise}
unknown: NE
claims: [every class reachable]
"""
THREE = """examples:
  - {lesions: [{role: target, long: [9, 9]}, {role: target, long: [9, 9]}, {role: target, long: [9, 9]}], class: many}
"""
WRONG = THREE.replace("class: many", "girth: [27, 27], class: many")
OVERLAY = HEAD.replace("kind: {kind}\nlanguage: 1\n", "extends: base@1.0.0\n").format()
UNREACHED = [("CRT103", "classes.many"), ("CRT111", "every class reachable")]


@pytest.mark.parametrize(
    ("examples", "more", "expected"),
    [
        (THREE, "", []),
        ("", "", UNREACHED),
        (THREE, "classes: {replace: [{class: many, when: number of target lesions > 3}]}\n", UNREACHED),
        (WRONG, "", UNREACHED),
    ],
)
def test_what_an_example_of_the_base_reaches_in_the_overlay_is_reached(tmp_path, examples, more, expected):
    """Three lesions are more than the solver looks at: an example shows them, that of the base if it still does."""
    base = response(MANY + examples).replace("id: mine", "id: base")
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    assert sorted(found(tmp_path, OVERLAY + more)) == expected


def toxicity(bands_, more=""):
    return (
        HEAD.format(kind="toxicity")
        + more
        + "each: result\nof: labs\nunknown: not gradable\nterms:\n  sodium:\n    printed: Sodium\n"
        + "    category: Laboratory\n    tests: [sodium]\n    grades: [1, 2, 3]\n    bands:\n"
        + bands_
    )


# --- shipped criteria -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", library.files(), ids=lambda path: path.stem)
def test_shipped_criteria_have_no_open_error(path):
    """Claims are proved, every class is reachable, sentences agree, and the known defects of the texts are declared."""
    assert [one for one in check(str(path), TABLES)[1].open if one.severity == "error"] == []


def test_known_defects_of_the_grades():
    """The gap below the lower limit of filtration rates is declared, and so is every band that a limit can lie in."""
    declared = check("ctcae-3.0", TABLES)[1].declared
    assert [one.about for one, _ in declared if one.code == "CRT101"] == ["terms.gfr"]
    within = {one.about for one, _ in declared if one.code == "CRT107"}
    assert {
        f"terms.{name}" for name in ("neutrophils", "leukocytes", "hemoglobin", "glucose_high", "calcium_low")
    } <= within


# Term, unit, cut, other unit, cut, and the ends of the zone in the first unit, as printed in the tables of the facts.
ZONES = """\
hemoglobin,9.991,10 hemoglobin,7.896,8 hemoglobin,6.446,6.5
glucose_low,54.05,55 glucose_low,39.63,40 glucose_low,30,30.63
glucose_high,160,160.3 glucose_high,250,250.4 glucose_high,500,500.8
calcium_low,8,8.016 calcium_low,7,7.014 calcium_low,6,6.012
calcium_high,11.5,11.62 calcium_high,12.42,12.5 calcium_high,13.5,13.63
magnesium_low,1.2,1.215 magnesium_low,0.9,0.9722 magnesium_low,0.7,0.7291
magnesium_high,2.99,3 magnesium_high,8,8.021
phosphate_low,2.478,2.5 phosphate_low,1.858,2 phosphate_low,0.9292,1
cholesterol_high,299.7,300 cholesterol_high,399.8,400 cholesterol_high,499.6,500
uric_acid_high,9.918,10
triglycerides,150,151.4 triglycerides,300,302.8 triglycerides,500,504.7 triglycerides,1000,1009"""


def test_unit_columns_disagree_at_every_cut():
    """All 31 cut points that are printed in two concentration units disagree, in the zones of an independent table."""
    texts = [library.load("ctcae-3.0"), library.load(str(Path(__file__).parent / "defects/triglycerides-units.yaml"))]
    got = []
    for one in (one for text in texts for one in unit_columns(text)):
        low, high = re.match(r"([\d.]+) - ([\d.]+) ", one.what).groups()
        got.append((re.match(r"terms\.(\w+)", one.about)[1], float(low), float(high)))
    wanted = [(name, float(low), float(high)) for name, low, high in csv.reader(ZONES.split())]
    assert len(got) == len(wanted) == 31
    for mine, theirs in zip(sorted(got), sorted(wanted), strict=True):
        assert mine[0] == theirs[0]
        assert mine[1:] == pytest.approx(theirs[1:], rel=1e-3)


def test_scalings_agree():
    """Columns whose units are scalings of each other are the same to the last digit: g/dL and g/L, counts."""
    assert unit("g/dL").factor / unit("g/L").factor == 10
    assert not [one for one in unit_columns(library.load("ctcae-3.0")) if "g/L" in one.what.replace("mg/dL", "")]


# --- bands ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("bands_", "codes"),
    [
        ("      - {unit: mmol/L, low: [lln]}\n", set()),
        ("      - {unit: any, high: [1 uln, 2.5 uln, 5 uln]}\n", set()),
        ("      - {unit: mmol/L, low: [lln, 130, 120]}\n", {"CRT107"}),
        ("      - {unit: any, high: [1.5 uln]}\n", {"CRT101"}),
        (
            "      - unit: any\n        ladder: [{grade: 1, when: value > uln}, {grade: 2, when: value > 2 * uln}]\n",
            {"CRT102", "CRT104"},
        ),
        (
            (
                "      - unit: mmol/L\n"
                "        ladder: [{grade: 2, when: 3 <= value <= 4}, {grade: 1, when: 1 <= value < 2}]\n"
            ),
            {"CRT101"},
        ),
        ("      - unit: mmol/L\n        ladder: [{grade: 1, when: [value < 3, value > 4]}]\n", {"CRT103"}),
    ],
)
def test_bands(tmp_path, bands_, codes):
    """Gaps, overlaps, empty and shadowed bands and normal values with a grade are found, and nothing else."""
    assert {code for code, _ in found(tmp_path, toxicity(bands_))} == codes


def test_guard_keeps_normal_values_at_zero(tmp_path):
    """With the guard in force no value within its limits gets a grade."""
    guard = "parameters:\n  within_limits: {value: guard, one_of: [literal, guard], means: a guard, cite: an example}\n"
    assert found(tmp_path, toxicity("      - {unit: mmol/L, low: [lln, 130]}\n", guard)) == []


def test_witness_of_a_band_is_an_example():
    """The witness of the gap in filtration rates lies below the limit and above three quarters of it."""
    gap = next(one for one in bands(library.load("ctcae-3.0"), TABLES, Bound()) if one.about == "terms.gfr")
    value, lln = (float(re.search(rf"{name}: ([\d.]+)", gap.witness)[1]) for name in ("value", "lln"))
    assert 0.75 * lln <= value < lln
    assert "grade: 0" in gap.witness


RANGES = """classes:
  - {class: PR, when: shrinkage >= 50 percent}
  - {class: MR, when: 25 percent <= shrinkage <= 49 percent}
  - {class: SD, when: shrinkage < 25 percent}
  - {class: NE, when: otherwise}
order: [PR, MR, SD]
unknown: NE
"""


def test_ranges_that_do_not_meet(tmp_path):
    """A fall between 49 and 50 percent is in no range: an error, unless the ranges meet or the gap is declared."""
    assert found(tmp_path, response(RANGES)) == [("CRT101", "classes")]
    assert found(tmp_path, response(RANGES.replace("<= 49 percent", "< 50 percent"))) == []
    declared = "expected: [{finding: gap, about: classes, reason: the ranges are printed so}]\n"
    assert found(tmp_path, response(RANGES + declared)) == []
    assert ("CRT109", "no gaps") in found(tmp_path, response(RANGES + declared + "claims: [no gaps]\n"))


# --- ladders, parameters, claims --------------------------------------------------------------------------------------
def test_unknown_may_not_be_a_class(tmp_path):
    """What cannot be told is not a class that is better than another."""
    assert ("CRT105", "classes") in found(tmp_path, response(LADDER.replace("unknown: NE", "unknown: SD")))


def test_order_of_the_text_may_be_declared(tmp_path):
    """An overlap that the file declares is not an error."""
    lines = LADDER.splitlines(keepends=True)
    swapped = "".join([lines[0], lines[2], lines[1], *lines[3:]])
    assert found(tmp_path, response(swapped)) == [("CRT102", "classes PR and PD")]
    declared = "expected: [{finding: overlap, about: classes PR and PD, reason: the text says so}]\n"
    assert found(tmp_path, response(swapped + declared)) == []


@pytest.mark.parametrize(
    ("claim", "codes"),
    [
        ("no gaps", []),
        ("no overlaps", []),
        ("every class reachable", []),
        ("monotone in size", []),
        ("PR is never given without smaller", []),
        ("PD is never given without smaller", ["CRT109"]),
        ("only SD becomes PR", ["CRT109"]),
        ("no gap", ["CRT109"]),
        ("monotone in sise", ["CRT109"]),
    ],
)
def test_claims(tmp_path, claim, codes):
    """True claims are proved; a claim that is not true, or is no claim, is an error at its line."""
    text = response(LADDER).replace("classes:", "conditions:\n  smaller: size < baseline size\nclasses:", 1)
    assert [code for code, _ in found(tmp_path, f"{text}claims: [{claim}]\n")] == codes


def test_claim_that_is_not_monotone(tmp_path):
    """A class of large sizes that is better than one of small sizes refutes the claim."""
    classes = "classes:\n  - {class: PR, when: size > 150 mm}\n  - {class: SD, when: otherwise}\n"
    ladder = f"{classes}order: [PR, SD]\nunknown: NE\n"
    assert found(tmp_path, response(ladder + "claims: [monotone in size]\n")) == [("CRT109", "monotone in size")]


def test_claim_of_an_overlay_is_refuted_with_a_course(tmp_path):
    """A minor response above the partial one takes from it, and the witness says so when it is run."""
    base = (places.shipped("criteria") / "response" / "swog-mr.yaml").read_text(encoding="utf-8")
    text = base.replace("id: swog-mr", "id: mine", 1).replace(
        "before: SD\n      when: [shr", "before: PR\n      when: [shr"
    )
    (tmp_path / "mine.yaml").write_text(text.partition("examples:")[0], encoding="utf-8")
    refuted = [one for one in check(str(tmp_path / "mine.yaml"), TABLES)[1].open if one.code == "CRT109"]
    assert [one.about for one in refuted][:1] == ["only SD becomes MR"]
    (tmp_path / "mine.yaml").write_text(
        text.partition("examples:")[0] + f"examples:\n  {refuted[0].witness}\n", encoding="utf-8"
    )
    assert "CRT002" not in {one.code for one in check(str(tmp_path / "mine.yaml"), TABLES)[1].open}


TABLE = """conditions:
  bigger: regrowth >= 20 percent
  smaller: shrinkage >= 30 percent
components:
  target:
    classes: [{class: PR, when: smaller}, {class: SD, when: otherwise}]
    unknown: NE
table:
  columns: [bigger, target, class]
  hit: first
  rows:
    - [true, any, PD]
    - [false, PR, PR]
    - [false, SD, SD]
order: [PR, SD, PD]
unknown: NE
"""


def test_gap_of_a_table_may_be_declared(tmp_path):
    """A table without a row for a combination is not read, unless the file declares the gap; then nothing is given."""
    assert [code for code, _ in found(tmp_path, response(TABLE))] == ["CRT001"]
    declared = "expected: [{finding: gap, about: classes, reason: the printed table has no such row}]\n"
    example = "examples: [{size: [10, null], bigger: [false, false], class: NE}]\n"
    assert found(tmp_path, response(TABLE + declared + example)) == []
    filled = TABLE.replace("    - [false, SD, SD]\n", "    - [false, SD, SD]\n    - [false, NE, NE]\n")
    assert found(tmp_path, response(filled + declared)) == [("CRT501", "classes")]


def test_row_that_earlier_rows_take_is_shadowed(tmp_path):
    """A row whose combinations all stand in earlier rows is never read."""
    rows = "    - [false, SD, SD]\n    - [false, NE, NE]\n    - [true, NE, PD]\n"
    assert ("CRT104", "classes") in found(tmp_path, response(TABLE.replace("    - [false, SD, SD]\n", rows)))


def test_findings_do_not_depend_on_what_was_checked_before():
    """The same cases show the same findings, whatever the same process looked at in between."""
    first = check("ctcae-6.0-errata", TABLES)[1]
    check("swog-mr", TABLES)
    assert check("ctcae-6.0-errata", TABLES)[1] == first
