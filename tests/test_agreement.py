"""Agreement: kappa, symmetry and paired differences come out as textbooks and other software print them."""

from math import isnan, sqrt
from statistics import mean, stdev

import numpy as np
import pytest
from scipy.stats import t as student

from criterium.compare.agreement import difference, kappa, symmetry

# Documentation of SAS, PROC FREQ, agreement study: two dermatologists rate a skin condition.
SKIN = np.array([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]])
# Pennsylvania State University, STAT 509, lesson 18: two radiologists read mammograms.
READINGS = np.array([[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]])
# Stuart A. Biometrika 1953; 40, 105-110: the unaided vision of the right and the left eye of 7477 women.
VISION = np.array([[1520, 266, 124, 66], [234, 1512, 432, 78], [117, 362, 1772, 205], [36, 82, 179, 492]])
# Agresti A. Categorical Data Analysis: approval of a president in two surveys of the same people.
APPROVAL = np.array([[794, 150], [86, 570]])


def by_hand(table, power):
    """Return kappa by its definition: 1 minus observed over expected distance; power 0 is no weights."""
    share = table / table.sum()
    expected = np.outer(share.sum(1), share.sum(0))
    apart = np.abs(np.subtract.outer(np.arange(len(table)), np.arange(len(table))))
    distance = apart**power if power else apart > 0
    return 1 - (distance * share).sum() / (distance * expected).sum()


def test_kappa_of_the_skin_condition():
    """Kappa and its interval are those that SAS prints: 0.3449 (0.2030 to 0.4868)."""
    found = kappa(SKIN)
    assert [round(number, 4) for number in (found.value, found.low, found.high)] == [0.3449, 0.2030, 0.4868]
    assert found.n == 88


def test_weighted_kappa_of_the_readings():
    """Linearly weighted kappa and its interval are those that the course prints: 0.57 (0.44 to 0.70)."""
    found = kappa(READINGS, "linear")
    assert [round(number, 2) for number in (found.value, found.low, found.high)] == [0.57, 0.44, 0.70]


@pytest.mark.parametrize(("weights", "power"), [("none", 0), ("linear", 1), ("quadratic", 2)])
@pytest.mark.parametrize("table", [SKIN, READINGS, VISION, APPROVAL])
def test_kappa_by_definition(table, weights, power):
    """Every kappa is 1 minus the observed over the expected distance."""
    assert kappa(table, weights).value == pytest.approx(by_hand(table, power))


def test_scores_place_the_classes():
    """A class that nobody has keeps its place in the order: the classes beside it are two apart."""
    table = np.array([[8, 0, 2], [0, 0, 0], [1, 0, 9]])
    wide = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
    mixed = np.array([[8, 1, 2], [0, 5, 0], [1, 0, 9]])
    assert kappa(table, "linear").value == pytest.approx(kappa(wide, "linear").value)
    assert kappa(mixed, "linear").value != pytest.approx(kappa(mixed, "linear", [0, 1, 5]).value)


def test_kappa_is_not_defined_without_a_choice():
    """Where both give everybody one class kappa says so; where one does it is 0, without an interval."""
    both = kappa(np.array([[5, 0], [0, 0]]))
    assert isnan(both.value)
    assert both.note == "both give everybody the same class, so kappa is not defined"
    one = kappa(np.array([[3, 0], [2, 0]]))
    assert one.value == pytest.approx(0)
    assert isnan(one.low)
    assert kappa(np.zeros((2, 2), dtype=np.int64)).note == "nobody to compare"


def test_bowker_of_vision():
    """Bowker's test of the vision of both eyes is 19.11 with 6 degrees of freedom."""
    found = symmetry(VISION)
    assert (round(found.statistic, 2), found.degrees, round(found.p, 3)) == (19.11, 6, 0.004)


def test_mcnemar_of_approval():
    """With two classes Bowker's test is McNemar's: (150 - 86)^2 / (150 + 86) = 17.36."""
    found = symmetry(APPROVAL)
    assert (round(found.statistic, 2), found.degrees) == (17.36, 1)


def test_pairs_without_movers_say_nothing():
    """A pair of classes between which nobody moves adds no degree of freedom, and no mover at all no test."""
    found = symmetry(np.array([[5, 4, 0], [0, 5, 0], [0, 0, 5]]))
    assert (found.statistic, found.degrees) == (4, 1)
    assert symmetry(np.diag([3, 4])).note == "nobody moves, so there is nothing to test"


def test_paired_difference():
    """The difference of two rates in the same patients is the mean of theirs, with the t interval of that mean."""
    before = np.array([True] * 2 + [False] * 8)
    after = np.array([True] * 5 + [False] * 5)
    apart = [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]
    half = student.ppf(0.975, 9) * stdev(apart) / sqrt(10)
    found = difference(before, after)
    assert found.estimate == pytest.approx(0.3)
    assert (found.low, found.high) == pytest.approx((mean(apart) - half, mean(apart) + half))


def test_no_difference_has_no_interval():
    """Where nobody differs, or there is nobody, there is no interval."""
    same = difference(np.array([True, False]), np.array([True, False]))
    assert (same.estimate, isnan(same.low)) == (0, True)
    assert isnan(difference(np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)).estimate)
