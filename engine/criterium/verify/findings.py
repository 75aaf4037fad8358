"""What a check finds, as data: every finding has a stable code, a place, and what it is about.

A file that knows of a finding declares it under `expected:`, by the name of the finding and what it is about, with the
reason why it stays. A declaration of something that does not occur is a finding itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from criterium.language import tree as t
from criterium.language.problems import Problem, Where, listed, nearest

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding: the `name` by which a file declares it under `expected:`, its severity, and a title."""

    name: str
    severity: Severity
    title: str


CODES: Mapping[str, Code] = {
    "CRT001": Code("loading", "error", "The file cannot be loaded"),
    "CRT002": Code("example", "error", "An example comes out differently"),
    "CRT101": Code("gap", "error", "Something that can exist is named by no line"),
    "CRT102": Code("overlap", "error", "Two lines hold at once and disagree, and no precedence is declared"),
    "CRT103": Code("unreachable", "error", "A class that nothing can reach"),
    "CRT104": Code("shadowed", "error", "A line that an earlier one always takes"),
    "CRT105": Code("unknown", "error", "What is missing falls to a better class"),
    "CRT106": Code("swallowed", "error", "The default takes what no line names"),
    "CRT107": Code("within limits", "error", "A value within its own limits gets a class"),
    "CRT108": Code("discontinuity", "error", "A little more at baseline turns the answer the other way"),
    "CRT109": Code("claim", "error", "A claim that is not true"),
    "CRT110": Code("undecided", "warning", "A question that could not be decided"),
    "CRT111": Code("invariant", "error", "A claim of the base that the overlay breaks"),
    "CRT112": Code("no invariant", "warning", "An overlay adds a class and claims nothing of it"),
    "CRT201": Code("prose number", "error", "A number of the sentence that no comparison has"),
    "CRT202": Code("prose comparison", "error", "A comparison that contradicts the words of the sentence"),
    "CRT203": Code("prose sibling", "error", "One sentence, two conditions"),
    "CRT301": Code("unused parameter", "warning", "A parameter that nothing reads"),
    "CRT302": Code("no source", "warning", "A parameter without a source"),
    "CRT303": Code("unit columns", "warning", "Two unit columns that disagree on one sample"),
    "CRT401": Code("surviving mutant", "warning", "No example notices when a rule is changed"),
    "CRT501": Code("declaration", "error", "A declared finding that does not occur"),
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


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one file found: `open` findings, and those that the file declares, each with its declaration."""

    open: tuple[Finding, ...]
    declared: tuple[tuple[Finding, t.Expected], ...] = ()

    @property
    def errors(self) -> int:
        """The number of open findings of severity error."""
        return sum(one.severity == "error" for one in self.open)


def of_problem(problem: Problem, code: str) -> Finding:
    """Return a problem as a finding of a code, about the place where it stands."""
    about = f"line {problem.where.line}"
    return Finding(code, problem.where, about, problem.what, problem.expected, problem.help)


def settled(found: Iterable[Finding], expected: Sequence[t.Expected], looked_for: Iterable[str]) -> Checked:
    """Return findings with those that are declared set apart, and one for every declaration of what does not occur.

    `looked_for` are the codes that were looked for: a declaration of any other is left alone. One about a whole, such
    as `terms.sodium`, is about each of its parts, such as `terms.sodium, grade 2`.
    """
    names = {CODES[code].name for code in looked_for}
    ordered = sorted(set(found), key=lambda one: (one.where.file, one.where.line, one.where.column, one.code, one.what))
    by_key = {(one.finding, one.about): one for one in reversed(expected)}
    keys = {one: [(CODES[one.code].name, about) for about in _about(one)] for one in ordered}
    told = {one: next((by_key[key] for key in keys[one] if key in by_key), None) for one in ordered}
    declared = tuple((one, known) for one, known in told.items() if known is not None)
    occurred = {key for each in keys.values() for key in each}
    return Checked((*(one for one in ordered if told[one] is None), *_idle(expected, occurred, names)), declared)


def _about(one: Finding) -> tuple[str, ...]:
    """Return what a finding is about, and the whole of which that is a part."""
    return tuple(dict.fromkeys((one.about, one.about.partition(", ")[0])))


def _idle(expected: Sequence[t.Expected], occurred: set[tuple[str, str]], names: set[str]) -> Iterator[Finding]:
    """Yield a finding for each declaration of what does not occur, or is no kind of finding."""
    every = sorted(code.name for code in CODES.values())
    for one in expected:
        if one.finding not in every:
            what = f"`{one.finding}` is not the name of a finding"
            yield Finding("CRT501", one.where, one.about, what, listed(every), nearest(one.finding, every))
        elif one.finding in names and (one.finding, one.about) not in occurred:
            others = [about for name, about in sorted(occurred) if name == one.finding]
            what = f"the expected {one.finding} about `{one.about}` does not occur"
            remedy = nearest(one.about, others) or "remove the declaration"
            yield Finding("CRT501", one.where, one.about, what, "a finding that occurs", remedy)
