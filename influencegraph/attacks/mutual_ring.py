"""A ring of fakes: accounts that did not exist before follow each other, and nobody else."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import NOBODY, check_count, check_means, fit_pairs
from influencegraph.attacks.shapes import both_ways, link_all, link_circle
from influencegraph.graph import FollowerGraph


def mutual_ring(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, neighbours: int | None = None
) -> AttackOutcome:
    """Make as many fakes that follow each other mutually as the budget allows.

    Who gains: the fakes. Nobody pays: no real account is touched. Nothing is drawn at random.

    Published: that densely linked groups raise PageRank, up to 1/(1 - damping) (Zhang, Goel, Govindan, Mason,
    Van Roy, *Making eigenvector-based reputation systems robust to collusion*, WAW 2004). Under the default
    method it is at most 1/(1 - a delta min(1, B/m)), m mutual contacts each (mathematics.md, section 3.5).

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 39,800 make a ring of 200 who all follow each other.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Taken for the sake of a common interface.
    among : array-like of labels, optional
        As `rng`.
    neighbours : int >= 1, optional
        Fakes stand on a circle, and each trades follows with so many on either side; with all of them by
        default, and if there are no more.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann"], ["bob"])
    >>> outcome = mutual_ring(graph, budget=6)
    >>> outcome.fakes.tolist(), outcome.n_made
    (['fake-00000', 'fake-00001', 'fake-00002'], 6)
    """
    budget = check_means(graph, budget, rng, among).budget
    size = fit_pairs(budget, 1.0, budget)
    members = graph.n_accounts + np.arange(size)
    if neighbours is None or size <= 2 * check_count("neighbours", neighbours, 1):
        follows = link_all(members)
    else:
        members = graph.n_accounts + np.arange(budget // (2 * neighbours))
        follows = both_ways(link_circle(members, neighbours))
    return carry_out(
        graph, "mutual_ring", budget, gainers=members, payers=NOBODY, added=follows, n_fakes=len(members)
    )
