"""An example notices a mutant if and only if it comes out differently when it is walked from nothing.

Trials keep what the first walk of an example found and compute only what a change reaches. This law holds them against
walks that keep nothing and look at everything, for some mutants of each kind of node, and some examples.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from criterium.evaluate.exact import Exact
from criterium.evaluate.walk import Walk
from criterium.language import library
from criterium.language.lower import lower
from criterium.verify.mutation import Courses, objects, trial
from tests.laws.cohorts import criteria

MUTANTS, EXAMPLES = 1, 4  # of each kind of node, and of each criterion
SHIPPED = sorted(name for name, criterion in criteria().items() if criterion.examples)


def tried(reference, rng):
    """Return the trial of a criterion by some of its examples."""
    document = library.resolve(reference)
    criterion = lower(document, library.tables())
    some = rng.sample(criterion.examples, min(EXAMPLES, len(criterion.examples)))
    return trial(replace(criterion, examples=tuple(some)), document, library.tables())


def sample(found, rng):
    """Yield some mutants of each kind of node that is changed."""
    kinds = {}
    for mutant in found.mutants:
        changed = [type(found.graph.nodes[number]).__name__ for number in mutant.change]
        kinds.setdefault(tuple(changed), []).append(mutant)
    for mutants in kinds.values():
        yield from rng.sample(mutants, min(MUTANTS, len(mutants)))


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
    for mutant in sample(found, rng):
        changed = found.changed(mutant)
        for example in found.examples:
            assert found.objects(example, changed) is plainly(example, changed), (mutant.about, example.expects)
