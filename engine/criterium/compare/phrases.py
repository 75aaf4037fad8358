"""What two criteria say where they part, in words: phrases that all who move for one reason share, and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from criterium.evaluate.words.causes import Cause
from criterium.language import tree as t


@dataclass(frozen=True, slots=True)
class Side:
    """One criterion at the place where two part: its class there, the clause that gave it, and the atoms behind it.

    `atoms` make the explained class hold, or keep it from holding, `phrases` are what they say, without the numbers of
    one patient; `reason` says why the criterion could not tell.
    """

    name: str
    label: str
    clause: str
    phrases: tuple[str, ...]
    atoms: tuple[Cause, ...]
    reason: str = ""


def phrase(atom: Cause, criterion: t.Criterion) -> str:
    """Return an atom as it is written, with the values of the parameters that it is compared with."""
    sides = (atom.node.left, atom.node.right) if isinstance(atom.node, t.Compare) else ()
    values = [criterion.parameters[side.name].text for side in sides if isinstance(side, t.Parameter)]
    return f"{atom.text} ({', '.join(values)})" if values else atom.text


def cause_of(sides: Sequence[Side], labels: tuple[str, str], driver: int, *, course_wide: bool) -> str:
    """Return the cause as a phrase that is the same for all who share it."""
    here, there = sides[driver], sides[1 - driver]
    open_ = next((side for side in sides if side.reason), None)
    if open_ is not None:
        return f"{open_.name} cannot tell: {open_.reason}"
    if here.clause == there.clause == "otherwise":
        return f"{labels[0]} and {labels[1]} are what remains when nothing above holds"
    where = " of the course" if course_wide else ""
    given = _joined(here, "true") or here.clause
    without = f"; without {_joined(here, 'false')}" if _joined(here, "false") else ""
    return f"{labels[driver]}{where} by {here.name}: {given}{without}; {_lacking(there, labels[driver])}"


def _lacking(side: Side, label: str) -> str:
    """Return what one side has, or lacks, so that it does not give a class."""
    told = {"lacks": _joined(side, "false"), "has": _joined(side, "true"), "does not know": _joined(side, "unknown")}
    parts = [f"{verb} {text}" for verb, text in told.items() if text]
    return f"{side.name} {' and '.join(parts)}" if parts else f"{side.name} has no {label}"


def _joined(side: Side, truth: str) -> str:
    chosen = [phrase for phrase in side.phrases if any(_same(phrase, atom, truth) for atom in side.atoms)]
    return ", ".join(chosen)


def _same(phrase: str, atom: Cause, truth: str) -> bool:
    return atom.truth == truth and phrase.startswith(atom.text)


def numbers_of(sides: Sequence[Side]) -> str:
    """Return the numbers of one subject on both sides; none where one side could not tell."""
    if any(side.reason for side in sides):
        return ""
    parts: list[str] = []
    for side in sides:
        told = "; ".join(dict.fromkeys(atom.numbers for atom in side.atoms if atom.numbers))
        if told and told not in parts:
            parts.append(told)
    return " | ".join(parts)
