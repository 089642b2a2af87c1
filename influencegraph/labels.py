"""Account label <-> position. Labels are opaque and exact: integers of int64, or strings, never both.

A *position* is an account's place in ``graph.labels``; by default labels ascend, integers by value and
strings by code point.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidFollows, UnknownAccount, shorten

Kind = Literal["int", "str"]
Positions = NDArray[np.uint32]


class Coded(NamedTuple):
    """A column of strings, told apart beforehand: row i holds ``names[codes[i]]``.

    `codes` is an integer array (rows,); `names` lists each string once.
    """

    codes: NDArray[np.integer[Any]]
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

    def positions(self, labels: Iterable[object]) -> NDArray[np.int64]:
        """Return the position of each of `labels`, in their order.

        Raises
        ------
        UnknownAccount
            If no account has one of them.
        """
        named = labels.tolist() if isinstance(labels, np.ndarray) else labels
        return np.array([self.position(label) for label in named], np.int64)

    def locate(self, values: NDArray[np.int64] | Sequence[str]) -> NDArray[np.int64]:
        """Return the position of each of `values`, of one kind with these labels; -1 where unknown."""
        if self.kind == "str":
            return np.array([self._index.get(name, -1) for name in values], np.int64)
        if not len(self):
            return np.full(len(values), -1, np.int64)
        places = np.searchsorted(self._sorted, values).clip(max=len(self) - 1)
        hit = self._sorted[places] == values
        return np.where(hit, places if self._order is None else self._order[places], -1)


def as_objects(names: Sequence[str]) -> NDArray[Any]:
    """Return `names` as an object array (NumPy would cut trailing NULs from its own strings)."""
    values = np.empty(len(names), object)
    values[:] = names
    return values


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
