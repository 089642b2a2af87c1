"""Which networks are flat: nearly everybody follows many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FLAT = 0.3
"""What a plain step leaves of most errors in a flat network: about the root of the mean of 1 / out-degree."""
FLAT_STAGES = 4
"""Stages of a flat network. 2 took a sweep more than 4. With 8 the default took as many, PageRank one less,
and each sweep of a million accounts half a millisecond longer."""


def is_flat(inverse: NDArray[np.float64]) -> bool:
    """Return whether out-degrees say that plain steps converge fast; never of shares, which are all 1.

    `inverse` are ``1 / W_u`` of all who follow somebody.
    """
    return len(inverse) >= FLAT_STAGES and float(inverse.mean()) < FLAT**2
