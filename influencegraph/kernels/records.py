"""Number records of one width, which integers are and NumPy's strings: equal ones get equal codes.

A hash table has nothing but codes: what a code stands for is in an array of its own, in which the records
that fill most rows come first and so stay in the cache.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.prefetch import prefetch

_ONE = np.uint64(1)
_HALF = np.uint64(32)
_NOBODY = np.uint64(0xFFFFFFFF)
_DIGIT_BITS = np.uint64(8)
_DIGIT = np.uint64(255)
_N_DIGITS = np.uint64(8)
_AHEAD = np.uint64(32)
"""Rows looked up together."""


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
    """Return a hash of 64 bits, of which the upper ones are good."""
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
    """Return whether record `one` of `words` is record `other` of `others`."""
    if width is None:
        return words[one] == others[other]
    one, other = one * width, other * width
    for i in range(width):  # noqa: SIM110 - numba compiles no generator expressions
        if words[one + i] != others[other + i]:
            return False
    return True


@compiled
def _count_bits(places):
    """Return of how many places a table is a power of 2."""
    bits = np.uint64(0)
    while np.uint64(places.size) >> (bits + _ONE):
        bits += _ONE
    return bits


@compiled
def place_records(known, width, first, last, places):
    """Enter the records `first` to `last` into a hash table that has none of them; O(words).

    Parameters
    ----------
    known : uint32 (records * width,), or uint64 (records,)
        Records by their codes.
    width : uint64, or None
        None where each record is one word of 64 bits.
    first, last : int
    places : in and out, uint32 (power of 2,)
        Codes; 2^32 - 1 where a place is free.
    """
    bits = _count_bits(places)
    mask = (_ONE << bits) - _ONE
    for code in range(np.uint64(first), np.uint64(last)):
        slot = _hash_record(known, code, width) >> (np.uint64(64) - bits)
        while places[slot] != _NOBODY:
            slot = (slot + _ONE) & mask
        places[slot] = code


@compiled
def _look_ahead(words, width, first, last, bits, places, known, out_slots, out_codes):
    """Write where the search for the rows `first` to `last` begins, and the codes that lie there; O(words).

    What is read from far away is asked for before any of it is needed.
    """
    for i in range(first, last):
        out_slots[i - first] = _hash_record(words, i, width) >> (np.uint64(64) - bits)
        prefetch(places, out_slots[i - first])
    for i in range(first, last):
        out_codes[i] = places[out_slots[i - first]]
        prefetch(known, np.uint64(out_codes[i]) if width is None else np.uint64(out_codes[i]) * width)


@compiled
def number_records(words, width, row, n_distinct, places, out_known, out_codes):
    """Count off the records ``words[i * width:(i + 1) * width]`` in the order of their first appearance.

    O(words). Stops when the hash table is half full, to be called again with a wider one. Records made to
    collide are noticed by the length of the search, and given up.

    Parameters
    ----------
    words : uint32 (rows * width,), or uint64 (rows,)
    width : uint64, or None
        As in `place_records`.
    row, n_distinct : int
        Where to begin, and how many there were before.
    places : in and out, uint32
        As in `place_records`.
    out_known : out, as `words`
        Each record once, by its code.
    out_codes : out, uint32
        As long as there are rows to number by the end of this call.

    Returns
    -------
    tuple of int
        The row to go on with, -1 where the search took more than 32 steps a row; how many distinct records
        there are by then.
    """
    bits = _count_bits(places)
    mask = (_ONE << bits) - _ONE
    patience = 32 * out_codes.size + 4096
    slots, rows = np.empty(_AHEAD, np.uint64), np.uint64(out_codes.size)
    for start in range(np.uint64(row), rows, _AHEAD):
        stop = min(start + _AHEAD, rows)
        _look_ahead(words, width, start, stop, bits, places, out_known, slots, out_codes)
        for i in range(start, stop):
            slot = slots[i - start]
            code = np.uint64(places[slot])
            while code != _NOBODY and not _is_same(out_known, code, words, i, width):
                patience -= 1
                slot = (slot + _ONE) & mask
                code = np.uint64(places[slot])
            if patience < 0:
                return -1, n_distinct
            if code == _NOBODY:
                if np.uint64(2 * n_distinct) > mask:
                    return np.int64(i), n_distinct
                code = np.uint64(n_distinct)
                places[slot] = code
                if width is None:
                    out_known[code] = words[i]
                else:
                    for k in range(width):
                        out_known[code * width + k] = words[i * width + k]
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
    places : uint32
        As `number_records` left it.
    known : as `words`
        The records of the table, by their codes.
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
    missed, rows = np.uint64(0), np.uint64(out_codes.size)
    slots = np.empty(_AHEAD, np.uint64)
    for start in range(np.uint64(0), rows, _AHEAD):
        stop = min(start + _AHEAD, rows)
        _look_ahead(words, width, start, stop, bits, places, known, slots, out_codes)
        for i in range(start, stop):
            slot, code = slots[i - start], np.uint64(out_codes[i])
            while code != _NOBODY and not _is_same(known, code, words, i, width):
                patience -= 1
                slot = (slot + _ONE) & mask
                code = np.uint64(places[slot])
            out_codes[i] = code
            out_missed[missed] = i
            missed += np.uint64(code == _NOBODY)
        if patience < 0:
            return -1
    return np.int64(missed)


@compiled
def rank_words(words, out_ordered, out_places):
    """Sort integers by their digits, from the lowest up, and keep each once; O(words).

    Parameters
    ----------
    words : uint64 (words,)
        Where they stand for int64, with the sign's bit turned.
    out_ordered : out, uint64 (words,)
        Ascending, as many as are distinct.
    out_places : out, uint32 (words,)
        Where each of `words` is there.

    Returns
    -------
    int
        How many are distinct.
    """
    n = np.uint64(words.size)
    if n == 0:
        return 0
    counts = np.zeros((_N_DIGITS, _DIGIT + _ONE), np.uint64)
    for i in range(n):
        for digit in range(_N_DIGITS):
            counts[digit, (words[i] >> (digit * _DIGIT_BITS)) & _DIGIT] += _ONE
    ordered, rows = words.copy(), np.arange(words.size).astype(np.uint32)
    other, other_rows = np.empty_like(ordered), np.empty_like(rows)
    for digit in range(_N_DIGITS):
        shift, cursor = digit * _DIGIT_BITS, counts[digit]
        if cursor[(words[0] >> shift) & _DIGIT] == n:
            continue
        place = np.uint64(0)
        for value in range(_DIGIT + _ONE):
            count = cursor[value]
            cursor[value] = place
            place += count
        for i in range(n):
            value = (ordered[i] >> shift) & _DIGIT
            place = cursor[value]
            cursor[value] = place + _ONE
            other[place], other_rows[place] = ordered[i], rows[i]
        ordered, other, rows, other_rows = other, ordered, other_rows, rows
    place = np.uint64(0)
    for i in range(n):
        if i and ordered[i] != ordered[i - _ONE]:
            place += _ONE
        out_ordered[place] = ordered[i]
        out_places[np.uint64(rows[i])] = place
    return np.int64(place + _ONE)
