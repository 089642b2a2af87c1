"""An edited network as a correction of the network that was scored.

    x' = launch' + a P'^T x'

P' is P but for the rows of the overlay. Everything else is read where it lies: nothing of the size of the
network is made before it is needed, because one edit should not cost more than it must.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.csr import Csr, frozen
from influencegraph.edits import Changes
from influencegraph.engagement import GIVING_ROUNDINGS
from influencegraph.engagement import ROUNDINGS as ENGAGED_ROUNDINGS
from influencegraph.kernels.bounds import UNIT, WIDEN, WIDEN_SUM
from influencegraph.kernels.lookup import find_entries
from influencegraph.scores import Scores
from influencegraph.whatif.rows import lay_over

Floats = NDArray[np.float64]


class Entries(NamedTuple):
    """Entries of P that change, each array (k,): nodes, and values before and after."""

    followers: NDArray[np.int64]
    followed: NDArray[np.int64]
    before: Floats
    after: Floats


class Enclosed(NamedTuple):
    """Reach and its interval by position afterwards, and the widest distance between them."""

    reach: Floats
    lower: Floats
    upper: Floats
    widest: float


class Problem:
    """What is to be solved, and what is known.

    Nodes number all accounts before, then new ones; positions are those afterwards.

    Parameters
    ----------
    scores : Scores
    changes : Changes
    attention : Attention
        Of the graph before.

    Attributes
    ----------
    overlay : Overlay
    n_accounts, n_nodes : int
        Accounts afterwards; these and removed ones.
    new_launch : float
        What a new account launches.
    residual : float
        At most ``|launch + a P^T reach - reach|``, before, over all accounts.
    roundings : float
        Operations behind one follow's share of attention, and behind passing it on.
    entries : Entries
        All of P that changes, one by one.
    """

    def __init__(self, scores: Scores, changes: Changes, attention: Attention) -> None:
        self.scores, self.changes, self.attention = scores, changes, attention
        graph = changes.graph
        self.overlay = lay_over(changes, attention, scores.settings)
        self.n_accounts, self.n_nodes = len(changes.source), graph.n_accounts + changes.n_new
        self.new_launch = 1.0 if scores.settings.teleport == "uniform" else 0.0
        self.residual = scores.certificate.error * graph.n_accounts * WIDEN_SUM
        longest = float(graph.out_degrees.max(initial=0)) + len(changes.won)
        self.roundings = 12.0 + longest * longest * 2.0**-52
        if attention.transition.engaged is not None:
            self.roundings += ENGAGED_ROUNDINGS
        if attention.transition.giving is not None:  # a share of weights, which are summed
            self.roundings += 2.0 * (GIVING_ROUNDINGS + longest * longest * 2.0**-52 + 3.0)
        overlay, columns = self.overlay, self.overlay.columns
        self.entries = Entries(
            np.append(overlay.rows[overlay.row_of_entry], columns.followers),
            np.append(overlay.edited.nodes, columns.followed),
            np.append(overlay.before, columns.before),
            np.append(overlay.edited.after, columns.after),
        )

    @property
    def damping(self) -> float:
        """Share of attention that a follow passes on."""
        return self.attention.damping

    @cached_property
    def weights(self) -> Floats | None:
        """The weights of the rows that are not edited, afterwards, as the transition's; O(follows) at most.

        With engagement each is times its own theta, which the columns change.
        """
        t, columns = self.attention.transition, self.overlay.columns
        if t.engaged is None or t.weights is None or not len(columns.passed):
            return t.weights
        return _put(
            t.weights, t.followers, t.mutual_start, columns.followers, columns.followed, columns.passed
        )

    @property
    def following_weights(self) -> Floats | None:
        """`weights` aligned with ``graph.following``."""
        t, columns = self.attention.transition, self.overlay.columns
        weights = self.attention.following_weights
        if t.engaged is None or weights is None or not len(columns.passed):
            return weights
        following = self.changes.graph.following
        first = following.indptr[:-1]  # each row is in one part
        return _put(weights, following, first, columns.followed, columns.followers, columns.passed)

    @property
    def keeps_accounts(self) -> bool:
        """Whether accounts are the same before and afterwards."""
        return self.changes.accounts is self.changes.graph.accounts

    def by_position(self, values: Floats, new: float) -> Floats:
        """Bring values by position before into positions afterwards."""
        if self.keeps_accounts:
            return values
        return frozen(np.append(values, np.full(self.changes.n_new, new))[self.changes.source])

    def by_node(self, values: Floats, new: float) -> Floats:
        """Bring values by position before into nodes; removed accounts get 0."""
        found = np.full(self.n_nodes, new)
        found[: self.changes.graph.n_accounts] = values[self.changes.graph.position_of]
        found[~self.overlay.alive] = 0.0
        return found

    def unknown_of(self, nodes: NDArray[np.int64]) -> Floats:
        """Return how far the exact reach can lie from the reach before."""
        graph, unknown, scores = self.changes.graph, np.zeros(len(nodes)), self.scores
        old = nodes < graph.n_accounts
        places = graph.position_of[nodes[old]]
        reach, lower, upper = (each[places] for each in (scores.reach, scores.lower, scores.upper))
        unknown[old] = np.maximum(reach - lower, upper - reach) * WIDEN + np.abs(reach) * (4 * UNIT)
        return unknown

    def floor_of(self, nodes: NDArray[np.int64]) -> Floats:
        """Return what launches at nodes afterwards, which their reach cannot be below."""
        graph, floor = self.changes.graph, np.full(len(nodes), self.new_launch)
        old = nodes < graph.n_accounts
        floor[old] = self.scores.launch[graph.position_of[nodes[old]]]
        return floor if self.scores.settings.teleport == "uniform" else floor * (1.0 - 8 * UNIT)

    def reach_of(self, nodes: NDArray[np.int64]) -> Floats:
        """Return the reach before; 0 of new accounts."""
        graph, reach = self.changes.graph, np.zeros(len(nodes))
        old = nodes < graph.n_accounts
        reach[old] = self.scores.reach[graph.position_of[nodes[old]]]
        return reach

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The node of each position afterwards."""
        graph = self.changes.graph
        nodes = np.append(graph.node_of.astype(np.int64), np.arange(graph.n_accounts, self.n_nodes))
        return nodes[self.changes.source]

    def places_of(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the positions afterwards of nodes that are not removed."""
        n = self.changes.graph.n_accounts
        places = nodes.astype(np.int64)
        places[nodes < n] = self.changes.graph.position_of[nodes[nodes < n]]
        return places if self.keeps_accounts else self.changes.places[places]

    def are_dangling(self, nodes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return who of `nodes` gives attention to nobody, afterwards."""
        out_weights, edited = self.attention.transition.out_weights, self.overlay.edited
        dangles = np.ones(len(nodes), bool)
        old = nodes < len(out_weights)
        dangles[old] = np.isinf(out_weights[nodes[old]])
        rows = edited.row_of[nodes]
        dangles[rows >= 0] = edited.gives[rows[rows >= 0]] == 0
        return dangles & self.overlay.alive[nodes]

    @cached_property
    def largest_steps(self) -> Floats:
        """At least ``p_v``, the largest share of anybody's attention that reaches v in one step; by position.

        O(accounts), or nothing where it is known already; O(follows) once where follows have weights.
        """
        graph, settings = self.changes.graph, self.scores.settings
        known = graph.prepared.get("largest steps")
        if known is None or known[0] != settings:
            one_way, mutual = _find_largest(self.attention)
            found = np.maximum(one_way, mutual * self.attention.transition.worth)[graph.node_of]
            known = graph.prepared["largest steps"] = settings, found * WIDEN
        largest = self.by_position(known[1], 0.0).copy()
        entries = self.entries
        there = self.overlay.alive[entries.followed]
        np.maximum.at(largest, self.places_of(entries.followed[there]), entries.after[there] * WIDEN)
        return largest


def _put(
    values: Floats, rows: Csr, middle: NDArray[np.int64], entries: NDArray[np.int64],
    row_of_entry: NDArray[np.int64], new: Floats,
) -> Floats:  # fmt: skip
    """Return a copy of `values` of rows, with `new` ones at some entries; O(values)."""
    places = np.empty(len(entries), np.int64)
    find_entries(rows, middle, np.stack([entries, row_of_entry], axis=1), places)
    found = values.copy()
    found[places] = new
    return found


def _find_largest(attention: Attention) -> tuple[Floats, Floats]:
    """Return the largest share of a one-way follower's attention, and of a mutual follower's, by node."""
    t = attention.transition
    starts, stops = t.followers.indptr[:-1], t.followers.indptr[1:]
    unit, indices = 1.0 / t.out_weights, t.followers.indices
    if not len(indices):
        return np.zeros(len(unit)), np.zeros(len(unit))
    if t.weights is None:  # rows ascend by node, and nodes descend by out-degree: the last is largest
        found = [unit[indices[np.maximum(ends - 1, 0)]] for ends in (t.mutual_start, stops)]
    else:
        bounds = np.stack([starts, t.mutual_start], axis=1).ravel()
        shares = np.append(t.weights * unit[indices], 0.0)
        found = [*np.maximum.reduceat(shares, bounds).reshape(-1, 2).T]
    return (
        np.where(t.mutual_start > starts, found[0], 0.0),
        np.where(stops > t.mutual_start, found[1], 0.0),
    )


def reach_out(ends: Floats, shared: float, total: float, largest: Floats, damping: float) -> Floats:
    """Return how far the solution can lie beyond a vector, given its residuals' `ends` that way.

    ``shared`` more may lie at any one account; `total` is all that may lie anywhere, that included. The
    formula is in `influencegraph.solvers.certificate`.
    """
    rest = 1.0 - damping
    ratio = damping / rest * WIDEN
    off = np.minimum(damping / (rest * (1.0 + damping)), largest * ratio) * WIDEN
    diagonal = np.minimum(1.0 / (rest * (1.0 + damping)), 1.0 + damping * ratio * largest) * WIDEN
    ends = ends + shared
    own = np.where(ends > 0, diagonal, 1.0) * ends
    others = off * np.maximum(total * WIDEN_SUM - np.maximum(ends, 0.0), 0.0)
    return own + others + (np.abs(own) + others) * (16 * UNIT)
