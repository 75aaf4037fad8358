"""The kinds of criteria, and the roles that criteria have in a study, as `criteria/kinds.yaml` declares them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

from criterium.language import places
from criterium.language.file import fitting
from criterium.language.file.document import DataPath, Document
from criterium.language.file.source import read
from criterium.language.problems import Problem, Refused

Holds = Literal["one", "named", "course", "list"]
Of = Literal["courses", "steps", "measures", "baseline", "times"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed table: what it counts; its id, empty for that of the role; its title, empty for the criterion's own."""

    of: Of
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class CriterionKind:
    """A kind of criterion.

    Figures ask for the class of a course as `called`, which stands in the `column` of the exported courses; `table` is
    the exported table of single rows, `code` what its steps are marked with. `main` is the kind that a study is about.
    """

    name: str
    main: bool
    called: str
    column: str
    table: str
    code: str
    printed: tuple[Printed, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a study, by its `key`: it holds one criterion, or several by names, courses or their ids.

    `role` is what its criteria are called, with their name behind it; `means` and `each` describe it and its entries.
    """

    key: str
    role: str
    kind: CriterionKind
    holds: Holds
    means: str
    each: str

    @property
    def further(self) -> bool:
        """Whether its criteria stand beside the one that the study goes by."""
        return self.holds == "named"


@dataclass(frozen=True, slots=True)
class Role:
    """The role of a criterion in a study: a section, and the name, the course or the id that it has there."""

    section: Section
    name: str

    @property
    def text(self) -> str:
        """The role in words: that of the section, and the name."""
        return f"{self.section.role} {self.name}".strip()

    @property
    def course(self) -> str | None:
        """The one course that the criterion judges; None if it judges all of them."""
        return self.name if self.section.holds == "course" else None

    @property
    def called(self) -> str:
        """The name by which figures ask for the class of a course, or the time."""
        called = self.section.kind.called
        return {"named": f"{called}_{self.name}", "list": self.name}.get(self.section.holds, called)

    @property
    def column(self) -> str:
        """The column of the exported courses that holds the class."""
        return self.called.upper() if self.section.holds in {"named", "list"} else self.section.kind.column


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections of a study that hold criteria, in the order in which they are run.

    Raise Refused with every problem of `criteria/kinds.yaml`.
    """
    path = places.shipped("criteria") / "kinds.yaml"
    document = read(path, places.shown(path))
    found = list(fitting.problems(document, fitting.template("kinds"))) or list(_problems(document))
    if found:
        raise Refused(found)
    return tuple(_sections(document.data))


def kinds() -> tuple[CriterionKind, ...]:
    """Return the kinds of criteria, in the order in which a study runs them."""
    return tuple(dict.fromkeys(section.kind for section in sections()))


def own_section(kind: str) -> Section:
    """Return the section whose criterion, or criteria, a study goes by; raise KeyError if there is no such kind."""
    return {section.kind.name: section for section in sections() if not section.further}[kind]


def main_section() -> Section:
    """Return the section of the criterion that a study is about."""
    return next(section for section in sections() if section.kind.main)


def role_of(text: str) -> Role:
    """Return the role that a text stands for, such as that of a section, a space and a name; KeyError if none does."""
    word, _, name = text.partition(" ")
    return Role({section.role: section for section in sections()}[word], name)


# --- what the file says -----------------------------------------------------------------------------------------------
def _sections(data: Mapping[str, Any]) -> Iterator[Section]:
    for name, said in data["kinds"].items():
        kind = _kind(name, said)
        holds = cast("Holds", said.get("holds", "one"))
        yield Section(str(said.get("section", name)), name, kind, holds, said["means"], "")
        if "further" in said:
            key, means, each = (said["further"][word] for word in ("section", "means", "each"))
            yield Section(key, key, kind, "named", means, each)


def _kind(name: str, said: Mapping[str, Any]) -> CriterionKind:
    called, rows = str(said.get("called", name)), said.get("rows", {})
    return CriterionKind(
        name=name,
        main=bool(said.get("main", False)),
        called=called,
        column=str(said.get("column", called.upper())),
        table=str(rows.get("table", name)),
        code=str(rows.get("code", name.upper())),
        printed=tuple(_printed(name, one) for one in said.get("sheets", ({"of": "courses"}, {"of": "times"}))),
    )


def _printed(kind: str, said: Mapping[str, str]) -> Printed:
    times = said["of"] == "times"
    id_, title = (f"{kind}-times", "Times") if times else ("", "")
    return Printed(cast("Of", said["of"]), said.get("id", id_), said.get("title", title))


# --- what does not go together ----------------------------------------------------------------------------------------
# Names that stand for something else wherever there are kinds, beside the keys of a study.
_TAKEN = {"name in figures": ("course",), "column": ("USUBJID", "COURSE", "TRTSDT"), "table": ("courses",)}


def _problems(document: Document) -> Iterator[Problem]:
    """Yield what is wrong in a file that fits its format: not one main kind, and names that stand for two things."""
    main = [name for name, said in document.data["kinds"].items() if said.get("main")]
    if not main:
        yield Problem(document.where(("kinds",)), "no kind is what a study is about", "`main: true` at one of them")
    for name in main[1:]:
        what = f"a study is about `{main[0]}` already"
        yield Problem(document.where(("kinds", name, "main")), what, "`main: true` at one kind", "remove one of them")
    if main and document.data["kinds"][main[0]].get("holds", "one") != "one":
        what = f"a study may have several criteria of the kind `{main[0]}`"
        yield Problem(document.where(("kinds", main[0], "main")), what, "a kind that a study has one criterion of")
    taken = {**_TAKEN, "section": fitting.properties("study")}
    whose = {(what, name): "the format" for what, names in taken.items() for name in names}
    for what, name, path in _names(document):
        if (what, name) in whose:
            said = f"the {what} `{name}` is that of {whose[what, name]} already"
            yield Problem(document.where(path), said, f"a {what} of its own", "choose another name")
        whose.setdefault((what, name), f"`{path[1]}`")


def _names(document: Document) -> Iterator[tuple[str, str, DataPath]]:
    """Yield every name that stands for one thing only: what it is, the name, and its place."""
    for section in _sections(document.data):
        kind = section.kind
        here: DataPath = ("kinds", kind.name)
        yield "section", section.key, (*here, "further", "section") if section.further else (*here, "section")
        if section.further:
            yield "kind", section.role, (*here, "further", "section")
            continue
        yield "kind", section.role, here
        yield "name in figures", kind.called, (*here, "called")
        yield "column", kind.column, (*here, "column")
        yield "table", kind.table, (*here, "rows", "table")
        for at, one in enumerate(kind.printed):
            yield "sheet", one.id or kind.name, (*here, "sheets", at, "id")
