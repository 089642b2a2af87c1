"""Star boosters: fakes that each follow one boss, bare or behind mutual follows."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import NOBODY, check_count, check_means, draw
from influencegraph.attacks.shapes import both_ways, link_circle, link_each
from influencegraph.graph import FollowerGraph


def star_boosters(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, mutuals: int = 0,
    follow_back: bool = False,
) -> AttackOutcome:  # fmt: skip
    """Make as many fakes that follow one boss as the budget allows.

    Who gains: the boss, a real account drawn at random. Who pays: the boss, where it follows back; nobody
    else, for boosters spend their own attention only. With camouflage the outcome is named
    ``"star_boosters_camouflaged"``, which in `ATTACKS` is ``mutuals=5``.

    Published: that under PageRank nothing serves a boss better than boosters who link to it alone (Adali,
    Liu, Magdon-Ismail, *Optimal link bombs are uncoordinated*, AIRWeb 2005). The camouflage is a choice: it
    aims at methods that discount mutual follows and renormalise, where boosters end by putting their whole
    vote on the boss (mathematics.md, section 2).

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; each booster makes one, and what the camouflage costs.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may be the boss; anybody by default.
    mutuals : int >= 0
        Boosters stand on a circle, and each trades follows with so many on either side, or with as many as
        the budget allows: 5 cost each of them ten follows.
    follow_back : bool
        Whether the boss follows its boosters back, which costs a follow each.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann"], ["bob"])
    >>> star_boosters(graph, budget=10).gainers.tolist()
    ['bob']
    >>> star_boosters(graph, budget=55, mutuals=1).graph.report.mutual_pairs
    18
    """
    means = check_means(graph, budget, rng, among)
    mutuals = check_count("mutuals", mutuals)
    boss = draw(means.generator, means.eligible, 1)
    own = 2 if follow_back else 1
    apart = _fit_circle(means.budget, own, mutuals)
    n_boosters = means.budget // (own + 2 * apart) if len(boss) else 0
    boosters = graph.n_accounts + np.arange(n_boosters)
    praise = link_each(boosters, boss)
    added = np.concatenate(
        [both_ways(praise) if follow_back else praise, both_ways(link_circle(boosters, apart))]
    )
    name = "star_boosters_camouflaged" if mutuals or follow_back else "star_boosters"
    payers = boss if follow_back else NOBODY
    return carry_out(graph, name, means.budget, gainers=boss, payers=payers, added=added, n_fakes=n_boosters)


def _fit_circle(budget: int, own: int, most: int) -> int:
    """Return how many neighbours on either side boosters can trade with, so that none is the same twice."""
    apart = min(most, int(np.sqrt(budget)))
    while apart and budget // (own + 2 * apart) <= 2 * apart:
        apart -= 1
    return apart
