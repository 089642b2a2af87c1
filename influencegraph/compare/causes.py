"""Why the attention that follows carry changed: exact parts, by Shapley's rule.

    C_uv = a theta_uv d_uv T_u,    d_uv = w_uv / W_u,    theta_uv = 1 - mu_uv (1 - rho_uv) (1 - e_uv)
    rho_uv = c_u q_v,    c_u = min(1, delta (1 + eta g_u)),    q_v = min(1, B / m_v)
    e_uv = k_uv / (k_uv + kappa)

with mu_uv = 1 where the follow is returned, the strength with which it is remembered that it was
(`influencegraph.ghosts`), else 0; `m_v` are the places of v that are taken up, and `g_u` is what share of
its attention u gives one-way. A follow that only one snapshot has is gained or lost, with all it carries.
The change of any other is split over the four factors of C_uv: in each of their orders, every factor in
turn goes from its old value to the new one; its part is the mean of what that does (Shapley 1953). What
theta gets is split the same way over mu, rho and e; what rho gets, over c and q; c, over delta, eta and g;
q, over B and m; e, over k and kappa (Owen 1977: the factors of a factor move together). Where mu changes,
what g does is a part of that: a follow that comes to be returned is given one-way no more. A part is its
factor's change times a weight that no order alters: parts sum to the change, and swapping the snapshots
turns every sign.

With means ``x = (x0 + x1) / 2`` and halves ``h = (x1 - x0) / 2`` a change beside factors x, y and z weighs
``x y z + (x h_y h_z + y h_x h_z + z h_x h_y) / 3``; beside two, ``x y + h_x h_y / 3``; beside one, its mean.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.compare.snapshots import Snapshot
from influencegraph.worth import find_room, regard_givers

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

OF_FOLLOWS = (
    "follows_gained",
    "follows_lost",
    "follow_backs_made",
    "follow_backs_ended",
    "memory",
    "crowding",
    "giving",
    "engagement",
    "dilution",
    "followers",
    "damping",
    "mutual_worth",
    "mutual_capacity",
    "mutual_giving",
    "engagement_half",
)
"""Causes that act through single follows."""

CAUSES = (*OF_FOLLOWS, "launch", "unresolved")
"""All causes of a change of reach."""

ORIGINS = tuple(cause for cause in CAUSES if cause != "followers")
"""Causes that a change can be traced back to."""

POINT_CAUSES = (*CAUSES, "scale", "clipping")
"""All causes of a change of score."""


class Pairs(NamedTuple):
    """Follows into some accounts that either snapshot has, (k,) each.

    Attributes
    ----------
    rows : ndarray of int64
        Which of the accounts is followed.
    followers : ndarray of int64
        Number of the follower.
    before, after : ndarray of float64
        What the follow carries, 0 where it is not there.
    through : ndarray of float64
        What one account of the follower's reach more does: ``parts["followers"]`` for each account that
        the follower's own reach changed by.
    parts : dict of str to ndarray of float64
        The change ``after - before`` by cause, under the names of `OF_FOLLOWS`.
    """

    rows: Places
    followers: Places
    before: Floats
    after: Floats
    through: Floats
    parts: dict[str, Floats]


class _Side(NamedTuple):
    """Follows into some accounts in one snapshot, (k,) each."""

    rows: Places
    followers: Places
    is_mutual: NDArray[np.bool_]
    returned: Floats
    theta: Floats
    dilution: Floats
    reach: Floats
    engagement: Floats
    giving: Floats
    contacts: NDArray[Any]

    def take(self, places: Places) -> _Side:
        """Return the follows at `places`."""
        return self._replace(**{name: column[places] for name, column in self._asdict().items()})

    def carried(self, damping: float) -> Floats:
        """Return ``C_uv``, in the order of operations of `explain_score`."""
        return self.theta * (damping * self.dilution * self.reach)


class _Factor(NamedTuple):
    """A factor's mean and half of its change."""

    mean: Floats
    half: Floats


def _factor(before: Floats | float, after: Floats | float) -> _Factor:
    return _Factor(np.multiply(0.5, np.add(before, after)), np.multiply(0.5, np.subtract(after, before)))


def _beside_two(x: _Factor, y: _Factor) -> Floats:
    return x.mean * y.mean + x.half * y.half / 3.0


def _beside_three(x: _Factor, y: _Factor, z: _Factor) -> Floats:
    pairs = x.mean * y.half * z.half + y.mean * x.half * z.half + z.mean * x.half * y.half
    weight: Floats = x.mean * y.mean * z.mean + pairs / 3.0
    return weight


def split_follows(one: Snapshot, other: Snapshot, accounts: Places) -> Pairs:
    """Split the changes of all follows into `accounts` (numbers) over their causes.

    O(k), and a sort of 2k where the snapshots have different graphs; k is how many follow the accounts.
    """
    before, after = _gather(one, accounts), _gather(other, accounts)
    if one.graph is other.graph:
        in_before = in_after = np.arange(len(before.rows))
    else:
        in_before, in_after = _match(before, after, len(one.reach))
    had, has = in_before >= 0, in_after >= 0
    both = had & has
    rows, followers = np.empty(len(both), np.int64), np.empty(len(both), np.int64)
    carried_before, carried_after = np.zeros(len(both)), np.zeros(len(both))
    for side, held, places, snapshot, carried in (
        (before, had, in_before, one, carried_before),
        (after, has, in_after, other, carried_after),
    ):
        chosen = side.take(places[held])
        rows[held], followers[held] = chosen.rows, chosen.followers
        carried[held] = chosen.carried(snapshot.attention.damping)
    parts = {cause: np.zeros(len(both)) for cause in OF_FOLLOWS}
    parts["follows_gained"] = np.where(had, 0.0, carried_after)
    parts["follows_lost"] = np.where(has, 0.0, -carried_before)
    through = np.zeros(len(both))
    if both.any():
        kept, through[both] = _split_kept(
            one, other, before.take(in_before[both]), after.take(in_after[both])
        )
        for cause, values in kept.items():
            parts[cause][both] = values
    return Pairs(rows, followers, carried_before, carried_after, through, parts)


def _gather(snapshot: Snapshot, accounts: Places) -> _Side:
    """Return the follows into `accounts`, row by row; none into those that are not there."""
    graph, nodes = snapshot.graph, snapshot.node_of[accounts]
    is_there = nodes >= 0
    starts = graph.followers.indptr[nodes]
    counts = np.where(is_there, graph.followers.indptr[nodes + 1] - starts, 0)
    rows = np.repeat(np.arange(len(nodes)), counts)
    entries = np.arange(len(rows)) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    receivers = nodes[rows]
    follows = snapshot.attention.at(entries, receivers)
    followers = snapshot.number_of[follows.nodes]
    return _Side(
        rows,
        followers,
        follows.is_mutual,
        follows.is_mutual + (0.0 if snapshot.strengths is None else snapshot.strengths[entries]),
        follows.theta,
        follows.part,
        snapshot.reach[followers],
        np.zeros(len(rows)) if snapshot.engagement is None else snapshot.engagement[entries],
        np.zeros(len(rows)) if snapshot.giving is None else snapshot.giving[follows.nodes],
        snapshot.contacts[receivers],
    )


def _match(before: _Side, after: _Side, n: int) -> tuple[Places, Places]:
    """Return where each follow is in `before` and in `after`, -1 where it is not; by row and follower."""
    keys = np.concatenate([2 * (side.rows * n + side.followers) for side in (before, after)])
    size = len(before.rows)
    keys[size:] += 1  # all keys differ, and the two of one follow are neighbours
    order = np.argsort(keys)
    ordered = keys[order] >> 1
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = ordered[1:] != ordered[:-1]
    firsts = np.flatnonzero(is_first)
    lasts = np.append(firsts[1:], len(order))[: len(firsts)] - 1
    first, last = order[firsts], order[lasts]
    return np.where(first < size, first, -1), np.where(last < size, -1, last - size)


def _split_kept(
    one: Snapshot, other: Snapshot, before: _Side, after: _Side
) -> tuple[dict[str, Floats], Floats]:
    """Split the changes of follows that both snapshots have, aligned; and what a follower's reach weighs."""
    damping = _factor(one.attention.damping, other.attention.damping)
    theta = _factor(before.theta, after.theta)
    dilution = _factor(before.dilution, after.dilution)
    reach = _factor(before.reach, after.reach)
    through = _beside_three(damping, theta, dilution)
    parts = {
        "damping": 2.0 * damping.half * _beside_three(theta, dilution, reach),
        "dilution": 2.0 * dilution.half * _beside_three(damping, theta, reach),
        "followers": 2.0 * reach.half * through,
    }
    weight = _beside_three(damping, dilution, reach)
    of_theta = _split_theta(one, other, before, after)
    return parts | {cause: weight * part for cause, part in of_theta.items()}, through


def _split_theta(one: Snapshot, other: Snapshot, before: _Side, after: _Side) -> dict[str, Floats]:
    """Split the change of theta over what it depends on."""
    returned = _factor(before.returned, after.returned)
    room = _room(one, before), _room(other, after)
    worth, by_worth, by_giving, by_share = _split_worth(one, other, before, after)
    lost = _factor(1.0 - worth[0] * room[0], 1.0 - worth[1] * room[1])
    spared, by_acts, by_half = _split_engagement(one, other, before, after)
    back = -2.0 * returned.half * _beside_two(lost, spared)
    of_rho = _beside_two(returned, spared)
    of_spared = _beside_two(returned, lost)
    of_room, of_worth = of_rho * 0.5 * (worth[0] + worth[1]), of_rho * 0.5 * (room[0] + room[1])
    is_turned = before.is_mutual != after.is_mutual
    # A follow that comes to be returned is no longer given one-way: that is a part of its being returned.
    own = before.returned != after.returned
    back = back + of_worth * by_giving * own
    crossed = _room(other, before), _room(one, after)  # new capacity, old contacts; and the other way round
    return {
        "follow_backs_made": back * (is_turned & after.is_mutual) + 0.0,
        "follow_backs_ended": back * (is_turned & before.is_mutual) + 0.0,
        "memory": back * ~is_turned + 0.0,
        "mutual_worth": of_worth * by_worth,
        "giving": of_worth * by_giving * ~own + 0.0,
        "mutual_giving": of_worth * by_share,
        "mutual_capacity": of_room * 0.5 * ((crossed[0] - room[0]) + (room[1] - crossed[1])),
        "crowding": of_room * 0.5 * ((room[1] - crossed[0]) + (crossed[1] - room[0])),
        "engagement": of_spared * by_acts,
        "engagement_half": of_spared * by_half,
    }


def _split_worth(
    one: Snapshot, other: Snapshot, before: _Side, after: _Side
) -> tuple[tuple[Floats, Floats], Floats, Floats, Floats]:
    """Return ``c_u`` on both sides, and what `mutual_worth`, followers' giving and eta do to it."""
    deltas, etas = (
        [getattr(each.settings, name) or 0.0 for each in (one, other)]
        for name in ("mutual_worth", "mutual_giving")
    )
    # A snapshot in which followers count alike does not look at what they give.
    shares = (
        (after if one.giving is None else before).giving,
        (before if other.giving is None else after).giving,
    )
    regard: dict[tuple[int, ...], Any] = {
        (i, j, k): regard_givers(deltas[i], etas[k], shares[j]) for i, j, k in product((0, 1), repeat=3)
    }

    def blame(cause: int) -> Floats:
        """Return what one of the three does on average, in whatever order they change."""
        total = np.zeros(len(shares[0]))
        for rest in product((0, 1), repeat=2):
            changed = [(*rest[:cause], side, *rest[cause:]) for side in (0, 1)]
            weight = 1.0 / 6.0 if sum(rest) == 1 else 1.0 / 3.0
            total += weight * (regard[changed[1]] - regard[changed[0]])
        return total

    return (regard[0, 0, 0], regard[1, 1, 1]), blame(0), blame(1), blame(2)


def _room(snapshot: Snapshot, side: _Side) -> Floats:
    """Return ``q_v``: the capacity of `snapshot` beside the mutual contacts of `side`."""
    return find_room(side.contacts, snapshot.settings.mutual_capacity or 1.0)


def _spare(side: _Side, half: float) -> Floats:
    """Return ``e_uv``."""
    return side.engagement / (side.engagement + half)


def _split_engagement(
    one: Snapshot, other: Snapshot, before: _Side, after: _Side
) -> tuple[_Factor, Floats | float, Floats | float]:
    """Return the factor ``1 - e``, and what acts and `engagement_half` do to e."""
    halves = one.settings.engagement_half, other.settings.engagement_half
    known = [half for half in halves if half is not None]
    if not known:
        return _factor(1.0, 1.0), 0.0, 0.0
    # A snapshot without the setting has no engagement, or no discount to spare.
    half, other_half = (known[0] if each is None else each for each in halves)
    old, new = _spare(before, half), _spare(after, other_half)
    acts_first, half_first = _spare(after, half), _spare(before, other_half)
    by_acts = 0.5 * ((acts_first - old) + (new - half_first))
    by_half = 0.5 * ((half_first - old) + (new - acts_first))
    return _factor(1.0 - old, 1.0 - new), by_acts, by_half
