"""The solver for flat networks: float32 steps of one stage after the other, each from the newest vector.

Where everybody follows many, a plain step leaves some ``damping / sqrt(out-degree)`` of the error: mixing
earlier steps saves no sweep then, and reading them takes half as long as the follows do. Stages that see what
those before them have found (Gauss-Seidel in fixed blocks, the same for any number of threads) save a fifth.

One error fades by `damping` alone: a vector that is too large or too small. So after each sweep the vector is
multiplied by what makes its residuals sum to 0,

    factor = launched / (launched - R),    R = sum over stages t of f_t (change of stages t and later)

where `R` is what the stages have not seen yet, and `f_t` what stage t got of any attention in that sweep.

They begin from what every account would have if all followers passed on as much: where out-degrees are much
alike, most of what tells accounts apart is how many follow them.

A correction of a vector is found in the same way. Its launch is a residual, of both signs, so that its own
multiples are no help: what is unseen is made up for by a multiple of the corrected vector instead, whose
residual is that multiple of what the whole problem launches,

    correction <- correction + R / launched * vector
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import stages as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.layouts import Prepared
from influencegraph.layouts.vectors import Floats32, Vectors, give, narrow, reserve

SLOW = 0.5
"""Of a sweep's change: where the next one changes more, the network is not as flat as it looked."""
PATIENCE = 3
"""Sweeps before that is judged."""
NOISE = 2.0**-24
"""What float32 leaves of a residual, beside the vector; measured 2^-24.3."""
HOPELESS = 0.25
"""Of the noise: a smaller goal takes a correction, of which a sweep gains more than the last one before."""
SPAN = 1 << 16
"""Accounts in a block of a vector."""
_TELLING = 2.0**-23
"""A factor nearer to 1 changes no float32."""


class Whole(NamedTuple):
    """A vector to be corrected, and its problem's launch, each (n_spreading,)."""

    reach: Floats32
    launch: NDArray[np.float64]


class Settled(NamedTuple):
    """`reach` of the accounts that follow somebody, float32, the sweeps it took, and whether it is enough."""

    reach: Floats32
    sweeps: int
    is_enough: bool


def settle(
    prepared: Prepared, launch: Floats32, worth: Floats32, inverse: Floats32, damping: float, goal: float,
    sweeps_max: int, crew: Crew, report: Callable[[int, float], None], whole: Whole | None = None,
) -> Settled:  # fmt: skip
    """Sweep until the next change would be below `goal`, or be noise, or sweeps help too little.

    Parameters
    ----------
    prepared : Prepared
        Flat.
    launch : ndarray of float32, shape (n_spreading,)
        Not negative, unless `whole` is given.
    worth, inverse, damping, goal, sweeps_max, crew, report
        As in `influencegraph.solvers.accelerated.approximate`.
    whole : Whole, optional
        What the result corrects.
    """
    state = _State(prepared, launch, worth, inverse, damping, whole, crew)
    before = 0.0
    for sweeps in range(1, sweeps_max + 1):
        changed = state.sweep(crew)
        ratio = changed / before if changed < before else 1.0
        report(sweeps, ratio * changed)
        noise = NOISE * state.size
        if ratio * changed <= max(goal, noise if goal > HOPELESS * noise else 2.0 * noise):
            return Settled(state.reach, sweeps, True)
        if sweeps >= PATIENCE and changed > SLOW * before:
            break
        before = changed
    return Settled(state.reach, sweeps, False)


class _State:
    """The vectors of one solve."""

    def __init__(
        self, prepared: Prepared, launch: Floats32, worth: Floats32, inverse: Floats32, damping: float,
        whole: Whole | None, crew: Crew,
    ) -> None:  # fmt: skip
        self._prepared, self._room, self._inverse = prepared, prepared.layout.open_room(), inverse
        self._whole = whole
        self.reach, per_weight, self._stepped = reserve(len(launch), len(inverse), len(launch))
        self._vectors = Vectors(per_weight, launch, worth, np.float32(damping))
        self._stages = [slice(first, last) for first, last in pairwise(prepared.stages)]
        self._spans = [
            (stage, first, min(first + SPAN, each.stop))
            for stage, each in enumerate(self._stages)
            for first in range(each.start, each.stop, SPAN)
        ]
        if whole is None:
            self._launched, self._sizes = self._begin(crew)
            self._gets = np.zeros(len(self._stages))
        else:
            narrow(launch, crew, self.reach)
            give(self.reach, inverse, crew, per_weight)
            self._launched, held = self._by_stage(
                crew, lambda here: (whole.launch[here].sum(), whole.reach[here].sum(dtype=np.float64))
            )
            self._sizes, self._gets = np.zeros(len(held)), np.zeros(len(held))
            if held.any():
                self._gets = (held - self._launched) / held.sum()

    def _by_stage(self, crew: Crew, measure: Callable[[slice], tuple[float, float]]) -> NDArray[np.float64]:
        """Return the sums of two figures of each block over the blocks of each stage, (2, stages)."""
        found, totals = np.empty((len(self._spans), 2)), np.zeros((2, len(self._stages)))

        def work(i: int) -> None:
            found[i] = measure(slice(*self._spans[i][1:]))

        crew.run(work, range(len(found)))
        for (stage, *_), figures in zip(self._spans, found, strict=True):
            totals[:, stage] += figures
        return totals

    def _begin(self, crew: Crew) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Set the vector to what accounts have if all followers pass on as much.

        Returns
        -------
        tuple of ndarray, shape (stages,)
            The sums of the launch, and of the vector.
        """
        _, launch, worth, damping = self._vectors
        indptr, mutual_start, n = self._prepared.indptr, self._prepared.mutual_start, len(launch)
        # Attention of size 1 everywhere, over all follows, mutual ones regarded as they are on average.
        one_way = n / int(indptr[-1])
        kinds = self._inverse.reshape(-1, n)
        plain, regarded = self._by_stage(
            crew, lambda here: (kinds[0, here].sum(dtype=np.float64), kinds[-1, here].sum(dtype=np.float64))
        )
        amounts = np.float32(one_way), np.float32(one_way * regarded.sum() / plain.sum())

        def guess(here: slice) -> tuple[float, float]:
            found: tuple[float, float] = kernels.guess_followers(
                indptr, mutual_start, launch, worth, *amounts, here.start, here.stop, self.reach
            )
            return found

        launched, followers = self._by_stage(crew, guess)
        factor = np.float32(damping * launched.sum() / (n - damping * followers.sum()))

        def begin(here: slice) -> tuple[float, float]:
            per_weight = self._vectors.per_weight
            size = kernels.begin(launch, factor, self._inverse, here.start, here.stop, self.reach, per_weight)
            return size, 0.0

        sizes, _ = self._by_stage(crew, begin)
        return launched, sizes

    @property
    def size(self) -> float:
        """The sum of the vector's absolute values."""
        return float(self._sizes.sum())

    def sweep(self, crew: Crew) -> float:
        """Step every stage, and set the scale; return how much the steps changed."""
        total, changes = 0.0, np.zeros(len(self._stages))
        for stage in range(len(self._stages)):
            if stage:
                self._pass_on(stage - 1, crew)
            moved, changes[stage], size = self._step(stage, crew).tolist()
            total += moved
            if self._whole is None:
                given = self.size
                self._gets[stage] = (size - self._launched[stage]) / given if given > 0.0 else 0.0
            self._sizes[stage] = size
        launched, unseen = self._launched.sum(), float(self._gets @ np.cumsum(changes[::-1])[::-1])
        if self._whole is not None:  # where nothing is launched, no multiple has a residual
            self._add(self._whole.reach, unseen / launched if launched > 0.0 else 0.0, crew)
        elif launched > unseen and abs(launched / (launched - unseen) - 1.0) >= _TELLING:
            factor = launched / (launched - unseen)
            self._add(self.reach, factor - 1.0, crew)
            self._sizes *= factor
        else:
            self._pass_on(len(self._stages) - 1, crew)
        return total

    def _step(self, stage: int, crew: Crew) -> NDArray[np.float64]:
        """Step a stage; return the sums of ``|change|``, the changes, and the vector.

        What it passes on stays as it was, for the stage itself still reads that.
        """
        sums: dict[int, tuple[float, float, float]] = {}

        def take(number: int, first: int, last: int) -> None:
            sums[number] = kernels.take_step(self._stepped, first, last, self.reach)

        self._prepared.layout.step(stage, self._vectors, self._stepped, self._room, crew, take)
        totals: NDArray[np.float64] = np.array([sums[number] for number in sorted(sums)]).sum(axis=0)
        return totals

    def _pass_on(self, stage: int, crew: Crew) -> None:
        """Let others read what the accounts of a stage pass on now."""

        def work(span: tuple[int, int, int]) -> None:
            kernels.pass_on(self.reach, self._inverse, *span[1:], self._vectors.per_weight)

        crew.run(work, [span for span in self._spans if span[0] == stage])

    def _add(self, other: Floats32, factor: float, crew: Crew) -> None:
        """Add a multiple of a vector, and let others read what all accounts pass on then."""

        def work(span: tuple[int, int, int]) -> None:
            kernels.add_multiple(
                other, np.float32(factor), self._inverse, *span[1:], self.reach, self._vectors.per_weight
            )

        crew.run(work, self._spans)
