"""Edits of networks with layers of engagement: the numbers, what becomes of acts, and what is refused."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

from __future__ import annotations

import dataclasses

import numpy as np
import oracles
import pytest

import influencegraph
from influencegraph import FollowerGraph, InvalidArgument, advise, earned_reach
from influencegraph.whatif import solution
from tests.whatif.test_whatif import assert_meet, assert_same_graph

PATHS = {
    "push": {"VISITS_FREE": 10**6},
    "sweep": {"VISITS_FREE": 0, "VISITS_MAX_SMALL": 0},
    "solve": {"ROWS_MAX_SMALL": -1},
}


def assert_same_layers(one, other):
    assert_same_graph(one, other)
    for left, right in zip(one.layers, other.layers, strict=True):
        for field in dataclasses.fields(left):
            mine, theirs = getattr(left, field.name), getattr(right, field.name)
            if isinstance(mine, np.ndarray):
                assert np.array_equal(mine, theirs), field.name
            elif field.name != "n_dropped":
                assert mine == theirs


@pytest.fixture
def quartet():
    """Ann and bob are friends who talk; cat follows both and is followed by ann, who acts on her."""
    graph = FollowerGraph.from_arrays(
        ["ann", "bob", "cat", "cat", "ann", "dan"], ["bob", "ann", "ann", "bob", "cat", "ann"]
    )
    return graph.with_layer(
        "likes", ["ann", "bob", "ann", "cat", "dan"], ["bob", "ann", "cat", "dan", "bob"], [6, 2, 4, 5, 1]
    )


# ---- the numbers ----


def draw_dense(seed):
    """Return a network of many mutual follows, as matrices, and its graph."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 10))
    follows = rng.random((n, n)) < 0.6
    np.fill_diagonal(follows, False)
    A = follows * (rng.choice([0.0, 1.0, 2.0], (n, n)) if seed % 2 else 1.0)
    acts = follows * rng.choice([0.0, 1.0, 3.0, 9.0], (n, n))
    ends = np.nonzero(follows)
    graph = FollowerGraph.from_arrays(*ends, A[ends] if seed % 2 else None, labels=np.arange(n))
    graph = graph.with_layer("acts", *ends, acts[ends], weight=0.5, cap_per_pair=5)
    return rng, follows, A, 0.5 * np.minimum(acts, 5), graph


def toggle(plan, follows, A, K, u, v):
    if follows[u, v]:
        plan = plan.unfollow(u, v)
        A[u, v] = K[u, v] = 0.0
    else:
        plan = plan.follow(u, v)
        A[u, v] = 1.0
    follows[u, v] = not follows[u, v]
    return plan


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("giving", [0.0, 1.5, 0.6])
@pytest.mark.parametrize("seed", range(40))
def test_what_if__equals_the_twin_where_capacities_bind(path, giving, seed, monkeypatch):
    rng, follows, A, K, graph = draw_dense(seed)
    chosen = {"mutual_capacity": [1.0, 2.0, 2.5][seed % 3], "engagement_half": [1.0, 3.0, 1e9][seed % 4 // 2]}
    chosen |= {"mutual_worth": [0.5, 0.0, 0.8][seed % 7 % 3], "mutual_giving": giving}
    scores = influencegraph.score(graph, tolerance=1e-11, **chosen)
    for name, value in PATHS[path].items():
        monkeypatch.setattr(solution, name, value)
    plan = influencegraph.what_if(scores)
    for _ in range(1 + seed % 3):
        u, v = rng.choice(len(A), 2, replace=False).tolist()
        before, engaged = follows[u, v], K.copy()
        plan = toggle(plan, follows, A, K, u, v)
        if before and seed % 5 == 0:  # a weight changes, and acts stay
            weight = 0.25 * (seed % 2)
            plan = plan.follow(u, v, weight=weight)
            follows[u, v], A[u, v], K[u, v] = True, weight, engaged[u, v]
    after = plan.score(tolerance=1e-10)
    assert after.work.path == path
    P = oracles.engaged_transition(A, K, **chosen)
    expected = np.linalg.solve(np.eye(len(A)) - 0.85 * P.T, np.ones(len(A)))
    np.testing.assert_allclose(after.reach, expected, rtol=1e-7)
    assert np.all((after.lower - 1e-9 <= expected) & (expected <= after.upper + 1e-9))
    assert after.certificate.reach_error_max < 1e-6
    lost = 0.85 / len(A) * expected * (1 - P.sum(axis=1))
    dangles = (A + K).sum(axis=1) == 0
    assert after.ledger.discounted == pytest.approx(lost[~dangles].sum(), abs=1e-8)
    assert after.ledger.dangling == pytest.approx(lost[dangles].sum(), abs=1e-8)


# ---- what becomes of acts ----


def test_acts__go_with_a_follow_that_ends_and_stay_gone(quartet):
    after = influencegraph.what_if(influencegraph.score(quartet)).unfollow("ann", "bob").score()
    follower, followed, _ = quartet.to_arrays()
    kept = (follower != "ann") | (followed != "bob")
    anew = FollowerGraph.from_arrays(follower[kept], followed[kept]).with_layer(
        "likes", ["bob", "ann"], ["ann", "cat"], [2, 4]
    )
    assert_same_layers(after.graph, anew)
    assert after.graph.layers[0].n_dropped == quartet.layers[0].n_dropped + 1
    assert_meet(after, influencegraph.score(anew))
    again = influencegraph.what_if(after).follow("ann", "bob").score()
    anew = FollowerGraph.from_arrays(follower, followed).with_layer(
        "likes", ["bob", "ann"], ["ann", "cat"], [2, 4]
    )
    assert_same_layers(again.graph, anew)
    assert_meet(again, influencegraph.score(anew))


def test_acts__of_a_new_follow_are_none_even_if_there_were_some_before_it(quartet):
    after = influencegraph.what_if(influencegraph.score(quartet)).follow("dan", "bob").score()
    assert len(after.graph.layers[0].follows) == len(quartet.layers[0].follows)
    assert after.graph.layers[0].n_dropped == quartet.layers[0].n_dropped == 2


def test_acts__stay_where_only_the_weight_changes(quartet):
    scores = influencegraph.score(quartet)
    plan = influencegraph.what_if(scores).unfollow("ann", "bob").follow("ann", "bob")
    undone = plan.score()
    assert_same_layers(undone.graph, quartet)
    assert_meet(undone, scores)
    by_batch = influencegraph.update(scores, removed=(["ann"], ["bob"]), added=(["ann"], ["bob"], [3.0]))
    follower, followed, _ = quartet.to_arrays()
    weights = np.where((follower == "ann") & (followed == "bob"), 3.0, 1.0)
    anew = FollowerGraph.from_arrays(follower, followed, weights).with_layer(
        "likes", ["ann", "bob", "ann"], ["bob", "ann", "cat"], [6, 2, 4]
    )
    assert_same_layers(by_batch.graph, anew)
    assert_meet(by_batch, influencegraph.score(anew))


def test_acts__of_a_removed_account_are_gone_when_it_is_named_again(quartet):
    plan = influencegraph.what_if(influencegraph.score(quartet)).remove("bob").follow("ann", "bob")
    after = plan.follow("bob", "ann").score()
    assert after.graph.layers[0].counts.tolist() == [4.0]
    assert_meet(after, influencegraph.score(after.graph))


def test_everybody_removed__leaves_empty_layers(quartet):
    after = influencegraph.what_if(influencegraph.score(quartet)).remove(quartet.labels.tolist()).score()
    assert len(after) == 0
    assert len(after.graph.layers[0].follows) == 0
    again = influencegraph.what_if(after).follow("x", "y").score()
    assert again.reach.tolist() == [1.0, 1.85]


def test_weights__beyond_what_stands_side_by_side_are_solved_anew():
    graph = FollowerGraph.from_arrays([1, 2, 1], [2, 1, 3]).with_layer(
        "acts", [1, 2], [2, 1], [2.0**190, 1.0], weight=2.0**100, cap_per_pair=np.inf
    )
    after = influencegraph.what_if(influencegraph.score(graph)).follow(3, 1).score()
    assert after.work.path == "solve"
    assert_meet(after, influencegraph.score(after.graph))


# ---- settings ----


def test_set__changes_what_engagement_spares_and_when_it_is_counted(quartet):
    timed = FollowerGraph.from_arrays(*quartet.to_arrays()[:2]).with_layer(
        "likes", ["ann", "bob"], ["bob", "ann"], [6, 2], times=[0, 50]
    )
    scores = influencegraph.score(timed)
    for chosen in (
        {"engagement_half": 1},
        {"half_life": 20, "as_of": 60},
        {"half_life": np.timedelta64(20, "s"), "as_of": 60.0, "mutual_worth": 0.1},
    ):
        after = influencegraph.what_if(scores).set(**chosen).follow("dan", "bob").score()
        assert after.settings == influencegraph.score(timed, **chosen).settings
        assert_meet(after, influencegraph.score(after.graph, **chosen))
    faded = influencegraph.score(timed, half_life=20, as_of=60)
    later = influencegraph.what_if(faded).set(as_of=1000).score()
    assert_meet(later, influencegraph.score(timed, half_life=20, as_of=1000))
    ever = influencegraph.what_if(faded).set(half_life=None, as_of=None).score()
    assert_meet(ever, scores)
    moved = influencegraph.what_if(faded).follow("dan", "bob").score()
    assert moved.work.path != "solve"
    assert_meet(moved, influencegraph.score(moved.graph, half_life=20, as_of=60))


def test_set__of_engagement_needs_layers_and_times(quartet):
    plain = influencegraph.what_if(influencegraph.score(FollowerGraph.from_arrays([1], [2])))
    with pytest.raises(InvalidArgument, match="this graph has no layer of engagement"):
        plain.set(engagement_half=2)
    plan = influencegraph.what_if(influencegraph.score(quartet))
    with pytest.raises(InvalidArgument, match="Give both, or neither"):
        plan.set(half_life=3)
    with pytest.raises(InvalidArgument, match="engagement_half is 0"):
        plan.set(engagement_half=0)
    with pytest.raises(InvalidArgument, match="layer 'likes' has no times"):
        plan.set(half_life=3, as_of=9).score()
    pagerank = influencegraph.what_if(influencegraph.score(quartet, method="pagerank"))
    with pytest.raises(InvalidArgument, match="of method 'pagerank' it changes damping, half_life, as_of"):
        pagerank.set(engagement_half=2)
    after = pagerank.follow("dan", "bob").score()
    assert np.allclose(after.values, influencegraph.score(after.graph, method="pagerank").values, atol=1e-8)


# ---- advice and earned reach ----


@pytest.mark.parametrize("giving", [0.0, 1.5])
@pytest.mark.parametrize("seed", range(12))
def test_advise__is_true_of_networks_with_layers(seed, giving):
    _, _, A, K, graph = draw_dense(seed)
    chosen = {"mutual_capacity": [1.0, 2.0, 150.0][seed % 3], "engagement_half": [1.0, 3.0][seed % 2]}
    chosen["mutual_giving"] = giving
    scores = influencegraph.score(graph, tolerance=1e-12, **chosen)
    account = seed % len(A)
    advice = advise(scores, account, top=None, tolerance=1e-9)
    visits = np.linalg.inv(np.eye(len(A)) - 0.85 * oracles.engaged_transition(A, K, **chosen))
    assert advice.earned == pytest.approx(visits.sum(axis=0)[account] / visits[account, account], rel=1e-6)
    assert sorted(line.account for line in advice.lines) == graph.following_of(account).tolist()
    for line in advice.lines:
        after = influencegraph.what_if(scores).unfollow(account, line.account).score(tolerance=1e-11)
        change = after[account].reach - scores[account].reach
        assert line.reach_change == pytest.approx(change, abs=line.reach_error + 1e-8)
        earned = earned_reach(after, account, tolerance=1e-10)[account].earned
        assert line.earned_change == pytest.approx(earned - advice.earned, abs=line.earned_error + 1e-7)
