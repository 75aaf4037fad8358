"""A verdict as a page: what decided, its conditions with their numbers, what was missing, why not another class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console

from criterium.evaluate.words.causes import NO_ROWS
from criterium.explain.model import Atom, Blocked, Flip, Rung, Used, Verdict
from criterium.report.blocks import columns, paragraph

_TRUTH = {"true": "yes", "false": "no", "unknown": "unknown"}
_OTHERWISE = "otherwise"
_MOST_MISSING = 4


def given(verdict: Verdict) -> str:
    """Return the class that a ladder gave, with its printed name."""
    if verdict.name != verdict.label:
        return f"{verdict.label}, {_lower(verdict.name)}"
    return verdict.label


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def still(verdict: Verdict) -> str:
    """Return the classes that are still possible where none could be told."""
    return f"; still possible: {' or '.join(verdict.possible)}" if verdict.unknown and verdict.possible else ""


def because(verdict: Verdict, out: Console) -> None:
    """Print the clause that decided with its numbers and its place, or the classes that are still possible."""
    rung = verdict.rung
    if rung is None:
        paragraph(out, f"No class could be told{still(verdict)}")
        return
    number = verdict.decided_by + 1
    what = "row" if verdict.columns else "clause"
    paragraph(out, f"Decided by {what} {number} of {len(verdict.rungs)}: {_reason(verdict, rung)}")
    if rung.says:
        paragraph(out, f"In words: {rung.says}")
    paragraph(out, f"Written at {rung.where.file}:{rung.where.line}" + (f"; {rung.cite}" if rung.cite else ""))


def _reason(verdict: Verdict, rung: Rung) -> str:
    if rung.text == _OTHERWISE:
        above = verdict.rungs[: verdict.decided_by]
        return (
            f"otherwise; no line of {', '.join(dict.fromkeys(one.label for one in above))} holds" if above else "always"
        )
    if verdict.columns:
        return rung.text
    return "; ".join(_told(one) for one in rung.deciding) or rung.text


def _told(atom: Atom) -> str:
    negated = "not " if atom.truth == "false" else ""
    return f"{negated}{atom.text} ({atom.numbers})" if atom.numbers else f"{negated}{atom.text}"


# --- conditions -------------------------------------------------------------------------------------------------------
def conditions(verdict: Verdict, out: Console, depth: int) -> None:
    """Print every condition of the clauses down to the one that decided, each with its numbers and truth."""
    _conditions(verdict, [(rung, rung.atoms) for rung in _looked_at(verdict)], out, depth)


def component(verdict: Verdict, out: Console) -> None:
    """Print the answer of a further ladder of a step, what it says, and the conditions that settle its clauses."""
    says = f": {verdict.rung.says}" if verdict.rung is not None and verdict.rung.says else ""
    paragraph(out, f"{verdict.ladder} is {given(verdict)}{still(verdict)}{says}")
    _conditions(verdict, [(rung, rung.deciding) for rung in _looked_at(verdict)], out, 2)
    if verdict.unknown:
        _not_known(verdict, out, 2)


def _looked_at(verdict: Verdict) -> Sequence[Rung]:
    return verdict.rungs[: verdict.decided_by + 1] if verdict.decided_by >= 0 else verdict.rungs


def _conditions(verdict: Verdict, told: Sequence[tuple[Rung, Sequence[Atom]]], out: Console, depth: int) -> None:
    if verdict.columns:
        _table_columns(verdict, out, depth)
        return
    every = [(rung, atom) for rung, atoms in told for atom in atoms]
    kept = [(rung, atom) for rung, atom in every if atom.numbers != NO_ROWS or _is_reason(rung, atom)]
    rows = [(rung.label, atom.text, atom.numbers, _TRUTH[atom.truth]) for rung, atom in kept]
    columns(out, ["class", "condition", "values", "holds"], list(_once(rows)), depth)
    empty = len(every) - len(kept)
    if empty:
        paragraph(out, f"and {empty} condition{'s' * (empty > 1)} on rows of which there are none", "dim", depth)


def _is_reason(rung: Rung, atom: Atom) -> bool:
    """Say whether a clause holds by an atom: then it counts that there are no rows."""
    return rung.truth == "true" and atom in rung.deciding


def _once(rows: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield rows, each once, a class where it is not that of the row above."""
    above = ""
    for label, *rest in dict.fromkeys(rows):
        yield ("" if label == above else label, *rest)
        above = label


def _table_columns(verdict: Verdict, out: Console, depth: int) -> None:
    """Print what each column of a decision table was."""
    rows = []
    for one in verdict.columns:
        because = "; ".join(_told(atom) for atom in one.atoms if atom.numbers != NO_ROWS)
        rows.append((one.name, _TRUTH.get(one.value, one.value), because))
    columns(out, ["column", "value", "because"], rows, depth)


def rest(verdict: Verdict, out: Console) -> None:
    """Print what was missing, where the thresholds come from, and why not another class."""
    _not_known(verdict, out, 1)
    parameters(verdict.parameters, out)
    for blocked in verdict.why_not:
        why_not(blocked, out)


def nearest(flips: Sequence[Flip], out: Console, subject: str) -> None:
    """Print the smallest change of one number that gives another class, or that there is none."""
    told = flip(flips[0]) if flips else "none; no number measured here gives another class within its reach"
    paragraph(out, f"Nearest flip of {subject}: {told}")


def _not_known(verdict: Verdict, out: Console, depth: int) -> None:
    if verdict.missing:
        more = len(verdict.missing) - _MOST_MISSING
        what = "; ".join(verdict.missing[:_MOST_MISSING]) + (f"; and {more} more" if more > 0 else "")
        end = "" if verdict.unknown else f". It could not have changed the answer: whatever it was, {verdict.label}"
        paragraph(out, f"Not known: {what}{end}", depth=depth)


def parameters(used: Sequence[Used], out: Console, depth: int = 1) -> None:
    """Print parameters: what each is here, what it means, and where it comes from."""
    for one in used:
        cited = f"; {one.cite} ({one.confidence})" if one.cite else f" ({one.confidence})" if one.confidence else ""
        paragraph(out, f"Here {one.name} is {one.value}: {one.means}{cited}", depth=depth)


def flip(one: Flip) -> str:
    """Return a flip in words: `short of T2 18.8 -> 20.6 mm (+1.8 mm) makes SD`."""
    unit = f" {one.unit}" if one.unit else ""
    digits = max(_decimals(one.old), _decimals(one.new))
    moved = f"{one.old:.{digits}f} -> {one.new:.{digits}f}{unit} ({one.change:+.{digits}f}{unit})"
    return f"{one.what} {moved} makes {one.label}"


def _decimals(number: float) -> int:
    return len(_number(number).partition(".")[2])


def _number(number: float) -> str:
    return f"{number:.10g}"


def why_not(blocked: Blocked, out: Console, lead: str = "Why not") -> None:
    """Print what kept a class from being given."""
    because = "; ".join(_short(one) for one in blocked.atoms) or blocked.text
    if blocked.holds:
        still = "holds as well" if blocked.settled else "cannot be ruled out"
        because = f"its condition holds, but {' or '.join(blocked.earlier)}, further up, {still}"
    paragraph(out, f"{lead} {blocked.label}: {because}")


def _short(atom: Atom) -> str:
    """Return what is in the way of a class, and by how much."""
    if atom.truth == "unknown":
        return f"{atom.text} is not known ({atom.numbers})"
    if atom.margin is None or atom.truth == "true":
        return f"{atom.text} {'holds' if atom.truth == 'true' else 'does not hold'} ({atom.numbers})"
    unit = "percentage points" if atom.unit == "percent" else atom.unit
    return f"{atom.text} fails by {_number(round(abs(atom.margin), 2))} {unit} ({atom.numbers})".replace("  ", " ")
