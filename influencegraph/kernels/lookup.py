"""Whether accounts follow each other, for many pairs at once."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def _bisect(indices, start, stop, value):
    """Return where `value` lies in an ascending stretch of `indices`, or would."""
    while start < stop:
        middle = (start + stop) >> _ONE
        if np.uint64(indices[middle]) < value:
            start = middle + _ONE
        else:
            stop = middle
    return start


@compiled
def find_entries(followers, mutual_start, pairs, out):
    """Find the entry of each follow; O(pairs x log followers).

    Parameters
    ----------
    followers : Csr
        Rows are the followed; each ``[one-way | mutual]``, both parts ascending.
    mutual_start : int64 (n_accounts,)
        Where each row's mutual followers begin.
    pairs : int64 (k, 2)
        Nodes of follower and followed.
    out : out, int64 (k,)
        The place in ``followers.indices``; -1 where there is no such follow.
    """
    for i in range(np.uint64(pairs.shape[0])):
        u, v = np.uint64(pairs[i, np.uint64(0)]), np.uint64(pairs[i, _ONE])
        middle, stop = np.uint64(mutual_start[v]), np.uint64(followers.indptr[v + _ONE])
        place = _bisect(followers.indices, np.uint64(followers.indptr[v]), middle, u)
        if place == middle or np.uint64(followers.indices[place]) != u:
            place = _bisect(followers.indices, middle, stop, u)
            if place == stop or np.uint64(followers.indices[place]) != u:
                out[i] = -1
                continue
        out[i] = np.int64(place)
