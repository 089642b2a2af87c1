"""What of a follow counts where engagement is known."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled


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


@compiled
def spare_givers(
    indices, indptr, mutual_start, worth, more, given, weights, engagement, half, first, last, out_theta,
    out_passed,
):  # fmt: skip
    """Do what `spare_follows` does where `rho` depends on the follower as well; O(their follows).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        The follower of each follow.
    indptr, mutual_start, worth, weights, engagement, half
        As in `spare_follows`.
    more, given : float64 (n_accounts,)
        ``rho_uv = worth_v + more_v given_u``.
    out_theta, out_passed : out, float64 (n_follows,)
    """
    for v in range(first, last):
        for i in range(np.uint64(indptr[v]), np.uint64(indptr[v + 1])):
            theta = 1.0
            if i >= np.uint64(mutual_start[v]):
                rho = min(1.0, worth[v] + more[v] * given[indices[i]])
                spared = engagement[i] / (engagement[i] + half)
                theta = rho + (1.0 - rho) * spared
            out_theta[i] = theta
            out_passed[i] = theta * weights[i]
