"""A directed ring: each member follows the next ones, and nobody follows back."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import NOBODY, check_count, check_means
from influencegraph.attacks.shapes import are_there, link_circle
from influencegraph.graph import FollowerGraph


def directed_ring(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, neighbours: int = 10,
    real: bool = False,
) -> AttackOutcome:  # fmt: skip
    """Let accounts on a circle each follow the next ones, so that no follow is returned.

    Who gains: the members, fakes or real accounts. Who pays: real members; nobody, where they are fakes.

    Published: how much collusion, of whatever shape, can raise PageRank (Baeza-Yates, Castillo, Lopez,
    *PageRank increase under different collusion topologies*, AIRWeb 2005). A discount on mutual follows does
    not touch this shape: it gains up to 1/(1 - damping), as under PageRank (mathematics.md, section 3.5). The
    number of neighbours is a choice.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 40,000 make a ring of 4,000 with 10 neighbours.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
        Places real members on the circle; of no effect on fakes.
    among : array-like of labels, optional
        Which real accounts may be members; everybody by default.
    neighbours : int >= 1
        How many each follows: fewer, where the members are too few to have so many without following back.
    real : bool
        Whether members are real accounts. Follows there already cost nothing; one that would answer an older
        follow is left out.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays([1], [2])
    >>> directed_ring(graph, budget=30, neighbours=3).graph
    FollowerGraph(12 accounts, 31 follows, 0 mutual pairs)
    """
    means = check_means(graph, budget, rng, among)
    most = len(means.eligible) if real else means.budget
    neighbours = _fit_neighbours(means.budget, check_count("neighbours", neighbours, 1), most)
    size = min(means.budget // neighbours, most) if neighbours else 0
    if real:
        members = means.generator.choice(means.eligible, size, replace=False)
    else:
        members = graph.n_accounts + np.arange(size)
    follows = link_circle(members, neighbours)
    added = follows[~are_there(graph, follows) & ~are_there(graph, follows[:, ::-1])]
    payers, n_fakes = (members, 0) if real else (NOBODY, size)
    return carry_out(
        graph, "directed_ring", means.budget, gainers=members, payers=payers, added=added, n_fakes=n_fakes
    )


def _fit_neighbours(budget: int, wanted: int, most: int) -> int:
    """Return how many each can follow in a ring that they fit into; 0 where not even three can make one."""
    count = min(wanted, (most - 1) // 2, int(np.sqrt(budget)))
    while count > 0 and budget // count < 2 * count + 1:
        count -= 1
    return max(count, 0)
