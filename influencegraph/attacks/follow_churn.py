"""Follow-churn: follow, be followed back, unfollow. What stays looks like an audience."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from influencegraph.attacks.following_back import court, find_habits
from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import check_count, check_means, draw
from influencegraph.ghosts import add_ghosts
from influencegraph.graph import FollowerGraph
from influencegraph.settings import check_number


def follow_churn(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, tries_each: int = 200,
    remembered: float = 0.0,
) -> AttackOutcome:  # fmt: skip
    """Let real accounts follow strangers in the habit of following back, and then unfollow everybody.

    Who gains: the churners, real accounts drawn at random. Who pays: those who followed back.

    Published: that following, and unfollowing once followed back, is how some gain followers is common
    knowledge; that many accounts follow back whoever follows them is measured (Elmas, Randl, Attia,
    *#TeamFollowBack: detection & analysis of follow back accounts on social media*, 2024, arXiv:2403.15856).
    Choices: a stranger is tried in proportion to its habit, the share of its followers that it follows, and
    follows back as often as that; a churner tries 200.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows, those given in return and those taken back among them; there are so many churners that they
        can spend it.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may churn, or be tried; everybody by default.
    tries_each : int >= 1
        How many strangers one churner follows at most.
    remembered : float in [0, 1]
        Strength with which the outcome's graph remembers what the churners took back
        (`influencegraph.ghosts`), as one built from a log of events would; 1 just afterwards. Above 0 the
        outcome is named ``"follow_churn_remembered"``, which in `ATTACKS` is ``remembered=1.0``.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(2_000, farm_size=0, ring_size=0).graph
    >>> outcome = follow_churn(graph, budget=2_000)
    >>> outcome.n_made in (1_999, 2_000), outcome.graph.report.mutual_pairs == graph.report.mutual_pairs
    (True, True)
    """
    means = check_means(graph, budget, rng, among)
    tries_each = check_count("tries_each", tries_each, 1)
    remedy = "1 remembers all of it, 0 nothing."
    remembered = check_number("remembered", remembered, 0.0, 1.0, "lie in [0, 1]", remedy)
    n_churners = math.ceil(means.budget / max(min(tries_each, len(means.eligible)), 1))
    churners = draw(means.generator, means.eligible, n_churners)
    habits = find_habits(graph)[means.eligible]
    courtship = court(graph, means.generator, churners, means.eligible, habits, tries_each, means.budget)
    returns = courtship.returns
    name = "follow_churn_remembered" if remembered else "follow_churn"
    outcome = carry_out(
        graph, name, means.budget, gainers=churners, payers=np.unique(returns[:, 0]), added=returns,
        n_made=courtship.n_made,
    )  # fmt: skip
    if not (remembered and len(returns)):
        return outcome
    ghosts = add_ghosts(outcome.graph, returns[:, ::-1], np.full(len(returns), remembered))
    return replace(outcome, graph=ghosts)
