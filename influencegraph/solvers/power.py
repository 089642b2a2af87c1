"""The plain solver: step, measure the residual, repeat until the certified error is small enough.

    reach <- launch + a P^T reach,    starting from reach = launch

Each sweep shrinks the error by `a` times lambda(P) <= 1, so evaporation makes the discounted problem
easier than PageRank. Starting from the launch, the error stays one-sided.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import DidNotConverge, InfluenceGraphWarning
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.spread import measure_rows, spread_attention
from influencegraph.launch import Launch
from influencegraph.propagation import Certificate, Ledger, Propagation
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.certificate import UNIT, WIDEN, Bounds, certify, total_error
from influencegraph.solvers.transition import Transition, make_transition

Floats = NDArray[np.float64]

_ALONE = 1 << 18
"""Below this cost, in follows, threads cost more than they save."""


class _Solution(NamedTuple):
    """The last two vectors of the sweep; `stepped` is what is published. `floor`: rounding is the limit."""

    reach: Floats
    stepped: Floats
    sweeps: int
    floor: float | None


def propagate(graph: FollowerGraph, settings: Settings, launch: Launch, effort: Effort) -> Propagation:
    """Solve for reach to a certified error; O(sweeps x follows).

    Raises
    ------
    DidNotConverge
        If the tolerance was not certified and ``effort.not_converged`` is ``"error"``.
    """
    transition = make_transition(graph, settings)
    start = launch.amounts[graph.position_of]
    if launch.roundings:
        transition = transition._replace(roundings=transition.roundings + launch.roundings)
    cost = graph.n_follows + 4 * graph.n_accounts
    n_threads = 1 if cost < _ALONE else effort.n_threads or available_threads()
    with Crew(min(n_threads, transition.n_blocks)) as crew:
        solution = _sweep(transition, start, effort, crew)
        mutual_sums, largest_step = _measure(transition, solution.stepped, crew)
    bounds = certify(
        solution.reach,
        solution.stepped,
        start,
        transition.roundings,
        graph.in_degrees,
        largest_step * WIDEN,
        transition.damping,
    )
    certificate = _state(solution, bounds, transition.damping, effort)
    _complain(certificate, solution, effort)
    order = graph.node_of
    return Propagation(
        reach=solution.stepped[order],
        lower=bounds.lower[order],
        upper=bounds.upper[order],
        launch=launch.amounts,
        certificate=certificate,
        ledger=_balance(transition, solution.stepped, mutual_sums),
    )


def _sweep(transition: Transition, launch: Floats, effort: Effort, crew: Crew) -> _Solution:
    n, t = len(launch), transition
    reach, stepped = launch.copy(), np.empty(n)
    per_weight = np.empty(n)
    residuals, noises = np.zeros(t.n_blocks), np.zeros(t.n_blocks)

    def work(block: int) -> None:
        spread_attention(
            t.followers, t.mutual_start, t.weights, per_weight, launch, t.worth, t.damping, t.roundings,
            t.bounds[block], t.bounds[block + 1], reach, stepped, residuals, noises, block,
        )  # fmt: skip

    for sweeps in range(1, effort.max_sweeps + 1):
        np.divide(reach, t.out_weights, out=per_weight)
        crew.run(work, range(t.n_blocks))
        residual = float(residuals.sum())
        rounding = (float(noises.sum()) + residual) * UNIT
        error = total_error(residual, rounding, t.damping, n)
        if effort.progress is not None:
            effort.progress(Progress(sweeps, error, effort.tolerance))
        if error <= effort.tolerance * (1.0 - 2.0**-18):  # the certificate repeats the sums in its own order
            return _Solution(reach, stepped, sweeps, None)
        if residual <= 0.01 * rounding:
            return _Solution(reach, stepped, sweeps, error)
        if sweeps < effort.max_sweeps:
            reach, stepped = stepped, reach
    return _Solution(reach, stepped, effort.max_sweeps, None)


def _measure(transition: Transition, reach: Floats, crew: Crew) -> tuple[Floats, Floats]:
    """Return each account's sum over mutual followers, and its largest step."""
    t = transition
    per_weight, unit_step = reach / t.out_weights, 1.0 / t.out_weights
    mutual_sums, largest_step = np.empty(len(reach)), np.empty(len(reach))

    def work(block: int) -> None:
        measure_rows(
            t.followers, t.mutual_start, t.weights, per_weight, unit_step, t.worth,
            t.bounds[block], t.bounds[block + 1], mutual_sums, largest_step,
        )  # fmt: skip

    crew.run(work, range(t.n_blocks))
    return mutual_sums, largest_step


def _state(solution: _Solution, bounds: Bounds, damping: float, effort: Effort) -> Certificate:
    stepped = solution.stepped
    off = np.maximum(bounds.upper - stepped, stepped - bounds.lower)
    # Normalising x for its exact counterpart moves the shares by at most 2 |x - x'| / |x|.
    reach_error = bounds.error * len(stepped) / (1.0 - damping)
    share_error = 2.0 * reach_error / max(float(stepped.sum()), 1.0) * WIDEN + 128 * UNIT
    return Certificate(
        error=bounds.error,
        reach_error_max=float(off.max(initial=0.0)),
        share_error=share_error,
        rounding=bounds.rounding,
        sweeps=solution.sweeps,
        tolerance=effort.tolerance,
        converged=bounds.error <= effort.tolerance,
    )


def _complain(certificate: Certificate, solution: _Solution, effort: Effort) -> None:
    if certificate.converged:
        return
    error = DidNotConverge.after(certificate.sweeps, certificate.error, certificate.tolerance, solution.floor)
    if effort.not_converged == "error":
        raise error
    warnings.warn(str(error), InfluenceGraphWarning, stacklevel=5)


def _balance(transition: Transition, reach: Floats, mutual_sums: Floats) -> Ledger:
    n, damping = len(reach), transition.damping
    if not n:
        return Ledger(0.0, 0.0, 0.0, 0.0)
    kept = float(reach.sum()) * (1.0 - damping) / n
    discounted = damping * float(((1.0 - transition.worth) * mutual_sums).sum()) / n
    dangling = damping * float(reach[np.isinf(transition.out_weights)].sum()) / n
    return Ledger(kept, discounted, dangling, 1.0 - kept - discounted - dangling)
