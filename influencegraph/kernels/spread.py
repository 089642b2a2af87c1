"""Attention takes one step along every follow, pulled by the followed.

Rows are the followed; each row of `indices` lists the followers, one-way ones first, mutual ones from
``mutual_start`` on, so that the discount needs one number per row and no number per follow::

    stepped_v = launch_v + a (sum_oneway q_u + worth_v sum_mutual q'_u),   q_u = reach_u / W_u

``q'`` is ``q`` where followers count alike, and else ``q'_u = c_u reach_u / W_u``, which lies behind it in
the same array: from as far on as that is larger than the vector (`influencegraph.solvers.transition`).

Sums are taken in a fixed shape (four chains within blocks of `BLOCK` follows), which makes the bits
independent of threads and keeps the rounding of a hub with a million followers to some 1,300
operations instead of a million: `count_roundings` says how many, and the certificate rests on it.

Index arithmetic is unsigned throughout: numba's wrap-around test for negative indices costs a pull
1.2 to 2 times its time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencegraph.kernels.jit import compiled

BLOCK = 1024
_ONE, _FOUR, _BLOCK = np.uint64(1), np.uint64(4), np.uint64(BLOCK)


class Roundings(NamedTuple):
    """Operations behind each account's step: its own `counts`, float64 (n_accounts,), and `more` of all."""

    counts: np.ndarray
    more: float


def count_roundings(degrees: np.ndarray) -> np.ndarray:
    """Bound the additions that any one term goes through in a row's sum.

    Parameters
    ----------
    degrees : ndarray of int64, shape (n_accounts,)
        Followers of each account.

    Returns
    -------
    ndarray of float64, shape (n_accounts,)
        Four chains of a quarter block, at most three left over, three to join the chains, and one per
        block; one block more, because one-way and mutual followers are summed apart.
    """
    operations: np.ndarray = np.minimum(degrees, BLOCK) // 4 + 6.0 + degrees // BLOCK + 2.0
    return operations


@compiled
def _sum_plain(amounts, indices, start, stop):
    total = np.float64(0)  # of float32 amounts as well, compiled or not
    i = start
    while i < stop:
        end = min(i + _BLOCK, stop)
        a = b = c = d = np.float64(0)
        while i + _FOUR <= end:
            a += amounts[indices[i]]
            b += amounts[indices[i + _ONE]]
            c += amounts[indices[i + np.uint64(2)]]
            d += amounts[indices[i + np.uint64(3)]]
            i += _FOUR
        while i < end:
            a += amounts[indices[i]]
            i += _ONE
        total += (a + b) + (c + d)
    return total


@compiled
def _sum_weighted(amounts, indices, weights, start, stop):
    total = np.float64(0)
    i = start
    while i < stop:
        end = min(i + _BLOCK, stop)
        a = b = c = d = np.float64(0)
        while i + _FOUR <= end:
            a += weights[i] * amounts[indices[i]]
            b += weights[i + _ONE] * amounts[indices[i + _ONE]]
            c += weights[i + np.uint64(2)] * amounts[indices[i + np.uint64(2)]]
            d += weights[i + np.uint64(3)] * amounts[indices[i + np.uint64(3)]]
            i += _FOUR
        while i < end:
            a += weights[i] * amounts[indices[i]]
            i += _ONE
        total += (a + b) + (c + d)
    return total


@compiled
def pull_rows(followers, mutual_start, weights, per_weight, launch, worth, damping, first, last, out):
    """Step rows `first` to `last`; O(follows of those rows).

    Parameters
    ----------
    followers : Csr
        Rows are the followed, indices the followers.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    weights : float32 (n_follows,) or None
        What each follow passes on of `per_weight`; None when that is all of it.
    per_weight : float32 (n_spreading,) or (2 n_spreading,)
        ``q``: attention that each account gives per unit of weight; ``q'`` behind it.
    launch, worth : float32 (n_spreading,)
        Attention starting at each account; `rho_v`.
    damping : float32
    out : out, float32 (n_spreading,)
    """
    indices, mutually = followers.indices, per_weight[np.uint64(per_weight.size - launch.size) :]
    for v in range(np.uint64(first), np.uint64(last)):
        start = np.uint64(followers.indptr[v])
        middle = np.uint64(mutual_start[v])
        stop = np.uint64(followers.indptr[v + _ONE])
        if weights is None:
            one_way = _sum_plain(per_weight, indices, start, middle)
            mutual = _sum_plain(mutually, indices, middle, stop)
        else:
            one_way = _sum_weighted(per_weight, indices, weights, start, middle)
            mutual = _sum_weighted(mutually, indices, weights, middle, stop)
        out[v] = launch[v] + damping * (one_way + worth[v] * mutual)


@compiled
def spread_attention(
    followers, mutual_start, weights, per_weight, launch, worth, damping, roundings, n_spreading,
    first, last, reach, stepped, out_sums,
):  # fmt: skip
    """Step rows `first` to `last` in float64, and add up what a certificate asks; O(follows of those rows).

    Accounts from `n_spreading` on give their attention to nobody, so their reach is not read by any row:
    it is set to its own step, and its residual is nothing but rounding.

    Parameters
    ----------
    followers : Csr
        Rows are the followed, indices the followers.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    weights : float64 (n_follows,) or None
        Scaled weights, aligned with ``followers.indices``; None when every follow weighs 1.
    per_weight : float64 (n_accounts,) or larger
        ``q``: attention that each account gives per unit of weight; ``q'`` behind it.
    launch, worth : float64 (n_accounts,)
        Attention starting at each account; `rho_v`.
    roundings : Roundings
        Operations behind each row's value.
    reach : float64 (n_accounts,)
        The vector that `per_weight` was made from; written from `n_spreading` on.
    stepped : out, float64 (n_accounts,)
        The new vector.
    out_sums : out, float64 (3,)
        Over these rows: ``|stepped - reach|``; ``(roundings + 1) stepped``, in units of 2^-53; attention
        that evaporated on mutual follows, ``(1 - worth) sum_mutual q'``.
    """
    indices, mutually = followers.indices, per_weight[np.uint64(per_weight.size - reach.size) :]
    residual, noise, evaporated = 0.0, 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        start = np.uint64(followers.indptr[v])
        middle = np.uint64(mutual_start[v])
        stop = np.uint64(followers.indptr[v + _ONE])
        if weights is None:
            one_way = _sum_plain(per_weight, indices, start, middle)
            mutual = _sum_plain(mutually, indices, middle, stop)
        else:
            one_way = _sum_weighted(per_weight, indices, weights, start, middle)
            mutual = _sum_weighted(mutually, indices, weights, middle, stop)
        value = launch[v] + damping * (one_way + worth[v] * mutual)
        stepped[v] = value
        if v >= np.uint64(n_spreading):
            reach[v] = value
        residual += abs(value - reach[v])
        noise += (roundings.counts[v] + roundings.more + 1.0) * value
        evaporated += (1.0 - worth[v]) * mutual
    out_sums[0] = residual
    out_sums[1] = noise
    out_sums[2] = evaporated
