"""Which follows are returned: each row split into one-way and mutual followers."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def split_rows(followers, weights, following, following_weights, node_of, position_of, out_start):
    """Reorder each row of `followers` to ``[one-way | mutual]``, both parts in their old order.

    A follow is mutual if both directions have positive weight. O(follows): each row's followees leave
    a stamp, and each follower looks for its own.

    Parameters
    ----------
    followers : Csr
        In node numbers; its indices are reordered in place.
    weights : float64 (n_follows,) or None
        Aligned with them; reordered in place.
    following : Csr
        The transpose, in positions.
    following_weights : float64 (n_follows,) or None
    node_of, position_of : uint32 (n_accounts,)
        Node number of each position, and back.
    out_start : out, int64 (n_accounts,)
        Where the mutual part of each row begins.
    """
    n = position_of.size
    stamp = np.full(n, n, np.int64)
    longest = 0
    for v in range(n):
        longest = max(longest, followers.indptr[v + 1] - followers.indptr[v])
    mutual_nodes = np.empty(longest, np.uint32)
    mutual_weights = np.empty(longest if weights is not None else 0, np.float64)
    for v in range(n):
        row = np.uint64(position_of[v])
        for i in range(np.uint64(following.indptr[row]), np.uint64(following.indptr[row + _ONE])):
            if following_weights is None or following_weights[i] > 0.0:
                stamp[node_of[following.indices[i]]] = v
        start = np.uint64(followers.indptr[np.uint64(v)])
        stop = np.uint64(followers.indptr[np.uint64(v) + _ONE])
        kept = start
        found = np.uint64(0)
        for i in range(start, stop):
            u = followers.indices[i]
            if stamp[u] == v and (weights is None or weights[i] > 0.0):
                mutual_nodes[found] = u
                if weights is not None:
                    mutual_weights[found] = weights[i]
                found += _ONE
            else:
                followers.indices[kept] = u
                if weights is not None:
                    weights[kept] = weights[i]
                kept += _ONE
        out_start[v] = kept
        for i in range(found):
            followers.indices[kept + i] = mutual_nodes[i]
            if weights is not None:
                weights[kept + i] = mutual_weights[i]
