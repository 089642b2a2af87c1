"""Attention takes one step along every follow, pulled by the followed.

Rows are the followed; each row of `indices` lists the followers, one-way ones first, mutual ones from
``mutual_start`` on, so that the discount needs one number per row and no number per follow::

    stepped_v = launch_v + a (sum_oneway q_u + worth_v sum_mutual q_u),   q_u = reach_u / W_u

Sums are taken in a fixed shape (four chains within blocks of `BLOCK` follows), which makes the bits
independent of threads and keeps the rounding of a hub with a million followers to some 1,300
operations instead of a million: `count_roundings` says how many, and the certificate rests on it.

Index arithmetic is unsigned throughout: numba's wrap-around test for negative indices costs a pull
1.2 to 2 times its time.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

BLOCK = 1024
_ONE, _FOUR, _BLOCK = np.uint64(1), np.uint64(4), np.uint64(BLOCK)


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
    total = 0.0
    i = start
    while i < stop:
        end = min(i + _BLOCK, stop)
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
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
    total = 0.0
    i = start
    while i < stop:
        end = min(i + _BLOCK, stop)
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
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
def spread_attention(
    followers, mutual_start, weights, per_weight, launch, worth, damping, roundings, first, last,
    reach, stepped, residual, noise, block,
):  # fmt: skip
    """Step rows `first` to `last`; O(follows of those rows).

    Parameters
    ----------
    followers : Csr
        Rows are the followed, indices the followers.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    weights : float64 (n_follows,) or None
        Scaled weights, aligned with ``followers.indices``; None when every follow weighs 1.
    per_weight : float64 (n_accounts,)
        ``q``: attention that each account gives per unit of weight.
    launch, worth, roundings : float64 (n_accounts,)
        Attention starting at each account; `rho_v`; operations behind each row's value.
    reach : float64 (n_accounts,)
        The vector that `per_weight` was made from.
    stepped, residual, noise : out
        The new vector (n_accounts,); per block, the sum of ``|stepped - reach|`` and the sum of
        ``(roundings + 1) * stepped`` (in units of 2^-53).
    """
    indices = followers.indices
    total_residual, total_noise = 0.0, 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        start = np.uint64(followers.indptr[v])
        middle = np.uint64(mutual_start[v])
        stop = np.uint64(followers.indptr[v + _ONE])
        if weights is None:
            one_way = _sum_plain(per_weight, indices, start, middle)
            mutual = _sum_plain(per_weight, indices, middle, stop)
        else:
            one_way = _sum_weighted(per_weight, indices, weights, start, middle)
            mutual = _sum_weighted(per_weight, indices, weights, middle, stop)
        value = launch[v] + damping * (one_way + worth[v] * mutual)
        stepped[v] = value
        total_residual += abs(value - reach[v])
        total_noise += (roundings[v] + 1.0) * value
    residual[block] = total_residual
    noise[block] = total_noise


@compiled
def measure_rows(
    followers, mutual_start, weights, per_weight, unit_step, worth, first, last, mutual_sums, largest_step
):  # fmt: skip
    """Take from rows `first` to `last` what the ledger and the certificate ask; O(follows of those rows).

    Parameters
    ----------
    followers, mutual_start, weights, per_weight, worth
        As in `spread_attention`.
    unit_step : float64 (n_accounts,)
        ``1 / W_u``.
    mutual_sums, largest_step : out, float64 (n_accounts,)
        ``sum_mutual w q``, and ``max_u P_uv``.
    """
    indices = followers.indices
    for v in range(np.uint64(first), np.uint64(last)):
        start = np.uint64(followers.indptr[v])
        middle = np.uint64(mutual_start[v])
        stop = np.uint64(followers.indptr[v + _ONE])
        if weights is None:
            mutual_sums[v] = _sum_plain(per_weight, indices, middle, stop)
        else:
            mutual_sums[v] = _sum_weighted(per_weight, indices, weights, middle, stop)
        largest_one_way, largest_mutual = 0.0, 0.0
        for i in range(start, middle):
            step = unit_step[indices[i]] if weights is None else weights[i] * unit_step[indices[i]]
            largest_one_way = max(largest_one_way, step)
        for i in range(middle, stop):
            step = unit_step[indices[i]] if weights is None else weights[i] * unit_step[indices[i]]
            largest_mutual = max(largest_mutual, step)
        largest_step[v] = max(largest_one_way, worth[v] * largest_mutual)
