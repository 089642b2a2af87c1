"""Local scores and whose attention arrives: equal to the twin, and local."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph, local_scores, who_reaches
from influencegraph.errors import DidNotConverge, InvalidArgument, UnknownAccount
from influencegraph.testing import follower_graphs, settings, teleports

GRAPH = FollowerGraph.from_arrays(
    ["ann", "bob", "cat", "dan"], ["bob", "ann", "bob", "ann"], labels=["eve", "dan", "cat", "bob", "ann"]
)
FOLLOWS = 200_000


def make_neighbourhood():
    """20,000 accounts in a circle, who follow ten others each within fifty places."""
    rng = np.random.default_rng(5)
    n = FOLLOWS // 10
    follower = np.repeat(np.arange(n), 10)
    followed = (follower + rng.integers(1, 51, FOLLOWS) * rng.choice([-1, 1], FOLLOWS)) % n
    return FollowerGraph.from_arrays(follower, followed, labels=np.arange(n))


@pytest.fixture(scope="module")
def neighbourhood():
    return make_neighbourhood()


@given(follower_graphs(max_accounts=9), settings(), st.data())
def test_local_scores__equal_the_twin_and_score(graph, chosen, data):
    seeds = data.draw(teleports(graph.n_accounts))
    near = local_scores(graph, seeds, tolerance=1e-12, **chosen)
    exact = oracles.reach(graph.to_scipy().toarray(), teleport=seeds, **chosen)
    scores = influencegraph.score(graph, teleport=seeds, **chosen)
    found = np.zeros(graph.n_accounts)
    found[near.labels] = near.reach
    np.testing.assert_allclose(found, exact, atol=1e-9 * graph.n_accounts)
    places = near.labels
    assert np.all(near.lower <= scores.upper[places])
    assert np.all(scores.lower[places] <= near.upper)


@given(follower_graphs(max_accounts=9), settings(), st.data())
def test_who_reaches__equals_the_twin_and_sums_to_reach(graph, chosen, data):
    account = data.draw(st.integers(0, graph.n_accounts - 1))
    seeds = data.draw(st.none() | teleports(graph.n_accounts))
    A = graph.to_scipy().toarray()  # noqa: N806 - the letter of the mathematics
    launch = np.ones(len(A)) if seeds is None else len(A) * seeds / seeds.sum()
    exact = launch * oracles.walks(A, **chosen)[:, account]
    arrivals = who_reaches(graph, account, teleport=seeds, tolerance=1e-12, **chosen)
    found = np.zeros(len(A))
    found[arrivals.labels] = arrivals.attention
    np.testing.assert_allclose(found, exact, atol=1e-9 * len(A))
    reach = influencegraph.score(graph, teleport=seeds, **chosen).reach[account]
    assert arrivals.reach_lower - 1e-6 <= reach <= arrivals.reach_upper + 1e-6
    assert arrivals.reach_upper - arrivals.reach_lower <= 1e-9 * len(A)


@effort(max_examples=30)
@given(follower_graphs(max_accounts=9), settings(), st.sampled_from([0.5, 0.1, 0.01]), st.data())
def test_local__loose_tolerances_still_hold(graph, chosen, tolerance, data):
    seeds = data.draw(teleports(graph.n_accounts))
    near = local_scores(graph, seeds, tolerance=tolerance, **chosen)
    A = graph.to_scipy().toarray()  # noqa: N806 - the letter of the mathematics
    exact = oracles.reach(A, teleport=seeds, **chosen)
    found = np.zeros(len(A))
    found[near.labels] = near.reach
    off = np.abs(found - exact).sum() * (1 - chosen["damping"]) / len(A)
    assert off <= near.error + 1e-12
    assert near.error <= tolerance == near.tolerance
    arrivals = who_reaches(graph, 0, tolerance=tolerance, **chosen)
    visits = np.zeros(len(A))
    visits[arrivals.labels] = arrivals.attention
    assert np.abs(visits - oracles.walks(A, **chosen)[:, 0]).max() <= tolerance + 1e-12


def test_local_scores__a_small_seed_set_visits_a_small_part(neighbourhood):
    near = local_scores(neighbourhood, [100, 101], tolerance=0.05)
    assert near.error <= 0.05
    assert near.n_follows_visited < 0.03 * FOLLOWS
    assert near.n_follows_visited < near.n_follows_read < 0.15 * FOLLOWS
    assert near.n_visited < 0.05 * len(neighbourhood)
    assert near.top(1)[0].account in (100, 101)
    tighter = local_scores(neighbourhood, [100, 101], tolerance=0.005)
    assert near.n_follows_visited < tighter.n_follows_visited < 0.05 * FOLLOWS


def test_who_reaches__reads_the_surroundings_only(neighbourhood):
    arrivals = who_reaches(neighbourhood, 7, tolerance=1e-3)
    assert arrivals.n_follows_visited < 0.05 * FOLLOWS
    distances = np.abs((arrivals.labels - 7 + 10_000) % 20_000 - 10_000)
    assert distances.max() < 2_000
    assert arrivals.top(1)[0].account == 7


def test_local_scores__a_simulated_network():
    network = influencegraph.simulate_network(4_000, farm_size=80, ring_size=40, rng=3)
    graph, seeds = network.graph, network.members("farm")[:3]
    near = local_scores(graph, list(seeds), tolerance=0.5)
    assert 0 < near.n_follows_visited < 0.2 * graph.n_follows
    full = influencegraph.score(graph, teleport=list(seeds))
    places = [full.accounts.position(account) for account in near.labels]
    assert np.all((near.lower <= full.upper[places]) & (full.lower[places] <= near.upper))


def test_local__labels_in_the_order_of_the_graph():
    near = local_scores(GRAPH, ["cat"], tolerance=1e-9)
    assert near.labels.tolist() == ["cat", "bob", "ann"]
    assert near.n_visited == len(near) == 3
    assert [line.account for line in near.top(2)] == ["cat", "bob"]
    assert list(near.to_columns()) == ["account", "reach", "lower", "upper"]
    assert not near.reach.flags.writeable
    assert near.top(0) == []
    arrivals = who_reaches(GRAPH, "ann", tolerance=1e-9)
    assert arrivals.labels.tolist() == ["dan", "cat", "bob", "ann"]
    assert list(arrivals.to_columns()) == ["account", "attention", "lower", "upper"]
    assert arrivals.account == "ann"


def test_local__text():
    text = repr(local_scores(GRAPH, {"cat": 2.0}, tolerance=1e-9))
    assert text.splitlines()[1].split() == ["account", "reach", "at", "least", "at", "most"]
    assert "visited 3 accounts and 3 follows" in text
    text = repr(who_reaches(GRAPH, "eve"))
    assert text.startswith("Whose attention arrives at eve")
    assert "together between 1.0000 and" in text


def test_local__an_isolated_account_keeps_what_it_has():
    near = local_scores(GRAPH, ["eve"])
    assert [tuple(line) for line in near.top()] == [("eve", 5.0, pytest.approx(5.0), pytest.approx(5.0))]
    assert near.elsewhere < 1e-12
    assert who_reaches(GRAPH, "eve").attention.tolist() == [1.0]


def test_local__seeds_that_do_not_reach_bring_nothing():
    assert who_reaches(GRAPH, "ann", teleport=["eve"]).n_visited == 0
    assert who_reaches(GRAPH, "ann", teleport=["eve"]).reach_lower == 0.0


def test_local__an_empty_graph():
    empty = FollowerGraph.from_arrays([], [])
    near = local_scores(empty, [])
    assert (near.n_visited, near.error, near.top()) == (0, 0.0, [])
    assert "visited 0 accounts" in repr(near)
    with pytest.raises(UnknownAccount):
        who_reaches(empty, 1)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"seeds": []}, "seeds has no positive weight"),
        ({"seeds": None}, "seeds is None"),
        ({"seeds": "ann"}, "seeds is 'ann'"),
        ({"seeds": {"ann": -1}}, "seeds gives 'ann'"),
        ({"seeds": ["ann"], "damping": 1.0}, "damping is 1.0"),
        ({"seeds": ["ann"], "tolerance": 0}, "tolerance is 0"),
        ({"seeds": ["ann"], "mutual_worth": 2}, "mutual_worth is 2"),
    ],
)
def test_local_scores__what_is_wrong_is_said(arguments, match):
    with pytest.raises(InvalidArgument, match=match):
        local_scores(GRAPH, **arguments)


def test_local__other_mistakes():
    with pytest.raises(UnknownAccount):
        local_scores(GRAPH, ["zoe"])
    with pytest.raises(UnknownAccount):
        who_reaches(GRAPH, "zoe")
    with pytest.raises(InvalidArgument, match="graph is Scores"):
        who_reaches(influencegraph.score(GRAPH), "ann")
    with pytest.raises(DidNotConverge, match="all of it is rounding"):
        local_scores(GRAPH, ["ann"], tolerance=1e-40)
    with pytest.raises(DidNotConverge, match="all of it is rounding"):
        who_reaches(GRAPH, "ann", tolerance=1e-40)
    with pytest.raises(InvalidArgument, match="n is -1"):
        local_scores(GRAPH, ["ann"]).top(-1)
