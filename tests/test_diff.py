"""Two criteria in meaning: what decides differently is listed, and nothing else is."""

import re

import pytest

from criterium.compare.meaning import changes
from criterium.language import library

SHIPPED = [path.stem for path in library.files()]


def text_of(name):
    (path,) = [path for path in library.files() if path.stem == name]
    return path.read_text(encoding="utf-8")


def edited(folder, name, *edits):
    """Return a copy of a shipped criterion in which each text stands in place of another that is there once."""
    text = text_of(name)
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return library.load(str(folder / f"{name}.yaml"))


def said(old, new):
    """Return every change as its kind, what it is of, and how it reads in both."""
    return [(one.kind, one.what, one.before, one.after) for one in changes(old, new)]


@pytest.mark.parametrize("name", SHIPPED)
def test_itself(name):
    """A criterion means the same as itself."""
    assert changes(library.load(name), library.load(name)) == ()


@pytest.mark.parametrize(("one", "other"), [("swog", "swog-mr"), ("recist-1.0", "recist-1.1"), ("who", "swog")])
def test_turned_around(one, other):
    """The changes back are the changes there, with before and after exchanged; the order of lines has no direction."""
    there, back = changes(library.load(one), library.load(other)), changes(library.load(other), library.load(one))
    turned = {(c.kind, c.what, c.after, c.before) for c in back if c.kind not in {"order", "name", "clause"}}
    assert {(c.kind, c.what, c.before, c.after) for c in there if c.kind not in {"order", "name", "clause"}} == turned


def test_cuts(tmp_path):
    """Against a changed copy, exactly the changed cut points are listed."""
    new = edited(
        tmp_path,
        "ctcae-3.0",
        ("low: [lln, 75, 50, 25]", "low: [lln, 70, 50, 25]"),
        ("low: [lln, 10.0, 8.0, 6.5]", "low: [lln, 10.0, 8.0, none]"),
    )
    assert said(library.load("ctcae-3.0"), new) == [
        ("cut", "hemoglobin, g/dL: grade 4 begins", "below 6.5", ""),
        ("cut", "platelets, 10*9/L: grade 2 begins", "below 75", "below 70"),
    ]


def test_places():
    """A change names the line in both files; what was added has a line in one."""
    found = {one.what: one for one in changes(library.load("swog"), library.load("swog-mr"))}
    assert found["minor"].old is None
    assert "minor:" in found["minor"].new.text
    assert found["minor"].new.file == "criteria/response/swog-mr.yaml"


def test_overlay():
    """An overlay against its base is exactly what the overlay adds."""
    whole = said(library.load("swog"), library.load("swog-mr"))
    assert [one[:2] for one in whole if one[0] not in {"source", "claim"}] == [
        ("parameter", "minor"),
        ("policy", "minor_confirmation"),
        ("class", "MR"),
        ("order", "classes, best first"),
        ("rate", "response"),
        ("rate", "control"),
        ("confirmation", "course: MR"),
    ]
    rest = {one for one in whole if one[0] in {"source", "claim"}}
    assert ("claim", "claimed", "", "only SD becomes MR") in rest
    assert not any(before for kind, _, before, _ in rest if kind == "source")


SAME = [
    ("value: 10 cm2", "value: 1000 mm2"),
    ("value: 4 weeks", "value: 28 days"),
    ("size = 0 cm2, evaluable_gone, normal", "normal, evaluable_gone, size = 0 mm2"),
    (
        "        - regrowth >= progression\n        - gain >= progression_area\n",
        "        - gain >= progression_area\n        - regrowth   >=   progression # as before\n",
    ),
    ("title: Southwest", "note: a remark\ntitle: Southwest"),
    ("item is markers or symptoms", "item is symptoms or markers"),
    ("seen CR twice at least confirm_after apart", "seen CR twice   at least confirm_after apart"),
]


@pytest.mark.parametrize("edit", SAME, ids=[old for old, _ in SAME])
def test_form_is_no_change(tmp_path, edit):
    """Units, the order of lines that all count alike, spaces, comments and remarks are no change of meaning."""
    text = re.sub(r"^note: >-\n(  .*\n)+", "", text_of("swog"), flags=re.MULTILINE)
    assert text.count(edit[0]) == 1
    (tmp_path / "swog.yaml").write_text(text.replace(*edit), encoding="utf-8")
    assert changes(library.load("swog"), library.load(str(tmp_path / "swog.yaml"))) == ()


def test_key_order(tmp_path):
    """The order of keys is no change."""
    head, _, rest = text_of("swog").partition("parameters:\n")
    body, _, rest = rest.partition("each: assessment\n")
    (tmp_path / "swog.yaml").write_text(f"{head}each: assessment\n{rest}parameters:\n{body}", encoding="utf-8")
    assert changes(library.load("swog"), library.load(str(tmp_path / "swog.yaml"))) == ()


CHANGED = [
    ("value: 10 cm2", "value: 8 cm2", ("parameter", "progression_area", "10 cm2", "8 cm2")),
    ("value: if recorded", "value: required", ("policy", "markers", "if recorded", "required")),
    (
        "gain: rise of size from nadir in cm2",
        "gain: rise of size from nadir in mm2",
        ("unit", "gain is shown in", "cm2", "mm2"),
    ),
    (
        "regrowth: percent rise of size from nadir",
        "regrowth: percent rise of size from baseline",
        ("measure", "regrowth", "percent rise of size from nadir", "percent rise of size from baseline"),
    ),
    (
        "    - {value: 1, when: otherwise}",
        "    - {value: 2, when: otherwise}",
        (
            "value",
            "each member: presence",
            "0 when state is absent; 1 otherwise",
            "0 when state is absent; 2 otherwise",
        ),
    ),
    ("        - gain >= progression_area\n", "", ("clause", "PD, a line of its any", "gain >= progression_area", "")),
    (
        "when: [shrinkage >= partial]",
        "when: [shrinkage > partial]",
        ("clause", "PR", "shrinkage >= partial", "shrinkage > partial"),
    ),
    (
        "evaluable_gone: every non-target lesion is absent",
        "evaluable_gone: no non-target lesion is present",
        ("condition", "evaluable_gone", "every non-target lesion is absent", "no non-target lesion is present"),
    ),
    (
        "name: Increasing disease",
        "name: Progressive disease",
        ("name", "course: PD, printed name", "Increasing disease", "Progressive disease"),
    ),
    ("  until: PD\n", "", ("until", "the class that ends a course", "PD", "")),
    ("unknown: NE\n", "unknown: open\n", ("unknown", "where it cannot be told", "NE", "open")),
    (
        "when: seen SD or better from stable_from",
        "when: seen SD or better from 8 weeks",
        (
            "clause",
            "course: SD",
            "seen SD or better from stable_from after start",
            "seen SD or better from 8 weeks after start",
        ),
    ),
    (
        "when: seen PR or better twice at least confirm_after apart",
        "when: seen PR or better",
        ("confirmation", "course: PR", "seen PR or better twice at least confirm_after apart", "seen PR or better"),
    ),
    (
        "  - events where event is clinical deterioration\n",
        "  - events where event is death\n",
        (
            "steps",
            "further rows that make a step",
            "events where event is clinical deterioration",
            "events where event is death",
        ),
    ),
]


@pytest.mark.parametrize(("old", "new", "change"), CHANGED, ids=[new or old for old, new, _ in CHANGED])
def test_changes(tmp_path, old, new, change):
    """One edit is one change, as it reads in both files; the label of the unknown is that of the course too."""
    found = said(library.load("swog"), edited(tmp_path, "swog", (old, new)))
    also = [("unknown", "course: where it cannot be told", "NE", "open")] if change[0] == "unknown" else []
    assert found == [change, *also]


def test_ladder_order(tmp_path):
    """Clauses that are read in another order are a change of order, and of nothing else."""
    text = text_of("swog")
    classes = text[text.index("  - class: CR\n") : text.index("  - class: SD\n")]
    first, second = classes.split("  - class: PR\n")
    turned = text.replace(classes, f"  - class: PR\n{second}{first}")
    (tmp_path / "swog.yaml").write_text(turned, encoding="utf-8")
    found = said(library.load("swog"), library.load(str(tmp_path / "swog.yaml")))
    assert found == [("order", "read down", "PD, CR, PR, SD", "PD, PR, CR, SD")]


def test_renamed_class():
    """A class that says the same under another label is renamed, neither added nor removed."""
    found = said(library.load("recist-1.0"), library.load("recist-1.1"))
    assert ("name", "non_target: the class itself", "IR/SD", "non-CR/non-PD") in found
    assert not [one for one in found if one[0] == "class" and one[1].startswith("non_target")]


def test_table_rows():
    """Rows of a decision table that came are listed by what they ask and what they give."""
    found = said(library.load("recist-1.1"), library.load("recist-1.1-mr"))
    assert ("class", "row for MR", "", "new_lesion is false and target is MR") in found
    assert not [one for one in found if one[0] == "clause"]


def test_times():
    """Endpoints differ in what ends their time."""
    found = said(library.load("time-to-progression"), library.load("progression-free-survival"))
    assert ("time", "death", "", "event at death") in found
    assert [one for one in found if one[0] == "time"] == [("time", "death", "", "event at death")]
