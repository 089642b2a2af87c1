"""An edited network as a correction of the network that was scored. By node, new accounts behind the others.

    x' = launch' + a P'^T x'

P' is P but for the rows of the overlay. Everything else of the graph is read where it lies.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.attention import Attention
from influencegraph.edits import Changes
from influencegraph.kernels.bounds import UNIT, WIDEN, WIDEN_SUM
from influencegraph.scores import Scores
from influencegraph.whatif.rows import Overlay, lay_over

Floats = NDArray[np.float64]


class Problem(NamedTuple):
    """What is to be solved, and what is known. Arrays have shape (n_accounts + n_new,).

    Attributes
    ----------
    attention : Attention
        Of the graph before.
    overlay : Overlay
    order : ndarray of int64, shape (n_accounts afterwards,)
        The node of each position afterwards.
    launch, change : ndarray
        Attention launched afterwards, and what of it is new.
    reach, below, above : ndarray
        Reach before, and how far the exact one can lie below and above it.
    residual : float
        At most ``|launch + a P^T reach - reach|``, before, over all accounts.
    roundings : float
        Operations behind one follow's share of attention, and behind passing it on.
    """

    attention: Attention
    overlay: Overlay
    order: NDArray[np.int64]
    launch: Floats
    change: Floats
    reach: Floats
    below: Floats
    above: Floats
    residual: float
    roundings: float

    @property
    def damping(self) -> float:
        """Share of attention that a follow passes on."""
        return self.attention.damping

    @property
    def dangles(self) -> NDArray[np.bool_]:
        """Who gives attention to nobody, afterwards."""
        out_weights = self.attention.transition.out_weights
        dangles = np.ones(len(self.launch), bool)
        dangles[: len(out_weights)] = np.isinf(out_weights)
        dangles[self.overlay.rows] = self.overlay.edited.gives == 0
        dangles &= self.overlay.alive
        return dangles


def pose(scores: Scores, changes: Changes, attention: Attention) -> Problem:
    """Pose the problem of `changes` to the graph of `scores`; O(accounts + follows of edited rows)."""
    graph, n_new = changes.graph, changes.n_new
    overlay = lay_over(changes, attention, scores.settings)
    alive, new = overlay.alive, np.zeros(n_new)

    def by_node(values: Floats) -> Floats:
        return np.concatenate([values[graph.position_of], new])

    reach, launched = by_node(scores.reach), by_node(scores.launch)
    lower, upper = by_node(scores.lower), by_node(scores.upper)
    launch = np.where(alive, launched, 0.0)
    launch[graph.n_accounts :] = 1.0 if scores.settings.teleport == "uniform" else 0.0
    nodes = np.concatenate([graph.node_of.astype(np.int64), graph.n_accounts + np.arange(n_new)])
    longest = float(graph.out_degrees.max(initial=0)) + len(changes.won)
    return Problem(
        attention=attention,
        overlay=overlay,
        order=nodes[changes.source],
        launch=launch,
        change=np.where(alive, launch - launched, 0.0),
        reach=reach,
        below=np.maximum(reach - lower, 0.0) * WIDEN + (reach + lower) * (2 * UNIT),
        above=np.maximum(upper - reach, 0.0) * WIDEN + (reach + upper) * (2 * UNIT),
        residual=scores.certificate.error * graph.n_accounts * WIDEN_SUM,
        roundings=12.0 + longest * longest * 2.0**-52,
    )


def find_largest_steps(problem: Problem) -> Floats:
    """Return at least ``p_v``, the largest share of anybody's attention that reaches v in one step.

    O(accounts); where follows have weights, O(follows) once for each graph.
    """
    graph, t = problem.attention.graph, problem.attention.transition
    known = graph.prepared.get("largest steps")
    if known is None:
        known = graph.prepared["largest steps"] = _find_largest(problem.attention)
    one_way, mutual = known
    largest = np.zeros(len(problem.launch))
    np.maximum(one_way, mutual * t.worth, out=largest[: graph.n_accounts])
    edited = problem.overlay.edited
    np.maximum.at(largest, edited.nodes, edited.after)
    largest *= WIDEN
    return largest


def _find_largest(attention: Attention) -> tuple[Floats, Floats]:
    """Return the largest share of a one-way follower's attention, and of a mutual follower's."""
    t = attention.transition
    starts, stops = t.followers.indptr[:-1], t.followers.indptr[1:]
    unit, indices = 1.0 / t.out_weights, t.followers.indices
    if not len(indices):
        return np.zeros(len(unit)), np.zeros(len(unit))
    if t.weights is None:  # rows ascend by node, and nodes descend by out-degree: the last is largest
        found = [unit[indices[np.maximum(ends - 1, 0)]] for ends in (t.mutual_start, stops)]
    else:
        bounds = np.stack([starts, t.mutual_start], axis=1).ravel()
        shares = np.append(t.weights * unit[indices], 0.0)
        found = [*np.maximum.reduceat(shares, bounds).reshape(-1, 2).T]
    return (
        np.where(t.mutual_start > starts, found[0], 0.0),
        np.where(stops > t.mutual_start, found[1], 0.0),
    )


def reach_out(ends: Floats, shared: float, largest: Floats, damping: float) -> Floats:
    """Return how far the solution can lie beyond a vector, given its residuals' `ends` that way.

    ``shared`` more may lie anywhere. The formula is in `influencegraph.solvers.certificate`.
    """
    rest = 1.0 - damping
    ratio = damping / rest * WIDEN
    off = np.minimum(damping / (rest * (1.0 + damping)), largest * ratio) * WIDEN
    diagonal = np.minimum(1.0 / (rest * (1.0 + damping)), 1.0 + damping * ratio * largest) * WIDEN
    ends = ends + shared
    positive = np.maximum(ends, 0.0)
    total = (float(np.maximum(ends - shared, 0.0).sum()) + shared) * WIDEN_SUM
    own = np.where(ends > 0, diagonal, 1.0) * ends
    others = off * np.maximum(total - positive, 0.0)
    return own + others + (np.abs(own) + others) * (16 * UNIT)
