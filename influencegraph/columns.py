"""Columns of labels, read from whatever holds them: friendly to containers, strict about labels.

A column stays in the caller's array where it can: nothing here has a number of 64 bits for each row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidFollows, describe_type, shorten
from influencegraph.kernels.jit import Crew
from influencegraph.labels import Coded, check_name

Table = NDArray[np.uint32]

BLOCK = 1 << 17
"""Rows that a kernel reads in one call at least, so that what it makes of them fits into the cache."""

PIECE = 1 << 21
"""Rows told apart by one hash table; a power of 2 times `BLOCK`."""

NOBODY = np.uint32(2**32 - 1)
"""No code, no position."""


def cut_blocks(rows: int, pieces: int) -> list[tuple[int, int]]:
    """Cut `rows` rows into at most so many blocks, or into `PIECE` rows each where those are smaller."""
    size = BLOCK
    while size * pieces < rows and size < PIECE:
        size *= 2
    return [(start, min(start + size, rows)) for start in range(0, max(rows, 1), size)]


class Distinct(NamedTuple):
    """A column told apart: row i of piece p holds ``values[tables[p][codes[i]]]``.

    Attributes
    ----------
    codes : ndarray of integers, shape (rows,)
    tables : list of ndarray of uint32, or None
        One for each `PIECE` rows; None where codes need no table.
    values : ndarray or list of str
        Each value once.
    """

    codes: NDArray[np.integer[Any]]
    tables: list[Table] | None
    values: Any

    def renumber(self, places: Table, crew: Crew) -> list[Table]:
        """Return tables from codes to ``places[value]``."""
        if self.tables is None:
            return [places]
        tables = list(self.tables)

        def renumber(piece: int) -> None:
            tables[piece] = places[tables[piece]]

        crew.run(renumber, range(len(tables)))
        return tables

    def spread(self, places: NDArray[Any]) -> NDArray[Any]:
        """Return ``places[value]`` for each row."""
        if self.tables is None:
            whole: NDArray[Any] = places[self.codes]
            return whole
        pieces = zip(range(0, len(self.codes), PIECE), self.tables, strict=True)
        return np.concatenate([places[table][self.codes[i : i + PIECE]] for i, table in pieces])


Ends = NDArray[np.integer[Any]] | Distinct
"""A column: integers as they are, or strings told apart."""


def read_column(values: Any, side: str, crew: Crew) -> Ends:
    """Read labels from whatever holds them.

    Raises
    ------
    InvalidFollows
        If one is missing, out of range, or neither an integer nor a string.
    """
    if isinstance(values, Coded):
        return Distinct(values.codes, None, values.names)
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidFollows.because(
            f"{side} is {shorten(values)}", "it is an array of labels", "Pass a list or an array."
        )
    array = values if isinstance(values, np.ndarray) else _array_behind(values)
    if array is None:
        return _read_objects(values if isinstance(values, list) else list(values), side)
    if array.ndim != 1:
        raise InvalidFollows.because(
            f"{side} has shape {array.shape}", "it has one dimension", f"Pass {side}.ravel()."
        )
    if array.dtype.kind in "iu":
        if array.dtype.str[1:] == "u8" and array.size and array.max() > np.uint64(2**63 - 1):
            raise InvalidFollows.because(
                f"{side} holds {int(array.max())}",
                "integer labels lie in the range of int64",
                f"Pass {side}.astype(str) to use them as names.",
            )
        return array
    if array.dtype.kind == "U":
        return _read_fixed_width(array, crew)
    if array.dtype.kind in "OT":
        return _read_objects(array.tolist(), side)
    raise InvalidFollows.because(
        f"{side} is a {describe_type(array)}",
        "labels are integers or strings, never bytes, floats, truths or dates",
        f"Convert them first, for instance {side}.astype(str).",
    )


def _array_behind(values: Iterable[Any]) -> NDArray[Any] | None:
    """Return the array a frame's column stands for, None for plain Python collections."""
    return np.asarray(values) if hasattr(values, "__array__") else None


def _read_objects(values: list[Any], side: str) -> Ends:
    kinds = set(map(type, values))
    if not kinds:
        return np.empty(0, np.int64)
    if all(issubclass(kind, int | np.integer) and kind is not bool for kind in kinds):
        try:
            return np.fromiter(values, np.int64, len(values))
        except OverflowError:
            big = next(value for value in values if not -(2**63) <= int(value) < 2**63)
            raise InvalidFollows.because(
                f"{side} holds {big}",
                "integer labels lie in the range of int64",
                "Pass them as strings to use them as names.",
            ) from None
    if all(issubclass(kind, str) for kind in kinds):
        index: defaultdict[str, int] = defaultdict()
        index.default_factory = index.__len__  # a new name gets the next number
        codes = np.fromiter(map(index.__getitem__, values), np.uint32, len(values))
        return Distinct(codes, None, [check_name(str(name), side) for name in index])
    raise _odd_label(values, side)


def _odd_label(values: list[Any], side: str) -> InvalidFollows:
    """Say which row of a mixed column is out of place."""
    first: type = int if isinstance(values[0], int) and not isinstance(values[0], bool) else str
    row, label = next(
        (row, label)
        for row, label in enumerate(values)
        if not isinstance(label, first) or isinstance(label, bool)
    )
    return InvalidFollows.because(
        f"{side} in row {row} is {shorten(label)} of type {type(label).__name__}",
        "labels are all integers or all strings, none missing, and 1 and '1' are two accounts",
        "Convert or drop that row.",
        label=label,
        row=row,
    )


def _read_fixed_width(array: NDArray[np.str_], crew: Crew) -> Distinct:
    """Tell NumPy strings apart by their bytes, without a Python object for each row."""
    if not array.size or not array.dtype.itemsize:
        names = [check_name("", "labels")] if array.size else []
        return Distinct(np.zeros(array.size, np.uint32), None, names)
    (found,) = tell_rows_apart([array], array.dtype.newbyteorder("="), crew)
    points = found.values.view(np.uint32).reshape(len(found.values), -1)
    is_bad = points[:, 0] == 0
    is_bad |= ((points[:, :-1] == 0) & (points[:, 1:] != 0)).any(axis=1)
    is_bad |= ((points >= 0xD800) & (points < 0xE000)).any(axis=1)
    for name in found.values[is_bad].tolist():
        check_name(name, "labels")
    return found


class _Numbered(NamedTuple):
    """Records told apart: each once, and the hash table of their codes, None where they were sorted."""

    values: NDArray[Any]
    places: Table | None


def tell_rows_apart(ends: Sequence[NDArray[Any]], dtype: Any, crew: Crew) -> list[Distinct]:
    """Give equal integers, or NumPy strings, equal codes; read as `dtype`.

    All columns share their `values`. The first piece is numbered first: in most networks few accounts fill
    most rows, so that nearly all others are found among its records, by many threads at a time.
    """
    codes = [np.empty(column.size, np.uint32) for column in ends]
    pieces = [
        (number, slice(start, start + PIECE))
        for number, column in enumerate(ends)
        for start in range(0, column.size, PIECE)
    ]
    if not pieces:
        return [Distinct(each, None, np.empty(0, dtype)) for each in codes]
    number, rows = pieces[0]
    known = _number_rows(np.ascontiguousarray(ends[number][rows], dtype), codes[number][rows])
    n_known = len(known.values)
    others: list[NDArray[Any]] = [np.empty(0, dtype)] * len(pieces)

    def tell(piece: int) -> None:
        number, rows = pieces[piece]
        part = np.ascontiguousarray(ends[number][rows], dtype)
        others[piece] = _number_others(part, known, codes[number][rows])

    crew.run(tell, range(1, len(pieces)))
    rest = np.concatenate(others)
    merged = np.empty(rest.size, np.uint32)
    values = np.concatenate([known.values, _number_rows(rest, merged).values])
    cuts = np.cumsum([part.size for part in others])[:-1]
    first = np.arange(n_known, dtype=np.uint32)
    tables = [np.concatenate([first, part + np.uint32(n_known)]) for part in np.split(merged, cuts)]
    return [
        Distinct(
            each, [table for table, (owner, _) in zip(tables, pieces, strict=True) if owner == number], values
        )
        for number, each in enumerate(codes)
    ]


def _number_others(part: NDArray[Any], known: _Numbered, out_codes: Table) -> NDArray[Any]:
    """Fill `out_codes` with the codes that are known, and with others behind; return the records of those."""
    n_known = len(known.values)
    missed = None if 2 * n_known >= PIECE else _find_known(part, known, out_codes)
    if missed is None:
        values = _number_rows(part, out_codes).values
        out_codes += np.uint32(n_known)
        return values
    own = np.empty(missed.size, np.uint32)
    values = _number_rows(part[missed], own).values
    out_codes[missed] = own + np.uint32(n_known)
    return values


def _find_known(part: NDArray[Any], known: _Numbered, out_codes: Table) -> NDArray[np.int64] | None:
    """Fill `out_codes` with the codes that are known; return the other rows, None where none can be told."""
    from influencegraph.kernels.records import find_records

    if known.places is None:
        return None
    (words, width), records = _as_words(part), _as_words(known.values)[0]
    per_row, missed = int(width or 1), []
    room = np.empty(min(part.size, BLOCK), np.uint32)
    for start in range(0, part.size, BLOCK):
        stop = min(start + BLOCK, part.size)
        block = words[start * per_row : stop * per_row]
        with np.errstate(over="ignore"):  # hashes wrap around; NumPy says so where kernels run uncompiled
            n_missed = find_records(block, width, known.places, records, out_codes[start:stop], room)
        if n_missed < 0:
            return None
        missed.append(start + room[:n_missed].astype(np.int64))
    return np.concatenate(missed)


def _number_rows(array: NDArray[Any], out_codes: Table) -> _Numbered:
    """Fill `out_codes` with the number of each row, in the order of first appearance."""
    from influencegraph.kernels.records import number_records, place_records

    words, width = _as_words(array)
    values = np.empty_like(array)
    known = _as_words(values)[0]
    places = np.full(1 << 12, NOBODY, np.uint32)
    row, n_distinct = 0, 0
    with np.errstate(over="ignore"):
        while row < array.size:
            stop = min(row + PIECE, array.size)
            row, n_distinct = number_records(words, width, row, n_distinct, places, known, out_codes[:stop])
            if row < 0:  # made to collide; sorting minds no collisions
                values, out_codes[:] = np.unique(array, return_inverse=True)
                return _Numbered(values, None)
            if row < stop:
                places = np.full(4 * len(places), NOBODY, np.uint32)
                for first in range(0, n_distinct, PIECE):
                    place_records(known, width, first, min(first + PIECE, n_distinct), places)
    return _Numbered(values[:n_distinct], places)


def _as_words(array: NDArray[Any]) -> tuple[NDArray[Any], np.uint64 | None]:
    """Return what kernels read records as, and how many words each has; None of an integer, which is one."""
    if array.dtype == np.int64:
        return array.view(np.uint64), None
    return array.view(np.uint32), np.uint64(array.dtype.itemsize // 4)
