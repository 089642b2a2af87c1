"""The most that happened within any stretch of time."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def find_bursts(starts, times, window, out):
    """Find the most entries of each row within `window`; O(entries).

    Parameters
    ----------
    starts : int64 (rows + 1,)
        Where each row begins.
    times : float64 (entries,)
        Ascending in each row.
    window : float
        From the first to the last, both of them in it.
    out : out, int64 (rows,)
    """
    for row in range(np.uint64(out.size)):
        first = np.uint64(starts[row])
        most = np.uint64(0)
        for i in range(np.uint64(starts[row]), np.uint64(starts[row + _ONE])):
            while times[i] - times[first] > window:
                first += _ONE
            most = max(most, i - first + _ONE)
        out[row] = np.int64(most)
