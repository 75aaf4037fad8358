"""What a check finds, as data: every finding has a stable code, a place, and what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from criterium.language.problems import Where

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: the `name` by which a file declares it under `expected:`, its severity, and a title."""

    name: str
    severity: Severity
    title: str


CODES: Mapping[str, Code] = {
    "CRT401": Code("surviving mutant", "warning", "No example notices when a rule is changed"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding at `where`: `what` is wrong, `about` what (stable words that a declaration repeats), and its remedy.

    `witness` is a case that shows it, as a line for the `examples:` of the file; empty if there is none.
    """

    code: str
    where: Where
    about: str
    what: str
    expected: str = ""
    help: str = ""
    witness: str = ""

    @property
    def severity(self) -> Severity:
        """How much it weighs."""
        return CODES[self.code].severity
