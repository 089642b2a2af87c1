"""Which follows are returned: each row split into one-way and mutual followers."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(6)
_BIT = np.uint64(63)


@compiled
def _place_bucket(buckets, bucket, weights, node_of, indptr, out_indices, out_weights):
    """Write one bucket's pairs into their rows, in their order."""
    base = bucket << buckets.shift
    width = min(_ONE << buckets.shift, np.uint64(node_of.size) - base)
    cursor = np.empty(width, np.uint64)
    for key in range(width):
        cursor[key] = np.uint64(indptr[np.uint64(node_of[base + key])])
    for block in range(np.uint64(buckets.bounds.shape[0])):
        for i in range(buckets.bounds[block, bucket], buckets.bounds[block, bucket + _ONE]):
            key = buckets.pairs[i] >> _HALF
            place = cursor[key]
            cursor[key] = place + _ONE
            out_indices[place] = np.uint32(buckets.pairs[i] & _LOWER)
            if weights is not None:
                out_weights[place] = weights[i]


@compiled
def _split_row(indices, weights, start, stop, position_of, seen, aside, weights_aside):
    """Move those whose position is `seen` behind the others; return where they begin."""
    kept, found = start, np.uint64(0)
    for i in range(start, stop):  # both are written and one is kept: nobody can foretell which
        node = indices[i]
        position = np.uint64(position_of[np.uint64(node)])
        is_back = (seen[position >> _WORD] >> (position & _BIT)) & _ONE
        if weights is not None:
            weight = weights[i]
            is_back = is_back if weight > 0.0 else np.uint64(0)
            weights[kept] = weights_aside[found] = weight
        indices[kept] = aside[found] = node
        kept += _ONE - is_back
        found += is_back
    for i in range(found):
        indices[kept + i] = aside[i]
        if weights is not None:
            weights[kept + i] = weights_aside[i]
    return kept


@compiled
def fill_rows(buckets, weights, first, last, following, following_weights, position_of, node_of, indptr,
              out_start, out_indices, out_weights):  # fmt: skip
    """Write the rows of some buckets, each ``[one-way | mutual]``, both parts in the order of the pairs.

    A follow is mutual if both directions have positive weight. O(follows + accounts / 64): each row's
    followees leave a bit, and each follower looks for its own.

    Parameters
    ----------
    buckets : Buckets
        Keys are the followed, the other ends node numbers of their followers, ascending for each key.
    weights : float64 (rows,) or None
    first, last : uint64
        The buckets.
    following : Rows
        The transpose, in positions.
    following_weights : float64 (rows,) or None
    position_of, node_of : uint32 (n_accounts,)
        Position of each node, and back.
    indptr : int64 (n_accounts + 1,)
        Where the row of each node begins.
    out_start : out, int64 (n_accounts,)
        Where the mutual part of each row begins.
    out_indices, out_weights : out, (n_follows,)

    Returns
    -------
    int
        How many entries repeat the one before them. Where there are none, the result is good.
    """
    n = np.uint64(node_of.size)
    repeated = 0
    seen = np.zeros((n >> _WORD) + _ONE, np.uint64)
    longest = 0
    for node in node_of[first << buckets.shift : min(last << buckets.shift, n)]:
        longest = max(longest, indptr[np.uint64(node) + _ONE] - indptr[np.uint64(node)])
    aside = np.empty(longest, np.uint32)
    weights_aside = np.empty(longest if weights is not None else 0, np.float64)
    for bucket in range(first, last):
        _place_bucket(buckets, bucket, weights, node_of, indptr, out_indices, out_weights)
        for row in range(bucket << buckets.shift, min((bucket + _ONE) << buckets.shift, n)):
            node = np.uint64(node_of[row])
            start, stop = np.uint64(indptr[node]), np.uint64(indptr[node + _ONE])
            back = np.uint64(following.starts[row])
            end = back + np.uint64(following.degrees[row])
            out_start[node] = np.int64(stop)
            for i in range(start + _ONE, stop):
                repeated += np.int64(out_indices[i] == out_indices[i - _ONE])
            if start == stop or back == end:
                continue
            for i in range(back, end):
                if following_weights is None or following_weights[i] > 0.0:
                    entry = np.uint64(following.indices[i])
                    seen[entry >> _WORD] |= _ONE << (entry & _BIT)
            out_start[node] = np.int64(
                _split_row(out_indices, out_weights, start, stop, position_of, seen, aside, weights_aside)
            )
            for i in range(back, end):
                seen[np.uint64(following.indices[i]) >> _WORD] = 0
    return repeated
