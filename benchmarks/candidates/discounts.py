"""The candidates' formulas over SciPy matrices: theta of every follow, and the reach that comes of it.

`A[u, v]` is the weight of the follow u -> v. A discount takes a `Net` and gives theta of the mutual
follows, aligned with `Net.mutual`; one-way follows have 1. Formulas: docs/decisions/0011-candidates.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy import sparse

DAMPING = 0.85
CAPACITY = 150.0
_CHANGE = 1e-10  # of the whole vector, for each account that launches


class Net(NamedTuple):
    """Follows, parted: CSR matrices (n, n), and by account `W`, `m`, `o`."""

    follows: sparse.csr_matrix
    mutual: sparse.csr_matrix
    one_way: sparse.csr_matrix
    out_weights: np.ndarray
    mutual_counts: np.ndarray
    one_way_counts: np.ndarray


Discount = Callable[[Net], np.ndarray]


def part(matrix: sparse.spmatrix) -> Net:
    """Part follows into mutual and one-way ones."""
    follows = sparse.csr_matrix(matrix, dtype=np.float64)
    follows.eliminate_zeros()
    mutual = sparse.csr_matrix(follows.multiply((follows.T > 0).astype(np.float64)))
    one_way = sparse.csr_matrix(follows - mutual)
    one_way.eliminate_zeros()
    mutual.sort_indices()  # theta follows this order
    counts = [np.bincount(each.indices, minlength=follows.shape[0]) for each in (mutual, one_way)]
    return Net(follows, mutual, one_way, np.asarray(follows.sum(axis=1)).ravel(), *counts)


def ends(net: Net) -> tuple[np.ndarray, np.ndarray]:
    """Return follower and followed of each mutual follow."""
    return np.repeat(np.arange(net.mutual.shape[0]), np.diff(net.mutual.indptr)), net.mutual.indices


def _room(net: Net, capacity: float | np.ndarray) -> np.ndarray:
    return np.minimum(1.0, capacity / np.maximum(net.mutual_counts, 1))


def constant(net: Net, delta: float, capacity: float = CAPACITY) -> np.ndarray:
    """The default: `delta min(1, B / m_v)`."""
    return delta * _room(net, capacity)[net.mutual.indices]


def giving(net: Net, delta: float, capacity: float = CAPACITY) -> np.ndarray:
    """`(delta + (1 - delta) g_u) min(1, B / m_v)`, g the share of u's weight on one-way follows."""
    follower, followed = ends(net)
    given = np.asarray(net.one_way.sum(axis=1)).ravel()
    share = np.divide(given, net.out_weights, out=np.zeros_like(given), where=net.out_weights > 0)
    return (delta + (1 - delta) * share[follower]) * _room(net, capacity)[followed]


def fit_expected(net: Net) -> tuple[float, float]:
    """Return p and q, both >= 0, of `m ~ e^p (1 + o)^q - 1`, over accounts with mutual contacts."""
    has = net.mutual_counts > 0
    if not has.any():
        return 0.0, 0.0
    x, y = np.log1p(net.one_way_counts[has]), np.log1p(net.mutual_counts[has])
    spread = np.mean((x - x.mean()) ** 2)
    slope = max(0.0, np.mean((x - x.mean()) * (y - y.mean())) / spread) if spread > 0 else 0.0
    return max(0.0, float(y.mean() - slope * x.mean())), float(slope)


def expected(net: Net, delta: float, times: float, curve: tuple[float, float] | None = None) -> np.ndarray:
    """`delta min(1, B_v / m_v)`, `B_v = c (e^p (1 + o_v)^q - 1)`; the curve is fitted unless given."""
    level, slope = fit_expected(net) if curve is None else curve
    usual = np.exp(level) * (1.0 + net.one_way_counts) ** slope - 1.0
    return delta * _room(net, times * usual)[net.mutual.indices]


def count_witnesses(net: Net) -> np.ndarray:
    """Return, for each mutual follow u -> v, how many z with u -> z follow v one-way."""
    pattern = (net.follows > 0).astype(np.float64)
    both = sparse.csr_matrix((pattern @ (net.one_way > 0).astype(np.float64)).multiply(net.mutual > 0))
    counts = sparse.csr_matrix((net.mutual > 0).astype(np.float64) + both)  # each entry one too many
    counts.sort_indices()
    return counts.data - 1.0


def witnesses(net: Net, delta: float, kappa: float, capacity: float = CAPACITY) -> np.ndarray:
    """`(delta + (1 - delta) s / (s + kappa)) min(1, B / m_v)`."""
    seen = count_witnesses(net)
    return (delta + (1 - delta) * seen / (seen + kappa)) * _room(net, capacity)[net.mutual.indices]


def transition(net: Net, discount: Discount) -> sparse.csr_matrix:
    """Return P; rows are not renormalised."""
    mutual = net.mutual.copy()
    mutual.data *= discount(net)
    outs = np.where(net.out_weights > 0, net.out_weights, np.inf)
    return sparse.csr_matrix(sparse.diags(1.0 / outs) @ (mutual + net.one_way))


def reach(
    matrix: sparse.spmatrix | Net, discount: Discount, launch: np.ndarray | None = None,
    damping: float = DAMPING,
) -> np.ndarray:  # fmt: skip
    """Return `T = launch + a P^T T`, shape (n,)."""
    net = matrix if isinstance(matrix, Net) else part(matrix)
    start = np.ones(net.follows.shape[0]) if launch is None else launch
    pull = sparse.csr_matrix(damping * transition(net, discount).T)
    values, change = start.copy(), np.inf
    while change > _CHANGE * start.sum():
        after = start + pull @ values
        change = np.abs(after - values).sum()
        values = after
    return values


BASE = "(0.5, 150)"
KNOWN: dict[str, Discount] = {
    "PageRank": partial(constant, delta=1.0, capacity=np.inf),
    "(1, 150)": partial(constant, delta=1.0),
    "(0.6, 150)": partial(constant, delta=0.6),
    BASE: partial(constant, delta=0.5),
    "(0.4, 150)": partial(constant, delta=0.4),
    "(0, 150)": partial(constant, delta=0.0),
}
GRIDS: dict[str, dict[str, Discount]] = {
    "giving": {f"giving, delta {d:g}": partial(giving, delta=d) for d in (0.3, 0.4, 0.5)},
    "expected": {
        f"expected, c {c:g}, delta {d:g}": partial(expected, delta=d, times=c)
        for c in (1.0, 2.0, 4.0)
        for d in (0.75, 1.0)
    },
    "witnesses": {
        f"witnesses, kappa {k:g}, delta {d:g}": partial(witnesses, delta=d, kappa=k)
        for k in (1.0, 3.0, 10.0)
        for d in (0.3, 0.5)
    },
}
