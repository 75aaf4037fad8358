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


@dataclass(frozen=True, slots=True, weakref_slot=True)
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
class Word(Expression):
    """A word, such as a class."""

    word: str


@dataclass(frozen=True, slots=True)
class Missing(Expression):
    """A value that nobody knows."""


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
    """left + - * / right, or left to the power of right (`^`)."""

    operator: Literal["+", "-", "*", "/", "^"]
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
    """A value at another step of the course.

    `baseline`, `nadir` and `previous` (the latest known one) are earlier, `next` (the first known one) is later;
    `preceding` and `following` are the steps on both sides, whether or not the value is known there.
    """

    reference: Literal["baseline", "nadir", "previous", "preceding", "next", "following"]
    of: Expression


@dataclass(frozen=True, slots=True)
class Running(Expression):
    """The sum of a value from the first step to this one."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Collection(Node):
    """Rows of a table: members of the step at hand (`frozen`: those of the baseline), or rows of another table.

    `own` says what the table is to the criterion: `members` of its steps, its `steps` themselves, or `rows` beside
    them. Of the steps, those on one `side` of the step at hand are meant if there is one. `chosen` names the choice of
    members that is meant.
    """

    table: str
    own: Literal["members", "steps", "rows"]
    frozen: bool
    where_: Condition | None
    chosen: str = ""
    side: Literal["", "earlier", "later"] = ""


@dataclass(frozen=True, slots=True)
class Quota(Node):
    """At most so many rows that share a word of `each`; so many in all without it."""

    most: Expression
    each: Expression | None


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """Members chosen `of` a collection: the `first` by a value, as far as the quotas leave room.

    Each quota takes from what the one before it has left. `kept` says how long the choice lasts: those of the baseline
    for the whole course, each for good from the step at which it is chosen (`growing`), or `anew` at every step.
    """

    of: Collection
    first: Literal["lowest", "highest"]
    by: Expression
    quotas: tuple[Quota, ...]
    kept: Literal["from baseline", "growing", "anew"]


@dataclass(frozen=True, slots=True)
class Aggregate(Expression):
    """One value of many rows: their sum, lowest, highest, first or last (by date), or number."""

    how: Literal["sum", "lowest", "highest", "first", "last", "number"]
    of: Expression | None
    over: Collection


@dataclass(frozen=True, slots=True)
class Extreme(Expression):
    """The earliest or latest of several values, which pass over what is missing; or the smaller or larger of all."""

    how: Literal["earliest", "latest", "smaller", "larger"]
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
class Window(Node):
    """How far apart in time two steps are, and what the steps between them are like.

    They are at least `least` and at most `most` apart; `between` holds at every step between them, and `counted` at
    no more than `limit` of those.
    """

    least: Expression | None
    most: Expression | None
    between: Condition | None
    counted: Condition | None
    limit: Expression | None


@dataclass(frozen=True, slots=True)
class Earlier(Condition):
    """The condition held at an earlier step of the course that got a class, in the window if there is one."""

    of: Condition
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Later(Condition):
    """The condition will hold at a later step of the course, in the window if there is one."""

    of: Condition
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Against(Condition):
    """there operator here: a value of another step against one of this step; only within Earlier and Later."""

    operator: Literal["<", "<=", "=", "!=", ">=", ">"]
    there: Expression
    here: Expression


@dataclass(frozen=True, slots=True)
class Adjacent(Condition):
    """The condition held at the step before this one, or will hold at the one after it; false where there is none.

    As for any earlier step, the baseline, which gets no class, is none.
    """

    side: Literal["preceding", "following"]
    of: Condition


@dataclass(frozen=True, slots=True)
class Seen(Condition):
    """A pattern in the classes of the steps of a course, up to and including the first class that ends it.

    One step has one of `classes`, not before `since` and not after `until`; if `apart` is given, a second one follows
    at least that much later, with `between` the only classes in between and at most `most` of `most_of` among them.
    The classes are those that `ladder` gives.
    """

    classes: tuple[str, ...]
    since: Expression | None
    until: Expression | None
    apart: Expression | None
    between: tuple[str, ...] | None
    most: Expression | None
    most_of: tuple[str, ...]
    ladder: str = "class"


@dataclass(frozen=True, slots=True)
class Saying(Node):
    """A sentence of the guideline, as printed or in other words; `text` is the sentence."""


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """One rung of a ladder: the class it gives, its printed name, and when; `says` is the sentence it stands for.

    `raised`: it is given for something else than the number, to what gets some class by number.
    """

    label: str
    name: str
    when: Condition
    cite: str
    says: Saying | None = field(default=None, compare=False)
    raised: bool = False


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
class Conversion(Node):
    """One substance in two units that are no scalings of each other: `unit` times `factor` is `other`."""

    unit: str
    other: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class SameDay(Node):
    """Another observation of the same owner and day: a row that carries one of the words `reads`, read in `unit`."""

    name: str
    reads: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Derived(Node):
    """An observation `value`, in the unit `gives`, computed from rows in `unit` that carry one of the words `reads`.

    `limits`: the limits of normal of those rows hold for it too.
    """

    name: str
    reads: tuple[str, ...]
    unit: str
    gives: str
    value: Expression
    beside: tuple[SameDay, ...]
    limits: bool


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """A ladder for rows that carry one of the words `reads`, in `unit` (`any`: every unit without its own branch).

    `allowed` are the classes that exist here; `recorded` are words of rows that bring their class with them.
    `direction` is the side on which values are worse. `derived` names what is computed of the row before it is
    compared, from others of the same day, which stand `beside`.
    `conversions` hold between the units of the branches of one id; they compare, and never change a value.
    """

    id: str
    name: str
    category: str
    reads: tuple[str, ...]
    recorded: tuple[str, ...]
    allowed: tuple[str, ...]
    unit: str
    ladder: Ladder | None
    conversions: tuple[Conversion, ...] = ()
    direction: Literal["", "low", "high"] = ""
    derived: str = ""
    beside: tuple[SameDay, ...] = ()

    @property
    def highest(self) -> str:
        """The worst class that the numbers can give; empty for rows that bring their class with them.

        What lies above it is given by other things than numbers, so its absence says nothing.
        """
        clauses = self.ladder.clauses if self.ladder is not None else ()
        given = [one.label for one in clauses if one.label.isdigit() and not one.raised]
        return max(given, default="", key=int)


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
class Stage(Node):
    """A look at all steps after their classes: its `names` are among those of the steps; nothing before it reads them.

    `ladder` is the ladder that gives the class of the stage, which goes by the stage's name; empty if it gives none.
    """

    name: str
    ladder: str
    names: tuple[str, ...]


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
    """A whole criterion. `steps` decides at every step, `course` once a course; `members` are values of one row.

    `chosen` are members picked out by name. `stages` look at all steps and add names to `steps`. `order` is the first
    of `orders`. What it `uses` is evaluated before it, and its classes are a table. `rates` names shares of the
    courses, each by the classes that count. Endpoints know a class by the name in `read_as`, if it is there.
    """

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
    rates: Mapping[str, tuple[str, ...]]
    read_as: Mapping[str, str]
    branches: tuple[Branch, ...]
    time: Time | None
    claims: tuple[Claim, ...]
    expected: tuple[Expected, ...]
    examples: tuple[Mapping[str, object], ...]
    needs: Mapping[str, Mapping[str, str]]
    stages: tuple[Stage, ...] = ()
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    uses: Mapping[str, Criterion] = field(default_factory=dict)
    only: Collection | None = None
    chosen: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def final(self) -> str:
        """The name of the ladder that has the last word on a step."""
        return final_of(self.stages)

    @property
    def last_word(self) -> Ladder | None:
        """The ladder of that name; None if the steps get no class."""
        return self.steps.ladders.get(self.final)


def final_of(stages: tuple[Stage, ...]) -> str:
    """Return the name of the ladder that has the last word on a step: of the last stage that gives a class."""
    return next((stage.ladder for stage in reversed(stages) if stage.ladder), "class")
