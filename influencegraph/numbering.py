"""Which accounts there are, and the position of every row's: the bridge from columns to numbers.

Integers over a dense range are marked in a table of that range; others are told apart by hashing. Either
way a row's position is found when the row is read, by one look into a table; `number_codes` spares it that
look where nearly every integer of the range is an account.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import chain
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph import columns
from influencegraph.columns import NOBODY, Distinct, Ends, Table, read_column, tell_rows_apart
from influencegraph.errors import InvalidFollows, shorten
from influencegraph.kernels.jit import Crew
from influencegraph.labels import Labels, Positions, as_objects

Integers = NDArray[np.integer[Any]]

_BLOCKS = 1 << 6
"""Blocks of rows that are only read, at most."""

_DENSE = 8
"""Integers over a range for each of which there are so many rows, and more, are numbered without a table:
what is kept for each takes less room then than follows do."""

_SPARSE = 2
"""Integer labels over a range of this many times their number are hashed instead of tabled: a table of
that size fits into the room that the follows will need."""


class Column(NamedTuple):
    """The account of every row: ``tables[i // PIECE][codes[i] - low]`` is the position of row i's.

    Without a table, ``codes[i] - low`` is.

    Attributes
    ----------
    codes : ndarray of integers, shape (rows,)
    low : int
    tables : list of ndarray of uint32
        One for each `PIECE` rows, one for all, or none.
    dtype : dtype
        What kernels see the codes as, uint32 or int64; of both columns the same.
    """

    codes: Integers
    low: int
    tables: list[Table]
    dtype: Any

    def __len__(self) -> int:
        return len(self.codes)

    def block(self, start: int, stop: int) -> tuple[Integers, int, Table | None]:
        """Return the codes of a block of rows, contiguous and read-only, with `low` and their table."""
        codes = np.ascontiguousarray(self.codes[start:stop], self.dtype).view()
        codes.flags.writeable = False  # numba compiles writable and read-only arrays separately
        if not self.tables:
            return codes, self.low, None
        return codes, self.low, self.tables[start // columns.PIECE if len(self.tables) > 1 else 0]

    def positions(self) -> Positions:
        """Return the position of every row's account."""
        blocks = columns.cut_blocks(len(self), _BLOCKS)
        return np.concatenate([self.positions_of(*block) for block in blocks])

    def positions_of(self, start: int, stop: int) -> Positions:
        """Return the positions of a block of rows."""
        codes, low, table = self.block(start, stop)
        return (codes - low).astype(np.uint32) if table is None else table[codes - low]


class Named(NamedTuple):
    """The accounts behind two columns, and both columns."""

    accounts: Labels
    follower: Column
    followed: Column


class Numbered(NamedTuple):
    """Two columns whose accounts have the numbers 0 to `n_codes` - 1.

    These are positions among `accounts`; where that is None, distances from the least of some integers, and
    then a number may be nobody's. Without tables, only a row that is read tells whether its number is one
    of them.
    """

    accounts: Labels | None
    follower: Column
    followed: Column
    n_codes: int


def number_labels(follower: Any, followed: Any, labels: Any = None, crew: Crew | None = None) -> Named:
    """Find the accounts behind two columns of labels.

    Parameters
    ----------
    follower, followed : array-like or Coded, shape (rows,)
        Integers or strings, of one kind in both.
    labels : array-like, optional
        All accounts in the order wanted; by default those that occur, ascending.
    crew : Crew, optional
        By default the calling thread.

    Raises
    ------
    InvalidFollows
        If a label is missing, of the wrong kind, or not among `labels`.
    """
    numbered = _number(follower, followed, labels, False, crew or Crew(1))
    assert numbered.accounts is not None
    return Named(numbered.accounts, numbered.follower, numbered.followed)


def number_codes(follower: Any, followed: Any, labels: Any, crew: Crew) -> Numbered:
    """Give the accounts behind two columns numbers, for somebody who visits every number anyway.

    As `number_labels`, but where integers are dense, nobody looks beforehand which of them occur.
    """
    return _number(follower, followed, labels, True, crew)


def _number(follower: Any, followed: Any, labels: Any, with_gaps: bool, crew: Crew) -> Numbered:
    ends = read_column(follower, "follower", crew), read_column(followed, "followed", crew)
    sizes = [_size(end) for end in ends]
    if sizes[0] != sizes[1]:
        raise InvalidFollows.because(
            f"follower has {sizes[0]:,} rows and followed has {sizes[1]:,}",
            "row i of both is one follow, so they are equally long",
            "Pass two columns of one table.",
        )
    kinds = {_kind(end) for end in ends if _size(end)}
    if len(kinds) > 1:
        raise _two_kinds("follower", "followed", *map(_kind, ends))
    accounts = None if labels is None else _given_labels(labels, kinds, crew)
    if (kinds or {accounts.kind if accounts else "int"}) == {"str"}:
        return _number_strings(ends, accounts, crew)
    return _number_integers([_integers(end) for end in ends], accounts, with_gaps, crew)


def _size(column: Ends) -> int:
    return len(column.codes) if isinstance(column, Distinct) else len(column)


def _kind(column: Ends) -> Literal["int", "str"]:
    return "str" if isinstance(column, Distinct) else "int"


def _integers(column: Ends) -> Integers:
    return np.empty(0, np.int64) if isinstance(column, Distinct) else column


def _two_kinds(first: str, second: str, first_kind: str, second_kind: str) -> InvalidFollows:
    words = {"int": "integers", "str": "strings"}
    return InvalidFollows.because(
        f"{first} holds {words[first_kind]} and {second} holds {words[second_kind]}",
        "labels are all integers or all strings, because 1 and '1' are two accounts",
        "Convert one of them.",
    )


def _join(accounts: Labels | None, n_codes: int, *ends: tuple[Integers, int, list[Table]]) -> Numbered:
    """Put two columns side by side, with one dtype for the kernels of both."""
    narrow = all(codes.dtype == np.uint32 and codes.dtype.isnative for codes, _, _ in ends)
    dtype = np.dtype(np.uint32 if narrow else np.int64)
    follower, followed = (Column(*end, dtype) for end in ends)
    return Numbered(accounts, follower, followed, n_codes)


def _given_labels(labels: Any, kinds: set[Literal["int", "str"]], crew: Crew) -> Labels:
    column = read_column(labels, "labels", crew)
    if kinds and _size(column) and _kind(column) not in kinds:
        raise _two_kinds("labels", "follower", _kind(column), *kinds)
    if isinstance(column, Distinct):
        distinct = len(column.values)
        names = as_objects(column.values)
        places = np.arange(distinct, dtype=np.uint32)
        values = names[Column(column.codes, 0, column.renumber(places, crew), np.int64).positions()]
    else:
        values = column.astype(np.int64)
        distinct = len(values)
        if not _ascend(values):
            ordered = np.sort(values)  # np.unique of a million integers takes ten times as long
            distinct -= int((ordered[1:] == ordered[:-1]).sum())
    if distinct != _size(column):
        uniques, counts = np.unique(values, return_counts=True)
        raise InvalidFollows.because(
            f"labels holds {shorten(uniques[counts > 1][0])} more than once",
            "each account is listed once",
            "Drop the repetition.",
        )
    return Labels(values)


def _ascend(values: NDArray[np.int64]) -> bool:
    return bool((values[1:] > values[:-1]).all())


def _refuse_missing(named: Numbered, ends: Sequence[Ends]) -> None:
    """Refuse the first row whose account is not among `labels`, if there is one."""
    sides = zip(("follower", "followed"), (named.follower, named.followed), ends, strict=True)
    for side, column, original in sides:
        for start, stop in columns.cut_blocks(len(column), _BLOCKS):
            missing = np.flatnonzero(column.positions_of(start, stop) == NOBODY)
            if missing.size:
                raise _stranger(side, start + int(missing[0]), _label_in(original, start + int(missing[0])))


def refuse_strangers(named: Numbered) -> None:
    """Refuse the first row whose account is not among the integers that have numbers, if there is one."""
    for side, column in (("follower", named.follower), ("followed", named.followed)):
        for start, stop in columns.cut_blocks(len(column), _BLOCKS):
            codes = column.codes[start:stop]
            strangers = np.flatnonzero((codes < column.low) | (codes >= column.low + named.n_codes))
            if strangers.size:
                raise _stranger(side, start + int(strangers[0]), int(codes[strangers[0]]))


def _stranger(side: str, row: int, label: int | str) -> InvalidFollows:
    return InvalidFollows.because(
        f"{side} in row {row} is {shorten(label)}",
        "labels= lists all accounts and does not have it",
        "Add it to labels=, or drop its follows.",
        label=label,
        row=row,
    )


def _label_in(end: Ends, row: int) -> Any:
    if not isinstance(end, Distinct):
        return int(end[row])
    code = int(end.codes[row])
    return str(end.values[code if end.tables is None else end.tables[row // columns.PIECE][code]])


def _number_strings(ends: Sequence[Ends], accounts: Labels | None, crew: Crew) -> Numbered:
    found = [end if isinstance(end, Distinct) else Distinct(end, None, []) for end in ends]
    if accounts is None:
        names = [end.values if isinstance(end.values, list) else end.values.tolist() for end in found]
        every = sorted(set(chain(*names)))
        place = dict(zip(every, range(len(every)), strict=True))
        accounts = Labels(as_objects(every))
        places = [np.fromiter(map(place.__getitem__, each), np.uint32, len(each)) for each in names]
    else:
        places = [accounts.locate(end.values).astype(np.uint32) for end in found]
    named = _join(
        accounts,
        len(accounts),
        *((end.codes, 0, end.renumber(table, crew)) for end, table in zip(found, places, strict=True)),
    )
    if any((table == NOBODY).any() for table in places):
        _refuse_missing(named, ends)
    return named


def _number_integers(
    ends: Sequence[Integers], accounts: Labels | None, with_gaps: bool, crew: Crew
) -> Numbered:
    if accounts is not None and with_gaps and len(accounts):
        first, last = int(accounts.values[0]), int(accounts.values[-1])
        if last - first == len(accounts) - 1 and _ascend(accounts.values):
            return _join(accounts, len(accounts), *((end, first, []) for end in ends))
    room = ends[0].size + (0 if accounts is None else len(accounts))
    widest = _SPARSE * room + 1024
    low, high = _find_range(ends, widest, crew)
    if accounts is None and with_gaps and 0 < (high - low + 1) * _DENSE <= ends[0].size:
        return _join(None, high - low + 1, *((end, low, []) for end in ends))
    if accounts is not None and len(accounts):
        low, high = min(low, int(accounts.values.min())), max(high, int(accounts.values.max()))
    if high - low < widest:
        return _table_integers(ends, accounts, low, max(0, high - low + 1), crew)
    found = tell_rows_apart(ends, np.int64, crew)
    values = found[0].values
    if accounts is None:
        accounts, places = _rank_integers(values)
    else:
        places = accounts.locate(values).astype(np.uint32)
    named = _join(accounts, len(accounts), *((end.codes, 0, end.renumber(places, crew)) for end in found))
    if (places == NOBODY).any():
        _refuse_missing(named, ends)
    return named


def _rank_integers(values: NDArray[np.int64]) -> tuple[Labels, Table]:
    """Return each integer once, in ascending order, and the place of every one there."""
    from influencegraph.kernels.records import rank_words

    sign = np.uint64(1 << 63)
    ordered, places = np.empty(len(values), np.uint64), np.empty(len(values), np.uint32)
    n_distinct = rank_words(values.view(np.uint64) ^ sign, ordered, places)
    return Labels((ordered[:n_distinct] ^ sign).view(np.int64)), places


def _find_range(ends: Sequence[Integers], widest: int, crew: Crew) -> tuple[int, int]:
    """Return the least and the largest value of both columns; 0 and -1 where there is none.

    Where the first rows lie `widest` apart or more, return theirs: the others are no nearer.
    """
    if not ends[0].size:
        return 0, -1
    blocks = columns.cut_blocks(ends[0].size, _BLOCKS)
    least, largest = [0] * len(blocks), [0] * len(blocks)

    def find(number: int) -> None:
        parts = [end[slice(*blocks[number])] for end in ends]
        least[number] = min(int(part.min()) for part in parts)
        largest[number] = max(int(part.max()) for part in parts)

    find(0)
    if largest[0] - least[0] >= widest:
        return least[0], largest[0]
    crew.run(find, range(1, len(blocks)))
    return min(least), max(largest)


def _table_integers(
    ends: Sequence[Integers], accounts: Labels | None, low: int, width: int, crew: Crew
) -> Numbered:
    """Look integers up in a table of all `width` values from `low` on."""
    from influencegraph.kernels.records import mark_present

    marks, lock = np.zeros((width + 7) // 8, np.uint8), threading.Lock()
    table = np.empty(width, np.uint32)
    named = _join(accounts, 0 if accounts is None else len(accounts), *((end, low, [table]) for end in ends))

    blocks = columns.cut_blocks(ends[0].size, _BLOCKS)

    def mark(number: int) -> None:
        own = np.zeros_like(marks)  # threads that write to one array wait for each other, or lose bits
        for column in (named.follower, named.followed):
            mark_present(column.block(*blocks[number])[0], low, own)
        with lock:
            np.bitwise_or(marks, own, out=marks)

    crew.run(mark, range(len(blocks)))
    present = np.unpackbits(marks, count=width, bitorder="little")
    if accounts is None:
        np.cumsum(present, out=table)
        np.subtract(table, 1, out=table)
        values = np.flatnonzero(present)
        values += low
        return named._replace(accounts=Labels(values), n_codes=len(values))
    table.fill(NOBODY)
    if len(accounts):
        table[accounts.values - low] = np.arange(len(accounts), dtype=np.uint32)
    if (present.view(np.bool_) & (table == NOBODY)).any():
        _refuse_missing(named, ends)
    return named
