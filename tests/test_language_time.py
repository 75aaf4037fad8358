"""Other steps in sentences: state, windows, stages, orders; machines of real guidelines, and what is refused."""

from pathlib import Path

import pytest

from criterium.language import library
from criterium.language.file import schema
from criterium.language.file.source import parse
from criterium.language.lower import lower
from criterium.language.problems import Refused
from criterium.verify.examples.trials import run

ROOT = Path(__file__).parent
MACHINES = sorted((ROOT / "time").glob("*.yaml"))
HEAD = """\
id: small
version: 1.0.0
title: A small criterion
kind: response
language: 1
source: [{cite: a test, for: everything, confidence: derived}]
each: assessment
of: lesions
unknown: NE
"""
SIZE = "measures:\n  size: sum of long over target lesions in mm\n"
CLASSES = "classes:\n  - {class: PD, when: size > 10 mm}\n  - {class: SD, when: otherwise}\n"
IN_TURN = """  a:
    - {value: size, when: b}
    - {value: 0 mm, when: otherwise}
conditions:
  b: a > 1 mm
"""
CONFIRMED = """stages:
  confirmed:
    classes:
      - {class: PD, when: otherwise}
"""
BOTH_WAYS = """stages:
  look:
    measures:
      a:
        - {value: size, when: next a > previous a}
        - {value: 0 mm, when: otherwise}
"""


def problems(text):
    """Return what is wrong with a criterion: its own problems, or those that its examples show."""
    document = schema.checked(parse(HEAD + text, "small.yaml"), "criterion")
    try:
        criterion = lower(document, library.tables())
    except Refused as refused:
        return [problem.what for problem in refused.problems]
    return [problem.what for problem in run(criterion, document, library.tables()).problems]


@pytest.mark.parametrize("path", MACHINES, ids=lambda path: path.stem)
def test_machines(path):
    """Machines of guidelines give what the guidelines' own cases say, in both algebras."""
    document = library.resolve(str(path))
    report = run(lower(document, library.tables()), document, library.tables())
    assert report.count > 2
    assert [problem.what for problem in report.problems] == []


@pytest.mark.parametrize(
    ("measure", "sizes", "classes"),
    [
        ("size - previous size", [10, 12, None, 15], "SD, NE, SD"),
        ("size - preceding size", [10, 12, None, 15], "SD, NE, NE"),
        ("size - baseline size", [10, 12, 9, 15], "SD, SD, PD"),
        ("larger of size and (2 * preceding size)", [10, 1, 2, 3], "PD, SD, SD"),
        ("smaller of size and 4 mm", [10, 12, 9, 15], "SD, SD, SD"),
        ("larger of size and 4 mm", [10, 1, None, 15], "SD, NE, PD"),
        ("larger of size and 12 mm", [10, 1, None, 15], "PD, PD, PD"),
        ("smaller of size and 4 mm", [10, 1, None, 15], "SD, SD, SD"),
        ("smaller of (preceding size) and 12 mm and size", [10, 11, None, 15], "PD, NE, NE"),
    ],
)
def test_references(measure, sizes, classes):
    """`previous` is the latest known value, `preceding` that of the step before; a bound of two is sound."""
    data = "[" + ", ".join("null" if size is None else str(size) for size in sizes) + "]"
    ladder = "classes:\n  - {class: PD, when: change >= 5 mm}\n  - {class: SD, when: otherwise}\n"
    example = f"examples:\n  - {{size: {data}, classes: [{classes}]}}\n"
    assert problems(f"{SIZE}  change: {measure}\n{ladder}{example}") == []


@pytest.mark.parametrize(
    ("when", "sizes", "classes"),
    [
        ("any earlier big", [90, 90, 1, 1], "no, yes, yes"),
        ("no earlier big", [90, 90, 1, 1], "yes, no, no"),
        ("previous big", [90, 90, 1, 1], "no, yes, no"),
        ("preceding big", [90, 1, 1, 1], "no, no, no"),
        ("preceding size > 50 mm", [90, 1, 1, 1], "yes, no, no"),
        ("any earlier big within 8 weeks before", [1, 90, 1, 1], "no, yes, no"),
        ("any earlier big at least 9 weeks before", [1, 90, 1, 1], "no, no, yes"),
        ("every earlier big within 8 weeks before", [1, 90, 1, 1], "yes, yes, no"),
        ("any earlier size > size", [1, 90, 1, 100], "no, yes, no"),
        ("every earlier assessment has size > 50 mm", [1, 90, 60, 1], "yes, yes, yes"),
        ("any earlier part is PR with only PR between", [1, 40, 40, 90], "no, yes, yes"),
        ("any earlier part is PR with at most 1 SD between", [1, 40, 90, 90, 90], "no, yes, yes, no"),
    ],
)
def test_histories(when, sizes, classes):
    """History is that of the steps that got a class; a window counts from step to step, eight weeks apart here."""
    text = f"""{SIZE}conditions:
  big: size > 50 mm
components:
  part:
    classes:
      - {{class: PR, when: size < 50 mm}}
      - {{class: SD, when: otherwise}}
classes:
  - {{class: "yes", when: {when}}}
  - {{class: "no", when: otherwise}}
examples:
  - {{size: {sizes}, classes: {[one.strip() for one in classes.split(",")]}}}
"""
    assert problems(text) == []


@pytest.mark.parametrize(
    ("when", "sizes", "seen"),
    [
        ("next class is PD", [1, 1, 90, 1], "yes, no, no"),
        ("next size > 50 mm", [1, 1, None, 90], "yes, yes, NE"),
        ("[following date is known, following size > 50 mm]", [1, 1, None, 90], "NE, yes, no"),
        ("any later class is PD", [1, 90, 1, 90], "yes, yes, no"),
        ("no later class is PD", [1, 90, 1, 1], "yes, yes, yes"),
        ("any later class is PD within 8 weeks after", [1, 1, 1, 90], "no, yes, no"),
        ("any later class is PD at least 16 weeks after", [1, 1, 1, 90], "yes, no, no"),
        ("every later class is PD within 8 weeks after", [1, 1, 90, 1], "yes, no, yes"),
        ("any later class is PD with only PD between", [1, 1, 1, 90], "no, yes, no"),
        ("any later size > 2 * size", [1, 1, 2, 3], "yes, no, no"),
        ("no later size > 2 * size within 8 weeks after", [1, 1, 2, 9], "yes, no, yes"),
        ("as_of - date < 8 weeks", [1, 1, 1, 1], "no, no, yes"),
    ],
)
def test_stages(when, sizes, seen):
    """A stage reads later steps; what is not there is not seen."""
    data = "[" + ", ".join("null" if size is None else str(size) for size in sizes) + "]"
    text = f"""{SIZE}{CLASSES.replace("10 mm", "50 mm")}stages:
  look:
    classes:
      - {{class: "yes", when: {when}}}
      - {{class: "no", when: otherwise}}
examples:
  - {{size: {data}, look: {[one.strip() for one in seen.split(",")]}}}
"""
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{SIZE}  block: block + size\n{CLASSES}", "`block` reads itself at the same step"),
        (f"{SIZE}conditions:\n  a: {{any: [size > 1 mm, a]}}\n{CLASSES}", "`a` reads itself at the same step"),
        (f"{SIZE}  a: previous a + 1\n{CLASSES}", "nothing says what `a` is, it only reads itself"),
        (f"{SIZE}{IN_TURN}{CLASSES}", "`a` needs `b`, which needs `a` in turn"),
        (f"{SIZE}  a: next size\n{CLASSES}", "`next` looks ahead, and a class depends on nothing after it"),
        (
            f"{SIZE}conditions:\n  a: any later size > 1 mm\n{CLASSES}",
            "`later` looks ahead, and a class depends on nothing after it",
        ),
        (
            f"{SIZE}conditions:\n  a: any earlier size > 1 percent\n{CLASSES}",
            "`size` is a length, `1 percent` is a percentage",
        ),
        (
            f"{SIZE}conditions:\n  a: any earlier class is PD within 4 weeks after\n{CLASSES}",
            "`after` beside `earlier`",
        ),
        (f"{SIZE}conditions:\n  a: any earlier class is PD within 4 mm before\n{CLASSES}", "`4 mm` is a length"),
        (
            f"{SIZE}conditions:\n  a: any lesion is present within 4 weeks before\n{CLASSES}",
            "rows have no window in time",
        ),
        (f"{SIZE}conditions:\n  a: any lesion > 3\n{CLASSES}", "`any lesion > 3` compares rows with a value"),
        (
            f"{SIZE}conditions:\n  a: any earlier size > 3 mm with only PD between\n{CLASSES}",
            "`between` speaks of classes, and this is not about a class",
        ),
        (
            f"{SIZE}{CLASSES}order: {{best: [SD, PD]}}\nconditions:\n  a: previous class is SD or worse by severity\n",
            "there is no order `severity`",
        ),
        (f"{SIZE}{CLASSES}order: {{best: [SD, PD], severity: [SD, PR]}}\n", "`PR` is not a class of this criterion"),
        (f"{SIZE}{CLASSES}{BOTH_WAYS}", "`a` looks back at itself and ahead"),
        (f"{SIZE}{CLASSES}stages:\n  size:\n    measures:\n      a: next size\n", "`size` is a measure already"),
        (f"{SIZE}conditions:\n  b: confirmed is PD\n{CLASSES}{CONFIRMED}", "`confirmed` is not a name here"),
    ],
)
def test_refusals(text, what):
    """What reads itself at the same step, looks ahead too early or mixes kinds is refused in words."""
    assert what in problems(text)


def test_a_course_reads_the_last_stage():
    """`class` in a course is the last stage's, `original` that of the steps, and a stage goes by its name."""
    text = f"""{SIZE}{CLASSES}stages:
  one:
    classes:
      - {{class: PD, when: [class is PD, next class is PD]}}
      - {{class: SD, when: otherwise}}
  two:
    classes:
      - {{class: never, when: [one is PD, next one is PD]}}
      - {{class: PD, when: otherwise}}
course:
  measures:
    first_of_all: first date over assessments where original is PD
    first_of_one: first date over assessments where one is PD
  classes:
    - {{class: all, when: [seen PD in original, seen PD in one, seen PD, {{not: seen never}}]}}
    - {{class: few, when: otherwise}}
examples:
  - {{size: [1, 12, 12, 1], classes: [PD, PD, SD], one: [PD, SD, SD], two: [PD, PD, PD], course: all}}
"""
    assert problems(text) == []
