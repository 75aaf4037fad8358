"""Strict YAML: what a file may say, what it may not, and where everything in it stands."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criterium.language.file.source import parse, read
from criterium.language.problems import Refused, Where


def complaint(text: str) -> str:
    with pytest.raises(Refused) as refused:
        parse(text, "a.yaml")
    return refused.value.problems[0].what


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("1.20", Decimal("1.20")),
        ('"NO"', "NO"),
        ("'010'", "010"),
        ("50 <= x < 75", "50 <= x < 75"),
        ("< 50", "< 50"),
        ("10^9/L", "10^9/L"),
        ("g/24h", "g/24h"),
        ("cm2", "cm2"),
        ("1:3 mixture", "1:3 mixture"),
        ("version 3.0", "version 3.0"),
    ],
)
def test_agreed(written, value):
    """What all YAML readers agree on is read as it stands; a decimal number keeps the digits that were written."""
    found = parse(f"key: {written}", "a.yaml").data["key"]
    assert (found, type(found)) == (value, type(value))


DISPUTED = """
    NO no Yes y on OFF True FALSE 2003-12-12 2003-12-12T10:00 6:30 1:30:00
    010 -012 0o17 0x1F 0b11 75_000 1e3 1.0e3 .5 5. +5 .inf -.INF .NaN
"""


@pytest.mark.parametrize("written", DISPUTED.split())
def test_disputed(written):
    """What YAML readers disagree on is refused, as a value, in a list and as a key; quoted it is text."""
    assert f"`{written}`" in complaint(f"key: {written}")
    assert f"`{written}`" in complaint(f"key: [{written}]")
    assert f"`{written}`" in complaint(f"{written}: 1")
    assert parse(f'key: "{written}"', "a.yaml").data == {"key": written}


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1",
        "a: {<<: {b: 1}}",
        "a: !!str 1",
        "a: !custom 1",
        "a: 1\na: 2",
        "a: 1\n---\nb: 2",
        "? [a]\n: 1",
        "[1, 2]: 3",
    ],
)
def test_refused(text):
    """Anchors, merge keys, tags, keys twice, second documents and keys that are no words are refused."""
    assert complaint(text)


@pytest.mark.parametrize(
    "text", ["a: > 50", "a: >= 50", "a: [50, 75)", "a: %", "a: b: c", "a:\n\tb: 1", "a: [1", 'a: "1']
)
def test_not_yaml(text):
    """What is not YAML is refused in our words, at its line."""
    assert "this is not YAML" not in complaint(text)


def test_all_problems():
    """Every problem of a file is found in one run, in the order of their places."""
    with pytest.raises(Refused) as refused:
        parse("a: NO\nb: 010\nb: 1\nc: &x 1\n", "a.yaml")
    assert [problem.where.line for problem in refused.value.problems] == [1, 2, 3, 4]


def test_version():
    """The version 1.10 is not the number 1.1."""
    assert parse("version: 1.10", "a.yaml").data == {"version": "1.10"}


def test_places():
    """Every value and every key knows its line, its column and its width, quotation marks not counted."""
    document = parse('a: one\nb: [two, "three"]\n', "a.yaml")
    assert document.where(("a",)) == Where("a.yaml", 1, 4, "a: one", 3)
    assert document.where(("b", 0)) == Where("a.yaml", 2, 5, 'b: [two, "three"]', 3)
    assert document.where(("b", 1)) == Where("a.yaml", 2, 11, 'b: [two, "three"]', 5)
    assert document.key(("b",)) == Where("a.yaml", 2, 1, 'b: [two, "three"]', 1)


def test_place_without_value():
    """What has no place of its own is shown at what holds it."""
    document = parse("a: [1]\n", "a.yaml")
    assert document.where(("a", 7)) == document.where(("a",))


@pytest.mark.parametrize(
    "text",
    [
        "key: one two\n",
        'key: "one two"\n',
        "key: 'one two'\n",
        'key: "one\\u0020two"\n',
        "key: one\n  two\n",
        "key: >-\n  one\n  two\n",
        "key: |-\n  one\n  two\n",
        "key: 'it''s one two'\n",
        'key: "an \\"old\\" one two"\n',
        "key: µm one two\n",
        "key: >- # a remark with two\n\n  one\n\n  two\n",
    ],
)
def test_letters(text):
    """The place of a word in a sentence is right however the sentence is quoted, folded or spread over lines."""
    document = parse(text, "a.yaml")
    where = document.where(("key",), document.data["key"].index("two"), 3)
    assert where.text[where.column - 1 : where.column - 1 + where.width] == "two"


@given(st.lists(st.sampled_from(["size", ">=", "10", "mm", "µg", "it's", '"x"'])), st.integers(0, 5))
def test_letters_of_folded_text(words, breaks):
    """Every word of a folded sentence is found where it stands in the file."""
    lines = [" ".join(words[at::6]) for at in range(breaks + 1) if words[at::6]] or ["nothing"]
    document = parse("key: >-\n" + "".join(f"    {line}\n" for line in lines), "a.yaml")
    offset = 0
    for word in document.data["key"].split(" "):
        where = document.where(("key",), offset, len(word))
        assert where.text[where.column - 1 :].startswith(word)
        offset += len(word) + 1


def test_read(tmp_path):
    """A file is named in problems as the caller says."""
    (tmp_path / "a.yaml").write_text("a: NO\n", encoding="utf-8")
    with pytest.raises(Refused, match=r"^criteria/a\.yaml:1:4: "):
        read(tmp_path / "a.yaml", "criteria/a.yaml")


@given(st.text(max_size=60))
def test_never_crashes(text):
    """Whatever a file holds, it is data or a complaint."""
    with suppress(Refused):
        assert parse(text, "a.yaml").values
