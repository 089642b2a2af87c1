"""Follows laid out for the cache: attention is added up in partitions of the followed.

A *partition* is `SPAN` accounts that are followed. Each has two sums, of its one-way followers in the
first half of an array and of its mutual ones in the second, so that the discount needs no number per
follow; one half stays in the second-level cache. All that is one-way in a cell lies before what is mutual.
Its follows are kept in two forms, both with 16 bits per follow:

* *runs*: where one account has many followers of a kind within one block of `SPREAD` accounts, their places
  in the block are listed one after the other and added up in registers, four at a time;
* *messages*: all others lie by follower: one 32-bit number for each follower, and behind it the accounts
  that it reaches in this partition, the first of them marked.

A follower's attention is so read once per partition and kind instead of once per follow, in ascending order.

Where accounts pass on another amount along their mutual follows, these lie `behind` the others in the same
array; `behind` is 0 where they do not.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch, store_past

SPAN = 1 << 15
"""Followed accounts in a partition: 128 KiB of float32 sums of each kind."""
SPREAD = 1 << 15
"""Following accounts in a block of runs: 128 KiB of float32 values, numbered by 16 bits."""
RUN_MIN = 16
"""Shorter runs cost more to start than they save. What is left of fours is messages."""
MARK = 1 << 15

_ONE, _FOUR, _SIXTEEN = np.uint64(1), np.uint64(4), np.uint64(16)
_PLACE_BITS = np.uint32((1 << 16) - 1)
_LINE = np.uint64(32)
"""Numbers of 16 bits in a line of the cache."""
_AHEAD = np.uint64(1024)
"""How far ahead loops ask for what they will read. The processor does so too, but not beyond a page."""
_MARK, _TARGET_BITS, _SHIFT = np.uint64(MARK), np.uint64(MARK - 1), np.uint64(15)


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
def collect_runs(
    followers, mutual_start, first, last, spread, block, last_block, has_runs, cursors,
    out_rests, out_targets, out_lengths, out_places, out_ends, out_rests_at, out_places_at,
):  # fmt: skip
    """Part the follows of rows `first` to `last` from followers in blocks `block` to `last_block`.

    O(their follows + rows x blocks that may have runs).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    spread : int
        Accounts in a block.
    has_runs : bool (n_blocks,)
        In other blocks nothing is a run.
    cursors : int64 (2, last - first)
        The next follow of each row, one-way and mutual; advanced.
    out_rests : out, two of uint64
        Follows that are in no run, one-way and mutual: follower << 16 | target.
    out_targets, out_lengths : out, uint16
        Of each run, lengths in fours.
    out_places : out, uint16
        Followers in runs, within their block.
    out_ends : out, int64
        The number of runs up to the end of the one-way follows of each block that may have some, and of its
        mutual ones.
    out_rests_at, out_places_at : out, two of uint32 and one, or None
        Of each follow in no run, and of each in one, its place behind row `first`'s beginning.

    Returns
    -------
    tuple of int
        One-way and mutual follows in no run, runs, follows in runs.
    """
    indices, origin = followers.indices, followers.indptr[first]
    kept, runs, places, halves = np.zeros(2, np.int64), 0, 0, 0
    while block < last_block:
        in_runs, base = has_runs[block], np.uint64(block * spread)
        block += 1
        while not in_runs and block < last_block and not has_runs[block]:
            block += 1
        end = np.uint64(block * spread)
        for kind in range(2):
            out_rest, rest = out_rests[kind], kept[kind]
            for target in range(last - first):
                row = first + target
                stop = followers.indptr[row + 1] if kind else mutual_start[row]
                start = cursors[kind, target]
                k = start
                while k < stop and indices[k] < end:
                    k += 1
                cursors[kind, target] = k
                if in_runs and k - start >= RUN_MIN:
                    n_fours = (k - start) // 4
                    out_targets[runs] = target
                    out_lengths[runs] = n_fours
                    runs += 1
                    for j in range(start, start + 4 * n_fours):
                        out_places[places] = np.uint64(indices[j]) - base
                        if out_places_at is not None:
                            out_places_at[places] = j - origin
                        places += 1
                    start += 4 * n_fours
                for j in range(start, k):
                    out_rest[rest] = (np.uint64(indices[j]) << _SIXTEEN) | np.uint64(target)
                    if out_rests_at is not None:
                        out_rests_at[kind][rest] = j - origin
                    rest += 1
            kept[kind] = rest
            if in_runs:
                out_ends[halves] = runs
                halves += 1
    return kept[0], kept[1], runs, places


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


@compiled
def copy_messages(places, cuts, starts, block, per_weight, behind, out):
    """Copy what accounts of one block pass on to where each cell reads it in order; O(messages + cells).

    Parameters
    ----------
    places, cuts, starts
        Of `arrange_copies`.
    per_weight : float32 (n_spreading,), or twice as many
    behind : uint64
    out : out, float32 (messages,)
    """
    place = np.uint64(starts[block, 0])
    for column in range(np.uint64(cuts.shape[1])):
        amounts = per_weight[(np.uint64(block) << _SIXTEEN) + (column & _ONE) * behind :]
        for i in range(np.uint64(cuts[block, column]), np.uint64(cuts[block + 1, column])):
            store_past(amounts[np.uint64(places[place])], out, i)
            place += _ONE


@compiled
def _add_runs(cell, weights, per_weight, behind, out):
    """Add up the runs of `cell`; see `gather_cell`."""
    places, zero = cell.places, out.dtype.type(0)
    n_targets = np.uint64(out.size) >> _ONE
    i, run = np.uint64(0), np.uint64(0)
    for half in range(np.uint64(cell.ends.size)):
        block, kind = np.uint64(cell.run_blocks[half >> _ONE]), half & _ONE
        amounts = per_weight[block * np.uint64(SPREAD) + kind * behind :]
        while run < np.uint64(cell.ends[half]):
            end = i + np.uint64(cell.lengths[run]) * _FOUR
            prefetch(places, i + _AHEAD)
            a, b, c, d = zero, zero, zero, zero
            while i < end:
                j, k, m = i + _ONE, i + np.uint64(2), i + np.uint64(3)
                if weights is None:
                    a += amounts[np.uint64(places[i])]
                    b += amounts[np.uint64(places[j])]
                    c += amounts[np.uint64(places[k])]
                    d += amounts[np.uint64(places[m])]
                else:
                    a += weights[i] * amounts[np.uint64(places[i])]
                    b += weights[j] * amounts[np.uint64(places[j])]
                    c += weights[k] * amounts[np.uint64(places[k])]
                    d += weights[m] * amounts[np.uint64(places[m])]
                i += _FOUR
            out[kind * n_targets + np.uint64(cell.run_targets[run])] += (a + b) + (c + d)
            run += _ONE


@compiled
def _add_messages(cell, first, last, message, weights, amounts, copies, out):
    """Add up the messages of `cell` from target `first` to `last`, which are numbered from `message` on."""
    targets, sources = cell.targets, cell.sources
    for start in range(first, last, _LINE):
        prefetch(targets, start + _AHEAD)
        if copies is None:
            prefetch(sources, message + _AHEAD)
        else:
            prefetch(copies, np.uint64(cell.first_copy) + message + _AHEAD)
        for i in range(start, min(start + _LINE, last)):
            target = np.uint64(targets[i])
            message += target >> _SHIFT
            if copies is None:
                amount = amounts[sources[message - _ONE]]
            else:
                amount = copies[np.uint64(cell.first_copy) + message - _ONE]
            out[target & _TARGET_BITS] += amount if weights is None else weights[i] * amount


@compiled
def gather_cell(cell, place_weights, target_weights, per_weight, behind, copies, out):
    """Add up, for everybody in a partition, the attention of the followers in `cell`; O(its follows).

    Parameters
    ----------
    cell : Cell
        See `influencegraph.layouts.partitioned`.
    place_weights, target_weights : float32, or None
        The cell's: what each follow passes on, where that is not all of it.
    per_weight : float32 or float64 (n_spreading,), or twice as many
    behind : uint64
    copies : float32, or None
        What `copy_messages` wrote, where the cell has it.
    out : out, of the type of `per_weight`, (2 SPAN,)
    """
    for i in range(np.uint64(out.size)):
        out[i] = 0
    _add_runs(cell, place_weights, per_weight, behind, out)
    middle, last = np.uint64(cell.mutual_targets), np.uint64(cell.targets.size)
    first_mutual, half = np.uint64(cell.mutual_sources), np.uint64(out.size) >> _ONE
    _add_messages(cell, np.uint64(0), middle, np.uint64(0), target_weights, per_weight, copies, out)
    _add_messages(cell, middle, last, first_mutual, target_weights, per_weight[behind:], copies, out[half:])


@compiled
def close_partition(sums, first, last, launch, worth, damping, out):
    """Join the sums of a partition's cells into the step of its accounts; O(accounts x cells).

    Parameters
    ----------
    sums : float32 (cells, 2 SPAN)
    launch, worth : float32 (n_spreading,)
    out : out, float32 (n_spreading,)
        ``launch + damping (one-way + worth mutual)``, from `first` to `last`.
    """
    half = np.uint64(sums.shape[1]) >> _ONE
    for i in range(np.uint64(last - first)):
        one_way, mutual = sums[0, i], sums[0, half + i]
        for cell in range(1, sums.shape[0]):
            one_way += sums[cell, i]
            mutual += sums[cell, half + i]
        v = np.uint64(first) + i
        out[v] = launch[v] + damping * (one_way + worth[v] * mutual)


@compiled
def close_exactly(sums, first, last, launch, worth, damping, roundings, reach, stepped, out_sums):
    """Join sums as `close_partition` does, in float64, and add up what a certificate asks.

    O(accounts x cells).

    Parameters
    ----------
    sums : float64 (cells, 2 SPAN)
    launch, worth, reach : float64 (n_accounts,)
    roundings : float64 (n_accounts,)
        Operations behind each step.
    stepped : out, float64 (n_accounts,)
        ``launch + damping (one-way + worth mutual)``, from `first` to `last`.
    out_sums : out, float64 (3,)
        Over these accounts: ``|stepped - reach|``; ``(roundings + 1) stepped``; attention that
        evaporated, ``(1 - worth) mutual``.
    """
    residual, noise, evaporated = 0.0, 0.0, 0.0
    half = np.uint64(sums.shape[1]) >> _ONE
    for i in range(np.uint64(last - first)):
        one_way, mutual = sums[0, i], sums[0, half + i]
        for cell in range(1, sums.shape[0]):
            one_way += sums[cell, i]
            mutual += sums[cell, half + i]
        v = np.uint64(first) + i
        value = launch[v] + damping * (one_way + worth[v] * mutual)
        stepped[v] = value
        residual += abs(value - reach[v])
        noise += (roundings[v] + 1.0) * value
        evaporated += (1.0 - worth[v]) * mutual
    out_sums[0], out_sums[1], out_sums[2] = residual, noise, evaporated
