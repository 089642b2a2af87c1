"""The accelerated solver for eight launches at once; every step as in `influencegraph.solvers.accelerated`.

Lanes share the follows and their passes, nothing else: each has its own settings, its own mixture, and its
own end. A lane that has met its goal takes plain steps while others go on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import lane_steps as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import LANES
from influencegraph.kernels.mix import MEMORY
from influencegraph.kernels.shares import find_shares
from influencegraph.layouts import Prepared
from influencegraph.layouts.lanes import LaneLayout
from influencegraph.layouts.room import Sums
from influencegraph.layouts.tail import Rows
from influencegraph.layouts.vectors import Floats32
from influencegraph.solvers.accelerated import (
    FLOOR,
    ROUNDS,
    SETTLED,
    STALLED,
    change_places,
)
from influencegraph.solvers.cases import LaneSettings

Floats = NDArray[np.float64]

_SPAN = 1 << 14
"""Accounts in a block of lanes: 512 KiB."""
_ROWS = 1 << 14
"""Rows of the tail in a block: far fewer take no longer than it takes to wake a thread."""


def approximate_lanes(
    prepared: Prepared, launch: Floats32, settings: LaneSettings, goals: Floats, sweeps_max: int, crew: Crew,
    report: Callable[[int, float], None],
) -> tuple[Floats32, int]:  # fmt: skip
    """Sweep until every lane's residual is below its goal, or float32 can do no better.

    Parameters
    ----------
    prepared : Prepared
        For ``"lanes"``.
    launch : ndarray of float32, flat, (n_spreading x 8,)
    settings : LaneSettings
    goals : ndarray of float64, shape (8,)
    sweeps_max : int
        At least 1.
    crew : Crew
    report : callable
        Handed the number of sweeps and the largest residual, divided by its goal, after each.

    Returns
    -------
    ndarray of float32, flat, and int
        Reach, and the sweeps it took.
    """
    state = _State(prepared, launch, settings, crew)
    best, stalled = np.full(LANES, np.inf), np.zeros(LANES, int)
    for sweeps in range(1, sweeps_max + 1):
        moved = state.step_tail(crew)
        residual, size = state.step_busy(crew)
        total = residual + moved
        report(sweeps, float((total / goals).max()))
        stalled = np.where(total > STALLED * best, stalled + 1, 0)
        best = np.minimum(best, total)
        done = (total <= np.maximum(goals, FLOOR * size)) | (stalled >= 3)
        if done.all() or sweeps == sweeps_max:
            break
        state.mix(done, crew)
    state.take_step()
    return state.reach, sweeps


class _State:
    """The vectors of one solve; flat unless said."""

    def __init__(self, prepared: Prepared, launch: Floats32, settings: LaneSettings, crew: Crew) -> None:
        n, split = prepared.n_spreading, prepared.split
        assert isinstance(prepared.layout, LaneLayout)
        self._prepared, self._layout, self._settings = prepared, prepared.layout, settings
        self._room = self._layout.open_lane_room()
        self._launch, self.reach = launch, np.empty_like(launch)
        self._per_weight = np.empty(n * LANES, np.float32)
        self._giving = settings.given, settings.chosen[kernels.LEAST :]
        self._steps, self._residuals = (np.empty(MEMORY * split * LANES, np.float32) for _ in range(2))
        self._products = np.zeros((MEMORY, MEMORY, LANES))
        self._order: list[int] = []
        self._lacking = np.zeros(LANES)
        rows = prepared.tail.accounts.astype(np.int64) + split
        self._of_rows = settings.crowd[rows], prepared.inverse[rows]
        given = settings.given
        self._given_in_tail = given[split:], given[rows] if len(given) else given
        self._row_steps = np.zeros(len(rows) * LANES, np.float32)
        change = np.empty((n - split) * LANES, np.float32)
        self._changes = [change, *(np.zeros(len(rows) * LANES, np.float32) for _ in range(4))]
        self._busy_bounds, self._tail_bounds = (
            [*range(first, last, _SPAN), last] for first, last in ((0, split), (split, n))
        )

        def begin(first: int) -> None:
            last = min(first + _SPAN, n)
            self.reach[first * LANES : last * LANES] = launch[first * LANES : last * LANES]
            self._pass_on(first, last)

        def clear(first: int) -> None:
            self._steps[first : first + _SPAN * LANES] = 0.0

        crew.run(begin, range(0, n, _SPAN))
        crew.run(clear, range(0, len(self._steps), _SPAN * LANES))

    def _pass_on(self, first: int, last: int) -> None:
        kernels.pass_on(
            self.reach, first, last, self._settings.chosen, self._prepared.inverse, self._per_weight
        )

    def step_tail(self, crew: Crew) -> Floats:
        """Step the tail, and repeat its own follows; return how much the last repetition changed."""
        prepared, bounds = self._prepared, self._tail_bounds
        if prepared.split == prepared.n_spreading:
            return np.zeros(LANES)
        chosen, crowd, _ = self._settings

        def close(first: int, last: int, sums: Sums) -> None:
            kernels.close_tail(
                sums, first, last, self._launch, chosen, crowd, prepared.inverse, prepared.split, self.reach,
                self._changes[0],
            )  # fmt: skip

        self._layout.step_lanes(1, self._per_weight, *self._giving, close, self._room, crew)
        moved = self._repeat_tail(crew)
        crew.run(lambda i: self._pass_on(bounds[i], bounds[i + 1]), range(len(bounds) - 1))
        return moved

    def _repeat_tail(self, crew: Crew) -> Floats:
        tail = self._prepared.tail
        for number in range(ROUNDS):
            rows, change, new = tail.at(number), *(self._changes[i] for i in change_places(number))
            given = self._given_in_tail[min(number, 1)]
            bounds = [*range(0, len(rows.middle), _ROWS), len(rows.middle)]
            moved = np.zeros((len(bounds), LANES))

            def work(
                i: int, rows: Rows = rows, change: Floats32 = change, new: Floats32 = new,
                given: Floats32 = given, bounds: list[int] = bounds, moved: Floats = moved,
            ) -> None:  # fmt: skip
                kernels.step_tail(
                    *rows[:3], change, self._settings.chosen, *self._of_rows, given, bounds[i], bounds[i + 1],
                    self._row_steps, new, moved[i],
                )  # fmt: skip

            crew.run(work, range(len(bounds) - 1))
            if np.all(moved.sum(axis=0) <= SETTLED * self._lacking):
                break
        n_rows = len(tail.accounts)
        bounds = [*range(0, n_rows, _ROWS), n_rows]

        def take(i: int) -> None:
            kernels.add_tail(
                tail.accounts, bounds[i], bounds[i + 1], self._row_steps, self._prepared.split, self.reach
            )

        crew.run(take, range(len(bounds) - 1))
        total: Floats = moved.sum(axis=0)
        return total

    def step_busy(self, crew: Crew) -> tuple[Floats, Floats]:
        """Step the busy; return the sums of their residuals and of their steps."""
        bounds = self._busy_bounds
        used = len(self._order)
        newest = used if used < MEMORY else self._order[-1]
        self._order = [newest, *self._order[: MEMORY - 1]]
        chosen, crowd, _ = self._settings
        out = self._step_at(newest)

        def close(first: int, last: int, sums: Sums) -> None:
            kernels.close_busy(sums, first, last, self._launch, chosen, crowd, out)

        self._layout.step_lanes(0, self._per_weight, *self._giving, close, self._room, crew)
        dots = np.zeros((len(bounds) - 1, (MEMORY + 2) * LANES))

        def work(i: int) -> None:
            kernels.measure_residual(
                self._steps, self._residuals, self.reach, newest, len(self._order), bounds[i], bounds[i + 1],
                dots[i],
            )  # fmt: skip

        crew.run(work, range(len(bounds) - 1))
        totals = dots.sum(axis=0).reshape(-1, LANES)
        self._products[newest, :] = self._products[:, newest] = totals[:MEMORY]
        self._lacking = totals[-2]
        return totals[-2], totals[-1]

    def _step_at(self, place: int) -> Floats32:
        """Return one of the steps kept."""
        size = len(self._steps) // MEMORY
        return self._steps[place * size : (place + 1) * size]

    def mix(self, done: NDArray[np.bool_], crew: Crew) -> None:
        """Set the busy to the mixture of their last steps whose residual is least; `done` take the newest."""
        found, bounds = np.empty((MEMORY, LANES)), self._busy_bounds
        find_shares(self._products, np.array(self._order), done, found)
        shares = found.astype(np.float32).ravel()

        def work(i: int) -> None:
            kernels.mix_steps(self._steps, shares, bounds[i], bounds[i + 1], self.reach)
            self._pass_on(bounds[i], bounds[i + 1])

        crew.run(work, range(len(bounds) - 1))

    def take_step(self) -> None:
        """Set the busy to their newest step, whose residual is smaller than its origin's."""
        self.reach[: self._prepared.split * LANES] = self._step_at(self._order[0])
