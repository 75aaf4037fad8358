"""Parameters that nothing reads, and parameters without a source."""

from __future__ import annotations

from collections.abc import Iterator

from criterium.language import tree as t
from criterium.language.uses import nodes
from criterium.verify.findings import Finding


def parameters(criterion: t.Criterion) -> Iterator[Finding]:
    """Yield a finding for every parameter that no sentence reads or that has no source."""
    read = {node.name for node in nodes(criterion) if isinstance(node, t.Parameter)}
    for name, setting in criterion.parameters.items():
        about = f"parameters.{name}"
        if name not in read:
            what = f"nothing reads the parameter `{name}`"
            yield Finding("CRT301", setting.where, about, what, "a sentence that uses it", "use it, or remove it")
        if not setting.cite:
            what = f"the parameter `{name}` has no source"
            remedy = "a new value does not keep the citation of the old one; `none printed` is an answer too"
            yield Finding("CRT302", setting.where, about, what, "`cite:` with its source", remedy)
