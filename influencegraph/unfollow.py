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
mutual followers bring. For the few follows that matter a backward push to z finds N_zz, which mostly is
enough; where not, a forward push from z finds the whole row.

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
    """For some z: c_v times y, R and N_z; a c_z times y, beta and N_z."""

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
        a, here = attention.damping, np.array([node])
        self.attention, self.scores, self.node, self.tolerance = attention, scores, node, tolerance
        self._roundings = count_term_roundings(attention)
        self.row = attention.out_of(node)
        self._mutual = np.flatnonzero(self.row.is_mutual)
        self._column = self._mutual_column(node, apart=-1)
        kept = self._column.part * (1.0 - self._column.theta)  # c_vz where z is the one whose follow ends
        self._gain = kept.within(0.0) - self._column.relief
        nodes, passed = self.row.nodes, a * self.row.passed
        self._walks = Forward(attention, nodes, passed, self._roundings, absorbing=node).push(self._goal())
        back = Backward(attention, node, node).push(tolerance * (1.0 - a))
        self.n_follows_read = self._walks.n_follows + back.n_follows
        self._given, self._hits = Interval.around(passed, self._roundings), back.at(nodes).within(0.0, a)
        self._rest, self._is_lonely, self._is_unknown = _weigh_rest(self.row, attention, node)
        found = (self._given * self._hits).sum().meet(self._walks.at(here)[0])
        self.returns = found.within(0.0, np.nextafter(a * a, 1.0))
        self.reach = self._reach_of(here)[0]
        self._column_y = self._against_column(self._apart(self._column.nodes))
        self._column_visits = self._against_column(self._walks.at(self._column.nodes))

    def _goal(self) -> float:
        """Return what may be left of R, for what comes of it to be known to `tolerance`."""
        off = bound_visits(self.attention, self._column.nodes)[1]
        counted = float((self._column.part * off).upper.max(initial=0.0))
        counted += float((self._column.relief * off).sum().upper)
        return min(_LOOSEST, self.tolerance / max(counted, self.tolerance))

    def bound_all(self) -> Changes:
        """Return what ending each follow does, in the order of `row`; O(follows and followers of v)."""
        changes, k = self._combine(np.arange(len(self.row.nodes)), None), self._mutual
        if not len(k):
            return changes
        nodes = self.row.nodes[k]
        own = Interval(np.ones(len(k)), bound_visits(self.attention, nodes)[0])
        ratio = self._relief_ratio(nodes)
        beta = ((self._walks.at(nodes) - self._given[k]) / self._rest[k]).within(0.0)
        relief = [_up_to(ratio * each) for each in (self._apart(nodes), beta, own - 1.0)]
        return changes.put(k, self._combine(k, self._join(k, self._bound_own(k, own), *relief)))

    def find(self, k: int, enough: float) -> Changes:
        """Return what ending follow `k` of `row` does, to an error of `enough` or as well as it can be known.

        A backward push to z finds N_zz. Where that is not enough, a forward push from z finds its row.
        """
        here, z = np.array([k]), int(self.row.nodes[k])
        if not self.row.is_mutual[k]:
            return self._combine(here, None)
        ratio = self._relief_ratio(np.array([z]))
        j = np.searchsorted(self._mutual, here)
        weight = float((self._given[here] * self._column.part[j] + ratio).upper[0])
        goal = min(_LOOSEST, self.tolerance / max(weight, self.tolerance))
        back = Backward(self.attention, z, self.node).push(goal * (1.0 - self.attention.damping))
        self.n_follows_read += back.n_follows
        own = back.at(np.array([z])).within(1.0, bound_visits(self.attention, np.array([z]))[0])
        relief_own = _up_to(ratio * (own - 1.0))
        terms = self._join(here, self._bound_own(here, own), *self._relieve(k, ratio, relief_own, None))
        changes = self._combine(here, terms)
        if max(changes.earned.error[0], changes.reach.error[0]) <= enough:
            return changes
        walks = Forward(self.attention, np.array([z]), np.ones(1), 0, absorbing=self.node).push(goal)
        self.n_follows_read += walks.n_follows
        column_own = self._against_column(walks.at(self._column.nodes))[j]
        relief = self._relieve(k, ratio, relief_own, walks)
        return self._combine(here, self._join(here, column_own, *relief))

    def _relieve(
        self, k: int, ratio: Interval, relief_own: Interval, walks: Forward | None
    ) -> tuple[Interval, Interval, Interval]:
        """Return what relieves z: a c_z times y, beta and N_z; the last bounded, unless `walks` tell."""
        if not ratio.upper[0] > 0.0:
            none = Interval.exactly(np.zeros(1))
            return none, none, none
        a, here = self.attention.damping, np.array([k])
        other = self._mutual_column(int(self.row.nodes[k]), apart=self.node)
        relief_y = (other.relief * self._apart(other.nodes)).sum()[None] * a
        visits = (other.relief * self._walks.at(other.nodes)).sum()[None] * a
        if walks is not None:
            relief_own = ((other.relief * walks.at(other.nodes)).sum()[None] * a).meet(relief_own)
        beta = (visits - self._given[here] * relief_own) / self._rest[here]
        return relief_y, beta.within(0.0), relief_own

    def _join(
        self, k: NDArray[np.intp], column_own: Interval,
        relief_y: Interval, relief_beta: Interval, relief_own: Interval,
    ) -> _Terms:  # fmt: skip
        j = np.searchsorted(self._mutual, k)
        return _Terms(
            self._column_y[j], self._column_visits[j], column_own, relief_y, relief_beta, relief_own
        )

    def _bound_own(self, k: NDArray[np.intp], own: Interval) -> Interval:
        """Bound c_v.N_z of `k`, given N_zz.

        Contacts but z get ``relief N_zx``: at most ``rho'/rho - 1`` of what they bring to v, which is F_z.
        """
        column, a = self._column, self.attention.damping
        off = bound_visits(self.attention, column.nodes)[1]
        most = (column.relief * off).sum().upper
        if a > 0.0:
            brought = self._hits[k] * self._relief_ratio(np.array([self.node])) / a
            most = np.minimum(most, brought.upper)
        z = np.searchsorted(self._mutual, k)
        return (self._gain + column.relief)[z] * own + Interval(np.zeros(len(k)), np.zeros(len(k)) + most)

    def _combine(self, k: NDArray[np.intp], terms: _Terms | None) -> Changes:
        """Return what ending follows `k` of `row` does; without `terms`, which only mutual ones have."""
        a, hits, given = self.attention.damping, self._hits[k], self._given[k]
        most, rest = float(np.nextafter(a * a, 1.0)), self._rest[k]
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


def _up_to(most: Interval) -> Interval:
    """Return what is known to lie between 0 and `most`."""
    return Interval(np.zeros(most.upper.shape), most.upper)


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
