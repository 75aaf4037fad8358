"""What is unknown is taken case by case: the possible grades are those of all its completions, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criterium.language import library, tree
from criterium.verify.examples.results import exact_grades

# Terms whose rungs are told apart by flags: the criterion, the flags, and the unit.
FLAGGED: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "potassium_low": ("ctcae-4.03", ("symptoms",), "mmol/L"),
    "uric_acid_high": ("ctcae-4.03", ("consequences",), "mg/dL"),
    "glucose_high": ("ctcae-6.0", ("fasting",), "mg/dL"),
    "lipase": ("ctcae-5.0", ("symptoms",), "U/L"),
    "amylase": ("ctcae-6.0", ("symptoms", "moderate_symptoms"), "U/L"),
    "sodium_low": ("ctcae-5.0", ("symptoms",), "mmol/L"),
    "inr": ("ctcae-5.0", ("anticoagulated",), "ratio"),
    "bicarbonate_low": ("ctcae-5.0", ("intervention_initiated",), "mmol/L"),
}
BASELINE = ("alt", "ast", "alkaline_phosphatase", "ggt", "bilirubin")
FLAGS_OF_RATES: Sequence[Mapping[str, bool]] = ({}, {"dialysis": False}, {"dialysis": False, "heavy_proteinuria": True})
load = cache(library.load)
tenths = st.integers(1, 6000).map(lambda number: Fraction(number, 10))


@pytest.mark.parametrize("term", FLAGGED)
@settings(max_examples=8)
@given(value=tenths, limit=tenths, baseline=tenths)
def test_unknown_flags(term: str, value: Fraction, limit: Fraction, baseline: Fraction) -> None:
    """With flags that nobody knows, a grade is possible exactly if some completion of the flags gives it."""
    name, flags, unit = FLAGGED[term]
    criterion = load(name)
    example = {"term": term, "value": value, "unit": unit, "lln": limit, "uln": 2 * limit, "baseline": baseline}
    completions = [
        {**example, **dict(zip(flags, values, strict=True))} for values in product([True, False], repeat=len(flags))
    ]
    assert exact_grades(criterion, example) == together(criterion, completions)


@pytest.mark.parametrize("name", ["ctcae-5.0", "ctcae-6.0"])
@pytest.mark.parametrize("term", BASELINE)
@settings(max_examples=8)
@given(value=tenths, limit=tenths, baseline=tenths)
def test_unknown_status_of_the_baseline(
    name: str, term: str, value: Fraction, limit: Fraction, baseline: Fraction
) -> None:
    """Without the limit of the baseline record, a grade is possible exactly if a normal or an abnormal one gives it.

    An abnormal one lies up to five times its limit or beyond, which v6.0 tells apart.
    """
    criterion = load(name)
    example = {"term": term, "value": value, "unit": "U/L", "uln": limit, "baseline": baseline}
    completions = [{**example, "baseline_uln": own} for own in (baseline * 2, baseline / 4, baseline / 8)]
    assert exact_grades(criterion, {**example, "baseline_uln": None}) == together(criterion, completions)


@pytest.mark.parametrize("name", ["ctcae-4.03", "ctcae-6.0"])
@settings(max_examples=30)
@given(creatinine=st.integers(3, 120), age=st.integers(18, 95), flags=st.sampled_from(FLAGS_OF_RATES))
def test_unknown_sex(name: str, creatinine: int, age: int, flags: Mapping[str, bool]) -> None:
    """Without the sex, a grade is possible exactly if some rate from that of one sex to that of the other has it."""
    value = Fraction(creatinine, 10)
    low, high = sorted(rate(float(value), age, *sex) for sex in ((0.7, -0.241, 1.012), (0.9, -0.302, 1.0)))
    cuts = (15.0, 29.0, 29.5, 30.0, 59.0, 59.5, 60.0)
    rates = [low, *(cut for cut in cuts if low < cut < high), (low + high) / 2, high]
    example = {"term": "chronic_kidney_disease", **flags}
    measured = [{**example, "value": Fraction(one), "unit": "mL/min/{1.73_m2}"} for one in rates]
    computed = {**example, "test": "creatinine", "value": value, "unit": "mg/dL", "age": age}
    assert exact_grades(load(name), computed) == together(load(name), measured)


def rate(creatinine: float, age: int, cut: float, power: float, factor: float) -> float:
    """Return the rate by CKD-EPI 2021 as it is published, with the numbers of one sex."""
    share = creatinine / cut
    return float(142 * min(share, 1) ** power * max(share, 1) ** -1.2 * 0.9938**age * factor)


def together(criterion: tree.Criterion, examples: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the grades that are possible in any of several examples."""
    return tuple(sorted({grade for example in examples for grade in exact_grades(criterion, example)}))
