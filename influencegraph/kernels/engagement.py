"""What of a follow counts where engagement is known."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def spare_follows(
    followers, mutual_start, worth, regard, weights, engagement, half, first, last, out_theta, out_passed
):  # fmt: skip
    """Write theta of each follow of rows `first` to `last`, and theta times its weight; O(their follows).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    worth : float64 (n_accounts,)
        What a mutual follow of each account is worth.
    regard : float64 (n_accounts,), or None
        What that is multiplied by for the mutual follows of each account.
    weights, engagement : float64 (n_follows,)
        `w` and `k`.
    half : float
        Engagement at which half of the discount is spared; inf spares nothing.
    out_theta, out_passed : out, float64 (n_follows,)
    """
    indices, indptr = followers.indices, followers.indptr
    for v in range(np.uint64(first), np.uint64(last)):
        for i in range(np.uint64(indptr[v]), np.uint64(indptr[v + _ONE])):
            theta = 1.0
            if i >= np.uint64(mutual_start[v]):
                rho = worth[v] if regard is None else worth[v] * regard[indices[i]]
                spared = engagement[i] / (engagement[i] + half)
                theta = rho + (1.0 - rho) * spared
            out_theta[i] = theta
            out_passed[i] = theta * weights[i]
