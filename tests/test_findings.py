"""Findings: their pages, what a file declares, and the formats in which they are printed."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from criterium.language import library
from criterium.language import tree as t
from criterium.language.problems import Where
from criterium.verify.check import check
from criterium.verify.findings import CODES, Finding, settled
from tests.calls import call
from tests.test_docs import blocks, fits, transcript

ROOT = Path(__file__).parents[1]
PAGES = sorted(path.stem for path in (ROOT / "docs/findings").glob("CRT*.md") if path.stem != "CRT401")
# Findings that no small file shows on every machine.
WITHOUT = {"CRT110"}


def test_every_finding_has_a_page():
    """Every code has its page, which begins with its name, and a row in the overview."""
    assert {*PAGES, "CRT401"} >= set(CODES) - {"CRT401"}
    overview = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    for code, one in CODES.items():
        row = f"| [{code}](findings/{code}.md) | `{one.name}` | {one.severity} | {one.title} |"
        assert row in overview
        if code in PAGES:
            text = (ROOT / f"docs/findings/{code}.md").read_text(encoding="utf-8")
            assert text.startswith(f"# {code}: {one.name}\n")


@pytest.mark.parametrize("code", PAGES)
def test_page_shows_what_happens(code, tmp_path, monkeypatch):
    """The bad example of a page has the finding, the good one has no error, and both print what the page shows."""
    monkeypatch.chdir(tmp_path)
    status = 0
    found = {}
    for block in blocks(f"docs/findings/{code}.md"):
        if block.language == "yaml":
            Path(block.text.split("\n", 1)[0].removeprefix("# ")).write_text(block.text, encoding="utf-8")
            continue
        for command, expected in transcript(block.text):
            if command == "echo $?":
                assert expected.strip() == str(status)
                continue
            status, out, err = call(*command.split()[1:])
            assert fits(expected, out + err), f"$ {command}\n{out}{err}"
            found[command.split()[-1]] = {one.code for one in check(command.split()[-1], library.tables())[1].open}
    assert code in WITHOUT or code in found["wrong.yaml"]
    assert not any(CODES[one].severity == "error" for one in found.get("right.yaml", ()))
    assert code not in found.get("right.yaml", ())


# --- what a file declares ---------------------------------------------------------------------------------------------
HERE = Where("mine.yaml", 3)
GAP = Finding("CRT101", HERE, "table", "no line for a combination")


def expected(finding, about):
    return t.Expected(HERE, "", finding, about, "the text says so", "")


def test_a_declared_whole_is_each_of_its_parts():
    """A declaration about a term is about each of its grades, and about no other term whose name begins alike."""
    parts = [Finding("CRT303", Where("a.yaml", 1), f"{term}, grade 2", "") for term in ("terms.one", "terms.one_more")]
    checked = settled(parts, [expected("unit columns", "terms.one")], ["CRT303"])
    assert [one.about for one in checked.open] == ["terms.one_more, grade 2"]
    assert [one.about for one, _ in checked.declared] == ["terms.one, grade 2"]


def test_declared_finding_is_set_apart():
    """A finding that is declared by its name and what it is about is not open."""
    checked = settled([GAP], [expected("gap", "table")], ["CRT101"])
    assert (checked.open, [one for one, _ in checked.declared], checked.errors) == ((), [GAP], 0)


@pytest.mark.parametrize(("finding", "about"), [("gap", "tabel"), ("overlap", "table")])
def test_declaration_of_what_does_not_occur(finding, about):
    """It is an error, and the finding that occurs stays open."""
    checked = settled([GAP], [expected(finding, about)], ["CRT101", "CRT102"])
    assert [one.code for one in checked.open] == ["CRT101", "CRT501"]
    assert checked.errors == 2


def test_declaration_of_what_was_not_looked_for():
    """A check says nothing of findings that another command looks for, but knows their names."""
    assert settled([], [expected("surviving mutant", "x")], ["CRT101"]).open == ()
    (one,) = settled([], [expected("gab", "x")], ["CRT101"]).open
    assert (one.code, one.help) == ("CRT501", "did you mean `gap`?")


# --- formats ----------------------------------------------------------------------------------------------------------
def formatted(format_, *names):
    code, out, err = call("check", *names, "--format", format_)
    assert err == ""
    return code, out


DEFECT = str(ROOT / "tests/defects/edc-ggt-grade-1.yaml")


def test_json():
    """Every finding has its code, name, severity, place, words and witness; the exit code is that of the text."""
    code, out = formatted("json", DEFECT, "time-to-progression")
    bad, good = json.loads(out)
    assert code == 1
    assert (good["errors"], good["findings"]) == (0, [])
    assert bad["errors"] == len(bad["findings"]) == 3
    keys = {"code", "name", "severity", "file", "line", "column", "about", "what", "expected", "help", "witness"}
    assert all(set(one) == keys for one in bad["findings"])


def test_sarif():
    """The log is of version 2.1.0: every result names a rule that is described, and what is declared is suppressed."""
    code, out = formatted("sarif", DEFECT, "recist-1.1@1.0.0")
    log = json.loads(out)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (code, log["version"], [one["id"] for one in rules]) == (1, "2.1.0", list(CODES))
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["level"] in {"error", "warning"}
        (place,) = one["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] < region["endColumn"]
    suppressed = [one for one in run["results"] if "suppressions" in one]
    assert [one["suppressions"][0]["kind"] for one in suppressed] == ["inSource"]


def test_junit():
    """An error fails a case of its file's suite, a declared finding is skipped, and a file in order has a case."""
    code, out = formatted("junit", DEFECT, "recist-1.1@1.0.0")
    bad, good = ET.fromstring(out)  # noqa: S314 -- our own output
    assert code == 1
    assert (bad.get("failures"), len(bad.findall("testcase/failure"))) == ("3", 3)
    assert (good.get("failures"), good.get("skipped"), len(good.findall("testcase"))) == ("0", "1", 2)


def test_warnings_leave_the_exit_code_alone():
    """A file with warnings and no error is in order."""
    code, out, err = call("check", str(ROOT / "tests/defects/triglycerides-units.yaml"))
    assert (code, out.split()[0]) == (0, "ok")
    assert re.search(r"^4 warnings$", err, re.MULTILINE)
