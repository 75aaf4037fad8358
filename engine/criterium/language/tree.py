"""The tree: what a criterion says, as frozen data. No node computes; meaning lives in the room `evaluate`.

Every node knows its place in the file. A `level` says what a value belongs to: a `row` (one row of a table, a member of
a step among them), a `step` (one assessment, cycle or result), or the `course`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from criterium.language.problems import Where

Level = Literal["course", "step", "row"]
Sort = Literal["number", "date", "truth", "label"]


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a value: its sort, the dimension of a number, the words a label can be (none: any)."""

    sort: Sort
    dimension: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """Anything of the tree: its place, and its text as written."""

    where: Where = field(compare=False, repr=False)
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Expression(Node):
    """A node that has a value."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Constant(Expression):
    """A number in the canonical unit of its dimension."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """The value of a parameter of the criterion."""

    name: str


@dataclass(frozen=True, slots=True)
class Field(Expression):
    """A column of the rows at hand, of the step, or of the course; `least` is its smallest possible value, if any."""

    name: str
    level: Level
    least: Fraction | None


@dataclass(frozen=True, slots=True)
class Named(Expression):
    """A measure or member value, by its name."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Given(Expression):
    """The class that a ladder has given at a step."""

    ladder: str


@dataclass(frozen=True, slots=True)
class Arithmetic(Expression):
    """left + - * / right."""

    operator: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Change(Expression):
    """The fall or rise of a value from a reference, absolute or in percent of the reference."""

    direction: Literal["fall", "rise"]
    scale: Literal["absolute", "percent"]
    of: Expression
    reference: Expression


@dataclass(frozen=True, slots=True)
class Reference(Expression):
    """A value at an earlier step of the course: baseline, nadir or previous."""

    reference: Literal["baseline", "nadir", "previous"]
    of: Expression


@dataclass(frozen=True, slots=True)
class Running(Expression):
    """The sum of a value from the first step to this one."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Collection(Node):
    """Rows of a table: members of the step at hand (`frozen`: those of the baseline), or rows of another table.

    `own` says what the table is to the criterion: `members` of its steps, its `steps` themselves, or `rows` beside
    them.
    """

    table: str
    own: Literal["members", "steps", "rows"]
    frozen: bool
    where_: Condition | None


@dataclass(frozen=True, slots=True)
class Aggregate(Expression):
    """One value of many rows: their sum, lowest, highest, first or last (by date), or number."""

    how: Literal["sum", "lowest", "highest", "first", "last", "number"]
    of: Expression | None
    over: Collection


@dataclass(frozen=True, slots=True)
class Extreme(Expression):
    """The earliest (smallest) or latest (largest) of several values; what is missing is passed over."""

    how: Literal["earliest", "latest"]
    of: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Choose(Expression):
    """The value of the first option whose condition holds; missing if none does."""

    options: tuple[tuple[Condition, Expression], ...]


@dataclass(frozen=True, slots=True)
class Condition(Node):
    """A node that is true, false or unknown."""


@dataclass(frozen=True, slots=True)
class Always(Condition):
    """True."""


@dataclass(frozen=True, slots=True)
class Compare(Condition):
    """left operator right, exact on the decimals that were entered."""

    operator: Literal["<", "<=", "=", "!=", ">=", ">"]
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class OneOf(Condition):
    """A label is one of the words."""

    of: Expression
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known(Condition):
    """A value is known: neither missing nor only bounded. Always true or false."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Quantified(Condition):
    """Any, or every, row of a collection has the property (any, without a property: there is one)."""

    how: Literal["any", "every"]
    over: Collection
    has: Condition | None


@dataclass(frozen=True, slots=True)
class All(Condition):
    """All hold."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some(Condition):
    """At least one holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """It does not hold."""

    of: Condition


@dataclass(frozen=True, slots=True)
class Rule(Condition):
    """A named condition."""

    name: str
    level: Level


@dataclass(frozen=True, slots=True)
class Earlier(Condition):
    """The condition held at an earlier step of the course."""

    of: Condition


@dataclass(frozen=True, slots=True)
class Seen(Condition):
    """A pattern in the classes of the steps of a course, up to and including the first class that ends it.

    One step has one of `classes`, not before `since` and not after `until`; if `apart` is given, a second one follows
    at least that much later, with `between` the only classes in between and at most `most` of `most_of` among them.
    """

    classes: tuple[str, ...]
    since: Expression | None
    until: Expression | None
    apart: Expression | None
    between: tuple[str, ...] | None
    most: Expression | None
    most_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """One rung of a ladder: the class it gives, its printed name, and when."""

    label: str
    name: str
    when: Condition
    cite: str


@dataclass(frozen=True, slots=True)
class Ladder(Node):
    """Clauses read down; the first that holds gives the class, `unknown` stands where that cannot be told."""

    name: str
    clauses: tuple[Clause, ...]
    unknown: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes the ladder can give, each once, in the order of their clauses, the unknown label last."""
        given = dict.fromkeys(clause.label for clause in self.clauses if clause.label != self.unknown)
        return (*given, self.unknown)


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """A ladder for rows that carry one of the words `reads`, in `unit` (`any`: every unit without its own branch).

    `allowed` are the classes that exist here; `recorded` are words of rows that bring their class with them.
    """

    id: str
    name: str
    category: str
    reads: tuple[str, ...]
    recorded: tuple[str, ...]
    allowed: tuple[str, ...]
    unit: str
    ladder: Ladder | None


@dataclass(frozen=True, slots=True)
class Time(Node):
    """A time to an event: from an anchor to the date `at` at which `outcome` (an event, or a censoring) stands."""

    anchor: Expression
    at: Expression
    outcome: Ladder
    events: tuple[str, ...]
    unit: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Setting(Node):
    """A parameter: its value (a number in canonical units, or a word), what it means, where it comes from."""

    name: str
    kind: Kind
    value: Fraction | str
    unit: str
    means: str
    cite: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Layer(Node):
    """Measures, conditions and ladders of one level; `shown` holds the unit a measure is shown in and its factor."""

    measures: Mapping[str, Expression]
    conditions: Mapping[str, Condition]
    ladders: Mapping[str, Ladder]
    shown: Mapping[str, tuple[str, Fraction]]


@dataclass(frozen=True, slots=True)
class Source:
    """A citation: what it is cited for and how sure we are of its content."""

    cite: str
    used_for: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Claim(Node):
    """A sentence that shall be proved; `text` is the sentence."""


@dataclass(frozen=True, slots=True)
class Expected(Node):
    """A finding that the file declares: its name, what it is `about`, and the reason why it stays."""

    finding: str
    about: str
    reason: str
    cite: str


@dataclass(frozen=True, slots=True)
class Criterion(Node):
    """A whole criterion. `steps` decides at every step, `course` once a course; `members` are values of one row."""

    id: str
    version: str
    hash: str
    title: str
    kind: str
    each: str
    of: str | None
    also: tuple[Collection, ...]
    sources: tuple[Source, ...]
    parameters: Mapping[str, Setting]
    members: Mapping[str, Expression]
    steps: Layer
    course: Layer
    until: tuple[str, ...]
    order: tuple[str, ...]
    branches: tuple[Branch, ...]
    time: Time | None
    claims: tuple[Claim, ...]
    expected: tuple[Expected, ...]
    examples: tuple[Mapping[str, object], ...]
    needs: Mapping[str, Mapping[str, str]]
