"""Honest cost: what is judged, by what, on which graph, and how sure it is."""

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, honest_cost, simulate_network
from influencegraph.lab.agreement import classify, overlap
from influencegraph.lab.contestants import make_contestants

GRAPH = simulate_network(500, farm_size=0, ring_size=0, rng=1).graph
RNG = np.random.default_rng(0)
RECEIVED = np.round(RNG.lognormal(0, 1, 500) * (1 + GRAPH.follower_counts))
METHODS = {
    "pagerank": lambda graph: influencegraph.score(graph, method="pagerank").values,
    "followers": lambda graph: graph.follower_counts,
    "truth": lambda graph: 2 * RECEIVED + 1,
    "against": lambda graph: -RECEIVED,
}


@pytest.fixture(scope="module")
def cost():
    return honest_cost(GRAPH, METHODS, RECEIVED, n_resamples=60, rng=5)


def test_rows__hold_the_statistics_of_scipy(cost):
    for name, method in METHODS.items():
        values = method(GRAPH)
        assert cost.find(name).value == pytest.approx(spearmanr(values, RECEIVED).statistic)
        assert cost.find(name, "kendall").value == pytest.approx(kendalltau(values, RECEIVED).statistic)
        shared = overlap(classify(np.asarray(values, float)), classify(RECEIVED), 50)
        assert cost.find(name, "top").value == pytest.approx(shared)
    assert (cost.top, cost.n_accounts, cost.baseline) == (50, 500, "pagerank")


def test_rows__intervals_hold_the_value_and_costs_are_paired(cost):
    for row in cost.rows:
        assert row.low <= row.high
        assert row.cost_low <= row.cost_high
        assert row.cost == pytest.approx(cost.find("pagerank", row.statistic).value - row.value)
        if row.statistic != "top":  # copies of an account in a resample tie, and move the border of the top
            assert row.low <= row.value <= row.high
            assert row.cost_low <= row.cost <= row.cost_high
    assert cost.find("truth").low == pytest.approx(1)
    assert cost.find("against").high == pytest.approx(-1)
    own = cost.find("pagerank")
    assert (own.cost, own.cost_low, own.cost_high) == (0, 0, 0)


def test_intervals__cover_about_as_often_as_they_say():
    rng = np.random.default_rng(7)
    lonely = FollowerGraph.from_arrays([], [], labels=np.arange(80))
    true, covered = 6 / np.pi * np.arcsin(0.6 / 2), 0  # Spearman of normal numbers that correlate by 0.6
    for seed in range(100):
        x, y = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 80).T
        row = honest_cost(
            lonely, {"x": lambda graph, x=x: x}, y, statistics=("spearman",), n_resamples=150, rng=seed
        ).find("x")
        covered += row.low <= true <= row.high
    assert 85 <= covered <= 100


def test_seeds__give_the_same_rows(cost):
    assert honest_cost(GRAPH, METHODS, RECEIVED, n_resamples=60, rng=5) == cost
    assert honest_cost(GRAPH, METHODS, RECEIVED, n_resamples=60, rng=6) != cost


def test_columns__are_tidy_and_a_frame(cost):
    columns = cost.to_columns()
    assert list(columns)[:4] == ["method", "truth", "statistic", "value"]
    assert {len(column) for column in columns.values()} == {len(METHODS) * 3}
    frame = cost.to_pandas()
    assert frame.index.name == "method"
    assert frame.loc["truth", "value"].tolist()[:2] == pytest.approx([1, 1])


def layered():
    graph = FollowerGraph.from_arrays([1, 2, 3, 4, 5, 1], [2, 1, 1, 1, 2, 3])
    one = graph.with_layer("likes", [2, 3, 5, 9], [1, 1, 2, 1], [30, 2, 5, 7])
    return one.with_layer("replies", [3, 1], [1, 3], [4, 4])


def test_layers__are_the_truth_in_turn_and_not_seen_then():
    seen = []

    def method(graph):
        seen.append([layer.name for layer in graph.layers])
        return graph.follower_counts

    graph = layered()
    cost = honest_cost(graph, {"ours": method}, n_resamples=0)
    assert seen == [["replies"], ["likes"]]
    likes = [32, 5, 0, 0, 0]  # neither capped nor from those who do not follow
    assert cost.find("ours", truth="likes").value == pytest.approx(
        spearmanr(graph.follower_counts, likes).statistic
    )
    only = honest_cost(graph, {"ours": method}, "likes", n_resamples=0)
    assert only.rows == tuple(row for row in cost.rows if row.truth == "likes")
    assert np.isnan(only.find("ours").low)


def test_contestants__are_the_default():
    found = honest_cost(GRAPH, truth={"received": RECEIVED}, n_resamples=0, statistics=("spearman",))
    assert [row.method for row in found.rows] == list(make_contestants())
    assert {row.truth for row in found.rows} == {"received"}


def test_graphs__with_nobody_in_them():
    empty = honest_cost(FollowerGraph.from_arrays([], []), truth=np.empty(0))
    assert all(np.isnan(row.value) for row in empty.rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "this graph has no layer of engagement, and truth is None"),
        ({"truth": "likes"}, "truth is 'likes'; it must be the name of a layer. There are none."),
        ({"truth": RECEIVED[:3]}, r"truth is float64 array of shape \(3,\); it is one number for each"),
        ({"truth": {"a": RECEIVED * np.nan}}, "truth 'a' is nan for account 'celebrity'"),
        ({"truth": RECEIVED, "methods": [max]}, "it maps names to callables"),
        ({"truth": RECEIVED, "methods": {"a": len}}, "method 'a' returned a int"),
        ({"truth": RECEIVED, "statistics": ("pearson",)}, "statistics is 'pearson'"),
        ({"truth": RECEIVED, "n_resamples": -1}, "n_resamples is -1"),
        ({"truth": RECEIVED, "confidence": 1.0}, "confidence is 1.0"),
        ({"truth": RECEIVED, "top": 0}, "top is 0"),
        ({"truth": RECEIVED, "rng": "a"}, "rng is 'a'"),
    ],
)
def test_arguments__are_refused_with_what_to_do(arguments, said):
    with pytest.raises(InvalidArgument, match=said):
        honest_cost(GRAPH, **arguments)


def test_find__tells_what_there_is(cost):
    with pytest.raises(InvalidArgument, match="method: pagerank, followers, truth, against; statistic"):
        cost.find("hits")
