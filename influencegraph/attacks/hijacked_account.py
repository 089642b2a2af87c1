"""A hijacked account: somebody well followed is taken over, and its attention is sent to a boss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.attacks.outcome import AttackOutcome, carry_out
from influencegraph.attacks.recruits import check_count, check_means, draw, rank_by_followers
from influencegraph.attacks.shapes import are_there, link_each
from influencegraph.csr import row_of
from influencegraph.graph import FollowerGraph

Ids = NDArray[np.int64]

N_WELL_FOLLOWED = 100


def hijacked_account(
    graph: FollowerGraph, *, budget: int, rng: Any = 0, among: Any = None, n_hijacked: int = 1,
    n_fakes: int = 100,
) -> AttackOutcome:  # fmt: skip
    """End all follows of a well-followed account, and let it follow a boss, and fakes who follow the boss.

    Who gains: the boss, a real account drawn at random; fakes gain on the way. Who pays: the hijacked, and
    with them those whom they followed.

    Published: that accounts with a reputation are taken over because others trust them (Egele, Stringhini,
    Kruegel, Vigna, *COMPA: detecting compromised accounts on social networks*, NDSS 2013). Sending all
    attention to one boss, directly and through fakes, is the worst that can be done with it here, and a
    choice; so is drawing the hijacked out of the 100 accounts followed most.

    Parameters
    ----------
    graph : FollowerGraph
    budget : int
        Follows: one for each hijacked account, and two for each fake and hijacked account. Unfollowing costs
        nothing.
    rng : int, sequence of int, SeedSequence, BitGenerator, Generator or None
    among : array-like of labels, optional
        Who may be hijacked or be the boss; anybody by default.
    n_hijacked : int >= 1
        How many are taken over; fewer, where there are no more besides the boss.
    n_fakes : int >= 0
        How many fakes each of the hijacked follows, all of whom follow the boss; fewer, if the budget allows
        no more.

    Raises
    ------
    InvalidArgument, UnknownAccount
        If an argument is out of range; if `among` names nobody.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.FollowerGraph.from_arrays(["ann", "bob", "cat"], ["cat", "cat", "dan"])
    >>> outcome = hijacked_account(graph, budget=1, among=["ann", "cat"], rng=1)
    >>> outcome.payers.tolist(), outcome.gainers.tolist()
    (['cat'], ['ann'])
    >>> outcome.graph.following_of("cat").tolist()
    ['ann']
    """
    means = check_means(graph, budget, rng, among)
    n_hijacked, n_fakes = check_count("n_hijacked", n_hijacked, 1), check_count("n_fakes", n_fakes)
    known = rank_by_followers(graph, means.eligible)[: max(N_WELL_FOLLOWED, n_hijacked)]
    victims = draw(means.generator, known, min(n_hijacked, max(len(means.eligible) - 1, 0), means.budget))
    boss = draw(means.generator, np.setdiff1d(means.eligible, victims), 1)
    n_fakes = min(n_fakes, (means.budget - len(victims)) // (len(victims) + 1)) if len(victims) else 0
    fakes = graph.n_accounts + np.arange(n_fakes)
    wanted = np.concatenate([link_each(victims, boss), link_each(victims, fakes), link_each(fakes, boss)])
    held = _follows_of(graph, victims)
    return carry_out(
        graph, "hijacked_account", means.budget, gainers=boss, payers=victims,
        added=wanted[~are_there(graph, wanted)], removed=held[held[:, 1] != boss], n_fakes=n_fakes,
    )  # fmt: skip


def _follows_of(graph: FollowerGraph, followers: Ids) -> Ids:
    """Return the follows that `followers` have made."""
    rows = [row_of(graph.following, int(node)) for node in graph.node_of[followers]]
    follower = np.repeat(followers, [len(row) for row in rows])
    followed = np.concatenate([graph.position_of[row] for row in rows]) if rows else follower
    return np.stack([follower, followed], axis=1).astype(np.int64)
