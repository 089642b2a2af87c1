"""SciPy: the power iteration that everybody writes, with its care taken.

The transpose is prepared as CSR, degrees are folded into the data, vectors are reused, dangling mass is
spread. SciPy multiplies on one thread.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows
from benchmarks.peers.labelling import number_labels

TITLE = "SciPy csr loop"
REQUIREMENTS = ("scipy==1.17.1", "numpy==2.4.6", "pandas==3.1.1")
PACKAGES = ("scipy", "numpy")
VARIANTS = {"float64": "", "float32": ""}
FOLLOWS_MAX = 100_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import scipy.sparse

    n, real = follows.n_accounts, np.dtype(variant)
    out_degrees = np.bincount(follows.follower, minlength=n)
    per_follow = (0.85 / np.maximum(out_degrees, 1)).astype(real)
    data = per_follow[follows.follower]
    matrix = scipy.sparse.csr_array((data, (follows.followed, follows.follower)), shape=(n, n))
    return matrix, np.flatnonzero(out_degrees == 0), None


def build_labelled(follows: Follows, variant: str, n_threads: int) -> Any:
    labels, ids = number_labels(follows)
    return *build(ids, variant, n_threads)[:2], labels


def solve(model: Any, setting: float) -> tuple[Any, int]:
    matrix, dangling, _ = model
    n, real = matrix.shape[0], matrix.dtype.type
    x = np.full(n, 1 / n, real)
    for sweep in range(1, SWEEPS_MAX + 1):
        after = matrix @ x
        after += real((0.15 + 0.85 * float(x[dangling].sum(dtype=np.float64))) / n)
        np.subtract(after, x, out=x)
        moved = float(np.abs(x, out=x).sum(dtype=np.float64))
        x = after
        if moved < setting:
            return x, sweep
    raise ArithmeticError(f"still moves by {moved:.1e} after {SWEEPS_MAX} sweeps")


def join(model: Any, answer: Any) -> Any:
    return answer if model[2] is None else (model[2], answer)


def convert(follows: Follows, n_threads: int) -> dict[str, Any]:
    """Time the plain conversion to CSR, and the search for the mutual follows, which we do while building."""
    import time

    import scipy.sparse

    n = follows.n_accounts
    start = time.perf_counter()
    ones = np.ones(len(follows.follower), bool)
    matrix = scipy.sparse.csr_array((ones, (follows.followed, follows.follower)), shape=(n, n))
    matrix.sum_duplicates()
    middle = time.perf_counter()
    mutual = matrix.multiply(matrix.T.tocsr())
    found = {"build_seconds": middle - start, "mutual_seconds": time.perf_counter() - middle}
    return found | {"mutual": mutual.nnz / matrix.nnz}
