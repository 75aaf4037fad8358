"""Stages: looks at all steps after their classes, each of which may read those before it and what comes later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from criterium.language import tree as t
from criterium.language.lowering.layers import Layers
from criterium.language.sentences.scope import Entry, Names, Scope

# What a course calls the class that the steps had before any stage gave one.
ORIGINAL = "original"


class Stages(Layers):
    """Lowers the stages of one document, noting problems."""

    def stages(self, steps: t.Layer, scope: Scope, unknown: str) -> tuple[t.Layer, Names, tuple[t.Stage, ...]]:
        """Return the layer of the steps with what the stages add to it, the names they add, and the stages."""
        found: list[t.Stage] = []
        names: dict[str, Entry] = {}
        for name, data in self.mapping(self.document.data, "stages", ()).items():
            path = ("stages", name)
            if not self.sound(path):
                continue
            seen = replace(scope.with_names(names), looks_ahead=True)
            if not {"classes", "table"} & set(data):
                self.refuse_taken(name, path, seen)
            layer, added = self.layer(data, path, seen, unknown, name)
            ladder = name if name in layer.ladders else ""
            found.append(t.Stage(self.document.key(path), name, name, ladder, tuple(added)))
            names |= added
            steps = _joined(steps, layer)
        return steps, names, tuple(found)


def _joined(one: t.Layer, other: t.Layer) -> t.Layer:
    def both(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
        return {**left, **right}

    measures, conditions = both(one.measures, other.measures), both(one.conditions, other.conditions)
    ladders, shown = both(one.ladders, other.ladders), both(one.shown, other.shown)
    return replace(one, measures=measures, conditions=conditions, ladders=ladders, shown=shown)


def seen_from_course(names: Names, stages: tuple[t.Stage, ...]) -> Names:
    """Return the names of a step as a course sees them: its class is that of the last stage that gives one."""
    final = t.final_of(stages)
    if final == "class" or final not in names or "class" not in names:
        return names
    last, first = replace(names[final], ladder=final), replace(names["class"], ladder="class")
    return {ORIGINAL: first, **names, "class": last}
