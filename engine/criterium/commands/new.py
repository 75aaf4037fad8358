"""criterium new: a scaffold that loads, checks and passes its own examples, ready to be changed."""

from __future__ import annotations

import re
from pathlib import Path

from criterium.language import library
from criterium.language.problems import Problem, Refused, Where
from criterium.report.terminal import console, line

_HEAD = """id: {id}
version: 0.1.0
title: {title}
"""
_BODIES = {
    "response": """kind: response
language: 1
source:
  - {cite: "author, journal, year, pages", for: every class, confidence: recalled, certainty: 0.5}
parameters:
  partial: {value: 30 percent, means: fall of the size from baseline for a partial response, cite: none printed}
  progression: {value: 20 percent, means: rise of the size from the smallest so far, cite: none printed}
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
  shrinkage: percent fall of size from baseline
  regrowth: percent rise of size from nadir
conditions:
  new_lesion: any new lesion is present
classes:
  - class: PD
    name: Progressive disease
    when:
      any:
        - regrowth >= progression
        - new_lesion
  - {class: PR, name: Partial response, when: [shrinkage >= partial]}
  - {class: SD, name: Stable disease, when: otherwise}
order: [PR, SD, PD]
unknown: NE
course:
  name: best response
  until: PD
  classes:
    - {class: PR, when: seen PR}
    - {class: SD, when: seen SD}
    - {class: PD, when: seen PD}
    - {class: NE, when: otherwise}
examples:
  - {size: [100, 70], class: PR}
  - {size: [100, 70.1], class: SD}
  - {size: [100, 50, 60], classes: [PR, PD], course: PR}
  - {size: [100, null], class: NE}
""",
    "toxicity": """kind: toxicity
language: 1
source:
  - {cite: "author, journal, year, pages", for: every grade, confidence: recalled, certainty: 0.5}
each: result
of: labs
also: [adverse_events]
unknown: not gradable
terms:
  platelets:
    printed: Platelets
    category: Blood
    grades: [1, 2, 3, 4, 5]
    bands:
      - {unit: 10*9/L, low: [lln, 75, 50, 25]}
expected:
  - finding: within limits
    about: terms.platelets
    reason: a lower limit of normal may be below 75, and the literal bands grade a normal count then
examples:
  - {term: platelets, value: 75, unit: 10*9/L, lln: 150, grade: 1}
  - {term: platelets, value: 74.9, unit: 10*9/L, lln: 150, grade: 2}
""",
    "endpoint": """kind: endpoint
language: 1
source:
  - {cite: "author, journal, year, pages", for: events and censoring, confidence: recalled, certainty: 0.5}
each: course
unknown: unknown
measures:
  progression: first date over responses where class is PD
  last_assessed: last date over responses where class is not NE
time:
  from: start
  unit: months
  events:
    - {event: progression, at: progression}
  censoring:
    - {because: last assessment, at: last_assessed}
    - {because: no assessment, at: start}
examples:
  - {responses: [{day: 60, class: SD}, {day: 120, class: PD}], outcome: progression, time: 3.94}
""",
}
_OVERLAY = """extends: {base}
source:
  - {{cite: "author, journal, year, pages", for: what differs, confidence: recalled, certainty: 0.5}}
"""


_EDITOR = "# yaml-language-server: $schema=criterion.schema.json (as `criterium schema` prints it)\n"


def new(id_: str, kind: str, base: str | None, folder: Path) -> int:
    """Write a criterion into a folder; return 0. An existing file, or a base that is not there, raises Refused."""
    path = folder / f"{id_}.yaml"
    if not re.fullmatch(r"[a-z0-9]+([.-][a-z0-9]+)*", id_):
        what, expected = f"`{id_}` is not a name of a criterion", "lower case letters, digits, `-` and `.`"
        raise Refused([Problem(Where(str(path)), what, expected)])
    if path.exists():
        raise Refused([Problem(Where(str(path)), "the file is there already", "a new name", "choose another name")])
    _write(path, _EDITOR + _HEAD.format(id=id_, title=id_) + (_overlay(base) if base is not None else _BODIES[kind]))
    line(console(), f"wrote {path}")
    line(console(), f"next: criterium check {path}")
    return 0


def _overlay(base: str) -> str:
    criterion = library.load(base)
    return _OVERLAY.format(base=f"{criterion.id}@{criterion.version}")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the file cannot be written: {error.strerror or error}"
        raise Refused([Problem(Where(str(path)), what, "a folder that can be written to")]) from error
