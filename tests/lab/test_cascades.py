"""Cascades against exact enumeration of all worlds, and against plain reachability."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from scipy.sparse.csgraph import shortest_path

from influencegraph import FollowerGraph, InvalidArgument, independent_cascade_reach, simulate_network
from influencegraph.testing.strategies import follower_graphs


def reachable(live):
    """`live[u, v]`: u passes v's posts on; how many others each post reaches."""
    return np.isfinite(shortest_path(np.ascontiguousarray(live.T), unweighted=True)).sum(axis=1) - 1.0


def exact(matrix, chances):
    """Expectation over all worlds."""
    follows = np.argwhere(matrix > 0)
    total = np.zeros(len(matrix))
    for world in product((0, 1), repeat=len(follows)):
        live, odds = np.zeros_like(matrix), 1.0
        for (u, v), lives in zip(follows, world, strict=True):
            live[u, v] = lives
            odds *= chances[u, v] if lives else 1 - chances[u, v]
        total += odds * reachable(live)
    return total


TINY = np.array([[0, 1, 0, 2], [1, 0, 0, 0], [0, 1, 0, 0.5], [0, 0, 3, 0]])


def graph_of(matrix):
    follower, followed = np.nonzero(matrix)
    return FollowerGraph.from_arrays(
        follower, followed, matrix[follower, followed], labels=np.arange(len(matrix))
    )


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_reach__is_the_mean_over_all_worlds(shared, weighted):
    matrix = TINY if weighted else (TINY > 0) * 1.0
    chances = 0.4 * matrix / matrix.sum(axis=1, keepdims=True) if shared else 1 - (1 - 0.4) ** matrix
    found = independent_cascade_reach(graph_of(matrix), 0.4, 40_000, 1, shared=shared)
    # a post reaches at most 3 others: a standard deviation of at most 1.5, 5 of which over 200 are 0.0375
    assert found == pytest.approx(exact(matrix, chances), abs=0.0375)


@given(follower_graphs(max_accounts=8))
def test_reach__where_all_is_passed_on_is_everybody_that_can_be_reached(graph):
    matrix = graph.to_scipy().toarray()
    assert np.array_equal(independent_cascade_reach(graph, 1.0, 2), reachable((matrix > 0) * 1.0))
    assert not independent_cascade_reach(graph, 0.0, 2).any()


def test_reach__same_seed_same_bits():
    graph = simulate_network(600, farm_size=0, ring_size=0).graph
    one, same, other = (independent_cascade_reach(graph, 0.02, 5, seed) for seed in (3, 3, 4))
    assert one.tobytes() == same.tobytes() != other.tobytes()
    assert one.shape == (600,)


def test_reach__of_a_graph_without_accounts_or_follows():
    assert independent_cascade_reach(FollowerGraph.from_arrays([], [])).shape == (0,)
    lonely = FollowerGraph.from_arrays([], [], labels=["ann", "bob"])
    assert independent_cascade_reach(lonely, 1.0, shared=True).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"probability": 1.5}, r"probability is 1.5; it must lie in \[0, 1\]"),
        ({"n_cascades": 0}, "n_cascades is 0; it must be an integer of at least 1"),
        ({"n_cascades": 2.5}, "n_cascades is 2.5"),
    ],
)
def test_reach__refuses_what_is_out_of_range(arguments, said):
    with pytest.raises(InvalidArgument, match=said):
        independent_cascade_reach(graph_of(TINY), **arguments)
