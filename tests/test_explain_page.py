"""The page and the picture of an explanation: complete, within the line, and what the command does with its options."""

from __future__ import annotations

import json

import pytest

from tests.calls import call, fail
from tests.small import write


@pytest.mark.parametrize("width", [80, 120, 140])
@pytest.mark.parametrize("patient", [("lu177-salvage", "L06"), ("mibg-dose-intensified", "M01")])
def test_the_page_fits_the_line(monkeypatch, width, patient):
    """No line is longer than the page is wide, and every part of the study is there."""
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, err = call("explain", *patient)
    assert (code, err) == (0, "")
    assert max(len(line) for line in out.splitlines()) <= width
    for title in ("Response: ", "Dosing: ", "Endpoint: Time to progression", "Toxicity: "):
        assert f"\n{title}" in out


def test_a_visit_in_text():
    """The reviewer's question: the class, the clause with its numbers and place, the source, why not PR, the flip."""
    _, out, _ = call("explain", "lu177-salvage", "L06", "--what", "response", "--why-not", "PR")
    visit = out.partition("COURSE SALVAGE")[2].partition("Assessment 2, ")[2].partition("\n\n")[0]
    for line in (
        "2006-10-12, day 183: MR, minor response",
        "Decided by clause 4 of 5: shrinkage >= minor (28.73 >= 25 percent)",
        "In words: size down by a quarter or more, but by less than half",
        "Written at criteria/response/swog-mr.yaml:",
        "baseline size 21.68 cm2, of assessment 0 on 2006-02-19",
        "for a minor response; van Essen 2010, abstract (read)",
        "Why not PR: shrinkage >= partial fails by 21.27 percentage points (28.73 < 50 percent)",
        "Nearest flip of this assessment: short of T2 18.8 -> 20.6 mm (+1.8 mm) makes SD",
    ):
        assert line in visit


def test_one_part_alone():
    """`--what` keeps one role, or one endpoint by its name."""
    _, out, _ = call("explain", "lu177-salvage", "L06", "--what", "overall-survival")
    assert "Endpoint: Overall survival" in out
    assert "Response: " not in out
    _, out, _ = call("explain", "lu177-salvage", "L06", "--what", "toxicity")
    assert "COURSE" not in out
    assert "platelets" in out


def test_json_is_json():
    """`--format json` prints one object and no more."""
    _, out, _ = call("explain", "lu177-salvage", "L06", "--what", "response", "--format", "json")
    assert json.loads(out)["patient"] == "L06"


def test_another_threshold_gives_another_answer():
    """With 20 percent the first assessment of the second course is a minor response, by 24.27 percent."""
    setting = ("--set", "swog-mr.minor=20 percent")
    _, out, _ = call("explain", "lu177-salvage", "L06", "--what", "response", *setting)
    assert "Decided by clause 4 of 5: shrinkage >= minor (24.27 >= 20 percent)" in out


def test_a_picture_is_the_same_every_time(tmp_path):
    """The picture has an axis for each course, in cm2, with the lines of progression; twice it is the same bytes."""
    for name in ("one.svg", "two.svg", "one.png"):
        code, _, err = call("explain", "lu177-salvage", "L06", "--what", "response", "--plot", str(tmp_path / name))
        assert code == 0
        assert err == f"wrote {tmp_path / name}\n"
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert (tmp_path / "one.png").read_bytes().startswith(b"\x89PNG")


def test_a_course_with_gaps_can_be_drawn(tmp_path):
    """A step that is only bounded, and one of which nothing is known, are marks of their own."""
    lesions = "patient_id,date,lesion_id,role,long_mm,short_mm,state\n"
    lesions += "A,2019-12-20,T1,target,20,10,present\nA,2019-12-20,T2,target,20,10,present\n"
    lesions += "A,2020-03-01,T1,target,20,10,present\nA,2020-03-01,T2,target,,,present\n"
    lesions += "C,2020-03-01,T1,target,20,10,present\n"
    folder = write(tmp_path / "study", lesions=lesions)
    assert call("explain", str(folder), "A", "--plot", str(tmp_path / "gap.png"))[0] == 0


def test_every_stage_has_its_column(monkeypatch):
    """The first lines of a criterion with stages show what each of them said, the last word last."""
    monkeypatch.setenv("COLUMNS", "80")
    words = ("explain", "lu177-salvage", "L06", "--what", "response", "--criteria", "response=irecist")
    _, out, _ = call(*words)
    assert " class  immune  dated\n" in out
    assert "5  2006-02-19  1248      55.7             -1.27  PD     iUPD    PD\n" in out


@pytest.mark.parametrize("words", [("toxicity",), ("dosing",), ("response", "--criteria", "response=gcig-combined")])
def test_grades_cycles_and_classes_can_be_drawn(tmp_path, words):
    """Results with their cuts, cycles with their limits, and classes that rest on no number of their own."""
    path = tmp_path / "picture.png"
    assert call("explain", "lu177-salvage", "L06", "--what", *words, "--plot", str(path))[0] == 0
    assert path.read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_refused(monkeypatch, capsys, tmp_path):
    """An endpoint has no course to draw, a text file is no picture; both are said, with exit code 2."""
    words = ("explain", "lu177-salvage", "L06", "--what", "overall-survival", "--plot")
    code, err = fail(monkeypatch, capsys, *words, str(tmp_path / "a.svg"))
    assert code == 2
    assert "there is no course to draw" in err
    code, err = fail(monkeypatch, capsys, *words, str(tmp_path / "a.txt"))
    assert code == 2
    assert "`.txt` is not a picture" in err
