"""Sabotage: accounts that follow back automatically are flooded with followers to follow back."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.following_back import find_habits
from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import (
    NOBODY,
    check_celebrities,
    check_count,
    check_means,
    draw,
    find_celebrities,
)
from influencegraph.attacks.shapes import both_ways, draw_some, link_each
from influencegraph.graph import FollowerGraph

N_TEMPTING = 100


def sabotage(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, n_victims: int = 10,
    decoys: int = 100,
) -> AttackOutcome:  # fmt: skip
    """Let fakes follow accounts that follow back automatically, until their capacity is spent.

    Who gains: nobody; that is not the aim, and `gainers` is empty. Who pays: the victims, whose mutual
    followers count less, the more of them there are. The fakes bring them some attention as well, if they
    launch any; decoys take most of it away again.

    Published: that there are accounts that follow back whoever follows them, some by a program (Elmas, Randl,
    Attia, *#TeamFollowBack: detection & analysis of follow back accounts on social media*, 2024,
    arXiv:2403.15856). The rest is a choice; it aims at our own defence, the capacity.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows, those that victims return among them: 40,000 make 333 fakes.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may be a victim; anybody by default.
    n_victims : int >= 1
        How many, or as many as there are. They are drawn out of the 100 accounts with most to lose: mutual
        contacts times habit, which is the share of its followers that an account follows. All of them follow
        every fake back.
    decoys : int from 0 to 100
        How many celebrities each fake follows besides, drawn out of the 100 accounts followed most.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(2_000, farm_size=0, ring_size=0).graph
    >>> outcome = sabotage(graph, budget=12_000)
    >>> len(outcome.payers), len(outcome.fakes)
    (10, 100)
    >>> len(outcome.graph.mutuals_of(outcome.payers[0])) - len(graph.mutuals_of(outcome.payers[0]))
    100
    """
    means = check_means(graph, budget, rng, among)
    n_victims = min(check_count("n_victims", n_victims, 1), means.budget // 2)
    decoys = check_celebrities("decoys", decoys)
    at_stake = (find_habits(graph) * graph.mutual_counts[graph.node_of])[means.eligible]
    tempting = means.eligible[at_stake > 0][np.argsort(-at_stake[at_stake > 0], kind="stable")]
    victims = draw(means.generator, tempting[: max(N_TEMPTING, n_victims)], n_victims)
    famous = find_celebrities(graph, victims)
    each = min(decoys, len(famous), means.budget - 2 * len(victims))
    n_fakes = means.budget // (2 * len(victims) + each) if len(victims) else 0
    fakes = graph.n_accounts + np.arange(n_fakes)
    flood = both_ways(link_each(fakes, victims))
    added = np.concatenate([flood, draw_some(means.generator, fakes, famous, each)])
    return carry_out(
        graph, "sabotage", means.budget, gainers=NOBODY, payers=victims, added=added, n_fakes=n_fakes
    )
