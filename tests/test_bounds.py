"""What gaming can gain at most, against dense twins and against members that try everything."""

import math
from dataclasses import replace

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.bounds import coalition_bound, ring_cap, trade_cap
from influencegraph.errors import InvalidArgument, UnknownAccount
from influencegraph.ghosts import add_ghosts
from influencegraph.testing import follower_graphs
from influencegraph.testing.model import read_weights

SETTINGS = st.fixed_dictionaries(
    {
        "damping": st.sampled_from([0.85, 0.5, 0.95]),
        "mutual_worth": st.sampled_from([0.0, 0.3, 0.5, 1.0]),
        "mutual_capacity": st.sampled_from([0.5, 1.0, 2.0, 150.0, math.inf]),
    }
)
GIVING = st.sampled_from([0.25, 1.0, 1.5, 5.0])
SLACK = 1 + 1e-9


def clique(k):
    return [(u, v) for u in range(k) for v in range(k) if u != v]


@pytest.mark.parametrize("k", [2, 10, 200])
@pytest.mark.parametrize(("worth", "capacity"), [(0.5, 150), (0.0, 150), (1.0, math.inf), (0.5, 5)])
def test_ring_cap__is_what_an_isolated_clique_has(k, worth, capacity):
    follower, followed = np.array(clique(k)).T
    graph = FollowerGraph.from_arrays(follower, followed, labels=np.arange(k + 3))
    scores = influencegraph.score(graph, mutual_worth=worth, mutual_capacity=capacity)
    alone = ring_cap({"mutual_worth": worth, "mutual_capacity": capacity, "mutual_giving": 0.0}, k)
    assert scores.reach[:k].sum() / k == pytest.approx(alone, rel=1e-7)
    assert alone <= ring_cap(scores.settings, k) <= ring_cap(scores.settings)


@given(st.integers(2, 5), follower_graphs(max_accounts=6, weighted=False), SETTINGS, st.randoms())
def test_ring_cap__holds_whoever_follows_the_ring(k, outside, settings, random):
    n = outside.n_accounts
    matrix = np.zeros((k + n, k + n))
    matrix[k:, k:] = read_weights(outside)
    matrix[:k, :k] = 1 - np.eye(k)
    for v in range(k):
        matrix[k:, v] = [random.random() < 0.3 for _ in range(n)]
    worths = {name: settings[name] for name in ("mutual_worth", "mutual_capacity")}
    reach = oracles.reach(matrix, **settings)
    passed = oracles.transition(matrix, **worths)
    enters = settings["damping"] * (passed[k:, :k].T @ reach[k:]).sum()
    assert reach[:k].sum() <= (k + enters) * ring_cap(settings, k) * SLACK


@given(st.integers(2, 5), st.sampled_from([0.5, 2.0, math.inf]), st.data())
def test_ring_cap__counts_engagement(k, half, data):
    acts = np.array(data.draw(st.lists(st.integers(0, 5), min_size=k * k, max_size=k * k)), float).reshape(
        k, k
    )
    follows = 1 - np.eye(k)
    acts *= follows
    passed = oracles.engaged_transition(follows, acts, engagement_half=half)
    reach = np.linalg.solve(np.eye(k) - 0.85 * passed.T, np.ones(k))
    spared = float((acts / (acts + half)).max())
    assert reach.sum() <= k * ring_cap(size=k, engagement_max=spared) * SLACK


@given(follower_graphs(weighted=False), SETTINGS)
def test_trade_cap__holds_for_every_account_of_any_network(graph, settings):
    matrix = read_weights(graph)
    reach = oracles.reach(matrix, **settings)
    mutual = (matrix > 0) & (matrix.T > 0)
    arrives = oracles.contributions(matrix, reach, **settings)[0]
    from_mutual, one_way = (
        np.where(mutual, arrives, 0).sum(axis=0),
        np.where(mutual, 0, arrives).sum(axis=0),
    )
    traders = np.flatnonzero(mutual.any(axis=0))
    if not len(traders):
        assert not from_mutual.any()
        return
    each = (1 + one_way[traders]) / matrix[traders].sum(axis=1)
    for v in range(len(matrix)):
        cap = trade_cap(settings, int(mutual[v].sum())) * each.max()
        assert from_mutual[v] <= cap * SLACK + 1e-12
        coarse = trade_cap(
            settings, following=int(matrix[traders].sum(axis=1).min()), audience=float(one_way[traders].max())
        )
        assert from_mutual[v] <= coarse * SLACK + 1e-12


@given(st.integers(2, 5), follower_graphs(max_accounts=5, weighted=False), SETTINGS, GIVING, st.data())
def test_caps__hold_where_followers_are_spared_for_what_they_give(k, outside, settings, giving, data):
    n, damping = outside.n_accounts, settings["damping"]
    matrix = np.zeros((k + n, k + n))
    matrix[k:, k:] = read_weights(outside)
    matrix[:k, :k] = 1 - np.eye(k)
    followed = data.draw(st.sets(st.integers(k, k + n - 1)))  # by members, and by nobody but them
    matrix[:, list(followed)] = matrix[list(followed), :] = 0.0
    for u in range(k):
        matrix[u, list(followed)] = [data.draw(st.booleans()) for _ in followed]
    worths = {name: settings[name] for name in ("mutual_worth", "mutual_capacity")}
    passed = oracles.engaged_transition(matrix, 0 * matrix, mutual_giving=giving, **worths)
    reach = np.linalg.solve(np.eye(k + n) - damping * passed.T, np.ones(k + n))
    assert reach[:k].sum() <= k * ring_cap({**settings, "mutual_giving": giving}, k) * SLACK
    mutual = (matrix > 0) & (matrix.T > 0)
    arrives = damping * passed * reach[:, np.newaxis]
    one_way = np.where(mutual, 0.0, arrives).sum(axis=0)
    traders = mutual.any(axis=0)
    each = ((1 + one_way[traders]) / matrix[traders].sum(axis=1)).max()
    for v in range(k + n):
        cap = trade_cap({**settings, "mutual_giving": giving}, int(mutual[v].sum())) * each
        assert np.where(mutual, arrives, 0.0).sum(axis=0)[v] <= cap * SLACK + 1e-12


@pytest.mark.parametrize(("worth", "giving", "part"), [(0.4, 1.5, 1 / 6), (0.8, 4.0, 1 / 16)])
def test_ring_cap__is_reached_by_a_ring_that_gives_just_so_much_away(worth, giving, part):
    matrix = np.zeros((6, 6))
    matrix[:3, :3] = 1 - np.eye(3)
    matrix[[0, 1, 2], [3, 4, 5]] = part * 2.0 / (1.0 - part)  # of what each gives
    worths = {"mutual_worth": worth, "mutual_giving": giving}
    passed = oracles.engaged_transition(matrix, 0 * matrix, **worths)
    reach = np.linalg.solve(np.eye(6) - 0.85 * passed.T, np.ones(6))
    assert reach[:3].sum() / 3 == pytest.approx(ring_cap(worths))
    for less in (0.0, 1.0):
        assert ring_cap({**worths, "mutual_giving": less}) == ring_cap({**worths, "mutual_giving": 0.0})


def test_trade_cap__is_tight_on_cliques_and_0_without_worth_or_trade():
    k = 300
    follower, followed = np.array(clique(k)).T
    reach = influencegraph.score(FollowerGraph.from_arrays(follower, followed)).reach[0]
    plain = {"mutual_giving": 0.0}
    assert reach < 1 + trade_cap(plain, following=k - 1) < 1 + trade_cap(following=k - 1)
    assert reach == pytest.approx(1 / (1 - 0.85 * 0.4 * 150 / (k - 1)), rel=1e-7)
    assert 1 + trade_cap(plain, n_mutual=1) == pytest.approx(1 / (1 - 0.85 * 0.4))  # a pair
    assert trade_cap({"mutual_worth": 0.0, "mutual_capacity": math.inf}) == 0.0
    assert trade_cap(n_mutual=0) == 0.0
    assert trade_cap({"mutual_capacity": math.inf}) == math.inf


@given(follower_graphs(), SETTINGS, st.data())
def test_coalition_bound__is_the_walks_that_ever_reach_it_and_no_links_beat_it(graph, settings, data):
    n, matrix = graph.n_accounts, read_weights(graph)
    members = sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1)))
    teleport = None if data.draw(st.booleans()) else data.draw(st.sampled_from(np.eye(n).tolist()))
    weights = None if teleport is None else np.array(teleport)
    scores = influencegraph.score(graph, teleport=weights, **settings)
    bound = coalition_bound(scores, members)
    silent = matrix.copy()
    silent[members] = 0
    hits = oracles.reach(silent, teleport=teleport, **settings)[members].sum()
    assert bound.hits == pytest.approx(hits, rel=1e-6, abs=1e-6)
    assert hits <= bound.hits_upper * SLACK
    assert bound.reach == pytest.approx(scores.reach[members].sum(), rel=1e-12)
    assert bound.amplification_max == 1 / (1 - settings["damping"])
    for _ in range(5):
        links = data.draw(
            st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=n * len(members), max_size=n * len(members))
        )
        tried = matrix.copy()
        tried[members] = np.array(links).reshape(len(members), n)
        np.fill_diagonal(tried, 0)
        reach = oracles.reach(tried, teleport=teleport, **settings)
        assert reach[members].sum() <= bound.reach_max * SLACK
        earned = oracles.earned_reach(tried, teleport=teleport, **settings)
        assert earned[members].max() <= bound.hits_upper * SLACK


def test_coalition_bound__with_seeds_does_not_grow_with_fakes():
    network = influencegraph.simulate_network(800, farm_size=0, ring_size=20).graph
    ring = [label for label in network.labels if label.startswith("ring")]
    seeds = [label for label in network.labels if label.startswith("organic")][:40]
    scores = influencegraph.score(network, teleport=seeds)
    assert coalition_bound(scores, ring).reach_max < 1e-5
    assert coalition_bound(influencegraph.score(network), ring).hits == pytest.approx(20)


def test_coalition_bound__of_loaded_and_of_redacted_scores(tmp_path):
    graph = FollowerGraph.from_arrays(["ann", "bob", "cat", "dan"], ["bob", "ann", "ann", "cat"])
    scores = influencegraph.score(graph)
    scores.save(tmp_path / "scores.npz")
    loaded = influencegraph.Scores.load(tmp_path / "scores.npz")
    expected = coalition_bound(scores, "ann")
    assert coalition_bound(loaded, "ann", graph=graph) == expected
    assert coalition_bound(scores.redact(["bob"]), "ann") == expected
    with pytest.raises(UnknownAccount):
        coalition_bound(scores.redact(["bob"]), ["ann", "bob"])
    with pytest.raises(InvalidArgument, match="have no graph"):
        coalition_bound(loaded, "ann")


def test_coalition_bound__with_layers():
    graph = FollowerGraph.from_arrays([0, 1, 2, 3, 0], [1, 0, 0, 2, 2]).with_layer(
        "acts", [1, 0, 3], [0, 1, 2], [2, 3, 4]
    )
    bound = coalition_bound(influencegraph.score(graph), [0])
    silent = FollowerGraph.from_arrays([1, 2, 3], [0, 0, 2]).with_layer("acts", [1, 3], [0, 2], [2, 4])
    assert bound.hits == pytest.approx(influencegraph.score(silent)[0].reach)
    assert "1 accounts have a reach of" in str(bound)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: ring_cap({"method": "reach"}),
            "settings is {'method': 'reach'}; it must be Settings or a dict",
        ),
        (lambda: ring_cap(0.85), "settings is 0.85"),
        (lambda: ring_cap({"damping": 1.0}), "damping is 1.0"),
        (lambda: ring_cap(size=1), "size is 1; it must be at least 2"),
        (lambda: ring_cap(engagement_max=2), "engagement_max is 2"),
        (lambda: trade_cap(n_mutual=-1), "n_mutual is -1"),
        (lambda: trade_cap(following=0), "following is 0"),
        (lambda: trade_cap(audience=math.inf), "audience is inf"),
    ],
)
def test_caps__refuse_what_they_cannot_read(call, said):
    with pytest.raises(InvalidArgument) as caught:
        call()
    assert said in str(caught.value)


def test_bounds__are_of_propagation_methods():
    graph = FollowerGraph.from_arrays([0, 1], [1, 0])
    counted = influencegraph.score(graph, method="followers")
    with pytest.raises(InvalidArgument, match="propagation"):
        ring_cap(counted.settings)
    with pytest.raises(InvalidArgument, match="needs a propagation method"):
        coalition_bound(counted, [0])
    with pytest.raises(InvalidArgument, match="has members"):
        coalition_bound(influencegraph.score(graph), [])
    pagerank = influencegraph.score(graph, method="pagerank").settings
    assert ring_cap(pagerank) == pytest.approx(1 / 0.15)
    assert ring_cap(replace(pagerank, damping=0.5)) == 2.0


@given(follower_graphs(min_accounts=2), st.data())
def test_coalition_bound__forgets_returns_because_they_fade(graph, data):
    n, matrix = graph.n_accounts, read_weights(graph)
    members = sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1)))
    returns = [(v, u) for u, v in np.argwhere((matrix > 0) & (matrix.T == 0)).tolist()]
    haunted = add_ghosts(graph, returns, np.full(len(returns), 0.7))
    bound = coalition_bound(influencegraph.score(haunted), members)
    without = coalition_bound(influencegraph.score(graph), members)
    assert bound.hits == pytest.approx(without.hits, rel=1e-6)
    assert bound.reach <= without.reach * SLACK
    assert bound.reach <= bound.reach_max
