"""A pool that forges engagement: traders also act on each other, and so look like friends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from influencegraph.attacks.acts import add_acts
from influencegraph.attacks.follow_pool import draw_trades
from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import check_count, check_density, check_means
from influencegraph.attacks.shapes import are_there
from influencegraph.graph import FollowerGraph


def forged_engagement(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, density: float = 0.5,
    acts: int = 20,
) -> AttackOutcome:  # fmt: skip
    """Let real accounts trade follows, and act on each other along them.

    Who gains and who pays: the pool, the same accounts as `follow_pool` draws. The acts are on the outcome's
    graph: in the layer in which they are worth most, as late as its latest act; in a new layer
    ``"engagement"`` where the network has none. They cost nothing of the budget, which is in follows.

    This aims at our own defence: engagement spares a mutual follow the discount (mathematics.md, section 1),
    and two who conspire can forge it. The number of acts is a choice: the default of `cap_per_pair`, beyond
    which acts count nothing.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows; 79,800 make a pool of 400 at density 0.5.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may join; everybody by default.
    density : float in (0, 1]
        Share of the pool's pairs that trade.
    acts : int >= 0
        Of each trader on each account that it traded with.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=0, ring_size=0).graph
    >>> forged_engagement(graph, budget=200).graph.layers
    (Layer('engagement', 3,800 acts on 190 follows, weight 1, cap 20),)
    """
    means = check_means(graph, budget, rng, among)
    pool, follows = draw_trades(means, check_density(density))
    added = follows[~are_there(graph, follows)]
    acts = check_count("acts", acts)
    outcome = carry_out(graph, "forged_engagement", means.budget, gainers=pool, payers=pool, added=added)
    return replace(outcome, graph=add_acts(outcome.graph, follows, acts))
