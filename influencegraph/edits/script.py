"""An edit script: one edit after the other, each checked against what those before it left."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from influencegraph.build import check_weights
from influencegraph.edits.changes import (
    Changes,
    find_follows,
    pair_up,
    refuse_existing,
    refuse_loop,
    refuse_missing,
    settle,
)
from influencegraph.errors import InvalidFollows, UnknownAccount, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels, check_name


class EditScript:
    """Edits of a graph, each checked against what those before it left.

    Parameters
    ----------
    graph : FollowerGraph
    shown : Labels, optional
        The accounts that may be named; all others are unknown, and no new ones come: whether a label is a
        redacted account or none at all cannot be told from what is refused.

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

    def __init__(self, graph: FollowerGraph, shown: Labels | None = None) -> None:
        self.graph = graph
        self._shown = shown
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
        UnknownAccount
            If only some accounts may be named, and a label is none of them.
        """
        value = float(check_weights([weight], 1)[0])  # type: ignore[index] # given weights are never None
        for label in (follower, followed):
            self._check_label(label)
        if follower == followed:
            raise refuse_loop(follower)
        if self._shown is not None:
            self._known(follower), self._known(followed)
        pair = self._find(follower), self._find(followed)
        if None not in pair and self._has(*pair):  # type: ignore[arg-type] # mypy does not see `in`
            raise refuse_existing(follower, followed)
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
            raise refuse_missing(follower, followed)
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
            ends = [
                csr.indices[csr.indptr[node] : csr.indptr[node + 1]]
                for csr in (graph.following, graph.followers)
            ]
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
        return settle(
            self.graph, sorted(self._gone), labels, pair_up(list(self._lost)), pair_up(won),
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
        pair = pair_up([(follower, followed)])
        return bool(find_follows(self.graph, pair)[0] >= 0)

    def _find(self, label: Any) -> int | None:
        if label in self._new:
            return self._new[label]
        if self._shown is not None and self._shown.find(label) is None:
            return None
        position = self.graph.accounts.find(label)
        return None if position in self._gone else position

    def _known(self, label: Any) -> int:
        number = self._find(label)
        if number is None:
            accounts = self.graph.accounts if self._shown is None else self._shown
            example = next((each for each in accounts.values.tolist() if self._find(each) is not None), None)
            raise UnknownAccount.missing(
                label, len(accounts) - len(self._gone) + len(self._new), accounts.kind, example
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
            f"the edit names {shorten(label)}",
            f"labels of this graph are {looks}",
            "Convert it.",
            label=label,
        )
