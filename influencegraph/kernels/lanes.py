"""Eight vectors side by side: one pass along the follows steps all of them.

A *lane* is one of `LANES` vectors. They lie interleaved, the eight values of an account together, so that
a follow reads one cache line's half and one addition serves all lanes. Certified steps are float64 and take
`HALF` lanes at a time, which is as many bytes. Arrays of lanes are flat: account v's lane i is at
``8 v + i``. Where accounts pass on another amount along their mutual follows in any lane, these lie `behind`
the others, as in `influencegraph.kernels.mix`: what is said to be doubled is then twice as long.

Sums run in 256-bit vectors (`influencegraph.kernels.vector`): 1.0 ns a follow, against 2.2 for a loop over
eight lanes.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.vector import vectorized

LANES = 8
HALF = 4
_BYTES = 32
_ZERO, _ONE, _TWO, _THREE, _FOUR = (np.uint64(n) for n in range(5))
_HALF = np.uint64(HALF)
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


@compiled
def gather_lanes(cell, spread, values, behind, out):
    """Add up, for everybody in a partition, the lanes of the followers in `cell`; O(its follows).

    Parameters
    ----------
    cell : Cell
        See `influencegraph.layouts.partitioned`.
    spread : int
        Accounts in a block of runs.
    values : float32 or float64, flat, doubled
        Attention per weight: eight lanes of float32 or four of float64 for each account.
    behind : uint64
        In accounts; 0 where nothing is doubled.
    out : out, as `values`, flat
        As many for each account and kind, one-way first.
    """
    width = np.uint64(_BYTES // values.itemsize)
    for k in range(np.uint64(out.size)):
        out[k] = 0
    n_sums = np.uint64(out.size) >> _ONE
    places = cell.places
    i, run = _ZERO, _ZERO
    for half in range(np.uint64(cell.ends.size)):
        block, kind = np.uint64(cell.run_blocks[half >> _ONE]), half & _ONE
        base = block * np.uint64(spread) + kind * behind
        while run < np.uint64(cell.ends[half]):
            end = i + np.uint64(cell.lengths[run])
            place = kind * n_sums + np.uint64(cell.run_targets[run]) * width
            while i + _FOUR <= end:
                a, b = base + np.uint64(places[i]), base + np.uint64(places[i + _ONE])
                c, d = base + np.uint64(places[i + _TWO]), base + np.uint64(places[i + _THREE])
                _add_four(out, place, values, a * width, b * width, c * width, d * width)
                i += _FOUR
            while i < end:
                add_lanes(out, place, values, (base + np.uint64(places[i])) * width)
                i += _ONE
            run += _ONE
    ends = (0, cell.mutual_targets, cell.targets.size)
    starts = (0, cell.mutual_sources)
    for kind in range(2):
        targets, sources = cell.targets[ends[kind] : ends[kind + 1]], cell.sources[starts[kind] :]
        base, first = np.uint64(kind) * behind, np.uint64(kind) * n_sums
        message = _ZERO
        for i in range(np.uint64(targets.size)):
            target = np.uint64(targets[i])
            message += target >> _SHIFT
            source = np.uint64(sources[message - _ONE]) + base
            add_lanes(out, first + (target & _TARGET_BITS) * width, values, source * width)


@compiled
def close_half(sums, first, last, launch, worth, damping, roundings, reach, stepped, out_sums):
    """Join sums into one exact-but-for-rounding step of four lanes, and add up what a certificate asks.

    O(accounts x cells).

    Parameters
    ----------
    sums : float64 (cells, 2 x span x 4)
    launch, worth : four of float64 (n_accounts,)
    damping : float64 (4,)
    roundings : float64 (n_accounts,)
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
            noise += (roundings[v] + 1.0) * value
            evaporated += (1.0 - rho[v]) * mutual
        out_sums[lane, 0], out_sums[lane, 1], out_sums[lane, 2] = residual, noise, evaporated


@compiled
def pull_half(
    followers, mutual_start, per_weight, behind, first, last, launch, worth, damping, roundings, reach,
    stepped, out_sums,
):  # fmt: skip
    """Step four lanes of accounts who follow nobody; O(follows of rows `first` to `last`).

    Their reach is read by no row: it is set to its own step. Otherwise as `close_half`; ``per_weight`` is
    flat, float64 (n_spreading x 4,), doubled, and `behind` in accounts.
    """
    sums = np.zeros(2 * HALF)
    out_sums[:] = 0.0
    for v in range(np.uint64(first), np.uint64(last)):
        sums[:] = 0.0
        cut = np.uint64(mutual_start[v])
        for i in range(np.uint64(followers.indptr[v]), np.uint64(followers.indptr[v + _ONE])):
            source = np.uint64(followers.indices[i]) + (_ZERO if i < cut else behind)
            add_lanes(sums, _ZERO if i < cut else _HALF, per_weight, source * _HALF)
        for lane in range(_HALF):
            mutual, rho = sums[_HALF + lane], worth[lane][v]
            value = launch[lane][v] + damping[lane] * (sums[lane] + rho * mutual)
            stepped[lane][v] = value
            reach[lane][v] = value
            out_sums[lane, 1] += (roundings[v] + 1.0) * value
            out_sums[lane, 2] += (1.0 - rho) * mutual
