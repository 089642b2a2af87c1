"""Account label <-> position. Labels are opaque and exact: integers of int64, or strings, never both.

A *position* is an account's place in ``graph.labels``; by default labels ascend, integers by value and
strings by code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidFollows, UnknownAccount, describe_type, shorten

Kind = Literal["int", "str"]
Positions = NDArray[np.uint32]

_SPARSE = 16
"""Integer labels over a range of this many times their number are sorted instead of tabled."""


class Coded(NamedTuple):
    """A column of strings, told apart beforehand: row i holds ``names[codes[i]]``.

    `codes` is an int64 array (rows,); `names` lists each string once.
    """

    codes: NDArray[np.int64]
    names: list[str]


class Labels:
    """The labels of a graph's accounts, in the order of every public array.

    Parameters
    ----------
    values : ndarray of int64 or of str objects, shape (n_accounts,)
        Distinct; made read-only.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.values.flags.writeable = False
        self.kind: Kind = "str" if values.dtype == object else "int"

    def __len__(self) -> int:
        return len(self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return Labels, (self.values,)

    @cached_property
    def _order(self) -> NDArray[np.int64] | None:
        ascending = bool(np.all(self.values[1:] > self.values[:-1]))
        return None if ascending else np.argsort(self.values, kind="stable")

    @cached_property
    def _sorted(self) -> NDArray[Any]:
        return self.values if self._order is None else self.values[self._order]

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.values.tolist())}

    def find(self, label: object) -> int | None:
        """Return the position of `label`, or None where no account has it."""
        if self.kind == "str":
            return self._index.get(label) if isinstance(label, str) else None
        if isinstance(label, bool | np.bool_) or not isinstance(label, int | np.integer):
            return None
        if not -(2**63) <= int(label) < 2**63:
            return None
        place = int(np.searchsorted(self._sorted, int(label)))
        if place == len(self) or self._sorted[place] != label:
            return None
        return place if self._order is None else int(self._order[place])

    def position(self, label: object) -> int:
        """Return the position of `label`.

        Raises
        ------
        UnknownAccount
            If no account has this label.
        """
        place = self.find(label)
        if place is None:
            example = self.values[0] if len(self) else None
            if isinstance(example, np.integer):
                example = int(example)
            raise UnknownAccount.missing(label, len(self), self.kind, example)
        return place

    def locate(self, column: NDArray[np.int64] | Coded) -> NDArray[np.int64]:
        """Return the position of every row of `column`, -1 where no account has its label."""
        if isinstance(column, Coded):
            known = [self._index.get(name, -1) for name in column.names]
            return np.array(known, np.int64)[column.codes]
        if not len(self):
            return np.full(len(column), -1, np.int64)
        places = np.searchsorted(self._sorted, column).clip(max=len(self) - 1)
        hit = self._sorted[places] == column
        return np.where(hit, places if self._order is None else self._order[places], -1)


def number_labels(follower: Any, followed: Any, labels: Any = None) -> tuple[Labels, Positions, Positions]:
    """Find the accounts behind two columns of labels.

    Parameters
    ----------
    follower, followed : array-like or Coded, shape (rows,)
        Integers or strings, of one kind in both.
    labels : array-like, optional
        All accounts in the order wanted; by default those that occur, ascending.

    Returns
    -------
    tuple of Labels, ndarray of uint32, ndarray of uint32
        The accounts, and the positions of `follower` and `followed`.

    Raises
    ------
    InvalidFollows
        If a label is missing, of the wrong kind, or not among `labels`.
    """
    ends = [_read_column(follower, "follower"), _read_column(followed, "followed")]
    sizes = [_size(end) for end in ends]
    if sizes[0] != sizes[1]:
        raise InvalidFollows.because(
            f"follower has {sizes[0]:,} rows and followed has {sizes[1]:,}",
            "row i of both is one follow, so they are equally long",
            "Pass two columns of one table.",
        )
    kinds = {_kind(end) for end in ends if _size(end)}
    if len(kinds) > 1:
        raise _two_kinds("follower", "followed", ends)
    if labels is not None:
        return _place_among(_given_labels(labels, kinds), *ends)
    if kinds == {"str"}:
        return _number_strings(*ends)
    return _number_integers(*(_integers(end) for end in ends))


def _size(column: NDArray[np.int64] | Coded) -> int:
    return len(column.codes) if isinstance(column, Coded) else len(column)


def _kind(column: NDArray[np.int64] | Coded) -> Kind:
    return "str" if isinstance(column, Coded) else "int"


def _integers(column: NDArray[np.int64] | Coded) -> NDArray[np.int64]:
    return np.empty(0, np.int64) if isinstance(column, Coded) else column


def _two_kinds(first: str, second: str, ends: Sequence[Any]) -> InvalidFollows:
    words = {"int": "integers", "str": "strings"}
    return InvalidFollows.because(
        f"{first} holds {words[_kind(ends[0])]} and {second} holds {words[_kind(ends[1])]}",
        "labels are all integers or all strings, because 1 and '1' are two accounts",
        "Convert one of them.",
    )


def _place_among(accounts: Labels, *ends: NDArray[np.int64] | Coded) -> tuple[Labels, Positions, Positions]:
    placed = []
    for side, column in zip(("follower", "followed"), ends, strict=True):
        positions = accounts.locate(column)
        missing = np.flatnonzero(positions < 0)
        if missing.size:
            row = int(missing[0])
            label = column.names[column.codes[row]] if isinstance(column, Coded) else int(column[row])
            raise InvalidFollows.because(
                f"{side} in row {row} is {shorten(label)}",
                "labels= lists all accounts and does not have it",
                "Add it to labels=, or drop its follows.",
                label=label,
                row=row,
            )
        placed.append(positions.astype(np.uint32))
    return accounts, placed[0], placed[1]


def _given_labels(labels: Any, kinds: set[Kind]) -> Labels:
    column = _read_column(labels, "labels")
    if kinds and _size(column) and _kind(column) not in kinds:
        kind = next(iter(kinds))
        other = Coded(np.empty(0, np.int64), []) if kind == "str" else np.empty(0, np.int64)
        raise _two_kinds("labels", "follower", [column, other])
    if isinstance(column, Coded):
        distinct = len(column.names)
        values = as_objects(column.names)[column.codes]
    else:
        distinct = len(np.unique(column))
        values = column.copy()
    if distinct != _size(column):
        uniques, counts = np.unique(values, return_counts=True)
        raise InvalidFollows.because(
            f"labels holds {shorten(uniques[counts > 1][0])} more than once",
            "each account is listed once",
            "Drop the repetition.",
        )
    return Labels(values)


def as_objects(names: Sequence[str]) -> NDArray[Any]:
    """Return `names` as an object array (NumPy would cut trailing NULs from its own strings)."""
    values = np.empty(len(names), object)
    values[:] = names
    return values


def _number_strings(follower: Any, followed: Any) -> tuple[Labels, Positions, Positions]:
    ends = [
        end if isinstance(end, Coded) else Coded(np.empty(0, np.int64), []) for end in (follower, followed)
    ]
    names = sorted(set(chain(ends[0].names, ends[1].names)))
    place = dict(zip(names, range(len(names)), strict=True))
    positions = [np.array([place[name] for name in end.names], np.uint32)[end.codes] for end in ends]
    return Labels(as_objects(names)), positions[0], positions[1]


def _number_integers(
    follower: NDArray[np.int64], followed: NDArray[np.int64]
) -> tuple[Labels, Positions, Positions]:
    if not follower.size:
        return Labels(np.empty(0, np.int64)), np.empty(0, np.uint32), np.empty(0, np.uint32)
    low = int(min(follower.min(), followed.min()))
    high = int(max(follower.max(), followed.max()))
    if high - low < _SPARSE * follower.size + 1024:
        present = np.zeros(high - low + 1, np.bool_)
        present[follower - low] = True
        present[followed - low] = True
        values = np.flatnonzero(present) + low
        place = np.cumsum(present, dtype=np.int64).astype(np.uint32) - np.uint32(1)
        return Labels(values), place[follower - low], place[followed - low]
    values = np.unique(np.concatenate([follower, followed]))
    positions = [np.searchsorted(values, end).astype(np.uint32) for end in (follower, followed)]
    return Labels(values), positions[0], positions[1]


def _read_column(values: Any, side: str) -> NDArray[np.int64] | Coded:
    """Read labels from whatever holds them: int64 for integers, `Coded` for strings."""
    if isinstance(values, Coded):
        return values
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise InvalidFollows.because(
            f"{side} is {shorten(values)}", "it is an array of labels", "Pass a list or an array."
        )
    array = values if isinstance(values, np.ndarray) else _array_behind(values)
    if array is None:
        return _read_objects(list(values), side)
    if array.ndim != 1:
        raise InvalidFollows.because(
            f"{side} has shape {array.shape}", "it has one dimension", f"Pass {side}.ravel()."
        )
    if array.dtype.kind in "iu":
        if array.dtype.kind == "u" and array.size and array.max() > np.uint64(2**63 - 1):
            raise InvalidFollows.because(
                f"{side} holds {int(array.max())}",
                "integer labels lie in the range of int64",
                f"Pass {side}.astype(str) to use them as names.",
            )
        return array.astype(np.int64, copy=False)
    if array.dtype.kind == "U":
        return _read_fixed_width(array)
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


def _read_objects(values: list[Any], side: str) -> NDArray[np.int64] | Coded:
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
        names = list(dict.fromkeys(values))
        index = dict(zip(names, range(len(names)), strict=True))
        codes = np.fromiter(map(index.__getitem__, values), np.int64, len(values))
        return Coded(codes, [check_name(str(name), side) for name in names])
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


def check_name(name: str, side: str) -> str:
    """Return `name` if it can name an account: not empty, no NUL, valid Unicode."""
    if name == "":
        found = "an empty string"
    elif "\0" in name:
        found = f"{shorten(name)}, which has a NUL character"
    elif not name.isascii() and any("\ud800" <= character <= "\udfff" for character in name):
        found = f"{shorten(name)}, which has half a surrogate pair and cannot be written as UTF-8"
    else:
        return name
    raise InvalidFollows.because(
        f"{side} holds {found}", "a label is a non-empty Unicode string", "Rename or drop it.", label=name
    )


def _read_fixed_width(array: NDArray[np.str_]) -> Coded:
    """Tell NumPy strings apart by their bytes, without a Python object for each row."""
    width = array.dtype.itemsize
    if not array.size or not width:
        return Coded(np.zeros(array.size, np.int64), [check_name("", "labels")] if array.size else [])
    plain = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    starts = np.arange(array.size, dtype=np.int64) * width
    stops = starts + 4 * np.strings.str_len(plain)  # UCS-4, without the padding
    found = tell_apart(plain.view(np.uint8), starts, stops)
    if found is None:
        column = _read_objects(array.tolist(), "labels")
        assert isinstance(column, Coded)
        return column
    codes, firsts = found
    return Coded(codes, [check_name(name, "labels") for name in plain[firsts].tolist()])


def tell_apart(
    data: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Give the strings ``data[starts[i]:stops[i]]`` numbers: equal bytes, equal numbers.

    Returns
    -------
    tuple of ndarray, ndarray, or None
        The number of each row, and the first row of each number; None where strings were made to collide,
        and are for Python's own hash, which is keyed anew in every process.
    """
    from influencegraph.kernels.names import number_spans

    codes, firsts = np.empty(starts.size, np.int64), np.empty(starts.size, np.int64)
    with np.errstate(over="ignore"):  # hashes wrap around; NumPy says so where kernels run uncompiled
        n_distinct = number_spans(data, starts, stops, codes, firsts)
    return None if n_distinct < 0 else (codes, firsts[:n_distinct])
