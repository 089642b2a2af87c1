"""CollusionRank: blame starts at known spammers and goes to those who follow them (Ghosh et al., WWW 2012).

    c_u = (1 - a) d_u + a sum over those v whom u follows of c_v w_uv / sum of w over v's followers
    d = -1 in all, spread over the known spammers

Following an account makes one answer for it: this is PageRank's propagation on the network with all
follows turned round, with the spammers as teleport, times -(1 - a)/n.
"""

from __future__ import annotations

import math

import numpy as np

from influencegraph.build import build_graph
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.plain import flatten
from influencegraph.solvers.solve import propagate


def compute_collusionrank(
    graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort
) -> Outcome:
    """Return scores from -1 to 0, -1 at least in all; O(sweeps x follows), and building the network anew."""
    assert settings.damping is not None
    propagation = propagate(_turn_round(flatten(graph, settings)), settings, launch, effort)
    kept = (1.0 - settings.damping) / max(graph.n_accounts, 1)
    return Outcome(0.0 - propagation.reach * kept)  # not -0.0 for the innocent


def _turn_round(graph: FollowerGraph) -> FollowerGraph:
    """Return the network with all follows the other way round; labels are positions."""
    followed, weights = graph.rows_by_position()
    everyone = np.arange(graph.n_accounts)
    follower = np.repeat(everyone, np.diff(followed.indptr))
    return build_graph(followed.indices.astype(np.int64), follower, weights, everyone)


METHOD = Method(
    unit="share of the blame, negative",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping", "teleport", "half_life"}),
    compute=compute_collusionrank,
    seeds="known spammers",
)
