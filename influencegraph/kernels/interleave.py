"""Vectors into lanes, and back; what lanes are is said in `influencegraph.kernels.lanes`."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_HALF = np.uint64(4)


@compiled
def interleave(columns, first, last, origin, out):
    """Write `columns` as lanes, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    columns : as many of float64 (n_accounts,) as there are lanes
    origin : int
        The account that `out` begins with.
    out : out, float32, flat
    """
    lanes = np.uint64(len(columns))
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(lanes):
            out[(v - np.uint64(origin)) * lanes + lane] = columns[lane][v]


@compiled
def interleave_differences(columns, others, first, last, origin, out):
    """Write ``columns - others`` as lanes, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    columns, others : as many of float64 (n_accounts,) as there are lanes
    origin : int
        The account that `out` begins with.
    out : out, float32, flat
    """
    lanes = np.uint64(len(columns))
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(lanes):
            out[(v - np.uint64(origin)) * lanes + lane] = columns[lane][v] - others[lane][v]


@compiled
def interleave_per_weight(reach, out_weights, first, last, out):
    """Write ``reach / W`` as lanes, accounts `first` to `last`; O(accounts).

    Parameters
    ----------
    reach : four of float64 (n_accounts,)
    out_weights : float64 (n_accounts,)
    out : out, float64, flat
    """
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(_HALF):
            out[v * _HALF + lane] = reach[lane][v] / out_weights[v]


@compiled
def add_lanes_to(lanes, first, last, columns):
    """Add lanes to `columns`, accounts `first` to `last`, nobody below 0; O(accounts).

    Parameters
    ----------
    lanes : float32, flat
    columns : as many of float64 (n_accounts,) as there are lanes
        Raised.
    """
    width = np.uint64(len(columns))
    for v in range(np.uint64(first), np.uint64(last)):
        for lane in range(width):
            total = columns[lane][v] + lanes[v * width + lane]
            columns[lane][v] = total if total > 0.0 else 0.0
