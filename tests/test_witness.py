"""Courses that a solver found are examples: plain, in the words of a file, and true where they are pasted."""

from __future__ import annotations

from fractions import Fraction

import pytest

from criterium.evaluate.symbols import solver as solving
from criterium.evaluate.symbols.unseen import Key, Unseen
from criterium.language import library
from criterium.language.file.source import parse
from criterium.language.library import load, tables
from criterium.language.lower import lower
from criterium.language.tree import Field
from criterium.language.uses import nodes
from criterium.verify.proofs.witness import NotDecimal, Sketch, missing_word, spoken, written
from criterium.verify.proofs.worlds import Bound, shape_of
from tests.calls import call
from tests.witnesses import PAIRS, all_witnesses

HEAD = """\
id: mine
version: 0.1.0
title: Mine
kind: response
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: assessment
of: lesions
"""
CLASSES = "classes: [{class: PD, when: size > 5 mm}, {class: SD, when: otherwise}]\nunknown: NE\n"
STEP, COURSE = "class of each assessment", "class of the course"


def numbers(example):
    """Yield every number of an example."""
    for value in example.values() if isinstance(example, dict) else example:
        if isinstance(value, (dict, list)):
            yield from numbers(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield value


def test_every_witness_is_plain():
    """Lengths are whole millimetres or have one decimal, days are whole; few members and assessments show all pairs."""
    for one, other, about, pair, answer in all_witnesses():
        case = (one, other, about, pair, answer.example)
        assert all(Fraction(str(value)) * 10 % 1 == 0 for value in numbers(answer.example)), case
        assert all(day == int(day) for day in answer.example.get("at", ())), case
        assert len(answer.example.get("lesions", ())) <= 3, case
        assert answer.steps <= (2 if about == STEP else 5), case


def test_a_witness_is_one_line_of_yaml():
    """What is said of an example is read back as the same example."""
    for *_, answer in all_witnesses():
        text = f"examples:\n  {spoken(answer.example)}\n"
        assert parse(text, "spoken").data == {"examples": [dict(answer.example)]}


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("pair", PAIRS)
def test_a_witness_pasted_into_a_file_passes_its_tests(pair, side, tmp_path):
    """Under `examples:` of either criterion, with the class that it shows, every course comes out as it says."""
    id_ = pair[side]
    criterion = load(id_)
    said = []
    for one, other, about, labels, answer in all_witnesses():
        if (one, other) == pair:
            shown = {"class": labels[side]} if about == STEP else {"course": labels[side]}
            said.append("  " + spoken({**answer.example, **shown}))
    heading = f"id: pasted\nversion: 1.0.0\ntitle: Pasted\nextends: {id_}@{criterion.version}\n"
    folder = tmp_path / "pasted.yaml"
    source = "source: [{cite: nobody, for: nothing, confidence: derived}]\n"
    folder.write_text(heading + source + "examples:\n" + "\n".join(said) + "\n", encoding="utf-8")
    code, output, errors = call("test", str(folder))
    assert (code, errors) == (0, ""), output
    assert str(len(library.load(str(folder)).examples)) in output


@pytest.mark.parametrize(("value", "text"), [("3", "3"), ("2.5", "2.5"), ("-0.001", "-0.001"), ("12.125", "12.125")])
def test_a_number_is_written_as_people_write_it(value, text):
    """A whole number has no point, another one its decimals."""
    assert str(written(Fraction(value))) == text


def test_a_number_without_decimals_is_refused():
    """A third cannot be written down; a course that has one would not be the course that was found."""
    with pytest.raises(NotDecimal, match="1/3"):
        written(Fraction(1, 3))


def test_words_that_yaml_would_read_otherwise_are_quoted():
    """A word with a mark of YAML in it is quoted; nothing is null, true and false are themselves."""
    example = {"term": "a: b", "value": None, "fasting": True, "note": "plain words"}
    text = spoken(example)
    assert text == '- {term: "a: b", value: null, fasting: true, note: plain words}'
    assert parse(f"examples:\n  {text}\n", "spoken").data == {"examples": [example]}


def test_a_member_of_which_nothing_is_known_is_there_in_a_word():
    """A table says in which column, by which word, that somebody looked and could not tell."""
    assert missing_word(tables()["lesions"]) == ("state", "not evaluable")
    assert missing_word(tables()["events"]) == ("", "")


@pytest.mark.parametrize("hint", ["nothing", "a word", "no word", "a size"])
def test_a_plain_course_does_not_depend_on_the_one_that_was_found(hint):
    """A lesion that appears after the baseline, not measured at first, is at the first site and of a usual size."""
    text = f"{HEAD}measures: {{size: sum of long over new lesions where site is bone in mm}}\n{CLASSES}"
    criterion = lower(parse(text, "mine"), tables())
    unseen = Unseen(shape_of([criterion], tables(), Bound(), 2))
    new = len(unseen.shape.members) - 1
    fields = {node.name: node for node in nodes(criterion) if isinstance(node, Field)}
    site = unseen.member(fields["site"], new, 1)
    for step in (1, 2):
        unseen.member(fields["long"], new, step)
    (before, measured), (after, again) = (unseen.numbers[Key("lesions", new, step, "long")] for step in (1, 2))
    there = [unseen.present(new, 1), solving.negate(measured), again]
    solver = solving.Solver(1)
    for rule in [*unseen.rules, *there]:
        solver.keep(rule)
    hints = {
        "a word": [site.cases["bone"]],
        "no word": [solving.negate(one) for one in site.cases.values()],
        "a size": [solving.equal(before, Fraction(17999)), solving.equal(after, before)],
    }
    assert solver.ask(*hints.get(hint, [])) == "possible"
    (lesion,) = Sketch(unseen, solver).example()["lesions"]
    assert lesion["site"] == next(iter(site.cases))
    assert lesion["long"] == [None, None, 40]
