"""One criterion as a page that a reader can hold against the paper: sources, parameters, values, clauses, table, course."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console

from criterium.language import tree as t
from criterium.report.terminal import heading, line, table


def show(criterion: t.Criterion, out: Console) -> None:
    """Print a criterion, its overlays laid over their bases."""
    heading(out, criterion.title)
    line(out, f"{criterion.id} {criterion.version}+{criterion.hash}, {criterion.kind}, one class per {criterion.each}")
    out.print()
    _sources(criterion, out)
    _parameters(criterion, out)
    _values(f"Values of one row of {criterion.of}", criterion.members, out)
    if criterion.each not in {"course", "patient"}:
        _layer(f"At every {criterion.each}", criterion.steps, out)
    _branches(criterion, out)
    until = f", up to the first {' or '.join(criterion.until)}" if criterion.until else ""
    _layer(f"For the course{until}", criterion.course, out)
    if criterion.time is not None:
        _time(criterion.time, out)
    if criterion.order:
        line(out, f"Best first: {', '.join(criterion.order)}")
    for claim in criterion.claims:
        line(out, f"Claim: {claim}")


def needs(criterion: t.Criterion, out: Console) -> None:
    """Print the tables and columns of a cohort that a criterion reads, and for what."""
    rows = [(name, column, who) for name, columns in criterion.needs.items() for column, who in columns.items()]
    table(out, f"{criterion.id} reads", ("table", "column", "because"), rows)


def _sources(criterion: t.Criterion, out: Console) -> None:
    rows = [(one.cite, one.used_for, one.confidence) for one in criterion.sources]
    if rows:
        table(out, "Sources", ("source", "for", "confidence"), rows)


def _parameters(criterion: t.Criterion, out: Console) -> None:
    rows = []
    for name, one in criterion.parameters.items():
        value = one.text + (f" (or {', '.join(word for word in one.kind.words if word != one.text)})" if one.kind.words else "")
        rows.append((name, value, one.means, f"{one.cite} ({one.confidence})" if one.cite else one.confidence))
    if rows:
        table(out, "Parameters", ("parameter", "value", "means", "source"), rows)


def _values(title: str, values: Mapping[str, t.Expression], out: Console) -> None:
    rows = [(name, _value(body)) for name, body in values.items()]
    if rows:
        table(out, title, ("value", "is"), rows)


def _value(body: t.Expression) -> str:
    if not isinstance(body, t.Choose):
        return body.text
    parts = [f"{value.text} when {when.text}" if not isinstance(when, t.Always) else f"otherwise {value.text}" for when, value in body.options]
    return "; ".join(parts)


def _layer(title: str, layer: t.Layer, out: Console) -> None:
    rows = []
    for name, body in layer.measures.items():
        unit = layer.shown.get(name, ("", 1))[0]
        rows.append((name, _value(body), unit))
    if rows:
        table(out, f"{title}: measures", ("measure", "is", "in"), rows)
    conditions = [(name, body.text) for name, body in layer.conditions.items()]
    if conditions:
        table(out, f"{title}: conditions", ("condition", "holds when"), conditions)
    for name, ladder in layer.ladders.items():
        _ladder(f"{title}: {name}, read down", ladder, out)


def _ladder(title: str, ladder: t.Ladder, out: Console) -> None:
    rows = [(clause.label, clause.name if clause.name != clause.label else "", clause.text) for clause in ladder.clauses]
    table(out, title, ("class", "name", "when"), rows, f"{ladder.unknown} where what is missing could still change the answer")


def _branches(criterion: t.Criterion, out: Console) -> None:
    rows = []
    for branch in criterion.branches:
        if branch.ladder is None:
            rows.append((branch.id, branch.name, "recorded", ", ".join(branch.allowed)))
            continue
        shown = [clause for clause in branch.ladder.clauses if clause.label != "0" and "missing_limit" not in clause.text]
        rows.append((branch.id, "", branch.unit, "; ".join(f"{clause.label}: {clause.text}" for clause in reversed(shown))))
    if rows:
        table(out, "Terms and grades, the highest that holds counts", ("term", "printed", "in", "grades"), rows)


def _time(time: t.Time, out: Console) -> None:
    line(out, f"Time in {time.unit} from {time.anchor.text}")
    _ladder("It ends with the first of these that holds", time.outcome, out)
