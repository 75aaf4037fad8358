"""Mutation: which changes of a criterion are tried, which an example notices, and what is said of the others."""

from fractions import Fraction
from functools import cache
from itertools import pairwise

import pytest

from criterium.language import library, places
from criterium.language import tree as t
from criterium.language.lower import lower
from criterium.language.problems import Where
from criterium.verify.mutation.changes import changes, moved
from criterium.verify.mutation.graph import Graph
from criterium.verify.mutation.mutants import mutants
from criterium.verify.mutation.same import same
from criterium.verify.mutation.trials import trial
from tests.calls import call

MINE = """\
id: mine
version: 0.1.0
title: Mine
kind: response
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
parameters: {partial: {value: 30 percent, means: a fall}}
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  shrinkage: percent fall of size from baseline
  shown: rise of size from nadir
classes:
  - {class: PR, when: shrinkage >= partial}
  - {class: SD, when: otherwise}
unknown: NE
EXPECTED
examples:
"""
BOTH_SIDES = ["{size: [100, 70], class: PR}", "{size: [100, 70.1], class: SD}"]
LESIONS = [
    "{lesions: [{role: target, long: [40, 15]}, {role: target, long: [60, 45]}], class: PR}",
    "{lesions: [{role: target, long: [40, 40]}, {role: non-target, long: [60, 10]}], class: SD}",
]
MISSING = ["{size: [100, null], class: NE}"]
PATHS = ["{size: [100, 90, 70], classes: [SD, PR]}", "{size: [100, 60, 65], class: PR}"]


def write(folder, text, name="mine"):
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def mine(folder, *examples, expected=""):
    """Write the small criterion of this page with some examples; return its path."""
    text = MINE.replace("EXPECTED\n", expected)
    return write(folder, text + "".join(f"  - {one}\n" for one in examples))


def tried(reference):
    """Return the trial of a criterion."""
    document = library.resolve(reference)
    return trial(lower(document, library.tables()), document, library.tables())


@cache
def names_of(shipped):
    """Return the names of the mutants of a criterion that ships, made once."""
    return frozenset(one.about for one in mutants(Graph(library.load(shipped))))


def survivors(reference):
    """Return what no example of a criterion notices."""
    found = tried(reference)
    return [one.about for one in found.mutants if not found.notices(one)]


# --- what is changed --------------------------------------------------------------------------------------------------
def test_every_change_of_a_small_criterion(tmp_path):
    """Each number, comparison, clause, reference and filter of this file is changed; what is only shown is not.

    The list is written by hand from the file: one parameter (2), the sum (1) and its filter (3), the fall (1) and its
    reference (2), the clauses (2), the comparison (2), and the label where the answer cannot be told (1).
    """
    assert [one.about for one in tried(mine(tmp_path, *BOTH_SIDES)).mutants] == [
        "partial is 29 percent",
        "partial is 31 percent",
        "sum of long over target lesions becomes highest long over target lesions in size",
        "role is target is left out of target lesions in size",
        "role is target becomes role is non-target in size",
        "role is target becomes its opposite in size",
        "percent fall of size from baseline becomes percent rise of size from baseline in shrinkage",
        "baseline size becomes nadir size in shrinkage",
        "baseline size becomes previous size in shrinkage",
        "PR is left out",
        "SD is left out",
        "shrinkage >= partial becomes shrinkage > partial in PR",
        "shrinkage >= partial becomes shrinkage < partial in PR",
        "NE, where the answer cannot be told, is SD",
    ]


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        (Fraction(50), "50 percent", [(Fraction(49), "49 percent"), (Fraction(51), "51 percent")]),
        (Fraction("6.5"), "6.5", [(Fraction("6.4"), "6.4"), (Fraction("6.6"), "6.6")]),
        (Fraction(28), "4 weeks", [(Fraction(21), "3 weeks"), (Fraction(35), "5 weeks")]),
        (Fraction("2.50"), "2.50", [(Fraction("2.49"), "2.49"), (Fraction("2.51"), "2.51")]),
        (Fraction(0), "0 cm2", [(Fraction(-100), "-1 cm2"), (Fraction(100), "1 cm2")]),
        (Fraction(0), "0", [(Fraction(-1), "-1"), (Fraction(1), "1")]),
    ],
)
def test_numbers_move_by_their_precision(value, text, expected):
    """A number moves by one unit of its last digit as written; a week is 7 days, a square centimetre 100 mm2."""
    assert list(moved(value, text)) == expected


HERE = Where("")
NEXT = t.Field(HERE, "date", t.Kind("date"), "date", "step", None)
HELD = t.Always(HERE, "it holds")
WEEK = t.Constant(HERE, "1 weeks", t.Kind("number", "time"), Fraction(7))


@pytest.mark.parametrize(
    ("node", "says"),
    [
        (
            t.Against(HERE, "date > here", ">", NEXT, NEXT),
            ["`date > here` becomes `date >= here`", "becomes `date <= here`"],
        ),
        (
            t.Adjacent(HERE, "following step is so", "following", HELD),
            ["becomes `preceding step is so`", "its opposite"],
        ),
        (t.Later(HERE, "any later step is so", HELD), ["`any later step is so` becomes its opposite"]),
        (t.Window(HERE, "within 1 weeks after", None, WEEK, None, None, None), ["`1 weeks` is left out"]),
        (
            t.Window(HERE, "with at most 1 weeks", WEEK, None, HELD, HELD, WEEK),
            ["`1 weeks`", "`it holds`", "`1 weeks`"],
        ),
        (t.Reference(HERE, "next date", t.Kind("date"), "next", NEXT), ["`next date` becomes `previous date`"]),
    ],
)
def test_looks_at_other_steps_are_changed(node, says):
    """What a step asks of the steps before and after it is changed as well, each change once."""
    made = [one.says.format(place="it") for one in changes(node, None)]
    assert len(made) == len(says)
    assert all(part in told for part, told in zip(says, made, strict=True))


@pytest.mark.parametrize(
    ("criterion", "about"),
    [
        ("swog", "markers is required"),
        ("swog", "long is known is left out of area"),
        ("swog", "new_disease is left out of PD"),
        ("swog", "CR is asked before PD"),
        ("swog", "nadir size becomes previous size in regrowth"),
        ("swog", "any non-target lesion is unequivocal progression becomes its opposite in evaluable_worse"),
        ("swog", "every non-target lesion is absent becomes any non-target lesion is absent in evaluable_gone"),
        ("swog", "equivocal is left out of state is absent or equivocal in new_disease"),
        ("swog", "not abnormal becomes its opposite in normal"),
        ("swog", "long * short when otherwise is left out of area"),
        ("swog", "twice is left out of seen CR twice at least confirm_after apart in CR of the course"),
        ("swog", "PD does not end the course"),
        ("swog", "uPR of the course is asked before uCR of the course"),
        ("recist-1.1", "CR of target is left out"),
        ("recist-1.1", "PD (when relapse is true) is left out"),
        ("time-to-progression", "new therapy does not cut off later events"),
        ("time-to-progression", "progression is left out"),
        ("progression-free-survival", "death is named before progression"),
        ("i131-mibg-fixed", "planned - tolerance becomes planned + tolerance in least_given"),
        ("ctcae-3.0", "75 becomes 74 in 2 of platelets in 10*9/L"),
        ("ctcae-3.0", "value < 75 becomes value <= 75 in 2 of platelets in 10*9/L"),
        ("ctcae-3.0", "2 of platelets in 10*9/L is left out"),
        ("ctcae-3.0", "within_limits is guard"),
    ],
)
def test_kinds_of_changes(criterion, about):
    """Every kind of change is made of the shipped criteria, and is named in the words of the file."""
    assert about in names_of(criterion)


def test_names_are_unique():
    """No two mutants of a criterion go by the same name, so that a declaration means one."""
    for path in library.files():
        names = [one.about for one in mutants(Graph(library.load(str(path))))]
        assert len(set(names)) == len(names)


def test_what_is_proved_the_same_is_no_mutant():
    """A cell that the rows above have settled is not tried: the first row of this table makes a new lesion PD."""
    names = names_of("recist-1.1@1.0.0")
    assert "not new_lesion is left out of CR" not in names
    assert "target is CR is left out of CR" in names


def test_the_order_of_rows_that_exclude_each_other_is_the_same():
    """Two rungs that can never hold together may stand in either order; two that can may not."""
    ladder = library.load("recist-1.1@1.0.0").steps.ladders["class"]
    for at, (one, other) in enumerate(pairwise(ladder.clauses)):
        clauses = (*ladder.clauses[:at], other, one, *ladder.clauses[at + 2 :])
        labels = {one.label, other.label}
        expected = len(labels) == 1 or labels in ({"CR", "PR"}, {"PR", "SD"}, {"SD", "NE"})
        swapped = t.Ladder(ladder.where, ladder.text, ladder.name, clauses, ladder.unknown)
        assert same(ladder, swapped) is expected, labels


# --- what is noticed --------------------------------------------------------------------------------------------------
def test_both_sides_of_a_threshold_notice_it(tmp_path):
    """100 to 70 is a fall of 30 percent, 100 to 70.1 of less: no threshold and no comparison can move unseen."""
    found = survivors(mine(tmp_path, *BOTH_SIDES))
    assert not [about for about in found if "partial" in about]


@pytest.mark.parametrize(
    ("example", "about"),
    [
        (BOTH_SIDES[1], "shrinkage >= partial becomes shrinkage > partial in PR"),
        (BOTH_SIDES[1], "partial is 31 percent"),
        (BOTH_SIDES[0], "partial is 29 percent"),
    ],
)
def test_one_side_of_a_threshold_does_not(tmp_path, example, about):
    """With 70 percent alone the threshold may fall to 29 unseen, with 70.1 alone it may rise, or lose its bound."""
    assert about in survivors(mine(tmp_path, example))


def test_all_are_noticed(tmp_path):
    """Both sides, members of other roles, a missing size and a smallest size that is not the baseline notice all."""
    assert survivors(mine(tmp_path, *BOTH_SIDES, *LESIONS, *MISSING, *PATHS)) == []


def test_set_does_not_protect_the_default(tmp_path):
    """An example that sets a parameter itself says nothing of the value that the file gives it."""
    set_ = [one.replace("class", "set: {partial: 30 percent}, class") for one in BOTH_SIDES]
    assert {"partial is 29 percent", "partial is 31 percent"} <= set(survivors(mine(tmp_path, *set_)))


@pytest.mark.parametrize(
    ("example", "noticed"),
    [
        ("{size: [100, 90, 80], after: [falls, stays]}", False),
        ("{size: [100, 90, 90], after: [stays, stays]}", True),
    ],
)
def test_a_comparison_of_two_steps_is_tried(tmp_path, example, noticed):
    """Only a later sum that is the same, 90 and 90, tells smaller from smaller or the same."""
    stage = """\
stages:
  after:
    classes:
      - {class: falls, when: any later size < size}
      - {class: stays, when: otherwise}
examples:
"""
    text = MINE.replace("EXPECTED\nexamples:\n", stage)
    path = write(tmp_path, f"{text}  - {example}\n")
    assert ("size < size becomes size <= size in falls of after" not in survivors(path)) is noticed


def test_a_value_that_carries_itself_on(tmp_path):
    """A size that is that of the step before until it is known: no mutant reads itself, and all are tried in the end.

    Without the first line it would be unknown at all steps, without the second from 70 on.
    """
    kept = """\
  kept:
    - {value: size, when: size is known}
    - {value: preceding kept, when: otherwise}
  shrinkage: percent fall of kept from baseline
"""
    text = MINE.replace("  shrinkage: percent fall of size from baseline\n", kept).replace("EXPECTED\n", "")
    found = survivors(write(tmp_path, f"{text}  - {{size: [100, 70, null], classes: [PR, PR]}}\n"))
    assert "size when size is known is left out" not in found
    assert "preceding kept when otherwise is left out" not in found
    assert not [about for about in found if "following kept" in about]


def test_results_of_other_terms_do_not_notice(tmp_path):
    """A cut is protected by examples of its own term and unit alone: 74.9 of another term says nothing of 75."""
    text = library.resolve("ctcae-3.0").where(()).file
    head = (places.shipped("criteria").parent / text).read_text(encoding="utf-8")
    head = head[: head.index("\nexamples:\n")].replace("id: ctcae-3.0", "id: mine", 1)
    example = "{term: %s, value: %s, unit: %s, lln: 150, grade: %s}"
    only = [example % ("platelets", "75", "10*9/L", 1), example % ("hemoglobin", "74.9", "g/L", 3)]
    path = write(tmp_path, head + "\nexamples:\n" + "".join(f"  - {one}\n" for one in only))
    found = set(survivors(path))
    assert "75 becomes 74 in 2 of platelets in 10*9/L" in found
    assert "75 becomes 76 in 2 of platelets in 10*9/L" not in found
    assert "80 becomes 79 in 3 of hemoglobin in g/L" in found


# --- what no result can tell ------------------------------------------------------------------------------------------
BANDED = """\
id: banded
version: 1.0.0
title: A band with an end that the one above it has
kind: toxicity
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
parameters: {ends: {value: open, one_of: [open, closed], means: whether what lies at its cut belongs to a band}}
each: result
of: labs
unknown: not gradable
terms:
  sodium:
    printed: Sodium
    category: Laboratory
    tests: [sodium]
    grades: [1, 2]
    bands:
      - unit: mmol/L
        ladder:
          - {grade: 2, when: value < 120}
          - {grade: 1, when: {any: [120 <= value < 130, {all: [ends is closed, 120 <= value <= 130]}]}}
"""


def none(path):
    """Return the changes of a criterion that are proved to be none, and those that an example notices."""
    found = tried(path)
    return ([one.about for one in found.mutants if test(one)] for test in (found.is_none, found.notices))


def test_what_the_rung_above_has_taken_is_no_change(tmp_path):
    """From 120 on is what is not below 120; whether 130 belongs to the band is told apart in one of the readings."""
    proved, _ = none(write(tmp_path, BANDED, "banded"))
    assert "120 <= value is left out of 1 of sodium in mmol/L" in proved
    assert "120 becomes 119 in 1 of sodium in mmol/L" in proved
    assert not {
        "120 becomes 121 in 1 of sodium in mmol/L",
        "120 becomes 121 in 2 of sodium in mmol/L",
        "value <= 130 is left out of 1 of sodium in mmol/L",
        "ends is closed is left out of 1 of sodium in mmol/L",
    } & {*proved}


@pytest.mark.parametrize("criterion", ["ctcae-6.0-errata", "who-toxicity"])
def test_what_an_example_notices_is_a_change(criterion):
    """No change that an example notices is proved to be none."""
    proved, noticed = none(criterion)
    assert noticed
    assert not {*proved} & {*noticed}


RATE = "4 of chronic_kidney_disease in mg/dL"


@pytest.mark.parametrize(
    ("about", "proved"),
    [
        (f"value < 15 is left out of {RATE} (when dialysis)", True),  # what is below 15 is at most 29
        (f"value < 60 is left out of {RATE} (when dialysis)", False),
        (f"filtration_rate < 15 becomes filtration_rate <= 15 in {RATE} (when value < 15)", False),
        (f"0.9938 becomes 0.9937 in {RATE} (when value < 15)", False),
        (f"sex is female is left out of {RATE} (when value < 15)", False),
    ],
)
def test_powers_are_any_number(about, proved):
    """A rate that is computed with powers: its cuts are looked at, what it is computed with is left open."""
    found = tried("ctcae-4.03")
    assert [found.is_none(one) for one in found.mutants if one.about == about] == [proved]


# --- what is said -----------------------------------------------------------------------------------------------------
DECLARED = (
    'expected:\n  - {finding: surviving mutant, about: "partial is 29 percent", reason: nobody measures so closely}\n'
)


def test_survivors_are_told_as_sentences(tmp_path):
    """The score stands first, then each survivor with its line; too few noticed is exit code 1."""
    path = mine(tmp_path, BOTH_SIDES[0])
    status, output, _ = call("test", "--mutate", path)
    assert status == 1
    assert output.startswith("mine 0.1.0: ")
    assert f"{path}:7: no example notices when `partial` is `29 percent`" in " ".join(output.split())


def test_all_noticed_is_fine(tmp_path):
    """A criterion whose every mutant is noticed has 100 percent and exit code 0."""
    status, output, _ = call("test", "--mutate", mine(tmp_path, *BOTH_SIDES, *LESIONS, *MISSING, *PATHS))
    assert (status, output) == (0, "mine 0.1.0: 14 of 14 mutants noticed (100 percent)\n")


def test_declared_survivors_are_fine(tmp_path):
    """Under 95 percent, a criterion that declares all that survive, with reasons, has exit code 0 all the same."""
    examples = [BOTH_SIDES[0], "{size: [100, 71], class: SD}", *LESIONS, *MISSING, *PATHS]
    path = mine(tmp_path, *examples)
    assert survivors(path) == []  # 71 is a fall of 29 percent
    examples[1] = "{size: [100, 72], class: SD}"
    assert call("test", "--mutate", mine(tmp_path, *examples))[0] == 1
    status, output, _ = call("test", "--mutate", mine(tmp_path, *examples, expected=DECLARED))
    assert status == 0
    assert output.splitlines() == [
        "mine 0.1.0: 13 of 14 mutants noticed (92 percent); 1 survives, declared",
        "  declared: partial is 29 percent: nobody measures so closely",
    ]


@pytest.mark.parametrize(
    ("about", "remedy"),
    [("partial is 29 percent", "remove the declaration"), ("partial is 28 percent", "remove the declaration")],
)
def test_declarations_that_do_not_survive_are_told(tmp_path, about, remedy):
    """A declared survivor that an example notices, or that is no mutant, is a finding at the declaration's line."""
    expected = DECLARED.replace("partial is 29 percent", about)
    path = mine(tmp_path, *BOTH_SIDES, *LESIONS, *MISSING, *PATHS, expected=expected)
    status, output, _ = call("test", "--mutate", path)
    assert status == 1
    assert f"`{about}` does not occur" in " ".join(output.split())
    assert remedy in output


def test_overlays_are_judged_on_their_own_lines():
    """The mutants of an overlay stand in its own file, and the output says so."""
    assert {one.where.file for one in tried("swog-mr").mutants} == {"criteria/response/swog-mr.yaml"}
    status, output, _ = call("test", "--mutate", "swog-mr")
    assert status == 0
    assert "those of swog by its own examples" in output


def test_failing_examples_come_first(tmp_path):
    """Examples that do not hold are told as such; mutants say nothing then."""
    status, output, error = call("test", "--mutate", mine(tmp_path, "{size: [100, 71], class: PR}"))
    assert (status, output) == (1, "")
    assert "the example says class PR, the file gives SD" in error


def test_nothing_to_change(tmp_path):
    """A criterion that always answers the same has no mutants, and says so."""
    text = MINE[: MINE.index("parameters:")].replace("kind: response", "kind: endpoint")
    path = write(tmp_path, text + "each: course\nunknown: unknown\nclasses:\n  - {class: A, when: otherwise}\n")
    status, output, _ = call("test", "--mutate", path)
    assert (status, output) == (0, "mine 0.1.0: nothing in it can be changed, so there is nothing to notice\n")


def test_several_criteria_have_a_sum(tmp_path):
    """After several criteria stands how many mutants all of them noticed."""
    (tmp_path / "other").mkdir()
    paths = [mine(tmp_path, *BOTH_SIDES), mine(tmp_path / "other", *BOTH_SIDES, *LESIONS, *MISSING, *PATHS)]
    _, output, _ = call("test", "--mutate", *paths)
    first = int(output.split(" of 14 mutants")[0].rpartition(" ")[2])
    assert f"{first + 14} of 28 mutants noticed in 2 criteria" in output


def test_narrow_terminals(tmp_path, monkeypatch):
    """Lines are broken between words at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    _, output, _ = call("test", "--mutate", mine(tmp_path, BOTH_SIDES[0]))
    assert max(len(line) for line in output.splitlines()) <= 80


@pytest.mark.parametrize("path", library.files(), ids=lambda path: path.stem)
def test_shipped_criteria_reach_95_percent_or_declare(path):
    """The examples of every criterion notice 95 percent of its mutants, or it declares the others."""
    status, output, _ = call("test", "--mutate", str(path))
    assert status == 0, output
