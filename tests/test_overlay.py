"""Overlays: a variant says only what differs, and the whole is what a reader would expect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criterium.language.file.overlay import laid_over
from criterium.language.file.source import parse
from criterium.language.problems import Refused

BASE = """
id: base
source: [{cite: one}]
parameters:
  partial: {value: 50 percent, means: a fall, cite: a paper, confidence: read}
  other: {value: 1}
classes:
  - {class: PD, when: grown}
  - {class: PR, when: small}
  - {class: SD, when: otherwise}
table:
  rows:
    - [true, any, PD]
    - [false, SD, SD]
order: [PR, SD, PD]
claims: [no gaps]
examples: [{a: 1}]
"""


def whole(overlay):
    return laid_over(parse(BASE, "base.yaml"), parse("extends: base@1.0.0\n" + overlay, "over.yaml"))


def complaints(overlay):
    with pytest.raises(Refused) as refused:
        whole(overlay)
    return [problem.what for problem in refused.value.problems]


def names(overlay):
    return [entry["class"] for entry in whole(overlay).data["classes"]]


def test_nothing():
    """An overlay that says nothing is its base, without what is the base's own."""
    base = parse(BASE, "base.yaml").data
    assert whole("").data == {key: base[key] for key in base if key not in {"claims", "examples"}}


def test_scalar_replaces():
    """A scalar takes the place of the base's."""
    assert whole("id: other").data["id"] == "other"


def test_list_replaces():
    """A list takes the place of the base's."""
    assert whole("order: [SD]").data["order"] == ["SD"]


def test_mapping_is_merged():
    """A mapping is merged key by key; what the overlay does not name stays."""
    parameters = whole("parameters: {partial: {means: a drop}, third: {value: 3}}").data["parameters"]
    assert list(parameters) == ["partial", "other", "third"]
    assert parameters["partial"] == {"value": "50 percent", "means": "a drop", "cite": "a paper", "confidence": "read"}


def test_new_value_needs_its_own_citation():
    """A parameter with a new value does not keep the citation of the old one."""
    parameters = whole("parameters: {partial: {value: 30 percent}}").data["parameters"]
    assert parameters["partial"] == {"value": "30 percent", "means": "a fall"}


def test_sources_grow():
    """The sources of the base stay, those of the overlay come after them."""
    assert whole("source: [{cite: two}]").data["source"] == [{"cite": "one"}, {"cite": "two"}]


def test_own():
    """Claims and examples are those of the overlay alone."""
    assert whole("claims: [only SD becomes MR]").data["claims"] == ["only SD becomes MR"]
    assert "examples" not in whole("claims: []").data


def test_add():
    """An item is added before or after another, and does not keep the word that says so."""
    assert names("classes: {add: [{class: MR, before: SD, when: less}]}") == ["PD", "PR", "MR", "SD"]
    assert names("classes: {add: [{class: MR, after: PD, when: less}]}") == ["PD", "MR", "PR", "SD"]
    assert "before" not in whole("classes: {add: [{class: MR, before: SD, when: less}]}").data["classes"][2]


def test_add_beside_added():
    """An item can be added beside one that was added just before."""
    overlay = "classes: {add: [{class: MR, before: SD, when: a}, {class: LR, before: MR, when: b}]}"
    assert names(overlay) == ["PD", "PR", "LR", "MR", "SD"]


def test_add_word():
    """A word is added to a list of words."""
    assert whole("order: {add: [{word: MR, before: SD}]}").data["order"] == ["PR", "MR", "SD", "PD"]


def test_add_row():
    """A row is added beside a row, which goes by its cells."""
    rows = whole("table: {rows: {add: [{row: [false, MR, MR], before: [false, SD, SD]}]}}").data["table"]["rows"]
    assert rows == [[True, "any", "PD"], [False, "MR", "MR"], [False, "SD", "SD"]]


def test_replace():
    """An item takes the place of the one of the same name."""
    data = whole("classes: {replace: [{class: PR, when: tiny}]}").data
    assert data["classes"][1] == {"class": "PR", "when": "tiny"}


def test_remove():
    """An item goes by its name."""
    assert names("classes: {remove: [PR]}") == ["PD", "SD"]
    assert whole("order: {remove: [PD, PR]}").data["order"] == ["SD"]


def test_order_of_edits():
    """Edits are made in the order remove, replace, add, in whatever order they are written."""
    overlay = "classes: {add: [{class: PR, before: SD, when: new}], remove: [PR]}"
    assert names(overlay) == ["PD", "PR", "SD"]


def test_all_edits_that_do_not_fit():
    """Every edit that does not fit is noted in one run."""
    overlay = (
        "classes: {remove: [CR], replace: [{class: XX, when: a}], add: [{class: MR, when: b}]}\nalso: {remove: [x]}"
    )
    assert complaints(overlay) == [
        "there is no `CR` here",
        "there is no `XX` here",
        "it is not said where this goes",
        "the base has no `also` to edit",
    ]


def test_name_that_stands_twice():
    """An item whose name stands twice cannot be spoken of."""
    base = parse("classes: [{class: PD, when: a}, {class: PD, when: b}]", "base.yaml")
    with pytest.raises(Refused, match="more than one `PD`"):
        laid_over(base, parse("classes: {remove: [PD]}", "over.yaml"))


def test_places():
    """What comes from the overlay stands in its file, all else in the base's, at the places of the whole."""
    document = whole("classes: {add: [{class: MR, before: SD, when: less}]}")
    files = [document.where(("classes", at, "class")).file for at in range(4)]
    assert files == ["base.yaml", "base.yaml", "over.yaml", "base.yaml"]
    assert document.where(("classes", 3, "class")).text == "  - {class: SD, when: otherwise}"
    assert document.where(("order", 1)).file == "base.yaml"


def test_files_are_not_changed():
    """Laying over changes neither document."""
    base, over = parse(BASE, "base.yaml"), parse("classes: {add: [{class: MR, before: SD, when: x}]}", "over.yaml")
    before = (str(base.data), str(over.data))
    laid_over(base, over)
    assert (str(base.data), str(over.data)) == before


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True), st.data())
def test_add_then_remove(words, data):
    """Adding a word anywhere and removing it again changes nothing."""
    beside = data.draw(st.sampled_from(words))
    side = data.draw(st.sampled_from(["before", "after"]))
    base = parse(f"order: [{', '.join(words)}]", "a.yaml")
    more = laid_over(base, parse(f"order: {{add: [{{word: new, {side}: {beside}}}]}}", "b.yaml"))
    at = words.index(beside) + (side == "after")
    assert more.data["order"] == [*words[:at], "new", *words[at:]]
    assert laid_over(more, parse("order: {remove: [new]}", "c.yaml")).data == base.data
