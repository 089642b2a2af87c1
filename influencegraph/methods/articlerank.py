"""ArticleRank: PageRank in which accounts that follow few do not pass on all they have (Li & Willett 2009).

    A_v = (1 - a) + a sum over followers of A_u w/W_u d_u/(d_u + mean d)

d_u counts the follows of u (of positive weight), and the mean goes over all accounts: everybody's
attention is divided as if they followed as many more accounts as people follow on average.
"""

from __future__ import annotations

import numpy as np

from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.plain import (
    Equation,
    add_links,
    count_following,
    flatten,
    read_rows,
    solve_plainly,
)


def compute_articlerank(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return scores of 1 - a and more; O(sweeps x follows). `tolerance` is their total error over n."""
    assert settings.damping is not None
    n, a = graph.n_accounts, settings.damping
    graph = flatten(graph, settings)
    rows, out_weights = read_rows(graph)
    divisors, kept = add_links(graph, out_weights, float(count_following(graph).sum()) / max(n, 1))
    equation = Equation(np.full(n, 1.0 - a), divisors, a, a * kept, 1.0 / max(n, 1))
    return Outcome(solve_plainly(graph, rows, equation, effort)[graph.node_of])


METHOD = Method(
    unit="ArticleRank points", fixed={}, free=frozenset({"damping", "half_life"}), compute=compute_articlerank
)
