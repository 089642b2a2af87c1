"""What ending one follow does to the account that ends it, exactly. By node.

Let v end its follow of z. Row v of P changes, and where z follows v back, columns v and z outside that row:
z's follow becomes one-way, ``theta_zv -> 1``, and v and z hold one mutual contact less each,
``rho -> rho'``. Call these changes of columns c_v and c_z. Let walks end at v: N is G of P without row v,
``h = T_v (1 - f)`` what arrives, ``y = T - T_v R`` the other accounts' reach, b row v times a, ``R = b N``
the visits before a walk from v comes back, ``F = N e_v`` the chance to get to v, ``f = b F``. All but
row v being the same,

    dh = s1 + s2 F_z      s2 = a c_z.y / (1 - a c_z.N_z),       s1 = a (c_v.y + s2 c_v.N_z)
    f' = f_b + t1 + t2 F_z      t2, t1: the same with beta for y,   beta = (R - b_z N_z) / (1 - pi)

where pi = w_vz / W_v and ``f_b = (f - b_z F_z) / (1 - pi)``: what v gives goes to its other follows. Then

    T'_v - T_v = (dh + T_v (f' - f)) / (1 - f')

So a forward push from v (R), a backward push to v (F) and the scores (T) tell everything but row z of N,
which enters in small terms. For all follows at once it is bounded: N_zz by its column, and
``a c_z.x <= (rho'/rho - 1) x_z`` for x = y, beta, and N_z less its launch, because x_z is at least what z's
mutual followers bring. For the few follows that matter one forward push from z finds it.

Everything is an `Interval`: rounding, what pushes left, and the intervals of the scores are inside.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention, Passed
from influencegraph.intervals import Interval
from influencegraph.push import Backward, Forward, bound_visits, count_term_roundings
from influencegraph.scores import Scores

Nodes = NDArray[np.int64]

_LOOSEST = 0.1
"""What a push leaves at most."""
_TINY = 2.0**-700
"""Weights this small beside others are not known well enough to be all that an account gives."""


class Changes(NamedTuple):
    """What ending each of some follows does, in accounts; intervals of shape (follows,).

    `earned` and `reach` are changes; `at_stake` is what the follow-back brings to the earned reach now.
    """

    earned: Interval
    reach: Interval
    at_stake: Interval

    def put(self, places: Any, new: Changes) -> Changes:
        """Return these changes with `new` ones at `places`."""
        return Changes(*(old.put(places, each) for old, each in zip(self, new, strict=True)))


class _Column(NamedTuple):
    """How mutual contacts' follows of an account change when it holds one less.

    `nodes` are the contacts, ascending; `part` is w/W, `theta` what counts of it, `relief` what they pass on
    more.
    """

    nodes: Nodes
    part: Interval
    theta: Interval
    relief: Interval


class _Terms(NamedTuple):
    """For some z: N_zz; c_v times y, R and N_z; a c_z times y, beta and N_z."""

    own: Interval
    column_y: Interval
    column_visits: Interval
    column_own: Interval
    relief_y: Interval
    relief_beta: Interval
    relief_own: Interval


class Unfollow:
    """The follows of one account, and what ending each of them does.

    Parameters
    ----------
    attention : Attention
    scores : Scores
        Of the same graph and settings.
    node : int
        v.
    tolerance : float
        How much attention a push leaves, of what v gives or of what arrives.
    """

    def __init__(self, attention: Attention, scores: Scores, node: int, tolerance: float) -> None:
        a = attention.damping
        self.attention, self.scores, self.node, self.tolerance = attention, scores, node, tolerance
        self._roundings = count_term_roundings(attention)
        self.row = attention.out_of(node)
        nodes, passed = self.row.nodes, a * self.row.passed
        self._walks = Forward(attention, nodes, passed, self._roundings, absorbing=node).push(tolerance)
        back = Backward(attention, node, absorbs=True).push(tolerance * (1.0 - a))
        self.n_follows_read = self._walks.n_follows + back.n_follows
        self._given, self._hits = Interval.around(passed, self._roundings), back.at(nodes).within(0.0, a)
        self._rest_all, self._is_lonely, self._is_unknown = _weigh_rest(self.row, attention, node)
        found = (self._given * self._hits).sum().meet(self._walks.at(np.array([node]))[0])
        self.returns = found.within(0.0, np.nextafter(a * a, 1.0))
        self.reach = self._reach_of(np.array([node]))[0]
        self._column = self._mutual_column(node, apart=-1)
        kept = self._column.part * (1.0 - self._column.theta)  # c_vz where z is the one whose follow ends
        self._gain = kept.within(0.0) - self._column.relief
        self._mutual = np.flatnonzero(self.row.is_mutual)

    def bound_all(self) -> Changes:
        """Return what ending each follow does, in the order of `row`; O(follows and followers of v)."""
        changes, column = self._combine(np.arange(len(self.row.nodes)), None), self._column
        if not len(column.nodes):
            return changes
        zero = np.zeros(len(column.nodes))
        diagonal, off = bound_visits(self.attention, column.nodes)
        own = Interval(zero + 1.0, diagonal)
        ratio = self._relief_ratio(column.nodes)
        undisturbed, visits = self._apart(column.nodes), self._walks.at(column.nodes)
        beta = (visits - self._given[self._mutual]) / self._rest_all[self._mutual]
        terms = _Terms(
            own,
            self._against_column(undisturbed),
            self._against_column(visits),
            (column.relief * Interval(zero, off)).sum() + (self._gain + column.relief) * own,
            Interval(zero, (ratio * undisturbed).upper),
            Interval(zero, (ratio * beta.within(0.0)).upper),
            Interval(zero, (ratio * (own - 1.0)).upper),
        )
        return changes.put(self._mutual, self._combine(self._mutual, terms))

    def find(self, k: int) -> Changes:
        """Return what ending follow `k` of `row` does, as well as it can be known; one forward push."""
        if not self.row.is_mutual[k]:
            return self._combine(np.array([k]), None)
        a, z, column, here = self.attention.damping, int(self.row.nodes[k]), self._column, np.array([k])
        j = np.searchsorted(column.nodes, [z])
        ratio = self._relief_ratio(np.array([z]))
        weight = float((self._given[here] * column.part[j] + ratio).upper[0])
        walks = Forward(self.attention, np.array([z]), np.ones(1), 0, absorbing=self.node)
        walks.push(min(_LOOSEST, self.tolerance / max(weight, self.tolerance)))
        self.n_follows_read += walks.n_follows
        none = Interval.exactly(np.zeros(1))
        relief_y = relief_beta = relief_own = none
        if ratio.upper[0] > 0.0:
            other = self._mutual_column(z, apart=self.node)
            relief_y, relief_visits, relief_own = (
                (other.relief * each).sum()[None] * a
                for each in (self._apart(other.nodes), self._walks.at(other.nodes), walks.at(other.nodes))
            )
            rest = self._rest_all[here]
            relief_beta = ((relief_visits - self._given[here] * relief_own) / rest).within(0.0)
        terms = _Terms(
            walks.at(np.array([z])),
            self._against_column(self._apart(column.nodes))[j],
            self._against_column(self._walks.at(column.nodes))[j],
            self._against_column(walks.at(column.nodes))[j],
            relief_y,
            relief_beta,
            relief_own,
        )
        return self._combine(here, terms)

    def _combine(self, k: NDArray[np.intp], terms: _Terms | None) -> Changes:
        """Return what ending follows `k` of `row` does; without `terms`, which only mutual ones have."""
        a, hits, given = self.attention.damping, self._hits[k], self._given[k]
        most, rest = float(np.nextafter(a * a, 1.0)), self._rest_all[k]
        shift = self._shift_return(k, rest)
        earned = at_stake = Interval.exactly(np.zeros(len(k)))
        if terms is not None:
            shrink = (1.0 - terms.relief_own).within(np.nextafter(1.0 - most, 0.0), 1.0)
            second = terms.relief_y / shrink
            earned = ((terms.column_y + second * terms.column_own) * a + second * hits).within(0.0)
            column = ((terms.column_visits - given * terms.column_own) / rest).within(0.0)
            second = terms.relief_beta / shrink
            back = (column + second * terms.column_own) * a + second * hits
            shift = (shift + back).where(~(self._is_lonely | self._is_unknown)[k], shift)
            j = np.searchsorted(self._mutual, k)
            passed = self._column.theta[j] * self._column.part[j] * a
            at_stake = (passed * self._apart(self.row.nodes[k])).within(0.0)
        after = (self.returns + shift).within(0.0, most)
        return Changes(earned, (earned + self.reach * shift) / (1.0 - after), at_stake)

    def _shift_return(self, k: NDArray[np.intp], rest: Interval) -> Interval:
        """Return ``f_b - f``: what v gives more to its other follows, less what it gives z no more."""
        f, part = self.returns, Interval.around(self.row.part[k], self._roundings)
        shift = (part * f - self._given[k] * self._hits[k]) / rest
        for place in np.flatnonzero(self.row.part[k] > 0.5):  # where that would lose digits; one at most
            others = np.arange(len(self.row.nodes)) != k[place]
            direct = (self._given[others] * self._hits[others]).sum() / rest[place] - f
            shift = shift.put(place, shift[place].meet(direct))
        most = float(np.nextafter(self.attention.damping**2, 1.0))
        unknown = Interval(-f.upper, most - f.lower)
        shift = shift.where(~self._is_unknown[k], unknown)
        return shift.where(~self._is_lonely[k], 0.0 - f)

    def _mutual_column(self, node: int, apart: int) -> _Column:
        """Return mutual contacts of `node` besides `apart`; O(its followers)."""
        into = self.attention.into(node)
        chosen = into.is_mutual & (into.nodes != apart)
        worth = float(self.attention.transition.follow_back_worth[node])
        part = Interval.around(into.part[chosen], self._roundings)
        theta = Interval.around(into.theta[chosen], self._roundings)
        ratio = self._relief_ratio(np.array([node]))[0]
        more = Interval.around(worth, self._roundings) * ratio
        if ratio.upper > 0.0 and worth < 1.0:  # engaged follows have less to gain
            is_plain = into.theta[chosen] == worth
            spare = (1.0 - theta) / (1.0 - Interval.around(worth, self._roundings))
            more = spare.within(0.0, 1.0).where(~is_plain, 1.0) * more
        return _Column(into.nodes[chosen], part, theta, part * more if ratio.upper > 0.0 else part * 0.0)

    def _relief_ratio(self, nodes: Nodes) -> Interval:
        """Return ``rho'/rho - 1``, where each of `nodes` holds one mutual contact less."""
        settings = self.scores.settings
        assert settings.mutual_capacity is not None
        held, capacity = (
            self.attention.graph.mutual_counts[nodes].astype(np.float64),
            settings.mutual_capacity,
        )
        ratio = Interval.exactly(np.zeros(len(nodes)))
        if not settings.mutual_worth or np.isinf(capacity):
            return ratio
        some, full = (held > capacity) & (held > 1), held - 1 >= capacity
        partly = (Interval.exactly(held) - capacity) / capacity
        ratio = partly.where(some, ratio)
        return (Interval.exactly(1.0) / np.maximum(held - 1, 1)).where(some & full, ratio)

    def _against_column(self, values: Interval) -> Interval:
        """Return c_v times `values`, which stand for mutual contacts, for the ending of each one's follow."""
        return (self._column.relief * values).sum() + self._gain * values

    def _reach_of(self, nodes: Nodes) -> Interval:
        positions = self.attention.graph.position_of[nodes]
        return Interval(self.scores.lower[positions], self.scores.upper[positions])

    def _apart(self, nodes: Nodes) -> Interval:
        """Return reach without walks that came by v: y."""
        return (self._reach_of(nodes) - self.reach * self._walks.at(nodes)).within(0.0)


def _weigh_rest(row: Passed, attention: Attention, node: int) -> tuple[Interval, NDArray[Any], NDArray[Any]]:
    """Return ``1 - pi`` for each follow, and whether it is the only one, or its rest too small to tell.

    There 1 stands for the rest, so that nothing is divided by 0.
    """
    weights, total = row.weights, math.fsum(row.weights.tolist())
    nobody = np.zeros(len(weights), np.bool_)
    if total == 0.0:
        return Interval.exactly(np.ones(len(weights))), nobody, nobody
    others = total - weights
    is_lonely, is_unknown = nobody.copy(), nobody.copy()
    for k in np.flatnonzero(weights > 0.5 * total):
        rest = np.arange(len(weights)) != k
        others[k] = math.fsum(weights[rest].tolist())
        if others[k] < _TINY * total:
            some = others[k] > 0.0 or any(
                _has_weight(attention, node, each) for each in row.nodes[rest].tolist()
            )
            is_lonely[k], is_unknown[k] = not some, some
            others[k] = total
    # Each weight may hold a rounding; what is left of all is at least half of them, or was summed itself.
    return Interval.around(others, 8.0) / Interval.around(total, 2.0), is_lonely, is_unknown


def _has_weight(attention: Attention, follower: int, followed: int) -> bool:
    """Return whether a follow carries anything, before weights are scaled."""
    graph, engaged = attention.graph, attention.transition.engaged
    row = slice(graph.followers.indptr[followed], graph.followers.indptr[followed + 1])
    place = int(row.start + np.flatnonzero(graph.followers.indices[row] == follower)[0])
    base = 1.0 if graph.follow_weights is None else graph.follow_weights[place]
    return bool(base > 0.0 or (engaged is not None and engaged.engagement[place] > 0.0))
