"""Edits given as columns, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import check_weights
from influencegraph.edits.changes import (
    Changes,
    Ids,
    find_follows,
    pair_up,
    refuse_existing,
    refuse_loop,
    refuse_missing,
    settle,
)
from influencegraph.errors import InvalidArgument, InvalidFollows, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Labels
from influencegraph.numbering import number_labels


def read_batch(graph: FollowerGraph, added: Any, removed: Any, shown: Labels | None = None) -> Changes:
    """Read edits given as columns: `removed` ends follows of the graph, then `added` begins others.

    Parameters
    ----------
    added : tuple of (followers, followed) or (followers, followed, weights), or None
    removed : tuple of (followers, followed), or None
    shown : Labels, optional
        The accounts that may be named, as in `EditScript`.

    Raises
    ------
    InvalidArgument
        If a follow to be added exists, one to be removed does not, or one is named twice.
    InvalidFollows
        If labels or weights cannot be believed.
    UnknownAccount
        If `removed` names an account that does not exist, or either one that may not be named.
    """
    lost, _, _, lost_places = _read_columns(graph, "removed", removed, (2,), [], shown)
    labels: list[Any] = []
    won, names, weights, _ = _read_columns(graph, "added", added, (2, 3), labels, shown)
    own = np.flatnonzero((won < graph.n_accounts).all(axis=1))
    there = own[find_follows(graph, won[own]) >= 0]
    if there.size:
        n_ids = graph.n_accounts + len(labels)
        stays = ~np.isin(won[there, 0] * n_ids + won[there, 1], lost[:, 0] * n_ids + lost[:, 1])
        if stays.any():
            raise refuse_existing(*names(int(there[stays][0])))
    return settle(graph, [], labels, lost, won, weights, lost_places)


def _read_columns(
    graph: FollowerGraph, name: str, columns: Any, sizes: tuple[int, ...], new: list[Any],
    shown: Labels | None,
) -> tuple[Ids, Any, NDArray[np.float64], Ids]:  # fmt: skip
    """Return pairs of ids, what names the ends of one, weights, and places of follows that end.

    Fills in `new` labels.
    """
    if columns is None:
        return pair_up([]), None, np.empty(0), np.empty(0, np.int64)
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
    strangers = labels.values[unknown].tolist()
    if shown is not None:
        for label in labels.values[shown.locate(labels.values) < 0].tolist()[:1]:
            shown.position(label)
    if name == "removed" and strangers:
        graph.accounts.position(strangers[0])
    new += strangers
    ids[unknown] = graph.n_accounts + np.arange(unknown.size)
    pairs = np.stack([ids[named.follower.positions()], ids[named.followed.positions()]], axis=1)
    ends = named.follower.positions(), named.followed.positions()

    def names(row: int) -> tuple[Any, Any]:
        return tuple(labels.values[[ends[0][row], ends[1][row]]].tolist())

    places = _check_rows(graph, name, pairs, names)
    weights = check_weights(columns[2], len(pairs)) if len(columns) == 3 else None
    return pairs, names, np.ones(len(pairs)) if weights is None else weights, places


def _check_rows(graph: FollowerGraph, name: str, pairs: Ids, names: Any) -> Ids:
    """Refuse what cannot be; return the places of follows that end."""
    places = np.empty(0, np.int64)
    loops = np.flatnonzero(pairs[:, 0] == pairs[:, 1])
    if loops.size and name == "added":
        raise refuse_loop(names(int(loops[0]))[0])
    if name == "removed":
        places = find_follows(graph, pairs)
        missing = np.flatnonzero(places < 0)
        if missing.size:
            raise refuse_missing(*names(int(missing[0])))
    keys = pairs[:, 0] * (pairs.max(initial=0) + 1) + pairs[:, 1]
    ascending = np.sort(keys)
    again = np.flatnonzero(ascending[1:] == ascending[:-1])
    if again.size:
        follower, followed = names(int(np.flatnonzero(keys == ascending[again[0]])[0]))
        raise InvalidArgument.because(
            f"{name} holds {shorten(follower)} -> {shorten(followed)} twice",
            "each follow is named once",
            "Drop the repetition.",
            name=name,
        )
    return places
