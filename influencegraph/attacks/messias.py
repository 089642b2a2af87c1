"""The schedule of "You followed my bot!": bots follow unknown people, day by day, to be followed back."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from influencegraph.attacks.acts import add_acts
from influencegraph.attacks.following_back import court
from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import check_count, check_means
from influencegraph.graph import FollowerGraph


def messias(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, follows_a_day: int = 20,
    days: int = 100, acts: int = 3,
) -> AttackOutcome:  # fmt: skip
    """Let bots follow strangers day by day, and interact with those who follow back.

    Who gains: the bots. Who pays: those who followed back.

    Published: bots that follow unknown users in order to be followed back, and interact with those who do,
    became influential by the scores of Klout and Twitalyzer (Messias, Schmidt, Oliveira, Benevenuto, *You
    followed my bot! Transforming robots into influential users in Twitter*, First Monday 18(7), 2013; this is
    what its abstract says). One of them, @Scarina91, had nearly 700 followers and tweeted about 50 times a
    day (HuffPost, "Twitter bots have no trouble fooling you, getting more influence than Oprah", 2013).
    Choices, because we have not seen the paper's own numbers: how many a day and for how many days; that all
    strangers are equally likely to be tried, and follow back as often as their habit says (the share of its
    followers that an account follows); that follows which are not returned stay; how much bots interact.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows, those given in return among them; there are so many bots that they can spend it, day by day
        in turns.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Whom bots may follow; anybody by default.
    follows_a_day, days : int >= 1
        A bot follows their product at most, and nobody twice.
    acts : int >= 0
        Of a bot on each account that followed it back, in the layer in which acts are worth most. A network
        without layers stays without: engagement of bots alone would say nothing of anybody else.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(2_000, farm_size=0, ring_size=0).graph
    >>> outcome = messias(graph, budget=3_000, days=50)
    >>> len(outcome.fakes), outcome.n_made == len(outcome.added)
    (3, True)
    """
    means = check_means(graph, budget, rng, among)
    most = check_count("follows_a_day", follows_a_day, 1) * check_count("days", days, 1)
    acts = check_count("acts", acts)
    n_bots = math.ceil(means.budget / min(most, len(means.eligible))) if len(means.eligible) else 0
    bots = graph.n_accounts + np.arange(n_bots)
    alike = np.ones(len(means.eligible))
    courtship = court(graph, means.generator, bots, means.eligible, alike, most, means.budget)
    returns = courtship.returns
    outcome = carry_out(
        graph, "messias", means.budget, gainers=bots, payers=np.unique(returns[:, 0]),
        added=np.concatenate([courtship.follows, returns]), n_fakes=n_bots,
    )  # fmt: skip
    if not graph.layers:
        return outcome
    return replace(outcome, graph=add_acts(outcome.graph, returns[:, ::-1], acts))
