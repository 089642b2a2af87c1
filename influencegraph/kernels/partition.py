"""Follows laid out for the cache: attention is added up in partitions of the followed.

A *partition* is `SPAN` accounts that are followed. Each has two sums, of its one-way followers in the
first half of an array and of its mutual ones in the second, so that the discount needs no number per
follow; one half stays in the second-level cache. All that is one-way in a cell lies before what is mutual.
Its follows are kept in two forms, both with 16 bits per follow:

* *runs*: where one account has many followers of a kind within one block of `SPREAD` accounts, their places
  in the block are listed one after the other and added up in registers, four at a time. Runs of a kind and
  block lie by length: where one after the other takes as many rounds, the processor foresees the last one;
* *messages*: all others lie by follower: one 32-bit number for each follower, and behind it the accounts
  that it reaches in this partition, the first of them marked.

A follower's attention is so read once per partition and kind instead of once per follow, in ascending order.

Where accounts pass on another amount along their mutual follows, these lie `behind` the others in the same
array; `behind` is 0 where they do not.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch, store_four_past, store_past

SPAN = 1 << 15
"""Followed accounts in a partition: 128 KiB of float32 sums of each kind."""
SPREAD = 1 << 14
"""Following accounts in a block of runs: 64 KiB of float32 values, numbered by 16 bits."""

_ONE, _TWO, _THREE, _FOUR, _SIXTEEN = (np.uint64(n) for n in (1, 2, 3, 4, 16))
_TWO_BYTES, _FOUR_BYTES = np.uint64(32), np.uint64(16)
"""Numbers of that size in a line of the cache."""
_STRETCH = np.uint64(64)
"""Follows added up between two requests for what comes later."""
_AHEAD = np.uint64(1024)
"""How far ahead loops ask for what they will read. The processor does so too, but not beyond a page."""
_TARGET_BITS, _SHIFT = np.uint64((1 << 15) - 1), np.uint64(15)


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
    place, origin = np.uint64(starts[block, 0]), np.uint64(out.ctypes.data) >> _TWO
    for column in range(np.uint64(cuts.shape[1])):
        amounts = per_weight[(np.uint64(block) << _SIXTEEN) + (column & _ONE) * behind :]
        i, stop = np.uint64(cuts[block, column]), np.uint64(cuts[block + 1, column])
        while i < stop:
            amount = amounts[np.uint64(places[place])]
            if (origin + i) & _THREE or i + _FOUR > stop:
                store_past(amount, out, i)
                place += _ONE
                i += _ONE
            else:
                second = amounts[np.uint64(places[place + _ONE])]
                third = amounts[np.uint64(places[place + _TWO])]
                fourth = amounts[np.uint64(places[place + _THREE])]
                store_four_past((amount, second, third, fourth), out, i)
                place += _FOUR
                i += _FOUR


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
            stop = i + np.uint64(cell.lengths[run])
            prefetch(places, i + _AHEAD)
            a, b, c, d = zero, zero, zero, zero
            while i + _FOUR <= stop:
                j, k, m = i + _ONE, i + _TWO, i + _THREE
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
            if i + _TWO <= stop:
                j = i + _ONE
                if weights is None:
                    a += amounts[np.uint64(places[i])]
                    b += amounts[np.uint64(places[j])]
                else:
                    a += weights[i] * amounts[np.uint64(places[i])]
                    b += weights[j] * amounts[np.uint64(places[j])]
                i += _TWO
            if i < stop:
                if weights is None:
                    c += amounts[np.uint64(places[i])]
                else:
                    c += weights[i] * amounts[np.uint64(places[i])]
                i += _ONE
            out[kind * n_targets + np.uint64(cell.run_targets[run])] += (a + b) + (c + d)
            run += _ONE


@compiled
def _add_messages(cell, first, last, message, weights, amounts, copies, out):
    """Add up the messages of `cell` from target `first` to `last`, which are numbered from `message` on."""
    targets, sources = cell.targets, cell.sources
    for start in range(first, last, _STRETCH):
        for i in range(start, start + _STRETCH, _TWO_BYTES):
            prefetch(targets, i + _AHEAD)
        for i in range(message, message + _STRETCH, _FOUR_BYTES):
            if copies is None:
                prefetch(sources, i + _AHEAD)
            else:
                prefetch(copies, np.uint64(cell.first_copy) + i + _AHEAD)
        for i in range(start, min(start + _STRETCH, last)):
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
    roundings : Roundings
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
        noise += (roundings.counts[v] + roundings.more + 1.0) * value
        evaporated += (1.0 - worth[v]) * mutual
    out_sums[0], out_sums[1], out_sums[2] = residual, noise, evaporated
