"""The solver for flat networks: float32 steps of one stage after the other, each from the newest vector.

Where everybody follows many, a plain step leaves some ``damping / sqrt(out-degree)`` of the error: mixing
earlier steps saves no sweep then, and reading them takes half as long as the follows do. Stages that see what
those before them have found (Gauss-Seidel in fixed blocks, the same for any number of threads) save a fifth.

One error fades by `damping` alone: a vector that is too large or too small. So after each sweep the vector is
multiplied by what makes its residuals sum to 0,

    factor = launched / (launched - R),    R = sum over stages t of f_t (change of stages t and later)

where `R` is what the stages have not seen yet, and `f_t` what stage t got of any attention in that sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import mix
from influencegraph.kernels.jit import Crew
from influencegraph.layouts import Prepared
from influencegraph.layouts.vectors import Floats32, Vectors, give, reserve

SLOW = 0.5
"""Of a sweep's change: where the next one changes more, the network is not as flat as it looked."""
PATIENCE = 3
"""Sweeps before that is judged."""
FLOOR = 2.0**-22
"""A change this small beside the vector is float32's own noise."""
SPAN = 1 << 16
"""Accounts in a block of a vector."""
_TELLING = 2.0**-23
"""A factor nearer to 1 changes no float32."""


class Settled(NamedTuple):
    """`reach` of the accounts that follow somebody, float32, the sweeps it took, and whether it is enough."""

    reach: Floats32
    sweeps: int
    is_enough: bool


def settle(
    prepared: Prepared, launch: Floats32, worth: Floats32, inverse: Floats32, damping: float, goal: float,
    sweeps_max: int, crew: Crew, report: Callable[[int, float], None],
) -> Settled:  # fmt: skip
    """Sweep until the next change would be below `goal`, or is noise, or sweeps help too little.

    Parameters
    ----------
    prepared : Prepared
        Flat.
    launch : ndarray of float32, shape (n_spreading,)
        Not negative.
    inverse : ndarray of float32, shape (n_spreading,) or (2 n_spreading,)
        As `influencegraph.layouts.vectors.split_inverse` returns it.
    worth, damping, goal, sweeps_max, crew, report
        As in `influencegraph.solvers.accelerated.approximate`.
    """
    state = _State(prepared, launch, worth, inverse, damping, crew)
    before = 0.0
    for sweeps in range(1, sweeps_max + 1):
        changed = state.sweep(crew)
        ratio = changed / before if changed < before else 1.0
        report(sweeps, ratio * changed)
        if ratio * changed <= goal or changed <= FLOOR * state.size:
            return Settled(state.reach, sweeps, True)
        if sweeps >= PATIENCE and changed > SLOW * before:
            break
        before = changed
    return Settled(state.reach, sweeps, False)


class _State:
    """The vectors of one solve."""

    def __init__(
        self, prepared: Prepared, launch: Floats32, worth: Floats32, inverse: Floats32, damping: float,
        crew: Crew,
    ) -> None:  # fmt: skip
        self._prepared, self._room, self._inverse = prepared, prepared.layout.open_room(), inverse
        self.reach = launch * np.float32(1.0 / (1.0 - damping))
        per_weight, self._fresh = reserve(len(inverse), len(inverse))
        give(self.reach, inverse, crew, per_weight)
        self._vectors = Vectors(per_weight, launch, worth, np.float32(damping))
        self._stages = [slice(first, last) for first, last in pairwise(prepared.stages)]
        self._launched = np.array([launch[each].sum(dtype=np.float64) for each in self._stages])
        self._sizes = np.array([self.reach[each].sum(dtype=np.float64) for each in self._stages])

    @property
    def size(self) -> float:
        """The sum of the vector."""
        return float(self._sizes.sum())

    def sweep(self, crew: Crew) -> float:
        """Step every stage, and set the scale; return how much the steps changed."""
        n_stages, total = len(self._stages), 0.0
        changes, gets = np.zeros(n_stages), np.zeros(n_stages)
        for stage in range(n_stages):
            moved, changes[stage], size = self._step(stage, crew).tolist()
            total += moved
            given = self.size
            gets[stage] = (size - self._launched[stage]) / given if given > 0.0 else 0.0
            self._sizes[stage] = size
        launched, unseen = self._launched.sum(), float(gets @ np.cumsum(changes[::-1])[::-1])
        if launched > unseen:
            self._scale(launched / (launched - unseen), crew)
        return total

    def _step(self, stage: int, crew: Crew) -> NDArray[np.float64]:
        """Step a stage; return the sums of ``|change|``, the changes, and the vector.

        What it passes on is written apart, for the stage itself still reads what it passed on before.
        """
        fresh, inverse, here = self._fresh, self._inverse, self._stages[stage]
        sums: dict[int, NDArray[np.float64]] = {}

        def take(number: int, first: int, last: int) -> None:
            sums[number] = np.empty(3)
            mix.take_step(fresh, inverse, first, last, self.reach, fresh, sums[number])

        self._prepared.layout.step(stage, self._vectors, fresh, self._room, crew, take)
        for behind in {0, int(self._vectors.behind)}:
            there = slice(behind + here.start, behind + here.stop)
            self._vectors.per_weight[there] = fresh[there]
        totals: NDArray[np.float64] = np.array([sums[number] for number in sorted(sums)]).sum(axis=0)
        return totals

    def _scale(self, factor: float, crew: Crew) -> None:
        """Multiply the vector by `factor`."""
        if abs(factor - 1.0) < _TELLING:
            return
        bounds = [*range(0, len(self.reach), SPAN), len(self.reach)]

        def work(i: int) -> None:
            block = slice(bounds[i], bounds[i + 1])
            self.reach[block] *= np.float32(factor)
            for behind in {0, int(self._vectors.behind)}:
                self._vectors.per_weight[behind + block.start : behind + block.stop] *= np.float32(factor)

        crew.run(work, range(len(bounds) - 1))
        self._sizes *= factor
