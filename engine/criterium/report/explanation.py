"""An explanation as a page: for each course what each criterion says, step by step, and why."""

from __future__ import annotations

from rich.console import Console

from criterium.explain.model import Course, Explanation, Part, Reference, Row, Verdict, Visit
from criterium.language.roles import role_of
from criterium.report.blocks import amounts, columns, paragraph
from criterium.report.graded_page import show_grades
from criterium.report.terminal import blank, heading, line
from criterium.report.verdicts_page import because, component, conditions, given, nearest, parameters, rest, still

_MAIN = ("class", "time")
_MISSING = "missing"


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
                supposing = f", {part.supposing}" if part.supposing else ""
                paragraph(out, f"{_role(part.role)}, {part.id}: {_summary(part, verdict)}{supposing}")
    blank(out)
    for part in course.parts:
        _part(part, out)


def _summary(part: Part, verdict: Verdict) -> str:
    """Return the answer for a course in one line."""
    if verdict.ladder == "time":
        return f"{_time(part)} ({verdict.label})"
    return f"{given(verdict)}{still(verdict)}"


# --- one criterion ----------------------------------------------------------------------------------------------------
def _part(part: Part, out: Console) -> None:
    heading(out, f"{_role(part.role)}: {part.title} ({part.id} {part.version})")
    if part.supposing:
        paragraph(out, part.supposing.capitalize())
    _overview(part, out)
    known: set[str] = set()
    for one in part.visits:
        _visit(part, one, known, out)
    for verdict in part.verdicts:
        _of_course(part, verdict, out)
    for cite, used_for, confidence in part.sources:
        paragraph(out, f"Source: {cite}, for {used_for} ({confidence})", "dim")
    blank(out)


def _role(role: str) -> str:
    """Return a role as a heading; a course, and an entry of a list, is told by what stands around it."""
    section = role_of(role).section
    return (role if section.further else section.role).capitalize()


def _overview(part: Part, out: Console) -> None:
    """Print one line a step: its date, its values without those of stages, and its classes, the last word last."""
    if not part.visits:
        return
    known = {one.name for visit in part.visits for one in visit.measures if one.text != _MISSING}
    rows = []
    for visit in part.visits:
        labels = {one.ladder: one.label for one in visit.verdicts}
        day = "" if visit.day is None else str(visit.day)
        values = [one for one in visit.measures if one.name in part.plain and one.name in known]
        rows.append(((str(visit.step), visit.date, day), values, [labels.get(name, "") for name in part.stages]))
    amounts(out, (part.each, "date", "day"), rows, part.stages)
    never = [name for name in part.plain if name not in known]
    if never:
        paragraph(out, f"Never known: {', '.join(never)}")
    blank(out)


def _visit(part: Part, visit: Visit, known: set[str], out: Console) -> None:
    """Print a step; parameters of its components are told where they are met first, and `known` from then on."""
    verdicts = {one.ladder: one for one in visit.verdicts}
    own = verdicts.pop(part.final, None)
    title = f"{part.each.capitalize()} {visit.step}, {visit.date}"
    if visit.day is not None:
        title += f", day {visit.day}"
    heading(out, f"{title}: {given(own)}" if own is not None else f"{title}: {visit.note or 'baseline'}")
    if own is not None:
        because(own, out)
    _measured(visit, out)
    _references(part, visit, out)
    for verdict in verdicts.values():
        component(verdict, out)
        parameters([one for one in verdict.parameters if one.name not in known], out, 2)
        known.update(one.name for one in verdict.parameters)
    if own is not None:
        conditions(own, out, 1)
        rest(own, out)
        nearest(visit.flips, out, f"this {part.each}")
    blank(out)


def _measured(visit: Visit, out: Console) -> None:
    """Print what was entered, the rows of each table below one another."""
    tables: dict[str, list[Row]] = {}
    for row in visit.rows:
        tables.setdefault(row.table, []).append(row)
    for name, rows in tables.items():
        amounts(out, (name,), [((row.name,), row.values, ()) for row in rows])
    if visit.gaps:
        paragraph(out, f"Not recorded: {'; '.join(visit.gaps)}")


def _references(part: Part, visit: Visit, out: Console) -> None:
    """Print the values of other steps; those that are not there are named together."""
    for reference in visit.references:
        if reference.step is not None:
            paragraph(out, _reference(part, reference))
    missing = dict.fromkeys(one.text for one in visit.references if one.step is None)
    if missing:
        paragraph(out, f"Without a value: {', '.join(missing)}")


def _reference(part: Part, reference: Reference) -> str:
    return f"{reference.text} {reference.amount.text}, of {part.each} {reference.step} on {reference.date}"


# --- the course -------------------------------------------------------------------------------------------------------
def _of_course(part: Part, verdict: Verdict, out: Console) -> None:
    main = verdict.ladder in _MAIN
    heading(out, f"{'Course' if main else verdict.ladder}: {given(verdict)}{still(verdict)}")
    if verdict.ladder == "time" and part.time is not None:
        paragraph(out, _time(part))
    if main:
        because(verdict, out)
        columns(out, ["value", "is"], [(one.name, one.text) for one in part.measures])
    conditions(verdict, out, 1)
    if main:
        rest(verdict, out)
    if verdict.ladder == "class" and part.visits:
        nearest(part.flips, out, "the course")
        if part.flips:
            paragraph(out, f"that is at {part.each} {part.flips[0].step} on {part.flips[0].date}", "dim", 2)
    blank(out)


def _time(part: Part) -> str:
    time = part.time
    if time is None or time.length is None:
        return "The time is not known"
    ended = {True: "an event", False: "censored", None: "not known how it ended"}[time.event]
    return f"{time.length:.2f} {time.unit}, from {time.begin} to {time.end}: {ended}"
