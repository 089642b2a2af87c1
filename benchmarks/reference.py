"""What every answer is compared with: PageRank in float64, iterated until it moves by less than 1e-13.

    x <- d P^T x + (d x(dangling) + 1 - d) / n,    d = 0.85, uniform teleport, sum 1

The residual bounds the error: |x - exact| <= residual d / (1 - d). Kept beside the graph.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np

from benchmarks.graphs import Stored

DAMPING = 0.85
RESIDUAL = 1e-13
_kernel: Any = numba.njit(nogil=True, cache=True)


@_kernel
def count_ends(ends, out):
    """Add to ``out[id]`` for every follow."""
    for end in ends:
        out[end] += 1


@_kernel
def gather_rows(rows, entries, cursor, out):
    """Counting sort: the entries of each row together; `cursor` starts at the rows' beginnings."""
    for i in range(rows.size):
        out[cursor[rows[i]]] = entries[i]
        cursor[rows[i]] += 1


@_kernel
def _pull(starts, followers, passed, low, high, base, out):
    for row in range(low, high):
        total = 0.0
        for k in range(starts[row], starts[row + 1]):
            total += passed[followers[k]]
        out[row] = base + total


def sort_rows(rows: np.ndarray, entries: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the bounds of each row, int64 (n + 1,), and its entries, in the order they came."""
    starts = np.zeros(n + 1, np.int64)
    count_ends(rows, starts[1:])
    np.cumsum(starts, out=starts)
    out = np.empty(len(rows), np.uint32)
    gather_rows(rows, entries, starts[:-1].copy(), out)
    return starts, out


def solve(follower: np.ndarray, followed: np.ndarray, n: int, residual: float = RESIDUAL) -> np.ndarray:
    """Return the solution by id."""
    starts, followers = sort_rows(np.asarray(followed), np.asarray(follower), n)
    out_degrees = np.zeros(n, np.int64)
    count_ends(np.asarray(follower), out_degrees)
    dangling = out_degrees == 0
    factor = np.where(dangling, 0.0, DAMPING / np.maximum(out_degrees, 1))
    cuts = np.searchsorted(starts, np.linspace(0, starts[-1], 65)).clip(0, n)
    cuts[0], cuts[-1] = 0, n
    x, after = np.full(n, 1 / n), np.empty(n)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(2000):
            passed, base = x * factor, (DAMPING * x[dangling].sum() + 1 - DAMPING) / n
            list(
                pool.map(
                    lambda i, p=passed, b=base, y=after: _pull(
                        starts, followers, p, cuts[i], cuts[i + 1], b, y
                    ),
                    range(64),
                )
            )
            moved = np.abs(after - x).sum()
            x, after = after, x
            if moved < residual:
                return x / x.sum()
    raise AssertionError(f"the reference still moves by {moved}")


def load(graph: Stored) -> np.ndarray:
    """Return the solution for a stored graph, solving first where the cache lacks it."""
    path = graph.folder / "solution.npy"
    if not path.exists():
        follower, followed = graph.columns()
        if follower.dtype != np.uint32:
            labels, ids = np.unique(np.concatenate([follower, followed]), return_inverse=True)
            follower, followed = (
                ids[: len(follower)].astype(np.uint32),
                ids[len(follower) :].astype(np.uint32),
            )
            np.save(graph.folder / "accounts.npy", labels)
        np.save(path, solve(follower, followed, graph.n_accounts))
    return np.load(path)


def distance(vector: np.ndarray, solution: np.ndarray) -> float:
    """Return the L1 distance of an answer, scaled to sum 1, from the solution; inf where it is no answer."""
    if (
        vector.shape != solution.shape
        or not np.isfinite(vector).all()
        or not (total := vector.sum(dtype=float))
    ):
        return float("inf")
    return float(np.abs(vector.astype(np.float64) / total - solution).sum())
