"""The model of docs/mathematics.md as dense matrices, for networks of a few accounts.

    P_uv = theta_uv w_uv / W_u,    theta_uv = 1, or c_u min(1, B / m_v) where v follows u back
    c_u = min(1, delta (1 + eta g_u)),    g_u = share of u's weight on one-way follows
    G = (I - a P)^-1

Row u is what u's attention does. Nothing here shares code with the solvers or the kernels.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph

Floats = NDArray[np.float64]


class Model(NamedTuple):
    """A small network's matrices; entry (u, v) belongs to the follow u -> v.

    Attributes
    ----------
    damping : float
    is_mutual : ndarray of bool, shape (n, n)
        Whether the follow is returned.
    mutual_counts : ndarray, shape (n,)
        ``m_v``.
    shares : ndarray, shape (n, n)
        ``w_uv / W_u``.
    regard : ndarray, shape (n,)
        ``c_u``.
    theta, passed : ndarray, shape (n, n)
        What a follow is worth, and what it passes on: ``P``.
    visits : ndarray, shape (n, n)
        ``G``: visits to v of a walk that starts at u.
    """

    damping: float
    is_mutual: NDArray[np.bool_]
    mutual_counts: NDArray[np.int64]
    shares: Floats
    regard: Floats
    theta: Floats
    passed: Floats
    visits: Floats

    @property
    def returns(self) -> Floats:
        """``f_v = 1 - 1/G_vv``: how likely a walk from v comes back."""
        return 1.0 - 1.0 / np.diag(self.visits)

    @property
    def arrivals(self) -> Floats:
        """``F_uv = G_uv / G_vv``: how likely a walk from u ever reaches v."""
        return self.visits / np.diag(self.visits)

    @property
    def one_way(self) -> Floats:
        """Shares ``w_uv / W_u`` of one-way follows, 0 elsewhere."""
        return np.where(self.is_mutual, 0.0, self.shares)

    @property
    def mutual(self) -> Floats:
        """Shares ``w_uv / W_u`` of mutual follows, 0 elsewhere."""
        return np.where(self.is_mutual, self.shares, 0.0)


def make_model(weights: Floats, settings: dict[str, Any]) -> Model:
    """Return the matrices of the network `weights` under `settings`."""
    damping = settings["damping"]
    is_mutual = (weights > 0) & (weights.T > 0)
    mutual_counts = is_mutual.sum(axis=0)
    out = weights.sum(axis=1, keepdims=True)
    shares = np.divide(weights, out, out=np.zeros_like(weights), where=out > 0)
    given = np.where(is_mutual, 0.0, shares).sum(axis=1)
    regard = np.minimum(1.0, settings["mutual_worth"] * (1.0 + settings.get("mutual_giving", 0.0) * given))
    capacity = settings["mutual_capacity"] / np.maximum(mutual_counts, 1)
    theta = np.where(is_mutual, regard[:, None] * np.minimum(1.0, capacity), 1.0)
    passed = theta * shares
    visits = np.linalg.inv(np.eye(len(weights)) - damping * passed)
    return Model(damping, is_mutual, mutual_counts, shares, regard, theta, passed, visits)


def read_weights(graph: FollowerGraph) -> Floats:
    """Return the dense matrix of weights: entry (u, v) says how much u follows v."""
    matrix: Floats = np.asarray(graph.to_scipy().toarray(), np.float64)
    return matrix


def make_graph(weights: Any, *, weighted: bool = True) -> FollowerGraph:
    """Return the network of a dense matrix, labelled 0, 1, 2, ...; unweighted if asked."""
    weights = np.asarray(weights, np.float64)
    follower, followed = np.nonzero(weights)
    given = weights[follower, followed] if weighted else None
    return FollowerGraph.from_arrays(follower, followed, given, labels=np.arange(len(weights)))


def is_weighted(graph: FollowerGraph) -> bool:
    """Return whether the follows carry weights."""
    return graph.follow_weights is not None


def find_launch(n_accounts: int, settings: dict[str, Any]) -> Floats:
    """Return the attention that starts at each account; it sums to `n_accounts`."""
    teleport = settings.get("teleport")
    if teleport is None:
        return np.ones(n_accounts)
    launch: Floats = np.asarray(teleport, np.float64) * (n_accounts / teleport.sum())
    return launch


def count_hits(model: Model, launch: Floats, members: list[int]) -> float:
    """Return how many of the walks that start as `launch` ever reach one of `members`: ``n P_t(hit S)``."""
    inside = np.array(members, np.int64)
    outside = np.setdiff1d(np.arange(len(launch)), inside)
    inner = model.damping * model.passed[np.ix_(outside, outside)]
    visits = np.linalg.solve(np.eye(outside.size) - inner.T, launch[outside])
    entering = model.damping * model.passed[np.ix_(outside, inside)].sum(axis=1)
    return float(launch[inside].sum() + visits @ entering)
