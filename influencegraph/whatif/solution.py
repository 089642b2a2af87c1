"""Which way to go, and what comes out: push where it suffices, else sweep, else build and solve."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from influencegraph.attention import Attention
from influencegraph.edits import Changes
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT, WIDEN, WIDEN_SUM
from influencegraph.later import Later
from influencegraph.launch import Launch
from influencegraph.methods import METHODS
from influencegraph.propagation import Certificate, Ledger, Propagation, Work
from influencegraph.scores import Scores
from influencegraph.settings import Effort, Settings
from influencegraph.solvers.certificate import total_error
from influencegraph.solvers.solve import arrange, complain, open_crew, pays_to_arrange, propagate
from influencegraph.whatif import push, sweep
from influencegraph.whatif.problem import Enclosed, Floats, Problem
from influencegraph.whatif.rows import can_overlay

SPENT = 0.5
"""Of what is left under the tolerance, a push uses this much: the next what-if wants some as well."""
WORTHWHILE = 1 / 16
"""Of the tolerance: where less is left under it, sweeps make room again."""
VISITS_MAX = 1 / 32
"""Of all follows, a push may visit this many before sweeps take over. A visit costs some 50 times what a
follow costs in a fast sweep, so a push in vain costs a sweep or two."""
VISITS_MAX_SMALL = 1.0
"""The same where sweeps are plain ones, of which there are many."""
VISITS_FREE = 1024
"""So many visits are no matter on any network."""
ROW_COST = 1 << 14
"""An edited row costs as much as building this many follows."""
ROWS_MAX_SMALL = 64
"""So many edited rows are no matter on any network."""
_LAUNCH_ROUNDINGS = 3
"""Behind each amount launched, where teleports are given (`influencegraph.launch`)."""


def rescore(scores: Scores, changes: Changes, settings: Settings, effort: Effort) -> Scores:
    """Return the scores after `changes`, under `settings`."""
    graph = changes.graph
    if settings == scores.settings and len(changes.source) and graph.n_accounts:
        few = ROWS_MAX_SMALL + graph.n_follows // ROW_COST
        if _count_rows(changes, few) <= few:
            attention = Attention.of(graph, settings)
            if can_overlay(changes, attention):
                return _correct(scores, changes, attention, effort)
    return solve_anew(scores, changes, settings, effort)


def _count_rows(changes: Changes, few: int) -> int:
    """Return how many accounts follow or unfollow somebody; of very many edits, how many there are."""
    n_edits = len(changes.lost) + len(changes.won)
    if n_edits > 64 * few:
        return n_edits
    return len(np.unique(np.concatenate([changes.lost, changes.won])[:, 0]))


def _correct(scores: Scores, changes: Changes, attention: Attention, effort: Effort) -> Scores:
    graph, n = changes.graph, len(changes.source)
    problem = Problem(scores, changes, attention)
    headroom = effort.tolerance * n - problem.residual
    is_large = pays_to_arrange(graph)
    visits = VISITS_FREE + (VISITS_MAX if is_large else VISITS_MAX_SMALL) * graph.n_follows
    if headroom < WORTHWHILE * effort.tolerance * n:
        visits = 0.0
    goal = SPENT * headroom / max(problem.damping, UNIT)
    pushed = push.push_changes(problem, goal, int(visits))
    certain = problem.residual + pushed.noise + pushed.lifted
    error = total_error(pushed.total, certain, problem.damping, n)
    if error <= effort.tolerance:
        return _publish_push(problem, pushed, error, effort)
    given = scores.settings.teleport == "given"
    reach = problem.by_node(scores.reach, 0.0)
    reach[pushed.nodes] += pushed.correction
    left = np.zeros(problem.n_nodes)
    left[pushed.nodes] = pushed.residual
    with open_crew(graph, effort) as crew:
        prepared = arrange(graph, scores.settings, attention.transition, effort, crew)
        roundings = _LAUNCH_ROUNDINGS if given else 0
        swept = sweep.sweep_changes(problem, reach, left, prepared, roundings, effort, crew)
    return _publish_sweep(problem, swept, pushed.visits, effort)


def _publish_push(problem: Problem, pushed: push.Pushed, error: float, effort: Effort) -> Scores:
    scores, damping = problem.scores, problem.damping
    n, n_before = problem.n_accounts, len(scores)
    found = push.enclose(problem, pushed)
    rounding = scores.certificate.rounding * n_before / n + total_error(0.0, pushed.noise, 0.0, n)
    launched = float(scores.launch.sum())
    evaporated = scores.ledger.discounted * launched + pushed.evaporated
    dangling = scores.ledger.dangling * launched + damping * _find_dangling(problem, pushed)
    certificate = _certify(found, error, rounding, 0, damping, effort)
    work = Work("push", pushed.visits, problem.changes.n_follows)
    return _publish_found(problem, found, certificate, evaporated, dangling, work)


def _find_dangling(problem: Problem, pushed: push.Pushed) -> float:
    """Return how much more reach than before lies with accounts that give attention to nobody."""
    overlay, graph, out = problem.overlay, problem.changes.graph, problem.attention.transition.out_weights
    gives = overlay.edited.gives.astype(bool) | ~overlay.alive[overlay.rows]
    reach = problem.reach_of(overlay.rows)
    more = float((reach * (np.where(gives, 0.0, 1.0) - np.where(overlay.gave, 0.0, 1.0))).sum())
    removed = graph.node_of[problem.changes.removed].astype(np.int64)
    removed = removed[np.isinf(out[removed]) & (overlay.edited.row_of[removed] < 0)]
    more -= float(problem.reach_of(removed).sum())
    return more + float(pushed.correction[problem.are_dangling(pushed.nodes)].sum())


def _publish_sweep(problem: Problem, swept: sweep.Swept, visits: int, effort: Effort) -> Scores:
    n, damping = problem.n_accounts, problem.damping
    left, lost = float(np.abs(swept.stepped - swept.reach).sum()), float(swept.rounding.sum())
    found = sweep.enclose(problem, swept)
    error, rounding = total_error(left, lost, damping, n), total_error(0.0, lost, damping, n)
    certificate = _certify(found, error, rounding, swept.sweeps, damping, effort)
    complain(certificate, swept.floor, effort)
    dangling = float(swept.reach[problem.are_dangling(np.arange(problem.n_nodes))].sum())
    visits += swept.sweeps * problem.changes.graph.n_follows
    work = Work("sweep", visits, problem.changes.n_follows)
    return _publish_found(problem, found, certificate, swept.evaporated, damping * dangling, work)


def _publish_found(
    problem: Problem,
    found: Enclosed,
    certificate: Certificate,
    evaporated: float,
    dangling: float,
    work: Work,
) -> Scores:
    scores = problem.scores
    launch = problem.by_position(scores.launch, problem.new_launch)
    ledger = _balance(found.reach, launch, evaporated, dangling, problem.damping)
    propagation = Propagation(
        reach=found.reach,
        lower=found.lower,
        upper=found.upper,
        launch=launch,
        certificate=certificate,
        ledger=ledger,
    )
    return _publish(scores, problem.changes, propagation, work)


def _certify(
    found: Enclosed, error: float, rounding: float, sweeps: int, damping: float, effort: Effort
) -> Certificate:
    total = float(found.reach.sum())
    off = error * len(found.reach) / (1.0 - damping) * WIDEN
    share_error = 2.0 * off / (total * (2.0 - WIDEN_SUM)) + 128 * UNIT if total > 0 else 2.0 * (off > 0)
    return Certificate(
        error=error,
        reach_error_max=found.widest * WIDEN,
        share_error=min(2.0, share_error),
        rounding=rounding,
        sweeps=sweeps,
        tolerance=effort.tolerance,
        converged=error <= effort.tolerance,
    )


def _balance(reach: Floats, launch: Floats, evaporated: float, dangling: float, damping: float) -> Ledger:
    """Balance in shares of all attention launched."""
    launched = float(launch.sum())
    if launched <= 0.0:
        return Ledger(0.0, 0.0, 0.0, 0.0)
    kept = float(reach.sum()) * (1.0 - damping) / launched
    discounted, ended = max(0.0, evaporated) / launched, max(0.0, dangling) / launched
    return Ledger(kept, discounted, ended, 1.0 - kept - discounted - ended)


def solve_anew(scores: Scores, changes: Changes, settings: Settings, effort: Effort) -> Scores:
    """Build the edited graph, and solve it from the old vector on."""
    graph, places = changes.build(), changes.source
    kind: Literal["uniform", "given"] = settings.teleport
    new = 1.0 if kind == "uniform" else 0.0
    amounts = np.append(scores.launch, np.full(changes.n_new, new))[places]
    start = np.append(scores.reach, np.full(changes.n_new, new))[places]
    launch = Launch(amounts, kind, _LAUNCH_ROUNDINGS if kind == "given" else 0)
    found = propagate(graph, settings, launch, effort, np.maximum(start, 0.0))
    launched = float(amounts.sum())
    if kind == "given" and launched != len(amounts):
        ledger, scale = found.ledger, len(amounts) / launched if launched > 0 else 0.0
        parts = [part * scale for part in (ledger.kept, ledger.discounted, ledger.dangling)]
        kept, discounted, dangling = parts
        left = 1.0 - sum(parts) if launched > 0 else 0.0
        found = replace(found, ledger=Ledger(kept, discounted, dangling, left))
    work = Work("solve", found.certificate.sweeps * graph.n_follows, graph.n_follows)
    return _publish(scores, changes, found, work, settings, graph)


def _publish(
    scores: Scores, changes: Changes, found: Propagation, work: Work, settings: Settings | None = None,
    graph: FollowerGraph | None = None,
) -> Scores:  # fmt: skip
    """Say what was found. A frozen scale stays; a network's own scale of the day is that of the new day."""
    settings = scores.settings if settings is None else settings
    read = METHODS[settings.method].read
    assert read is not None
    scale = scores.scale
    if scale.name is None:
        scale = replace(scale, n_accounts=len(changes.source), settings=settings)
    later: FollowerGraph | Later[FollowerGraph] = Later(changes.build) if graph is None else graph
    return Scores(
        read(found, settings), scores.unit, changes.accounts, settings, scale, found, later, None, work
    )
