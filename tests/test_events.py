"""Logs of follows and unfollows: against a twin that replays them one event at a time."""

from __future__ import annotations

import datetime
import math
import pickle
from collections import Counter
from dataclasses import asdict
from itertools import groupby

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st
from test_ghosts import remembered

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, InvalidFollows
from influencegraph.testing import event_logs


def replay(log, as_of):
    """Return {pair: time of its last end, or None}, the follows that exist, and what was counted."""
    exists, ended, counts = set(), {}, Counter(rows=len(log[0]))
    rows = [row for row in zip(*log, strict=True) if row[0] <= as_of]
    counts["later"] = len(log[0]) - len(rows)
    counts["self_follows"] = sum(u == v for _, _, u, v in rows)
    seen = set()
    ordered = sorted((time, (u, v), kind) for time, kind, u, v in rows if u != v)
    for (time, pair), events in groupby(ordered, lambda row: row[:2]):
        left = Counter(kind for _, _, kind in events)
        if pair not in seen and left["unfollow"] > left["follow"]:
            exists.add(pair)
            counts["begun_before"] += 1
        seen.add(pair)
        while left["unfollow" if pair in exists else "follow"]:
            if pair in exists:
                exists.remove(pair)
                ended[pair] = time
                counts["ended"] += 1
                left["unfollow"] -= 1
            else:
                exists.add(pair)
                counts["begun"] += 1
                left["follow"] -= 1
        counts["repeated"] += left["follow"]
        counts["unmatched"] += left["unfollow"]
    return exists, ended, counts


def follows_of(graph):
    follower, followed, _ = graph.to_arrays()
    return set(zip(follower.tolist(), followed.tolist(), strict=True))


AS_OF, MEMORY = st.sampled_from([-1.0, 0.0, 2.5, 4.0, 9.0]), st.sampled_from([0.5, 3.0, math.inf])


@hypothesis.given(event_logs(), AS_OF, MEMORY)
def test_from_events__equals_the_twin(log, as_of, memory):
    graph = FollowerGraph.from_events(log, as_of=as_of, memory=memory)
    exists, ended, counts = replay(log, as_of)
    assert follows_of(graph) == exists
    names = {name for time, _, *ends in zip(*log, strict=True) for name in ends if time <= as_of}
    assert graph.labels.tolist() == sorted(names)
    expected = {
        (v, u): math.exp((time - as_of) / memory) for (v, u), time in ended.items() if (u, v) in exists
    }
    assert remembered(graph) == pytest.approx(expected)
    found = asdict(graph.report.events)
    assert found == {name: counts[name] for name in found}
    assert found.pop("rows") == sum(found.values()) - found["begun_before"]
    assert graph.report.rows == graph.report.follows == len(exists)


@hypothesis.given(event_logs(), st.data())
def test_from_events__does_not_depend_on_the_order_of_rows(log, data):
    order = data.draw(st.permutations(range(len(log[0]))))
    shuffled = [[column[row] for row in order] for column in log]
    one, other = (FollowerGraph.from_events(each, as_of=5, memory=2) for each in (log, tuple(shuffled)))
    assert remembered(one) == remembered(other)
    assert one.report == other.report
    assert one.followers.indices.tobytes() == other.followers.indices.tobytes()


@hypothesis.given(event_logs())
def test_from_events__without_memory_is_the_graph_of_its_last_follows(log):
    graph = FollowerGraph.from_events(log)
    pairs = sorted(replay(log, math.inf)[0])
    expected = FollowerGraph.from_arrays(
        [u for u, _ in pairs], [v for _, v in pairs], labels=graph.labels.tolist()
    )
    assert graph.ghosts is None
    for one, other in zip(graph.followers, expected.followers, strict=True):
        assert one.tobytes() == other.tobytes()
    assert influencegraph.score(graph).reach.tobytes() == influencegraph.score(expected).reach.tobytes()


@hypothesis.given(event_logs(), st.sampled_from([0.5, 3.0]))
def test_time__lowers_nobody(log, memory):
    """Of one log, read later: nothing happens, memory fades."""
    before, after = (
        influencegraph.score(FollowerGraph.from_events(log, as_of=as_of, memory=memory)) for as_of in (9, 11)
    )
    assert np.all(after.upper >= before.lower)


KINDS = [["follow", "follow", "unfollow"], [1, 1, -1], [1.0, 1.0, -1.0], [True, True, False]]
KINDS += [np.array(KINDS[0]), np.array(KINDS[0], object), np.array(KINDS[1], np.int8)]


@pytest.mark.parametrize("kinds", KINDS, ids=lambda kinds: f"{type(kinds).__name__} of {kinds[0]!r}")
def test_from_events__takes_logs_in_many_forms(kinds):
    pandas = pytest.importorskip("pandas")
    columns = {"times": [0, 1, 2], "kinds": kinds, "followers": list("aba"), "followed": list("bab")}
    forms = [tuple(columns.values()), list(columns.values()), {**columns, "more": 1}]
    forms += [pandas.DataFrame({**columns, "more": 1})]
    for form in forms:
        graph = FollowerGraph.from_events(form, as_of=4, memory=2)
        assert remembered(graph) == {("a", "b"): math.exp(-1)}


def test_from_events__takes_dates_and_timedeltas():
    days = np.array(["2026-01-01", "2026-01-02", "2026-01-03"], "datetime64[D]")
    for times in (days, days.tolist()):
        for as_of in (np.datetime64("2026-01-05"), datetime.date(2026, 1, 5)):
            for memory in (datetime.timedelta(days=2), np.timedelta64(48, "h"), 2 * 86_400):
                log = times, [1, 1, -1], [7, 8, 7], [8, 7, 8]
                graph = FollowerGraph.from_events(log, as_of=as_of, memory=memory)
                assert remembered(graph) == {(7, 8): math.exp(-1)}


def test_from_events__tells_what_logs_that_begin_in_the_middle_hold():
    log = [3, 4, 5, 5], ["unfollow", "unfollow", "follow", "follow"], list("aabb"), list("bbaa")
    graph = FollowerGraph.from_events(log, as_of=5, memory=1)
    assert str(graph.report) == (
        "4 events; follows begun: 1; ended: 1, 1 of them begun before the log; "
        "follows of whom was followed: 1; unfollows of whom was not: 1; "
        "1 rows: 1 follows between 2 accounts; mutual pairs: 0"
    )
    assert remembered(graph) == {("a", "b"): math.exp(-2)}


def test_from_events__of_nothing_and_of_accounts_that_are_named():
    empty = FollowerGraph.from_events(([], [], [], []), as_of=0, memory=1)
    assert (empty.n_accounts, empty.ghosts) == (0, None)
    log = [1, 2, 3], [1, 1, 1], ["b", "b", "c"], ["a", "b", "a"]
    graph = FollowerGraph.from_events(log, as_of=2, labels=["z", "b", "a"])
    assert graph.labels.tolist() == ["z", "b", "a"]
    assert (graph.report.events.later, graph.report.events.self_follows) == (1, 1)
    with pytest.raises(InvalidFollows, match="'c'"):
        FollowerGraph.from_events(log, labels=["z", "b", "a"])
    with pytest.raises(InvalidFollows, match="labels"):
        FollowerGraph.from_events(([1, 2, 9], [1, 1, 1], [1, "b", 2], [2, 3, 4]), as_of=3)


def test_from_events__report_is_kept(tmp_path):
    log = [0, 1, 2, 7], [1, 1, -1, 1], list("abac"), list("baba")
    graph = FollowerGraph.from_events(log, as_of=5, memory=2)
    graph.save(tmp_path / "graph.npz")
    for moved in (FollowerGraph.load(tmp_path / "graph.npz"), pickle.loads(pickle.dumps(graph))):
        assert moved.report == graph.report
        assert remembered(moved) == remembered(graph)
        assert influencegraph.score(moved).reach.tobytes() == influencegraph.score(graph).reach.tobytes()


GOOD = {"times": [0, 1], "kinds": [1, -1], "followers": ["a", "a"], "followed": ["b", "b"]}


@pytest.mark.parametrize(
    ("wrong", "options", "message"),
    [
        ({"times": [0, np.nan]}, {}, "times in row 1 is nan"),
        ({"times": ["yesterday", "today"]}, {}, "times is"),
        ({"kinds": ["follow", "block"]}, {}, "kinds is 'block' in row 1"),
        ({"kinds": ["follow", None]}, {}, "kinds is None in row 1"),
        ({"kinds": [1, 0]}, {}, "kinds is 0 in row 1"),
        ({"kinds": [1.0, np.nan]}, {}, "kinds is nan in row 1"),
        ({"kinds": "follow"}, {}, "kinds is 'follow'"),
        ({"followers": ["a"]}, {}, "differ in length: times 2, kinds 2, followers 1, followed 2"),
        ({}, {"memory": 3}, "memory is 3, and as_of is left out"),
        ({}, {"memory": 0, "as_of": 3}, "memory is 0; it must be above 0"),
        ({}, {"memory": -1.0, "as_of": 3}, "memory is -1.0"),
        ({}, {"memory": math.nan, "as_of": 3}, "memory is nan"),
        ({}, {"memory": np.timedelta64(1, "M"), "as_of": 3}, "no one length"),
        ({}, {"memory": 1, "as_of": "now"}, "as_of is 'now'"),
        ({}, {"as_of": math.inf}, "as_of is inf"),
    ],
)
def test_from_events__refuses(wrong, options, message):
    with pytest.raises(InvalidArgument, match=message):
        FollowerGraph.from_events({**GOOD, **wrong}, **options)


@pytest.mark.parametrize("log", [None, 3, ([1], [1], [2]), {"times": [1], "kinds": [1]}, "four"])
def test_from_events__refuses_what_is_no_log(log):
    with pytest.raises(InvalidArgument, match="it is four columns: times, kinds, followers, followed"):
        FollowerGraph.from_events(log)
