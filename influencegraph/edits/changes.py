"""What edits come to, and the graph after them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.ghosts import find_returns, remember
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.lookup import find_entries
from influencegraph.labels import Labels, as_objects
from influencegraph.layers import Ends, find_ends, lay_anew

Ids = NDArray[np.int64]

_BLOCK = 1 << 14
"""Pairs looked up at a time; more are shared out to threads."""


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
        followed. A follow whose weight changes is in both, and keeps its acts in the graph's layers.
    won_weights : ndarray of float64, shape (k,)
    accounts : Labels
        All accounts afterwards.
    source : ndarray of int64, shape (n_accounts afterwards,)
        The id of each.
    lost_places : ndarray of int64, shape (k,), or None
        Where the follows that end lie in ``graph.followers``, if that is known already.
    """

    graph: FollowerGraph
    removed: Ids
    n_new: int
    lost: Ids
    won: Ids
    won_weights: NDArray[np.float64]
    accounts: Labels
    source: Ids
    lost_places: Ids | None = None

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
        """Build the edited graph, as one built from its follows, with its layers and ghosts; O(follows).

        An edit happens at no time: a return that it ends is not remembered.
        """
        graph, places = self.graph, self.places
        stays = np.ones(graph.n_follows, bool)
        lost = find_follows(graph, self.lost) if self.lost_places is None else self.lost_places
        stays[lost] = False
        of_node = places[: graph.n_accounts][graph.position_of].astype(np.uint32)  # removed: any, it goes
        follower = of_node[graph.followers.indices[stays]]
        followed = np.repeat(of_node, graph.in_degrees)[stays]
        new = places[self.won].astype(np.uint32)
        weights = None if graph.follow_weights is None else graph.follow_weights[stays]
        if weights is not None or np.any(self.won_weights != 1.0):
            kept = np.ones(len(follower)) if weights is None else weights
            weights = np.append(kept, self.won_weights)
        ends = [np.append(column, new[:, end]) for end, column in enumerate((follower, followed))]
        built = build_graph(ends[0], ends[1], weights, np.arange(len(self.accounts)))
        built = replace(built, accounts=self.accounts)
        ghosts = find_returns(graph)
        built = remember(built, ghosts._replace(pairs=places[ghosts.pairs]))
        if not graph.layers:
            return built
        acts = [find_ends(graph, layer) for layer in graph.layers]
        moved = [Ends(places[sources], places[targets]) for sources, targets in acts]
        return lay_anew(built, graph.layers, moved)


def find_follows(graph: FollowerGraph, pairs: Ids) -> Ids:
    """Return the place of each pair of ids in ``graph.followers``, -1 where there is no such follow.

    O(pairs x log follows).
    """
    return find_nodes(graph, graph.node_of[pairs].astype(np.int64))


def find_nodes(graph: FollowerGraph, pairs: Ids) -> Ids:
    """As `find_follows`, for pairs of nodes."""
    pairs, places = np.ascontiguousarray(pairs), np.empty(len(pairs), np.int64)
    starts = range(0, len(pairs), _BLOCK)

    def find(start: int) -> None:
        block = slice(start, start + _BLOCK)
        find_entries(graph.followers, graph.mutual_start, pairs[block], places[block])

    with Crew(available_threads() if len(starts) > 1 else 1) as crew:
        crew.run(find, starts)
    return places


def pair_up(rows: Iterable[Any]) -> Ids:
    """Return pairs as an array of shape (k, 2)."""
    return np.array([*rows], np.int64).reshape(-1, 2)


def settle(
    graph: FollowerGraph, removed: list[int], labels: list[Any], lost: Ids, won: Ids,
    won_weights: NDArray[np.float64], lost_places: Ids | None = None,
) -> Changes:  # fmt: skip
    """Order the accounts: new ones enter where they belong, or at the end if labels do not ascend."""
    n, gone = graph.n_accounts, np.array(removed, np.int64)
    if not removed and not labels:
        return Changes(graph, gone, 0, lost, won, won_weights, graph.accounts, np.arange(n), lost_places)
    stay = np.delete(np.arange(n), gone)
    kind = graph.accounts.kind if n else ("str" if labels and isinstance(labels[0], str) else "int")
    new = as_objects(labels) if kind == "str" else np.array(labels, np.int64)
    kept = graph.labels[stay] if n else new[:0]
    ascends = bool(np.all(kept[1:] > kept[:-1]))
    places = np.searchsorted(kept, new) if ascends else np.full(len(new), len(kept))
    source = np.insert(stay, places, n + np.arange(len(new)))
    values = np.insert(kept, places, new)
    return Changes(graph, gone, len(new), lost, won, won_weights, Labels(values), source, lost_places)


def refuse_existing(follower: Any, followed: Any) -> InvalidArgument:
    """Return the error for a follow that is there already."""
    return InvalidArgument.because(
        f"{shorten(follower)} follows {shorten(followed)} already",
        "a follow to be added does not exist",
        "Leave it out; to change its weight, end it first.",
        follower=follower,
        followed=followed,
    )


def refuse_loop(account: Any) -> InvalidArgument:
    """Return the error for a follow of oneself."""
    return InvalidArgument.because(
        f"{shorten(account)} would follow itself", "a follow has two ends", "Leave it out.", account=account
    )


def refuse_missing(follower: Any, followed: Any) -> InvalidArgument:
    """Return the error for a follow that is not there."""
    return InvalidArgument.because(
        f"{shorten(follower)} does not follow {shorten(followed)}",
        "a follow to be ended exists",
        "`graph.following_of` lists whom an account follows.",
        follower=follower,
        followed=followed,
    )
