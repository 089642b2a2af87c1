"""Sabotage: accounts that follow back automatically are flooded with followers to follow back."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.following_back import find_habits
from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import NOBODY, check_count, check_means
from influencegraph.attacks.shapes import both_ways, link_each
from influencegraph.graph import FollowerGraph


def sabotage(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, n_victims: int = 50
) -> AttackOutcome:
    """Let fakes follow accounts that follow back automatically, until their capacity is spent.

    Who gains: nobody; that is not the aim, and `gainers` is empty (the fakes are followed by their victims,
    though). Who pays: the victims, whose mutual followers come to count less, the more of them there are.

    Published: that there are accounts that follow back whoever follows them, some by a program (Elmas, Randl,
    Attia, *#TeamFollowBack: detection & analysis of follow back accounts on social media*, 2024,
    arXiv:2403.15856). The rest is a choice; it aims at our own defence, the capacity.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows, half of them made by the victims: 40,000 give each of 50 victims 400 fakes.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may be a victim; anybody by default.
    n_victims : int >= 1
        How many, or as many as there are. They are drawn in proportion to their mutual contacts times the
        share that these are of their followers: those who follow back, and have something to lose. All of
        them follow every fake back.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    >>> outcome = sabotage(graph, budget=4_000, n_victims=5)
    >>> len(outcome.fakes), len(outcome.graph.mutuals_of(outcome.payers[0])) > 400
    (400, True)
    """
    means = check_means(graph, budget, rng, among)
    n_victims = min(check_count("n_victims", n_victims, 1), means.budget // 2)
    weights = (find_habits(graph) * graph.mutual_counts[graph.node_of])[means.eligible]
    n_victims = min(n_victims, int(np.count_nonzero(weights)))
    victims, n_fakes = NOBODY, 0
    if n_victims:
        shares = weights / weights.sum()
        victims = np.sort(means.generator.choice(means.eligible, n_victims, replace=False, p=shares))
        n_fakes = means.budget // (2 * n_victims)
    fakes = graph.n_accounts + np.arange(n_fakes)
    added = both_ways(link_each(fakes, victims))
    return carry_out(
        graph, "sabotage", means.budget, gainers=NOBODY, payers=victims, added=added, n_fakes=n_fakes
    )
