"""The strategies draw what the discount is about."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from influencegraph.errors import InvalidArgument
from influencegraph.testing import follower_graphs, settings, teleports

EXAMPLES = 400


def test_strategies__shares_of_examples():
    seen = {"mutual": 0, "binding": 0, "dangling": 0, "weighted": 0, "seeded": 0}
    total = 0

    @hypothesis.settings(max_examples=EXAMPLES)
    @hypothesis.given(follower_graphs(), settings(), st.data())
    def measure(graph, chosen, data):
        nonlocal total
        total += 1
        held = graph.mutual_counts.max()
        out = graph.to_scipy().sum(axis=1)
        seen["mutual"] += held > 0
        seen["binding"] += held > chosen["mutual_capacity"]
        seen["dangling"] += bool((out == 0).any())
        seen["weighted"] += graph.weights is not None
        seen["seeded"] += bool((data.draw(teleports(graph.n_accounts)) == 0).any())

    measure()
    assert total >= EXAMPLES / 2
    assert seen["mutual"] >= 0.3 * total
    assert seen["binding"] >= 0.2 * total
    assert seen["dangling"] >= 0.2 * total
    assert seen["weighted"] >= 0.2 * total
    assert seen["seeded"] >= 0.2 * total


@hypothesis.given(follower_graphs(5, weighted=True, min_accounts=3))
def test_follower_graphs__arguments(graph):
    assert 3 <= graph.n_accounts <= 5
    assert graph.weights is not None


def test_follower_graphs__no_accounts():
    with pytest.raises(InvalidArgument, match="max_accounts is 0"):
        follower_graphs(0)
