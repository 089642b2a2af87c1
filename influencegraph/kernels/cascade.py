"""How many accounts a post reaches along the follows that pass it on.

Rows are the authors, entries those who get the post from them. Each account's post is followed breadth
first, so that an account is counted once however many ways lead to it.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def count_reached(indptr, indices, seen, queue, out):
    """Add to `out`, for each account, how many others its post reaches; O(accounts x follows) at worst.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_accounts + 1,)
    indices : ndarray of uint32, shape (n_live,)
        Rows are the followed, entries the followers that get the post from them.
    seen : ndarray of uint32, shape (n_accounts,)
        Scratch: whose post an account saw last, counted from 1.
    queue : ndarray of uint32, shape (n_accounts,)
        Scratch: who saw the post, in the order in which they did.
    out : ndarray of float64, shape (n_accounts,)
    """
    seen[:] = 0
    for author in range(out.size):
        node = np.uint64(author)
        mark = np.uint32(author + 1)
        seen[node] = mark
        queue[0] = np.uint32(author)
        head, tail = np.uint64(0), _ONE
        while head < tail:
            row = np.uint64(queue[head])
            head += _ONE
            for place in range(np.uint64(indptr[row]), np.uint64(indptr[row + _ONE])):
                follower = np.uint64(indices[place])
                if seen[follower] != mark:
                    seen[follower] = mark
                    queue[tail] = np.uint32(follower)
                    tail += _ONE
        out[node] += np.float64(tail - _ONE)
