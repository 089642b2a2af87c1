"""Sort follows by one end, in two steps that many threads can share: into buckets, then within each.

A bucket is a range of ``2^shift`` neighbouring keys. A follow on its way is one number, a *pair*: its key
within the bucket in the upper bits, the other end in the lower, 32 bits in all where both fit. In the first
step each block of follows is sorted by bucket in a place of its own, small enough for the cache; in the
second a bucket is collected from all blocks, in their order, and sorted by key. So the order of the follows
survives, whoever works on which block.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch

_ONE, _TWO = np.uint64(1), np.uint64(2)
_AHEAD, _LINE = np.uint64(12), np.uint64(16)
_WORD = np.uint64(6)
_BIT = np.uint64(63)


class Buckets(NamedTuple):
    """Pairs in buckets: block k's part of bucket b is ``pairs[bounds[k, b]:bounds[k, b + 1]]``.

    `bounds` is uint64 (n_blocks, n_buckets + 1), `pairs` uint32 or uint64 (rows,), `shift` a uint64. The
    lower `low_bits` of a pair of block k, a uint64, are its other end less ``bases[k]``, uint64 (n_blocks,).
    `starts`, uint64 (n_buckets + 1,), is where each bucket would begin if they stood in order.
    """

    bounds: NDArray[np.uint64]
    pairs: NDArray[Any]
    shift: np.uint64
    low_bits: np.uint64
    bases: NDArray[np.uint64]
    starts: NDArray[np.uint64]


class Rows(NamedTuple):
    """Rows with room between them: row r is ``indices[starts[r]:starts[r] + degrees[r]]``.

    `starts` and `degrees` are int64 (n_accounts,), `indices` uint32 (rows,).
    """

    starts: NDArray[np.int64]
    degrees: NDArray[np.int64]
    indices: NDArray[np.uint32]


@compiled
def _start_buckets(start, out_bounds):
    """Turn counts, each one place up, into bounds from `start` on; return them as a cursor."""
    out_bounds[0] = start
    cursor = np.empty(out_bounds.size, np.uint64)
    cursor[0] = start
    for bucket in range(1, out_bounds.size):
        out_bounds[bucket] += out_bounds[bucket - 1]
        cursor[bucket] = out_bounds[bucket]
    return cursor


@compiled
def _position(code, low, table):
    place = np.uint64(code - low)
    return place if table is None else np.uint64(table[place])


@compiled
def _are_within(codes, low, n_codes):
    most = np.uint64(0)
    for i in range(np.uint64(codes.size)):
        most = max(most, np.uint64(codes[i] - low))
    return codes.size == 0 or most < n_codes


@compiled
def bucket_follows(keys, key_low, key_table, others, other_low, other_table, weights, n_codes, start, shift,
                   low_bits, out_bounds, out_pairs, out_weights):  # fmt: skip
    """Sort a block of follows by bucket; O(rows + buckets).

    Parameters
    ----------
    keys, others : int64 or uint32 (rows,)
        Codes of both ends; ``table[code - low]`` is the position, each with its own `low` and `table`,
        and ``code - low`` where there is none.
    weights : float64 (rows,) or None
    n_codes : uint64
        Positions are below.
    start : uint64
        Where the block's place begins.
    shift, low_bits : uint64
    out_bounds : out, uint64 (n_buckets + 1,)
        Zero on entry.
    out_pairs, out_weights : out

    Returns
    -------
    bool
        False, and nothing is written, where a code without a table is too small or too large.
    """
    if key_table is None and not (
        _are_within(keys, key_low, n_codes) and _are_within(others, other_low, n_codes)
    ):
        return False
    positions = np.empty(0 if key_table is None else keys.size, np.uint32)
    for i in range(np.uint64(keys.size)):
        position = _position(keys[i], key_low, key_table)
        if key_table is not None:
            positions[i] = position
        out_bounds[(position >> shift) + _ONE] += _ONE
    cursor = _start_buckets(start, out_bounds)
    mask = (_ONE << shift) - _ONE
    for i in range(np.uint64(keys.size)):
        key = _position(keys[i], key_low, None) if key_table is None else np.uint64(positions[i])
        place = cursor[key >> shift]
        cursor[key >> shift] = place + _ONE
        out_pairs[place] = ((key & mask) << low_bits) | _position(others[i], other_low, other_table)
        if weights is not None:
            out_weights[place] = weights[i]
    return True


@compiled
def sort_buckets(
    buckets, weights, first, last, out_starts, out_degrees, out_indices, out_weights, out_occurs
):
    """Sort some buckets into rows, without self-follows; O(follows + accounts).

    Parameters
    ----------
    buckets : Buckets
        Keys are the followers.
    weights : float64 (rows,) or None
    first, last : uint64
        The buckets.
    out_starts, out_degrees, out_indices : out
        The arrays of `Rows`.
    out_weights : out, float64 (rows,), or None
    out_occurs : out, bool (n_accounts,), or None
        Whether each account follows somebody, itself included.

    Returns
    -------
    int
        Rows that are self-follows.
    """
    n_blocks, n, selves = np.uint64(buckets.bounds.shape[0]), np.uint64(out_starts.size), 0
    low_mask = (_ONE << buckets.low_bits) - _ONE
    for bucket in range(first, last):
        base = bucket << buckets.shift
        stop = min((bucket + _ONE) << buckets.shift, n)
        for row in range(base, stop):
            out_degrees[row] = 0
        for block in range(n_blocks):
            for i in range(buckets.bounds[block, bucket], buckets.bounds[block, bucket + _ONE]):
                out_degrees[base + (np.uint64(buckets.pairs[i]) >> buckets.low_bits)] += 1
        place = np.int64(buckets.starts[bucket])
        for row in range(base, stop):
            if out_occurs is not None:
                out_occurs[row] = out_degrees[row] > 0
            out_starts[row] = place
            place += out_degrees[row]
        for block in range(n_blocks):
            for i in range(buckets.bounds[block, bucket], buckets.bounds[block, bucket + _ONE]):
                pair = np.uint64(buckets.pairs[i])
                row, entry = base + (pair >> buckets.low_bits), pair & low_mask
                if row == entry:
                    out_degrees[row] -= 1
                    selves += 1
                    continue
                target = np.uint64(out_starts[row])
                out_starts[row] = np.int64(target + _ONE)
                out_indices[target] = np.uint32(entry)
                if weights is not None:
                    out_weights[target] = weights[i]
        for row in range(base, stop):
            out_starts[row] -= out_degrees[row]
    return selves


@compiled
def _keep_distinct(indices, start, stop, seen):
    """Move one of each entry to the front of a row, and return where they end."""
    kept = start
    for i in range(start, stop):
        entry = np.uint64(indices[i])
        bit = _ONE << (entry & _BIT)
        word = seen[entry >> _WORD]
        if not word & bit:
            seen[entry >> _WORD] = word | bit
            indices[kept] = indices[i]
            kept += _ONE
    for i in range(start, kept):
        seen[np.uint64(indices[i]) >> _WORD] = 0
    return kept


@compiled
def _is_repeating(indices, start, stop, seen):
    repeating = False
    for i in range(start, stop):
        entry = np.uint64(indices[i])
        bit = _ONE << (entry & _BIT)
        repeating |= bool(seen[entry >> _WORD] & bit)
        seen[entry >> _WORD] |= bit
    for i in range(start, stop):
        seen[np.uint64(indices[i]) >> _WORD] = 0
    return repeating


@compiled
def _sort_row(indices, weights, start, stop):
    """Sort a row by entry and then by weight: a heap sort, so no input is slow."""
    size = stop - start
    for step in range(size + size // 2):  # the first size / 2 steps make the heap, the others empty it
        root, end = size // 2 - 1 - step, size
        if step >= size // 2:
            root, end = 0, size - 1 - (step - size // 2)
            top, last = start, start + end
            indices[top], indices[last] = indices[last], indices[top]
            weights[top], weights[last] = weights[last], weights[top]
        while 2 * root + 1 < end:
            one, child = start + root, start + 2 * root + 1
            if 2 * root + 2 < end and (
                indices[child] < indices[child + 1]
                or (indices[child] == indices[child + 1] and weights[child] < weights[child + 1])
            ):
                child += 1
            if indices[one] > indices[child] or (
                indices[one] == indices[child] and weights[one] >= weights[child]
            ):
                break
            indices[one], indices[child] = indices[child], indices[one]
            weights[one], weights[child] = weights[child], weights[one]
            root = child - start


@compiled
def _add_repeated(indices, weights, start, stop):
    """Merge neighbouring equal entries of a row, and return where the others end."""
    kept, i = start, start
    while i < stop:
        entry, total = indices[i], weights[i]
        i += 1
        if i < stop and indices[i] == entry:
            total = 0.0 + total
        while i < stop and indices[i] == entry:
            total += weights[i]
            i += 1
        indices[kept] = entry
        weights[kept] = total
        kept += 1
    return kept


@compiled
def merge_rows(rows, weights, first, last):
    """Keep one of each repeated follow of some rows, in place; O(follows + accounts / 64).

    A row's entries leave a bit each, and a repeated one finds its own. Weights are added from the smallest
    up, so that their order in the input leaves no trace; that sorts the row.

    Parameters
    ----------
    rows : Rows
        Their degrees shrink.
    weights : float64 or None
        Aligned with the indices.
    first, last : uint64
        The rows.

    Returns
    -------
    tuple of int, bool
        How many follows were repeated; whether all sums are finite.
    """
    seen = np.zeros((np.uint64(rows.starts.size) >> _WORD) + _ONE, np.uint64)
    repeated, is_finite = 0, True
    for row in range(first, last):
        start, degree = rows.starts[row], rows.degrees[row]
        stop = start + degree
        if degree < 2:
            continue
        if weights is None:
            kept = np.int64(_keep_distinct(rows.indices, np.uint64(start), np.uint64(stop), seen))
        elif _is_repeating(rows.indices, np.uint64(start), np.uint64(stop), seen):
            _sort_row(rows.indices, weights, start, stop)
            kept = _add_repeated(rows.indices, weights, start, stop)
            for i in range(start, kept):
                is_finite &= weights[i] < np.inf
        else:
            kept = stop
        repeated += stop - kept
        rows.degrees[row] = kept - start
    return repeated, is_finite


@compiled
def bucket_entries(rows, weights, order, indptr, shift, low_bits, out_bounds, out_pairs, out_weights):
    """Turn a block of rows into pairs whose keys are the entries, sorted by bucket; O(follows + buckets).

    The other end of a pair is the number of its row within the block.

    Parameters
    ----------
    rows : Rows
    weights : float64 (rows,) or None
    order : uint32
        A block of rows.
    indptr : int64
        Where the pairs of each of these rows would begin if they stood in order, and where they end.
    shift, low_bits : uint64
    out_bounds : out, uint64 (n_buckets + 1,)
        Zero on entry.
    out_pairs, out_weights : out
    """
    mask, n_rows = (_ONE << shift) - _ONE, np.uint64(order.size)
    for k in range(n_rows):
        if k + _AHEAD + _AHEAD < n_rows:  # rows lie in no order, and most of them are short
            prefetch(rows.starts, np.uint64(order[k + _AHEAD + _AHEAD]))
        if k + _AHEAD < n_rows and indptr[k + _AHEAD] < indptr[k + _AHEAD + _ONE]:
            start = np.uint64(rows.starts[np.uint64(order[k + _AHEAD])])
            prefetch(rows.indices, start)
            prefetch(rows.indices, start + _LINE)
        size = np.uint64(indptr[k + _ONE] - indptr[k])
        if size:
            start = np.uint64(rows.starts[np.uint64(order[k])])
            for i in range(start, start + size):
                out_bounds[(np.uint64(rows.indices[i]) >> shift) + _ONE] += _ONE
    cursor = _start_buckets(np.uint64(indptr[0]), out_bounds)
    for k in range(n_rows):
        size = np.uint64(indptr[k + _ONE] - indptr[k])
        if size:
            start = np.uint64(rows.starts[np.uint64(order[k])])
            for i in range(start, start + size):
                key = np.uint64(rows.indices[i])
                place = cursor[key >> shift]
                cursor[key >> shift] = place + _ONE
                out_pairs[place] = ((key & mask) << low_bits) | k
                if weights is not None:
                    out_weights[place] = weights[i]


@compiled
def count_pairs(buckets, first, last, node_of, out_indptr):
    """Count the pairs of each key of some buckets, into ``out_indptr[node + 1]``; O(follows).

    Parameters
    ----------
    buckets : Buckets
    first, last : uint64
        The buckets.
    node_of : uint32 (n_accounts,)
    out_indptr : out, int64 (n_accounts + 1,)
    """
    n, n_blocks = np.uint64(node_of.size), np.uint64(buckets.bounds.shape[0])
    counts = np.empty(_ONE << buckets.shift, np.int64)
    for bucket in range(first, last):
        base = bucket << buckets.shift
        counts[:] = 0
        for block in range(n_blocks):
            if block + _TWO < n_blocks:  # parts are short, and lie far from each other
                ahead = block + _TWO
                for i in range(buckets.bounds[ahead, bucket], buckets.bounds[ahead, bucket + _ONE], _LINE):
                    prefetch(buckets.pairs, i)
            for i in range(buckets.bounds[block, bucket], buckets.bounds[block, bucket + _ONE]):
                counts[np.uint64(buckets.pairs[i]) >> buckets.low_bits] += 1
        for key in range(min(_ONE << buckets.shift, n - base)):
            out_indptr[np.uint64(node_of[base + key]) + _ONE] = counts[key]
