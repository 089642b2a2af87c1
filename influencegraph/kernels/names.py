"""Number byte strings: equal bytes get equal numbers."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


@compiled
def _hash_span(data, start, stop):
    h = np.uint64(0xCBF29CE484222325)
    for i in range(start, stop):
        h = (h ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
    return (h ^ (h >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)


@compiled
def _is_same(data, one, other, size):
    for i in range(size):  # noqa: SIM110 - numba compiles no generator expressions
        if data[one + i] != data[other + i]:
            return False
    return True


@compiled
def _grow(hashes, bits):
    """Return a table of 2^bits places that holds the codes of `hashes`, and room for as many again."""
    table = np.full(1 << bits, -1, np.int64)
    wider = np.empty(2 * hashes.size, np.uint64)
    mask = np.uint64(table.size - 1)
    for code in range(hashes.size):  # copying by a slice would cost four seconds of compiling
        wider[code] = hashes[code]
        slot = hashes[code] >> np.uint64(64 - bits)
        while table[slot] >= 0:
            slot = (slot + _ONE) & mask
        table[slot] = code
    return table, wider


@compiled
def number_spans(data, starts, stops, out_codes, out_firsts):
    """Count off the strings ``data[starts[i]:stops[i]]`` in the order of their first appearance.

    O(bytes): an open-addressed hash table that doubles when half full. Strings made to collide are
    noticed by the length of the search, and given up.

    Parameters
    ----------
    data : uint8
    starts, stops : int64 (rows,)
    out_codes : out, int64 (rows,)
    out_firsts : out, int64 (rows,)
        The first row of each number.

    Returns
    -------
    int
        How many distinct strings there are, or -1 where the search took more than 32 steps a row.
    """
    bits = 12
    table = np.full(1 << bits, -1, np.int64)
    hashes = np.empty(1 << (bits - 1), np.uint64)
    n_distinct = 0
    patience = 32 * starts.size + 4096
    for row in range(starts.size):
        start, stop = np.uint64(starts[row]), np.uint64(stops[row])
        h = _hash_span(data, start, stop)
        slot = h >> np.uint64(64 - bits)
        mask = np.uint64(table.size - 1)
        code = table[slot]
        while code >= 0:
            patience -= 1
            first = out_firsts[code]
            alike = hashes[code] == h and stops[first] - starts[first] == stops[row] - starts[row]
            if alike and _is_same(data, np.uint64(starts[first]), start, stop - start):
                break
            slot = (slot + _ONE) & mask
            code = table[slot]
        if patience < 0:
            return -1
        if code < 0:
            code = n_distinct
            table[slot] = code
            hashes[code] = h
            out_firsts[code] = row
            n_distinct += 1
            if n_distinct == hashes.size:
                bits += 1
                table, hashes = _grow(hashes, bits)
        out_codes[row] = code
    return n_distinct
