"""Pushes of both directions, absorbed or not, in slices or at once."""

import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

import influencegraph
from influencegraph import push
from influencegraph.attention import Attention
from influencegraph.push import Backward, Forward, bound_visits
from influencegraph.testing import follower_graphs, settings


def matrices(graph, chosen, absorbing=None):
    """Return attention, and G by node, of the network where walks end at `absorbing`."""
    attention = Attention.of(graph, influencegraph.score(graph, **chosen).settings)
    A = graph.to_scipy().toarray()  # noqa: N806 - the letters of docs/mathematics.md
    worths = {name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving")}
    order = graph.position_of.astype(int)
    P = oracles.transition(A, **worths)[np.ix_(order, order)]  # noqa: N806 - as above
    if absorbing is not None:
        P[absorbing] = 0
    return attention, np.linalg.inv(np.eye(len(P)) - chosen["damping"] * P)


@given(follower_graphs(max_accounts=8), settings(), st.data())
def test_walks__lie_in_their_intervals_at_every_goal(graph, chosen, data):
    n = graph.n_accounts
    node, start = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    for absorbing in (None, node):
        attention, visits = matrices(graph, chosen, absorbing)
        everyone = np.arange(n)
        forward = Forward(attention, np.array([start]), np.ones(1), 0, absorbing=absorbing)
        backward = Backward(attention, node, absorbing)
        for goal in (0.5, 0.01, 1e-13):  # pushed on from where it was
            forward.push(goal)
            backward.push(goal)
            if start != absorbing:
                found = forward.at(everyone)
                assert np.all((found.lower <= visits[start] + 1e-12) & (visits[start] <= found.upper + 1e-12))
            found = backward.at(everyone)
            assert np.all((found.lower <= visits[:, node] + 1e-12) & (visits[:, node] <= found.upper + 1e-12))
        assert np.all(found.error < 1e-10)
        assert forward.residual < 1e-11 or start == absorbing


@given(follower_graphs(max_accounts=8), settings())
def test_bound_visits__holds(graph, chosen):
    attention, visits = matrices(graph, chosen)
    diagonal, off = bound_visits(attention, np.arange(graph.n_accounts))
    others = visits - np.diag(np.diag(visits))
    assert np.all(np.diag(visits) <= diagonal * (1 + 1e-12))
    assert np.all(others.max(axis=0) <= off + 1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_walks__in_slices_are_the_same_bits(weighted, monkeypatch):
    rng = np.random.default_rng(2)
    follower, followed = rng.integers(0, 300, (2, 4000))
    graph = influencegraph.FollowerGraph.from_arrays(
        follower, followed, rng.random(4000) if weighted else None, labels=np.arange(300)
    )
    attention = Attention.of(graph, influencegraph.score(graph).settings)
    start, amounts = np.arange(5), np.ones(5)
    whole = Forward(attention, start, amounts, 0).push(1e-6), Backward(attention, 3).push(1e-6)
    monkeypatch.setattr(push, "FOLLOWS_MAX", np.uint64(7))
    sliced = Forward(attention, start, amounts, 0).push(1e-6), Backward(attention, 3).push(1e-6)
    everyone = np.arange(300)
    for one, other in zip(whole, sliced, strict=True):
        assert one.n_follows == other.n_follows > graph.n_follows
        assert one.n_follows_visited <= graph.n_follows
        assert one.steps_to(everyone).tobytes() == other.steps_to(everyone).tobytes()
        assert one.at(everyone).upper.tobytes() == other.at(everyone).upper.tobytes()
