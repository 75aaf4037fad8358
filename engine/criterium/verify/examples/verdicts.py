"""How an example that comes out differently is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from criterium.language.problems import Problem, Where


def told(where: Where, key: str, wanted: Any, wrong: Mapping[str, Any], why: str = "") -> Iterator[Problem]:
    """Yield a problem for every answer, by algebra, that is not as wanted; one, which says why, if they agree."""
    spoken: dict[str, list[str]] = {}
    for algebra, got in wrong.items():
        spoken.setdefault(_text(got), []).append(algebra)
    for got, algebras in spoken.items():
        what = f"the example says {key} {_text(wanted)}, the file gives {got}"
        only = f"only the algebra of {algebras[0]} gives that, which is a fault of criterium" if len(wrong) == 1 else ""
        yield Problem(where, what, "", only or why)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(one) for one in value) or "none"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
