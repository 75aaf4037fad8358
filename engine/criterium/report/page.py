"""One criterion as a page that a reader can hold against the paper, on the terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console

from criterium.language import tree as t
from criterium.language.library import Heading
from criterium.language.tables import Table
from criterium.language.uses import nodes
from criterium.report import page_sheets as of
from criterium.report.markdown import drawn, escaped
from criterium.report.terminal import blank, heading, line, table
from criterium.study.sheet import Sheet

_INDEX = """\
# The criteria

One page each, made from the files under `criteria/` by `criterium pages docs/criteria`. `criterium show NAME`
prints the same."""
_UNKNOWN = "where what is missing could still change the answer"


def show(criterion: t.Criterion, note: str, out: Console) -> None:
    """Print a criterion, its overlays laid over their bases; `note` is the remark of its file."""
    heading(out, criterion.title)
    line(out, _about(criterion))
    if note:
        line(out, note)
    blank(out)
    for sheet in sheets(criterion):
        table(out, sheet.title, sheet.columns, sheet.rows, sheet.note)
    for text in _closing(criterion):
        line(out, text)


def as_markdown(criterion: t.Criterion, note: str) -> str:
    """Return the same page in Markdown, a heading for each table."""
    parts = [f"# {escaped(criterion.title)}", escaped(_about(criterion)), *([escaped(note)] if note else [])]
    for sheet in sheets(criterion):
        parts += [f"## {escaped(sheet.title)}", drawn(sheet), *([escaped(sheet.note)] if sheet.note else [])]
    closing = [f"- {escaped(text)}" for text in _closing(criterion)]
    parts += ["## Further", "\n".join(closing)] if closing else []
    return "\n\n".join(parts) + "\n"


def index(found: Sequence[Heading]) -> str:
    """Return the list of all criteria in Markdown, each with a link to its page."""
    rows = "\n".join(
        f"| [{escaped(one.id)}]({one.path.stem}.md) | {one.version} | {one.kind} | {escaped(one.title)} |"
        for one in found
    )
    return f"{_INDEX}\n\n| criterion | version | kind | title |\n| --- | --- | --- | --- |\n{rows}\n"


def _about(criterion: t.Criterion) -> str:
    return f"{criterion.id} {criterion.version}+{criterion.hash}, {criterion.kind}, one class per {criterion.each}"


def sheets(criterion: t.Criterion) -> Iterator[Sheet]:
    """Yield the tables of a page: what decides, what it is made of, where it comes from."""
    yield from of.thresholds(criterion)
    found = list(of.parts(criterion))
    for part in found:
        yield from of.decisions(criterion, part)
    yield from of.terms(criterion)
    yield from _time(criterion)
    yield from of.patterns(criterion)
    yield from of.members(criterion)
    yield from of.chosen(criterion)
    for part in found:
        yield from of.names(criterion, part)
    yield from of.parameters(criterion)
    yield from of.questions(criterion)
    yield from of.sources(criterion)
    yield from of.declared(criterion)


def _time(criterion: t.Criterion) -> Iterator[Sheet]:
    if criterion.time is not None:
        ladder, anchor = criterion.time.outcome, criterion.time.anchor.text
        title = f"Time in {criterion.time.unit} from {anchor}, ends with the first of these that holds"
        yield from of.ladder(criterion, "time", title, ladder, f"{ladder.unknown} {_UNKNOWN}", "ends with")


def _closing(criterion: t.Criterion) -> Iterator[str]:
    """Yield the orders and rates of the classes, and what is claimed."""
    for name, words in criterion.orders.items():
        yield f"Best first{f', {name}' if len(criterion.orders) > 1 else ''}: {', '.join(words)}"
    for name, labels in criterion.rates.items():
        yield f"Rate of {name}: {', '.join(labels)}"
    if criterion.read_as:
        yield f"Endpoints read {', '.join(f'{word} as {name}' for word, name in criterion.read_as.items())}"
    for claim in criterion.claims:
        yield f"Claim: {claim.text}"


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
