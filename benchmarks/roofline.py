"""What the machine can do: copy bandwidth and gather rate, by numba kernels on Python threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numba
import numpy as np

_kernel: Any = numba.njit(nogil=True, cache=True, error_model="numpy")


@_kernel
def _copy(source, out):
    for i in range(source.size):
        out[i] = source[i]


@_kernel
def _gather(table, places):
    """Four sums, so that many loads are under way at once."""
    a, b, c, d = table[0] * 0, table[0] * 0, table[0] * 0, table[0] * 0
    for i in range(0, places.size - 3, 4):
        a += table[places[i]]
        b += table[places[i + 1]]
        c += table[places[i + 2]]
        d += table[places[i + 3]]
    return a + b + c + d


def _best_seconds(work: Callable[[int], object], n_parts: int, n_threads: int) -> float:
    """Return the shortest of five runs of ``work(part)`` for all parts; a limit is a best, not a median."""
    with ThreadPoolExecutor(n_threads) as pool:
        best = float("inf")
        for _ in range(6):  # the first touches the pages and compiles
            start = time.perf_counter()
            list(pool.map(work, range(n_parts)))
            best = min(best, time.perf_counter() - start)
    return best


def copy_bandwidth(n_threads: int, size: int = 1 << 28) -> float:
    """Return bytes per second, read and written, between two arrays of `size` bytes."""
    source, out = np.ones(size // 8), np.zeros(size // 8)
    parts = 8 * n_threads
    cut = np.linspace(0, len(source), parts + 1).astype(int)
    seconds = _best_seconds(
        lambda i: _copy(source[cut[i] : cut[i + 1]], out[cut[i] : cut[i + 1]]), parts, n_threads
    )
    return 2 * source.nbytes / seconds


def gather_seconds(table: np.ndarray, places: np.ndarray, n_threads: int) -> float:
    """Return the seconds that one element of ``table[places]`` takes, its place read in order."""
    parts = 8 * n_threads
    cut = np.linspace(0, len(places), parts + 1).astype(int)
    return _best_seconds(lambda i: _gather(table, places[cut[i] : cut[i + 1]]), parts, n_threads) / len(
        places
    )


def random_places(size: int, count: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, size, count, dtype=np.uint32)
