"""Single follows pass on what the dense twin says."""

import numpy as np
import oracles
from hypothesis import given

import influencegraph
from influencegraph.attention import Attention
from influencegraph.testing import follower_graphs, settings


def rows_and_columns(graph, chosen):
    """Return P by positions, read once by columns and once by rows."""
    attention = Attention(graph, influencegraph.score(graph, **chosen).settings)
    n = graph.n_accounts
    by_columns, by_rows = np.zeros((n, n)), np.zeros((n, n))
    position = graph.position_of.astype(int)
    for node in range(n):
        received, given_ = attention.into(node), attention.out_of(node)
        assert np.all(np.diff(received.nodes) > 0)
        by_columns[position[received.nodes], position[node]] = received.passed
        by_rows[position[node], position[given_.nodes]] = given_.passed
    return by_columns, by_rows


@given(follower_graphs(max_accounts=7), settings())
def test_attention__equals_the_twin_by_rows_and_by_columns(graph, chosen):
    worths = {
        name: chosen[name] for name in ("mutual_worth", "mutual_capacity", "mutual_giving") if name in chosen
    }
    expected = oracles.transition(graph.to_scipy().toarray(), **worths)
    for found in rows_and_columns(graph, chosen):
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=0)


def test_attention__is_made_once_for_the_same_settings():
    graph = influencegraph.FollowerGraph.from_arrays([1, 2], [2, 3])
    settings_ = influencegraph.score(graph).settings
    first = Attention.of(graph, settings_)
    assert Attention.of(graph, settings_) is first
    assert Attention.of(graph, influencegraph.score(graph, mutual_worth=0).settings) is not first
