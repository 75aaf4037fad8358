"""Cut points become conditions: one a grade, for values below (`low`) or above (`high`) their cut.

A cut is a number in the band's unit, a limit of normal or the value at baseline, a multiple of one, or one with
something added: `75`, `lln`, `2.5 uln`, `1.5 baseline`, `uln + 2`. The value at the cut belongs to the milder grade;
with `from` before it, to the grade that begins there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.lowering.ladders import Ladders
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import listed, nearest
from criterium.language.sentences.expressions import lower_condition
from criterium.language.sentences.scope import Scope

NONE = "none"
REFERENCES = {"lln": "lln", "uln": "uln", "baseline": "baseline value"}
_CUT = re.compile(
    r"(?P<from>from\s+)?(?P<number>[0-9]+(\.[0-9]+)?)?\s*(?P<limit>[A-Za-z]+)?(\s*\+\s*(?P<more>[0-9]+(\.[0-9]+)?))?"
)
_WAYS = {("low", False): "<", ("low", True): "<=", ("high", False): ">", ("high", True): ">="}


@dataclass
class Cuts(Ledger):
    """Lowers lists of cut points of one document, noting problems."""

    scope: Scope

    def grades(
        self, band: Mapping[str, Any], allowed: tuple[str, ...] | None, path: DataPath
    ) -> dict[str, t.Condition]:
        """Return the condition of each grade that a band of `low`, `high` or `arms` names."""
        if "arms" not in band:
            way = "low" if "low" in band else "high"
            return self.row(way, band[way], allowed, (*path, way))
        found: dict[str, list[t.Condition]] = {}
        for place, arm in self.entries(band, "arms", path):
            for grade, made in self.arm(arm, allowed, place).items():
                found.setdefault(grade, []).append(made)
        return {grade: _any(parts) for grade, parts in sorted(found.items())}

    def arm(self, arm: Mapping[str, Any], allowed: tuple[str, ...] | None, path: DataPath) -> dict[str, t.Condition]:
        """Return the condition of each grade in an arm, which counts only when its own condition holds."""
        given = [key for key in ("low", "high") if key in arm]
        if len(given) != 1:
            self.complain(
                path, "an arm without cut points" if not given else "`low` and `high` in one arm", "`low` or `high`"
            )
            return {}
        cuts = self.row(given[0], arm[given[0]], allowed, (*path, given[0]))
        if "when" not in arm:
            return cuts
        when = Ladders(self.document, self.problems).when(arm["when"], (*path, "when"), self.scope)
        if when is None:
            return {}
        return {grade: t.All(cut.where, f"{_inner(when)} and {cut.text}", (when, cut)) for grade, cut in cuts.items()}

    def row(self, way: str, cuts: list[Any], allowed: tuple[str, ...] | None, path: DataPath) -> dict[str, t.Condition]:
        """Return the condition of each grade that has a cut in a list, mildest first."""
        self.refuse_reversed(way, cuts, path)
        found = {}
        for at, cut in enumerate(cuts):
            if str(cut) == NONE:
                continue
            grade = str(at + 1)
            self.refuse_absent(grade, allowed, (*path, at), "write `none` here, or add the grade to `grades`")
            made = self.cut(way, str(cut), (*path, at))
            if made is not None:
                found[grade] = made
        return found

    def cut(self, way: str, text: str, path: DataPath) -> t.Condition | None:
        parts = _CUT.fullmatch(text.strip())
        bare = parts is None or not (parts["number"] or parts["limit"])
        if parts is None or bare or (parts["limit"] or "lln") not in REFERENCES:
            remedy = nearest((parts and parts["limit"]) or text, [*REFERENCES, NONE])
            self.complain(path, f"`{text}` is not a cut point", "such as `75`, `lln`, `2.5 uln` or `none`", remedy)
            return None
        bound = " * ".join(piece for piece in (parts["number"], REFERENCES.get(parts["limit"] or "")) if piece)
        bound += f" + {parts['more']}" if parts["more"] else ""
        ours = f"value {_WAYS[way, bool(parts['from'])]} "
        return lower_condition(ours + bound, self.document.behind(len(ours)), path, self.scope, self.problems)

    def refuse_reversed(self, way: str, cuts: list[Any], path: DataPath) -> None:
        """Note a cut that is milder than the one before it, among numbers or among multiples of one limit."""
        last: dict[str, tuple[float, str]] = {}
        for at, cut in enumerate(cuts):
            parts = _CUT.fullmatch(str(cut).strip())
            if parts is None or str(cut) == NONE or parts["more"]:
                continue
            number, limit = float(parts["number"] or 1), parts["limit"] or ""
            before, text = last.get(limit, (None, ""))
            if before is not None and (number >= before if way == "low" else number <= before):
                falling = "fall" if way == "low" else "rise"
                what = f"no value lies between `{text}` and `{cut}`"
                self.complain((*path, at), what, f"cuts that {falling} from grade to grade", "put them in order")
            last[limit] = (number, str(cut))

    def refuse_absent(self, grade: str, allowed: tuple[str, ...] | None, path: DataPath, remedy: str) -> None:
        """Note a grade that the term does not have."""
        if allowed is not None and grade not in allowed:
            self.complain(path, f"grade {grade} is not among the grades of this term", listed(allowed), remedy)


def _any(parts: list[t.Condition]) -> t.Condition:
    if len(parts) == 1:
        return parts[0]
    return t.Some(parts[0].where, " or ".join(f"({part.text})" for part in parts), tuple(parts))


def _inner(when: t.Condition) -> str:
    return f"({when.text})" if isinstance(when, t.Some) else when.text


__all__ = ["NONE", "Cuts"]
