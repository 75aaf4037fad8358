"""Runs of the benchmarks are measured each in a process of its own."""

import os
import time
from pathlib import Path

import pytest

from benchmarks.measure import Contender, Failed, Run, once, race, spread, times_as_long

MEBIBYTE = 2**20


def nothing():
    return None


def slowly():
    time.sleep(1.0)


def length(data):
    return len(data)


def sleep(_):
    time.sleep(0.2)


def grow(_):
    return b"x" * (200 * MEBIBYTE)


def end(_):
    os._exit(3)


def stumble(_):
    raise KeyError("this one")


def release():
    data = grow(nothing)
    del data


def test_time_is_that_of_the_job():
    """A job that sleeps 0.2 s takes 0.2 s and a little, although what it prepares takes 1 s."""
    assert 0.2 <= once(Contender("sleep", slowly, sleep)).seconds < 1.0


def test_the_peak_is_that_of_the_job():
    """A job that makes 200 MiB has a peak that much above what it held; the memory of the parent is not in it."""
    parents = b"x" * (800 * MEBIBYTE)
    run = once(Contender("grow", nothing, grow))
    assert run.peak - run.held >= 199 * MEBIBYTE
    assert run.peak < len(parents)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the peak cannot be reset on this system")
def test_what_preparing_took_and_gave_back_is_not_counted():
    """200 MiB that were freed before the job began are not in its peak."""
    assert once(Contender("release", release, sleep)).peak < 200 * MEBIBYTE


@pytest.mark.parametrize(("job", "words"), [(stumble, "this one"), (end, "exit code 3")])
def test_a_failure_is_told(job, words):
    """A contender that raises, or dies, is named with the reason."""
    with pytest.raises(Failed, match=words):
        once(Contender("bad", nothing, job))


def test_a_race_has_every_repetition_of_everyone():
    """Two contenders, two repetitions: four runs, by name."""
    runs = race([Contender("a", bytearray, length), Contender("b", bytearray, length)], repetitions=2)
    assert {name: len(each) for name, each in runs.items()} == {"a": 2, "b": 2}


def test_a_ratio_is_paired():
    """6/2, 4/4 and 10/5 are 3, 1 and 2: the middle is 2, from 1 to 3."""
    one, other = ([Run(float(seconds), 1, 1) for seconds in row] for row in ((6, 4, 10), (2, 4, 5)))
    ratio = times_as_long(one, other)
    assert (ratio.middle, ratio.low, ratio.high) == (2, 1, 3)
    assert str(ratio) == "2.00 (1.00 to 3.00)"


def test_ratios_of_nothing_and_of_unequal_numbers_are_refused():
    """A spread needs a figure, and a ratio a partner for each run."""
    with pytest.raises(ValueError, match="no figures"):
        spread([])
    with pytest.raises(ValueError, match="shorter"):
        times_as_long([Run(1.0, 1, 1), Run(1.0, 1, 1)], [Run(1.0, 1, 1)])
