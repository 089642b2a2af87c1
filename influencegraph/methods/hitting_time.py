"""Hitting time: how likely a walk is to reach the account before it jumps (Hopcroft & Sheldon, WAW 2007).

    h_v = P(a walk that starts as the teleport says ever visits v) = T_v / (n G_vv),    G = (I - a P)^-1

T is the undiscounted reach, P_uv = w_uv/W_u; a walk goes on with probability a, and stops at an account
that follows nobody. The expected time until v is hit by walk after walk is (1 - h)/(h (1 - a)) steps where
everybody follows somebody (their Theorem 1): whoever is hit sooner is hit likelier. h depends on no
follow of v's own, so none of them can raise it.

G_vv counts the visits of a walk from v to v, and such a walk never leaves the accounts that can reach each
other: one dense inverse for each strongly connected part gives all G_vv exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.plain import flatten, read_rows
from influencegraph.solvers.solve import propagate

Floats = NDArray[np.float64]

LARGEST_PART = 4096
"""Accounts that all reach each other: an inverse of this size takes seconds and some 500 MB."""
_AT_ONCE = 1 << 24
"""Entries of the matrices inverted in one call: 128 MiB."""


def compute_hitting_time(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return probabilities; O(sweeps x follows), and k^3 for each k accounts that all reach each other.

    Raises
    ------
    InvalidArgument
        If more than `LARGEST_PART` accounts all reach each other.
    """
    assert settings.damping is not None
    graph = flatten(graph, settings)
    parts = _find_parts(graph)
    largest = int(parts.sizes.max(initial=0))
    if largest > LARGEST_PART:
        raise InvalidArgument.because(
            f"method is 'hitting_time', and {largest:,} accounts of this network all reach each other",
            f"each {LARGEST_PART:,} at most do, because a dense matrix of that size is inverted",
            "Use earned_reach(score(graph, method='pagerank'), accounts) for some of them, and divide by n.",
            name="method",
            value="hitting_time",
        )
    reach = propagate(graph, settings, launch, effort).reach
    visits = _count_visits(graph, settings.damping, parts)[graph.node_of]
    return Outcome(np.minimum(reach / (max(graph.n_accounts, 1) * visits), 1.0))


class _Parts(NamedTuple):
    """Strongly connected parts, and the follows within them, by node.

    `part` is each node's, `sizes` their accounts; `follower`, `followed` and `share` are the follows.
    """

    part: NDArray[np.int32]
    sizes: NDArray[np.int64]
    follower: NDArray[np.int64]
    followed: NDArray[np.int64]
    share: Floats


def _find_parts(graph: FollowerGraph) -> _Parts:
    """Return parts and the follows within them, each with its ``w/W``; O(follows)."""
    n = graph.n_accounts
    rows, out_weights = read_rows(graph)
    follower = graph.followers.indices.astype(np.int64)
    followed = np.repeat(np.arange(n), graph.in_degrees)
    share = (1.0 if rows.weights is None else rows.weights) / out_weights[follower]
    carries = share > 0
    follower, followed, share = follower[carries], followed[carries], share[carries]
    if not n:
        return _Parts(np.zeros(0, np.int32), np.zeros(0, np.int64), follower, followed, share)
    import scipy.sparse  # late: it takes as long to load as numba
    from scipy.sparse.csgraph import connected_components

    matrix = scipy.sparse.coo_array((np.ones(len(share), np.int8), (follower, followed)), shape=(n, n))
    _, part = connected_components(matrix.tocsr(), directed=True, connection="strong")
    within = part[follower] == part[followed]
    return _Parts(part, np.bincount(part), follower[within], followed[within], share[within])


def _count_visits(graph: FollowerGraph, damping: float, parts: _Parts) -> Floats:
    """Return ``G_vv`` by node: 1 where no walk comes back."""
    visits = np.ones(graph.n_accounts)
    order = np.argsort(parts.part, kind="stable")
    first = np.cumsum(parts.sizes) - parts.sizes
    place = np.empty(len(order), np.int64)  # of each node within its part
    place[order] = np.arange(len(order)) - np.repeat(first, parts.sizes)
    size_of = parts.sizes[parts.part[parts.follower]]
    for size in np.unique(parts.sizes[parts.sizes > 1]).tolist():
        chosen = np.flatnonzero(size_of == size)
        for some in _take(np.flatnonzero(parts.sizes == size), max(1, _AT_ONCE // size**2)):
            slot = np.full(len(parts.sizes), -1)
            slot[some] = np.arange(len(some))
            follows = chosen[slot[parts.part[parts.follower[chosen]]] >= 0]
            u, v = parts.follower[follows], parts.followed[follows]
            matrices = np.tile(np.eye(size), (len(some), 1, 1))
            matrices[slot[parts.part[u]], place[u], place[v]] = -damping * parts.share[follows]
            members = order[first[some][:, None] + np.arange(size)]
            visits[members] = np.linalg.inv(matrices).diagonal(axis1=1, axis2=2)
    return visits


def _take(items: NDArray[np.int64], count: int) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(items), count):
        yield items[start : start + count]


METHOD = Method(
    unit="probability of being reached",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping", "teleport", "half_life"}),
    compute=compute_hitting_time,
)
