"""scikit-network: its default solver, and the one of its solvers whose fixed point is PageRank's.

`piteration` gives what dangling accounts hold back to themselves, `diteration` and `push` are float32 and
stop near 1e-4; `RH` sums the walks, and is right after normalising.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import ITERATIONS, SWEEPS_MAX, TOLERANCES, Follows

TITLE = "scikit-network"
REQUIREMENTS = ("scikit-network==0.33.5", "numpy==2.4.6")
VARIANTS = {"piteration": "", "RH": ""}
FOLLOWS_MAX = 30_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES if variant == "piteration" else ITERATIONS


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import scipy.sparse

    n = follows.n_accounts
    ones = np.ones(len(follows.follower), bool)
    return scipy.sparse.csr_matrix((ones, (follows.follower, follows.followed)), shape=(n, n)), variant


def solve(model: Any, setting: float) -> tuple[Any, int | None]:
    from sknetwork.ranking import PageRank

    matrix, solver = model
    effort = {"n_iter": SWEEPS_MAX, "tol": setting} if solver == "piteration" else {"n_iter": setting}
    ranked = PageRank(damping_factor=0.85, solver=solver, **effort).fit_predict(matrix)
    return ranked, setting if solver == "RH" else None


def join(model: Any, answer: Any) -> Any:
    return answer
