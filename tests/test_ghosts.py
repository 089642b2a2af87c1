"""Remembered returns: what is kept of them, where they go, what is refused."""

from __future__ import annotations

import copy
import pickle

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph import FollowerGraph
from influencegraph.edits import EditScript
from influencegraph.ghosts import FAINTEST, Ghosts, add_ghosts, find_returns
from influencegraph.testing import follower_graphs


def remembered(graph):
    """Return {(who unfollowed, whom): strength}, by label."""
    pairs, strengths = find_returns(graph)
    ends = [tuple(graph.labels[pair].tolist()) for pair in pairs]
    return dict(zip(ends, strengths.tolist(), strict=True))


@st.composite
def haunted_graphs(draw, max_accounts=6, **more):
    """A graph that remembers returns, and the strengths as a dense array: S[u, v] of the follow u -> v."""
    graph = draw(follower_graphs(max_accounts, **more))
    n = graph.n_accounts
    strengths = st.sampled_from([1.0, 0.5, 2.0**-40]) | st.floats(0, 1)
    rows = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), strengths), max_size=12))
    haunted = add_ghosts(graph, [row[:2] for row in rows], [row[2] for row in rows])
    csr, _ = graph.rows_by_position()
    exists = np.zeros((n, n), bool)
    exists[np.repeat(np.arange(n), np.diff(csr.indptr)), csr.indices] = True
    S = np.zeros((n, n))  # noqa: N806 - a matrix
    for v, u, strength in rows:
        if exists[u, v] and strength >= FAINTEST:
            S[u, v] = max(S[u, v], strength)
    return haunted, S


@hypothesis.given(haunted_graphs())
def test_add_ghosts__keeps_the_strongest_of_what_is_followed(case):
    graph, S = case  # noqa: N806 - a matrix
    u, v = np.nonzero(S)
    assert remembered(graph) == {(b, a): S[a, b] for a, b in zip(u.tolist(), v.tolist(), strict=True)}
    if graph.ghosts is None:
        assert not S.any()
    else:
        assert np.all(np.diff(graph.ghosts.follows) > 0)
        assert np.all(graph.ghosts.follows < graph.n_follows)


@hypothesis.given(haunted_graphs(), st.data())
def test_add_ghosts__one_by_one_is_all_at_once(case, data):
    graph, _ = case
    pairs, strengths = find_returns(graph)
    order = data.draw(st.permutations(range(len(pairs))))
    bare = again = FollowerGraph(**{**vars_of(graph), "ghosts": None})
    for row in order:
        again = add_ghosts(again, pairs[[row]], strengths[[row]])
    assert remembered(again) == remembered(graph) == remembered(add_ghosts(bare, pairs, strengths))


def vars_of(graph):
    return graph.__getstate__()


@pytest.mark.parametrize("move", [copy.copy, copy.deepcopy, lambda graph: pickle.loads(pickle.dumps(graph))])
def test_ghosts__pickled_and_copied_are_the_same_and_read_only(move):
    graph = add_ghosts(FollowerGraph.from_arrays(["b", "c"], ["a", "b"]), [[0, 1]], [0.25])
    moved = move(graph)
    assert remembered(moved) == {("a", "b"): 0.25}
    assert repr(moved) == repr(graph)
    assert "1 remembered return" in repr(graph)
    with pytest.raises(ValueError, match="read-only"):
        moved.ghosts.strengths[0] = 1.0


@hypothesis.given(haunted_graphs())
def test_ghosts__saved_and_loaded_are_the_same(tmp_path_factory, case):
    graph, _ = case
    path = tmp_path_factory.getbasetemp() / "haunted.npz"
    graph.save(path)
    assert remembered(FollowerGraph.load(path)) == remembered(graph)


def test_ghosts__go_with_their_accounts_when_linked():
    # bob followed ann@x, was followed back and is not any more; ann@y follows cat, who ended hers.
    graph = FollowerGraph.from_arrays(["bob", "ann@y", "dan"], ["ann@x", "cat", "bob"])
    at = {label: place for place, label in enumerate(graph.labels)}
    ended = [[at["ann@x"], at["bob"]], [at["cat"], at["ann@y"]], [at["bob"], at["dan"]]]
    graph = add_ghosts(graph, ended, [0.5, 0.25, 1.0])
    assert len(remembered(graph)) == 3
    linked = graph.link({"ann": ["ann@x", "ann@y"]})
    assert remembered(linked) == {("ann", "bob"): 0.5, ("cat", "ann"): 0.25, ("bob", "dan"): 1.0}
    # As one person bob and cat follow ann, who follows cat: what each ended has begun anew.
    both = graph.link({"ann": ["ann@x", "ann@y"], "bob": ["bob", "cat"]})
    assert remembered(both) == {("ann", "bob"): 0.5, ("bob", "ann"): 0.25, ("bob", "dan"): 1.0}


def test_ghosts__stay_with_follows_that_edits_leave():
    graph = FollowerGraph.from_arrays(["b", "c", "d", "e"], ["a", "a", "a", "a"])
    graph = add_ghosts(graph, [[0, 1], [0, 2], [0, 3], [0, 4]], [0.5, 0.25, 0.125, 1.0])
    script = EditScript(graph)
    script.unfollow("c", "a")
    script.follow("a", "d", 1.0)
    script.remove("e")
    script.follow("f", "b", 1.0)
    edited = script.find_changes().build()
    assert remembered(edited) == {("a", "b"): 0.5, ("a", "d"): 0.125}  # though a follows d again
    script.remove("a")
    assert remembered(script.find_changes().build()) == {}


def test_ghosts__move_where_a_layer_makes_follows_mutual():
    graph = FollowerGraph.from_arrays(["b", "a", "c"], ["a", "b", "a"], weights=[0.0, 1.0, 1.0])
    graph = add_ghosts(graph, [[0, 2]], [0.5])
    layered = graph.with_layer("acts", ["b"], ["a"], [1])
    assert remembered(layered) == remembered(graph) == {("a", "c"): 0.5}


@pytest.mark.parametrize(
    ("returns", "strengths", "message"),
    [
        ([[0, 1, 2]], [0.5], "returns is"),
        ([[0.0, 1.0]], [0.5], "returns is"),
        ([[0, 3]], [0.5], "returns in row 0 is"),
        ([[-1, 0]], [0.5], "returns in row 0 is"),
        ([[0, 1]], [0.5, 0.5], "strengths has shape"),
        ([[0, 1], [1, 0]], [0.5, np.nan], "strengths in row 1 is nan"),
        ([[0, 1]], [1.5], "strengths in row 0 is 1.5"),
    ],
)
def test_add_ghosts__refuses(returns, strengths, message):
    graph = FollowerGraph.from_arrays(["b", "c"], ["a", "b"])
    with pytest.raises(influencegraph.errors.InvalidArgument, match=message):
        add_ghosts(graph, returns, strengths)


def test_add_ghosts__of_nothing_is_none():
    empty = FollowerGraph.from_arrays([], [])
    assert add_ghosts(empty, [], []).ghosts is None
    graph = FollowerGraph.from_arrays(["b", "c"], ["a", "b"])
    assert add_ghosts(graph, [[0, 1]], [FAINTEST / 2]).ghosts is None
    assert repr(Ghosts(np.array([0, 2]), np.array([0.5, 0.25]))) == (
        "Ghosts(2 remembered returns, strength 0.75 in all)"
    )
