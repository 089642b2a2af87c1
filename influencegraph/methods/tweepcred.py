"""tweepcred, as Twitter published it: PageRank, cut for those who follow many, on a scale of logarithms.

    p = PageRank's share at damping 0.9
    p' = p / clip(exp(3 (r - 0.6) ln ln following), 1, 50),    r = (1 + following)/(1 + followers)
         for accounts that follow more than 2500; p' = p for all others
    tweepcred = round(130 + 5.21 ln(p' / sum p')), within 0 and 100

Source: github.com/twitter/the-algorithm, src/scala/com/twitter/graph/batch/job/tweepcred (2023). There,
walks start at accounts by their age, devices and standing, which a follower network does not tell; here
they start everywhere alike, as with dangling attention there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.solve import propagate

Floats = NDArray[np.float64]

FOLLOWING_MAX = 2500
"""Accounts that follow more than this are cut."""
POINTS = 5.21
"""For each factor of e."""


def compute_tweepcred(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return whole points from 0 to 100; O(sweeps x follows)."""
    if not graph.n_accounts:
        return Outcome(np.zeros(0))
    reach = propagate(graph, settings, launch, effort).reach
    cut = reach / find_cut(graph.out_degrees[graph.node_of], graph.follower_counts)
    points = np.rint(130.0 + POINTS * np.log(cut / cut.sum()))
    return Outcome(np.clip(points, 0.0, 100.0))


def find_cut(following: NDArray[np.int64], followers: NDArray[np.int64]) -> Floats:
    """Return what each account's PageRank is divided by, from 1 to 50.

    Examples
    --------
    >>> find_cut(np.array([2500, 2501, 2501, 9000]), np.array([0, 4169, 3000, 3000])).round(3).tolist()
    [1.0, 1.0, 4.231, 50.0]
    """
    ratio = (1.0 + following) / (1.0 + followers)
    heat = 3.0 * (ratio - 0.6) * np.log(np.log(np.maximum(following, FOLLOWING_MAX)))
    factor: Floats = np.where(following > FOLLOWING_MAX, np.exp(np.clip(heat, 0.0, math.log(50.0))), 1.0)
    return factor


METHOD = Method(
    unit="points from 0 to 100",
    fixed={"damping": 0.9, "mutual_worth": 1.0, "mutual_capacity": math.inf},
    free=frozenset({"half_life"}),
    compute=compute_tweepcred,
)
