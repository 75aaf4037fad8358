"""An explanation as JSON: the fields of its data by their names, empty ones among them, so that the keys never vary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from criterium.explain.model import Explanation, Flip
from criterium.language.problems import Where


def as_json(found: Explanation) -> str:
    """Return an explanation as JSON text; docs/explain.md lists its keys."""
    return json.dumps({"format": 1, **_plain(found)}, indent=2, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, Where):
        return {"file": value.file, "line": value.line, "column": value.column}
    if is_dataclass(value):
        found = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return found | {"change": value.change} if isinstance(value, Flip) else found
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (tuple, list)) else value
