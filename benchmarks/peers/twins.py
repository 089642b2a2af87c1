"""What the C++ peers compute, once more in float32, for binaries that do not hand out their vector.

Both leave out dangling mass, which is right after normalising.
"""

from __future__ import annotations

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
    """Sweeps on demand; scores sum to 1 at the start."""

    def __init__(self, follows: Follows, order: np.ndarray | None, in_place: bool) -> None:
        n = follows.n_accounts
        follower, followed = follows.follower, follows.followed
        if order is not None:
            renumbered = np.empty(n, np.uint32)
            renumbered[order] = np.arange(n, dtype=np.uint32)
            follower, followed = renumbered[follower], renumbered[followed]
        self.in_place, self.n = in_place, n
        self.rows = sort_rows(followed, follower, n)
        self.out_degrees = np.bincount(follower, minlength=n)
        self.known: dict[float, tuple[np.ndarray, int]] = {}

    def solve(self, tolerance: float, sweeps_max: int) -> tuple[np.ndarray, int]:
        """Return the scores and the sweeps taken, until they move by less than `tolerance`."""
        key = tolerance or sweeps_max
        if key not in self.known:
            scores = np.full(self.n, 1 / self.n, np.float32)
            passed = (scores / np.maximum(self.out_degrees, 1)).astype(np.float32)
            after, base = np.empty_like(passed), np.float32(0.15 / self.n)
            for sweeps in range(1, sweeps_max + 1):  # noqa: B007 - the count is returned
                moved = _sweep(*self.rows, self.out_degrees, base, scores, passed, after, self.in_place)
                if not self.in_place:
                    passed, after = after, passed
                if moved < tolerance:
                    break
            self.known[key] = scores, sweeps
        return self.known[key]
