"""TunkRank: how many people a post reaches, if each reader passes it on with probability p (Tunkelang 2009).

    I_v = sum over followers of (1 + p I_u) w/W_u

With T = 1 + p I this is T_v = 1 + p sum over followers of T_u w/W_u: the undiscounted reach at damping p.
So I = (T - 1) / p, solved and certified by the same solver; `damping` is p.
"""

from __future__ import annotations

import math

from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.solve import propagate


def compute_tunkrank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return expected readers; O(sweeps x follows).

    Raises
    ------
    InvalidArgument
        If `damping` is 0: nobody passes anything on, and reach does not tell readers apart.
    """
    assert settings.damping is not None
    if settings.damping == 0.0:
        raise InvalidArgument.out_of_range(
            "damping",
            settings.damping,
            "be above 0 for tunkrank, where it is the probability that a reader passes a post on",
            "For next to none, use 0.001.",
        )
    propagation = propagate(graph, settings, launch, effort)
    return Outcome((propagation.reach - 1.0) / settings.damping, propagation)


METHOD = Method(
    unit="expected readers",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping"}),
    compute=compute_tunkrank,
)
