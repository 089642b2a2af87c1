"""NetworkX graphs: an edge ``u -> v`` means that u follows v."""

import sys

import networkx
import pytest

from influencegraph import FollowerGraph, InvalidFollows, MissingExtra, score

EDGES = [("ann", "bob"), ("bob", "ann"), ("cat", "bob")]


def test_networkx__edges_are_follows_and_nodes_are_accounts():
    made = networkx.DiGraph([*EDGES[::-1], ("dan", "dan")])
    made.add_node("zoe")
    graph = FollowerGraph.from_networkx(made)
    assert graph.labels.tolist() == ["ann", "bob", "cat", "dan", "zoe"]
    assert graph.followers_of("bob").tolist() == ["ann", "cat"]
    assert graph.report.self_follows == 1
    assert graph.follow_weights is None
    back = graph.to_networkx()
    assert set(back.edges) == set(EDGES)
    assert list(back.nodes) == graph.labels.tolist()
    assert not any(data for _, _, data in back.edges(data=True))


def test_networkx__weights_and_parallel_edges_add_up():
    made = networkx.MultiDiGraph()
    made.add_edge(2, 1, w=1.5)
    made.add_edge(2, 1, w=2)
    made.add_edge(1, 2, w=0)
    graph = FollowerGraph.from_networkx(made, "w")
    assert graph.weights.tolist() == [0.0, 3.5]
    assert graph.to_networkx()[2][1]["weight"] == 3.5
    assert [type(node) for node in graph.to_networkx()] == [int, int]
    again = FollowerGraph.from_networkx(graph.to_networkx(), "weight")
    assert score(again).reach.tobytes() == score(graph).reach.tobytes()


def test_networkx__empty_and_without_edges():
    assert FollowerGraph.from_networkx(networkx.DiGraph()).n_accounts == 0
    alone = networkx.DiGraph()
    alone.add_nodes_from([3, 1])
    assert FollowerGraph.from_networkx(alone).labels.tolist() == [1, 3]


@pytest.mark.parametrize(
    ("edges", "weight", "match"),
    [
        ([(1, "a")], None, "type str|integers"),
        ([(1.0, 2.0)], None, "float"),
        ([((1, 2), (3, 4))], None, "tuple"),
        ([(True, 1), (5, 6)], None, "bool"),
        ([(None.__class__, 1)], None, "type"),
        ([("", "a")], None, "empty"),
        ([(1, 2)], "weight", "has weight=None"),
        ([(1, 2, {"weight": "3"})], "weight", "has weight='3'"),
        ([(1, 2, {"weight": True})], "weight", "has weight=True"),
        ([(1, 2, {"weight": float("nan")})], "weight", "nan"),
        ([(1, 2, {"weight": -1})], "weight", "-1"),
        ([(1, 2, {"weight": [1]})], "weight", "weight"),
        ([(1, 2, {"weight": 10**400})], "weight", "weight"),
    ],
)
def test_networkx__refusals(edges, weight, match):
    with pytest.raises(InvalidFollows, match=match):
        FollowerGraph.from_networkx(networkx.DiGraph(edges), weight)


def test_networkx__undirected_and_strangers_are_refused_with_the_remedy():
    with pytest.raises(InvalidFollows, match=r"graph\.to_directed\(\)"):
        FollowerGraph.from_networkx(networkx.Graph(EDGES))
    for stranger in (None, EDGES, {"ann": ["bob"]}):
        with pytest.raises(InvalidFollows, match=r"networkx\.DiGraph"):
            FollowerGraph.from_networkx(stranger)


def test_networkx__missing_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtra, match=r"pip install 'influencegraph\[networkx\]'"):
        FollowerGraph.from_arrays([1], [2]).to_networkx()
