"""The lock of released versions: they stay as they were, and new ones are added."""

import pytest

from criterium.language import library, places
from criterium.language.locked import NAME, changes, locked, present, unlocked
from tests.calls import call

ONE = """\
id: one
version: 1.0.0
title: One
kind: response
language: 1
source: [{cite: nobody, for: nothing, confidence: derived}]
each: assessment
of: lesions
measures:
  size: sum of long over target lesions in mm
classes:
  - {class: LARGE, when: size >= 20 mm}
  - {class: SMALL, when: otherwise}
unknown: NE
examples:
  - {size: [10, 20], class: LARGE}
"""
TWO = """\
id: two
version: 1.0.0
title: Two
extends: one@1.0.0
source: [{cite: nobody, for: it, confidence: derived}]
"""


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a criterion, another that extends it, and a lock."""
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(TWO, encoding="utf-8")
    assert call("lock", str(tmp_path), "--write")[0] == 0
    return tmp_path


def edit(path, old, new):
    """Replace a part of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_lock_has_a_line_for_every_version(folder):
    """A line is `id@version` and the hash that results carry."""
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    assert lines == [f"{name}@1.0.0 {library.load(str(folder / f'{name}.yaml')).hash}" for name in ("one", "two")]
    assert call("lock", str(folder)) == (0, "2 versions as they were released\n", "")


def test_a_rule_that_changes_is_refused(folder):
    """Another threshold is found in the file, and in what extends it; the lock stays as it was."""
    before = (folder / NAME).read_text(encoding="utf-8")
    edit(folder / "one.yaml", "size >= 20 mm", "size >= 25 mm")
    for words in ((), ("--write",)):
        code, _, problems = call("lock", str(folder), *words)
        assert code == 1
        assert "`one@1.0.0` was released with the hash" in problems
        assert "`two@1.0.0` was released with the hash" in problems
    assert (folder / NAME).read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "more",
    [
        "  - {size: [10, 19.9], class: SMALL}\n",
        "claims: [no gaps]\n",
        "expected:\n  - {finding: gap, about: nothing, reason: none}\n",
        "# a comment\n",
    ],
)
def test_proof_may_grow(folder, more):
    """Examples, claims and declared findings say nothing about what a criterion decides."""
    path = folder / "one.yaml"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert call("lock", str(folder))[0] == 0


def test_a_new_version_is_added(folder):
    """The old version keeps its file beside the new one, and its line."""
    (folder / "one@1.0.0.yaml").write_text(ONE, encoding="utf-8")
    edit(folder / "one.yaml", "version: 1.0.0", "version: 1.1.0")
    edit(folder / "one.yaml", "size >= 20 mm", "size >= 25 mm")
    code, _, problems = call("lock", str(folder))
    assert code == 1
    assert "`one@1.1.0` is not in the lock" in problems
    assert call("lock", str(folder), "--write") == (0, "3 versions as they were released, 1 of them new\n", "")
    assert call("lock", str(folder))[0] == 0


def test_a_version_that_is_gone_is_found(folder):
    """A released version without its file is a finding."""
    (folder / "two.yaml").unlink()
    assert "`two@1.0.0` is not here" in call("lock", str(folder))[2]


@pytest.mark.parametrize("line", ["one@1.0.0", "one 0123456789ab", "one@1.0.0 0123456789ab\none@1.0.0 0123456789ab"])
def test_a_lock_is_read_strictly(folder, line):
    """A line that is no line of a lock, or stands twice, is a finding."""
    (folder / NAME).write_text(f"{line}\n", encoding="utf-8")
    assert locked(folder).problems
    assert call("lock", str(folder), "--write")[0] == 1


def test_shipped_versions_are_as_they_were_released():
    """No released version has changed or is gone, and every version that ships is in the lock."""
    folder = places.shipped("criteria")
    there, now = present(folder), locked(folder)
    assert [*changes(now, there), *unlocked(now, there)] == []
