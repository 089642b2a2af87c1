"""TrustRank: trust starts at accounts known to be good, and follows follows (Gyöngyi et al., VLDB 2004).

    t_v = (1 - a) d_v + a sum over followers of t_u w/W_u,    d = the seeds, summing to 1

This is PageRank's propagation with a teleport: t = (1 - a) T / n for its reach T. As in the paper, trust
that reaches an account that follows nobody ends there.
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


def compute_trustrank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return shares of the trust given out, at most 1 in all; O(sweeps x follows)."""
    propagation = propagate(graph, settings, launch, effort)
    return Outcome(read_trust(propagation, settings), propagation)


def read_trust(propagation: Propagation, settings: Settings) -> NDArray[np.float64]:
    """Return ``(1 - a) T / n``."""
    assert settings.damping is not None
    return propagation.reach * ((1.0 - settings.damping) / max(len(propagation.reach), 1))


METHOD = Method(
    unit="share of the trust given out",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping", "teleport", "half_life"}),
    compute=compute_trustrank,
    read=read_trust,
    seeds="accounts known to be good",
)
