"""Parameters: every number or reading that somebody may want to argue about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from criterium.language import tree as t
from criterium.language.file.document import DataPath
from criterium.language.lowering.ledger import Ledger
from criterium.language.problems import listed, nearest
from criterium.language.sentences.expressions import lower_value
from criterium.language.sentences.scope import Entry, Names, Scope, broken

_NUMBER = re.compile(r"-?[0-9]")
_UNIT_OF = re.compile(r"-?[0-9.]+\s*")


class Parameters(Ledger):
    """Lowers the parameters of one document, noting problems."""

    def settings(self, data: Any) -> tuple[dict[str, t.Setting], Names]:
        """Return the parameters of a criterion, and the names that sentences see."""
        found: dict[str, t.Setting] = {}
        names: dict[str, Entry] = {}
        for name, body in self.mapping(data, "parameters", ()).items():
            path: DataPath = ("parameters", name)
            made = self.setting(name, body, path) if self.sound(path) else None
            names[name] = Entry("parameter", made.kind, "course") if made else broken("course")
            if made:
                found[name] = made
        return found, names

    def setting(self, name: str, data: Mapping[str, Any], path: DataPath) -> t.Setting | None:
        """Return one parameter, None after noting its problems."""
        text = str(data["value"])
        value_path = (*path, "value") if path else path
        about = (str(data.get("means", "")), str(data.get("cite", "")), _confidence(data))
        where = self.document.where(value_path)
        if "one_of" in data:
            words = tuple(str(word) for word in data["one_of"])
            if text not in words:
                self.complain(value_path, f"`{text}` is not a reading of `{name}`", listed(words), nearest(text, words))
            return t.Setting(where, text, name, t.Kind("label", "", words), text, "", *about)
        value = self.quantity(text, value_path)
        if value is None:
            return None
        return t.Setting(where, text, name, value.kind, value.value, _UNIT_OF.sub("", text, count=1), *about)

    def quantity(self, text: str, path: DataPath) -> t.Constant | None:
        if not _NUMBER.match(text):
            remedy = "a reading that is a word needs `one_of`"
            self.complain(path, f"`{text}` is not a quantity", "a number with a unit, such as `50 percent`", remedy)
            return None
        value = lower_value(text, self.document, path, Scope("course", {}, {}), self.problems)
        if value is not None and not isinstance(value, t.Constant):
            self.complain(path, f"`{text}` is not one quantity", "a number with a unit, such as `50 percent`")
        return value if isinstance(value, t.Constant) else None


def _confidence(data: Mapping[str, Any]) -> str:
    word = str(data.get("confidence", ""))
    return f"{word} {data['certainty']}" if "certainty" in data else word
