"""Read two columns of integers straight out of text, eight bytes at a time.

What is common is read here; at whatever is not, the kernel stops, and `scan_rows` decides.
"""

from __future__ import annotations

import sys

import numpy as np

from influencegraph.kernels.jit import compiled
from influencegraph.kernels.text import COMMENT, DELIMITER, LINE_END

READ, WIDE, UNUSUAL = range(3)
"""What `read_pairs` returns: all is read; a label needs 64 bits; something is not as usual."""

ROWS, COMMENTS, BYTES = range(3)
"""Entries of `out_seen`."""

PADDING = 8
"""Bytes that `data` must hold behind the place where reading stops."""

_ENDS_FIELD = DELIMITER | LINE_END
_LF, _CR, _QUOTE, _MINUS = 10, 13, 34, 45
_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (1, 0)
_U = np.uint64
_ZEROS = _U(0x3030303030303030)
_ABOVE_NINE = _U(0x7676767676767676)
_TOP_BITS = _U(0x8080808080808080)
_COUNTED = _U(0x0001020304050607)
_PAIRS, _FOURS, _EIGHT = _U(0x00FF00FF00FF00FF), _U(0x0000FFFF0000FFFF), _U(0xFFFFFFFF)
_MOST_DIGITS = _U(19)
_LARGEST = _U(2**63 - 1)


@compiled
def _load(data, place):
    """Return eight bytes, the first lowest; one instruction once compiled."""
    low = _U(data[place]) | _U(data[place + _U(1)]) << _U(8)
    low |= _U(data[place + _U(2)]) << _U(16) | _U(data[place + _U(3)]) << _U(24)
    high = _U(data[place + _U(4)]) | _U(data[place + _U(5)]) << _U(8)
    high |= _U(data[place + _U(6)]) << _U(16) | _U(data[place + _U(7)]) << _U(24)
    return low | high << _U(32)


@compiled
def _add_up(digits):
    """Return the number that eight digits make, the first in the lowest byte."""
    digits = (digits * _U(10) + (digits >> _U(8))) & _PAIRS
    digits = (digits * _U(100) + (digits >> _U(16))) & _FOURS
    return (digits * _U(10_000) + (digits >> _U(32))) & _EIGHT


@compiled
def _read_digits(data, place):
    """Return the number at `place`, and where it stops, or 0 where it is not canonical; 19 digits at most."""
    digits = _load(data, place) ^ _ZEROS
    others = ((digits + _ABOVE_NINE) | digits) & _TOP_BITS  # exact up to the first byte that is no digit
    if others != _U(0):
        first = others & (~others + _U(1))
        size = ((first >> _U(7)) * _COUNTED) >> _U(56)
        if size == _U(0) or (size > _U(1) and digits & _U(255) == _U(0)):
            return _U(0), _U(0)
        return _add_up(digits << (_U(64) - (size << _U(3)))), place + size
    if digits & _U(255) == _U(0):
        return _U(0), _U(0)
    value, stop = _add_up(digits), place + _U(8)
    digit = _U(data[stop]) ^ _U(48)
    while digit <= _U(9):
        if stop - place >= _MOST_DIGITS:
            return _U(0), _U(0)
        value = value * _U(10) + digit
        stop += _U(1)
        digit = _U(data[stop]) ^ _U(48)
    return value, stop


@compiled
def _store(value, negative, wide, row, out):
    """Write a label; return `READ`, or why it cannot be written."""
    if not wide:
        if negative or value > _EIGHT:
            return WIDE
        out[row] = value
        return READ
    if value > _LARGEST + _U(negative) or (negative and value == _U(0)):
        return UNUSUAL
    bits = ~value + _U(1) if negative else value
    out[2 * row + _LOW] = bits & _EIGHT
    out[2 * row + _HIGH] = bits >> _U(32)
    return READ


@compiled
def _skip(data, place, kinds, stops, seen):
    """Return the next place whose byte is one of `stops`, or is NUL, and all bits seen."""
    while not kinds[data[place]] & stops and data[place] != 0:
        seen |= data[place]
        place += _U(1)
    return place, seen


@compiled
def _skip_blanks(data, place, kinds):
    while kinds[data[place]] & _ENDS_FIELD == DELIMITER:
        place += _U(1)
    return place


@compiled
def read_pairs(data, start, stop, kinds, slots, rules, out_seen, out_follower, out_followed):
    """Read two canonical integers from every row of ``data[start:stop]``; O(bytes).

    Lines end in LF or CRLF. Those that begin with a comment mark are counted and skipped; empty ones
    are skipped, those of blanks where blanks separate. The kernel stops at all that is not so, and at
    a NUL.

    Parameters
    ----------
    data : uint8
        Whole lines from `start` to `stop`; the last ends in LF. `PADDING` bytes or more lie behind it.
    start, stop : int
    kinds : uint8 (256,)
        `DELIMITER`, `LINE_END`, `COMMENT`: what each byte is. No digit and no minus separates.
    slots : int64 (fields,)
        0 for the field of the follower, 1 for that of the followed, -1 for others.
    rules : int64 (4,)
        Truths: a run of delimiters counts as one; fields may be quoted; labels take 64 bits. Then the
        bytes that a line may have.
    out_seen : out, int64 (3,)
        Rows; comment lines; all bits of what was skipped, so that below 128 it is ASCII.
    out_follower, out_followed : out, uint32 (rows at most,)
        Labels, or the halves of int64, two for each row.

    Returns
    -------
    int
        `READ`, `WIDE` or `UNUSUAL`; if not `READ`, the outputs mean nothing.
    """
    runs, quotes, wide = rules[0] != 0, rules[1] != 0, rules[2] != 0
    place, end, limit, rows, comments, seen = _U(start), _U(stop), _U(rules[3]), 0, 0, np.uint8(0)
    while place < end:
        line = place
        if kinds[data[place]] & COMMENT:
            comments += 1
            place, seen = _skip(data, place, kinds, LINE_END, seen)
        else:
            if runs:
                place = _skip_blanks(data, place, kinds)
            if not kinds[data[place]] & LINE_END:
                for field in range(slots.size):
                    if field > 0:
                        if kinds[data[place]] & _ENDS_FIELD != DELIMITER:
                            return UNUSUAL
                        place += _U(1)
                        if runs:
                            place = _skip_blanks(data, place, kinds)
                    if slots[field] < 0:
                        if (quotes and data[place] == _QUOTE) or (runs and kinds[data[place]] & LINE_END):
                            return UNUSUAL
                        place, seen = _skip(data, place, kinds, _ENDS_FIELD, seen)
                        continue
                    negative = False
                    value, behind = _read_digits(data, place)
                    if behind == _U(0) and data[place] == _MINUS:  # looked for earlier, it costs a third
                        negative = True
                        value, behind = _read_digits(data, place + _U(1))
                    if behind == _U(0):
                        return UNUSUAL
                    place = behind
                    out = out_follower if slots[field] == 0 else out_followed
                    status = _store(value, negative, wide, rows, out)
                    if status != READ:
                        return status
                if runs:
                    place = _skip_blanks(data, place, kinds)
                rows += 1
        if data[place] == _CR:
            place += _U(1)
        if data[place] != _LF or place - line > limit:
            return UNUSUAL
        place += _U(1)
    out_seen[ROWS], out_seen[COMMENTS], out_seen[BYTES] = rows, comments, seen
    return READ
