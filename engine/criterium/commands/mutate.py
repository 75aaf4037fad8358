"""criterium test --mutate: which changes of the rules no example notices."""

from __future__ import annotations

from collections.abc import Sequence

from criterium.commands.check import references
from criterium.language import library
from criterium.language.file.document import Document
from criterium.language.lower import lower
from criterium.language.problems import Problem
from criterium.language.tree import Criterion
from criterium.report import mutation as report
from criterium.report.terminal import console, errors, problems
from criterium.verify.examples.trials import run
from criterium.verify.mutation.score import Score, score
from criterium.verify.mutation.trials import trial


def mutate(paths: Sequence[str]) -> int:
    """Print what no example notices; return 1 if a criterion falls short, or if its examples do not hold as it is.

    Problems of a file raise Refused.
    """
    scores: list[Score] = []
    failing: list[Problem] = []
    for reference in references(paths):
        document = library.resolve(reference)
        criterion = lower(document, library.tables())
        held = run(criterion, document, library.tables())
        failing += held.problems
        if not held.problems:
            scores.append(_judged(criterion, document))
    if len(scores) > 1:
        report.total(scores, console())
    if failing:
        problems(failing, errors())
    return 1 if failing or any(one.fails for one in scores) else 0


def _judged(criterion: Criterion, document: Document) -> Score:
    """Return the score of a criterion whose examples hold, and print it."""
    tried = trial(criterion, document, library.tables())
    unnoticed = [one for one in report.tracked(tried.mutants, criterion.id, errors()) if not tried.notices(one)]
    none = {one.about for one in report.tracked(unnoticed, criterion.id, errors()) if tried.is_none(one)}
    mutants, survivors = ([one for one in each if one.about not in none] for each in (tried.mutants, unnoticed))
    found = score(criterion, mutants, survivors)
    report.show(found, console())
    return found
