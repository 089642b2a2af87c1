"""Follows are arranged for the cache; what comes of it is said in `influencegraph.kernels.partition`."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

RUN_MIN = 4
"""Shorter runs save nothing."""
MARK = 1 << 15
"""Added to the first target of each follower."""
_LONG = 64
"""Runs as long as this and longer lie together."""

_MARK, _TARGET_BITS, _SIXTEEN = np.uint64(MARK), np.uint64(MARK - 1), np.uint64(16)
_PLACE_BITS = np.uint32((1 << 16) - 1)


@compiled
def count_blocks(followers, first, last, spread_bits, out):
    """Count the follows of rows `first` to `last` by the follower's block; O(follows of them).

    Parameters
    ----------
    followers : Csr
    spread_bits : int
        A block is ``2^spread_bits`` accounts.
    out : out, int64 (n_blocks,)
        Zero on entry.
    """
    indices, shift = followers.indices, np.uint32(spread_bits)
    start, stop = np.uint64(followers.indptr[first]), np.uint64(followers.indptr[last])
    for i in range(start, stop):
        out[indices[i] >> shift] += 1


@compiled
def part_follows(
    followers, mutual_start, first, last, spread_bits, block, last_block, numbers, cursors,
    out_rests, out_runs, out_rests_at,
):  # fmt: skip
    """Part the follows of rows `first` to `last` from followers in blocks `block` to `last_block`.

    O(their follows + rows).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    spread_bits : int
        A block is ``2^spread_bits`` accounts.
    numbers : int64 (last_block - block,)
        The number of each block among those that may have runs; -1 of others, in which nothing is a run.
    cursors : int64 (2, last - first)
        The next follow of each row, one-way and mutual; advanced.
    out_rests : out, two of uint64
        Follows that are in no run, one-way and mutual: follower << 16 | target.
    out_runs : out, int64 (any, 4)
        Of each run: twice the number of its block, one more where it is mutual; target; where it begins
        behind row `first`'s beginning; length.
    out_rests_at : out, two of uint32, or None
        Of each follow in no run, its place behind row `first`'s beginning.

    Returns
    -------
    tuple of int
        One-way and mutual follows in no run, and runs.
    """
    indices, origin, shift = followers.indices, followers.indptr[first], np.uint32(spread_bits)
    kept, runs, end = np.zeros(2, np.int64), 0, last_block << spread_bits
    for kind in range(2):
        out_rest, rest = out_rests[kind], 0
        for target in range(last - first):
            stop = followers.indptr[first + target + 1] if kind else mutual_start[first + target]
            k = cursors[kind, target]
            while k < stop and indices[k] < end:
                here = np.int64(indices[k] >> shift)
                start, next_block = k, (here + 1) << spread_bits
                while k < stop and indices[k] < next_block:
                    k += 1
                number = numbers[here - block]
                if number >= 0 and k - start >= RUN_MIN:
                    out_runs[runs, 0], out_runs[runs, 1] = 2 * number + kind, target
                    out_runs[runs, 2], out_runs[runs, 3] = start - origin, k - start
                    runs += 1
                    continue
                for j in range(start, k):
                    out_rest[rest] = (np.uint64(indices[j]) << _SIXTEEN) | np.uint64(target)
                    if out_rests_at is not None:
                        out_rests_at[kind][rest] = j - origin
                    rest += 1
            cursors[kind, target] = k
        kept[kind] = rest
    return kept[0], kept[1], runs


@compiled
def write_runs(
    indices, origin, spread_bits, runs, out_targets, out_lengths, out_places, out_ends, out_places_at
):
    """Write runs by block, kind and length; O(their follows + blocks).

    Parameters
    ----------
    indices : uint32 (n_follows,)
        Of the followers.
    origin : int
        Where the first row begins.
    spread_bits : int
    runs : int64 (n_runs, 4)
        As `part_follows` writes them.
    out_targets, out_lengths : out, uint16 (n_runs,)
    out_places : out, uint16
        Followers in runs, within their block.
    out_ends : out, int64 (2 blocks,)
        The number of runs up to the end of the one-way follows of each block that may have some, and of its
        mutual ones.
    out_places_at : out, uint32, or None
        Of each follow in a run, its place behind the first row's beginning.
    """
    inside, n_lengths = np.uint32((1 << spread_bits) - 1), _LONG + 1
    sizes = np.zeros((out_ends.size * n_lengths, 2), np.int64)
    for k in range(runs.shape[0]):
        group = runs[k, 0] * n_lengths + min(runs[k, 3], _LONG)
        sizes[group, 0] += 1
        sizes[group, 1] += runs[k, 3]
    run, place = 0, 0
    for group in range(sizes.shape[0]):
        n_runs, n_places = sizes[group]
        sizes[group, 0], sizes[group, 1] = run, place
        run += n_runs
        place += n_places
        out_ends[group // n_lengths] = run
    for k in range(runs.shape[0]):
        half, target, start, length = runs[k]
        group = half * n_lengths + min(length, _LONG)
        run, place = sizes[group]
        out_targets[run], out_lengths[run] = target, length
        for j in range(start, start + length):
            out_places[place] = indices[origin + j] & inside
            if out_places_at is not None:
                out_places_at[place] = j
            place += 1
        sizes[group, 0], sizes[group, 1] = run + 1, place


@compiled
def sort_messages(rest, other, at, other_at, bits, counts, out_targets, out_sources):
    """Sort follows by follower and write them as messages; O(follows).

    Two passes of counting, stable.

    Parameters
    ----------
    rest, other : uint64 (follows,)
        Follower << 16 | target, and room for as many; both are overwritten.
    at, other_at : uint32 (follows,), or None
        Sorted along with them; two passes leave the result in `at`.
    bits : int
        Half as many as followers need.
    counts : int64 (2^bits,)
        Room.
    out_targets : out, uint16 (follows,)
    out_sources : out, uint32 (follows,)

    Returns
    -------
    int
        How many messages there are.
    """
    low = np.uint64((1 << bits) - 1)
    for shift in (16, 16 + bits):
        by = np.uint64(shift)
        for digit in range(counts.size):
            counts[digit] = 0
        for i in range(np.uint64(rest.size)):
            counts[(rest[i] >> by) & low] += 1
        place = 0
        for digit in range(counts.size):
            count = counts[digit]
            counts[digit] = place
            place += count
        for i in range(np.uint64(rest.size)):
            digit = (rest[i] >> by) & low
            other[counts[digit]] = rest[i]
            if at is not None:  # numba prunes this where `at` is an argument that is never set
                if shift == 16:
                    other_at[counts[digit]] = at[i]
                else:
                    at[counts[digit]] = other_at[i]
            counts[digit] += 1
        rest, other = other, rest
    previous = ~np.uint64(0)
    messages = 0
    for i in range(np.uint64(rest.size)):
        source = rest[i] >> _SIXTEEN
        target = rest[i] & _TARGET_BITS
        if source != previous:
            out_sources[messages] = source
            messages += 1
            target |= _MARK
            previous = source
        out_targets[i] = target
    return messages


@compiled
def arrange_copies(sources, cuts, cell, starts, out_places):
    """Note, block by block of 2^16 accounts, which of them sends each message of a cell; O(messages).

    Parameters
    ----------
    sources : uint32 (messages of the cell,)
    cuts : int64 (blocks + 1, 2 cells)
        Where the messages of each block begin: the one-way ones of each cell, and its mutual ones.
    starts : int64 (blocks, 2 cells)
        The same in `out_places`.
    out_places : out, uint16 (messages,)
        The account of each message, within its block; one block after the other.
    """
    origin = cuts[0, 2 * cell]
    for column in range(2 * cell, 2 * cell + 2):
        for block in range(starts.shape[0]):
            place = starts[block, column]
            for i in range(cuts[block, column], cuts[block + 1, column]):
                out_places[place] = sources[i - origin] & _PLACE_BITS
                place += 1
