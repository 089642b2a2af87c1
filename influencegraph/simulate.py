"""Seeded follower networks with a known farm and a known ring, calibrated on published figures.

How honest accounts live, and what is planted among them:

- *circles*: groups of 5 to 15 friends, most of whom follow each other mutually;
- *acquaintances*: mutual follows between accounts about equally attractive;
- *audiences*: one-way follows, drawn by how active the follower and how attractive the followed is.
  Both are heavy-tailed, and the number of audience follows is set last, so that the share of connected
  pairs that are mutual is the one Kwak et al. counted;
- *celebrity*: one account that a sixth of all accounts follow and that follows a handful;
- *farm*: real accounts with a modest honest life, who trade follows with each other and with organic
  accounts in the habit of following back;
- *ring*: fakes that all follow each other, and nobody else.

The published figures: 22.1 % of connected pairs are mutual, and followers and followings are both
heavy-tailed (Kwak, Lee, Park, Moon, *What is Twitter, a social network or a news media?*, WWW 2010);
an account keeps up 100 to 200 stable relations (Goncalves, Perra, Vespignani, *Modeling users' activity
on Twitter networks*, PLoS ONE 2011), which the traders exceed and honest accounts do not.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.errors import InvalidArgument, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Coded, as_objects

__all__ = ["SimulatedNetwork", "simulate_network"]

Kind = Literal["celebrity", "organic", "farm", "ring"]
Nodes = NDArray[np.int64]

MUTUAL_SHARE = 0.221  # of connected pairs: Kwak et al. 2010
SMALLEST_NETWORK = 500
LARGEST_CHEAT = 2_000  # a ring this large already is two million pairs
CIRCLE_SIZES = (5, 15)
CIRCLE_MUTUAL, CIRCLE_ONE_WAY = 0.85, 0.10  # of the pairs in a circle; the others are not connected
ACQUAINTANCES_MEAN = 2.0  # pairs drawn per account
ASSORTATIVITY = 0.02  # how far apart acquaintances stand in the order of attractiveness, share of accounts
ATTRACTIVENESS_TAIL = 1.2  # Pareto exponent; below 1 a single account would take nearly everything
ATTRACTIVENESS_MAX = 0.0008  # of the sum, so that nobody outshines the celebrity by accident
ACTIVITY_SPREAD = 1.3  # sigma of the lognormal
SILENT_SHARE = 0.08  # follow nobody
UNSEEN_SHARE = 0.06  # are followed by nobody
CELEBRITY_SHARE = 0.18  # of all accounts follow the celebrity
CELEBRITY_FOLLOWS = 10
FARM_DENSITY = 0.5
FARM_TRADES_OUTSIDE = 100  # with organic accounts, for each farmer
FOLLOW_BACK_SHARE = 0.2  # of the organic accounts follow back whoever follows them


@dataclass(frozen=True, eq=False)
class SimulatedNetwork:
    graph: FollowerGraph
    kinds: NDArray[Any]

    def members(self, kind: Kind) -> NDArray[Any]:
        return self.graph.labels[self.kinds == kind]


class _Sizes(NamedTuple):
    n_accounts: int
    farm: int
    ring: int

    @property
    def n_organic(self) -> int:
        return self.n_accounts - self.farm - self.ring - 1


class _Traits(NamedTuple):
    attractiveness: NDArray[np.float64]
    activity: NDArray[np.float64]


class _Pairs(NamedTuple):
    one: Nodes
    other: Nodes

    def where(self, keep):
        return _Pairs(self.one[keep], self.other[keep])

    def key(self, n):
        return np.minimum(self.one, self.other) * n + np.maximum(self.one, self.other)


def _join(*parts):
    return _Pairs(np.concatenate([p.one for p in parts]), np.concatenate([p.other for p in parts]))


def simulate_network(n_accounts=20_000, *, farm_size=400, ring_size=200, rng=0):
    sizes = _Sizes(n_accounts, farm_size, ring_size)
    rng = np.random.default_rng(rng)
    traits = _draw_traits(sizes, rng)
    circles, lopsided = _draw_circles(traits, rng)
    mutual = _distinct(
        _join(circles, _draw_acquaintances(traits, rng), _draw_farm(sizes, traits, rng), _draw_ring(sizes)),
        n_accounts,
    )
    n_one_way = round(mutual.one.size * (1 - MUTUAL_SHARE) / MUTUAL_SHARE)
    certain = _join(_draw_celebrity(sizes, traits, rng), lopsided)
    one_way = _draw_audiences(n_one_way, traits, certain, mutual, rng)
    follows = _join(mutual, _Pairs(mutual.other, mutual.one), one_way)
    kinds = _kinds(sizes)
    names = _names(sizes)
    graph = build_graph(
        Coded(follows.one, names), Coded(follows.other, names), labels=Coded(np.arange(n_accounts), names)
    )
    return SimulatedNetwork(graph, kinds)


def _draw_traits(sizes, rng):
    n, n_honest = sizes.n_accounts, sizes.n_organic + 1
    attr = rng.pareto(ATTRACTIVENESS_TAIL, n) + LIFT
    act = rng.lognormal(0.0, ACTIVITY_SPREAD, n)
    org = slice(1, n_honest)
    attr[org][rng.random(sizes.n_organic) < UNSEEN_SHARE] = 0.0
    act[org][rng.random(sizes.n_organic) < SILENT_SHARE] = 0.0
    attr[n_honest:] = FARM_ATT
    attr[0] = act[0] = 0
    attr[n - sizes.ring :] = act[n - sizes.ring :] = 0
    return _Traits(attr, act)


def _social(traits):
    return np.flatnonzero((traits.attractiveness > 0) & (traits.activity > 0))


def _draw_circles(traits, rng):
    members = rng.permutation(_social(traits))
    m = members.size
    low, high = CIRCLE_SIZES
    ends = np.cumsum(rng.integers(low, high + 1, m // low + 1))
    circle = np.searchsorted(ends, np.arange(m), side="right")
    first = np.repeat(np.arange(m), high - 1)
    second = first + np.tile(np.arange(1, high), m)
    same = (second < m) & (circle[first] == circle[np.minimum(second, m - 1)])
    pairs = _Pairs(members[first[same]], members[second[same]])
    tie = rng.random(pairs.one.size)
    one_way = (tie >= CIRCLE_MUTUAL) & (tie < CIRCLE_MUTUAL + CIRCLE_ONE_WAY)
    return pairs.where(tie < CIRCLE_MUTUAL), pairs.where(one_way)


def _draw_acquaintances(traits, rng):
    social = _social(traits)
    order = social[np.argsort(traits.attractiveness[social], kind="stable")]
    m = order.size
    act = traits.activity[order]
    count = rng.poisson(np.minimum(ACQUAINTANCES_MEAN * act / act.mean(), 150))
    one = np.repeat(np.arange(m), count)
    step = np.rint(rng.laplace(0.0, ASSORTATIVITY * m, one.size)).astype(np.int64)
    other = np.abs(one + step)
    other = np.where(other > m - 1, 2 * (m - 1) - other, other).clip(0, m - 1)
    return _Pairs(order[one], order[other])


def _draw_farm(sizes, traits, rng):
    first = sizes.n_organic + 1
    one, other = np.triu_indices(sizes.farm, 1)
    keep = rng.random(one.size) < FARM_DENSITY
    inside = _Pairs(one[keep] + first, other[keep] + first)
    social = _social(traits)
    organic = social[social < first]
    backers = rng.choice(organic, round(FOLLOW_BACK_SHARE * organic.size), replace=False)
    farmer = np.repeat(np.arange(first, first + sizes.farm), FARM_TRADES_OUTSIDE)
    return _join(inside, _Pairs(farmer, rng.choice(backers, farmer.size)))


def _draw_ring(sizes):
    first = sizes.n_accounts - sizes.ring
    one, other = np.triu_indices(sizes.ring, 1)
    return _Pairs(one + first, other + first)


def _draw_celebrity(sizes, traits, rng):
    active = np.flatnonzero(traits.activity > 0)
    count = min(round(CELEBRITY_SHARE * sizes.n_accounts), active.size)
    fans = rng.choice(active, count, replace=False)
    p = traits.attractiveness / traits.attractiveness.sum()
    idols = rng.choice(sizes.n_accounts, CELEBRITY_FOLLOWS, replace=False, p=p)
    zero = np.zeros
    return _join(_Pairs(zero(CELEBRITY_FOLLOWS, np.int64), idols), _Pairs(fans, zero(count, np.int64)))


AUD_CAP = 0.12
ACT_CAP = 0.25


def _draw_audiences(wanted, traits, certain, mutual, rng):
    n = traits.activity.size
    taken = mutual
    one_way = _new(certain, mutual, n)
    a = _cumulative(traits.activity, ACT_CAP * n / wanted)
    b = _cumulative(traits.attractiveness, AUD_CAP * n / wanted)
    for _ in range(20):
        missing = wanted - one_way.one.size
        if missing <= 0:
            break
        draws = _Pairs(
            *(np.searchsorted(c, rng.random(int(1.2 * missing) + 16), side="right") for c in (a, b))
        )
        new = _new(draws, _join(mutual, one_way), n)
        one_way = _join(one_way, new)
    return one_way.where(slice(wanted))


def _cumulative(w, cap):
    p = np.minimum(w / w.sum(), cap)
    c = np.cumsum(p)
    return c / c[-1]


def _new(pairs, known, n):
    pairs = _distinct(pairs, n)
    k = np.sort(known.key(n))
    key = pairs.key(n)
    at = np.searchsorted(k, key).clip(max=k.size - 1)
    return pairs.where(k[at] != key)


def _distinct(pairs, n):
    pairs = pairs.where(pairs.one != pairs.other)
    _, first = np.unique(pairs.key(n), return_index=True)
    return pairs.where(np.sort(first))


def _names(sizes):
    out = ["celebrity"]
    for kind, count in (("organic", sizes.n_organic), ("farm", sizes.farm), ("ring", sizes.ring)):
        width = max(3, len(str(count - 1)))
        out += [f"{kind}-{i:0{width}d}" for i in range(count)]
    return out


def _kinds(sizes):
    return np.repeat(
        as_objects(["celebrity", "organic", "farm", "ring"]), [1, sizes.n_organic, sizes.farm, sizes.ring]
    )
