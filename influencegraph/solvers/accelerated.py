"""The accelerated solver: float32 steps, mixed so that their residual is least (Anderson 1965).

For x = launch + a P^T x. Each sweep steps the tail first, repeats the few follows within it, and then steps
the busy (`influencegraph.layouts`):

    x_tail <- launch + a P^T x,    then, some times, what has changed, passed on within the tail
    g      <- launch + a P^T x     for the busy,    f = g - x
    x_busy <- sum_j s_j g_j        over the last `MEMORY` steps, sum_j s_j = 1, |sum_j s_j f_j|_2 least

Of flat networks, stages stepped one after the other come first (`staged.py`), as long as they gain enough.

The tail follows from the busy, so the mixing (and its memory) concerns the busy alone. What comes out is an
approximation and claims nothing: the caller measures its residual in float64, certifies it, and comes back
with that residual as the launch where it is not small enough (iterative refinement).

Walker & Ni, *Anderson acceleration for fixed-point iterations*, SIAM J. Numer. Anal. 2011.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import mix
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.mix import MEMORY
from influencegraph.kernels.shares import find_shares
from influencegraph.layouts import Prepared
from influencegraph.layouts.tail import Rows
from influencegraph.layouts.vectors import Floats32, Vectors, give, reserve
from influencegraph.solvers.staged import SPAN, Whole, settle

ROUNDS = 8
"""Repetitions within the tail for each sweep, at most."""
SETTLED = 0.03
"""The tail is left alone once a repetition changes less than this much of what the busy still lack."""
FLOOR = 2.0**-22
"""A change this small beside the vector is float32's own noise."""
STALLED = 0.8
"""Of the best residual so far: three in a row above it end the sweeps."""
ROWS = 1 << 15
"""Rows of the tail in a block: far fewer take no longer than it takes to wake a thread."""
_NOT_DONE = np.zeros(1, np.bool_)


class Approximation(NamedTuple):
    """`reach` of the accounts that follow somebody, float32, and the sweeps it took."""

    reach: Floats32
    sweeps: int


def approximate(
    prepared: Prepared,
    launch: Floats32,
    worth: Floats32,
    inverse: Floats32,
    damping: float,
    goal: float,
    sweeps_max: int,
    crew: Crew,
    report: Callable[[int, float], None],
    whole: Whole | None = None,
) -> Approximation:
    """Sweep until the residual is below `goal`, or float32 can do no better; O(sweeps x follows).

    Parameters
    ----------
    prepared : Prepared
    launch, worth : ndarray of float32, shape (n_spreading,)
        Of any sign: a residual is launched as well.
    inverse : ndarray of float32, shape (n_spreading,) or (2 n_spreading,)
        As `influencegraph.layouts.vectors.split_inverse` returns it.
    damping : float in [0, 1)
    goal : float
        In the unit of `launch`: the sum of all residuals.
    sweeps_max : int
        At least 1.
    crew : Crew
    report : callable
        Handed the number of sweeps and the estimated residual after each.
    whole : Whole, optional
        What the result corrects, where that is known.
    """
    begun, start = 0, launch
    if prepared.is_flat and (whole is not None or launch.min() >= 0.0):
        settled = settle(prepared, launch, worth, inverse, damping, goal, sweeps_max, crew, report, whole)
        begun, start = settled.sweeps, settled.reach
        if settled.is_enough or begun == sweeps_max:
            return Approximation(start, begun)
    state = _State(prepared, launch, start, worth, inverse, damping, crew)
    best, stalled = np.inf, 0
    for sweeps in range(begun + 1, sweeps_max + 1):
        moved = state.step_tail(crew)
        residual, size = state.step_busy(crew)
        report(sweeps, residual + moved)
        stalled = stalled + 1 if residual + moved > STALLED * best else 0
        best = min(best, residual + moved)
        if residual + moved <= max(goal, FLOOR * size) or stalled == 3 or sweeps == sweeps_max:
            state.take_step()
            break
        state.mix(crew)
    return Approximation(state.reach, sweeps)


class _State:
    """The vectors of one solve."""

    def __init__(
        self, prepared: Prepared, launch: Floats32, start: Floats32, worth: Floats32, inverse: Floats32,
        damping: float, crew: Crew,
    ) -> None:  # fmt: skip
        n, split, n_kinds = prepared.n_spreading, prepared.split, len(inverse) // max(1, len(launch))
        self._prepared, self._inverse = prepared, inverse
        self._room = prepared.layout.open_room()
        self.reach, per_weight, self._stepped, self._change, steps, residuals = reserve(
            n, n_kinds * n, n, n_kinds * (n - split), MEMORY * split, MEMORY * split
        )
        self.reach[:] = start
        give(start, inverse, crew, per_weight)
        self._vectors = Vectors(per_weight, launch, worth, np.float32(damping))
        self._steps, self._residuals = (each.reshape(MEMORY, split) for each in (steps, residuals))
        self._steps.fill(0.0)
        self._products = np.zeros((MEMORY, MEMORY, 1))
        self._order: list[int] = []
        self._lacking = 0.0
        rows = prepared.tail.accounts.astype(np.int64) + split
        self._row_worth = worth[rows]
        self._row_inverse = np.concatenate([inverse[kind * n + rows] for kind in range(n_kinds)])
        self._row_steps = np.zeros(len(rows), np.float32)
        self._changes = [self._change, *(np.zeros_like(self._row_inverse) for _ in range(4))]
        self._busy_bounds = [*range(0, split, SPAN), split]
        self._tail_bounds = [*range(split, n, SPAN), n]

    def step_tail(self, crew: Crew) -> float:
        """Step the tail, and repeat its own follows; return how much the last repetition changed."""
        prepared, vectors, bounds = self._prepared, self._vectors, self._tail_bounds
        split, stepped, inverse = prepared.split, self._stepped, self._inverse
        if split == prepared.n_spreading:
            return 0.0
        prepared.layout.step(prepared.n_busy_stages, vectors, stepped, self._room, crew)

        def close(i: int) -> None:
            mix.close_tail(
                stepped,
                inverse,
                bounds[i],
                bounds[i + 1],
                split,
                self.reach,
                vectors.per_weight,
                self._change,
            )

        crew.run(close, range(len(bounds) - 1))
        return self._repeat_tail(crew)

    def _repeat_tail(self, crew: Crew) -> float:
        """Pass the tail's change on within it, and what comes of that, until little does."""
        tail, vectors = self._prepared.tail, self._vectors
        for number in range(ROUNDS):
            rows, change, new = tail.at(number), *(self._changes[i] for i in change_places(number))
            bounds = [*range(0, len(rows.middle), ROWS), len(rows.middle)]
            moved = np.zeros(len(bounds))

            def work(
                i: int, rows: Rows = rows, change: Floats32 = change, new: Floats32 = new,
                bounds: list[int] = bounds, moved: NDArray[np.float64] = moved,
            ) -> None:  # fmt: skip
                moved[i] = mix.step_tail(
                    *rows, change, self._row_worth, self._row_inverse, vectors.damping,
                    bounds[i], bounds[i + 1], self._row_steps, new,
                )  # fmt: skip

            crew.run(work, range(len(bounds) - 1))
            if moved.sum() <= SETTLED * self._lacking:
                break
        n_rows = len(tail.accounts)
        bounds = [*range(0, n_rows, ROWS), n_rows]

        def add(i: int) -> None:
            mix.add_tail(
                tail.accounts, bounds[i], bounds[i + 1], self._row_steps, self._row_inverse,
                self._prepared.split, self.reach, vectors.per_weight,
            )  # fmt: skip

        crew.run(add, range(len(bounds) - 1))
        return float(moved.sum())

    def step_busy(self, crew: Crew) -> tuple[float, float]:
        """Step the busy; return the sums of their residuals and of their steps."""
        bounds = self._busy_bounds
        used = len(self._order)
        newest = used if used < MEMORY else self._order[-1]
        self._order = [newest, *self._order[: MEMORY - 1]]
        for stage in range(self._prepared.n_busy_stages):
            self._prepared.layout.step(stage, self._vectors, self._steps[newest], self._room, crew)
        dots = np.zeros((len(bounds) - 1, MEMORY + 2))

        def work(i: int) -> None:
            mix.measure_residual(
                self._steps, self._residuals, self.reach, newest, len(self._order), bounds[i], bounds[i + 1],
                dots[i],
            )  # fmt: skip

        crew.run(work, range(len(bounds) - 1))
        totals = dots.sum(axis=0)
        self._lacking = float(totals[-2])
        self._products[newest, :, 0] = self._products[:, newest, 0] = totals[:MEMORY]
        return float(totals[-2]), float(totals[-1])

    def mix(self, crew: Crew) -> None:
        """Set the busy to the mixture of their last steps whose residual is least."""
        found, bounds = np.empty((MEMORY, 1)), self._busy_bounds
        find_shares(self._products, np.array(self._order), _NOT_DONE, found)
        shares = found[:, 0].astype(np.float32)

        def work(i: int) -> None:
            mix.mix_steps(
                self._steps, shares, self._inverse, bounds[i], bounds[i + 1], self.reach,
                self._vectors.per_weight,
            )  # fmt: skip

        crew.run(work, range(len(bounds) - 1))

    def take_step(self) -> None:
        """Set the busy to their newest step, whose residual is smaller than its origin's."""
        if self._order:
            self.reach[: self._prepared.split] = self._steps[self._order[0]]


def change_places(repetition: int) -> tuple[int, int]:
    """Return where a repetition within the tail reads changes, and where it writes them.

    Each of the first three has a place of its own to write to, because each changes fewer rows than the one
    before: so the last two places, between which later ones go back and forth, are 0 wherever no row is
    changed any more.
    """
    reads, writes = (i if i < 4 else 3 + (i + 1) % 2 for i in (repetition, repetition + 1))
    return reads, writes
