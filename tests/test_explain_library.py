"""Every criterion that ships is explained on its own examples: reasons, sources and numbers, within the line."""

from __future__ import annotations

import io
import re
from functools import cache

import numpy as np
import pytest
from rich.console import Console

from criterium.evaluate.algebra import COURSE
from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.frames import Material
from criterium.evaluate.walk import Walk
from criterium.explain.grading import grades
from criterium.explain.model import Course, Explanation
from criterium.explain.parts import asked_of, of_courses, part
from criterium.explain.verdicts import verdict
from criterium.language import library, places
from criterium.report.explanation import show
from criterium.report.explanation_json import as_json
from criterium.timeline.cohort import Cohort
from criterium.timeline.courses import NEVER, Courses
from criterium.verify.examples.cases import case_of
from criterium.verify.examples.rows import labels, rows_of, table_data

A_FEW = 3
TABLES = library.tables()
SHIPPED = sorted(
    path.stem
    for kind in ("response", "dosing", "symptoms", "endpoints", "toxicity")
    for path in (places.shipped("criteria") / kind).glob("*.yaml")
    if "@" not in path.stem
)


@cache
def load(id_):
    return library.load(id_)


GRADED = [id_ for id_ in SHIPPED if load(id_).branches]
STEPPED = [id_ for id_ in SHIPPED if id_ not in GRADED]


def cases(criterion):
    """Return a few examples of a file, from its beginning to its end, that list rows and set no parameter anew."""
    plain = [one for one in criterion.examples if "set" not in one]
    kept = [(one, case) for one in plain if not (case := case_of(criterion, one, TABLES)).exact]
    return [kept[at] for at in sorted({0, len(kept) // 2, len(kept) - 1})][:A_FEW]


@cache
def explained(id_):
    """Return the explanations of a few examples of a file, each asked why it is not the first class of the file."""
    criterion = load(id_)
    walks = [Walk(criterion, Exact(case.frame, 0)) for _, case in cases(criterion)]
    return [part("response", walk, TABLES, labels_of(criterion)[0]) for walk in walks]


def verdicts(found):
    """Yield every verdict of a part."""
    for visit in found.visits:
        yield from visit.verdicts
    yield from found.verdicts


def labels_of(criterion):
    """Return every class that a criterion can give to a step or a course."""
    ladders = [*criterion.steps.ladders.values(), *of_courses(criterion).values()]
    return list(dict.fromkeys(label for ladder in ladders for label in ladder.labels))


def printed(explanation, width):
    out = Console(file=io.StringIO(), width=width, highlight=False)
    show(explanation, out)
    return out.file.getvalue()


def whole(*parts):
    return Explanation("examples", "case", (), (Course("", "1970-01-01", tuple(parts)),), ())


# --- courses ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("id_", STEPPED)
def test_every_class_has_a_clause_with_its_place_and_numbers(id_):
    """A class that was given has the clause that gave it, where that stands, and what each of its conditions saw."""
    for found in explained(id_):
        for one in verdicts(found):
            assert one.unknown == (one.rung is None)
            assert one.missing or not one.unknown
            for rung in one.rungs:
                assert rung.where.line > 0
                assert rung.where.file.endswith(".yaml")
                for atom in rung.atoms:
                    assert atom.text
                    assert atom.numbers, atom
                    assert "None" not in atom.numbers


@pytest.mark.parametrize("id_", STEPPED)
def test_the_classes_are_those_of_the_examples(id_):
    """What an example expects of a ladder is what the explanation says of it."""
    criterion = load(id_)
    for (example, _), found in zip(cases(criterion), explained(id_), strict=True):
        visits = [visit for visit in found.visits if visit.verdicts]
        for ladder in criterion.steps.ladders:
            said = [one.label for visit in visits for one in visit.verdicts if one.ladder == ladder]
            wanted = example.get("classes" if ladder == "class" and "classes" in example else ladder)
            if isinstance(wanted, list):
                assert said == wanted
            elif wanted is not None:
                assert said[-1] == wanted
        if "course" in example:
            assert next(one.label for one in found.verdicts if one.ladder == "class") == str(example["course"])


@pytest.mark.parametrize("id_", STEPPED)
@pytest.mark.parametrize("width", [80, 140])
def test_the_page_fits_the_line_and_leaves_nothing_empty(id_, width):
    """No line is longer than the page, no bracket is empty, nothing is the word of a program for nothing."""
    for found in explained(id_):
        text = printed(whole(found), width)
        assert max(len(line) for line in text.splitlines()) <= width
        assert not re.search(r"\(\)|\bNone\b|\bnan\b|<criterium", text)


@pytest.mark.parametrize("id_", STEPPED)
def test_every_class_can_be_asked_for(id_):
    """Why not: of every class that a criterion can give, each step and course that has another one says why."""
    criterion = load(id_)
    walk = Walk(criterion, Exact(cases(criterion)[-1][1].frame, 0))
    of_steps, of_course = criterion.steps.ladders, of_courses(criterion)
    for ladders, final, there in ((of_steps, criterion.final, walk.step_places()), (of_course, "class", [COURSE])):
        for label in {label for ladder in ladders.values() for label in ladder.labels}:
            ladder = ladders[asked_of(final, ladders, label)]
            given = any(clause.label == label for clause in ladder.clauses)
            for one in (verdict(walk, ladder, place, label) for place in there):
                assert bool(one.why_not) == (given and one.label != label)
                assert all(told.atoms or told.earlier for told in one.why_not)


@pytest.mark.parametrize("id_", [one for one in STEPPED if load(one).kind in {"response", "symptoms", "dosing"}])
def test_every_criterion_can_be_drawn_and_read_by_a_program(id_):
    """There is a curve with a dot for each step, and the text of the program's format has no empty key."""
    criterion = load(id_)
    for found in explained(id_):
        assert found.curves or not found.visits
        for curve in found.curves:
            assert {dot.label for dot in curve.dots} <= {"", *criterion.last_word.labels}
        assert '"why_not"' in as_json(whole(found))


# --- graded results ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("id_", GRADED)
def test_every_grade_has_its_band_and_says_why_it_is_no_other(id_):
    """A few results of each file: a grade has the band that gave it, and tells what kept it from each other grade."""
    criterion = load(id_)
    plain = [one for one in criterion.examples if {"value", "unit", "grade"} <= set(one) and one.get("value")]
    plain = [one for one in plain if "set" not in one and one["grade"] != "not gradable"]
    for example in plain[:: max(1, len(plain) // A_FEW)]:
        word = next(one.reads[0] for one in criterion.branches if one.id == example["term"] and one.reads)
        row = {"day": 1, "test": example.get("test", word)}
        row |= {key: one for key, one in example.items() if key in TABLES["labs"].columns and key != "date"}
        data = table_data(TABLES["labs"], [rows_of(TABLES["labs"], [row], [0.0], "labs")])
        material = Material(Cohort("case", ("case",), {"labs": data}), TABLES)
        courses = Courses(np.zeros(1, dtype=np.int64), labels([""]), np.zeros(1), np.full(1, NEVER))
        for asked in ("1", "3"):
            found = grades("toxicity", criterion, material, courses, asked)
            (one,) = [result for result in found.results if result.term == example["term"]]
            assert one.band or one.reason
            if one.label not in {asked, "not gradable"} and any(
                clause.label == asked
                for branch in criterion.branches
                if branch.id == example["term"] and branch.ladder and branch.unit in {"any", example["unit"]}
                for clause in branch.ladder.clauses
            ):
                assert one.why_not, (example, asked)
            assert "None" not in printed(Explanation("examples", "case", (), (), (found,)), 80)
