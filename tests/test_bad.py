"""Wrong files: `bad/NAME.yaml` has one kind of mistake, `bad/NAME.txt` all that is said about it, word by word."""

from pathlib import Path

import pytest

from criterium.language.library import load
from criterium.language.problems import Refused

BAD = Path(__file__).parent / "bad"
NAMES = sorted(path.stem for path in BAD.glob("*.txt"))


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch):
    """Files are named in complaints as they are given, so every test gives their bare names."""
    monkeypatch.chdir(BAD)


def complaints(path: str) -> Refused:
    with pytest.raises(Refused) as refused:
        load(path)
    return refused.value


@pytest.mark.parametrize("name", NAMES)
def test_complaint(name):
    """A wrong file is refused with exactly the complaints that stand beside it."""
    assert str(complaints(f"{name}.yaml")) + "\n" == (BAD / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_place(name):
    """A complaint shows a line of the file as it stands there, and marks letters of it, or the place just after it."""
    for problem in complaints(f"{name}.yaml").problems:
        where = problem.where
        if where.text:
            assert Path(where.file).read_text(encoding="utf-8").splitlines()[where.line - 1] == where.text
            assert 1 <= where.column <= len(where.text) + 1
            assert where.column - 1 + where.width <= max(len(where.text), where.column)


@pytest.mark.parametrize("name", NAMES)
def test_words(name):
    """A complaint is one line that begins small, without a Python type, and says what was expected or what to do."""
    for problem in complaints(f"{name}.yaml").problems:
        for text in (problem.what, problem.expected, problem.help):
            assert "\n" not in text
            assert not any(word in text for word in ("NoneType", "dict", "Decimal", "<class", "None"))
        assert not problem.what[0].isupper()
        assert problem.expected or problem.help


def test_files():
    """There are more than 45 kinds of mistakes, every file has its complaint, and the bases of overlays have none."""
    assert len(NAMES) > 45
    assert {path.stem for path in BAD.glob("*.yaml")} == {*NAMES, "base", "row-base"}
    assert [load(f"{name}.yaml").id for name in ("base", "row-base")] == ["base", "row-base"]


# --- files that are made here, because nobody wants to read them ------------------------------------------------------


LARGE = """made.yaml:1:1: the file is larger than 1,000,000 bytes
  expected: a file that people can read
  help: split it, or use an overlay"""
ANCHOR = """made.yaml:1:5: `&a0` is an anchor
  expected: plain text
  help: remove it; overlays share what files have in common"""
ALIAS = """made.yaml:2:10: `*a0` stands for text elsewhere
  expected: the text itself
  help: write it out"""
DEEP = """made.yaml:1:26: nested more than 24 levels deep
  expected: a flatter file"""
LATIN = """made.yaml:2:9: byte 0xe9 is not part of a UTF-8 text
  expected: UTF-8
  help: save the file in the encoding UTF-8"""
CONTROL = """made.yaml:2:9: the character U+0007 may not stand in YAML
  help: remove it"""


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Return what says all that is wrong with a file of the given bytes."""
    monkeypatch.chdir(tmp_path)

    def of(content):
        (tmp_path / "made.yaml").write_bytes(content)
        return [str(problem) for problem in complaints("made.yaml").problems]

    return of


def test_large_file(made):
    """A file of 10 MB is refused before it is read as YAML."""
    remark = b"# " + b"x" * 98 + b"\n"
    assert made(remark * 100_000) == [LARGE]


def test_alias_bomb(made):
    """An alias bomb is never built: its anchors and aliases are complained of, at most a hundred times."""
    lines = ["a0: &a0 [boom]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    found = made("\n".join(lines).encode())
    assert len(found) == 100
    assert (found[0], found[2]) == (ANCHOR, ALIAS)


def test_deep_nesting(made):
    """A file nested 10,000 levels deep is refused at the 25th, without going to the bottom."""
    assert made(b"[" * 10_000 + b"]" * 10_000) == [DEEP]


def test_not_utf_8(made):
    """A byte that is not UTF-8 is shown with its line and column."""
    assert made("id: made\ntitle: r\xe9ponse\n".encode("latin-1")) == [LATIN]


def test_control_character(made):
    """A character that YAML has no place for is named by its number."""
    assert made(b"id: made\ntitle: a\x07b\n") == [CONTROL]


def test_byte_order_mark(tmp_path):
    """A byte order mark is no mistake."""
    text = (BAD / "base.yaml").read_text(encoding="utf-8").replace("id: base", "id: made")
    (tmp_path / "made.yaml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load(str(tmp_path / "made.yaml")).id == "made"


def test_missing_file():
    """A file that is not there is a complaint, not a crash."""
    assert str(complaints("nowhere.yaml")) == "nowhere.yaml:1:1: the file cannot be read: no such file or directory"


def test_unknown_criterion():
    """A misspelt name of a shipped criterion is answered with the name that was meant."""
    (problem,) = complaints("swgo").problems
    assert (problem.what, problem.help) == ("there is no criterion `swgo`", "did you mean `swog`?")
