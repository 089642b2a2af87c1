"""What the C++ peers compute, once more in float32, for binaries that do not hand out their vector.

Both leave out dangling mass, which is right after normalising.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numba
import numpy as np

from benchmarks.peers import Follows
from benchmarks.reference import sort_rows

_kernel: Any = numba.njit(nogil=True, cache=True)


@_kernel
def _sweep(starts, followers, out_degrees, base, scores, passed, after, in_place):
    """One sweep; in place it is Gauss-Seidel. Returns how far the scores moved."""
    moved = 0.0
    for row in range(scores.size):
        total = np.float32(0)
        for k in range(starts[row], starts[row + 1]):
            total += passed[followers[k]]
        value = base + np.float32(0.85) * total
        moved += abs(value - scores[row])
        scores[row] = value
        after[row] = value / np.float32(max(out_degrees[row], 1))
        if in_place:
            passed[row] = after[row]
    return moved


class Twin:
    """Scores after so many sweeps, kept beside the graph's file; they sum to 1 at the start."""

    def __init__(self, follows: Follows, order: np.ndarray | None, folder: Path, in_place: bool) -> None:
        self.follows, self.order, self.folder, self.in_place = follows, order, folder, in_place
        self.made: tuple[Any, ...] = ()

    def solve(self, tolerance: float, sweeps_max: int) -> np.ndarray:
        """Return the scores when a sweep moves them by less than `tolerance`, or after `sweeps_max`."""
        path = self.folder / f"twin_{self.in_place:d}_{tolerance:g}_{sweeps_max}.npy"
        if not path.exists():
            np.save(path, self._sweep(tolerance, sweeps_max))
        found: np.ndarray = np.load(path)
        return found

    def _sweep(self, tolerance: float, sweeps_max: int) -> np.ndarray:
        starts, followers, out_degrees = self.made = self.made or self._make()
        n = len(out_degrees)
        scores = np.full(n, 1 / n, np.float32)
        passed = (scores / np.maximum(out_degrees, 1)).astype(np.float32)
        after, base = np.empty_like(passed), np.float32(0.15 / n)
        for _ in range(sweeps_max):
            moved = _sweep(starts, followers, out_degrees, base, scores, passed, after, self.in_place)
            if not self.in_place:
                passed, after = after, passed
            if moved < tolerance:
                break
        return scores

    def _make(self) -> tuple[Any, ...]:
        n, follower, followed = self.follows.n_accounts, self.follows.follower, self.follows.followed
        if self.order is not None:
            renumbered = np.empty(n, np.uint32)
            renumbered[self.order] = np.arange(n, dtype=np.uint32)
            follower, followed = renumbered[follower], renumbered[followed]
        return *sort_rows(followed, follower, n), np.bincount(follower, minlength=n)
