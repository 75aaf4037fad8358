"""What a criterion must say to stand in a section of a study: it is of the kind, and answers what the kind is for."""

from __future__ import annotations

from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Problem, Where
from criterium.language.roles import Section

_LACKS = {
    "course": ("gives a course no class", "`course:` with `classes:`"),
    "step": ("gives single steps no class", "`classes:`"),
    "result": ("grades no single results", "`each: result` with `terms:`"),
}


def misfit(criterion: t.Criterion, section: Section, where: Where) -> Problem | None:
    """Return the problem of a criterion of another kind than the section asks for, or that says too little there."""
    kind = section.kind.name
    if criterion.kind != kind:
        what = f"`{criterion.id}` judges {criterion.kind}, not {kind}"
        return Problem(where, what, f"a criterion of the kind {kind}", "`criterium list` shows what ships")
    made = {table.each for table in library.tables().values() if table.made_by == kind}
    if section.further:
        made.discard("step")  # what stands beside another is asked for the class of a course alone
    answers = _answers(criterion)
    if not (made or answers & {"course", "result"} or criterion.time is not None):
        made.add("course")
    for each, (what, expected) in _LACKS.items():
        if each in made - answers:
            return Problem(where, f"`{criterion.id}` {what}", expected, "what it tells is printed and compared")
    return None


def _answers(criterion: t.Criterion) -> set[str]:
    """Return what a criterion gives a class to: single steps, courses, results."""
    ladders = {"step": criterion.final in criterion.steps.ladders, "course": "class" in criterion.course.ladders}
    return {each for each, there in {**ladders, "result": bool(criterion.branches)}.items() if there}
