"""One-way followers: followers who are not followed back. A follow-for-follow farm has none to show."""

from __future__ import annotations

import numpy as np

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings


def count_one_way(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return the followers of each account that it does not follow back; O(accounts)."""
    one_way = graph.in_degrees - graph.mutual_counts
    return Outcome(one_way[graph.node_of].astype(np.float64))


METHOD = Method(unit="one-way followers", fixed={}, free=frozenset(), compute=count_one_way)
