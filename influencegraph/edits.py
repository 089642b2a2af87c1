"""Follows come and go: an edit script, checked against a graph as it is written, and what comes of it.

Accounts are numbered by *ids* here: positions of the graph for its own accounts, and from n_accounts on the
new ones. An account that is removed and named again is a new one.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph, check_weights
from influencegraph.errors import InvalidArgument, InvalidFollows, UnknownAccount, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels, as_objects, check_name
from influencegraph.numbering import number_labels

Ids = NDArray[np.int64]


class Changes(NamedTuple):
    """What an edit script comes to.

    Attributes
    ----------
    graph : FollowerGraph
        The one edited.
    removed : ndarray of int64
        Ids of removed accounts, ascending.
    n_new : int
        How many accounts are new; their ids follow those of the graph.
    lost, won : ndarray of int64, shape (k, 2)
        Follows that end, those of removed accounts among them, and follows that begin: ids of follower and
        followed. A follow whose weight changes is in both.
    won_weights : ndarray of float64, shape (k,)
    accounts : Labels
        All accounts afterwards.
    source : ndarray of int64, shape (n_accounts afterwards,)
        The id of each.
    """

    graph: FollowerGraph
    removed: Ids
    n_new: int
    lost: Ids
    won: Ids
    won_weights: NDArray[np.float64]
    accounts: Labels
    source: Ids

    @property
    def n_follows(self) -> int:
        """How many follows there are afterwards."""
        return self.graph.n_follows - len(self.lost) + len(self.won)

    @property
    def places(self) -> Ids:
        """Position afterwards of each id, -1 for removed accounts."""
        places = np.full(self.graph.n_accounts + self.n_new, -1, np.int64)
        places[self.source] = np.arange(len(self.source))
        return places

    def build(self) -> FollowerGraph:
        """Build the edited graph, the same as one built from its follows; O(follows)."""
        csr, weights = self.graph.rows_by_position()
        follower = np.repeat(np.arange(self.graph.n_accounts), np.diff(csr.indptr))
        followed = csr.indices.astype(np.int64)
        n_ids = self.graph.n_accounts + self.n_new
        stays = ~np.isin(follower * n_ids + followed, self.lost[:, 0] * n_ids + self.lost[:, 1])
        if weights is not None or np.any(self.won_weights != 1.0):
            kept = np.ones(int(stays.sum())) if weights is None else weights[stays]
            weights = np.concatenate([kept, self.won_weights])
        places = self.places
        columns = (
            places[np.concatenate([old[stays], self.won[:, end]])]
            for end, old in enumerate((follower, followed))
        )
        built = build_graph(*columns, weights, np.arange(len(self.accounts)))
        return replace(built, accounts=self.accounts)


class EditScript:
    """Edits of a graph, each checked against what those before it left.

    Parameters
    ----------
    graph : FollowerGraph

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob"], ["bob", "ann"])
    >>> script = EditScript(graph)
    >>> script.follow("cat", "ann", 1.0), script.unfollow("ann", "bob")
    (None, None)
    >>> script.find_changes().build().to_arrays().follower.tolist()
    ['bob', 'cat']
    """

    def __init__(self, graph: FollowerGraph) -> None:
        self.graph = graph
        self._gone: set[int] = set()
        self._new: dict[Any, int] = {}
        self._next = graph.n_accounts
        self._lost: dict[tuple[int, int], None] = {}
        self._won: dict[tuple[int, int], float] = {}

    def copy(self) -> EditScript:
        """Return a script of its own with the same edits so far."""
        other = copy.copy(self)
        for name in ("_gone", "_new", "_lost", "_won"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def follow(self, follower: Any, followed: Any, weight: float) -> None:
        """Let `follower` follow `followed`; a label that is no account yet becomes one.

        Raises
        ------
        InvalidArgument
            If the follow exists, or both are one account.
        InvalidFollows
            If the weight is not finite and >= 0, or a label cannot name an account here.
        """
        value = float(check_weights([weight], 1)[0])  # type: ignore[index] # given weights are never None
        for label in (follower, followed):
            self._check_label(label)
        if follower == followed:
            raise _is_alone(follower)
        pair = self._find(follower), self._find(followed)
        if None not in pair and self._has(*pair):  # type: ignore[arg-type] # mypy does not see `in`
            raise _exists(follower, followed)
        self._won[self._find_or_add(follower), self._find_or_add(followed)] = value

    def unfollow(self, follower: Any, followed: Any) -> None:
        """End a follow.

        Raises
        ------
        InvalidArgument
            If there is no such follow.
        UnknownAccount
            If one of them is no account.
        """
        pair = self._known(follower), self._known(followed)
        if not self._has(*pair):
            raise _is_missing(follower, followed)
        self._end(pair)

    def remove(self, account: Any) -> None:
        """Remove an account with all its follows.

        Raises
        ------
        UnknownAccount
            If it is no account.
        """
        number, graph = self._known(account), self.graph
        if number < graph.n_accounts:
            node = graph.node_of[number]
            ends = [csr.indices[csr.indptr[node] : csr.indptr[node + 1]] for csr in (graph.following, graph.followers)]
            following, followers = (graph.position_of[each].tolist() for each in ends)
            self._lost |= dict.fromkeys((number, other) for other in following)
            self._lost |= dict.fromkeys((other, number) for other in followers)
            self._gone.add(number)
        self._won = {pair: weight for pair, weight in self._won.items() if number not in pair}
        self._new = {label: each for label, each in self._new.items() if each != number}

    def find_changes(self) -> Changes:
        """Return what the edits come to."""
        labels = sorted(self._new)
        number = {self._new[label]: self.graph.n_accounts + i for i, label in enumerate(labels)}
        won = [tuple(number.get(end, end) for end in pair) for pair in self._won]
        return _settle(
            self.graph, sorted(self._gone), labels, _pairs(list(self._lost)), _pairs(won),
            np.array([*self._won.values()], np.float64),
        )  # fmt: skip

    def _end(self, pair: tuple[int, int]) -> None:
        if pair in self._won:
            del self._won[pair]
        else:
            self._lost[pair] = None

    def _has(self, follower: int, followed: int) -> bool:
        if (follower, followed) in self._won:
            return True
        n = self.graph.n_accounts
        if follower >= n or followed >= n or (follower, followed) in self._lost:
            return False
        pair = _pairs([(follower, followed)])
        return bool(find_follows(self.graph, pair)[0] >= 0)

    def _find(self, label: Any) -> int | None:
        if label in self._new:
            return self._new[label]
        position = self.graph.accounts.find(label)
        return None if position in self._gone else position

    def _known(self, label: Any) -> int:
        number = self._find(label)
        if number is None:
            graph = self.graph
            example = next((each for i, each in enumerate(graph.labels.tolist()) if i not in self._gone), None)
            raise UnknownAccount.missing(
                label, graph.n_accounts - len(self._gone) + len(self._new), graph.accounts.kind, example
            )
        return number

    def _find_or_add(self, label: Any) -> int:
        number = self._find(label)
        if number is None:
            number = self._new[label] = self._next
            self._next += 1
        return number

    def _check_label(self, label: Any) -> None:
        """Refuse what cannot name an account of this graph."""
        kind = self.graph.accounts.kind if self.graph.n_accounts else None
        if isinstance(label, str) and kind != "int":
            check_name(label, "the edit")
            return
        is_int = isinstance(label, int | np.integer) and not isinstance(label, bool | np.bool_)
        if is_int and kind != "str" and -(2**63) <= int(label) < 2**63:
            return
        looks = {"int": "int64 integers", "str": "strings", None: "int64 integers or strings"}[kind]
        raise InvalidFollows.because(
            f"the edit names {shorten(label)}", f"labels of this graph are {looks}", "Convert it.", label=label
        )


def read_batch(graph: FollowerGraph, added: Any, removed: Any) -> Changes:
    """Read edits given as columns: `removed` ends follows of the graph, then `added` begins others.

    Parameters
    ----------
    added : tuple of (followers, followed) or (followers, followed, weights), or None
    removed : tuple of (followers, followed), or None

    Raises
    ------
    InvalidArgument
        If a follow to be added exists, one to be removed does not, or one is named twice.
    InvalidFollows
        If labels or weights cannot be believed.
    UnknownAccount
        If `removed` names an account that does not exist.
    """
    lost, _, _ = _read_columns(graph, "removed", removed, (2,), [])
    labels: list[Any] = []
    won, names, weights = _read_columns(graph, "added", added, (2, 3), labels)
    own = (won < graph.n_accounts).all(axis=1)
    there = np.zeros(len(won), bool)
    there[own] = find_follows(graph, won[own]) >= 0
    n_ids = graph.n_accounts + len(labels)
    there &= ~np.isin(won[:, 0] * n_ids + won[:, 1], lost[:, 0] * n_ids + lost[:, 1])
    if there.any():
        raise _exists(*names(int(np.flatnonzero(there)[0])))
    return _settle(graph, [], labels, lost, won, weights)


def _read_columns(
    graph: FollowerGraph, name: str, columns: Any, sizes: tuple[int, ...], new: list[Any]
) -> tuple[Ids, Any, NDArray[np.float64]]:
    """Return pairs of ids, what names the ends of one, and weights; fill in `new` labels."""
    if columns is None:
        return _pairs([]), None, np.empty(0)
    columns = tuple(columns) if isinstance(columns, tuple | list) else ()
    if len(columns) not in sizes:
        raise InvalidArgument.because(
            f"{name} is no {' or '.join(map(str, sizes))} columns",
            "it is (followers, followed)" + (" or (followers, followed, weights)" if 3 in sizes else ""),
            "Pass a tuple of columns of labels.",
            name=name,
        )
    named = number_labels(*columns[:2])
    labels = named.accounts
    if len(labels) and graph.n_accounts and labels.kind != graph.accounts.kind:
        raise InvalidFollows.because(
            f"{name} holds labels such as {shorten(labels.values.tolist()[0])}",
            f"labels of this graph are {'integers' if graph.accounts.kind == 'int' else 'strings'}",
            "Convert them.",
        )
    ids = graph.accounts.locate(labels.values) if graph.n_accounts else np.full(len(labels), -1, np.int64)
    unknown = np.flatnonzero(ids < 0)
    values = labels.values.tolist()
    if name == "removed" and unknown.size:
        graph.accounts.position(values[unknown[0]])
    new += [values[i] for i in unknown.tolist()]
    ids[unknown] = graph.n_accounts + np.arange(unknown.size)
    pairs = np.stack([ids[named.follower.positions()], ids[named.followed.positions()]], axis=1)
    ends = named.follower.positions(), named.followed.positions()

    def names(row: int) -> tuple[Any, Any]:
        return values[int(ends[0][row])], values[int(ends[1][row])]

    _check_rows(graph, name, pairs, names)
    weights = check_weights(columns[2], len(pairs)) if len(columns) == 3 else None
    return pairs, names, np.ones(len(pairs)) if weights is None else weights


def _check_rows(graph: FollowerGraph, name: str, pairs: Ids, names: Any) -> None:
    loops = np.flatnonzero(pairs[:, 0] == pairs[:, 1])
    if loops.size and name == "added":
        raise _is_alone(names(int(loops[0]))[0])
    if name == "removed":
        missing = np.flatnonzero(find_follows(graph, pairs) < 0)
        if missing.size:
            raise _is_missing(*names(int(missing[0])))
    keys = pairs[:, 0] * (pairs.max(initial=0) + 1) + pairs[:, 1]
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    if again.size:
        follower, followed = names(int(order[again[0]]))
        raise InvalidArgument.because(
            f"{name} holds {shorten(follower)} -> {shorten(followed)} twice",
            "each follow is named once",
            "Drop the repetition.",
            name=name,
        )


def find_follows(graph: FollowerGraph, pairs: Ids) -> Ids:
    """Return the place of each pair of ids in ``graph.following``, -1 where there is no such follow.

    O(pairs x log follows): bisection of all rows at once.
    """
    following = graph.following
    follower, followed = (graph.node_of[pairs[:, end]].astype(np.int64) for end in (0, 1))
    low, high = following.indptr[follower].copy(), following.indptr[follower + 1]
    stop = high.copy()
    last = max(0, graph.n_follows - 1)
    while np.any(low < high):
        middle = (low + high) // 2
        below = (low < high) & (following.indices[middle.clip(max=last)] < followed)
        low, high = np.where(below, middle + 1, low), np.where(below, high, np.minimum(high, middle))
    hit = low < stop
    hit[hit] = following.indices[low[hit]] == followed[hit]
    return np.where(hit, low, -1)


def _pairs(rows: Iterable[Any]) -> Ids:
    return np.array([*rows], np.int64).reshape(-1, 2)


def _settle(
    graph: FollowerGraph, removed: list[int], labels: list[Any], lost: Ids, won: Ids,
    won_weights: NDArray[np.float64],
) -> Changes:  # fmt: skip
    """Order the accounts: new ones enter where they belong, or at the end if labels do not ascend."""
    n, gone = graph.n_accounts, np.array(removed, np.int64)
    if not removed and not labels:
        return Changes(graph, gone, 0, lost, won, won_weights, graph.accounts, np.arange(n))
    stay = np.delete(np.arange(n), gone)
    kind = graph.accounts.kind if n else ("str" if labels and isinstance(labels[0], str) else "int")
    new = as_objects(labels) if kind == "str" else np.array(labels, np.int64)
    kept = graph.labels[stay] if n else new[:0]
    ascends = bool(np.all(kept[1:] > kept[:-1]))
    places = np.searchsorted(kept, new) if ascends else np.full(len(new), len(kept))
    source = np.insert(stay, places, n + np.arange(len(new)))
    values = np.insert(kept, places, new)
    return Changes(graph, gone, len(new), lost, won, won_weights, Labels(values), source)


def _exists(follower: Any, followed: Any) -> InvalidArgument:
    return InvalidArgument.because(
        f"{shorten(follower)} follows {shorten(followed)} already",
        "a follow to be added does not exist",
        "Leave it out; to change its weight, end it first.",
        follower=follower,
        followed=followed,
    )


def _is_alone(account: Any) -> InvalidArgument:
    return InvalidArgument.because(
        f"{shorten(account)} would follow itself", "a follow has two ends", "Leave it out.", account=account
    )


def _is_missing(follower: Any, followed: Any) -> InvalidArgument:
    return InvalidArgument.because(
        f"{shorten(follower)} does not follow {shorten(followed)}",
        "a follow to be ended exists",
        "`graph.following_of` lists whom an account follows.",
        follower=follower,
        followed=followed,
    )
