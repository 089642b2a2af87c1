"""NetworKit: C++ with OpenMP. Dangling mass is spread, and convergence measured in L1, on request."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows
from benchmarks.peers.labelling import number_labels

TITLE = "NetworKit"
REQUIREMENTS = ("networkit==11.3", "numpy==2.4.6", "pandas==3.1.1")
PACKAGES = ("networkit", "numpy")
VARIANTS = {"": ""}
FOLLOWS_MAX = 100_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import networkit

    networkit.setNumberOfThreads(n_threads)
    ends = follows.follower.astype(np.int64), follows.followed.astype(np.int64)
    return networkit.GraphFromCoo(ends, n=follows.n_accounts, directed=True), None


def build_labelled(follows: Follows, variant: str, n_threads: int) -> Any:
    labels, ids = number_labels(follows)
    return build(ids, variant, n_threads)[0], labels


def solve(model: Any, setting: float) -> tuple[Any, int]:
    from networkit import centrality

    sinks = centrality.SinkHandling.DistributeSinks
    ranking = centrality.PageRank(model[0], damp=0.85, tol=setting, distributeSinks=sinks)
    ranking.maxIterations, ranking.norm = SWEEPS_MAX, centrality.Norm.L1_NORM
    ranking.run()
    return ranking, ranking.numberOfIterations()


def join(model: Any, answer: Any) -> Any:
    values = np.asarray(answer.scores())
    return values if model[1] is None else (model[1], values)
