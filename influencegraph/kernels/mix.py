"""Vectors of the accelerated solver: the tail's own follows, residuals, and mixtures of earlier vectors.

Everything here is float32 and works on spans of accounts; sums over a span are float64, in four chains.

Where accounts pass on another amount along their mutual follows, `per_weight` holds these behind the others,
and so do `inverse`, what reach is multiplied by for it, and changes of `per_weight`: all are twice as long.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

MEMORY = 5
"""Steps that are mixed, the newest included. 4 cost some 10 % more sweeps, 6 saved none."""
_ONE, _FOUR = np.uint64(1), np.uint64(4)


@compiled
def find_tail_follows(followers, out_degrees, first, last, degree_max, out_counts):
    """Count follows within the tail of rows `first` to `last`, by the larger of both out-degrees.

    O(their follows).

    Parameters
    ----------
    out_counts : out, int64 (degree_max + 1,)
        Zero on entry.
    """
    indices = followers.indices
    for v in range(first, last):
        for i in range(np.uint64(followers.indptr[v]), np.uint64(followers.indptr[v + 1])):
            degree = max(out_degrees[indices[i]], out_degrees[v])
            if degree <= degree_max:
                out_counts[degree] += 1


@compiled
def cut_tail(followers, mutual_start, weights, split, last, out_rows, out_indptr, out_middle, out_sources,
             out_weights):  # fmt: skip
    """Copy the follows from the tail to the tail; O(follows of the tail).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    weights : float32 (n_follows,) or None
    split, last : int
        The tail is the accounts from `split` to `last`.
    out_rows : out, uint32
        Accounts of the tail that others of it follow, counted from `split`.
    out_indptr, out_middle : out, int64
        Where each such row begins, and where its mutual followers do.
    out_sources : out, uint32
        Followers, counted from `split`.
    out_weights : out, float32 or None

    Returns
    -------
    int
        How many rows there are.
    """
    indices = followers.indices
    rows, kept = 0, 0
    out_indptr[0] = 0
    for v in range(split, last):
        before = kept
        for i in range(followers.indptr[v], followers.indptr[v + 1]):
            if i == mutual_start[v]:
                out_middle[rows] = kept
            if split <= indices[i] < last:
                out_sources[kept] = indices[i] - split
                if weights is not None:
                    out_weights[kept] = weights[i]
                kept += 1
        if mutual_start[v] == followers.indptr[v + 1]:
            out_middle[rows] = kept
        if kept > before:
            out_rows[rows] = v - split
            rows += 1
            out_indptr[rows] = kept
    return rows


@compiled
def close_tail(stepped, inverse, first, last, split, reach, per_weight, out_change):
    """Take over the step of accounts `first` to `last`, which are in the tail; O(accounts).

    Parameters
    ----------
    stepped : float32 (n_spreading,)
    inverse : float32 (n_spreading,), or twice as many
        ``1 / W_u``.
    reach : float32 (n_spreading,)
        Written.
    per_weight : out, float32, as `inverse`
    out_change : out, float32 (tail,), or twice as many
        The change of `per_weight`, counted from `split`.
    """
    start, stop, origin = np.uint64(first), np.uint64(last), np.uint64(split)
    if per_weight.size > reach.size:
        behind, tail = np.uint64(reach.size), np.uint64(reach.size - split)
        for v in range(start, stop):
            out_change[tail + v - origin] = (stepped[v] - reach[v]) * inverse[behind + v]
            per_weight[behind + v] = stepped[v] * inverse[behind + v]
    for v in range(start, stop):
        change = (stepped[v] - reach[v]) * inverse[v]
        reach[v] = stepped[v]
        per_weight[v] = stepped[v] * inverse[v]
        out_change[v - origin] = change


@compiled
def step_tail(
    indptr, middle, sources, weights, change, worth, inverse, damping, first, last, out_steps, out_change
):
    """Pass a change on along the follows within the tail, rows `first` to `last`; O(their follows).

    Parameters
    ----------
    indptr, middle, sources, weights
        Of `Rows`.
    change : float32
        The last change of ``per_weight``, as `sources` count.
    worth : float32 (n_rows,)
    inverse : float32 (n_rows,), or twice as many
    damping : float32
    out_steps : float32 (n_rows,)
        Raised by the change of reach.
    out_change : out, float32, as `inverse`
        The change of ``per_weight``.

    Returns
    -------
    float
        The sum of the changes of reach.
    """
    moved = 0.0
    is_split, n_rows = inverse.size > worth.size, np.uint64(worth.size)
    behind = np.uint64(change.size // 2) if is_split else np.uint64(0)
    for row in range(np.uint64(first), np.uint64(last)):
        one_way, mutual = np.float32(0), np.float32(0)
        cut = np.uint64(middle[row])
        for i in range(np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])):
            weight = np.float32(1) if weights is None else weights[i]
            if i < cut:
                one_way += weight * change[sources[i]]
            else:
                mutual += weight * change[behind + sources[i]]
        step = damping * (one_way + worth[row] * mutual)
        out_steps[row] += step
        out_change[row] = step * inverse[row]
        if is_split:
            out_change[n_rows + row] = step * inverse[n_rows + row]
        moved += abs(np.float64(step))
    return moved


@compiled
def add_tail(rows, first, last, steps, inverse, split, reach, per_weight):
    """Add the steps of the tail's rows `first` to `last` to their accounts, and set them to 0; O(rows).

    Parameters
    ----------
    rows : uint32 (n_rows,)
    steps : float32 (n_rows,)
    inverse : float32 (n_rows,), or twice as many
    reach : float32 (n_spreading,)
        Raised.
    per_weight : float32 (n_spreading,), or twice as many
        Raised.
    """
    n_rows, behind = np.uint64(rows.size), np.uint64(reach.size)
    is_split = per_weight.size > reach.size
    for row in range(np.uint64(first), np.uint64(last)):
        v = np.uint64(rows[row]) + np.uint64(split)
        reach[v] += steps[row]
        per_weight[v] += steps[row] * inverse[row]
        if is_split:
            per_weight[behind + v] += steps[row] * inverse[n_rows + row]
        steps[row] = 0


@compiled
def measure_residual(steps, residuals, reach, newest, used, first, last, out_dots):
    """Write the residual of accounts `first` to `last`, and its products with earlier ones; O(used accounts).

    Parameters
    ----------
    steps, residuals : float32 (memory, n_busy)
        Rings of earlier steps and residuals; row `newest` of `residuals` is written.
    reach : float32 (n_spreading,)
    used : int
        Rows that hold something; the others are not read.
    out_dots : out, float64 (memory + 2,)
        Products with each row; then the sums of ``|residual|`` and ``|step|``.
    """
    start, stop = np.uint64(first), np.uint64(last)
    total, size = 0.0, 0.0
    for v in range(start, stop):
        residual = steps[newest, v] - reach[v]
        residuals[newest, v] = residual
        total += abs(np.float64(residual))
        size += abs(np.float64(steps[newest, v]))
    for row in range(used):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        v = start
        while v + _FOUR <= stop:
            a += np.float64(residuals[newest, v]) * np.float64(residuals[row, v])
            b += np.float64(residuals[newest, v + _ONE]) * np.float64(residuals[row, v + _ONE])
            c += np.float64(residuals[newest, v + np.uint64(2)]) * np.float64(
                residuals[row, v + np.uint64(2)]
            )
            d += np.float64(residuals[newest, v + np.uint64(3)]) * np.float64(
                residuals[row, v + np.uint64(3)]
            )
            v += _FOUR
        while v < stop:
            a += np.float64(residuals[newest, v]) * np.float64(residuals[row, v])
            v += _ONE
        out_dots[row] = (a + b) + (c + d)
    out_dots[-2] = total
    out_dots[-1] = size


@compiled
def mix_steps(steps, shares, inverse, first, last, reach, per_weight):
    """Write ``sum shares steps`` as the new reach of accounts `first` to `last`; O(memory x accounts).

    Parameters
    ----------
    steps : float32 (memory, n_busy)
    shares : float32 (memory,)
        0 where a row holds nothing.
    inverse : float32 (n_spreading,), or twice as many
    reach : out, float32 (n_spreading,)
    per_weight : out, float32, as `inverse`
    """
    for v in range(np.uint64(first), np.uint64(last)):
        value = np.float32(0)
        for row in range(shares.size):
            value += shares[row] * steps[row, v]
        reach[v] = value
        per_weight[v] = value * inverse[v]
    if per_weight.size > reach.size:
        behind = np.uint64(reach.size)
        for v in range(np.uint64(first), np.uint64(last)):
            per_weight[behind + v] = reach[v] * inverse[behind + v]
