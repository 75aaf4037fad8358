"""A study is checked before anything is computed: names, courses, units and what is defined and never used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.problems import Problem, listed, nearest
from criterium.language.roles import Role, own_section
from criterium.language.sentences.scope import Entry
from criterium.language.uses import nodes
from criterium.study.names import numeric
from criterium.study.plan import Study
from criterium.study.questions import Questions

KINDS = ("count", "percent", "median", "interval", "range", "lowest", "highest", "compare")
VERDICTS = ("shorter", "longer", "similar")
_PAIRS = ("interval", "range")
_FITTING = {
    "method": ("median", "interval"),
    "of": ("percent",),
    "course": KINDS[:-1],
    "when": KINDS[:-1],
}


def problems_of(study: Study, asked: Questions, given: Mapping[str, Entry]) -> Iterator[Problem]:
    """Yield what is wrong with the comparisons and figures of a study; `given` are the names of its courses."""
    checks = _Checks(study, asked, given)
    yield from checks.courses()
    yield from checks.beside()
    yield from checks.called()
    yield from checks.repeated("comparisons")
    yield from checks.repeated("published")
    for at, entry in enumerate(study.data.get("comparisons", [])):
        yield from checks.comparison(entry, ("comparisons", at))
    for at, entry in enumerate(study.data.get("published", [])):
        yield from checks.figure(entry, ("published", at))


@dataclass(frozen=True, slots=True)
class _Checks:
    study: Study
    asked: Questions
    given: Mapping[str, Entry]

    def problem(self, path: DataPath, what: str, expected: str = "", remedy: str = "") -> Problem:
        return Problem(self.study.document.where(path), what, expected, remedy)

    def unknown(self, path: DataPath, name: str, what: str, allowed: Sequence[str]) -> Iterator[Problem]:
        """Yield a problem if a name is not among those allowed."""
        if name not in allowed:
            yield self.problem(
                path, f"`{name}` is not {what}", listed(allowed) or "there is none", nearest(name, allowed)
            )

    # --- courses, ids -------------------------------------------------------------------------------------------------
    def courses(self) -> Iterator[Problem]:
        for role in self.study.roles:
            if role.course is not None:
                yield from self.course((role.section.key, role.course), role.course)

    def beside(self) -> Iterator[Problem]:
        """Yield a problem for each further criterion whose name a course has, and for those that stand beside none."""
        further = [role for role in self.study.roles if role.section.further]
        for role in further:
            if role.name in self.study.courses:
                what = f"`{role.called}` would be the {role.section.kind.name} of the course `{role.name}` too"
                yield self.problem((role.section.key, role.name), what, "a name that no course has")
        for section in dict.fromkeys(role.section for role in further):
            own = own_section(section.kind.name)
            if own.key not in self.study.data:
                what = f"there is no {section.kind.name} criterion for these to stand beside"
                yield self.problem((section.key,), what, f"`{own.key}:`")

    def called(self) -> Iterator[Problem]:
        """Yield a problem for every criterion that figures would call as they call another."""
        seen: dict[str, Role] = {}
        for role in self.study.roles:
            first = seen.setdefault(role.called, role)
            if role != first and (role.course is None or role.section != first.section):
                what = f"figures would call `{role.text}` `{role.called}`, as they call `{first.text}`"
                yield Problem(self.study.where(role), what, "a name of its own")

    def course(self, path: DataPath, course: str) -> Iterator[Problem]:
        if self.study.courses:
            yield from self.unknown(path, course, "a course of the study", self.study.courses)

    def repeated(self, section: str) -> Iterator[Problem]:
        seen: Counter[str] = Counter()
        for at, entry in enumerate(self.study.data.get(section, [])):
            seen[str(entry["id"])] += 1
            if seen[str(entry["id"])] > 1:
                yield self.problem((section, at, "id"), f"the id `{entry['id']}` a second time", "an id of its own")

    # --- comparisons --------------------------------------------------------------------------------------------------
    def comparison(self, entry: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        name = str(entry["endpoint"])
        yield from self.unknown((*path, "endpoint"), name, "an endpoint of the study", list(self.study.endpoints))
        if "course" in entry:
            yield from self.course((*path, "course"), str(entry["course"]))
        if ("split" in entry) == ("groups" in entry):
            yield self.problem(path, "a comparison is of groups, or of the halves of a number", "`groups:` or `split:`")
        if "split" in entry:
            yield from self.unknown(
                (*path, "split"), str(entry["split"]), "a number of each course", numeric(self.given)
            )
        groups = [str(group["group"]) for group in entry.get("groups", [])]
        for at, group in enumerate(groups):
            if group in groups[:at]:
                yield self.problem((*path, "groups", at, "group"), f"the group `{group}` a second time", "its own name")

    # --- figures ------------------------------------------------------------------------------------------------------
    def figure(self, entry: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        compute, inner = entry["compute"], (*path, "compute")
        kinds = [kind for kind in KINDS if kind in compute]
        if len(kinds) != 1:
            what = "nothing says what is computed" if not kinds else f"{listed(kinds).replace(' or ', ' and ')} at once"
            yield self.problem(inner, what, f"one of {listed(KINDS)}")
            return
        yield from self.misplaced(kinds[0], compute, inner)
        yield from self.subject(kinds[0], compute, inner)
        yield from self.printed(kinds[0], entry, path)
        yield from self.unit(kinds[0], entry, path)
        yield from self.whole(entry, path)

    def misplaced(self, kind: str, compute: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        for key, fitting in _FITTING.items():
            if key in compute and kind not in fitting:
                expected = f"`{key}` beside {listed(fitting)}"
                yield self.problem((*path, key), f"`{key}` has no meaning beside `{kind}`", expected, "remove it")
        if "course" in compute:
            yield from self.course((*path, "course"), str(compute["course"]))

    def subject(self, kind: str, compute: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        """Yield a problem if a figure is of a comparison, or of an endpoint or number, that there is not."""
        name, place = str(compute[kind]), (*path, kind)
        if kind == "compare":
            known = [str(one["id"]) for one in self.study.data.get("comparisons", [])]
            yield from self.unknown(place, name, "a comparison of the study", known)
        elif kind not in {"count", "percent"}:
            what = "an endpoint, or a number of each course"
            yield from self.unknown(place, name, what, [*self.units(), *numeric(self.given)])

    def units(self) -> dict[str, str]:
        """Return the unit that each endpoint and each number among the measures of a course is shown in."""
        times = {name: one.time.unit for name, one in self.study.endpoints.items() if one.time is not None}
        if "course" not in self.asked:
            return times | dict.fromkeys(self.study.data.get("measures", {}).get("course", {}), "")
        course = self.asked["course"].course
        numbers = [name for name, body in course.measures.items() if body.kind.sort == "number"]
        return times | {name: course.shown[name][0] for name in numbers}

    def printed(self, kind: str, entry: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        """Yield a problem if what was printed is not of the form that is computed."""
        if "published" not in entry:
            return
        value, place = entry["published"], (*path, "published")
        if kind == "compare":
            yield from self.unknown(place, str(value), "the verdict of a comparison", VERDICTS)
            return
        numbers = value if isinstance(value, list) else [value]
        fits = len(numbers) == (2 if kind in _PAIRS else 1) and all(isinstance(one, (int, Decimal)) for one in numbers)
        if not fits:
            expected = "a list of two numbers" if kind in _PAIRS else "one number"
            yield self.problem(place, f"this is not what `{kind}` gives", expected)

    def unit(self, kind: str, entry: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        shown = {"percent": "percent", **self.units()}.get(
            "percent" if kind == "percent" else str(entry["compute"][kind])
        )
        said = entry.get("unit")
        if said is not None and shown and said != shown:
            yield self.problem((*path, "unit"), f"the figure is computed in {shown}, not in {said}", f"`{shown}`")

    def whole(self, entry: Mapping[str, Any], path: DataPath) -> Iterator[Problem]:
        """Yield a problem for every part, or whole, that is no printed figure."""
        printed = [str(one["id"]) for one in self.study.data["published"] if "published" in one]
        for at, part in enumerate(entry.get("parts", [])):
            yield from self.unknown((*path, "parts", at), str(part), "a printed figure", printed)
        if "whole" in entry:
            yield from self.unknown((*path, "whole"), str(entry["whole"]), "a printed figure", printed)
        if ("parts" in entry) != ("whole" in entry):
            yield self.problem(path, "`parts` and `whole` go together", "both of them, or neither")


def unused(study: Study, asked: Questions) -> Iterator[Problem]:
    """Yield a problem for every measure and condition of a study that nothing uses; all its sentences can be read."""
    used = {str(one["compute"].get(kind)) for one in study.data.get("published", []) for kind in KINDS}
    used |= {str(one.get("split")) for one in study.data.get("comparisons", [])}
    used |= {node.name for node in nodes(dict(asked)) if isinstance(node, (t.Named, t.Rule))}
    for section, called in (("measures", "measure"), ("conditions", "condition")):
        for unit, names in study.data.get(section, {}).items():
            for name in names:
                if name not in used:
                    where = study.document.key((section, unit, name))
                    remedy = "remove it, or use it in a figure"
                    yield Problem(where, f"the {called} `{name}` is never used", f"a use of `{name}`", remedy)
