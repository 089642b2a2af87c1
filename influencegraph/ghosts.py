"""Returns remembered: follows that were returned once, and no longer are.

Somebody who follows, is followed back and unfollows keeps a one-way follower that was bought by a trade. A
graph of today does not show it; a log does (`influencegraph.events`). What is remembered of a return that
ended fades with its age:

    strength = exp(-age / memory)

and the follow that it returned is discounted with that strength (`influencegraph.engagement`). Each takes
up `ROOM` places of its account's capacity, faded likewise, whether or not it has begun anew since:
friendships end now and then, trades by the hundred.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.lookup import find_entries
from influencegraph.layers import find_alive

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

ROOM = 3.0
"""A return that ended takes up as much of the capacity as so many that last (docs/decisions/0012)."""
FAINTEST = 2.0**-53
"""Strengths below change no discount that a float64 near 1 can tell; they are left out."""
_SPLIT = 2.0**26


@dataclass(frozen=True, eq=False)
class Ghosts:
    """Follows whose return ended once: discounted for a while, or mutual because it began anew.

    Attributes
    ----------
    follows : ndarray of int64, shape (k,)
        The follow u -> v, as the graph's rows count them, ascending, each once. v followed u, and ended it.
    strengths : ndarray of float64, shape (k,)
        How much of a mutual follow it still is, in [2^-53, 1], where it is one-way today.
    """

    follows: Ids
    strengths: Floats

    def __post_init__(self) -> None:
        for array in (self.follows, self.strengths):
            array.flags.writeable = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.__post_init__()  # pickling drops the read-only flags

    def move(self, new_place: Ids) -> Ghosts:
        """Return these ghosts for rows whose follows have moved; `new_place` has shape (n_follows,)."""
        follows = new_place[self.follows]
        order = np.argsort(follows)
        return Ghosts(follows[order], self.strengths[order])

    def __len__(self) -> int:
        return len(self.follows)

    def __repr__(self) -> str:
        noun = "return" if len(self) == 1 else "returns"
        return f"Ghosts({len(self):,} remembered {noun}, strength {self.strengths.sum():,.6g} in all)"


class Returns(NamedTuple):
    """Returns that ended.

    Attributes
    ----------
    pairs : ndarray of int64, shape (k, 2)
        Positions: who unfollowed, and whom.
    strengths : ndarray of float64, shape (k,)
    """

    pairs: Ids
    strengths: Floats


def add_ghosts(graph: FollowerGraph, returns: Any, strengths: Any) -> FollowerGraph:
    """Return `graph` with returns remembered, besides those it remembers already; O(returns x log follows).

    A return counts where the follow that it returned exists. What it counts is decided when the graph is
    scored.

    Parameters
    ----------
    graph : FollowerGraph
    returns : array-like of int, shape (k, 2)
        Positions in ``graph.labels``: who unfollowed, and whom; they may be follows again. Pairs whose
        opposite follow does not exist are left out. Of a repeated pair the greatest strength holds.
    strengths : array-like of float, shape (k,)
        In [0, 1]; those below 2^-53 are left out.

    Returns
    -------
    FollowerGraph
        With `ghosts`; None where nothing is remembered.

    Raises
    ------
    InvalidArgument
        If a position or a strength lies outside its range, or the two differ in length.

    Examples
    --------
    Bob followed ann, ann followed bob back, and ann unfollowed him:

    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["bob", "cat"], ["ann", "bob"])
    >>> graph.labels.tolist()
    ['ann', 'bob', 'cat']
    >>> haunted = add_ghosts(graph, [[0, 1]], [0.5])
    >>> haunted
    FollowerGraph(3 accounts, 2 follows, 0 mutual pairs, 1 remembered return)
    >>> haunted.ghosts
    Ghosts(1 remembered return, strength 0.5 in all)
    """
    pairs, strength = _read_returns(graph, returns, strengths)
    if graph.ghosts is not None:
        known = find_returns(graph)
        pairs = np.concatenate([known.pairs, pairs])
        strength = np.concatenate([known.strengths, strength])
    return remember(graph, Returns(pairs, strength))


def find_returns(graph: FollowerGraph) -> Returns:
    """Return who ended which return, of a graph's ghosts; none where it has none."""
    if graph.ghosts is None:
        return Returns(np.empty((0, 2), np.int64), np.empty(0))
    follows = graph.ghosts.follows
    nodes = np.stack(
        [find_followed(graph, follows), graph.followers.indices[follows].astype(np.int64)], axis=1
    )
    return Returns(graph.position_of[nodes].astype(np.int64), graph.ghosts.strengths)


def remember(graph: FollowerGraph, returns: Returns) -> FollowerGraph:
    """Return `graph` with `returns` for its ghosts, and no others; those of a position -1 are left out."""
    known = np.flatnonzero((returns.pairs >= 0).all(axis=1) & (returns.strengths >= FAINTEST))
    nodes = graph.node_of[returns.pairs[known]].astype(np.int64)
    follows = np.empty(len(known), np.int64)
    find_entries(graph.followers, graph.mutual_start, np.ascontiguousarray(nodes[:, ::-1]), follows)
    stays = follows >= 0
    follows, strengths = follows[stays], returns.strengths[known[stays]]
    order = np.lexsort((-strengths, follows))
    follows, strengths = follows[order], strengths[order]
    is_first = np.diff(follows, prepend=-1) > 0
    if not is_first.any():
        return graph if graph.ghosts is None else replace(graph, ghosts=None)
    return replace(graph, ghosts=Ghosts(follows[is_first], strengths[is_first]))


def find_one_way(graph: FollowerGraph) -> Ghosts:
    """Return the ghosts whose follow is one-way today; none where the graph has none."""
    if graph.ghosts is None:
        return Ghosts(np.empty(0, np.int64), np.empty(0))
    follows, strengths = graph.ghosts.follows, graph.ghosts.strengths
    is_one_way = follows < graph.mutual_start[find_followed(graph, follows)]
    return Ghosts(follows[is_one_way], strengths[is_one_way])


def spread_strengths(graph: FollowerGraph) -> Floats:
    """Return the strength of each one-way follow, shape (n_follows,): 0 where nothing is remembered."""
    spread, ghosts = np.zeros(graph.n_follows), find_one_way(graph)
    spread[ghosts.follows] = ghosts.strengths
    return spread


def count_contacts(graph: FollowerGraph) -> Floats:
    """Return `m_v` by node, shape (n_accounts,): places taken by mutual contacts and remembered returns.

    Each is within 3 + k^2 2^-52 roundings where it is above 1; k is how many returns an account is
    remembered to have ended (`count_roundings`).
    """
    contacts = graph.mutual_counts.astype(np.float64)
    if graph.ghosts is None:
        return contacts
    follows, strengths = graph.ghosts.follows, graph.ghosts.strengths
    carries = find_alive(graph)[follows]
    follows, strengths = follows[carries], strengths[carries]
    followed = find_followed(graph, follows)
    is_mutual = follows >= graph.mutual_start[followed]
    more = np.maximum(ROOM * strengths - is_mutual, 0.0)  # a mutual contact has a place already
    # Multiples of 2^-26 add up exactly, then those of 2^-52; only what is left is rounded.
    coarse = np.floor(more * _SPLIT) / _SPLIT
    rest = more - coarse
    middle = np.floor(rest * _SPLIT**2) / _SPLIT**2
    sums = [np.bincount(followed, each, graph.n_accounts) for each in (coarse, middle, rest - middle)]
    return (contacts + sums[0]) + (sums[1] + sums[2])


def count_remembered(graph: FollowerGraph) -> Ids:
    """Count the one-way followers that each account followed back once, by node, shape (n_accounts,)."""
    return np.bincount(find_followed(graph, find_one_way(graph).follows), minlength=graph.n_accounts)


def count_roundings(graph: FollowerGraph) -> float:
    """Count the roundings behind each of `count_contacts` that is above 1."""
    if graph.ghosts is None:
        return 0.0
    most = float(np.bincount(find_followed(graph, graph.ghosts.follows)).max(initial=0))
    return 3.0 + most * most * 2.0**-52


def find_followed(graph: FollowerGraph, follows: Ids) -> Ids:
    """Return the node that is followed, of follows as the graph's rows count them."""
    return np.searchsorted(graph.followers.indptr, follows, side="right") - 1


def refuse_ghosts(ghosts: Ghosts, expected: str) -> InvalidArgument:
    """Return the error for a question that knows no remembered returns."""
    return InvalidArgument.because(
        f"the graph remembers {len(ghosts):,} return{'' if len(ghosts) == 1 else 's'} that ended", expected,
        "Edit the log and build the graph anew, or build it without memory.", name="graph",
    )  # fmt: skip


def _read_returns(graph: FollowerGraph, returns: Any, strengths: Any) -> Returns:
    pairs = np.asarray(returns)
    if not pairs.size:
        pairs = np.empty((0, 2), np.int64)
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise InvalidArgument.because(
            f"returns is {shorten(returns)}", "it is rows of two positions: who unfollowed, and whom",
            "`graph.accounts.locate` gives the positions of labels.", name="returns",
        )  # fmt: skip
    strength = np.asarray(strengths, np.float64)
    if strength.shape != (len(pairs),):
        raise InvalidArgument.because(
            f"strengths has shape {strength.shape}, and returns {len(pairs):,} rows", "each return has one",
            "Pass as many strengths as returns.", name="strengths",
        )  # fmt: skip
    for name, is_bad, values, expected in (
        ("returns", ~((pairs >= 0) & (pairs < graph.n_accounts)).all(axis=1), pairs,
         f"positions are 0 to {graph.n_accounts - 1}"),
        ("strengths", ~((strength >= 0.0) & (strength <= 1.0)), strength, "strengths lie in [0, 1]"),
    ):  # fmt: skip
        for row in np.flatnonzero(is_bad)[:1].tolist():
            raise InvalidArgument.because(
                f"{name} in row {row} is {values[row].tolist()}", expected, "Drop that row, or correct it.",
                name=name, row=row,
            )  # fmt: skip
    return Returns(pairs.astype(np.int64), strength)
