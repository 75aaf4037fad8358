"""A criterion with some of its parameters set anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath, Document
from criterium.language.lower import setting


def with_settings(
    criterion: t.Criterion, settings: Mapping[str, Any], document: Document, path: DataPath
) -> t.Criterion:
    """Return the criterion with some parameters set anew; raise Refused where a value does not fit."""
    if not settings:
        return criterion
    changed = dict(criterion.parameters)
    for name, value in settings.items():
        where = document.where((*path, name))
        changed[name] = setting(criterion, name, str(value), Document(None, {(): where}))
    return replace(criterion, parameters=changed)
