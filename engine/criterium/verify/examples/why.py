"""Why the class of an example is another than it says: the conditions with their numbers, in one line.

A size of 100 and then of 70.1 is expected to be PR, by `shrinkage >= partial`, and is SD. The clause of PR comes before
that of SD and does not hold: `PR fails: shrinkage >= partial (29.9 < 30 percent)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from criterium.evaluate.algebra import COURSE, Decision, Place
from criterium.evaluate.walk import Walk
from criterium.evaluate.words.causes import Cause, blocking, holding, open_
from criterium.language import tree as t

MOST = 3  # what fits on a line


def why(walk: Walk[Any, Any], key: str, wanted: Any) -> str:
    """Return why what the exact walk says under an expectation's key is not as wanted; empty if there is no telling."""
    if key == "course":
        return _why(walk, walk.criterion.course.ladders["class"], COURSE, str(wanted))
    ladder = walk.criterion.steps.ladders.get("class" if key == "classes" else key)
    places = walk.step_places()
    if ladder is None or not places:
        return ""
    if not isinstance(wanted, list):
        return _why(walk, ladder, places[-1], str(wanted))
    for at, (place, one) in enumerate(zip(places, wanted, strict=False), start=1):
        if str(walk.climb(ladder, place).label) != str(one):
            text = _why(walk, ladder, place, str(one))
            return f"number {at}: {text}" if text else ""
    return ""


def _why(walk: Walk[Any, Any], ladder: t.Ladder, place: Place, wanted: str) -> str:
    decision = walk.climb(ladder, place)
    if len(decision.possible) > 1:
        return _not_known(walk, ladder, place, decision)
    clauses = [one for one in ladder.clauses if one.label == wanted]
    if not clauses:
        return f"no line gives {wanted}"
    if any(walk.holds(one.when, place).must for one in clauses):
        first = ladder.clauses[decision.clause]
        return f"the line of {first.label} comes first: {_told(holding(walk, first.when, place)) or first.text}"
    return f"{wanted} fails: {_told(blocking(walk, clauses[0].when, place))}"


def _not_known(walk: Walk[Any, Any], ladder: t.Ladder, place: Place, decision: Decision) -> str:
    """Return what leaves more than one class possible."""
    found = [cause for clause in ladder.clauses for cause in open_(walk, clause.when, place)]
    return f"it may be {_either(decision.possible)}; not known: {_told(dict.fromkeys(found))}"


def _told(causes: Iterable[Cause]) -> str:
    parts = [f"{one.text} ({one.numbers})" if one.numbers else one.text for one in causes]
    more = len(parts) - MOST
    return "; ".join(parts[:MOST]) + (f"; and {more} more" if more > 0 else "")


def _either(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]])
