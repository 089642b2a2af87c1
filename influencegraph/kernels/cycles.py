"""Cycles of three follows, none of them returned: u follows v, v follows w, w follows u."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def count_cycles(starts, ends, first, last, seen, out):
    """Count the cycles through each account; O(follows^1.5) for all rows, where busy accounts come last.

    Parameters
    ----------
    starts : int64 (n_accounts + 1,)
        Rows of accounts, each with those later in the order between whom and it there is a follow.
    ends : uint64 (n_follows,)
        ``2 x the later account``, and 1 more where the earlier one is the follower.
    first, last : uint64
        The rows to be read; a cycle is found in the row of its earliest account.
    seen : uint8 (n_accounts,)
        All 0, before and afterwards.
    out : int64 (n_accounts,)
        Raised.
    """
    for x in range(first, last):
        row = range(np.uint64(starts[x]), np.uint64(starts[x + _ONE]))
        for i in row:
            seen[ends[i] >> _ONE] |= np.uint8(1 + (ends[i] & _ONE))
        for i in row:
            y, onward = ends[i] >> _ONE, ends[i] & _ONE
            for j in range(np.uint64(starts[y]), np.uint64(starts[y + _ONE])):
                z = ends[j] >> _ONE
                # x -> y -> z must end in z -> x, which is seen as 1; x <- y <- z in x -> z, seen as 2
                if (ends[j] & _ONE) == onward and seen[z] & np.uint8(2 - onward):
                    out[x] += 1
                    out[y] += 1
                    out[z] += 1
        for i in row:
            seen[ends[i] >> _ONE] = 0
