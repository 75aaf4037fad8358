"""An explanation as a page: for each course what each criterion says, step by step, and why."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console

from criterium.evaluate.causes import NO_ROWS
from criterium.explain.model import (
    Atom,
    Blocked,
    Course,
    Explanation,
    Flip,
    Part,
    Reference,
    Rung,
    Used,
    Verdict,
    Visit,
)
from criterium.report.blocks import amounts, columns, paragraph
from criterium.report.graded_page import show_grades
from criterium.report.terminal import blank, heading, line

_TRUTH = {"true": "yes", "false": "no", "unknown": "unknown"}
_OTHERWISE = "otherwise"
_MOST_MISSING = 4
_MAIN = ("class", "time")


def show(found: Explanation, out: Console) -> None:
    """Print an explanation; what was asked for and has nothing to say is left out."""
    heading(out, f"Patient {found.patient} of {found.study}")
    line(out, "; ".join(f"{one.name} {one.text}" for one in found.attributes if one.text), "dim")
    blank(out)
    for course in found.courses:
        _course(course, out)
    for grades in found.grades:
        show_grades(grades, out)


def _course(course: Course, out: Console) -> None:
    if not course.parts:
        return
    name = f"Course {course.name}" if course.name else "Course"
    title = f"{name}, from {course.start}" if course.start else f"{name}, which never began"
    line(out, title.upper(), "bold")
    for part in course.parts:
        for verdict in part.verdicts:
            if verdict.ladder in _MAIN:
                paragraph(out, f"{_role(part.role)}, {part.id}: {_summary(part, verdict)}")
    blank(out)
    for part in course.parts:
        _part(part, out)


def _summary(part: Part, verdict: Verdict) -> str:
    """Return the answer for a course in one line."""
    if verdict.ladder == "time":
        return f"{_time(part)} ({verdict.label})"
    return f"{_given(verdict)}{_still(verdict)}"


# --- one criterion ----------------------------------------------------------------------------------------------------
def _part(part: Part, out: Console) -> None:
    heading(out, f"{_role(part.role)}: {part.title} ({part.id} {part.version})")
    _overview(part, out)
    for one in part.visits:
        _visit(part, one, out)
    for verdict in part.verdicts:
        _of_course(part, verdict, out)
    for cite, used_for, confidence in part.sources:
        paragraph(out, f"Source: {cite}, for {used_for} ({confidence})", "dim")
    blank(out)


def _role(role: str) -> str:
    kind, _, name = role.partition(" ")
    shown = "" if kind in {"endpoint", "dosing"} else f" {name}" if name else ""
    return f"{kind}{shown}".capitalize()


def _overview(part: Part, out: Console) -> None:
    """Print one line a step: its date, its values and its class."""
    if not part.visits:
        return
    rows = []
    for visit in part.visits:
        label = next((one.label for one in visit.verdicts if one.ladder == "class"), "")
        day = "" if visit.day is None else str(visit.day)
        rows.append(((str(visit.step), visit.date, day), visit.measures, (label,)))
    amounts(out, (part.each, "date", "day"), rows, ("class",))
    blank(out)


def _visit(part: Part, visit: Visit, out: Console) -> None:
    own = next((one for one in visit.verdicts if one.ladder == "class"), None)
    title = f"{part.each.capitalize()} {visit.step}, {visit.date}"
    if visit.day is not None:
        title += f", day {visit.day}"
    heading(out, f"{title}: {_given(own)}" if own is not None else f"{title}: {visit.note or 'baseline'}")
    if own is not None:
        _because(own, out)
    _measured(visit, out)
    if visit.gaps:
        paragraph(out, f"Not recorded: {'; '.join(visit.gaps)}")
    for reference in visit.references:
        paragraph(out, _reference(part, reference))
    for verdict in visit.verdicts:
        if verdict is not own:
            _component(verdict, out)
        else:
            _conditions(verdict, out, 1)
    if own is not None:
        _rest(own, visit.flips, out, f"this {part.each}")
    blank(out)


def _given(verdict: Verdict) -> str:
    if verdict.name != verdict.label:
        return f"{verdict.label}, {_lower(verdict.name)}"
    return verdict.label


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _because(verdict: Verdict, out: Console) -> None:
    """Print the clause that decided with its numbers and its place, or the classes that are still possible."""
    rung = verdict.rung
    if rung is None:
        still = f"; still possible: {' or '.join(verdict.possible)}" if verdict.possible else ""
        paragraph(out, f"No class could be told{still}")
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


def _measured(visit: Visit, out: Console) -> None:
    amounts(out, ("",), [((row.name,), row.values, ()) for row in visit.rows])


def _reference(part: Part, reference: Reference) -> str:
    if reference.step is None:
        return f"{reference.text} {reference.amount.text}"
    return f"{reference.text} {reference.amount.text}, of {part.each} {reference.step} on {reference.date}"


# --- conditions -------------------------------------------------------------------------------------------------------
def _conditions(verdict: Verdict, out: Console, depth: int) -> None:
    """Print the conditions of the clauses down to the one that decided, each with its numbers and truth."""
    if verdict.columns:
        _table_columns(verdict, out, depth)
        return
    last = verdict.decided_by + 1 if verdict.decided_by >= 0 else len(verdict.rungs)
    rows, empty = [], 0
    for rung in verdict.rungs[:last]:
        kept = [atom for atom in rung.atoms if atom.numbers != NO_ROWS]
        empty += len(rung.atoms) - len(kept)
        rows += [(rung.label, atom.text, atom.numbers, _TRUTH[atom.truth]) for atom in kept]
    columns(out, ["class", "condition", "values", "holds"], rows, depth)
    if empty:
        paragraph(out, f"and {empty} condition{'s' * (empty > 1)} on rows of which there are none", "dim", depth)


def _component(verdict: Verdict, out: Console) -> None:
    """Print the answer of a further ladder of a step, what it says and its conditions."""
    says = f": {verdict.rung.says}" if verdict.rung is not None and verdict.rung.says else ""
    paragraph(out, f"{verdict.ladder} is {_given(verdict)}{_still(verdict)}{says}")
    _conditions(verdict, out, 2)
    _not_known(verdict, out, 2)
    for used in verdict.parameters:
        paragraph(out, _parameter(used), depth=2)


def _table_columns(verdict: Verdict, out: Console, depth: int) -> None:
    """Print what each column of a decision table was."""
    rows = []
    for one in verdict.columns:
        because = "; ".join(_told(atom) for atom in one.atoms if atom.numbers != NO_ROWS)
        rows.append((one.name, _TRUTH.get(one.value, one.value), because))
    columns(out, ["column", "value", "because"], rows, depth)


def _still(verdict: Verdict) -> str:
    return f"; still possible: {' or '.join(verdict.possible)}" if verdict.unknown and verdict.possible else ""


def _rest(verdict: Verdict, flips: Sequence[Flip], out: Console, subject: str) -> None:
    """Print what was missing, where the thresholds come from, why not another class, and the nearest flip."""
    _not_known(verdict, out, 1)
    for used in verdict.parameters:
        paragraph(out, _parameter(used))
    for blocked in verdict.why_not:
        _blocked(blocked, verdict.unknown, out)
    if flips:
        paragraph(out, f"Nearest flip of {subject}: {flip(flips[0])}")


def _not_known(verdict: Verdict, out: Console, depth: int) -> None:
    if verdict.missing:
        more = len(verdict.missing) - _MOST_MISSING
        what = "; ".join(verdict.missing[:_MOST_MISSING]) + (f"; and {more} more" if more > 0 else "")
        end = "" if verdict.unknown else f". It could not have changed the answer: whatever it was, {verdict.label}"
        paragraph(out, f"Not known: {what}{end}", depth=depth)


def _parameter(used: Used) -> str:
    cited = f"; {used.cite} ({used.confidence})" if used.cite else f" ({used.confidence})" if used.confidence else ""
    return f"Here {used.name} is {used.value}: {used.means}{cited}"


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


def _blocked(blocked: Blocked, unknown: bool, out: Console) -> None:  # noqa: FBT001
    if blocked.holds:
        earlier = f"{' or '.join(blocked.earlier)}, further up, {'cannot be ruled out' if unknown else 'holds as well'}"
        paragraph(out, f"Why not {blocked.label}: its condition holds, but {earlier}")
        return
    paragraph(out, f"Why not {blocked.label}: {'; '.join(_short(one) for one in blocked.atoms) or blocked.text}")


def _short(atom: Atom) -> str:
    """Return what is in the way of a class, and by how much."""
    if atom.truth == "unknown":
        return f"{atom.text} is not known ({atom.numbers})"
    if atom.margin is None or atom.truth == "true":
        return f"{atom.text} {'holds' if atom.truth == 'true' else 'does not hold'} ({atom.numbers})"
    unit = "percentage points" if atom.unit == "percent" else atom.unit
    return f"{atom.text} fails by {_number(round(abs(atom.margin), 2))} {unit} ({atom.numbers})".replace("  ", " ")


# --- the course -------------------------------------------------------------------------------------------------------
def _of_course(part: Part, verdict: Verdict, out: Console) -> None:
    main = verdict.ladder in _MAIN
    heading(out, f"{'Course' if main else verdict.ladder}: {_given(verdict)}{_still(verdict)}")
    if verdict.ladder == "time" and part.time is not None:
        paragraph(out, _time(part))
    if main:
        _because(verdict, out)
        columns(out, ["value", "is"], [(one.name, one.text) for one in part.measures])
    _conditions(verdict, out, 1)
    if main:
        _rest(verdict, part.flips, out, "the course")
        if part.flips:
            paragraph(out, f"that is at {part.each} {part.flips[0].step} on {part.flips[0].date}", "dim", 2)
    blank(out)


def _time(part: Part) -> str:
    time = part.time
    if time is None or time.length is None:
        return "The time is not known"
    ended = {True: "an event", False: "censored", None: "not known how it ended"}[time.event]
    return f"{time.length:.2f} {time.unit}, from {time.begin} to {time.end}: {ended}"
