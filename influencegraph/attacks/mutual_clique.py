"""Small cliques of fakes: many groups, each too small to stand out, whose members all follow each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import NOBODY, check_count, check_means, fit_pairs
from influencegraph.attacks.shapes import link_all
from influencegraph.graph import FollowerGraph


def mutual_clique(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, size: int = 10
) -> AttackOutcome:
    """Make as many cliques of fakes as the budget allows.

    Who gains: the fakes. Nobody pays: no real account is touched. Nothing is drawn at random.

    As `mutual_ring`, but in small groups, in which no account has more mutual contacts than its capacity
    holds: the mutual worth alone stands against them. The size is a choice.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 90 make a clique of 10. Too few for one make a smaller one.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Taken for the sake of a common interface.
    among : array-like of labels, optional
        As `rng`.
    size : int >= 2
        Of each clique.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1], [2])
    >>> mutual_clique(graph, budget=200, size=10).graph
    FollowerGraph(22 accounts, 181 follows, 90 mutual pairs)
    """
    budget = check_means(graph, budget, rng, among).budget
    size = fit_pairs(budget, 1.0, check_count("size", size, 2))
    n_cliques = budget // (size * (size - 1)) if size else 0
    firsts = graph.n_accounts + size * np.arange(n_cliques)
    follows = (firsts[:, None, None] + link_all(np.arange(size))).reshape(-1, 2)
    members = graph.n_accounts + np.arange(n_cliques * size)
    return carry_out(
        graph, "mutual_clique", budget, gainers=members, payers=NOBODY, added=follows, n_fakes=len(members)
    )
