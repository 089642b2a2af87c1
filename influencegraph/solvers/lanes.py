"""The accelerated solver for eight launches at once; every step as in `influencegraph.solvers.accelerated`.

Lanes share the follows and their passes, nothing else: each has its own settings, its own mixture, and its
own end. A lane that has met its goal takes plain steps while others go on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import lanes as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.lanes import LANES
from influencegraph.layouts import Prepared
from influencegraph.layouts.lanes import LaneLayout, Lanes
from influencegraph.layouts.tail import Rows
from influencegraph.layouts.vectors import Floats32
from influencegraph.solvers.accelerated import (
    MEMORY,
    ROUNDS,
    SETTLED,
    STALLED,
    change_places,
    find_shares,
)
from influencegraph.solvers.staged import FLOOR

Floats = NDArray[np.float64]

_SPAN = 1 << 14
"""Accounts in a block of lanes: 512 KiB."""
_ROWS = 1 << 14
"""Rows of the tail in a block: far fewer take no longer than it takes to wake a thread."""


def approximate_lanes(
    prepared: Prepared, launch: Floats32, worth: Floats32, regard: Floats32 | None, damping: Floats,
    goals: Floats, sweeps_max: int, crew: Crew, report: Callable[[int, float], None],
) -> tuple[Floats32, int]:  # fmt: skip
    """Sweep until every lane's residual is below its goal, or float32 can do no better.

    Parameters
    ----------
    prepared : Prepared
        For ``"lanes"``.
    launch, worth : ndarray of float32, flat, (n_spreading x 8,)
    regard : ndarray of float32, flat, (n_spreading x 8,), or None
        What `worth` is multiplied by for the mutual follows of each account.
    damping, goals : ndarray of float64, shape (8,)
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
    state = _State(prepared, launch, worth, regard, damping, crew)
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

    def __init__(
        self, prepared: Prepared, launch: Floats32, worth: Floats32, regard: Floats32 | None, damping: Floats,
        crew: Crew,
    ) -> None:  # fmt: skip
        n, split = prepared.n_spreading, prepared.split
        assert isinstance(prepared.layout, LaneLayout)
        self._prepared, self._layout = prepared, prepared.layout
        self._room = self._layout.open_room()
        n_kinds = 1 if regard is None else 2
        self.reach = np.empty(n * LANES, np.float32)
        self._inverse, per_weight = (np.empty(n_kinds * n * LANES, np.float32) for _ in range(2))
        regards = np.empty(0, np.float32) if regard is None else regard
        opened = launch, prepared.inverse, regards, damping.astype(np.float32)

        def begin(first: int) -> None:
            last = min(first + _SPAN, n)
            kernels.open_lanes(*opened, first, last, self.reach, self._inverse, per_weight)

        crew.run(begin, range(0, n, _SPAN))
        self._lanes = Lanes(per_weight, launch, worth)
        self._steps, self._residuals = (np.zeros((MEMORY, split * LANES), np.float32) for _ in range(2))
        self._products = np.zeros((MEMORY, MEMORY, LANES))
        self._order: list[int] = []
        self._lacking = np.zeros(LANES)
        self._stepped = np.empty(n * LANES, np.float32)
        self._change = np.empty(n_kinds * (n - split) * LANES, np.float32)
        rows = prepared.tail.accounts.astype(np.int64) + split
        parts = worth, *(self._inverse[kind * n * LANES : (kind + 1) * n * LANES] for kind in range(n_kinds))
        self._row_worth = np.empty(len(rows) * LANES, np.float32)
        self._row_inverse = np.empty(n_kinds * len(rows) * LANES, np.float32)
        chosen = self._row_worth, *np.split(self._row_inverse, n_kinds)
        crew.run(
            lambda i: np.take(
                parts[i].reshape(-1, LANES), rows, axis=0, out=chosen[i].reshape(-1, LANES), mode="clip"
            ),
            range(len(parts)),
        )
        self._row_steps = np.zeros(len(rows) * LANES, np.float32)
        self._changes = [self._change, *(np.zeros_like(self._row_inverse) for _ in range(4))]
        self._busy_bounds, self._tail_bounds = (
            [*range(first, last, _SPAN), last] for first, last in ((0, split), (split, n))
        )

    def step_tail(self, crew: Crew) -> Floats:
        """Step the tail, and repeat its own follows; return how much the last repetition changed."""
        split, bounds = self._prepared.split, self._tail_bounds
        if split == self._prepared.n_spreading:
            return np.zeros(LANES)
        self._layout.step_lanes(1, self._lanes, self._stepped, self._room, crew)

        def close(i: int) -> None:
            kernels.close_tail(
                self._stepped, self._inverse, bounds[i], bounds[i + 1], split, self.reach,
                self._lanes.per_weight, self._change,
            )  # fmt: skip

        crew.run(close, range(len(bounds) - 1))
        return self._repeat_tail(crew)

    def _repeat_tail(self, crew: Crew) -> Floats:
        tail = self._prepared.tail
        for number in range(ROUNDS):
            rows, change, new = tail.at(number), *(self._changes[i] for i in change_places(number))
            bounds = [*range(0, len(rows.middle), _ROWS), len(rows.middle)]
            moved = np.zeros((len(bounds), LANES))

            def work(
                i: int, rows: Rows = rows, change: Floats32 = change, new: Floats32 = new,
                bounds: list[int] = bounds, moved: Floats = moved,
            ) -> None:  # fmt: skip
                kernels.step_tail(
                    *rows[:3], change, self._row_worth, self._row_inverse, bounds[i], bounds[i + 1],
                    self._row_steps, new, moved[i],
                )  # fmt: skip

            crew.run(work, range(len(bounds) - 1))
            if np.all(moved.sum(axis=0) <= SETTLED * self._lacking):
                break
        n_rows = len(tail.accounts)
        bounds = [*range(0, n_rows, _ROWS), n_rows]

        def take(i: int) -> None:
            kernels.add_tail(
                tail.accounts, bounds[i], bounds[i + 1], self._row_steps, self._row_inverse,
                self._prepared.split, self.reach, self._lanes.per_weight,
            )  # fmt: skip

        crew.run(take, range(len(bounds) - 1))
        total: Floats = moved.sum(axis=0)
        return total

    def step_busy(self, crew: Crew) -> tuple[Floats, Floats]:
        """Step the busy; return the sums of their residuals and of their steps."""
        bounds = self._busy_bounds
        used = len(self._order)
        newest = used if used < MEMORY else self._order[-1]
        self._order = [newest, *self._order[: MEMORY - 1]]
        self._layout.step_lanes(0, self._lanes, self._steps[newest], self._room, crew)
        dots = np.zeros((len(bounds) - 1, MEMORY + 2, LANES))

        def work(i: int) -> None:
            kernels.measure_residual(
                self._steps, self._residuals, self.reach, newest, len(self._order), bounds[i], bounds[i + 1],
                dots[i],
            )  # fmt: skip

        crew.run(work, range(len(bounds) - 1))
        totals = dots.sum(axis=0)
        self._products[newest, :] = self._products[:, newest] = totals[:MEMORY]
        self._lacking = totals[-2]
        return totals[-2], totals[-1]

    def mix(self, done: NDArray[np.bool_], crew: Crew) -> None:
        """Set the busy to the mixture of their last steps whose residual is least; `done` take the newest."""
        shares, bounds = np.zeros((MEMORY, LANES), np.float32), self._busy_bounds
        for lane in range(LANES):
            if done[lane]:
                shares[self._order[0], lane] = 1.0
            else:
                products = self._products[np.ix_(self._order, self._order)][..., lane]
                shares[self._order, lane] = find_shares(products)

        def work(i: int) -> None:
            kernels.mix_steps(
                self._steps, shares, self._inverse, bounds[i], bounds[i + 1], self.reach,
                self._lanes.per_weight,
            )  # fmt: skip

        crew.run(work, range(len(bounds) - 1))

    def take_step(self) -> None:
        """Set the busy to their newest step, whose residual is smaller than its origin's."""
        self.reach[: self._prepared.split * LANES] = self._steps[self._order[0]]
