"""Times and spans in seconds: from numbers and from dates, and what is neither."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from influencegraph import FollowerGraph, InvalidArgument, score
from influencegraph.moments import read_span, read_time, read_times

DAY = 86400.0
EAST = datetime.timezone(datetime.timedelta(hours=2))


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ([1, -2.5], [1.0, -2.5]),
        ([], []),
        (np.array(["1970-01-02"], "datetime64[D]"), [DAY]),
        (np.array(["1971"], "datetime64[Y]"), [365 * DAY]),
        (np.array(["1970-01-01T00:00:01.5"], "datetime64[ns]"), [1.5]),
        ([datetime.date(1970, 1, 2), datetime.datetime(1970, 1, 1, 1)], [DAY, 3600.0]),
        ([datetime.datetime(1970, 1, 1, 2, tzinfo=EAST)], [0.0]),
    ],
)
def test_times__in_seconds(given, seconds):
    found = read_times("times", given)
    assert found.dtype == np.float64
    assert found.tolist() == seconds


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (5, "times is 5; it is a column of seconds or of dates"),
        ([[1]], "a column of seconds or of dates"),
        (["2026-01-01"], "a column of seconds or of dates"),
        ([True], "a column of seconds or of dates"),
        ([datetime.time(3)], "a column of seconds or of dates"),
        ([datetime.date(2026, 1, 1), None], "a column of seconds or of dates"),
        ([1.0, np.inf], "times in row 1 is inf; each act has a finite time"),
        (np.array(["2026-01-01", "NaT"], "datetime64[D]"), "times in row 1 is missing"),
        (np.array([2**62], "datetime64[D]"), "times in row 0 is 12626367463885247-04-15; times lie within"),
        (np.array([2**60], "datetime64[10D]"), "times lie within 285 million years"),
    ],
)
def test_times__that_are_none_are_refused(given, message):
    with pytest.raises(InvalidArgument, match=message):
        read_times("times", given)


def test_time_and_span__of_one_value():
    assert read_time("as_of", datetime.date(1970, 1, 2)) == DAY
    assert read_time("as_of", np.datetime64("1970-01-02")) == DAY
    assert read_time("as_of", 7) == 7
    assert read_span("half_life", datetime.timedelta(days=1)) == DAY
    assert read_span("half_life", np.timedelta64(1, "D")) == DAY
    assert read_span("half_life", 7) == 7


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"half_life": np.timedelta64(1, "M")}, "half_life is np.timedelta64.1,'M'.; months and years"),
        ({"half_life": np.timedelta64("NaT", "s")}, "half_life is nan"),
        ({"half_life": "week"}, "half_life is 'week'"),
        ({"half_life": np.inf}, "half_life is inf"),
        ({"as_of": np.datetime64("NaT")}, "as_of is 'NaT'"),
        ({"as_of": np.datetime64(2**62, "D")}, "as_of is '12626367463885247-04-15'"),
        ({"as_of": datetime.time(3)}, "as_of is datetime.time"),
        ({"as_of": np.nan}, "as_of is nan"),
    ],
)
def test_score__refuses_moments_that_are_none(chosen, message):
    graph = FollowerGraph.from_arrays([1, 2], [2, 1]).with_layer("acts", [1], [2], [1], times=[0])
    with pytest.raises(InvalidArgument, match=message):
        score(graph, **{"half_life": 1, "as_of": 1, **chosen})


def test_settings__show_the_whole_moment():
    graph = FollowerGraph.from_arrays([1, 2], [2, 1]).with_layer("acts", [1], [2], [1], times=[0])
    settings = score(graph, half_life=DAY, as_of=datetime.date(2026, 1, 8)).settings
    assert "half_life=86400, as_of=1767830400" in str(settings)
