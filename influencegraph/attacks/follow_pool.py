"""Follow-for-follow: real accounts agree to follow each other, and so all have more followers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import Means, check_density, check_means, count_pairs, draw, fit_pairs
from influencegraph.attacks.shapes import are_there, both_ways, draw_pairs
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]


def follow_pool(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, density: float = 0.5
) -> AttackOutcome:
    """Let real accounts, drawn at random, trade follows until the budget is spent.

    Who gains and who pays: the pool.

    Published: that well connected, active people trade follows to have more of them (Ghosh et al.,
    *Understanding and combating link farming in the Twitter social network*, WWW 2012). Size and density are
    choices.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 79,800 make a pool of 400 at density 0.5. Follows that were there already cost nothing.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may join; everybody by default.
    density : float in (0, 1]
        Share of the pool's pairs that trade.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    >>> outcome = follow_pool(graph, budget=200)
    >>> len(outcome.gainers), outcome.n_made <= 200
    (20, True)
    """
    means = check_means(graph, budget, rng, among)
    pool, follows = draw_trades(means, check_density(density))
    added = follows[~are_there(graph, follows)]
    return carry_out(graph, "follow_pool", means.budget, gainers=pool, payers=pool, added=added)


def draw_trades(means: Means, density: float) -> tuple[Ids, Ids]:
    """Return a pool, and the follows that its trades come to, those there already among them."""
    size = fit_pairs(means.budget, density, len(means.eligible))
    pool = draw(means.generator, means.eligible, size)
    return pool, both_ways(draw_pairs(means.generator, pool, count_pairs(size, density)))
