"""The best multiple of a vector and of its step; see `influencegraph.solvers.scale`."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled


@compiled
def sum_parts(launch, reach, stepped, first, last, out_sums):
    """Add up accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    launch, reach, stepped : float64 (n_accounts,)
    out_sums : out, float64 (3,)
        ``stepped - reach``, its absolute values, and the launch.
    """
    drift, residual, launched = 0.0, 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        change = stepped[v] - reach[v]
        drift += change
        residual += abs(change)
        launched += launch[v]
    out_sums[0], out_sums[1], out_sums[2] = drift, residual, launched


@compiled
def sum_scaled(launch, reach, stepped, factor, first, last):
    """Return the sum of absolute residuals of ``factor reach``, accounts `first` to `last`; O(accounts)."""
    residual = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        residual += abs(factor * (stepped[v] - reach[v]) + (1.0 - factor) * launch[v])
    return residual


@compiled
def scale_step(launch, roundings, factor, n_spreading, first, last, reach, stepped, out_sums):
    """Multiply reach, and make its step that of the product, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    launch : float64 (n_accounts,)
    roundings : Roundings
        Those behind the step afterwards.
    n_spreading : int
        From here on reach is set to its step, as `spread_attention` does.
    reach, stepped : float64 (n_accounts,)
        Written.
    out_sums : out, float64 (2,)
        ``|stepped - reach|`` and ``(roundings + 1) stepped``.
    """
    residual, noise = 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        value = launch[v] + factor * (stepped[v] - launch[v])
        stepped[v] = value
        reach[v] = factor * reach[v] if v < np.uint64(n_spreading) else value
        residual += abs(value - reach[v])
        noise += (roundings.counts[v] + roundings.more + 1.0) * value
    out_sums[0], out_sums[1] = residual, noise
