"""Discounted reach, the default: PageRank's propagation in which returned follows are discounted.

    T_v = n t_v + a (sum over one-way followers of T_u w/W_u + sum over mutual followers of rho_uv T_u w/W_u)
    rho_uv = min(1, mutual_worth (1 + mutual_giving g_u)) min(1, mutual_capacity / m_v)

g_u is the share of its attention that u gives one-way (`influencegraph.worth`). T_v, the reach, is the
expected number of visits to v by attention walks that start at the accounts, one each, and follow follows.
What the discount takes evaporates. Source: docs/mathematics.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.solve import propagate


def compute_reach(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return reach, in accounts; O(sweeps x follows)."""
    propagation = propagate(graph, settings, launch, effort)
    return Outcome(read_reach(propagation, settings), propagation)


def read_reach(propagation: Propagation, settings: Settings) -> NDArray[np.float64]:
    """Return reach as it is."""
    return propagation.reach


METHOD = Method(
    unit="accounts reached",
    fixed={},
    free=frozenset(
        {
            "damping",
            "mutual_worth",
            "mutual_capacity",
            "teleport",
            "engagement_half",
            "half_life",
            "mutual_giving",
        }
    ),
    compute=compute_reach,
    read=read_reach,
)
