"""Vectors of the solver for flat networks; see `influencegraph.solvers.staged`.

Sums over a span are float64. Where accounts pass on another amount along their mutual follows, these lie
behind the others, as in `influencegraph.kernels.mix`.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def guess_followers(indptr, mutual_start, launch, worth, one_way, mutual, first, last, out):
    """Write what the followers of accounts `first` to `last` pass on if all pass on as much; O(accounts).

    Parameters
    ----------
    indptr, mutual_start : int64
        Where the followers of each account begin, and its mutual ones.
    launch, worth : float32 (n_spreading,)
    one_way, mutual : float32
        What comes along each follow.
    out : out, float32 (n_spreading,)

    Returns
    -------
    tuple of float
        The sums of `launch`, and of `out`.
    """
    launched, total = 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        n_one_way = np.float32(mutual_start[v] - indptr[v])
        n_mutual = np.float32(indptr[v + _ONE] - mutual_start[v])
        out[v] = one_way * n_one_way + mutual * worth[v] * n_mutual
        launched += np.float64(launch[v])
        total += np.float64(out[v])
    return launched, total


@compiled
def pass_on(reach, inverse, first, last, out_per_weight):
    """Write what accounts `first` to `last` pass on per unit of weight; O(accounts).

    Parameters
    ----------
    reach : float32 (n_spreading,)
    inverse : float32 (n_spreading,), or twice as many
        ``1 / W_u``.
    out_per_weight : out, float32, as `inverse`
    """
    for v in range(np.uint64(first), np.uint64(last)):
        out_per_weight[v] = reach[v] * inverse[v]
    if out_per_weight.size > reach.size:
        behind = np.uint64(reach.size)
        for v in range(np.uint64(first), np.uint64(last)):
            out_per_weight[behind + v] = reach[v] * inverse[behind + v]


@compiled
def begin(launch, factor, inverse, first, last, reach, per_weight):
    """Make what `guess_followers` wrote a vector, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    launch : float32 (n_spreading,)
    factor : float32
        What it is multiplied by.
    inverse : float32 (n_spreading,), or twice as many
        ``1 / W_u``.
    reach : float32 (n_spreading,)
        Written.
    per_weight : out, float32, as `inverse`

    Returns
    -------
    float
        The sum of the new `reach`.
    """
    size = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        reach[v] = launch[v] + factor * reach[v]
        size += np.float64(reach[v])
    pass_on(reach, inverse, first, last, per_weight)
    return size


@compiled
def take_step(stepped, first, last, reach):
    """Take over the step of accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    stepped : float32 (n_spreading,)
    reach : float32 (n_spreading,)
        Written.

    Returns
    -------
    tuple of float
        The sums of ``|stepped - reach|``, ``stepped - reach`` and ``|stepped|``, of the `reach` before.
    """
    moved, change, size = 0.0, 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        value = stepped[v]
        step = np.float64(value) - np.float64(reach[v])
        moved += abs(step)
        change += step
        size += abs(np.float64(value))
        reach[v] = value
    return moved, change, size


@compiled
def add_multiple(other, factor, inverse, first, last, reach, per_weight):
    """Add a multiple of a vector to that of accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    other : float32 (n_spreading,)
        May be `reach` itself.
    factor : float32
    inverse : float32 (n_spreading,), or twice as many
        ``1 / W_u``.
    reach : float32 (n_spreading,)
        Raised.
    per_weight : out, float32, as `inverse`
    """
    for v in range(np.uint64(first), np.uint64(last)):
        reach[v] += factor * other[v]
    pass_on(reach, inverse, first, last, per_weight)
