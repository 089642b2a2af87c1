"""Bought followers: fakes that follow a buyer, and celebrities, so as to look like anybody's followers."""

from __future__ import annotations

from typing import Any

import numpy as np

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import (
    NOBODY,
    check_celebrities,
    check_count,
    check_means,
    draw,
    find_celebrities,
)
from influencegraph.attacks.shapes import draw_some, link_each
from influencegraph.graph import FollowerGraph


def bought_followers(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, celebrities: int = 9,
    n_buyers: int = 1,
) -> AttackOutcome:  # fmt: skip
    """Make as many fakes as the budget allows, each of which follows the buyers and some celebrities.

    Who gains: the buyers, real accounts drawn at random; celebrities gain as well, unasked. Nobody pays: the
    fakes' attention is all there is of it.

    Published: that followers are sold, and that many of them are fakes (Stringhini et al., *Follow the green:
    growth and dynamics in Twitter follower markets*, IMC 2013). The camouflage is a choice: how many
    celebrities each follows, drawn out of the 100 accounts followed most.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 40,000 make 4,000 fakes with 9 celebrities each.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may buy; anybody by default.
    celebrities : int from 0 to 100
        How many each fake follows, or all where there are fewer; buyers are none.
    n_buyers : int >= 1
        How many buy, or all where there are fewer; every fake follows all of them.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    >>> outcome = bought_followers(graph, budget=1_000)
    >>> len(outcome.fakes), len(outcome.graph.followers_of(outcome.gainers[0])) >= 100
    (100, True)
    """
    means = check_means(graph, budget, rng, among)
    celebrities = check_celebrities("celebrities", celebrities)
    n_buyers = min(check_count("n_buyers", n_buyers, 1), means.budget)
    buyers = draw(means.generator, means.eligible, n_buyers)
    famous = find_celebrities(graph, buyers)
    each = min(celebrities, len(famous), means.budget - len(buyers))
    n_fakes = means.budget // (len(buyers) + each) if len(buyers) else 0
    fakes = graph.n_accounts + np.arange(n_fakes)
    added = np.concatenate([link_each(fakes, buyers), draw_some(means.generator, fakes, famous, each)])
    return carry_out(
        graph, "bought_followers", means.budget, gainers=buyers, payers=NOBODY, added=added, n_fakes=n_fakes
    )
