"""Which follows are returned: each row split into one-way and mutual followers."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(6)
_BIT = np.uint64(63)
_NOBODY = np.uint32(0xFFFFFFFF)


@compiled
def _collect_bucket(buckets, bucket, weights, code_of, cursor, out_entries, out_weights):
    """Write one bucket's pairs into rows, in their order: node and code of each follower, 32 bits each.

    The code is looked up here, where the nodes of each block ascend.
    """
    low_mask = (_ONE << buckets.low_bits) - _ONE
    for block in range(np.uint64(buckets.bounds.shape[0])):
        base = buckets.bases[block]
        for i in range(buckets.bounds[block, bucket], buckets.bounds[block, bucket + _ONE]):
            pair = np.uint64(buckets.pairs[i])
            key, node = pair >> buckets.low_bits, base + (pair & low_mask)
            place = cursor[key]
            cursor[key] = place + _ONE
            out_entries[place] = (node << _HALF) | np.uint64(code_of[node])
            if weights is not None:
                out_weights[place] = weights[i]


@compiled
def _split_row(entries, weights, start, stop, seen, kept, aside, weights_aside, out_indices, out_weights):
    """Write a row from `kept` on, those whose code is `seen` behind the others.

    Returns where they begin, and how many entries repeat the one before them.
    """
    found, repeated, last = np.uint64(0), 0, _LOWER + _ONE
    for i in range(start, stop):  # both are written and one is kept: nobody can foretell which
        node, code = entries[i] >> _HALF, entries[i] & _LOWER
        repeated += np.int64(node == last)
        last = node
        is_back = (seen[code >> _WORD] >> (code & _BIT)) & _ONE
        if weights is not None:
            weight = weights[i]
            is_back = is_back if weight > 0.0 else np.uint64(0)
            out_weights[kept] = weights_aside[found] = weight
        out_indices[kept] = aside[found] = np.uint32(node)
        kept += _ONE - is_back
        found += is_back
    for i in range(found):
        out_indices[kept + i] = aside[i]
        if weights is not None:
            out_weights[kept + i] = weights_aside[i]
    return kept, repeated


@compiled
def fill_rows(buckets, weights, first, last, following, following_weights, code_of, node_of, indptr,
              out_start, out_indices, out_weights):  # fmt: skip
    """Write the rows of some buckets, each ``[one-way | mutual]``, both parts in the order of the pairs.

    A follow is mutual if both directions have positive weight. O(follows + codes / 64): each row's
    followees leave a bit, and each follower looks for its own.

    Parameters
    ----------
    buckets : Buckets
        Keys are the codes of the followed, the other ends node numbers of their followers, ascending for
        each key.
    weights : float64 (rows,) or None
    first, last : uint64
        The buckets.
    following : Rows
        The transpose, in codes.
    following_weights : float64 (rows,) or None
    code_of : uint32 (n_accounts,)
        Code of each node.
    node_of : uint32 (n_codes,)
        And back; 2^32 - 1 where a code is nobody's.
    indptr : int64 (n_accounts + 1,)
        Where the row of each node begins.
    out_start : out, int64 (n_accounts,)
        Where the mutual part of each row begins.
    out_indices, out_weights : out, (n_follows,)

    Returns
    -------
    tuple of int
        How many follows are mutual; how many entries repeat the one before them. Where there are none, the
        result is good.
    """
    n, n_mutual, repeated = np.uint64(node_of.size), 0, 0
    seen = np.zeros((n >> _WORD) + _ONE, np.uint64)
    most = np.uint64(0)
    for bucket in range(first, last):
        most = max(most, buckets.starts[bucket + _ONE] - buckets.starts[bucket])
    entries, aside = np.empty(most, np.uint64), np.empty(most, np.uint32)
    entry_weights = np.empty(most, np.float64) if weights is not None else None
    weights_aside = np.empty(most, np.float64) if weights is not None else None
    cursor = np.empty(_ONE << buckets.shift, np.uint64)
    for bucket in range(first, last):
        base = bucket << buckets.shift
        width = min(_ONE << buckets.shift, n - base)
        place = np.uint64(0)
        for key in range(width):
            cursor[key] = place
            if node_of[base + key] != _NOBODY:
                node = np.uint64(node_of[base + key])
                place += np.uint64(indptr[node + _ONE] - indptr[node])
        _collect_bucket(buckets, bucket, weights, code_of, cursor, entries, entry_weights)
        stop = np.uint64(0)
        for key in range(width):
            start, stop = stop, cursor[key]
            if node_of[base + key] == _NOBODY:
                continue
            node = np.uint64(node_of[base + key])
            if start == stop:
                out_start[node] = indptr[node]
                continue
            back = np.uint64(following.starts[base + key])
            end = back + np.uint64(following.degrees[base + key])
            for i in range(back, end):
                if following_weights is None or following_weights[i] > 0.0:
                    code = np.uint64(following.indices[i])
                    seen[code >> _WORD] |= _ONE << (code & _BIT)
            mutual, again = _split_row(
                entries, entry_weights, start, stop, seen, np.uint64(indptr[node]), aside, weights_aside,
                out_indices, out_weights,
            )  # fmt: skip
            out_start[node] = np.int64(mutual)
            n_mutual += indptr[node + _ONE] - np.int64(mutual)
            repeated += again
            for i in range(back, end):
                seen[np.uint64(following.indices[i]) >> _WORD] = 0
    return n_mutual, repeated
