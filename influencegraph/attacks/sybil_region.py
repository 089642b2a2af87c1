"""A sybil region: fakes linked densely among themselves, and a few honest accounts that follow into it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import (
    check_count,
    check_density,
    check_means,
    count_pairs,
    fit_pairs,
)
from influencegraph.attacks.shapes import draw_follows
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]


def sybil_region(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, attack_edges: int = 100,
    density: float = 0.25,
) -> AttackOutcome:  # fmt: skip
    """Make a region of fakes that follow each other at random, with attack edges that lead into it.

    Who gains: the fakes. Who pays: the honest accounts at the attack edges, who share their attention with
    fakes.

    Published: that fakes are cheap and the trust of honest accounts is not, so that few links lead from these
    to those (Yu, Kaminsky, Gibbons, Flaxman, *SybilGuard: defending against sybil attacks via social
    networks*, SIGCOMM 2006). The number of attack edges and the density are choices.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows, those of the attack edges among them.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may be made to follow a fake; anybody by default.
    attack_edges : int >= 0
        Follows from honest accounts, each of one fake, both drawn at random; at most half of the budget.
    density : float in (0, 1]
        Share of the possible follows between fakes that exist. At 0.25 a quarter of these are returned.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    >>> outcome = sybil_region(graph, budget=1_000, attack_edges=50)
    >>> len(outcome.fakes), outcome.n_made
    (62, 996)
    """
    means = check_means(graph, budget, rng, among)
    attack_edges, density = check_count("attack_edges", attack_edges), check_density(density)
    n_edges = min(attack_edges, means.budget // 2) if len(means.eligible) else 0
    size = fit_pairs(means.budget - n_edges, density, means.budget)
    fakes = graph.n_accounts + np.arange(size)
    region = draw_follows(means.generator, fakes, 2 * count_pairs(size, density))
    edges = _draw_edges(means.generator, means.eligible, fakes, n_edges)
    payers = np.unique(edges[:, 0])
    added = np.concatenate([region, edges])
    return carry_out(
        graph, "sybil_region", means.budget, gainers=fakes, payers=payers, added=added, n_fakes=size
    )


def _draw_edges(generator: np.random.Generator, honest: Ids, fakes: Ids, count: int) -> Ids:
    """Draw follows of fakes, each at most once, or all that are possible."""
    possible = len(honest) * len(fakes)
    if not possible:
        return np.empty((0, 2), np.int64)
    codes = np.sort(generator.choice(possible, min(count, possible), replace=False))
    one, other = np.divmod(codes, len(fakes))
    return np.stack([honest[one], fakes[other]], axis=1)
