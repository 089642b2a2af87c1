"""Solve for reach: approximate, measure the residual in float64, certify; repeat until the error is small.

    reach <- launch + a P^T reach

Small networks are stepped in float64 from the launch on. All others are approximated in float32
(`accelerated.py`), and where the float64 residual r of the result is still too large, the correction
d = r + a P^T d is approximated in the same way and added: float32 speed to float64 accuracy. Where that
gains nothing any more, plain steps go on until rounding is the limit.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.errors import DidNotConverge, InfluenceGraphWarning
from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT
from influencegraph.kernels.jit import Crew, available_threads
from influencegraph.kernels.spread import spread_attention
from influencegraph.launch import Launch
from influencegraph.layouts import Prepared, prepare
from influencegraph.propagation import Certificate, Ledger, Propagation
from influencegraph.settings import Effort, Progress, Settings
from influencegraph.solvers.accelerated import approximate
from influencegraph.solvers.certificate import Bounds, Certifier, bound_share_error, total_error
from influencegraph.solvers.transition import Transition, make_transition, share_out

Floats = NDArray[np.float64]

_SMALL = 1 << 16
"""Below this cost, in follows, plain steps take milliseconds."""
_ALONE = 1 << 18
"""Below this cost, threads cost more than they save."""
SPARE = 0.5
"""Of the tolerance: what an approximation aims at, so that its float64 residual passes."""


class Solution(NamedTuple):
    """The last two vectors, by node; `stepped` is what is published. `floor`: rounding is the limit."""

    reach: Floats
    stepped: Floats
    evaporated: float
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
    start = launch.amounts if launch.kind == "uniform" else launch.amounts[graph.position_of]
    if launch.roundings:
        transition = transition._replace(roundings=transition.roundings + launch.roundings)
    cost = graph.n_follows + 4 * graph.n_accounts
    n_threads = 1 if cost < _ALONE else effort.n_threads or available_threads()
    with Crew(n_threads) as crew:
        prepared = None
        if (cost >= _SMALL or effort.layout != "auto") and np.isfinite(transition.out_weights).any():
            shares = share_out(graph, transition)
            prepared = prepare(graph, shares, transition.out_weights, effort.layout, crew)
        solution = _solve(transition, prepared, start, effort, crew)
        certifier = Certifier(graph, transition)
        return publish(certifier, transition, start, launch.amounts, solution, effort, crew)


def publish(
    certifier: Certifier, transition: Transition, start: Floats, launch: Floats, solution: Solution,
    effort: Effort, crew: Crew,
) -> Propagation:  # fmt: skip
    """Certify a solution, complain if it is not what was asked, and balance its ledger.

    `start` is the launch by node, `launch` by position.
    """
    bounds = certifier.certify(transition, start, solution.reach, solution.stepped, crew)
    certificate = _state(solution, bounds, transition.damping, effort)
    _complain(certificate, solution, effort)
    return Propagation(
        reach=bounds.reach,
        lower=bounds.lower,
        upper=bounds.upper,
        launch=launch,
        certificate=certificate,
        ledger=_balance(transition, solution),
    )


def _solve(
    transition: Transition, prepared: Prepared | None, launch: Floats, effort: Effort, crew: Crew
) -> Solution:
    t, n = transition, len(launch)
    reach, stepped, per_weight = launch.copy(), np.empty(n), np.empty(n)
    sums = np.zeros((t.n_blocks, 3))
    n_spreading = n if prepared is None else prepared.n_spreading

    def work(block: int) -> None:
        spread_attention(
            t.followers, t.mutual_start, t.weights, per_weight, launch, t.worth, t.damping, t.roundings,
            n_spreading, t.bounds[block], t.bounds[block + 1], reach, stepped, sums[block],
        )  # fmt: skip

    sweeps, before = 0, np.inf
    while True:
        if prepared is not None and sweeps + 1 < effort.max_sweeps:
            sweeps += _improve(t, prepared, launch, reach, stepped if sweeps else None, effort, sweeps, crew)
        np.divide(reach, t.out_weights, out=per_weight)
        crew.run(work, range(t.n_blocks))
        sweeps += 1
        residual, noise, evaporated = sums.sum(axis=0).tolist()
        rounding = (noise + residual) * UNIT
        error = total_error(residual, rounding, t.damping, n)
        if effort.progress is not None:
            effort.progress(Progress(sweeps, error, effort.tolerance))
        # The certificate repeats the sums in an order of its own.
        if error <= effort.tolerance * (1.0 - 2.0**-18) or sweeps >= effort.max_sweeps:
            return Solution(reach, stepped, evaporated, sweeps, None)
        if residual <= 0.01 * rounding:
            return Solution(reach, stepped, evaporated, sweeps, error)
        if prepared is not None and error > 0.5 * before:
            prepared, n_spreading = None, n
        before = error
        if prepared is None:
            reach, stepped = stepped, reach


def _improve(
    transition: Transition, prepared: Prepared, launch: Floats, reach: Floats, stepped: Floats | None,
    effort: Effort, sweeps: int, crew: Crew,
) -> int:  # fmt: skip
    """Approximate `reach` of those who follow somebody, or its correction; return the sweeps it took.

    `stepped` is a step of `reach`, or None at the beginning.
    """
    n, busy = len(launch), slice(prepared.n_spreading)
    start = launch[busy] if stepped is None else stepped[busy] - reach[busy]

    def report(done: int, residual: float) -> None:
        if effort.progress is not None:
            error = total_error(residual, 0.0, transition.damping, n)
            effort.progress(Progress(sweeps + done, error, effort.tolerance))

    found = approximate(
        prepared,
        start.astype(np.float32),
        transition.worth[busy].astype(np.float32),
        transition.damping,
        SPARE * effort.tolerance * n / max(transition.damping, UNIT),
        effort.max_sweeps - sweeps - 1,
        crew,
        report,
    )
    if stepped is None:
        reach[busy] = found.reach
    else:
        reach[busy] += found.reach
    return found.sweeps


def _state(solution: Solution, bounds: Bounds, damping: float, effort: Effort) -> Certificate:
    return Certificate(
        error=bounds.error,
        reach_error_max=bounds.widest,
        share_error=bound_share_error(bounds, damping),
        rounding=bounds.rounding,
        sweeps=solution.sweeps,
        tolerance=effort.tolerance,
        converged=bounds.error <= effort.tolerance,
    )


def _complain(certificate: Certificate, solution: Solution, effort: Effort) -> None:
    if certificate.converged:
        return
    error = DidNotConverge.after(certificate.sweeps, certificate.error, certificate.tolerance, solution.floor)
    if effort.not_converged == "error":
        raise error
    warnings.warn(str(error), InfluenceGraphWarning, stacklevel=6)


def _balance(transition: Transition, solution: Solution) -> Ledger:
    """Balance the step against the vector that it was made from."""
    n, damping = len(solution.reach), transition.damping
    if not n:
        return Ledger(0.0, 0.0, 0.0, 0.0)
    kept = float(solution.stepped.sum()) * (1.0 - damping) / n
    discounted = damping * solution.evaporated / n
    dangling = damping * float(solution.reach[np.isinf(transition.out_weights)].sum()) / n
    return Ledger(kept, discounted, dangling, 1.0 - kept - discounted - dangling)
