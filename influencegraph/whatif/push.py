"""The correction by signed push: only what changes is passed on, until little enough is left.

With z the reach before, r its residual, D the correction and rho what is left to push, the residual of
z + D on the edited network is r + rho, whatever was pushed: so the errors of both add up, and nothing else
has to be read (docs/what_if.md). What is published is z + D + rho, whose residual is r + a P'^T rho.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels.bounds import UNIT, VANISHING, WIDEN_SUM
from influencegraph.kernels.correct import (
    ADDED,
    EVAPORATED,
    LEFT,
    N_ACTIVE,
    PASSED,
    VISITS,
    Ledgers,
    open_residuals,
    push_signed,
    widen_intervals,
)
from influencegraph.whatif.problem import Enclosed, Floats, Problem, reach_out
from influencegraph.whatif.rows import add_up

_COARSER = 0.25
"""Each threshold is this much of the one before. Smaller steps visit a little less and take longer."""
_CALL_VISITS_MAX = 1 << 26
"""Follows that one call visits at most, so that Ctrl-C is heard."""


class Pushed(NamedTuple):
    """What a push found.

    Attributes
    ----------
    nodes : ndarray of int64, shape (k,)
        Accounts whose reach changed or has something left to pass on.
    residual, correction : ndarray of float64, shape (k,)
    total : float
        ``|residual|``.
    noise : float
        At most what rounding lost, of the residual.
    visits : int
        Follows visited.
    evaporated : float
        Attention that evaporates more than before, `damping` included.
    lifted : float
        What it adds to the residual that nobody is published with less than it launches.
    """

    nodes: NDArray[np.int64]
    residual: Floats
    correction: Floats
    total: float
    noise: float
    visits: int
    evaporated: float
    lifted: float


def push_changes(problem: Problem, goal: float, visits_max: int) -> Pushed:
    """Push until the residuals sum to `goal`, or `visits_max` follows are visited."""
    ledgers, noise = _open(problem)
    t, edited, worth = problem.attention.transition, problem.overlay.edited, problem.overlay.worth
    following, weights = problem.attention.graph.following, problem.following_weights
    threshold = float(
        np.abs(ledgers.residual[ledgers.active[: ledgers.counts[N_ACTIVE]], 0]).max(initial=0.0)
    )
    while ledgers.sums[LEFT] > goal and ledgers.counts[VISITS] < visits_max and threshold > VANISHING:
        threshold *= _COARSER
        stop = 0
        while stop <= ledgers.counts[VISITS] < visits_max and ledgers.sums[LEFT] > goal:
            stop = min(visits_max, int(ledgers.counts[VISITS]) + _CALL_VISITS_MAX)
            push_signed(
                ledgers, edited, following, t.followers, t.mutual_start, weights, t.out_weights,
                problem.attention.mutual_out_weights, worth, t.damping, threshold, goal, stop,
            )  # fmt: skip
    nodes = np.sort(ledgers.active[: ledgers.counts[N_ACTIVE]]).astype(np.int64)
    nodes = nodes[problem.overlay.alive[nodes]]  # edited rows still name removed accounts, and give them 0
    residual, correction = ledgers.residual[nodes, 0], ledgers.correction[nodes]
    reach = problem.reach_of(nodes)
    noise += 4.0 * float((np.abs(reach) + np.abs(correction) + np.abs(residual)).sum()) * UNIT
    lifted = np.maximum(problem.floor_of(nodes) - (reach + correction + residual), 0.0)
    noise += (2.0 * float(ledgers.sums[ADDED]) + problem.roundings * float(ledgers.sums[PASSED])) * UNIT
    return Pushed(
        nodes,
        residual,
        correction,
        float(np.abs(residual).sum()),
        (noise + float(ledgers.counts[VISITS]) * VANISHING) * WIDEN_SUM,
        int(ledgers.counts[VISITS]),
        float(ledgers.sums[EVAPORATED]) + problem.damping * _evaporate_rows(problem),
        float(lifted.sum()) * (1.0 + problem.damping) * WIDEN_SUM,
    )


def _open(problem: Problem) -> tuple[Ledgers, float]:
    """Return what the edits add to the residual, and at most what its rounding is."""
    overlay, size, old = problem.overlay, problem.n_nodes, problem.changes.graph.n_accounts
    followers, nodes, before, after = problem.entries
    flow = problem.damping * problem.reach_of(followers)
    moved = flow * (after - before)
    noise = problem.roundings * float((np.abs(flow) * (after + before)).sum())
    noise += (len(nodes) + 4.0) * float(np.abs(moved).sum() + problem.new_launch * (size - old))
    active, place = np.unique(np.append(nodes, np.arange(old, size)), return_inverse=True)
    amounts = add_up(place, np.append(moved, np.full(size - old, problem.new_launch)), active.size)
    amounts[~overlay.alive[active]] = 0.0
    ledgers = Ledgers(
        residual=np.zeros((size, 2)),
        correction=np.zeros(size),
        active=np.empty(size, np.uint32),
        queue=np.empty(size, np.uint32),
        flags=np.zeros(size, np.uint8),
        parts=np.zeros(_find_longest(problem, active.size)),
        counts=np.zeros(4, np.int64),
        sums=np.zeros(4),
    )
    ledgers.parts[: active.size] = amounts
    open_residuals(ledgers, overlay.edited, problem.attention.graph.following, active)
    ledgers.counts[VISITS] = nodes.size
    ledgers.sums[ADDED] = ledgers.sums[PASSED] = 0.0
    return ledgers, noise * UNIT + (len(moved) + 4.0) * VANISHING


def _find_longest(problem: Problem, least: int) -> int:
    """Return how many follows the longest row has, `least` at least."""
    degrees = problem.changes.graph.out_degrees  # in descending order
    rows = np.diff(problem.overlay.edited.indptr)
    return max(least, int(degrees[0]) if len(degrees) else 0, int(rows.max(initial=0)))


def _evaporate_rows(problem: Problem) -> float:
    """Return what evaporates more, of the reach before, because rows changed."""
    overlay, columns, reach = problem.overlay, problem.overlay.columns, problem.reach_of
    after = np.where(overlay.edited.gives, 1.0 - overlay.sum_rows(overlay.edited.after), 0.0)
    before = np.where(overlay.gave, 1.0 - overlay.sum_rows(overlay.before), 0.0)
    after[~overlay.alive[overlay.rows]] = 0.0
    more = float((reach(columns.followers) * (columns.before - columns.after)).sum())
    return more + float((reach(overlay.rows) * (after - before)).sum())


def enclose(problem: Problem, pushed: Pushed) -> Enclosed:
    """Return reach and its interval; O(accounts).

    Besides what is left to push, the rows that changed pass on what was not known of their own reach.
    """
    scores, damping, largest = problem.scores, problem.damping, problem.largest_steps
    old_reach, old_lower, old_upper = (
        problem.by_position(each, 0.0) for each in (scores.reach, scores.lower, scores.upper)
    )
    launch = problem.by_position(scores.launch, problem.new_launch)
    places, passed = problem.places_of(pushed.nodes), _pass_unknown(problem, pushed.nodes)
    ends = [passed + pushed.residual, passed - pushed.residual]
    totals = [float(np.maximum(each, 0.0).sum()) + pushed.noise for each in ends]
    lower, upper, widest = np.empty(len(launch)), np.empty(len(launch)), np.zeros(1)
    widen_intervals(
        old_reach, old_lower, old_upper, launch, largest, damping, pushed.noise,
        max(totals) * WIDEN_SUM, lower, upper, widest,
    )  # fmt: skip
    rise, fall = (
        reach_out(each, pushed.noise, total, largest[places], damping)
        for each, total in zip(ends, totals, strict=True)
    )
    reach = old_reach.copy()
    reach[places] += pushed.correction
    slack = (np.abs(reach[places]) + np.abs(old_reach[places]) + np.abs(rise) + np.abs(fall)) * (16 * UNIT)
    own = np.maximum(reach[places] + pushed.residual, problem.floor_of(pushed.nodes))
    low = old_lower[places] + pushed.correction - fall - slack
    high = old_upper[places] + pushed.correction + rise + slack
    started = np.minimum(launch[places] * (1.0 - 8 * UNIT), own)
    reach[places] = own
    lower[places] = np.maximum(np.minimum(low, own), started)
    upper[places] = np.maximum(high, own)
    there = np.maximum(upper[places] - own, own - lower[places]).max(initial=0.0)
    return Enclosed(reach, lower, upper, max(float(widest[0]), float(there)))


def _pass_unknown(problem: Problem, nodes: NDArray[np.int64]) -> Floats:
    """Return how much of `nodes`' step is not known, because the reach of edited rows is not."""
    followers, followed, before, after = problem.entries
    moved = np.abs(after - before) + (after + before) * (problem.roundings * UNIT)
    flow = problem.damping * problem.unknown_of(followers) * moved
    there = problem.overlay.alive[followed]
    passed = np.zeros(len(nodes))
    np.add.at(passed, np.searchsorted(nodes, followed[there]), flow[there])
    return passed * WIDEN_SUM
