"""Sweeps: what is asked for, the classes at each value by hand, and how it is told."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchmarks.bench_sweep import base_of, by_hand, compared, engine, values_of
from benchmarks.data import lesion_table
from benchmarks.engine import arrays_of
from criterium.commands.sweep import sweep as command
from criterium.compare.sweep.ranges import asked, axes
from criterium.compare.sweep.rates import Sweep, sweep
from criterium.language.library import load
from criterium.language.problems import Refused
from criterium.language.uses import depends
from criterium.study.plan import survey
from criterium.study.results import run
from tests.small import STUDY, write

MONTH = 30.4375
# By the area A falls by 15 percent, B by exactly 30, C rises by 40; each twice, 92 days apart. D was never treated.
LESIONS = """\
patient_id,date,lesion_id,role,long_mm,short_mm,state
A,2019-12-20,T1,target,20,10,present
A,2020-03-01,T1,target,20,8.5,present
A,2020-06-01,T1,target,20,8.5,present
B,2019-12-20,T1,target,20,10,present
B,2020-03-01,T1,target,20,7,present
B,2020-06-01,T1,target,20,7,present
C,2019-12-20,T1,target,20,10,present
C,2020-03-01,T1,target,20,14,present
C,2020-06-01,T1,target,20,14,present
"""
OWN = STUDY.replace("swog@", "swog-mr@").replace("overall-survival", "time-to-progression")


@pytest.fixture
def folder(tmp_path):
    """Return the folder of a study of four patients, of whom D was never treated."""
    return write(tmp_path / "small", OWN, lesions=LESIONS)


def swept(folder: Path, *words: str, step: str = "", most: int = 20) -> Sweep:
    """Return the sweep of the response criterion of a study."""
    study = survey(folder)
    wanted = asked(words)
    return sweep(run(study), "response", axes(study.criteria["response"], wanted, step, most))


def counts(found: Sweep, word: str) -> list[int]:
    """Return how many have a class at each point."""
    return [row.rates[word].count for row in found.tables[0].rows]


# --- what is asked for ------------------------------------------------------------------------------------------------
def texts(*words: str, step: str = "", most: int = 20) -> list[tuple[str, ...]]:
    """Return the values of each axis as texts."""
    return [axis.texts for axis in axes(load("swog-mr"), asked(words), step, most)]


def test_unquoted_words_belong_together():
    """A unit that the shell has parted from its range belongs to it, with one parameter or several."""
    assert texts("swog-mr.minor=10..20", "percent", step="5") == [("10 percent", "15 percent", "20 percent")]
    both = texts("swog-mr.minor=10..20", "percent", "swog-mr.partial=40,60", "percent", step="10")
    assert both == [("10 percent", "20 percent"), ("40 percent", "60 percent")]


@pytest.mark.parametrize(
    ("range_", "step", "count"), [("10..30 percent", "1 percent", 21), ("0..1 percent", "0.05 percent", 21)]
)
def test_a_range_without_a_step_has_about_twenty_values(range_, step, count):
    """The step is 1, 2 or 5 times a power of ten, the smallest that makes at most twenty steps."""
    (axis,) = axes(load("swog-mr"), asked([f"swog-mr.minor={range_}"]), "", 20)
    assert (axis.step, len(axis.texts)) == (step, count)


def test_a_range_ends_at_its_end():
    """The end of a range is among its values, although the step does not meet it."""
    assert texts("swog-mr.minor=10..30 percent", step="15") == [("10 percent", "25 percent", "30 percent")]


def test_values_are_exact_and_in_order():
    """Tenths are tenths, lists are put in order, and a value that is given twice is swept once."""
    (axis,) = axes(load("swog-mr"), asked(["swog-mr.minor=0.1..0.3 percent"]), "0.1", 20)
    assert axis.values == (Fraction(1, 10), Fraction(2, 10), Fraction(3, 10))
    assert texts("swog-mr.minor=30,10,20,10 percent") == [("10 percent", "20 percent", "30 percent")]
    (axis,) = axes(load("swog-mr"), asked(["swog-mr.confirm_after=2..4 weeks"]), "1", 20)
    assert [float(value) for value in axis.values] == [14, 21, 28]


@pytest.mark.parametrize(
    ("words", "step", "what"),
    [
        (["swog-mr"], "", "says no values"),
        (["swog-mr.minor="], "", "says no values"),
        (["swog-mr.minr=1..2 percent"], "", "no parameter `minr`"),
        (["swog-mr.minor=30..10 percent"], "", "does not rise"),
        (["swog-mr.minor=10..30 mm"], "", "`10 mm` is a length"),
        (["swog-mr.minor=1 mm..30 percent"], "", "begins in mm and ends in percent"),
        (["swog-mr.minor=10..30 percent"], "0", "no step"),
        (["swog-mr.minor=10..30 percent"], "1 mm", "no step"),
        (["swog-mr.minor=10..30 percent"], "1,2", "2 steps for 1 parameters"),
        (["swog-mr.minor=10..30 percent"], "0.0001", "more than 10000 values"),
        (["swog-mr.minor_confirmation=required,nobody"], "", "`nobody` is not a reading"),
        (["swog-mr.minor=1,2 percent", "swog.partial=1,2 percent"], "", "cannot be swept together"),
        (["swog-mr.minor=1,2 percent", "swog-mr.minor=3,4 percent"], "", "swept twice"),
    ],
)
def test_what_cannot_be_swept_is_refused(words, step, what):
    """A range, list or step that has no meaning is refused in words."""
    with pytest.raises(Refused) as refused:
        axes(load("swog-mr"), asked(words), step, 20)
    assert any(what in problem.what for problem in refused.value.problems)


# --- what depends on a parameter --------------------------------------------------------------------------------------
def test_what_depends_on_a_parameter_is_found_through_names_and_classes():
    """The fall for a minor response reaches the class and the course, and neither the sum nor what is beside it."""
    criterion = load("recist-1.1-mr")
    reached = depends(criterion, ["minor"])
    steps, course = criterion.steps, criterion.course
    touched = {name for name, ladder in steps.ladders.items() if id(ladder) in reached}
    assert touched == {"target", "class"}
    assert id(course.ladders["class"]) in reached
    assert id(course.conditions["minor_confirmed"]) in reached
    assert not any(id(node) in reached for node in steps.measures.values())
    assert id(steps.conditions["persisting"]) in reached  # it looks back at classes of the target


# --- by hand ----------------------------------------------------------------------------------------------------------
def test_rates_and_moves_are_those_of_a_calculation_by_hand(folder):
    """A fall of 15 percent is a minor response at 10 percent alone, one of 30 up to and including 30."""
    found = swept(folder, "swog-mr.minor=10..40 percent", step="10")
    assert counts(found, "MR") == [2, 1, 1, 0]
    assert counts(found, "SD") == [1, 2, 2, 3]
    assert counts(found, "NE") == [1, 1, 1, 1]
    table = found.tables[0]
    assert table.total == 4
    # The study has 25 percent, at which B alone has a minor response.
    assert [row.reclassified for row in table.rows] == [1, 0, 0, 1]
    moves = [(found.text(one.before), found.text(one.after), one.left, one.right, one.patients) for one in table.moves]
    assert moves == [
        ("10 percent", "20 percent", "MR", "SD", ("A",)),
        ("30 percent", "40 percent", "MR", "SD", ("B",)),
    ]


def test_an_interval_is_exact(folder):
    """The upper end for nobody among four is one minus the fourth root of 0.025."""
    (row, *_) = swept(folder, "swog-mr.minor=10,20 percent").tables[0].rows
    assert row.rates["CR"].interval.high == pytest.approx(1 - 0.025**0.25)


def test_medians_move_with_the_classes(folder):
    """At 30 percent C progresses on the first scan, 60 days after the start; at 50 percent nobody does."""
    found = swept(folder, "swog-mr.progression=30,50 percent")
    low, high = (row.medians["time-to-progression"] for row in found.tables[0].rows)
    assert (low.events, high.events) == (1, 0)
    assert low.curve.time[low.curve.events > 0] == pytest.approx([60 / MONTH])


def test_a_grid_is_the_sweeps_of_one_parameter_at_each_value_of_the_other(folder):
    """Every column of a grid is the sweep of a study with the second parameter set."""
    found = swept(folder, "swog-mr.minor=10..40 percent", "swog-mr.partial=20,30,50 percent", step="10")
    whole = np.array(counts(found, "MR")).reshape(3, 4)
    # At 20 and at 30 percent B has a partial response, whatever a minor one is.
    assert whole.tolist() == [[1, 0, 0, 0], [1, 0, 0, 0], [2, 1, 1, 0]]
    assert [point for point in range(12) if found.is_own(point)] == []


def test_the_loop_written_by_hand_gives_the_same():
    """On generated patients every best response and every count at every value is that of the numpy loop."""
    criterion, cohort, values = load("recist-1.1-mr"), arrays_of(lesion_table(300), "lesions"), values_of(40)
    hand = by_hand(base_of(criterion, cohort), values)
    assert compared(engine(criterion, cohort, values), hand).count(" 0 different") == 2
    assert len({tuple(column) for column in hand[2].T}) > 10


# --- on the command line ----------------------------------------------------------------------------------------------
def told(capsys, monkeypatch, width: int, *words: str, cohort: str = "lu177-salvage", plot: Path | None = None) -> str:
    """Return what the command prints at a width."""
    monkeypatch.setenv("COLUMNS", str(width))
    assert command(list(words), cohort, "", "", 1, [], "text", plot) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [80, 140])
@pytest.mark.parametrize(
    "words",
    [
        ["swog-mr.minor=10..30", "percent"],
        ["swog-mr.minor_confirmation=required,none"],
        ["swog-mr.minor=10..40 percent", "swog-mr.partial=40..60 percent"],
        ["swog-mr.minor=10,20 percent", "swog-mr.partial=40,50 percent", "swog-mr.confirm_after=4,8 weeks"],
        ["ctcae-3.0.within_limits=literal,guard"],
        ["progression-free-survival.new_therapy=ignored,censors"],
        ["lu177-octreotate-salvage.tolerance=0..1 GBq"],
        ["recist-1.1-mr.minor=10..30 percent"],
    ],
)
def test_tables_fit_the_line(words, width, capsys, monkeypatch, tmp_path):
    """Parameters of any criterion, one or several, are told in lines that fit, with a picture."""
    text = told(capsys, monkeypatch, width, *words, plot=tmp_path / "sweep.png")
    assert max(map(len, text.splitlines())) <= width
    assert (tmp_path / "sweep.png").stat().st_size > 10_000
    assert "course" in text


def test_many_values_are_told_in_runs(capsys, monkeypatch, folder):
    """Values between which nothing changes share a line, and the change is named with its patient."""
    text = told(capsys, monkeypatch, 80, "swog-mr.minor=10..39.9 percent", cohort=str(folder))
    assert text.count("\n") < 60
    monkeypatch.setenv("COLUMNS", "100")
    assert command(["swog-mr.minor=10..39.9 percent"], str(folder), "0.1", "", 1, [], "text", None) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "between 15 and 15.1 percent: A moves MR -> SD" in lines
    assert "between 30 and 30.1 percent: B moves MR -> SD" in lines
    assert any(line.startswith("15.1 to 30 percent *") for line in lines)


def test_json_has_every_value(capsys, folder):
    """The object names the criterion, its values, and for each of them classes, reclassified and medians."""
    assert command(["swog-mr.minor=10..40 percent"], str(folder), "10", "", 1, [], "json", None) == 0
    told_ = json.loads(capsys.readouterr().out)
    assert told_["criterion"]["id"] == "swog-mr"
    assert told_["parameters"][0]["own"] == "25 percent"
    (course,) = told_["courses"]
    assert [point["classes"]["MR"]["n"] for point in course["points"]] == [2, 1, 1, 0]
    assert course["points"][0]["values"]["minor"] == "10 percent"
    assert course["moves"][0] == {
        "after": {"minor": "10 percent"}, "by": {"minor": "20 percent"}, "from": "MR", "to": "SD", "patients": ["A"]
    }  # fmt: skip


def test_a_setting_of_the_study_is_kept(capsys):
    """A criterion that the study has is swept as the study has it, one that it has not takes the place of its kind."""
    assert command(["recist-1.1-mr.minor=10,13 percent"], "mibg-dose-intensified", "", "", 1, [], "json", None) == 0
    assert json.loads(capsys.readouterr().out)["study"]["set"] == {"recist-1.1-mr.node_axis": "long"}
    assert command(["who.partial=40,50 percent"], "mibg-dose-intensified", "", "", 1, [], "json", None) == 0
    assert json.loads(capsys.readouterr().out)["criterion"] == {
        "role": "response", "id": "who", "version": load("who").version, "hash": load("who").hash
    }  # fmt: skip


def test_a_picture_of_another_kind_is_refused(tmp_path):
    """A name that is no picture is refused before anything is computed."""
    with pytest.raises(Refused):
        command(["swog-mr.minor=10,20 percent"], "nowhere", "", "", 1, [], "text", tmp_path / "sweep.txt")
