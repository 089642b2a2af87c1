"""What gaming can gain at most, told by formula or from the network, before anybody tries.

    ring          sum over S of T  <=  launch and what enters from outside, times 1/(1 - a theta_max)
                  theta_max = rho + (1 - rho) e_max,    rho = kappa min(1, B/(k - 1))
    trade         arrives from v's mutual followers  <=  a c/(1 - a kappa) min(m_v, B) max (1 + O_u)/W_u
    coalition     sum over S of T  <=  E/(1 - a),    E = walks that ever reach S

`a` is the damping, delta `mutual_worth`, eta `mutual_giving`, B `mutual_capacity`, c ``min(1, delta (1 +
eta))``, and kappa the most that ``(1 - g) min(1, delta (1 + eta g))`` can be; the proofs are in
docs/mathematics.md, 3.2 to 3.5. E counts walks, one for each account, that ever get to the coalition S. It is
largest when S follows nobody, because then no follow of S is returned and S takes up no other account's
capacity; and it ignores what S does from there on. So the network without the follows of S tells what S can
ever come to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.edits.changes import Changes
from influencegraph.errors import InvalidArgument, describe_type, shorten
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import WIDEN, WIDEN_SUM
from influencegraph.launch import Launch
from influencegraph.methods import DEFAULTS
from influencegraph.scored import find_scored
from influencegraph.scores import Scores
from influencegraph.settings import (
    Effort,
    Settings,
    check_count,
    check_damping,
    check_mutual_capacity,
    check_mutual_giving,
    check_mutual_worth,
    check_number,
)
from influencegraph.solvers.solve import propagate
from influencegraph.worth import regard_givers

Ids = NDArray[np.int64]

_LAUNCH_ROUNDINGS = 3
"""Behind each amount that starts at a seed."""


def ring_cap(
    settings: Settings | Mapping[str, float] | None = None,
    size: int | None = None,
    *,
    engagement_max: float = 0.0,
) -> float:
    """Return by how much a ring can multiply what its members launch and what enters from outside.

    A ring's members follow each other mutually. PageRank gives every ring up to ``1/(1 - damping)``.

    Parameters
    ----------
    settings : Settings, or dict of damping, mutual_worth, mutual_capacity, mutual_giving, optional
        ``scores.settings``, or what differs from the defaults of `score`.
    size : int >= 2, optional
        Members that all follow each other; by default the cap of rings of any size and density.
    engagement_max : float in [0, 1]
        The largest share ``e`` of a discount that engagement spares any follow inside; 0 without layers.

    Returns
    -------
    float
        At least 1.

    Raises
    ------
    InvalidArgument
        If a setting is outside its range, or the settings are those of a method that passes on no attention.

    Examples
    --------
    >>> import influencegraph
    >>> round(influencegraph.ring_cap(), 3), round(influencegraph.ring_cap(size=200), 3)
    (1.548, 1.364)
    >>> influencegraph.ring_cap({"mutual_worth": 0.0}, size=200)
    1.0
    """
    damping, worth, capacity, giving = _read_settings(settings)
    worth = _find_most_kept(worth, giving)
    contacts = 1 if size is None else _check_size(size) - 1
    spared = check_number(
        "engagement_max", engagement_max, 0.0, 1.0, "lie in [0, 1]", "It is 0 where nobody can forge any."
    )
    rho = worth * min(1.0, capacity / contacts)
    return 1.0 / (1.0 - damping * (rho + (1.0 - rho) * spared))


def trade_cap(
    settings: Settings | Mapping[str, float] | None = None,
    n_mutual: int | None = None,
    *,
    following: int = 1,
    audience: float = 0.0,
) -> float:
    """Return how much reach mutual followers can bring an account at most, however many trade with it.

    For follows of weight 1 without engagement, with attention that starts everywhere alike.

    Parameters
    ----------
    settings : Settings, or dict of damping, mutual_worth, mutual_capacity, mutual_giving, optional
        ``scores.settings``, or what differs from the defaults of `score`.
    n_mutual : int >= 0, optional
        The account's mutual contacts; by default any number of them.
    following : int >= 1
        How many accounts each of those who trade follows at least.
    audience : float >= 0
        What reaches each of those who trade from its one-way followers, at most, in accounts: 0 for accounts
        that are only followed by those whom they follow.

    Returns
    -------
    float
        In accounts; inf where neither capacity nor `n_mutual` limits it.

    Raises
    ------
    InvalidArgument
        If a setting is outside its range, or the settings are those of a method that passes on no attention.

    Examples
    --------
    However many followers are traded among accounts that follow 1,000 each, they bring this reach at most:

    >>> import influencegraph
    >>> round(influencegraph.trade_cap(n_mutual=65_000, following=1_000), 3)
    0.197
    >>> round(influencegraph.trade_cap({"mutual_capacity": 1e9}, 65_000, following=1_000), 1)
    85.5
    """
    damping, worth, capacity, giving = _read_settings(settings)
    most = min(1.0, worth * (1.0 + giving))  # none of those who trade can count more
    contacts = math.inf if n_mutual is None else check_count("n_mutual", n_mutual) if n_mutual else 0
    follows = check_count("following", following)
    remedy = "It is 0 for accounts that only trade."
    audience = check_number("audience", audience, 0.0, 1e300, "be finite and >= 0", remedy)
    room = min(contacts, capacity)
    if worth == 0.0 or room == 0.0 or damping == 0.0:
        return 0.0
    kept = damping * _find_most_kept(worth, giving)
    return damping * most / (1.0 - kept) * room * (1.0 + audience) / follows


@dataclass(frozen=True)
class CoalitionBound:
    """What a coalition can come to, whatever its members follow. Made by `influencegraph.coalition_bound`.

    Attributes
    ----------
    n_members : int
    reach : float
        Summed reach of the members as it is, in accounts.
    hits, hits_upper : float
        Walks that ever get to a member, were the members to follow nobody, in accounts: what starts at the
        members themselves counts. No links of the members' own make it more; the upper end is certified.
    amplification_max : float
        ``1/(1 - damping)``: by how much links of their own can multiply that.
    """

    n_members: int
    reach: float
    hits: float
    hits_upper: float
    amplification_max: float

    @property
    def reach_max(self) -> float:
        """The most that the members can ever have in all, in accounts, and more than any one can earn."""
        return self.hits_upper * self.amplification_max * WIDEN

    def __str__(self) -> str:
        return (
            f"{self.n_members:,} accounts have a reach of {self.reach:,.1f} together. "
            f"{self.hits:,.1f} accounts' attention gets to them by what others follow; whatever they "
            f"follow themselves, they can make {self.reach_max:,.1f} of it at most."
        )


def coalition_bound(
    scores: Scores, accounts: Any, *, graph: FollowerGraph | None = None, tolerance: float = 1e-9
) -> CoalitionBound:
    """Bound the summed reach of a coalition of accounts, whatever they follow; one more solution.

    Parameters
    ----------
    scores : Scores
        Of a propagation method. With seeds as teleport the bound depends on who follows the coalition, not
        on how many fakes it has; with attention that starts everywhere, each fake brings its own.
    accounts : label or iterable of labels
    graph : FollowerGraph, optional
        That of the scores; needed where they were loaded and ``scores.graph`` is None.
    tolerance : float > 0
        As in `score`.

    Returns
    -------
    CoalitionBound

    Raises
    ------
    UnknownAccount
        If an account does not exist.
    InvalidArgument
        If there is no graph, it is not that of the scores, or the method propagates no attention.

    Examples
    --------
    >>> import influencegraph
    >>> follower, followed = ["ann", "bob", "cat", "dan"], ["bob", "ann", "ann", "cat"]
    >>> graph = influencegraph.FollowerGraph.from_arrays(follower, followed)
    >>> bound = influencegraph.coalition_bound(influencegraph.score(graph), ["ann", "bob"])
    >>> round(bound.reach, 3), round(bound.hits, 3), round(bound.reach_max, 3)
    (5.413, 3.572, 23.817)
    """
    scored = find_scored(scores, graph, "what a coalition can come to")
    whole = scored.whole
    members = np.flatnonzero(~scored.hidden)[_find_members(scores, accounts)]
    remedy = "It is the total error of all shares of attention; 1e-9 is the default."
    tolerance = check_number("tolerance", tolerance, math.nextafter(0.0, 1.0), 1e308, "be above 0", remedy)
    damping = scored.attention.damping
    roundings = 0 if whole.settings.teleport == "uniform" else _LAUNCH_ROUNDINGS
    launch = Launch(whole.launch, whole.settings.teleport, roundings)
    found = propagate(
        _end_follows(scored.graph, members), whole.settings, launch, Effort(tolerance=tolerance)
    )
    hits = math.fsum(found.reach[members].tolist())
    spread = found.certificate.error * max(1, len(whole)) / (1.0 - damping)
    upper = min(math.fsum(found.upper[members].tolist()), hits + spread * WIDEN_SUM)
    reach = math.fsum(whole.reach[members].tolist())
    return CoalitionBound(len(members), reach, hits, math.nextafter(upper, math.inf), 1.0 / (1.0 - damping))


def _find_most_kept(worth: float, giving: float) -> float:
    """Return kappa: of what an account gives, a part g that is not returned makes the rest worth more."""
    leaves = 0.0
    if giving > 1.0 and worth > 0.0:
        leaves = min((giving - 1.0) / (2.0 * giving), (1.0 / worth - 1.0) / giving)
    return (1.0 - leaves) * float(regard_givers(worth, giving, leaves))


def _read_settings(settings: Any) -> tuple[float, float, float, float]:
    """Return damping, worth, capacity and giving, from settings or from a dict of them."""
    names = ("damping", "mutual_worth", "mutual_capacity", "mutual_giving")
    if isinstance(settings, Settings):
        given = {name: getattr(settings, name) for name in names}
        given["mutual_giving"] = given["mutual_giving"] or 0.0
        if None in given.values():
            raise InvalidArgument.out_of_range(
                "settings",
                str(settings),
                "be those of a propagation method",
                "'reach' is one, 'pagerank' another.",
            )
    elif settings is None or (isinstance(settings, Mapping) and not set(settings) - set(names)):
        given = {name: DEFAULTS[name] for name in names} | dict(settings or {})
    else:
        raise InvalidArgument.out_of_range(
            "settings", settings, f"be Settings or a dict of {', '.join(names)}", "scores.settings will do."
        )
    return (
        check_damping(given["damping"]),
        check_mutual_worth(given["mutual_worth"]),
        check_mutual_capacity(given["mutual_capacity"]),
        check_mutual_giving(given["mutual_giving"]),
    )


def _check_size(size: Any) -> int:
    if check_count("size", size) < 2:
        raise InvalidArgument.out_of_range("size", size, "be at least 2", "A ring has two members or more.")
    return int(size)


def _find_members(scores: Scores, accounts: Any) -> Ids:
    """Return the positions of the coalition, ascending, each once."""
    if isinstance(accounts, str | bytes) or not isinstance(accounts, Iterable):
        accounts = [accounts]
    chosen = accounts.tolist() if isinstance(accounts, np.ndarray) else list(accounts)
    if not chosen:
        raise InvalidArgument.because(
            f"accounts is {shorten(describe_type(accounts))} of nobody", "a coalition has members",
            "Name at least one account.", name="accounts",
        )  # fmt: skip
    return np.unique(scores.accounts.positions(chosen))


def _end_follows(graph: FollowerGraph, members: Ids) -> FollowerGraph:
    """Return the network in which `members` follow nobody; O(follows)."""
    following, nodes = graph.following, graph.node_of[members].astype(np.int64)
    starts, stops = following.indptr[nodes], following.indptr[nodes + 1]
    followed = [graph.position_of[following.indices[i:j]] for i, j in zip(starts, stops, strict=True)]
    lost = np.stack([np.repeat(members, stops - starts), np.concatenate(followed).astype(np.int64)], axis=1)
    graph = replace(graph, ghosts=None)  # what is remembered of returns only lowers what arrives
    nobody, weights = np.empty(0, np.int64), np.empty(0)
    everyone = np.arange(graph.n_accounts)
    won = np.empty((0, 2), np.int64)
    return Changes(graph, nobody, 0, lost, won, weights, graph.accounts, everyone).build()
