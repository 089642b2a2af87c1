"""SALSA: HITS as a random walk, between followers and followed (Lempel & Moran, Computer Networks 2000).

A walk goes from a followed account to one of its followers, and from there to one whom that one follows.
In each connected part of the network of followers on one side and followed on the other, the walk is at v
as often as v is followed, so there is nothing to repeat (their Proposition 2 and 6):

    s_v = W_in(v) / (all W_in of the part) * (followed accounts of the part) / (all followed accounts)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.plain import flatten


def compute_salsa(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return authorities, which sum to 1 where there is any follow; O(follows), exact but for rounding."""
    graph, n = flatten(graph, settings), graph.n_accounts
    followed = np.repeat(np.arange(n), graph.in_degrees)
    follower = graph.followers.indices
    weights = graph.follow_weights
    if weights is not None:
        carries = weights > 0
        followed, follower, weights = followed[carries], follower[carries], weights[carries]
    if not len(followed):
        return Outcome(np.zeros(n))
    part, n_parts = _find_parts(followed, follower, n)
    if weights is not None:
        largest = np.zeros(n_parts)
        np.maximum.at(largest, part[followed], weights)
        weights = weights / largest[part[followed]]  # at most 1, so that no sum overflows
    into = np.bincount(followed, weights, minlength=n).astype(np.float64)
    is_followed = into > 0
    totals = np.bincount(part, into, minlength=n_parts)
    sizes = np.bincount(part, is_followed, minlength=n_parts)
    values = np.zeros(n)
    of = part[is_followed]
    values[is_followed] = into[is_followed] / totals[of] * (sizes[of] / len(of))
    return Outcome(values[graph.node_of])


def _find_parts(
    followed: NDArray[np.int64], follower: NDArray[np.uint32], n: int
) -> tuple[NDArray[np.int32], int]:
    """Return the part of each account as one that is followed, and how many parts there are.

    An account stands on both sides: as v where it is followed, as n + v where it follows.
    """
    ends = followed, n + follower.astype(np.int64)
    import scipy.sparse  # late: it takes as long to load as numba
    from scipy.sparse.csgraph import connected_components

    both = scipy.sparse.coo_array((np.ones(len(followed), np.int8), ends), shape=(2 * n, 2 * n))
    n_parts, part = connected_components(both.tocsr(), directed=False)
    return part[:n], n_parts


METHOD = Method(unit="share of all authority", fixed={}, free=frozenset({"half_life"}), compute=compute_salsa)
