"""Without discount the shares are NetworkX's PageRank, to 1e-10."""

from __future__ import annotations

import math

import hypothesis
import networkx
import numpy as np
import pytest
from hypothesis import strategies as st

import influencegraph
from influencegraph.testing import follower_graphs, teleports

UNDISCOUNTED = [{"method": "pagerank"}, {"mutual_worth": 1.0, "mutual_capacity": math.inf}]


def compare(graph, damping, teleport, weight):
    """Run NetworkX until its steps change less than 1e-12 in all, and compare both of our ways."""
    theirs = graph.to_networkx()
    n = graph.n_accounts
    start = None if teleport is None else dict(zip(graph.labels.tolist(), teleport.tolist(), strict=True))
    expected = networkx.pagerank(
        theirs, alpha=damping, personalization=start, max_iter=5000, tol=1e-12 / n, weight=weight
    )
    for chosen in UNDISCOUNTED:
        scores = influencegraph.score(graph, damping=damping, teleport=teleport, tolerance=1e-12, **chosen)
        found = dict(zip(scores.labels.tolist(), scores.share.tolist(), strict=True))
        assert found == pytest.approx(expected, abs=1e-10)


@hypothesis.given(follower_graphs(), st.sampled_from((0.85, 0.5, 0.95)), st.data())
def test_pagerank__small_networks(graph, damping, data):
    teleport = data.draw(st.none() | teleports(graph.n_accounts))
    compare(graph, damping, teleport, None if graph.weights is None else "weight")


@pytest.mark.parametrize("weighted", [False, True])
def test_pagerank__random_network(weighted):
    rng = np.random.default_rng(5)
    follower, followed = rng.integers(0, 2000, (2, 12_000)) ** 2 // 2000
    weights = rng.exponential(size=follower.size) if weighted else None
    graph = influencegraph.FollowerGraph.from_arrays(follower, followed, weights)
    compare(graph, 0.85, None, "weight" if weighted else None)
