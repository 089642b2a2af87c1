"""Sort follows by one end, in two steps that many threads can share: into buckets, then within each.

A bucket is a range of ``2^shift`` neighbouring keys. A follow on its way is one number, a *pair*: its key
within the bucket in the upper 32 bits, the other end in the lower. Threads work on blocks of rows in the
first step (each block has its own place in every bucket, so the order of the rows survives) and on whole
buckets in the second.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_LOWER = np.uint64(0xFFFFFFFF)
_WORD = np.uint64(6)
_BIT = np.uint64(63)


class Buckets(NamedTuple):
    """Pairs in buckets: bucket b is ``pairs[bounds[b]:bounds[b + 1]]``.

    `bounds` is uint64 (n_buckets + 1,), `pairs` uint64 (rows,), `shift` a uint64.
    """

    bounds: np.ndarray
    shift: np.uint64
    pairs: np.ndarray


class Rows(NamedTuple):
    """Rows with room between them: row r is ``indices[starts[r]:starts[r] + degrees[r]]``.

    `starts` and `degrees` are int64 (n_accounts,), `indices` uint32 (rows,).
    """

    starts: np.ndarray
    degrees: np.ndarray
    indices: np.ndarray


@compiled
def count_keys(column, low, table, shift, out_counts):
    """Count the keys of a block for each bucket; O(rows).

    Parameters
    ----------
    column : int64 or uint32 (rows,)
        Codes.
    low : int
    table : uint32
        ``table[code - low]`` is the position.
    shift : uint64
    out_counts : out, uint64 (n_buckets,)
        Zero on entry.
    """
    for i in range(np.uint64(column.size)):
        out_counts[np.uint64(table[np.uint64(column[i] - low)]) >> shift] += _ONE


@compiled
def scatter_follows(keys, key_low, key_table, others, other_low, other_table, weights, shift, cursor,
                    out_pairs, out_weights):  # fmt: skip
    """Write the follows of a block behind one another in their buckets; O(rows).

    Parameters
    ----------
    keys, others : int64 or uint32 (rows,)
        Codes of both ends, each with its `low` and `table` as in `count_keys`.
    weights : float64 (rows,) or None
    shift : uint64
    cursor : uint64 (n_buckets,)
        The block's place in every bucket; advanced.
    out_pairs, out_weights : out
    """
    mask = (_ONE << shift) - _ONE
    for i in range(np.uint64(keys.size)):
        key = np.uint64(key_table[np.uint64(keys[i] - key_low)])
        place = cursor[key >> shift]
        cursor[key >> shift] = place + _ONE
        other = np.uint64(other_table[np.uint64(others[i] - other_low)])
        out_pairs[place] = ((key & mask) << _HALF) | other
        if weights is not None:
            out_weights[place] = weights[i]


@compiled
def _sort_bucket(buckets, bucket, weights, out_starts, out_indices, out_weights):
    """Count off one bucket's pairs into rows; `out_starts` gets where each row ends."""
    first, last = buckets.bounds[bucket], buckets.bounds[bucket + _ONE]
    base = bucket << buckets.shift
    width = min(_ONE << buckets.shift, np.uint64(out_starts.size) - base)
    for key in range(width):
        out_starts[base + key] = 0
    for i in range(first, last):
        out_starts[base + (buckets.pairs[i] >> _HALF)] += 1
    place = np.int64(first)
    for key in range(width):
        size = out_starts[base + key]
        out_starts[base + key] = place
        place += size
    for i in range(first, last):
        key = base + (buckets.pairs[i] >> _HALF)
        target = np.uint64(out_starts[key])
        out_starts[key] = np.int64(target + _ONE)
        out_indices[target] = np.uint32(buckets.pairs[i] & _LOWER)
        if weights is not None:
            out_weights[target] = weights[i]


@compiled
def _keep_distinct(indices, start, stop, row, seen):
    """Move one of each entry that is not `row` to the front; return where they end and the selves."""
    kept, selves = start, 0
    for i in range(start, stop):
        entry = np.uint64(indices[i])
        bit = _ONE << (entry & _BIT)
        word = seen[entry >> _WORD]
        if entry == row:
            selves += 1
        elif not word & bit:
            seen[entry >> _WORD] = word | bit
            indices[kept] = indices[i]
            kept += _ONE
    for i in range(start, kept):
        seen[np.uint64(indices[i]) >> _WORD] = 0
    return kept, selves


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
def _add_repeated(indices, weights, start, stop, row):
    """Merge neighbouring equal entries and drop `row`; return where the others end, the selves, the sum."""
    kept, selves, i = start, 0, start
    largest = 0.0
    while i < stop:
        end = i + 1
        total = weights[i]
        if end < stop and indices[end] == indices[i]:
            total = 0.0 + total
        while end < stop and indices[end] == indices[i]:
            total += weights[end]
            end += 1
        if indices[i] == row:
            selves += end - i
        else:
            indices[kept] = indices[i]
            weights[kept] = total
            largest = max(largest, total)
            kept += 1
        i = end
    return kept, selves, largest


@compiled
def make_rows(buckets, weights, first, last, out_starts, out_degrees, out_indices, out_weights):
    """Sort some buckets into rows, without self-follows, each follow once; O(follows + accounts / 64).

    A row's entries leave a bit each, and a repeated one finds its own. Weights of a repeated follow are
    added from the smallest up, so that their order in the input leaves no trace; that sorts its row.

    Parameters
    ----------
    buckets : Buckets
        Keys are the followers.
    weights : float64 (rows,) or None
    first, last : uint64
        The buckets.
    out_starts, out_degrees, out_indices : out
        The arrays of `Rows`; entries are in no promised order.
    out_weights : out, float64 (rows,), or None

    Returns
    -------
    tuple of int, int, float
        Rows that are self-follows; rows kept; the largest weight.
    """
    n = np.uint64(out_starts.size)
    seen = np.zeros((n >> _WORD) + _ONE, np.uint64)
    selves, kept, largest = 0, 0, 0.0
    for bucket in range(first, last):
        _sort_bucket(buckets, bucket, weights, out_starts, out_indices, out_weights)
        start = buckets.bounds[bucket]
        for row in range(bucket << buckets.shift, min((bucket + _ONE) << buckets.shift, n)):
            stop = np.uint64(out_starts[row])
            if weights is None:
                end, own = _keep_distinct(out_indices, start, stop, row, seen)
            else:
                if _is_repeating(out_indices, start, stop, seen):
                    _sort_row(out_indices, out_weights, np.int64(start), np.int64(stop))
                place, own, top = _add_repeated(
                    out_indices, out_weights, np.int64(start), np.int64(stop), row
                )
                end = np.uint64(place)
                largest = max(largest, top)
            out_starts[row] = np.int64(start)
            out_degrees[row] = np.int64(end - start)
            kept += np.int64(end - start)
            selves += own
            start = stop
    return selves, kept, largest


@compiled
def count_entries(rows, order, shift, out_counts):
    """Count the entries of the rows in `order` for each bucket; O(follows).

    Parameters
    ----------
    rows : Rows
    order : uint32
        A block of rows.
    shift : uint64
    out_counts : out, uint64 (n_buckets,)
        Zero on entry.
    """
    for row in order:
        start = np.uint64(rows.starts[row])
        for i in range(start, start + np.uint64(rows.degrees[row])):
            out_counts[np.uint64(rows.indices[i]) >> shift] += _ONE


@compiled
def scatter_entries(rows, weights, order, node, shift, cursor, out_pairs, out_weights):
    """Turn a block of rows into pairs whose keys are the entries; O(follows).

    Parameters
    ----------
    rows : Rows
    weights : float64 (rows,) or None
    order : uint32
        A block of rows; they are numbered `node`, `node` + 1, ...
    node : uint64
    shift : uint64
    cursor : uint64 (n_buckets,)
        The block's place in every bucket; advanced.
    out_pairs, out_weights : out
    """
    mask = (_ONE << shift) - _ONE
    for row in order:
        start = np.uint64(rows.starts[row])
        for i in range(start, start + np.uint64(rows.degrees[row])):
            key = np.uint64(rows.indices[i])
            place = cursor[key >> shift]
            cursor[key >> shift] = place + _ONE
            out_pairs[place] = ((key & mask) << _HALF) | node
            if weights is not None:
                out_weights[place] = weights[i]
        node += _ONE


@compiled
def count_rows(buckets, first, last, out_degrees):
    """Count the pairs of each key of some buckets; O(follows).

    Parameters
    ----------
    buckets : Buckets
    first, last : uint64
        The buckets.
    out_degrees : out, int64 (n_accounts,)
        Zero on entry.
    """
    for bucket in range(first, last):
        base = bucket << buckets.shift
        for i in range(buckets.bounds[bucket], buckets.bounds[bucket + _ONE]):
            out_degrees[base + (buckets.pairs[i] >> _HALF)] += 1


@compiled
def rank_degrees(degrees, out_position_of, out_node_of):
    """Give the numbers 0, 1, ... from the largest degree down, ties by position; O(accounts).

    Parameters
    ----------
    degrees : int64 (n_accounts,)
    out_position_of, out_node_of : out, uint32 (n_accounts,)
    """
    largest = 0
    for degree in degrees:
        largest = max(largest, degree)
    starts = np.zeros(np.uint64(largest) + np.uint64(2), np.int64)
    for degree in degrees:
        starts[np.uint64(largest - degree + 1)] += 1
    for i in range(1, starts.size):
        starts[i] += starts[i - 1]
    for position in range(np.uint64(degrees.size)):
        place = np.uint64(largest - degrees[position])
        node = np.uint64(starts[place])
        starts[place] += 1
        out_node_of[position] = node
        out_position_of[node] = position
