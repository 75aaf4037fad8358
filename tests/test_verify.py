"""Examples that do not come out, or cannot be set up, are told at their line."""

import pytest

from criterium.language import library
from criterium.language.lower import lower
from criterium.verify.examples.trials import run
from criterium.verify.examples.verdicts import told

RESPONSE = """\
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
conditions: {new_lesion: any new lesion is present}
classes:
  - {class: PD, when: new_lesion}
  - {class: PR, when: shrinkage >= partial}
  - {class: SD, when: otherwise}
unknown: NE
course:
  classes: [{class: PR, when: seen PR}, {class: NE, when: otherwise}]
examples:
  - EXAMPLE
"""
TOXICITY = """\
id: mine
version: 0.1.0
title: Mine
kind: toxicity
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: result
of: labs
also: [adverse_events]
unknown: not gradable
terms:
  platelets:
    printed: Platelets
    category: Blood
    grades: [1, 2, 3, 4, 5]
    bands: [{unit: 10*9/L, low: [lln, 75, 50, 25]}]
examples:
  - EXAMPLE
"""
ENDPOINT = """\
id: mine
version: 0.1.0
title: Mine
kind: endpoint
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: course
unknown: unknown
measures: {died: first date over events where event is death}
time:
  from: start
  unit: months
  events: [{event: death, at: died}]
  censoring: [{because: nothing, at: start}]
examples:
  - EXAMPLE
"""


def report(tmp_path, text, example):
    """Return what running one example of a file finds."""
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("EXAMPLE", example))
    document = library.resolve(str(path))
    return run(lower(document, library.tables()), document, library.tables())


@pytest.mark.parametrize(
    ("text", "example"),
    [
        (RESPONSE, "{size: [100, 70], class: PR}"),
        (RESPONSE, "{size: [100, 70, 100], classes: [PR, SD], course: PR}"),
        (RESPONSE, "{size: [100, null], class: NE}"),
        (RESPONSE, "{size: [100, 100], new_lesion: [null, true], class: PD}"),
        (RESPONSE, "{lesions: [{role: target, long: [50, 35]}, {role: target, long: [50, 35]}], class: PR}"),
        (RESPONSE, "{lesions: [{role: target, long: [5 cm, 35 mm]}], class: PR}"),
        (RESPONSE, "{size: [100, 65], set: {partial: 40 percent}, class: SD}"),
        (TOXICITY, "{term: platelets, value: 75, unit: 10*9/L, lln: 150, grade: 1}"),
        (TOXICITY, "{term: platelets, value: 74.9, unit: 10*9/L, lln: 150, grade: 2}"),
        (TOXICITY, "{term: platelets, value: 100, unit: 10*9/L, possible: [0, 1]}"),
        (ENDPOINT, "{events: [{day: 60.875, event: death}], outcome: death, time: 2}"),
        (ENDPOINT, "{events: [{day: 2 months, event: death}], time: 2}"),
    ],
)
def test_examples_that_hold(tmp_path, text, example):
    """A fall of 30 percent is PR; 75 is not below 75; two months are 60.875 days."""
    assert report(tmp_path, text, example).problems == ()


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        ("{size: [100, 71], class: PR}", "PR fails: shrinkage >= partial (29 < 30 percent)"),
        ("{size: [100, 60], class: SD}", "the line of PR comes first: shrinkage >= partial (40 >= 30 percent)"),
        (
            "{size: [100, 70, 71], classes: [PR, PR]}",
            "number 2: PR fails: shrinkage >= partial (29 < 30 percent)",
        ),
        (
            "{size: [100, null], class: SD}",
            "it may be PR or SD; not known: shrinkage >= partial (missing, against 30 percent)",
        ),
        ("{size: [100, 71], class: CR}", "no line gives CR"),
        ("{size: [100, 71], course: PR}", "PR fails: seen PR (no PR)"),
    ],
)
def test_an_example_that_does_not_hold_is_told_why(tmp_path, example, reason):
    """The help names the condition of the expected class that fails, or what came first, or what is missing."""
    assert [one.help for one in report(tmp_path, RESPONSE, example).problems] == [reason]


@pytest.mark.parametrize(
    ("text", "example", "what", "mark"),
    [
        (RESPONSE, "{size: [100, 71], class: PR}", "the example says class PR, the file gives SD", "PR"),
        (RESPONSE, "{size: [100, 70], classes: [SD]}", "the example says classes SD, the file gives PR", "["),
        (RESPONSE, "{size: [100, 71], course: PR}", "the example says course PR, the file gives NE", "PR"),
        (RESPONSE, "{size: [100, 70]}", "the example expects nothing", None),
        (RESPONSE, "{size: [100, 70], time: 3}", "nothing here gives a `time`", "3"),
        (RESPONSE, "{sise: [100, 70], class: PR}", "`sise` is not a measure, condition, component or table", "["),
        (RESPONSE, "{size: [100, big], class: PR}", "`big` is not a number", "["),
        (RESPONSE, "{size: [100, 90, 70], new_lesion: [true, false], class: PR}", "`new_lesion` has 2 values", "["),
        (RESPONSE, "{size: [100, 70], new_lesion: 3, class: PR}", "`3` is not true, false or null", "3"),
        (RESPONSE, "{lesions: [{role: target, wide: [5, 3]}], class: PR}", "`wide` is not a column of lesions", "["),
        (RESPONSE, "{lesions: 3, class: PR}", "`lesions` is not a list of rows", "3"),
        (RESPONSE, "{lesions: [{role: target, long: [5, x]}], class: PR}", "`x` is not a number", "["),
        (RESPONSE, "{lesions: [{role: target, long: [5 GBq, 3]}], class: PR}", "`5 GBq` is not a length", "["),
        (RESPONSE, "{lesions: [{role: target, long: [5 foo, 3]}], class: PR}", "`foo` is not a unit", "["),
        (RESPONSE, "{size: [100, 70], at: 3, class: PR}", "`at` is not a list of times", "3"),
        (RESPONSE, "{size: [100, 70], at: [x], class: PR}", "`x` is not a number", "["),
        (RESPONSE, "{size: [100, 70], at: [2100000], class: PR}", "`2100000` is thousands of years away", "["),
        (
            RESPONSE,
            "{lesions: [{lesion_id: a, role: target, long: [5, 3]}, {lesion_id: a, long: [4]}], class: PR}",
            "two rows of `a` on one day",
            "[",
        ),
        (RESPONSE, "{size: [100, 70], set: {partail: 40 percent}, class: PR}", "no parameter `partail`", "40 percent"),
        (TOXICITY, "{term: platelets, value: 75, unit: 10*9/L, lln: 150, grade: 2}", "the file gives 1", "2"),
        (TOXICITY, "{term: platelets, value: 100, unit: 10*9/L, grade: 1}", "the file gives 0, 1", "1"),
        (TOXICITY, "{term: platelet, value: 75, grade: 1}", "`platelet` is not a term", "platelet"),
        (TOXICITY, "{term: platelets, valeu: 75, grade: 1}", "`valeu` is not a key of an example", "valeu"),
        (TOXICITY, "{term: platelets, value: low, grade: 1}", "`low` is not a number", "low"),
        (TOXICITY, "{term: platelets, value: 75}", "the example expects nothing", None),
        (ENDPOINT, "{events: [{day: 60.875, event: death}], time: 3}", "says time 3, the file gives 2.00", "3"),
        (
            ENDPOINT,
            "{events: [{day: 60.875, event: death}], time: soon}",
            "says time soon, the file gives 2.00",
            "soon",
        ),
    ],
)
def test_examples_that_do_not_hold(tmp_path, text, example, what, mark):
    """One problem, at the line of the example and the word that is wrong, though both algebras find it."""
    found = report(tmp_path, text, example)
    assert found.count == 1
    (problem,) = [one for one in found.problems if what in one.what]
    assert len(found.problems) == 1
    where = problem.where
    assert where.line == text[: text.index("EXAMPLE")].count("\n") + 1
    assert mark is None or where.text[where.column - 1 : where.column - 1 + where.width] == mark


SERIES = """\
id: mine
version: 0.1.0
title: Mine
kind: response
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: assessment
of: labs where test is CA-125
measures: {level: first value over labs}
classes:
  - {class: PD, when: level > 70}
  - {class: SD, when: otherwise}
unknown: NE
examples:
  - {labs: [{test: CA-125, value: [30, 80], unit: kU/L}], class: PD}
  - {labs: [{test: CA-125, value: [30, 80], unit: kU/L}], class: SD}
  - {labs: [{test: CA-125, value: [30, 80], unit: kU/L}, {test: CA-125, value: [30], unit: U/L}], class: PD}
  - {labs: [{test: CA-125, value: [30, 80, 70], unit: kU/L}], classes: [PD, SD]}
  - {labs: [{test: CA-125, value: [30, high], unit: kU/L}], class: PD}
  - {labs: [{test: CA-125, value: [30, 60], unit: kU/L}], class: PD}
"""


def test_what_is_wrong_with_one_example_falls_on_no_other(tmp_path):
    """Examples of one cohort, one with two values on one day: every problem is its own example's, in their order."""
    found = [(one.where.line, one.what) for one in report(tmp_path, SERIES, "").problems]
    assert found == [
        (16, "the example says class SD, the file gives PD"),
        (1, "two labs of `CA-125` of one patient on one day"),
        (19, "`high` is not a number"),
        (20, "the example says class PD, the file gives SD"),
    ]


CYCLES = """\
id: mine
version: 0.1.0
title: Mine
kind: dosing
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: cycle
of: treatments
measures: {given: activity in GBq}
classes:
  - {class: full, when: given >= 7 GBq}
  - {class: less, when: otherwise}
unknown: unknown
course:
  classes: [{class: some, when: seen full}, {class: none, when: otherwise}]
examples:
  - EXAMPLE
"""
ONE_SERIES = SERIES[: SERIES.index("  - {labs")] + "  - EXAMPLE\n"
USES = ENDPOINT.replace("each: course", "each: course\nuses: {seen: swog@1.0.0}").replace(
    "events where event is death", "seen where class is PD"
)


@pytest.mark.parametrize(
    ("text", "example"),
    [
        (RESPONSE, "{lesions: [], classes: []}"),
        (RESPONSE, "{lesions: [], course: NE}"),
        (RESPONSE, "{lesions: [], at: [8 weeks, 16 weeks], classes: [NE, NE]}"),
        (RESPONSE, "{lesions: [], medications: [], classes: []}"),
        (RESPONSE, "{lesions: [], medications: [{day: 3}], course: NE}"),
        (RESPONSE, "{lesions: [], size: [100, 70], class: PR}"),
        (RESPONSE, "{lesions: [{role: target, long: []}], classes: []}"),
        (ONE_SERIES, "{labs: [], classes: []}"),
        (ONE_SERIES, "{labs: [], at: [8 weeks], classes: [NE]}"),
        (CYCLES, "{treatments: [], classes: [], course: none}"),
        (ENDPOINT, "{events: [], outcome: nothing, time: 0}"),
        (USES, "{lesions: [], outcome: nothing, time: 0}"),
        (USES, "{seen: [], outcome: nothing, time: 0}"),
    ],
)
def test_an_empty_list_of_rows_is_a_course_in_which_nobody_looked(tmp_path, text, example):
    """It has no member and no step but those that it dates; nothing is known at these, and nothing happened."""
    assert report(tmp_path, text, example).problems == ()


@pytest.mark.parametrize(
    ("text", "example", "what"),
    [
        (RESPONSE, "{lesions: [], class: SD}", "the example says class SD, the file gives no step"),
        (RESPONSE, "{size: [], class: SD}", "`size` has 0 values, there is 1 step"),
        (ONE_SERIES, "{labs: [], class: SD}", "the example says class SD, the file gives no step"),
        (CYCLES, "{treatments: [], class: full}", "the example says class full, the file gives no step"),
    ],
)
def test_a_course_in_which_nobody_looked_has_no_class(tmp_path, text, example, what):
    """An example that expects a class of it does not hold."""
    assert [one.what for one in report(tmp_path, text, example).problems] == [what]


def test_an_empty_list_of_rows_falls_on_no_other_example(tmp_path):
    """Beside an example with rows, in one cohort, it says what it says alone."""
    example = "{lesions: [], class: SD}\n  - {lesions: [{role: target, long: [50, 35]}], class: PR}"
    assert [one.where.line for one in report(tmp_path, RESPONSE, example).problems] == [22]


RESULT = {"term": "platelets", "value": "75", "unit": "10*9/L", "lln": "150", "grade": "1"}
WRONG = {"a word": "high", "a list": "[0, high]", "a mapping": "{a: 1}", "null": "null", "a truth": "true"}
WRONG |= {"a number": "2.5", "a date": '"2020-01-01"', "no number": "1/0"}
NUMBERS = ("value", "lln", "uln", "baseline", "baseline_lln", "baseline_uln", "age")
FITS = {
    **dict.fromkeys(NUMBERS, ("null", "a number")),
    **dict.fromkeys(("test", "unit", "note"), ("a word", "a date", "no number")),
    **dict.fromkeys(("term", "recorded", "grade", "possible"), ()),
    "set": ("a mapping",),
    "fasting": ("null", "a truth"),
    "sex": ("null",),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("key", FITS)
def test_a_value_of_another_type_is_a_problem_at_its_place(tmp_path, key, wrong):
    """Of every key of an example of a result, and every type of values that the key does not take."""
    example = {**RESULT, key: WRONG[wrong]}
    text = "{" + ", ".join(f"{name}: {value}" for name, value in example.items()) + "}"
    found = report(tmp_path, TOXICITY, text).problems
    line = TOXICITY[: TOXICITY.index("EXAMPLE")].count("\n") + 1
    column = f"  - {text}".index(f"{key}: {WRONG[wrong]}") + len(f"{key}: ") + 1 + WRONG[wrong].startswith('"')
    told = [one for one in found if (one.where.line, one.where.column) == (line, column) and " is not " in one.what]
    assert len(told) == (0 if wrong in FITS[key] else 1)


def test_the_settings_of_a_course_are_a_mapping(tmp_path):
    """What an example of a course sets is read as that of a result is."""
    (problem,) = report(tmp_path, RESPONSE, "{size: [100, 70], set: 3, class: PR}").problems
    assert problem.what == "`3` is not a mapping of parameters"


def test_algebras_that_part_are_a_fault_of_ours():
    """If only one algebra gives something else, the problem says which and does not blame the file alone."""
    where = library.resolve("swog").where(())
    (problem,) = told(where, "class", "PR", {"exact": "SD"})
    assert problem.help == "only the algebra of exact gives that, which is a fault of criterium"
    (problem,) = told(where, "class", "PR", {"columns": "SD", "exact": "SD"})
    assert problem.help == ""
    assert len(list(told(where, "class", "PR", {"columns": "SD", "exact": "PD"}))) == 2
