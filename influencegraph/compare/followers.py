"""What each follower did to a reach: kept as columns, read as records, largest change first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import frozen
from influencegraph.sums import add_up

Floats = NDArray[np.float64]


class FollowerChange(NamedTuple):
    """What one follower gave before and gives after, in accounts of reach.

    Attributes
    ----------
    account : int, str or None
        The follower's label; None for the line that takes redacted followers together.
    before, after : float
        What arrives by it; 0 where it does not follow.
    parts : dict of str to float
        ``after - before`` by cause; on a path of snapshots, each step's added up.
    """

    account: Any
    before: float
    after: float
    parts: dict[str, float]


class Behind(NamedTuple):
    """Who is behind a cause.

    Attributes
    ----------
    named : list of (label or None, float)
        Those who did most in the direction of the cause's sum, most first; None is the redacted.
    n_along, n_against : int
        How many acted in the direction of the sum, and how many the other way.
    """

    named: list[tuple[Any, float]]
    n_along: int
    n_against: int


class FollowerChanges(Sequence[FollowerChange]):
    """What followers of one account gave before and after, largest change first, equal ones by place.

    A sequence of `FollowerChange`; the records are made when read.

    Parameters
    ----------
    labels : ndarray of int64 or objects, shape (k,)
        Of the followers, None for the line of the redacted.
    before, after : ndarray of float64, shape (k,)
    parts : dict of str to ndarray of float64, shape (k,)
    has_moved : ndarray of bool, shape (k,)
        Whose own reach certainly changed.
    """

    def __init__(
        self, labels: NDArray[Any], before: Floats, after: Floats, parts: dict[str, Floats],
        has_moved: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        self._labels = labels
        self._before, self._after = before, after
        self._parts = parts
        self._has_moved = has_moved

    def __len__(self) -> int:
        return len(self._labels)

    @overload
    def __getitem__(self, index: int) -> FollowerChange: ...
    @overload
    def __getitem__(self, index: slice) -> list[FollowerChange]: ...
    def __getitem__(self, index: int | slice) -> FollowerChange | list[FollowerChange]:
        """Return the record at a place, counted from the largest change, or a list of them."""
        if isinstance(index, slice):
            return [self._record(row) for row in self._order[index].tolist()]
        return self._record(int(self._order[index]))

    def __repr__(self) -> str:
        return f"FollowerChanges of {len(self):,} followers"

    def behind(self, cause: str, n: int = 3) -> Behind:
        """Return who is behind `cause`, the `n` that did most by name; O(followers).

        For ``"followers"`` those count whose own reach certainly changed; for other causes, everybody with a
        part that is not 0.
        """
        values = self._parts[cause]
        if cause == "followers":
            values = np.where(self._has_moved, values, 0.0)
        along = values if add_up(self._parts[cause]) >= 0.0 else -values
        rows = np.flatnonzero(along > 0.0)
        if 0 < n < rows.size:
            least = np.partition(along[rows], rows.size - n)[rows.size - n]
            rows = rows[along[rows] >= least]
        rows = rows[np.argsort(-along[rows], kind="stable")][:n]
        named = [(self._name(row), float(values[row])) for row in rows.tolist()]
        return Behind(named, int(np.count_nonzero(along > 0.0)), int(np.count_nonzero(along < 0.0)))

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all followers, largest change first: `account`, `before`, `after`, and each cause."""
        columns = {"account": self._labels, "before": self._before, "after": self._after, **self._parts}
        return {name: frozen(values[self._order]) for name, values in columns.items()}

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.argsort(-np.abs(self._after - self._before), kind="stable")

    def _name(self, row: int) -> Any:
        label = self._labels[row]
        return int(label) if isinstance(label, np.integer) else label

    def _record(self, row: int) -> FollowerChange:
        parts = {cause: float(values[row]) for cause, values in self._parts.items()}
        return FollowerChange(self._name(row), float(self._before[row]), float(self._after[row]), parts)
