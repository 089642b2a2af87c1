"""What eight lanes pass on in eight bits each; see `influencegraph.solvers.parcels`.

A *parcel* is what an account gives in one sweep per unit of weight, times a scale, rounded to a number of
eight bits (`influencegraph.kernels.vector`). What rounding took away is *left* with the account, which sends
it later. Arrays of lanes are flat. What accounts get, what they sent and what is left with them is float32,
and begins with the account `origin`; parcels are those of all accounts.

`lane` are four numbers of every lane, float32 (4 x 8,): what 1 in a parcel stands for; that times the
damping; the scale; and how much of `base` is taken from what arrives. `found` is out, three numbers of every
lane, float32 (3 x 8,): sums of amounts and of their absolute values, and the largest parcel.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.lane_steps import LEAST, join_cells, read_step
from influencegraph.kernels.lanes import LANES, regard
from influencegraph.kernels.vector import vectorized

UNIT, RECEIVED, SCALE, TAKEN = range(0, 4 * LANES, LANES)
"""Where each number lies in `lane`."""
TOTAL, SIZE, LARGEST = range(0, 3 * LANES, LANES)
"""Where each number lies in `found`."""
_ONE = np.uint64(1)
_LANES = np.uint64(LANES)
_SENT, _FRACTION = np.uint8(127), np.uint8(2)
"""All bits of a parcel but its sign, which are 0 where nothing is sent; how many lie below its exponent."""


@vectorized
def _count_regarded(v, counts, regards, given):
    v.store(v.load(counts, LANES) + regard(v, regards, given), counts, LANES)


@vectorized
def _begin(v, counts, chosen, crowd, lane, inverse, weight, base, k, left, sent, found):
    amount = v.load(base, k) + v.load(lane, RECEIVED) * read_step(v, counts, 0, LANES, chosen, crowd)
    own = v.load(lane, UNIT) * weight
    rest = amount - own
    v.store(own, sent, k)
    v.store(rest, left, k)
    v.store(v.load(found, TOTAL) + rest, found, TOTAL)
    v.store(v.load(found, SIZE) + own, found, SIZE)
    v.store(v.larger(v.load(found, LARGEST), abs(rest * inverse)), found, LARGEST)


@vectorized
def _weigh(v, left, k, inverse, found):
    amount = v.load(left, k)
    v.store(v.load(found, TOTAL) + amount, found, TOTAL)
    v.store(v.larger(v.load(found, LARGEST), abs(amount * inverse)), found, LARGEST)


@vectorized
def _send(v, sums, place, mutual, chosen, crowd, lane, inverse, weight, base, k, left, sent, at, out, found):
    arrived = v.load(lane, RECEIVED) * read_step(v, sums, place, mutual, chosen, crowd)
    amount = v.load(left, k) + (arrived - v.load(lane, TAKEN) * v.load(base, k))
    share = (amount * inverse) * v.load(lane, SCALE)
    v.store(share, out, at)
    own = v.load(out, at) * (v.load(lane, UNIT) * weight)
    v.store(v.load(sent, k) + own, sent, k)
    v.store(amount - own, left, k)
    v.store(v.load(found, TOTAL) + amount, found, TOTAL)
    v.store(v.load(found, SIZE) + abs(amount), found, SIZE)
    v.store(v.larger(v.load(found, LARGEST), abs(share)), found, LARGEST)


@compiled
def begin(
    followers, mutual_start, first, last, origin, chosen, crowd, given, lane, inverse, base, left, sent, out,
    found,
):  # fmt: skip
    """Let everybody have sent as much per unit of weight, accounts `first` to `last`; O(mutual follows).

    What that brought is known without parcels.

    Parameters
    ----------
    followers : Csr
    mutual_start : int64
        Where the mutual followers of each account begin.
    chosen : float32 (5 x 8,)
        See `influencegraph.kernels.lane_steps`; so are the two that follow.
    crowd : float32 (n_spreading,)
    given : float32 (n_spreading,), or (0,)
    lane : float32 (4 x 8,)
        What everybody sent per unit of weight, as what 1 in a parcel stands for.
    inverse : float32 (n_spreading,)
        ``1 / W_u``.
    base : float32, flat
    left, sent : out, float32, flat
    out : out, uint8, flat
        Parcels: none.
    found : out, float32 (3 x 8,)
        Sums of what is left and of what was sent; the largest of what is left per unit of weight.
    """
    counts, regards = np.zeros(2 * LANES, np.float32), chosen[LEAST:]
    found[:] = 0
    for v in range(np.uint64(first), np.uint64(last)):
        start, cut, end = followers.indptr[v], mutual_start[v], followers.indptr[v + _ONE]
        counts[:LANES] = np.float32(cut - start)
        if given.size:
            counts[LANES:] = 0
            for i in range(np.uint64(cut), np.uint64(end)):
                _count_regarded(counts, regards, given[np.uint64(followers.indices[i])])
        else:
            counts[LANES:] = np.float32(end - cut)
        weight = np.float32(1) / inverse[v]
        k = (v - np.uint64(origin)) * _LANES
        _begin(counts, chosen, crowd[v], lane, inverse[v], weight, base, k, left, sent, found)
    _clear(out, first, last)


@compiled
def begin_again(left, inverse, first, last, origin, sent, out, found):
    """Let nobody have sent anything, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    left : float32, flat
    inverse : float32 (n_spreading,)
        ``1 / W_u``.
    sent : out, float32, flat
    out : out, uint8, flat
        Parcels.
    found : out, float32 (3 x 8,)
        The sum of what is left; 0; the largest of it per unit of weight.
    """
    found[:] = 0
    for v in range(np.uint64(first), np.uint64(last)):
        _weigh(left, (v - np.uint64(origin)) * _LANES, inverse[v], found)
    _clear(sent, first - origin, last - origin)
    _clear(out, first, last)


@compiled
def _clear(array, first, last):
    for k in range(np.uint64(first) * _LANES, np.uint64(last) * _LANES):
        array[k] = 0


@compiled
def send(sums, first, last, origin, chosen, crowd, lane, inverse, base, left, sent, out, found):
    """Join what came from a partition's cells, and send it on; O(accounts x cells).

    Parameters
    ----------
    sums : float32 (cells, 2 x span x 8)
    chosen : float32 (5 x 8,)
        See `influencegraph.kernels.lane_steps`.
    crowd, inverse : float32 (n_spreading,)
    base : float32, flat
    left, sent : float32, flat
        Brought up to date, from `first` to `last`.
    out : out, uint8, flat
        Parcels.
    """
    join_cells(sums)
    joined, half = sums[0], np.uint64(sums.shape[1]) >> _ONE
    found[:] = 0
    for i in range(np.uint64(last - first)):
        v = np.uint64(first) + i
        place, k, weight = i * _LANES, (v - np.uint64(origin)) * _LANES, np.float32(1) / inverse[v]
        _send(
            joined, place, half + place, chosen, crowd[v], lane, inverse[v], weight, base, k, left, sent,
            v * _LANES, out, found,
        )  # fmt: skip


@compiled
def rescale(parcels, octaves, first, last):
    """Make parcels of accounts `first` to `last` larger by powers of 2; O(accounts).

    Parameters
    ----------
    parcels : uint8, flat
        None may become larger than numbers of eight bits are.
    octaves : uint8 (8,)
        The powers of every lane.
    """
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(_LANES):
            own = parcels[v * _LANES + lane]
            more = octaves[lane] << _FRACTION
            parcels[v * _LANES + lane] = own + (more if own & _SENT else np.uint8(0))


@compiled
def add_sent(sent, left, factors, multiples, first, last, origin, columns):
    """Add what was sent and is left to `columns`, accounts `first` to `last`; O(accounts).

    Nobody comes out below 0.

    Parameters
    ----------
    sent, left : float32, flat
    factors : float32 (8,)
        What both are multiplied by.
    multiples : float64 (8,), or None
        What of each column is added besides; None where nothing is in `columns` yet.
    columns : eight of float64 (n_accounts,)
    """
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(_LANES):
            k = (v - np.uint64(origin)) * _LANES + lane
            total = np.float64(factors[lane] * (sent[k] + left[k]))
            if multiples is not None:
                total += columns[lane][v] + multiples[lane] * columns[lane][v]
            columns[lane][v] = total if total > 0.0 else 0.0
