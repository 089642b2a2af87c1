"""Several cases at once are what each is alone, and as sure."""

from __future__ import annotations

from fractions import Fraction

import hypothesis
import numpy as np
import oracles
import pytest
from hypothesis import strategies as st
from layouts.test_layouts import check_agreement, make_skewed, to_bytes

import influencegraph
from influencegraph.layouts import partitioned
from influencegraph.layouts.lanes import pays_to_share
from influencegraph.solvers import together
from influencegraph.testing import follower_graphs, settings, teleports

MIXED = [
    {"mutual_worth": 1.0, "mutual_capacity": np.inf},
    {"mutual_worth": 0.0},
    {"damping": 0.5},
    {"damping": 0.0},
    {"teleport": [3, 7, 11]},
    {"teleport": {5: 2.0, 800: 0.25}, "mutual_capacity": 2},
    {"method": "pagerank"},
    {"method": "followers"},
    {"method": "pagerank", "teleport": [1]},
    {},
    {"mutual_giving": 1.5},
    {"mutual_worth": 0.3, "mutual_giving": 4.0, "teleport": [2]},
    {"method": "pagerank", "teleport": [7]},
]


def check_alike(scores, alone, tolerance):
    """Of one case, solved with others and alone."""
    check_agreement(scores, alone)
    assert scores.certificate.error <= tolerance
    assert np.array_equal(scores.launch, alone.launch)
    for name in ("kept", "discounted", "dangling"):
        assert getattr(scores.ledger, name) == pytest.approx(getattr(alone.ledger, name), abs=10 * tolerance)


def draw_cases(data, graph):
    cases = []
    for _ in range(data.draw(st.integers(3, 9))):
        teleport = data.draw(st.none() | teleports(graph.n_accounts))
        case = {**data.draw(settings()), "mutual_giving": data.draw(st.sampled_from([0.0, 0.0, 1.5, 6.0]))}
        cases.append(case if teleport is None else {**case, "teleport": teleport})
    return cases


def check_exactly(scores, graph, case, tolerance):
    """The exact solution lies within the intervals, and as near as is certified."""
    worths = {name: value for name, value in case.items() if name.startswith("mutual_")}
    damping, A = case.get("damping", 0.85), graph.to_scipy().toarray()  # noqa: N806 - the mathematics' letter
    P = oracles.exact_haunted_transition(A, 0 * A, 0 * A, **worths)  # noqa: N806
    exact = oracles.exact_reach(P, damping, oracles.exact_launch(graph.n_accounts, case.get("teleport")))
    for low, value, high in zip(scores.lower.tolist(), exact, scores.upper.tolist(), strict=True):
        assert Fraction(low) <= value <= Fraction(high)
    off = sum(abs(Fraction(x) - y) for x, y in zip(scores.reach.tolist(), exact, strict=True))
    assert off * (1 - Fraction(damping)) / graph.n_accounts <= scores.certificate.error <= tolerance


@pytest.fixture(scope="module")
def skewed():
    return make_skewed(20_000, 200_000)


@pytest.fixture
def lanes(monkeypatch):
    """Solve in lanes whatever the size."""
    monkeypatch.setattr(together, "pays_to_share", lambda graph: True)


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9, 1e-12])
def test_batch__equals_one_by_one(lanes, skewed, tolerance):
    batch = influencegraph.score_batch(skewed, MIXED, tolerance=tolerance)
    assert len(batch) == len(MIXED)
    for case, scores in zip(MIXED, batch, strict=True):
        alone = influencegraph.score(skewed, tolerance=tolerance, **case)
        assert scores.settings == alone.settings
        assert scores.unit == alone.unit
        if scores.propagation is None:
            assert np.array_equal(scores.values, alone.values)
        else:
            check_alike(scores, alone, tolerance)


@pytest.mark.usefixtures("lanes")
@hypothesis.given(follower_graphs(5, weighted=False), st.data())
def test_batch__holds_the_exact_solution_without_slack(graph, data):
    hypothesis.assume(graph.n_follows > 0)
    cases = draw_cases(data, graph)
    tolerance = data.draw(st.sampled_from([1e-4, 1e-9, 1e-13]))
    batch = influencegraph.score_batch(graph, cases, tolerance=tolerance)
    for case, scores in zip(cases, batch, strict=True):
        check_exactly(scores, graph, case, tolerance)


@pytest.mark.parametrize("cell", [1 << 20, 5000])
def test_batch__same_bytes_for_any_number_of_threads(lanes, skewed, cell, monkeypatch):
    monkeypatch.setattr(partitioned, "_CELL", cell)
    cases = [{"mutual_worth": worth} for worth in (0, 0.3, 0.5, 1)]
    found = []
    for n_threads in (1, 2, 4, 8):
        skewed.prepared.clear()
        found.append([*map(to_bytes, influencegraph.score_batch(skewed, cases, n_threads=n_threads))])
    assert all(each == found[0] for each in found)
    skewed.prepared.clear()


def test_batch__a_tolerance_beyond_lanes_is_met_alone(lanes, skewed):
    """Sums of lanes run follow by follow; where that rounds too much, each case is solved by itself."""
    for scores in influencegraph.score_batch(
        skewed, [{}, {"damping": 0.5}, {"mutual_worth": 0}], tolerance=3e-14
    ):
        assert scores.certificate.error <= 3e-14


@pytest.mark.parametrize("max_sweeps", [1, 2, 3, 5])
def test_batch__stopped_early_warns_or_raises(lanes, skewed, max_sweeps):
    cases = [{}, {"mutual_worth": 1}, {"mutual_worth": 0}]
    with pytest.raises(influencegraph.DidNotConverge):
        influencegraph.score_batch(skewed, cases, max_sweeps=max_sweeps)
    with pytest.warns(influencegraph.InfluenceGraphWarning, match="not"):
        batch = influencegraph.score_batch(skewed, cases, max_sweeps=max_sweeps, not_converged="warn")
    for case, scores in zip(cases, batch, strict=True):
        assert not scores.certificate.converged
        check_agreement(scores, influencegraph.score(skewed, tolerance=1e-12, **case))


def test_batch__progress_ends_below_the_tolerance(lanes, skewed):
    seen = []
    batch = influencegraph.score_batch(skewed, [{}] * 3, progress=seen.append)
    assert seen[-1].error <= seen[-1].tolerance == 1e-9
    assert [each.sweeps for each in seen] == list(range(1, batch[0].certificate.sweeps + 1))


@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.0]])
def test_batch__small_and_weighted_networks_are_scored_one_by_one(weights):
    graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"], weights)
    for case, scores in zip(MIXED[:4], influencegraph.score_batch(graph, MIXED[:4]), strict=True):
        assert to_bytes(scores) == to_bytes(influencegraph.score(graph, **case))


def test_batch__no_cases_and_an_empty_network_are_empty():
    empty = influencegraph.FollowerGraph.from_arrays([], [])
    assert influencegraph.score_batch(empty, []) == []
    assert [len(scores) for scores in influencegraph.score_batch(empty, [{}, {}, {}])] == [0, 0, 0]


def test_batch__common_settings_give_way_to_a_case():
    graph = influencegraph.FollowerGraph.from_arrays([1, 2], [2, 1])
    batch = influencegraph.score_batch(graph, [{}, {"damping": 0.3}], damping=0.6)
    assert [scores.settings.damping for scores in batch] == [0.6, 0.3]


def test_topics__are_teleports_by_name(skewed, lanes):
    topics = {"ai": [1, 2], "food": {3: 1.0, 4: 2.0}, "sport": [9], "news": [8]}
    found = influencegraph.score(skewed, topics=topics, mutual_worth=0.2)
    assert list(found) == list(topics)
    for name, seeds in topics.items():
        check_agreement(found[name], influencegraph.score(skewed, teleport=seeds, mutual_worth=0.2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"cases": [{"worth": 1}]}, "cases is 'worth'; it must hold dicts of method"),
        ({"cases": [3]}, "cases is 3"),
        ({"cases": [{}], "worth": 1}, "cases is 'worth'"),
        ({"cases": [{"damping": 1.5}]}, "damping is 1.5"),
        ({"cases": [{"method": "followers", "damping": 0.1}]}, "does not use it"),
        ({"cases": [{}], "layout": "fast"}, "layout is 'fast'"),
    ],
)
def test_batch__bad_cases_are_refused(call, message):
    graph = influencegraph.FollowerGraph.from_arrays([1, 2], [2, 1])
    with pytest.raises(influencegraph.InvalidArgument, match=message):
        influencegraph.score_batch(graph, **call)


def test_topics__are_a_dict_and_the_only_teleports():
    graph = influencegraph.FollowerGraph.from_arrays([1, 2], [2, 1])
    with pytest.raises(influencegraph.InvalidArgument, match="topics is a dict of name: teleport"):
        influencegraph.score(graph, topics=[1])
    with pytest.raises(influencegraph.InvalidArgument, match="both topics and teleport"):
        influencegraph.score(graph, topics={"a": [1]}, teleport=[2])
    with pytest.raises(influencegraph.UnknownAccount):
        influencegraph.score(graph, topics={"a": [9]})


def test_lanes__are_for_plain_networks_where_few_follow_many(skewed, monkeypatch):
    monkeypatch.setattr(partitioned, "_FOLLOWS_MIN", 0)
    follower, followed, _ = skewed.to_arrays()
    rng = np.random.default_rng(0)
    even = influencegraph.FollowerGraph.from_arrays(*rng.integers(0, 100_000, (2, 300_000)))
    assert pays_to_share(skewed)
    assert not pays_to_share(even)
    assert not pays_to_share(skewed.from_arrays(follower, followed, np.ones(len(follower))))
    assert not pays_to_share(skewed.with_layer("acts", follower[:1], followed[:1], [1]))
    monkeypatch.setattr(partitioned, "_FOLLOWS_MIN", skewed.n_follows + 1)
    assert not pays_to_share(skewed)
