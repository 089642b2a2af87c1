"""Small networks to attack: labels of both kinds, weights, layers, ghosts."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from influencegraph import FollowerGraph
from influencegraph.ghosts import add_ghosts
from influencegraph.testing import follower_graphs

LABELS = {
    "as drawn": lambda n: np.arange(n),
    "highest": lambda n: 2**63 - 1 - np.arange(n)[::-1],
    "below zero": lambda n: -1 - np.arange(n),
    "strings": lambda n: [f"fake-{number:05d}" for number in range(n)],
}


@st.composite
def networks(draw: Any) -> FollowerGraph:
    """Draw a network of up to eight accounts, some with taken names, layers or ghosts."""
    drawn = draw(follower_graphs())
    n = drawn.n_accounts
    labels = np.array(LABELS[draw(st.sampled_from(sorted(LABELS)))](n))
    follower, followed, weights = drawn.to_arrays()
    if draw(st.booleans()):
        weights = None
    graph = FollowerGraph.from_arrays(labels[follower], labels[followed], weights, labels=labels)
    if draw(st.booleans()):
        times = draw(st.sampled_from([None, np.arange(len(follower), dtype=float)]))
        counts = np.arange(len(follower)) % 3
        graph = graph.with_layer("likes", labels[follower], labels[followed], counts, times=times, weight=0.5)
    if draw(st.booleans()):
        pairs = np.argwhere(~np.eye(n, dtype=bool))
        graph = add_ghosts(graph, pairs, np.full(len(pairs), 0.25))
    return graph


def make_empty() -> FollowerGraph:
    """Return the network of nobody."""
    return FollowerGraph.from_arrays(np.empty(0, np.int64), np.empty(0, np.int64))
