"""Follow-for-follow: real accounts agree to follow each other, and so all have more followers."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import check_budget, find_eligible, fit_pairs
from influencegraph.edits.changes import find_follows
from influencegraph.graph import FollowerGraph


def follow_pool(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, density: float = 0.5
) -> AttackOutcome:
    """Let real accounts, drawn at random, trade follows until the budget is spent.

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
    budget = check_budget(budget)
    generator = np.random.default_rng(rng)
    eligible = find_eligible(graph, among)
    size = fit_pairs(budget, density, len(eligible))
    pool = np.sort(generator.choice(eligible, size, replace=False))
    one, other = np.triu_indices(size, 1)
    traded = np.sort(generator.choice(len(one), round(density * len(one)), replace=False))
    pairs = np.stack([pool[one[traded]], pool[other[traded]]], axis=1)
    follows = np.concatenate([pairs, pairs[:, ::-1]])
    added = follows[find_follows(graph, follows) < 0]
    return carry_out(graph, "follow_pool", budget, gainers=pool, payers=pool, added=added)
