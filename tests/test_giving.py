"""mutual_giving: followers who also follow where nothing comes back are discounted less."""

# ruff: noqa: N806 - the letters of docs/mathematics.md

from dataclasses import replace
from fractions import Fraction

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import influencegraph
from influencegraph import FollowerGraph, InfluenceGraphWarning, InvalidArgument, score
from influencegraph.ghosts import add_ghosts
from influencegraph.solvers import certificate
from influencegraph.solvers.solve import Stepper
from influencegraph.testing import follower_graphs, settings, teleports

shares = st.sampled_from((1.0, 0.25, 1.5, 6.0))
GRAPH = FollowerGraph.from_arrays(["ann", "bob", "bob", "cat"], ["bob", "ann", "cat", "bob"])
"""Ann and bob, bob and cat follow each other."""
MIXED = FollowerGraph.from_arrays(["ann", "bob", "bob", "dan"], ["bob", "ann", "cat", "cat"])
"""Bob gives cat half of his attention for nothing."""


@st.composite
def engaged(draw):
    """A network, what its accounts did to those they follow, and how strongly returns are remembered."""
    graph = draw(follower_graphs(5))
    A = graph.to_scipy().toarray()
    K = np.zeros_like(A)
    follower, followed, _ = graph.to_arrays()
    if len(follower) and draw(st.booleans()):
        counts = draw(st.lists(st.integers(0, 9), min_size=len(follower), max_size=len(follower)))
        graph = graph.with_layer("acts", follower, followed, np.array(counts, np.float64))
        K[follower, followed] = counts
    exists = np.zeros(A.shape, bool)
    exists[follower, followed] = True
    S, (u, v) = np.zeros_like(A), np.nonzero((A + K > 0) & ~exists.T)
    if len(u) and draw(st.booleans()):
        S[u, v] = draw(st.lists(st.sampled_from((1.0, 0.3, 0.9)), min_size=len(u), max_size=len(u)))
        graph = add_ghosts(graph, np.stack([v, u], axis=1), S[u, v])
    return graph, A, K, S


@given(engaged(), settings(), shares, st.data())
def test_reach__certified_intervals_hold_the_exact_solution(drawn, chosen, share, data):
    graph, A, K, S = drawn
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    scores = score(graph, teleport=teleport, **{**chosen, "mutual_giving": share})
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity")}
    P = oracles.exact_haunted_transition(A, S, K, mutual_giving=share, **worths)
    T = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(len(A), teleport))
    for v, exact in enumerate(T):
        assert Fraction(float(scores.lower[v])) <= exact <= Fraction(float(scores.upper[v]))


@given(engaged(), settings(), shares, st.data())
def test_local__intervals_hold_the_exact_solution(drawn, chosen, share, data):
    graph, A, K, S = drawn
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity")}
    P = oracles.exact_haunted_transition(A, S, K, mutual_giving=share, **worths)
    v = data.draw(st.integers(0, len(A) - 1))
    T = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(len(A), np.arange(len(A)) == v))
    near = influencegraph.local_scores(graph, [v], tolerance=1e-9, **{**chosen, "mutual_giving": share})
    ends = dict(zip(near.labels.tolist(), zip(near.lower, near.upper, strict=True), strict=True))
    for u, exact in enumerate(T):
        low, high = ends.get(u, (0.0, near.elsewhere))
        assert Fraction(float(low)) <= exact <= Fraction(float(high))
    arrivals = influencegraph.who_reaches(graph, v, tolerance=1e-9, **{**chosen, "mutual_giving": share})
    arriving = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(len(A)))[v]
    assert sum(line.attention for line in arrivals.top(len(A))) == pytest.approx(float(arriving), abs=1e-6)


SIZES = (1.7e308, 5e-324, 1.0, 1e-200, 3e200, 0.1, 0.0)


@given(follower_graphs(5, weighted=False), settings(), shares, st.data())
def test_reach__holds_for_weights_of_any_size(graph, chosen, share, data):
    follower, followed, _ = graph.to_arrays()
    weights = data.draw(st.lists(st.sampled_from(SIZES), min_size=len(follower), max_size=len(follower)))
    graph = FollowerGraph.from_arrays(follower, followed, weights, labels=graph.labels)
    scores = score(graph, **{**chosen, "mutual_giving": share})
    A = graph.to_scipy().toarray()
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity")}
    P = oracles.exact_haunted_transition(A, 0 * A, 0 * A, mutual_giving=share, **worths)
    T = oracles.exact_reach(P, chosen["damping"], oracles.exact_launch(len(A), None))
    for v, exact in enumerate(T):
        assert Fraction(float(scores.lower[v])) <= exact <= Fraction(float(scores.upper[v]))


@pytest.mark.parametrize("layout", ["pull", "partitioned"])
def test_reach__equals_the_dense_twin_on_a_larger_network(layout):
    graph = influencegraph.simulate_network(500, farm_size=10, ring_size=5, rng=3).graph
    A = graph.to_scipy().toarray()
    P = oracles.engaged_transition(A, np.zeros_like(A), 0.4, 20.0, 0.8)
    T = np.linalg.solve(np.eye(len(A)) - 0.85 * P.T, np.ones(len(A)))
    scores = score(graph, mutual_worth=0.4, mutual_capacity=20, mutual_giving=0.8, layout=layout)
    np.testing.assert_allclose(scores.reach, T, atol=scores.certificate.reach_error_max + 1e-9)
    counted = influencegraph.audience(scores).counted
    np.testing.assert_allclose(counted, P.sum(axis=0), atol=1e-12)


@given(follower_graphs(7), settings(), shares)
def test_explanation__sums_to_the_reach_and_blames_the_capacity_for_what_is_its(graph, chosen, share):
    scores = score(graph, **{**chosen, "mutual_giving": share})
    A, T, a = graph.to_scipy().toarray(), scores.reach, chosen["damping"]
    given_by, nothing = a * T[:, None], np.zeros_like(A)
    worth, capacity = chosen["mutual_worth"], chosen["mutual_capacity"]
    limited, roomy, whole = (
        given_by * oracles.engaged_transition(A, nothing, *each, share)
        for each in ((worth, capacity), (worth, np.inf), (1.0, np.inf))
    )
    for v in range(graph.n_accounts):
        why = influencegraph.explain_score(scores, v)
        parts = [each.reach for each in why.contributions]
        assert sum(parts) + why.launch + why.unresolved == pytest.approx(why.reach)
        assert why.withheld == pytest.approx((whole - limited)[:, v].sum(), abs=1e-9)
        assert why.withheld_by_capacity == pytest.approx((roomy - limited)[:, v].sum(), abs=1e-9)


@given(follower_graphs(6, min_accounts=2), settings(), shares, st.data())
def test_earned_reach__no_own_follow_raises_it(graph, chosen, share, data):
    A = graph.to_scipy().toarray()
    v = data.draw(st.integers(0, len(A) - 1))
    u = data.draw(st.integers(0, len(A) - 1).filter(lambda other: other != v))
    changed = A.copy()
    changed[v, u] += 1.0
    earned = []
    for matrix in (A, changed):
        scores = score(
            FollowerGraph.from_scipy(sparse.csr_array(matrix)), **{**chosen, "mutual_giving": share}
        )
        earned.append(influencegraph.earned_reach(scores, v, tolerance=1e-9)[v])
    assert earned[1].lower <= earned[0].upper


def test_reach__is_the_plain_one_where_nobody_gives_or_nothing_is_spared():
    plain = score(GRAPH, mutual_giving=0)
    np.testing.assert_allclose(score(GRAPH).reach, plain.reach, rtol=1e-8)
    for worth in (0.0, 1.0):
        assert np.array_equal(
            score(MIXED, mutual_worth=worth).reach, score(MIXED, mutual_worth=worth, mutual_giving=0).reach
        )


def test_reach__counts_who_gives_for_more():
    # Bob gives half of his attention for nothing: his follow of ann counts 0.4 (1 + 1.5 / 2).
    scores = score(MIXED)
    assert influencegraph.audience(scores, "ann").counted == pytest.approx(0.7 / 2)
    assert influencegraph.audience(scores, "bob").counted == pytest.approx(0.4)
    assert influencegraph.audience(scores, "ann").engaged is None
    assert "at least 40% here" in str(influencegraph.audience(scores, "ann"))


@pytest.mark.parametrize("n", [0, 1, 3])
def test_reach__without_follows_is_the_launch(n):
    graph = FollowerGraph.from_arrays(np.empty(0, np.int64), np.empty(0, np.int64), labels=np.arange(n))
    assert score(graph, mutual_giving=1).reach.tolist() == [1.0] * n


def test_settings__say_it_and_are_saved(tmp_path):
    scores = score(MIXED, mutual_giving=0.5)
    assert "mutual_giving=0.5" in str(scores.settings)
    scores.save(tmp_path / "scores.npz")
    assert influencegraph.Scores.load(tmp_path / "scores.npz").settings == scores.settings
    assert "mutual_giving=0" in str(score(MIXED, mutual_giving=0).settings)
    assert "mutual_giving" not in str(score(MIXED, method="pagerank").settings)


def test_settings__of_version_1_are_read_as_what_they_were(tmp_path):
    scores = score(MIXED, mutual_worth=0.5, mutual_giving=0)
    old = replace(scores.settings, version=1, mutual_giving=None)
    replace(scores, settings=old).save(tmp_path / "scores.npz")
    loaded = influencegraph.Scores.load(tmp_path / "scores.npz")
    assert loaded.settings == replace(old, mutual_giving=0.0)
    change = influencegraph.compare_scores(loaded, score(MIXED), graphs=[MIXED, MIXED])
    assert change.settings_changed["mutual_giving"] == (0.0, 1.5)


def test_batch__cases_may_differ_in_it():
    graph = influencegraph.simulate_network(600, farm_size=5, ring_size=5).graph
    cases = [{"mutual_giving": share} for share in (0.0, 0.5, 1.0)]
    for case, scores in zip(cases, influencegraph.score_batch(graph, cases), strict=True):
        assert np.array_equal(scores.reach, score(graph, **case).reach)
    topics = score(MIXED, mutual_giving=1, topics={"a": ["ann"]})
    assert np.array_equal(topics["a"].reach, score(MIXED, mutual_giving=1, teleport=["ann"]).reach)


@pytest.mark.parametrize("value", [-0.1, float("inf"), float("nan"), "much", None])
def test_score__refuses_what_is_no_number_above_0(value):
    with pytest.raises(InvalidArgument, match=r"mutual_giving .* finite and >= 0"):
        score(MIXED, mutual_giving=value)


def test_score__other_methods_refuse_it():
    with pytest.raises(InvalidArgument, match="method 'pagerank' does not use it"):
        score(MIXED, method="pagerank", mutual_giving=0.5)


def test_advice__counts_what_the_former_friend_then_gives():
    # Ann ends her follow of bob, who then gives everything but dan's part one-way.
    follows = [("ann", "bob"), ("bob", "ann"), ("bob", "dan"), ("dan", "bob"), ("dan", "ann")]
    graph = FollowerGraph.from_arrays(*zip(*follows, strict=True))
    scores = score(graph, mutual_giving=1, tolerance=1e-12)
    line = influencegraph.advise(scores, "ann", tolerance=1e-9).lines[0]
    after = influencegraph.what_if(scores).unfollow("ann", "bob").score()
    earned = [
        influencegraph.earned_reach(each, "ann", tolerance=1e-9)["ann"].earned for each in (scores, after)
    ]
    assert line.earned_change == pytest.approx(earned[1] - earned[0], abs=1e-6)
    assert line.reach_change == pytest.approx(after["ann"].reach - scores["ann"].reach, abs=1e-6)


def test_comparison__says_that_a_follower_gives_more():
    # Bob gives dan some of his attention for nothing, too, and his follow of ann counts more for it.
    before = score(MIXED, mutual_giving=1)
    after = influencegraph.what_if(before).follow("bob", "dan").score()
    change = influencegraph.compare_scores(before, after).explain("ann")
    assert change.parts["giving"] > 0
    assert change.parts["mutual_giving"] == 0.0
    assert "1 mutual follower (bob) gives more where nothing comes back" in str(change)
    after = influencegraph.what_if(before).set(mutual_giving=0.2).score()
    change = influencegraph.compare_scores(before, after).explain("ann")
    assert change.parts["mutual_giving"] < 0
    assert change.parts["giving"] == 0.0
    told = " ".join(str(change).split())
    assert "mutual follows now count up to 20% more for what followers give one-way, not 100%" in told


def test_reach__does_not_depend_on_threads():
    graph = influencegraph.simulate_network(12_000, farm_size=0, ring_size=0, rng=2).graph
    one, two = (score(graph, mutual_giving=1, n_threads=n) for n in (1, 2))
    assert np.array_equal(one.reach, two.reach)
    assert np.array_equal(one.lower, two.lower)


def test_reach__is_right_where_plain_steps_take_over(monkeypatch):
    """Beyond what partitions can certify, rows are stepped one by one, in several spans of accounts."""
    rng = np.random.default_rng(5)
    follower, followed = rng.integers(0, 6_000, 60_000), rng.integers(0, 20_000, 60_000)
    back = (followed < 6_000) & (rng.random(60_000) < 0.8)
    columns = np.r_[follower, followed[back]], np.r_[followed, follower[back]]
    graph = FollowerGraph.from_arrays(*columns, labels=np.arange(20_000))
    exact = score(graph, tolerance=1e-12, layout="pull")
    taken, plain = [], Stepper.__init__

    def note(self, transition, prepared, *others):
        taken.append(prepared)
        plain(self, transition, prepared, *others)

    monkeypatch.setattr(Stepper, "__init__", note)
    monkeypatch.setattr(certificate, "_SPAN", 1_000)
    with pytest.warns(InfluenceGraphWarning, match="float64 cannot do better"):
        scores = score(graph, tolerance=1e-17, layout="partitioned", not_converged="warn", n_threads=1)
    assert taken[-1] is None
    assert len(taken) > 1
    np.testing.assert_allclose(scores.reach, exact.reach, rtol=1e-9)
    assert scores.ledger.discounted == pytest.approx(exact.ledger.discounted, abs=1e-9)
