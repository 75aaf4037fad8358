"""An explanation as data: a patient's courses, what each criterion of a study says of them, and every reason.

Numbers are kept twice: `text` as people read it, with its unit, and the number itself in `unit`. Dates are ISO.
"""

from __future__ import annotations

from dataclasses import dataclass

from criterium.language.problems import Where


@dataclass(frozen=True, slots=True)
class Amount:
    """One value: its `name`, its `text`, and, where it is a known number, the number in `unit`."""

    name: str
    text: str
    number: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition that is not put together from others: its text, truth and numbers, and by how much it holds.

    `margin` is negative where a comparison fails; it is in `unit`.
    """

    text: str
    truth: str
    numbers: str
    margin: float | None
    unit: str
    where: Where


@dataclass(frozen=True, slots=True)
class Rung:
    """A clause of a ladder: the class it gives, what it says, whether it holds, and its atoms.

    `deciding` are the atoms that make it hold, or enough of them to rule it out, or all that leave it open.
    """

    label: str
    name: str
    text: str
    says: str
    cite: str
    truth: str
    atoms: tuple[Atom, ...]
    deciding: tuple[Atom, ...]
    where: Where


@dataclass(frozen=True, slots=True)
class Used:
    """A parameter that a clause reads: its value, what it means, where it comes from and how sure that is."""

    name: str
    value: str
    means: str
    cite: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a decision table: its name, its value here, and the atoms behind it."""

    name: str
    value: str
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a class was not given: the class, the clause's text, and the atoms in its way.

    If its condition holds, `earlier` are the classes further up that hold, or, if it is not `settled` which of them
    does, that cannot be ruled out.
    """

    label: str
    text: str
    holds: bool
    settled: bool
    earlier: tuple[str, ...]
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a ladder gave: the label, the classes still possible, its clauses, and which of them decided (-1: none).

    `missing` says what was not known. If the label is not the unknown one, it could not have changed it. `columns` are
    those of a decision table, empty for any other ladder. `parameters` are those that the deciding clause reads.
    """

    ladder: str
    label: str
    name: str
    unknown: bool
    possible: tuple[str, ...]
    decided_by: int
    rungs: tuple[Rung, ...]
    missing: tuple[str, ...]
    columns: tuple[Column, ...]
    parameters: tuple[Used, ...]
    why_not: tuple[Blocked, ...] = ()

    @property
    def rung(self) -> Rung | None:
        """The clause that decided; None if the label is unknown."""
        return self.rungs[self.decided_by] if self.decided_by >= 0 else None


@dataclass(frozen=True, slots=True)
class Row:
    """One row that a step measured: what it is called, its values, and the table if it stands beside the steps."""

    name: str
    values: tuple[Amount, ...]
    table: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A value of an earlier step: which, of what, how much, and the step and date it comes from."""

    text: str
    amount: Amount
    step: int | None
    date: str


@dataclass(frozen=True, slots=True)
class Flip:
    """The smallest change of one number that gives another class.

    `what` says which number, at the step and date `step` and `date`; it goes from `old` to `new`, both in `unit`.
    """

    what: str
    step: int
    date: str
    old: float
    new: float
    unit: str
    label: str

    @property
    def change(self) -> float:
        """By how much the number changes."""
        return round(self.new - self.old, 6)


@dataclass(frozen=True, slots=True)
class Visit:
    """A step of a course: its number (0 is the baseline), date, days since the start, rows, values and classes.

    `gaps` names what the rows of the step do not say, and `note` whatever is out of order with the step itself.

    `flips` holds, for every number measured here, the smallest change that gives the step another class, nearest first.
    """

    step: int
    date: str
    day: int | None
    rows: tuple[Row, ...]
    measures: tuple[Amount, ...]
    references: tuple[Reference, ...]
    verdicts: tuple[Verdict, ...]
    flips: tuple[Flip, ...] = ()
    gaps: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A step on a curve: its date, its value and the least it can be (None: not known), and its class, if any."""

    date: str
    value: float | None
    least: float | None
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line across a curve: a threshold, or a value of an earlier step that thresholds start from.

    `values` has one value a step, None where there is none; `label` is the class that the threshold leads to, empty
    for a value of an earlier step.
    """

    name: str
    label: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A measure over a course, in `unit`, with its thresholds; `order` holds the ranked classes, the best first.

    Of a `ranked` curve the values are the places of the classes in that order.
    """

    name: str
    unit: str
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    order: tuple[str, ...]
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class Time:
    """The time of an endpoint: from and to which date, how long in `unit`, and whether it ended in an event."""

    begin: str
    end: str
    length: float | None
    unit: str
    event: bool | None


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion says of one course. `role` is what the study uses it for.

    `stages` are the ladders that give the steps their classes, one after the other: the last has the last word.
    `plain` are the measures of a step that no stage adds. Where dates are partial, it is what is said of one of the
    possible days, and `supposing` says of which, and how many others say the same.
    """

    role: str
    id: str
    version: str
    hash: str
    title: str
    sources: tuple[tuple[str, str, str], ...]
    each: str
    stages: tuple[str, ...]
    plain: tuple[str, ...]
    visits: tuple[Visit, ...]
    measures: tuple[Amount, ...]
    verdicts: tuple[Verdict, ...]
    time: Time | None
    flips: tuple[Flip, ...] = ()
    curves: tuple[Curve, ...] = ()
    supposing: str = ""

    @property
    def final(self) -> str:
        """The ladder that has the last word on a step; empty if the steps get no class."""
        return self.stages[-1] if self.stages else ""


@dataclass(frozen=True, slots=True)
class Grade:
    """One graded result: the word it was recorded under, its value and limits, the grade, and the band that gave it.

    `lower` and `upper` are the nearest cuts below and above the value, with the grade beyond each; `away` is how far
    the nearer one is, in the unit of the result. `why_not` is what kept the result from the grade that was asked for.
    """

    term: str
    name: str
    word: str
    date: str
    course: str
    value: str
    limits: str
    label: str
    possible: tuple[str, ...]
    reason: str
    band: str
    lower: str
    upper: str
    away: float | None
    why_not: tuple[Blocked, ...] = ()


@dataclass(frozen=True, slots=True)
class Grades:
    """The graded results of a patient, by one criterion: all of them, the highest grade of each term first.

    `curves` hold the numbers of every term that was graded above the lowest grade, with its cuts.
    """

    role: str
    id: str
    version: str
    hash: str
    title: str
    sources: tuple[tuple[str, str, str], ...]
    results: tuple[Grade, ...]
    curves: tuple[Curve, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """One course of the patient: its name, when it began, and what each criterion says of it."""

    name: str
    start: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a study says of one patient and why."""

    study: str
    patient: str
    attributes: tuple[Amount, ...]
    courses: tuple[Course, ...]
    grades: tuple[Grades, ...]
