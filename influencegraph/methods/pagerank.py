"""PageRank: the same propagation without any discount (Brin & Page 1998).

    x = share of T,    T_v = n t_v + a sum over followers of T_u w/W_u

Normalised to sum 1, this is PageRank with the attention of accounts that follow nobody sent to the
teleport distribution, networkx's convention: dangling mass only rescales the fixed point.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.solve import propagate


def compute_pagerank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return PageRank's shares, which sum to 1; O(sweeps x follows)."""
    propagation = propagate(graph, settings, launch, effort)
    return Outcome(read_shares(propagation, settings), propagation)


def read_shares(propagation: Propagation, settings: Settings) -> NDArray[np.float64]:
    """Return reach, divided by its sum."""
    total = propagation.reach.sum()
    return propagation.reach / total if total > 0 else propagation.reach.copy()


METHOD = Method(
    unit="share of all attention",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping", "teleport", "half_life"}),
    compute=compute_pagerank,
    read=read_shares,
)
