"""python-graphblas (SuiteSparse): the loop of LAGraph's PageRank, with dangling mass spread.

The matrix holds no numbers: the semiring plus_second reads the vector only.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import SWEEPS_MAX, TOLERANCES, Follows
from benchmarks.peers.labelling import number_labels

TITLE = "python-graphblas"
REQUIREMENTS = (
    "python-graphblas==2025.2.0",
    "suitesparse-graphblas==9.4.5.0",
    "numba==0.68.1",
    "numpy==2.4.6",
    "pandas==3.1.1",
)
PACKAGES = ("python-graphblas", "suitesparse-graphblas", "numpy")
VARIANTS = {"FP64": "", "FP32": ""}
FOLLOWS_MAX = 100_000_000


def grid(variant: str) -> tuple[float, ...]:
    return TOLERANCES


def build(follows: Follows, variant: str, n_threads: int) -> Any:
    import graphblas

    graphblas.ss.config["nthreads"] = n_threads
    n = follows.n_accounts
    rows, columns = follows.followed.astype(np.uint64), follows.follower.astype(np.uint64)
    matrix = graphblas.Matrix.from_coo(rows, columns, True, dtype=bool, nrows=n, ncols=n)
    matrix.wait()
    return matrix, np.bincount(follows.follower, minlength=n), variant, None


def build_labelled(follows: Follows, variant: str, n_threads: int) -> Any:
    labels, ids = number_labels(follows)
    return *build(ids, variant, n_threads)[:3], labels


def solve(model: Any, setting: float) -> tuple[Any, int]:
    import graphblas

    matrix, out_degrees, variant, _ = model
    n, real = len(out_degrees), np.float64 if variant == "FP64" else np.float32
    dangling = np.flatnonzero(out_degrees == 0)
    factor = (0.85 / np.maximum(out_degrees, 1)).astype(real)
    x = np.full(n, 1 / n, real)
    for sweep in range(1, SWEEPS_MAX + 1):
        base = real((0.15 + 0.85 * float(x[dangling].sum(dtype=np.float64))) / n)
        passed = graphblas.Vector.from_dense(x * factor)
        after = graphblas.Vector.from_scalar(base, n, dtype=variant)
        after(graphblas.binary.plus) << graphblas.semiring.plus_second(matrix @ passed)
        dense = after.to_dense()
        np.subtract(dense, x, out=x)
        moved = float(np.abs(x, out=x).sum(dtype=np.float64))
        x = dense
        if moved < setting:
            return x, sweep
    raise ArithmeticError(f"still moves by {moved:.1e} after {SWEEPS_MAX} sweeps")


def join(model: Any, answer: Any) -> Any:
    return answer if model[3] is None else (model[3], answer)
