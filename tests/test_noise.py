"""Measured again: the share of draws that keep a class, against a closed form, and what an error leaves alone."""

import json
from statistics import NormalDist

import numpy as np
import pytest

from criterium.commands.sweep import sweep as command
from criterium.compare.sweep import noise as noises
from criterium.compare.sweep.noise import noise_of, noisy
from criterium.compare.sweep.noise_shares import fragile
from criterium.language.problems import Refused
from criterium.study.plan import survey
from criterium.study.results import run
from tests.small import PATIENTS, STUDY, TREATMENTS, write

OWN = STUDY.replace("swog@", "swog-mr@") + "set: {swog-mr.minor_confirmation: none}\nbecause: one scan\n"
HEAD = "patient_id,date,lesion_id,role,long_mm,short_mm,state\n"
# The ratio of the area to that of the baseline; a minor response is at most 0.75.
RATIOS = {"A": 0.75, "B": 0.74, "C": 0.78}


def results_of(folder, ratios, *settings):
    """Return a study of one lesion of 100 x 80 mm a patient, whose area is once again so many times as large."""
    rows = [f"{name},2019-12-20,T1,target,100,80,present" for name in ratios]
    rows += [f"{name},2020-03-01,T1,target,100,{80 * ratio:.4f},present" for name, ratio in ratios.items()]
    return run(survey(write(folder, OWN, lesions=HEAD + "\n".join([*rows, ""])), settings))


def drawn(results, text, draws=200, seed=1):
    """Return what an error does to the response criterion of a study."""
    return noisy(results.study.criteria["response"], results.material, results.courses, noise_of(text), seed, draws)


def test_a_class_is_kept_as_often_as_a_closed_form_says(tmp_path):
    """The logarithm of the ratio of two areas, each of two lengths with a small error of s, has a deviation of 2 s.

    Of 4,000 draws the share within four standard errors; the second order of the error is below them.
    """
    draws, sigma = 4000, 0.01
    found = drawn(results_of(tmp_path / "one", RATIOS), "1percent", draws)
    for at, ratio in enumerate(RATIOS.values()):
        minor = NormalDist().cdf((np.log(0.75) - np.log(ratio)) / (2 * sigma))
        kept = minor if ratio <= 0.75 else 1 - minor
        assert found.kept[at] == pytest.approx(kept, abs=4 * np.sqrt(kept * (1 - kept) / draws) + 0.01)


def test_the_same_seed_gives_the_same_draws_however_many_at_once(tmp_path, monkeypatch):
    """A draw depends on the seed and its number alone; another seed gives others."""
    results = results_of(tmp_path / "one", RATIOS)
    first = drawn(results, "1mm").codes
    assert (first != drawn(results, "1mm", seed=2).codes).any()
    monkeypatch.setattr(noises, "MOST_COPIES", 7)
    assert (drawn(results, "1mm").codes == first).all()
    assert (drawn(results, "1mm", draws=50).codes == first[:, :50]).all()


def test_what_is_absent_stays_absent_and_what_is_missing_missing(tmp_path):
    """A lesion of 0 mm is never seen again, and no error makes a measurement out of none."""
    folder = tmp_path / "gone"
    rows = (
        "A,2019-12-20,T1,target,30,20,present\nA,2020-03-01,T1,target,0,0,absent\nA,2020-06-01,T1,target,0,0,absent\n"
    )
    rows += "B,2019-12-20,T1,target,30,20,present\nB,2020-03-01,T1,target,,,present\n"
    found = drawn(run(survey(write(folder, OWN, lesions=HEAD + rows))), "1mm")
    assert found.words[found.own[0]] == "CR"
    assert found.words[found.own[1]] == "NE"
    assert (found.kept == 1).all()


def test_an_error_as_large_as_the_measurement_makes_none_negative(tmp_path):
    """With a large error sizes are cut off at 0, and every draw has a class."""
    found = drawn(results_of(tmp_path / "one", RATIOS), "80mm")
    assert set(np.unique(found.codes)) <= set(range(len(found.words)))
    assert (found.kept < 1).any()


def test_a_patient_who_differs_in_one_draw_of_twenty_is_fragile(tmp_path):
    """The two shares are counted from each patient's own; the least stable comes first, with the nearest threshold."""
    results = results_of(tmp_path / "one", RATIOS)
    found = drawn(results, "1mm")
    (told,) = fragile(results, "response", noise_of("1mm"), 1, found).courses
    assert told.sometimes == int((found.kept <= 0.95).sum())
    assert told.mostly == int((found.kept < 0.5).sum())
    assert [one.kept for one in told.patients] == sorted(found.kept)
    by_name = {one.patient: one for one in told.patients}
    margin = by_name["B"].margin
    assert (margin.measure, margin.unit) == ("shrinkage", "percent")
    assert (margin.value, margin.threshold) == (pytest.approx(26), pytest.approx(25))
    assert by_name["D"].margin is None


def test_only_what_has_the_dimension_is_disturbed(tmp_path):
    """An error in mm is one of lengths; a criterion that reads none is refused, and so is what is no error."""
    results = results_of(tmp_path / "one", RATIOS)
    assert drawn(results, "1mm").columns == {"lesions": frozenset({"long", "short"})}
    for text in ("1GBq", "1", "mm", "0mm", "-1mm", "1 parsec"):
        with pytest.raises(Refused):
            drawn(results, text)


@pytest.mark.parametrize("width", [80, 140])
def test_what_is_printed_fits_the_line_and_states_the_error(width, capsys, monkeypatch, tmp_path):
    """The text names the distribution, its standard deviation, the draws, the seed and the columns."""
    monkeypatch.setenv("COLUMNS", str(width))
    plot = tmp_path / "noise.svg"
    assert command(["swog-mr"], "lu177-salvage", "", "5percent", 7, [], "text", plot) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= width
    said = " ".join(text.split())
    assert "200 draws, seed 7; a normal error with a standard deviation of 5 percent of the measurement" in said
    assert plot.stat().st_size > 10_000


def test_json_has_every_patient(capsys):
    """The object holds the error, the two counts and each patient's own share."""
    assert command(["recist-1.1-mr"], "mibg-dose-intensified", "", "1mm", 1, [], "json", None) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["noise"]["deviation"] == "1 mm"
    (course,) = told["courses"]
    assert len(course["patients"]) == course["n"] == 31
    assert course["fragile"]["sometimes"]["n"] == sum(one["kept"] <= 0.95 for one in course["patients"])


def test_a_parameter_is_not_swept_under_noise():
    """An error is that of a criterion as it is; parameters are set."""
    with pytest.raises(Refused):
        command(["swog-mr.minor=10..20", "percent"], "lu177-salvage", "", "1mm", 1, [], "text", None)


def test_nothing_changes_where_nothing_is_measured(capsys, tmp_path):
    """A study in which no class changes says so."""
    folder = write(tmp_path / "small", OWN, patients=PATIENTS, treatments=TREATMENTS)
    assert command(["swog-mr"], str(folder), "", "0.001mm", 1, [], "text", None) == 0
    assert "no class changed in any of 200 draws" in capsys.readouterr().out
