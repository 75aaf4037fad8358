"""Criteria on a cohort as tables: classes under each, who moves and why, agreement, rates, and times by class."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from criterium.compare.agreement import PAIRED, Kappa
from criterium.compare.cohort import Block, Moved, OnCohort
from criterium.compare.judged import ABSENT, Judged
from criterium.compare.pairs import Rate
from criterium.compare.times import Times
from criterium.study.proportions import Interval
from criterium.study.sheet import Cell, Sheet, of_course
from criterium.study.survival import Median

MOST_NAMES = 12
MOST_MOVERS = 30


def cohort_lines(found: OnCohort) -> Iterator[str]:
    """Yield what stands above the tables: the cohort, what was set, and what could be mistaken."""
    first = found.runs.results[0]
    yield f"{first.study.data['title']}: {first.study.cohort}; {len(first.cohort.patients)} patients"
    for name, results in zip(found.runs.names, found.runs.results, strict=True):
        for key, value in results.study.changed.items():
            if key.rpartition(".")[0] in {one.id for one in found.runs.criteria}:
                yield f"{name}: set {key} = {value}"
    yield from (f"note: {note}" for note in found.runs.notes)


def cohort_sheets(found: OnCohort) -> Iterator[Sheet]:
    """Yield the tables of a comparison on a cohort."""
    names = found.runs.names
    for block in found.blocks:
        yield _classes(names, block)
        if block.judged.size:
            yield _agreement(names, block)
        for moved in block.moved:
            yield from _moved(names, block.judged, moved)
        if block.rates:
            yield _rates(names, block)
        for one in block.times:
            yield _times(names, block.judged, one)


def _id(block: Judged, name: str) -> str:
    return f"{name}-{block.id}"


def _plural(count: int, subject: str) -> str:
    plural = {"patient": "patients", "result": "results", "patient and term": "patients and terms"}
    return f"{count} {subject if count == 1 else plural[subject]}"


# --- classes under each -----------------------------------------------------------------------------------------------
def _classes(names: Sequence[str], block: Block) -> Sheet:
    """Return how many have each class under each criterion, of those whom all can tell, and the rates of these."""
    judged = block.judged
    told = np.ones(judged.size, dtype=bool)
    for at, unknown in enumerate(judged.unknown):
        told &= np.array([word not in {unknown, ABSENT} for word in judged.labels[at].words])[judged.labels[at].codes]
    total = int(told.sum())
    words = [[judged.labels[at].words[code] for code in judged.labels[at].codes[told]] for at in range(len(names))]
    rows: list[tuple[Cell, ...]] = []
    for label in _labels(judged):
        counts = [one.count(label) for one in words]
        if any(counts):
            known = [label in judged.labels[at].words for at in range(len(names))]
            rows.append((label, *(_share(n, total) if there else "-" for n, there in zip(counts, known, strict=True))))
    for rate in block.rates:
        cells = [
            _share(sum(word in counted for word in one), total) if counted is not None else "-"
            for counted, one in zip(rate.count, words, strict=True)
        ]
        rows.append((f"rate of {rate.name}", *cells))
    aside = judged.size - total
    note = f"percent of {_plural(total, judged.subject)}"
    if aside:
        note += f"; {_plural(aside, judged.subject)} left out, whom one of the criteria cannot tell"
    title = of_course(f"{judged.title} under each", judged.course)
    return Sheet(_id(judged, "classes"), title, ("class", *names), tuple(rows), note)


def _labels(judged: Judged) -> list[str]:
    words = [*judged.order, *(word for labels in judged.labels for word in labels.words)]
    return [word for word in dict.fromkeys(words) if word not in {*judged.unknown, ABSENT}]


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.0f}%)" if total else str(count)


# --- agreement --------------------------------------------------------------------------------------------------------
def _agreement(names: Sequence[str], block: Block) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for moved in block.moved:
        pair = moved.pair
        kappas = (_kappa(one) for one in (pair.plain, pair.linear, pair.quadratic))
        test = pair.symmetry
        bowker = f"{test.statistic:.2f}, {test.degrees} df, {_p(test.p)}" if test.degrees else "-"
        total = int(pair.table.sum())
        move = f"{len(pair.movers)} of {total} ({100 * pair.share:.1f}%)"
        rows.append((f"{names[pair.one]} and {names[pair.other]}", move, *kappas, bowker))
    notes = [f"{_both(names, one)}{text}" for one in block.moved for text in _notes(one)]
    texts = {text for one in block.moved for text in _notes(one)}
    notes = list(texts) if len(texts) == 1 else notes
    legend = (
        "Cohen's kappa with 95% interval, raw, and weighted by the distance of classes in their order "
        "or its square; Bowker's test of symmetry"
    )
    columns = ("criteria", "move", "kappa", "linear", "quadratic", "Bowker")
    title = of_course(f"Agreement, {block.judged.title[0].lower()}{block.judged.title[1:]}", block.judged.course)
    return Sheet(_id(block.judged, "agreement"), title, columns, tuple(rows), "; ".join([legend, *notes]))


def _both(names: Sequence[str], one: Moved) -> str:
    return f"{names[one.pair.one]} and {names[one.pair.other]}: "


def _notes(one: Moved) -> list[str]:
    found = [one.pair.aside, one.pair.plain.note, one.pair.symmetry.note]
    return list(dict.fromkeys(text for text in found if text))


def _kappa(one: Kappa | None) -> str:
    if one is None or not math.isfinite(one.value):
        return "-"
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})" if math.isfinite(one.low) else f"{one.value:.2f}"


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


# --- who moves, and why -----------------------------------------------------------------------------------------------
def _moved(names: Sequence[str], judged: Judged, moved: Moved) -> Iterator[Sheet]:
    pair = moved.pair
    if not moved.movers:
        return
    one, other = names[pair.one], names[pair.other]
    key = f"{judged.id}-{pair.one + 1}-{pair.other + 1}"
    rows = tuple((row, *(int(n) or "." for n in line)) for row, line in zip(pair.rows, pair.table, strict=True))
    title = of_course(f"From {one} (rows) to {other} (columns)", judged.course)
    yield Sheet(f"transitions-{key}", title, ("class", *pair.columns), rows)
    between: dict[tuple[str, str], list[str]] = {}
    for mover in moved.movers:
        between.setdefault((mover.before, mover.after), []).append(mover.name)
    lines = tuple((before, after, len(ids), _listed(ids)) for (before, after), ids in between.items())
    yield Sheet(f"moves-{key}", f"Who moves, {one} to {other}", ("from", "to", "n", "who"), lines)
    total = len(moved.movers)
    causes = tuple((f"{len(group.names)} of {total}", group.cause, _listed(group.names)) for group in moved.causes)
    yield Sheet(f"causes-{key}", f"Why they move, {one} to {other}", ("n", "because", "who"), causes)
    shown = moved.movers[:MOST_MOVERS]
    detail = tuple((m.name, f"{m.before} to {m.after}", m.when, m.numbers) for m in shown)
    rest = total - len(shown)
    note = f"and {rest} more, all of them in --format json" if rest else ""
    columns = (judged.subject, "moves", "they part on", "numbers")
    yield Sheet(f"movers-{key}", f"The numbers of each, {one} | {other}", columns, detail, note)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


# --- rates and times --------------------------------------------------------------------------------------------------
def _rates(names: Sequence[str], block: Block) -> Sheet:
    rows = tuple(row for rate in block.rates for row in _rate(names, rate))
    judged = block.judged
    note = (
        f"percent of all {_plural(judged.size, judged.subject)}; interval of a rate by Clopper and Pearson; "
        f"difference from {names[0]} in percentage points, {PAIRED}"
    )
    columns = ("rate", "criterion", "counted", "n", "percent (95%)", "difference (95%)")
    return Sheet(_id(judged, "rates"), of_course("Rates", judged.course), columns, rows, note)


def _rate(names: Sequence[str], rate: Rate) -> Iterator[tuple[Cell, ...]]:
    for at, name in enumerate(names):
        counted, interval = rate.count[at], rate.intervals[at]
        if counted is None or interval is None:
            yield rate.name, name, "no such rate", None, "-", "-"
            continue
        apart = rate.differences[at - 1] if at else None
        yield rate.name, name, ", ".join(counted), rate.number[at], _percent(interval), _percent(apart, sign="+")


def _percent(one: Interval | None, sign: str = "") -> str:
    if one is None or not math.isfinite(one.estimate):
        return "-"
    ends = (f"{100 * end:{sign}.1f}" for end in (one.low, one.high))
    text = f"{100 * one.estimate:{sign}.1f}"
    return f"{text} ({' to '.join(ends)})" if math.isfinite(one.low) else text


def _times(names: Sequence[str], judged: Judged, one: Times) -> Sheet:
    rows = tuple((group, *(_median(median) for median in found)) for group, found in one.groups.items())
    note = f"median in {one.unit} (95% interval, log-log), patients/events; nr: not reached"
    title = of_course(f"{one.endpoint} by class under each", judged.course)
    return Sheet(_id(judged, one.endpoint), title, ("class", *names), rows, note)


def _median(one: Median | None) -> str:
    if one is None:
        return "-"
    interval = one.intervals["log-log"]
    ends = " to ".join(_months(end) for end in (interval.low, interval.high))
    return f"{_months(one.value)} ({ends}), {one.n}/{one.events}"


def _months(number: float) -> str:
    return f"{number:.1f}" if math.isfinite(number) else "nr"
