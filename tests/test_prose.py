"""Sentences of guidelines: which numbers they name, how they compare them, and whether a condition agrees."""

from fractions import Fraction

import pytest

from criterium.language import library
from criterium.verify.checks.prose import prose
from criterium.verify.checks.prose_numbers import mentions
from criterium.verify.findings import settled

F = Fraction
SENTENCES = [
    ("<LLN - 75", [(F(1), "lln", "upper", False), (F(75), "", "lower", True)]),
    (">ULN - 2.5 x ULN", [(F(1), "uln", "lower", False), (F("2.5"), "uln", "upper", True)]),
    ("<75 - 50% LLN", [(F("0.75"), "lln", "upper", False), (F("0.5"), "lln", "lower", True)]),
    ("0.03 - <0.05", [(F("0.03"), "", "lower", True), (F("0.05"), "", "upper", False)]),
    ("2.0 - 2.5 x baseline", [(F(2), "baseline", "lower", True), (F("2.5"), "baseline", "upper", True)]),
    ("125 - 129", [(F(125), "", "lower", True), (F(129), "", "upper", True)]),
    (">20.0 x ULN", [(F(20), "uln", "lower", False)]),
    ("a quarter or more, but less than half", [(F(25), "", "lower", True), (F(50), "", "upper", False)]),
    ("at least 20% and 5mm larger", [(F(20), "", "lower", True), (F(5), "", None, None)]),
    ("twice in four weeks or more", [(F(28), "", "lower", True)]),
    ("within twelve weeks", [(F(84), "", "upper", True)]),
    ("not more than 2 mm", [(F(2), "", "upper", True)]),
    ("no less than a third", [(F(100, 3), "", "lower", True)]),
    ("one or more lesions", []),
    ("all known disease gone", []),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_numbers_of_a_sentence(sentence, expected):
    """A sentence is read as people read it: `<X - Y` falls, `>X - Y` rises, a shared cut is of the milder grade."""
    assert [(one.value, one.limit, one.way, one.inclusive) for one in mentions(sentence)] == expected


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_places_of_numbers(sentence, expected):
    """Every number is where it says it is."""
    for one in mentions(sentence):
        assert sentence[one.start : one.end] == one.text
    assert len(mentions(sentence)) == len(expected)


def test_own_unit_is_no_unit():
    """A number in the unit of its band is compared with the numbers of the band."""
    (one,) = mentions("<10.0 g/dL", "g/dL")
    assert (one.value, one.dimension) == (10, None)


def test_shipped_sentences_agree():
    """No sentence of a shipped criterion says anything else than its condition, unless the file declares it."""
    for path in library.files():
        criterion = library.load(str(path))
        assert settled(prose(criterion), criterion.expected, ["CRT201", "CRT202", "CRT203"]).errors == 0


@pytest.mark.parametrize(
    ("says", "when", "codes"),
    [
        ("up by at least 20 percent", "regrowth >= 20 percent", []),
        ("up by 20 percent or more", "regrowth >= 20 percent", []),
        ("up by a fifth", "regrowth > 20 percent", []),
        ("up by more than 20 percent", "regrowth >= 20 percent", ["CRT202"]),
        ("up by less than 20 percent", "regrowth >= 20 percent", ["CRT202"]),
        ("up by at least 25 percent", "regrowth >= 20 percent", ["CRT201"]),
        ("up by at least 20 mm", "regrowth >= 20 percent", ["CRT201"]),
        ("up by at least 20 percent", "size >= 1.2 * nadir size", []),
        ("up by at least 20 percent", "size > 1.2 * nadir size", ["CRT202"]),
        ("up by at least 2 cm", "size >= 20 mm", []),
        ("not below 20 percent", "not regrowth < 20 percent", []),
        ("below 20 percent", "not regrowth < 20 percent", ["CRT202"]),
    ],
)
def test_sentence_against_condition(tmp_path, says, when, codes):
    """A number must be there in the unit it is said in, and compared as the words say."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"""id: mine
version: 1.0.0
title: One sentence
kind: response
language: 1
source: [{{cite: an example, for: everything, confidence: derived}}]
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  regrowth: percent rise of size from nadir
classes:
  - {{class: PD, says: {says}, when: {when}}}
  - {{class: SD, when: otherwise}}
unknown: NE
"""
    )
    assert [one.code for one in prose(library.load(str(path)))] == codes
