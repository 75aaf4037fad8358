"""Sentences: every form that the reference lists can be read, and nothing else."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criterium.language.file.source import Document
from criterium.language.problems import Refused, Where
from criterium.language.sentences.parsing import is_name, parse

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = (ROOT / "docs/language.md").read_text(encoding="utf-8")


def read(text, form):
    place = Where("a.yaml", 1, 1, text, len(text))
    return parse(text, form, Document(text, {(): place}), ())


def listed(header, column):
    """Return the sentences in backticks of the tables of the reference that have this header."""
    found = []
    for table in REFERENCE.split(f"\n{header}\n")[1:]:
        rows = table.split("\n\n")[0].splitlines()[1:]
        found += [sentence for row in rows for sentence in re.findall(r"`([^`]+)`", row.split("|")[column])]
    return found


VALUES = listed("| form | example | gives |", 2)
ROWS_AND_CONDITIONS = listed("| form | example |", 2)
PATTERNS = listed("| form | meaning |", 1)
ROWS = ROWS_AND_CONDITIONS[: ROWS_AND_CONDITIONS.index("shrinkage >= partial")]
CONDITIONS = ROWS_AND_CONDITIONS[len(ROWS) :]


def test_lists_are_found():
    """The reference lists sentences of every kind."""
    assert len(VALUES) > 20
    assert len(ROWS) > 4
    assert len(CONDITIONS) > 20
    assert len(PATTERNS) > 6


@pytest.mark.parametrize("text", VALUES)
def test_values(text):
    """A value of the reference can be read, as it stands and as a measure with a unit."""
    read(text, "value")
    read(f"{text} in mm", "measure")


@pytest.mark.parametrize("text", ROWS)
def test_rows(text):
    """Rows of the reference can be read."""
    read(text, "collection")


@pytest.mark.parametrize("text", [*CONDITIONS, *PATTERNS, "otherwise"])
def test_conditions(text):
    """A condition of the reference can be read."""
    read(text, "condition")


def test_grammar_is_printed():
    """The reference prints the grammar as it is."""
    grammar = (ROOT / "engine/criterium/language/sentences/grammar.lark").read_text(encoding="utf-8")
    assert f"```lark\n{grammar}```" in REFERENCE


@pytest.mark.parametrize("rule", ["value", "condition", "collection"])
def test_every_form_is_listed(rule):
    """Every form of the grammar that has a name is used by a sentence of the reference."""
    trees = [read(text, "value") for text in VALUES] + [read(text, "collection") for text in ROWS]
    trees += [read(text, "condition") for text in [*CONDITIONS, *PATTERNS, "otherwise"]]
    used = {str(node.data) for tree in trees for node in tree.iter_subtrees()}
    grammar = (ROOT / "engine/criterium/language/sentences/grammar.lark").read_text(encoding="utf-8")
    named = set(re.findall(r"-> (\w+)", grammar)) | {rule}
    assert named - used <= {"value", "condition"}


@pytest.mark.parametrize(
    ("text", "form", "column", "what", "remedy"),
    [
        ("sum of long ovr lesions", "value", 13, "`ovr` does not fit here", "did you mean `over`?"),
        ("percent rize of size from nadir", "value", 9, "`rize` does not fit here", "did you mean `rise`?"),
        ("size => 10 mm", "condition", 6, "`=>` does not fit here", "did you mean `>=`?"),
        ("size == 10 mm", "condition", 6, "`==` does not fit here", "did you mean `=`?"),
        ("seen PR twise at least 4 weeks apart", "condition", 9, "`twise` does not fit here", "did you mean `twice`?"),
        ("seen PR form 4 weeks after start", "condition", 9, "`form` does not fit here", "did you mean `from`?"),
    ],
)
def test_did_you_mean(text, form, column, what, remedy):
    """A misspelt word of the language is marked, and the word that was meant is named."""
    with pytest.raises(Refused) as refused:
        read(text, form)
    (problem,) = refused.value.problems
    assert (problem.where.column, problem.what, problem.help) == (column, what, remedy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "size >=",
        "size >= 10 mm and",
        ">= 10 mm",
        "any",
        "every lesion",
        "not",
        "a = b = c = d",
        "seen",
        "size is",
        "(size = 1",
    ],
)
def test_half_sentences(text):
    """A sentence that stops too early or begins too late is refused, at a place within it or just after it."""
    with pytest.raises(Refused) as refused:
        read(text, "condition")
    (problem,) = refused.value.problems
    assert 1 <= problem.where.column <= len(text) + 1


@pytest.mark.parametrize("name", ["size", "non-target", "a1", "confirm_after", "first-cycle", "value", "target"])
def test_names(name):
    """A word of letters, digits, `_` and `-` is a name."""
    assert is_name(name)


@pytest.mark.parametrize(
    "name", ["nadir", "baseline", "percent", "sum", "any", "not", "seen", "first", "4x", "a b", "-", "a-", ""]
)
def test_words_are_not_names(name):
    """A word that sentences begin with, or that is spelled otherwise, is no name."""
    assert not is_name(name)


def problems_of(text):
    try:
        read(text, "condition")
    except Refused as refused:
        return refused.problems
    return ()


@given(st.text(alphabet=st.sampled_from("abc 0123.<>=!*/+-()%µ\n\t'\"`"), max_size=30))
def test_never_crashes(text):
    """Whatever stands in a sentence, it is read or refused with a place in it."""
    assert all(problem.where.column >= 1 and problem.what for problem in problems_of(text))


WORDS = sorted({word for text in [*VALUES, *CONDITIONS, *PATTERNS] for word in text.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=9))
def test_any_words_in_any_order(words):
    """Words of the language in any order are read, or refused at one of them."""
    assert len(problems_of(" ".join(words))) <= 1
