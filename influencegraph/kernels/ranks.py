"""Number accounts as nodes: those who follow most first."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_NOBODY = np.uint32(0xFFFFFFFF)


@compiled
def count_degrees(degrees):
    """Return how many accounts come before those of each degree, from the largest down; O(accounts).

    int64, as many as the largest degree and two more: the last one is the number of accounts.

    Parameters
    ----------
    degrees : int64 (n_accounts,)
    """
    largest = 0
    for degree in degrees:
        largest = max(largest, degree)
    starts = np.zeros(np.uint64(largest) + np.uint64(2), np.int64)
    for degree in degrees:
        starts[np.uint64(largest - degree) + _ONE] += 1
    for i in range(np.uint64(1), np.uint64(starts.size)):
        starts[i] += starts[i - _ONE]
    return starts


@compiled
def rank_degrees(degrees, starts, out_position_of, out_node_of):
    """Give the numbers 0, 1, ... from the largest degree down, ties by position; O(accounts).

    Parameters
    ----------
    degrees : int64 (n_accounts,)
    starts : int64
        Of `count_degrees`.
    out_position_of, out_node_of : out, uint32 (n_accounts,)
    """
    cursor, largest = starts.copy(), starts.size - 2
    for position in range(np.uint64(degrees.size)):
        place = np.uint64(largest - degrees[position])
        node = np.uint64(cursor[place])
        cursor[place] += 1
        out_node_of[position] = node
        out_position_of[node] = position


@compiled
def list_degrees(starts, out_degrees, out_indptr):
    """Write the degrees in their new order, and where rows of that many entries begin; O(accounts).

    Parameters
    ----------
    starts : int64
        Of `count_degrees`.
    out_degrees : out, int64 (n_accounts,)
    out_indptr : out, int64 (n_accounts + 1,)
    """
    out_indptr[0] = 0
    for place in range(np.uint64(starts.size - 1)):
        degree = starts.size - 2 - np.int64(place)
        for node in range(np.uint64(starts[place]), np.uint64(starts[place + _ONE])):
            out_degrees[node] = degree
            out_indptr[node + _ONE] = out_indptr[node] + degree


@compiled
def place_codes(occurs, node_of, counts, out_places):
    """Count the codes that occur below each code; O(codes).

    Parameters
    ----------
    occurs : in and out, bool (n_codes,)
        Whether each code is somebody's; on entry, whether it follows somebody.
    node_of : uint32 (n_codes,)
    counts : int64 (n_codes + 1,)
        How many follow each node, one place up.
    out_places : out, uint32 (n_codes,)

    Returns
    -------
    int
        How many occur.
    """
    place = np.uint64(0)
    for code in range(np.uint64(occurs.size)):  # without branches, which nobody could foretell
        occurs[code] |= counts[np.uint64(node_of[code]) + _ONE] > 0
        out_places[code] = place
        place += np.uint64(occurs[code])
    return np.int64(place)


@compiled
def drop_absent(occurs, places, low, code_of, node_of, degrees, counts,
                out_labels, out_position_of, out_node_of):  # fmt: skip
    """Leave out the nodes of codes that nobody has, and keep the order of the others; O(codes).

    Parameters
    ----------
    occurs, places
        As `place_codes` left them.
    low : int
        The label of code 0; others go on from there.
    code_of, node_of : in and out, uint32 (n_codes,)
        Code of each node, and back; 2^32 - 1 where there is none.
    degrees : int64 (n_codes,)
        How many each node follows, descending.
    counts : in and out, int64 (n_codes + 1,)
        How many follow each node, one place up.
    out_labels : out, int64 (n_accounts,)
    out_position_of, out_node_of : out, uint32 (n_accounts,)
    """
    n, n_spreading = np.uint64(code_of.size), np.uint64(0)
    while n_spreading < n and degrees[n_spreading] > 0:
        n_spreading += _ONE
    new = n_spreading
    for node in range(n_spreading, n):  # codes ascend here
        code = np.uint64(code_of[node])
        if not occurs[code]:
            node_of[code] = _NOBODY
            continue
        place = np.uint64(places[code])
        out_position_of[new], out_node_of[place] = place, new
        code_of[new], node_of[code] = code, new
        counts[new + _ONE] = counts[node + _ONE]
        new += _ONE
    for node in range(n_spreading):
        place = np.uint64(places[np.uint64(code_of[node])])
        out_position_of[node], out_node_of[place] = place, node
    for node in range(new):
        place = np.uint64(out_position_of[node])
        out_labels[place] = low + np.int64(code_of[node])
