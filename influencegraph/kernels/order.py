"""Transpose rows of follows, and add up and scale their weights."""

from __future__ import annotations

import math

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def transpose(csr, weights, row_order, row_names, column_names, cursor, out_indices, out_weights):
    """Turn rows into columns, renaming both on the way; O(follows).

    Rows are visited in `row_order`, so each new row lists its entries in that order.

    Parameters
    ----------
    csr : Csr
    weights : float64 (n_follows,) or None
    row_order : uint32 (n_accounts,)
        Rows of `csr` in the order of the new entries.
    row_names, column_names : uint32 (n_accounts,) or None
        New numbers of rows (which become entries) and of entries (which become rows).
    cursor : int64 (n_accounts,)
        Start of each new row; advanced.
    out_indices, out_weights : out, (n_follows,)
    """
    for position in range(np.uint64(row_order.size)):
        row = np.uint64(row_order[position])
        entry = row_names[row] if row_names is not None else row_order[position]
        for i in range(np.uint64(csr.indptr[row]), np.uint64(csr.indptr[row + _ONE])):
            column = csr.indices[i]
            if column_names is not None:
                column = column_names[column]
            place = cursor[column]
            cursor[column] = place + 1
            out_indices[place] = entry
            if weights is not None:
                out_weights[place] = weights[i]


@compiled
def add_weights(indices, weights, out_sum, out_rest):
    """Add up the weights of each follower, with the rounding kept apart; O(follows).

    The sum is compensated: ``out_sum + out_rest`` is within 2^-53 + (d 2^-53)^2 of the exact sum,
    relative to it, for d follows (Ogita, Rump, Oishi 2005, Sum2 for terms of one sign).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        The follower of each follow.
    weights : float64 (n_follows,)
    out_sum, out_rest : out, float64 (n_accounts,)
        Zero on entry.
    """
    for i in range(np.uint64(indices.size)):
        u = indices[i]
        total = out_sum[u]
        added = total + weights[i]
        shadow = added - total
        out_rest[u] += (total - (added - shadow)) + (weights[i] - shadow)
        out_sum[u] = added


@compiled
def scale_weights(indices, weights, exponents, out):
    """Divide each weight by a power of two of its follower; O(follows).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        The follower of each follow.
    weights : float64 (n_follows,)
    exponents : int64 (n_accounts,)
    out : out, float64 (n_follows,)
    """
    for i in range(np.uint64(indices.size)):
        out[i] = math.ldexp(weights[i], -int(exponents[indices[i]]))


@compiled
def share_weights(indices, weights, out_weights, out):
    """Divide each weight by the sum of its follower's; O(follows).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        The follower of each follow.
    weights : float64 (n_follows,)
    out_weights : float64 (n_accounts,)
    out : out, float32 (n_follows,)
    """
    for i in range(np.uint64(indices.size)):
        out[i] = weights[i] / out_weights[indices[i]]


@compiled
def find_largest(indices, weights, out):
    """Raise ``out[u]`` to follower u's largest weight; O(follows).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        The follower of each follow.
    weights : float64 (n_follows,)
    out : out, float64 (n_accounts,)
        Zero on entry.
    """
    for i in range(np.uint64(indices.size)):
        u = indices[i]
        out[u] = max(out[u], weights[i])
