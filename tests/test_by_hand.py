"""The hand-written programs of the benchmarks are right: every class and grade below was worked out on paper."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.by_hand import ctcae_3_0, ctcae_3_0_joined, grouped, recist_1_1, segmented, swog_mr
from benchmarks.data import lab_table, lesion_table

NAN = float("nan")


@pytest.fixture(params=[grouped, segmented], ids=["grouped", "segmented"])
def sums(request):
    return request.param


def course(*assessments, sites=None):
    """Return one patient's lesion table; an assessment is a list of (long, short), in mm, or None for no row."""
    rows = [
        ("P1", pd.Timestamp("2020-01-01") + pd.Timedelta(weeks=8 * number), f"T{lesion}", long, short)
        for number, assessment in enumerate(assessments)
        for lesion, pair in enumerate(assessment)
        if pair is not None
        for long, short in [pair]
    ]
    frame = pd.DataFrame(rows, columns=["patient_id", "date", "lesion_id", "long_mm", "short_mm"])
    site = sites or ["liver"] * len(assessments[0])
    frame["site"] = [site[int(name[1:])] for name in frame["lesion_id"]]
    return frame.assign(role="target", state="present")


def squares(*sizes):
    """Return one lesion whose products are the sizes in cm2, 10 mm wide."""
    return course(*([(size * 10, 10.0)] for size in sizes))


def diameters(*sums_of_lesions, sites=None):
    """Return lesions with these long axes in mm at each assessment."""
    return course(*([(long, long) for long in lesions] for lesions in sums_of_lesions), sites=sites)


def classes(criterion, frame, sums):
    return criterion(frame, sums)["class"].tolist()


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((10.0, 5.0), ["PR"]),  # exactly half
        ((10.0, 5.1), ["MR"]),
        ((3.6, 2.7), ["MR"]),  # exactly a quarter less
        ((10.0, 7.6), ["SD"]),
        ((1.2, 1.8), ["PD"]),  # exactly 1.5 times
        ((12.0, 10.0, 15.0), ["SD", "PD"]),  # from the nadir, not from the baseline
        ((12.0, 10.0, 14.9), ["SD", "SD"]),
        ((30.0, 40.0), ["PD"]),  # 10 cm2, though only a third more
        ((30.0, 39.9), ["SD"]),
        ((10.0, 0.0, 0.0, 0.1), ["CR", "CR", "PD"]),  # nothing stays nothing; anything is more than nothing
        ((10.0, 4.0, 6.5), ["PR", "PD"]),
    ],
)
def test_swog_bounds(sizes, expected, sums):
    """Bounds of SWOG with minor response are inclusive and exact on the decimals entered."""
    assert classes(swog_mr, squares(*sizes), sums) == expected


def test_swog_is_a_sum_of_products(sums):
    """40 x 20 + 30 x 10 is 11 cm2; 30 x 20 + 0 is 6 cm2, 45.5 percent less."""
    frame = course([(40.0, 20.0), (30.0, 10.0)], [(30.0, 20.0), (0.0, 0.0)])
    assert classes(swog_mr, frame, sums) == ["MR"]


@pytest.mark.parametrize("missing", [(NAN, 10.0), (20.0, NAN), None], ids=["no long axis", "no short axis", "no row"])
def test_an_unmeasured_lesion_leaves_a_lower_bound(missing, sums):
    """From 4 cm2, a part of 6 cm2 proves progression; a part of 0.1 cm2 proves nothing and is no nadir."""
    two = [(20.0, 10.0), (20.0, 10.0)]
    frame = course(two, [(60.0, 10.0), missing], [(1.0, 10.0), missing], two)
    assert classes(swog_mr, frame, sums) == ["PD", "NE", "SD"]


def test_an_unmeasured_baseline_leaves_progression_and_disappearance(sums):
    """Without a baseline there is no PR, MR or SD; a later complete sum of 4 cm2 still is a nadir, and 0 is 0."""
    two = [(20.0, 10.0), (20.0, 10.0)]
    frame = course([(20.0, 10.0), (NAN, 10.0)], two, two, [(30.0, 10.0)] * 2, [(0.0, 0.0)] * 2)
    assert classes(swog_mr, frame, sums) == ["NE", "NE", "PD", "CR"]


def test_disappearance_without_a_reference_is_not_evaluable(sums):
    """From an unmeasured baseline no change is known, so progression is not ruled out: NE, also at a sum of 0."""
    frame = course([(NAN, 10.0)], [(0.0, 0.0)])
    assert classes(swog_mr, frame, sums) == ["NE"]
    assert classes(recist_1_1, frame, sums) == ["NE"]


def test_only_target_lesions_of_the_first_date_count(sums):
    """A lesion that is first measured later, and one that is no target, do not add to the sum."""
    frame = course([(20.0, 10.0), (90.0, 90.0)], [(20.0, 10.0), (99.0, 99.0), (50.0, 50.0)], sites=["liver"] * 3)
    frame.loc[frame["lesion_id"] == "T1", "role"] = "non-target"
    assert classes(swog_mr, frame, sums) == ["SD"]
    assert classes(recist_1_1, frame, sums) == ["SD"]


def test_no_target_lesion_is_not_a_sum_of_zero(sums):
    """A patient without target lesions is not evaluable, neither in CR nor stable."""
    frame = squares(10.0, 10.0).assign(role="non-target")
    assert classes(swog_mr, frame, sums) == ["NE"]
    assert classes(recist_1_1, frame, sums) == ["NE"]


@pytest.mark.parametrize(
    ("sums_of_lesions", "expected"),
    [
        (([100.0], [70.0]), ["PR"]),  # exactly 30 percent less
        (([100.0], [70.1]), ["SD"]),
        (([26.0], [31.2]), ["PD"]),  # exactly 20 percent and 5.2 mm more
        (([27.3], [32.3]), ["SD"]),  # 5.0 mm but 18.3 percent more
        (([20.0], [24.9]), ["SD"]),  # 24.5 percent but 4.9 mm more
        (([20.0], [25.0]), ["PD"]),
        (([100.0], [60.0], [72.0]), ["PR", "PD"]),  # 28 percent below the baseline, 20 above the nadir
        (([100.0], [70.0], [70.0], [80.0], [80.0]), ["PR", "PR", "PR", "PR"]),  # a partial response persists
        (([20.0, 15.0, 15.0], [45.0, 35.0, NAN]), ["PD"]),  # 80 mm of 50, whatever the third is
        (([50.0, 30.0, 20.0], [10.0, 10.0, NAN]), ["NE"]),
        (([50.0], [0.0], [4.0]), ["CR", "PD"]),  # what comes back after CR is PD, even below 5 mm
        (([50.0], [0.0], [0.0]), ["CR", "CR"]),
        (([50.0, 50.0], [0.0, 0.0], [4.0, NAN], [0.0, NAN]), ["CR", "PD", "NE"]),
        (([100.0], [NAN], [65.0], [90.0]), ["NE", "PR", "PD"]),  # 38 percent and 25 mm above the nadir
    ],
)
def test_recist_bounds(sums_of_lesions, expected, sums):
    """Bounds of RECIST 1.1 are inclusive and exact; its history is kept."""
    assert classes(recist_1_1, diameters(*sums_of_lesions), sums) == expected


def test_a_node_is_its_short_axis(sums):
    """Nodes below 10 mm are gone, at 10 mm they are not; a missing long axis of a node changes nothing."""
    frame = course(
        [(30.0, 20.0), (30.0, 30.0)],
        [(30.0, 9.9), (0.0, 0.0)],
        [(NAN, 10.0), (0.0, 0.0)],
        sites=["lymph node", "liver"],
    )
    assert classes(recist_1_1, frame, sums) == ["CR", "PD"]
    assert classes(recist_1_1, frame[frame["date"] != frame["date"].unique()[1]], sums) == ["PR"]


def test_patients_do_not_see_each_other(sums):
    """The nadir and the history of one patient do not reach the next, in whatever order the rows come."""
    first, second = diameters([100.0], [10.0]), diameters([100.0], [100.0], [110.0]).assign(patient_id="P2")
    frame = pd.concat([second, first]).iloc[[3, 0, 2, 4, 1]]
    answer = recist_1_1(frame, sums)
    assert answer.groupby("patient_id")["class"].agg(list).to_dict() == {"P1": ["PR"], "P2": ["SD", "SD"]}
    assert answer["date"].tolist()[0] == pd.Timestamp("2020-02-26")


@pytest.mark.parametrize("criterion", [swog_mr, recist_1_1])
def test_order_and_identifiers_do_not_matter(criterion):
    """Both ways of summing give the same classes, on ordered rows with numbers and on the same rows shuffled."""
    frame = lesion_table(300, seed=7)
    shuffled = frame.sample(frac=1.0, random_state=7)
    answers = [criterion(rows, way) for rows in (frame, shuffled) for way in (grouped, segmented)]
    tables = [answer.sort_values(["patient_id", "date"], ignore_index=True) for answer in answers]
    assert all(table.equals(tables[0]) for table in tables)


@pytest.mark.parametrize(
    ("test", "value", "lln", "uln", "expected"),
    [
        ("platelets", 150, 150, 400, [0]),
        ("platelets", 149, 150, 400, [1]),
        ("platelets", 75, 150, 400, [1]),  # a shared bound belongs to the milder grade
        ("platelets", 74.9, 150, 400, [2]),
        ("platelets", 50, 150, 400, [2]),
        ("platelets", 49.9, 150, 400, [3]),
        ("platelets", 24.9, 150, 400, [4]),
        ("platelets", 60, NAN, 400, [2]),  # whatever the limit
        ("platelets", 80, NAN, 400, [None]),
        ("platelets", 160, NAN, NAN, [None]),
        ("platelets", NAN, 150, 400, [None]),
        ("neutrophils", 1.45, 1.4, 7.5, [2]),  # literal: a normal value can lie in a band
        ("leukocytes", 2.9, 4.0, 10.0, [2]),
        ("lymphocytes", 0.19, 1.0, 4.0, [4]),
        ("hemoglobin", 6.5, 12.0, 16.0, [3]),
        ("hemoglobin", 6.4, 12.0, 16.0, [4]),
        ("ALT", 100, 7, 40, [1]),  # exactly 2.5 times the limit
        ("AST", 101, 10, 40, [2]),
        ("GGT", 1200, 8, 60, [3]),
        ("alkaline phosphatase", 2601, 40, 130, [4]),
        ("ALT", 100, 7, NAN, [None]),
        ("bilirubin", 1.8, 0.2, 1.2, [1]),  # 1.5 x 1.2 is 1.8
        ("bilirubin", 12.1, 0.2, 1.2, [4]),
        ("creatinine", 7.2, 0.6, 1.2, [3]),
        ("potassium", 4.0, 3.5, 5.1, [0, 0]),
        ("potassium", 5.5, 3.5, 5.1, [1, 0]),
        ("potassium", 7.1, 3.5, 5.1, [4, 0]),
        ("potassium", 3.0, 3.5, 5.1, [0, 1]),
        ("potassium", 2.9, 3.5, 5.1, [0, 3]),  # hypokalaemia has no grade 2
        ("potassium", 2.4, NAN, 5.1, [0, 4]),
        ("potassium", 5.2, NAN, NAN, [None, None]),
        ("potassium", 6.5, 3.5, NAN, [3, 0]),
    ],
)
def test_ctcae_grades(test, value, lln, uln, expected):
    """Grades are the literal bands of CTCAE 3.0; potassium is graded high and low."""
    row = {"patient_id": 1, "date": pd.Timestamp("2020-01-01"), "test": test, "value": value, "lln": lln, "uln": uln}
    grades = ctcae_3_0(pd.DataFrame([row]))["grade"]
    assert [None if grade is pd.NA else grade for grade in grades] == expected


def test_lesions_have_the_shape_they_promise():
    """A generated lesion table has the rows, shares and decimals it promises, and depends on its seed alone."""
    frame = lesion_table(2000, assessments=5, lesions=4, seed=3, ids="text", order="shuffled")
    assert len(frame) == 2000 * 5 * 4
    assert not frame.duplicated(["patient_id", "date", "lesion_id"]).any()
    assert (frame.groupby("patient_id")["date"].nunique() == 5).all()
    assert frame["site"].eq("lymph node").mean() == pytest.approx(0.15, abs=0.02)
    assert frame["long_mm"].isna().mean() == pytest.approx(0.02, abs=0.005)
    assert frame["long_mm"].dropna().map(lambda size: round(size, 1) == size).all()
    assert set(frame["role"]) == {"target"}
    assert frame.equals(lesion_table(2000, assessments=5, lesions=4, seed=3, ids="text", order="shuffled"))


def test_lesions_show_every_class():
    """A thousand generated patients contain responders, progressors and missing answers under both criteria."""
    frame = lesion_table(1000)
    assert set(swog_mr(frame)["class"]) == {"CR", "PR", "MR", "SD", "PD", "NE"}
    assert set(recist_1_1(frame)["class"]) == {"CR", "PR", "SD", "PD", "NE"}


def test_results_have_the_shape_they_promise():
    """A generated laboratory table has twelve tests, one result each a day, and 1 percent of each thing missing."""
    frame = lab_table(30_000, seed=3)
    assert len(frame) == 30_000
    assert frame["test"].nunique() == 12
    assert not frame.duplicated(["patient_id", "date", "test"]).any()
    missing = frame[["value", "lln", "uln"]].isna().mean()
    assert np.allclose(missing, 0.01, atol=0.003)
    assert frame["lln"].isna().equals(frame["uln"].isna())


def test_both_laboratory_programs_give_the_same_grades():
    """Joining a table of cuts and slicing test by test are two ways to the same grades."""
    frame = lab_table(5_000)
    keys = ["row", "term"]
    one = ctcae_3_0(frame).astype({"term": str}).sort_values(keys)["grade"].tolist()
    other = ctcae_3_0_joined(frame).sort_values(keys)["grade"].tolist()
    assert one == other
