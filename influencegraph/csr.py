"""Rows of follows, as kernels see them, and columns of follows, as users do."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Csr(NamedTuple):
    """Compressed rows: row i is ``indices[indptr[i]:indptr[i + 1]]``.

    `indptr` is int64 (rows + 1,), `indices` uint32 (entries,); both read-only.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.uint32]


class Follows(NamedTuple):
    """The follows of a graph as three columns, sorted by follower and then by followed.

    `follower` and `followed` hold labels, shape (n_follows,); `weights` is float64 or None.
    """

    follower: NDArray[Any]
    followed: NDArray[Any]
    weights: NDArray[np.float64] | None


def row_of(csr: Csr, node: int) -> NDArray[np.uint32]:
    """Return one row of `csr`."""
    return csr.indices[csr.indptr[node] : csr.indptr[node + 1]]


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array`, made read-only."""
    array.flags.writeable = False
    return array


def turn(
    rows: Csr, values: NDArray[np.float64] | None, counts: NDArray[np.int64], row_order: NDArray[np.uint32],
    row_names: NDArray[np.uint32] | None = None, column_names: NDArray[np.uint32] | None = None,
) -> tuple[Csr, NDArray[np.float64] | None]:  # fmt: skip
    """Turn rows into columns, with `values` of the entries if there are any; O(entries).

    Parameters
    ----------
    rows : Csr
    values : ndarray of float64, shape (entries,), or None
    counts : ndarray of int64
        Entries of each new row.
    row_order : ndarray of uint32
        Old rows in the order in which new rows list them.
    row_names, column_names : ndarray of uint32, or None
        New numbers of old rows (entries now) and of old entries (rows now).
    """
    from influencegraph.kernels.order import transpose

    indptr = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=indptr[1:])
    indices = np.empty(len(rows.indices), np.uint32)
    turned = None if values is None else np.empty(len(indices))
    transpose(rows, values, row_order, row_names, column_names, indptr[:-1].copy(), indices, turned)
    return Csr(indptr, indices), turned
