"""criterium diff: text, Markdown and JSON of one comparison, its exit codes, and what it refuses."""

import json
import re

import pytest

from criterium.language import library
from tests.calls import call, fail

PAIR = ("swog", "swog-mr", "--steps", "0", "--cohort", "lu177-salvage")


@pytest.fixture(scope="module")
def comparison():
    """Return the JSON of one comparison on a cohort."""
    status, out, _ = call("diff", *PAIR, "--format", "json")
    assert status == 0
    return json.loads(out)


def test_same():
    """Two that mean the same are said to, without a table."""
    status, out, _ = call("diff", "swog", "swog", "--steps", "0")
    assert status == 0
    assert "The two mean the same." in out


def test_meaning():
    """Without a cohort only meaning is compared; the line in each file stands beside each change."""
    status, out, _ = call("diff", "swog", "swog-mr", "--steps", "0")
    assert status == 0
    assert re.search(r"^parameter +minor +- +25 percent +-/\d+$", out, re.MULTILINE)
    assert "cohort" not in out


@pytest.mark.parametrize("width", ["80", "140"])
def test_text_keeps_its_width(monkeypatch, width):
    """No line of the report is longer than the terminal, at 80 columns and at 140."""
    monkeypatch.setenv("COLUMNS", width)
    _, out, _ = call("diff", *PAIR)
    assert max(map(len, out.splitlines())) <= int(width)
    assert re.search(r"^6 of 6 +MR by swog-mr: shrinkage >= minor \(25", out, re.MULTILINE)


def test_markdown():
    """Every table has a head, a rule and rows with the same number of cells; signs in cells do not make columns."""
    _, out, _ = call("diff", *PAIR, "--format", "markdown")
    tables = re.findall(r"(?:^\|.*\n)+", out, re.MULTILINE)
    assert len(tables) > 10
    for table in tables:
        lines = table.splitlines()
        cells = [len(re.split(r"(?<!\\)\|", line)) for line in lines]
        assert len(set(cells)) == 1
        assert re.fullmatch(r"[|\s:-]+", lines[1])


def test_json_is_the_whole(comparison):
    """JSON has what the text has: meaning with places, transitions with ids, kappa, rates, times, causes."""
    (meaning,) = comparison["meaning"]
    assert meaning["changes"][0]["kind"] == "parameter"
    salvage = comparison["cohort"]["judged"][1]
    (pair,) = salvage["pairs"]
    assert pair["transitions"][1] == {
        "before": "SD",
        "after": "MR",
        "n": 6,
        "moved": ["L03", "L04", "L05", "L06", "L07", "L08"],
    }
    assert pair["causes"][0]["n"] == 6
    assert pair["kappa"]["raw"]["n"] == 33
    assert {rate["rate"] for rate in salvage["rates"]} == {"response", "control"}
    assert salvage["endpoints"][0]["groups"][0]["group"] == "all"


def test_timelines():
    """Two criteria are compared on every timeline: only stable becomes minor, and 40 to 30 mm is the smallest case.

    The areas are 40 x 10 and 30 x 10 mm2: a fall of 25 percent, which is where minor response begins.
    """
    status, out, _ = call("diff", "swog", "swog-mr", "--steps", "2", "--format", "json")
    assert status == 0
    steps, course = json.loads(out)["timelines"]["decided"]
    met = {(one["before"], one["after"]) for one in steps["cells"] if one["answer"] != "impossible"}
    assert met == {("PD", "PD"), ("CR", "CR"), ("PR", "PR"), ("SD", "MR"), ("SD", "SD"), ("NE", "NE")}
    (case,) = (one["case"] for one in steps["cells"] if (one["before"], one["after"]) == ("SD", "MR"))
    assert [lesion["long"] for lesion in case["lesions"]] == [[40, 30]]
    assert course["about"] == "class of the course"


def test_timelines_of_strangers():
    """Two criteria that judge different tables have no timeline in common, and the report says so."""
    status, out, _ = call("diff", "swog", "overall-survival")
    assert status == 0
    assert "no timeline is judged by both" in out


def test_fail_over():
    """The exit code is 1 if more than the share is reclassified, and 0 at the share itself or below."""
    share = 100 * 18 / 33
    assert call("diff", *PAIR, "--fail-over", "50")[0] == 1
    assert call("diff", *PAIR, "--fail-over", f"{share + 0.001}")[0] == 0
    status, _, errors = call("diff", *PAIR, "--fail-over", "0")
    assert (status, "54.5 percent are reclassified, more than 0" in errors) == (1, True)


def test_settings():
    """A parameter set anew is compared as set, on paper and on patients."""
    _, out, _ = call("diff", "swog", "swog", "--set", "swog.partial=40 percent", "--steps", "0")
    assert "The two mean the same." in out
    _, out, _ = call("diff", "swog", "swog-mr", "--set", "swog-mr.partial=40 percent", "--steps", "0")
    assert re.search(r"^parameter +partial +50 percent +40 percent", out, re.MULTILINE)


def test_picture(tmp_path):
    """The curves are drawn into a file."""
    path = tmp_path / "curves.svg"
    status, _, errors = call("diff", *PAIR, "--plot", str(path))
    assert (status, f"wrote {path}" in errors.replace("\n", "")) == (0, True)
    assert path.read_text(encoding="utf-8").startswith("<?xml")


def test_two_files_of_one_name(tmp_path):
    """Two files with the same id are told apart by their versions, or by their paths."""
    (path,) = [one for one in library.files() if one.stem == "swog"]
    text = path.read_text(encoding="utf-8")
    new = tmp_path / "swog.yaml"
    new.write_text(text.replace("version: 1.0.0", "version: 1.1.0", 1), encoding="utf-8")
    assert "swog@1.0.0: " in call("diff", "swog", str(new), "--steps", "0")[1]
    new.write_text(text.replace("value: 10 cm2", "value: 8 cm2"), encoding="utf-8")
    out = call("diff", "swog", str(new), "--steps", "0", "--format", "json")[1]
    assert json.loads(out)["meaning"][0]["after"] == str(new)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("swog",), "one criterion is compared with nothing"),
        (("swog", "who", "--fail-over", "5"), "`--fail-over` needs patients"),
        (("swog", "who", "--plot", "a.svg"), "`--plot` needs patients"),
        ((*PAIR, "--fail-over", "101"), "`101` is not a share"),
        ((*PAIR, "--plot", "a.txt"), "`.txt` is not a picture"),
        (("swog", "whoo"), "there is no criterion `whoo`"),
        (("swog", "who", "--set", "swgo.partial=4 percent"), "sets nothing of these"),
        (("swog", "who", "--set", "swog.partail=4 percent"), "has no parameter `partail`"),
        (("swog", "swog-mr", "--cohort", "nowhere"), "there is no cohort `nowhere`"),
        ((*PAIR, "--set", "swog.partail=4 percent"), "has no parameter `partail`"),
    ],
)
def test_refused(monkeypatch, capsys, words, said):
    """What cannot be compared is refused in words, with exit code 2."""
    status, errors = fail(monkeypatch, capsys, "diff", *words)
    assert status == 2
    assert said in errors
