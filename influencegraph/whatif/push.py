"""The correction by signed push: only what changes is passed on, until little enough is left.

With z the reach before, r its residual, D the correction and rho what is left to push, the residual of
z + D on the edited network is r + rho, whatever was pushed: so the errors of both add up, and nothing else
has to be read (docs/what_if.md). What is published is z + D + rho, whose residual is r + a P'^T rho.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels.bounds import UNIT, VANISHING, WIDEN, WIDEN_SUM
from influencegraph.kernels.correct import Ledgers, push_signed
from influencegraph.whatif.problem import Floats, Problem, find_largest_steps, reach_out
from influencegraph.whatif.rows import add_up

_COARSER = 0.25
"""Each threshold is this much of the one before. Smaller steps visit a little less and take longer."""
_CALL_VISITS_MAX = 1 << 26
"""Follows that one call visits at most, so that Ctrl-C is heard."""


class Pushed(NamedTuple):
    """What a push found, by node.

    Attributes
    ----------
    residual, correction : ndarray of float64
    total : float
        ``|residual|``.
    noise : float
        At most what rounding lost, of the residual.
    visits : int
        Follows visited.
    evaporated : float
        Attention that evaporates more than before, `damping` included.
    """

    residual: Floats
    correction: Floats
    total: float
    noise: float
    visits: int
    evaporated: float


def push_changes(problem: Problem, goal: float, visits_max: int) -> Pushed:
    """Push until the residuals sum to `goal`, or `visits_max` follows are visited."""
    residual, noise = _find_source(problem)
    ledgers = _open(residual, len(problem.overlay.edited.nodes))
    degrees = _count_degrees(problem)
    active = np.flatnonzero(residual)
    threshold = float((np.abs(residual[active]) / (degrees[active] + 1.0)).max(initial=0.0))
    t, edited = problem.attention.transition, problem.overlay.edited
    following, weights = problem.attention.graph.following, problem.attention.following_weights
    while ledgers.sums[0] > goal and ledgers.counts[1] < visits_max and threshold > VANISHING:
        threshold *= _COARSER
        unfinished = True
        while unfinished:
            stop = min(visits_max, int(ledgers.counts[1]) + _CALL_VISITS_MAX)
            push_signed(
                ledgers, edited, following, t.followers, t.mutual_start, weights, t.out_weights, t.worth, degrees,
                t.damping, threshold, goal, stop,
            )  # fmt: skip
            unfinished = stop <= ledgers.counts[1] < visits_max and ledgers.sums[0] > goal
    _, added, passed, evaporated = ledgers.sums.tolist()
    changed = (ledgers.correction != 0) | (ledgers.residual != 0)
    noise += (2.0 * added + problem.roundings * passed) * UNIT
    published = problem.reach + ledgers.correction + ledgers.residual
    noise += 4.0 * float(np.abs(published)[changed].sum() + np.abs(ledgers.residual).sum()) * UNIT
    return Pushed(
        ledgers.residual,
        ledgers.correction,
        float(np.abs(ledgers.residual).sum()),
        (noise + float(ledgers.counts[1]) * VANISHING) * WIDEN_SUM,
        int(ledgers.counts[1]),
        evaporated + problem.damping * _evaporate_rows(problem),
    )


def _find_source(problem: Problem) -> tuple[Floats, float]:
    """Return what the edits add to the residual, and at most what its rounding is."""
    overlay, size = problem.overlay, len(problem.launch)
    after, before = overlay.edited.after, overlay.before
    flow = problem.damping * problem.reach[overlay.rows][overlay.row_of_entry]
    moved = flow * (after - before)
    source = add_up(overlay.edited.nodes, moved, size) + problem.change
    source[~overlay.alive] = 0.0
    noise = problem.roundings * float((flow * (after + before)).sum())
    noise += (len(overlay.rows) + 4.0) * float(np.abs(moved).sum() + np.abs(problem.change).sum())
    return source, noise * UNIT + (len(moved) + 4.0) * VANISHING


def _open(residual: Floats, visits: int) -> Ledgers:
    size = len(residual)
    active = np.flatnonzero(residual)
    ledgers = Ledgers(
        residual=residual,
        correction=np.zeros(size),
        active=np.empty(size, np.uint32),
        queue=np.empty(size, np.uint32),
        is_active=np.zeros(size, np.uint8),
        is_queued=np.zeros(size, np.uint8),
        counts=np.array([active.size, visits], np.int64),
        sums=np.array([np.abs(residual).sum(), 0.0, 0.0, 0.0]),
    )
    ledgers.active[: active.size] = active
    ledgers.is_active[active] = 1
    return ledgers


def _count_degrees(problem: Problem) -> Floats:
    degrees = np.zeros(len(problem.launch))
    before = problem.attention.graph.out_degrees
    degrees[: len(before)] = before
    degrees[problem.overlay.rows] = np.diff(problem.overlay.edited.indptr)
    return degrees


def _evaporate_rows(problem: Problem) -> float:
    """Return what evaporates more, of the reach before, because rows changed."""
    overlay = problem.overlay
    reach = problem.reach[overlay.rows]
    after = np.where(overlay.edited.gives, 1.0 - overlay.sum_rows(overlay.edited.after), 0.0)
    before = np.where(overlay.gave, 1.0 - overlay.sum_rows(overlay.before), 0.0)
    return float((reach * (np.where(overlay.alive[overlay.rows], after, 0.0) - before)).sum())


def enclose(problem: Problem, pushed: Pushed) -> tuple[Floats, Floats, Floats]:
    """Return reach and its interval, by node; O(accounts).

    Besides what is left to push, the rows that changed pass on what was not known of their own reach.
    """
    overlay, damping = problem.overlay, problem.damping
    unknown = np.maximum(problem.below, problem.above)[overlay.rows] * WIDEN
    moved = np.abs(overlay.edited.after - overlay.before) + (overlay.edited.after + overlay.before) * (
        problem.roundings * UNIT
    )
    flow = damping * unknown[overlay.row_of_entry] * moved
    passed = add_up(overlay.edited.nodes, flow, len(problem.launch)) * WIDEN_SUM
    passed[~overlay.alive] = 0.0
    largest = find_largest_steps(problem)
    reach = problem.reach + pushed.correction
    rise = problem.above + reach_out(passed + pushed.residual, pushed.noise, largest, damping)
    fall = problem.below + reach_out(passed - pushed.residual, pushed.noise, largest, damping)
    slack = (np.abs(reach) + np.abs(rise) + np.abs(fall)) * (8 * UNIT)
    published = reach + pushed.residual
    started = np.minimum(problem.launch * (1.0 - 8 * UNIT), published)
    lower = np.minimum(reach - fall - slack, published)
    return published, np.maximum(lower, started), np.maximum(reach + rise + slack, published)


