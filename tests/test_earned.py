"""Earned reach equals its twin, lies in its interval, and obeys its laws."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph, Scores, earned_reach, score
from influencegraph.errors import InvalidArgument, UnknownAccount
from influencegraph.testing import follower_graphs, settings, teleports

GRAPH = FollowerGraph.from_arrays(
    ["ann", "bob", "cat", "dan"], ["bob", "ann", "bob", "ann"], labels=["eve", "dan", "cat", "bob", "ann"]
)


@given(follower_graphs(max_accounts=9), settings(), st.data())
def test_earned_reach__equals_the_twin(graph, chosen, data):
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    scores = score(graph, teleport=teleport, **chosen)
    exact = oracles.earned_reach(graph.to_scipy().toarray(), teleport=teleport, **chosen)
    for tolerance in (0.2, 1e-3, 1e-12):
        found = earned_reach(scores, tolerance=tolerance)
        assert np.all((found.lower <= exact + 1e-12) & (exact <= found.upper + 1e-12))
        assert np.all(found.upper - found.lower <= tolerance * scores.upper + 1e-7)
        assert np.all(found.values <= scores.upper)
        if teleport is None:
            assert np.all(found.lower >= 1 - 1e-12)


def test_earned_reach__some_accounts_in_the_order_asked_for():
    scores = score(GRAPH)
    all_of_them = earned_reach(scores)
    some = earned_reach(scores, ["ann", "cat"])
    assert some.labels.tolist() == ["ann", "cat"]
    assert some["ann"] == all_of_them["ann"]
    assert earned_reach(scores, "ann").values.tolist() == [some["ann"].earned]
    assert list(some.to_columns()) == ["account", "earned", "lower", "upper"]
    numbers = FollowerGraph.from_arrays([3, 1], [1, 3])
    assert earned_reach(score(numbers), np.array([3])).labels.tolist() == [3]
    assert earned_reach(score(numbers), 3)[3].account == 3
    with pytest.raises(UnknownAccount):
        some["bob"]
    with pytest.raises(UnknownAccount):
        earned_reach(scores, ["zoe"])
    with pytest.raises(InvalidArgument, match="names 'ann' twice"):
        earned_reach(scores, ["ann", "bob", "ann"])


def test_earned_reach__the_bytes_do_not_depend_on_threads_nor_on_the_others():
    graph = influencegraph.simulate_network(1_000, farm_size=20, ring_size=10, rng=1).graph
    scores = score(graph)
    told = []
    one = earned_reach(scores, n_threads=1, progress=lambda done, n: told.append((done, n)))
    four = earned_reach(scores, n_threads=4)
    for name in ("values", "lower", "upper", "returns_lower", "returns_upper"):
        assert getattr(one, name).tobytes() == getattr(four, name).tobytes()
    assert one.n_follows_read == four.n_follows_read
    assert told[-1] == (len(scores), len(scores))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    alone = earned_reach(scores, "farm-003")
    assert alone["farm-003"] == one["farm-003"]
    exact = oracles.earned_reach(graph.to_scipy().toarray())
    assert np.all((one.lower <= exact + 1e-9) & (exact <= one.upper + 1e-9))
    assert np.all(one.upper - one.lower <= 1.01e-3 * scores.reach)


def test_earned_reach__a_push_that_is_cut_off_is_wider_and_true(monkeypatch):
    graph = influencegraph.simulate_network(500, farm_size=10, ring_size=5, rng=1).graph
    scores = score(graph)
    monkeypatch.setattr("influencegraph.earned.FOLLOWS_MAX", np.uint64(200))
    cut = earned_reach(scores, tolerance=1e-6)
    exact = oracles.earned_reach(graph.to_scipy().toarray())
    assert np.all((cut.lower <= exact + 1e-9) & (exact <= cut.upper + 1e-9))
    assert np.max((cut.upper - cut.lower) / scores.reach) > 1e-6


def test_earned_reach__loaded_scores_need_their_graph(tmp_path):
    scores = score(GRAPH)
    scores.save(tmp_path / "scores.npz")
    loaded = Scores.load(tmp_path / "scores.npz")
    with pytest.raises(InvalidArgument, match=r"these scores have no graph; .* was scored as graph="):
        earned_reach(loaded)
    assert earned_reach(loaded, graph=GRAPH).values.tolist() == earned_reach(scores).values.tolist()
    with pytest.raises(InvalidArgument, match="same accounts as the scores"):
        earned_reach(loaded, graph=FollowerGraph.from_arrays(["ann"], ["bob"]))
    with pytest.raises(InvalidArgument, match=r"graph is \[\]; it must be a FollowerGraph"):
        earned_reach(loaded, graph=[])


def test_earned_reach__other_mistakes_and_methods():
    with pytest.raises(InvalidArgument, match="'followers'; earned reach needs a propagation method"):
        earned_reach(score(GRAPH, method="followers"))
    with pytest.raises(InvalidArgument, match="scores is a FollowerGraph"):
        earned_reach(GRAPH)
    with pytest.raises(InvalidArgument, match="tolerance is 0"):
        earned_reach(score(GRAPH), tolerance=0)
    with pytest.raises(InvalidArgument, match="n_threads is 0"):
        earned_reach(score(GRAPH), n_threads=0)
    exact = oracles.earned_reach(GRAPH.to_scipy().toarray(), mutual_worth=1.0, mutual_capacity=np.inf)
    found = earned_reach(score(GRAPH, method="pagerank"), tolerance=1e-9)
    np.testing.assert_allclose(found.values, exact, rtol=1e-8)


def test_earned_reach__an_empty_graph_and_text():
    empty = earned_reach(score(FollowerGraph.from_arrays([], [])))
    assert len(empty) == 0
    assert repr(empty).splitlines() == ["Earned reach of 0 accounts", "read 0 follows"]
    graph = FollowerGraph.from_arrays(range(12), range(1, 13))
    assert repr(earned_reach(score(graph))).splitlines()[-1] == "... and 3 more"


def test_earned_reach__redacted_accounts_are_left_out():
    scores = score(GRAPH)
    shown = scores.redact(["bob"])
    found, whole = earned_reach(shown), earned_reach(scores)
    assert found.labels.tolist() == ["eve", "dan", "cat", "ann"]
    assert [found[account] for account in found.labels] == [whole[account] for account in found.labels]
    assert earned_reach(shown, "ann")["ann"] == whole["ann"]
    with pytest.raises(UnknownAccount):
        earned_reach(shown, "bob")
