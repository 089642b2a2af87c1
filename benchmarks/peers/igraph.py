"""igraph: PRPACK, which has no tolerance to set."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import Follows

TITLE = "igraph PRPACK"
REQUIREMENTS = ("igraph==1.0.0", "numpy==2.4.6")
VARIANTS = {"": ""}
FOLLOWS_MAX = 30_000_000


def grid(variant: str) -> tuple[None, ...]:
    return (None,)


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import igraph

    # Pairs of Python integers: measured faster than the array that it also takes.
    ends = zip(follows.follower.tolist(), follows.followed.tolist(), strict=True)
    return igraph.Graph(n=follows.n_accounts, edges=ends, directed=True)


def solve(model: Any, setting: None) -> tuple[Any, None]:
    return model.pagerank(directed=True, damping=0.85, implementation="prpack"), None


def join(model: Any, answer: Any) -> Any:
    return np.asarray(answer)
