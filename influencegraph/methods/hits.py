"""HITS: good authorities are followed by good hubs, good hubs follow good authorities (Kleinberg, JACM 1999).

    a_v = sum over followers of w h_u,    h_u = sum over those followed of w a_v,    from h = 1

The authorities are published, summing to 1. They are the leading eigenvector of A^T A; where its largest
eigenvalue is multiple, the projection of the start on all its eigenvectors, which is where the steps go.

There is no certificate: the error after k steps is about C q^k with q the quotient of the two largest
eigenvalues, which nobody knows beforehand. Steps stop once ``change q/(1 - q)`` is within the tolerance,
with q the quotient of the last two changes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from influencegraph.csr import turn
from influencegraph.errors import DidNotConverge
from influencegraph.graph import FollowerGraph
from influencegraph.launch import Launch
from influencegraph.methods.method import Method, Outcome
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.plain import Rows, Stepper, flatten
from influencegraph.solvers.solve import open_crew, raise_or_warn

Floats = NDArray[np.float64]


def compute_hits(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Outcome:
    """Return authorities, which sum to 1 where there is any follow; O(sweeps x follows).

    Raises
    ------
    DidNotConverge
        If the values do not settle, and ``effort.not_converged`` is ``"error"``.
    """
    graph = flatten(graph, settings)
    weights = _scale(graph.follow_weights)
    with open_crew(graph, effort) as crew:
        into = Stepper(Rows(graph.followers, weights), crew)
        values = _share(into.add_up(np.ones(graph.n_accounts)))
        if not values.any():
            return Outcome(values)
        out_of = Stepper(_list_followed(graph, weights), crew)
        change, left, sweeps = math.inf, math.inf, 0
        while sweeps < effort.max_sweeps:
            stepped = _share(into.add_up(_share(out_of.add_up(values))))
            sweeps, before, change = sweeps + 1, change, float(np.abs(stepped - values).sum())
            values, left = stepped, _extrapolate(before, change)
            if effort.progress is not None:
                effort.progress(Progress(sweeps, left, effort.tolerance))
            if left <= effort.tolerance:
                return Outcome(values[graph.node_of])
    raise_or_warn(DidNotConverge.unsettled(sweeps, left, change, effort.tolerance), effort, stacklevel=4)
    return Outcome(values[graph.node_of])


def _extrapolate(before: float, change: float) -> float:
    """Return how far the values will still go if changes go on shrinking as they do."""
    if change == 0.0:
        return 0.0
    return change * change / (before - change) if change < before < math.inf else math.inf


def _share(values: Floats) -> Floats:
    total = values.sum()
    return values / total if total > 0 else values


def _scale(weights: Floats | None) -> Floats | None:
    """Return weights of at most 1, so that no sum overflows; by a power of two, which is exact."""
    if weights is None or not weights.size:
        return weights
    return np.ldexp(weights, -math.frexp(float(weights.max()))[1])


def _list_followed(graph: FollowerGraph, weights: Floats | None) -> Rows:
    """Return those whom each account follows."""
    if weights is None:
        return Rows(graph.following, None)
    everyone = np.arange(graph.n_accounts, dtype=np.uint32)
    return Rows(*turn(graph.followers, weights, graph.out_degrees, everyone))


METHOD = Method(unit="share of all authority", fixed={}, free=frozenset({"half_life"}), compute=compute_hits)
