"""The rows of P that edits change: of whoever follows or unfollows, and of others whose discount moves.

    P_uv = theta_uv w_uv / W_u,  w_uv = base weight + k_uv,  theta_uv = rho_uv + (1 - rho_uv) e_uv if mutual

A row changes where its account follows or unfollows somebody (dilution), and where one of its follows begins
or ceases to be mutual; what it gives one-way, by which its mutual follows count (`mutual_giving`), changes
there only. Where the capacity of an account binds and its mutual contacts change in number, what each
of them passes on to it changes as well: one entry of each row, kept as a column.

Engagement k is that of the graph: a follow that ends takes its own along, one that begins has none, and one
that only changes its base weight keeps it.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention, Passed
from influencegraph.edits import Changes
from influencegraph.edits.changes import find_nodes, pair_up
from influencegraph.graph import FollowerGraph
from influencegraph.layers import find_acted
from influencegraph.settings import Settings
from influencegraph.worth import find_room, regard_givers

Floats = NDArray[np.float64]

_PLAIN = 2.0**200
"""Weights up to this are used as they are, and from its inverse on."""


class Edited(NamedTuple):
    """Rows of P that change; entries of row i are ``indptr[i]`` to ``indptr[i + 1]``.

    Accounts are numbered by node, new ones behind the others.

    Attributes
    ----------
    row_of : ndarray of int32, shape (n_accounts + n_new,)
        The row of each account, -1 where nothing changes.
    indptr, nodes : ndarray of int64
    after : ndarray of float64
        ``P_uv`` afterwards.
    gives : ndarray of uint8
        Whether the account gives attention at all, afterwards.
    """

    row_of: NDArray[np.int32]
    indptr: NDArray[np.int64]
    nodes: NDArray[np.int64]
    after: Floats
    gives: NDArray[np.uint8]


class Columns(NamedTuple):
    """Entries of other rows that change, because what a mutual follow of an account is worth does.

    Attributes
    ----------
    followers, followed : ndarray of int64, shape (k,)
    before, after : ndarray of float64, shape (k,)
        ``P_uv``.
    passed : ndarray of float64, shape (k,)
        ``theta w`` afterwards, which solvers read where follows have engagement.
    """

    followers: NDArray[np.int64]
    followed: NDArray[np.int64]
    before: Floats
    after: Floats
    passed: Floats


class Overlay(NamedTuple):
    """What an edit changes, laid over a graph that stays as it is.

    Attributes
    ----------
    edited : Edited
    rows : ndarray of int64
        The account of each edited row.
    before : ndarray of float64
        ``P_uv`` before, aligned with ``edited.nodes``.
    gave : ndarray of bool
        Whether each row's account gave attention before.
    alive : ndarray of bool, shape (n_accounts + n_new,)
        False for removed accounts.
    columns : Columns
    worth : ndarray of float64, shape (n_accounts,)
        That of the transition, afterwards.
    """

    edited: Edited
    rows: NDArray[np.int64]
    before: Floats
    gave: NDArray[np.bool_]
    alive: NDArray[np.bool_]
    columns: Columns
    worth: Floats

    @property
    def row_of_entry(self) -> NDArray[np.int64]:
        """The row that each entry belongs to."""
        return np.repeat(np.arange(len(self.rows)), np.diff(self.edited.indptr))

    def sum_rows(self, entries: Floats) -> Floats:
        """Return the sum of each row's entries."""
        return add_up(self.row_of_entry, entries, len(self.rows))


def add_up(places: NDArray[np.int64], amounts: Floats, size: int) -> Floats:
    """Return the sum of the amounts at each place, one after the other; of none, a float all the same."""
    return np.bincount(places, amounts, size).astype(np.float64)


def can_overlay(changes: Changes, attention: Attention) -> bool:
    """Return whether weights are such that new ones can stand beside the graph's as they are."""
    weights = changes.won_weights
    plain = (weights == 0) | ((weights >= 1 / _PLAIN) & (weights <= _PLAIN))
    t = attention.transition
    own = t.weights is attention.graph.follow_weights if t.engaged is None else not t.engaged.is_scaled
    return own and bool(plain.all())


def lay_over(changes: Changes, attention: Attention, settings: Settings) -> Overlay:
    """Find the rows that change, and what they hold before and after; O(their follows)."""
    return _Finder(changes, attention, settings).find()


class _Finder:
    """Works through one set of changes; all accounts by node."""

    def __init__(self, changes: Changes, attention: Attention, settings: Settings) -> None:
        graph = changes.graph
        n = graph.n_accounts
        assert settings.mutual_worth is not None
        assert settings.mutual_capacity is not None
        self._attention, self._n = attention, n
        self._worth, self._capacity = settings.mutual_worth, settings.mutual_capacity
        self._giving, self._more = attention.transition.giving, settings.mutual_giving or 0.0
        nodes = np.concatenate([graph.node_of.astype(np.int64), n + np.arange(changes.n_new)])
        self._alive = np.ones(len(nodes), bool)
        self._alive[nodes[changes.removed]] = False
        self._known: dict[int, Passed] = {}
        self._edits: dict[int, dict[int, float | None]] = {}
        for u, v in nodes[changes.lost].tolist():
            self._edits.setdefault(u, {})[v] = None
        for (u, v), weight in zip(nodes[changes.won].tolist(), changes.won_weights.tolist(), strict=True):
            self._edits.setdefault(u, {})[v] = weight
        self._flips: dict[int, dict[int, bool]] = {}

    def find(self) -> Overlay:
        room = self._find_room()
        rows = np.array(sorted({*self._edits, *self._flips}), np.int64)
        moved = np.array(sorted(room), np.int64)
        moved_room = np.array([room[v] for v in moved.tolist()], np.float64)
        found = [self._change_row(u, moved, moved_room) for u in rows.tolist()]
        row_of = np.full(len(self._alive), -1, np.int32)
        row_of[rows] = np.arange(len(rows))
        indptr = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(each.nodes) for each in found], out=indptr[1:])
        nodes = _join([each.nodes for each in found], np.int64)
        before = _join([each.before for each in found], np.float64)
        after = _join([each.after for each in found], np.float64)
        gives = np.array([each.gives for each in found], np.uint8)
        gave = np.array([bool(np.any(self._row(u).part > 0)) for u in rows.tolist()], bool)
        edited = Edited(row_of, indptr, nodes, after, gives)
        old = moved < self._n
        columns = self._find_columns(rows, moved[old], moved_room[old])
        worths = self._attention.transition.worth
        if self._attention.transition.engaged is None:
            worths = worths.copy()
            worths[moved[old]] = moved_room[old] * (self._worth if self._giving is None else 1.0)
        return Overlay(edited, rows, before, gave, self._alive, columns, worths)

    def _find_columns(self, rows: NDArray[np.int64], moved: NDArray[np.int64], room: Floats) -> Columns:
        found: list[tuple[NDArray[Any], ...]] = []
        changes = self._room_of(moved) != room if self._worth > 0 else room < 0
        for i in np.flatnonzero(changes).tolist():
            column = self._attention.into(int(moved[i]))
            others = np.flatnonzero(column.is_mutual & ~np.isin(column.nodes, rows))
            nodes, targets = column.nodes[others], np.full(len(others), moved[i], np.int64)
            regard = self._worth if self._giving is None else self._giving.regard[nodes]
            theta = _spare(room[i] * regard, self._part_engaged(np.stack([nodes, targets], axis=1)))
            found.append(
                (
                    nodes, targets, column.passed[others], theta * column.part[others],
                    theta * column.weights[others],
                )
            )  # fmt: skip
        followers, followed = (_join([each[i] for each in found], np.int64) for i in (0, 1))
        values = (_join([each[i] for each in found], np.float64) for i in (2, 3, 4))
        return Columns(followers, followed, *values)

    def _part_engaged(self, pairs: NDArray[np.int64]) -> Floats:
        """Return `e` of follows of the graph, given as pairs of nodes."""
        engaged = self._attention.transition.engaged
        if engaged is None:
            return np.zeros(len(pairs))
        k = engaged.engagement[find_nodes(self._attention.graph, pairs)]
        return k / (k + engaged.half)

    def _row(self, u: int) -> Passed:
        """Return u's row of P as it was: the only place where rows are read, besides the kernel's."""
        if u not in self._known:
            nobody, nothing = np.empty(0, np.int64), np.empty(0)
            empty = Passed(nobody, np.empty(0, bool), nothing, nothing, nothing)
            self._known[u] = self._attention.out_of(u) if u < self._n else empty
        return self._known[u]

    def _carry(self, pairs: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return whether pairs of nodes are follows that carry something, before and after."""
        graph, weights = self._attention.graph, self._attention.graph.follow_weights
        before, acted = np.zeros(len(pairs), bool), np.zeros(len(pairs), bool)
        old = (pairs < self._n).all(axis=1)
        places = find_nodes(graph, pairs[old])
        found, places = np.flatnonzero(old)[places >= 0], places[places >= 0]
        acted[found] = _find_acted(graph)[places] if graph.layers else False
        before[found] = True if weights is None else weights[places] > 0
        before |= acted
        after = before.copy()
        for i, (u, v) in enumerate(pairs.tolist()):
            edits = self._edits.get(u, {})
            if v in edits:
                weight = edits[v]
                after[i] = weight is not None and (weight > 0 or bool(acted[i]))
        return before, after

    def _find_room(self) -> dict[int, float]:
        """Return ``min(1, B / m)`` of whoever's mutual contacts change, and note which pairs these are."""
        counts: dict[int, int] = {}
        pairs = pair_up(sorted({(min(u, v), max(u, v)) for u, edits in self._edits.items() for v in edits}))
        there, back = self._carry(pairs), self._carry(pairs[:, ::-1])
        was, becomes = (one & other for one, other in zip(there, back, strict=True))
        changed = was != becomes
        for (u, v), more in zip(pairs[changed].tolist(), becomes[changed].tolist(), strict=True):
            for one, other in ((u, v), (v, u)):
                self._flips.setdefault(one, {})[other] = more
                counts[one] = counts.get(one, 0) + (1 if more else -1)
        mutual = self._attention.graph.mutual_counts
        totals = [by + (int(mutual[v]) if v < self._n else 0) for v, by in counts.items()]
        values = find_room(np.array(totals, np.int64), self._capacity)
        return dict(zip(counts, values.tolist(), strict=True))

    def _room_of(self, nodes: NDArray[np.int64]) -> Floats:
        """Return ``min(1, B / m)`` before; 1 of new accounts."""
        counts = np.zeros(len(nodes), np.int64)
        old = nodes < self._n
        counts[old] = self._attention.graph.mutual_counts[nodes[old]]
        return find_room(counts, self._capacity)

    def _change_row(self, u: int, moved: NDArray[np.int64], moved_room: Floats) -> _Row:
        row, edits = self._row(u), self._edits.get(u, {})
        flips = self._flips.get(u, {})
        nodes = np.union1d(row.nodes, np.array([*edits], np.int64)).astype(np.int64)
        own = np.searchsorted(nodes, row.nodes)
        before, part, is_mutual = np.zeros(len(nodes)), np.zeros(len(nodes)), np.zeros(len(nodes), bool)
        theta, spared = np.ones(len(nodes)), np.zeros(len(nodes))
        before[own], part[own], theta[own], is_mutual[own] = row.passed, row.part, row.theta, row.is_mutual
        if edits:
            part = self._share_out(u, nodes, own)
        if flips:
            is_mutual[np.searchsorted(nodes, [*flips])] = [*flips.values()]
        is_moved, room = np.zeros(len(nodes), bool), self._room_of(nodes)
        if len(moved):
            place = np.searchsorted(moved, nodes).clip(max=len(moved) - 1)
            is_moved = moved[place] == nodes
            room = np.where(is_moved, moved_room[place], room)
        regard = self._worth
        if self._giving is not None:
            regard = float(regard_givers(self._worth, self._more, math.fsum(part[~is_mutual].tolist())))
        if self._giving is not None or is_moved.any():
            spared[own] = self._part_engaged(np.stack([np.full(len(own), u), row.nodes], axis=1))
            changed = _spare(room * regard, spared)
            theta = np.where(is_moved | (self._giving is not None), changed, theta)
        theta = np.where(is_mutual, theta, 1.0)
        return _Row(nodes, before, theta * part, bool(np.any(part > 0)))

    def _share_out(self, u: int, nodes: NDArray[np.int64], own: NDArray[np.intp]) -> Floats:
        """Return ``w / W`` afterwards for `nodes`, of which u's row before holds those at `own`."""
        row, edits, engaged = self._row(u), self._edits[u], self._attention.transition.engaged
        weights, acts = np.zeros(len(nodes)), np.zeros(len(nodes))
        weights[own] = row.weights
        if engaged is not None:
            pairs = np.stack([np.full(len(own), u), row.nodes], axis=1)
            acts[own] = engaged.engagement[find_nodes(self._attention.graph, pairs)]
        for place, weight in zip(np.searchsorted(nodes, [*edits]).tolist(), edits.values(), strict=True):
            weights[place] = 0.0 if weight is None else weight + acts[place]
        total = math.fsum(weights.tolist())
        return weights / total if total > 0 else np.zeros(len(nodes))


class _Row(NamedTuple):
    """One row: nodes, what it passes on before and after, and whether it gives at all, afterwards."""

    nodes: NDArray[np.int64]
    before: Floats
    after: Floats
    gives: bool


def _spare(worth: Floats | float, engaged: Floats) -> Floats:
    """Return theta of mutual follows: what engagement spares of the discount is added to their worth."""
    return worth + (1.0 - worth) * engaged


def _find_acted(graph: FollowerGraph) -> NDArray[np.bool_]:
    """Return along which follows there are acts, found once for each graph."""
    known: NDArray[np.bool_] | None = graph.prepared.get("acted")
    if known is None:
        known = graph.prepared["acted"] = find_acted(graph)
    return known


def _join(parts: list[NDArray[Any]], kind: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, kind)
