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

Where followers count by what they give (`influencegraph.unfollow.givers`), v and z count differently
afterwards. Let m be the mutual part of row v, times a, before ``c_v``: ``b + dc_v m`` takes the place of b,
``R + dc_v m N`` of R and ``f + dc_v m F`` of f. Row z gains d: its mutual part but for v, before ``c_z``,
times ``dc_z``. With ``D = d N``, and x = y, beta, N_z,

    x^ = x + a x_z D / (1 - a D_z),     F^_z = N^_zv,     dh = s1 + s2 F^_z + a y_z D_v / (1 - a D_z)

and so for f', the hats in s1 to t2. D is at most ``dc_z / c_z (N_z - 1_z) / a``.

So a forward push from v (R), a backward push to v (F) and the scores (T) tell everything but row z of N,
which enters in small terms. For all follows at once it is bounded: N_zz by its column, and
``a c_z.x <= (rho'/rho - 1) x_z`` for x = y, beta, and N_z less its launch, because x_z is at least what z's
mutual followers bring. For the few follows that matter a backward push to z finds N_zz, which mostly is
enough; where not, a forward push from z finds the whole row.

Everything is an `Interval`: rounding, what pushes left, and the intervals of the scores are inside.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.intervals import Interval
from influencegraph.push import Backward, Forward, bound_visits, count_term_roundings
from influencegraph.scores import Scores
from influencegraph.unfollow.ended import weigh_rest
from influencegraph.unfollow.givers import Givers

Nodes = NDArray[np.int64]

_LOOSEST = 0.1
"""What a push leaves at most."""


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


class _Row(NamedTuple):
    """For some z whose row changes: D at v and at z, c_v and a c_z times D, and y and N_z at z."""

    here: Interval
    own: Interval
    column: Interval
    relief: Interval
    y: Interval
    visits: Interval


class _Terms(NamedTuple):
    """For some z: c_v times y, R and N_z; a c_z times y, beta and N_z; beta at z."""

    column_y: Interval
    column_visits: Interval
    column_own: Interval
    relief_y: Interval
    relief_beta: Interval
    relief_own: Interval
    beta: Interval
    row: _Row | None = None


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
        self._givers = Givers(attention, scores.settings, self._roundings)
        self.row = attention.out_of(node)
        self._mutual = np.flatnonzero(self.row.is_mutual)
        self._column = self._mutual_column(node, apart=-1)
        self._kept = (self._column.part * (1.0 - self._column.theta)).within(0.0)
        self._gain = self._kept - self._column.relief  # c_vz where z is the one whose follow ends
        nodes, passed = self.row.nodes, a * self.row.passed
        self._walks = Forward(attention, nodes, passed, self._roundings, absorbing=node).push(self._goal())
        back = Backward(attention, node, node).push(tolerance * (1.0 - a))
        self.n_follows_read = self._walks.n_follows + back.n_follows
        self._given, self._hits = Interval.around(passed, self._roundings), back.at(nodes).within(0.0, a)
        self._rest, self._is_lonely, self._is_unknown = weigh_rest(self.row, attention, node)
        found = (self._given * self._hits).sum().meet(self._walks.at(here)[0])
        self.returns = found.within(0.0, np.nextafter(a * a, 1.0))
        self.reach = self._reach_of(here)[0]
        self._column_y = self._against_column(self._apart(self._column.nodes))
        self._column_visits = self._against_column(self._walks.at(self._column.nodes))
        self._lean_on_giving()

    def _lean_on_giving(self) -> None:
        """Find what v's own row is, but for what its mutual follows count, and what becomes of that."""
        attention, nodes, turned = self.attention, self.row.nodes, None
        self._own = self._lean = Interval.exactly(np.zeros(len(nodes)))
        if self._givers.differ:
            own = attention.damping * self._givers.find_slopes(self.row, self.node)
            self._own = Interval.around(own, self._roundings)
            self._lean = self._givers.change_own(self.row, self._rest)
            turned = Forward(attention, nodes, own, self._roundings, absorbing=self.node).push(self._goal())
            self.n_follows_read += turned.n_follows
            more = self._against_column(turned.at(self._column.nodes))
            self._column_visits = self._column_visits + self._lean[self._mutual] * more
        self._turned = turned
        self._given = (self._given + self._lean * self._own).within(0.0)

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
        ratio, beta = self._relief_ratio(nodes), self._find_beta(k, own)
        relief_y, relief_beta, relief_own = (
            _up_to(ratio * each) for each in (self._apart(nodes), beta, own - 1.0)
        )
        column_own = self._bound_own(k, own)
        row = self._bound_row(k, own, column_own, relief_own) if self._givers.differ else None
        terms = self._join(k, column_own, relief_y, relief_beta, relief_own, beta, row)
        return changes.put(k, self._combine(k, terms))

    def find(self, k: int, enough: float) -> Changes:
        """Return what ending follow `k` of `row` does, to an error of `enough` or as well as it can be known.

        A backward push to z finds N_zz, a forward push along its mutual follows D. Where that is not enough,
        a forward push from z finds its row.
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
        relief_own, beta = _up_to(ratio * (own - 1.0)), self._find_beta(here, own)
        row = self._find_row(k, ratio, own) if self._givers.differ else None
        relief = self._relieve(k, ratio, relief_own, None)
        terms = self._join(here, self._bound_own(here, own), *relief, beta, row)
        changes = self._combine(here, terms)
        if max(changes.earned.error[0], changes.reach.error[0]) <= enough:
            return changes
        walks = Forward(self.attention, np.array([z]), np.ones(1), 0, absorbing=self.node).push(goal)
        self.n_follows_read += walks.n_follows
        column_own = self._against_column(walks.at(self._column.nodes))[j]
        relief = self._relieve(k, ratio, relief_own, walks)
        return self._combine(here, self._join(here, column_own, *relief, beta, row))

    def _find_beta(self, k: NDArray[np.intp], own: Interval) -> Interval:
        """Return beta at the account that each of `k` follows, given N_zz."""
        visits = self._come_back(k, self.row.nodes[k])
        return ((visits - self._given[k] * own) / self._rest[k]).within(0.0)

    def _come_back(self, k: NDArray[np.intp], nodes: Nodes) -> Interval:
        """Return R of `nodes` once each of `k` has ended, but for what v gave there."""
        visits = self._walks.at(nodes)
        return visits if self._turned is None else visits + self._lean[k] * self._turned.at(nodes)

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
        visits = (other.relief * self._come_back(here, other.nodes)).sum()[None] * a
        if walks is not None:
            relief_own = ((other.relief * walks.at(other.nodes)).sum()[None] * a).meet(relief_own)
        beta = (visits - self._given[here] * relief_own) / self._rest[here]
        return relief_y, beta.within(0.0), relief_own

    def _find_row(self, k: int, ratio: Interval, own: Interval) -> _Row:
        """Return what the change of z's row does, by a forward push along its mutual follows but for v."""
        a, here, z = self.attention.damping, np.array([k]), int(self.row.nodes[k])
        row, nodes = self.attention.out_of(z), np.array([z])
        slopes = np.where(row.nodes == self.node, 0.0, self._givers.find_slopes(row, z))
        rise = self._givers.raise_by(nodes, self._column.part[np.searchsorted(self._mutual, here)])
        y = self._apart(nodes)
        weight = float((rise * y).upper[0]) * a / max(float(self.reach.upper), 1e-300)
        goal = min(_LOOSEST, self.tolerance / max(weight, self.tolerance))
        walks = Forward(self.attention, row.nodes, slopes, self._roundings, absorbing=self.node).push(goal)
        self.n_follows_read += walks.n_follows
        relief = Interval.exactly(np.zeros(1))
        if ratio.upper[0] > 0.0:
            other = self._mutual_column(z, apart=self.node)
            relief = rise * (other.relief * walks.at(other.nodes)).sum()[None] * a
        column = self._against_column(walks.at(self._column.nodes))[np.searchsorted(self._mutual, here)]
        at_v, at_z = walks.at(np.array([self.node])), walks.at(nodes)
        return _Row(rise * at_v, rise * at_z, rise * column, relief, y, own)

    def _bound_row(
        self, k: NDArray[np.intp], own: Interval, column_own: Interval, relief_own: Interval
    ) -> _Row:
        """Bound what the changes of rows do: D is at most ``dc_z / c_z (N_z - 1_z) / a``."""
        a, nodes, j = self.attention.damping, self.row.nodes[k], np.searchsorted(self._mutual, k)
        part, theta = self._column.part[j], self._column.theta[j]
        ratio = self._givers.raise_by(nodes, part) / self._givers.regard_of(nodes)

        def bound(most: Interval) -> Interval:
            return _up_to(ratio * most.within(0.0) / a) if a > 0.0 else Interval.exactly(np.zeros(len(k)))

        here, column = self._hits[k] - theta * part * a, column_own - self._kept[j]
        return _Row(bound(here), bound(own - 1.0), bound(column), bound(relief_own), self._apart(nodes), own)

    def _join(
        self, k: NDArray[np.intp], column_own: Interval,
        relief_y: Interval, relief_beta: Interval, relief_own: Interval, beta: Interval, row: _Row | None,
    ) -> _Terms:  # fmt: skip
        j = np.searchsorted(self._mutual, k)
        column_y, visits = self._column_y[j], self._column_visits[j]
        return _Terms(column_y, visits, column_own, relief_y, relief_beta, relief_own, beta, row)

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
            column_y, column_own, relief_y, relief_beta, relief_own = (
                terms.column_y, terms.column_own, terms.relief_y, terms.relief_beta, terms.relief_own
            )  # fmt: skip
            column = ((terms.column_visits - given * column_own) / rest).within(0.0)
            back = earned
            if (row := terms.row) is not None:
                loop = (1.0 - row.own * a).within(np.nextafter(1.0 - most, 0.0), 1.0)
                of_y, of_beta, of_own = (each * a / loop for each in (row.y, terms.beta, row.visits))
                column_y, relief_y = column_y + of_y * row.column, relief_y + of_y * row.relief
                column, relief_beta = column + of_beta * row.column, relief_beta + of_beta * row.relief
                column_own, relief_own = column_own + of_own * row.column, relief_own + of_own * row.relief
                hits = hits + of_own * row.here
                earned, back = of_y * row.here, of_beta * row.here
            shrink = (1.0 - relief_own).within(np.nextafter(1.0 - most, 0.0), 1.0)
            second = relief_y / shrink
            earned = (earned + (column_y + second * column_own) * a + second * hits).within(0.0)
            second = relief_beta / shrink
            back = back + (column + second * column_own) * a + second * hits
            shift = (shift + back).where(~(self._is_lonely | self._is_unknown)[k], shift)
            j = np.searchsorted(self._mutual, k)
            passed = self._column.theta[j] * self._column.part[j] * a
            at_stake = (passed * self._apart(self.row.nodes[k])).within(0.0)
        after = (self.returns + shift).within(0.0, most)
        return Changes(earned, (earned + self.reach * shift) / (1.0 - after), at_stake)

    def _shift_return(self, k: NDArray[np.intp], rest: Interval) -> Interval:
        """Return ``f_b - f``: what v gives more to its other follows, less what it gives z no more."""
        f, part = self.returns, Interval.around(self.row.part[k], self._roundings)
        leaning = self._lean[k] * (self._own * self._hits).sum()
        shift = (part * f + leaning - self._given[k] * self._hits[k]) / rest
        for place in np.flatnonzero(self.row.part[k] > 0.5):  # where that would lose digits; one at most
            others = np.arange(len(self.row.nodes)) != k[place]
            given = Interval.around(self.row.passed[others] * self.attention.damping, self._roundings)
            given = (given + self._lean[k[place]] * self._own[others]).within(0.0)
            direct = (given * self._hits[others]).sum() / rest[place] - f
            shift = shift.put(place, shift[place].meet(direct))
        most = float(np.nextafter(self.attention.damping**2, 1.0))
        unknown = Interval(-f.upper, most - f.lower)
        shift = shift.where(~self._is_unknown[k], unknown)
        return shift.where(~self._is_lonely[k], 0.0 - f)

    def _mutual_column(self, node: int, apart: int) -> _Column:
        """Return mutual contacts of `node` besides `apart`; O(its followers)."""
        into = self.attention.into(node)
        chosen = into.is_mutual & (into.nodes != apart)
        worth = self._givers.worth_to(node, into.nodes[chosen])
        part = Interval.around(into.part[chosen], self._roundings)
        theta = Interval.around(into.theta[chosen], self._roundings)
        ratio = self._relief_ratio(np.array([node]))[0]
        more = Interval.around(worth, self._roundings) * ratio
        is_plain = into.theta[chosen] == worth
        if ratio.upper > 0.0 and not is_plain.all():  # engaged follows have less to gain
            discount = (1.0 - Interval.around(worth, self._roundings)).where(worth < 1.0, 1.0)
            spare = (1.0 - theta) / discount.within(2.0**-1000)
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
