"""The frontier: gains, accuracies, and what is beaten by nothing."""

import math

import numpy as np
import pytest

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, simulate_network
from influencegraph.attacks import ATTACKS
from influencegraph.lab.contestants import Contestant
from influencegraph.lab.frontier import Setting, make_grid, measure_gains, trace_frontier

GRAPH = simulate_network(600, farm_size=0, ring_size=0, rng=2).graph
OUTCOMES = [
    ATTACKS["follow_pool"](GRAPH, budget=budget, rng=seed) for budget in (200, 1_000) for seed in (0, 1)
]


def test_gains__are_sums_after_over_sums_before():
    gains = measure_gains("reach", Setting(0.4, 150), OUTCOMES)
    for gain, outcome in zip(gains, OUTCOMES, strict=True):
        before, after = influencegraph.score(GRAPH), influencegraph.score(outcome.graph)
        sums = [sum(scores[label].reach for label in outcome.gainers) for scores in (before, after)]
        assert gain == pytest.approx(sums[1] / sums[0], rel=1e-6)


def test_gains__of_tweepcred_are_of_the_number_under_its_points():
    points = Contestant({"method": "tweepcred"})
    outcome = OUTCOMES[-1]
    places = GRAPH.accounts.locate(outcome.gainers)
    sums = [np.exp(points(graph)[places] / 5.21).sum() for graph in (GRAPH, outcome.graph)]
    assert measure_gains("tweepcred", points, [outcome])[0] == pytest.approx(sums[1] / sums[0])


def test_points__worst_budget_mean_and_spread():
    methods = {"pagerank": Contestant({"method": "pagerank"}), **make_grid([0, 1], [20, math.inf])}
    judged = {name: float(i) for i, name in enumerate(methods)}
    names = {id(method): name for name, method in methods.items()}
    frontier = trace_frontier(methods, OUTCOMES, lambda method: judged[names[id(method)]])
    for point in frontier.points:
        gains = measure_gains(point.method, methods[point.method], OUTCOMES).reshape(2, 2)
        assert list(point.by_budget.values()) == pytest.approx(gains.mean(axis=1).tolist())
        worst = gains[gains.mean(axis=1).argmax()]
        assert (point.gain, point.gain_low, point.gain_high) == pytest.approx(
            (worst.mean(), worst.min(), worst.max())
        )
        assert point.accuracy == judged[point.method]
        rivals = [each for each in frontier.points if each.method != point.method]
        beaten = any(each.gain <= point.gain and each.accuracy >= point.accuracy for each in rivals)
        assert point.is_best != beaten
    assert frontier.best == tuple(sorted(frontier.best, key=lambda point: point.accuracy))
    columns = frontier.to_columns()
    assert list(columns)[:3] == ["method", "mutual_worth", "mutual_capacity"]
    assert {"gain_200", "gain_1000", "is_best"} <= set(columns)
    assert np.isnan(columns["mutual_worth"][0])
    assert columns["mutual_capacity"].tolist()[1:] == [math.inf, 20, math.inf]


def test_points__alike_are_both_on_the_frontier():
    methods = {"one": Setting(0.5, 150), "same": Setting(0.5, 150), "worse": Setting(1, math.inf)}
    frontier = trace_frontier(methods, OUTCOMES, lambda method: 0.0)
    assert [point.is_best for point in frontier.points] == [True, True, False]


def test_outcomes__without_a_gain_to_speak_of_are_refused():
    with pytest.raises(InvalidArgument, match="hold attacks"):
        trace_frontier({"a": Setting(0.5, 150)}, [], lambda method: 0.0)
    lonely = FollowerGraph.from_arrays([], [], labels=np.arange(30))
    pool = ATTACKS["follow_pool"](lonely, budget=20)
    with pytest.raises(InvalidArgument, match="gain is a multiple of what they had"):
        measure_gains("followers", Contestant({"method": "followers"}), [pool])
    with pytest.raises(InvalidArgument, match="are new"):
        measure_gains("reach", Setting(0.5, 150), [ATTACKS["mutual_ring"](GRAPH, budget=100)])
