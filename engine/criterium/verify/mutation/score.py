"""The score of a criterion's examples, and what it finds: survivors that nobody declared, declarations without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from criterium.language import tree as t
from criterium.verify.findings import Checked, Finding, settled
from criterium.verify.mutation.graph import parts
from criterium.verify.mutation.mutants import Mutant

ENOUGH = 95
CODE = "CRT401"


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants a criterion has, how many of them its examples notice, and what is found of the others.

    `found` holds a finding for every survivor, those that the file declares apart, and one for every declaration that
    has no survivor. `bases` are the files whose lines are not judged here.
    """

    criterion: t.Criterion
    mutants: int
    noticed: int
    found: Checked
    bases: tuple[str, ...]

    @property
    def survivors(self) -> int:
        """The number of mutants that no example notices."""
        return self.mutants - self.noticed

    @property
    def percent(self) -> int:
        """The share that is noticed in whole percent, rounded down; all of none."""
        return 100 * self.noticed // self.mutants if self.mutants else 100

    @property
    def fails(self) -> bool:
        """Whether too few are noticed and not all others declared, or a declaration has no survivor."""
        wrong = any(one.code != CODE for one in self.found.open)
        return wrong or (self.percent < ENOUGH and bool(self.found.open))


def score(criterion: t.Criterion, mutants: Sequence[Mutant], survivors: Sequence[Mutant]) -> Score:
    """Return the score of a criterion, given its mutants and those that no example notices."""
    home = criterion.where.file
    own = [one for one in criterion.expected if one.where.file == home]
    found = settled((_finding(one) for one in survivors), own, [CODE])
    bases = sorted({part.where.file for part in parts(criterion)} - {home, ""})
    return Score(criterion, len(mutants), len(mutants) - len(survivors), found, tuple(bases))


def _finding(mutant: Mutant) -> Finding:
    what = f"no example notices when {mutant.says}"
    remedy = "add such an example, or declare it under `expected:` with the reason"
    return Finding(CODE, mutant.where, mutant.about, what, "an example that comes out differently", remedy)
