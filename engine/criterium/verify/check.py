"""Everything that is looked for in one criterion: loading and examples, proofs, prose, parameters and units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from criterium.evaluate.symbols.solver import anew
from criterium.language import library
from criterium.language import tree as t
from criterium.language.file.document import Document
from criterium.language.problems import Problem, Refused, Where
from criterium.language.tables import Table
from criterium.verify.checks.bands import bands
from criterium.verify.checks.baseline import discontinuities
from criterium.verify.checks.claims import Claims, uncovered
from criterium.verify.checks.ladders import ladders
from criterium.verify.checks.parameters import parameters
from criterium.verify.checks.prose import prose
from criterium.verify.checks.unit_columns import unit_columns
from criterium.verify.examples.trials import Report, run
from criterium.verify.findings import CODES, Checked, Finding, of_problem, settled
from criterium.verify.proofs.worlds import Bound, World

# The codes that other commands look for.
ELSEWHERE = ("CRT401",)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A criterion with its document, and the problems found; without a criterion they are those of loading."""

    criterion: t.Criterion | None
    document: Document | None
    report: Report


def loaded(reference: str, tables: Mapping[str, Table]) -> Loaded:
    """Return a criterion and what running its examples finds; one that cannot be loaded has problems only."""
    try:
        document = library.resolve(reference)
        criterion = library.load(reference)
    except Refused:
        return Loaded(None, None, Report(0, _problems_of(reference)))
    return Loaded(criterion, document, run(criterion, document, tables))


def _problems_of(reference: str) -> tuple[Problem, ...]:
    """Return every problem of a criterion that cannot be loaded, those of its sentences with those of its format."""
    try:
        library.load(reference)
    except Refused as refused:
        return refused.problems
    return ()


def check(reference: str, tables: Mapping[str, Table], bound: Bound | None = None) -> tuple[Loaded, Checked]:
    """Return a criterion and all that is found in it, what it declares set apart."""
    one = loaded(reference, tables)
    if one.criterion is None:
        return one, Checked(tuple(of_problem(problem, "CRT001") for problem in one.report.problems))
    found = [of_problem(problem, "CRT002") for problem in one.report.problems]
    with anew():
        found += _found(one.criterion, library.base(reference), tables, bound or Bound())
    looked_for = [code for code in CODES if code not in ELSEWHERE]
    return one, settled(found, one.criterion.expected, looked_for)


def _found(
    criterion: t.Criterion, base: t.Criterion | None, tables: Mapping[str, Table], bound: Bound
) -> Iterator[Finding]:
    """Yield what is found in a criterion that loads."""
    world = World([criterion], tables, bound)
    proofs = [*bands(criterion, tables, bound)] if criterion.branches else [*ladders(criterion, base, tables, world)]
    yield from proofs
    yield from discontinuities(criterion)
    claims = Claims(criterion, base, tables, world, proofs)
    yield from claims.findings(criterion.claims, "CRT109")
    if base is not None:
        yield from _inherited(claims, base)
        yield from uncovered(criterion, base)
    yield from prose(criterion)
    yield from parameters(criterion)
    yield from unit_columns(criterion)


def _inherited(claims: Claims, base: t.Criterion) -> Iterator[Finding]:
    """Yield a finding for every claim of the base that is not true of the overlay, at the overlay's name."""
    general = [claim for claim in base.claims if not claim.text.startswith("only ")]
    where = claims.criterion.where
    for one in claims.findings(general, "CRT111"):
        yield Finding(
            one.code,
            _at(where, one.where),
            one.about,
            f"{base.id} claims otherwise: {one.what}",
            "",
            one.help,
            one.witness,
        )


def _at(overlay: Where, claim: Where) -> Where:
    return overlay if overlay.file else claim
