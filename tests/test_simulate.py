import pickle
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.stats import rankdata, spearmanr

from influencegraph.errors import InvalidArgument
from influencegraph.simulate import SimulatedNetwork, simulate_network

SEEDS = range(10)
SMALL = {"n_accounts": 1_000, "farm_size": 20, "ring_size": 10}
DAMPING = 0.85


class Measured(NamedTuple):
    network: SimulatedNetwork
    follows: csr_array  # (u, v) is 1 where u follows v
    mutual: csr_array
    pagerank: Any  # reach without a discount: PageRank's order
    reach: Any

    def ranks(self, kind):
        chosen = self.network.kinds == kind
        return rankdata(-self.pagerank)[chosen], rankdata(-self.reach)[chosen]


def propagate(follows, mutual, worth, capacity):
    """Section 1 of the mathematics, T = 1 + a P^T T, by 80 sweeps: a^80 is 2e-6."""
    attention = 1 / np.maximum(follows.sum(axis=1), 1)
    rho = worth * np.minimum(1, capacity / np.maximum(mutual.sum(axis=0), 1))
    one_way_by_followed, mutual_by_followed = (follows - mutual).T.tocsr(), mutual.T.tocsr()
    reach = np.ones(follows.shape[0])
    for _ in range(80):
        given = reach * attention
        reach = 1 + DAMPING * (one_way_by_followed @ given + rho * (mutual_by_followed @ given))
    return reach


@cache
def measure(seed, **sizes):
    network = simulate_network(rng=seed, **sizes)
    follows = network.graph.to_scipy()
    mutual = follows.multiply(follows.T).tocsr()
    return Measured(
        network, follows, mutual, propagate(follows, mutual, 1, np.inf), propagate(follows, mutual, 0.5, 150)
    )


def mutual_share(graph):
    return graph.report.mutual_pairs / (graph.n_follows - graph.report.mutual_pairs)


def top_share(counts):
    return np.sort(counts)[-len(counts) // 100 :].sum() / counts.sum()


def hill_exponent(counts, share):
    descending = np.sort(counts)[::-1].astype(float)
    largest = int(share * len(counts))
    return 1 / np.log(descending[:largest] / descending[largest]).mean()


# ---- the calibration ----


@pytest.mark.parametrize("seed", SEEDS)
def test_mutual_share__is_published_one(seed):
    assert 0.22 <= mutual_share(measure(seed).network.graph) <= 0.222


@pytest.mark.parametrize("seed", SEEDS)
def test_followers__are_heavy_tailed(seed):
    network = measure(seed).network
    counts = network.graph.follower_counts
    assert top_share(counts) > 0.20
    assert np.sort(counts)[-2] > 50 * np.median(counts)
    assert 1.0 < hill_exponent(counts[network.kinds == "organic"], 0.10) < 1.4  # Kwak et al.: 1.276


@pytest.mark.parametrize("seed", SEEDS)
def test_followings__are_heavy_tailed(seed):
    counts = measure(seed).follows.sum(axis=1)
    assert top_share(counts) > 0.08
    assert counts.max() > 50 * np.median(counts)


@pytest.mark.parametrize("seed", SEEDS)
def test_dangling_and_unfollowed_accounts__have_realistic_shares(seed):
    measured = measure(seed)
    assert 0.05 < np.mean(measured.follows.sum(axis=1) == 0) < 0.15
    assert 0.03 < np.mean(measured.follows.sum(axis=0) == 0) < 0.15


def test_organic_accounts__have_no_more_friends_than_published():
    measured = measure(0)
    contacts = measured.mutual.sum(axis=0)
    organic = contacts[measured.network.kinds == "organic"]
    assert 5 <= np.median(organic) <= 20
    assert np.quantile(organic, 0.999) < 200  # Goncalves et al.: 100 to 200 stable relations
    assert contacts[measured.network.kinds == "farm"].min() > 200


def test_circles__cluster_the_mutual_follows_of_organic_accounts():
    measured = measure(0)
    organic = measured.network.kinds == "organic"
    friends = measured.mutual[organic][:, organic]
    triangles = friends.multiply(friends @ friends).sum()
    contacts = friends.sum(axis=1)
    transitivity = triangles / (contacts * (contacts - 1)).sum()
    by_chance = contacts.sum() / len(contacts) ** 2
    assert transitivity > 0.2
    assert transitivity > 100 * by_chance


@pytest.mark.parametrize("seed", SEEDS)
def test_celebrity__is_followed_by_many_and_follows_few(seed):
    measured = measure(seed)
    assert measured.network.members("celebrity").tolist() == ["celebrity"]
    followers, following = measured.follows.sum(axis=0), measured.follows.sum(axis=1)
    assert 0.15 <= followers[0] / 20_000 <= 0.20
    assert followers[0] > 1.2 * followers[1:].max()
    assert 1 <= following[0] <= 20


# ---- the cheats ----


def test_ring__is_a_clique_that_nobody_else_follows():
    measured = measure(0)
    ring = measured.network.kinds == "ring"
    inside = measured.follows[ring][:, ring]
    assert inside.sum() == 200 * 199
    assert measured.follows[ring].sum() == measured.follows[:, ring].sum() == inside.sum()


@pytest.mark.parametrize("sizes", [{}, {**SMALL, "ring_size": 2}, {**SMALL, "ring_size": 100}])
def test_ring__has_the_reach_of_the_closed_form(sizes):
    measured = measure(0, **sizes)
    ring_size = sizes.get("ring_size", 200)
    ring = measured.network.kinds == "ring"
    rho = 0.5 * min(1, 150 / (ring_size - 1))
    assert measured.pagerank[ring] == pytest.approx(1 / (1 - DAMPING), rel=1e-5)
    assert measured.reach[ring] == pytest.approx(1 / (1 - DAMPING * rho), rel=1e-5)


def test_farm__trades_at_half_density_and_with_those_who_follow_back():
    measured = measure(0)
    farm, organic = (measured.network.kinds == kind for kind in ("farm", "organic"))
    assert measured.mutual[farm][:, farm].sum() / (400 * 399) == pytest.approx(0.5, abs=0.01)
    outside = measured.mutual[organic][:, farm].sum(axis=0)
    assert 90 < np.median(outside) < 120
    assert (outside > 0).all()
    one_way_followers = (measured.follows - measured.mutual)[:, farm].sum(axis=0)
    assert np.median(one_way_followers) < 20


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("kind", "top_share", "fall"), [("farm", 0.05, 4.5), ("ring", 0.20, 4)])
def test_cheats__rank_high_by_pagerank_and_fall_far_by_discounted_reach(kind, top_share, fall, seed):
    before, after = map(np.median, measure(seed).ranks(kind))
    assert before < top_share * 20_000
    assert after > fall * before


@pytest.mark.parametrize("seed", SEEDS)
def test_celebrity__is_first_by_both(seed):
    (before,), (after,) = measure(seed).ranks("celebrity")
    assert before == after == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_organic_accounts__hardly_change_order(seed):
    before, after = measure(seed).ranks("organic")
    assert spearmanr(before, after).statistic > 0.95
    assert len(set(np.argsort(before)[:100]) & set(np.argsort(after)[:100])) >= 90
    assert np.mean(after < before) > 0.5  # they rise by the places that the cheats lose


def test_network__without_cheats_is_calibrated_as_well():
    measured = measure(0, farm_size=0, ring_size=0)
    assert 0.22 <= mutual_share(measured.network.graph) <= 0.222
    assert top_share(measured.network.graph.follower_counts) > 0.20
    assert measured.network.members("farm").size == measured.network.members("ring").size == 0


# ---- the interface ----


def everything_in(network):
    graph = network.graph
    arrays = [*graph.followers, graph.mutual_start, graph.out_degrees, graph.position_of, graph.node_of]
    return [array.tobytes() for array in arrays], graph.labels.tolist(), network.kinds.tolist()


def test_same_seed__gives_the_same_bytes():
    given = everything_in(simulate_network(**SMALL, rng=7))
    assert everything_in(simulate_network(**SMALL, rng=7)) == given
    assert everything_in(simulate_network(**SMALL, rng=np.random.default_rng(7))) == given
    assert everything_in(simulate_network(**SMALL, rng=8)) != given


def test_seed__may_be_whatever_numpy_takes_and_leaves_global_state_alone():
    state = pickle.dumps(np.random.get_state())
    for rng in (None, [1, 2], np.random.SeedSequence(3), np.random.PCG64(4), np.int64(5)):
        simulate_network(**SMALL, rng=rng)
    assert pickle.dumps(np.random.get_state()) == state


def test_labels__tell_the_kind_and_are_in_order():
    network = simulate_network(**SMALL)
    labels = network.graph.labels.tolist()
    assert len(labels) == len(set(labels)) == 1_000
    assert [label.split("-")[0] for label in labels] == network.kinds.tolist()
    assert labels[0] == "celebrity"
    assert network.members("organic")[[0, -1]].tolist() == ["organic-000", "organic-968"]
    assert network.members("farm")[[0, -1]].tolist() == ["farm-000", "farm-019"]
    assert network.members("ring")[[0, -1]].tolist() == ["ring-000", "ring-009"]
    assert measure(0).network.members("organic")[17] == "organic-00017"


def test_kinds__are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        simulate_network(**SMALL).kinds[0] = "ring"


def test_members__refuse_an_unknown_kind():
    with pytest.raises(
        InvalidArgument, match="kind is 'bot'; it must be one of celebrity, organic, farm, ring"
    ):
        simulate_network(**SMALL).members("bot")


@pytest.mark.parametrize(
    ("n_accounts", "farm_size", "ring_size"),
    [(500, 0, 0), (500, 1, 1), (500, 62, 62), (1_000, 20, 10), (3_200, 400, 200)],
)
def test_sizes__are_met_and_mutual_share_holds(n_accounts, farm_size, ring_size):
    network = simulate_network(n_accounts, farm_size=farm_size, ring_size=ring_size)
    counts = [network.members(kind).size for kind in ("celebrity", "organic", "farm", "ring")]
    assert counts == [1, n_accounts - 1 - farm_size - ring_size, farm_size, ring_size]
    assert 0.22 <= mutual_share(network.graph) <= 0.222
    assert network.graph.report.duplicates == network.graph.report.self_follows == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_accounts": 499}, r"n_accounts is 499; it must be an integer from 500 to 10,000,000"),
        ({"n_accounts": 10**12}, r"n_accounts is 1000000000000"),
        ({"n_accounts": 2e4}, r"n_accounts is 20000.0"),
        ({"n_accounts": True}, r"n_accounts is True"),
        ({"n_accounts": "many"}, r"n_accounts is 'many'"),
        ({"n_accounts": 1_000}, r"farm_size is 400; .* from 0 to 125\. farm_size=20 goes"),
        ({"n_accounts": 1_000, "farm_size": 20}, r"ring_size is 200; .* from 0 to 125\. ring_size=10 goes"),
        ({"farm_size": -1}, r"farm_size is -1"),
        ({"farm_size": 1_001}, r"farm_size is 1001; .* from 0 to 1,000"),
        ({"ring_size": None}, r"ring_size is None"),
        ({"rng": "seed"}, r"rng is 'seed'; it must be what numpy.random.default_rng takes"),
        ({"rng": -1}, r"rng is -1"),
    ],
)
def test_arguments__that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(InvalidArgument, match=message):
        simulate_network(**arguments)
