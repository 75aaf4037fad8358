"""An example notices a mutant if and only if it comes out differently when it is walked from nothing.

Trials keep what the first walk of an example found and compute only what a change reaches. This law holds them against
walks that keep nothing and look at everything, for some mutants of each kind of node, and some examples. Trials of
single results look at the column of each example only; they are held against the tests of some terms' examples.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from criterium.evaluate.exact.algebra import Exact
from criterium.evaluate.walk import Walk
from criterium.language import library
from criterium.language.lower import lower
from criterium.verify.examples.results import result_problems
from criterium.verify.mutation.graph import rebuilt
from criterium.verify.mutation.results import Results
from criterium.verify.mutation.trials import Courses, objects, trial
from tests.laws.cohorts import criteria

MUTANTS, EXAMPLES = 1, 4  # of each kind of node, and of each criterion
TERMS = 8  # of each criterion of single results
SHIPPED = sorted(name for name, criterion in criteria().items() if criterion.examples)
GRADED = sorted(path.stem for path in library.files() if library.load(str(path)).branches)


def tried(reference, rng):
    """Return the trial of a criterion by some of its examples."""
    document = library.resolve(reference)
    criterion = lower(document, library.tables())
    some = rng.sample(criterion.examples, min(EXAMPLES, len(criterion.examples)))
    return trial(replace(criterion, examples=tuple(some)), document, library.tables())


def sample(graph, mutants, rng):
    """Yield some mutants of each kind of node that is changed."""
    kinds = {}
    for mutant in mutants:
        changed = [type(graph.nodes[number]).__name__ for number in mutant.change]
        kinds.setdefault(tuple(changed), []).append(mutant)
    for alike in kinds.values():
        yield from rng.sample(alike, min(MUTANTS, len(alike)))


def plainly(example, changed):
    """Return whether an example comes out differently under a changed criterion, walked from nothing."""
    parameters = {**changed.criterion.parameters, **example.settings}
    given = example.algebra
    algebra = Exact(given.frame, given.index, given.override)
    return objects(Walk(replace(changed.criterion, parameters=parameters), algebra), example)


@pytest.mark.parametrize("reference", SHIPPED)
def test_a_trial_answers_as_a_walk_from_nothing(reference):
    """For mutants of every kind of node, each example objects if and only if its plain walk does."""
    rng = random.Random(reference)  # noqa: S311 -- a sample, not a secret
    found = tried(reference, rng)
    assert isinstance(found, Courses)
    for mutant in sample(found.graph, found.mutants, rng):
        changed = found.changed(mutant)
        for example in found.examples:
            assert found.objects(example, changed) is plainly(example, changed), (mutant.about, example.expects)


# --- single results ---------------------------------------------------------------------------------------------------
def graded(reference, rng):
    """Return a criterion of single results with a third of the examples of some terms, and its document."""
    document = library.resolve(reference)
    criterion = lower(document, library.tables())
    terms = sorted({one["term"] for one in criterion.examples})
    some = set(rng.sample(terms, min(TERMS, len(terms))))
    theirs = [one for one in criterion.examples if one["term"] in some]
    return replace(criterion, examples=tuple(rng.sample(theirs, len(theirs) // 3))), document


def bearing(found):
    """Return the mutants that reach a term of which there are examples."""
    criterion, graph = found.graph.criterion, found.graph
    terms = {one["term"] for one in criterion.examples}
    columns = {id(one) for one in criterion.branches if one.id in terms}
    return [one for one in found.mutants if columns & graph.above(one.change, graph.uses)]


def whole(graph, mutant):
    """Return the changed criterion, with all of its columns."""
    criterion, made = graph.rewritten(mutant.change)
    return replace(criterion, branches=rebuilt(criterion.branches, dict(made), graph.above(mutant.change, graph.holds)))


@pytest.mark.parametrize("reference", GRADED)
def test_a_trial_of_single_results_answers_as_the_test_of_the_examples(reference):
    """For mutants of every kind of node, an example objects if and only if one fails in the changed criterion."""
    rng = random.Random(reference)  # noqa: S311 -- a sample, not a secret
    criterion, document = graded(reference, rng)
    found = trial(criterion, document, library.tables())
    assert isinstance(found, Results)
    for mutant in sample(found.graph, bearing(found), rng):
        problems = list(result_problems(whole(found.graph, mutant), document, library.tables()))
        assert found.notices(mutant) is bool(problems), mutant.about
