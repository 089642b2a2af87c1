"""The mixture of earlier steps whose residual is least (Anderson 1965), of one vector or of several lanes."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_DEPENDENT = 1e-9
"""Of a difference's own size: what others leave of it where it says nothing more."""
_TINY = np.finfo(np.float64).tiny


@compiled
def find_shares(products, order, is_done, out_shares):
    """Write the shares of steps whose mixed residual is least, which sum to 1; O(lanes x steps^3).

    Least squares for the differences of neighbours, which do not cancel, by elimination: the difference of
    which those before leave most comes next, and none of which they leave nothing.

    Parameters
    ----------
    products : float64 (memory, memory, lanes)
        Of the steps' residuals.
    order : int64 (k,)
        Where the steps lie, newest first.
    is_done : bool (lanes,)
        Where the newest step is taken as it is.
    out_shares : out, float64 (memory, lanes)
    """
    n = order.size - 1
    out_shares[:] = 0.0
    matrix, right, scale, weights = np.empty((n, n)), np.empty(n), np.empty(n), np.empty(n)
    is_used, pivots = np.empty(n, np.bool_), np.empty(n, np.int64)
    for lane in range(is_done.size):
        out_shares[order[0], lane] = 1.0
        if is_done[lane]:
            continue
        _compare(products, order, lane, matrix, right, scale)
        rank = _eliminate(matrix, right, is_used, pivots)
        weights[:] = 0.0
        for step in range(rank - 1, -1, -1):
            p = pivots[step]
            left = right[p]
            for later in range(step + 1, rank):
                left -= matrix[p, pivots[later]] * weights[pivots[later]]
            weights[p] = left / matrix[p, p]
        for i in range(n):
            out_shares[order[i], lane] += scale[i] * weights[i]
            out_shares[order[i + 1], lane] -= scale[i] * weights[i]


@compiled
def _compare(products, order, lane, out_matrix, out_right, out_scale):
    """Write the products of differences among each other and with the newest residual, scaled to size 1."""
    n = out_right.size
    for i in range(n):
        new, old = order[i], order[i + 1]
        own = products[old, old, lane] - 2.0 * products[new, old, lane] + products[new, new, lane]
        out_scale[i] = 1.0 / np.sqrt(own if own > _TINY else _TINY)
        out_right[i] = (products[old, order[0], lane] - products[new, order[0], lane]) * out_scale[i]
    for i in range(n):
        for j in range(n):
            older = products[order[i + 1], order[j + 1], lane] - products[order[i + 1], order[j], lane]
            newer = products[order[i], order[j + 1], lane] - products[order[i], order[j], lane]
            out_matrix[i, j] = (older - newer) * out_scale[i] * out_scale[j]


@compiled
def _eliminate(matrix, right, out_is_used, out_pivots):
    """Eliminate one unknown after the other; return how many there are, in the order of `out_pivots`."""
    n = right.size
    out_is_used[:] = False
    for step in range(n):
        best, largest = -1, _DEPENDENT
        for i in range(n):
            if not out_is_used[i] and matrix[i, i] > largest:
                best, largest = i, matrix[i, i]
        if best < 0:
            return step
        out_is_used[best], out_pivots[step] = True, best
        for i in range(n):
            if not out_is_used[i]:
                ratio = matrix[i, best] / largest
                right[i] -= ratio * right[best]
                for j in range(n):
                    if not out_is_used[j]:
                        matrix[i, j] -= ratio * matrix[best, j]
    return n
