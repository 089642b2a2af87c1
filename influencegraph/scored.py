"""What was scored: the scores that a question is asked of, the graph behind them, and one step of attention.

Every question about scores begins with `find_scored`. Node numbers throughout.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.errors import InvalidArgument, describe_type
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, WIDEN_SUM
from influencegraph.redaction import hidden_in, whole_of
from influencegraph.scores import Scores
from influencegraph.solvers.solve import Stepper, find_crew
from influencegraph.solvers.transition import Transition

Floats = NDArray[np.float64]


class Scored(NamedTuple):
    """What a question about scores is answered from.

    Attributes
    ----------
    whole : Scores
        Before anything was redacted.
    graph : FollowerGraph
        What was scored.
    hidden : ndarray of bool, shape (n_accounts,)
        Which accounts of `whole` no answer may show.
    """

    whole: Scores
    graph: FollowerGraph
    hidden: NDArray[np.bool_]

    @property
    def attention(self) -> Attention:
        """The follows under the settings of the scores."""
        return Attention.of(self.graph, self.whole.settings)


def find_scored(
    scores: Any,
    graph: FollowerGraph | None,
    question: str,
    *,
    subject: str = "scores",
    has_check: bool = False,
) -> Scored:
    """Return what was scored: the scores' own graph, or `graph`, which must reproduce them in one step.

    O(follows) for a `graph` that is not the scores' own: z is within e of the solution, so its residual is
    at most (1 + a) e.

    Parameters
    ----------
    scores : Scores
        Redacted ones as well; `hidden` says what to keep from the answer.
    graph : FollowerGraph or None
    question : str
        What is asked, for messages.
    subject : str
        What is asked about, for messages.
    has_check : bool
        Whether the question itself notices that `graph` is another one.

    Raises
    ------
    InvalidArgument
        If `scores` are no Scores, or their method propagates no attention; if there is no graph, or it has
        other accounts or other follows; if redacted scores were saved and loaded.
    """
    check_scores(scores, question, subject)
    whole = whole_of(scores)
    found = match_graph(whole, graph)
    if found is not whole.graph and not has_check:
        _check_step(whole, found)
    return Scored(whole, found, hidden_in(scores))


def check_scores(scores: Any, question: str, subject: str = "scores") -> None:
    """Refuse what is no Scores of a method that propagates attention.

    Raises
    ------
    InvalidArgument
        With `question` in the message.
    """
    if not isinstance(scores, Scores):
        raise InvalidArgument.because(
            f"{subject} is a {describe_type(scores)}",
            f"{question} is asked of Scores",
            "influencegraph.score(graph) makes them.",
            name="scores",
        )
    if scores.propagation is None or scores.settings.mutual_worth is None:
        raise InvalidArgument.because(
            f"the method of {subject} is {scores.method!r}",
            f"{question} needs a propagation method",
            "Score with method='reach' or method='pagerank'.",
            name="scores",
            method=scores.method,
        )


def match_graph(scores: Scores, graph: FollowerGraph | None) -> FollowerGraph:
    """Return the scores' own graph, or `graph`, which must have the same accounts.

    Raises
    ------
    InvalidArgument
        If there is no graph, or `graph` has other accounts.
    """
    if graph is None:
        if scores.graph is None:
            raise InvalidArgument.because(
                "these scores have no graph", "it is not saved with them",
                "Pass the graph that was scored as graph=.", name="graph",
            )  # fmt: skip
        return scores.graph
    if not isinstance(graph, FollowerGraph):
        raise InvalidArgument.out_of_range(
            "graph", graph, "be a FollowerGraph", "Pass the graph that was scored."
        )
    same = graph.accounts is scores.accounts or (
        graph.accounts.kind == scores.accounts.kind and np.array_equal(graph.labels, scores.labels)
    )
    if not same:
        raise InvalidArgument.because(
            f"graph has {graph.n_accounts:,} accounts, the scores are of {len(scores):,}"
            if graph.n_accounts != len(scores)
            else "graph has other labels than the scores, or another order of them",
            "it has the same accounts as the scores, in the same order",
            "Pass the graph that was scored, or score this one.",
            name="graph",
        )
    return graph


def _check_step(scores: Scores, graph: FollowerGraph) -> None:
    """Refuse a graph that moves the scores in one step by more than their error."""
    t = Attention.of(graph, scores.settings).transition
    by_node = graph.position_of
    _, sums = step_attention(t, scores.reach[by_node], scores.launch[by_node], t.damping)
    off = (sums[0] - 2 * sums[1] * UNIT) * (1.0 - t.damping) / max(1, len(scores))
    if off > (1.0 + t.damping) * scores.certificate.error * WIDEN_SUM:
        raise InvalidArgument.because(
            f"graph moves these scores by {off:.2g} in one step, more than their error of "
            f"{scores.certificate.error:.2g}",
            "it is what was scored, with the same follows and weights",
            "Score this graph, or pass the one that was.",
            name="graph",
        )


def step_attention(
    t: Transition, attention: Floats, launch: Floats, damping: float
) -> tuple[Floats, NDArray[np.float64]]:
    """Let attention take one step: ``launch + damping P^T attention``; O(follows).

    Parameters
    ----------
    t : Transition
    attention, launch : ndarray of float64, shape (n_accounts,)
        Writable, for which the kernel is compiled.
    damping : float in [0, 1]

    Returns
    -------
    tuple of ndarray, ndarray
        The step, and what `spread_attention` adds up: the residual first, then what rounding may do.
    """
    stepped = np.empty(len(attention))
    with find_crew(len(t.followers.indices), len(attention)) as crew:
        stepper = Stepper(t._replace(damping=damping), None, launch, crew)
        sums = stepper.step(attention, stepped)
    return stepped, sums
