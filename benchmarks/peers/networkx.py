"""NetworkX, whose pagerank runs on SciPy. Its tolerance is per account."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows

TITLE = "NetworkX"
REQUIREMENTS = ("networkx==3.6.1", "scipy==1.17.1", "numpy==2.4.6")
VARIANTS = {"": ""}
FOLLOWS_MAX = 5_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import networkx

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(follows.n_accounts))
    graph.add_edges_from(zip(follows.follower.tolist(), follows.followed.tolist(), strict=True))
    return graph


def solve(model: Any, setting: float) -> tuple[Any, None]:
    import networkx

    ranked = networkx.pagerank(model, alpha=0.85, tol=setting / len(model), max_iter=SWEEPS_MAX)
    return ranked, None


def join(model: Any, answer: Any) -> Any:
    return np.fromiter(answer.values(), float, len(answer))
