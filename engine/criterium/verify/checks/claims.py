"""Claims: sentences that stand under `claims:`, proved for every course that can exist, or refuted with one.

no gaps                      every value and every combination is named by some line
no overlaps                  no two lines hold at once and disagree, unless the order of the file settles it
every class reachable        every class is given to something, and no line is shadowed
only X becomes Y             at every step that is Y here, the criterion that the file extends says X or Y
only X becomes Y in the course      the same of the answer of the course; X may be `A or B`
monotone in NAME             a larger measure never gives a better class, all else being the same
X is never given without C   at no step is X given unless the condition C must hold
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from criterium.evaluate.algebra import COURSE, Place
from criterium.language import tree as t
from criterium.language.problems import listed, nearest
from criterium.language.tables import Table
from criterium.verify.checks.ladders import witnessed
from criterium.verify.findings import CODES, Finding
from criterium.verify.proofs.monotone import Open, rising
from criterium.verify.proofs.worlds import Answer, Undecided, Walks, Witness, World

FORMS = (
    "no gaps",
    "no overlaps",
    "every class reachable",
    "only X becomes Y",
    "only X becomes Y in the course",
    "monotone in NAME",
    "X is never given without CONDITION",
)
_FOUND = {"no gaps": ("CRT101",), "no overlaps": ("CRT102",), "every class reachable": ("CRT103", "CRT104")}
_ONLY = re.compile(r"only (?P<old>\S+(?: or \S+)*) becomes (?P<new>\S+)(?P<course> in the course)?")
_MONOTONE = re.compile(r"monotone in (?P<name>[A-Za-z_][\w-]*)")
_WITHOUT = re.compile(r"(?P<label>\S+) is never given without (?P<name>[A-Za-z_][\w-]*)")


@dataclass(frozen=True)
class Claims:
    """What claims are proved from: the criterion, its base if it extends one, and what else was found."""

    criterion: t.Criterion
    base: t.Criterion | None
    tables: Mapping[str, Table]
    world: World
    found: Sequence[Finding]

    @cached_property
    def both(self) -> World:
        """The courses that the base and the criterion share."""
        return World([one for one in (self.base, self.criterion) if one], self.tables, self.world.bound)

    def findings(self, claims: Sequence[t.Claim], code: str) -> Iterator[Finding]:
        """Yield a finding of a code for every claim that is not true, and for every sentence that is no claim."""
        for claim in claims:
            yield from self.claim(claim, code)

    def claim(self, claim: t.Claim, code: str) -> Iterator[Finding]:
        """Yield what is wrong with one claim; nothing if it is proved."""
        text = " ".join(claim.text.split())
        if text in _FOUND:
            yield from self.settled(claim, text, code)
            return
        forms: Sequence[tuple[re.Pattern[str], Callable[..., Iterator[Finding]]]] = (
            (_ONLY, self.only),
            (_MONOTONE, self.monotone),
            (_WITHOUT, self.without),
        )
        for pattern, prove in forms:
            match = pattern.fullmatch(text)
            if match is not None:
                yield from prove(claim, match, code)
                return
        what = f"`{claim.text}` is not a claim"
        yield Finding(code, claim.where, text, what, listed(FORMS), nearest(text, FORMS))

    # --- what was looked for already ---------------------------------------------------------------------------------
    def settled(self, claim: t.Claim, text: str, code: str) -> Iterator[Finding]:
        """Yield a finding if something that the claim denies was found, declared or not."""
        against = [one for one in self.found if one.code in _FOUND[text]]
        if against:
            name, about = CODES[against[0].code].name, against[0].about
            what = f"the claim `{text}` is not true: {name} about `{about}`"
            help_ = f"{against[0].what}; a claim and an expected {name} contradict each other"
            yield Finding(code, claim.where, text, what, "", help_, against[0].witness)

    # --- two criteria ------------------------------------------------------------------------------------------------
    def only(self, claim: t.Claim, match: re.Match[str], code: str) -> Iterator[Finding]:
        """Yield a finding if some step or course is Y here and neither X nor Y under the base."""
        if self.base is None:
            yield Finding(
                code, claim.where, claim.text, "the file extends no other", "`extends:`", "there is no base to compare"
            )
            return
        new, allowed = match["new"], (*match["old"].split(" or "), match["new"])
        both = (self.base, self.criterion)
        ladders = [one.course.ladders.get("class") if match["course"] else one.last_word for one in both]
        known = {label for ladder in ladders if ladder is not None for label in ladder.labels}
        if not {new, *allowed} <= known or None in ladders:
            yield Finding(
                code, claim.where, claim.text, f"{listed(allowed)}: no such class here", listed(sorted(known))
            )
            return
        world = self.both

        def at(walks: Walks, place: Place) -> Any:
            given = zip(walks, ladders, strict=True)
            before, after = (walk.climb(ladder, place).label for walk, ladder in given if ladder is not None)
            algebra = walks[0].algebra
            return algebra.both(algebra.one_of(after, (new,)), algebra.negate(algebra.one_of(before, allowed)))

        answer = world.possible(lambda walks: at(walks, COURSE)) if match["course"] else world.ever(at)
        yield from self.refuted(claim, code, answer, f"`{new}` here, and not {listed(allowed)} under {self.base.id}")

    # --- one criterion -----------------------------------------------------------------------------------------------
    def without(self, claim: t.Claim, match: re.Match[str], code: str) -> Iterator[Finding]:
        """Yield a finding if a class is given at a step at which a condition need not hold."""
        label, name = match["label"], match["name"]
        rules, ladder = self.criterion.steps.conditions, self.criterion.last_word
        if name not in rules:
            yield Finding(
                code, claim.where, claim.text, f"`{name}` is not a condition", listed(rules), nearest(name, rules)
            )
            return
        if ladder is None or label not in ladder.labels:
            known = ladder.labels if ladder is not None else ()
            what = f"`{label}` is not a class"
            yield Finding(code, claim.where, claim.text, what, listed(known), nearest(label, known))
            return

        def at(walks: Walks, place: Place) -> Any:
            algebra = walks[0].algebra
            given = algebra.one_of(walks[0].climb(ladder, place).label, (label,))
            return algebra.both(given, algebra.negate(walks[0].holds(rules[name], place)))

        yield from self.refuted(claim, code, self.world.ever(at), f"`{label}` without {name}")

    def monotone(self, claim: t.Claim, match: re.Match[str], code: str) -> Iterator[Finding]:
        """Yield a finding if a larger measure can give a better class."""
        name = match["name"]
        if self.criterion.branches:
            falling = [one for one in self.found if one.code == "CRT101" and "worse value" in one.what]
            for one in falling:
                yield Finding(
                    code, claim.where, claim.text, f"the claim is not true: {one.what}", "", one.help, one.witness
                )
            return
        measures = self.criterion.steps.measures
        if name not in measures or len(self.criterion.order) < 2:
            yield Finding(
                code, claim.where, claim.text, f"`{name}` is not a measure", listed(measures), nearest(name, measures)
            )
            return
        found = rising(self.criterion, name, self.tables, self.world.bound)
        if isinstance(found, Open):
            yield from self.refuted(claim, code, Undecided(self.world.bound, found.steps), "")
        elif found is not None:
            what = f"the claim `{claim.text}` is not true: {found.what}"
            yield Finding(code, claim.where, claim.text, what, "", "correct the claim or the rule", found.witness)

    def refuted(self, claim: t.Claim, code: str, answer: Answer, what: str) -> Iterator[Finding]:
        """Yield a finding for a course that refutes a claim, or that could not be decided."""
        if isinstance(answer, Witness):
            line = witnessed(self.criterion, answer.example, self.tables)
            yield Finding(code, claim.where, claim.text, f"the claim `{claim.text}` is not true: {what}", "", "", line)
        elif isinstance(answer, Undecided):
            yield Finding("CRT110", claim.where, claim.text, f"not decided: whether `{claim.text}`", "", str(answer))


def uncovered(criterion: t.Criterion, base: t.Criterion | None) -> Iterator[Finding]:
    """Yield a finding for every class that an overlay adds without a claim of what becomes it.

    It is looked for in the ladder that has the last word in the base: a stage of the overlay is a ladder of its own.
    """
    old = base.last_word if base is not None else None
    new = criterion.steps.ladders.get(old.name) if old is not None else None
    if new is None or old is None:
        return
    claimed = {match["new"] for claim in criterion.claims if (match := _ONLY.fullmatch(" ".join(claim.text.split())))}
    for clause in {one.label: one for one in new.clauses}.values():
        if clause.label not in {*old.labels, *claimed, new.unknown}:
            what = f"the overlay adds `{clause.label}` and claims nothing of it"
            remedy = f"such as `only X becomes {clause.label}`, which is then proved"
            yield Finding("CRT112", clause.where, f"classes.{clause.label}", what, "a claim", remedy)
