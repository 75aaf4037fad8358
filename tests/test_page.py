"""The page of a criterion: what a reader holds against the paper."""

import re
from pathlib import Path

import pytest

from criterium.commands.show import made
from criterium.language import library
from criterium.report.page import sheets
from tests.calls import call

PAGES = Path(__file__).parents[1] / "docs/criteria"
FILE = """\
id: mine
version: 1.0.0
title: Mine
kind: response
language: 1
note: A remark.
source:
  - {cite: Somebody 2000, for: the fall, confidence: read}
  - {cite: Somebody 2001, for: the rise, confidence: recalled, certainty: 0.7}
parameters:
  partial: {value: 30 percent, means: least fall, cite: Somebody 2000, confidence: read}
  small: {value: 5 mm, means: too small, confidence: derived}
  reading: {value: strict, one_of: [strict, loose], means: how to read it, cite: Somebody 2000, confidence: read}
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  shrinkage: percent fall of size from baseline
conditions:
  low: [10 mm <= size < 20 mm]
  tiny: [size < small]
  late: date > start
components:
  target:
    classes:
      - {class: PR, name: Partial response, says: it is smaller, when: [shrinkage >= partial, not tiny]}
      - {class: SD, name: Stable disease, when: otherwise}
table:
  columns: [target, late, class]
  hit: first
  rows:
    - [PR, true, PR]
    - [PR or SD, any, SD]
    - [not PR, any, NE]
order: [PR, SD]
unknown: NE
course:
  name: best response
  conditions:
    confirmed: seen PR twice at least 4 weeks apart with only PR or NE between with at most 1 NE between
  classes:
    - {class: PR, when: confirmed}
    - {class: SD, when: seen SD or better from 6 weeks after start}
    - {class: NE, when: otherwise}
"""


@pytest.fixture
def found(tmp_path):
    """Return the sheets of the criterion above by their ids, each as its rows."""
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    return {sheet.id: sheet.rows for sheet in sheets(library.load(str(path)))}


def test_thresholds_say_whether_the_limit_counts(found):
    """A threshold has its words and unit, the side on which the limit is, its place and its source."""
    rows = {(row[0], row[1]): row[2:] for row in found["thresholds"]}
    assert rows["shrinkage: percent fall of size from baseline", "at least 30 percent"] == (
        "counts",
        "PR of target",
        "partial",
        "Somebody 2000 (read)",
    )
    size = "size: sum of long over target lesions"
    assert rows[size, "less than 5 mm"] == ("does not count", "tiny", "small", "derived")
    assert rows[size, "at least 10 mm"][:2] == ("counts", "low")
    assert rows[size, "less than 20 mm"][:2] == ("does not count", "low")
    assert len(rows) == 4


def test_a_citation_without_confidence_stands_alone(tmp_path):
    """Nobody said how sure the number is; the page does not pretend that somebody did."""
    path = tmp_path / "mine.yaml"
    cited = "means: least fall, cite: Somebody 2000"
    path.write_text(FILE.replace(f"{cited}, confidence: read", cited), encoding="utf-8")
    parameters = next(one.rows for one in sheets(library.load(str(path))) if one.id == "parameters")
    assert [row[-1] for row in parameters if row[0] == "partial"] == ["Somebody 2000"]


def test_conditions_are_in_words(found):
    """Boundaries and dates are in words, a range as one sentence, a parameter as its value."""
    assert dict(found["steps-conditions"]) == {
        "low": "size at least 10 mm and less than 20 mm",
        "tiny": "size less than 5 mm",
        "late": "date after start",
    }


def test_a_decision_table_is_a_table(found):
    """The cells of a decision table stand in its columns."""
    assert found["steps-class"] == (
        ("PR", "true", "PR"),
        ("PR or SD", "any", "SD"),
        ("not PR", "any", "NE"),
    )


def test_a_ladder_has_its_sentences(found):
    """A class has its name, the guideline's sentence and the rule."""
    assert found["steps-target"][0] == (
        "PR",
        "Partial response",
        "it is smaller",
        "shrinkage at least 30 percent and not tiny",
    )


def test_confirmation_is_a_sentence(found):
    """A pattern in time is a sentence of its own."""
    assert dict(found["patterns"]) == {
        "confirmed": "PR at two assessments at least 4 weeks apart, with only PR or NE between them, at most 1 of them "
        "NE.",
        "SD of the course": "SD or PR at one assessment or more, from 6 weeks after start or later.",
    }


def test_open_questions(found):
    """Readings, and what is recalled or derived, are open questions; what was read is not."""
    assert found["questions"] == (
        ("too small", "5 mm", "", "small", "derived"),
        ("how to read it", "strict", "loose", "reading", "Somebody 2000 (read)"),
        ("the rise", "", "", "", "Somebody 2001 (recalled 0.7)"),
    )


def test_text_and_markdown_say_the_same(tmp_path):
    """Every cell of the page stands in its Markdown too."""
    path = tmp_path / "mine.yaml"
    path.write_text(FILE, encoding="utf-8")
    code, text, _ = call("show", str(path), "--format", "markdown")
    assert code == 0
    assert text.startswith("# Mine\n\nmine 1.0.0+")
    assert "\nA remark.\n" in text
    plain = text.replace("\\", "")
    for sheet in sheets(library.load(str(path))):
        assert f"\n## {sheet.title}\n" in plain
        assert all("| " + " | ".join(row) + " |\n" in plain for row in sheet.rows)


def test_every_threshold_of_a_shipped_criterion_has_its_number():
    """In the page of every criterion each number that something is compared with stands with its unit."""
    for path in library.files():
        for sheet in sheets(library.load(str(path))):
            if sheet.id == "thresholds":
                at = sheet.columns.index("limit")
                assert all(re.search(r"\d", str(row[at])) for row in sheet.rows), path.name


def test_the_pages_are_what_the_files_give():
    """`docs/criteria` holds what `criterium pages` writes, and nothing else."""
    there = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*")}
    assert there == made()
