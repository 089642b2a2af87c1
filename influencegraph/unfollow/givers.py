"""How what followers count moves with what they give one-way: for questions about ended follows. By node.

    theta_uv = e_uv + (1 - e_uv) q_v c_u,    c_u = min(1, delta (1 + eta g_u)),    q_v = min(1, B / m_v)

A follow that u gives to v, and that v returns no more, becomes one-way: g_u rises by ``w_uv / W_u``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention, Passed
from influencegraph.edits.changes import find_nodes
from influencegraph.intervals import Interval
from influencegraph.settings import Settings
from influencegraph.worth import find_room

Floats = NDArray[np.float64]
Nodes = NDArray[np.int64]


class Givers:
    """What mutual follows are worth, by follower.

    Parameters
    ----------
    attention : Attention
    settings : Settings
    roundings : float
        Operations behind what one follow passes on.

    Attributes
    ----------
    differ : bool
        Whether followers do not count alike.
    """

    def __init__(self, attention: Attention, settings: Settings, roundings: float) -> None:
        assert settings.mutual_worth is not None
        assert settings.mutual_capacity is not None
        giving = attention.transition.giving
        self._attention, self._roundings = attention, roundings
        self._worth, self._capacity = settings.mutual_worth, settings.mutual_capacity
        self._regard = None if giving is None else giving.regard
        self._more = 0.0 if giving is None else giving.more
        self.differ = giving is not None

    def worth_to(self, node: int, followers: Nodes) -> Floats:
        """Return ``rho``: what mutual follows of `node` are worth without engagement."""
        regard: Any = self._worth if self._regard is None else self._regard[followers]
        return np.asarray(self._room_of(np.full(len(followers), node)) * regard)

    def regard_of(self, nodes: Nodes) -> Interval:
        """Return ``c`` of `nodes`."""
        assert self._regard is not None
        return Interval.around(self._regard[nodes], self._roundings)

    def raise_by(self, nodes: Nodes, parts: Interval) -> Interval:
        """Return how much ``c`` of `nodes` rises where `parts` of their attention become one-way."""
        most = 1.0 - self.regard_of(nodes)
        more = parts * (Interval.around(self._worth * self._more, 2.0))
        return Interval(np.minimum(more.lower, most.lower), np.minimum(more.upper, most.upper)).within(
            0.0, 1.0
        )

    def change_own(self, row: Passed, rest: Interval) -> Interval:
        """Return how ``c`` of the account whose row it is changes as each of its follows ends.

        `rest` is what is left of its attention without that follow.
        """
        part = Interval.around(row.part, self._roundings)
        one_way = Interval(np.where(row.is_mutual, 0.0, part.lower), np.where(row.is_mutual, 0.0, part.upper))
        shares = ((one_way.sum() - one_way) / rest).within(0.0, 1.0)
        before = self._weigh(one_way.sum().within(0.0, 1.0))
        return self._weigh(shares) - before

    def find_slopes(self, row: Passed, follower: int) -> Floats:
        """Return ``d P / d c`` of the follows of a row: 0 of one-way ones."""
        slopes = np.where(row.is_mutual, row.part * self._room_of(row.nodes), 0.0)
        engaged = self._attention.transition.engaged
        if engaged is not None and np.isfinite(engaged.half):
            pairs = np.stack([np.full(len(row.nodes), follower), row.nodes], axis=1)
            k = engaged.engagement[find_nodes(self._attention.graph, pairs)]
            slopes *= engaged.half / (k + engaged.half)
        return slopes

    def _weigh(self, shares: Interval) -> Interval:
        return ((shares * self._more + 1.0) * self._worth).within(0.0, 1.0)

    def _room_of(self, nodes: Nodes) -> Floats:
        return find_room(self._attention.graph.mutual_counts[nodes], self._capacity)
