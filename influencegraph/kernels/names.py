"""Number byte strings: equal bytes get equal numbers."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)


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
    bits = np.uint64(12)
    table = np.full(1 << 12, -1, np.int64)
    hashes = np.empty(1 << 11, np.uint64)
    n_distinct = 0
    patience = 32 * starts.size + 4096
    for row in range(starts.size):
        start, stop = np.uint64(starts[row]), np.uint64(stops[row])
        h = np.uint64(0xCBF29CE484222325)
        for i in range(start, stop):
            h = (h ^ np.uint64(data[i])) * np.uint64(0x100000001B3)
        h = (h ^ (h >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
        slot = h >> (np.uint64(64) - bits)
        mask = np.uint64(table.size - 1)
        code = table[slot]
        while code >= 0:
            patience -= 1
            if hashes[code] == h:
                first = out_firsts[code]
                offset = np.uint64(starts[first])
                same = np.uint64(stops[first]) - offset == stop - start
                i = np.uint64(0)
                while same and i < stop - start:
                    same = data[offset + i] == data[start + i]
                    i += _ONE
                if same:
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
                bits += _ONE
                table = np.full(table.size * 2, -1, np.int64)
                mask = np.uint64(table.size - 1)
                for old in range(n_distinct):
                    slot = hashes[old] >> (np.uint64(64) - bits)
                    while table[slot] >= 0:
                        slot = (slot + _ONE) & mask
                    table[slot] = old
                wider = np.empty(hashes.size * 2, np.uint64)
                wider[:n_distinct] = hashes
                hashes = wider
        out_codes[row] = code
    return n_distinct
