"""The best multiple of a vector costs no sweep: its step is known.

A step of ``c z`` is ``launch + c (z' - launch)``, z' being that of z. Float32 sums lean to one side, so what
they leave of the residual may be mostly a matter of scale, which a step lessens by no more than the damping.
The multiple whose residual sums to 0 has none of it:

    c = sum launch / (sum launch - sum r),    r = z' - z
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import scale as kernels
from influencegraph.kernels.jit import Crew
from influencegraph.kernels.spread import Roundings
from influencegraph.solvers.certificate import cut_spans

Floats = NDArray[np.float64]

ROUNDINGS = 5.0
"""Behind each step besides those it had: reach, a difference, a product, a sum, and what a multiple of
`_FACTOR_MAX` makes of that difference and of the sum before."""
_FACTOR_MAX = 1.5
_ONE_SIDED = 0.5
WORTHWHILE = 0.75
"""Of the residual: what a multiple must leave at most."""
WORTHWHILE_FLAT = 1.5
"""The same in a flat network, where all else of the residual fades much faster than scale does."""


def find_factor(
    launch: Floats, reach: Floats, stepped: Floats, crew: Crew, worthwhile: float = WORTHWHILE
) -> float | None:
    """Return the multiple of `reach` whose residual sums to 0; None where it is not worthwhile. O(accounts).

    Parameters
    ----------
    launch, reach, stepped : ndarray of float64, shape (n_accounts,)
        The last is a step of the second.
    crew : Crew
    worthwhile : float
        Of the residual, how much that multiple may leave.
    """
    spans = cut_spans(len(launch))
    sums = np.zeros((len(spans), 3))
    crew.run(lambda i: kernels.sum_parts(launch, reach, stepped, *spans[i], sums[i]), range(len(spans)))
    drift, residual, launched = sums.sum(axis=0).tolist()
    if abs(drift) <= _ONE_SIDED * residual:
        return None
    if not launched / _FACTOR_MAX <= launched - drift <= launched * _FACTOR_MAX:
        return None
    factor = launched / (launched - drift)
    left = np.zeros(len(spans))

    def measure(i: int) -> None:
        left[i] = kernels.sum_scaled(launch, reach, stepped, factor, *spans[i])

    crew.run(measure, range(len(spans)))
    return factor if left.sum() <= worthwhile * residual else None


def scale_step(
    launch: Floats, roundings: Roundings, factor: float, n_spreading: int, reach: Floats, stepped: Floats,
    crew: Crew,
) -> tuple[float, float]:  # fmt: skip
    """Multiply `reach`, and make `stepped` its step; return the sums that a certificate asks. O(accounts).

    They are ``|stepped - reach|`` and ``(roundings + 1) stepped``; `roundings` are those after scaling.
    """
    spans = cut_spans(len(launch))
    sums = np.zeros((len(spans), 2))

    def work(i: int) -> None:
        kernels.scale_step(launch, roundings, factor, n_spreading, *spans[i], reach, stepped, sums[i])

    crew.run(work, range(len(spans)))
    residual, noise = sums.sum(axis=0).tolist()
    return residual, noise
