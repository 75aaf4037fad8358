"""Whoever reads the class of a step reads the last one: that of the last stage, where a criterion has stages."""

from __future__ import annotations

import pytest

from criterium.compare.timelines import matrices
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.explain.parts import part
from criterium.explain.patient import Asked, explained
from criterium.language import library
from criterium.language.file.source import parse
from criterium.language.lower import lower
from criterium.study.admission import admitted
from criterium.study.exports import tables
from criterium.study.plan import folder_of, survey
from criterium.study.results import run
from criterium.verify.check import check
from criterium.verify.examples.cases import case_of
from criterium.verify.proofs.worlds import Bound, Impossible, Witness
from tests.small import write

TABLES = library.tables()
TWO = Bound(steps=2)
# A large size is `kept` if a later one is large too; what a first look calls `large` or `small` no reader wants.
MINE = """id: mine
version: 1.0.0
title: Made for a test
kind: response
language: 1
source: [{cite: an example, for: everything, confidence: derived}]
parameters: {limit: {value: 10 mm, means: a large size, cite: nobody}}
each: assessment
of: lesions
measures: {size: sum of long over target lesions in mm}
conditions: {big: size >= limit}
classes:
  - {class: large, when: size >= limit}
  - {class: small, when: otherwise}
stages:
  settled:
    classes:
      - {class: kept, when: [class is large, any later class is large]}
      - {class: lost, when: class is large}
      - {class: low, when: otherwise}
unknown: NE
order: [kept, lost, low]
"""


def findings(folder, text, name="mine"):
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [(one.code, one.about) for one in check(str(folder / f"{name}.yaml"), TABLES, TWO)[1].open]


# --- claims -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claim", "refuted"),
    [
        ("kept is never given without big", False),
        ("low is never given without big", True),
        # A size of 10 mm or more is `kept` or `lost`, a smaller one `low`: the larger size has the better class.
        ("monotone in size", True),
        # Before a stage a size is large or small, and these are no classes that a reader gets.
        ("large is never given without big", True),
    ],
)
def test_claims_are_of_the_last_class(tmp_path, claim, refuted):
    """A claim is proved, or refuted, of the classes that the last stage gives."""
    assert findings(tmp_path, f"{MINE}claims: [{claim}]\n") == ([("CRT109", claim)] if refuted else [])


def test_a_better_class_that_only_a_later_step_gives_refutes_monotony(tmp_path):
    """Of the last step a larger size makes `low` from `low`; of the one before it, `kept`, for the size after it."""
    text = MINE.replace("{class: lost, when: class is large}", "{class: low, when: class is large}")
    text = text.replace("order: [kept, lost, low]", "order: [kept, low]")
    assert findings(tmp_path, f"{text}claims: [monotone in size]\n") == [("CRT109", "monotone in size")]


OVERLAY = """id: other
version: 1.0.0
title: Made for a test, with a smaller limit
extends: mine@1.0.0
source: [{cite: an example, for: everything, confidence: derived}]
"""


def test_claims_of_two_criteria_compare_their_last_classes(tmp_path):
    """With a limit of 5 mm what was low is kept, or lost; what was lost may be kept, for what comes later."""
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    lower_limit = f"{OVERLAY}parameters: {{limit: {{value: 5 mm, means: a large size, cite: nobody}}}}\n"
    claims = "only low or lost becomes kept, only low becomes lost, only low becomes kept"
    assert findings(tmp_path, f"{lower_limit}claims: [{claims}]\n", "other") == [("CRT109", "only low becomes kept")]


def test_a_class_that_is_added_to_a_stage_wants_a_claim(tmp_path):
    """The class is new in the ladder that has the last word in the base."""
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")
    added = "stages: {settled: {classes: {add: [{class: huge, before: kept, when: size >= 90 mm}]}}}\n"
    assert findings(tmp_path, f"{OVERLAY}{added}order: {{add: [{{word: huge, before: kept}}]}}\n", "other") == [
        ("CRT112", "classes.huge")
    ]


# --- two criteria on every timeline -----------------------------------------------------------------------------------
def test_timelines_are_asked_about_the_last_class_of_any_step():
    """10 mm and 10 mm again are kept; with a limit of 20 mm, low. No course that ends there shows it."""
    one, other = (lower(parse(text, "mine"), TABLES) for text in (MINE, MINE.replace("10 mm", "20 mm")))
    (matrix,) = matrices(one, other, TABLES, TWO)
    assert matrix.rows == ("kept", "lost", "low", "NE")
    met = matrix.cells["kept", "low"]
    assert isinstance(met, Witness)
    assert met.steps == 2
    assert isinstance(matrix.cells["low", "kept"], Impossible)


# --- explained --------------------------------------------------------------------------------------------------------
def course(*sizes):
    """Return what the criterion says of a course of sizes, the first being the baseline, and of why not `kept`."""
    mine = lower(parse(MINE, "mine"), TABLES)
    case = case_of(mine, {"lesions": [{"role": "target", "long": list(sizes)}]}, TABLES)
    return part("response", Walk(mine, Exact(case.frame, 0)), TABLES, "kept")


def own(found, visit):
    return next(one for one in visit.verdicts if one.ladder == found.final)


def test_the_last_class_is_explained():
    """30, 12, 12 and 8 mm: kept for the second 12 mm, lost for the 8 mm, low."""
    found = course(30, 12, 12, 8)
    assert found.stages == ("class", "settled")
    assert [own(found, one).label for one in found.visits[1:]] == ["kept", "lost", "low"]
    assert [dot.label for dot in found.curves[0].dots] == ["", "kept", "lost", "low"]
    assert found.curves[0].order == ("kept", "lost", "low")


def test_why_not_is_asked_of_the_last_class():
    """The second of two large sizes is not kept, as no later one is large: the last is 8 mm."""
    found = course(30, 12, 12, 8)
    (blocked,) = own(found, found.visits[2]).why_not
    assert [(one.text, one.numbers) for one in blocked.atoms] == [("any later class is large", "small on 1970-06-18")]
    assert not any(one.why_not for one in found.visits[2].verdicts if one.ladder == "class")


def test_a_flip_is_one_of_the_last_class():
    """8 mm are low; with 10 mm they are lost, the large size that nothing follows."""
    flip = course(30, 12, 12, 8).visits[3].flips[0]
    assert (flip.old, flip.new, flip.label) == (8, 10, "lost")


LESIONS = """patient_id,date,lesion_id,role,site,long_mm,short_mm,state
A,2019-12-20,T1,target,liver,40,30,present
A,2020-03-01,T1,target,liver,50,30,present
A,2020-05-01,T1,target,liver,55,30,present
"""
STUDY = """id: small
title: A small study
cohort: made by hand
source: [{cite: no paper, for: nothing, confidence: derived}]
courses: [only]
response: irecist@1.0.0
endpoints: [overall-survival@1.0.0]
"""


def test_exports_hold_the_last_class_and_those_before(tmp_path):
    """40, 50 and 55 mm: a quarter more, then 5 mm more, which confirms it. The first date is that of progression."""
    frame = tables(run(survey(write(tmp_path, STUDY, lesions=LESIONS))))["assessments"]
    mine = frame[frame["USUBJID"] == "A"]
    assert mine["AVALC"].tolist() == ["PD", "iCPD"]
    assert mine["IMMUNE"].tolist() == ["iUPD", "iCPD"]
    assert mine["ORIGINAL"].tolist() == ["PD", "PD"]
    assert mine["CLAUSEID"].str.startswith(("2. PD: ", "1. iCPD: ")).all()


@pytest.mark.parametrize(("label", "ladder"), [("iUPD", "immune"), ("PD", "dated"), ("CR", "class")])
def test_the_last_stage_that_can_give_a_class_is_asked_for_it(tmp_path, label, ladder):
    """`PD` is a class of the first look and of the last, which is asked; `iUPD` and `CR` are none of the last."""
    study = survey(folder_of(str(write(tmp_path, STUDY, lesions=LESIONS))))
    found = explained(study, *admitted(study), "A", Asked("response", label)).courses[0].parts[0]
    asked = {one.ladder for visit in found.visits for one in visit.verdicts if one.why_not}
    assert asked == {ladder}
