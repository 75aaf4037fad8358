"""Figures of a study by hand: rounding, shares, medians, cycles and comparisons."""

import pytest

from criterium.study.comparisons import comparisons
from criterium.study.plan import survey
from criterium.study.printed import possible_share, rounded
from criterium.study.queries import ask
from criterium.study.results import run
from criterium.study.summary import sheets
from tests.calls import call
from tests.small import LESIONS, STUDY, TREATMENTS, computed, deaths, figure, figures_of, write


@pytest.mark.parametrize(
    ("number", "decimals", "printed"),
    [
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (15.25, 1, "15.3"),
        (0.15, 1, "0.2"),
        (2.675, 2, "2.68"),
        (100 * 18 / 118, 1, "15.3"),
        (100 * 9 / 118, 1, "7.6"),
        (3, 2, "3.00"),
        (float("nan"), 1, "-"),
    ],
)
def test_numbers_are_rounded_half_up(number, decimals, printed):
    """A half is rounded away from zero, as papers do, whatever binary fraction stands for it."""
    assert rounded(number, decimals) == printed


@pytest.mark.parametrize(
    ("printed", "total", "possible"),
    [("15.3", 118, True), ("7.6", 118, True), ("15.3", 10, False), ("33", 3, True), ("34", 3, False), ("0", 1, True)],
)
def test_shares_that_can_be_printed(printed, total, possible):
    """18 of 118 is 15.3 percent, a third is 33 and not 34; of 10 patients no number is 15.3 percent."""
    assert possible_share(printed, total) is possible


def test_an_impossible_share_is_told(tmp_path):
    """A printed share that no number of the denominator gives disagrees, and the note says why."""
    folder = write(tmp_path, STUDY + figure("{percent: courses, when: best is SD}", "26", ", unit: percent"))
    one = computed(folder)["one"]
    assert one.agrees is False
    assert one.note == "1 of 4; no whole number of 4 gives 26 percent"


@pytest.mark.parametrize(
    ("compute", "exact"),
    [
        ("{count: patients}", (4,)),
        ("{count: courses, when: best is SD}", (1,)),
        ("{count: courses, when: not best is SD}", (3,)),
        ("{count: cycles}", (3,)),
        ("{count: cycles, when: activity = 7.4 GBq}", (3,)),
        ("{range: age}", (40, 70)),
        ("{lowest: age, when: arm is two}", (60,)),
        ("{highest: age, when: arm is one}", (50,)),
        ("{median: age}", (55,)),
    ],
)
def test_figures_by_hand(tmp_path, compute, exact):
    """Four patients of 40, 50, 60 and 70 years, three of them with one cycle, one with a stable disease."""
    assert computed(write(tmp_path, STUDY + figure(compute)))["one"].exact == exact


# Four deaths 16, 32, 48 and 64 months after the start: S is 3/4, 1/2, 1/4 and 0, flat at one half from 32 to 48 months.
FOUR = deaths({f"one-{number}": 487 * number for number in (1, 2, 3, 4)})


@pytest.mark.parametrize(("method", "median"), [("log-log", 40), ("log", 40), ("plain", 40), ("spss", 32)])
def test_the_median_on_a_flat_curve_depends_on_the_method(tmp_path, method, median):
    """R prints the middle of the step at one half, SPSS its beginning."""
    folder = write(tmp_path, STUDY + figure(f"{{median: overall-survival, method: {method}}}"), **FOUR)
    one = computed(folder)["one"]
    assert one.exact == pytest.approx((median,))
    assert one.note.startswith("4 patients, 4 events, none censored")
    assert ("as SPSS prints it" in one.note) == (method == "spss")


def test_the_interval_of_spss_is_symmetric_about_its_median(tmp_path):
    """Median +/- 1.96 SE, about 32 months; by log-log the ends are times of deaths."""
    study = STUDY + figure("{interval: overall-survival, method: spss}")
    low, high = computed(write(tmp_path, study, **FOUR))["one"].exact
    assert low >= 0
    assert high - 32 == pytest.approx(32 - low) or low == 0
    low, high = computed(write(tmp_path, study.replace("spss", "log-log"), **FOUR))["one"].exact
    assert {round(low, 6)} <= {16, 32, 48, 64}


# --- cycles -----------------------------------------------------------------------------------------------------------
TWO_CYCLES = TREATMENTS.splitlines()[0] + "\nA,2020-01-01,only,1,drug,7.4,GBq\nA,2020-03-01,only,2,drug,7.4,GBq\n"
LOW = "patient_id,date,test,value,unit,lln,uln\nA,{day},platelets,10,10*9/L,150,400\n"
CYCLES = """\
conditions:
  cycle: {opening: cycle = 1, then: cycle = 2, low: any grade where term is platelets and grade = 4}
published:
  - {id: in-first, says: it, where: here, compute: {count: cycles, when: [opening, low]}}
  - {id: in-second, says: it, where: here, compute: {count: cycles, when: [then, low]}}
"""


@pytest.mark.parametrize(
    ("day", "first", "second"),
    [
        ("2019-12-31", 0, 0),
        ("2020-01-01", 1, 0),
        ("2020-02-29", 1, 0),
        ("2020-03-01", 0, 1),
        ("2021-12-31", 0, 1),
    ],
)
def test_a_result_belongs_to_the_cycle_that_has_begun(tmp_path, day, first, second):
    """From the day a cycle starts until the day before the next; the last stays open, before the first is none."""
    study = STUDY + "toxicity: ctcae-3.0@1.0.0\n" + CYCLES
    tables = {"patients": "patient_id\nA\n", "treatments": TWO_CYCLES, "labs": LOW.format(day=day), "events": ""}
    tables |= {
        "lesions": "\n".join([*LESIONS.splitlines()[:4], ""]),
        "events": "patient_id,date,event\nA,2022-01-01,death\n",
    }
    results = run(survey(write(tmp_path, study, **tables)))
    found = figures_of(results)
    assert (found["in-first"].exact[0], found["in-second"].exact[0]) == (first, second)
    by_cycle = [sheet for sheet in sheets(results) if sheet.id == "toxicity-cycles-only"]
    counted = [row[6] for sheet in by_cycle for row in sheet.rows]
    assert counted == ([1] if first + second else [])


# --- comparisons ------------------------------------------------------------------------------------------------------
GROUPS = """\
comparisons:
  - id: arms
    title: The arms
    endpoint: overall-survival
    groups: [{group: first, when: arm is ONE}, {group: second, when: arm is TWO}]
published: [{id: one, says: it, where: here, published: shorter, compute: {compare: arms}}]
"""
SOON, LATE = (100, 110, 120, 130, 140), (1000, 1010, 1020, 1030, 1040)


@pytest.mark.parametrize(
    ("one", "two", "verdict"),
    [
        (SOON, LATE, "shorter"),
        (LATE, SOON, "longer"),
        (SOON, SOON, "similar"),
        (SOON, (), "cannot be told"),
    ],
)
def test_verdicts(tmp_path, one, two, verdict):
    """The verdict is of the first group against the last; without anybody in one of them there is none."""
    days = {f"one-{at}": day for at, day in enumerate(one)} | {f"two-{at}": day for at, day in enumerate(two)}
    study = STUDY + GROUPS.replace("ONE", "one").replace("TWO", "two")
    found = computed(write(tmp_path, study, **deaths(days)))["one"]
    assert (found.computed, found.agrees) == (verdict, verdict == "shorter")


def test_a_number_is_split_at_its_median(tmp_path):
    """Ages of 40, 50, 60 and 70 are split at 55; the halves are named for it."""
    split = "comparisons: [{id: ages, title: Ages, endpoint: overall-survival, split: age}]\n"
    results = run(survey(write(tmp_path, STUDY + split)))
    (made,) = comparisons(results, ask(results)).values()
    assert made.groups == ("below the median of 55.0", "at or above 55.0")
    assert [median.n for median in made.medians] == [2, 1], "the patient who was never treated has no time"
    assert made.left_out == 1


def test_another_criterion_may_stand_in_although_figures_name_its_classes():
    """SWOG knows no minor response: nobody has one, the printed figure disagrees, and the page says what stands in."""
    status, printed, _ = call("run", "lu177-salvage", "--criteria", "swog")
    assert status == 1
    assert "swog stands in for swog-mr" in printed
