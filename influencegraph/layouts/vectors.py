"""The vectors that one float32 step reads."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from influencegraph.kernels import giving
from influencegraph.kernels.jit import Crew

Floats32 = NDArray[np.float32]

_SPAN = 1 << 16
_LINE = 16
"""Numbers in a line of the cache."""


class Vectors(NamedTuple):
    """What one step reads besides the follows, each array (n_spreading,) float32 unless said.

    Attributes
    ----------
    per_weight : ndarray of shape (n_spreading,) or (2 n_spreading,)
        Attention that each account gives per unit of weight; behind it, where that is another amount, what it
        gives along mutual follows.
    launch, worth : ndarray
        Attention that starts at each account; what a follow that it returns is worth.
    damping : float32
    """

    per_weight: Floats32
    launch: Floats32
    worth: Floats32
    damping: np.float32

    @property
    def behind(self) -> np.uint64:
        """Where what is given along mutual follows begins."""
        return np.uint64(len(self.per_weight) - len(self.launch))


def reserve(*sizes: int) -> list[Floats32]:
    """Return vectors of these sizes, side by side in one array.

    NumPy asks for large pages for an array of 4 MiB and more. Smaller ones come in pages of 4 KiB, 2 to 5 µs
    each in a virtual machine: up to a tenth of a solve (docs/decisions/0007).
    """
    ends = np.cumsum([-(-size // _LINE) * _LINE for size in sizes]).tolist()
    whole = np.empty(ends[-1], np.float32)
    return [whole[first : first + size] for first, size in zip([0, *ends[:-1]], sizes, strict=True)]


def narrow(
    values: NDArray[np.floating[Any]], crew: Crew, out: Floats32, less: NDArray[np.float64] | None = None
) -> Floats32:
    """Write `values`, or what they are more than `less`, as float32 to `out`, and return that."""

    def work(start: int) -> None:
        here = slice(start, start + _SPAN)
        if less is None:
            out[here] = values[here]
        else:
            np.subtract(values[here], less[here], out=out[here], casting="same_kind")

    crew.run(work, range(0, len(values), _SPAN))
    return out


def give(reach: Floats32, inverse: Floats32, crew: Crew, per_weight: Floats32) -> None:
    """Write ``per_weight`` of `reach`, which is multiplied by `inverse` for it."""
    n = len(reach)

    def work(start: int) -> None:
        for kind in range(0, len(inverse), max(1, n)):
            here = slice(kind + start, min(kind + start + _SPAN, kind + n))
            np.multiply(reach[start : start + _SPAN], inverse[here], out=per_weight[here])

    crew.run(work, range(0, n, _SPAN))


def split_inverse(inverse: Floats32, regard: NDArray[np.float64] | None, crew: Crew) -> Floats32:
    """Return what reach is multiplied by for one-way follows, and behind it, if that differs, for others.

    The latter is `regard` times as much.
    """
    if regard is None:
        return inverse
    n = len(inverse)
    split = np.empty(2 * n, np.float32)

    crew.run(
        lambda first: giving.split_inverse(inverse, regard, first, min(first + _SPAN, n), split),
        range(0, n, _SPAN),
    )
    return split
