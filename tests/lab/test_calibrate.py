"""Calibration: the rule, what it is judged by, and what it says."""

import math

import numpy as np
import pytest
from scipy.stats import spearmanr

import influencegraph
from influencegraph import InvalidArgument, UnknownAccount, calibrate, ring_cap, simulate_network
from influencegraph.attacks import ATTACKS

NETWORK = simulate_network(900, farm_size=18, ring_size=9, rng=3)
GRAPH, HONEST = NETWORK.graph, NETWORK.members("organic")
GRID = {"worths": (0, 0.5, 1), "capacities": (10, math.inf), "n_pools": 1}
ACTS = GRAPH.to_arrays()
LAYERED = GRAPH.with_layer(
    "likes", ACTS.follower, ACTS.followed, np.random.default_rng(0).poisson(2, GRAPH.n_follows)
)


@pytest.fixture(scope="module")
def found():
    return calibrate(GRAPH, honest=HONEST, **GRID)


def test_proposal__is_the_most_accurate_of_those_allowed(found):
    assert [(row.mutual_worth, row.mutual_capacity) for row in found.grid] == [
        (0, math.inf), (0.5, 10), (0.5, math.inf), (1, 10), (1, math.inf),
    ]  # fmt: skip
    for row in found.grid:
        assert row.is_allowed == (row.pool_gain <= 1.25 and row.ring_gain <= 2)
    allowed = [row for row in found.grid if row.is_allowed]
    assert found.is_met
    assert found.proposal == max(allowed, key=lambda row: row.accuracy)
    options = found.options
    assert influencegraph.score(GRAPH, **options).settings.mutual_worth == found.proposal.mutual_worth


def test_rows__hold_what_is_measured_otherwise(found):
    members = GRAPH.accounts.locate(HONEST)
    pagerank = influencegraph.score(GRAPH, method="pagerank").reach[members]
    row = found.grid[1]
    reach = influencegraph.score(GRAPH, mutual_worth=0.5, mutual_capacity=10).reach[members]
    assert row.accuracy == pytest.approx(spearmanr(reach, pagerank).statistic, abs=1e-6)
    assert row.cost == pytest.approx(1 - row.accuracy)
    assert row.ring_gain == ring_cap({"mutual_worth": 0.5})
    generator, gains = np.random.default_rng(0), []
    for budget in found.budgets:
        pool = ATTACKS["follow_pool"](GRAPH, budget=budget, rng=generator, among=HONEST)
        after = influencegraph.score(pool.graph, mutual_worth=0.5, mutual_capacity=10)
        before = influencegraph.score(GRAPH, mutual_worth=0.5, mutual_capacity=10)
        gains.append(sum(after[a].reach for a in pool.gainers) / sum(before[a].reach for a in pool.gainers))
    assert row.pool_gain == pytest.approx(max(gains), rel=1e-6)
    assert found.pool_sizes == (4, 7, 14, 29)


def test_ring__of_fakes_gains_no_more_than_is_said(found):
    for size in (2, 9, 40):
        outcome = ATTACKS["mutual_ring"](GRAPH, budget=size * (size - 1))
        for row in found.grid:
            scores = influencegraph.score(
                outcome.graph, mutual_worth=row.mutual_worth, mutual_capacity=row.mutual_capacity
            )
            gain = np.mean([scores[fake].reach for fake in outcome.fakes])
            assert gain <= row.ring_gain * (1 + 1e-6)


def test_rule__where_nothing_is_strict_enough():
    loose = calibrate(GRAPH, gain_max=0.5, **GRID)
    assert not loose.is_met
    assert loose.proposal.pool_gain == min(row.pool_gain for row in loose.grid)
    assert "none of 5 settings keeps the pool within x0.5" in str(loose)
    free = calibrate(GRAPH, gain_max=math.inf, ring_max=math.inf, **GRID)
    assert free.proposal.mutual_worth == 1
    assert all(row.is_allowed for row in free.grid)


def test_truth__is_layers_and_scores_do_not_see_them():
    by_layer = calibrate(LAYERED, **GRID)
    counts = dict.fromkeys(GRAPH.labels.tolist(), 0.0)
    layer_counts = np.random.default_rng(0).poisson(2, GRAPH.n_follows)
    for label, count in zip(ACTS.followed.tolist(), layer_counts.tolist(), strict=True):
        counts[label] += count
    by_array = calibrate(GRAPH, np.array([counts[label] for label in GRAPH.labels]), **GRID)
    assert by_layer.truths == ("likes",)
    assert by_array.truths == ("truth",)
    assert by_layer.grid == by_array.grid
    assert by_layer.pagerank.cost == 0
    assert "Spearman with likes" in str(by_layer)


def test_text__says_what_it_costs_and_stops(found):
    lines = str(found).splitlines()
    assert repr(found) == str(found)
    assert [line.split("  ")[0] for line in lines] == ["proposed", "costs", "a pool", "a ring", "rule"]
    assert f"mutual_worth={found.proposal.mutual_worth:g}," in lines[0]
    assert f"{found.proposal.cost:.3f} of accuracy" in lines[1]
    assert (
        f"gains x{found.proposal.pool_gain:.2f} at most; PageRank x{found.pagerank.pool_gain:.2f}" in lines[2]
    )
    assert "x6.67" in lines[3]


def test_seeds__give_the_same_and_columns_are_the_grid(found):
    assert calibrate(GRAPH, honest=HONEST, **GRID) == found
    columns = found.to_columns()
    assert columns["pool_gain"].tolist() == [row.pool_gain for row in found.grid]
    assert found.to_pandas().index.name == "mutual_worth"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"gain_max": -1}, "gain_max is -1"),
        ({"ring_max": "a"}, "ring_max is 'a'"),
        ({"worths": [2]}, r"mutual_worth is 2; it must lie in \[0, 1\]"),
        ({"n_pools": 0}, "n_pools is 0"),
        ({"honest": HONEST[:5]}, "there are 5 honest accounts; calibrating takes at least 20"),
        ({"truth": np.ones(len(GRAPH))}, "truth says the same of all 900 honest accounts"),
        ({"worths": []}, "worths and capacities make no setting"),
    ],
)
def test_arguments__are_refused_with_what_to_do(arguments, said):
    with pytest.raises(InvalidArgument, match=said):
        calibrate(GRAPH, **arguments)


def test_honest__names_accounts():
    with pytest.raises(UnknownAccount, match="no account 'nobody'"):
        calibrate(GRAPH, honest=["nobody"])
