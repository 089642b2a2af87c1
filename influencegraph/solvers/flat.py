"""Solve for several reaches of one flat network at once.

Float32 steps of eight lanes in parcels of eight bits (`parcels.py`), and the float64 step that a certificate
rests on of each lane alone: four lanes of float64 lie in as many bytes as the third-level cache has, and take
longer together than one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from influencegraph.graph import FollowerGraph
from influencegraph.kernels.bounds import UNIT
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import LANES
from influencegraph.layouts import prepare
from influencegraph.layouts.vectors import narrow
from influencegraph.propagation import Propagation
from influencegraph.settings import Effort, Progress
from influencegraph.solvers.cases import LaneSettings, RightHandSide, publish_lanes, read_settings
from influencegraph.solvers.parcels import Parcels
from influencegraph.solvers.scale import WORTHWHILE_FLAT
from influencegraph.solvers.solve import (
    SPARE,
    Measured,
    Solution,
    Stepper,
    launch_by_node,
    measure,
)
from influencegraph.solvers.transition import make_transition

Floats = NDArray[np.float64]


class FlatLanes:
    """The vectors of one solve of at most eight cases, by node; lanes without a case launch nothing."""

    def __init__(self, graph: FollowerGraph, cases: Sequence[RightHandSide], crew: Crew) -> None:
        n, unused = graph.n_accounts, LANES - len(cases)
        self._graph, self._cases, self._crew = graph, cases, crew
        self._transitions = [
            make_transition(graph, each.settings, crew).round_more(each.launch.roundings) for each in cases
        ]
        out_weights = self._transitions[0].out_weights
        self._prepared = prepare(graph, None, out_weights, "partitioned", crew)
        launched = [launch_by_node(graph, each.launch, crew) for each in cases]
        self._launch = (*launched, *[np.zeros(n)] * unused)
        # One array a lane: the allocator keeps pages of this size, and new ones cost more than a sweep.
        self._reach, self._stepped = (tuple(np.empty(n) for _ in range(LANES)) for _ in range(2))
        self._stepper = Stepper(self._transitions[0], self._prepared, launched[0], crew)
        damping = np.zeros(LANES)
        damping[: len(cases)] = [each.damping for each in self._transitions]
        self._per_account = n / np.maximum(damping, UNIT)
        self._found: dict[int, Measured] = {}
        self._sweeps = 0

    def solve(self, effort: Effort) -> list[Propagation | None]:
        """Sweep until every lane is certain, or no more is gained; None is a lane that is not certain."""
        parcels, before, is_certain = self._approximate(effort), np.inf, np.zeros(len(self._cases), np.bool_)
        while True:
            self._sweeps += 1
            for lane in np.flatnonzero(~is_certain).tolist():
                self._found[lane] = self._step(lane, effort)
            errors = np.array([self._found[lane].error for lane in range(len(self._cases))])
            worst = float(errors.max())
            if effort.progress is not None:
                effort.progress(Progress(self._sweeps, worst, effort.tolerance))
            # The certificate repeats the sums in an order of its own.
            is_certain = errors <= effort.tolerance * (1.0 - 2.0**-18)
            gained = worst <= 0.5 * before
            if is_certain.all() or not gained or self._sweeps + 2 > effort.max_sweeps:
                return self._publish(is_certain, effort)
            self._correct(parcels, is_certain, effort)
            before = worst

    def _read_settings(self) -> LaneSettings:
        chosen, crowd, given = read_settings(
            self._graph, self._cases, self._transitions[0].out_weights, self._crew
        )
        narrowed = narrow(given, self._crew, np.empty(len(given), np.float32))
        return LaneSettings(chosen.ravel().astype(np.float32), crowd, narrowed)

    def _approximate(self, effort: Effort) -> Parcels:
        """Write every reach of those who follow somebody."""
        parcels = Parcels(self._graph, self._prepared, self._read_settings(), self._launch, self._crew)
        self._add(parcels, False, effort)
        return parcels

    def _correct(self, parcels: Parcels, is_certain: NDArray[np.bool_], effort: Effort) -> None:
        """Correct every reach that is not certain; others lack nothing."""
        idle = [*is_certain, *[True] * (LANES - len(is_certain))]
        pairs = zip(self._reach, self._stepped, idle, strict=True)
        stepped = tuple(own if is_idle else step for own, step, is_idle in pairs)
        parcels.leave(stepped, self._reach, self._crew)
        self._add(parcels, True, effort)

    def _add(self, parcels: Parcels, corrects: bool, effort: Effort) -> None:
        """Add what is found in parcels to every reach."""

        def report(done: int, part: float) -> None:
            if effort.progress is not None:
                error = part * SPARE * effort.tolerance
                effort.progress(Progress(self._sweeps + done, error, effort.tolerance))

        goals, sweeps_max = SPARE * effort.tolerance * self._per_account, effort.max_sweeps - self._sweeps - 1
        self._sweeps += parcels.solve(goals, sweeps_max, self._crew, report, self._reach, corrects)

    def _step(self, lane: int, effort: Effort) -> Measured:
        """Step a lane in float64, and scale it where scale is what it lacks."""
        launch = self._launch[lane]
        self._stepper.turn_to(self._transitions[lane], launch)
        return measure(
            self._stepper, launch, self._reach[lane], self._stepped[lane], SPARE * effort.tolerance,
            WORTHWHILE_FLAT, self._crew,
        )  # fmt: skip

    def _publish(self, is_certain: NDArray[np.bool_], effort: Effort) -> list[Propagation | None]:
        """Certify the lanes that are certain, and say what was found."""
        solutions = {
            lane: Solution(
                self._found[lane].transition, self._reach[lane], self._stepped[lane],
                self._found[lane].evaporated, self._sweeps, None,
            )
            for lane in np.flatnonzero(is_certain).tolist()
        }  # fmt: skip
        return publish_lanes(self._graph, self._cases, self._launch, solutions, self._crew, effort)
