"""The tables of a page: thresholds, ladders, decision tables, patterns in time, parameters, open questions, sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.report.page_words import bounded, has_number, is_limit, limit_words, pattern, sides, spoken
from criterium.study.sheet import Sheet

_UNKNOWN = "where what is missing could still change the answer"
_UNSURE = ("recalled", "derived")
Row = tuple[str, ...]
Named = TypeVar("Named", bound=t.Node)


def sheet(id_: str, title: str, columns: Row, rows: Sequence[Row], note: str = "") -> Iterator[Sheet]:
    """Yield a table without the columns in which nothing stands; nothing if it has no row."""
    filled = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    if rows:
        kept = tuple(tuple(row[at] for at in filled) for row in rows)
        yield Sheet(id_, title, tuple(columns[at] for at in filled), kept, note)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a criterion that has measures, conditions and ladders of its own: the steps, a stage, the course."""

    id: str
    title: str
    layer: t.Layer


def parts(criterion: t.Criterion) -> Iterator[Part]:
    """Yield the parts of a criterion in the order in which they are evaluated."""
    staged = {name for stage in criterion.stages for name in stage.names}
    yield Part("steps", f"At every {criterion.each}", _without(criterion.steps, staged))
    for stage in criterion.stages:
        others = {*criterion.steps.measures, *criterion.steps.conditions, *criterion.steps.ladders} - {*stage.names}
        title = f"Looking at all {criterion.each}s, {stage.name}"
        yield Part(f"stage-{stage.name}", title, _without(criterion.steps, others))
    until = f", up to the first {' or '.join(criterion.until)}" if criterion.until else ""
    of = "patient" if criterion.each == "patient" else "course"
    yield Part("course", f"For the {of}{until}", criterion.course)


def _without(layer: t.Layer, names: set[str]) -> t.Layer:
    def kept(found: Mapping[str, Named]) -> dict[str, Named]:
        return {name: body for name, body in found.items() if name not in names}

    measures, conditions, ladders = kept(layer.measures), kept(layer.conditions), kept(layer.ladders)
    return replace(layer, measures=measures, conditions=conditions, ladders=ladders)


# --- thresholds -------------------------------------------------------------------------------------------------------
def thresholds(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield every limit that a value is compared with, in words, and on which side the limit itself is."""
    found: dict[Row, list[str]] = {}
    for where, node in _compared(criterion):
        left, operator, right = sides(node)
        if has_number(right) and not is_limit(left):
            named = [criterion.parameters[one.name] for one in nodes(right) if isinstance(one, t.Parameter)]
            names, cites = ", ".join(one.name for one in named), "; ".join(dict.fromkeys(map(_cited, named)))
            words = limit_words(criterion, operator, right)
            row = (_whose(criterion, left), words, bounded(operator), names, cites)
            found.setdefault(row, []).append(where)
    rows = [(*row[:3], "; ".join(dict.fromkeys(where)), *row[3:]) for row, where in found.items()]
    columns = ("value", "limit", "the limit itself", "in", "parameter", "source")
    yield from sheet("thresholds", "Thresholds", columns, rows)


def _compared(criterion: t.Criterion) -> Iterator[tuple[str, t.Compare | t.Against]]:
    """Yield every comparison with the name of the line it stands in."""
    for where, body in _lines(criterion):
        for node in nodes(body):
            if isinstance(node, (t.Compare, t.Against)):
                yield where, node


def _lines(criterion: t.Criterion) -> Iterator[tuple[str, t.Node]]:
    """Yield the bodies of members, measures and conditions by name, and the conditions of clauses by their class."""
    yield from criterion.members.items()
    yield from criterion.chosen.items()
    for part in parts(criterion):
        yield from part.layer.measures.items()
        yield from part.layer.conditions.items()
        for name, ladder in part.layer.ladders.items():
            of = {"steps class": "", "course class": " of the course"}.get(f"{part.id} {name}", f" of {name}")
            yield from ((f"{clause.label}{of}", clause.when) for clause in ladder.clauses)


def _whose(criterion: t.Criterion, left: t.Expression) -> str:
    """Return a value with what it is, if it is a measure that is a single sentence."""
    if isinstance(left, t.Named):
        for layer in (criterion.steps, criterion.course):
            body = layer.measures.get(left.name)
            if body is not None and not isinstance(body, t.Choose):
                return f"{left.name}: {spoken(criterion, body)}"
    return left.text


def _cited(one: t.Setting) -> str:
    return f"{one.cite} ({one.confidence})" if one.cite and one.confidence else one.cite or one.confidence


# --- ladders and tables -----------------------------------------------------------------------------------------------
def decisions(criterion: t.Criterion, part: Part) -> Iterator[Sheet]:
    """Yield the ladders and decision tables of a part."""
    for name, one in part.layer.ladders.items():
        id_, note = f"{part.id}-{name}", f"{one.unknown} {_UNKNOWN}"
        cells = [_cells(clause) for clause in one.clauses]
        if all(row is not None for row in cells):
            yield from _table(id_, f"{part.title}: {name}, the first row that fits", one, cells, note)
        else:
            yield from ladder(criterion, id_, f"{part.title}: {name}, read down", one, note)


def ladder(
    criterion: t.Criterion, id_: str, title: str, one: t.Ladder, note: str, first: str = "class"
) -> Iterator[Sheet]:
    """Yield a ladder: class, name, the sentence it stands for, and when."""
    rows = [
        (clause.label, _named(clause), clause.says.text if clause.says else "", spoken(criterion, clause.when))
        for clause in one.clauses
    ]
    yield from sheet(id_, title, (first, "name", "in words", "when"), rows, note)


def _named(clause: t.Clause) -> str:
    return clause.name if clause.name != clause.label else ""


def _table(id_: str, title: str, one: t.Ladder, cells: list[dict[str, str] | None], note: str) -> Iterator[Sheet]:
    columns = tuple(dict.fromkeys(name for row in cells for name in row or ()))
    rows = [
        (*((row or {}).get(name, "any") for name in columns), clause.label)
        for row, clause in zip(cells, one.clauses, strict=True)
    ]
    yield from sheet(id_, title, (*columns, "class"), rows, note)


def _cells(clause: t.Clause) -> dict[str, str] | None:
    """Return the cells of a row of a decision table; None for the clause of a ladder."""
    if clause.says is not None or _named(clause):
        return None
    if isinstance(clause.when, t.Always):
        return {}
    parts_ = clause.when.of if isinstance(clause.when, t.All) else ()
    found = [_cell(part) for part in parts_]
    return dict(one for one in found if one is not None) if found and None not in found else None


def _cell(part: t.Condition, *, sign: tuple[str, str] = ("true", "")) -> tuple[str, str] | None:
    if isinstance(part, t.Not):
        return _cell(part.of, sign=("false", "not "))
    if isinstance(part, t.Rule):
        return part.name, sign[0]
    if isinstance(part, t.OneOf) and isinstance(part.of, t.Given):
        return part.of.ladder, sign[1] + " or ".join(part.words)
    return None


# --- measures and conditions ------------------------------------------------------------------------------------------
def names(criterion: t.Criterion, part: Part) -> Iterator[Sheet]:
    """Yield the measures and conditions of a part."""
    shown = part.layer.shown
    measures = [
        (name, spoken(criterion, body), shown.get(name, ("", 1))[0]) for name, body in part.layer.measures.items()
    ]
    yield from sheet(f"{part.id}-measures", f"{part.title}: measures", ("measure", "is", "in"), measures)
    conditions = [(name, spoken(criterion, body)) for name, body in part.layer.conditions.items()]
    yield from sheet(f"{part.id}-conditions", f"{part.title}: conditions", ("condition", "holds when"), conditions)


def members(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the values of one row."""
    rows = [(name, spoken(criterion, body)) for name, body in criterion.members.items()]
    yield from sheet("members", f"Values of one row of {criterion.of}", ("value", "is"), rows)


def chosen(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the members that are chosen, how many, and for how long."""
    rows = [
        (name, spoken(criterion, one.of), f"{one.first} {spoken(criterion, one.by)}", _quotas(criterion, one), one.kept)
        for name, one in criterion.chosen.items()
    ]
    columns = ("name", "of", "first", "at most", "kept")
    yield from sheet("chosen", f"Rows of {criterion.of} that are chosen", columns, rows)


def _quotas(criterion: t.Criterion, one: t.Choice) -> str:
    return " and ".join(spoken(criterion, quota) for quota in one.quotas)


def patterns(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield every pattern in time as a sentence: what is confirmed, from when, until when."""
    rows = []
    for where, body in _lines(criterion):
        for node in nodes(body):
            if isinstance(node, t.Seen) and (node.apart or node.since or node.until):
                rows.append((where, pattern(criterion, node)))
            elif isinstance(node, (t.Earlier, t.Later)) and node.window is not None:
                rows.append((where, f"{spoken(criterion, node)}."))
    title = "Confirmation and other patterns in time"
    yield from sheet("patterns", title, ("in", "sentence"), list(dict.fromkeys(rows)))


# --- terms ------------------------------------------------------------------------------------------------------------
def terms(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield a row for each column of a term with the cut points of its grades; id and name stand in the first."""
    grades = tuple(sorted({one for branch in criterion.branches for one in branch.allowed}))
    rows, before = [], ""
    measured = {branch.id for branch in criterion.branches if branch.ladder is not None}
    for branch in criterion.branches:
        if branch.ladder is None and branch.id in measured:
            continue
        head = ("", "") if branch.id == before else (branch.id, branch.name)
        before = branch.id
        if branch.ladder is None:
            rows.append((*head, "", "recorded", *("as recorded" if one in branch.allowed else "" for one in grades)))
        else:
            cuts: dict[str, list[str]] = {}
            for one in branch.ladder.clauses:
                cuts.setdefault(one.label, []).append(spoken(criterion, one.when))
            rows.append((*head, branch.derived, branch.unit, *("; or ".join(cuts.get(one, [])) for one in grades)))
    columns = ("term", "printed", "computed from", "in", *(f"grade {one}" for one in grades))
    yield from sheet("terms", "Terms and grades, the highest that holds counts", columns, rows)


# --- where it comes from ----------------------------------------------------------------------------------------------
def parameters(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the parameters, a reading with the others that could be chosen."""
    rows = [(name, _value(one), one.means, _cited(one)) for name, one in criterion.parameters.items()]
    yield from sheet("parameters", "Parameters", ("parameter", "value", "means", "source"), rows)


def _value(one: t.Setting) -> str:
    others = [word for word in one.kind.words if word != one.text]
    return f"{one.text} (or {', '.join(others)})" if others else one.text


def questions(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield what is disputed or was not read in the source: readings to choose from, what is recalled or derived."""
    rows = [
        (one.means, one.text, ", ".join(word for word in one.kind.words if word != one.text), name, _cited(one))
        for name, one in criterion.parameters.items()
        if one.kind.words or one.confidence.startswith(_UNSURE)
    ]
    unsure = [one for one in criterion.sources if one.confidence.startswith(_UNSURE)]
    rows += [(one.used_for, "", "", "", f"{one.cite} ({one.confidence})") for one in unsure]
    yield from sheet("questions", "Open questions", ("question", "here", "could be", "parameter", "source"), rows)


def sources(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the sources with their confidence."""
    rows = [(one.cite, one.used_for, one.confidence) for one in criterion.sources]
    yield from sheet("sources", "Sources", ("source", "for", "confidence"), rows)


def declared(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the findings that the file declares, but for those on its own examples."""
    rows = [
        (one.finding, one.about, one.reason, one.cite)
        for one in criterion.expected
        if not one.finding.startswith("surviving")
    ]
    yield from sheet("declared", "Findings that stay, and why", ("finding", "about", "reason", "source"), rows)
