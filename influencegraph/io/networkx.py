"""NetworkX graphs <-> edge arrays. An edge ``u -> v`` means that u follows v."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from influencegraph.build import build_graph
from influencegraph.errors import InvalidFollows, MissingExtra, shorten
from influencegraph.graph import FollowerGraph

if TYPE_CHECKING:
    import networkx


def read_networkx(graph: Any, weight: str | None = None) -> FollowerGraph:
    """Build a graph from anything that looks like a networkx.DiGraph; O(edges), in Python."""
    if not callable(getattr(graph, "is_directed", None)) or not hasattr(graph, "edges"):
        raise InvalidFollows.because(
            f"the graph is {shorten(type(graph).__name__)}",
            "it is a networkx.DiGraph",
            "For arrays use from_arrays, for SciPy from_scipy.",
        )
    if not graph.is_directed():
        raise InvalidFollows.because(
            "the graph is undirected",
            "a follow has a direction",
            "Pass graph.to_directed() if every edge is a mutual follow.",
        )
    follower: list[Any] = []
    followed: list[Any] = []
    weights: list[Any] = []
    for u, v, data in graph.edges(data=True):
        follower.append(u)
        followed.append(v)
        if weight is not None:
            weights.append(_weight(data, weight, u, v))
    nodes = list(graph.nodes)
    if any(all(isinstance(node, kind) for node in nodes) for kind in (int, str)):
        nodes.sort()
    return build_graph(follower, followed, None if weight is None else weights, nodes)


def _weight(data: dict[str, Any], weight: str, u: Any, v: Any) -> Any:
    value = data.get(weight)
    if value is None or isinstance(value, bool | str):
        raise InvalidFollows.because(
            f"the edge {shorten(u)} -> {shorten(v)} has {weight}={shorten(value)}",
            "every edge has a number",
            "Give it one, or leave weight out.",
        )
    return value


def make_networkx(graph: FollowerGraph) -> networkx.DiGraph:
    """Return a networkx.DiGraph of the labels."""
    try:
        import networkx
    except ImportError:
        raise MissingExtra.for_package("networkx", "networkx", "to_networkx") from None
    result = networkx.DiGraph()
    result.add_nodes_from(graph.labels.tolist())
    follower, followed, weights = graph.to_arrays()
    if weights is None:
        result.add_edges_from(zip(follower.tolist(), followed.tolist(), strict=True))
    else:
        result.add_weighted_edges_from(
            zip(follower.tolist(), followed.tolist(), weights.tolist(), strict=True)
        )
    return result
