"""What was scored: the graph behind scores, and one step of attention over it. Node numbers throughout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.errors import InvalidArgument, describe_type
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, WIDEN_SUM
from influencegraph.scores import Scores
from influencegraph.solvers.solve import Stepper, find_crew
from influencegraph.solvers.transition import Transition

Floats = NDArray[np.float64]


def find_graph(scores: Scores, graph: FollowerGraph | None) -> FollowerGraph:
    """Return what was scored: the scores' own graph, or `graph`, which must reproduce them in one step.

    Scores of a propagation method. O(follows) for a `graph` that is not the scores' own: z is within e of
    the solution, so its residual is at most (1 + a) e.

    Raises
    ------
    InvalidArgument
        If there is no graph, or `graph` has other accounts or other follows.
    """
    if scores.redaction is not None:
        raise InvalidArgument.because(
            f"these scores are redacted: {scores.redaction.n_hidden:,} accounts are left out",
            "this question needs the whole network, and its answer would show them",
            "Ask it of the scores before, and redact what it answers; explain_score, compare_scores and "
            "advise keep redacted accounts out by themselves.",
            name="scores",
        )
    if graph is None or graph is scores.graph:
        if scores.graph is None:
            raise InvalidArgument.because(
                "these scores have no graph", "it is not saved with them", "Pass graph=, what was scored.",
                name="graph",
            )  # fmt: skip
        return scores.graph
    if not isinstance(graph, FollowerGraph) or not np.array_equal(graph.labels, scores.labels):
        raise InvalidArgument.because(
            f"graph is {graph!r}" if isinstance(graph, FollowerGraph) else f"graph is {describe_type(graph)}",
            "it has the same accounts as the scores, in the same order",
            "Pass graph=, what was scored.",
            name="graph",
        )
    t = Attention.of(graph, scores.settings).transition
    by_node = graph.position_of
    _, sums = step_attention(t, scores.reach[by_node], scores.launch[by_node], t.worth, t.damping)
    off = (sums[0] - 2 * sums[1] * UNIT) * (1.0 - t.damping) / max(1, len(scores))
    if off > (1.0 + t.damping) * scores.certificate.error * WIDEN_SUM:
        raise InvalidArgument.because(
            f"graph moves these scores by {off:.2g} in one step, more than their error of "
            f"{scores.certificate.error:.2g}",
            "it is what was scored, with the same follows and weights",
            "Score this graph, or pass the one that was.",
            name="graph",
        )
    return graph


def step_attention(
    t: Transition, attention: Floats, launch: Floats, worth: Floats, damping: float
) -> tuple[Floats, NDArray[np.float64]]:
    """Let attention take one step: ``launch + damping P^T attention`` with `worth` as rho; O(follows).

    Parameters
    ----------
    t : Transition
    attention, launch, worth : ndarray of float64, shape (n_accounts,)
        Writable, for which the kernel is compiled.
    damping : float in [0, 1]

    Returns
    -------
    tuple of ndarray, ndarray
        The step, and what `spread_attention` adds up: the residual first, then what rounding may do.
    """
    stepped, room = np.empty(len(attention)), np.empty(len(attention))
    with find_crew(len(t.followers.indices), len(attention)) as crew:
        stepper = Stepper(t._replace(worth=worth, damping=damping), None, launch, crew)
        sums = stepper.step(attention, room, stepped)
    return stepped, sums
