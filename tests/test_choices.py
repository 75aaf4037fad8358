"""Members that are chosen: by hand, as guidelines count them; what is not known of them; for how long they are kept."""

from math import isnan

import pytest

from criterium.compare.meaning import changes
from criterium.evaluate.algebra import Place
from criterium.evaluate.columns.algebra import Columns
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.explain.visits import rows
from criterium.language import library
from criterium.language.file.source import parse
from criterium.language.lower import lower
from criterium.verify.examples.cases import case_of
from criterium.verify.mutation.graph import Graph
from criterium.verify.mutation.mutants import mutants
from criterium.verify.proofs.worlds import Bound, Impossible, Witness, World

HEAD = """\
id: small
version: 1.0.0
title: A small criterion
kind: response
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: assessment
of: lesions
measures:
  size: sum of long over picked lesions in mm
  count: number of picked lesions
classes:
  - {class: any, when: otherwise}
unknown: NE
"""
LARGEST = "{of: target lesions, first: highest long, most: [2 of each site, 5], kept: from baseline}"


def bounds(choice, lesions, name="size"):
    """Return a measure of the chosen members at every step, as both algebras see it: (least, most), None for open."""
    criterion = lower(parse(f"{HEAD}chosen:\n  picked: {choice}\n", "small.yaml"), library.tables())
    case = case_of(criterion, {"lesions": lesions}, library.tables())
    found = []
    for step in range(len(case.frame.sizes)):
        place = Place("step", step)
        exact = Walk(criterion, Exact(case.frame, 0)).measure(name, place)
        columns = Walk(criterion, Columns(case.frame)).measure(name, place)
        ends = [None if isnan(end) else float(end) for end in (columns.low[0], columns.high[0])]
        assert [None if end is None else float(end) for end in (exact.low, exact.high)] == ends
        found.append(tuple(ends))
    return found


def lesion(site, *long, role="target"):
    return {"role": role, "site": site, "long": list(long)}


def known(*values):
    return [(value, value) for value in values]


def test_nested_quotas_pass_over_what_has_no_room():
    """A third lesion of the liver of 60 mm is passed over for one of the lung of 12 mm."""
    lesions = [lesion("liver", 100), lesion("liver", 80), lesion("liver", 60), lesion("lung", 12)]
    assert bounds(LARGEST, lesions) == known(192)


def test_five_in_all():
    """Of two in each of three organs, the five largest; the smallest, which is in the bone, is left out."""
    sites = ["liver", "liver", "lung", "lung", "bone", "bone"]
    lesions = [lesion(site, size) for site, size in zip(sites, range(60, 0, -10), strict=True)]
    assert bounds(LARGEST, lesions) == known(60 + 50 + 40 + 30 + 20)


def test_two_pools_are_two_choices():
    """A quota of a pool is that of a choice among the members of the pool."""
    lesions = [lesion("skin", 30), lesion("skin", 20), lesion("liver", 10)]
    skin = "{of: lesions where site is skin, first: highest long, most: 1, kept: from baseline}"
    assert bounds(skin, lesions) == known(30)


def test_a_choice_at_baseline_lasts():
    """What is chosen at baseline stays chosen when another has grown larger; one that is missing leaves a bound."""
    lesions = [lesion("liver", 30, 10, None), lesion("liver", 20, 20, 20), lesion("liver", 10, 90, 90)]
    assert bounds(LARGEST, lesions) == [(50, 50), (30, 30), (20, None)]


def test_a_growing_choice_fills_up():
    """New members join while there is room, and none has to go for a larger one that comes later."""
    choice = "{of: lesions, first: highest long, most: [2 of each site], kept: growing}"
    late = lesion("liver", None, 50, 60, role="new")
    later = lesion("liver", None, None, 90, role="new")
    assert bounds(choice, [lesion("liver", 10, 10, 10), late, later]) == known(10, 60, 70)


def test_a_choice_anew_is_that_of_the_step():
    """The hottest of each date need not be the same: 10.0, then another with 7.1."""
    choice = "{of: lesions, first: highest long, most: 1, kept: anew}"
    assert bounds(choice, [lesion("liver", 10.0, 3), lesion("lung", 6, 7.1)]) == known(10, 7.1)


def test_the_smallest_first():
    """`lowest` begins at the other end."""
    choice = "{of: lesions, first: lowest long, most: 2, kept: anew}"
    assert bounds(choice, [lesion("liver", 3), lesion("liver", 1), lesion("liver", 2)]) == known(3)


def test_of_two_that_are_the_same_one_is_chosen():
    """As many as there is room for are chosen, whatever the ties."""
    choice = "{of: lesions, first: highest long, most: 2, kept: anew}"
    assert bounds(choice, [lesion("liver", 7), lesion("lung", 7), lesion("bone", 7)], "count") == known(2)


@pytest.mark.parametrize(
    ("lesions", "size", "count"),
    [
        ([lesion("liver", 30), lesion("liver", 20), lesion("liver", None)], (30, None), (1, 3)),
        ([lesion("liver", 30), lesion("liver", 20), lesion(None, 10)], (50, 60), (2, 3)),
        ([lesion("liver", 30), lesion("lung", None)], (30, None), (2, 2)),
    ],
)
def test_who_is_chosen_may_be_unknown(lesions, size, count):
    """Without a size one may push another out, without a site it may have room; with room for all nothing is open."""
    for one in lesions:
        one["state"] = ["present"]
    choice = LARGEST.replace("target lesions", "lesions")
    assert bounds(choice, lesions) == [size]
    assert bounds(choice, lesions, "count") == [count]


def test_a_choice_among_those_of_another():
    """A quota may be a parameter, and a choice may be made among those of another."""
    text = HEAD + "parameters: {most: {value: 2, means: a number}}\nchosen:\n"
    text += "  large: {of: lesions, first: highest long, most: most, kept: anew}\n"
    text += "  picked: {of: large lesions, first: lowest long, most: 1, kept: anew}\n"
    criterion = lower(parse(text, "small.yaml"), library.tables())
    case = case_of(criterion, {"lesions": [lesion("liver", size) for size in (3, 2, 1)]}, library.tables())
    assert Walk(criterion, Exact(case.frame, 0)).measure("size", Place("step", 0)).low == 2


def test_what_is_chosen_can_be_proved():
    """With one of each site, members of three sites are three and of one site one; a course here has no five."""
    text = HEAD.replace("  - {class: any, when: otherwise}\n", "").replace("unknown: NE\n", "")
    text += "  - {class: five, when: count > 4}\n  - {class: three, when: count = 3}\n"
    text += "  - {class: few, when: otherwise}\n"
    text += "unknown: NE\nchosen:\n  picked: {of: lesions, first: highest long, most: 1 of each site, kept: anew}\n"
    criterion = lower(parse(text, "small.yaml"), library.tables())
    world = World([criterion], library.tables(), Bound(steps=1))

    def says(label):
        return world.ever(lambda walks, at: walks[0].algebra.one_of(walks[0].decision("class", at).label, (label,)))

    found = says("three")
    assert isinstance(found, Witness)
    assert len({one["site"] for one in found.example["lesions"]}) == 3
    assert isinstance(says("few"), Witness)
    assert isinstance(says("five"), Impossible)


def criterion_of(choice):
    return lower(parse(f"{HEAD}chosen:\n  picked: {choice}\n", "small.yaml"), library.tables())


def test_an_explanation_says_who_was_chosen():
    """Beside each lesion of a date stands whether it was chosen, or that this is not known."""
    lesions = [lesion("liver", 100), lesion("liver", 80), lesion("liver", None), lesion("lung", 12)]
    for one in lesions:
        one["state"] = ["present"]
    criterion = criterion_of(LARGEST)
    walk = Walk(criterion, Exact(case_of(criterion, {"lesions": lesions}, library.tables()).frame, 0))
    found = rows(walk, Place("step", 0), library.tables()["lesions"])
    said = [next(one.text for one in row.values if one.name == "picked") for row in found]
    assert said == ["yes", "not known", "not known", "yes"]


def test_a_comparison_says_what_is_chosen_otherwise():
    """A quota that differs is one change, said as a sentence on both sides."""
    (change,) = changes(criterion_of(LARGEST), criterion_of(LARGEST.replace("site, 5", "site, 4")))
    assert (change.kind, change.what) == ("value", "chosen: picked")
    assert change.before == "target lesions, highest long first, at most 2 of each site and 5, from baseline"
    assert change.after == "target lesions, highest long first, at most 2 of each site and 4, from baseline"


def test_mutants_of_a_choice():
    """The end it begins at, each quota, its number and the time for which it is kept are changed in turn."""
    text = HEAD.replace("  - {class: any,", "  - {class: large, when: size > 10 mm}\n  - {class: any,")
    criterion = lower(parse(f"{text}chosen:\n  picked: {LARGEST}\n", "small.yaml"), library.tables())
    said = [one.about for one in mutants(Graph(criterion)) if "picked" in one.about]
    assert {
        "highest long becomes lowest long in picked",
        "2 of each site is left out of picked",
        "5 is left out of picked",
        "5 becomes 4 in picked",
        "2 becomes 3 in picked",
        "from baseline becomes growing in picked",
        "from baseline becomes anew in picked",
    } <= set(said)
