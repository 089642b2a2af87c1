"""Split text into rows and fields, and read integers and decimals, byte by byte.

A field is a span: ``data[start:stop]``. Every kernel looks at each byte a bounded number of times.
"""

from __future__ import annotations

import numpy as np

from influencegraph.kernels.jit import compiled

FINE, FIELDS_DIFFER, UNCLOSED_QUOTE, AFTER_QUOTE = range(4)
"""What `scan_rows` returns beside the number of rows."""

DELIMITER, LINE_END, COMMENT = 1, 2, 4
"""What a byte may be; bits of `kinds`."""

PLACE, COMMENTS, FIELDS, TROUBLE, FOUND = range(5)
"""Entries of `state`."""

EXACT_DIGITS, EXACT_POWER = 15, 22
"""Decimals of this many digits and powers of ten are exact in float64, so one operation rounds correctly."""

_ENDS_FIELD = DELIMITER | LINE_END
_LF, _CR, _TAB, _BLANK, _QUOTE = 10, 13, 9, 32, 34


@compiled
def _end_quoted(data, start, rewrite):
    """Return where the content that begins at `start` stops, and the place behind its closing quote, or -1.

    With `rewrite`, doubled quotes are made single; what is left over is filled with quotes, because
    a line end there would be counted twice.
    """
    place, stop = start, start
    while place < data.size:
        if data[place] == _QUOTE:
            if place + 1 == data.size or data[place + 1] != _QUOTE:
                if not rewrite:
                    return place, place + 1
                for rest in range(stop, place):
                    data[rest] = _QUOTE
                return stop, place + 1
            place += 1
        if rewrite:
            data[stop] = data[place]
        stop += 1
        place += 1
    return start, -1


@compiled
def _scan_fields(data, place, kinds, slots, rules, row, out_spans):
    """Scan the row at `place`; return the status, where it ends or the trouble is, and how many fields."""
    runs, quotes, rewrite = rules[0] != 0, rules[1] != 0, rules[2] != 0
    fields = 0
    while True:
        if runs:
            while kinds[data[place]] & _ENDS_FIELD == DELIMITER:
                place += 1
            if kinds[data[place]] & LINE_END:
                return FINE, place, fields
        slot = slots[fields] if fields < slots.size else -1
        start = place
        if quotes and data[place] == _QUOTE:
            start += 1
            stop, place = _end_quoted(data, start, rewrite and slot >= 0)
            if place < 0:
                return UNCLOSED_QUOTE, start - 1, fields
            if not kinds[data[place]] & _ENDS_FIELD:
                return AFTER_QUOTE, place, fields
        else:
            while not kinds[data[place]] & _ENDS_FIELD:
                place += 1
            stop = place
        if slot >= 0:
            out_spans[slot, 0, row] = start
            out_spans[slot, 1, row] = stop
        fields += 1
        if kinds[data[place]] & LINE_END:
            return FINE, place, fields
        if not runs:
            place += 1


@compiled
def _is_blank(data, start, stop):
    while start < stop and (data[start] == _BLANK or data[start] == _TAB):
        start += 1
    return start == stop


@compiled
def scan_rows(data, kinds, slots, rules, state, out_spans):
    """Find the wanted fields of the next rows; O(bytes).

    Lines end in LF, CR or CRLF. Those that begin with a comment mark are counted and skipped; those of
    nothing but blanks and no delimiter are skipped.

    Parameters
    ----------
    data : uint8
        The text; its last byte ends a line.
    kinds : uint8 (256,)
        `DELIMITER`, `LINE_END`, `COMMENT`: what each byte is.
    slots : int64 (fields,)
        Where in `out_spans` each field of a row goes, or -1; fields beyond go nowhere.
    rules : int64 (3,)
        Truths: a run of delimiters counts as one; fields may be quoted; doubled quotes are made
        single in `data`, after which the row cannot be scanned again.
    state : int64 (5,), advanced
        `PLACE` of the next row; `COMMENTS` so far; `FIELDS` in a row, 0 before the first; on trouble
        the place of the `TROUBLE` and the fields `FOUND`.
    out_spans : out, int64 (slots used, 2, rows at most)
        Start and stop of each wanted field.

    Returns
    -------
    tuple of int
        How many rows there are in `out_spans`, and `FINE` or what the trouble is.
    """
    place, rows = state[PLACE], 0
    while place < data.size and rows < out_spans.shape[2]:
        start = place
        if kinds[data[place]] & COMMENT:
            state[COMMENTS] += 1
            while not kinds[data[place]] & LINE_END:
                place += 1
        else:
            status, place, fields = _scan_fields(data, place, kinds, slots, rules, rows, out_spans)
            if status == FINE and (fields > 1 or not _is_blank(data, start, place)):
                rows += 1
                if state[FIELDS] == 0:
                    state[FIELDS] = fields
                elif fields != state[FIELDS]:
                    status, place = FIELDS_DIFFER, start
            if status != FINE:
                state[TROUBLE], state[FOUND] = place, fields
                return rows, status
        place += 2 if data[place] == _CR and place + 1 < data.size and data[place + 1] == _LF else 1
    state[PLACE] = place
    return rows, FINE


@compiled
def parse_integers(data, starts, stops, out):
    """Read canonical integers, ``-?[1-9][0-9]*|0`` within int64; O(bytes).

    Parameters
    ----------
    data : uint8
    starts, stops : int64 (rows,)
    out : out, int64 (rows,)

    Returns
    -------
    int
        The first row that holds none, or the number of rows.
    """
    limit = 2**63 // 10
    for row in range(starts.size):
        place, stop = starts[row], stops[row]
        sign = -1 if place < stop and data[place] == 45 else 1
        if sign < 0:
            place += 1
        digits = stop - place
        if digits < 1 or digits > 19 or (data[place] == 48 and (digits > 1 or sign < 0)):
            return row
        value = np.int64(0)
        while place < stop:
            digit = np.int64(data[place]) - 48
            if digit < 0 or digit > 9:
                return row
            size = sign * value
            if size > limit or (size == limit and digit > (8 if sign < 0 else 7)):
                return row
            value = value * 10 + sign * digit
            place += 1
        out[row] = value
    return starts.size


@compiled
def _read_exponent(data, place, stop):
    """Return the exponent and `stop`, or a place before `stop` where there is none."""
    if data[place] != 101 and data[place] != 69:
        return 0, place
    first = place + 1
    minus = first < stop and data[first] == 45
    if first < stop and (minus or data[first] == 43):
        first += 1
    exponent, end = 0, first
    while end < stop and 48 <= data[end] <= 57:
        exponent = min(exponent * 10 + np.int64(data[end]) - 48, 1 << 40)
        end += 1
    if end == first:
        return 0, place
    return -exponent if minus else exponent, end


@compiled
def parse_decimals(data, starts, stops, powers, out, out_inexact):
    """Read decimals >= 0, correctly rounded where that takes one operation (Clinger 1990); O(bytes).

    ``+?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?``

    Parameters
    ----------
    data : uint8
    starts, stops : int64 (rows,)
    powers : float64 (EXACT_POWER + 1,)
        Powers of ten.
    out : out, float64 (rows,)
    out_inexact : out, bool (rows,)
        Well-formed numbers, not 0, that need more than one operation; left to the caller.

    Returns
    -------
    int
        The first row that holds no such number, or the number of rows.
    """
    for row in range(starts.size):
        place, stop = starts[row], stops[row]
        if place < stop and data[place] == 43:
            place += 1
        value, digits, significant, scale, point = 0, 0, 0, 0, False
        while place < stop:
            digit = np.int64(data[place]) - 48
            if digit == -2 and not point:
                point = True
            elif 0 <= digit <= 9:
                digits += 1
                if significant > 0 or digit > 0:
                    significant += 1
                if significant <= EXACT_DIGITS:
                    value = value * 10 + digit
                    scale -= 1 if point else 0
            else:
                break
            place += 1
        if digits == 0:
            return row
        if place < stop:
            exponent, place = _read_exponent(data, place, stop)
            if place < stop:
                return row
            scale += exponent
        exact = significant <= EXACT_DIGITS and -EXACT_POWER <= scale <= EXACT_POWER
        out_inexact[row] = value != 0 and not exact
        out[row] = 0.0
        if value != 0 and exact:
            out[row] = value * powers[scale] if scale >= 0 else value / powers[-scale]
    return starts.size
