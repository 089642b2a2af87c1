"""Advice is true: what it says of ending a follow is what scoring anew says."""

# ruff: noqa: N803, N806 - the letters of docs/mathematics.md

import numpy as np
import oracles
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph, Scores, advise, score
from influencegraph.errors import InvalidArgument, UnknownAccount
from influencegraph.testing import follower_graphs, settings, teleports
from influencegraph.testing.model import make_graph

GRAPH = FollowerGraph.from_arrays(
    ["ann", "ann", "bob", "cat", "dan", "dan"], ["bob", "cat", "ann", "bob", "ann", "bob"],
    labels=["eve", "dan", "cat", "bob", "ann"],
)  # fmt: skip


def recompute(graph, account, other, **chosen):
    """Score anew without the follow: change of earned reach and of reach."""
    follower, followed, weights = graph.to_arrays()
    kept = ~((follower == account) & (followed == other))
    less = FollowerGraph.from_arrays(
        follower[kept], followed[kept], None if weights is None else weights[kept], labels=graph.labels
    )
    before, after = (score(each, tolerance=1e-13, **chosen) for each in (graph, less))
    earned = [influencegraph.earned_reach(each, account, tolerance=1e-9) for each in (before, after)]
    return (
        earned[1][account].earned - earned[0][account].earned,
        after[account].reach - before[account].reach,
    )


def earned_and_reach(A, v, chosen):
    """Reach of v where walks end at v, and where they go on; by steps, which need no solver's threads."""
    into = scipy.sparse.csr_array(oracles.transition(A, **chosen).T)
    reach = np.ones((2, len(A)))
    for _ in range(220):
        ended = reach[0] * (np.arange(len(A)) != v)
        reach = 1 + 0.85 * np.array([into @ ended, into @ reach[1]])
    return reach[:, v]


def follows_of(A, v):
    return np.flatnonzero(A[v]).tolist()


GIVING = st.sampled_from([0.0, 0.7, 1.5, 6.0])


@given(follower_graphs(max_accounts=8), settings(), GIVING, st.data())
def test_advise__equals_the_twin(graph, chosen, giving, data):
    chosen["mutual_giving"] = giving
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    v = data.draw(st.integers(0, graph.n_accounts - 1))
    A = graph.to_scipy().toarray()
    scores = score(graph, teleport=teleport, tolerance=1e-12, **chosen)
    advice = advise(scores, v, top=None, tolerance=1e-10)
    assert sorted(line.account for line in advice.lines) == graph.following_of(v).tolist()
    scale = max(1.0, scores.reach[v])
    assert advice.earned == pytest.approx(
        oracles.earned_reach(A, teleport=teleport, **chosen)[v], abs=1e-6 * scale
    )
    for line in advice.lines:
        earned, reach = oracles.ending(A, v, line.account, teleport=teleport, **chosen)
        assert line.earned_change == pytest.approx(earned, abs=1e-6 * scale)
        assert line.reach_change == pytest.approx(reach, abs=1e-6 * scale)
        assert line.earned_error < 1e-6 * scale
        assert line.reach_error < 1e-5 * scale
        assert line.is_mutual == (A[v, line.account] > 0 and A[line.account, v] > 0)


@given(follower_graphs(max_accounts=8), settings(), st.data())
def test_advise__ending_a_follow_never_lowers_what_is_earned(graph, chosen, data):
    chosen["mutual_giving"] = data.draw(GIVING)
    v = data.draw(st.integers(0, graph.n_accounts - 1))
    for line in advise(score(graph, **chosen), v, top=None).lines:
        assert line.earned_change >= 0
        assert line.is_mutual or (line.earned_change, line.earned_error, line.at_stake) == (0.0, 0.0, 0.0)


@given(follower_graphs(max_accounts=8, weighted=False), settings(), st.data())
def test_advise__unlimited_capacity_gives_the_formula(graph, chosen, data):
    """Section 4: a (1 - theta) w/W (y_u - y_v G_vu / G_vv), and theta of that is at stake."""
    chosen["mutual_capacity"] = np.inf
    v = data.draw(st.integers(0, graph.n_accounts - 1))
    A = graph.to_scipy().toarray()
    chosen["mutual_giving"] = 0.0
    T, G, theta = oracles.reach(A, **chosen), oracles.walks(A, **chosen), chosen["mutual_worth"]
    for line in advise(score(graph, **chosen), v, top=None).lines:
        if line.is_mutual:
            z = line.account
            brought = chosen["damping"] / A[z].sum() * (T[z] - T[v] * G[v, z] / G[v, v])
            assert line.earned_change == pytest.approx((1 - theta) * brought, abs=1e-4)
            assert line.at_stake == pytest.approx(theta * brought, abs=1e-4)


@effort(max_examples=50)
@given(st.integers(0, 10**6), st.sampled_from([1, 3, 150]), st.sampled_from([0.5, 0.0, 0.9]), st.booleans())
def test_advise__its_top_five_are_those_of_a_full_recomputation(seed, capacity, worth, weighted):
    rng = np.random.default_rng(seed)
    A = (rng.random((16, 16)) < 0.35) * (rng.integers(1, 9, (16, 16)) if weighted else 1.0)
    A = np.where(rng.random((16, 16)) < 0.5, np.maximum(A, A.T), A).astype(float)
    np.fill_diagonal(A, 0)
    graph = make_graph(A, weighted=weighted)
    chosen = {"mutual_capacity": capacity, "mutual_worth": worth, "mutual_giving": seed % 3}
    v = int(np.argmax((A > 0).sum(axis=1)))
    advice = advise(score(graph, tolerance=1e-12, **chosen), v, top=5, tolerance=1e-10)
    changes = {z: oracles.ending(A, v, z, **chosen) for z in follows_of(A, v)}
    best = sorted((earned for earned, _ in changes.values()), reverse=True)[:5]
    assert [changes[line.account][0] for line in advice.lines] == pytest.approx(best, abs=1e-8)


@pytest.mark.parametrize("giving", [0.0, 1.5])
@pytest.mark.parametrize("account", ["farm-003", "ring-010", "organic-003"])
def test_advise__a_simulated_network(account, giving):
    graph = influencegraph.simulate_network(500, farm_size=30, ring_size=15, rng=4).graph
    chosen = {"mutual_capacity": 10, "mutual_giving": giving}
    advice = advise(score(graph, tolerance=1e-12, **chosen), account, top=5)
    A, v = graph.to_scipy().toarray(), graph.accounts.position(account)
    before, changes = earned_and_reach(A, v, chosen), {}
    for z in follows_of(A, v):
        after = A.copy()
        after[v, z] = 0
        changes[graph.labels[z]] = earned_and_reach(after, v, chosen) - before
    assert advice.n_following == len(changes) > 5
    best = sorted((earned for earned, _ in changes.values()), reverse=True)[:5]
    assert [changes[line.account][0] for line in advice.lines] == pytest.approx(best, abs=1e-5)
    for line in advice.lines:
        earned, reach = changes[line.account]
        assert abs(line.earned_change - earned) <= line.earned_error + 1e-9
        assert abs(line.reach_change - reach) <= line.reach_error + 1e-9
    found = recompute(graph, account, advice.lines[0].account, **chosen)
    assert found == pytest.approx(tuple(changes[advice.lines[0].account]), abs=1e-6)


def test_advise__text_says_what_is_certain_and_what_is_not():
    advice = advise(score(GRAPH), "ann")
    text = str(advice)
    assert text.startswith("What ending a follow would do to ann, who follows 2: earned reach ")
    assert "Certain, all else unchanged: " in text
    assert "a follow-back may be withdrawn" in text
    assert "cools off slowly" in text
    assert advice.has_gain
    assert "if the follow-back stays" in advice.verdict


def test_advise__says_where_nothing_is_gained():
    graph = FollowerGraph.from_arrays(["ann", "bob"], ["bob", "cat"])
    advice = advise(score(graph), "bob")
    assert not advice.has_gain
    assert (
        advice.verdict
        == "Nothing to gain: ending no follow adds 1 % to the earned reach (the best adds 0.00%)."
    )
    advice = advise(score(graph), "cat")
    assert (advice.lines, advice.n_following, advice.has_gain) == ([], 0, False)
    assert "It follows nobody" in str(advice)
    assert list(advice.to_columns()) == list(advise(score(graph), "bob").to_columns())


def test_advise__columns_and_labels():
    columns = advise(score(GRAPH), "ann").to_columns()
    assert list(columns) == [
        "account", "is_mutual", "earned_change", "earned_error", "reach_change", "reach_error", "at_stake",
    ]  # fmt: skip
    assert columns["account"].tolist() == ["bob", "cat"]
    assert columns["is_mutual"].tolist() == [True, False]
    numbers = FollowerGraph.from_arrays([3, 1, 3], [1, 3, 2])
    advice = advise(score(numbers), 3, top=1)
    assert (advice.account, advice.lines[0].account, len(advice.lines)) == (3, 1, 1)
    assert advice.to_columns()["account"].dtype == np.int64


def test_advise__weights_that_carry_nothing_and_an_only_follow():
    graph = FollowerGraph.from_arrays([0, 0, 1, 2], [1, 2, 0, 0], [1.0, 0.0, 1.0, 1.0])
    lines = {line.account: line for line in advise(score(graph), 0).lines}
    assert (lines[2].is_mutual, lines[2].earned_change) == (False, 0.0)
    assert lines[2].reach_change == pytest.approx(0.0, abs=1e-12)
    A = graph.to_scipy().toarray()
    assert lines[1].reach_change == pytest.approx(oracles.ending(A, 0, 1)[1], abs=1e-6)
    assert lines[1].reach_error < 1e-6


def test_advise__weights_too_far_apart_to_tell_have_an_error_that_says_so():
    graph = FollowerGraph.from_arrays([0, 0, 2, 1], [1, 2, 0, 0], [1e308, 5e-324, 1.0, 1.0])
    lines = {line.account: line for line in advise(score(graph), 0).lines}
    rest = FollowerGraph.from_arrays([0, 2, 1], [2, 0, 0])
    change = score(rest)[0].reach - score(graph)[0].reach
    assert lines[1].reach_error > 0.1
    assert abs(lines[1].reach_change - change) <= lines[1].reach_error


def test_advise__methods_and_mistakes(tmp_path):
    with pytest.raises(InvalidArgument, match="advice needs a propagation method"):
        advise(score(GRAPH, method="followers"), "ann")
    assert not advise(score(GRAPH, method="pagerank"), "ann").has_gain
    scores = score(GRAPH)
    scores.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match="Pass the graph that was scored as graph="):
        advise(loaded, "ann")
    assert advise(loaded, "ann", graph=GRAPH).lines == advise(scores, "ann").lines
    with pytest.raises(UnknownAccount):
        advise(scores, "zoe")
    with pytest.raises(InvalidArgument, match="top is 0"):
        advise(scores, "ann", top=0)
    with pytest.raises(InvalidArgument, match="tolerance is -1"):
        advise(scores, "ann", tolerance=-1)


def test_advise__redacted_accounts_have_no_line():
    scores = score(GRAPH)
    shown, whole = advise(scores.redact(["bob"]), "ann"), advise(scores, "ann")
    assert shown.lines == whole.lines[1:]
    assert shown.n_following == whole.n_following == 2
    assert "bob" not in str(shown)
    assert "bob" not in repr(shown)
    assert "All whom it follows" in advise(scores.redact(["bob", "cat"]), "ann").verdict
    with pytest.raises(UnknownAccount):
        advise(scores.redact(["bob"]), "bob")
