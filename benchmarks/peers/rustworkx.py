"""rustworkx: Rust. Its tolerance is per account."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows

TITLE = "rustworkx"
REQUIREMENTS = ("rustworkx==0.18.1", "numpy==2.4.6")
VARIANTS = {"": ""}
FOLLOWS_MAX = 20_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import rustworkx

    hints = {"node_count_hint": follows.n_accounts, "edge_count_hint": len(follows.follower)}
    graph = rustworkx.PyDiGraph(multigraph=True, **hints)
    graph.add_nodes_from([None] * follows.n_accounts)
    graph.extend_from_edge_list(list(zip(follows.follower.tolist(), follows.followed.tolist(), strict=True)))
    return graph


def solve(model: Any, setting: float) -> tuple[Any, None]:
    import rustworkx

    ranked = rustworkx.pagerank(model, alpha=0.85, tol=setting / model.num_nodes(), max_iter=SWEEPS_MAX)
    return ranked, None


def join(model: Any, answer: Any) -> Any:
    return np.fromiter(answer.values(), float, len(answer))
