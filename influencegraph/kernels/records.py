"""Number records of one width, which integers are and NumPy's strings: equal ones get equal codes."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_NOBODY = np.uint64(0xFFFFFFFF)


@compiled
def mark_present(column, low, out):
    """Set bit ``value - low`` for every value of a block; O(rows).

    Parameters
    ----------
    column : int64 or uint32 (rows,)
    low : int
    out : out, uint8
        Eight bits a number, the lowest first.
    """
    for i in range(np.uint64(column.size)):
        place = np.uint64(column[i] - low)
        out[place >> np.uint64(3)] |= np.uint8(_ONE << (place & np.uint64(7)))


@compiled
def _hash_record(words, record, width):
    """Return a hash; of one word of 64 bits it is a bijection, so that equal hashes are equal records."""
    if width is None:
        h = words[record] * np.uint64(0xD6E8FEB86659FD93)
        h ^= h >> _HALF
        return h * np.uint64(0x9E3779B97F4A7C15)
    h, start = np.uint64(0), record * width
    for i in range(start, start + width - _ONE, 2):
        h = (h ^ np.uint64(words[i]) ^ (np.uint64(words[i + _ONE]) << _HALF)) * np.uint64(0xD6E8FEB86659FD93)
        h ^= h >> _HALF
    if width & _ONE:
        h = (h ^ np.uint64(words[start + width - _ONE])) * np.uint64(0xD6E8FEB86659FD93)
        h ^= h >> _HALF
    return h * np.uint64(0x9E3779B97F4A7C15)


@compiled
def _is_same(words, one, others, other, width):
    """Return whether record `one` of `words` is record `other` of `others`, given that their hashes are."""
    if width is None:
        return True
    one, other = one * width, other * width
    for i in range(width):  # noqa: SIM110 - numba compiles no generator expressions
        if words[one + i] != others[other + i]:
            return False
    return True


@compiled
def _count_bits(places):
    """Return of how many places a table is a power of 2."""
    bits = np.uint64(0)
    while np.uint64(places.size >> 1) >> (bits + _ONE):
        bits += _ONE
    return bits


@compiled
def widen(places, first, last, out_places):
    """Move the entries `first` to `last` of a hash table into a larger one; O(entries).

    Parameters
    ----------
    places : uint64 (2 x power of 2,)
        Pairs: a hash, and the code of its record or 2^32 - 1 where the place is free.
    out_places : out, the same
        Free where nothing was moved.
    """
    bits = _count_bits(out_places)
    mask = (_ONE << bits) - _ONE
    for i in range(np.uint64(2 * first), np.uint64(2 * last), np.uint64(2)):
        if places[i + _ONE] != _NOBODY:
            slot = places[i] >> (np.uint64(64) - bits)
            while out_places[slot + slot + _ONE] != _NOBODY:
                slot = (slot + _ONE) & mask
            out_places[slot + slot] = places[i]
            out_places[slot + slot + _ONE] = places[i + _ONE]


@compiled
def number_records(words, width, row, n_distinct, places, out_codes, out_firsts):
    """Count off the records ``words[i * width:(i + 1) * width]`` in the order of their first appearance.

    O(words). Stops when the hash table is half full, to be called again with a wider one. Records made to
    collide are noticed by the length of the search, and given up.

    Parameters
    ----------
    words : uint32 (rows * width,), or uint64 (rows,)
    width : uint64, or None
        None where each record is one word of 64 bits, which takes half the time.
    row, n_distinct : int
        Where to begin, and how many there were before.
    places : uint64
        As in `widen`; filled.
    out_codes : out, uint32
        As long as there are rows to number by the end of this call.
    out_firsts : out, uint32 (rows,)
        The first row of each number.

    Returns
    -------
    tuple of int
        The row to go on with, -1 where the search took more than 32 steps a row; how many distinct records
        there are by then.
    """
    bits = _count_bits(places)
    mask = (_ONE << bits) - _ONE
    patience = 32 * out_codes.size + 4096
    for i in range(np.uint64(row), np.uint64(out_codes.size)):
        h = _hash_record(words, i, width)
        slot = h >> (np.uint64(64) - bits)
        code = places[slot + slot + _ONE]
        while code != _NOBODY:
            if places[slot + slot] == h and _is_same(words, np.uint64(out_firsts[code]), words, i, width):
                break
            patience -= 1
            slot = (slot + _ONE) & mask
            code = places[slot + slot + _ONE]
        if patience < 0:
            return -1, n_distinct
        if code == _NOBODY:
            if np.uint64(2 * n_distinct) > mask:
                return np.int64(i), n_distinct
            code = np.uint64(n_distinct)
            places[slot + slot] = h
            places[slot + slot + _ONE] = code
            out_firsts[n_distinct] = i
            n_distinct += 1
        out_codes[i] = code
    return out_codes.size, n_distinct


@compiled
def find_records(words, width, places, known, out_codes, out_missed):
    """Look records up in a table of others, which stays as it is; O(words).

    Parameters
    ----------
    words, width
        As in `number_records`.
    places : uint64
        As `number_records` left it.
    known : uint32
        The records of the table, as `words`, by their codes.
    out_codes : out, uint32 (rows,)
        2^32 - 1 where there is none.
    out_missed : out, uint32 (rows,)
        The rows where there is none, ascending.

    Returns
    -------
    int
        How many those are; -1 where the search took more than 32 steps a row.
    """
    bits = _count_bits(places)
    mask = (_ONE << bits) - _ONE
    patience = 32 * out_codes.size + 4096
    missed = np.uint64(0)
    for i in range(np.uint64(out_codes.size)):
        h = _hash_record(words, i, width)
        slot = h >> (np.uint64(64) - bits)
        code = places[slot + slot + _ONE]
        while code != _NOBODY:
            if places[slot + slot] == h and _is_same(known, code, words, i, width):
                break
            patience -= 1
            slot = (slot + _ONE) & mask
            code = places[slot + slot + _ONE]
        if patience < 0:
            return -1
        out_codes[i] = code
        out_missed[missed] = i
        missed += np.uint64(code == _NOBODY)
    return np.int64(missed)
