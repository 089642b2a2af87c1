"""Followers: how many accounts follow this one, whatever the weights. The number that gets farmed."""

from __future__ import annotations

import numpy as np

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings


def count_followers(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return the followers of each account; O(accounts)."""
    return Outcome(graph.follower_counts.astype(np.float64))


METHOD = Method(unit="followers", fixed={}, free=frozenset(), compute=count_followers)
