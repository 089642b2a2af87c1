"""Who follows back those who follow: what churners and bots live on.

An account's habit is the share of its followers that it follows: of those who once followed it, so many
were followed back or had been followed. It is taken for the chance that the next one is followed back,
which is a choice: a snapshot does not say who was first, and old friends are no strangers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks.shapes import are_there
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


def find_habits(graph: FollowerGraph) -> Floats:
    """Return the share of its followers that each account follows, shape (n_accounts,); 0 without any."""
    shares: Floats = graph.mutual_counts / np.maximum(graph.in_degrees, 1)
    return shares[graph.node_of]


class Courtship(NamedTuple):
    """Follows made in the hope of being followed back, in the order they were made.

    Attributes
    ----------
    follows : ndarray of int64, shape (k, 2)
    is_returned : ndarray of bool, shape (k,)
    """

    follows: Ids
    is_returned: NDArray[np.bool_]

    @property
    def returns(self) -> Ids:
        """The follows given in return, shape (r, 2)."""
        return self.follows[self.is_returned][:, ::-1]

    @property
    def n_made(self) -> int:
        """How many follows that makes, both ways."""
        return len(self.follows) + int(self.is_returned.sum())


def court(
    graph: FollowerGraph, generator: np.random.Generator, suitors: Ids, targets: Ids, weights: Floats,
    tries_each: int, budget: int,
) -> Courtship:  # fmt: skip
    """Let suitors take turns in following strangers, until the budget is spent; O(budget log budget).

    Parameters
    ----------
    graph : FollowerGraph
    generator : Generator
    suitors : ndarray of int64
        Positions; fakes come after the accounts of `graph`.
    targets : ndarray of int64, shape (t,)
        Whom they may follow: strangers only, who neither follow them nor are followed.
    weights : ndarray of float64, shape (t,)
        How readily each is chosen, >= 0.
    tries_each : int
        How many each suitor follows at most.
    budget : int
        Follows in both directions; a target follows back as often as its habit says.
    """
    if not len(suitors) or not weights.any():
        return Courtship(np.empty((0, 2), np.int64), np.empty(0, bool))
    most = min(tries_each, budget, len(targets))
    rounds = 2 * most + 6 * most**2 // len(targets)  # more than most: some are drawn again, or known already
    drawn = generator.choice(targets, rounds * len(suitors), p=weights / weights.sum())
    pairs = np.stack([np.tile(suitors, rounds), drawn], axis=1)
    span = max(graph.n_accounts, int(suitors.max()) + 1)
    codes = pairs.min(axis=1) * span + pairs.max(axis=1)  # of suitors who are targets, too, one is first
    pairs = pairs[np.sort(np.unique(codes, return_index=True)[1])]
    is_known = are_there(graph, pairs) | are_there(graph, pairs[:, ::-1])
    pairs = pairs[~is_known & (pairs[:, 0] != pairs[:, 1])]
    turns = _count_turns(pairs[:, 0])
    order = np.argsort(turns, kind="stable")
    pairs = pairs[order[turns[order] < tries_each]]
    is_returned = generator.random(len(pairs)) < find_habits(graph)[pairs[:, 1]]
    n_made = np.searchsorted(np.cumsum(1 + is_returned), budget, side="right")
    return Courtship(pairs[:n_made], is_returned[:n_made])


def _count_turns(column: Ids) -> Ids:
    """Return how often each entry occurred before."""
    order = np.argsort(column, kind="stable")
    ordered = column[order]
    turns = np.empty(len(column), np.int64)
    turns[order] = np.arange(len(column)) - np.searchsorted(ordered, ordered, side="left")
    return turns
