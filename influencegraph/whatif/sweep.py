"""The correction by sweeps over the unchanged graph, with the edited rows laid over it.

A step sets the reach of accounts whose rows change to 0 before it goes along the follows of the graph, and
passes on what they give by their new rows afterwards: all terms are positive, so rounding is bounded as in
any other step. Corrections are approximated with the rows as they were; what that misses is in the next
residual. Nothing is built anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from influencegraph.kernels.bounds import UNIT, VANISHING, WIDEN
from influencegraph.kernels.jit import Crew
from influencegraph.layouts import Prepared
from influencegraph.layouts.vectors import split_inverse
from influencegraph.settings import Effort, Progress
from influencegraph.solvers.accelerated import approximate
from influencegraph.solvers.certificate import total_error
from influencegraph.solvers.solve import SPARE, Stepper
from influencegraph.whatif.problem import Enclosed, Floats, Problem, reach_out
from influencegraph.whatif.rows import add_up


class Swept(NamedTuple):
    """The last two vectors, by node; `stepped` is what is published.

    `rounding` bounds what was lost in each account's step, `evaporated` is attention that did, `damping`
    included. `floor`: rounding is the limit.
    """

    reach: Floats
    stepped: Floats
    rounding: Floats
    evaporated: float
    sweeps: int
    floor: float | None


class _EditedStepper:
    """Float64 steps of the edited network."""

    def __init__(
        self, problem: Problem, prepared: Prepared | None, launch_roundings: int, crew: Crew
    ) -> None:
        t = problem.attention.transition._replace(worth=problem.overlay.worth, weights=problem.weights)
        if launch_roundings:
            t = t.round_more(launch_roundings)
        n = len(t.out_weights)
        self._problem, self._n = problem, n
        overlay, size = problem.overlay, problem.n_nodes
        launch = problem.by_node(problem.scores.launch, problem.new_launch)
        self._new_launch = launch[n:]
        self._stepper = Stepper(t, prepared, launch[:n].copy(), crew)
        self._row_of_entry = overlay.row_of_entry
        arriving = np.bincount(overlay.edited.nodes, minlength=size)
        counts, more = self._stepper.transition.roundings
        self._roundings = arriving + problem.roundings
        self._roundings[:n] += counts + more
        self._n_terms = arriving.astype(np.float64)
        self._n_terms[:n] += problem.attention.graph.in_degrees
        given = np.where(overlay.edited.gives, 1.0 - overlay.sum_rows(overlay.edited.after), 0.0)
        self._evaporates = np.where(overlay.alive[overlay.rows], given, 0.0)
        self._dangles = problem.are_dangling(np.arange(size))
        self._base = np.empty(n)
        self._launched = float(launch.sum())
        self._is_engaged = t.engaged is not None

    def step(self, reach: Floats) -> tuple[Floats, Floats, float]:
        """Return one step of `reach`, what rounding can have lost in each, and what evaporated.

        Accounts that give attention to nobody are set to their own step.
        """
        problem, n = self._problem, self._n
        overlay = problem.overlay
        plain, base = reach[:n].copy(), self._base
        giving = reach[overlay.rows]
        plain[overlay.rows[overlay.rows < n]] = 0.0
        _, _, evaporated = self._stepper.step(plain, base).tolist()
        flow = problem.damping * giving[self._row_of_entry] * overlay.edited.after
        stepped = add_up(overlay.edited.nodes, flow, len(reach))
        stepped[n:] += self._new_launch
        stepped[:n] += base
        stepped[~overlay.alive] = 0.0
        reach[self._dangles] = stepped[self._dangles]
        rounding = ((self._roundings + 1.0) * stepped + np.abs(stepped - reach)) * (UNIT * WIDEN)
        rounding += (self._n_terms + 4.0) * VANISHING
        rounding += (np.abs(stepped - reach) + rounding) * (4 * UNIT)
        rounding[~overlay.alive] = 0.0
        if self._is_engaged:  # theta is in the weights, so that only what is passed on is known
            given = problem.damping * float(reach[~self._dangles & overlay.alive].sum())
            return stepped, rounding, max(0.0, given - (float(stepped.sum()) - self._launched))
        evaporated += float((giving * self._evaporates).sum())
        return stepped, rounding, problem.damping * evaporated


def sweep_changes(
    problem: Problem, reach: Floats, residual: Floats, prepared: Prepared | None, launch_roundings: int,
    effort: Effort, crew: Crew,
) -> Swept:  # fmt: skip
    """Sweep from `reach`, whose residual is about `residual`, until the tolerance is certified."""
    stepper, n = _EditedStepper(problem, prepared, launch_roundings, crew), problem.n_accounts
    alive, sweeps, before, coarse = problem.overlay.alive, 0, np.inf, 0.0
    reach = np.where(alive, np.maximum(reach, 0.0), 0.0)
    while True:
        if prepared is not None and sweeps + 1 < effort.max_sweeps:
            goal = coarse * float(np.abs(residual).sum())
            sweeps += _improve(problem, prepared, reach, residual, goal, effort, sweeps, crew)
        stepped, rounding, evaporated = stepper.step(reach)
        sweeps += 1
        residual = stepped - reach
        lost, left = float(rounding.sum()), float(np.abs(residual).sum())
        error = total_error(left, lost, problem.damping, n)
        if effort.progress is not None:
            effort.progress(Progress(sweeps, error, effort.tolerance))
        enough = effort.tolerance
        if prepared is None:  # half of the tolerance is left to the next edits, unless rounding wants it
            enough = max(SPARE * enough, min(4.0 * total_error(0.0, lost, problem.damping, n), enough))
        if error <= enough or sweeps >= effort.max_sweeps:
            return Swept(reach, stepped, rounding, evaporated, sweeps, None)
        if prepared is None and left <= 0.01 * lost:
            return Swept(reach, stepped, rounding, evaporated, sweeps, error)
        if prepared is not None and error > 0.5 * before:
            prepared, stepper = None, _EditedStepper(problem, None, launch_roundings, crew)
        coarse, before = min(0.5 * error / before, 0.3), error  # what old rows miss, no sweeping mends
        if prepared is None:
            reach = stepped


def _improve(
    problem: Problem, prepared: Prepared, reach: Floats, residual: Floats, goal: float, effort: Effort,
    sweeps: int, crew: Crew,
) -> int:  # fmt: skip
    """Add the correction of `reach` that the rows as they were give, until its residual is below `goal`.

    Or until it is as small as it has to be; return the sweeps it took.
    """
    busy, n = slice(prepared.n_spreading), problem.n_accounts

    def report(done: int, left: float) -> None:
        if effort.progress is not None:
            error = total_error(left, 0.0, problem.damping, n)
            effort.progress(Progress(sweeps + done, error, effort.tolerance))

    found = approximate(
        prepared,
        residual[busy].astype(np.float32),
        problem.overlay.worth[busy].astype(np.float32),
        split_inverse(prepared.inverse, problem.attention.transition.factor, crew),
        problem.damping,
        max(goal, SPARE * effort.tolerance * n / max(problem.damping, UNIT)),
        effort.max_sweeps - sweeps - 1,
        crew,
        report,
    )
    reach[busy] += found.reach
    reach[prepared.n_spreading :] += residual[prepared.n_spreading :]
    np.maximum(reach, 0.0, out=reach)
    reach[~problem.overlay.alive] = 0.0
    return found.sweeps


def enclose(problem: Problem, swept: Swept) -> Enclosed:
    """Return reach and its interval; O(accounts)."""
    largest, damping, order = problem.largest_steps, problem.damping, problem.order
    reach, stepped, rounding = (each[order] for each in (swept.reach, swept.stepped, swept.rounding))
    launch = problem.by_position(problem.scores.launch, problem.new_launch)
    residual = stepped - reach
    rise, fall = (
        reach_out(ends, 0.0, float(np.maximum(ends, 0.0).sum()), largest, damping)
        for ends in (rounding + residual, rounding - residual)
    )
    slack = (reach + np.abs(rise) + np.abs(fall)) * (8 * UNIT)
    started = np.minimum(launch * (1.0 - 8 * UNIT), stepped)
    lower = np.maximum(np.minimum(reach - fall - slack, stepped), started)
    upper = np.maximum(reach + rise + slack, stepped)
    widest = np.maximum(upper - stepped, stepped - lower).max(initial=0.0)
    return Enclosed(stepped, lower, upper, float(widest))
