"""Eight vectors side by side: one pass along the follows steps all of them.

A *lane* is one of `LANES` vectors. They lie interleaved, the eight values of an account together, so that
a follow reads one cache line's half and one addition serves all lanes. Certified steps are float64 and take
`HALF` lanes at a time, which is as many bytes. Arrays of lanes are flat: account v's lane i is at
``8 v + i``.

What mutual follows of an account count, where that is not the same for all, is worked out where it is read:
``c_u = min(1, least + more given_u)``, of which `regards` holds the settings of all lanes, flat, least first,
and `given` one number of each account; none where mutual follows count alike in all lanes. Twice as many
lanes to read would take longer.

Sums run in 256-bit vectors (`influencegraph.kernels.vector`): 1.0 ns a follow, against 2.2 for a loop over
eight lanes.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch
from influencegraph.kernels.vector import vectorized

LANES = 8
HALF = 4
_BYTES = 32
_ZERO, _ONE, _TWO, _THREE, _FOUR = (np.uint64(n) for n in range(5))
_HALF = np.uint64(HALF)
_AHEAD, _NEVER = np.uint64(16), np.uint64(1 << 60)
"""Messages between asking for a sum and raising it. Of parcels a step took a tenth less; of float32, whose
partitions are smaller, a little more."""
_TARGET_BITS, _SHIFT = np.uint64((1 << 15) - 1), np.uint64(15)


@vectorized
def add_lanes(v, out, place, values, source):
    """Add 32 bytes of `values` from `source` on to those of `out` from `place` on."""
    v.store(v.load(out, place) + v.load(values, source), out, place)


@vectorized
def _add_four(v, out, place, values, a, b, c, d):
    """Do as `add_lanes` from four places on."""
    first = v.load(values, a) + v.load(values, b)
    second = v.load(values, c) + v.load(values, d)
    v.store(v.load(out, place) + (first + second), out, place)


def regard(v, regards, given):
    """Return what mutual follows of an account count, by lane."""
    return v.at_most_one(v.load(regards, 0) + v.load(regards, v.lanes) * given)


@vectorized
def add_regarded(v, out, place, values, source, regards, given):
    """Add 32 bytes of `values`, times what mutual follows of their account count."""
    v.store(v.load(out, place) + v.load(values, source) * regard(v, regards, given), out, place)


@vectorized
def _add_four_regarded(v, out, place, values, a, b, c, d, regards, of_a, of_b, of_c, of_d):
    """Do as `add_regarded` from four places on."""
    first = v.load(values, a) * regard(v, regards, of_a) + v.load(values, b) * regard(v, regards, of_b)
    second = v.load(values, c) * regard(v, regards, of_c) + v.load(values, d) * regard(v, regards, of_d)
    v.store(v.load(out, place) + (first + second), out, place)


@compiled
def gather_lanes(cell, spread, values, given, regards, out):
    """Add up, for everybody in a partition, the lanes of the followers in `cell`; O(its follows).

    Parameters
    ----------
    cell : Cell
        See `influencegraph.layouts.partitioned`.
    spread : int
        Accounts in a block of runs.
    values : uint8, float32 or float64, flat
        Attention per weight: eight lanes of uint8 or float32, or four of float64, for each account.
    given, regards : as `out`
        What mutual follows count.
    out : out, float32 or float64, flat
        As many for each account and kind, one-way first.
    """
    width = np.uint64(_BYTES // out.itemsize)
    for k in range(np.uint64(out.size)):
        out[k] = 0
    n_sums, is_regarded = np.uint64(out.size) >> _ONE, given.size > 0
    place, run = _ZERO, _ZERO
    for half in range(np.uint64(cell.ends.size)):
        block, kind = np.uint64(cell.run_blocks[half >> _ONE]), half & _ONE
        base = block * np.uint64(spread)
        while run < np.uint64(cell.ends[half]):
            end = place + np.uint64(cell.lengths[run])
            target = kind * n_sums + np.uint64(cell.run_targets[run]) * width
            if kind and is_regarded:
                _add_run(cell.places, place, end, base, values, width, given, regards, target, out)
            else:
                _add_run(cell.places, place, end, base, values, width, None, regards, target, out)
            place = end
            run += _ONE
    ends = (0, cell.mutual_targets, cell.targets.size)
    starts = (0, cell.mutual_sources)
    ahead = _AHEAD if values.itemsize == 1 else _NEVER
    for kind in range(2):
        targets, sources = cell.targets[ends[kind] : ends[kind + 1]], cell.sources[starts[kind] :]
        first = np.uint64(kind) * n_sums
        if kind and is_regarded:
            _add_messages(targets, sources, values, width, given, regards, first, ahead, out)
        else:
            _add_messages(targets, sources, values, width, None, regards, first, ahead, out)


@compiled
def _add_run(places, start, end, base, values, width, given, regards, target, out):
    """Add up a run; `given` is None where follows count in full."""
    i = start
    while i + _FOUR <= end:
        a, b = base + np.uint64(places[i]), base + np.uint64(places[i + _ONE])
        c, d = base + np.uint64(places[i + _TWO]), base + np.uint64(places[i + _THREE])
        if given is None:
            _add_four(out, target, values, a * width, b * width, c * width, d * width)
        else:
            _add_four_regarded(
                out, target, values, a * width, b * width, c * width, d * width, regards,
                given[a], given[b], given[c], given[d],
            )  # fmt: skip
        i += _FOUR
    while i < end:
        source = base + np.uint64(places[i])
        if given is None:
            add_lanes(out, target, values, source * width)
        else:
            add_regarded(out, target, values, source * width, regards, given[source])
        i += _ONE


@compiled
def _add_messages(targets, sources, values, width, given, regards, first, ahead, out):
    """Add up messages of a kind, whose sums begin at `first`; `given` as in `_add_run`."""
    message, n = _ZERO, np.uint64(targets.size)
    for i in range(n):
        if i + ahead < n:
            prefetch(out, first + (np.uint64(targets[i + ahead]) & _TARGET_BITS) * width)
        target = np.uint64(targets[i])
        message += target >> _SHIFT
        source, place = np.uint64(sources[message - _ONE]), first + (target & _TARGET_BITS) * width
        if given is None:
            add_lanes(out, place, values, source * width)
        else:
            add_regarded(out, place, values, source * width, regards, given[source])


@compiled
def close_half(sums, first, last, launch, worth, damping, roundings, reach, stepped, out_sums):
    """Join sums into one exact-but-for-rounding step of four lanes, and add up what a certificate asks.

    O(accounts x cells).

    Parameters
    ----------
    sums : float64 (cells, 2 x span x 4)
    launch, worth : four of float64 (n_accounts,)
    damping : float64 (4,)
    roundings : Roundings
        Operations behind each step.
    reach : four of float64 (n_accounts,)
    stepped : out, four of float64 (n_accounts,)
        ``launch + damping (one-way + worth mutual)``, from `first` to `last`.
    out_sums : out, float64 (4, 3)
        Of each lane, over these accounts: ``|stepped - reach|``; ``(roundings + 1) stepped``; attention
        that evaporated, ``(1 - worth) mutual``.
    """
    for cell in range(1, sums.shape[0]):
        for k in range(np.uint64(sums.shape[1])):
            sums[0, k] += sums[cell, k]
    half = np.uint64(sums.shape[1]) >> _ONE
    for lane in range(_HALF):
        residual, noise, evaporated = 0.0, 0.0, 0.0
        started, rho = launch[lane], worth[lane]
        for i in range(np.uint64(last - first)):
            v = np.uint64(first) + i
            mutual = sums[0, half + i * _HALF + lane]
            value = started[v] + damping[lane] * (sums[0, i * _HALF + lane] + rho[v] * mutual)
            stepped[lane][v] = value
            residual += abs(value - reach[lane][v])
            noise += (roundings.counts[v] + roundings.more + 1.0) * value
            evaporated += (1.0 - rho[v]) * mutual
        out_sums[lane, 0], out_sums[lane, 1], out_sums[lane, 2] = residual, noise, evaporated


@compiled
def pull_half(
    followers, mutual_start, per_weight, given, regards, first, last, launch, worth, damping, roundings,
    reach, stepped, out_sums,
):  # fmt: skip
    """Step four lanes of accounts who follow nobody; O(follows of rows `first` to `last`).

    Their reach is read by no row: it is set to its own step. Otherwise as `close_half`; `per_weight` is
    flat, float64 (n_spreading x 4,), `given` and `regards` as in `gather_lanes`.
    """
    sums = np.zeros(2 * HALF)
    out_sums[:] = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        sums[:] = 0.0
        cut, end = np.uint64(mutual_start[v]), np.uint64(followers.indptr[v + _ONE])
        for i in range(np.uint64(followers.indptr[v]), cut):
            add_lanes(sums, _ZERO, per_weight, np.uint64(followers.indices[i]) * _HALF)
        for i in range(cut, end):
            source = np.uint64(followers.indices[i])
            if given.size:
                add_regarded(sums, _HALF, per_weight, source * _HALF, regards, given[source])
            else:
                add_lanes(sums, _HALF, per_weight, source * _HALF)
        for lane in range(_HALF):
            mutual, rho = sums[_HALF + lane], worth[lane][v]
            value = launch[lane][v] + damping[lane] * (sums[lane] + rho * mutual)
            stepped[lane][v] = value
            reach[lane][v] = value
            out_sums[lane, 1] += (roundings.counts[v] + roundings.more + 1.0) * value
            out_sums[lane, 2] += (1.0 - rho) * mutual
