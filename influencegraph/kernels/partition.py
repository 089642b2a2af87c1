"""Follows laid out for the cache: attention is added up in partitions of the followed.

A *partition* is `SPAN` accounts that are followed. Each has two *slots*, ``2 i`` for its one-way and
``2 i + 1`` for its mutual followers, so that the discount needs no number per follow; the sums of one
partition (`SLOTS` of them) stay in the second-level cache. Its follows are kept in two forms, both with
16 bits per follow:

* *runs*: where one slot has many followers within one block of `SPREAD` accounts that follow most, their
  places in the block are listed one after the other and added up in registers;
* *messages*: all others lie by follower: one 32-bit number for each follower, and behind it the slots it
  reaches in this partition, the first of them marked.

A follower's attention is so read once per partition instead of once per follow, in ascending order.

Where accounts pass on another amount along their mutual follows, these lie `behind` the others in the same
array; `behind` is 0 where they do not.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch, store_past

SPAN = 1 << 14
"""Followed accounts in a partition: 128 KiB of float32 sums."""
SLOTS = 2 * SPAN
SPREAD = 1 << 15
"""Following accounts in a block of runs: 128 KiB of float32 values, numbered by 16 bits."""
RUN_MIN = 16
"""Shorter runs cost more to start than they save."""
MARK = 1 << 15

_ONE, _FOUR, _SIXTEEN = np.uint64(1), np.uint64(4), np.uint64(16)
_MARK, _SLOT_BITS, _SHIFT = np.uint64(MARK), np.uint64(MARK - 1), np.uint64(15)


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
    followers, mutual_start, first, last, spread, block, last_block, run_blocks, cursors,
    out_rest, out_slots, out_lengths, out_places, out_ends, out_rest_at, out_places_at,
):  # fmt: skip
    """Part the follows of rows `first` to `last` from followers in blocks `block` to `last_block`.

    O(their follows + slots x run blocks).

    Parameters
    ----------
    followers : Csr
    mutual_start : int64 (n_accounts,)
    spread : int
        Accounts in a block.
    run_blocks : int
        In blocks from this one on nothing is a run.
    cursors : int64 (2 (last - first),)
        The next follow of each slot; advanced.
    out_rest : out, uint64
        Follows that are in no run: follower << 16 | slot.
    out_slots, out_lengths : out, uint16
        Of each run.
    out_places : out, uint16
        Followers in runs, within their block.
    out_ends : out, int64
        The number of runs up to the end of each block's one-way follows, and of its mutual ones.
    out_rest_at, out_places_at : out, uint32, or None
        Of each follow in no run, and of each in one, its place behind row `first`'s beginning.

    Returns
    -------
    tuple of int
        Follows in no run, runs, follows in runs.
    """
    indices, origin = followers.indices, followers.indptr[first]
    rest, runs, places, halves = 0, 0, 0, 0
    while block < last_block:
        in_runs = block < run_blocks
        base = np.uint64(block * spread)
        end = np.uint64((block + 1 if in_runs else last_block) * spread)
        for kind in range(2):
            for i in range(last - first):
                slot, row = 2 * i + kind, first + i
                stop = followers.indptr[row + 1] if kind else mutual_start[row]
                start = cursors[slot]
                k = start
                while k < stop and indices[k] < end:
                    k += 1
                cursors[slot] = k
                if in_runs and k - start >= RUN_MIN:
                    out_slots[runs] = slot
                    out_lengths[runs] = k - start
                    runs += 1
                    for j in range(start, k):
                        out_places[places] = np.uint64(indices[j]) - base
                        if out_places_at is not None:
                            out_places_at[places] = j - origin
                        places += 1
                else:
                    for j in range(start, k):
                        out_rest[rest] = (np.uint64(indices[j]) << _SIXTEEN) | np.uint64(slot)
                        if out_rest_at is not None:
                            out_rest_at[rest] = j - origin
                        rest += 1
            if in_runs:
                out_ends[halves] = runs
                halves += 1
        if in_runs:
            block += 1
        else:
            block = last_block
    return rest, runs, places


@compiled
def sort_messages(rest, other, at, other_at, bits, counts, out_slots, out_sources):
    """Sort follows by follower and write them as messages; O(follows).

    Two passes of counting, stable: behind each follower its one-way follows come first.

    Parameters
    ----------
    rest, other : uint64 (follows,)
        Follower << 16 | slot, and room for as many; both are overwritten.
    at, other_at : uint32 (follows,), or None
        Sorted along with them; two passes leave the result in `at`.
    bits : int
        Half as many as followers need.
    counts : int64 (2^bits,)
        Room.
    out_slots : out, uint16 (follows,)
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
        slot = rest[i] & _SLOT_BITS
        if source != previous:
            out_sources[messages] = source
            messages += 1
            slot |= _MARK
            previous = source
        out_slots[i] = slot
    return messages


@compiled
def copy_messages(places, cuts, block, per_weight, out):
    """Copy what accounts of one block pass on to where each cell reads it in order; O(messages + cells).

    Parameters
    ----------
    places : uint16 (messages,)
        The account of each message, within its block of 2^16.
    cuts : int64 (blocks + 1, cells)
        Where the messages of each block begin.
    per_weight : float32 (n_spreading,)
    out : out, float32 (messages,)
    """
    amounts = per_weight[np.uint64(block) << _SIXTEEN :]
    n_cells = np.uint64(cuts.shape[1])
    for cell in range(n_cells):
        if cell + _FOUR < n_cells:
            prefetch(places, np.uint64(cuts[block, cell + _FOUR]))
        first, last = np.uint64(cuts[block, cell]), np.uint64(cuts[block + 1, cell])
        for i in range(first, last):
            store_past(amounts[np.uint64(places[i])], out, i)


@compiled
def _gather_messages(cell, slot_weights, per_weight, behind, copies, copies_behind, out):
    """Add up the messages of `cell`; see `gather_cell`."""
    slots, sources = cell.slots, cell.sources
    message = np.uint64(0)
    if behind == 0:
        for i in range(np.uint64(slots.size)):
            slot = np.uint64(slots[i])
            message += slot >> _SHIFT
            if copies is None:
                amount = per_weight[sources[message - _ONE]]
            else:
                amount = copies[np.uint64(cell.first_copy) + message - _ONE]
            out[slot & _SLOT_BITS] += amount if slot_weights is None else slot_weights[i] * amount
    else:
        for i in range(np.uint64(slots.size)):
            slot = np.uint64(slots[i])
            message += slot >> _SHIFT
            if copies is None:
                amount = per_weight[np.uint64(sources[message - _ONE]) + (slot & _ONE) * behind]
            else:
                place = np.uint64(cell.first_copy) + message - _ONE
                amount = copies[place + (slot & _ONE) * copies_behind]
            out[slot & _SLOT_BITS] += amount if slot_weights is None else slot_weights[i] * amount


@compiled
def gather_cell(cell, place_weights, slot_weights, per_weight, behind, copies, copies_behind, out):
    """Add up, for every slot of a partition, the attention of the followers in `cell`; O(its follows).

    Parameters
    ----------
    cell : Cell
        See `influencegraph.layouts.partitioned`.
    place_weights, slot_weights : float32, or None
        The cell's: what each follow passes on, where that is not all of it.
    per_weight : float32 or float64 (n_spreading,), or twice as many
    behind : uint64
    copies : float32, or None
        What `copy_messages` wrote, where the cell has it.
    copies_behind : uint64
        The same of `copies`.
    out : out, of the type of `per_weight`, (SLOTS,)
    """
    zero = out.dtype.type(0)
    for slot in range(np.uint64(out.size)):
        out[slot] = zero
    places = cell.places
    i, run = np.uint64(0), np.uint64(0)
    for half in range(np.uint64(cell.ends.size)):
        block = np.uint64(cell.first_block) + (half >> _ONE)
        amounts = per_weight[block * np.uint64(SPREAD) + (half & _ONE) * behind :]
        while run < np.uint64(cell.ends[half]):
            end = i + np.uint64(cell.lengths[run])
            a, b, c, d = zero, zero, zero, zero
            while i + _FOUR <= end:
                j, k, m = i + _ONE, i + np.uint64(2), i + np.uint64(3)
                if place_weights is None:
                    a += amounts[np.uint64(places[i])]
                    b += amounts[np.uint64(places[j])]
                    c += amounts[np.uint64(places[k])]
                    d += amounts[np.uint64(places[m])]
                else:
                    a += place_weights[i] * amounts[np.uint64(places[i])]
                    b += place_weights[j] * amounts[np.uint64(places[j])]
                    c += place_weights[k] * amounts[np.uint64(places[k])]
                    d += place_weights[m] * amounts[np.uint64(places[m])]
                i += _FOUR
            while i < end:
                amount = amounts[np.uint64(places[i])]
                a += amount if place_weights is None else place_weights[i] * amount
                i += _ONE
            out[np.uint64(cell.run_slots[run])] += (a + b) + (c + d)
            run += _ONE
    _gather_messages(cell, slot_weights, per_weight, behind, copies, copies_behind, out)


@compiled
def close_partition(sums, first, last, launch, worth, damping, out):
    """Join the sums of a partition's cells into the step of its accounts; O(accounts x cells).

    Parameters
    ----------
    sums : float32 (cells, SLOTS)
    launch, worth : float32 (n_spreading,)
    out : out, float32 (n_spreading,)
        ``launch + damping (one-way + worth mutual)``, from `first` to `last`.
    """
    for i in range(np.uint64(last - first)):
        one_way, mutual = sums[0, _ONE * i * np.uint64(2)], sums[0, i * np.uint64(2) + _ONE]
        for cell in range(1, sums.shape[0]):
            one_way += sums[cell, i * np.uint64(2)]
            mutual += sums[cell, i * np.uint64(2) + _ONE]
        v = np.uint64(first) + i
        out[v] = launch[v] + damping * (one_way + worth[v] * mutual)


@compiled
def close_exactly(sums, first, last, launch, worth, damping, roundings, reach, stepped, out_sums):
    """Join sums as `close_partition` does, in float64, and add up what a certificate asks.

    O(accounts x cells).

    Parameters
    ----------
    sums : float64 (cells, SLOTS)
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
    for i in range(np.uint64(last - first)):
        one_way, mutual = sums[0, i * np.uint64(2)], sums[0, i * np.uint64(2) + _ONE]
        for cell in range(1, sums.shape[0]):
            one_way += sums[cell, i * np.uint64(2)]
            mutual += sums[cell, i * np.uint64(2) + _ONE]
        v = np.uint64(first) + i
        value = launch[v] + damping * (one_way + worth[v] * mutual)
        stepped[v] = value
        residual += abs(value - reach[v])
        noise += (roundings[v] + 1.0) * value
        evaporated += (1.0 - worth[v]) * mutual
    out_sums[0], out_sums[1], out_sums[2] = residual, noise, evaporated
