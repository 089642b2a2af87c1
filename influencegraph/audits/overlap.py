"""Followers and follows in one: how many of all whom an account follows or is followed by are both.

    overlap_v = m_v / (i_v + o_v - m_v)        (Jaccard)

of i_v followers, o_v follows and m_v mutual contacts. By chance as in `influencegraph.audits.chance`.
"""

from __future__ import annotations

import numpy as np

from influencegraph.audits.chance import expect_mutual
from influencegraph.audits.findings import Findings, Measure, Rule, Words, report, where
from influencegraph.graph import FollowerGraph

AUDIT = "overlap"
RULE = Rule(value_min=0.75, ratio_min=1.2)
WORDS = Words(
    title="followers and follows that are the same accounts",
    evidence="Of its {followers:,} followers it follows {mutual:,}, and {follows:,} accounts in all.",
    chance="expected where as many pairs are mutual, of as many followers and follows",
    innocent=(
        "A club, a team or a town follows each other as well; so does whoever follows back out of courtesy."
    ),
)
CONTACTS_MIN = 30
"""Followers and follows together; fewer overlap by a handful of friends."""


def overlap(graph: FollowerGraph, *, contacts_min: int = CONTACTS_MIN, rule: Rule = RULE) -> Findings:
    """Measure what share of an account's followers and follows are both; O(accounts).

    Parameters
    ----------
    graph : FollowerGraph
    contacts_min : int
        Accounts with fewer followers and follows, together, are not measured.
    rule : Rule
        When a value stands out.

    Examples
    --------
    >>> import influencegraph
    >>> graph = influencegraph.simulate_network(500, farm_size=60, ring_size=50).graph
    >>> overlap(graph)["ring-000"][0].value
    1.0
    """
    followers, follows = graph.follower_counts, graph.out_degrees[graph.node_of]
    mutual = graph.mutual_counts[graph.node_of]
    union = followers + follows - mutual
    by_chance = expect_mutual(graph)
    enough = union >= contacts_min
    values = mutual / np.maximum(union, 1)
    expected = by_chance / np.maximum(followers + follows - by_chance, 1)
    facts = {"followers": followers, "follows": follows, "mutual": mutual}
    return report(
        graph.accounts,
        Measure(AUDIT, WORDS, rule, where(enough, values), where(enough, expected), facts),
    )
