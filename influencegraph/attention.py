"""What single follows pass on, for questions about one account at a time. Node numbers throughout.

    P_uv = theta_uv w_uv / W_u,    theta_uv = 1 if the follow is one-way, rho_uv if it is mutual
                                   (engagement spares a part of the rest)

Solvers read whole arrays (`influencegraph.solvers.transition`); questions read a row or a column of P.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import turn
from influencegraph.graph import FollowerGraph
from influencegraph.settings import Settings
from influencegraph.solvers.transition import Transition, make_transition

Floats = NDArray[np.float64]


class Passed(NamedTuple):
    """The follows at one end of an account, each array (k,), ascending by node.

    Attributes
    ----------
    nodes : ndarray of int64
        Who is at the other end.
    is_mutual : ndarray of bool
    weights : ndarray of float64
        `w`, in the follower's own unit: those of different followers may be scaled differently.
    part : ndarray of float64
        ``w / W``: what part of its follower's attention the follow holds before any discount.
    theta : ndarray of float64
        What of that part counts, in [0, 1].
    """

    nodes: NDArray[np.int64]
    is_mutual: NDArray[np.bool_]
    weights: Floats
    part: Floats
    theta: Floats

    @property
    def passed(self) -> Floats:
        """`P`, in [0, 1]."""
        return self.theta * self.part


class Attention:
    """Follows of a graph under the settings of a propagation method.

    Parameters
    ----------
    graph : FollowerGraph
    settings : Settings
        With damping, mutual_worth and mutual_capacity.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["bob", "ann", "bob"])
    >>> attention = Attention(graph, influencegraph.score(graph).settings)
    >>> bob = int(graph.node_of[1])
    >>> sorted(attention.into(bob).passed.tolist()), attention.out_of(bob).passed.tolist()
    ([0.4, 1.0], [0.4])
    """

    def __init__(self, graph: FollowerGraph, settings: Settings) -> None:
        self.graph = graph
        self.transition: Transition = make_transition(graph, settings)

    @classmethod
    def of(cls, graph: FollowerGraph, settings: Settings) -> Attention:
        """Return the attention of `graph`, the same as last time if the settings are."""
        known = graph.prepared.get("attention")
        if known is None or known[0] != settings:
            known = graph.prepared["attention"] = settings, cls(graph, settings)
        attention: Attention = known[1]
        return attention

    @property
    def damping(self) -> float:
        """Share of attention that a follow passes on."""
        return self.transition.damping

    def into(self, node: int) -> Passed:
        """Return the follows that `node` receives: a column of P; O(its followers)."""
        t = self.transition
        start, middle, stop = t.followers.indptr[node], t.mutual_start[node], t.followers.indptr[node + 1]
        nodes = t.followers.indices[start:stop].astype(np.int64)
        order = np.argsort(nodes, kind="stable")
        is_mutual = np.arange(start, stop) >= middle
        own = t.own_weights
        weights = np.ones(len(nodes)) if own is None else own[start:stop]
        theta = t.engaged.theta[start:stop] if t.engaged else _discount(t, nodes, node, is_mutual)
        return _pass(nodes, is_mutual, weights, t.out_weights[nodes], theta, order)

    def out_of(self, node: int) -> Passed:
        """Return the follows that `node` gives: a row of P; O(its follows and mutual contacts)."""
        t, following = self.transition, self.graph.following
        row = slice(following.indptr[node], following.indptr[node + 1])
        nodes = following.indices[row].astype(np.int64)
        friends = t.followers.indices[t.mutual_start[node] : t.followers.indptr[node + 1]]
        is_mutual = np.isin(nodes, friends)
        if t.engaged is None:
            own = self.following_weights
            weights = np.ones(len(nodes)) if own is None else own[row]
            theta = _discount(t, np.array(node), nodes, is_mutual)
        else:
            weights, theta = (each[row] for each in self._following_engaged)
        return _pass(nodes, is_mutual, weights, t.out_weights[node], theta, slice(None))

    def at(self, entries: NDArray[np.int64], receivers: NDArray[np.int64]) -> Passed:
        """Return the follows at `entries` of the graph's rows, in that order; `receivers` are their rows."""
        t, own = self.transition, self.transition.own_weights
        nodes = t.followers.indices[entries].astype(np.int64)
        is_mutual = entries >= t.mutual_start[receivers]
        weights = np.ones(len(nodes)) if own is None else own[entries]
        theta = t.engaged.theta[entries] if t.engaged else _discount(t, nodes, receivers, is_mutual)
        return _pass(nodes, is_mutual, weights, t.out_weights[nodes], theta, slice(None))

    @cached_property
    def mutual_out_weights(self) -> Floats:
        """``W_u / c_u``, which mutual follows are divided by; ``W_u`` where followers count alike."""
        t = self.transition
        return t.out_weights if t.factor is None else t.out_weights / t.factor

    @cached_property
    def following_weights(self) -> Floats | None:
        """The transition's weights aligned with ``graph.following``; O(follows), once."""
        return None if self.transition.weights is None else self._transpose(self.transition.weights)

    @cached_property
    def _following_engaged(self) -> tuple[Floats, Floats]:
        """Weights and theta aligned with ``graph.following``."""
        engaged = self.transition.engaged
        assert engaged is not None
        return self._transpose(engaged.weights), self._transpose(engaged.theta)

    def _transpose(self, values: Floats) -> Floats:
        """Return values of follows aligned with ``graph.following``; O(follows)."""
        everyone = np.arange(self.graph.n_accounts, dtype=np.uint32)
        _, aligned = turn(self.graph.followers, values, self.graph.out_degrees, everyone)
        assert aligned is not None
        return aligned


def _discount(
    t: Transition, followers: NDArray[np.int64], followed: Any, is_mutual: NDArray[np.bool_]
) -> Floats:
    """Return theta of follows without engagement."""
    return np.where(is_mutual, t.worth[followed] * t.regard_of(followers), 1.0)


def _pass(
    nodes: NDArray[np.int64], is_mutual: NDArray[np.bool_], weights: Floats, out_weights: Floats | float,
    theta: Floats, order: NDArray[np.intp] | slice,
) -> Passed:  # fmt: skip
    """Join the columns; a weight beside an out-weight of inf is 0 and passes nothing."""
    part = weights / out_weights
    return Passed(nodes[order], is_mutual[order], weights[order], part[order], theta[order])
