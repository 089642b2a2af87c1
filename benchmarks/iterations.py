"""Plain steps and Chebyshev's, in float64, for counting sweeps: what the product's solver is compared with.

For x = launch + M x. Chebyshev (Golub & Varga 1961) takes an interval [low, high] for the eigenvalues of M
and is told the best one here, which nobody knows beforehand: of those tried, the one with the fewest sweeps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import scipy.sparse

from influencegraph import FollowerGraph
from influencegraph.methods import DEFAULTS
from influencegraph.settings import Settings
from influencegraph.solvers.transition import make_transition

Vector = np.ndarray
Step = Callable[[Vector], Vector]

LOWS = (-0.85, -0.6, -0.4, -0.3, -0.2, -0.1, 0.0)
HIGHS = (0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2)


def make_step(graph: FollowerGraph, worth: float, capacity: float, damping: float = 0.85) -> Step:
    """Return one step of reach on an unweighted graph, by node."""
    giving = DEFAULTS["mutual_giving"]
    t = make_transition(graph, Settings("reach", damping, worth, capacity, mutual_giving=giving))
    followed = np.repeat(np.arange(graph.n_accounts), np.diff(t.followers.indptr))
    is_mutual = np.arange(graph.n_follows) >= t.mutual_start[followed]
    counted = np.where(is_mutual, t.worth[followed] * t.regard_of(t.followers.indices), 1.0)
    passed = counted * damping / t.out_weights[t.followers.indices]
    shape = (graph.n_accounts, graph.n_accounts)
    matrix = scipy.sparse.csr_array((passed, t.followers.indices.astype(np.int64), t.followers.indptr), shape)
    return lambda x: 1.0 + matrix @ x


def plain(step: Step, n: int) -> Iterator[Vector]:
    """Yield the vector after each sweep."""
    x = np.ones(n)
    while True:
        x = step(x)
        yield x


def chebyshev(step: Step, n: int, low: float, high: float) -> Iterator[Vector]:
    """Yield the vector after each sweep; it runs away where eigenvalues lie far from the interval."""
    middle, half = 1.0 - (low + high) / 2, (high - low) / 2
    x, ratio = np.ones(n), half / middle
    move = (step(x) - x) / middle
    while True:
        x = x + move
        yield x
        following = 1.0 / (2 * middle / half - ratio)
        move = following * ratio * move + 2 * following / half * (step(x) - x)
        ratio = following


def count_sweeps(
    vectors: Iterator[Vector], exact: Vector, errors: tuple[float, ...], most: int
) -> list[float]:
    """Return after how many sweeps the L1 error of y falls below each of `errors`; inf beyond `most`."""
    counts = [math.inf] * len(errors)
    for sweeps, x in zip(range(1, most + 1), vectors, strict=False):
        found = float(np.abs(x - exact).sum()) * 0.15 / len(exact)
        for i, error in enumerate(errors):
            if found <= error:
                counts[i] = min(counts[i], sweeps)
        if math.isfinite(max(counts)) or not found < 1e3:
            break
    return counts


def count_best_chebyshev(step: Step, exact: Vector, errors: tuple[float, ...], most: int) -> list[float]:
    """Return the fewest sweeps over all intervals tried, for each of `errors`."""
    best = [math.inf] * len(errors)
    for low in LOWS:
        for high in HIGHS:
            counts = count_sweeps(chebyshev(step, len(exact), low, high), exact, errors, most)
            best = [min(pair) for pair in zip(best, counts, strict=True)]
    return best
