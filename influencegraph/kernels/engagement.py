"""Find follows by their two ends, and what of a follow counts where engagement is known."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def find_follows(followers, mutual_start, sources, targets, out):
    """Find the follow from each source to its target; O(log of the target's followers) each.

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    sources, targets : int64 (pairs,)
        Nodes, or -1.
    out : out, int64 (pairs,)
        The place in ``followers.indices``, or -1 where there is no such follow.
    """
    for pair in range(np.uint64(sources.size)):
        out[pair] = -1
        source, target = sources[pair], targets[pair]
        if source < 0 or target < 0:
            continue
        middle = mutual_start[target]
        for part in range(2):
            low = middle if part else followers.indptr[target]
            end = followers.indptr[target + 1] if part else middle
            high = end
            while low < high:
                place = (low + high) >> 1
                if followers.indices[place] < source:
                    low = place + 1
                else:
                    high = place
            if low < end and followers.indices[low] == source:
                out[pair] = low


@compiled
def spare_follows(indptr, mutual_start, worth, weights, engagement, half, first, last, out_theta, out_passed):
    """Write theta of each follow of rows `first` to `last`, and theta times its weight; O(their follows).

    Parameters
    ----------
    indptr, mutual_start : int64
        Of the rows.
    worth : float64 (n_accounts,)
        `rho_v`.
    weights, engagement : float64 (n_follows,)
        `w` and `k`.
    half : float
        Engagement at which half of the discount is spared; inf spares nothing.
    out_theta, out_passed : out, float64 (n_follows,)
    """
    for v in range(first, last):
        rho = worth[v]
        for i in range(np.uint64(indptr[v]), np.uint64(indptr[v + 1])):
            theta = 1.0
            if i >= np.uint64(mutual_start[v]):
                spared = engagement[i] / (engagement[i] + half)
                theta = rho + (1.0 - rho) * spared
            out_theta[i] = theta
            out_passed[i] = theta * weights[i]
