"""SciPy sparse arrays <-> edge arrays. ``matrix[u, v]`` is the weight of u's follow of v."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from influencegraph.build import build_graph
from influencegraph.csr import Csr
from influencegraph.errors import InvalidFollows, shorten
from influencegraph.graph import FollowerGraph


def read_matrix(matrix: Any, labels: Any = None) -> FollowerGraph:
    """Build a graph from the stored entries of a square sparse matrix or array."""
    if not scipy.sparse.issparse(matrix):
        raise InvalidFollows.because(
            f"the matrix is {shorten(type(matrix).__name__)}",
            "it is a SciPy sparse array",
            "scipy.sparse.csr_array(matrix) makes one.",
        )
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidFollows.because(
            f"the matrix has shape {matrix.shape}",
            "rows and columns are the same accounts, so it is square",
            "Pad it, or pass the follows as arrays.",
        )
    n = matrix.shape[0]
    names = np.arange(n) if labels is None else _check_names(labels, n)
    entries = _check_entries(matrix).tocoo()
    weights = None if entries.dtype.kind == "b" else entries.data
    return build_graph(names[entries.row], names[entries.col], weights, names)


def _check_names(labels: Any, n: int) -> NDArray[Any]:
    names: NDArray[Any] = np.asarray(labels, object if isinstance(labels, list | tuple) else None)
    if len(names) != n:
        raise InvalidFollows.because(
            f"labels holds {len(names):,} names for {n:,} rows", "there is one for each row", "Name them all."
        )
    return names


def _check_entries(matrix: Any) -> Any:
    """Refuse compressed matrices that point outside themselves; SciPy would read what lies there."""
    if matrix.format not in ("csr", "csc"):
        return matrix
    n, indptr, indices = matrix.shape[0], matrix.indptr, matrix.indices
    whole = (
        len(indptr) == n + 1
        and indptr[0] == 0
        and bool(np.all(np.diff(indptr) >= 0))
        and indptr[-1] == len(indices) == len(matrix.data)
        and (len(indices) == 0 or (indices.min() >= 0 and indices.max() < n))
    )
    if not whole:
        raise InvalidFollows.because(
            "the matrix's offsets, indices and data do not fit together",
            f"offsets rise from 0 to the number of entries, indices lie in [0, {n})",
            "matrix.check_format() says more; build it from coordinates again.",
        )
    return matrix


def make_matrix(csr: Csr, weights: NDArray[np.float64] | None, n: int) -> scipy.sparse.csr_array:
    """Return the follows as a float64 CSR array of shape (n, n)."""
    data = np.ones(len(csr.indices)) if weights is None else weights
    wide = np.int32 if n < 2**31 and len(data) < 2**31 else np.int64
    return scipy.sparse.csr_array((data, csr.indices.astype(wide), csr.indptr.astype(wide)), shape=(n, n))
