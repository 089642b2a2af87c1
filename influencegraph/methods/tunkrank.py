"""TunkRank: how many people read a post, if each reader passes it on with probability p (Tunkelang 2009).

    I_v = sum over followers of (1 + p I_u) w/W_u

With T = 1 + p I this is T_v = 1 + p sum over followers of T_u w/W_u: the undiscounted reach at damping p.
So I = (T - 1) / p, solved and certified by the same solver; `damping` is p.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import InvalidArgument
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.solve import propagate


def compute_tunkrank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return expected readers; O(sweeps x follows).

    Raises
    ------
    InvalidArgument
        If `damping` is 0.
    """
    propagation = propagate(graph, settings, launch, effort)
    return Outcome(read_readers(propagation, settings), propagation)


def read_readers(propagation: Propagation, settings: Settings) -> NDArray[np.float64]:
    """Return ``(T - 1) / p``; refuse p = 0, where every T is 1 and does not tell readers apart."""
    if not settings.damping:
        raise InvalidArgument.out_of_range(
            "damping",
            settings.damping,
            "be above 0 for tunkrank, where it is the probability that a reader passes a post on",
            "For next to none, use 0.001.",
        )
    return (propagation.reach - 1.0) / settings.damping


METHOD = Method(
    unit="expected readers",
    fixed={"mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"damping", "half_life"}),
    compute=compute_tunkrank,
    read=read_readers,
)
