"""One criterion as a page that a reader can hold against the paper: sources, parameters, values, clauses, course."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from criterium.language import tree as t
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.report.terminal import blank, heading, line, table

_UNKNOWN = "where what is missing could still change the answer"
Rows = Sequence[Sequence[str]]


def show(criterion: t.Criterion, out: Console) -> None:
    """Print a criterion, its overlays laid over their bases."""
    heading(out, criterion.title)
    line(out, f"{criterion.id} {criterion.version}+{criterion.hash}, {criterion.kind}, one class per {criterion.each}")
    blank(out)
    sources = [(one.cite, one.used_for, one.confidence) for one in criterion.sources]
    _table(out, "Sources", ("source", "for", "confidence"), sources)
    parameters = [_parameter(name, one) for name, one in criterion.parameters.items()]
    _table(out, "Parameters", ("parameter", "value", "means", "source"), parameters)
    members = [(name, _value(body)) for name, body in criterion.members.items()]
    _table(out, f"Values of one row of {criterion.of}", ("value", "is"), members)
    _layer(f"At every {criterion.each}", criterion.steps, out)
    _table(out, "Terms and grades, the highest that holds counts", _TERMS, list(_terms(criterion.branches)))
    until = f", up to the first {' or '.join(criterion.until)}" if criterion.until else ""
    _layer(f"For the course{until}", criterion.course, out)
    if criterion.time is not None:
        line(out, f"Time in {criterion.time.unit} from {criterion.time.anchor.text}")
        blank(out)
        _ladder("The time ends with the first of these that holds", criterion.time.outcome, "ends with", out)
    if criterion.order:
        line(out, f"Best first: {', '.join(criterion.order)}")
    for name, labels in criterion.rates.items():
        line(out, f"Rate of {name}: {', '.join(labels)}")
    for claim in (one.text for one in criterion.claims):
        line(out, f"Claim: {claim}")


def needs(criterion: t.Criterion, tables: Mapping[str, Table], out: Console) -> None:
    """Print the tables and columns of a cohort that a criterion reads, by their names in the files, and for what."""
    rows = []
    for name, columns in criterion.needs.items():
        for key, who in sorted(columns.items(), key=lambda item: list(tables[name].columns).index(item[0])):
            column = tables[name].columns[key]
            rows.append((name, column.column, column.unit or column.type, who))
    table(out, f"{criterion.id} reads", ("table", "column", "in", "because"), rows)
    read = {node.table for node in nodes(criterion) if isinstance(node, t.Collection)}
    beside = [name for name in tables if name in read - set(criterion.needs) and not tables[name].derived]
    if beside:
        line(out, f"Read where they are there: {', '.join(beside)}")
    results = [name for name in tables if name in read and tables[name].derived]
    if results:
        line(out, f"Results of another criterion of the study: {', '.join(results)}")


def _table(out: Console, title: str, columns: Sequence[str], rows: Rows, note: str = "") -> None:
    """Print a table without the columns in which nothing stands; nothing if it has no row."""
    filled = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    if rows:
        table(out, title, [columns[at] for at in filled], [[row[at] for at in filled] for row in rows], note)


def _parameter(name: str, one: t.Setting) -> tuple[str, str, str, str]:
    others = [word for word in one.kind.words if word != one.text]
    value = f"{one.text} (or {', '.join(others)})" if others else one.text
    return name, value, one.means, f"{one.cite} ({one.confidence})" if one.cite else one.confidence


def _value(body: t.Expression) -> str:
    if not isinstance(body, t.Choose):
        return body.text
    return "; ".join(
        f"otherwise {value.text}" if isinstance(when, t.Always) else f"{value.text} when {when.text}"
        for when, value in body.options
    )


def _layer(title: str, layer: t.Layer, out: Console) -> None:
    measures = [(name, _value(body), layer.shown.get(name, ("", 1))[0]) for name, body in layer.measures.items()]
    _table(out, f"{title}: measures", ("measure", "is", "in"), measures)
    conditions = [(name, body.text) for name, body in layer.conditions.items()]
    _table(out, f"{title}: conditions", ("condition", "holds when"), conditions)
    for name, ladder in layer.ladders.items():
        _ladder(f"{title}: {name}, read down", ladder, "class", out)


def _ladder(title: str, ladder: t.Ladder, first: str, out: Console) -> None:
    rows = [(one.label, one.name if one.name != one.label else "", one.text) for one in ladder.clauses]
    _table(out, title, (first, "name", "when"), rows, f"{ladder.unknown} {_UNKNOWN}")


_TERMS = ("term", "printed", "in", "grades")


def _terms(branches: Sequence[t.Branch]) -> Iterator[tuple[str, str, str, str]]:
    """Yield a row for each column of a term; its id and name stand in the first."""
    before = ""
    for branch in branches:
        head = ("", "") if branch.id == before else (branch.id, branch.name)
        before = branch.id
        if branch.ladder is None:
            yield *head, "recorded", ", ".join(branch.allowed)
        else:
            yield *head, branch.unit, _grades(branch.ladder)


def _grades(ladder: t.Ladder) -> str:
    """Return the cut points of a term from grade 1 up, without what a reading of missing limits adds."""
    shown = [one for one in ladder.clauses if one.label not in {"0", ladder.unknown}]
    return "; ".join(f"{one.label}: {one.text}" for one in reversed(shown))
