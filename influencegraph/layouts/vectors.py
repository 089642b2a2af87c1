"""The vectors that one float32 step reads."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats32 = NDArray[np.float32]


class Vectors(NamedTuple):
    """What one step reads besides the follows, each array (n_spreading,) float32.

    Attributes
    ----------
    per_weight : ndarray
        Attention that each account gives per unit of weight.
    launch, worth : ndarray
        Attention that starts at each account; what a follow that it returns is worth.
    damping : float32
    """

    per_weight: Floats32
    launch: Floats32
    worth: Floats32
    damping: np.float32
