"""What the language reaches: every group of operations and every feature has its place in the reference."""

import re
from pathlib import Path

import pytest

REFERENCE = (Path(__file__).resolve().parent.parent / "docs/language.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in re.split(r"^## ", REFERENCE, flags=re.MULTILINE)[1:])
REACH = SECTIONS["What reaches what"]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in REACH.splitlines() if re.match(r"\| \d", line)]


def test_every_group_has_a_row():
    """The sixteen groups of operations stand in their order, each with what says them."""
    assert [row[0] for row in ROWS] == [str(number) for number in range(1, 17)]
    assert all(re.search(r"`[^`]+`", row[3]) for row in ROWS)


def test_every_feature_is_named_once():
    """Each of the 54 features stands in one place: with its group, or among what lies outside of the operations."""
    found = re.findall(r"\bF(\d+)\b", REACH)
    assert sorted(int(number) for number in found) == list(range(1, 55))


@pytest.mark.parametrize("section", sorted({row[4] for row in ROWS}))
def test_every_group_is_shown(section):
    """The section that a group names has a block with cases, run by test_schema, or an overlay of the base."""
    blocks = re.findall(r"```yaml\n(.*?)```", SECTIONS[section], re.DOTALL)
    assert any("\nexamples:" in block or "\nextends:" in block for block in blocks)
