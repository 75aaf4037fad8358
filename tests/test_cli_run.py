"""criterium run: what it prints and writes, and its exit codes."""

import json
import re
import subprocess

import pytest

from tests.calls import OURS, call, environment, fail
from tests.small import EVENTS, STUDY, figure, write


def test_run_prints_the_tables():
    """Response, dosing, toxicity, endpoints, the comparison and the figures, no line longer than 120."""
    code, out, err = call("run", "lu177-salvage")
    assert (code, err) == (0, "")
    for title in (
        "Best response by swog-mr 1.0.0, salvage course",
        "Intended dose by lu177-octreotate-salvage 1.1.0, salvage course",
        "Activity and intervals, salvage course",
        "Highest grade by ctcae-3.0 1.0.0, salvage course",
        "Highest grade of each cycle by ctcae-3.0 1.0.0, salvage course",
        "Endpoints, salvage course",
        "Salvage course, pancreatic against other gastroenteropancreatic tumours",
        "Published against computed",
    ):
        assert f"\n{title}\n" in out
    assert "Highest grade by ctcae-3.0 1.0.0, regular course" not in out, "no result is of that course"
    assert re.search(r"^warning: .*\n?.*conditioned on progression$", out, re.MULTILINE)
    assert out.endswith("\n18 published figures: 18 agree, 0 disagree, 1 computed only\n")
    assert all(len(line) <= 120 for line in out.splitlines())


def test_a_figure_that_disagrees_is_exit_code_1():
    """The figure says NO, and the setting stands at the top."""
    code, out, _ = call("run", "lu177-salvage", "--set", "swog-mr.minor=30 percent")
    assert code == 1
    assert "\nset swog-mr.minor = 30 percent\n" in out
    assert re.search(r"^6 minor response +6 +\d +NO ", out, re.MULTILINE)
    assert "15 agree, 3 disagree" in out


def test_json_has_the_documented_shape():
    """One object with study, criteria, results and figures; numbers that are not finite are null."""
    code, out, _ = call("run", "mibg-dose-intensified", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert list(found) == ["study", "criteria", "results", "figures"]
    assert found["study"]["id"] == "mibg-dose-intensified"
    assert found["study"]["patients"] == 31
    for criterion in found["criteria"]:
        assert {"id", "version", "hash"} <= set(criterion)
        assert re.fullmatch(r"[0-9a-f]{12}", criterion["hash"])
    figures = {one["id"]: one for one in found["figures"]}
    assert len(figures) == 29
    assert all({"id", "published", "computed", "agrees", "where", "note"} <= set(one) for one in figures.values())
    assert [id_ for id_, one in figures.items() if one["agrees"] is None] == ["symptoms-none"]
    assert figures["os-interval"]["published"] == figures["os-interval"]["computed"] == "32 to 62 months"
    assert {row["class"]: row["n"] for row in found["results"]["response-mibg"]["rows"]}["MR"] == 2


def test_output_is_stable(tmp_path):
    """Two processes print the same bytes and write the same files, whatever the seed of hashes."""
    printed, written = [], []
    for seed in ("1", "2"):
        out = tmp_path / seed
        words = [*OURS, "run", "lu177-salvage", "--format", "json", "--out", str(out)]
        done = subprocess.run(words, env=environment(PYTHONHASHSEED=seed), capture_output=True, check=True)
        printed.append(done.stdout)
        written.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert printed[0] == printed[1]
    assert written[0] == written[1]


@pytest.mark.parametrize("files", ["csv", "parquet"])
def test_out_writes_the_rows(tmp_path, files):
    """The files are named on the side of errors, so that the output stays one JSON object."""
    code, out, err = call("run", "mibg-dose-intensified", "--format", "json", "--out", str(tmp_path), "--files", files)
    assert code == 0
    assert json.loads(out)
    names = [f"{name}.{files}" for name in ("courses", "assessments", "symptoms", "cycles", "results", "times")]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    assert err.count("wrote ") == 6


def test_bad_input_is_exit_code_2_and_nothing_is_written(monkeypatch, capsys, tmp_path):
    """Problems of the study and of its tables come together; no table is printed or written."""
    study = STUDY + figure("{count: courses, when: bets is SD}")
    folder = write(tmp_path / "cohort", study, events=EVENTS.replace("A,2021-01-01", "A,2021-13-01"))
    code, err = fail(monkeypatch, capsys, "run", str(folder), "--out", str(tmp_path / "out"))
    assert code == 2
    assert "study.yaml:9:" in err
    assert "events.csv:2:" in err
    assert err.endswith("2 problems\n")
    assert not (tmp_path / "out").exists()
