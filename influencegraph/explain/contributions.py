"""What each follower of an account gives it: kept as columns, read as records, largest first."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import frozen
from influencegraph.sums import add_up

Floats = NDArray[np.float64]


class Contribution(NamedTuple):
    """What one follower gives; amounts are in accounts of reach.

    Attributes
    ----------
    account : int, str or None
        The follower's label; None for the line that takes redacted followers together.
    reach : float
        What arrives: ``damping * theta * dilution * follower_reach``.
    withheld : float
        What the discount keeps from arriving: ``damping * (1 - theta) * dilution * follower_reach``.
    withheld_by_capacity : float
        The part of `withheld` that would arrive if the mutual capacity were infinite and all else,
        the follower's reach included, were as it is.
    dilution : float
        ``w / W``: what part of its attention the follower has for this account, in [0, 1]; nan where
        redacted.
    theta : float
        What of that part counts, in [0, 1]: 1 unless the follow is mutual, or was and that is
        remembered; nan where redacted.
    follower_reach : float
        The follower's own reach; nan where redacted.
    is_mutual : bool
        Whether the account follows it back; False where redacted.
    """

    account: Any
    reach: float
    withheld: float
    withheld_by_capacity: float
    dilution: float
    theta: float
    follower_reach: float
    is_mutual: bool

    @property
    def is_remembered(self) -> bool:
        """Whether the account followed it back once, and that is remembered (`FollowerGraph.ghosts`)."""
        return not self.is_mutual and self.theta < 1.0


class Rest(NamedTuple):
    """Contributions taken together: of how many followers, what arrives by them, what was withheld."""

    n_followers: int
    reach: float
    withheld: float


class Contributions(Sequence[Contribution]):
    """The contributions to one account, largest first, equal ones by position of the label.

    A sequence of `Contribution`; the records are made when read, so that an account with millions of
    followers costs a few arrays.

    Parameters
    ----------
    labels : ndarray
        Labels of all accounts that may be shown.
    positions : ndarray of int64, shape (k,)
        Place of each follower in `labels`; ``len(labels)`` for the line of the redacted.
    columns : dict of ndarray
        The numbers, under the names of the fields of `Contribution`, each (k,).
    """

    def __init__(
        self, labels: NDArray[Any], positions: NDArray[np.int64], columns: dict[str, NDArray[Any]]
    ) -> None:
        self._labels = labels
        self._positions = positions
        self._columns = {name: frozen(values) for name, values in columns.items()}

    def __reduce__(self) -> tuple[Any, ...]:
        # The followers' labels only, whatever the size of the network.
        known = self._positions < len(self._labels)
        labels = self._labels[self._positions[known]]
        rows = np.empty(len(self), np.int64)
        rows[known], rows[~known] = np.arange(len(labels)), len(labels)
        return Contributions, (labels, rows, self._columns)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, index: int) -> Contribution: ...
    @overload
    def __getitem__(self, index: slice) -> list[Contribution]: ...
    def __getitem__(self, index: int | slice) -> Contribution | list[Contribution]:
        """Return the contribution at a place, counted from the largest, or a list of them."""
        if isinstance(index, slice):
            return self._records(self._order[index])
        return self._records(self._order[[index]])[0]

    def __repr__(self) -> str:
        return f"Contributions of {len(self):,} followers, {self.total('reach'):g} accounts in all"

    def top(self, n: int) -> list[Contribution]:
        """Return the `n` largest; O(followers), without sorting them all."""
        return self._records(self._largest(n))

    def beyond(self, n: int) -> Rest:
        """Return all but the `n` largest, taken together."""
        is_rest = np.ones(len(self), np.bool_)
        is_rest[self._largest(n)] = False
        return Rest(
            int(np.count_nonzero(is_rest)),
            add_up(self._columns["reach"][is_rest]),
            add_up(self._columns["withheld"][is_rest]),
        )

    def total(self, name: str) -> float:
        """Return the sum of the amounts `name`."""
        return add_up(self._columns[name])

    def left_of(self, *amounts: float) -> float:
        """Return the sum of `amounts` less all contributions."""
        return add_up(np.append(-self._columns["reach"], amounts))

    def at(self, position: int) -> Contribution | None:
        """Return the contribution of the follower at `position` of the labels, or None."""
        rows = np.flatnonzero(self._positions == position)
        return self._records(rows)[0] if rows.size else None

    @property
    def has_redacted(self) -> bool:
        """Whether one of the lines takes redacted followers together."""
        return bool(np.any(self._positions == len(self._labels)))

    def to_columns(self) -> dict[str, NDArray[Any]]:
        """Return all contributions by name of the field, largest first."""
        order = self._order
        columns = {name: frozen(values[order]) for name, values in self._columns.items()}
        return {"account": frozen(self._names(order)), **columns}

    @cached_property
    def mutual_thetas(self) -> Floats:
        """`theta` of the mutual followers that may be shown, in no order."""
        thetas: Floats = self._columns["theta"][self._columns["is_mutual"]]
        return thetas

    @cached_property
    def remembered(self) -> Floats:
        """What was withheld from each one-way follower that was followed back once, in no order."""
        is_one_way = ~self._columns["is_mutual"] & (self._columns["theta"] < 1.0)
        withheld: Floats = self._columns["withheld"][is_one_way]
        return withheld

    @cached_property
    def _order(self) -> NDArray[np.intp]:
        return np.lexsort((self._positions, -self._columns["reach"]))

    def _largest(self, n: int) -> NDArray[np.intp]:
        reach, k = self._columns["reach"], len(self)
        if n >= k or "_order" in self.__dict__:
            return self._order[:n]
        if n == 0:
            return np.empty(0, np.intp)
        rows = np.flatnonzero(reach >= np.partition(reach, k - n)[k - n])
        order: NDArray[np.intp] = np.lexsort((self._positions[rows], -reach[rows]))[:n]
        return rows[order]

    def _names(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        places = self._positions[rows]
        known = places < len(self._labels)
        if known.all():
            return self._labels[places]
        names = np.full(len(rows), None, object)
        names[known] = self._labels[places[known]].tolist()
        return names

    def _records(self, rows: NDArray[np.intp]) -> list[Contribution]:
        columns = [self._columns[name][rows].tolist() for name in Contribution._fields[1:]]
        return [Contribution(*row) for row in zip(self._names(rows).tolist(), *columns, strict=True)]
