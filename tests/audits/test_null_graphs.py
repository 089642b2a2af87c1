"""Networks by chance keep what they promise to keep, and nothing else."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from influencegraph import FollowerGraph, simulate_network
from influencegraph.audits.chance import expect_mutual
from influencegraph.audits.null_graphs import shuffle_follows
from influencegraph.errors import InvalidArgument
from influencegraph.testing import follower_graphs
from tests.audits.matrices import follow_matrix, mutual_matrix, weight_matrix

NETWORK = simulate_network(1000, farm_size=40, ring_size=30).graph


def degrees(graph):
    return graph.follower_counts.tolist(), graph.out_degrees[graph.node_of].tolist()


def mutual(graph):
    return graph.mutual_counts[graph.node_of].tolist()


@given(follower_graphs(), st.integers(0, 3), st.booleans())
def test_shuffle__keeps_degrees_weights_and_mutual_contacts(graph, seed, keep_mutual):
    made = shuffle_follows(graph, seed, keep_mutual=keep_mutual, sweeps=30)
    assert degrees(made) == degrees(graph)
    assert made.report.mutual_pairs == graph.report.mutual_pairs
    assert made.labels is graph.labels
    assert made.report.self_follows == made.report.duplicates == 0
    if keep_mutual:
        assert mutual(made) == mutual(graph)
    if graph.follow_weights is not None:
        for before, after in zip(weight_matrix(graph), weight_matrix(made), strict=True):
            assert sorted(before[before > 0]) == sorted(after[after > 0])


@pytest.mark.parametrize("keep_mutual", [True, False])
def test_shuffle__leaves_little_of_the_network(keep_mutual):
    made = shuffle_follows(NETWORK, 1, keep_mutual=keep_mutual)
    assert degrees(made) == degrees(NETWORK)
    assert (mutual(made) == mutual(NETWORK)) == keep_mutual
    kept = np.count_nonzero(follow_matrix(made) & follow_matrix(NETWORK))
    assert kept < 0.4 * NETWORK.n_follows
    assert np.count_nonzero(mutual_matrix(made)) == np.count_nonzero(mutual_matrix(NETWORK))


def test_shuffle__is_the_same_for_the_same_seed_and_another_for_another():
    made = [shuffle_follows(NETWORK, seed, sweeps=2).followers.indices.tolist() for seed in (3, 3, 4)]
    assert made[0] == made[1] != made[2]


def test_shuffle__draws_every_network_as_often():
    """Mutual contacts move between accounts with 1 follower and with 2, which the draw makes up for."""
    graph = FollowerGraph.from_arrays([2, 3, 0, 1, 4, 5], [3, 5, 4, 2, 0, 4])
    rng, draws = np.random.default_rng(0), 1500
    seen = Counter(
        follow_matrix(shuffle_follows(graph, rng, keep_mutual=False, sweeps=40)).tobytes()
        for _ in range(draws)
    )
    usual, free = draws / len(seen), len(seen) - 1
    assert free == 43
    assert sum((count - usual) ** 2 / usual for count in seen.values()) < free + 4 * np.sqrt(2 * free)


def test_expected_mutual__is_what_networks_by_chance_have():
    drawn = [shuffle_follows(NETWORK, seed, keep_mutual=False) for seed in range(4)]
    mean = np.mean([mutual(each) for each in drawn], axis=0)
    expected = expect_mutual(NETWORK)
    assert expected.sum() == pytest.approx(2 * NETWORK.report.mutual_pairs)
    many = expected > 10
    assert np.corrcoef(mean[many], expected[many])[0, 1] > 0.95
    assert mean[many].sum() == pytest.approx(expected[many].sum(), rel=0.05)


@given(follower_graphs())
def test_expected_mutual__solves_its_equation(graph):
    expected = expect_mutual(graph)
    followers, follows = (np.array(each) for each in degrees(graph))
    assert np.all(expected <= np.minimum(followers, follows) + 1e-9)
    total = int(graph.mutual_counts.sum())
    assert expected.sum() <= total + 1e-9
    some = (followers - expected > 1e-6) & (follows - expected > 1e-6) & (expected > 0)
    c = expected[some] / ((followers - expected) * (follows - expected))[some]
    if some.any() and np.minimum(followers, follows).sum() > total + 0.5:
        assert c == pytest.approx(c[0], rel=1e-6)


def test_empty__is_shuffled_as_well():
    assert shuffle_follows(FollowerGraph.from_arrays([], [])).n_accounts == 0
    assert expect_mutual(FollowerGraph.from_arrays([], [])).tolist() == []


def test_sweeps__must_be_a_count():
    with pytest.raises(InvalidArgument, match="sweeps is 0"):
        shuffle_follows(NETWORK, sweeps=0)
