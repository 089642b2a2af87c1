"""Seeded follower networks with a known farm and a known ring, calibrated on published figures.

How the honest accounts live, and what is planted among them:

- *circles*: groups of 5 to 15 friends, nearly all of whom follow each other mutually;
- *acquaintances*: mutual follows between accounts about equally attractive, more for active accounts;
- *audiences*: one-way follows, drawn by how active the follower and how attractive the followed is;
- *celebrity*: one account that a fifth of all accounts follow, and that follows a handful;
- *farm*: real accounts with a modest honest life, who trade follows with each other and with organic
  accounts in the habit of following back;
- *ring*: fakes that all follow each other, and nobody else.

Mutual pairs are drawn first; one-way follows are then added until the share of connected pairs that are
mutual is the published one. What the figures below are taken from:

- Kwak, Lee, Park, Moon, *What is Twitter, a social network or a news media?*, WWW 2010: of connected
  pairs 22.1 % are mutual; followers and followings are heavy-tailed, with a power law of exponent 2.276
  (P(>= x) falls as x^-1.276) up to 100,000 and more accounts than that beyond. Attractiveness is drawn
  heavier, because an account is followed once by those who would follow it often: of 20,000 accounts,
  Hill's exponent is 1.1 over the tenth followed most and 1.4 to 1.6 over the hundredth.
- Goncalves, Perra, Vespignani, *Modeling users' activity on Twitter networks: validation of Dunbar's
  number*, PLoS ONE 2011: an account keeps up 100 to 200 stable relations. Honest accounts stay near or
  below that here; the traders have twice as many.

All other numbers below are choices: plausible, not published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.labels import Coded, as_objects
from influencegraph.settings import check_integer, make_generator

__all__ = ["SimulatedNetwork", "simulate_network"]

Kind = Literal["celebrity", "organic", "farm", "ring"]
Seed = int | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator | None
Nodes = NDArray[np.int64]
Floats = NDArray[np.float64]

KINDS: tuple[Kind, ...] = ("celebrity", "organic", "farm", "ring")
N_ACCOUNTS_RANGE = 500, 10_000_000
CHEATS_MAX = 1_000  # a ring this large is half a million pairs, and 22.1 % asks for 3.5 times as many others

MUTUAL_SHARE = 0.221  # of the connected pairs
CIRCLE_SIZES = 5, 15
CIRCLE_MUTUAL_SHARE, CIRCLE_ONE_WAY_SHARE = 0.85, 0.10  # of a circle's pairs; the rest do not know each other
ACQUAINTANCES_MEAN, ACQUAINTANCES_MAX = 2.0, 150.0  # that one account seeks; as many find it
ACQUAINTANCES_APART = 0.02  # in the order of attractiveness, as a share of the accounts
ATTRACTIVENESS_EXPONENT = 0.9  # Pareto's; what comes of it is measured in the module's docstring
ACTIVITY_SIGMA = 1.5  # of a lognormal
AUDIENCE_MAX_SHARE = 0.18  # of all accounts follow one organic account one-way; repeated draws lower it
FOLLOWED_MAX_SHARE = 0.25  # of all accounts are followed by one account
SILENT_SHARE = 0.08  # of the organic accounts follow nobody
UNSEEN_SHARE = 0.06  # of the organic accounts are followed by nobody
CELEBRITY_AUDIENCE_SHARE = 0.20  # of all accounts
CELEBRITY_FOLLOWS = 10
FARM_DENSITY = 0.5  # of the farm's pairs
FARM_TRADES_OUTSIDE = 100  # of each farmer
FOLLOW_BACK_SHARE = 0.2  # of the organic accounts, the active ones first

ROUNDS_MAX = 50


@dataclass(frozen=True, eq=False)
class SimulatedNetwork:
    """A simulated network, and what each of its accounts is.

    Attributes
    ----------
    graph : FollowerGraph
        Labels are ``"celebrity"`` and the likes of ``"organic-00017"``, ``"farm-003"``, ``"ring-150"``.
    kinds : ndarray of str objects, shape (n_accounts,)
        ``"celebrity"``, ``"organic"``, ``"farm"`` or ``"ring"``, in the order of ``graph.labels``; read-only.
    """

    graph: FollowerGraph
    kinds: NDArray[Any]

    def __post_init__(self) -> None:
        self.kinds.flags.writeable = False

    def members(self, kind: Kind) -> NDArray[Any]:
        """Return the labels of the accounts of one kind, shape (members,), in the order of ``graph.labels``.

        Raises
        ------
        InvalidArgument
            If there is no such kind.
        """
        if kind not in KINDS:
            remedy = "`network.kinds` has the kind of every account."
            raise InvalidArgument.out_of_range("kind", kind, f"be one of {', '.join(KINDS)}", remedy)
        chosen: NDArray[Any] = self.graph.labels[self.kinds == kind]
        return chosen


def simulate_network(
    n_accounts: int = 20_000, *, farm_size: int = 400, ring_size: int = 200, rng: Seed = 0
) -> SimulatedNetwork:
    """Draw a follower network in which some accounts are known to game the count.

    The same arguments and seed give the same graph, bit for bit, under the same NumPy. The defaults belong
    together: with other numbers of accounts, let farm and ring keep their shares (1/50 and 1/100). The
    mutual capacity of 150 bears only on accounts with more mutual contacts, so small cheats fall less far.
    Calibrated on Kwak et al. (WWW 2010) and Goncalves et al. (PLoS ONE 2011), see the module's docstring.
    O(follows log follows); 20,000 accounts have about 1.1 million follows.

    Parameters
    ----------
    n_accounts : int
        All accounts, farm, ring and celebrity included, from 500 to 10,000,000. Tails are long
        from about 10,000 on.
    farm_size : int
        Accounts in the follow-for-follow farm, from 0 to 1,000 and at most ``n_accounts // 8``.
    ring_size : int
        Fakes in the ring, within the same limits.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Whatever `numpy.random.default_rng` takes; None differs every time.

    Raises
    ------
    InvalidArgument
        If a size is no integer in its range, or `rng` seeds no generator.

    Examples
    --------
    >>> import influencegraph
    >>> network = influencegraph.simulate_network(2_000, farm_size=40, ring_size=20)
    >>> network.members("farm")[:2].tolist()
    ['farm-000', 'farm-001']
    >>> pairs = network.graph.n_follows - network.graph.report.mutual_pairs
    >>> print(f"{network.graph.report.mutual_pairs / pairs:.1%} of connected pairs are mutual")
    22.1% of connected pairs are mutual
    >>> len(network.graph.mutuals_of("ring-007"))
    19
    """
    sizes = _check_sizes(n_accounts, farm_size, ring_size)
    generator = make_generator(rng)
    traits = _draw_traits(sizes, generator)
    circles, lopsided = _draw_circles(traits, generator)
    mutual = _join(
        circles,
        _draw_acquaintances(traits, generator),
        _draw_trades(sizes, traits, generator),
        _link_ring(sizes),
    )
    one_way = _join(lopsided, _draw_celebrity(sizes, traits, generator))
    follows = _draw_audiences(mutual, one_way, traits, generator)
    names = _names(sizes)
    everyone = Coded(np.arange(sizes.n_accounts), names)
    graph = build_graph(Coded(follows.follower, names), Coded(follows.followed, names), labels=everyone)
    return SimulatedNetwork(graph, np.repeat(as_objects(KINDS), sizes.by_kind))


# ---- what is asked for ----


class _Sizes(NamedTuple):
    """How many accounts of each kind; nodes run in the order of `KINDS`."""

    n_accounts: int
    farm: int
    ring: int

    @property
    def by_kind(self) -> tuple[int, int, int, int]:
        return 1, self.n_accounts - self.farm - self.ring - 1, self.farm, self.ring

    @property
    def first_farmer(self) -> int:
        return self.n_accounts - self.farm - self.ring

    @property
    def first_fake(self) -> int:
        return self.n_accounts - self.ring


def _check_sizes(n_accounts: object, farm_size: object, ring_size: object) -> _Sizes:
    remedy = "Smaller graphs are built by FollowerGraph.from_arrays."
    n = check_integer("n_accounts", n_accounts, *N_ACCOUNTS_RANGE, remedy)
    most, remedy = min(CHEATS_MAX, n // 8), "{}={} goes with so many accounts."
    farm_remedy = remedy.format("farm_size", min(CHEATS_MAX, n // 50))
    ring_remedy = remedy.format("ring_size", min(CHEATS_MAX, n // 100))
    return _Sizes(
        n,
        check_integer("farm_size", farm_size, 0, most, farm_remedy),
        check_integer("ring_size", ring_size, 0, most, ring_remedy),
    )


def _names(sizes: _Sizes) -> list[str]:
    names = ["celebrity"]
    for kind, count in zip(KINDS[1:], sizes.by_kind[1:], strict=True):
        width = max(3, len(str(count - 1)))
        names += [f"{kind}-{number:0{width}}" for number in range(count)]
    return names


# ---- honest lives ----


class _Traits(NamedTuple):
    """How readily an account is followed, and follows; 0 means never. Floats, shape (n_accounts,)."""

    attractiveness: Floats
    activity: Floats

    @property
    def sociable(self) -> Nodes:
        """The accounts that do both."""
        return np.flatnonzero((self.attractiveness > 0) & (self.activity > 0))


class _Follows(NamedTuple):
    """Follows as two columns of nodes; of mutual ones either direction stands for both."""

    follower: Nodes
    followed: Nodes


def _join(*parts: _Follows) -> _Follows:
    return _Follows(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _draw_traits(sizes: _Sizes, rng: np.random.Generator) -> _Traits:
    n, n_organic = sizes.n_accounts, sizes.by_kind[1]
    attractiveness = 1.0 + rng.pareto(ATTRACTIVENESS_EXPONENT, n)
    activity = rng.lognormal(0.0, ACTIVITY_SIGMA, n)
    attractiveness[1 : 1 + n_organic][rng.random(n_organic) < UNSEEN_SHARE] = 0.0
    activity[1 : 1 + n_organic][rng.random(n_organic) < SILENT_SHARE] = 0.0
    attractiveness[sizes.first_farmer :] = 1.0  # nobody cares for farmers but those who trade
    for trait in (attractiveness, activity):
        trait[0] = trait[sizes.first_fake :] = 0.0  # the celebrity and the ring are linked by hand
    return _Traits(attractiveness, activity)


def _draw_circles(traits: _Traits, rng: np.random.Generator) -> tuple[_Follows, _Follows]:
    """Put everyone sociable into one circle of friends; return mutual and one-way follows."""
    low, high = CIRCLE_SIZES
    members = rng.permutation(traits.sociable)
    ends = np.cumsum(rng.integers(low, high + 1, members.size // low + 1))
    circle = np.searchsorted(ends, np.arange(members.size), side="right")
    one = np.repeat(np.arange(members.size), high - 1)
    other = one + np.tile(np.arange(1, high), members.size)
    inside = other < members.size
    inside[inside] = circle[one[inside]] == circle[other[inside]]
    one, other = members[one[inside]], members[other[inside]]
    tie = rng.random(one.size)
    mutual = tie < CIRCLE_MUTUAL_SHARE
    one_way = ~mutual & (tie < CIRCLE_MUTUAL_SHARE + CIRCLE_ONE_WAY_SHARE)
    return _Follows(one[mutual], other[mutual]), _Follows(one[one_way], other[one_way])


def _draw_acquaintances(traits: _Traits, rng: np.random.Generator) -> _Follows:
    """Draw mutual follows between accounts near each other in the order of attractiveness."""
    sociable = traits.sociable
    ranked = sociable[np.argsort(traits.attractiveness[sociable], kind="stable")]
    activity = traits.activity[ranked]
    sought = np.minimum(ACQUAINTANCES_MEAN * activity / activity.mean(), ACQUAINTANCES_MAX)
    one = np.repeat(np.arange(ranked.size), rng.poisson(sought))
    apart = np.rint(rng.laplace(0.0, ACQUAINTANCES_APART * ranked.size, one.size)).astype(np.int64)
    last = ranked.size - 1
    other = (last - np.abs(last - np.abs(one + apart))).clip(0)  # reflected at both ends
    return _Follows(ranked[one], ranked[other])


def _draw_celebrity(sizes: _Sizes, traits: _Traits, rng: np.random.Generator) -> _Follows:
    """Draw whom the celebrity follows, and its audience; nobody is in both."""
    attractiveness = traits.attractiveness[: sizes.first_farmer]
    share = attractiveness / attractiveness.sum()
    idols = rng.choice(sizes.first_farmer, CELEBRITY_FOLLOWS, replace=False, p=share)
    active = np.setdiff1d(np.flatnonzero(traits.activity), idols)
    audience = rng.choice(active, round(CELEBRITY_AUDIENCE_SHARE * sizes.n_accounts), replace=False)
    by_celebrity = _Follows(np.zeros(idols.size, np.int64), idols)
    return _join(by_celebrity, _Follows(audience, np.zeros(audience.size, np.int64)))


# ---- cheats ----


def _draw_trades(sizes: _Sizes, traits: _Traits, rng: np.random.Generator) -> _Follows:
    """Draw the farmers' mutual follows, with each other and with those who follow back."""
    one, other = np.triu_indices(sizes.farm, 1)
    traded = rng.random(one.size) < FARM_DENSITY
    organic = traits.sociable
    organic = organic[organic < sizes.first_farmer]
    share = traits.activity[organic] / traits.activity[organic].sum()
    returning = rng.choice(organic, round(FOLLOW_BACK_SHARE * organic.size), replace=False, p=share)
    farmer = sizes.first_farmer + np.repeat(np.arange(sizes.farm), FARM_TRADES_OUTSIDE)
    inside = _Follows(sizes.first_farmer + one[traded], sizes.first_farmer + other[traded])
    return _join(inside, _Follows(farmer, rng.choice(returning, farmer.size)))


def _link_ring(sizes: _Sizes) -> _Follows:
    one, other = np.triu_indices(sizes.ring, 1)
    return _Follows(sizes.first_fake + one, sizes.first_fake + other)


# ---- the whole ----

# A pair of nodes is one integer, 8 (low n + high) + tag, so that a plain sort brings the follows of a pair
# together, the one that counts first. (np.unique with indices took five to eight times as long.)
_MUTUAL, _CERTAIN, _DRAWN = 0, 1, 3  # one-way: + 1 where the higher node is the follower


def _encode(follows: _Follows, n: int, tag: int) -> Nodes:
    """Return the codes of `follows` between `n` nodes, without self-follows."""
    low, high = np.minimum(*follows), np.maximum(*follows)
    upward = (tag != _MUTUAL) & (follows.follower > follows.followed)
    codes: Nodes = 8 * (low * n + high) + tag + upward
    return codes[low < high]


def _distinct(codes: Nodes) -> Nodes:
    """Keep one follow for each pair: a mutual one, else one that is certain, else one drawn."""
    codes = np.sort(codes)
    new = np.ones(codes.size, np.bool_)
    np.not_equal(codes[1:] >> 3, codes[:-1] >> 3, out=new[1:])
    return codes[new]


def _decode(codes: Nodes, n: int) -> _Follows:
    """Return the follows behind distinct `codes`, both directions of mutual ones."""
    low, high = np.divmod(codes >> 3, n)
    tag = codes & 7
    upward, mutual = (tag == _CERTAIN + 1) | (tag == _DRAWN + 1), tag == _MUTUAL
    follower, followed = np.where(upward, high, low), np.where(upward, low, high)
    follows = _Follows(follower, followed)
    return _join(follows, _Follows(followed[mutual], follower[mutual]))


def _draw_audiences(
    mutual: _Follows, one_way: _Follows, traits: _Traits, rng: np.random.Generator
) -> _Follows:
    """Add one-way follows until `MUTUAL_SHARE` of the pairs are mutual; return all follows, both ways."""
    n = traits.activity.size
    codes = _distinct(np.concatenate([_encode(mutual, n, _MUTUAL), _encode(one_way, n, _CERTAIN)]))
    wanted = round(np.count_nonzero(codes & 7 == _MUTUAL) / MUTUAL_SHARE)
    active = _cap_shares(traits.activity, FOLLOWED_MAX_SHARE * n / wanted)
    attractive = _cap_shares(traits.attractiveness, AUDIENCE_MAX_SHARE * n / wanted)
    for _ in range(ROUNDS_MAX):
        missing = wanted - codes.size
        if missing <= 0:
            break
        count = missing + missing // 5 + 16
        follower, followed = (_draw_nodes(shares, count, rng) for shares in (active, attractive))
        drawn = _Follows(follower, rng.permutation(followed))
        codes = _distinct(np.concatenate([codes, _encode(drawn, n, _DRAWN)]))
    surplus = max(codes.size - wanted, 0)
    spare = rng.choice(np.flatnonzero(codes & 7 >= _DRAWN), surplus, replace=False)
    return _decode(np.delete(codes, spare), n)


def _cap_shares(weights: Floats, most: float) -> Floats:
    """Return `weights` as shares that add up to 1, the large ones lowered until hardly any exceeds `most`."""
    for _ in range(20):
        weights = np.minimum(weights, most * weights.sum())
    shares: Floats = weights / weights.sum()
    return shares


def _draw_nodes(shares: Floats, count: int, rng: np.random.Generator) -> Nodes:
    """Draw `count` nodes with replacement, ascending."""
    # Only over those with a share: multinomial gives what rounding leaves over to the last entry.
    nodes = np.flatnonzero(shares)
    return np.repeat(nodes, rng.multinomial(count, shares[nodes]))
