"""Split text into rows and fields, and read integers and decimals, byte by byte."""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

FINE, TOO_FEW_COLUMNS, FIELDS_DIFFER, UNCLOSED_QUOTE, AFTER_QUOTE, LONG_LINE = range(6)
LINE_LIMIT = 1 << 20
EXACT_DIGITS, EXACT_POWER = 15, 22
"""Decimals of this many digits and powers of ten are exact in float64, so one operation rounds correctly."""

_LF, _CR, _TAB, _BLANK, _QUOTE = 10, 13, 9, 32, 34


@compiled
def _ends_line(byte):
    return byte in (_LF, _CR)


@compiled
def _is_blank(byte):
    return byte in (_BLANK, _TAB)


@compiled
def _find_field_end(data, pos, delimiter):
    while pos < data.size:
        byte = data[pos]
        if _ends_line(byte) or byte == delimiter:
            break
        if delimiter == 0 and _is_blank(byte):
            break
        pos += 1
    return pos


@compiled
def _skip_blanks(data, pos):
    while pos < data.size and _is_blank(data[pos]):
        pos += 1
    return pos


@compiled
def _read_quoted(data, pos, line):
    """Return stop of the content, the place behind the closing quote (or -1), and the line there."""
    stop, start = pos, pos
    while pos < data.size and pos - start <= LINE_LIMIT:
        byte = data[pos]
        if byte == _QUOTE:
            pos += 1
            if pos >= data.size or data[pos] != _QUOTE:
                return stop, pos, line
        elif byte == _LF or (byte == _CR and (pos + 1 >= data.size or data[pos + 1] != _LF)):
            line += 1
        data[stop] = byte
        stop += 1
        pos += 1
    return stop, -1, line


@compiled
def _scan_fields(data, pos, line, delimiter, quoted, columns, row, spans):
    """Scan one row; return the status, where it ends, the line there, and how many fields it has."""
    field = 0
    while True:
        if delimiter == 0:
            pos = _skip_blanks(data, pos)
            if pos >= data.size or _ends_line(data[pos]):
                return FINE, pos, line, field
        start = pos
        if quoted and pos < data.size and data[pos] == _QUOTE:
            start = pos + 1
            opened = line
            stop, pos, line = _read_quoted(data, start, line)
            if pos < 0:
                return UNCLOSED_QUOTE, pos, opened, field
            if pos < data.size and data[pos] != delimiter and not _ends_line(data[pos]):
                return AFTER_QUOTE, pos, line, field
        else:
            stop = pos = _find_field_end(data, pos, delimiter)
        for k in range(columns.size):
            if columns[k] == field:
                spans[k, row, 0], spans[k, row, 1] = start, stop
        field += 1
        if pos >= data.size or _ends_line(data[pos]):
            return FINE, pos, line, field
        if delimiter != 0:
            pos += 1


@compiled
def scan_rows(data, delimiter, quoted, comment, columns, spans, notes):
    """Find the wanted fields of every row; O(bytes).

    Lines end in LF, CRLF or CR; blank ones and those that begin with a comment character are skipped.

    Parameters
    ----------
    data : uint8
        The text; doubled quotes are made single in place.
    delimiter : int
        A byte, or 0 for runs of blanks and tabs.
    quoted : bool
        Whether a field may be in quotes (RFC 4180).
    comment : uint8
    columns : int64 (wanted,)
        Positions of the wanted fields.
    spans : out, int64 (wanted, lines, 2)
        Start and stop of each.
    notes : out, int64 (5,)
        Rows; comments; fields in the first row; on trouble the line and the fields found there.

    Returns
    -------
    int
        `FINE`, or what the trouble is.
    """
    pos, line = 0, 1
    while pos < data.size:
        head = data[pos]
        if _ends_line(head):
            pos += 2 if head == _CR and pos + 1 < data.size and data[pos + 1] == _LF else 1
            line += 1
            continue
        if np.any(comment == head):
            notes[1] += 1
            while pos < data.size and not _ends_line(data[pos]):
                pos += 1
            continue
        start, row = pos, notes[0]
        notes[3] = line
        status, pos, line, field = _scan_fields(data, pos, line, delimiter, quoted, columns, row, spans)
        notes[4] = field
        if status != FINE:
            notes[3] = line
            return status
        if field == 0:
            continue
        if pos - start > LINE_LIMIT:
            return LONG_LINE
        if row == 0:
            notes[2] = field
            if columns.max() >= field:
                return TOO_FEW_COLUMNS
        if field != notes[2]:
            return FIELDS_DIFFER
        notes[0] += 1
    return FINE


@compiled
def parse_integers(data, spans, out):
    """Read canonical integers, ``-?[1-9][0-9]*|0`` within int64; O(bytes).

    Parameters
    ----------
    data : uint8
    spans : int64 (rows, 2)
    out : out, int64 (rows,)

    Returns
    -------
    int
        The first row that holds none, or -1.
    """
    limit = np.uint64(2**63)
    for row in range(spans.shape[0]):
        pos, stop = spans[row, 0], spans[row, 1]
        negative = pos < stop and data[pos] == 45
        pos += negative
        digits = stop - pos
        if digits < 1 or digits > 19 or (data[pos] == 48 and (digits > 1 or negative)):
            return row
        value = np.uint64(0)
        while pos < stop:
            digit = np.uint64(data[pos]) - np.uint64(48)
            if digit > np.uint64(9):
                return row
            value = value * np.uint64(10) + digit
            pos += 1
        if value > limit or (value == limit and not negative):
            return row
        out[row] = -np.int64(value) if negative else np.int64(value)
    return -1


@compiled
def _read_exponent(data, pos, stop):
    """Return the exponent and `stop`, or a place before `stop` where there is none."""
    if data[pos] != 101 and data[pos] != 69:
        return 0, pos
    first = pos + 1
    minus = first < stop and data[first] == 45
    if first < stop and (minus or data[first] == 43):
        first += 1
    exponent, place = 0, first
    while place < stop and 48 <= data[place] <= 57:
        exponent = min(exponent * 10 + np.int64(data[place]) - 48, 1 << 20)
        place += 1
    if place == first:
        return 0, pos
    return -exponent if minus else exponent, place


@compiled
def parse_decimals(data, spans, powers, out, inexact):
    """Read decimals >= 0, correctly rounded where that takes one operation; O(bytes).

    Parameters
    ----------
    data : uint8
    spans : int64 (rows, 2)
    powers : float64 (EXACT_POWER + 1,)
        Powers of ten.
    out : out, float64 (rows,)
    inexact : out, bool (rows,)
        Well-formed numbers that need more than one operation; left to the caller.

    Returns
    -------
    int
        The first row that holds no number, or -1.
    """
    for row in range(spans.shape[0]):
        pos, stop = spans[row, 0], spans[row, 1]
        pos += pos < stop and data[pos] == 43
        value, digits, significant, scale, point = 0, 0, 0, 0, False
        while pos < stop:
            digit = np.int64(data[pos]) - 48
            if digit == -2 and not point:
                point = True
            elif 0 <= digit <= 9:
                digits += 1
                significant += significant > 0 or digit > 0
                if significant <= 18:
                    value = value * 10 + digit
                    scale -= point
                else:
                    scale += not point
            else:
                break
            pos += 1
        if digits == 0:
            return row
        if pos < stop:
            exponent, pos = _read_exponent(data, pos, stop)
            if pos < stop:
                return row
            scale += exponent
        inexact[row] = significant > EXACT_DIGITS or scale > EXACT_POWER or scale < -EXACT_POWER
        if value == 0:
            inexact[row], out[row] = False, 0.0
        elif not inexact[row]:
            out[row] = value * powers[scale] if scale >= 0 else value / powers[-scale]
    return -1


@compiled
def gather_fields(data, spans, out):
    """Copy fields into rows of fixed width, padded with NUL; O(bytes).

    Parameters
    ----------
    data : uint8
    spans : int64 (rows, 2)
    out : out, uint8 (rows, width)
    """
    for row in range(spans.shape[0]):
        start, stop = spans[row, 0], spans[row, 1]
        for i in range(out.shape[1]):
            out[row, i] = data[start + i] if start + i < stop else 0
