"""LeaderRank: a ground node, linked both ways to everybody, instead of a damping (Lü et al., PLoS ONE 2011).

A walk leaves u by one of its d_u follows or to the ground, each as likely, and the ground for anybody.
What the ground holds in the end is shared out alike, so that all scores sum to n. Without the ground:

    x_v = 1 + sum over followers of x_u w/W_u d_u/(d_u + 1),    S = n (x + 1) / (n + sum x)

d_u counts follows of positive weight: among weighted follows, the link to the ground is an average one.
"""

from __future__ import annotations

import numpy as np

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.plain import Equation, add_links, flatten, read_rows, solve_plainly


def compute_leaderrank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return scores that sum to n; O(sweeps x follows).

    `tolerance` is the total error of all scores over n. It is at most that of x: S = c (x + 1) with
    c = n/(n + sum x) <= 1/2, and an error e of x moves c (sum x + n) by no more than c |e| again.
    """
    n = graph.n_accounts
    graph = flatten(graph, settings)
    rows, out_weights = read_rows(graph)
    divisors, kept = add_links(graph, out_weights, 1.0)
    equation = Equation(np.ones(n), divisors, 1.0, kept, 1.0 / max(n, 1))
    x = solve_plainly(graph, rows, equation, effort)[graph.node_of]
    return Outcome(n * (x + 1.0) / (n + x.sum()) if n else x)


METHOD = Method(
    unit="times the average account", fixed={}, free=frozenset({"half_life"}), compute=compute_leaderrank
)
