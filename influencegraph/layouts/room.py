"""Where sums of the steps of one solve lie."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from influencegraph.layouts.cells import Partition

Sums = NDArray[np.floating[Any]]


class Room:
    """Sums of one solve: of every cell of a partition that has several, and for each thread of one more.

    `width` numbers of `dtype` for each cell. `copies` has room for `n_copies` messages.
    """

    def __init__(
        self, stages: list[list[Partition]], width: int, dtype: type[np.floating[Any]], n_copies: int = 0
    ) -> None:
        self._width, self._dtype = width, dtype
        self.copies = np.empty(n_copies, np.float32)
        self.shared = [
            [self._make(len(each.cells)) if len(each.cells) > 1 else None for each in stage]
            for stage in stages
        ]
        self._own: deque[Sums] = deque()

    def _make(self, n_cells: int) -> Sums:
        return np.empty((n_cells, self._width), self._dtype)

    def take(self) -> Sums:
        """Return sums for one cell, to be given back."""
        try:
            return self._own.pop()
        except IndexError:
            return self._make(1)

    def give_back(self, sums: Sums) -> None:
        """Take `sums` back."""
        self._own.append(sums)
